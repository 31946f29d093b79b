// Notifications as they are read and marked, and by whom. Who is told of what: notifications.test.ts.
import { describe, expect, it } from 'vitest';
import { encodeId } from '../../src/graphql/node.ts';
import { useTestApp } from '../helpers/app.ts';
import type { Person } from '../helpers/crowd.ts';
import { dealings, marked, nothingUnseen } from '../helpers/dealings.ts';
import { readInbox, toldFields } from '../helpers/inbox.ts';
import { testClock } from '../helpers/lists.ts';

const clock = testClock();
const kith = useTestApp({ now: clock.now });
const { more, newPeople, done, toldOf, unseenOf, mark } = dealings(kith, clock);
const since = () => clock.now().toISOString();

describe('rule 5: who may read and mark', () => {
  const others = 'public:read profile profile:read_private contacts:read contacts:modify interactions rooms';
  const readers = {
    notifications: '{ viewer { notifications { nodes { id } } } }',
    unseen: '{ viewer { unseen { total } } }',
  };

  it.each(Object.entries(readers))(
    'rule 5: viewer.%s needs the scope notifications',
    async (field, document) => {
      const [ada] = await newPeople();
      for (const scope of ['', others]) {
        const { data, errors } = await kith.send(document, { as: ada.username, scope });
        expect(errors).toMatchObject([
          {
            path: ['viewer', field],
            extensions: { code: 'FORBIDDEN', requiredScope: 'notifications' },
          },
        ]);
        expect(data).toEqual({ viewer: null });
      }
      expect((await kith.send(document, { as: ada.username, scope: 'notifications' })).errors).toEqual([]);
      expect(await kith.query(document)).toEqual({ viewer: null });
    },
  );

  it('rule 5: without the scope, without a token and to others, node finds no notification', async () => {
    const [ada, bob] = await newPeople();
    await done('followUser', bob, ada);
    const [{ id } = { id: '' }] = await toldOf(ada);
    const find = async (as: Person | null, scope?: string) => {
      const data = await kith.query(
        `{ node(id: "${id}") { __typename ... on Notification { kind actors { username } } } nodes(ids: ["${id}"]) { id } }`,
        { as: as?.username ?? null, ...(scope === undefined ? {} : { scope }) },
      );
      expect(data.nodes).toEqual([data.node && { id }]);
      return data.node;
    };
    const seen = { __typename: 'Notification', kind: 'FOLLOWED', actors: [{ username: bob.username }] };
    expect(await find(ada)).toEqual(seen);
    expect(await find(ada, 'notifications')).toEqual(seen);
    expect(await find(ada, others)).toBeNull();
    expect(await find(bob)).toBeNull();
    expect(await find(null)).toBeNull();
  });

  it('rule 5: markNotificationsSeen needs the scope, and marks nothing without it', async () => {
    const [ada, bob] = await newPeople();
    await done('followUser', bob, ada);
    const document = 'mutation { markNotificationsSeen(input: {}) { seenCount userErrors { code } } }';
    const answers = [
      await kith.send(document, { as: ada.username, scope: others }),
      await kith.send(document, {}),
    ];
    expect(answers.map(({ data, errors }) => [data, errors[0]?.path, errors[0]?.extensions])).toEqual([
      [
        { markNotificationsSeen: null },
        ['markNotificationsSeen'],
        { code: 'FORBIDDEN', requiredScope: 'notifications' },
      ],
      [{ markNotificationsSeen: null }, ['markNotificationsSeen'], { code: 'UNAUTHENTICATED' }],
    ]);
    expect(await unseenOf(ada)).toBe(1);
    const { data } = await kith.send(document, { as: ada.username, scope: 'notifications' });
    expect(data.markNotificationsSeen).toEqual({ seenCount: 1, userErrors: [] });
  });
});

describe('markNotificationsSeen', () => {
  it('marks some, or all, once; reading marks nothing, and seenAt is not moved', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    for (const by of [bob, carol, dan]) await done('requestConnection', by, ada);
    await done('followUser', ada, dan);
    const [third, second, first] = await toldOf(ada);
    if (!third || !second || !first) throw new Error('There are three.');
    expect(await mark(ada, [])).toEqual(marked(0));
    expect(await toldOf(ada)).toEqual([third, second, first]);
    expect(await mark(ada, [second.id, second.id])).toEqual(marked(1));
    const seen = { ...second, seenAt: since() };
    expect(await toldOf(ada)).toEqual([third, seen, first]);
    expect(await mark(ada, [second.id])).toEqual(marked(0));
    expect(await toldOf(ada)).toEqual([third, seen, first]);
    expect(await mark(ada, null)).toEqual(marked(2));
    const at = since();
    expect(await mark(ada)).toEqual(marked(0));
    expect(await toldOf(ada)).toEqual([{ ...third, seenAt: at }, seen, { ...first, seenAt: at }]);
    expect(await unseenOf(dan)).toBe(1);
  });

  it('rule 2, ids: what is malformed, of another type, of others, unknown or gone is NOT_FOUND with its path, and nothing is marked', async () => {
    const [ada, bob, carol] = await newPeople();
    await done('followUser', bob, ada);
    await done('followUser', ada, bob);
    await done('requestConnection', carol, ada);
    const [request, own] = await toldOf(ada);
    const [others] = await toldOf(bob);
    if (!request || !own || !others) throw new Error('There are three.');
    await done('cancelConnectionRequest', carol, ada);
    const uuid = Buffer.from(own.id, 'base64url').toString().split(':')[1] ?? '';
    const unknown = encodeId('Notification', '01900000-0000-7000-8000-00000000000a');
    const wrong = [
      '',
      'x',
      uuid,
      encodeId('User', uuid),
      encodeId('Connection', uuid),
      encodeId('Notification', 'x'),
      encodeId('Notification', uuid.toUpperCase()),
      ada.id,
      others.id,
      request.id,
      unknown,
    ];
    const answers: [string, unknown][] = [];
    for (const id of wrong) answers.push([id, await mark(ada, [own.id, id])]);
    // To the letter: whose they are is not told.
    const message = 'There is no Notification with this id.';
    const refused = { code: 'NOT_FOUND', message, path: ['notificationIds', '1'] };
    expect(answers).toEqual(wrong.map((id) => [id, { seenCount: null, userErrors: [refused] }]));
    expect([await unseenOf(ada), await unseenOf(bob)]).toEqual([1, 1]);
  });

  it('takes 100 ids and not one more, and 10,000 no slower', async () => {
    const [ada, bob] = await newPeople();
    await done('followUser', bob, ada);
    const [{ id } = { id: '' }] = await toldOf(ada);
    const ids = (count: number) => Array.from({ length: count }, () => id);
    const refused = { code: 'TOO_MANY', message: expect.any(String), path: ['notificationIds'] };
    kith.database.statements.length = 0;
    for (const count of [101, 10_000]) {
      expect(await mark(ada, ids(count))).toEqual({ seenCount: null, userErrors: [refused] });
    }
    expect(kith.database.statements.filter((statement) => statement.includes('notification'))).toEqual([]);
    expect(await unseenOf(ada)).toBe(1);
    expect(await mark(ada, ids(100))).toEqual(marked(1));
  });

  it('house rule 3: marks and reads in one document see each other', async () => {
    const [ada, bob, carol] = await newPeople();
    await done('followUser', bob, ada);
    await done('requestConnection', carol, ada);
    const [{ id } = { id: '' }] = await toldOf(ada);
    const data = await kith.query(
      `mutation {
        a: hideUser(input: { userId: "${bob.id}" }) { viewer { unseen { total } notifications { totalCount nodes { id } } } }
        b: markNotificationsSeen(input: { notificationIds: ["${id}"] }) { seenCount }
        c: unfollowUser(input: { userId: "${bob.id}" }) { viewer { unseen { total } fresh: notifications(unseenOnly: true) { totalCount nodes { id } } } }
      }`,
      { as: ada.username },
    );
    expect(data).toEqual({
      a: { viewer: { unseen: { total: 1 }, notifications: { totalCount: 1, nodes: [{ id }] } } },
      b: { seenCount: 1 },
      c: { viewer: { unseen: { total: 0 }, fresh: { totalCount: 0, nodes: [] } } },
    });
  });

  describe('rule 2, PENDING: REQUIRE_APPROVAL=true', () => {
    const pending = useTestApp({ env: { REQUIRE_APPROVAL: 'true' } });

    it('rule 2: an account that waits for approval reads and marks', async () => {
      expect(await pending.query('{ viewer { user { status } } }', { as: 'reader' })).toEqual({
        viewer: { user: { status: 'PENDING' } },
      });
      expect(await readInbox(pending, 'reader')).toEqual({
        told: [],
        unseen: nothingUnseen,
      });
      expect(await pending.mutate('markNotificationsSeen', {}, 'reader', 'seenCount')).toEqual(marked(0));
    });
  });
});

describe('the list: what nobody should get out of it', () => {
  const page = async (as: Person, args: string, code?: string) => {
    const { data, errors } = await kith.send(
      `{ viewer { notifications(${args}) { totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage } } } }`,
      { as: as.username },
    );
    expect(
      errors.map((error) => error.extensions?.code),
      args,
    ).toEqual(code === undefined ? [] : [code]);
    return data.viewer?.notifications;
  };

  it('a cursor of the full list is a place in that of the unseen ones as well, seen or not', async () => {
    const [ada, ...others] = await newPeople();
    for (const by of others) await done('requestConnection', by, ada);
    const { edges } = await page(ada, 'first: 10');
    const ids = edges.map(({ node }: { node: { id: string } }) => node.id);
    await mark(ada, [ids[1], ids[2]]);
    const at = (n: number, args: string) => page(ada, `unseenOnly: true, ${args}: "${edges[n].cursor}"`);
    for (const [n, args, expected] of [
      [0, 'first: 9, after', [3]],
      [1, 'first: 9, after', [3]],
      [2, 'last: 9, before', [0]],
      [3, 'last: 9, before', [0]],
      [3, 'first: 9, after', []],
    ] as const) {
      const found = await at(n, args);
      expect(found.edges).toEqual(expected.map((place) => edges[place]));
      expect(found.totalCount).toBe(2);
    }
  });

  it('a cursor of another person’s list shows one’s own; of another list it is BAD_USER_INPUT', async () => {
    const [ada, bob, carol] = await newPeople();
    for (const to of [ada, bob]) await done('requestConnection', carol, to);
    const [own, theirs] = [await page(ada, 'first: 1'), await page(bob, 'first: 1')];
    const with0 = await page(ada, `first: 5, before: "${theirs.edges[0].cursor}"`);
    const with1 = await page(ada, `first: 5, after: "${theirs.edges[0].cursor}"`);
    for (const { edges } of [with0, with1]) {
      for (const { node } of edges) expect(node.id).toBe(own.edges[0].node.id);
    }
    const { viewer } = await kith.query('{ viewer { connectionRequests(first: 1) { edges { cursor } } } }', {
      as: ada.username,
    });
    const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const cursor of [
      viewer.connectionRequests.edges[0].cursor,
      json(['notifications']),
      json(['notifications', '1']),
      json(['notifications', 1.5]),
      json(['notifications', 2 ** 31]),
      json(['notifications', 1, 2]),
      json(['followers', 1]),
      json('notifications'),
      'x',
      '',
    ]) {
      await page(ada, `first: 1, after: "${cursor}"`, 'BAD_USER_INPUT');
      await page(ada, `unseenOnly: true, last: 1, before: "${cursor}"`, 'BAD_USER_INPUT');
    }
  });

  it('rule 2, document limits: what lists of actors multiply counts', async () => {
    const [ada] = await newPeople();
    const deep = (first: number) =>
      kith.send(
        `{ viewer { notifications(first: 100) { nodes { actors { followers(first: ${first}) { nodes { id } } } } } } }`,
        { as: ada.username },
      );
    expect((await deep(10)).errors).toEqual([]);
    expect((await deep(20)).errors).toMatchObject([{ extensions: { limit: { name: 'maxCost' } } }]);
  });

  it('house rule 13: 20 notifications with their actors and subjects take as many statements as 3', async () => {
    const [ada, bob, carol] = await newPeople();
    const asking = await more(20);
    for (const by of asking) await done('requestConnection', by, ada);
    await done('requestConnection', ada, carol);
    await done('acceptConnection', carol, ada);
    for (const by of [bob, carol, ...asking.slice(0, 10)]) await done('followUser', by, ada);
    const counts: number[] = [];
    for (const first of [3, 20]) {
      kith.database.statements.length = 0;
      const { viewer } = await kith.query(
        `{ viewer { unseen { total connectionRequests } notifications(first: ${first}) { totalCount nodes {
          ${toldFields} actors { id name relationship { follows } } actorsCount
          subject { id __typename ... on Connection { status peer { username } } } } } } }`,
        { as: ada.username },
      );
      counts.push(kith.database.statements.length);
      expect(viewer.notifications.nodes).toHaveLength(first);
      expect(viewer.notifications.totalCount).toBe(22);
      expect(
        new Set(
          viewer.notifications.nodes.map(({ subject }: { subject: object }) =>
            JSON.stringify(Object.keys(subject)),
          ),
        ).size,
      ).toBe(2);
    }
    expect(counts[1], kith.database.statements.join('\n\n').slice(0, 5_000)).toBe(counts[0]);
    expect(counts[0]).toBeLessThanOrEqual(9);
  });
});
