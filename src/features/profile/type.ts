// What people and members alike show of themselves.
import type { GraphQLResolveInfo } from 'graphql';
import type { Context } from '../../context.ts';
import { spend } from '../../graphql/budget.ts';
import { builder } from '../../graphql/builder.ts';
import { Node } from '../../graphql/node.ts';
import { shownFlags } from '../flags/loaders.ts';
import { PrideFlagRef } from '../flags/type.ts';
import { ImageRef, shown } from '../media/type.ts';
import type { MemberRow } from '../members/card.ts';
import type { UserRow } from '../users/card.ts';
import { customPreferencesLoader } from '../users/loaders.ts';
import { type Preference, preferenceOf, pronounForms } from './preference-rules.ts';
import type { CustomPreference, NameEntry, ProfileField, PronounEntry, preferenceSizes } from './table.ts';

export const PreferenceSizeEnum = builder.enumType('PreferenceSize', {
  description: 'How large words with a preference are shown.',
  values: {
    LARGE: { description: 'Larger than others.' },
    NORMAL: { description: 'As running text.' },
    SMALL: { description: 'Smaller than others.' },
  } satisfies Record<(typeof preferenceSizes)[number], object>,
});

export const PreferenceRef = builder.objectRef<Preference>('Preference').implement({
  description: 'How somebody feels about a word: one of five built-in ones, or one of the user’s own.',
  fields: (t) => ({
    key: t.exposeString('key', {
      description:
        'What entries name it by: favourite, okay, jokingly, friends_only, avoid, or the UUID of one of the user’s own.',
    }),
    isCustom: t.exposeBoolean('isCustom', { description: 'Whether it is one of the user’s own.' }),
    icon: t.exposeString('icon', { description: 'The name of a Bootstrap icon.' }),
    tooltip: t.exposeString('tooltip', { description: 'The preference in words, at most 100 characters.' }),
    size: t.expose('size', { type: PreferenceSizeEnum, description: 'How large such words are shown.' }),
    muted: t.exposeBoolean('muted', { description: 'Whether such words are shown in grey.' }),
    favourite: t.exposeBoolean('favourite', {
      description: 'Whether such words are the first to be used where there is room for few.',
    }),
  }),
});

/** An entry whose preference is found. */
type With<Entry extends { preference: string }> = Omit<Entry, 'preference'> & { preference: Preference };

const NameEntryRef = builder.objectRef<With<NameEntry>>('NameEntry').implement({
  description: 'A word for somebody.',
  fields: (t) => ({
    value: t.exposeString('value', { description: 'The word, at most 100 characters.' }),
    preference: t.expose('preference', { type: PreferenceRef, description: 'How they feel about it.' }),
  }),
});

const PronounFormsRef = builder
  .objectRef<NonNullable<ReturnType<typeof pronounForms>>>('PronounForms')
  .implement({
    description: 'Pronouns in all five forms.',
    fields: (t) => ({
      subject: t.exposeString('subject', { description: 'As in “they laugh”.' }),
      object: t.exposeString('object', { description: 'As in “ask them”.' }),
      possessiveDeterminer: t.exposeString('possessiveDeterminer', { description: 'As in “their idea”.' }),
      possessivePronoun: t.exposeString('possessivePronoun', { description: 'As in “it is theirs”.' }),
      reflexive: t.exposeString('reflexive', { description: 'As in “they did it themself”.' }),
    }),
  });

const PronounEntryRef = builder.objectRef<With<PronounEntry>>('PronounEntry').implement({
  description: 'Pronouns for somebody.',
  fields: (t) => ({
    pronouns: t.exposeString('pronouns', {
      description:
        'As they wrote them, at most 100 characters: any text, or all five forms separated by “/”.',
    }),
    displayText: t.exposeString('displayText', {
      nullable: true,
      description: 'What to show instead, at most 100 characters; null where there is nothing.',
    }),
    forms: t.field({
      type: PronounFormsRef,
      nullable: true,
      description: 'The five forms; null where `pronouns` are not all five separated by “/”.',
      resolve: ({ pronouns }) => pronounForms(pronouns),
    }),
    preference: t.expose('preference', { type: PreferenceRef, description: 'How they feel about them.' }),
  }),
});

const ProfileFieldRef = builder
  .objectRef<{ name: string; entries: With<NameEntry>[] }>('ProfileField')
  .implement({
    description: 'A heading with words under it.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'The heading, at most 100 characters.' }),
      entries: t.field({
        type: [NameEntryRef],
        description: 'The words, in their order, at most 100.',
        resolve: ({ entries }) => entries,
      }),
    }),
  });

const inFull = <Entry extends { preference: string }>(
  entries: readonly Entry[],
  own: readonly CustomPreference[],
): With<Entry>[] => entries.map((entry) => ({ ...entry, preference: preferenceOf(entry.preference, own) }));

const fieldsInFull = (fields: readonly ProfileField[], own: readonly CustomPreference[]) =>
  fields.map(({ name, entries }) => ({ name, entries: inFull(entries, own) }));

/** A user or a member. */
export type ProfileRow = UserRow | MemberRow;

/** Does something with the preferences that a profile's words name: a person's own, or a member's owner's. */
function withPreferences<Value, Result>(
  ctx: Context,
  info: GraphQLResolveInfo,
  profile: ProfileRow,
  words: readonly Value[],
  use: (words: readonly Value[], own: readonly CustomPreference[]) => Result,
  entries: number = words.length,
): Result | Promise<Result> {
  spend(ctx, info, entries);
  if (!('ownerId' in profile)) return use(words, profile.customPreferences);
  return ctx.loaders
    .load(ctx, customPreferencesLoader, profile.ownerId)
    .then((row) => use(words, row?.customPreferences ?? []));
}

export const ProfileRef = builder.interfaceRef<ProfileRow>('Profile').implement({
  description: 'What a person shows of themself: shared by User and Member.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: 'Opaque, unique across types.' }),
    sid: t.exposeString('sid', {
      description: 'A short id for links, of letters a–z: 5 for a user, 6 for a member. See `rerollSid`.',
    }),
    name: t.string({ description: 'What to show, whatever names are given.' }),
    displayName: t.exposeString('displayName', {
      nullable: true,
      description: 'The name they go by, at most 100 characters; null where none is given.',
    }),
    bio: t.string({
      nullable: true,
      description:
        'Themself at some length, in Markdown, at most 1,000 characters; null where none is shown.',
    }),
    bioHtml: t.field({
      type: 'HTML',
      nullable: true,
      description: '`bio` rendered; null where none is shown.',
    }),
    avatar: t.field({
      type: ImageRef,
      nullable: true,
      description: 'The picture that stands for them; null where there is none.',
      resolve: ({ avatar }) => shown(avatar),
    }),
    links: t.field({
      type: ['URL'],
      description: 'Where else they are to be found, in their order, at most 25.',
      resolve: ({ links }) => links,
    }),
    names: t.field({
      type: [NameEntryRef],
      description: 'Names they may be called by, in their order, at most 100.',
      resolve: (profile, _args, ctx, info) => withPreferences(ctx, info, profile, profile.names, inFull),
    }),
    pronouns: t.field({
      type: [PronounEntryRef],
      description: 'Pronouns they may be spoken of with, in their order, at most 100.',
      resolve: (profile, _args, ctx, info) => withPreferences(ctx, info, profile, profile.pronouns, inFull),
    }),
    fields: t.field({
      type: [ProfileFieldRef],
      description: 'Other words for them, under headings of their own, in their order, at most 25.',
      resolve: (profile, _args, ctx, info) => {
        const entries = profile.fields.reduce((sum, field) => sum + 1 + field.entries.length, 0);
        return withPreferences(ctx, info, profile, profile.fields, fieldsInFull, entries);
      },
    }),
    flags: t.field({
      type: [PrideFlagRef],
      description: 'The pride flags they show, in their order, out of the user’s library.',
      resolve: (profile, _args, ctx, info) => shownFlags(ctx, info, profile),
    }),
  }),
});
