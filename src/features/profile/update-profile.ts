import type { z } from 'zod';
import { brokenConstraint } from '../../db/errors.ts';
import { builder } from '../../graphql/builder.ts';
import { accountGone, refuse } from '../../graphql/errors.ts';
import { mutation } from '../../graphql/mutation.ts';
import { validate } from '../../graphql/validate.ts';
import { withPictures } from '../media/pictures.ts';
import { ImageInput } from '../media/type.ts';
import { loadUser } from '../users/loaders.ts';
import { isReservedUsername, usernameKey } from '../users/rules.ts';
import type { UserChange } from '../users/store.ts';
import { UserRef } from '../users/type.ts';
import { CoordinatesInput, commonInput, LocationInput } from './input.ts';
import { renderMarkdown } from './markdown.ts';
import { decodeFlagIds, refusalOf } from './refusal.ts';
import { maxCustomPreferences, maxTags, profileShape } from './rules.ts';
import { updateProfile } from './store.ts';
import { PreferenceSizeEnum } from './type.ts';

const CompanyInput = builder.inputType('CompanyInput', {
  description: 'A place of work; what is omitted is not part of it.',
  fields: (t) => ({
    name: t.string({ description: 'The company’s name, 1–255 characters.' }),
    role: t.string({ description: 'What they do there, 1–255 characters.' }),
  }),
});

const PreferenceInput = builder.inputType('PreferenceInput', {
  description: 'A preference of somebody’s own making.',
  fields: (t) => ({
    key: t.id({
      required: true,
      description: 'A UUID that the client chooses, and that entries name it by from then on.',
    }),
    icon: t.string({ required: true, description: 'The name of a Bootstrap icon, such as heart-fill.' }),
    tooltip: t.string({ required: true, description: 'The preference in words, 1–100 characters.' }),
    size: t.field({
      type: PreferenceSizeEnum,
      required: true,
      defaultValue: 'NORMAL',
      description: 'How large such words are shown.',
    }),
    muted: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Whether such words are shown in grey.',
    }),
    favourite: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Whether such words are the first to be used where there is room for few.',
    }),
  }),
});

mutation('updateProfile', {
  description:
    'Changes the viewer’s profile: what is omitted stays as it is, null clears. All of it is changed, or nothing.',
  scope: 'profile:modify',
  towardsOthers: false,
  input: (t) => ({
    username: t.string({
      description: '2–40 of A–Z a–z 0–9 _ . -; unique whatever the case (TAKEN); cannot be null.',
    }),
    ...commonInput(t),
    realName: t.string({ description: 'The name in their papers, 1–100 characters on one line.' }),
    tagline: t.string({ description: 'Themself in short, 1–150 characters.' }),
    memberTitle: t.string({
      description: 'What their members are called, 1–150 characters; null: “Members”.',
    }),
    birthday: t.field({
      type: 'Date',
      description: 'Not in the future; the year 1004 means that the year is not given.',
    }),
    gender: t.string({ description: 'In their words, 1–255 characters.' }),
    location: t.field({ type: LocationInput, description: 'Where they are; replaces the whole location.' }),
    position: t.field({
      type: CoordinatesInput,
      description: 'Where they are just now, for themself alone.',
    }),
    company: t.field({ type: CompanyInput, description: 'Where they work; replaces the whole company.' }),
    timezone: t.string({ description: 'An IANA time zone such as Europe/Berlin.' }),
    website: t.string({ description: 'An absolute URL, at most 256 characters.' }),
    tags: t.stringList({
      description: `Words to be tagged with, at most ${maxTags}: 1–64 letters, digits, “-” and “_”, with or without “#”, each counted once; replaces the whole list, null empties it.`,
    }),
    customPreferences: t.field({
      type: [PreferenceInput],
      description: `The preferences of their own, at most ${maxCustomPreferences}; replaces the whole list, null empties it. One that words still name cannot be left out.`,
    }),
    cover: t.field({ type: ImageInput, description: 'The wide picture above their page; null removes it.' }),
  }),
  run: async ({ avatar, cover, ...input }, ctx, viewer) => {
    const { flagIds, tags, ...checked } = validate(profileShape(ctx.now()), input);
    const columns = columnsOf(checked);
    if (columns.username !== undefined && isReservedUsername(columns.username)) throw taken();
    const change = { columns, flagIds: decodeFlagIds(flagIds), tags };
    const given = {
      avatar: { kind: 'avatar', source: avatar, path: ['avatar'] },
      cover: { kind: 'cover', source: cover, path: ['cover'] },
    } as const;
    await withPictures(ctx, given, async (pictures) => {
      try {
        const withThem = { ...change, columns: { ...columns, ...pictures } };
        if (!(await updateProfile(ctx.db, viewer.id, withThem, ctx.now()))) throw accountGone();
      } catch (error) {
        const constraint = brokenConstraint(error);
        throw constraint === 'users_username_unique' || constraint === 'claims_pkey'
          ? taken()
          : refusalOf(error);
      }
    });
    return { userId: viewer.id };
  },
  payload: (t) => ({
    user: t.field({
      type: UserRef,
      nullable: true,
      description: 'The viewer’s profile as it is now; null when nothing was changed.',
      resolve: ({ userId }, _args, ctx) => (userId === undefined ? null : loadUser(ctx, userId)),
    }),
  }),
});

function taken() {
  return refuse('TAKEN', 'This username is taken or reserved.', 'username');
}

function columnsOf({
  location,
  position,
  company,
  ...same
}: Omit<z.output<ReturnType<typeof profileShape>>, 'flagIds' | 'tags'>): UserChange {
  const { username, bio } = same;
  return {
    ...same,
    ...(username === undefined ? {} : { usernameKey: usernameKey(username) }),
    ...(bio === undefined ? {} : { bioHtml: bio === null ? null : renderMarkdown(bio) }),
    ...(location === undefined
      ? {}
      : {
          locationName: location?.name ?? null,
          latitude: location?.coordinates?.latitude ?? null,
          longitude: location?.coordinates?.longitude ?? null,
        }),
    ...(position === undefined
      ? {}
      : { positionLatitude: position?.latitude ?? null, positionLongitude: position?.longitude ?? null }),
    ...(company === undefined
      ? {}
      : { companyName: company?.name ?? null, companyRole: company?.role ?? null }),
  };
}
