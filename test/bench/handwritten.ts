// The measure of all things: node:http, and for each question one SQL statement that returns the finished JSON.
// No GraphQL, no tokens, no limits, no privacy beyond leaving out suspended people and posts for others.
import { createServer } from 'node:http';
import postgres from 'postgres';
import { write } from './handwritten-writes.ts';

const sql = postgres(process.env.DATABASE_URL ?? '', {
  max: 4,
  onnotice: () => {},
  // Planned once for all values, as in Kith.
  connection: { plan_cache_mode: 'force_generic_plan', jit: 'off' },
});

const time = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const card = `'username', u.username, 'displayName', u.display_name, 'realName', u.real_name, 'tagline', u.tagline,
  'website', u.website, 'createdAt', ${time('u.created_at')}`;
const edges = (bound: string, limit: number) => `
  (SELECT coalesce(json_agg(json_build_object('followedAt', ${time('e.created_at')}, 'node', e.node)), '[]') FROM (
    SELECT f.created_at, json_build_object(${card}) AS node
    FROM follows f JOIN users u ON u.id = f.follower_id AND u.status <> 'SUSPENDED'
    WHERE f.followee_id = p.id ${bound} ORDER BY f.created_at DESC, f.follower_id DESC LIMIT ${limit}) e)`;

const statements: Record<string, string> = {
  '/profile': `SELECT json_build_object('user', json_build_object(${card}, 'sid', u.sid,
      'memberTitle', coalesce(u.member_title, 'Members'), 'status', u.status, 'links', u.links))::text AS "json"
    FROM users u WHERE u.username_key = lower($1) AND u.status <> 'SUSPENDED'`,
  '/followers': `SELECT json_build_object('user', json_build_object('username', p.username,
      'name', coalesce(p.display_name, p.real_name, p.username),
      'followers', json_build_object('totalCount', s.followers, 'edges', ${edges('', 20)})))::text AS "json"
    FROM users p JOIN user_stats s ON s.user_id = p.id WHERE p.username_key = lower($1) AND p.status <> 'SUSPENDED'`,
  '/page': `SELECT json_build_object('user', json_build_object('followers', json_build_object('edges',
      ${edges('AND (f.created_at, f.follower_id) < ($2::text::timestamptz, $3::uuid)', 20)})))::text AS "json"
    FROM users p WHERE p.username_key = lower($1) AND p.status <> 'SUSPENDED'`,
};

const postFields = `'type', p.type, 'summary', p.summary, 'html', p.html, 'createdAt', ${time('p.created_at')},
  'visibility', p.visibility, 'counters', json_build_object('comments', s.comments, 'likes', s.likes,
  'reshares', s.reshares, 'followers', s.subscribers, 'views', s.views)`;
const follows = (whom: string) =>
  `EXISTS (SELECT FROM follows f WHERE f.follower_id = $1::uuid AND f.followee_id = ${whom} OFFSET 0)`;
/** Of the graph's people, who have no other ties, none is hidden or blocked. */
const mine = `p.visibility IN ('PUBLIC', 'FOLLOWERS') AND (p.type <> 'RESHARE' OR EXISTS (
  SELECT FROM posts root WHERE root.id = p.root_id AND NOT ${follows('root.author_id')} AND NOT EXISTS (
    SELECT FROM posts newer WHERE newer.root_id = p.root_id
      AND (newer.created_at, newer.id) > (p.created_at, p.id) AND ${follows('newer.author_id')})))`;
const newestFirst = 'ORDER BY p.created_at DESC, p.id DESC';
const did = (table: string) =>
  `EXISTS (SELECT FROM ${table} d WHERE d.post_id = p.id AND d.user_id = $1::uuid)`;
const feedOf = (chosen: string) => `
  SELECT json_build_object('viewer', json_build_object('feed', json_build_object('nodes', coalesce(
    json_agg(json_build_object(${postFields}, 'author', json_build_object('username', u.username, 'displayName', u.display_name),
      'viewerState', json_build_object('liked', ${did('post_likes')},
        'reshared', EXISTS (SELECT FROM posts r WHERE r.root_id = p.id AND r.author_id = $1::uuid),
        'subscribed', ${did('post_subscribers')}, 'seen', ${did('post_views')})) ${newestFirst}), '[]'))))::text AS "json"
  FROM posts p JOIN users u ON u.id = p.author_id AND u.status <> 'SUSPENDED' JOIN post_stats s ON s.post_id = p.id
  WHERE p.id = ANY (ARRAY(${chosen}))`;
const followers = `json_build_object('nodes', (SELECT coalesce(json_agg(e.node), '[]') FROM (
    SELECT json_build_object('username', w.username, 'displayName', w.display_name) AS node
    FROM follows f JOIN users w ON w.id = f.follower_id AND w.status <> 'SUSPENDED'
    WHERE f.followee_id = u.id ORDER BY f.created_at DESC, f.follower_id DESC LIMIT 5) e))`;
const posts = `json_build_object('nodes', (SELECT coalesce(json_agg(json_build_object(${postFields}) ${newestFirst}), '[]') FROM (
    SELECT * FROM posts p WHERE p.author_id = u.id AND p.visibility = 'PUBLIC' ${newestFirst} LIMIT 3) p
  JOIN post_stats s ON s.post_id = p.id))`;
const usersWith = (lists: string) => `
  SELECT json_build_object('users', json_build_object('nodes', json_agg(json_build_object(
    'username', u.username, 'displayName', u.display_name, ${lists}))))::text AS "json"
  FROM (SELECT * FROM users WHERE username_key > lower($1) AND status <> 'SUSPENDED' AND searchable
    ORDER BY username_key LIMIT 20) u`;
Object.assign(statements, {
  // The newest post of each, and of those who have the newest a page each.
  '/feed/of-few': feedOf(`SELECT p.id FROM (
      SELECT h.author_id FROM follows f CROSS JOIN LATERAL (
        SELECT p.author_id, p.created_at, p.id FROM posts p WHERE p.author_id = f.followee_id AND ${mine} ${newestFirst} LIMIT 1) h
      WHERE f.follower_id = $1::uuid ORDER BY h.created_at DESC, h.id DESC LIMIT 20) best
    CROSS JOIN LATERAL (
      SELECT p.id, p.created_at FROM posts p WHERE p.author_id = best.author_id AND ${mine} ${newestFirst} LIMIT 20) p
    ${newestFirst} LIMIT 20`),
  // All newest posts, until a page of them is by those followed.
  '/feed/of-many': feedOf(
    `SELECT p.id FROM posts p WHERE ${follows('p.author_id')} AND ${mine} ${newestFirst} LIMIT 20`,
  ),
  '/friends': usersWith(`'followers', ${followers}`),
  '/posts': usersWith(`'posts', ${posts}`),
  '/both': usersWith(`'followers', ${followers}, 'posts', ${posts}`),
});

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const json = await (request.method === 'POST' ? write : read)(pathname, searchParams).catch((error) => {
    console.error(error);
    return null;
  });
  if (json === null) {
    response.writeHead(404).end();
    return;
  }
  const body = `{"data":${json}}`;
  response
    .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    .end(body);
});
server.listen(Number(process.env.PORT), '127.0.0.1');

async function read(path: string, parameters: URLSearchParams): Promise<string | null> {
  const statement = statements[path];
  if (!statement) return null;
  const values =
    path === '/page'
      ? [parameters.get('username'), parameters.get('at') ?? 'infinity', parameters.get('id') ?? lastId]
      : [parameters.get('username') ?? parameters.get('after') ?? parameters.get('viewer')];
  const [row] = await sql.unsafe<{ json: string }[]>(statement, values, { prepare: true });
  return row?.json ?? 'null';
}
