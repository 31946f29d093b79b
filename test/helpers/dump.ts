// All that a database holds, to be compared with another or with itself later.
import { sql } from 'drizzle-orm';
import type { Database } from '../../src/db/client.ts';
import { rowsOf } from './pictures.ts';

async function tablesOf(db: Database): Promise<string[]> {
  const found = await db.execute(
    sql`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`,
  );
  return rowsOf(found).map(({ name }) => String(name));
}

/** What each table holds, as a hash of all its rows. */
export async function dumpOf(db: Database): Promise<Record<string, unknown>> {
  const dump: Record<string, unknown> = {};
  for (const name of await tablesOf(db)) {
    const table = sql.raw(`"${name}"`);
    const rows = await db.execute(
      sql`SELECT count(*)::int AS rows, md5(coalesce(string_agg(t::text, E'\n' ORDER BY t::text), '')) AS hash FROM ${table} t`,
    );
    dump[name] = rowsOf(rows)[0];
  }
  return dump;
}

/** The tables that a text is found in, in any column. */
export async function tablesWith(db: Database, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await tablesOf(db)) {
    const rows = await db.execute(
      sql`SELECT count(*)::int AS rows FROM ${sql.raw(`"${name}"`)} t WHERE strpos(t::text, ${text}) > 0`,
    );
    if (rowsOf(rows)[0]?.rows !== 0) found.push(name);
  }
  return found;
}

const without = (...columns: string[]) => `- ARRAY[${columns.map((column) => `'${column}'`).join(', ')}]`;
const origin = (kind: string, column: string) =>
  `(SELECT origin.external_id FROM origins origin WHERE origin.kind = '${kind}' AND origin.id = ${column})`;
const who = (column: string) =>
  `(SELECT somebody.username FROM users somebody WHERE somebody.id = ${column})`;

/** Statements of what was moved in: without ids and times of our own, which are others each time. */
const contents = {
  users: `SELECT to_jsonb(u) ${without('id', 'sid', 'created_at', 'avatar')} AS row, u.avatar->>'hash' AS avatar,
    to_jsonb(s) ${without('user_id')} AS stats FROM users u JOIN user_stats s ON s.user_id = u.id`,
  accounts: `SELECT to_jsonb(a) ${without('id', 'user_id', 'created_at')} AS row, ${who('a.user_id')} AS who FROM accounts a`,
  remotes: `SELECT ${who('r.user_id')} AS who, fetched_at FROM remotes r`,
  claims: 'SELECT kind, count(*) FROM claims GROUP BY kind',
  follows: `SELECT ${who('f.follower_id')} AS a, ${who('f.followee_id')} AS b FROM follows f`,
  blocks: `SELECT ${who('b.blocker_id')} AS a, ${who('b.blocked_id')} AS b FROM blocks b`,
  aspects: `SELECT a.name, ${who('u.user_id')} AS who FROM aspects a LEFT JOIN aspect_users u ON u.aspect_id = a.id`,
  origins: `SELECT to_jsonb(o) ${without('id', 'owner_id')} AS row, ${who('o.owner_id')} AS who FROM origins o`,
  posts: `SELECT ${origin('post', 'p.id')} AS guid, ${origin('post', 'p.root_id')} AS root,
    to_jsonb(p) ${without('id', 'author_id', 'root_id')} AS row, to_jsonb(s) ${without('post_id')} AS stats
    FROM posts p JOIN post_stats s ON s.post_id = p.id`,
  tags: `SELECT ${origin('post', 'p.post_id')} AS guid, t.name, p.position FROM post_tags p JOIN tags t ON t.id = p.tag_id`,
  userTags: `SELECT ${who('u.user_id')} AS who, t.name, u.position FROM user_tags u JOIN tags t ON t.id = u.tag_id`,
  media: `SELECT ${origin('post', 'm.post_id')} AS post, ${origin('photo', 'm.id')} AS guid,
    to_jsonb(m) ${without('id', 'post_id', 'author_id', 'image')} AS row, m.image->>'hash' AS hash FROM post_media m`,
  polls: `SELECT ${origin('post', 'p.post_id')} AS post, to_jsonb(p) ${without('id', 'post_id')} AS row FROM polls p`,
  choices: `SELECT ${origin('poll', 'c.poll_id')} AS poll, to_jsonb(c) ${without('id', 'poll_id')} AS row FROM poll_choices c`,
  comments: `SELECT ${origin('comment', 'c.id')} AS guid, ${origin('post', 'c.post_id')} AS post, ${who('c.author_id')} AS who,
    c.body, c.html, c.created_at FROM comments c`,
  likes: `SELECT ${origin('post', 'l.post_id')} AS post, ${who('l.user_id')} AS who, l.created_at FROM post_likes l`,
  notifications: 'SELECT count(*) FROM notifications',
  used: "SELECT count(*) FROM media_files WHERE state = 'USED'",
};

/** What was moved in, whatever ids and times of our own it has. */
export async function contentsOf(db: Database): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const [name, statement] of Object.entries(contents)) {
    const rows = await db.execute(
      sql.raw(`SELECT to_jsonb(t)::text AS row FROM (${statement}) t ORDER BY 1`),
    );
    all[name] = rowsOf(rows).map(({ row }) => String(row));
  }
  return all;
}
