import { requireScope } from '../../auth/require-viewer.ts';
import { builder } from '../../graphql/builder.ts';
import type { PrivateRow } from '../users/store.ts';
import { ownAccount, ViewerRef } from '../users/viewer-type.ts';

export const ProfileVisibilityEnum = builder.enumType('ProfileVisibility', {
  description: 'Who sees a profile’s details: bio, birthday, gender, location and company.',
  values: {
    PUBLIC: { description: 'Everybody who can find the profile.' },
    CONTACTS: { description: 'Those whom its owner follows.' },
  } as const,
});

const PrivacySettingsRef = builder.objectRef<PrivateRow>('PrivacySettings').implement({
  description: 'Who may find and see what.',
  fields: (t) => ({
    searchable: t.exposeBoolean('searchable', {
      description:
        'Whether `users` and `searchUsers` show them to everybody; without it only to their followers. At first true.',
    }),
    profileVisibility: t.field({
      type: ProfileVisibilityEnum,
      description: 'Who sees the profile’s details. At first PUBLIC.',
      resolve: (account) => account.profileVisibility,
    }),
    memberListPrivate: t.exposeBoolean('memberListPrivate', {
      description: 'Whether the list of their members is empty for everybody else. At first false.',
    }),
    nsfw: t.exposeBoolean('isNsfw', {
      description: 'Whether what they show is not for every place. At first false.',
    }),
  }),
});

export const SettingsRef = builder.objectRef<PrivateRow>('Settings').implement({
  description: 'What the viewer has chosen.',
  fields: (t) => ({
    privacy: t.field({
      type: PrivacySettingsRef,
      description: 'Who may find and see what.',
      resolve: (account) => account,
    }),
  }),
});

builder.objectField(ViewerRef, 'settings', (t) =>
  t.field({
    type: SettingsRef,
    description: 'What the viewer has chosen. Needs the scope `profile:read_private`.',
    resolve: (viewer, _args, ctx) => {
      requireScope(viewer, 'profile:read_private');
      return ownAccount(ctx, viewer);
    },
  }),
);
