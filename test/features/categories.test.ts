// Categories: what they are, how they are found and followed, and what posts take of them. Their lists' boundaries:
// lists.test.ts.
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { newId } from '../../src/db/uuid.ts';
import { addCategory } from '../../src/features/categories/operator-store.ts';
import {
  categoriesNamed,
  categoriesOfPosts,
  categoryKey,
  replacePostCategories,
} from '../../src/features/categories/store.ts';
import { posts } from '../../src/features/posts/table.ts';
import { users } from '../../src/features/users/table.ts';
import { encodeId } from '../../src/graphql/node.ts';
import { useTestApp } from '../helpers/app.ts';
import { crowd } from '../helpers/crowd.ts';
import { dealings } from '../helpers/dealings.ts';
import { testClock } from '../helpers/lists.ts';
import { rowsOf } from '../helpers/pictures.ts';
import { refusals } from '../helpers/rooms.ts';

const clock = testClock();
const kith = useTestApp({ now: clock.now });
const { newPeople } = dealings(kith, clock);

interface Made {
  id: string;
  uuid: string;
  name: string;
  slug: string;
}

let made = 0;
/** A category as operators make them. */
async function newCategory(given: { name?: string; slug?: string } = {}): Promise<Made> {
  const [uuid, n] = [newId(clock.now()), ++made];
  const all = { name: `Category ${n}`, slug: `category-${n}`, ...given };
  expect(await addCategory(kith.database.db, { id: uuid, ...all })).toEqual([]);
  return { id: encodeId('Category', uuid), uuid, ...all };
}

const follow = (category: { id: string }, as: string, selection = '') =>
  kith.mutate('followCategory', { categoryId: category.id }, as, selection);
const unfollow = (category: { id: string }, as: string, selection = '') =>
  kith.mutate('unfollowCategory', { categoryId: category.id }, as, selection);

/** Each query finds a stored count that is not what it counts. */
const wrongs = {
  followers: sql`SELECT id FROM categories c
    WHERE followers <> (SELECT count(*) FROM category_follows f WHERE f.category_id = c.id)`,
  followed: sql`SELECT user_id FROM user_stats s
    WHERE categories <> (SELECT count(*) FROM category_follows f WHERE f.user_id = s.user_id)`,
};
async function expectExact(): Promise<void> {
  for (const [wrong, query] of Object.entries(wrongs)) {
    expect(rowsOf(await kith.database.db.execute(query)), wrong).toEqual([]);
  }
}

const shown = 'id name slug followersCount viewerFollows';
const shownOf = ({ id, name, slug }: Made, followersCount: number, viewerFollows: boolean) => ({
  id,
  name,
  slug,
  followersCount,
  viewerFollows,
});

describe('categories', () => {
  it('are found by id, by slug and as a node, with a token and without', async () => {
    const category = await newCategory({ name: 'Gardening & Bees', slug: 'gardening' });
    const [ada] = await newPeople();
    const document = `{ node(id: "${category.id}") { ... on Category { ${shown} } }
      a: category(by: { id: "${category.id}" }) { ${shown} } b: category(by: { slug: "gardening" }) { ${shown} } }`;
    for (const as of [null, ada.username]) {
      const found = shownOf(category, 0, false);
      expect(await kith.query(document, { as })).toEqual({ node: found, a: found, b: found });
    }
  });

  it('that are not there are null', async () => {
    const [ada] = await newPeople();
    await newCategory({ slug: 'lower' });
    const ids = [encodeId('Category', newId(clock.now())), ada.id, 'x', ''];
    const slugs = ['nothing', 'LOWER', '', 'a b', 'x'.repeat(81), '{}'];
    const bys = [...ids.map((id) => ({ id })), ...slugs.map((slug) => ({ slug }))];
    for (const by of bys) {
      const document = 'query ($by: CategoryBy!) { category(by: $by) { id } }';
      expect(await kith.query(document, { variables: { by } }), JSON.stringify(by)).toEqual({
        category: null,
      });
    }
  });

  it('by two of them, or by none, are refused before anything is looked for', async () => {
    for (const by of ['{}', '{ id: "x", slug: "y" }', '{ slug: null }']) {
      const { errors } = await kith.send(`{ category(by: ${by}) { id } }`);
      const codes = errors.map(({ extensions }) => extensions?.code);
      expect(codes, by).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    }
  });

  it('say of each whether the viewer follows it, in one statement however many there are', async () => {
    const [ada, bob] = await newPeople();
    const all = [await newCategory(), await newCategory(), await newCategory()];
    for (const category of all.slice(0, 2)) await follow(category, ada.username);
    const ids = all.map(({ id }) => id);
    const read = async (as: string | null, count: number) => {
      const { statements } = kith.database;
      statements.length = 0;
      const document = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Category { ${shown} } } }`;
      const { nodes } = await kith.query(document, { as, variables: { ids: ids.slice(0, count) } });
      return { nodes, statements: statements.length };
    };
    const expected = (...follows: boolean[]) =>
      all.map((category, n) => shownOf(category, n < 2 ? 1 : 0, follows[n] ?? false));
    expect((await read(ada.username, 3)).nodes).toEqual(expected(true, true));
    expect((await read(bob.username, 3)).nodes).toEqual(expected());
    expect((await read(null, 3)).nodes).toEqual(expected());
    expect((await read(ada.username, 3)).statements).toBe((await read(ada.username, 1)).statements);
  });
});

describe('followCategory and unfollowCategory', () => {
  it('answer the category and the viewer as they are then, and are no error when done already', async () => {
    const category = await newCategory();
    const [ada, bob] = await newPeople();
    await follow(category, bob.username);
    const selection = `category { ${shown} } viewer { user { username categories { totalCount nodes { slug } } } }`;
    const { username } = ada;
    for (let again = 0; again < 2; again++) {
      clock.tick(1);
      expect(await follow(category, username, selection)).toEqual({
        category: shownOf(category, 2, true),
        viewer: { user: { username, categories: { totalCount: 1, nodes: [{ slug: category.slug }] } } },
        userErrors: [],
      });
      await expectExact();
    }
    for (let again = 0; again < 2; again++) {
      expect(await unfollow(category, username, selection)).toEqual({
        category: shownOf(category, 1, false),
        viewer: { user: { username, categories: { totalCount: 0, nodes: [] } } },
        userErrors: [],
      });
      await expectExact();
    }
  });

  it('following again does not move it to the front', async () => {
    const [ada] = await newPeople();
    const [first, second] = [await newCategory(), await newCategory()];
    for (const category of [first, second, first]) {
      clock.tick(1);
      await follow(category, ada.username);
    }
    const { user } = await kith.query(`{ user(by: { id: "${ada.id}" }) { categories { nodes { slug } } } }`);
    expect(user.categories.nodes).toEqual([{ slug: second.slug }, { slug: first.slug }]);
  });

  it('of what is no category are NOT_FOUND, and change nothing', async () => {
    const [ada] = await newPeople();
    const gone = await newCategory();
    await kith.database.db.execute(sql`DELETE FROM categories WHERE id = ${gone.uuid}`);
    for (const id of [gone.id, ada.id, 'x', '']) {
      for (const act of [follow, unfollow]) {
        const payload = await act({ id }, ada.username, 'category { id } viewer { id }');
        expect(payload).toMatchObject({ category: null, viewer: null });
        expect(refusals(payload)).toEqual(['NOT_FOUND categoryId']);
      }
    }
    await expectExact();
  });

  it('need a token with `interactions`, and no approval', async () => {
    const category = await newCategory();
    const [ada] = await newPeople();
    await kith.database.db.update(users).set({ status: 'PENDING' }).where(eq(users.id, ada.uuid));
    for (const name of ['followCategory', 'unfollowCategory']) {
      const document = `mutation { ${name}(input: { categoryId: "${category.id}" }) { category { id } userErrors { code } } }`;
      const none = await kith.send(document);
      expect(none.errors.map(({ extensions }) => extensions?.code)).toEqual(['UNAUTHENTICATED']);
      const without = await kith.send(document, {
        as: ada.username,
        scope: 'contacts:modify profile:modify',
      });
      expect(without.errors.map(({ extensions }) => extensions)).toMatchObject([
        { code: 'FORBIDDEN', requiredScope: 'interactions' },
      ]);
      const { [name]: payload } = await kith.query(document, { as: ada.username, scope: 'interactions' });
      expect(payload).toEqual({ category: { id: category.id }, userErrors: [] });
    }
    await expectExact();
  });

  it('house rule 8: all at once, by many people and of many categories, leave exact counts', async () => {
    const all = [await newCategory(), await newCategory(), await newCategory()];
    const people = await crowd(kith, 'parallel', 6);
    const acts = people.flatMap(({ username }, person) =>
      all.flatMap((category, n) =>
        [follow, unfollow, follow].map((act, turn) => ({ act, category, username, at: person + n + turn })),
      ),
    );
    const payloads = await Promise.all(
      acts
        .toSorted((a, b) => (a.at % 3) - (b.at % 3))
        .map(({ act, category, username }) => act(category, username)),
    );
    expect(payloads.flatMap(refusals)).toEqual([]);
    await expectExact();
    // And of one person and one category, following only: one follow.
    const [one, category] = [people[0]?.username ?? '', await newCategory()];
    await Promise.all(Array.from({ length: 8 }, () => follow(category, one)));
    const document = `{ category(by: { id: "${category.id}" }) { followersCount viewerFollows } }`;
    expect((await kith.query(document, { as: one })).category).toEqual({
      followersCount: 1,
      viewerFollows: true,
    });
    await expectExact();
  });

  it('deleting an account takes its follows out of the counts; so does deleting a category', async () => {
    const [ada, bob] = await newPeople();
    const [one, other] = [await newCategory(), await newCategory()];
    for (const { username } of [ada, bob])
      for (const category of [one, other]) await follow(category, username);
    await kith.mutate('deleteAccount', { username: ada.username }, ada.username);
    await expectExact();
    await kith.database.db.execute(sql`DELETE FROM categories WHERE id = ${one.uuid}`);
    await expectExact();
    const { category, user } = await kith.query(
      `{ category(by: { id: "${other.id}" }) { followersCount }
         user(by: { id: "${bob.id}" }) { categories { totalCount nodes { slug } } } }`,
    );
    expect(category).toEqual({ followersCount: 1 });
    expect(user.categories).toEqual({ totalCount: 1, nodes: [{ slug: other.slug }] });
  });
});

describe('User.categories', () => {
  it('is empty where nothing leads on from a person: whom the viewer has blocked', async () => {
    const [ada, bob] = await newPeople();
    await follow(await newCategory(), bob.username);
    await kith.mutate('blockUser', { userId: bob.id }, ada.username);
    const { viewer } = await kith.query(
      '{ viewer { blockedUsers { nodes { username categories { totalCount nodes { id } edges { cursor } } } } } }',
      { as: ada.username },
    );
    expect(viewer.blockedUsers.nodes).toEqual([
      { username: bob.username, categories: { totalCount: 0, nodes: [], edges: [] } },
    ]);
  });

  it('house rule 13: under a list takes the same number of statements, however many people there are', async () => {
    const [ada, ...others] = await crowd(kith, 'reader', 9);
    const categories = [await newCategory(), await newCategory()];
    for (const { id, username } of others) {
      await kith.mutate('followUser', { userId: id }, ada?.username ?? '');
      for (const category of categories) await follow(category, username);
    }
    const counts = [];
    for (const first of [2, 8]) {
      const { statements } = kith.database;
      statements.length = 0;
      const { user } = await kith.query(
        `{ user(by: { username: "${ada?.username}" }) { following(first: ${first}) { nodes {
            categories(first: 1) { totalCount pageInfo { hasNextPage } nodes { slug viewerFollows } } } } } }`,
        { as: ada?.username },
      );
      const expected = {
        totalCount: 2,
        pageInfo: { hasNextPage: true },
        nodes: [{ slug: expect.any(String), viewerFollows: false }],
      };
      expect(user.following.nodes).toEqual(Array(first).fill({ categories: expected }));
      counts.push(statements.length);
    }
    expect(counts[1]).toBe(counts[0]);
  });
});

describe('categories of posts', () => {
  it('are named by slug or name, whatever the case; the slug comes first', async () => {
    const { db } = kith.database;
    const garden = await newCategory({ name: 'In the Garden', slug: 'garden' });
    const other = await newCategory({ name: 'Garden', slug: 'other-garden' });
    const odd = await newCategory({ name: '{"a,b"} \'\\ Ünï', slug: 'odd' });
    const given = [' GARDEN ', 'in the garden', 'Other-Garden', 'odd', odd.name, 'nothing', ''];
    const found = await categoriesNamed(db, given);
    expect([...found.entries()].toSorted()).toEqual(
      [
        ['garden', garden.uuid],
        ['in the garden', garden.uuid],
        ['odd', odd.uuid],
        ['other-garden', other.uuid],
        [categoryKey(odd.name), odd.uuid],
      ].toSorted(),
    );
    expect(await categoriesNamed(db, [])).toEqual(new Map());
  });

  it('are replaced whole, in the order they are given in, each once', async () => {
    const { db } = kith.database;
    const [ada] = await newPeople();
    const [one, two, three] = [await newCategory(), await newCategory(), await newCategory()];
    const at = clock.now();
    const [first, second] = [newId(at), newId(at)];
    for (const id of [first, second]) {
      await db.insert(posts).values({
        id,
        authorId: ada.uuid,
        type: 'STATUS',
        visibility: 'PUBLIC',
        slug: id,
        body: 'x',
        html: '<p>x</p>',
        summary: 'x',
        createdAt: at,
        updatedAt: at,
      });
    }
    const slugs = async () =>
      (await categoriesOfPosts(db, [first, second]))
        .filter(({ postId }) => postId === first)
        .map(({ category }) => category.slug);
    await replacePostCategories(db, second, [one.uuid], at);
    await replacePostCategories(db, first, [three.uuid, one.uuid, three.uuid], at);
    expect(await slugs()).toEqual([three.slug, one.slug]);
    await replacePostCategories(db, first, [two.uuid, three.uuid], at);
    expect(await slugs()).toEqual([two.slug, three.slug]);
    await replacePostCategories(db, first, [], at);
    expect(await slugs()).toEqual([]);
    expect((await categoriesOfPosts(db, [first, second])).map(({ postId }) => postId)).toEqual([second]);
  });
});

describe('what operators add', () => {
  it('is refused with whatever is in its way: a name, a slug, or both', async () => {
    const { db } = kith.database;
    const bees = await newCategory({ name: 'Bees', slug: 'bees' });
    const wasps = await newCategory({ name: 'Wasps', slug: 'wasps' });
    const add = (name: string, slug: string) => addCategory(db, { id: newId(clock.now()), name, slug });
    const clash = ({ name, slug }: Made, hasName: boolean) => ({ name, slug, hasName });
    expect(await add('BEES', 'bees')).toEqual([clash(bees, true)]);
    expect(await add('bees', 'bees-2')).toEqual([clash(bees, true)]);
    expect(await add('Hives', 'bees')).toEqual([clash(bees, false)]);
    const both = await add('Bees', 'wasps');
    expect(both.toSorted((a, b) => (a.slug < b.slug ? -1 : 1))).toEqual([
      clash(bees, true),
      clash(wasps, false),
    ]);
    expect(await add('Hives', 'hives')).toEqual([]);
  });
});
