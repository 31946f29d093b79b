// Domain rule 4, connections: who is told what, and when. The states themselves: connection-model.test.ts.
import { eq, inArray } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { connected, connections } from '../../src/features/connections/table.ts';
import { userStats, users } from '../../src/features/users/table.ts';
import { decodeId, encodeId } from '../../src/graphql/node.ts';
import { type TestApp, useTestApp } from '../helpers/app.ts';
import { crowd, type Person } from '../helpers/crowd.ts';
import { testClock } from '../helpers/lists.ts';

const clock = testClock();
const kith = useTestApp({ now: clock.now });
const day = 24 * 3_600_000;

const verbs = [
  'requestConnection',
  'cancelConnectionRequest',
  'acceptConnection',
  'rejectConnection',
  'cancelConnectionRejection',
  'removeConnection',
] as const;
type Verb = (typeof verbs)[number] | 'blockUser' | 'unblockUser' | 'followUser' | 'unfollowUser';

const fields =
  'id requester { id username } addressee { id username } peer { id username stats { connections } } status createdAt acceptedAt seenAt rejectedAt';
const page = `{ totalCount pageInfo { hasNextPage startCursor endCursor } edges { cursor node { ${fields} } } nodes { id } }`;
const requestLists = ['SENT', 'RECEIVED']
  .flatMap((direction) =>
    [null, 'PENDING', 'ACCEPTED', 'REJECTED'].map(
      (status) =>
        `${direction}_${status}: connectionRequests(first: 2, direction: ${direction}, status: ${status}) ${page}`,
    ),
  )
  .join('\n');
const person = `id username stats { followers following connections }
  connections(first: 2) { totalCount edges { cursor connectedAt node { id } } }`;
const relationship = `relationship { follows followedBy blocks hides connectionState connection { ${fields} } }`;
const notification = `id kind actors { id username } actorsCount createdAt updatedAt seenAt
  subject { __typename id ... on User { username } ... on Connection { ${fields} } }`;
/** What somebody was told: all of it, that which they have not marked seen, from the other end, and how much it is. */
const news = `unseen { total notifications connectionRequests }
  notifications(first: 3) { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { ${notification} } } nodes { id } }
  fresh: notifications(first: 3, unseenOnly: true) { totalCount pageInfo { hasNextPage } edges { cursor node { id } } }
  oldest: notifications(last: 1) { edges { cursor node { id } } }`;
/** All that somebody can see of themself and somebody else. */
const everything = `query ($other: ID!, $known: [ID!]!) {
  user(by: { id: $other }) { ${person} mutualConnections(first: 2) { totalCount } ${relationship} }
  viewer { user { ${person} } ${requestLists} ${news} }
  nodes(ids: $known) { __typename id ... on Connection { ${fields} } ... on Notification { ${notification} } }
}`;

let made = 0;
/** Somebody, and somebody else, and so on: new ones for each test. */
async function newPeople(): Promise<[Person, Person, Person]> {
  const [ada, bob, carol] = await crowd(kith, `p${++made}`, 3);
  if (!ada || !bob || !carol) throw new Error('There are three.');
  return [ada, bob, carol];
}

/** Somebody does something to somebody; a millisecond goes by first. */
async function act(verb: Verb, by: Person, to: { id: string }, selection = '', on: TestApp = kith) {
  clock.tick(1);
  return on.mutate(verb, { userId: to.id }, by.username, selection);
}

async function done(verb: Verb, by: Person, to: { id: string }, on: TestApp = kith): Promise<void> {
  expect((await act(verb, by, to, '', on)).userErrors, verb).toEqual([]);
}

const connect = async (one: Person, other: Person) => {
  await done('requestConnection', one, other);
  await done('requestConnection', other, one);
};

const see = (as: Person, other: Person, known: readonly string[] = []) =>
  kith.query(everything, { as: as.username, variables: { other: other.id, known } });

async function tie(as: Person, other: Person) {
  return (await see(as, other)).user.relationship;
}

const stateOf = async (as: Person, other: Person): Promise<string> => (await tie(as, other)).connectionState;

async function unseenOf({ uuid }: Person): Promise<number | undefined> {
  const rows = await kith.database.db.select().from(userStats).where(eq(userStats.userId, uuid));
  return rows[0]?.unseenRequests;
}

/** What no mutation can do: what an operator does. */
async function setStatus(who: Person, status: 'ACTIVE' | 'SUSPENDED', on: TestApp = kith): Promise<void> {
  await on.database.db.update(users).set({ status }).where(eq(users.id, who.uuid));
}

const refusal = (code: string) => ({
  user: null,
  viewer: null,
  connection: null,
  userErrors: [{ code, message: expect.any(String), path: ['userId'] }],
});
const ends = 'user { id } viewer { id } connection { id }';

/**
 * What somebody was told, so that it can be compared with what others were told in the same place: people by their
 * part, times since the beginning, and connections and notifications by number and by the time inside their UUID.
 */
class Told {
  readonly all: unknown[] = [];
  /** The ids of connections and notifications that they were shown. */
  readonly known: string[] = [];
  readonly #start = clock.now().getTime();
  readonly #parts: Map<string, string>;
  constructor(parts: Record<string, Person>) {
    this.#parts = new Map(
      Object.entries(parts).flatMap(([part, { id, uuid, username }]) =>
        [id, uuid, username].map((name): [string, string] => [name, part]),
      ),
    );
  }

  add(what: string, value: unknown): void {
    this.all.push([what, this.#plain(value, '')]);
  }

  #plain(value: unknown, key: string): unknown {
    if (Array.isArray(value)) return value.map((one) => this.#plain(one, key));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.#plain(one, name)]));
    }
    if (typeof value !== 'string') return value;
    if (/cursor$/i.test(key))
      return this.#plain(JSON.parse(Buffer.from(value, 'base64url').toString()), 'position');
    if (/^\d{4}-\d\d-\d\dT/.test(value)) return `+${Date.parse(value) - this.#start}`;
    const decoded = decodeId(value);
    if (decoded?.typename === 'Viewer') return 'the viewer';
    if (decoded?.typename === 'Connection' || decoded?.typename === 'Notification') {
      if (!this.known.includes(value)) this.known.push(value);
      return `${decoded.typename} ${this.#uuid(decoded.id, this.known.indexOf(value))}`;
    }
    if (this.#parts.has(value)) return this.#parts.get(value);
    return key === 'position' && /^[0-9a-f-]{36}$/.test(value)
      ? this.#uuid(value, this.known.indexOf(encodeId('Connection', value)))
      : value;
  }

  #uuid(uuid: string, n: number): string {
    return `#${n} of +${Number.parseInt(uuid.replace('-', '').slice(0, 12), 16) - this.#start}`;
  }
}

/** What becomes of somebody's requests that they must not learn of. */
type Secret = 'nothing' | 'seen' | 'rejected' | 'seen and rejected' | 'rejected, taken back, rejected';

async function keep(secret: Secret, bob: Person, ada: Person): Promise<void> {
  if (secret.startsWith('seen')) {
    await kith.mutate('markConnectionRequestsSeen', {}, bob.username);
  }
  if (secret.endsWith('rejected')) {
    await kith.mutate('rejectConnection', { userId: ada.id }, bob.username);
  }
  if (secret.includes('taken back')) {
    for (const verb of ['rejectConnection', 'cancelConnectionRejection', 'rejectConnection']) {
      await kith.mutate(verb, { userId: ada.id }, bob.username);
    }
  }
}

/** Ada asks Bob, who keeps to himself what he does about it; all that Ada is told from then on. */
async function toldTo(secret: Secret): Promise<unknown[]> {
  const [ada, bob, carol] = await newPeople();
  const told = new Told({ ada, bob, carol });
  const look = async (when: string) => told.add(when, await see(ada, bob, told.known));
  const payload = `user { ${person} ${relationship} } viewer { id user { ${person} } ${requestLists} ${news} } connection { ${fields} }`;
  const does = async (verb: Verb, by = ada) => {
    const answer = await act(verb, by, by === ada ? bob : ada, /block|follow/.test(verb) ? '' : payload);
    if (by === ada) told.add(verb, answer);
    await look(`after ${verb}`);
  };
  const read = async () => {
    clock.tick(1);
    const answer = await kith.mutate('markNotificationsSeen', {}, ada.username, 'seenCount');
    told.add('markNotificationsSeen', answer);
    await look('after markNotificationsSeen');
  };
  const tryAll = async () => {
    for (const verb of verbs) if (verb !== 'cancelConnectionRequest') await does(verb);
  };
  // That she is told of something else, by him and by another, is no help either.
  await does('followUser', bob);
  await act('requestConnection', carol, ada);
  await does('requestConnection');
  await keep(secret, bob, ada);
  await read();
  await tryAll();
  await does('cancelConnectionRequest');
  await does('cancelConnectionRequest');
  await does('acceptConnection');
  // From now on a rejected request reaches nobody, while another does, and may be kept secret in its turn.
  for (const days of [1, 29, 31]) {
    clock.tick(days * day);
    await does('requestConnection');
    await keep(secret, bob, ada);
    await tryAll();
    await does('cancelConnectionRequest');
  }
  for (const by of [ada, bob]) {
    await does('requestConnection');
    await keep(secret, bob, ada);
    await does('blockUser', by);
    await does('requestConnection');
    await does('cancelConnectionRequest');
    await does('unblockUser', by);
    await does('requestConnection');
    await does('cancelConnectionRequest');
  }
  await does('requestConnection');
  // What is not secret: that Bob asks as well. It connects the two, unless he has to take his rejection back first.
  await does('requestConnection', bob);
  await does('requestConnection');
  await read();
  await does('unfollowUser', bob);
  await does('removeConnection');
  await does('removeConnection');
  return told.all;
}

describe('rule 4: a rejection is the addressee’s own secret', () => {
  let pending: Promise<unknown[]> | undefined;
  it.each<Secret>(['seen', 'rejected', 'seen and rejected', 'rejected, taken back, rejected'])(
    'rule 4: a request that was %s looks to its requester like one that is pending, in every field, whatever they do',
    async (secret) => {
      pending ??= toldTo('nothing');
      const control = await pending;
      const kept = await toldTo(secret);
      expect(kept).toHaveLength(control.length);
      for (const [n, told] of kept.entries()) expect(told).toEqual(control[n]);
    },
  );

  it('rule 4: asking again after withdrawing is a new request to its requester: a new id, a new time, the old id leads nowhere', async () => {
    const [ada, bob] = await newPeople();
    const ids: string[] = [];
    for (let round = 0; round < 3; round++) {
      await done('requestConnection', ada, bob);
      await act('rejectConnection', bob, ada);
      clock.tick(1_000);
      const { connection } = await tie(ada, bob);
      expect(connection).toMatchObject({
        status: 'PENDING',
        acceptedAt: null,
        seenAt: null,
        rejectedAt: null,
      });
      expect(Date.parse(connection.createdAt)).toBe(clock.now().getTime() - 1_001);
      ids.push(connection.id);
      expect((await see(ada, bob, ids)).nodes.map((node: { id: string } | null) => node?.id)).toEqual(
        ids.map((id) => (id === connection.id ? id : undefined)),
      );
      await done('cancelConnectionRequest', ada, bob);
      expect((await see(ada, bob, ids)).nodes).toEqual(ids.map(() => null));
    }
    expect(new Set(ids).size).toBe(3);
    // Nor do ids that only the requester was shown lead the addressee anywhere.
    await done('requestConnection', ada, bob);
    const { connection } = await tie(ada, bob);
    expect((await see(bob, ada, [...ids, connection.id])).nodes).toEqual([null, null, null, null]);
  });

  it('rule 4: withdrawing and asking again, over and over, reaches the addressee 30 days after the last withdrawal, and not a millisecond before', async () => {
    const [ada, bob] = await newPeople();
    await done('requestConnection', ada, bob);
    await done('rejectConnection', bob, ada);
    const rejected = await tie(bob, ada);
    expect(rejected).toMatchObject({
      connectionState: 'REJECTED',
      connection: {
        status: 'REJECTED',
        seenAt: clock.now().toISOString(),
        rejectedAt: clock.now().toISOString(),
      },
    });
    await done('cancelConnectionRequest', ada, bob);
    const known = [rejected.connection.id];
    const before = await see(bob, ada, known);
    expect(before.user.relationship).toMatchObject({ connectionState: 'NONE', connection: null });
    for (const time of [0, 1, day, 10 * day, 30 * day - 3, 29 * day]) {
      clock.tick(time);
      await done('requestConnection', ada, bob);
      expect(await stateOf(ada, bob)).toBe('REQUESTED');
      expect(await see(bob, ada, known)).toEqual(before);
      expect(await unseenOf(bob)).toBe(0);
      for (const verb of ['acceptConnection', 'rejectConnection', 'cancelConnectionRejection'] as const) {
        expect((await act(verb, bob, ada)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
      }
      expect(await kith.mutate('markConnectionRequestsSeen', {}, bob.username, 'seenCount')).toMatchObject({
        seenCount: 0,
      });
      expect(await stateOf(ada, bob)).toBe('REQUESTED');
      await done('cancelConnectionRequest', ada, bob);
    }
    // The clock goes on by a millisecond with each act.
    clock.tick(30 * day - 2);
    await done('requestConnection', ada, bob);
    expect(await see(bob, ada, known)).toEqual(before);
    await done('cancelConnectionRequest', ada, bob);
    clock.tick(30 * day - 1);
    await done('requestConnection', ada, bob);
    expect(await unseenOf(bob)).toBe(1);
    expect(await tie(bob, ada)).toMatchObject({
      connectionState: 'RECEIVED',
      connection: { status: 'PENDING', createdAt: clock.now().toISOString(), seenAt: null, rejectedAt: null },
    });
  });

  it.each(['requester', 'addressee'])(
    'rule 4: a block by the %s and its end are no way around the 30 days',
    async (who) => {
      const [ada, bob] = await newPeople();
      const [by, to] = who === 'requester' ? [ada, bob] : [bob, ada];
      for (const withdrawn of [false, true]) {
        await done('requestConnection', ada, bob);
        await act('rejectConnection', bob, ada);
        if (withdrawn) await done('cancelConnectionRequest', ada, bob);
        await done('blockUser', by, to);
        await done('unblockUser', by, to);
        expect([await stateOf(ada, bob), await stateOf(bob, ada)]).toEqual(['NONE', 'NONE']);
        clock.tick(29 * day);
        await done('requestConnection', ada, bob);
        expect([await stateOf(ada, bob), await stateOf(bob, ada)]).toEqual(['REQUESTED', 'NONE']);
        await done('cancelConnectionRequest', ada, bob);
        clock.tick(30 * day);
      }
      await done('requestConnection', ada, bob);
      expect(await stateOf(bob, ada)).toBe('RECEIVED');
    },
  );

  it('rule 4: whoever rejected may ask the other themself once the request was withdrawn, and CONFLICT before', async () => {
    const [ada, bob] = await newPeople();
    await done('requestConnection', ada, bob);
    await done('rejectConnection', bob, ada);
    const before = await see(bob, ada);
    expect(await act('requestConnection', bob, ada, ends)).toEqual(refusal('CONFLICT'));
    expect(await see(bob, ada)).toEqual(before);
    await done('cancelConnectionRequest', ada, bob);
    await done('requestConnection', bob, ada);
    expect([await stateOf(ada, bob), await stateOf(bob, ada)]).toEqual(['RECEIVED', 'REQUESTED']);
    expect(await unseenOf(ada)).toBe(1);
    await done('acceptConnection', ada, bob);
    expect([await stateOf(ada, bob), await stateOf(bob, ada)]).toEqual(['CONNECTED', 'CONNECTED']);
  });
});

describe('rule 4: what the mutations answer', () => {
  it('rule 4: both ends and the connection, as they are now; null where there is none left', async () => {
    const [ada, bob] = await newPeople();
    const selection =
      'user { id stats { connections } relationship { connectionState } } viewer { user { id stats { connections } } } connection { id status requester { id } addressee { id } peer { id } }';
    const { id } = (await act('requestConnection', ada, bob, selection)).connection;
    const answer = (from: Person, count: number, state: string, status: string | null) => {
      const to = from === ada ? bob : ada;
      const both = { requester: { id: ada.id }, addressee: { id: bob.id }, peer: { id: to.id } };
      return {
        user: { id: to.id, stats: { connections: count }, relationship: { connectionState: state } },
        viewer: { user: { id: from.id, stats: { connections: count } } },
        connection: status && { id, status, ...both },
        userErrors: [],
      };
    };
    expect(await act('requestConnection', ada, bob, selection)).toEqual(
      answer(ada, 0, 'REQUESTED', 'PENDING'),
    );
    expect(await act('rejectConnection', bob, ada, selection)).toEqual(
      answer(bob, 0, 'REJECTED', 'REJECTED'),
    );
    expect(await act('cancelConnectionRejection', bob, ada, selection)).toEqual(
      answer(bob, 0, 'RECEIVED', 'PENDING'),
    );
    expect(await act('acceptConnection', bob, ada, selection)).toEqual(
      answer(bob, 1, 'CONNECTED', 'ACCEPTED'),
    );
    expect(await act('requestConnection', ada, bob, selection)).toEqual(
      answer(ada, 1, 'CONNECTED', 'ACCEPTED'),
    );
    expect(await act('removeConnection', ada, bob, selection)).toEqual(answer(ada, 0, 'NONE', null));
  });

  it('rule 4: doing again what is done changes nothing, times included', async () => {
    const [ada, bob] = await newPeople();
    const twice = async (verb: Verb, by: Person, to: Person) => {
      await done(verb, by, to);
      const before = [await see(ada, bob), await see(bob, ada)];
      clock.tick(day);
      await done(verb, by, to);
      expect([await see(ada, bob), await see(bob, ada)]).toEqual(before);
    };
    await twice('requestConnection', ada, bob);
    await twice('rejectConnection', bob, ada);
    await done('cancelConnectionRejection', bob, ada);
    await twice('acceptConnection', bob, ada);
    await twice('requestConnection', bob, ada);
    await twice('requestConnection', ada, bob);
  });

  it('rule 4: mutations in one document see each other', async () => {
    const [ada, bob, carol] = await newPeople();
    await done('requestConnection', carol, ada);
    const call = (verb: Verb, to: Person) =>
      `${verb}(input: { userId: "${to.id}" }) { connection { status } viewer { user { connections { totalCount } } SENT: connectionRequests(direction: SENT) { totalCount } } }`;
    const data = await kith.query(
      `mutation { a: ${call('requestConnection', bob)} b: ${call('acceptConnection', carol)} c: ${call('cancelConnectionRequest', bob)} d: ${call('removeConnection', carol)} }`,
      { as: ada.username },
    );
    const answer = (status: string | null, count: number, sent: number) => ({
      connection: status && { status },
      viewer: { user: { connections: { totalCount: count } }, SENT: { totalCount: sent } },
    });
    expect(data).toEqual({
      a: answer('PENDING', 0, 1),
      b: answer('ACCEPTED', 1, 1),
      c: answer(null, 1, 0),
      d: answer(null, 0, 0),
    });
  });

  it.each(verbs)('rule 4: %s: SELF, BLOCKED, NOT_FOUND, with nothing done and nothing told', async (verb) => {
    const [ada, bob, carol] = await newPeople();
    expect(await act(verb, ada, ada, ends)).toEqual(refusal('SELF'));
    await done('blockUser', ada, bob);
    expect(await act(verb, ada, bob, ends)).toEqual(refusal('BLOCKED'));
    const unknown = { id: encodeId('User', '01900000-0000-7000-8000-00000000000a') };
    const nobody = await act(verb, bob, unknown, ends);
    expect(nobody).toEqual(refusal('NOT_FOUND'));
    // To the letter, message included: being blocked is not told.
    expect(await act(verb, bob, ada, ends)).toEqual(nobody);
    await setStatus(carol, 'SUSPENDED');
    expect(await act(verb, bob, carol, ends)).toEqual(nobody);
    const { viewer } = await kith.query('{ viewer { id } }', { as: ada.username });
    for (const id of [
      '',
      'x',
      ada.uuid,
      viewer.id,
      encodeId('Connection', bob.uuid),
      encodeId('User', 'x'),
    ]) {
      expect(await act(verb, bob, { id }, ends), id).toEqual(nobody);
    }
    const rows = await kith.database.db
      .select()
      .from(connections)
      .where(inArray(connections.requesterId, [ada.uuid, bob.uuid]));
    expect(rows).toEqual([]);
  });
});

describe('rule 3: who sees a connection', () => {
  it('rule 3: node and nodes find it for its two people only, whatever its state', async () => {
    const [ada, bob, carol] = await newPeople();
    const stages: [Verb, Person, Person][] = [
      ['requestConnection', ada, bob],
      ['rejectConnection', bob, ada],
      ['cancelConnectionRejection', bob, ada],
      ['acceptConnection', bob, ada],
    ];
    await done('requestConnection', ada, bob);
    const { id } = (await tie(ada, bob)).connection;
    const find = async (as: Person | null) => {
      const { node, nodes } = await kith.query(
        `{ node(id: "${id}") { __typename id } nodes(ids: ["${id}"]) { __typename id } }`,
        { as: as?.username },
      );
      expect(nodes).toEqual([node]);
      return node;
    };
    for (const [verb, by, to] of stages) {
      await done(verb, by, to);
      for (const as of [ada, bob]) expect(await find(as)).toEqual({ __typename: 'Connection', id });
      for (const as of [carol, null]) expect(await find(as)).toBeNull();
      // Nor does the third person find a trace of it, save for who is connected with whom.
      const seen = await see(carol, ada);
      expect(seen.user.relationship).toMatchObject({ connectionState: 'NONE', connection: null });
      const ties = verb === 'acceptConnection' ? 1 : 0;
      expect(seen.user).toMatchObject({ stats: { connections: ties }, connections: { totalCount: ties } });
      expect(seen.viewer.SENT_null.totalCount + seen.viewer.RECEIVED_null.totalCount).toBe(0);
    }
    await done('blockUser', ada, bob);
    for (const as of [ada, bob, carol]) expect(await find(as)).toBeNull();
  });

  it('rule 3.7: while one of the two is suspended it is found by nobody, and as it was afterwards', async () => {
    const [ada, bob, carol] = await newPeople();
    await connect(ada, bob);
    await done('requestConnection', bob, carol);
    const { connection } = await tie(ada, bob);
    const before = [await see(ada, carol, [connection.id]), await see(carol, bob)];
    expect(before[0].nodes).toMatchObject([{ id: connection.id }]);
    await setStatus(bob, 'SUSPENDED');
    const during = await see(ada, carol, [connection.id]);
    expect(during.nodes).toEqual([null]);
    for (const list of ['RECEIVED_ACCEPTED', 'SENT_ACCEPTED']) {
      expect(during.viewer[list]).toMatchObject({ totalCount: 0, edges: [], nodes: [] });
    }
    expect(during.viewer.user).toMatchObject({
      stats: { connections: 1 },
      connections: { totalCount: 0, edges: [] },
    });
    expect((await see(carol, ada)).viewer.RECEIVED_null).toMatchObject({ totalCount: 0, edges: [] });
    await setStatus(bob, 'ACTIVE');
    expect([await see(ada, carol, [connection.id]), await see(carol, bob)]).toEqual(before);
  });

  it('rule 3.1: connections and mutualConnections, with their totals, leave out whom their viewer cannot find', async () => {
    const [ada, bob, carol] = await newPeople();
    const [dan, eve] = await newPeople();
    for (const one of [ada, bob]) for (const other of [carol, dan, eve]) await connect(one, other);
    const lists = async (as: Person | null) => {
      const { user } = await kith.query(
        `{ user(by: { id: "${ada.id}" }) { stats { connections } connections { totalCount nodes { username } }
            mutualConnections { totalCount nodes { username } } back: mutualConnections(last: 2) { nodes { username } } } }`,
        { as: as?.username },
      );
      const names = (list: { nodes: { username: string }[] }) => list.nodes.map(({ username }) => username);
      expect(user.connections.totalCount).toBe(user.connections.nodes.length);
      expect(user.mutualConnections.totalCount).toBe(user.mutualConnections.nodes.length);
      expect(names(user.back)).toEqual(names(user.mutualConnections).slice(-2));
      return {
        all: names(user.connections),
        mutual: names(user.mutualConnections),
        stored: user.stats.connections,
      };
    };
    const [c, d, e] = [carol.username, dan.username, eve.username];
    expect(await lists(bob)).toEqual({ all: [e, d, c], mutual: [e, d, c], stored: 3 });
    expect(await lists(ada)).toEqual({ all: [e, d, c], mutual: [e, d, c], stored: 3 });
    expect(await lists(null)).toEqual({ all: [e, d, c], mutual: [], stored: 3 });
    expect(await lists(carol)).toEqual({ all: [e, d, c], mutual: [], stored: 3 });
    await done('removeConnection', dan, bob);
    expect(await lists(bob)).toEqual({ all: [e, d, c], mutual: [e, c], stored: 3 });
    await done('blockUser', bob, carol);
    expect(await lists(bob)).toEqual({ all: [e, d], mutual: [e], stored: 3 });
    expect(await lists(carol)).toEqual({ all: [e, d, c], mutual: [], stored: 3 });
    await setStatus(eve, 'SUSPENDED');
    expect(await lists(bob)).toEqual({ all: [d], mutual: [], stored: 3 });
    expect(await lists(null)).toEqual({ all: [d, c], mutual: [], stored: 3 });
  });

  it('rule 3.3, rule 3.4: details and searchable=false are open to those who are connected, and to no other requester', async () => {
    const [ada, bob, carol] = await newPeople();
    await kith.mutate(
      'updateProfile',
      { gender: 'yes', bio: 'Hi', displayName: `Oboe${made}` },
      ada.username,
    );
    await kith.mutate(
      'updateSettings',
      { privacy: { profileVisibility: 'CONTACTS', searchable: false } },
      ada.username,
    );
    const seenBy = async (as: Person) => {
      const {
        user,
        searchUsers,
        users: all,
      } = await kith.query(
        `{ user(by: { id: "${ada.id}" }) { gender bio } searchUsers(query: "Oboe${made}") { totalCount nodes { id } } users(first: 100) { nodes { id } } }`,
        { as: as.username },
      );
      const listed = all.nodes.some(({ id }: { id: string }) => id === ada.id);
      expect(searchUsers).toEqual(
        listed ? { totalCount: 1, nodes: [{ id: ada.id }] } : { totalCount: 0, nodes: [] },
      );
      return { ...user, listed };
    };
    const [hidden, shown] = [
      { gender: null, bio: null, listed: false },
      { gender: 'yes', bio: 'Hi', listed: true },
    ];
    await done('requestConnection', bob, ada);
    await done('requestConnection', ada, carol);
    for (const as of [bob, carol]) expect(await seenBy(as)).toEqual(hidden);
    await done('acceptConnection', ada, bob);
    await done('acceptConnection', carol, ada);
    for (const as of [bob, carol]) expect(await seenBy(as)).toEqual(shown);
    await done('removeConnection', ada, bob);
    expect(await seenBy(bob)).toEqual(hidden);
    await done('removeConnection', carol, ada);
    expect(await seenBy(carol)).toEqual(hidden);
  });
});

describe('markConnectionRequestsSeen', () => {
  const mark = (as: Person, userIds?: readonly string[] | null) =>
    kith.mutate(
      'markConnectionRequestsSeen',
      userIds === undefined ? {} : { userIds },
      as.username,
      'seenCount',
    );
  const seenAt = async (as: Person, other: Person) => (await tie(as, other)).connection.seenAt;

  it('marks some, or all, once; seenAt is told to the addressee only, and is not moved', async () => {
    const [ada, bob, carol] = await newPeople();
    const [dan, eve] = await newPeople();
    for (const by of [bob, carol, dan]) await done('requestConnection', by, ada);
    await done('requestConnection', ada, eve);
    expect(await unseenOf(ada)).toBe(3);
    expect(await mark(ada, [])).toEqual({ seenCount: 0, userErrors: [] });
    expect(await mark(ada, [bob.id, bob.id])).toEqual({ seenCount: 1, userErrors: [] });
    const at = clock.now().toISOString();
    expect([await seenAt(ada, bob), await seenAt(ada, carol)]).toEqual([at, null]);
    expect(await seenAt(bob, ada)).toBeNull();
    expect(await unseenOf(ada)).toBe(2);
    clock.tick(day);
    expect(await mark(ada, [bob.id])).toEqual({ seenCount: 0, userErrors: [] });
    for (const all of [null, undefined]) {
      expect(await mark(ada, all)).toEqual({ seenCount: all === null ? 2 : 0, userErrors: [] });
    }
    expect([await seenAt(ada, bob), await seenAt(ada, dan)]).toEqual([at, clock.now().toISOString()]);
    expect([await unseenOf(ada), await unseenOf(eve)]).toEqual([0, 1]);
    // Nobody marks what others got: neither a third person nor the requester.
    expect(await mark(bob, [eve.id])).toEqual({ seenCount: 0, userErrors: [] });
    expect(await mark(ada, [eve.id])).toEqual({ seenCount: 0, userErrors: [] });
    expect(await seenAt(eve, ada)).toBeNull();
    // Having been seen outlives an answer and its being taken back, and connects nobody.
    await done('rejectConnection', ada, bob);
    await done('cancelConnectionRejection', ada, bob);
    expect([await seenAt(ada, bob), await unseenOf(ada)]).toEqual([at, 0]);
  });

  it('rule 2, ids: what is malformed, of another type or unknown is NOT_FOUND with its path, and nothing is marked', async () => {
    const [ada, bob, carol] = await newPeople();
    await done('requestConnection', bob, ada);
    const unknown = encodeId('User', '01900000-0000-7000-8000-00000000000a');
    await done('blockUser', carol, ada);
    const answers: [string, unknown][] = [];
    for (const id of ['', 'x', bob.uuid, encodeId('Connection', bob.uuid), unknown, carol.id]) {
      answers.push([id, await mark(ada, [bob.id, id])]);
    }
    const refused = { code: 'NOT_FOUND', message: expect.any(String), path: ['userIds', '1'] };
    expect(answers).toEqual(answers.map(([id]) => [id, { seenCount: null, userErrors: [refused] }]));
    expect(await unseenOf(ada)).toBe(1);
  });

  it('takes 100 ids, and not one more', async () => {
    const [ada, bob] = await newPeople();
    await done('requestConnection', bob, ada);
    const ids = (count: number) => Array.from({ length: count }, () => bob.id);
    const refused = { code: 'TOO_MANY', message: expect.any(String), path: ['userIds'] };
    expect(await mark(ada, ids(101))).toEqual({ seenCount: null, userErrors: [refused] });
    expect(await unseenOf(ada)).toBe(1);
    expect(await mark(ada, ids(100))).toEqual({ seenCount: 1, userErrors: [] });
  });
});

describe('rule 3.7: deleting an account', () => {
  it('rule 3.7: ends all its connections and requests, with the counters of the others', async () => {
    const [ada, bob, carol] = await newPeople();
    const [dan] = await newPeople();
    await connect(ada, bob);
    await connect(bob, carol);
    await done('requestConnection', ada, carol);
    await done('requestConnection', dan, ada);
    await done('rejectConnection', ada, dan);
    await kith.mutate('deleteAccount', { username: ada.username }, ada.username);
    expect(await unseenOf(carol)).toBe(0);
    expect((await see(bob, carol)).viewer.user).toMatchObject({
      stats: { connections: 1 },
      connections: { totalCount: 1 },
    });
    expect((await see(dan, bob)).viewer.SENT_null).toMatchObject({ totalCount: 0, edges: [] });
    const { db } = kith.database;
    expect(await db.$count(connections, eq(connections.requesterId, ada.uuid))).toBe(0);
    expect(await db.$count(connections, eq(connections.addresseeId, ada.uuid))).toBe(0);
    expect(await db.$count(connected, eq(connected.peerId, ada.uuid))).toBe(0);
  });

  it('rule 3.7: also while everybody does something about it: no error but expected ones, exact counters', async () => {
    const peers = await crowd(kith, 'peer-of-leaver', 6);
    const met: string[] = [];
    for (let round = 0; round < 6; round++) {
      const [leaver] = await crowd(kith, `leaver-${round}`, 1);
      if (!leaver) throw new Error('There is one.');
      for (const peer of peers.slice(0, 3)) await connect(peer, leaver);
      const answers = peers.flatMap((peer) =>
        verbs.flatMap((verb) =>
          [
            [peer, leaver],
            [leaver, peer],
          ].map(async ([by, to]) => {
            const answer = await kith.send(
              `mutation { ${verb}(input: { userId: "${to?.id}" }) { user { id } connection { status } viewer { id } userErrors { code } } }`,
              { as: by?.username },
            );
            const codes = answer.data?.[verb]?.userErrors ?? [];
            // Whoever is being deleted may be told so.
            const own = by === leaver ? ['UNAUTHENTICATED'] : [];
            const errors = answer.errors.map((error) => String(error.extensions?.code));
            met.push(
              ...errors.filter((code) => !own.includes(code)).map((code) => `top ${verb} ${code}`),
              ...codes.map(({ code }: { code: string }) => code),
            );
          }),
        ),
      );
      const deletion = kith.mutate('deleteAccount', { username: leaver.username }, leaver.username);
      await Promise.all(answers);
      expect((await deletion).userErrors).toEqual([]);
    }
    // A payload may find the other gone that was there when it was done.
    expect(new Set(met.filter((code) => !/^top \w+ CONFLICT$/.test(code)))).toEqual(
      new Set(['NOT_FOUND', ...(met.includes('CONFLICT') ? ['CONFLICT'] : [])]),
    );
    for (const peer of peers) {
      const { viewer } = await see(peer, peer);
      expect(viewer.user).toMatchObject({ stats: { connections: 0 }, connections: { totalCount: 0 } });
      expect(viewer.RECEIVED_null.totalCount + viewer.SENT_null.totalCount).toBe(0);
      expect(await unseenOf(peer)).toBe(0);
    }
  });
});

describe('rule 4: COMMUNITY_MODE', () => {
  const followers = useTestApp({ env: { COMMUNITY_MODE: 'follow' } });
  const friends = useTestApp({ env: { COMMUNITY_MODE: 'friendship' } });

  it.each(verbs)('rule 4: in follow mode %s answers MODE_DISABLED, whoever it is about', async (verb) => {
    const [ada, bob] = await crowd(followers, 'any', 2);
    if (!ada || !bob) throw new Error('There are two.');
    for (const to of [bob, ada, { id: 'nobody' }]) {
      expect(await act(verb, ada, to, ends, followers)).toEqual({
        ...refusal('MODE_DISABLED'),
        userErrors: [{ code: 'MODE_DISABLED', message: expect.any(String), path: [] }],
      });
    }
    expect(await followers.database.db.$count(connections)).toBe(0);
  });

  it('rule 4: following goes on in follow mode, and connecting in friendship mode, where following does not', async () => {
    for (const [app, works, not] of [
      [followers, ['followUser', 'unfollowUser'], ['requestConnection']],
      [friends, ['requestConnection', 'cancelConnectionRequest'], ['followUser', 'unfollowUser']],
    ] as const) {
      const [ada, bob] = await crowd(app, 'some', 2);
      if (!ada || !bob) throw new Error('There are two.');
      for (const verb of works) await done(verb, ada, bob, app);
      for (const verb of not) {
        expect((await act(verb, ada, bob, '', app)).userErrors).toMatchObject([{ code: 'MODE_DISABLED' }]);
      }
    }
    const [ada, bob] = await crowd(friends, 'friend', 2);
    if (!ada || !bob) throw new Error('There are two.');
    for (const verb of ['requestConnection', 'removeConnection'] as const) {
      if (verb === 'removeConnection') await done('acceptConnection', bob, ada, friends);
      await done(verb, ada, bob, friends);
    }
    await done('requestConnection', ada, bob, friends);
    await done('rejectConnection', bob, ada, friends);
    await done('cancelConnectionRejection', bob, ada, friends);
  });
});

describe('rule 2, PENDING: REQUIRE_APPROVAL=true', () => {
  const pending = useTestApp({ env: { REQUIRE_APPROVAL: 'true' } });

  it.each(verbs)('rule 2: %s is a top-level FORBIDDEN for a pending account', async (verb) => {
    const id = await pending.idOf('bob');
    const document = `mutation { ${verb}(input: { userId: "${id}" }) { userErrors { code } } }`;
    const answer = await pending.send(document, { as: 'ada' });
    expect(answer.errors.map(({ path, extensions }) => ({ path, extensions }))).toEqual([
      { path: [verb], extensions: { code: 'FORBIDDEN' } },
    ]);
    expect(answer.data).toEqual({ [verb]: null });
    expect(await pending.database.db.$count(connections)).toBe(0);
  });

  it('rule 2: a pending account reads its requests and marks them seen', async () => {
    const answer = await pending.query(
      'mutation { markConnectionRequestsSeen(input: {}) { seenCount userErrors { code } } }',
      { as: 'reader' },
    );
    expect(answer).toEqual({ markConnectionRequestsSeen: { seenCount: 0, userErrors: [] } });
  });
});

describe('house rule 13: statements', () => {
  it('20 people, how the viewer stands to them, and 5 connections of each: as many statements as for 2', async () => {
    const app = kith;
    await app.database.db.update(users).set({ searchable: false });
    const people = await crowd(app, 'counted', 20);
    const at = clock.now();
    const rows = people.flatMap((one, n) =>
      people.slice(n + 1, n + 7).map((other, m) => {
        const id = crypto.randomUUID();
        const asked = {
          id,
          shownId: id,
          requesterId: one.uuid,
          addresseeId: other.uuid,
          createdAt: at,
          shownAt: at,
        };
        return n === 0 && m < 2 ? asked : { ...asked, status: 'ACCEPTED' as const, acceptedAt: at };
      }),
    );
    await app.database.db.insert(connections).values(rows);
    const counts = [];
    for (const first of [2, 20]) {
      app.database.statements.length = 0;
      const data = await app.query(
        `{ users(first: ${first}) { nodes { username relationship { connectionState connection { id status } }
            connections(first: 5) { totalCount nodes { username } } } } }`,
        { as: people[0]?.username },
      );
      expect(data.users.nodes).toHaveLength(first);
      counts.push(app.database.statements.length);
    }
    // The token's account, the page; of those on it, how the viewer stands to them, the viewer's connections with
    // them, pages of their connections, and the totals of these.
    expect(counts, app.database.statements.join('\n\n').slice(0, 5_000)).toEqual([6, 6]);
  });
});
