import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { keyArray } from '../../db/prepared.ts';
import type { Doing } from '../notifications/act-store.ts';
import { lockPeople } from '../users/store.ts';
import { userStats } from '../users/table.ts';
import { follows } from './table.ts';

/** A follow to make, by the ids of the two. */
export interface NewFollow {
  follower: string;
  followee: string;
  at: Date;
}

/** What a followee is told of a follow. */
export function followed(follower: string, followee: string, at: Date): Doing {
  return { kind: 'FOLLOWED', subject: { type: 'User', id: followee }, actor: follower, at };
}

/** Those of these people who follow somebody. */
export async function followersAmong(
  db: Database,
  followee: string,
  people: readonly string[],
): Promise<Set<string>> {
  const found = await db
    .select({ id: follows.followerId })
    .from(follows)
    .where(
      sql`${follows.followeeId} = ${followee}::uuid AND ${follows.followerId} = ANY(${keyArray(people)}::uuid[])`,
    );
  return new Set(found.map(({ id }) => id));
}

/**
 * Makes those of these follows that are not there yet, and changes the counters by what is new; nobody is told. Run it in a
 * transaction.
 * @returns how many were new.
 * @throws follows_no_block when a block stands between two of them.
 */
export async function ensureFollows(tx: Database, all: readonly NewFollow[]): Promise<number> {
  if (all.length === 0) return 0;
  const people = [...new Set(all.flatMap(({ follower, followee }) => [follower, followee]))];
  await lockPeople(tx, people);
  const times = `{${all.map(({ at }) => at.toISOString()).join(',')}}`;
  const written = tx.$with('written', { follower: follows.followerId, followee: follows.followeeId }).as(sql`
    INSERT INTO ${follows} (follower_id, followee_id, created_at)
    SELECT * FROM unnest(${keyArray(all.map((f) => f.follower))}::uuid[], ${keyArray(all.map((f) => f.followee))}::uuid[], ${times}::timestamptz[])
    ON CONFLICT DO NOTHING RETURNING follower_id, followee_id`);
  const counted = tx.$with('counted', { id: userStats.userId }).as(sql`
    UPDATE ${userStats} AS s SET following = s.following + n.following, followers = s.followers + n.followers
    FROM (
      SELECT id, count(*) FILTER (WHERE side = 'following') AS following, count(*) FILTER (WHERE side = 'followers') AS followers
      FROM (
        SELECT follower_id AS id, 'following' AS side FROM written UNION ALL SELECT followee_id, 'followers' FROM written
      ) AS sides GROUP BY id
    ) AS n WHERE s.user_id = n.id RETURNING s.user_id AS id`);
  const [row] = await tx.with(written, counted).select({ count: sql<number>`count(*)::int` }).from(written);
  return row?.count ?? 0;
}
