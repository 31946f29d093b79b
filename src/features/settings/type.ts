import { requireScope } from '../../auth/require-viewer.ts';
import { builder } from '../../graphql/builder.ts';
import type { PrivateRow } from '../users/store.ts';
import type { emailFrequencies, notificationKinds } from '../users/table.ts';
import { ownAccount, ViewerRef } from '../users/viewer-type.ts';
import { maxContentLanguages } from './rules.ts';

export const ProfileVisibilityEnum = builder.enumType('ProfileVisibility', {
  description: 'Who sees a profile’s details: bio, birthday, gender, location and company.',
  values: {
    PUBLIC: { description: 'Everybody who can find the profile.' },
    CONTACTS: { description: 'Those whom its owner follows or is connected with.' },
  } as const,
});

const PrivacySettingsRef = builder.objectRef<PrivateRow>('PrivacySettings').implement({
  description: 'Who may find and see what.',
  fields: (t) => ({
    searchable: t.exposeBoolean('searchable', {
      description:
        'Whether `users` and `searchUsers` show them to everybody; without it only to their followers and connections. At first true.',
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

export const EmailFrequencyEnum = builder.enumType('EmailFrequency', {
  description: 'How often somebody gets e-mail about what happened.',
  values: {
    NEVER: { description: 'Never.' },
    INSTANT: { description: 'At once, each time.' },
    DAILY: { description: 'Once a day, all of it together.' },
  } satisfies Record<(typeof emailFrequencies)[number], object>,
});

export const NotificationKindEnum = builder.enumType('NotificationKind', {
  description: 'What a notification is about.',
  values: {
    FOLLOWED: { description: 'Somebody follows the viewer.' },
    CONNECTION_REQUESTED: { description: 'Somebody asks to be connected with the viewer.' },
    CONNECTION_ACCEPTED: { description: 'Somebody has accepted the viewer’s request.' },
    POST_LIKED: { description: 'Somebody likes a post of the viewer’s.' },
    POST_COMMENTED: { description: 'Somebody has commented on a post.' },
    POST_RESHARED: { description: 'Somebody has reshared a post of the viewer’s.' },
    MENTIONED: { description: 'Somebody has mentioned the viewer.' },
    POLL_VOTED: { description: 'Somebody has voted in a poll of the viewer’s.' },
    ROOM_JOINED: { description: 'Somebody has joined a room of the viewer’s.' },
    ROOM_INVITED: { description: 'Somebody has invited the viewer into a room.' },
  } satisfies Record<(typeof notificationKinds)[number], object>,
});

const NotificationSettingsRef = builder.objectRef<PrivateRow>('NotificationSettings').implement({
  description: 'How the viewer hears of what happened.',
  fields: (t) => ({
    email: t.expose('emailFrequency', {
      type: EmailFrequencyEnum,
      description: 'How often they get e-mail. At first DAILY.',
    }),
    push: t.exposeBoolean('push', { description: 'Whether their devices are told. At first true.' }),
    toasts: t.exposeBoolean('toasts', { description: 'Whether an open page shows it. At first true.' }),
    sounds: t.exposeBoolean('sounds', { description: 'Whether that makes a sound. At first true.' }),
    muted: t.expose('mutedNotifications', {
      type: [NotificationKindEnum],
      description: 'What they do not want to hear of. At first nothing.',
    }),
  }),
});

const DisplaySettingsRef = builder.objectRef<PrivateRow>('DisplaySettings').implement({
  description: 'What the viewer’s pages are like.',
  fields: (t) => ({
    language: t.exposeString('language', {
      description: 'The language of the pages: a BCP 47 tag such as en or pt-BR. At first en.',
    }),
    contentLanguages: t.exposeStringList('contentLanguages', {
      description: `The languages they read, as BCP 47 tags, each once, at most ${maxContentLanguages}; empty: any. At first empty.`,
    }),
    hideFollowSuggestions: t.exposeBoolean('hideFollowSuggestions', {
      description: 'Whether they want nobody suggested to follow. At first false.',
    }),
    showFeaturedSuggestions: t.exposeBoolean('showFeaturedSuggestions', {
      description: 'Whether they want featured people suggested. At first false.',
    }),
  }),
});

export const SettingsRef = builder.objectRef<PrivateRow>('Settings').implement({
  description: 'What the viewer has chosen.',
  fields: (t) => ({
    notifications: t.field({
      type: NotificationSettingsRef,
      description: 'How they hear of what happened.',
      resolve: (account) => account,
    }),
    display: t.field({
      type: DisplaySettingsRef,
      description: 'What their pages are like.',
      resolve: (account) => account,
    }),
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
