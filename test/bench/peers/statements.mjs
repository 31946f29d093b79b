// What Mercurius and Apollo Server have in common: the part of Kith's schema that the questions need, and one statement
// for each list level, joined with what its rows show. Nothing is imported here, as each peer has its own packages.

export const typeDefs = `
  type Query {
    user(by: UserKey!): User
    users(first: Int!, after: String, orderBy: UserOrder!): UserList!
    viewer: Viewer
  }
  input UserKey { username: String! }
  enum UserOrder { USERNAME }
  type UserList { nodes: [User!]! }
  type User {
    username: String!
    displayName: String
    realName: String
    name: String!
    tagline: String
    website: String
    createdAt: DateTime!
    sid: String!
    memberTitle: String!
    status: String!
    links: [String!]!
    followers(first: Int!, after: String): FollowerList!
    posts(first: Int!): PostList!
  }
  type FollowerList { totalCount: Int! edges: [FollowerEdge!]! nodes: [User!]! }
  type FollowerEdge { followedAt: DateTime! node: User! }
  type Viewer { feed(first: Int!): Feed! }
  type Feed { nodes: [Post!]! }
  type PostList { nodes: [Post!]! }
  type Post {
    type: String!
    summary: String!
    html: String!
    createdAt: DateTime!
    visibility: String!
    counters: PostCounters!
    author: User!
    viewerState: PostViewerState!
  }
  type PostCounters { comments: Int! likes: Int! reshares: Int! followers: Int! views: Int! }
  type PostViewerState { liked: Boolean! reshared: Boolean! subscribed: Boolean! seen: Boolean! }
  scalar DateTime
`;

const card = `u.id, u.username, u.display_name AS "displayName", u.real_name AS "realName", u.tagline, u.website,
  u.created_at AS "createdAt", u.sid, u.member_title AS "memberTitle", u.status, u.links`;
const post = `p.id, p.author_id AS "authorId", p.type, p.summary, p.html, p.created_at AS "createdAt", p.visibility,
  s.comments, s.likes, s.reshares, s.subscribers AS followers, s.views`;
const newestFirst = 'ORDER BY p.created_at DESC, p.id DESC';
/** OFFSET keeps it a look-up: as a join, a plan made for all readers alike goes wrong for those who follow many. */
const follows = (whom) =>
  `EXISTS (SELECT FROM follows f WHERE f.follower_id = $1::uuid AND f.followee_id = ${whom} OFFSET 0)`;
const mine = `p.visibility IN ('PUBLIC', 'FOLLOWERS') AND (p.type <> 'RESHARE' OR EXISTS (
  SELECT FROM posts root WHERE root.id = p.root_id AND NOT ${follows('root.author_id')} AND NOT EXISTS (
    SELECT FROM posts newer WHERE newer.root_id = p.root_id
      AND (newer.created_at, newer.id) > (p.created_at, p.id) AND ${follows('newer.author_id')})))`;
const did = (table) => `EXISTS (SELECT FROM ${table} d WHERE d.post_id = p.id AND d.user_id = $1::uuid)`;

export const userByName = `SELECT ${card} FROM users u WHERE u.username_key = lower($1) AND u.status <> 'SUSPENDED'`;

export const usersByName = `SELECT ${card} FROM users u
  WHERE u.username_key > lower($1) AND u.status <> 'SUSPENDED' AND u.searchable ORDER BY u.username_key LIMIT $2::int`;

export const usersById = `SELECT ${card} FROM users u WHERE u.id = ANY ($1::uuid[])`;

/** Of each of $1, $4 followers behind ($2, $3), newest first; "of" says whose. */
export const followersOf = `SELECT of.id AS "of", e.*
  FROM unnest($1::uuid[]) WITH ORDINALITY of (id, i) CROSS JOIN LATERAL (
    SELECT f.created_at AS "followedAt", f.follower_id, ${card}
    FROM follows f JOIN users u ON u.id = f.follower_id AND u.status <> 'SUSPENDED'
    WHERE f.followee_id = of.id AND (f.created_at, f.follower_id) < ($2::text::timestamptz, $3::uuid)
    ORDER BY f.created_at DESC, f.follower_id DESC LIMIT $4::int) e
  ORDER BY of.i, e."followedAt" DESC, e.follower_id DESC`;

export const followerCounts = `SELECT user_id AS id, followers FROM user_stats WHERE user_id = ANY ($1::uuid[])`;

/** Of each of $1, the $2 newest public posts. */
export const postsOf = `SELECT ${post} FROM unnest($1::uuid[]) WITH ORDINALITY of (id, i) CROSS JOIN LATERAL (
    SELECT * FROM posts p WHERE p.author_id = of.id AND p.visibility = 'PUBLIC' ${newestFirst} LIMIT $2::int) p
  JOIN post_stats s ON s.post_id = p.id ORDER BY of.i, p.created_at DESC, p.id DESC`;

/** What $1 did to each of $2. */
export const viewerStates = `SELECT p.id, ${did('post_likes')} AS liked,
    EXISTS (SELECT FROM posts r WHERE r.root_id = p.id AND r.author_id = $1::uuid) AS reshared,
    ${did('post_subscribers')} AS subscribed, ${did('post_views')} AS seen
  FROM unnest($2::uuid[]) p (id)`;

const following = '(SELECT following FROM user_stats WHERE user_id = $1::uuid)';
/** The $2 newest posts of those whom $1 follows: as in handwritten.ts, the way chosen by how many they are. */
export const feedOf = `SELECT ${post} FROM posts p JOIN post_stats s ON s.post_id = p.id
  WHERE p.id = ANY (ARRAY(
    SELECT p.id FROM (
      SELECT h.author_id FROM follows f CROSS JOIN LATERAL (
        SELECT p.author_id, p.created_at, p.id FROM posts p WHERE p.author_id = f.followee_id AND ${mine}
        ${newestFirst} LIMIT 1) h
      WHERE f.follower_id = $1::uuid AND ${following} <= 1000
      ORDER BY h.created_at DESC, h.id DESC LIMIT $2::int) best
    CROSS JOIN LATERAL (
      SELECT p.id, p.created_at FROM posts p WHERE p.author_id = best.author_id AND ${mine}
      ${newestFirst} LIMIT $2::int) p
    ${newestFirst} LIMIT $2::int) || ARRAY(
    SELECT p.id FROM posts p WHERE ${following} > 1000 AND ${follows('p.author_id')} AND ${mine}
    ${newestFirst} LIMIT $2::int)) ${newestFirst}`;

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** What Kith's cursors hold besides the name of their ordering: `[time, id]` or `[username]`. */
export function readCursor(cursor) {
  return JSON.parse(Buffer.from(cursor, 'base64url').toString()).slice(1);
}

/** Where a list of followers goes on behind the cursor; from its beginning without one. */
export function startOf(cursor) {
  return cursor ? readCursor(cursor) : ['infinity', lastId];
}

/** The rows of each key, in the order of the keys. */
export function rowsByKey(keys, rows, keyOf) {
  const found = new Map(keys.map((key) => [key, []]));
  for (const row of rows) found.get(keyOf(row))?.push(row);
  return keys.map((key) => found.get(key));
}
