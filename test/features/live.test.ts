// Streams of events: what comes to somebody reaches their open streams, and nobody else's.
import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { createClient } from 'graphql-sse';
import { describe, expect, it } from 'vitest';
import { users } from '../../src/features/users/table.ts';
import { useTestApp } from '../helpers/app.ts';
import { crowd } from '../helpers/crowd.ts';
import {
  type EventStream,
  eventually,
  type Instance,
  memoryHub,
  startInstance,
  subscribe,
  type Way,
  ways,
} from '../helpers/live.ts';

const kith = useTestApp();
const everyWay = Object.keys(ways) as Way[];

const added = 'notificationAdded { kind actorsCount seenAt actors { username displayName } }';
const unseen = 'unseenChanged { total notifications connectionRequests }';

/** A stream of this person's, who is there from then on. */
async function streamOf(username: string, field = added, way?: Way): Promise<EventStream> {
  await kith.idOf(username);
  return subscribe(kith.fetch, field, await kith.token(username), way);
}

async function follow(follower: string, followee: string): Promise<void> {
  const { userErrors } = await kith.mutate('followUser', { userId: await kith.idOf(followee) }, follower);
  expect(userErrors).toEqual([]);
}

/** What a follow tells, by the usernames of those who did it, the last one first. */
const followed = (...actors: string[]) => ({
  kind: 'FOLLOWED',
  actorsCount: actors.length,
  seenAt: null,
  actors: actors.map((username) => expect.objectContaining({ username })),
});

const counts = (notifications: number, connectionRequests = 0) => ({
  total: notifications,
  notifications,
  connectionRequests,
});

describe('on the endpoint', () => {
  it.each(everyWay)('%s: a follow comes as a notification and as a changed count', async (way) => {
    const [name, by] = [`way${everyWay.indexOf(way)}`, `wayby${everyWay.indexOf(way)}`];
    const notifications = await streamOf(name, added, way);
    const count = await streamOf(name, unseen, way);
    await follow(by, name);
    expect(await notifications.value()).toEqual(followed(by));
    expect(await count.value()).toEqual(counts(1));
  });

  it('is what a client of the SSE protocol reads, and closes', async () => {
    await kith.idOf('client');
    const client = createClient({
      singleConnection: false,
      url: 'http://kith.test/graphql',
      headers: { authorization: `Bearer ${await kith.token('client')}` },
      retryAttempts: 0,
      fetchFn: (_url: string, init: RequestInit) => kith.fetch('/graphql', init),
    });
    const events = client.iterate<{ notificationAdded: unknown }>({ query: `subscription { ${added} }` });
    const first = events.next();
    // The client is connected some time after it was asked to be.
    for (let n = 0, came = false; !came; n++) {
      await follow(`client-follower-${n}`, 'client');
      came = await Promise.race([first.then(() => true), sleep(100, false)]);
    }
    expect((await first).value?.data?.notificationAdded).toMatchObject({ kind: 'FOLLOWED' });
    await events.return?.();
    client.dispose();
  });

  it('tells each act to the one it is towards, in order, and to nobody else', async () => {
    const [receiver, other] = [await streamOf('receiver'), await streamOf('other')];
    for (const by of ['one', 'two', 'three']) {
      await follow(by, 'receiver');
      expect((await receiver.value()).actors[0]).toMatchObject({ username: by });
    }
    await kith.mutate('requestConnection', { userId: await kith.idOf('receiver') }, 'two');
    expect(await receiver.value()).toMatchObject({ kind: 'CONNECTION_REQUESTED', actorsCount: 1 });
    await follow('two', 'other');
    expect(await other.value()).toEqual(followed('two'));
    expect([receiver.waiting(), other.waiting()]).toEqual([[], []]);
  });

  it('reaches all streams of a person', async () => {
    const streams = await Promise.all(everyWay.map((way) => streamOf('many-screens', added, way)));
    await follow('their-follower', 'many-screens');
    for (const stream of streams) expect(await stream.value()).toEqual(followed('their-follower'));
  });

  it('beats while nothing happens', async () => {
    const stream = await streamOf('silent');
    await eventually(() => stream.text().length >= ':\n\n:\n\n:\n\n'.length, 'heartbeats');
    expect(stream.text()).toMatch(/^(:\n\n)+$/);
  });

  it('can be found by introspection, each field with a description', async () => {
    const { __schema } = await kith.query(
      '{ __schema { subscriptionType { description fields { name description } } } }',
    );
    const fields: { name: string; description: string }[] = __schema.subscriptionType.fields;
    expect(fields.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['notificationAdded', 'unseenChanged']),
    );
    for (const { description } of fields) expect(description).toMatch(/\w/);
  });
});

describe('what comes', () => {
  it('is nothing for an act that was refused, or that changes nothing', async () => {
    const [notifications, count] = [await streamOf('refuser'), await streamOf('refuser', unseen)];
    const userId = await kith.idOf('refuser');
    await kith.mutate('blockUser', { userId: await kith.idOf('refused') }, 'refuser');
    const { userErrors } = await kith.mutate('followUser', { userId }, 'refused');
    expect(userErrors[0].code).toBe('NOT_FOUND');
    expect((await kith.mutate('followUser', { userId }, 'refuser')).userErrors[0].code).toBe('SELF');
    const scope = 'public:read contacts:read';
    const document = `mutation { followUser(input: { userId: "${userId}" }) { userErrors { code } } }`;
    expect((await kith.send(document, { as: 'let', scope })).errors[0]?.extensions?.code).toBe('FORBIDDEN');
    await follow('let', 'refuser');
    await follow('let', 'refuser');
    expect(await notifications.value()).toEqual(followed('let'));
    expect(await count.value()).toEqual(counts(1));
    await kith.mutate('requestConnection', { userId }, 'let');
    expect((await notifications.value()).kind).toBe('CONNECTION_REQUESTED');
    expect(await count.value()).toEqual(counts(2, 1));
  });

  it('can be read by whoever hears of it', async () => {
    const stream = await streamOf('reader', unseen);
    for (let n = 1; n <= 20; n++) {
      await kith.mutate('requestConnection', { userId: await kith.idOf('reader') }, `writer-${n}`);
      const heard = await stream.value();
      const { viewer } = await kith.query(
        '{ viewer { unseen { total notifications connectionRequests } } }',
        { as: 'reader' },
      );
      expect([heard, viewer.unseen]).toEqual([counts(n, n), counts(n, n)]);
    }
  });

  it('may have the alias `then`, as if what has it were a promise', async () => {
    const stream = await streamOf('aliased', 'then: notificationAdded { then: actors { then: username } }');
    await follow('aliaser', 'aliased');
    expect(JSON.stringify(await stream.value())).toBe('{"then":[{"then":"aliaser"}]}');
  });

  it('is as it is now, not as it was when the stream began', async () => {
    const stream = await streamOf('watcher');
    await kith.mutate('updateProfile', { displayName: 'Before' }, 'renamed');
    await follow('renamed', 'watcher');
    expect((await stream.value()).actors).toEqual([{ username: 'renamed', displayName: 'Before' }]);
    await kith.mutate('updateProfile', { displayName: 'After' }, 'renamed');
    await follow('renamed-friend', 'watcher');
    expect((await stream.value()).actors[1]).toEqual({ username: 'renamed', displayName: 'After' });
  });

  it('has the notification’s id and subject, as node has them', async () => {
    const stream = await streamOf('subject', 'notificationAdded { id subject { __typename id } }');
    await follow('subjects-follower', 'subject');
    const { id, subject } = await stream.value();
    expect(subject).toEqual({ __typename: 'User', id: await kith.idOf('subject') });
    const { node } = await kith.query(`{ node(id: "${id}") { ... on Notification { actorsCount } } }`, {
      as: 'subject',
    });
    expect(node).toEqual({ actorsCount: 1 });
  });

  it('rule 3.1: is nothing of somebody who is blocked by the time it is read', async () => {
    // Acts elsewhere, of which this stream does not hear: it reads only with the follow at the end.
    const here = await startInstance(kith);
    await kith.idOf('blocker');
    const token = await kith.token('blocker');
    const notifications = await subscribe(here.inProcess, added, token);
    const count = await subscribe(here.inProcess, unseen, token);
    await eventually(() => here.app.openStreams() === 2, 'both streams');
    await follow('blocked-later', 'blocker');
    await kith.mutate('requestConnection', { userId: await kith.idOf('blocker') }, 'blocked-later');
    await kith.mutate('blockUser', { userId: await kith.idOf('blocked-later') }, 'blocker');
    await follow('blocker-friend', 'blocker');
    await wake(here, 'blocker');
    expect(await notifications.value()).toEqual(followed('blocker-friend'));
    expect(await count.value()).toEqual(counts(1));
    expect([notifications.waiting(), count.waiting()]).toEqual([[], []]);
  });

  it('rule 3.1: is nothing of somebody from the block on, and the count goes back', async () => {
    const [notifications, count] = [await streamOf('done-with'), await streamOf('done-with', unseen)];
    await follow('nuisance', 'done-with');
    expect(await notifications.value()).toEqual(followed('nuisance'));
    expect(await count.value()).toEqual(counts(1));
    await kith.mutate('blockUser', { userId: await kith.idOf('nuisance') }, 'done-with');
    expect(await count.value()).toEqual(counts(0));
    for (const verb of ['followUser', 'requestConnection'])
      await kith.mutate(verb, { userId: await kith.idOf('done-with') }, 'nuisance');
    await follow('newcomer', 'done-with');
    expect(await notifications.value()).toEqual(followed('newcomer'));
    expect(await count.value()).toEqual(counts(1));
  });

  it('rule 3.7: is nothing of somebody suspended', async () => {
    const here = await startInstance(kith);
    await kith.idOf('orderly');
    const stream = await subscribe(here.inProcess, added, await kith.token('orderly'));
    await follow('disorderly', 'orderly');
    await kith.mutate('requestConnection', { userId: await kith.idOf('orderly') }, 'disorderly');
    await setStatus('disorderly', 'SUSPENDED');
    await follow('orderly-friend', 'orderly');
    await wake(here, 'orderly');
    expect(await stream.value()).toEqual(followed('orderly-friend'));
    expect(stream.waiting()).toEqual([]);
  });

  it('is nothing of a muted kind', async () => {
    const [notifications, count] = [await streamOf('muting'), await streamOf('muting', unseen)];
    await kith.mutate('updateSettings', { notifications: { muted: ['FOLLOWED'] } }, 'muting');
    await follow('loud', 'muting');
    await kith.mutate('requestConnection', { userId: await kith.idOf('muting') }, 'loud');
    expect(await notifications.value()).toMatchObject({ kind: 'CONNECTION_REQUESTED' });
    expect(await count.value()).toEqual(counts(1, 1));
  });

  it('counts what is taken back, and what is marked seen', async () => {
    const stream = await streamOf('counting', unseen);
    await follow('fickle', 'counting');
    expect(await stream.value()).toEqual(counts(1));
    await kith.mutate('unfollowUser', { userId: await kith.idOf('counting') }, 'fickle');
    expect(await stream.value()).toEqual(counts(0));
    await follow('going', 'counting');
    expect(await stream.value()).toEqual(counts(1));
    await kith.mutate('deleteAccount', { username: 'going' }, 'going');
    expect(await stream.value()).toEqual(counts(0));
    await kith.mutate('requestConnection', { userId: await kith.idOf('counting') }, 'fickle');
    expect(await stream.value()).toEqual(counts(1, 1));
    await kith.mutate('markNotificationsSeen', {}, 'counting');
    expect(await stream.value()).toEqual(counts(0, 1));
    await kith.mutate('markConnectionRequestsSeen', {}, 'counting');
    expect(await stream.value()).toEqual(counts(0));
  });

  it('is no count that is as it was before', async () => {
    const stream = await streamOf('steady', unseen);
    for (let n = 0; n < 5; n++) await kith.mutate('markNotificationsSeen', {}, 'steady');
    for (let n = 0; n < 5; n++) await follow(`steady-${n}`, 'steady');
    expect(await stream.value()).toEqual(counts(1));
    await kith.mutate('markNotificationsSeen', {}, 'steady');
    expect(await stream.value()).toEqual(counts(0));
  });

  it('loses nothing of what ten do at once: each of them is named', async () => {
    const stream = await streamOf('known');
    const fans = Array.from({ length: 10 }, (_, n) => `fan-${n}`);
    await Promise.all(fans.map((fan) => kith.idOf(fan)));
    await Promise.all(fans.map((fan) => follow(fan, 'known')));
    const seen = new Set<string>();
    for (let last = 0; last < fans.length; ) {
      const { actors, actorsCount } = await stream.value();
      for (const { username } of actors) seen.add(username);
      expect(actorsCount).toBeGreaterThan(last);
      last = actorsCount;
    }
    expect([...seen].sort()).toEqual(fans);
    expect(stream.waiting()).toEqual([]);
  });

  it('loses nothing of what many do at once: the last counts are the true ones', async () => {
    const [notifications, count] = [await streamOf('famous'), await streamOf('famous', unseen)];
    const userId = await kith.idOf('famous');
    const many = (await crowd(kith, 'many', 40)).map(({ username }) => username);
    await Promise.all(
      many.flatMap((by, n) => [
        follow(by, 'famous'),
        ...(n % 4 ? [] : [kith.mutate('requestConnection', { userId }, by)]),
      ]),
    );
    const requests = new Set<string>();
    for (let last = 0; last < many.length || requests.size < 10; ) {
      const { kind, actors, actorsCount } = await notifications.value();
      if (kind === 'FOLLOWED') last = actorsCount;
      else requests.add(actors[0].username);
    }
    let last = await count.value();
    while (last.notifications < 11) last = await count.value();
    const { viewer } = await kith.query(
      '{ viewer { unseen { total notifications connectionRequests } notifications { totalCount } } }',
      { as: 'famous' },
    );
    expect([last, viewer.unseen]).toEqual([counts(11, 10), counts(11, 10)]);
    expect(viewer.notifications.totalCount).toBe(11);
    expect([notifications.waiting(), count.waiting()]).toEqual([[], []]);
  });
});

describe('several instances', () => {
  it('hear of each other’s acts, and each tells its own readers once', async () => {
    const hub = memoryHub();
    const [here, there] = [
      await startInstance(kith, { bus: hub.bus() }),
      await startInstance(kith, { bus: hub.bus() }),
    ];
    await kith.idOf('distant');
    const token = await kith.token('distant');
    const streams = [
      await subscribe(here.overSocket, added, token),
      await subscribe(there.overSocket, added, token),
    ];
    for (const [n, at] of [here, there].entries()) {
      await followAt(at, `distant-${n}`, 'distant');
      for (const stream of streams)
        expect((await stream.value()).actors[0]).toMatchObject({ username: `distant-${n}` });
    }
    expect(streams.map((stream) => stream.waiting())).toEqual([[], []]);
  });

  it('catch up with what they have missed', async () => {
    const hub = memoryHub();
    const here = await startInstance(kith, { bus: hub.bus() });
    await kith.idOf('cut-off');
    const token = await kith.token('cut-off');
    const [notifications, count] = [
      await subscribe(here.overSocket, added, token),
      await subscribe(here.overSocket, unseen, token),
    ];
    await kith.mutate('requestConnection', { userId: await kith.idOf('cut-off') }, 'missed-1');
    for (const by of ['missed-1', 'missed-2']) await follow(by, 'cut-off');
    hub.missed();
    expect(await notifications.value()).toMatchObject({ kind: 'CONNECTION_REQUESTED' });
    expect(await notifications.value()).toEqual(followed('missed-2', 'missed-1'));
    expect(await count.value()).toEqual(counts(2, 1));
  });

  it('leave the way between them when they close', async () => {
    const hub = memoryHub();
    const { app } = await startInstance(kith, { bus: hub.bus() });
    expect(hub.size()).toBe(1);
    await app.dispose();
    expect(hub.size()).toBe(0);
  });
});

/** Somebody follows somebody through another instance. */
async function followAt(instance: Instance, follower: string, followee: string): Promise<void> {
  const userId = await kith.idOf(followee);
  await mutateAt(instance, `followUser(input: { userId: "${userId}" }) { userErrors { code } }`, follower);
}

/** Makes an instance read what is new for somebody. */
async function wake(instance: Instance, username: string): Promise<void> {
  await mutateAt(
    instance,
    'markNotificationsSeen(input: { notificationIds: [] }) { userErrors { code } }',
    username,
  );
}

async function mutateAt(instance: Instance, field: string, as: string): Promise<void> {
  const response = await instance.overSocket('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await kith.token(as)}` },
    body: JSON.stringify({ query: `mutation { done: ${field} }` }),
  });
  expect(await response.json()).toEqual({ data: { done: { userErrors: [] } } });
}

async function setStatus(username: string, status: 'ACTIVE' | 'SUSPENDED'): Promise<void> {
  await kith.database.db.update(users).set({ status }).where(eq(users.username, username));
}
