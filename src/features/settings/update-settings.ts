import { z } from 'zod';
import { requireViewer } from '../../auth/require-viewer.ts';
import { builder } from '../../graphql/builder.ts';
import { mutation } from '../../graphql/mutation.ts';
import { validate } from '../../graphql/validate.ts';
import { type PrivateRow, updatePrivacy } from '../users/store.ts';
import { profileVisibilities } from '../users/table.ts';
import { ownAccount } from '../users/viewer-type.ts';
import { ProfileVisibilityEnum, SettingsRef } from './type.ts';

const PrivacySettingsInput = builder.inputType('PrivacySettingsInput', {
  description: 'Who may find and see what; what is omitted stays as it is.',
  fields: (t) => ({
    searchable: t.boolean({ description: 'Whether `users` and `searchUsers` show them to everybody.' }),
    profileVisibility: t.field({
      type: ProfileVisibilityEnum,
      description: 'Who sees the profile’s details.',
    }),
    memberListPrivate: t.boolean({
      description: 'Whether the list of their members is empty for everybody else.',
    }),
    nsfw: t.boolean({ description: 'Whether what they show is not for every place.' }),
  }),
});

const shape = z.object({
  privacy: z
    .object({
      searchable: z.boolean().optional(),
      profileVisibility: z.enum(profileVisibilities).optional(),
      memberListPrivate: z.boolean().optional(),
      nsfw: z.boolean().optional(),
    })
    .optional(),
});

mutation('updateSettings', {
  description:
    'Changes the viewer’s settings; what is omitted, at every level, stays as it is. Nothing here can be null.',
  scope: 'profile:modify',
  towardsOthers: false,
  input: (t) => ({
    privacy: t.field({ type: PrivacySettingsInput, description: 'Who may find and see what.' }),
  }),
  run: async (input, ctx, viewer): Promise<{ settings: PrivateRow }> => {
    const { nsfw, ...privacy } = validate(shape, input).privacy ?? {};
    await updatePrivacy(ctx.db, viewer.id, { ...privacy, isNsfw: nsfw });
    ctx.loaders.clear();
    return { settings: await ownAccount(ctx, viewer) };
  },
  payload: (t) => ({
    settings: t.field({
      type: SettingsRef,
      nullable: true,
      description:
        'The settings as they are now; null when nothing was changed. Needs the scope `profile:read_private`.',
      resolve: ({ settings }, _args, ctx) => {
        if (!settings) return null;
        requireViewer(ctx, 'profile:read_private');
        return settings;
      },
    }),
  }),
});
