// What somebody is and owns. What is given here already stays as it is.
import { isDeepStrictEqual } from 'node:util';
import { getTableColumns } from 'drizzle-orm';
import type { z } from 'zod';
import { isStorable } from '../../db/text.ts';
import { aspectKey, aspectShape } from '../../features/aspects/rules.ts';
import { aspectNamed, insertAspect } from '../../features/aspects/store.ts';
import { isCategorySlug } from '../../features/categories/rules.ts';
import { categoriesBySlug, followedAmong, insertCategoryFollow } from '../../features/categories/store.ts';
import { flagRows, personRow, shownFlagIds, tagNamesOf } from '../../features/exports/account-store.ts';
import { flagShape } from '../../features/flags/rules.ts';
import { insertFlag } from '../../features/flags/store.ts';
import { memberKey, memberShape } from '../../features/members/rules.ts';
import { insertMember } from '../../features/members/write-store.ts';
import { renderMarkdown } from '../../features/profile/markdown.ts';
import { unknownPreferences } from '../../features/profile/preference-rules.ts';
import { profileShape } from '../../features/profile/rules.ts';
import { updateProfile } from '../../features/profile/store.ts';
import { insertOrigin, thingsFromKith } from '../../features/remotes/kith-origin-store.ts';
import { settingsShape } from '../../features/settings/rules.ts';
import type { UserChange } from '../../features/users/store.ts';
import { users } from '../../features/users/table.ts';
import { validate } from '../../graphql/validate.ts';
import { type Bringing, bring, Left, shaped, withPictures } from './bring.ts';
import { problemOf } from './shapes.ts';

type ProfileInput = Partial<z.output<ReturnType<typeof profileShape>>>;

/** A part of a profile as its columns. */
const columnsOf: { [Part in keyof ProfileInput]?: (value: NonNullable<ProfileInput[Part]>) => UserChange } = {
  displayName: (displayName) => ({ displayName }),
  realName: (realName) => ({ realName }),
  tagline: (tagline) => ({ tagline }),
  bio: (bio) => ({ bio, bioHtml: renderMarkdown(bio) }),
  website: (website) => ({ website }),
  links: (links) => ({ links }),
  memberTitle: (memberTitle) => ({ memberTitle }),
  customPreferences: (customPreferences) => ({ customPreferences }),
  names: (names) => ({ names }),
  pronouns: (pronouns) => ({ pronouns }),
  fields: (fields) => ({ fields }),
  birthday: (birthday) => ({ birthday }),
  gender: (gender) => ({ gender }),
  location: ({ name = null, coordinates }) => ({
    locationName: name,
    latitude: coordinates?.latitude ?? null,
    longitude: coordinates?.longitude ?? null,
  }),
  position: ({ latitude, longitude }) => ({ positionLatitude: latitude, positionLongitude: longitude }),
  company: ({ name = null, role = null }) => ({ companyName: name, companyRole: role }),
  timezone: (timezone) => ({ timezone }),
};

type Row = typeof users.$inferSelect;
const columns = getTableColumns(users);

/** Those of these columns that nothing has been said of here, where that goes for all of them. */
function untouched(row: Row, change: UserChange): 'empty' | 'same' | 'other' {
  const entries = Object.entries(change) as [keyof Row, unknown][];
  if (entries.every(([name, value]) => isDeepStrictEqual(row[name], value))) return 'same';
  return entries.every(([name]) => isDeepStrictEqual(row[name], columns[name].default ?? null))
    ? 'empty'
    : 'other';
}

/** The words and settings of a profile. */
export async function bringProfile(to: Bringing): Promise<void> {
  const { archive, db, me, now, report } = to;
  const { data, error } = to.shapes.profile.safeParse(await archive.json('profile.json'));
  if (error) return report.left('profile', problemOf(error));
  const at = now();
  const { shape } = profileShape(at);
  for (const [part, toColumns] of Object.entries(columnsOf)) {
    const value = data[part];
    if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    const known = part as keyof typeof columnsOf;
    const checked = shape[known].safeParse(value);
    if (!checked.success) {
      report.left('profile', `${part}: ${problemOf(checked.error)}`);
      continue;
    }
    const row = await personRow(db, me);
    if (!row) throw new Error('The account is gone.');
    // Each part's columns are made of what its shape has let through.
    const change = (toColumns as (value: unknown) => UserChange)(checked.data);
    await takeColumns(to, row, part, change);
  }
  const settings = settingsShape.safeParse(await archive.json('settings.json'));
  if (!settings.success) report.left('settings', problemOf(settings.error));
  else await bringSettings(to, settings.data);
  await bringTags(to, data.tags);
  for (const kind of ['avatar', 'cover'] as const) {
    const path = data[kind] ?? null;
    if (path === null || (await personRow(db, me))?.[kind]) continue;
    await withPictures(to, [{ kind, path }], async ([picture]) => {
      if (!picture) return;
      await updateProfile(db, me, { columns: { [kind]: picture }, flagIds: undefined, tags: undefined }, at);
      report.took('profile parts');
    });
  }
}

async function takeColumns(to: Bringing, row: Row, part: string, change: UserChange): Promise<void> {
  const { db, me, now, report } = to;
  const state = untouched(row, change);
  if (state === 'same') return;
  if (state === 'other') return report.left('profile', `${part}: given here already`);
  const own = change.customPreferences ?? row.customPreferences;
  const { names, pronouns, fields } = change;
  if (unknownPreferences({ names, pronouns, fields }, own).length > 0)
    return report.left('profile', `${part}: it names a preference that is not there`);
  await updateProfile(db, me, { columns: change, flagIds: undefined, tags: undefined }, now());
  report.took('profile parts');
}

async function bringSettings(to: Bringing, settings: z.output<typeof settingsShape>): Promise<void> {
  const { db, me } = to;
  const { email, muted, ...heard } = settings.notifications ?? {};
  const { nsfw, ...seen } = settings.privacy ?? {};
  const all: UserChange = {
    ...{ ...heard, ...seen, ...settings.display },
    ...{ emailFrequency: email, mutedNotifications: muted, isNsfw: nsfw },
  };
  for (const [name, value] of Object.entries(all)) {
    const row = await personRow(db, me);
    const isDefault = isDeepStrictEqual(columns[name as keyof Row].default ?? null, value);
    if (row && value !== undefined && !isDefault) await takeColumns(to, row, name, { [name]: value });
  }
}

async function bringTags({ db, me, now, report }: Bringing, given: unknown): Promise<void> {
  if ((await tagNamesOf(db, me)).length > 0) return;
  const tags = profileShape(now()).shape.tags.safeParse(given);
  if (!tags.success) return report.left('profile', `tags: ${problemOf(tags.error)}`);
  if (!tags.data || tags.data.length === 0) return;
  await updateProfile(db, me, { columns: {}, flagIds: undefined, tags: tags.data }, now());
  report.took('profile parts');
}

/** The library of flags, and those that the person shows. */
export async function bringFlags(to: Bringing): Promise<void> {
  const { archive, db, me, now, report } = to;
  for await (const { id: originId, image: path, createdAt, ...words } of shaped(
    to,
    'flags.json',
    'flags',
    to.shapes.flag,
  )) {
    const thing = { kind: 'flag', name: 'flags', originId, createdAt } as const;
    await bring(to, { ...thing, pictures: [{ kind: 'flag', path }] }, async (tx, id, [image]) => {
      if (!image) throw new Left('its picture cannot be had');
      await insertFlag(tx, { id, ownerId: me, ...validate(flagShape, words), image, createdAt });
    });
  }
  if ((await shownFlagIds(db, me)).length > 0) return;
  const { data } = to.shapes.profile.safeParse(await archive.json('profile.json'));
  const flagIds = await flagsHere(to, data?.flags ?? []);
  if (flagIds.length === 0) return;
  await updateProfile(db, me, { columns: {}, flagIds, tags: undefined }, now());
  report.took('profile parts');
}

/** Those of these flags that are in the library here. */
async function flagsHere({ db, me }: Bringing, originIds: readonly string[]): Promise<string[]> {
  const here = await thingsFromKith(db, 'flag', me, originIds);
  const there = new Set((await flagRows(db, me)).map(({ id }) => id));
  return originIds.flatMap((originId) => {
    const id = here.get(originId);
    return id !== undefined && there.has(id) ? [id] : [];
  });
}

export async function bringMembers(to: Bringing): Promise<void> {
  for await (const { id: originId, avatar: path, flags, createdAt, ...words } of shaped(
    to,
    'members.json',
    'members',
    to.shapes.member,
  )) {
    const thing = { kind: 'member', name: 'members', originId, createdAt } as const;
    await bring(to, { ...thing, pictures: [{ kind: 'avatar', path }] }, async (tx, id, [avatar = null]) => {
      const { name, bio, flagIds: _given, ...same } = validate(memberShape, words);
      const member = { id, ownerId: to.me, createdAt, name, nameKey: memberKey(name) };
      const html = bio === undefined ? {} : { bio, bioHtml: bio === null ? null : renderMarkdown(bio) };
      await insertMember(tx, member, {
        ...same,
        ...html,
        avatar,
        flagIds: await flagsHere({ ...to, db: tx }, flags),
      });
    });
  }
}

/** Aspects: one of the same name that is here already is taken for the same. */
export async function bringAspects(to: Bringing): Promise<void> {
  const { db, me, shapes } = to;
  for await (const { id: originId, createdAt, ...given } of shaped(
    to,
    'aspects.json',
    'aspects',
    shapes.aspect,
  )) {
    const nameKey = typeof given.name === 'string' ? aspectKey(given.name.trim()) : '';
    const same = isStorable(nameKey) ? await aspectNamed(db, me, nameKey) : null;
    if (same !== null && !(await thingsFromKith(db, 'aspect', me, [originId])).has(originId))
      await insertOrigin(db, { kind: 'aspect', ownerId: me, originId, id: same });
    await bring(to, { kind: 'aspect', name: 'aspects', originId, createdAt }, async (tx, id) => {
      const { name } = validate(aspectShape, given);
      const aspect = { id, ownerId: me, name, nameKey: aspectKey(name), createdAt };
      if ((await insertAspect(tx, aspect)) !== 'done') throw new Left('there are as many as there may be');
    });
  }
}

/** The categories that the person follows, where this Kith has them. */
export async function bringCategories(to: Bringing): Promise<void> {
  const { db, me, report, shapes } = to;
  for await (const { slug, followedAt } of shaped(to, 'categories.json', 'categories', shapes.category)) {
    const [here] = isCategorySlug(slug) ? await categoriesBySlug(db, [slug]) : [];
    if (!here) report.left('categories', 'this Kith has none such');
    else if ((await followedAmong(db, me, [here.id])).length === 0) {
      await insertCategoryFollow(db, me, here.id, followedAt);
      report.took('categories');
    }
  }
}
