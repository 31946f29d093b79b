// What npm run load:graph -- FILE --posts N gives people, as they and others see it.
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { loadPosts } from '../../src/cli/load-posts.ts';
import { createTestApp, type TestApp } from '../helpers/app.ts';
import { crowd } from '../helpers/crowd.ts';
import { rowsOf } from '../helpers/pictures.ts';
import { expectExactPosts } from '../helpers/written.ts';

/** A server with this many people, who can be given posts. */
async function withPeople(size: number, look: (kith: TestApp, load: Load) => Promise<void>): Promise<void> {
  const kith = await createTestApp();
  try {
    const people = new Map((await crowd(kith, 'person', size)).map(({ username, uuid }) => [username, uuid]));
    await look(kith, async (count) => {
      let made = 0;
      for await (const { created } of loadPosts(kith.database.db, people, count)) made += created;
      return made;
    });
  } finally {
    await kith.close();
  }
}
/** @returns how many were new. */
type Load = (count: number) => Promise<number>;

/** All posts as they are in every database, with their authors and tags by name. */
const whole = sql`
  SELECT p.id, u.username, p.type, p.visibility, p.root_id, p.title, p.slug, p.body, p.html, p.summary,
    p.created_at::text, p.updated_at::text,
    ARRAY(SELECT t.name FROM post_tags l JOIN tags t ON t.id = l.tag_id WHERE l.post_id = p.id ORDER BY l.position) AS tags
  FROM posts p JOIN users u ON u.id = p.author_id ORDER BY p.id`;
const rows = async (kith: TestApp, query = whole) => rowsOf(await kith.database.db.execute(query));

const fields = `type visibility title slug body html summary isNsfw isCollapsed mediaType provider poll { id }
  media { position } photos { id } tags { name } mentions { username } categories { slug } location { name }
  room { id } root { id author { username } } counters { comments likes reshares followers views score }`;

describe('loaded posts', () => {
  it('are the same each time: a larger number adds those that a first run would have made', async () => {
    let inSteps: object[] = [];
    await withPeople(40, async (kith, load) => {
      expect(await load(300)).toBe(300);
      const first = await rows(kith);
      expect(first).toHaveLength(300);
      expect(await load(300)).toBe(0);
      expect(await load(10)).toBe(0);
      expect(await rows(kith)).toEqual(first);
      expect(await load(450)).toBe(150);
      inSteps = await rows(kith);
      expect(inSteps.slice(0, 300)).toEqual(first);
    });
    await withPeople(40, async (kith, load) => {
      expect(await load(450)).toBe(450);
      expect(await rows(kith)).toEqual(inSteps);
    });
  });

  it('are others where others are there', async () => {
    await withPeople(3, async (kith, load) => {
      const people = await crowd(kith, 'other', 3);
      const others = new Map(people.map(({ username, uuid }) => [username, uuid]));
      expect(await load(50)).toBe(50);
      for await (const { created } of loadPosts(kith.database.db, others, 60)) expect(created).toBe(60);
      expect(await rows(kith)).toHaveLength(110);
      await expectExactPosts(kith);
    });
  });

  it('are few people’s most, are mostly public, and pass others’ on', async () => {
    await withPeople(60, async (kith, load) => {
      await load(900);
      const counts = await rows(
        kith,
        sql`SELECT author_id, count(*)::int AS posts FROM posts GROUP BY 1 ORDER BY 2 DESC`,
      );
      const most = counts.slice(0, 6).reduce((sum, { posts }) => sum + Number(posts), 0);
      expect(most).toBeGreaterThan(3 * (900 / 10));
      const [holds] = await rows(
        kith,
        sql`SELECT count(*) FILTER (WHERE visibility = 'PUBLIC') BETWEEN 720 AND 880 AS "most are public",
            count(*) FILTER (WHERE visibility = 'FOLLOWERS') BETWEEN 20 AND 130 AS "some are for followers",
            count(*) FILTER (WHERE visibility = 'CONNECTIONS') BETWEEN 5 AND 80 AS "few are for connections",
            count(*) FILTER (WHERE type = 'RESHARE') BETWEEN 9 AND 90 AS "some are reshares",
            count(*) FILTER (WHERE type = 'RESHARE') = count(root_id) AS "reshares are of something",
            count(DISTINCT root_id) < count(root_id) AS "some is reshared more than once",
            count(DISTINCT created_at) = 900 AS "each has its time",
            max(created_at) < '2024-01-02' AS "none comes too late"
          FROM posts`,
      );
      expect(Object.entries(holds ?? {}).filter(([, is]) => !is)).toEqual([]);
      const impossible = sql`SELECT p.id FROM posts p JOIN posts r ON r.id = p.root_id
        WHERE r.author_id = p.author_id OR r.visibility <> 'PUBLIC' OR r.type = 'RESHARE' OR r.created_at >= p.created_at`;
      expect(await rows(kith, impossible)).toEqual([]);
    });
  });

  it('are as createPost and resharePost make them, in every field, with exact counters', async () => {
    await withPeople(12, async (kith, load) => {
      await load(500);
      await expectExactPosts(kith);
      const found = await kith.query('{ users(first: 20) { nodes { username name } } }');
      expect(found.users.nodes).toHaveLength(12);
      let written = 0;
      let reshared = 0;
      for (const { username, name } of found.users.nodes) {
        const { viewer } = await kith.query(
          `{ viewer { user { posts(first: 25) { nodes { id createdAt updatedAt lastActivityAt ${fields} } } } } }`,
          { as: username },
        );
        for (const { id, createdAt, updatedAt, lastActivityAt, ...loaded } of viewer.user.posts.nodes) {
          expect([updatedAt, lastActivityAt]).toEqual([createdAt, createdAt]);
          // A new author each time: what is written twice has another slug.
          const as = `writer-${++written}`;
          const isReshare = loaded.type === 'RESHARE';
          const { post, userErrors } = isReshare
            ? await kith.mutate('resharePost', { postId: loaded.root.id }, as, `post { ${fields} }`)
            : await kith.mutate(
                'createPost',
                { body: loaded.body, visibility: loaded.visibility },
                as,
                `post { ${fields} }`,
              );
          expect(userErrors, id).toEqual([]);
          if (isReshare) {
            reshared++;
            expect(loaded.slug).toMatch(/^post(-\d+)?$/);
            expect({ ...loaded, slug: 'post' }).toEqual({ ...post, title: `A post from ${name}` });
          } else {
            expect({ ...loaded, counters: post.counters }).toEqual(post);
          }
        }
      }
      expect(written).toBeGreaterThan(100);
      expect(reshared).toBeGreaterThan(2);
    });
  });

  it('stand beside what their people have written and reshared themselves', async () => {
    await withPeople(6, async (kith, load) => {
      await load(100);
      const { post } = await kith.mutate(
        'createPost',
        { visibility: 'PUBLIC', body: 'Hello' },
        'ada',
        'post { id }',
      );
      for (let i = 0; i < 6; i++) {
        const { userErrors } = await kith.mutate('resharePost', { postId: post.id }, `person-0${i}`);
        expect(userErrors).toEqual([]);
      }
      expect(await load(600)).toBe(500);
      expect(await load(600)).toBe(0);
      expect(await rows(kith)).toHaveLength(607);
      await expectExactPosts(kith);
    });
  });

  it('come in whole batches, and go on where they were interrupted', async () => {
    await withPeople(9, async (kith, load) => {
      await rows(
        kith,
        sql`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'No more today.'; END $$`,
      );
      await rows(
        kith,
        sql`CREATE TRIGGER refuse BEFORE INSERT ON posts FOR EACH ROW WHEN (NEW.body LIKE '% 00005100%') EXECUTE FUNCTION refuse()`,
      );
      await expect(load(5_200)).rejects.toThrow();
      const count = sql`SELECT count(*)::int AS posts, (SELECT count(*)::int FROM post_stats) AS stats FROM posts`;
      expect(await rows(kith, count)).toEqual([{ posts: 5_000, stats: 5_000 }]);
      await rows(kith, sql`DROP TRIGGER refuse ON posts`);
      expect(await load(5_200)).toBe(200);
      expect(await rows(kith, count)).toEqual([{ posts: 5_200, stats: 5_200 }]);
    });
  });
});
