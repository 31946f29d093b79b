// The measure of all things: node:http, and for each question one SQL statement that returns the finished JSON.
// No GraphQL, no tokens, no limits, no privacy beyond leaving out suspended people.
import { createServer } from 'node:http';
import postgres from 'postgres';

const sql = postgres(process.env.DATABASE_URL ?? '', { max: 4, onnotice: () => {} });

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
  '/friends': `SELECT json_build_object('users', json_build_object('nodes', json_agg(json_build_object(
      'username', p.username, 'displayName', p.display_name, 'followers', json_build_object('nodes',
        (SELECT coalesce(json_agg(e.node), '[]') FROM (
          SELECT json_build_object('username', u.username, 'displayName', u.display_name) AS node
          FROM follows f JOIN users u ON u.id = f.follower_id AND u.status <> 'SUSPENDED'
          WHERE f.followee_id = p.id ORDER BY f.created_at DESC, f.follower_id DESC LIMIT 5) e))))))::text AS "json"
    FROM (SELECT * FROM users WHERE username_key > lower($1) AND status <> 'SUSPENDED' AND searchable
      ORDER BY username_key LIMIT 20) p`,
  '/page': `SELECT json_build_object('user', json_build_object('followers', json_build_object('edges',
      ${edges('AND (f.created_at, f.follower_id) < ($2::text::timestamptz, $3::uuid)', 20)})))::text AS "json"
    FROM users p WHERE p.username_key = lower($1) AND p.status <> 'SUSPENDED'`,
};

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const statement = statements[pathname];
  if (!statement) {
    response.writeHead(404).end();
    return;
  }
  const parameters =
    pathname === '/page'
      ? [searchParams.get('username'), searchParams.get('at') ?? 'infinity', searchParams.get('id') ?? lastId]
      : [searchParams.get('username') ?? searchParams.get('after')];
  const [row] = await sql.unsafe<{ json: string }[]>(statement, parameters, { prepare: true });
  const body = `{"data":${row?.json ?? 'null'}}`;
  response
    .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    .end(body);
});
server.listen(Number(process.env.PORT), '127.0.0.1');
