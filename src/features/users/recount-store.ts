import { type SQL, sql } from 'drizzle-orm';
import type { Tally } from '../../db/recount.ts';
import { categoryFollows } from '../categories/table.ts';
import { connections } from '../connections/table.ts';
import { prideFlags } from '../flags/table.ts';
import { follows } from '../follows/table.ts';
import { members } from '../members/table.ts';
import { postLikes, postMedia, posts } from '../posts/table.ts';
import { userStats, users } from './table.ts';

const id = sql`${userStats.userId}`;
const howMany = (what: SQL) => sql`(SELECT count(*) FROM ${what})`;
const theirs = sql`${posts} p WHERE p.author_id = ${id} AND p.visibility = 'PUBLIC'`;
const likesOf = sql`${posts} p JOIN ${postLikes} l ON l.post_id = p.id WHERE p.author_id = ${id}`;

/** What is counted for people. After `postTally`: the trigger that takes a post away goes by the post's own counters. */
export const userTally: Tally = {
  table: userStats,
  id: userStats.userId,
  of: { id: users.id, columns: [] },
  counts: [
    { column: userStats.followers, must: howMany(sql`${follows} f WHERE f.followee_id = ${id}`) },
    { column: userStats.following, must: howMany(sql`${follows} f WHERE f.follower_id = ${id}`) },
    {
      column: userStats.connections,
      must: sql`${howMany(sql`${connections} c WHERE c.requester_id = ${id} AND c.status = 'ACCEPTED'`)}
        + ${howMany(sql`${connections} c WHERE c.addressee_id = ${id} AND c.status = 'ACCEPTED'`)}`,
    },
    {
      column: userStats.unseenRequests,
      must: howMany(
        sql`${connections} c WHERE c.addressee_id = ${id} AND c.status = 'PENDING' AND c.seen_at IS NULL`,
      ),
    },
    { column: userStats.members, must: howMany(sql`${members} m WHERE m.owner_id = ${id}`) },
    {
      column: userStats.listedMembers,
      must: howMany(sql`${members} m WHERE m.owner_id = ${id} AND NOT m.is_unlisted`),
    },
    { column: userStats.flags, must: howMany(sql`${prideFlags} f WHERE f.owner_id = ${id}`) },
    { column: userStats.posts, must: howMany(theirs) },
    { column: userStats.statuses, must: howMany(sql`${theirs} AND p.type = 'STATUS'`) },
    { column: userStats.discussions, must: howMany(sql`${theirs} AND p.type = 'DISCUSSION'`) },
    { column: userStats.polls, must: howMany(sql`${theirs} AND p.type = 'POLL'`) },
    {
      column: userStats.photos,
      must: howMany(sql`${posts} p JOIN ${postMedia} m ON m.post_id = p.id AND m.kind = 'PHOTO'
        WHERE p.author_id = ${id} AND p.visibility = 'PUBLIC'`),
    },
    { column: userStats.likesReceived, must: howMany(sql`${likesOf} AND p.visibility = 'PUBLIC'`) },
    {
      column: userStats.reputation,
      must: sql`${howMany(sql`${likesOf} AND l.user_id <> p.author_id`)}
        + 2 * ${howMany(sql`${posts} p JOIN ${posts} r ON r.root_id = p.id AND r.author_id <> p.author_id WHERE p.author_id = ${id}`)}`,
    },
    { column: userStats.categories, must: howMany(sql`${categoryFollows} f WHERE f.user_id = ${id}`) },
  ],
};
