// House rule 13: every list under a list takes the same number of statements, however many people there are.
import { describe, expect, it } from 'vitest';
import { newId } from '../../src/db/uuid.ts';
import { addCategory } from '../../src/features/categories/operator-store.ts';
import { type TestApp, useTestApp } from '../helpers/app.ts';
import { connectAll, crowd, followAll, type Person } from '../helpers/crowd.ts';
import { onePixel } from '../helpers/lists.ts';

const few = useTestApp();
const many = useTestApp();

/**
 * A community of three circles of equal size. Each person of a circle follows and is followed by up to five of the
 * next, and is connected with them. The viewer, first of the inner one, follows and is connected with everybody and has hidden the outer two, so that `users` lists the
 * inner one alone. Thus every level of a query meets people whom no level above it has met, and nothing is saved by
 * having been read already.
 */
async function community(kith: TestApp, size: number): Promise<{ viewer: Person; people: Person[] }> {
  const circles: Person[][] = [];
  for (const circle of ['inner', 'middle', 'outer']) {
    circles.push(await crowd(kith, circle, size, () => ({ bio: 'Hello', bioHtml: '<p>Hello</p>' })));
  }
  const people = circles.flat();
  const [viewer] = people;
  if (!viewer) throw new Error('There is nobody.');
  const pairs = new Map<string, [Person, Person]>();
  const follow = (a: Person, b: Person) => pairs.set(`${a.username} ${b.username}`, [a, b]);
  // Before all others, so that the viewer is the last of each list of followers.
  for (const person of people.slice(1)) follow(viewer, person);
  for (const [n, circle] of circles.entries()) {
    const next = circles[n + 1] ?? [];
    for (const [i, person] of circle.entries()) {
      for (const other of [...next, ...next].slice(i, i + Math.min(5, next.length))) {
        follow(person, other);
        follow(other, person);
      }
    }
  }
  await followAll(kith, [...pairs.values()]);
  const number = new Map(people.map((one, n) => [one, n]));
  const isOnce = ([a, b]: [Person, Person]) => (number.get(a) ?? 0) < (number.get(b) ?? 0);
  await connectAll(kith, [...pairs.values()].filter(isOnce));
  for (const { id } of circles.slice(1).flat()) {
    expect((await kith.mutate('hideUser', { userId: id }, viewer.username)).userErrors).toEqual([]);
  }
  return { viewer, people };
}

const communities = new WeakMap<TestApp, ReturnType<typeof community>>();
const sizes = [
  { kith: few, size: 2 },
  { kith: many, size: 20 },
];
const communityOf = (kith: TestApp, size: number) => {
  let made = communities.get(kith);
  if (!made) {
    made = community(kith, size);
    communities.set(kith, made);
  }
  return made;
};

/** The statements that a document takes among 6 people, and among 60; and how many objects came back. */
async function measure(document: string, options: { anonymous?: boolean } = {}) {
  const runs = [];
  for (const { kith, size } of sizes) {
    const { viewer } = await communityOf(kith, size);
    const { statements } = kith.database;
    statements.length = 0;
    const data = await kith.query<unknown>(document, { as: options.anonymous ? null : viewer.username });
    runs.push({
      statements: [...statements],
      people: JSON.stringify(data).split('"username"').length - 1,
    });
  }
  const [small, large] = runs;
  if (!small || !large) throw new Error('Two communities are measured.');
  return { small, large };
}

async function expectConstant(document: string, count: number): Promise<void> {
  const { small, large } = await measure(document);
  expect(large.people, 'more people come back of 60 than of 6').toBeGreaterThan(small.people);
  expect(small.statements, small.statements.join('\n\n')).toHaveLength(count);
  expect(large.statements, large.statements.join('\n\n')).toHaveLength(count);
}

describe('house rule 13: the number of statements does not depend on the number of people', () => {
  it('20 people, 5 followers of each, 5 followers of each of those, with relationship and totalCount: 10', async () => {
    // The token's account; on each of the three levels the lists' pages, their totals, and how the viewer stands to the
    // people on them: 1 + 3 × 3.
    await expectConstant(
      `{ users(first: 20) { totalCount nodes { username relationship { follows followedBy }
          followers(first: 5) { totalCount nodes { username relationship { follows followedBy }
            followers(first: 5) { totalCount nodes { username relationship { follows followedBy } } } } } } } }`,
      10,
    );
  });

  it.each(['followers', 'following', 'mutualFollowers', 'connections', 'mutualConnections'])(
    '%s, and theirs, and their edges',
    async (list) => {
      await expectConstant(
        `{ users(first: 20) { nodes { username
          ${list}(first: 5) { nodes { username ${list}(first: 5) { edges { node { username } } } } } } } }`,
        4,
      );
    },
  );

  it('all three lists of everybody, forward and backward', async () => {
    await expectConstant(
      `{ users(first: 20) { nodes { username
          followers(first: 5) { nodes { username } } following(first: 5) { nodes { username } }
          mutualFollowers(first: 5) { nodes { username } }
          b: followers(last: 5) { nodes { username } } c: following(last: 5) { nodes { username } }
          d: mutualFollowers(last: 5) { nodes { username } } } } }`,
      8,
    );
  });

  it('20 people, 5 connections of each, with relationship and totalCount: 9', async () => {
    // The token's account; on both levels the lists' pages, their totals, how the viewer stands to the people on them,
    // and the viewer's connections with them: 1 + 2 × 4.
    await expectConstant(
      `{ users(first: 20) { totalCount nodes { username relationship { follows connectionState connection { id status } }
          connections(first: 5) { totalCount nodes { username relationship { follows connectionState connection { id status } } } } } } }`,
      9,
    );
  });

  it('the two people of 5 and of 50 connections: one statement', async () => {
    const { viewer } = await communityOf(many, 20);
    for (const first of [5, 50]) {
      many.database.statements.length = 0;
      const { viewer: read } = await many.query(
        `{ viewer { connectionRequests(direction: SENT, status: ACCEPTED, first: ${first}) {
            nodes { id requester { username } addressee { username } peer { username } } } } }`,
        { as: viewer.username },
      );
      expect(read.connectionRequests.nodes).toHaveLength(first);
      // The token's account, the page, the people.
      expect(many.database.statements).toHaveLength(3);
    }
  });

  it('profile details', async () => {
    await expectConstant(
      `{ users(first: 20) { nodes { username bio bioHtml birthday gender location { name } company { name }
          followers(first: 5) { nodes { username bio gender } } } } }`,
      5,
    );
  });

  it('stats', async () => {
    await expectConstant(
      `{ users(first: 20) { nodes { username stats { followers following }
          followers(first: 5) { nodes { username stats { followers } } } } } }`,
      5,
    );
  });

  it('nodes(ids): one statement for 50 people as for 5', async () => {
    const { viewer, people } = await communityOf(many, 20);
    for (const count of [5, 50]) {
      const ids = people.slice(0, count).map(({ id }) => id);
      many.database.statements.length = 0;
      const data = await many.query<{ nodes: { id: string }[] }>(
        'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on User { username relationship { follows } } } }',
        { as: viewer.username, variables: { ids } },
      );
      expect(data.nodes.map(({ id }) => id)).toEqual(ids);
      // The token's account, the people, how the viewer stands to them.
      expect(many.database.statements).toHaveLength(3);
    }
  });

  it('people looked up one by one: one statement for each way to look them up', async () => {
    const { people } = await communityOf(many, 20);
    const document = (count: number) =>
      `{ ${people
        .slice(0, count)
        .map(
          (p, n) => `a${n}: user(by: { username: "${p.username}" }) { username }
         b${n}: user(by: { id: "${p.id}" }) { username } c${n}: node(id: "${p.id}") { id }`,
        )
        .join('\n')} }`;
    for (const count of [2, 30]) {
      many.database.statements.length = 0;
      await many.query(document(count));
      expect(many.database.statements).toHaveLength(2);
    }
  });
});

describe('performance rule 3: nothing is read that was not asked for', () => {
  it.each([
    ['users', (list: string) => `{ users ${list} }`, 0],
    ['searchUsers', (list: string) => `{ searchUsers(query: "inner") ${list} }`, 0],
    ...['followers', 'following', 'mutualFollowers', 'connections', 'mutualConnections'].map(
      (field) => [field, (list: string) => `{ users(first: 20) { nodes { ${field} ${list} } } }`, 1] as const,
    ),
    [
      'connectionRequests',
      (list: string) =>
        `{ viewer { connectionRequests(direction: SENT, status: ACCEPTED) ${list.replace('username', 'id')} } }`,
      0,
    ],
    ...['blockedUsers', 'hiddenUsers'].map(
      (field) => [field, (list: string) => `{ viewer { ${field} ${list} } }`, 0] as const,
    ),
  ] as const)('%s: a totalCount alone counts, a page alone does not', async (_name, document, above) => {
    const base = 1 + above;
    const [count, page, both] = [
      await measure(document('{ totalCount }')),
      await measure(document('{ nodes { username } edges { cursor } pageInfo { hasNextPage } }')),
      await measure(document('{ totalCount nodes { username } }')),
    ];
    for (const run of ['small', 'large'] as const) {
      expect(count[run].statements).toHaveLength(base + 1);
      expect(page[run].statements).toHaveLength(base + 1);
      expect(both[run].statements).toHaveLength(base + 2);
      // The statement for the total is not the one that reads a page.
      const [total, read] = [count[run].statements.at(-1), page[run].statements.at(-1)];
      expect(total).not.toBe(read);
      expect(both[run].statements.slice(base).toSorted()).toEqual([total, read].toSorted());
      expect(total).not.toMatch(/\blimit\b/i);
      expect(read).toMatch(/\blimit\b/i);
      expect(read).not.toMatch(/\bcount\s*\(/i);
    }
  });

  it('without a token nobody’s account is read', async () => {
    const { small, large } = await measure('{ users(first: 20) { nodes { username } } }', {
      anonymous: true,
    });
    expect(small.statements).toHaveLength(1);
    expect(large.statements).toHaveLength(1);
  });
});

describe('house rule 13: posts with all that hangs on them', () => {
  const small = useTestApp();
  const large = useTestApp();
  const sizes = new Map([
    [small, 2],
    [large, 20],
  ]);

  /**
   * So many authors, whom the viewer follows or is connected with, and in whose rooms they are. Each has a post with
   * everything that there is, one in their room, and a reshare of a stranger's post with everything. Nobody answers to,
   * likes or is mentioned in two posts, so that nothing is saved by having been read already.
   */
  async function write(kith: TestApp): Promise<Person> {
    const size = sizes.get(kith) ?? 0;
    const [viewer, ...authors] = await crowd(kith, 'author', size + 1);
    const hidden = { searchable: false };
    const [strangers, answering, mentioned] = [
      await crowd(kith, 'stranger', size, () => hidden),
      await crowd(kith, 'answering', 2 * size, () => hidden),
      await crowd(kith, 'mentioned', 2 * size, () => hidden),
    ];
    if (!viewer) throw new Error('There is nobody.');
    await followAll(
      kith,
      authors.filter((_, n) => n % 2 === 0).map((author) => [viewer, author] as const),
    );
    await connectAll(
      kith,
      authors.filter((_, n) => n % 2 === 1).map((author) => [viewer, author] as const),
    );
    const category = { id: newId(new Date()), name: 'News', slug: 'news' };
    expect(await addCategory(kith.database.db, category)).toEqual([]);
    const act = async (name: string, input: object, by: Person | undefined, selection = '') => {
      const payload = await kith.mutate(name, input, by?.username ?? '', selection);
      expect(payload.userErrors, name).toEqual([]);
      return payload;
    };
    const writeFull = async (author: Person, n: number): Promise<string> => {
      const input = {
        visibility: 'PUBLIC',
        title: `Title ${n}`,
        body: `Hello @${mentioned[n]?.username}`,
        tags: [`tag-${n}`],
        categories: ['news'],
        location: { name: `Place ${n}` },
        photos: [{ image: { base64: onePixel } }],
        links: [`https://${n}.example/`, `https://${n}.example/a.pdf`],
        poll: { question: 'Which?', choices: ['One', 'Other'], showsVoters: true },
      };
      const { post } = await act('createPost', input, author, 'post { id poll { id choices { id } } }');
      const by = answering[n];
      await act('likePost', { postId: post.id }, by);
      await act('addComment', { postId: post.id, body: `Yes, @${author.username}` }, by);
      await act('votePoll', { pollId: post.poll.id, choiceIds: [post.poll.choices[0].id] }, by);
      return post.id;
    };
    for (const [n, author] of authors.entries()) {
      await writeFull(author, n);
      const room = { kind: 'GROUP', name: `Room ${n}`, slug: `room-${n}` };
      const roomId = (await act('createRoom', room, author, 'room { id }')).room.id;
      await act('joinRoom', { roomId }, viewer);
      await act('createPost', { visibility: 'ROOM', roomId, body: 'For the room' }, author);
      const stranger = strangers[n];
      if (stranger) await act('resharePost', { postId: await writeFull(stranger, size + n) }, author);
    }
    return viewer;
  }
  const viewers = new Map<TestApp, Promise<Person>>();
  const viewerOf = (kith: TestApp): Promise<Person> => {
    const made = viewers.get(kith) ?? write(kith);
    viewers.set(kith, made);
    return made;
  };

  const fields = `id type visibility title slug body html summary createdAt updatedAt lastActivityAt isNsfw isCollapsed
    provider mediaType location { name } aspects { name } tags { name } categories { name } mentions { username }
    author { username displayName relationship { follows connectionState aspects { name } } }
    counters { likes comments reshares followers views score } viewerState { liked reshared subscribed seen }
    media { __typename title } photos { image { url } } room { name }
    poll { question votersCount viewerHasVoted choices { text votesCount viewerVoted voters(first: 1) { nodes { username } } } }
    comments(first: 3) { nodes { html author { username } } } likes(first: 3) { nodes { username } edges { likedAt } }
    reshares(first: 3) { nodes { author { username } } }`;

  /**
   * Of few authors and of many, so many statements read so many posts, beside those that read people by their ids: lists
   * that come at once name people together, and others each by itself.
   */
  async function expectStatements(
    { people, others }: { people: number; others: number },
    document: (authors: number) => string,
    found: readonly number[],
  ) {
    for (const [n, [kith, size]] of [...sizes].entries()) {
      const { username } = await viewerOf(kith);
      const { statements } = kith.database;
      statements.length = 0;
      const data = await kith.query<unknown>(document(size), { as: username });
      expect(JSON.stringify(data).split('"viewerState"').length - 1).toBe(found[n]);
      const ofPeople = statements.filter((one) => one.includes('from "users" where "users"."id" = ANY'));
      expect(statements.length - ofPeople.length, statements.join('\n\n')).toBe(others);
      expect(ofPeople.length, ofPeople.join('\n\n')).toBeLessThanOrEqual(people);
    }
  }

  it('20 users with 3 posts of each, with all of them: 19, and 3 of people', async () => {
    // The token's account, the users, their posts: 3. Of the posts how the viewer stands to their authors in three, tags,
    // categories, mentions, media, rooms, the viewer's state, polls, choices, the viewer's votes, and pages of voters,
    // comments, likes and reshares: 16. People: the authors, who comments, who reshares.
    await expectStatements(
      { others: 19, people: 3 },
      (authors) => `{ users(first: ${authors}) { nodes { posts(first: 3) { nodes { ${fields} } } } } }`,
      [6, 60],
    );
  });

  it('a page of the feed, and what is reshared in it, with all of both: 34, and 4 of people', async () => {
    // The token's account, the page, of its posts the 16 as above: 18. What they reshare: 1. Of that the same again, but
    // rooms: 15. People: the authors of what is reshared, who comments here and there, who reshares; those of the posts come
    // with the page.
    await expectStatements(
      { others: 34, people: 4 },
      () => `{ viewer { feed(first: 20) { nodes { ${fields} root { ${fields} } } } } }`,
      [8, 27],
    );
  });
});
