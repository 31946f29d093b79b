import { sql } from 'drizzle-orm';
import { beforeAll, expect, it } from 'vitest';
import { demoPeople, loadDemo } from '../../src/db/demo/load.ts';
import { pollShape } from '../../src/features/polls/rules.ts';
import { postShape } from '../../src/features/posts/rules.ts';
import { posts } from '../../src/features/posts/table.ts';
import { isFor } from '../../src/features/posts/visible.ts';
import { diskStorage } from '../../src/media/disk-storage.ts';
import { createTestApp, type TestApp, useTestApp } from '../helpers/app.ts';
import { expectExactInboxes } from '../helpers/inbox.ts';
import { rowsOf } from '../helpers/pictures.ts';
import { expectExactPosts } from '../helpers/written.ts';

const kith = useTestApp();
const load = ({ database, mediaFolder }: TestApp) => loadDemo(database.db, diskStorage(mediaFolder), '');
beforeAll(() => load(kith));

const rows = async (query: ReturnType<typeof sql>, { database }: TestApp = kith) =>
  rowsOf(await database.db.execute(query));

it('has about 400 posts of every kind, for everybody and for some, by nearly everybody', async () => {
  const [counted] = await rows(sql`SELECT count(*)::int AS posts, count(DISTINCT author_id)::int AS authors,
    count(DISTINCT type)::int AS types, count(DISTINCT visibility)::int AS visibilities,
    count(*) FILTER (WHERE type = 'POLL')::int AS polls, count(*) FILTER (WHERE type = 'RESHARE')::int AS reshares,
    count(*) FILTER (WHERE media_type = 'IMAGES')::int AS photos,
    count(DISTINCT body) FILTER (WHERE type <> 'RESHARE')::int AS different FROM posts`);
  expect(counted).toMatchObject({ types: 4, visibilities: 5, polls: 12, reshares: 25, different: 380 });
  expect(counted?.posts).toBe(405);
  expect(counted?.authors).toBeGreaterThan(55);
  expect(counted?.photos).toBeGreaterThanOrEqual(25);
});

it('counts what is there, and tells of nothing else', async () => {
  await expectExactPosts(kith);
  await expectExactInboxes(kith);
});

it('nobody does anything with a post that they may not see, or before it or they are there, or after the end', async () => {
  const deeds = sql`(
    SELECT post_id, user_id, created_at AS at, 'like' AS deed FROM post_likes
    UNION ALL SELECT post_id, author_id, created_at, 'comment' FROM comments
    UNION ALL SELECT p.post_id, v.user_id, v.voted_at, 'vote' FROM poll_voters v JOIN polls p ON p.id = v.poll_id
    UNION ALL SELECT root_id, author_id, created_at, 'reshare' FROM posts WHERE root_id IS NOT NULL
    UNION ALL SELECT m.post_id, m.user_id, p.created_at, 'mention' FROM post_mentions m JOIN posts p ON p.id = m.post_id
    UNION ALL SELECT v.post_id, v.user_id, null, 'view' FROM post_views v)`;
  const wrong = await rows(sql`
    SELECT deed, count(*)::int AS times FROM ${deeds} d JOIN ${posts} ON ${posts.id} = d.post_id
      JOIN users doer ON doer.id = d.user_id
    WHERE NOT ${isFor(sql`d.user_id`)} OR d.at < ${posts.createdAt} OR d.at < doer.created_at OR d.at > '2026-04-17T09:00:00Z'
      OR EXISTS (SELECT FROM blocks b
        WHERE (b.blocker_id, b.blocked_id) IN ((d.user_id, ${posts.authorId}), (${posts.authorId}, d.user_id)))
    GROUP BY deed`);
  expect(wrong).toEqual([]);
  const late = await rows(sql`SELECT v.user_id FROM poll_voters v JOIN polls p ON p.id = v.poll_id
    WHERE v.voted_at >= p.closed_at OR v.voted_at >= p.expires_at`);
  expect(late).toEqual([]);
  const early = await rows(sql`SELECT p.id FROM posts p JOIN users u ON u.id = p.author_id
    WHERE p.created_at < u.created_at OR p.created_at > '2026-04-17T09:00:00Z'`);
  expect(early).toEqual([]);
});

it('in rooms, only those post who may', async () => {
  const wrong = await rows(sql`SELECT p.id FROM posts p JOIN rooms r ON r.id = p.room_id
    LEFT JOIN room_members m ON m.room_id = p.room_id AND m.user_id = p.author_id
    WHERE m.role IS NULL OR (r.kind = 'PAGE' AND m.role NOT IN ('OWNER', 'ADMIN'))`);
  expect(wrong).toEqual([]);
});

it('keeps to what posts and polls are made of', async () => {
  const written = await kith.database.db.select().from(posts).where(sql`${posts.type} <> 'RESHARE'`);
  for (const { body, title, hasOwnTitle, visibility, roomId, type } of written) {
    const given = {
      body,
      visibility,
      roomId,
      ...(hasOwnTitle ? { title } : {}),
      ...(visibility === 'ASPECTS' ? { aspectIds: ['one'] } : {}),
      photos: body === '' ? [{}] : [],
      hasPoll: type === 'POLL',
    };
    expect(postShape.safeParse(given).error, body).toBeUndefined();
  }
  const polls = await rows(sql`SELECT question, multiple_choice AS "multipleChoice", is_hidden AS "isHidden",
    shows_voters AS "showsVoters", json_agg(text) AS choices FROM polls JOIN poll_choices c ON c.poll_id = polls.id
    GROUP BY polls.id`);
  expect(polls).toHaveLength(12);
  for (const poll of polls) expect(pollShape(new Date()).safeParse(poll).error).toBeUndefined();
});

it('has posts as writing them would make them', async () => {
  const shown = 'title html summary tags { name } mentions { username }';
  const { user } = await kith.query(
    `{ user(by: { username: "ada" }) { posts(first: 100) { nodes { type body slug ${shown} } } } }`,
  );
  const plain = user.posts.nodes.filter(
    ({ type }: { type: string }) => type === 'STATUS' || type === 'DISCUSSION',
  );
  expect(plain.length).toBeGreaterThan(10);
  for (const { type, body, slug, ...was } of plain) {
    const input = {
      visibility: 'PUBLIC',
      body,
      ...(type === 'DISCUSSION' ? { title: was.title } : {}),
    };
    const { post, userErrors } = await kith.mutate('createPost', input, 'ada', `post { id slug ${shown} }`);
    expect(userErrors).toEqual([]);
    const { id, slug: next, ...now } = post;
    expect(now).toEqual(was);
    expect(next).toBe(`${slug.slice(0, 72).replace(/-$/, '')}-2`);
    await kith.mutate('deletePost', { postId: id }, 'ada');
  }
});

it('shows photos that are there, each with words for what is on it, and none that two posts share', async () => {
  const { users } = await kith.query(
    '{ users(first: 100) { nodes { photos(first: 50) { nodes { description image { url(size: SMALL) } } } } } }',
  );
  const photos = users.nodes.flatMap((user: { photos: { nodes: unknown[] } }) => user.photos.nodes);
  expect(photos.length).toBeGreaterThan(20);
  for (const { description, image } of photos) {
    expect(description.length).toBeGreaterThan(20);
    const response = await kith.fetch(new URL(image.url).pathname);
    expect(response.headers.get('content-type')).toBe('image/webp');
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(50);
  }
  const shared = await rows(sql`SELECT image ->> 'name' AS name FROM post_media WHERE kind = 'PHOTO'
    GROUP BY 1 HAVING count(*) > 1
    UNION ALL SELECT name FROM media_files WHERE state <> 'USED'
    UNION ALL SELECT m.image ->> 'name' FROM post_media m JOIN posts p ON p.id = m.post_id WHERE m.kind = 'PHOTO'
      AND (p.visibility = 'PUBLIC') = (m.image ->> 'name' LIKE 'private-%')`);
  expect(shared).toEqual([]);
});

it.each(demoPeople)('has something new for %s, and more that they know', async (username) => {
  const { viewer } = await kith.query(
    '{ viewer { feed(first: 100) { nodes { id } } unseen { posts notifications } notifications(first: 100) { nodes { kind } } } }',
    { as: username },
  );
  expect(viewer.feed.nodes.length).toBeGreaterThan(30);
  expect(viewer.unseen.posts).toBeGreaterThan(6);
  expect(viewer.unseen.posts).toBeLessThanOrEqual(14);
  expect(viewer.unseen.notifications).toBeGreaterThan(0);
  expect(viewer.unseen.notifications).toBeLessThan(viewer.notifications.nodes.length);
});

it('is the same each time', async () => {
  const other = await createTestApp();
  try {
    expect(await load(other)).toBe(true);
    const all = sql`SELECT
      (SELECT md5(string_agg(concat(id, slug, html, created_at::text), '|' ORDER BY id)) FROM posts) AS posts,
      (SELECT md5(string_agg(concat(id, author_id, html, created_at::text), '|' ORDER BY id)) FROM comments) AS comments,
      (SELECT md5(string_agg(concat(post_id, user_id, created_at::text), '|' ORDER BY post_id, user_id)) FROM post_likes) AS likes`;
    expect(await rows(all, other)).toEqual(await rows(all));
  } finally {
    await other.close();
  }
});
