// Notifications: who is told of what, how it is grouped, and how it is taken back. How they are read and marked:
// notification-list.test.ts. Whole histories, and many acts at once: notification-rules.test.ts. Those about rooms are in
// the tests of rooms.
import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { notificationActors, notifications } from '../../src/features/notifications/table.ts';
import { useTestApp } from '../helpers/app.ts';
import type { Person } from '../helpers/crowd.ts';
import { dealings, marked, nothingUnseen, type Verb } from '../helpers/dealings.ts';
import { testClock } from '../helpers/lists.ts';

const clock = testClock();
const kith = useTestApp({ now: clock.now });
const { more, newPeople, act, done, deleteAccount, setStatus, inbox, toldOf, unseenOf, mark } = dealings(
  kith,
  clock,
);
const namesOf = async (of: Person) =>
  (await toldOf(of)).map(({ kind, actors, actorsCount }) => [kind, actors, actorsCount]);

async function mute(who: Person, muted: readonly string[]): Promise<void> {
  const { userErrors } = await kith.mutate('updateSettings', { notifications: { muted } }, who.username);
  expect(userErrors).toEqual([]);
}
/** The id by which somebody knows their connection with somebody. */
async function connectionOf(as: Person, other: Person): Promise<string> {
  const { user } = await kith.query(
    `{ user(by: { id: "${other.id}" }) { relationship { connection { id } } } }`,
    { as: as.username },
  );
  return user.relationship.connection.id;
}

async function addToAspect(by: Person, to: Person, name = 'Kin'): Promise<unknown> {
  const { aspect } = await kith.mutate('createAspect', { name }, by.username, 'aspect { id }');
  clock.tick(1);
  return kith.mutate('addToAspect', { aspectId: aspect.id, userId: to.id }, by.username);
}

const since = () => clock.now().toISOString();
/** One that nobody has seen, of one act that is just over. */
const fresh = (kind: string, actor: Person, typename: string, id: string) => ({
  id: expect.any(String),
  kind,
  actors: [actor.username],
  actorsCount: 1,
  subject: { __typename: typename, id },
  createdAt: since(),
  updatedAt: since(),
  seenAt: null,
});

describe('rule 4: who is told of what', () => {
  it('rule 4: FOLLOWED tells the followee, about themself; following again tells nobody', async () => {
    const [ada, bob] = await newPeople();
    await done('followUser', bob, ada);
    const told = [fresh('FOLLOWED', bob, 'User', ada.id)];
    expect(await toldOf(ada)).toEqual(told);
    expect(await inbox(bob)).toEqual({
      told: [],
      unseen: nothingUnseen,
    });
    await mark(ada);
    const before = await inbox(ada);
    clock.tick(1_000);
    await done('followUser', bob, ada);
    expect(await inbox(ada)).toEqual(before);
  });

  it('rule 4: addToAspect tells whom it follows, and nobody who is followed already', async () => {
    const [ada, bob, carol] = await newPeople();
    expect(await addToAspect(bob, ada)).toEqual({ userErrors: [] });
    expect(await toldOf(ada)).toEqual([fresh('FOLLOWED', bob, 'User', ada.id)]);
    await done('followUser', carol, ada);
    await mark(ada);
    const before = await inbox(ada);
    await addToAspect(carol, ada);
    await addToAspect(bob, ada, 'Other');
    expect(await inbox(ada)).toEqual(before);
    // Leaving an aspect is not unfollowing.
    expect(before.told).toMatchObject([{ actors: [carol.username, bob.username], actorsCount: 2 }]);
  });

  it('rule 4: CONNECTION_REQUESTED tells the addressee, and is seen once they accept', async () => {
    const [ada, bob] = await newPeople();
    await done('requestConnection', ada, bob);
    const request = fresh('CONNECTION_REQUESTED', ada, 'Connection', await connectionOf(bob, ada));
    expect(await inbox(bob)).toEqual({
      told: [request],
      unseen: { total: 1, notifications: 1, connectionRequests: 1 },
    });
    expect(await toldOf(ada)).toEqual([]);
    await done('requestConnection', ada, bob);
    expect(await toldOf(bob)).toEqual([request]);
    await done('acceptConnection', bob, ada);
    expect(await inbox(bob)).toEqual({
      told: [{ ...request, seenAt: since() }],
      unseen: nothingUnseen,
    });
    const accepted = fresh('CONNECTION_ACCEPTED', bob, 'Connection', await connectionOf(ada, bob));
    expect(await toldOf(ada)).toEqual([accepted]);
    for (const [by, to] of [
      [ada, bob],
      [bob, ada],
    ] as const) {
      await done('requestConnection', by, to);
    }
    await done('acceptConnection', bob, ada);
    expect(await toldOf(ada)).toEqual([accepted]);
  });

  it('rule 4: of crossing requests the second accepts, and the first requester is told so', async () => {
    const [ada, bob] = await newPeople();
    await done('requestConnection', ada, bob);
    await done('requestConnection', bob, ada);
    const id = await connectionOf(ada, bob);
    expect(await toldOf(ada)).toEqual([fresh('CONNECTION_ACCEPTED', bob, 'Connection', id)]);
    expect(await toldOf(bob)).toMatchObject([{ kind: 'CONNECTION_REQUESTED', seenAt: since() }]);
  });

  it('rule 4: a rejection marks the request seen, for good, and its being taken back tells nobody', async () => {
    const [ada, bob] = await newPeople();
    await done('requestConnection', ada, bob);
    await done('rejectConnection', bob, ada);
    const [told] = await toldOf(bob);
    expect(told).toMatchObject({ kind: 'CONNECTION_REQUESTED', seenAt: since() });
    await done('rejectConnection', bob, ada);
    await done('cancelConnectionRejection', bob, ada);
    expect([await toldOf(bob), await toldOf(ada)]).toEqual([[told], []]);
  });

  it('rule 4: asking again after a rejection that was withdrawn tells nobody for 30 days; accepting it tells its requester, by their own id', async () => {
    const [ada, bob] = await newPeople();
    await done('requestConnection', ada, bob);
    const first = await connectionOf(ada, bob);
    await done('rejectConnection', bob, ada);
    await done('cancelConnectionRequest', ada, bob);
    expect(await toldOf(bob)).toEqual([]);
    await done('requestConnection', ada, bob);
    const shown = await connectionOf(ada, bob);
    expect(shown).not.toBe(first);
    expect([await toldOf(bob), await toldOf(ada)]).toEqual([[], []]);
    // To Bob it is his own request, that finds hers there.
    await done('requestConnection', bob, ada);
    expect(await toldOf(ada)).toEqual([fresh('CONNECTION_ACCEPTED', bob, 'Connection', shown)]);
    expect(await connectionOf(bob, ada)).not.toBe(shown);
    expect(await toldOf(bob)).toEqual([]);
    await done('removeConnection', bob, ada);
    expect([await toldOf(bob), await toldOf(ada)]).toEqual([[], []]);
  });

  it('rule 4: markConnectionRequestsSeen touches no notification, and markNotificationsSeen no request', async () => {
    const [ada, bob, carol] = await newPeople();
    await done('requestConnection', bob, ada);
    await done('requestConnection', carol, ada);
    const { told } = await inbox(ada);
    await kith.mutate('markConnectionRequestsSeen', { userIds: [bob.id] }, ada.username);
    expect(await inbox(ada)).toEqual({
      told,
      unseen: { total: 2, notifications: 2, connectionRequests: 1 },
    });
    expect(await mark(ada)).toEqual(marked(2));
    expect((await inbox(ada)).unseen).toEqual({ total: 0, notifications: 0, connectionRequests: 1 });
  });

  it('rule 4: what was refused tells nobody', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    await done('blockUser', ada, bob);
    await setStatus(dan, 'SUSPENDED');
    await done('requestConnection', ada, carol);
    await done('rejectConnection', carol, ada);
    await mark(carol);
    const before = await inbox(carol);
    const refused: [Verb, Person, Person, string][] = [
      ['followUser', ada, bob, 'BLOCKED'],
      ['followUser', bob, ada, 'NOT_FOUND'],
      ['followUser', ada, ada, 'SELF'],
      ['followUser', ada, dan, 'NOT_FOUND'],
      ['requestConnection', bob, ada, 'NOT_FOUND'],
      ['requestConnection', ada, bob, 'BLOCKED'],
      ['requestConnection', ada, ada, 'SELF'],
      ['requestConnection', carol, ada, 'CONFLICT'],
      ['acceptConnection', carol, ada, 'NOT_FOUND'],
      ['acceptConnection', ada, carol, 'NOT_FOUND'],
      ['removeConnection', ada, carol, 'NOT_FOUND'],
    ];
    for (const [verb, by, to, code] of refused) {
      expect((await act(verb, by, to)).userErrors, `${verb}`).toMatchObject([{ code }]);
    }
    expect(await inbox(carol)).toEqual(before);
    for (const who of [ada, bob]) expect(await toldOf(who)).toEqual([]);
  });
});

describe('rule 4: grouping', () => {
  it('rule 4: one for each kind and subject: at most 10 actors are named, newest first, and all are counted', async () => {
    const [ada, ...others] = await newPeople();
    const further = await more(9);
    const fans = [...others, ...further];
    for (const [n, fan] of fans.entries()) {
      await done('followUser', fan, ada);
      const newest = fans.slice(0, n + 1).map(({ username }) => username);
      expect(await toldOf(ada)).toMatchObject([
        {
          kind: 'FOLLOWED',
          actors: newest.toReversed().slice(0, 10),
          actorsCount: n + 1,
          updatedAt: since(),
        },
      ]);
    }
    // Whoever leaves makes room for one who was not named.
    for (const fan of others) await done('unfollowUser', fan, ada);
    expect(await namesOf(ada)).toEqual([
      ['FOLLOWED', further.map(({ username }) => username).toReversed(), 9],
    ]);
  });

  it('rule 4: a new act makes a seen one unseen and puts it first; times are those of the first and the last act', async () => {
    const [ada, bob, carol, dan, eve] = await newPeople();
    await done('followUser', bob, ada);
    const createdAt = since();
    await done('requestConnection', carol, ada);
    await done('requestConnection', dan, ada);
    expect((await toldOf(ada)).map(({ actors }) => actors)).toEqual([
      [dan.username],
      [carol.username],
      [bob.username],
    ]);
    expect(await mark(ada)).toEqual(marked(3));
    const [third, second, first] = await toldOf(ada);
    clock.tick(60_000);
    await done('followUser', eve, ada);
    expect(await toldOf(ada)).toEqual([
      {
        ...first,
        actors: [eve.username, bob.username],
        actorsCount: 2,
        createdAt,
        updatedAt: since(),
        seenAt: null,
      },
      third,
      second,
    ]);
    expect(await unseenOf(ada)).toBe(1);
  });

  it('rule 4: acts of one millisecond are in the order in which they came', async () => {
    const [ada, ...others] = await newPeople();
    clock.tick(1);
    for (const { username } of others) await kith.mutate('followUser', { userId: ada.id }, username);
    for (const { username } of others.toReversed()) {
      await kith.mutate('requestConnection', { userId: ada.id }, username);
    }
    const names = others.map(({ username }) => username);
    expect((await toldOf(ada)).map(({ actors }) => actors)).toEqual([
      ...names.map((name) => [name]),
      names.toReversed(),
    ]);
  });

  it('rule 4: createdAt is when the first of those did it who are still in it', async () => {
    const [ada, bob, carol] = await newPeople();
    await done('followUser', bob, ada);
    await done('followUser', carol, ada);
    const at = since();
    await done('unfollowUser', bob, ada);
    expect(await toldOf(ada)).toMatchObject([
      { actors: [carol.username], actorsCount: 1, updatedAt: at, createdAt: at },
    ]);
  });
});

/** Ada is told of what Bob does; then it is taken back. */
const withdrawals: [name: string, acts: Verb, back: (ada: Person, bob: Person) => Promise<unknown>][] = [
  ['followUser, unfollowUser', 'followUser', (ada, bob) => done('unfollowUser', bob, ada)],
  ['followUser, removeFollower', 'followUser', (ada, bob) => done('removeFollower', ada, bob)],
  ['followUser, a block of the follower', 'followUser', (ada, bob) => done('blockUser', ada, bob)],
  ['followUser, a block by the follower', 'followUser', (ada, bob) => done('blockUser', bob, ada)],
  ['followUser, a hide of the follower', 'followUser', (ada, bob) => done('hideUser', ada, bob)],
  ['followUser, deleteAccount', 'followUser', (_, bob) => deleteAccount(bob)],
  [
    'requestConnection, cancelConnectionRequest',
    'requestConnection',
    (ada, bob) => done('cancelConnectionRequest', bob, ada),
  ],
  [
    'requestConnection, a block of the requester',
    'requestConnection',
    (ada, bob) => done('blockUser', ada, bob),
  ],
  [
    'requestConnection, a block by the requester',
    'requestConnection',
    (ada, bob) => done('blockUser', bob, ada),
  ],
  [
    'requestConnection, a hide of the requester',
    'requestConnection',
    (ada, bob) => done('hideUser', ada, bob),
  ],
  ['requestConnection, deleteAccount', 'requestConnection', (_, bob) => deleteAccount(bob)],
  [
    'requestConnection, accepted and removed',
    'requestConnection',
    async (ada, bob) => {
      await done('acceptConnection', ada, bob);
      await done('removeConnection', ada, bob);
    },
  ],
  [
    'requestConnection, rejected and withdrawn',
    'requestConnection',
    async (ada, bob) => {
      await done('rejectConnection', ada, bob);
      await done('cancelConnectionRequest', bob, ada);
    },
  ],
];

describe('rule 4: taken back with the act', () => {
  it.each(withdrawals)('rule 4: %s: all is as it was before the act', async (name, acts, back) => {
    const [ada, bob, carol, dan, eve] = await newPeople();
    // What Bob joins or comes before: seen and not seen.
    await done('followUser', carol, ada);
    await done('followUser', dan, ada);
    await done('requestConnection', eve, ada);
    for (const seen of [false, true]) {
      if (seen) await mark(ada);
      const before = await inbox(ada);
      clock.tick(1_000);
      if (seen) {
        // A second one, for deleteAccount leaves nobody to do it again.
        const [again] = await newPeople();
        await done(acts, again, ada);
        expect(await inbox(ada)).not.toEqual(before);
        await back(ada, again);
      } else {
        await done(acts, bob, ada);
        expect((await toldOf(ada)).at(0)?.actors.at(0)).toBe(bob.username);
        await back(ada, bob);
      }
      const after = await inbox(ada);
      expect(after.told).toEqual(before.told);
      // A request that is hidden still waits for an answer.
      const requests = name === 'requestConnection, a hide of the requester' ? 1 : 0;
      expect(after.unseen).toEqual({
        ...before.unseen,
        connectionRequests: before.unseen.connectionRequests + requests,
      });
    }
  });

  it.each(withdrawals)(
    'rule 4: %s: the last act takes its notification with it',
    async (_name, acts, back) => {
      for (const seen of [false, true]) {
        const [ada, bob] = await newPeople();
        await done(acts, bob, ada);
        if (seen) await mark(ada);
        const [{ id } = { id: '' }] = await toldOf(ada);
        await back(ada, bob);
        expect(await inbox(ada)).toEqual({
          told: [],
          unseen: { total: 0, notifications: 0, connectionRequests: expect.any(Number) },
        });
        expect(await kith.query(`{ node(id: "${id}") { id } }`, { as: ada.username })).toEqual({
          node: null,
        });
        const { db } = kith.database;
        expect(await db.$count(notifications, eq(notifications.receiverId, ada.uuid))).toBe(0);
        expect(await db.$count(notificationActors, eq(notificationActors.receiverId, ada.uuid))).toBe(0);
        expect(await mark(ada, [id])).toMatchObject({ userErrors: [{ code: 'NOT_FOUND' }] });
      }
    },
  );

  it.each(['removeConnection', 'blockUser', 'hideUser', 'deleteAccount'] as const)(
    'rule 4: CONNECTION_ACCEPTED goes with %s by either',
    async (verb) => {
      for (const who of ['requester', 'addressee']) {
        const [ada, bob, carol] = await newPeople();
        await done('followUser', carol, ada);
        await mark(ada);
        const before = await inbox(ada);
        await done('requestConnection', ada, bob);
        await done('acceptConnection', bob, ada);
        expect(await toldOf(ada)).toMatchObject([{ kind: 'CONNECTION_ACCEPTED' }, { kind: 'FOLLOWED' }]);
        const by = who === 'requester' ? ada : bob;
        if (verb === 'deleteAccount') {
          if (by === ada) continue;
          await deleteAccount(by);
        } else await done(verb, by, by === ada ? bob : ada);
        // Hiding is one-sided: what the other was told stays.
        if (verb === 'hideUser' && by === bob) expect((await toldOf(ada)).length).toBe(2);
        else expect(await inbox(ada)).toEqual(before);
      }
    },
  );

  it('rule 3.1: a block takes each out of what the other was told; unblocking and unhiding restore nothing', async () => {
    const [ada, bob, carol] = await newPeople();
    for (const [one, other] of [
      [ada, bob],
      [bob, ada],
      [ada, carol],
    ] as const) {
      await done('followUser', one, other);
    }
    await done('requestConnection', ada, bob);
    await done('requestConnection', bob, ada);
    await done('requestConnection', carol, ada);
    await done('blockUser', bob, ada);
    await done('hideUser', ada, carol);
    for (const who of [ada, bob]) expect(await toldOf(who)).toEqual([]);
    // The one who was hidden is told on of what they were told.
    expect(await namesOf(carol)).toEqual([['FOLLOWED', [ada.username], 1]]);
    await done('unblockUser', bob, ada);
    await done('unhideUser', ada, carol);
    for (const who of [ada, bob]) expect(await toldOf(who)).toEqual([]);
    expect((await inbox(ada)).unseen).toEqual({ total: 0, notifications: 0, connectionRequests: 1 });
    // From then on they are told again.
    await done('followUser', ada, bob);
    await done('followUser', carol, ada);
    expect(await namesOf(bob)).toEqual([['FOLLOWED', [ada.username], 1]]);
    expect(await namesOf(ada)).toEqual([['FOLLOWED', [carol.username], 1]]);
  });

  it('rule 4: an act is told again after it was taken back, as a new one', async () => {
    const [ada, bob, carol] = await newPeople();
    await done('followUser', bob, ada);
    await done('followUser', carol, ada);
    await mark(ada);
    await done('unfollowUser', bob, ada);
    expect(await unseenOf(ada)).toBe(0);
    await done('followUser', bob, ada);
    expect(await toldOf(ada)).toMatchObject([
      { actors: [bob.username, carol.username], actorsCount: 2, updatedAt: since(), seenAt: null },
    ]);
  });

  it('rule 4: taking back what was seen together with an older act leaves that seen', async () => {
    const [ada, bob, carol] = await newPeople();
    await done('followUser', bob, ada);
    const updatedAt = since();
    await done('followUser', carol, ada);
    await mark(ada);
    const seenAt = since();
    await done('unfollowUser', carol, ada);
    expect(await toldOf(ada)).toMatchObject([{ actors: [bob.username], actorsCount: 1, updatedAt, seenAt }]);
    // And what was not seen stays so, whoever else leaves.
    await done('followUser', carol, ada);
    await done('unfollowUser', bob, ada);
    expect(await toldOf(ada)).toMatchObject([{ actors: [carol.username], actorsCount: 1, seenAt: null }]);
  });
});

describe('rule 3: who is never told', () => {
  it('rule 3.2: neither who hides nor who is hidden is told of the other, save by an end to it', async () => {
    const [ada, bob] = await newPeople();
    await done('hideUser', ada, bob);
    for (const [by, to] of [
      [ada, bob],
      [bob, ada],
    ] as const) {
      await done('followUser', by, to);
    }
    await done('requestConnection', bob, ada);
    expect((await inbox(ada)).unseen).toEqual({ total: 0, notifications: 0, connectionRequests: 1 });
    await done('acceptConnection', ada, bob);
    for (const who of [ada, bob]) expect(await toldOf(who)).toEqual([]);
    await done('unhideUser', ada, bob);
    for (const who of [ada, bob]) expect(await toldOf(who)).toEqual([]);
    // Taking back what was never told takes nothing.
    await done('unfollowUser', bob, ada);
    await done('removeConnection', bob, ada);
    for (const who of [ada, bob]) expect(await toldOf(who)).toEqual([]);
  });

  it('settings.notifications.muted: kinds that are muted are not told; what was told stays, and goes with its act', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    await done('followUser', bob, ada);
    await mark(ada);
    const before = await inbox(ada);
    await mute(ada, ['FOLLOWED', 'CONNECTION_ACCEPTED']);
    await done('followUser', carol, ada);
    await addToAspect(dan, ada);
    await done('requestConnection', ada, dan);
    await done('acceptConnection', dan, ada);
    expect(await inbox(ada)).toEqual(before);
    await done('requestConnection', carol, ada);
    expect(await namesOf(ada)).toEqual([
      ['CONNECTION_REQUESTED', [carol.username], 1],
      ['FOLLOWED', [bob.username], 1],
    ]);
    await done('unfollowUser', bob, ada);
    await done('unfollowUser', carol, ada);
    expect(await namesOf(ada)).toEqual([['CONNECTION_REQUESTED', [carol.username], 1]]);
    await mute(ada, ['CONNECTION_REQUESTED']);
    await done('requestConnection', bob, ada);
    expect((await inbox(ada)).unseen).toEqual({ total: 1, notifications: 1, connectionRequests: 2 });
    await done('followUser', bob, ada);
    expect((await namesOf(ada)).at(0)).toEqual(['FOLLOWED', [bob.username], 1]);
    // Muting is the receiver's own: it keeps nobody else from being told.
    await mute(ada, ['FOLLOWED']);
    await done('followUser', ada, dan);
    expect(await namesOf(dan)).toEqual([
      ['FOLLOWED', [ada.username], 1],
      ['CONNECTION_REQUESTED', [ada.username], 1],
    ]);
  });

  it('rule 3.7: what suspended people did is out of lists, counts and node, and comes back with restore', async () => {
    const [ada, bob, carol, dan, eve] = await newPeople();
    for (const fan of [bob, carol, dan]) await done('followUser', fan, ada);
    for (const asking of [bob, eve]) await done('requestConnection', asking, ada);
    await done('requestConnection', ada, carol);
    await done('acceptConnection', carol, ada);
    const before = await inbox(ada);
    const [accepted, byEve, byBob, follows] = before.told;
    if (!byBob || !byEve || !accepted || !follows) throw new Error('There are four.');
    expect(before.unseen).toEqual({ total: 4, notifications: 4, connectionRequests: 2 });

    await setStatus(bob, 'SUSPENDED');
    const during = await inbox(ada);
    expect(during).toEqual({
      told: [accepted, byEve, { ...follows, actors: [dan.username, carol.username], actorsCount: 2 }],
      unseen: { total: 3, notifications: 3, connectionRequests: 1 },
    });
    const { node, nodes } = await kith.query(
      `{ node(id: "${byBob.id}") { id } nodes(ids: ["${byBob.id}", "${byEve.id}"]) { id } }`,
      { as: ada.username },
    );
    expect([node, nodes]).toEqual([null, [null, { id: byEve.id }]]);
    expect(await mark(ada, [byEve.id, byBob.id])).toEqual({
      seenCount: null,
      userErrors: [{ code: 'NOT_FOUND', message: expect.any(String), path: ['notificationIds', '1'] }],
    });
    expect(await inbox(ada)).toEqual(during);

    // All is what there is for her: what she cannot see stays unseen.
    for (const who of [carol, dan, eve]) await setStatus(who, 'SUSPENDED');
    expect(await inbox(ada)).toEqual({
      told: [],
      unseen: nothingUnseen,
    });
    expect(await mark(ada)).toEqual(marked(0));
    for (const who of [bob, carol, dan, eve]) await setStatus(who, 'ACTIVE');
    expect(await inbox(ada)).toEqual(before);
    await setStatus(bob, 'SUSPENDED');
    expect(await mark(ada)).toEqual(marked(3));
    await setStatus(bob, 'ACTIVE');
    expect((await inbox(ada)).unseen).toEqual({ total: 1, notifications: 1, connectionRequests: 2 });
  });

  it('rule 3.7: of more than 10 actors, the newest 10 that can be found are named', async () => {
    const [ada] = await newPeople();
    const fans = await more(13);
    for (const fan of fans) await done('followUser', fan, ada);
    const gone = [fans[12], fans[10], fans[1]].filter((fan) => fan !== undefined);
    for (const fan of gone) await setStatus(fan, 'SUSPENDED');
    const left = fans.filter((fan) => !gone.includes(fan)).map(({ username }) => username);
    expect(await namesOf(ada)).toEqual([['FOLLOWED', left.toReversed(), 10]]);
  });

  it('rule 3.7: an act of somebody suspended, that alone made a seen notification unseen, does not make it unseen', async () => {
    const [ada, bob, carol] = await newPeople();
    await done('followUser', bob, ada);
    await mark(ada);
    const before = await inbox(ada);
    await done('followUser', carol, ada);
    await setStatus(carol, 'SUSPENDED');
    expect(await inbox(ada)).toEqual(before);
  });
});

describe('rule 4: written in the transaction of the act', () => {
  const broken = useTestApp({ now: clock.now });
  const onBroken = dealings(broken, clock);
  const raise = (when: string) =>
    sql`${sql.raw(`CREATE TRIGGER broken BEFORE ${when} ON notification_actors FOR EACH ROW EXECUTE FUNCTION broken()`)}`;
  beforeAll(async () => {
    await broken.database.db.execute(
      sql`CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$`,
    );
  });
  const tieOf = async (as: Person, other: Person) =>
    broken.query(
      `{ user(by: { id: "${other.id}" }) { stats { followers following connections } relationship { follows followedBy blocks hides connectionState aspects { name } } } viewer { unseen { total connectionRequests } } }`,
      { as: as.username },
    );
  /** Sees it fail for a reason of ours, and both sides find everything as it was. */
  const failing = async (
    what: string,
    by: Person,
    to: Person,
    run: () => Promise<{ errors: readonly unknown[] }>,
  ) => {
    const before = [await tieOf(by, to), await tieOf(to, by)];
    expect((await run()).errors, what).toMatchObject([{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }]);
    expect([await tieOf(by, to), await tieOf(to, by)], what).toEqual(before);
  };
  const verb = (name: Verb, by: Person, to: Person) => () =>
    broken.send(`mutation { ${name}(input: { userId: "${to.id}" }) { userErrors { code } } }`, {
      as: by.username,
    });

  it('rule 4: an act that cannot be told is not done, and one that cannot be taken back stays', async () => {
    const [ada, bob, carol, dan] = await onBroken.newPeople();
    const { db } = broken.database;
    const { aspect } = await broken.mutate('createAspect', { name: 'Kin' }, ada.username, 'aspect { id }');
    await onBroken.done('requestConnection', dan, ada);
    await db.execute(raise('INSERT OR UPDATE'));
    const add = () =>
      broken.send(
        `mutation { addToAspect(input: { aspectId: "${aspect.id}", userId: "${bob.id}" }) { userErrors { code } } }`,
        { as: ada.username },
      );
    await failing('addToAspect', ada, bob, add);
    for (const name of ['followUser', 'requestConnection'] as const) {
      await failing(name, ada, bob, verb(name, ada, bob));
    }
    for (const name of ['acceptConnection', 'requestConnection'] as const) {
      await failing(name, ada, dan, verb(name, ada, dan));
    }
    await db.execute(sql`DROP TRIGGER broken ON notification_actors`);

    await onBroken.done('followUser', carol, bob);
    await onBroken.done('requestConnection', carol, bob);
    await db.execute(raise('DELETE'));
    for (const name of ['unfollowUser', 'cancelConnectionRequest', 'blockUser'] as const) {
      await failing(name, carol, bob, verb(name, carol, bob));
    }
    for (const name of ['removeFollower', 'blockUser', 'hideUser'] as const) {
      await failing(name, bob, carol, verb(name, bob, carol));
    }
    await failing('deleteAccount', carol, bob, () =>
      broken.send(
        `mutation { deleteAccount(input: { username: "${carol.username}" }) { userErrors { code } } }`,
        { as: carol.username },
      ),
    );
    await db.execute(sql`DROP TRIGGER broken ON notification_actors`);
    expect(await onBroken.toldOf(bob)).toMatchObject([
      { kind: 'CONNECTION_REQUESTED' },
      { kind: 'FOLLOWED' },
    ]);
  });
});
