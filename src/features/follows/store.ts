import { type SQLWrapper, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { retrying } from '../../db/errors.ts';
import { parentsOf } from '../../db/keyset.ts';
import { keyArray, prepared } from '../../db/prepared.ts';
import { newId } from '../../db/uuid.ts';
import { cardColumns, type UserRow } from '../users/card.ts';
import { peerCounts, peerPages } from '../users/peer-store.ts';
import { userStats, users } from '../users/table.ts';
import { visible } from '../users/visible.ts';
import { follows } from './table.ts';

/** The two sides a list can be read from: whose list it is, and who is in it. */
const sides = {
  followers: { table: follows, parent: follows.followeeId, peer: follows.followerId, at: follows.createdAt },
  following: { table: follows, parent: follows.followerId, peer: follows.followeeId, at: follows.createdAt },
} as const;
export type FollowSide = keyof typeof sides;

/** The viewer follows the person in the list. */
const mine = sql`EXISTS (SELECT FROM ${follows} mine WHERE mine.follower_id = ${sql.placeholder('viewer')}::uuid AND mine.followee_id = ${users.id})`;

/** Pages of those who follow each parent, whom they follow, and those of their followers whom the viewer follows. */
export const followsPages = {
  followers: peerPages(sides.followers),
  following: peerPages(sides.following),
  mutualFollowers: peerPages({ ...sides.followers, only: mine }, 'slow'),
};

const stored = (side: FollowSide) => ({ in: userStats, of: userStats.userId, count: userStats[side] });

/** How many entries each parent's list has for the viewer. */
export const followsCounts = {
  followers: peerCounts(sides.followers, stored('followers')),
  following: peerCounts(sides.following, stored('following')),
};

const mutualCount = prepared((db) => {
  const parents = parentsOf(db);
  const viewer = sql`${sql.placeholder('viewer')}::uuid`;
  return db
    .select({
      parentId: parents.id,
      count: sql<number>`(
        SELECT count(*)::int FROM ${follows} mine
        JOIN ${follows} theirs ON theirs.follower_id = mine.followee_id AND theirs.followee_id = ${parents.id}
        JOIN ${users} ON ${users.id} = mine.followee_id
        WHERE mine.follower_id = ${viewer} AND ${visible()})`,
    })
    .from(parents);
}, 'slow');

/** How many of each parent's followers the viewer follows. Counts them: as many probes as the viewer follows people. */
export function mutualFollowersCount(
  db: Database,
  viewer: string | null,
  parents: readonly string[],
): Promise<{ parentId: string; count: number }[]> {
  return mutualCount(db, { viewer, parents: keyArray(parents) });
}

const viewer = sql`${sql.placeholder('viewer')}::uuid`;
const target = sql`${sql.placeholder('target')}::uuid`;

const byViewer = { follower: viewer, followee: target };
const ofViewer = { follower: target, followee: viewer };
const foundTarget = sql`${users.id} = ${target} AND ${visible()}`;

/**
 * A follow made or ended together with both counters and what its followee is told of it, in one statement, which does
 * and answers nothing where the viewer does not find the other. First both rows of counters are locked, in the order every writer
 * takes them in, so that writers of the same two people wait for each other and never in a circle; then the counters
 * change by the rows really written.
 */
const withCounters = (
  { follower, followee }: typeof byViewer,
  write: (bothLocked: SQLWrapper) => SQLWrapper,
  by: 1 | -1,
  telling: SQLWrapper,
) =>
  prepared((db) => {
    const locked = db.$with('locked', { id: userStats.userId }).as(sql`
      SELECT user_id AS id FROM ${userStats} WHERE user_id IN (${viewer}, ${target})
        AND EXISTS (SELECT FROM ${users} WHERE ${foundTarget})
      ORDER BY user_id FOR NO KEY UPDATE`);
    const bothLocked = sql`(SELECT count(*) FROM ${locked}) = 2`;
    const written = db.$with('written', { one: sql<number>`one` }).as(sql`${write(bothLocked)}`);
    const counted = db.$with('counted', { id: userStats.userId }).as(sql`
      UPDATE ${userStats}
      SET following = following + ${sql.raw(String(by))} * (user_id = ${follower})::int,
          followers = followers + ${sql.raw(String(by))} * (user_id = ${followee})::int
      WHERE user_id IN (${viewer}, ${target}) AND EXISTS (SELECT FROM ${written})
      RETURNING user_id AS id`);
    return db
      .with(locked, written, counted)
      .select({
        target: cardColumns,
        bothThere: sql<boolean>`${bothLocked}`,
        told: sql<number>`(SELECT count(*) FROM ${written}, LATERAL ${telling})::int`,
      })
      .from(users)
      .where(foundTarget);
  }, 'write');

const at = sql`${sql.placeholder('at')}::timestamptz`;
const insertFollow = withCounters(
  byViewer,
  (bothLocked) => sql`
    INSERT INTO ${follows} (follower_id, followee_id, created_at)
    SELECT ${viewer}, ${target}, ${at} WHERE ${bothLocked}
    ON CONFLICT DO NOTHING RETURNING 1 AS one`,
  1,
  sql`tell('FOLLOWED', 'User', ${target}, ${viewer}, ARRAY[${target}], ARRAY[${sql.placeholder('notification')}::uuid], ${at})`,
);
const deletion = (ends: typeof byViewer) =>
  withCounters(
    ends,
    (bothLocked) => sql`
      DELETE FROM ${follows} WHERE follower_id = ${ends.follower} AND followee_id = ${ends.followee} AND ${bothLocked}
      RETURNING 1 AS one`,
    -1,
    sql`take_back('FOLLOWED', ${ends.followee}, ${ends.follower})`,
  );
const deleteFollow = deletion(byViewer);
const deleteFollower = deletion(ofViewer);

/**
 * The other person, as the viewer finds them. Else nothing was written: null when they do not find them, `gone` when one
 * of the two is gone meanwhile.
 */
export type FollowWritten = UserRow | 'gone' | null;

async function written(write: () => ReturnType<typeof insertFollow>): Promise<FollowWritten> {
  const [row] = await retrying(write);
  if (!row) return null;
  return row.bothThere ? row.target : 'gone';
}

/**
 * Makes the viewer follow somebody, who is told; that they do already changes nothing.
 * @throws follows_no_block when a block between the two has just come.
 */
export function insertFollowOf(
  db: Database,
  viewer: string,
  target: string,
  now: Date,
): Promise<FollowWritten> {
  const values = { viewer, target, at: now.toISOString(), notification: newId(now) };
  return written(() => insertFollow(db, values));
}

/** Makes the viewer no longer follow somebody; that they do not anyhow changes nothing. */
export function deleteFollowOf(db: Database, viewer: string, target: string): Promise<FollowWritten> {
  return written(() => deleteFollow(db, { viewer, target }));
}

/** Makes somebody no longer follow the viewer; that they do not anyhow changes nothing. */
export function deleteFollowerOf(db: Database, viewer: string, target: string): Promise<FollowWritten> {
  return written(() => deleteFollower(db, { viewer, target }));
}
