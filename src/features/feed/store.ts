// The viewer's feed: posts of people they follow or are connected with, and of rooms they are in (domain rules 3.2, 3.6
// and 4). What is read goes by the index that has it in order, from the newest on, so that it does not cost more the more
// posts there are.
import { eq, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Database } from '../../db/client.ts';
import { ordered, type Window, windowValues, within } from '../../db/keyset.ts';
import { prepared, preparedFor } from '../../db/prepared.ts';
import { aspectUsers } from '../aspects/table.ts';
import { connected } from '../connections/table.ts';
import { follows } from '../follows/table.ts';
import { type PostRow, readsStats } from '../posts/card.ts';
import { type PostReader, postKeys } from '../posts/store.ts';
import { postStats, posts, postViews } from '../posts/table.ts';
import { isConnected, isFollower, isInAspect, isInRoom, reader, visiblePost } from '../posts/visible.ts';
import { roomMembers } from '../rooms/table.ts';
import { users } from '../users/table.ts';
import { unlistedPeople } from '../users/visible.ts';
import type { FeedCard } from './card.ts';

/** Who reads their feed. */
export interface FeedReader extends PostReader {
  /** To how many people they are tied, more or less: what the way of reading is chosen by, and nothing else. */
  ties: number;
}

/** To how many people the newest posts of each are looked up. Beyond, all newest posts are walked. */
const maxLookedUp = 600;
/**
 * How many posts such a walk passes before each person's posts are looked up after all: so many for each that is asked
 * for, or for each person, which takes about as long.
 */
const maxWalked = { perPost: 100, perTie: 4 };

const viewer = sql`${sql.placeholder('viewer')}::uuid`;
const limit = sql`${sql.placeholder('limit')}::int`;
const walkable = sql`${sql.placeholder('walkable')}::int`;

/** A post that is looked at. */
const p = alias(posts, 'p');
const order = [p.createdAt, p.id];

/** Whom the viewer cannot find, or hides: once for a whole statement, which asks of many people whether they are among them. */
const unlisted = sql`unlisted AS MATERIALIZED (SELECT * FROM (${unlistedPeople()}) AS person (id))`;
const isListed = (person: SQLWrapper) => sql`${person} NOT IN (SELECT unlisted.id FROM unlisted)`;

/** The viewer follows the author, or is connected with them. */
const isTied = (author: SQLWrapper) => sql`(${isFollower(viewer, author)} OR ${isConnected(viewer, author)})`;

/**
 * A reshare that shows what is not there otherwise: its root can be found and is not in the feed, nor is a newer reshare of
 * it. Roots are public, and so are reshares.
 */
const isNews = sql`EXISTS (
  SELECT FROM ${posts} root WHERE root.id = p.root_id AND ${isListed(sql`root.author_id`)}
    AND NOT ${isTied(sql`root.author_id`)}
    AND NOT EXISTS (
      SELECT FROM ${posts} newer WHERE newer.root_id = p.root_id AND (newer.created_at, newer.id) > (p.created_at, p.id)
        AND ${isTied(sql`newer.author_id`)} AND ${isListed(sql`newer.author_id`)}))`;

/** The post is in the feed. */
const isInFeed = sql`CASE p.feed_kind
  WHEN 'PUBLIC' THEN ${isTied(p.authorId)}
  WHEN 'RESHARE' THEN ${isTied(p.authorId)} AND ${isNews}
  WHEN 'FOLLOWERS' THEN ${isFollower(reader, p.authorId)}
  WHEN 'CONNECTIONS' THEN ${isConnected(reader, p.authorId)}
  WHEN 'ASPECTS' THEN ${isInAspect(reader, p)} AND ${isTied(p.authorId)}
  WHEN 'ROOM' THEN ${isInRoom(reader, p.roomId)}
END AND ${isListed(p.authorId)}`;

/** The people whom the viewer follows or is connected with, and what of theirs is for the reader. */
const tied = sql`tied AS MATERIALIZED (
    SELECT id, CASE
      WHEN ${reader} IS NULL THEN '{PUBLIC}'
      WHEN follower AND connection THEN '{PUBLIC,FOLLOWERS,CONNECTIONS}'
      WHEN follower THEN '{PUBLIC,FOLLOWERS}'
      ELSE '{PUBLIC,CONNECTIONS}'
    END::text[] AS kinds
    FROM (SELECT f.followee_id AS id, true AS follower FROM ${follows} f WHERE f.follower_id = ${viewer}) f
    FULL JOIN (SELECT c.peer_id AS id, true AS connection FROM ${connected} c WHERE c.user_id = ${viewer}) c USING (id)
    WHERE ${isListed(sql`id`)}
  )`;

/**
 * Where the feed's posts come from, besides what the tied write for all of a kind: what they pass on; what they write for
 * aspects with the reader in them; and rooms. A post has one source.
 * @param resharers those of the tied whose reshares count.
 */
const otherSources = (resharers: SQL) => sql`
    SELECT 'RESHARES' AS of, id, NULL::text[] AS kinds FROM ${resharers}
    UNION ALL SELECT 'ASPECTS', id, NULL FROM tied WHERE EXISTS (
      SELECT FROM ${aspectUsers} a WHERE a.owner_id = tied.id AND a.user_id = ${reader})
    UNION ALL SELECT 'ROOM', m.room_id, NULL FROM ${roomMembers} m WHERE m.user_id = ${reader}`;

/** Which posts of a source `s` are in the feed, by what it is: each asks no more than it has to, of hundreds of sources. */
const plain = { of: 'PLAIN', which: sql`p.author_id = s.id AND p.feed_kind = ANY(s.kinds)` };
const others = [
  { of: 'RESHARES', which: sql`p.author_id = s.id AND p.feed_kind = 'RESHARE' AND ${isNews}` },
  {
    of: 'ASPECTS',
    which: sql`p.author_id = s.id AND p.feed_kind = 'ASPECTS' AND ${isInAspect(reader, p)}`,
  },
  { of: 'ROOM', which: sql`p.room_id = s.id AND ${isListed(p.authorId)}` },
];

/**
 * The feed's posts from sources of some kinds: all of each, or the end of each.
 * @param columns of the source `s` and of the post `p`.
 */
const postsFrom = (kinds: readonly (typeof plain)[], from: string, columns: string, end: SQL) =>
  sql.join(
    kinds.map(
      ({ of, which }) => sql`SELECT ${sql.raw(columns)} FROM ${sql.raw(from)} s CROSS JOIN LATERAL (
        SELECT p.id, p.created_at FROM ${posts} p WHERE ${which} ${end}) p WHERE s.of = ${sql.raw(`'${of}'`)}`,
    ),
    sql` UNION ALL `,
  );

const inOrder = (ascending: boolean) => (ascending ? sql`created_at, id` : sql`created_at DESC, id DESC`);
const inWindow = within(order, postKeys);

/** All posts of the window, whoever's. */
const everybodys = (columns: SQL, ascending: boolean, end: SQL) => sql`
  SELECT ${columns} FROM ${posts} p WHERE ${inWindow} ORDER BY ${inOrder(ascending)} ${end}`;

/**
 * The ids of the window's posts, as an array, for who is tied to many: somebody of them has posted just now, so all posts
 * are walked, and of each it is asked whether it is in the feed.
 */
function walkedIds(ascending: boolean): SQL {
  const looked = sql`id, created_at, author_id, feed_kind, room_id, root_id`;
  return sql`ARRAY(
    WITH ${unlisted}
    SELECT p.id FROM (${everybodys(looked, ascending, sql`LIMIT ${walkable}`)}) p
    WHERE ${isInFeed} ORDER BY ${inOrder(ascending)} LIMIT ${limit}
  )`;
}

/** Whether the window has posts beyond those that are walked. */
const goesOn = (ascending: boolean) =>
  prepared((db) =>
    db
      .select({ one: sql<number>`1` })
      .from(sql`(${everybodys(sql``, ascending, sql`OFFSET ${walkable} LIMIT 1`)}) beyond`),
  );
const goesOnUp = goesOn(true);
const goesOnDown = goesOn(false);

/**
 * The ids of the window's posts, as an array, for who is tied to few: of each the newest post is looked up, and of those
 * who have the newest a page, none of which is older than the last of these. Most people have posted nothing that new, and
 * so have passed nothing on.
 */
function lookedUpIds(ascending: boolean): SQL {
  const [last, none, notBehind] = ascending
    ? [sql`max`, sql`infinity`, sql`<=`]
    : [sql`min`, sql`-infinity`, sql`>=`];
  const first = (count: SQL) => sql`AND ${inWindow} ORDER BY ${inOrder(ascending)} LIMIT ${count}`;
  const notBehindReach = (time: SQL) => sql`${time} ${notBehind} (SELECT at FROM reach)`;
  const unlessBehind = (count: SQL) => sql`AND ${notBehindReach(sql`p.created_at`)} ${first(count)}`;
  const head = 's.of, s.kinds, s.id AS source_id, p.created_at, p.id';
  return sql`ARRAY(
    WITH ${unlisted}, ${tied},
    newest AS MATERIALIZED (
      SELECT s.id, s.kinds, p.feed_kind, p.created_at, p.id AS post_id FROM tied s CROSS JOIN LATERAL (
        SELECT p.feed_kind, p.created_at, p.id FROM ${posts} p
        WHERE p.author_id = s.id AND p.feed_kind = ANY(s.kinds || 'RESHARE'::text) ${first(sql`1`)}) p
    ),
    plain AS MATERIALIZED (
      SELECT 'PLAIN' AS of, kinds, id AS source_id, created_at, post_id AS id FROM newest WHERE feed_kind <> 'RESHARE'
      UNION ALL ${postsFrom([plain], `(SELECT 'PLAIN' AS of, id, kinds FROM newest WHERE feed_kind = 'RESHARE')`, head, first(sql`1`))}
      ORDER BY ${inOrder(ascending)} LIMIT ${limit}
    ),
    reach AS MATERIALIZED (
      SELECT CASE WHEN count(*) < ${limit} THEN '${none}' ELSE ${last}(created_at) END AS at FROM plain
    ),
    sources AS (${otherSources(sql`newest WHERE ${notBehindReach(sql`created_at`)}`)}),
    heads AS MATERIALIZED (
      SELECT of, kinds, source_id FROM (
        SELECT * FROM plain UNION ALL ${postsFrom(others, 'sources', head, unlessBehind(sql`1`))}
      ) head ORDER BY ${inOrder(ascending)} LIMIT ${limit}
    )
    SELECT id FROM (
      ${postsFrom([plain, ...others], '(SELECT of, kinds, source_id AS id FROM heads)', 'p.id, p.created_at', unlessBehind(limit))}
    ) found ORDER BY ${inOrder(ascending)} LIMIT ${limit}
  )`;
}

/**
 * Reads the window by the way that suits the reader. A walk that ends before the page is full is not taken for an answer
 * where there is more behind it.
 * @param fullness how many of the window's posts are in an answer.
 */
async function eitherWay<Answer>(
  db: Database,
  { ties, ...who }: FeedReader,
  window: Window,
  read: Record<'walked' | 'lookedUp', (db: Database, values: Record<string, unknown>) => Promise<Answer>>,
  fullness: (answer: Answer) => number,
): Promise<Answer> {
  const values = {
    ...who,
    ...windowValues(window, postKeys),
    walkable: Math.max(maxWalked.perPost * window.limit, maxWalked.perTie * ties),
  };
  if (ties > maxLookedUp) {
    const answer = await read.walked(db, values);
    if (fullness(answer) >= window.limit) return answer;
    const beyond = await (window.ascending ? goesOnUp : goesOnDown)(db, values);
    if (beyond.length === 0) return answer;
  }
  return read.lookedUp(db, values);
}

const pageOf = (idsOf: (ascending: boolean) => SQL, ascending: boolean) =>
  preparedFor((db, { post, author }: FeedCard) => {
    const chosen = db
      .select(author ? { ...post.columns, author: author.columns } : post.columns)
      .from(posts)
      .$dynamic();
    if (readsStats(post)) chosen.innerJoin(postStats, eq(postStats.postId, posts.id));
    return chosen
      .innerJoin(users, eq(users.id, posts.authorId))
      .where(sql`${posts.id} = ANY(${idsOf(ascending)}) AND ${visiblePost()}`)
      .orderBy(...ordered([posts.createdAt, posts.id], ascending));
  });
const walked = { up: pageOf(walkedIds, true), down: pageOf(walkedIds, false) };
const lookedUp = { up: pageOf(lookedUpIds, true), down: pageOf(lookedUpIds, false) };

/**
 * A page of the reader's feed: of what is public alone, where their token does not let them read more. One statement, and up
 * to two more where a walk has ended before the page was full.
 */
export function feedPage(
  db: Database,
  reader: FeedReader,
  card: FeedCard,
  window: Window,
): Promise<PostRow[]> {
  const way = window.ascending ? 'up' : 'down';
  return eitherWay(
    db,
    reader,
    window,
    {
      walked: (on, values) => walked[way](on, card, values),
      lookedUp: (on, values) => lookedUp[way](on, card, values),
    },
    (rows) => rows.length,
  );
}

const counted = prepared(
  (db) =>
    db.select({ count: sql<number>`found.count` }).from(
      sql`(WITH ${unlisted}, ${tied},
        sources AS (SELECT 'PLAIN' AS of, id, kinds FROM tied UNION ALL ${otherSources(sql`tied`)})
        SELECT count(*)::int AS count FROM (${postsFrom([plain, ...others], 'sources', 'p.id', sql``)}) found) found`,
    ),
  'slow',
);

/** How many posts the reader's feed has. Counts them. */
export async function feedCount(db: Database, who: PostReader): Promise<number> {
  return (await counted(db, { ...who }))[0]?.count ?? 0;
}

/** How far down the feed posts count as new, and up to how many are counted. */
export const unseenWithin = 200;
export const maxUnseenPosts = 100;

const unseenOf = (ids: SQL) =>
  prepared((db) =>
    db
      .select({
        found: sql<number>`count(*)::int`,
        unseen: sql<number>`count(*) FILTER (WHERE
          NOT EXISTS (SELECT FROM ${postViews} v WHERE v.post_id = newest.id AND v.user_id = ${viewer})
          AND NOT EXISTS (SELECT FROM ${posts} own WHERE own.id = newest.id AND own.author_id = ${viewer}))::int`,
      })
      .from(sql`unnest(${ids}) AS newest(id)`),
  );
const unseen = { walked: unseenOf(walkedIds(false)), lookedUp: unseenOf(lookedUpIds(false)) };

/**
 * How many of the newest posts of the reader's feed, of the first `unseenWithin`, they have not marked seen; at most
 * `maxUnseenPosts`, and none of their own.
 */
export async function unseenPosts(db: Database, reader: FeedReader): Promise<number> {
  const newest: Window = { limit: unseenWithin, low: null, high: null, ascending: false };
  const [counts] = await eitherWay(db, reader, newest, unseen, ([row]) => row?.found ?? 0);
  return Math.min(counts?.unseen ?? 0, maxUnseenPosts);
}
