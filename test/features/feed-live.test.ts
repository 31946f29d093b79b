// Subscription.feedPostAdded: what comes into somebody's feed reaches their open streams, each post once, and nobody
// else's. Domain rules 3.1, 3.2, 3.6, 3.7, 4 and 5.
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { scopes } from '../../src/auth/scopes.ts';
import { signToken } from '../../src/auth/token.ts';
import { newId } from '../../src/db/uuid.ts';
import { posts } from '../../src/features/posts/table.ts';
import { testAuth, useTestApp } from '../helpers/app.ts';
import type { Person } from '../helpers/crowd.ts';
import { dealings } from '../helpers/dealings.ts';
import type { Clock } from '../helpers/lists.ts';
import {
  ask,
  type EventStream,
  eventually,
  type Instance,
  memoryHub,
  startInstance,
  subscribe,
  type Way,
  ways,
} from '../helpers/live.ts';
import { refusals, roomDeeds } from '../helpers/rooms.ts';
import { writePost } from '../helpers/written.ts';

const kith = useTestApp();
const clock: Clock = { now: () => new Date(), tick: () => {} };
const { more, newPeople, done, setStatus } = dealings(kith, clock);
const rooms = roomDeeds(kith, clock);
const everyWay = Object.keys(ways) as Way[];

const field = 'feedPostAdded { id body author { username } root { body } }';
const withoutPrivate = scopes.filter((scope) => scope !== 'private:read').join(' ');

/** A stream of this person's feed: at another instance, or asked for otherwise, where that is said. */
async function streamOf(
  { username }: Person,
  given: { at?: Instance; scope?: string; way?: Way; field?: string } = {},
): Promise<EventStream> {
  const token = await kith.token(username, given.scope);
  return subscribe(given.at?.overSocket ?? kith.fetch, given.field ?? field, token, given.way);
}

/** Posts something, for everybody unless given otherwise. @returns its `id`. */
async function say(author: Person, body: string, given: object = {}): Promise<string> {
  const input = { visibility: 'PUBLIC', body, ...given };
  const payload = await kith.mutate('createPost', input, author.username, 'post { id }');
  expect(refusals(payload)).toEqual([]);
  return payload.post.id;
}

async function reshare(author: Person, postId: string): Promise<void> {
  expect(refusals(await kith.mutate('resharePost', { postId }, author.username))).toEqual([]);
}

/** The bodies of what comes, until the last one; nothing else is there then. */
async function readUntil(stream: EventStream, last: string): Promise<string[]> {
  const bodies: string[] = [];
  while (bodies.at(-1) !== last) bodies.push((await stream.value()).body);
  expect(stream.waiting()).toEqual([]);
  return bodies;
}

/** Waits until nothing is read any more: all streams sleep. */
async function quiet(): Promise<void> {
  const { statements } = kith.database;
  for (let last = -1; last !== statements.length; ) {
    last = statements.length;
    await sleep(200);
  }
}

/** An instance that hears of nothing, and a stream there that has read what there is, and sleeps. */
async function deafStreamOf(viewer: Person) {
  const here = await startInstance(kith);
  const stream = await streamOf(viewer, { at: here });
  await eventually(() => here.app.openStreams() === 1, 'the stream');
  await quiet();
  const wake = () =>
    mutateAt(here, 'markNotificationsSeen(input: { notificationIds: [] }) { userErrors { code } }', viewer);
  return { stream, wake };
}

async function mutateAt(instance: Instance, mutation: string, { username }: Person): Promise<void> {
  const response = await instance.overSocket('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await kith.token(username)}` },
    body: JSON.stringify({ query: `mutation { done: ${mutation} }` }),
  });
  expect(await response.json()).toEqual({ data: { done: { userErrors: [] } } });
}

const sayAt = (instance: Instance, author: Person, body: string, more = 'visibility: PUBLIC') =>
  mutateAt(instance, `createPost(input: { body: "${body}", ${more} }) { userErrors { code } }`, author);

describe('what comes', () => {
  it.each(everyWay)('%s: a post of somebody followed, with its fields; none of a stranger', async (way) => {
    const [ada, bob, carol] = await newPeople();
    await done('followUser', ada, bob);
    const stream = await streamOf(ada, {
      way,
      field:
        'feedPostAdded { __typename id html visibility author { username relationship { follows } } viewerState { liked seen } counters { likes } }',
    });
    await say(carol, 'Of a stranger');
    expect(await say(bob, '*Hello*')).toBe((await stream.value()).id);
    const id = await say(bob, 'Hello *again*');
    expect(await stream.value()).toEqual({
      __typename: 'Post',
      id,
      html: '<p>Hello <em>again</em></p>',
      visibility: 'PUBLIC',
      author: { username: bob.username, relationship: { follows: true } },
      viewerState: { liked: false, seen: false },
      counters: { likes: 0 },
    });
    expect(stream.waiting()).toEqual([]);
  });

  it('a post of somebody connected, whom they do not follow', async () => {
    const [ada, bob] = await newPeople();
    await done('requestConnection', ada, bob);
    await done('acceptConnection', bob, ada);
    const stream = await streamOf(ada);
    for (const visibility of ['PUBLIC', 'CONNECTIONS']) {
      await say(bob, visibility, { visibility });
      expect(await readUntil(stream, visibility)).toEqual([visibility]);
    }
  });

  it('rule 4: a reshare where what it reshares is not in the feed, and none where it is', async () => {
    const [ada, bob, carol, dan, eve] = await newPeople();
    for (const followed of [bob, dan, eve]) await done('followUser', ada, followed);
    const [own, far] = [await say(ada, 'Own'), await say(carol, 'Far')];
    const stream = await streamOf(ada);
    const next = async () => {
      const { author, body, root } = await stream.value();
      return [author.username, root?.body ?? body];
    };
    const near = await say(bob, 'Near');
    expect(await next()).toEqual([bob.username, 'Near']);
    await reshare(dan, near);
    await reshare(dan, far);
    expect(await next()).toEqual([dan.username, 'Far']);
    // It takes the place of the other.
    await reshare(eve, far);
    expect(await next()).toEqual([eve.username, 'Far']);
    await reshare(bob, own);
    expect(await next()).toEqual([bob.username, 'Own']);
    await say(bob, 'End');
    expect(await readUntil(stream, 'End')).toEqual(['End']);
  });

  it('is as it is when it is read, not as it was: what is deleted by then does not come', async () => {
    const [ada, bob] = await newPeople();
    await done('followUser', ada, bob);
    const { stream, wake } = await deafStreamOf(ada);
    const [gone, stays] = [await say(bob, 'Gone'), await say(bob, 'Written')];
    expect(refusals(await kith.mutate('deletePost', { postId: gone }, bob.username))).toEqual([]);
    const edit = { postId: stays, body: 'Edited' };
    expect(refusals(await kith.mutate('updatePost', edit, bob.username))).toEqual([]);
    await wake();
    expect(await readUntil(stream, 'Edited')).toEqual(['Edited']);
  });

  it('what was there before the stream is not news, however much', async () => {
    const [ada, bob] = await newPeople();
    await done('followUser', ada, bob);
    const began = Date.now() - 10_000;
    await kith.database.db.insert(posts).values(
      Array.from({ length: 300 }, (_, n) => {
        const createdAt = new Date(began + n);
        const id = newId(createdAt);
        return {
          id,
          authorId: bob.uuid,
          type: 'STATUS' as const,
          visibility: 'PUBLIC' as const,
          slug: id,
          body: `Before ${n}`,
          html: '',
          summary: '',
          createdAt,
          updatedAt: createdAt,
        };
      }),
    );
    const stream = await streamOf(ada);
    await say(bob, 'New');
    expect(await readUntil(stream, 'New')).toEqual(['New']);
  });

  it('with a follow, or in a room, from then on: not what is long past', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    const room = await rooms.create(carol);
    const longAgo = { createdAt: new Date(Date.now() - 3_600_000) };
    await writePost(kith, clock, bob, { body: 'Long ago', ...longAgo });
    const inRoom = { visibility: 'ROOM', roomId: room.uuid } as const;
    await writePost(kith, clock, carol, { body: 'Long ago in the room', ...inRoom, ...longAgo });
    await done('followUser', ada, dan);
    const stream = await streamOf(ada);
    await say(dan, 'First');
    expect(await readUntil(stream, 'First')).toEqual(['First']);
    await done('followUser', ada, bob);
    await say(bob, 'Now');
    expect(await readUntil(stream, 'Now')).toEqual(['Now']);
    await rooms.act('joinRoom', room, ada);
    await say(carol, 'Here', { visibility: 'ROOM', roomId: room.id });
    expect(await readUntil(stream, 'Here')).toEqual(['Here']);
  });

  it('a post that took a while to be there comes, though it bears an earlier time', async () => {
    const [ada, bob] = await newPeople();
    await done('followUser', ada, bob);
    const stream = await streamOf(ada);
    await say(bob, 'First');
    expect(await readUntil(stream, 'First')).toEqual(['First']);
    await quiet();
    const ago = (seconds: number) => ({ createdAt: new Date(Date.now() - seconds * 1_000) });
    await writePost(kith, clock, bob, { body: 'Waited', ...ago(20) });
    await writePost(kith, clock, bob, { body: 'Long ago', ...ago(600) });
    await say(bob, 'Second');
    expect(await readUntil(stream, 'Second')).toEqual(['Waited', 'Second']);
  });

  it('what many post at once comes whole, each once, on every stream', async () => {
    const [ada, ...authors] = await more(9);
    if (!ada) throw new Error('There is somebody.');
    for (const author of authors) await done('followUser', ada, author);
    const all = 'feedPostAdded { body html author { username } viewerState { seen } }';
    const streams = [
      await streamOf(ada, { field: all }),
      await streamOf(ada, { field: all, scope: 'public:read' }),
    ];
    const written = authors.flatMap((author) =>
      Array.from({ length: 5 }, (_, n) => ({ author, body: `${author.username} says ${n}` })),
    );
    await Promise.all(written.map(({ author, body }) => say(author, body)));
    const expected = written.map(({ author: { username }, body }) => ({
      body,
      html: `<p>${body}</p>`,
      author: { username },
      viewerState: { seen: false },
    }));
    const byBody = (a: { body: string }, b: { body: string }) => (a.body < b.body ? -1 : 1);
    for (const stream of streams) {
      const came: { body: string }[] = [];
      while (came.length < written.length) came.push(await stream.value());
      expect(came.toSorted(byBody)).toEqual(expected.toSorted(byBody));
    }
    const [first] = authors;
    if (first) await say(first, 'The end');
    for (const stream of streams) expect(await readUntil(stream, 'The end')).toEqual(['The end']);
  });
});

describe('whom it comes to', () => {
  const visibilities = ['PUBLIC', 'FOLLOWERS', 'CONNECTIONS', 'ASPECTS', 'ROOM'] as const;
  interface Standing {
    isAuthor?: true;
    follows?: true;
    connected?: true;
    inAspect?: true;
    inOtherAspect?: true;
    inRoom?: true;
    hides?: true;
    blocks?: true;
  }
  const standings: readonly (readonly [string, Standing])[] = [
    ['a stranger', {}],
    ['a follower', { follows: true }],
    ['somebody connected', { connected: true }],
    ['somebody in the aspect', { inAspect: true }],
    ['a follower in the aspect', { follows: true, inAspect: true }],
    ['somebody connected in another aspect', { connected: true, inOtherAspect: true }],
    ['somebody in the room', { inRoom: true }],
    [
      'somebody close who hides the author',
      { follows: true, connected: true, inAspect: true, inRoom: true, hides: true },
    ],
    ['somebody in the room who blocks the author', { inRoom: true, blocks: true }],
    ['the author', { isAuthor: true, inRoom: true }],
  ];
  /** What the rules say. */
  const comes = (visibility: (typeof visibilities)[number], is: Standing, readsPrivate: boolean): boolean => {
    if (is.hides || is.blocks || (visibility !== 'PUBLIC' && !readsPrivate)) return false;
    const isTied = Boolean(is.follows || is.connected);
    const isFor = {
      PUBLIC: isTied,
      FOLLOWERS: is.follows,
      CONNECTIONS: is.connected,
      ASPECTS: isTied && is.inAspect,
      ROOM: is.inRoom,
    }[visibility];
    return Boolean(isFor);
  };

  it('rules 3.1, 3.2, 3.6 and 5: each visibility, by how they stand to the author, and by their token', async () => {
    const [author, herald, ...others] = await more(standings.length + 1);
    if (!author || !herald) throw new Error('There are two.');
    const room = await rooms.create(author);
    const aspects: string[] = [];
    for (const name of ['Chosen', 'Other']) {
      const { aspect } = await kith.mutate('createAspect', { name }, author.username, 'aspect { id }');
      aspects.push(aspect.id);
    }
    const streams: { name: string; is: Standing; readsPrivate: boolean; stream: EventStream }[] = [];
    for (const [name, is] of standings) {
      const viewer = is.isAuthor ? author : others.pop();
      if (!viewer) throw new Error('There is one for each.');
      await done('followUser', viewer, herald);
      if (is.follows) await done('followUser', viewer, author);
      if (is.connected) {
        await done('requestConnection', viewer, author);
        await done('acceptConnection', author, viewer);
      }
      const [chosen, other] = aspects;
      if (is.inAspect) await rooms.done('addToAspect', { aspectId: chosen, userId: viewer.id }, author);
      if (is.inOtherAspect) await rooms.done('addToAspect', { aspectId: other, userId: viewer.id }, author);
      if (is.inRoom && !is.isAuthor) await rooms.act('joinRoom', room, viewer);
      if (is.hides) await done('hideUser', viewer, author);
      if (is.blocks) await done('blockUser', viewer, author);
      for (const readsPrivate of [true, false]) {
        const scope = readsPrivate ? scopes.join(' ') : withoutPrivate;
        streams.push({ name, is, readsPrivate, stream: await streamOf(viewer, { scope }) });
      }
    }
    for (const visibility of visibilities) {
      await say(author, visibility, {
        visibility,
        ...(visibility === 'ASPECTS' ? { aspectIds: aspects.slice(0, 1) } : {}),
        ...(visibility === 'ROOM' ? { roomId: room.id } : {}),
      });
    }
    await say(herald, 'End');
    for (const { name, is, readsPrivate, stream } of streams) {
      expect(
        await readUntil(stream, 'End'),
        `${name}, ${readsPrivate ? 'all' : 'without private:read'}`,
      ).toEqual([...visibilities.filter((visibility) => comes(visibility, is, readsPrivate)), 'End']);
    }
  });

  it.each(['blockUser', 'hideUser'] as const)(
    'rules 3.1 and 3.2: nothing of somebody in their room from %s on',
    async (verb) => {
      const [ada, bob, carol] = await newPeople();
      const room = await rooms.create(carol);
      for (const person of [ada, bob]) await rooms.act('joinRoom', room, person);
      const inRoom = { visibility: 'ROOM', roomId: room.id };
      const stream = await streamOf(ada);
      await say(bob, 'Before', inRoom);
      expect(await readUntil(stream, 'Before')).toEqual(['Before']);
      await done(verb, ada, bob);
      await say(bob, 'After', inRoom);
      await say(carol, 'End', inRoom);
      expect(await readUntil(stream, 'End')).toEqual(['End']);
    },
  );

  it.each([
    ['3.1: who blocks them', (ada: Person, bob: Person) => done('blockUser', bob, ada)],
    ['3.1: whom they block', (ada: Person, bob: Person) => done('blockUser', ada, bob)],
    ['3.2: whom they hide', (ada: Person, bob: Person) => done('hideUser', ada, bob)],
    ['3.7: who is suspended', (_ada: Person, bob: Person) => setStatus(bob, 'SUSPENDED')],
    ['4: whom they follow no more', (ada: Person, bob: Person) => done('unfollowUser', ada, bob)],
  ])('rule %s by the time that the post is read: it does not come', async (_name, part) => {
    const [ada, bob, carol] = await newPeople();
    for (const followed of [bob, carol]) await done('followUser', ada, followed);
    const { stream, wake } = await deafStreamOf(ada);
    await say(bob, 'Before');
    await part(ada, bob);
    await say(carol, 'End');
    await wake();
    expect(await readUntil(stream, 'End')).toEqual(['End']);
  });

  it('rule 3.6: who has left the room gets nothing of it any more', async () => {
    const [ada, bob, carol] = await newPeople();
    const room = await rooms.create(carol, { isPublic: false });
    await rooms.bring(room, carol, ada);
    await done('followUser', ada, bob);
    await done('followUser', ada, carol);
    const inRoom = { visibility: 'ROOM', roomId: room.id };
    const stream = await streamOf(ada);
    await say(carol, 'Before', inRoom);
    expect(await readUntil(stream, 'Before')).toEqual(['Before']);
    await rooms.act('leaveRoom', room, ada);
    await say(carol, 'After', inRoom);
    await say(bob, 'End');
    expect(await readUntil(stream, 'End')).toEqual(['End']);
  });
});

describe('several instances', () => {
  it('tell each other: what is posted on one comes on the other, once', async () => {
    const hub = memoryHub();
    const [here, there] = [
      await startInstance(kith, { bus: hub.bus() }),
      await startInstance(kith, { bus: hub.bus() }),
    ];
    const [ada, bob, carol] = await newPeople();
    await done('followUser', ada, bob);
    const room = await rooms.create(carol);
    await rooms.act('joinRoom', room, ada);
    const streams = [await streamOf(ada, { at: here }), await streamOf(ada, { at: there })];
    await sayAt(there, bob, 'Over there');
    for (const stream of streams) expect(await readUntil(stream, 'Over there')).toEqual(['Over there']);
    await sayAt(here, carol, 'In the room', `visibility: ROOM, roomId: "${room.id}"`);
    for (const stream of streams) expect(await readUntil(stream, 'In the room')).toEqual(['In the room']);
    const far = await say(carol, 'Far');
    await mutateAt(there, `resharePost(input: { postId: "${far}" }) { userErrors { code } }`, bob);
    for (const stream of streams) expect((await stream.value()).root).toEqual({ body: 'Far' });
    expect(streams.flatMap((stream) => stream.waiting())).toEqual([]);
  });

  it('catch up with what they have missed', async () => {
    const hub = memoryHub();
    const here = await startInstance(kith, { bus: hub.bus() });
    const [ada, bob] = await newPeople();
    await done('followUser', ada, bob);
    const stream = await streamOf(ada, { at: here });
    await eventually(() => here.app.openStreams() === 1, 'the stream');
    for (const body of ['One', 'Two']) await say(bob, body);
    hub.missed();
    expect(await readUntil(stream, 'Two')).toEqual(['One', 'Two']);
  });

  it('a post knocks only where it may be in a feed: nobody else reads', async () => {
    const hub = memoryHub();
    const [here, there] = [
      await startInstance(kith, { bus: hub.bus() }),
      await startInstance(kith, { bus: hub.bus() }),
    ];
    const [ada, bob, carol] = await newPeople();
    const asked = () => kith.database.statements.filter((one) => one.includes('AS person(id)')).length;
    const read = () => kith.database.statements.filter((one) => one.includes('look_up')).length;
    kith.database.statements.length = 0;
    await sayAt(there, bob, 'Nobody listens');
    await quiet();
    expect([asked(), read()]).toEqual([0, 0]);

    await done('followUser', ada, carol);
    const stream = await streamOf(ada, { at: here });
    await eventually(() => here.app.openStreams() === 1, 'the stream');
    await quiet();
    kith.database.statements.length = 0;
    await sayAt(there, bob, 'Of a stranger');
    await eventually(() => asked() > 0, 'the knock');
    await quiet();
    expect([asked(), read()]).toEqual([1, 0]);
    await sayAt(there, carol, 'Of somebody followed');
    expect(await readUntil(stream, 'Of somebody followed')).toEqual(['Of somebody followed']);
  });

  it('go on when it cannot be found out whom to tell', async () => {
    const hub = memoryHub();
    const bus = hub.bus();
    const here = await startInstance(kith, { bus: hub.bus() });
    const [ada, bob] = await newPeople();
    await done('followUser', ada, bob);
    const stream = await streamOf(ada, { at: here });
    await eventually(() => here.app.openStreams() === 1, 'the stream');
    await quiet();
    await kith.database.db.execute(sql`ALTER TABLE room_members RENAME TO elsewhere`);
    try {
      bus.publish([`feeds:${bob.uuid}`]);
      await eventually(() => here.logged.join('').includes('were not told'), 'the log');
    } finally {
      await kith.database.db.execute(sql`ALTER TABLE elsewhere RENAME TO room_members`);
    }
    await sayAt(here, bob, 'All is well');
    expect(await readUntil(stream, 'All is well')).toEqual(['All is well']);
  });
});

describe('who may, and how it ends', () => {
  it.each(everyWay)('%s: needs a token', async (way) => {
    const { response } = await ask(kith.fetch, `subscription { ${field} }`, null, way);
    expect(await response.text()).toContain('"code":"UNAUTHENTICATED"');
  });

  it.each(everyWay)('%s: needs no scope but public:read, which every token has', async (way) => {
    const [ada, bob] = await newPeople();
    await done('followUser', ada, bob);
    const stream = await streamOf(ada, { way, scope: 'profile' });
    await say(bob, 'For followers', { visibility: 'FOLLOWERS' });
    await say(bob, 'For all');
    expect(await readUntil(stream, 'For all')).toEqual(['For all']);
  });

  it('ends with its token', async () => {
    const here = await startInstance(kith);
    const [ada] = await newPeople();
    const token = await signToken(testAuth, ada.username, { expires: '2s' });
    const stream = await subscribe(here.overSocket, field, token);
    expect(await stream.ended).toBe(true);
    expect(stream.waiting()).toEqual([]);
    expect(here.app.openStreams()).toBe(0);
  });
});
