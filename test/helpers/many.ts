// A database with so much in it that it matters how it is read: what is long for one, others have a little of.
import { sql } from 'drizzle-orm';
import { encodeId, idOf } from '../../src/graphql/node.ts';
import type { TestApp } from './app.ts';

/** Tells the ids of different things apart. */
const kinds = { User: 1, Room: 2, Post: 3, Category: 4, PollChoice: 5, Aspect: 6, other: 7 } as const;

/** How many people there are whom somebody knows, and how many that the viewer has blocked or hidden. */
export const people = 2000;
const avoided = 500;
/** How many entries a long list of something else has, and how many of them, the oldest, are of a kind of their own. */
export const many = 1000;
const few = 100;
/** How many people have a word in their names that others have not. */
export const kindred = (people + 2 * avoided) / 15;

const id = (kind: keyof typeof kinds, n: number | string) => `pg_temp.key(${kinds[kind]}, ${n})`;
/** A person by a number, other than the first, who has most. */
const person = (n: string) => id('User', `(${n}) % ${people - 1} + 2`);
/** When the row with the number came to be. */
const at = 'pg_temp.at(n)';
const rows = (from: number, to: number) => `generate_series(${from}, ${to}) AS n`;

/** The posts: those of everybody, those of the first person, a room's, and reshares of the first of all. */
const posts = { everybody: 2 * people, first: many, room: many, reshares: many };

function postsFrom(begin: number, count: number, columns: string): string {
  return `
    INSERT INTO posts (id, slug, body, html, summary, created_at, updated_at, author_id, type, visibility, room_id, root_id)
    SELECT ${id('Post', 'n')}, 'post-' || n, '', '', '', ${at}, ${at}, ${columns} FROM ${rows(begin + 1, begin + count)}`;
}

const ofFirst = posts.everybody;
const ofRoom = ofFirst + posts.first;
const reshares = ofRoom + posts.room;

/** All rows but those of the viewers themselves, whose ids are given. */
function statements(ada: string, bob: string, carol: string): string[] {
  const hub = id('User', 1);
  return [
    // People, some of whom are suspended.
    `INSERT INTO users (id, username, username_key, sid, search_text, status, created_at)
    SELECT ${id('User', 'n')}, 'person-' || n, 'person-' || n, 'sid-' || n,
      CASE n % 15 WHEN 3 THEN ' kindred' ELSE ' ' || md5(n::text) END, CASE n % 50 WHEN 7 THEN 'SUSPENDED' ELSE 'ACTIVE' END,
      pg_temp.at(n * 37 % ${people + 2 * avoided}) FROM ${rows(1, people + 2 * avoided)}`,
    `INSERT INTO user_stats (user_id) SELECT id FROM users ON CONFLICT DO NOTHING`,
    `INSERT INTO inboxes (user_id) SELECT id FROM users ON CONFLICT DO NOTHING`,
    // Ties.
    `INSERT INTO follows (follower_id, followee_id, created_at)
    SELECT ${person('n')}, ${person('n + 7')}, ${at} FROM ${rows(1, people)}
    UNION ALL SELECT ${person('n')}, ${hub}, ${at} FROM ${rows(1, people - 1)}
    UNION ALL SELECT ${hub}, ${person('n')}, ${at} FROM ${rows(1, people - 1)}
    UNION ALL SELECT '${ada}', ${person('n')}, ${at} FROM ${rows(1, many)}
    UNION ALL SELECT '${bob}', ${person('n')}, ${at} FROM ${rows(many + 1, many + 100)}
    UNION ALL SELECT '${carol}', ${person('n')}, ${at} FROM ${rows(1, 100)}
    ON CONFLICT DO NOTHING`,
    `INSERT INTO connections (id, shown_id, requester_id, addressee_id, status, created_at, shown_at, accepted_at, rejected_at)
    SELECT key, key, requester, addressee, status, ${at}, ${at},
      CASE status WHEN 'ACCEPTED' THEN ${at} END, CASE status WHEN 'REJECTED' THEN ${at} END
    FROM (
      SELECT n, ${id('other', 'n')} AS key, ${person('n')} AS requester, ${person('n + 11')} AS addressee, 'ACCEPTED' AS status FROM ${rows(1, people)}
      UNION ALL SELECT n, ${id('other', `${people} + n`)}, ${person('n')}, ${hub}, 'ACCEPTED' FROM ${rows(1, people - 1)}
      UNION ALL SELECT n, ${id('other', `${2 * people} + n`)},
        CASE n % 2 WHEN 0 THEN ${person('n')} ELSE '${ada}'::uuid END, CASE n % 2 WHEN 0 THEN '${ada}'::uuid ELSE ${person('n')} END,
        (ARRAY['PENDING', 'REJECTED', 'ACCEPTED'])[n * 3 / ${people} + 1]
        FROM ${rows(1, people - 1)}
    ) made WHERE requester <> addressee ON CONFLICT DO NOTHING`,
    `INSERT INTO connected (user_id, peer_id, connected_at)
    SELECT requester_id, addressee_id, accepted_at FROM connections WHERE status = 'ACCEPTED'
    UNION ALL SELECT addressee_id, requester_id, accepted_at FROM connections WHERE status = 'ACCEPTED'`,
    `UPDATE user_stats SET following = (SELECT count(*) FROM follows WHERE follower_id = user_id),
      connections = (SELECT count(*) FROM connected WHERE connected.user_id = user_stats.user_id)`,
    ...[
      { table: 'blocks', columns: 'blocker_id, blocked_id', from: people, shift: 5 },
      { table: 'hides', columns: 'hider_id, hidden_id', from: people + avoided, shift: 9 },
    ].map(
      ({ table, columns, from, shift }) => `INSERT INTO ${table} (${columns}, created_at)
      SELECT ${person('n')}, ${person(`n + ${shift}`)}, ${at} FROM ${rows(1, people - 1)}
      UNION ALL SELECT '${ada}', ${id('User', `${from} + n`)}, ${at} FROM ${rows(1, avoided)}`,
    ),
    `INSERT INTO aspects (id, owner_id, name, name_key, created_at)
    SELECT ${id('Aspect', 'n')}, CASE n WHEN 1 THEN '${ada}'::uuid ELSE ${person('n')} END, 'Friends', 'friends', ${at} FROM ${rows(1, many)}`,
    `INSERT INTO aspect_users (aspect_id, owner_id, user_id, added_at)
    SELECT ${id('Aspect', 'n')}, ${person('n')}, ${person('n + 7')}, ${at} FROM ${rows(2, many)}
    UNION ALL SELECT ${id('Aspect', 1)}, '${ada}', ${person('n')}, ${at} FROM ${rows(1, many)}`,
    // What people have.
    `INSERT INTO members (id, owner_id, sid, name, name_key, created_at)
    SELECT ${id('other', 'n')}, owner, 'sid-' || n, 'Member ' || n, 'member-' || n, ${at}
    FROM (
      SELECT n, ${person('n')} AS owner FROM ${rows(1, people)}
      UNION ALL SELECT n, ${hub} FROM ${rows(people + 1, people + many)}
      UNION ALL SELECT n, '${ada}' FROM ${rows(people + many + 1, people + 2 * many)}
    ) made`,
    `INSERT INTO pride_flags (id, owner_id, name, image, created_at)
    SELECT ${id('other', 'n')}, CASE n % 3 WHEN 0 THEN '${ada}'::uuid ELSE ${person('n')} END, 'Flag', '{}', ${at}
    FROM ${rows(1, 3 * many)}`,
    // Rooms: one with everybody in it, and the first person and the viewer in all others.
    `INSERT INTO rooms (id, kind, slug, name, search_text, is_public, created_at)
    SELECT ${id('Room', 'n')}, CASE WHEN n <= ${few} THEN 'PAGE' ELSE 'GROUP' END, 'room-' || n, 'Room', ' room', n <= ${many}, ${at} FROM ${rows(1, 2 * many)}`,
    `INSERT INTO room_stats (room_id) SELECT id FROM rooms`,
    `INSERT INTO room_members (room_id, user_id, role, joined_at)
    SELECT ${id('Room', 1)}, ${person('n')}, 'MEMBER', ${at} FROM ${rows(1, people - 1)}
    UNION ALL SELECT ${id('Room', 1)}, '${ada}', 'MEMBER', pg_temp.at(0)
    UNION ALL SELECT ${id('Room', 'n')}, ${person('n')}, 'OWNER', ${at} FROM ${rows(2, 2 * many)}
    UNION ALL SELECT ${id('Room', 'n')}, somebody, 'MEMBER', ${at} FROM ${rows(2, many)}, (VALUES (${hub}), ('${ada}')) AS v (somebody)`,
    `INSERT INTO room_invites (room_id, user_id, inviter_id, created_at)
    SELECT ${id('Room', 'n')}, somebody, ${person('n')}, ${at}
    FROM ${rows(many + 1, 2 * many)}, LATERAL (VALUES ('${ada}'), (${person('n + 1')})) AS v (somebody)`,
    // Posts, and what hangs on them.
    postsFrom(
      0,
      posts.everybody,
      `${person('n')}, 'STATUS', (ARRAY['PUBLIC', 'PUBLIC', 'FOLLOWERS', 'CONNECTIONS'])[n % 4 + 1], NULL, NULL`,
    ),
    postsFrom(
      ofFirst,
      posts.first,
      `${hub}, CASE WHEN n <= ${ofFirst + few} THEN 'POLL' ELSE 'STATUS' END, 'PUBLIC', NULL, NULL`,
    ),
    postsFrom(ofRoom, posts.room, `${person('n')}, 'STATUS', 'ROOM', ${id('Room', 1)}, NULL`),
    postsFrom(
      reshares,
      posts.reshares,
      `${person('n')}, 'RESHARE', 'PUBLIC', NULL, ${id('Post', ofFirst + 1)}`,
    ),
    `INSERT INTO post_stats (post_id, last_activity_at) SELECT id, created_at FROM posts`,
    `INSERT INTO post_media (id, post_id, author_id, created_at, kind, position, image)
    SELECT id, id, author_id, created_at, 'PHOTO', 0, '{}' FROM posts WHERE visibility = 'PUBLIC' AND root_id IS NULL`,
    `INSERT INTO categories (id, name, slug) SELECT ${id('Category', 'n')}, 'Category ' || n, 'category-' || n FROM ${rows(1, many)}`,
    `INSERT INTO category_follows (category_id, user_id, followed_at)
    SELECT ${id('Category', 'n')}, somebody, ${at} FROM ${rows(1, many)}, LATERAL (VALUES (${hub}), (${person('n')}), (${person('n + 1')})) AS v (somebody)`,
    `INSERT INTO post_categories (post_id, category_id, position, created_at)
    SELECT ${id('Post', 'n')}, CASE WHEN n > ${ofFirst} THEN ${id('Category', 1)} ELSE ${id('Category', `n % ${many - 1} + 2`)} END, 0, ${at}
    FROM ${rows(1, ofRoom)}`,
    `INSERT INTO comments (id, post_id, author_id, body, html, created_at)
    SELECT ${id('other', 'n')}, CASE n % 2 WHEN 0 THEN ${id('Post', ofFirst + 1)} ELSE ${id('Post', `n % ${ofFirst} + 1`)} END, ${person('n')}, '', '', ${at}
    FROM ${rows(1, 2 * many)}`,
    `INSERT INTO post_likes (post_id, user_id, created_at)
    SELECT CASE n % 2 WHEN 0 THEN ${id('Post', ofFirst + 1)} ELSE ${id('Post', 'n')} END, ${person('n')}, ${at}
    FROM ${rows(1, people - 1)}`,
    `INSERT INTO polls (id, post_id, question, multiple_choice, is_hidden, shows_voters, created_at, updated_at)
    SELECT ${id('other', 'n')}, ${id('Post', `${ofFirst} + n`)}, 'Which?', false, false, true, ${at}, ${at} FROM ${rows(1, many)}`,
    `INSERT INTO poll_choices (id, poll_id, position, text)
    SELECT ${id('PollChoice', 'n')}, ${id('other', `(n + 1) / 2`)}, (n + 1) % 2, 'This' FROM ${rows(1, 2 * many)}`,
    `INSERT INTO poll_votes (choice_id, poll_id, user_id, voted_at)
    SELECT ${id('PollChoice', 1)}, ${id('other', 1)}, ${person('n')}, ${at} FROM ${rows(1, people - 1)}
    UNION ALL SELECT ${id('PollChoice', 'n')}, ${id('other', '(n + 1) / 2')}, ${person('n')}, ${at} FROM ${rows(3, 2 * many)}`,
    `INSERT INTO notifications (id, receiver_id, kind, subject_type, subject_id, actors_count, version, created_at, updated_at, seen_version)
    SELECT ${id('other', 'n')}, CASE n % 2 WHEN 0 THEN '${ada}'::uuid ELSE ${person('n')} END, 'FOLLOWED', 'User', ${id('other', 'n')}, 1, n, ${at}, ${at}, CASE n % 4 / 2 WHEN 0 THEN n ELSE 0 END
    FROM ${rows(1, 3 * many)}`,
    `INSERT INTO notification_actors (notification_id, actor_id, receiver_id, version, acted_at)
    SELECT id, ${person('version')}, receiver_id, version, created_at FROM notifications`,
    // Archives.
    `INSERT INTO exports (id, user_id, state, created_at)
    SELECT ${id('other', 'n')}, CASE n % 2 WHEN 0 THEN '${ada}'::uuid ELSE ${person('n')} END, 'EXPIRED', ${at}
    FROM ${rows(1, 2 * many)}`,
  ];
}

/** What has the long lists, besides the viewer: the ids of one of each. */
export type Long = Record<Exclude<keyof typeof kinds, 'other'>, string>;

/**
 * Fills the database of a server with all of it, for three viewers: ada follows half of all people and is connected with
 * many, bob and carol follow a hundred, all of carol's having reshared the same post.
 */
export async function fill(kith: TestApp): Promise<Long> {
  const viewers = await Promise.all(['ada', 'bob', 'carol'].map((username) => kith.idOf(username)));
  const [ada, bob, carol] = viewers.map((viewer) => idOf('User', viewer));
  if (!ada || !bob || !carol) throw new Error('Somebody is not there.');
  const { db } = kith.database;
  await db.transaction(async (tx) => {
    // No triggers: what they would do is done above, all at once.
    await tx.execute(sql.raw(`SET LOCAL session_replication_role = replica`));
    await tx.execute(
      sql.raw(`CREATE FUNCTION pg_temp.key(kind int, n int) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
        SELECT (lpad(to_hex(n), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(kind), 12, '0'))::uuid $$`),
    );
    await tx.execute(
      sql.raw(`CREATE FUNCTION pg_temp.at(n int) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
        SELECT '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 minute' $$`),
    );
    for (const statement of statements(ada, bob, carol)) await tx.execute(sql.raw(statement));
  });
  await db.execute(sql.raw('VACUUM ANALYZE'));
  const first = (kind: keyof typeof kinds, n: number) =>
    encodeId(
      kind,
      `${n.toString(16).padStart(8, '0')}-0000-7000-8000-${String(kinds[kind]).padStart(12, '0')}`,
    );
  return {
    User: first('User', 1),
    Room: first('Room', 1),
    Post: first('Post', ofFirst + 1),
    Category: first('Category', 1),
    PollChoice: first('PollChoice', 1),
    Aspect: first('Aspect', 1),
  };
}
