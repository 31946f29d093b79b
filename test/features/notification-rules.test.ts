// Notifications against a model of the rules, and any number of acts at once. Act by act: notifications.test.ts.
import { eq, inArray } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { transaction } from '../../src/db/errors.ts';
import { hides } from '../../src/features/blocks/table.ts';
import { forgetActs } from '../../src/features/notifications/act-store.ts';
import { inboxes, notificationActors, notifications } from '../../src/features/notifications/table.ts';
import { users } from '../../src/features/users/table.ts';
import { useTestApp } from '../helpers/app.ts';
import { crowd, type Person } from '../helpers/crowd.ts';
import { expectExactInboxes, readInbox } from '../helpers/inbox.ts';
import { testClock } from '../helpers/lists.ts';

const clock = testClock();
const kith = useTestApp({ now: clock.now });

/** What somebody can do to somebody. */
const verbs = [
  'followUser',
  'unfollowUser',
  'removeFollower',
  'requestConnection',
  'cancelConnectionRequest',
  'acceptConnection',
  'removeConnection',
  'blockUser',
  'unblockUser',
  'hideUser',
  'unhideUser',
] as const;
type Verb = (typeof verbs)[number];

/** A step: somebody to the receiver or the receiver to them, the receiver alone, or an operator. */
type Step =
  | { verb: Verb; other: number; by: 'other' | 'receiver' }
  | { own: 'mark all' | 'mark newest' | 'mute' | 'unmute' }
  | { operator: 'suspend' | 'restore'; other: number };

/** One who did it, when, and as which of all acts that the receiver was told of. */
interface Act {
  actor: number;
  nth: number;
  at: string;
}
/** A notification: it stands where its newest act puts it. */
interface Row {
  kind: string;
  acts: Act[];
  seen: { nth: number; at: string } | null;
}
interface Shown {
  kind: string;
  actors: number[];
  actorsCount: number;
  updatedAt: string;
  seenAt: string | null;
}

const newestOf = (acts: readonly Act[]): Act => {
  const [newest] = acts.toSorted((a, b) => b.nth - a.nth);
  if (!newest) throw new Error('A notification has an actor.');
  return newest;
};

/** How the receiver and somebody else stand. */
interface Standing {
  follows: boolean;
  /** By whom one of the two asked the other. */
  tie: { from: 'other' | 'receiver'; accepted: boolean } | null;
  blockedBy: 'other' | 'receiver' | null;
  hiddenBy: Set<'other' | 'receiver'>;
  suspended: boolean;
}

/** What the rules say that one person is told. */
class Model {
  readonly #rows = new Map<string, Row>();
  readonly #others: Standing[];
  #nth = 0;
  #muted = false;
  constructor(others: number) {
    this.#others = Array.from({ length: others }, () => ({
      follows: false,
      tie: null,
      blockedBy: null,
      hiddenBy: new Set(),
      suspended: false,
    }));
  }

  step(step: Step, at: string): void {
    if ('own' in step) {
      if (step.own === 'mute' || step.own === 'unmute') this.#muted = step.own === 'mute';
      else this.#mark(step.own === 'mark newest' ? this.shownRows().slice(0, 1) : this.shownRows(), at);
      return;
    }
    const other = this.#others[step.other];
    if (!other) throw new Error('There is such a one.');
    if ('operator' in step) other.suspended = step.operator === 'suspend';
    else this.#act(step.verb, step.by, step.other, other, at);
  }

  #act(verb: Verb, by: 'other' | 'receiver', n: number, other: Standing, at: string): void {
    // Unblocking is all that can be done where there is a block, and to somebody suspended.
    if (verb === 'unblockUser') {
      if (other.blockedBy === by && (by === 'receiver' || !other.suspended)) other.blockedBy = null;
      return;
    }
    if (other.suspended || other.blockedBy !== null) return;
    const { tie } = other;
    const mine = tie?.from === by;
    switch (verb) {
      case 'followUser':
        if (by === 'other' && !other.follows) this.#tell('FOLLOWED', n, other, at);
        if (by === 'other') other.follows = true;
        return;
      case 'unfollowUser':
      case 'removeFollower':
        // Whoever the receiver follows is no matter here.
        if ((verb === 'unfollowUser') !== (by === 'other')) return;
        other.follows = false;
        this.#takeBack('FOLLOWED', n);
        return;
      case 'requestConnection':
        if (!tie) {
          other.tie = { from: by, accepted: false };
          if (by === 'other') this.#tell('CONNECTION_REQUESTED', n, other, at);
        } else if (!mine) this.#accept(n, other, at);
        return;
      case 'acceptConnection':
        if (tie && !mine) this.#accept(n, other, at);
        return;
      case 'cancelConnectionRequest':
        if (tie && mine && !tie.accepted) this.#end(n, other);
        return;
      case 'removeConnection':
        if (tie?.accepted) this.#end(n, other);
        return;
      case 'blockUser':
        other.blockedBy = by;
        other.follows = false;
        this.#takeBack('FOLLOWED', n);
        this.#end(n, other);
        return;
      case 'hideUser':
        other.hiddenBy.add(by);
        if (by === 'receiver') {
          for (const kind of ['FOLLOWED', 'CONNECTION_REQUESTED', 'CONNECTION_ACCEPTED'])
            this.#takeBack(kind, n);
        }
        return;
      case 'unhideUser':
        other.hiddenBy.delete(by);
    }
  }

  #accept(n: number, other: Standing, at: string): void {
    if (!other.tie || other.tie.accepted) return;
    other.tie.accepted = true;
    if (other.tie.from === 'receiver') this.#tell('CONNECTION_ACCEPTED', n, other, at);
    else
      this.#mark(
        [...this.#rows].filter(([key]) => key === this.#key('CONNECTION_REQUESTED', n)).map(([, row]) => row),
        at,
      );
  }

  #end(n: number, other: Standing): void {
    other.tie = null;
    for (const kind of ['CONNECTION_REQUESTED', 'CONNECTION_ACCEPTED']) this.#takeBack(kind, n);
  }

  /** Follows are about the receiver, all else about the tie with somebody. */
  #key(kind: string, n: number): string {
    return kind === 'FOLLOWED' ? kind : `${kind} ${n}`;
  }

  #tell(kind: string, actor: number, { hiddenBy }: Standing, at: string): void {
    if (hiddenBy.size > 0 || (this.#muted && kind === 'FOLLOWED')) return;
    const row = this.#rows.get(this.#key(kind, actor)) ?? { kind, acts: [], seen: null };
    row.acts.push({ actor, nth: ++this.#nth, at });
    this.#rows.set(this.#key(kind, actor), row);
  }

  #takeBack(kind: string, actor: number): void {
    const row = this.#rows.get(this.#key(kind, actor));
    if (!row) return;
    row.acts = row.acts.filter((act) => act.actor !== actor);
    if (row.acts.length === 0) this.#rows.delete(this.#key(kind, actor));
  }

  #mark(rows: readonly Row[], at: string): void {
    for (const row of rows) if (this.#isUnseen(row)) row.seen = { nth: newestOf(row.acts).nth, at };
  }

  #isShown(actor: number): boolean {
    return this.#others[actor]?.suspended === false;
  }

  #shownActs({ acts }: Row): Act[] {
    return acts.filter(({ actor }) => this.#isShown(actor)).toSorted((a, b) => b.nth - a.nth);
  }

  /** Somebody who can be found did it since. */
  #isUnseen(row: Row): boolean {
    return newestOf(this.#shownActs(row)).nth > (row.seen?.nth ?? 0);
  }

  /** Those that somebody did who can be found, in the order of their newest acts, whoever did these. */
  shownRows(): Row[] {
    return [...this.#rows.values()]
      .filter(({ acts }) => acts.some(({ actor }) => this.#isShown(actor)))
      .sort((a, b) => newestOf(b.acts).nth - newestOf(a.acts).nth);
  }

  shown(): { told: Shown[]; unseen: { total: number; notifications: number; connectionRequests: number } } {
    const rows = this.shownRows();
    const told = rows.map((row) => {
      const acts = this.#shownActs(row);
      return {
        kind: row.kind,
        actors: acts.map(({ actor }) => actor),
        actorsCount: acts.length,
        updatedAt: newestOf(acts).at,
        seenAt: this.#isUnseen(row) ? null : (row.seen?.at ?? null),
      };
    });
    const notifications = rows.filter((row) => this.#isUnseen(row)).length;
    const connectionRequests = this.#others.filter(
      ({ tie, suspended }) => tie?.from === 'other' && !tie.accepted && !suspended,
    ).length;
    return { told, unseen: { total: notifications, notifications, connectionRequests } };
  }
}

const others = 4;
const weights: Partial<Record<Verb, number>> = {
  followUser: 8,
  requestConnection: 5,
  acceptConnection: 2,
  unblockUser: 3,
  unhideUser: 3,
  unfollowUser: 2,
};
const anOther = fc.nat(others - 1);
const aStep: fc.Arbitrary<Step> = fc.oneof(
  {
    arbitrary: fc.record({
      verb: fc.oneof(
        ...verbs.map((verb) => ({ arbitrary: fc.constant<Verb>(verb), weight: weights[verb] ?? 1 })),
      ),
      other: anOther,
      by: fc.constantFrom('other', 'other', 'receiver'),
    }),
    weight: 12,
  },
  {
    arbitrary: fc.record({ own: fc.constantFrom('mark all', 'mark newest', 'mute', 'unmute', 'unmute') }),
    weight: 3,
  },
  {
    arbitrary: fc.record({ operator: fc.constantFrom('suspend', 'restore', 'restore'), other: anOther }),
    weight: 1,
  },
);

/** Acts after which everything has been there: each kind, seen and not, and one of several actors. */
const everything: Step[] = [
  ...[0, 1, 2].map((other): Step => ({ verb: 'followUser', other, by: 'other' })),
  { verb: 'requestConnection', other: 0, by: 'other' },
  { verb: 'requestConnection', other: 1, by: 'receiver' },
  { verb: 'acceptConnection', other: 1, by: 'other' },
  { own: 'mark all' },
];

let made = 0;
/** The receiver and the others, the server and the model. */
class World {
  readonly model = new Model(others);
  readonly receiver: Person;
  readonly others: readonly Person[];
  constructor([receiver, ...others]: readonly Person[]) {
    if (!receiver) throw new Error('There is one.');
    this.receiver = receiver;
    this.others = others;
  }

  async step(step: Step): Promise<void> {
    clock.tick(1);
    await this.#does(step);
    this.model.step(step, clock.now().toISOString());
    const { told, unseen } = await readInbox(kith, this.receiver.username);
    const names = this.others.map(({ username }) => username);
    expect({
      told: told.map(({ id: _, subject, createdAt, actors, ...rest }) => {
        expect(createdAt <= rest.updatedAt).toBe(true);
        // It is always there, as long as it is told of.
        expect(subject?.__typename).toBe(rest.kind === 'FOLLOWED' ? 'User' : 'Connection');
        return { ...rest, actors: actors.map((name) => names.indexOf(name)) };
      }),
      unseen,
    }).toEqual(this.model.shown());
  }

  async #does(step: Step): Promise<void> {
    const { receiver } = this;
    if ('own' in step) {
      if (step.own === 'mute' || step.own === 'unmute') {
        const muted = step.own === 'mute' ? ['FOLLOWED'] : [];
        await kith.mutate('updateSettings', { notifications: { muted } }, receiver.username);
        return;
      }
      const ids = step.own === 'mark all' ? null : (await this.#ids()).slice(0, 1);
      const unseen = this.model
        .shown()
        .told.filter(({ seenAt }, n) => seenAt === null && (ids === null || n === 0));
      expect(
        await kith.mutate('markNotificationsSeen', { notificationIds: ids }, receiver.username, 'seenCount'),
      ).toEqual({ seenCount: unseen.length, userErrors: [] });
      return;
    }
    const other = this.others[step.other];
    if (!other) throw new Error('There is such a one.');
    if ('operator' in step) {
      const status = step.operator === 'suspend' ? 'SUSPENDED' : 'ACTIVE';
      await kith.database.db.update(users).set({ status }).where(eq(users.id, other.uuid));
      return;
    }
    const [by, to] = step.by === 'other' ? [other, receiver] : [receiver, other];
    const { errors } = await kith.send(
      `mutation { ${step.verb}(input: { userId: "${to.id}" }) { userErrors { code } } }`,
      { as: by.username },
    );
    // Somebody suspended can do nothing.
    for (const error of errors) expect(error.extensions?.code).toBe('FORBIDDEN');
  }

  async #ids(): Promise<string[]> {
    return (await readInbox(kith, this.receiver.username)).told.map(({ id }) => id);
  }
}

describe('rule 4: notifications are what the rules make of them', () => {
  it('rule 4: random acts by several people: after each, the receiver’s list and counts are what the model says', async () => {
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(aStep, { minLength: 25, maxLength: 45 }), async (steps) => {
        const world = new World(await crowd(kith, `world${++made}`, others + 1));
        for (const step of steps) {
          await world.step(step);
          for (const { kind, actorsCount, seenAt } of world.model.shown().told) {
            met.add(`${kind}, ${seenAt === null ? 'unseen' : 'seen'}`);
            if (actorsCount > 2) met.add('many');
          }
        }
      }),
      { numRuns: 15, examples: [[everything]] },
    );
    await expectExactInboxes(kith);
    for (const seen of ['seen', 'unseen']) {
      for (const kind of ['FOLLOWED', 'CONNECTION_REQUESTED', 'CONNECTION_ACCEPTED']) {
        expect(met).toContain(`${kind}, ${seen}`);
      }
    }
    expect(met).toContain('many');
  }, 180_000);
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

const expected = new Set(['NOT_FOUND', 'CONFLICT', 'BLOCKED', 'ALREADY_EXISTS', 'GONE']);
/** Does it, and gives the codes back of what no client may get. */
async function deed(name: string, by: Person, input: string): Promise<string[]> {
  const { errors, data } = await kith.send(`mutation { ${name}(input: ${input}) { userErrors { code } } }`, {
    as: by.username,
  });
  const codes: string[] = data?.[name]?.userErrors.map(({ code }: { code: string }) => code) ?? [];
  return [
    ...errors.map(({ extensions }) => `${name}: ${extensions?.code}`),
    ...codes.filter((code) => !expected.has(code)).map((code) => `${name}: ${code}`),
  ];
}
const masked = () =>
  kith.logged
    .filter((line) => line.includes('"err"'))
    .slice(0, 3)
    .join('')
    .slice(0, 3_000);

describe('rule 4: any interleaving of concurrent acts', () => {
  it.each([
    ['four people', 4, 1_000],
    ['two people', 2, 300],
  ])(
    'rule 4: 50 parallel writers among %s: exact counts, nobody told of what is not or by whom they may not see',
    async (name, count, runs) => {
      const people = await crowd(kith, `ham-${count}`, count);
      const seed = Math.trunc(Math.random() * 2 ** 31);
      const all = fc.sample(
        fc.record({
          name: fc.constantFrom(
            ...verbs,
            ...(['followUser', 'followUser', 'requestConnection', 'unblockUser', 'unhideUser'] as const),
            ...(['rejectConnection', 'cancelConnectionRejection'] as const),
            ...(['markNotificationsSeen', 'markNotificationsSeen', 'markConnectionRequestsSeen'] as const),
          ),
          actor: fc.nat(count - 1),
          step: fc.integer({ min: 1, max: count - 1 }),
        }),
        { seed, numRuns: runs },
      );
      const wrong: string[] = [];
      await hammer(all, 50, async ({ name: verb, actor, step }) => {
        const [by, to] = [people[actor], people[(actor + step) % count]];
        if (!by || !to) throw new Error('A deed is among the people.');
        wrong.push(...(await deed(verb, by, verb.startsWith('mark') ? '{}' : `{ userId: "${to.id}" }`)));
      });
      expect(wrong, `${name}, seed ${seed}\n${masked()}`).toEqual([]);
      await expectExactInboxes(kith);
      const acts = await kith.database.db.$count(
        notificationActors,
        inArray(
          notificationActors.receiverId,
          people.map(({ uuid }) => uuid),
        ),
      );
      // The API says the same as the database.
      let listed = 0;
      for (const { username } of people) {
        for (const { actorsCount } of (await readInbox(kith, username)).told) listed += actorsCount;
      }
      expect(listed).toBe(acts);
    },
  );

  it('rule 4: 20 followers at once, and all of them out again but one: one notification, every one of them counted', async () => {
    const [idol, ...fans] = await crowd(kith, 'at-once', 21);
    if (!idol) throw new Error('There is one.');
    const all = (name: Verb, of: readonly Person[]) =>
      Promise.all(of.map((fan) => deed(name, fan, `{ userId: "${idol.id}" }`)));
    for (let round = 0; round < 3; round++) {
      expect((await all('followUser', fans)).flat()).toEqual([]);
      const { told, unseen } = await readInbox(kith, idol.username);
      expect(told).toMatchObject([{ kind: 'FOLLOWED', actorsCount: 20, seenAt: null }]);
      expect(unseen.total).toBe(1);
      await Promise.all([all('unfollowUser', fans.slice(1)), deed('markNotificationsSeen', idol, '{}')]);
      expect((await readInbox(kith, idol.username)).told).toMatchObject([
        { actors: [fans[0]?.username], actorsCount: 1 },
      ]);
      await all('unfollowUser', fans.slice(0, 1));
      expect((await readInbox(kith, idol.username)).told).toEqual([]);
    }
    await expectExactInboxes(kith);
  });

  it('rule 4: ten parallel marks count each notification once', async () => {
    const [ada, ...asking] = await crowd(kith, 'marker', 13);
    if (!ada) throw new Error('There is one.');
    for (const by of asking) await deed('requestConnection', by, `{ userId: "${ada.id}" }`);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => kith.mutate('markNotificationsSeen', {}, ada.username, 'seenCount')),
    );
    expect(answers.reduce((sum, { seenCount }) => sum + seenCount, 0)).toBe(12);
    await expectExactInboxes(kith);
  });

  it('rule 3.7: while actors delete their accounts and their receivers hide, block, follow and mark: exact counts', async () => {
    const receivers = await crowd(kith, 'stays', 3);
    for (let round = 0; round < 6; round++) {
      const leavers = await crowd(kith, `leaves-${round}`, 4);
      const stayers = await crowd(kith, `remains-${round}`, 2);
      const wrong: string[] = [];
      const all = async (names: readonly Verb[], from: readonly Person[], to: readonly Person[]) => {
        for (const name of names) {
          await Promise.all(
            from.flatMap((by) =>
              to.map(async (other) => {
                const codes = await deed(name, by, `{ userId: "${other.id}" }`);
                // Whoever is being deleted may be told so.
                wrong.push(
                  ...codes.filter((code) => !leavers.includes(by) || !code.endsWith('UNAUTHENTICATED')),
                );
              }),
            ),
          );
        }
      };
      await all(['followUser', 'requestConnection'], [...leavers, ...stayers], receivers);
      await Promise.all([
        ...leavers.map((by) => deed('deleteAccount', by, `{ username: "${by.username}" }`)),
        all(['hideUser', 'unhideUser'], receivers, stayers),
        all(['acceptConnection', 'removeConnection'], receivers, leavers),
        all(['unfollowUser', 'followUser'], stayers, receivers),
        ...receivers.map((by) => deed('markNotificationsSeen', by, '{}')),
      ]);
      expect(wrong, masked()).toEqual([]);
      await expectExactInboxes(kith);
      await all(['unfollowUser', 'removeConnection', 'cancelConnectionRequest'], stayers, receivers);
    }
  });

  /** Hides Bob from Ada, with something of others that begins before the hiding is over. */
  async function whileHiding(ada: Person, bob: Person, meanwhile: () => Promise<string[]>): Promise<void> {
    const { db } = kith.database;
    let other: Promise<string[]> | undefined;
    await transaction(db, async (tx) => {
      await tx.insert(hides).values({ hiderId: ada.uuid, hiddenId: bob.uuid, createdAt: clock.now() });
      await forgetActs(tx, [[bob.uuid, ada.uuid]]);
      other = meanwhile();
      await new Promise((resolve) => setTimeout(resolve, 300));
    });
    expect(await other).toEqual([]);
  }

  it.each(['deleteAccount', 'unfollowUser', 'blockUser', 'removeFollower'])(
    'rule 4: %s while the receiver hides the only other actor: the notification goes with the last',
    async (verb) => {
      const [ada, bob, carol] = await crowd(kith, `both-${++made}`, 3);
      if (!ada || !bob || !carol) throw new Error('There are three.');
      for (const by of [bob, carol]) await deed('followUser', by, `{ userId: "${ada.id}" }`);
      await whileHiding(ada, bob, () => {
        if (verb === 'deleteAccount') return deed(verb, carol, `{ username: "${carol.username}" }`);
        return verb === 'removeFollower'
          ? deed(verb, ada, `{ userId: "${carol.id}" }`)
          : deed(verb, carol, `{ userId: "${ada.id}" }`);
      });
      const { db } = kith.database;
      expect(await db.select().from(notifications).where(eq(notifications.receiverId, ada.uuid))).toEqual([]);
      const [stored] = await db.select().from(inboxes).where(eq(inboxes.userId, ada.uuid));
      expect(stored?.unseen).toBe(0);
    },
  );

  it.each(['followUser', 'requestConnection'])(
    'rule 3.2: %s while the receiver hides its actor tells nobody',
    async (verb) => {
      const [ada, bob] = await crowd(kith, `hidden-${++made}`, 2);
      if (!ada || !bob) throw new Error('There are two.');
      await whileHiding(ada, bob, () => deed(verb, bob, `{ userId: "${ada.id}" }`));
      expect((await readInbox(kith, ada.username)).told).toEqual([]);
    },
  );
});
