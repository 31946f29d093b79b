// Domain rule 4: the states of a connection and what its two people are told of it, against a model of the rules; and any
// number of acts at once.
import { eq, inArray, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocks } from '../../src/features/blocks/table.ts';
import { connected, connections } from '../../src/features/connections/table.ts';
import { userStats, users } from '../../src/features/users/table.ts';
import { decodeId } from '../../src/graphql/node.ts';
import { useTestApp } from '../helpers/app.ts';
import { crowd, type Person } from '../helpers/crowd.ts';
import { expectExactInboxes } from '../helpers/inbox.ts';
import { testClock } from '../helpers/lists.ts';

const clock = testClock();
const kith = useTestApp({ now: clock.now });

const day = 24 * 3_600_000;
const acts = [
  'requestConnection',
  'cancelConnectionRequest',
  'acceptConnection',
  'rejectConnection',
  'cancelConnectionRejection',
  'removeConnection',
  'blockUser',
  'unblockUser',
  'markConnectionRequestsSeen',
  'markNotificationsSeen',
] as const;
type Act = (typeof acts)[number];
/** Those that are about nobody. */
const marks: readonly Act[] = ['markConnectionRequestsSeen', 'markNotificationsSeen'];
/** One of the two people of a model. */
type Side = 0 | 1;
const otherOf = (me: Side): Side => (me === 0 ? 1 : 0);

/** A connection as one of the two sees it; `episode` stands for its id. */
interface Seen {
  episode: number;
  requester: Side;
  status: 'PENDING' | 'ACCEPTED' | 'REJECTED';
  createdAt: string;
  acceptedAt: string | null;
  seenAt: string | null;
  rejectedAt: string | null;
}

/** What one of the two was told of the other's act; `episode` stands for its subject's id. */
interface Told {
  kind: 'CONNECTION_REQUESTED' | 'CONNECTION_ACCEPTED';
  episode: number;
  at: string;
  seenAt: string | null;
}

/**
 * What the rules say of two people. There is a tie that both know of, or a ghost, which is what is left of a rejected
 * request once it was withdrawn: nobody sees it, save for its requester when they have asked again.
 */
class Model {
  tie: (Seen & { shown: number; shownAt: string }) | null = null;
  ghost: (NonNullable<Model['tie']> & { until: number; asked: boolean }) | null = null;
  blocker: Side | null = null;
  /** What each was told: of one tie there is but one thing for either to be told of. */
  told: [Told | null, Told | null] = [null, null];
  #episodes = 0;

  /** Does it as the rules say. @returns the code of the refusal, or null. */
  act(act: Act, me: Side, now: Date): string | null {
    const at = now.toISOString();
    const { tie } = this;
    const mine = tie?.requester === me;
    if (this.ghost && !this.ghost.asked && this.ghost.until <= now.getTime()) this.ghost = null;
    if (act === 'markConnectionRequestsSeen') {
      if (tie?.status === 'PENDING' && !mine) tie.seenAt ??= at;
      return null;
    }
    if (act === 'markNotificationsSeen') return this.#seen(me, at);
    if (this.blocker !== null) {
      if (this.blocker !== me) return 'NOT_FOUND';
      if (act !== 'unblockUser') return act === 'blockUser' ? 'ALREADY_EXISTS' : 'BLOCKED';
      this.blocker = null;
      return null;
    }
    const haunts = this.ghost?.asked && this.ghost.requester === me;
    switch (act) {
      case 'requestConnection':
        if (tie) {
          if (!mine && tie.status === 'REJECTED') return 'CONFLICT';
          return mine || tie.status === 'ACCEPTED' ? null : this.#accept(tie, at);
        }
        if (this.ghost?.requester === me) {
          if (!haunts) Object.assign(this.ghost, { asked: true, shown: ++this.#episodes, shownAt: at });
          return null;
        }
        if (this.ghost?.asked) return this.#accept(this.ghost, at);
        this.ghost = null;
        this.tie = this.#asked(me, at);
        return null;
      case 'cancelConnectionRequest':
        if (!haunts && (!mine || tie?.status === 'ACCEPTED')) return 'NOT_FOUND';
        return this.#end(now);
      case 'acceptConnection':
        if (tie?.status === 'ACCEPTED') return null;
        return tie && !mine && tie.status === 'PENDING' ? this.#accept(tie, at) : 'NOT_FOUND';
      case 'rejectConnection':
        if (!tie || mine || tie.status === 'ACCEPTED') return 'NOT_FOUND';
        if (tie.status === 'PENDING') {
          Object.assign(tie, { status: 'REJECTED', rejectedAt: at, seenAt: tie.seenAt ?? at });
          this.#seen(me, at);
        }
        return null;
      case 'cancelConnectionRejection':
        if (!tie || mine || tie.status !== 'REJECTED') return 'NOT_FOUND';
        Object.assign(tie, { status: 'PENDING', rejectedAt: null });
        return null;
      case 'removeConnection':
        return tie?.status === 'ACCEPTED' ? this.#end(now) : 'NOT_FOUND';
      case 'blockUser':
        this.blocker = me;
        return this.#end(now);
      case 'unblockUser':
        return 'GONE';
    }
  }

  #asked(requester: Side, at: string): NonNullable<Model['tie']> {
    const episode = ++this.#episodes;
    this.told[otherOf(requester)] = { kind: 'CONNECTION_REQUESTED', episode, at, seenAt: null };
    const dates = { createdAt: at, shownAt: at, acceptedAt: null, seenAt: null, rejectedAt: null };
    return { episode, shown: episode, requester, status: 'PENDING', ...dates };
  }

  #accept(asked: NonNullable<Model['tie']>, at: string): null {
    const seenAt = asked.seenAt ?? at;
    this.tie = { ...asked, status: 'ACCEPTED', acceptedAt: at, seenAt, rejectedAt: null };
    this.ghost = null;
    // Of a request that reached nobody its addressee was told nothing.
    this.#seen(otherOf(asked.requester), at);
    this.told[asked.requester] = { kind: 'CONNECTION_ACCEPTED', episode: asked.shown, at, seenAt: null };
    return null;
  }

  #seen(me: Side, at: string): null {
    const told = this.told[me];
    if (told) told.seenAt ??= at;
    return null;
  }

  /** A rejected request that is withdrawn is kept for 30 days; all else is gone. */
  #end(now: Date): null {
    const rejected = this.tie?.status === 'REJECTED' ? this.tie : this.ghost;
    this.ghost = rejected && { ...rejected, asked: false, until: now.getTime() + 30 * day };
    this.tie = null;
    this.told = [null, null];
    return null;
  }

  /** What one of the two sees. */
  seenBy(me: Side): Seen | null {
    const known = this.tie ?? (this.ghost?.asked && this.ghost.requester === me ? this.ghost : null);
    if (!known || this.blocker !== null) return null;
    const { episode, requester, status, createdAt, acceptedAt, seenAt, rejectedAt } = known;
    if (requester !== me) return { episode, requester, status, createdAt, acceptedAt, seenAt, rejectedAt };
    const shown = { episode: known.shown, requester, createdAt: known.shownAt, acceptedAt };
    return { ...shown, status: status === 'REJECTED' ? 'PENDING' : status, seenAt: null, rejectedAt: null };
  }
}

const fields = `id requester { id } addressee { id } peer { id } status createdAt acceptedAt seenAt rejectedAt`;
const listed = ['RECEIVED', 'SENT'].flatMap((direction) =>
  [null, 'PENDING', 'ACCEPTED', 'REJECTED'].map((status) => ({
    name: `${direction}_${status}`,
    direction,
    status: status ?? 'PENDING',
    field: `${direction}_${status}: connectionRequests(first: 3, direction: ${direction}, status: ${status}) { totalCount nodes { ${fields} } }`,
  })),
);
const news = 'id kind actors { id } actorsCount subject { __typename id } createdAt updatedAt seenAt';
const inbox = `unseen { total notifications connectionRequests }
  notifications(first: 3) { totalCount nodes { ${news} } }
  fresh: notifications(first: 3, unseenOnly: true) { totalCount nodes { id } }`;
const people = `stats { connections } connections(first: 3) { totalCount edges { connectedAt node { id } } }`;
const everything = `query ($other: ID!, $ids: [ID!]!, $told: [ID!]!) {
  user(by: { id: $other }) { ${people} mutualConnections { totalCount }
    relationship { connectionState connection { ${fields} } } }
  viewer { user { ${people} } ${inbox} ${listed.map(({ field }) => field).join('\n')} }
  nodes(ids: $ids) { ... on Connection { ${fields} } }
  told: nodes(ids: $told) { ... on Notification { ${news} } }
}`;

/** Two people, the server and the model. */
class Pair {
  readonly model = new Model();
  /** For each of the two, the ids that they were shown, by the model's episode. */
  readonly ids = [new Map<number, string>(), new Map<number, string>()] as const;
  /** And the ids of the notifications, by kind and episode. */
  readonly told = [new Map<string, string>(), new Map<string, string>()] as const;
  readonly two: readonly [Person, Person];
  constructor(two: readonly [Person, Person]) {
    this.two = two;
  }

  async act(act: Act, me: Side): Promise<void> {
    const unseen = this.#unseenBy(me);
    const expected = this.model.act(act, me, clock.now());
    if (marks.includes(act)) {
      const seenCount = act === 'markNotificationsSeen' ? unseen.notifications : unseen.connectionRequests;
      expect(await kith.mutate(act, {}, this.two[me].username, 'seenCount')).toEqual({
        seenCount,
        userErrors: [],
      });
      return;
    }
    const payload = await kith.mutate(act, { userId: this.two[otherOf(me)].id }, this.two[me].username);
    expect(payload.userErrors, act).toEqual(
      expected === null ? [] : [{ code: expected, message: expect.any(String), path: ['userId'] }],
    );
  }

  /** Everything that can be seen is what the model says, on both sides. */
  async check(): Promise<void> {
    for (const me of [0, 1] as const) await this.#checkSide(me);
    const unseen = await kith.database.db
      .select({ id: userStats.userId, count: userStats.unseenRequests })
      .from(userStats)
      .where(
        inArray(
          userStats.userId,
          this.two.map(({ uuid }) => uuid),
        ),
      );
    for (const me of [0, 1] as const) {
      const { connectionRequests } = this.#unseenBy(me);
      expect(unseen.find(({ id }) => id === this.two[me].uuid)?.count).toBe(connectionRequests);
    }
  }

  #unseenBy(me: Side): { total: number; notifications: number; connectionRequests: number } {
    const { tie, told } = this.model;
    const waiting = tie?.status === 'PENDING' && tie.requester !== me && tie.seenAt === null;
    const notifications = told[me]?.seenAt === null ? 1 : 0;
    return { total: notifications, notifications, connectionRequests: waiting ? 1 : 0 };
  }

  async #checkSide(me: Side): Promise<void> {
    const [own, peer] = [this.two[me], this.two[otherOf(me)]];
    const [known, heard] = [this.ids[me], this.told[me]];
    const data = await kith.query(everything, {
      as: own.username,
      variables: { other: peer.id, ids: [...known.values()], told: [...heard.values()] },
    });
    const seen = this.model.seenBy(me);
    const isConnected = seen?.status === 'ACCEPTED';
    const connectedTo = (peer: Person) => ({
      stats: { connections: isConnected ? 1 : 0 },
      connections: isConnected
        ? { totalCount: 1, edges: [{ connectedAt: seen.acceptedAt, node: { id: peer.id } }] }
        : { totalCount: 0, edges: [] },
    });
    const id = data.user?.relationship.connection?.id;
    const connection = seen && this.#asShown(seen, me, id);
    const told = this.#toldTo(me, data.viewer.notifications.nodes[0]?.id, id);
    const fresh = told?.seenAt === null ? [{ id: told.id }] : [];
    const state = () => {
      if (!seen) return 'NONE';
      if (seen.status === 'ACCEPTED') return 'CONNECTED';
      if (seen.requester === me) return 'REQUESTED';
      return seen.status === 'PENDING' ? 'RECEIVED' : 'REJECTED';
    };
    const direction = seen?.requester === me ? 'SENT' : 'RECEIVED';
    expect(data).toEqual({
      user:
        this.model.blocker === null
          ? {
              ...connectedTo(own),
              mutualConnections: { totalCount: 0 },
              relationship: { connectionState: state(), connection },
            }
          : null,
      viewer: {
        user: connectedTo(peer),
        unseen: this.#unseenBy(me),
        notifications: { totalCount: told ? 1 : 0, nodes: told ? [told] : [] },
        fresh: { totalCount: fresh.length, nodes: fresh },
        ...Object.fromEntries(
          listed.map((list) => [
            list.name,
            seen && list.direction === direction && list.status === seen.status
              ? { totalCount: 1, nodes: [connection] }
              : { totalCount: 0, nodes: [] },
          ]),
        ),
      },
      // An id leads to what there is now, or nowhere.
      nodes: [...known.keys()].map((episode) => (episode === seen?.episode ? connection : null)),
      told: [...heard.values()].map((one) => (one === told?.id ? told : null)),
    });
    this.#know(me, told?.id);
    if (!seen) return;
    // One id for one request, as long as it is the same to this person, and another for each other one.
    expect(known.get(seen.episode) ?? id).toBe(id);
    known.set(seen.episode, id);
    expect(new Set(known.values()).size).toBe(known.size);
  }

  /** What one of the two finds in their list, if anything: about the connection that they see. */
  #toldTo(me: Side, id: unknown, connection: unknown) {
    const told = this.model.told[me];
    if (!told) return null;
    const { kind, at, seenAt, episode } = told;
    expect(this.model.seenBy(me)?.episode).toBe(episode);
    const subject = { __typename: 'Connection', id: connection };
    const actors = [{ id: this.two[otherOf(me)].id }];
    return { id, kind, actors, actorsCount: 1, subject, createdAt: at, updatedAt: at, seenAt };
  }

  /** One id for one notification as long as it is there, and another for each other one. */
  #know(me: Side, id: unknown): void {
    const told = this.model.told[me];
    if (!told) return;
    const known = this.told[me];
    const key = `${told.kind} ${told.episode}`;
    if (typeof id !== 'string') throw new Error('A notification has an id.');
    expect(known.get(key) ?? id).toBe(id);
    known.set(key, id);
    expect(new Set(known.values()).size).toBe(known.size);
  }

  #asShown({ episode: _, requester, ...rest }: Seen, me: Side, id: unknown) {
    const [from, to] = [this.two[requester], this.two[otherOf(requester)]];
    const peer = { id: requester === me ? to.id : from.id };
    return { id, requester: { id: from.id }, addressee: { id: to.id }, peer, ...rest };
  }
}

const weights: Partial<Record<Act, number>> = {
  requestConnection: 6,
  cancelConnectionRequest: 4,
  rejectConnection: 4,
  unblockUser: 2,
};
const anAct = fc.oneof(
  ...acts.map((act) => ({ arbitrary: fc.constant<Act>(act), weight: weights[act] ?? 1 })),
);
const aStep = fc.oneof(
  { arbitrary: fc.record({ act: anAct, me: fc.constantFrom<Side>(0, 1) }), weight: 8 },
  { arbitrary: fc.record({ days: fc.constantFrom(1, 14, 29, 30, 31) }), weight: 1 },
);
type Step = { act: Act; me: Side } | { days: number };

let made = 0;
async function newPair(): Promise<Pair> {
  const [one, other] = await crowd(kith, `pair-${++made}`, 2);
  if (!one || !other) throw new Error('There are two.');
  return new Pair([one, other]);
}

async function follow(steps: readonly Step[]): Promise<Set<string>> {
  const pair = await newPair();
  const met = new Set<string>();
  for (const step of steps) {
    clock.tick(1);
    if ('days' in step) clock.tick(step.days * day - 1);
    else await pair.act(step.act, step.me);
    await pair.check();
    const { tie, ghost } = pair.model;
    met.add(tie?.status ?? (ghost ? `ghost${ghost.asked ? ', asked again' : ''}` : 'none'));
  }
  return met;
}

describe('rule 4: a connection is what the rules make of it', () => {
  const [ask, withdraw, accept, reject, reopen, remove, block, unblock, mark, read] = acts;
  const requester = (...list: Act[]): Step[] => list.map((act) => ({ act, me: 0 }));
  const addressee = (...list: Act[]): Step[] => list.map((act) => ({ act, me: 1 }));
  const rejected = [...requester(ask), ...addressee(reject)];

  it('rule 4: random acts by two people: after each, all that either sees is what the model says', async () => {
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(aStep, { minLength: 14, maxLength: 24 }), async (steps) => {
        for (const state of await follow(steps)) met.add(state);
      }),
      // The first run meets every state, whatever the others do.
      { numRuns: 12, examples: [[[...rejected, ...addressee(reopen, accept, remove)]]] },
    );
    for (const state of ['none', 'PENDING', 'ACCEPTED', 'REJECTED']) expect(met).toContain(state);
  }, 180_000);

  it.each<[string, Step[]]>([
    ['each act from each state', acts.flatMap((act) => [...requester(act), ...addressee(act)])],
    ['a rejection and its being taken back', [...rejected, ...requester(ask), ...addressee(reopen, accept)]],
    ['asking whom one has rejected', [...rejected, ...addressee(ask, reopen, ask, remove)]],
    ['withdrawing and asking again, twice', [...rejected, ...requester(withdraw, ask, ask, withdraw, ask)]],
    [
      'accepting what reached nobody, by asking',
      [...rejected, ...requester(withdraw, ask), ...addressee(accept, reject, reopen, mark, ask)],
    ],
    [
      'asking whom one had rejected and who withdrew',
      [...rejected, ...requester(withdraw), ...addressee(ask), ...requester(accept)],
    ],
    [
      'one moment before the 30 days are over',
      [
        ...rejected,
        ...requester(withdraw),
        { days: 29 },
        ...requester(ask),
        { days: 30 },
        ...requester(ask, withdraw, ask),
      ],
    ],
    [
      '30 days after the withdrawal',
      [...rejected, ...requester(withdraw), { days: 30 }, ...requester(ask), ...addressee(mark, accept)],
    ],
    [
      '30 days after, the other way round',
      [...rejected, ...requester(withdraw), { days: 30 }, ...addressee(ask), ...requester(reject)],
    ],
    [
      'a block by the requester',
      [...rejected, ...requester(block, unblock, ask), { days: 29 }, ...requester(withdraw, ask)],
    ],
    [
      'a block by the addressee',
      [...rejected, ...addressee(block, unblock), ...requester(ask), ...addressee(mark)],
    ],
    [
      'a block of one that was asked again',
      [...rejected, ...requester(withdraw, ask, block, unblock), { days: 30 }, ...requester(ask)],
    ],
    [
      'reading what one was told, before an answer and after',
      [
        ...requester(ask),
        ...addressee(read, accept),
        ...requester(read, remove, ask),
        ...addressee(reject, read, reopen, accept),
        ...requester(read),
      ],
    ],
    [
      'a block of two who are connected',
      [...requester(ask), ...addressee(accept, block), ...requester(ask), ...addressee(ask, unblock)],
    ],
  ])('rule 4: %s', async (_name, steps) => {
    await follow(steps);
  });
});

/** Runs the jobs, so many at a time. */
async function hammer<T>(jobs: readonly T[], writers: number, run: (job: T) => Promise<void>): Promise<void> {
  const queue = jobs.values();
  await Promise.all(
    Array.from({ length: writers }, async () => {
      for (const job of queue) await run(job);
    }),
  );
}

/** Stored counters and the table `connected` are what the table of connections says. */
async function expectExact(): Promise<void> {
  const { db } = kith.database;
  const countOf = (which: ReturnType<typeof sql>) =>
    sql<number>`(SELECT count(*)::int FROM ${connections} WHERE ${which})`;
  const rows = await db
    .select({
      username: users.username,
      stored: { connections: userStats.connections, unseen: userStats.unseenRequests },
      connections: countOf(
        sql`${connections.status} = 'ACCEPTED' AND ${userStats.userId} IN (${connections.requesterId}, ${connections.addresseeId})`,
      ),
      unseen: countOf(
        sql`${connections.status} = 'PENDING' AND ${connections.seenAt} IS NULL AND ${connections.addresseeId} = ${userStats.userId}`,
      ),
    })
    .from(userStats)
    .innerJoin(users, eq(users.id, userStats.userId));
  expect(rows).toHaveLength(await db.$count(users));
  expect(
    rows.filter(
      ({ stored, ...real }) => stored.connections !== real.connections || stored.unseen !== real.unseen,
    ),
  ).toEqual([]);
  const pairOf = (a: string, b: string) => [a, b].sort().join();
  const both = (await db.select().from(connected)).map((row) => `${row.userId},${row.peerId}`).toSorted();
  const accepted = await db.select().from(connections).where(eq(connections.status, 'ACCEPTED'));
  expect(both).toEqual(
    accepted.flatMap(({ requesterId: a, addresseeId: b }) => [`${a},${b}`, `${b},${a}`]).toSorted(),
  );
  await expectExactInboxes(kith);
  const all = (await db.select().from(connections)).map((row) => pairOf(row.requesterId, row.addresseeId));
  expect(new Set(all).size, 'one row a pair').toBe(all.length);
  // Beside a block there is nothing that anybody would see, were it taken back.
  const beside = await db
    .select({ status: connections.status, askedAgain: connections.askedAgain })
    .from(connections)
    .innerJoin(
      blocks,
      sql`(${blocks.blockerId}, ${blocks.blockedId}) IN ((${connections.requesterId}, ${connections.addresseeId}), (${connections.addresseeId}, ${connections.requesterId}))`,
    )
    .where(sql`${connections.withdrawnAt} IS NULL OR ${connections.askedAgain}`);
  expect(beside).toEqual([]);
}

describe('rule 4: any interleaving of concurrent acts', () => {
  it('rule 4: of two crossing requests, 200 times, there is exactly one row, and it is ACCEPTED', async () => {
    const crossing = await crowd(kith, 'cross', 400);
    const pairs = crossing.slice(0, 200).map((one, n) => [one, crossing[n + 200]] as const);
    await hammer(pairs, 10, async ([one, other]) => {
      if (!other) throw new Error('There are as many others.');
      const payloads = await Promise.all([
        kith.mutate('requestConnection', { userId: other.id }, one.username, 'connection { status }'),
        kith.mutate('requestConnection', { userId: one.id }, other.username, 'connection { status }'),
      ]);
      expect(payloads.map(({ userErrors }) => userErrors)).toEqual([[], []]);
      // Whichever came second was told so.
      expect(payloads.map(({ connection }) => connection?.status)).toContain('ACCEPTED');
    });
    const rows = await kith.database.db
      .select({ status: connections.status, count: sql<number>`count(*)::int` })
      .from(connections)
      .where(
        inArray(
          connections.requesterId,
          crossing.map(({ uuid }) => uuid),
        ),
      )
      .groupBy(connections.status);
    expect(rows).toEqual([{ status: 'ACCEPTED', count: 200 }]);
    await expectExact();
  });

  it('rule 4: 10 parallel acts of one kind by one person do it once', async () => {
    const [ada, bob] = await crowd(kith, 'once', 2);
    if (!ada || !bob) throw new Error('There are two.');
    const all = async (act: Act, by: Person, to: Person) => {
      const payloads = await Promise.all(
        Array.from({ length: 10 }, () => kith.mutate(act, { userId: to.id }, by.username)),
      );
      await expectExact();
      return payloads.flatMap(({ userErrors }) => userErrors.map(({ code }: { code: string }) => code));
    };
    const none = Array(9).fill('NOT_FOUND');
    expect(await all('requestConnection', ada, bob)).toEqual([]);
    expect(await all('rejectConnection', bob, ada)).toEqual([]);
    expect(await all('cancelConnectionRejection', bob, ada)).toEqual(none);
    expect(await all('acceptConnection', bob, ada)).toEqual([]);
    expect(await all('removeConnection', bob, ada)).toEqual(none);
    expect(await all('requestConnection', ada, bob)).toEqual([]);
    expect(await all('cancelConnectionRequest', ada, bob)).toEqual(none);
    expect(
      await kith.database.db.$count(connections, eq(connections.requesterId, decodeId(ada.id)?.id ?? '')),
    ).toBe(0);
  });

  it('rule 4: 50 parallel writers over ten people: exact counters, nothing beside a block, no error but expected ones', async () => {
    const ten = await crowd(kith, 'ham', 10);
    const seed = Math.trunc(Math.random() * 2 ** 31);
    const deeds = fc.sample(
      fc.record({ act: anAct, actor: fc.nat(9), step: fc.integer({ min: 1, max: 9 }) }),
      { seed, numRuns: 1_200 },
    );
    const met: Record<string, number> = {};
    await hammer(deeds, 50, async ({ act, actor, step }) => {
      const [by, to] = [ten[actor], ten[(actor + step) % 10]];
      if (!by || !to) throw new Error('A deed is among the people.');
      const input = marks.includes(act) ? '{}' : `{ userId: "${to.id}" }`;
      const ends = `user { stats { connections } relationship { connectionState } } viewer { user { stats { connections } } } connection { status }`;
      const selection = marks.includes(act) ? 'seenCount' : /block/i.test(act) ? '' : ends;
      const { errors, data } = await kith.send(
        `mutation { ${act}(input: ${input}) { ${selection} userErrors { code } } }`,
        { as: by.username },
      );
      const codes = data?.[act]?.userErrors.map(({ code }: { code: string }) => code) ?? [];
      for (const code of [...errors.map((e) => `${act}: ${e.extensions?.code}`), ...codes])
        met[code] = (met[code] ?? 0) + 1;
    });
    const expected = ['NOT_FOUND', 'CONFLICT', 'BLOCKED', 'ALREADY_EXISTS', 'GONE'];
    expect(
      Object.keys(met).filter((code) => !expected.includes(code)),
      `seed ${seed}\n${JSON.stringify(met)}\n${kith.logged
        .filter((line) => line.includes('"err"'))
        .slice(0, 3)
        .join('')
        .slice(0, 3_000)}`,
    ).toEqual([]);
    // Or the people would hardly have met.
    expect(Object.keys(met).toSorted()).toEqual(expected.toSorted());
    await expectExact();
    const { nodes } = await kith.query(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on User { stats { connections } connections { totalCount } } } }',
      { variables: { ids: ten.map(({ id }) => id) } },
    );
    for (const { stats, connections: list } of nodes) expect(list.totalCount).toBe(stats.connections);
  });

  it('rule 4: a requester who asks and blocks at once, and unblocks, finds nothing, whether or not they were rejected', async () => {
    const [many, others] = [await crowd(kith, 'blocker', 20), await crowd(kith, 'asked', 20)];
    const left = { new: 0, rejected: 0 };
    const pairs = many.map((ada, n) => [ada, others[n], n % 2 ? 'rejected' : 'new'] as const);
    await hammer(pairs, 4, async ([ada, bob, kind]) => {
      if (!bob) throw new Error('There are as many others.');
      const act = (name: Act, by = ada, to = bob) => kith.mutate(name, { userId: to.id }, by.username);
      if (kind === 'rejected') {
        await act('requestConnection');
        await act('rejectConnection', bob, ada);
        await act('cancelConnectionRequest');
      }
      for (let round = 0; round < 5; round++) {
        await Promise.all([
          ...Array.from({ length: 4 }, () => act('requestConnection')),
          act('blockUser'),
          ...Array.from({ length: 4 }, () => act('requestConnection')),
        ]);
        await act('unblockUser');
        const { user } = await kith.query(
          `{ user(by: { id: "${bob.id}" }) { relationship { connectionState } } }`,
          { as: ada.username },
        );
        if (user.relationship.connectionState !== 'NONE') left[kind]++;
      }
    });
    expect(left).toEqual({ new: 0, rejected: 0 });
  });
});
