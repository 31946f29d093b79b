import { requireViewer } from '../../auth/require-viewer.ts';
import { builder } from '../../graphql/builder.ts';
import { mutation } from '../../graphql/mutation.ts';
import { validate } from '../../graphql/validate.ts';
import { type PrivateRow, updateSettings } from '../users/store.ts';
import { ownAccount } from '../users/viewer-type.ts';
import { maxContentLanguages, settingsShape } from './rules.ts';
import { EmailFrequencyEnum, NotificationKindEnum, ProfileVisibilityEnum, SettingsRef } from './type.ts';

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

const NotificationSettingsInput = builder.inputType('NotificationSettingsInput', {
  description: 'How the viewer hears of what happened; what is omitted stays as it is.',
  fields: (t) => ({
    email: t.field({ type: EmailFrequencyEnum, description: 'How often they get e-mail.' }),
    push: t.boolean({ description: 'Whether their devices are told.' }),
    toasts: t.boolean({ description: 'Whether an open page shows it.' }),
    sounds: t.boolean({ description: 'Whether that makes a sound.' }),
    muted: t.field({
      type: [NotificationKindEnum],
      description: 'What they do not want to hear of; replaces the whole list.',
    }),
  }),
});

const DisplaySettingsInput = builder.inputType('DisplaySettingsInput', {
  description: 'What the viewer’s pages are like; what is omitted stays as it is.',
  fields: (t) => ({
    language: t.string({ description: 'The language of the pages: a BCP 47 tag such as en or pt-BR.' }),
    contentLanguages: t.stringList({
      description: `The languages they read: BCP 47 tags, at most ${maxContentLanguages}; replaces the whole list.`,
    }),
    hideFollowSuggestions: t.boolean({ description: 'Whether they want nobody suggested to follow.' }),
    showFeaturedSuggestions: t.boolean({ description: 'Whether they want featured people suggested.' }),
  }),
});

mutation('updateSettings', {
  description:
    'Changes the viewer’s settings; what is omitted, at every level, stays as it is. Nothing here can be null.',
  scope: 'profile:modify',
  towardsOthers: false,
  input: (t) => ({
    notifications: t.field({
      type: NotificationSettingsInput,
      description: 'How they hear of what happened.',
    }),
    privacy: t.field({ type: PrivacySettingsInput, description: 'Who may find and see what.' }),
    display: t.field({ type: DisplaySettingsInput, description: 'What their pages are like.' }),
  }),
  run: async (input, ctx, viewer): Promise<{ settings: PrivateRow }> => {
    const { notifications = {}, privacy = {}, display } = validate(settingsShape, input);
    const { email, muted, ...heard } = notifications;
    const { nsfw, ...seen } = privacy;
    const named = { emailFrequency: email, mutedNotifications: muted, isNsfw: nsfw };
    await updateSettings(ctx.db, viewer.id, { ...heard, ...seen, ...display, ...named });
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
