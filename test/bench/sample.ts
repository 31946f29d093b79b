import postgres from 'postgres';
import { encodeCursor } from '../../src/graphql/cursor.ts';
import type { Sample } from './questions.ts';

/** Whom and what the questions are about, the same each time for the same database. */
export async function takeSample(url: string): Promise<Sample> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const [celebrity] = await sql<{ id: string; username: string; followers: number }[]>`
      SELECT id, username, followers FROM user_stats JOIN users ON id = user_id ORDER BY followers DESC LIMIT 1`;
    if (!celebrity || celebrity.followers < 9_000)
      throw new Error('The database is not loaded with the graph.');
    const usernames = await sql<{ username: string }[]>`
      SELECT username FROM users JOIN user_stats ON id = user_id WHERE followers >= 20 ORDER BY md5(username) LIMIT 200`;
    const [at] = await sql<{ at: Date; id: string }[]>`
      SELECT created_at AS at, follower_id AS id FROM follows WHERE followee_id = ${celebrity.id}
      ORDER BY created_at DESC, follower_id DESC OFFSET 8999 LIMIT 1`;
    if (!at) throw new Error('There is no position 9,000.');
    const starts = await sql<{ username: string }[]>`SELECT username FROM users ORDER BY md5(sid) LIMIT 200`;
    const followedAt = at.at.toISOString();
    return {
      usernames: usernames.map(({ username }) => username),
      celebrity: celebrity.username,
      position: { followedAt, id: at.id, cursor: encodeCursor('followers', [followedAt, at.id]) },
      starts: starts.map(({ username }) => ({
        username,
        cursor: encodeCursor('users by username up', [username.toLowerCase()]),
      })),
      readers: await readersOf(sql),
    };
  } finally {
    await sql.end();
  }
}

/** Those who follow about 10, 500 and 3,000, and whoever follows most; nobody where there are no posts. */
async function readersOf(sql: postgres.Sql): Promise<Sample['readers']> {
  const [any] = await sql`SELECT FROM posts LIMIT 1`;
  if (!any) return [];
  const [most] = await sql<{ following: number }[]>`SELECT max(following) AS following FROM user_stats`;
  return Promise.all(
    [10, 500, 3_000, most?.following ?? 0].map(async (following) => {
      const people = await sql<{ username: string; id: string }[]>`
        SELECT username, id FROM users JOIN user_stats ON user_id = id
        WHERE following BETWEEN ${Math.floor(following * 0.9)} AND ${Math.ceil(following * 1.1)}
        ORDER BY abs(following - ${following}), md5(username) LIMIT 20`;
      return { following, people };
    }),
  );
}
