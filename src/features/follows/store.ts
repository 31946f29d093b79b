import { type SQLWrapper, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { retrying } from '../../db/errors.ts';
import { parentsOf } from '../../db/keyset.ts';
import { keyArray, prepared } from '../../db/prepared.ts';
import { newId } from '../../db/uuid.ts';
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

const follower = sql`${sql.placeholder('follower')}::uuid`;
const followee = sql`${sql.placeholder('followee')}::uuid`;

/**
 * A follow made or ended together with both counters and what its followee is told of it, in one statement. First both
 * rows of counters are locked, in the order every writer takes them in, so that writers of the same two people wait for
 * each other and never in a circle; then the counters change by the rows really written.
 */
const withCounters = (write: (locked: SQLWrapper) => SQLWrapper, by: 1 | -1, telling: SQLWrapper) =>
  prepared((db) => {
    const locked = db
      .$with('locked', { id: userStats.userId })
      .as(
        sql`SELECT user_id AS id FROM ${userStats} WHERE user_id IN (${follower}, ${followee}) ORDER BY user_id FOR NO KEY UPDATE`,
      );
    const written = db
      .$with('written', { one: sql<number>`one` })
      .as(sql`${write(sql`(SELECT count(*) FROM locked) = 2`)}`);
    const counted = db.$with('counted', { id: userStats.userId }).as(sql`
      UPDATE ${userStats}
      SET following = following + ${sql.raw(String(by))} * (user_id = ${follower})::int,
          followers = followers + ${sql.raw(String(by))} * (user_id = ${followee})::int
      WHERE user_id IN (${follower}, ${followee}) AND EXISTS (SELECT FROM written)
      RETURNING user_id AS id`);
    return db
      .with(locked, written, counted)
      .select({
        people: sql<number>`count(*)::int`,
        written: sql<number>`(SELECT count(*) FROM ${written})::int`,
        told: sql<number>`(SELECT count(*) FROM ${written}, LATERAL ${telling})::int`,
      })
      .from(locked);
  }, 'write');

const at = sql`${sql.placeholder('at')}::timestamptz`;
const insertFollow = withCounters(
  (bothLocked) => sql`
    INSERT INTO ${follows} (follower_id, followee_id, created_at)
    SELECT ${follower}, ${followee}, ${at} WHERE ${bothLocked}
    ON CONFLICT DO NOTHING RETURNING 1 AS one`,
  1,
  sql`tell('FOLLOWED', 'User', ${followee}, ${follower}, ARRAY[${followee}], ARRAY[${sql.placeholder('notification')}::uuid], ${at})`,
);
const deleteFollow = withCounters(
  (bothLocked) => sql`
    DELETE FROM ${follows} WHERE follower_id = ${follower} AND followee_id = ${followee} AND ${bothLocked}
    RETURNING 1 AS one`,
  -1,
  sql`take_back('FOLLOWED', ${followee}, ${follower})`,
);

/**
 * Makes one person follow another, who is told; that they do already changes nothing.
 * @returns false when one of the two is gone, and nothing was written.
 * @throws follows_no_block when one of them has blocked the other.
 */
export async function insertFollowOf(
  db: Database,
  followerId: string,
  followeeId: string,
  now: Date,
): Promise<boolean> {
  const values = {
    follower: followerId,
    followee: followeeId,
    at: now.toISOString(),
    notification: newId(now),
  };
  return (await retrying(() => insertFollow(db, values)))[0]?.people === 2;
}

/** Makes one person no longer follow another. @returns whether they did. */
export async function deleteFollowOf(db: Database, followerId: string, followeeId: string): Promise<boolean> {
  return (
    (await retrying(() => deleteFollow(db, { follower: followerId, followee: followeeId })))[0]?.written === 1
  );
}
