// People of other systems who have moved in: ordinary people of this community, who cannot sign in until they prove that
// the account is theirs.
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { accounts } from '../accounts/table.ts';
import type { Picture } from '../media/table.ts';
import { members } from '../members/table.ts';
import { randomSid } from '../users/account-store.ts';
import { usernameCandidates } from '../users/rules.ts';
import { claims, users } from '../users/table.ts';
import { isFrom } from './origin-store.ts';
import { accountOf, changePerson, insertPerson, withUsername, writeBeside } from './person-parts-store.ts';
import type { RemoteProfile } from './person-store.ts';
import type { RemoteIdentity } from './rules.ts';
import { origins, remotes } from './table.ts';

type From = Pick<RemoteIdentity, 'provider' | 'instance'>;

/** Somebody signs in as them: what is theirs is theirs to change. */
const isOwn = sql<boolean>`EXISTS (SELECT FROM ${claims} WHERE ${claims.kind} = 'identity' AND ${claims.userId} = ${users.id})`;

/** Somebody who is here, by their account elsewhere. */
export interface Here {
  userId: string;
  isRemote: boolean;
  /** Whether somebody signs in as them. */
  isOwn: boolean;
  /** Where the pictures came from that they show, of a remote person. */
  pictures: { avatar?: string; cover?: string };
}

/** Those of these people of a source who are here, by their ids there. */
export async function peopleHere(
  db: Database,
  { provider, instance }: From,
  externalIds: readonly string[],
): Promise<Map<string, Here>> {
  if (externalIds.length === 0) return new Map();
  const rows = await db
    .select({
      externalId: accounts.externalId,
      userId: users.id,
      isRemote: users.isRemote,
      isOwn,
      pictures: remotes.pictures,
    })
    .from(accounts)
    .innerJoin(users, eq(users.id, accounts.userId))
    .leftJoin(remotes, eq(remotes.userId, users.id))
    .where(
      and(
        eq(accounts.provider, provider),
        eq(accounts.instance, instance),
        inArray(accounts.externalId, [...new Set(externalIds)]),
      ),
    );
  return new Map(
    rows.map(({ externalId, pictures, ...row }) => [externalId, { ...row, pictures: pictures ?? {} }]),
  );
}

/** What somebody can have set at a source, as it is kept here. */
export type MovedSettings = Partial<
  Pick<
    typeof users.$inferInsert,
    | 'searchable'
    | 'memberListPrivate'
    | 'emailFrequency'
    | 'push'
    | 'toasts'
    | 'sounds'
    | 'language'
    | 'contentLanguages'
    | 'hideFollowSuggestions'
    | 'showFeaturedSuggestions'
  >
>;

/** What there was of somebody before they moved in: nothing, a remote person, or all of it already. */
export interface MovedIn {
  userId: string;
  was: 'nobody' | 'remote' | 'here';
  isOwn: boolean;
}

/**
 * Moves somebody in: an ordinary person, made where they are not here yet. A remote one becomes one, and keeps id, follows
 * and posts; whoever is here already is left as they are, save that settings come for as long as nobody signs in as them.
 * All of it, or nothing.
 * @param at when it was read.
 */
export function saveMovedIn(
  db: Database,
  from: From,
  profile: RemoteProfile,
  settings: MovedSettings,
  at: Date,
): Promise<MovedIn> {
  const identity = { ...from, externalId: profile.externalId };
  const whole = { ...profile, columns: { ...profile.columns, ...settings } };
  return withUsername(db, usernames(profile.username ?? profile.accountName), (tx, username) =>
    save(tx, identity, whole, { username, settings }, at),
  );
}

function* usernames(preferred: string | null): Generator<string, never> {
  // Only the last of them has something random: where that is taken too, there are others.
  for (;;) yield* usernameCandidates(preferred, randomSid(5));
}

async function save(
  tx: Database,
  identity: RemoteIdentity,
  profile: RemoteProfile,
  { username, settings }: { username: string; settings: MovedSettings },
  at: Date,
): Promise<MovedIn> {
  const known = await accountOf(tx, identity);
  if (known && !known.isRemote) return stay(tx, known.userId, settings);
  // What the source has closed, an operator here can open.
  const isClosed = profile.columns.status === 'SUSPENDED';
  const who = { username, isRemote: false, ...(isClosed ? { statusBefore: 'ACTIVE' as const } : {}) };
  if (known) await settle(tx, identity, known, profile, who);
  const person = known ?? (await insertPerson(tx, identity, profile, who, at));
  await writeBeside(tx, identity, person, profile, at);
  return { userId: person.userId, was: known ? 'remote' : 'nobody', isOwn: false };
}

async function stay(tx: Database, userId: string, settings: MovedSettings): Promise<MovedIn> {
  if (Object.keys(settings).length > 0) {
    await tx
      .update(users)
      .set(settings)
      .where(and(eq(users.id, userId), sql`NOT ${isOwn}`));
  }
  const [person] = await tx.select({ isOwn }).from(users).where(eq(users.id, userId));
  return { userId, was: 'here', isOwn: person?.isOwn ?? true };
}

/** Makes a remote person an ordinary one. What is known of their pictures stays known. */
async function settle(
  tx: Database,
  identity: RemoteIdentity,
  person: { accountId: string; userId: string },
  profile: RemoteProfile,
  who: Parameters<typeof changePerson>[3],
): Promise<void> {
  const [remote] = await tx
    .delete(remotes)
    .where(eq(remotes.userId, person.userId))
    .returning({ pictures: remotes.pictures });
  await changePerson(tx, person, profile, who);
  for (const place of ['avatar', 'cover'] as const) {
    const url = remote?.pictures[place];
    if (url !== undefined) await notePicture(tx, identity, person.userId, place, url);
  }
}

/** What a picture of somebody's profile is called among origins: no photo there has a name with a space in it. */
const pictureOf = (place: 'avatar' | 'cover', externalId: string) => `${place} of ${externalId}`;

async function notePicture(
  tx: Database,
  { provider, instance, externalId }: RemoteIdentity,
  userId: string,
  place: 'avatar' | 'cover',
  url: string,
): Promise<void> {
  await tx
    .insert(origins)
    .values({
      ...{ provider, instance, kind: 'photo', externalId: pictureOf(place, externalId) },
      ...{ id: userId, ownerId: userId, url },
    })
    .onConflictDoUpdate({
      target: [origins.provider, origins.instance, origins.kind, origins.externalId],
      set: { id: userId, ownerId: userId, url },
    });
}

/** Which of the pictures of somebody's profile have come along with them. */
export async function picturesHere(
  db: Database,
  { provider, instance, externalId }: RemoteIdentity,
): Promise<Here['pictures']> {
  const places = ['avatar', 'cover'] as const;
  const rows = await db
    .select({ name: origins.externalId, url: origins.url })
    .from(origins)
    .where(
      and(
        isFrom({ provider, instance, kind: 'photo' }),
        inArray(
          origins.externalId,
          places.map((place) => pictureOf(place, externalId)),
        ),
      ),
    );
  return Object.fromEntries(
    places.flatMap((place) => {
      const url = rows.find(({ name }) => name === pictureOf(place, externalId))?.url;
      return url ? [[place, url]] : [];
    }),
  );
}

/**
 * Shows a picture that has come along with somebody who has moved in, and notes where it was.
 * @returns whether nobody signs in as them: else nothing was written.
 */
export function showMovedPicture(
  db: Database,
  identity: RemoteIdentity,
  userId: string,
  place: 'avatar' | 'cover',
  picture: Picture,
  url: string,
): Promise<boolean> {
  return transaction(db, async (tx) => {
    const shown = await tx
      .update(users)
      .set({ [place]: picture })
      .where(and(eq(users.id, userId), sql`NOT ${users.isRemote} AND NOT ${isOwn}`))
      .returning({ id: users.id });
    if (shown.length === 0) return false;
    await notePicture(tx, identity, userId, place, url);
    return true;
  });
}

/** Shows a member's avatar that has come along, and notes where it was. @returns whether the member is there. */
export function showMemberAvatar(
  db: Database,
  from: From,
  ownerId: string,
  externalId: string,
  picture: Picture,
  url: string,
): Promise<boolean> {
  return transaction(db, async (tx) => {
    const [origin] = await tx
      .update(origins)
      .set({ url })
      .where(
        and(
          isFrom({ ...from, kind: 'member' }),
          eq(origins.externalId, externalId),
          eq(origins.ownerId, ownerId),
        ),
      )
      .returning({ id: origins.id });
    if (!origin) return false;
    const shown = await tx
      .update(members)
      .set({ avatar: picture })
      .where(and(eq(members.id, origin.id), eq(members.ownerId, ownerId)))
      .returning({ id: members.id });
    return shown.length > 0;
  });
}
