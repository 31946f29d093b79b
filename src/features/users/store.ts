import { type Column, eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { writing } from '../../db/errors.ts';
import { given } from '../../db/given.ts';
import { ordered, type Window, windowValues, within } from '../../db/keyset.ts';
import { keyArray, prepared, preparedFor } from '../../db/prepared.ts';
import { type Card, cardColumns, type UserRow } from './card.ts';
import { userStats, users } from './table.ts';
import { listed, listedOfAll, showsDetails, visible } from './visible.ts';

const anyOf = (column: Column, placeholder: string, type: string) =>
  sql`${column} = ANY(${sql.placeholder(placeholder)}::${sql.raw(type)})`;

const byId = prepared((db) =>
  db
    .select(cardColumns)
    .from(users)
    .where(sql`${anyOf(users.id, 'ids', 'uuid[]')} AND ${visible()}`),
);

/** The people with these ids whom the viewer may find, in no order. */
export function usersById(db: Database, viewer: string | null, ids: readonly string[]): Promise<UserRow[]> {
  return byId(db, { viewer, ids: keyArray(ids) });
}

const byUsernameKey = prepared((db) =>
  db
    .select(cardColumns)
    .from(users)
    .where(sql`${anyOf(users.usernameKey, 'keys', 'text[]')} AND ${visible()}`),
);

/** The people with these usernames (in lower case) whom the viewer may find, in no order. */
export function usersByUsernameKey(
  db: Database,
  viewer: string | null,
  keys: readonly string[],
): Promise<UserRow[]> {
  return byUsernameKey(db, { viewer, keys: keyArray(keys) });
}

const bySid = prepared((db) =>
  db
    .select(cardColumns)
    .from(users)
    .where(sql`${anyOf(users.sid, 'sids', 'text[]')} AND ${visible()}`),
);

/** The people with these sids whom the viewer may find, in no order. */
export function usersBySid(db: Database, viewer: string | null, sids: readonly string[]): Promise<UserRow[]> {
  return bySid(db, { viewer, sids: keyArray(sids) });
}

const detailsById = prepared((db) =>
  db
    .select({
      id: users.id,
      bio: users.bio,
      bioHtml: users.bioHtml,
      birthday: users.birthday,
      gender: users.gender,
      locationName: users.locationName,
      latitude: users.latitude,
      longitude: users.longitude,
      companyName: users.companyName,
      companyRole: users.companyRole,
    })
    .from(users)
    .where(sql`${anyOf(users.id, 'ids', 'uuid[]')} AND ${showsDetails()}`),
);

/** A profile's details. */
export type DetailsRow = Awaited<ReturnType<typeof detailsOf>>[number];

/** The details of those people who show theirs to the viewer, and of the owner’s own. Whether they can be found is not asked again. */
export function detailsOf(
  db: Database,
  reader: { viewer: string | null; owner: string | null },
  ids: readonly string[],
) {
  return detailsById(db, { ...reader, ids: keyArray(ids) });
}

const statsById = prepared((db) =>
  db
    .select()
    .from(userStats)
    .where(anyOf(userStats.userId, 'ids', 'uuid[]')),
);

/** The public counters of these people. */
export function statsOf(db: Database, ids: readonly string[]): Promise<(typeof userStats.$inferSelect)[]> {
  return statsById(db, { ids: keyArray(ids) });
}

const preferencesById = prepared((db) =>
  db
    .select({ id: users.id, customPreferences: users.customPreferences })
    .from(users)
    .where(anyOf(users.id, 'ids', 'uuid[]')),
);

/** The preferences of these people's own making. Whether they can be found is not asked. */
export function customPreferencesOf(db: Database, ids: readonly string[]) {
  return preferencesById(db, { ids: keyArray(ids) });
}

/**
 * Locks people's counters, and with them what they own and who stands how to them, against all others who write that,
 * until the transaction ends: always in the order of their ids, so that writers wait for each other and never in a circle.
 * @returns the ids of those who are there.
 */
export async function lockPeople(tx: Database, ids: readonly string[]): Promise<string[]> {
  const locked = await tx
    .select({ id: userStats.userId })
    .from(userStats)
    .where(sql`${userStats.userId} = ANY(${keyArray(ids)}::uuid[])`)
    .orderBy(userStats.userId)
    .for('no key update');
  return locked.map(({ id }) => id);
}

/** The same for one person. @returns whether they are there. */
export async function lockOwner(tx: Database, id: string): Promise<boolean> {
  return (await lockPeople(tx, [id])).length > 0;
}

/** What a person alone sees of their own account. */
export type PrivateRow = NonNullable<Awaited<ReturnType<typeof privateOf>>>;

const privateById = prepared((db) =>
  db
    .select({
      id: users.id,
      email: users.email,
      emailVerified: users.emailVerified,
      timezone: users.timezone,
      badges: users.badges,
      positionLatitude: users.positionLatitude,
      positionLongitude: users.positionLongitude,
      searchable: users.searchable,
      profileVisibility: users.profileVisibility,
      memberListPrivate: users.memberListPrivate,
      isNsfw: users.isNsfw,
      emailFrequency: users.emailFrequency,
      push: users.push,
      toasts: users.toasts,
      sounds: users.sounds,
      mutedNotifications: users.mutedNotifications,
      language: users.language,
      contentLanguages: users.contentLanguages,
      hideFollowSuggestions: users.hideFollowSuggestions,
      showFeaturedSuggestions: users.showFeaturedSuggestions,
      sidRerolledAt: users.sidRerolledAt,
      createdAt: users.createdAt,
    })
    .from(users)
    .where(eq(users.id, sql.placeholder('id'))),
);

/** A person's own account; null when it was deleted meanwhile. */
export async function privateOf(db: Database, id: string) {
  return (await privateById(db, { id }))[0] ?? null;
}

const orders = {
  created: { columns: [users.createdAt, users.id], keys: ['time', 'id'] },
  username: { columns: [users.usernameKey], keys: ['text'] },
} as const;
export type UserOrdering = keyof typeof orders;

const everybody = (ordering: UserOrdering, ascending: boolean) =>
  preparedFor((db, card: Card) =>
    db
      .select({ user: card.columns })
      .from(users)
      .where(
        sql`${within(orders[ordering].columns, orders[ordering].keys)} AND NOT ${users.isRemote} AND ${listed()}`,
      )
      .orderBy(...ordered(orders[ordering].columns, ascending))
      .limit(sql.placeholder('limit')),
  );
const everybodyBy = {
  created: { up: everybody('created', true), down: everybody('created', false) },
  username: { up: everybody('username', true), down: everybody('username', false) },
};

/** A page of everybody who lets themself be listed, by time of joining or by username. */
export function usersPage(
  db: Database,
  viewer: string | null,
  ordering: UserOrdering,
  card: Card,
  window: Window,
): Promise<{ user: UserRow }[]> {
  const statement = everybodyBy[ordering][window.ascending ? 'up' : 'down'];
  return statement(db, card, { viewer, ...windowValues(window, orders[ordering].keys) });
}

const listedCount = prepared(
  (db) =>
    db
      .select({ count: sql<number>`count(*)::int` })
      .from(users)
      .where(sql`NOT ${users.isRemote} AND ${listedOfAll()}`),
  'slow',
);

/** How many people let themselves be listed to this viewer. Counts them all. */
export async function usersCount(db: Database, viewer: string | null): Promise<number> {
  return (await listedCount(db, { viewer }))[0]?.count ?? 0;
}

/** Columns of a person to change; what is undefined stays as it is. */
export type UserChange = {
  [Column in keyof typeof users.$inferInsert]?: (typeof users.$inferInsert)[Column] | undefined;
};

/** Changes a person's settings; what is undefined stays as it is. */
export async function updateSettings(db: Database, id: string, change: UserChange): Promise<void> {
  const columns = given(change);
  if (Object.keys(columns).length === 0) return;
  await writing(db, (to) => to.update(users).set(columns).where(eq(users.id, id)));
}
