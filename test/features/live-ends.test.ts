// Who gets a stream of events, how it ends, and that nothing of it is left then.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { signToken } from '../../src/auth/token.ts';
import { testAuth, useTestApp } from '../helpers/app.ts';
import { crowd } from '../helpers/crowd.ts';
import {
  ask,
  eventually,
  type Instance,
  memoryHub,
  readEvents,
  startInstance,
  subscribe,
  subscriptionRequest,
  type Way,
  ways,
} from '../helpers/live.ts';

const kith = useTestApp();
const everyWay = Object.keys(ways) as Way[];
const transports = ['inProcess', 'overSocket'] as const;

const fields = ['notificationAdded { kind actorsCount }', 'unseenChanged { total }'] as const;
const [added, unseen] = fields;

/** Does it in every way at once, where most of it is waiting; a failure says which way it was. */
async function inEveryWay(run: (way: Way) => Promise<void>): Promise<void> {
  await Promise.all(
    everyWay.map((way) =>
      run(way).catch((error: unknown) => {
        throw new Error(`${way}: ${error}`, { cause: error });
      }),
    ),
  );
}

/** What is answered where there is no stream: JSON, or one event and the end. */
async function refusal(document: string, token: string | null, way: Way) {
  const { response } = await ask(kith.fetch, document, token, way);
  const body = await response.text();
  const json = /^(?::\n\n)*event: next\ndata: (.*)\n\nevent: complete\ndata:\n\n$/.exec(body)?.[1] ?? body;
  const { errors, data } = JSON.parse(json);
  return { status: response.status, data, errors };
}

describe('who may', () => {
  const cases = everyWay.flatMap((way) => fields.map((field) => ({ way, field })));

  it.each(cases)('$way: $field needs a token', async ({ way, field }) => {
    const { errors, data } = await refusal(`subscription { ${field} }`, null, way);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(data ?? null).toBeNull();
  });

  it.each(cases)('$way: $field needs the scope `notifications`', async ({ way, field }) => {
    const token = await kith.token(
      'scopeless',
      'public:read profile contacts:read contacts:modify interactions',
    );
    const { errors } = await refusal(`subscription { ${field} }`, token, way);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', requiredScope: 'notifications' } }]);
    const allowed = await kith.token('scopeless', 'notifications');
    const { response } = await ask(kith.fetch, `subscription { ${field} }`, allowed, way);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
  });

  it.each(everyWay)('%s: a token that is none is refused with 401', async (way) => {
    const expired = await signToken(testAuth, 'late', { expires: '-1h' });
    const other = await signToken({ ...testAuth, secret: 'another secret of thirty-two bytes!!' }, 'late', {
      expires: '1h',
    });
    for (const token of ['nonsense', expired, other]) {
      const { status, errors } = await refusal(`subscription { ${unseen} }`, token, way);
      expect(status).toBe(401);
      expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    }
  });

  it('a suspended account may not', async () => {
    await kith.idOf('suspended-before');
    await setSuspended('suspended-before');
    const { errors } = await refusal(
      `subscription { ${added} }`,
      await kith.token('suspended-before'),
      'POST, */*',
    );
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });
});

describe('what is no stream', () => {
  const aliases = (n: number) => Array.from({ length: n }, (_, i) => `a${i}: total`).join(' ');
  const documents: [string, string, string][] = [
    ['two root fields', `subscription { ${added} ${unseen} }`, 'GRAPHQL_VALIDATION_FAILED'],
    ['one root field twice', `subscription { a: ${added} b: ${added} }`, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a second root field in a fragment',
      `subscription { ${added} ...F } fragment F on Subscription { ${unseen} }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['a root field of queries', 'subscription { community { name } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['introspection', 'subscription { __schema { types { name } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['nothing but the type’s name', 'subscription { __typename }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a root field left out',
      `subscription { unseenChanged @skip(if: true) { total } }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'a subscription and a query, and no word of which',
      `subscription A { ${added} } query B { community { name } }`,
      'OPERATION_RESOLUTION_FAILURE',
    ],
    ['too many aliases', `subscription { unseenChanged { ${aliases(101)} } }`, 'LIMIT_EXCEEDED'],
    [
      'too expensive',
      'subscription { notificationAdded { actors { followers(first: 100) { nodes { followers(first: 100) { nodes { id } } } } } } }',
      'LIMIT_EXCEEDED',
    ],
    [
      'too deep',
      `subscription { notificationAdded { actors ${'{ followers { nodes '.repeat(10)}{ id }${' } }'.repeat(10)} } }`,
      'LIMIT_EXCEEDED',
    ],
    ['too long', `subscription { ${'unseenChanged { total } '.repeat(5_000)} }`, 'LIMIT_EXCEEDED'],
    ['half a document', 'subscription { unseenChanged', 'GRAPHQL_PARSE_FAILED'],
  ];

  it.each(documents)('%s', async (_name, document, code) => {
    const token = await kith.token('attacker');
    // A URL holds no more than Node's HTTP server reads of one.
    for (const way of everyWay.filter((each) => document.length < 10_000 || ways[each].method === 'POST')) {
      const { errors, data } = await refusal(document, token, way);
      expect(errors?.[0]?.extensions?.code, `${way}: ${JSON.stringify(errors)}`).toBe(code);
      expect(data ?? null).toBeNull();
    }
  });

  it('the operation named in a document of two is the one that runs', async () => {
    const query = `subscription A { ${added} } query B { community { name } }`;
    const { data } = await kith.send(query, { as: 'attacker', operationName: 'B' });
    expect(data).toEqual({ community: { name: 'Kith' } });
  });

  it.each(transports)(
    '%s: a client that does not take events gets none, and leaves no stream',
    async (transport) => {
      const here = await startInstance(kith);
      const token = await kith.token('attacker');
      for (const way of everyWay) {
        for (const accept of ['application/json', 'multipart/mixed', 'text/html', 'nonsense']) {
          const { path, init } = subscriptionRequest(`subscription { ${added} }`, way, token);
          const response = await here[transport](path, { ...init, headers: { ...init.headers, accept } });
          expect(response.status).toBe(406);
          await response.text();
        }
      }
      expect(here.app.openStreams()).toBe(0);
    },
  );
});

describe('a stream ends', () => {
  it('in every way: with its token', async () => {
    await inEveryWay(async (way) => {
      const here = await startInstance(kith);
      const token = await signToken(testAuth, 'short', { expires: '2s' });
      const begun = Date.now();
      const stream = await subscribe(here.overSocket, unseen, token, way);
      expect(await stream.ended).toBe(true);
      expect(Date.now() - begun).toBeLessThan(3_000);
      expect(stream.text()).toMatch(/^(:\n\n)+event: complete\ndata:\n\n$/);
      expect(here.app.openStreams()).toBe(0);
    });
  });

  it.each(['suspended', 'deleted'] as const)('at the next knock, when the account is %s', async (how) => {
    const hub = memoryHub();
    const here = await startInstance(kith, { bus: hub.bus() });
    const username = `to-be-${how}`;
    await kith.idOf(username);
    await kith.mutate('followUser', { userId: await kith.idOf(username) }, 'somebody');
    const token = await kith.token(username);
    const streams = await Promise.all(fields.map((field) => subscribe(here.overSocket, field, token)));
    await kith.mutate('requestConnection', { userId: await kith.idOf(username) }, 'somebody');
    if (how === 'suspended') await setSuspended(username);
    else expect(await kith.mutate('deleteAccount', { username }, username)).toEqual({ userErrors: [] });
    hub.missed();
    for (const stream of streams) {
      expect(await stream.ended).toBe(true);
      expect(stream.waiting()).toEqual([]);
    }
    expect(here.app.openStreams()).toBe(0);
    const { users } = await kith.query('{ users(first: 100) { nodes { username } } }');
    expect(users.nodes.map((user: { username: string }) => user.username)).not.toContain(username);
  });

  it.each(everyWay)('%s: at once, when its person deletes their account', async (way) => {
    const username = `deleted-${everyWay.indexOf(way)}`;
    await kith.idOf(username);
    const stream = await subscribe(kith.fetch, unseen, await kith.token(username), way);
    await eventually(() => stream.text() !== '', 'a heartbeat');
    expect((await kith.mutate('deleteAccount', { username }, username)).userErrors).toEqual([]);
    expect(await stream.ended).toBe(true);
    expect(stream.waiting()).toEqual([]);
  });

  it('with an error that says nothing of the inside, when an event cannot be read', async () => {
    const hub = memoryHub();
    const here = await startInstance(kith, { bus: hub.bus() });
    await kith.idOf('unlucky');
    const stream = await subscribe(here.overSocket, added, await kith.token('unlucky'));
    await eventually(() => here.app.openStreams() === 1, 'the stream');
    await kith.database.db.execute(sql`ALTER TABLE notifications RENAME TO elsewhere`);
    try {
      hub.missed();
      await stream.ended;
    } finally {
      await kith.database.db.execute(sql`ALTER TABLE elsewhere RENAME TO notifications`);
    }
    expect(here.app.openStreams()).toBe(0);
    expect(stream.text()).not.toMatch(/select|notifications"|relation|Error:|\bat /i);
  });

  it('when the server ends them, and none begins after that', async () => {
    const here = await startInstance(kith);
    await kith.idOf('last-one');
    const token = await kith.token('last-one');
    const before = await Promise.all(everyWay.map((way) => subscribe(here.overSocket, added, token, way)));
    here.app.endStreams();
    expect(await Promise.all(before.map((stream) => stream.ended))).toEqual([true, true, true]);
    const after = await subscribe(here.overSocket, added, token);
    expect(await after.ended).toBe(true);
    expect(here.app.openStreams()).toBe(0);
  });
});

describe('a client that leaves', () => {
  const cases = transports.flatMap((transport) => everyWay.map((way) => ({ transport, way })));

  it.each(cases)('$transport, $way: leaves nothing behind', async ({ transport, way }) => {
    const here = await startInstance(kith);
    await kith.idOf('leaver');
    const token = await kith.token('leaver');
    for (const field of fields) {
      const stream = await subscribe(here[transport], field, token, way);
      await eventually(() => here.app.openStreams() === 1, 'the stream to be open');
      stream.leave();
      await eventually(() => here.app.openStreams() === 0, 'the stream to be forgotten');
    }
    expect(here.logged).toEqual([]);
  });

  it.each(cases)(
    '$transport, $way: leaves nothing behind in the middle of an event',
    async ({ transport, way }) => {
      const here = await startInstance(kith);
      await kith.idOf('hasty');
      const token = await kith.token('hasty');
      const others = await crowd(kith, 'hurried', 10);
      for (const { username } of others) {
        const stream = await subscribe(here[transport], added, token, way);
        await eventually(() => here.app.openStreams() === 1, 'the stream to be open');
        await followAt(here, username, 'hasty');
        stream.leave();
        await eventually(() => here.app.openStreams() === 0, 'the stream to be forgotten');
      }
      expect(here.logged).toEqual([]);
    },
  );

  it.each(cases)(
    '$transport, $way: nor does one that leaves before it is answered',
    async ({ transport, way }) => {
      const here = await startInstance(kith);
      await kith.idOf('impatient');
      const { path, init } = subscriptionRequest(
        `subscription { ${added} }`,
        way,
        await kith.token('impatient'),
      );
      for (let wait = 0; wait < 12; wait++) {
        const client = new AbortController();
        const answer = here[transport](path, { ...init, signal: client.signal }).catch(() => null);
        setTimeout(() => client.abort(), wait);
        await answer;
      }
      const { response, leave } = await ask(
        here[transport],
        `subscription { ${unseen} }`,
        await kith.token('impatient'),
      );
      leave();
      await response.text().catch(() => {});
      await eventually(() => here.app.openStreams() === 0, 'all to be forgotten');
    },
  );

  it('two hundred of two hundred people leave nothing behind', async () => {
    const here = await startInstance(kith);
    const people = await crowd(kith, 'visitor', 200);
    const streams = await Promise.all(
      people.map(async ({ username }, n) =>
        subscribe(here.overSocket, fields[n % 2] ?? added, await kith.token(username), everyWay[n % 3]),
      ),
    );
    await eventually(() => here.app.openStreams() === 200, 'all to be open');
    await Promise.all(people.slice(0, 20).map(({ username }) => followAt(here, 'host', username)));
    for (const stream of streams.slice(0, 20)) await stream.value();
    for (const stream of streams) stream.leave();
    await eventually(() => here.app.openStreams() === 0, 'all to be forgotten');
    expect(streams.slice(20).flatMap((stream) => stream.waiting())).toEqual([]);
  });
});

describe('a reader that is slow', () => {
  // An event of some megabytes: what lies between server and client holds only a few of them.
  const bios = Array.from({ length: 90 }, (_, n) => `b${n}: bio`).join(' ');
  const large = `notificationAdded { actorsCount actors { ${bios} } }`;

  /** Asks for a stream of large events, and does not read it. */
  async function sleepingReader(here: Instance, username: string, way: Way): Promise<IncomingMessage> {
    const { path, init } = subscriptionRequest(`subscription { ${large} }`, way, await kith.token(username));
    const asking = request(new URL(path, here.url), { ...init, agent: false });
    asking.end(init.body);
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    onTestFinished(() => void response.destroy());
    await eventually(() => here.app.openStreams() === 1, 'the stream');
    return response;
  }

  const eventsRead = () =>
    kith.database.statements.filter((statement) => statement.includes('"version" > ')).length;

  async function wordy(prefix: string, size: number) {
    const people = await crowd(kith, prefix, size);
    await kith.database.db.execute(
      sql`UPDATE users SET bio = repeat('😀', 1000) WHERE username LIKE ${`${prefix}-%`}`,
    );
    return people;
  }

  it.each(everyWay)('%s: has no events queued for it, and in the end has the last one', async (way) => {
    const here = await startInstance(kith);
    const name = `sleeper-${everyWay.indexOf(way)}`;
    await kith.idOf(name);
    const fans = await wordy(`wordy-${everyWay.indexOf(way)}`, 40);
    const response = await sleepingReader(here, name, way);
    const [some, more] = [fans.slice(0, 20), fans.slice(20)];
    for (const { username } of some) await followAt(here, username, name);
    // What can be sent has been sent: from now on there is nothing to read an event for.
    await settled(eventsRead);
    const before = eventsRead();
    for (const { username } of more) await followAt(here, username, name);
    expect(eventsRead()).toBe(before);
    const stream = readEvents(response, () => response.destroy());
    let events = 0;
    for (let last = 0; last < fans.length; events++) last = (await stream.value()).actorsCount;
    expect(events).toBeLessThan(some.length);
    expect(stream.waiting()).toEqual([]);
  });

  it.each(everyWay)('%s: leaves nothing behind when it leaves', async (way) => {
    const here = await startInstance(kith);
    const name = `sleeping-leaver-${everyWay.indexOf(way)}`;
    await kith.idOf(name);
    const fans = await wordy(`leaving-${everyWay.indexOf(way)}`, 20);
    const response = await sleepingReader(here, name, way);
    for (const { username } of fans) await followAt(here, username, name);
    await settled(eventsRead);
    response.destroy();
    await eventually(() => here.app.openStreams() === 0, 'the stream to be forgotten');
  });

  it('in every way: is cut off when it does not read at all', async () => {
    await inEveryWay(async (way) => {
      const here = await startInstance(kith, { stallTime: 1_000 });
      const name = `stalled-${everyWay.indexOf(way)}`;
      await kith.idOf(name);
      const fans = await wordy(`stalling-${everyWay.indexOf(way)}`, 20);
      const response = await sleepingReader(here, name, way);
      for (const { username } of fans) await followAt(here, username, name);
      await eventually(() => here.app.openStreams() === 0, 'it to be cut off');
      const closed = new Promise((resolve) => response.once('close', resolve));
      response.on('error', () => {}).resume();
      await closed;
    });
  });

  it('in every way: is not cut off while it reads, however little there is', async () => {
    await inEveryWay(async (way) => {
      const here = await startInstance(kith, { stallTime: 1_000 });
      const name = `listener-${everyWay.indexOf(way)}`;
      await kith.idOf(name);
      const stream = await subscribe(here.overSocket, added, await kith.token(name), way);
      await sleep(2_500);
      await followAt(here, 'talker', name);
      expect((await stream.value()).kind).toBe('FOLLOWED');
    });
  });
});

/** Somebody follows somebody through another instance. */
async function followAt(instance: Instance, follower: string, followee: string): Promise<void> {
  const userId = await kith.idOf(followee);
  const response = await instance.overSocket('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await kith.token(follower)}` },
    body: JSON.stringify({
      query: `mutation { followUser(input: { userId: "${userId}" }) { userErrors { code } } }`,
    }),
  });
  expect(await response.json()).toEqual({ data: { followUser: { userErrors: [] } } });
}

/** Waits until a number stays as it is. */
async function settled(count: () => number): Promise<void> {
  for (let last = -1; last !== count(); ) {
    last = count();
    await sleep(300);
  }
}

async function setSuspended(username: string): Promise<void> {
  await kith.database.db.execute(sql`UPDATE users SET status = 'SUSPENDED' WHERE username = ${username}`);
}
