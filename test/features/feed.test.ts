// Viewer.feed: domain rules 3.1, 3.2, 3.6, 3.7 and 4, on communities put together at random and compared with the rules
// worked out here; whichever way the database finds the posts.

import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scopes } from '../../src/auth/scopes.ts';
import { newId } from '../../src/db/uuid.ts';
import { aspects, aspectUsers } from '../../src/features/aspects/table.ts';
import { blocks, hides } from '../../src/features/blocks/table.ts';
import { postAspects, posts } from '../../src/features/posts/table.ts';
import { roomMembers, rooms } from '../../src/features/rooms/table.ts';
import { userStats, users } from '../../src/features/users/table.ts';
import { encodeId } from '../../src/graphql/node.ts';
import { useTestApp } from '../helpers/app.ts';
import { connectAll, crowd, followAll, type Person } from '../helpers/crowd.ts';
import { testClock } from '../helpers/lists.ts';
import { writePost } from '../helpers/written.ts';

const clock = testClock();
const kith = useTestApp({ now: clock.now });

const authors = 5;
const toWhom = ['PUBLIC', 'FOLLOWERS', 'CONNECTIONS', 'ASPECTS', 'ROOM'] as const;

const apart = fc.constantFrom(
  ...([...Array<null>(8).fill(null), 'hides', 'blocks', 'blocked', 'suspended'] as const),
);
/** How the viewer stands to one of the authors. Whom a block parts has no other tie than a room. */
const standing = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ follows: fc.boolean(), connected: fc.boolean(), inAspect: fc.boolean(), apart }),
  },
  fc.record({ follows: fc.constant(false), connected: fc.constant(false), inAspect: fc.boolean(), apart }),
);
const someone = fc.nat(authors - 1);
const written = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      // The viewer is one more author.
      author: fc.nat(authors),
      to: fc.constantFrom(...toWhom),
      room: fc.nat(1),
      inAspect: fc.boolean(),
      step: fc.nat(1),
    }),
  },
  { weight: 2, arbitrary: fc.record({ author: someone, reshares: fc.nat(), step: fc.nat(1) }) },
);
const community = fc.noBias(
  fc.record({
    standings: fc.array(standing, { minLength: authors, maxLength: authors }),
    inRooms: fc.tuple(fc.boolean(), fc.boolean()),
    written: fc.array(written, { minLength: 20, maxLength: 40, size: 'max' }),
  }),
);
type Community = typeof community extends fc.Arbitrary<infer Value> ? Value : never;

interface Post {
  uuid: string;
  at: Date;
  author: number;
  to: (typeof toWhom)[number];
  room: number;
  inAspect: boolean;
  root: Post | null;
}

/** The posts that there are, in the order of their writing: only what the server would have let be. */
function postsOf({ written }: Community): Post[] {
  const made: Post[] = [];
  for (const one of written) {
    clock.tick(one.step);
    const at = clock.now();
    const base = { uuid: newId(at), at, author: one.author };
    if (!('reshares' in one)) {
      made.push({ ...base, to: one.to, room: one.room, inAspect: one.inAspect, root: null });
      continue;
    }
    const roots = made.filter(
      (root) =>
        root.to === 'PUBLIC' &&
        root.root === null &&
        root.author !== one.author &&
        !made.some((other) => other.root === root && other.author === one.author),
    );
    const root = roots[one.reshares % roots.length];
    if (root) made.push({ ...base, to: 'PUBLIC', room: 0, inAspect: false, root });
  }
  return made;
}

/** The feed by the rules, newest first. */
function feedOf({ standings, inRooms }: Community, all: readonly Post[], readsPrivate: boolean): Post[] {
  const isTied = (author: number) => {
    const to = standings[author];
    const parted = to?.apart === 'blocks' || to?.apart === 'blocked';
    return to !== undefined && !parted && (to.follows || to.connected);
  };
  const isApart = (author: number) => Boolean(standings[author]?.apart);
  const isFor = (post: Post) => {
    const to = standings[post.author];
    if (post.to === 'PUBLIC') return true;
    if (!readsPrivate) return false;
    switch (post.to) {
      case 'FOLLOWERS':
        return Boolean(to?.follows);
      case 'CONNECTIONS':
        return Boolean(to?.connected);
      case 'ASPECTS':
        return Boolean(to?.inAspect && post.inAspect);
      case 'ROOM':
        return inRooms[post.room] === true;
    }
  };
  const inReach = (post: Post) =>
    !isApart(post.author) && isFor(post) && (post.to === 'ROOM' || isTied(post.author));
  const newestFirst = all.toSorted((a, b) => b.at.getTime() - a.at.getTime() || (a.uuid < b.uuid ? 1 : -1));
  return newestFirst.filter((post, place) => {
    if (!inReach(post)) return false;
    const { root } = post;
    if (!root) return true;
    if (isApart(root.author) || inReach(root)) return false;
    return !newestFirst.slice(0, place).some((newer) => newer.root === root && inReach(newer));
  });
}

let made = 0;

/** Makes it all so. @returns the viewer. */
async function settle({ standings, inRooms }: Community, all: readonly Post[]): Promise<Person> {
  const { db } = kith.database;
  const people = await crowd(kith, `c${++made}`, authors + 1);
  const of = (author: number): Person => {
    const person = people[author];
    if (!person) throw new Error(`There is no author ${author}.`);
    return person;
  };
  const viewer = of(authors);
  const pick = (holds: (to: (typeof standings)[number]) => boolean) =>
    standings.flatMap((to, author) => (holds(to) ? [of(author)] : []));
  const parted = ({ apart }: (typeof standings)[number]) => apart === 'blocks' || apart === 'blocked';
  await followAll(
    kith,
    pick((to) => to.follows && !parted(to)).map((one) => [viewer, one] as const),
  );
  await connectAll(
    kith,
    pick((to) => to.connected && !parted(to)).map((one) => [viewer, one] as const),
  );

  const createdAt = clock.now();
  // Whoever is in an aspect is followed by its owner.
  const inAspect = standings.map((to) => to.inAspect && !parted(to));
  await followAll(
    kith,
    pick((to) => to.inAspect && !parted(to)).map((one) => [one, viewer] as const),
  );
  const chosen = standings.map((_, author) => ({ id: newId(createdAt), ownerId: of(author).uuid }));
  await db
    .insert(aspects)
    .values(chosen.map((aspect) => ({ ...aspect, name: 'Some', nameKey: 'some', createdAt })));
  const inside = chosen.filter((_, author) => inAspect[author]);
  if (inside.length > 0) {
    await db
      .insert(aspectUsers)
      .values(
        inside.map(({ id, ownerId }) => ({ aspectId: id, ownerId, userId: viewer.uuid, addedAt: createdAt })),
      );
  }
  const places = [0, 1].map((n) => ({ id: newId(createdAt), slug: `room-${made}-${n}` }));
  await db.insert(rooms).values(
    places.map((room) => ({
      ...room,
      kind: 'GROUP' as const,
      name: 'Room',
      searchText: ' room',
      isPublic: true,
      createdAt,
    })),
  );
  const joined = places.filter((_, n) => inRooms[n]);
  if (joined.length > 0) {
    await db.insert(roomMembers).values(
      joined.map(({ id }) => ({
        roomId: id,
        userId: viewer.uuid,
        role: 'MEMBER' as const,
        joinedAt: createdAt,
      })),
    );
  }
  if (all.length > 0) {
    await db.insert(posts).values(
      all.map(({ uuid, at, author, to, room, root }) => ({
        id: uuid,
        authorId: of(author).uuid,
        type: root ? ('RESHARE' as const) : ('STATUS' as const),
        visibility: to,
        roomId: to === 'ROOM' ? (places[room]?.id ?? null) : null,
        rootId: root?.uuid ?? null,
        slug: uuid,
        body: '',
        html: '',
        summary: '',
        createdAt: at,
        updatedAt: at,
      })),
    );
    const forAspects = all.flatMap(({ uuid, author, to, inAspect }) => {
      const aspectId = chosen[author]?.id;
      return to === 'ASPECTS' && inAspect && aspectId ? [{ postId: uuid, aspectId }] : [];
    });
    if (forAspects.length > 0) await db.insert(postAspects).values(forAspects);
  }
  const ends = (apart: string) => pick((to) => to.apart === apart).map(({ uuid }) => uuid);
  for (const hiddenId of ends('hides'))
    await db.insert(hides).values({ hiderId: viewer.uuid, hiddenId, createdAt });
  for (const blockedId of ends('blocks'))
    await db.insert(blocks).values({ blockerId: viewer.uuid, blockedId, createdAt });
  for (const blockerId of ends('blocked'))
    await db.insert(blocks).values({ blockerId, blockedId: viewer.uuid, createdAt });
  for (const id of ends('suspended'))
    await db.update(users).set({ status: 'SUSPENDED' }).where(eq(users.id, id));
  return viewer;
}

interface Page {
  nodes: { id: string }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
  totalCount: number;
}

async function readFeed(as: string, scope: string, args: string): Promise<Page> {
  const document = `{ viewer { feed(${args}) { totalCount nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`;
  return (await kith.query(document, { as, scope })).viewer.feed;
}

/** The whole feed, page by page from one end or the other. */
async function walk(as: string, scope: string, size: number, backward: boolean): Promise<string[]> {
  const all: string[] = [];
  for (let from = ''; ; ) {
    const { nodes, pageInfo } = await readFeed(
      as,
      scope,
      backward ? `last: ${size}${from}` : `first: ${size}${from}`,
    );
    const ids = nodes.map(({ id }) => id);
    if (backward) all.unshift(...ids);
    else all.push(...ids);
    if (!(backward ? pageInfo.hasPreviousPage : pageInfo.hasNextPage)) return all;
    expect(ids).toHaveLength(size);
    from = backward ? `, before: "${pageInfo.startCursor}"` : `, after: "${pageInfo.endCursor}"`;
  }
}

/** As if the viewer followed so many: what the way of reading is chosen by. */
const pretendToFollow = (viewer: Person, following: number) =>
  kith.database.db.update(userStats).set({ following }).where(eq(userStats.userId, viewer.uuid));

const tokens = [
  { readsPrivate: true, scope: scopes.join(' ') },
  { readsPrivate: false, scope: scopes.filter((scope) => scope !== 'private:read').join(' ') },
];

describe('the feed is what the rules say', () => {
  it('rules 3.1, 3.2, 3.6, 3.7 and 4: whoever writes what for whom, by either way of reading, in pages of any size', async () => {
    let shown = 0;
    let reshared = 0;
    await fc.assert(
      fc.asyncProperty(community, fc.integer({ min: 1, max: 5 }), async (given, size) => {
        const all = postsOf(given);
        const viewer = await settle(given, all);
        for (const { readsPrivate, scope } of tokens) {
          const feed = feedOf(given, all, readsPrivate);
          shown += feed.length;
          reshared += feed.filter(({ root }) => root).length;
          const expected = feed.map(({ uuid }) => encodeId('Post', uuid));
          for (const following of [1, 5_000]) {
            await pretendToFollow(viewer, following);
            const why = `${following}, ${scope}`;
            expect(await walk(viewer.username, scope, size, false), why).toEqual(expected);
            expect(await walk(viewer.username, scope, size, true), why).toEqual(expected);
          }
          expect((await readFeed(viewer.username, scope, 'first: 0')).totalCount).toBe(expected.length);
        }
      }),
      { numRuns: 25, endOnFailure: true },
    );
    // Otherwise nothing was tried.
    expect(shown).toBeGreaterThan(50);
    expect(reshared).toBeGreaterThan(5);
  });
});

describe('of many people', () => {
  it('rule 4: the feed goes on behind thousands of posts of others, by either way, from either end', async () => {
    const { db } = kith.database;
    const [viewer, friend, stranger] = await crowd(kith, 'far', 3);
    if (!viewer || !friend || !stranger) throw new Error('There are three.');
    await followAll(kith, [[viewer, friend]]);
    await pretendToFollow(viewer, 601);
    const old = await writePost(kith, clock, friend);
    // As many as are passed for so many people before it is asked otherwise: the friend's is the next.
    clock.tick(1);
    await db.execute(
      sql`INSERT INTO ${posts} (id, author_id, type, visibility, slug, body, html, summary, created_at, updated_at)
        SELECT gen_random_uuid(), ${stranger.uuid}, 'STATUS', 'PUBLIC', 'far-' || n, '', '', '', at, at
        FROM (SELECT n, ${clock.now().toISOString()}::timestamptz + n * interval '1 ms' AS at FROM generate_series(1, 4 * 601) n) far`,
    );
    clock.tick(4_000);
    const scope = scopes.join(' ');
    for (const size of [1, 19]) {
      expect(await walk(viewer.username, scope, size, false), `${size}`).toEqual([old.id]);
    }
    const newer = [await writePost(kith, clock, friend), await writePost(kith, clock, friend)].toReversed();
    const all = [...newer, old].map(({ id }) => id);
    for (const following of [1, 601, 5_000]) {
      await pretendToFollow(viewer, following);
      for (const size of [1, 2, 3, 4]) {
        expect(await walk(viewer.username, scope, size, false), `${following}, ${size}`).toEqual(all);
        expect(await walk(viewer.username, scope, size, true), `${following}, ${size}`).toEqual(all);
      }
    }
  });
});

describe('of two reshares', () => {
  it.each(['hides', 'suspended'] as const)(
    'rules 3.2, 3.7 and 4: the newer one takes no place where its author is out of sight: %s',
    async (how) => {
      const { db } = kith.database;
      const [viewer, bob, carol, dan] = await crowd(kith, how, 4);
      if (!viewer || !bob || !carol || !dan) throw new Error('There are four.');
      await followAll(kith, [
        [viewer, bob],
        [viewer, carol],
      ]);
      const root = await writePost(kith, clock, dan);
      const reshare = { type: 'RESHARE', rootId: root.uuid } as const;
      const [older, newer] = [
        await writePost(kith, clock, bob, reshare),
        await writePost(kith, clock, carol, reshare),
      ];
      const scope = scopes.join(' ');
      const expectFeed = async (...ids: string[]) => {
        for (const following of [2, 5_000]) {
          await pretendToFollow(viewer, following);
          expect(await walk(viewer.username, scope, 1, false)).toEqual(ids);
          expect((await readFeed(viewer.username, scope, 'first: 0')).totalCount).toBe(ids.length);
        }
      };
      await expectFeed(newer.id);
      if (how === 'hides') {
        await db.insert(hides).values({ hiderId: viewer.uuid, hiddenId: carol.uuid, createdAt: clock.now() });
      } else await db.update(users).set({ status: 'SUSPENDED' }).where(eq(users.id, carol.uuid));
      await expectFeed(older.id);
    },
  );
});

describe('the author of a post in the feed', () => {
  it('is read with it as far as is asked, and gives it the title that it lacks', async () => {
    const [viewer, author] = await crowd(kith, 'named', 2, (n) => ({
      displayName: `Number ${n}`,
      bio: 'Hello',
    }));
    if (!viewer || !author) throw new Error('There are two.');
    await followAll(kith, [[viewer, author]]);
    await writePost(kith, clock, author, { title: null });
    const ask = async (fields: string) => {
      const { viewer: read } = await kith.query(`{ viewer { ${fields} } }`, { as: viewer.username });
      return read;
    };
    const title = 'A post from Number 1';
    const [of, whole] = ['author { username }', 'author { id displayName bio stats { posts } }'];
    const { username, id } = author;
    const all = { id, displayName: 'Number 1', bio: 'Hello', stats: { posts: 1 } };
    expect(await ask('feed { nodes { title } }')).toEqual({ feed: { nodes: [{ title }] } });
    expect(await ask(`feed { nodes { ${of} title } }`)).toEqual({
      feed: { nodes: [{ author: { username }, title }] },
    });
    // Two lists of one document that ask different things of it.
    expect(await ask(`one: feed { nodes { ${of} } } other: feed { edges { node { ${whole} } } }`)).toEqual({
      one: { nodes: [{ author: { username } }] },
      other: { edges: [{ node: { author: all } }] },
    });
    const spread = `{ viewer { feed { nodes { ...post } edges { node { ${of} } } } } } fragment post on Post { ${whole} }`;
    expect((await kith.query(spread, { as: viewer.username })).viewer).toEqual({
      feed: { nodes: [{ author: all }], edges: [{ node: { author: { username } } }] },
    });
  });
});
