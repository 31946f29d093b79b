// Streams of events of real processes: with the clients people have, when the process ends, and between two of them.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { signToken } from '../../src/auth/token.ts';
import { testAuth, testSecret } from '../helpers/app.ts';
import { onOwnDatabase } from '../helpers/db.ts';
import {
  type EventStream,
  eventually,
  readEvents,
  subscribe,
  subscriptionRequest,
  type Way,
  ways,
} from '../helpers/live.ts';
import {
  freePort,
  type Gateway,
  migratedFolder,
  run,
  startGateway,
  temporaryFolder,
} from '../helpers/process.ts';
import { startProxy, type TcpProxy } from '../helpers/proxy.ts';

const everyWay = Object.keys(ways) as Way[];
const added = 'notificationAdded { kind actorsCount actors { username } }';
const unseen = 'unseenChanged { total }';

const env = (DATA_DIR = temporaryFolder()) => ({
  DATA_DIR,
  NODE_ENV: 'test',
  AUTH_SECRET: testSecret,
  DEMO: 'false',
});
const tokenOf = (username: string) => signToken(testAuth, username, { expires: '1h' });

/** Opens a stream with curl, or with Node where there is none. */
async function curl(gateway: Gateway, field: string, username: string, way: Way): Promise<EventStream> {
  const { path, init } = subscriptionRequest(`subscription { ${field} }`, way, await tokenOf(username));
  const url = new URL(path, gateway.url);
  if (spawnSync('curl', ['--version']).error) {
    const asking = request(url, { ...init, agent: false });
    asking.end(init.body);
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    return opened(readEvents(response, () => void response.destroy()));
  }
  const headers = Object.entries(init.headers).flatMap(([name, value]) =>
    // What curl says by itself.
    name === 'accept' && value === '*/*' ? [] : ['-H', `${name}: ${value}`],
  );
  const child = spawn('curl', ['-sN', url.href, ...headers, ...(init.body ? ['-d', init.body] : [])]);
  const leave = () => void child.kill('SIGKILL');
  onTestFinished(leave);
  return opened(readEvents(child.stdout, leave));
}

/** A stream that has begun: the first heartbeat has come. */
async function opened(stream: EventStream): Promise<EventStream> {
  await eventually(() => stream.text().includes(':\n\n'), 'a heartbeat');
  return stream;
}

/** Somebody follows somebody; both are there from then on. */
async function follow(gateway: Gateway, follower: string, followee: string): Promise<void> {
  const whom = await gateway.send('{ viewer { user { id } } }', await tokenOf(followee));
  const { id } = (whom.data as unknown as { viewer: { user: { id: string } } }).viewer.user;
  const query = 'mutation ($id: ID!) { followUser(input: { userId: $id }) { userErrors { code } } }';
  const answer = await gateway.send(query, await tokenOf(follower), { id });
  expect(answer).toEqual({ data: { followUser: { userErrors: [] } } });
}

describe('curl', () => {
  it('gets events as they come, however it asks for them', async () => {
    const gateway = await startGateway(env(migratedFolder()));
    for (const [n, way] of everyWay.entries()) {
      const [name, by] = [`ada-${n}`, `bob-${n}`];
      const notifications = await curl(gateway, added, name, way);
      const counts = await curl(gateway, unseen, name, way);
      await follow(gateway, by, name);
      const value = { kind: 'FOLLOWED', actorsCount: 1, actors: [{ username: by }] };
      expect(await notifications.value()).toEqual(value);
      expect(await counts.value()).toEqual({ total: 1 });
    }
  });
});

describe('SIGTERM', () => {
  it('ends streams with the word that they are complete, and the process', async () => {
    const gateway = await startGateway(env(migratedFolder()));
    const fetchGateway = (path: string, init?: RequestInit) => fetch(new URL(path, gateway.url), init);
    const streams: EventStream[] = [];
    for (const way of everyWay) {
      streams.push(await curl(gateway, added, 'ada', way));
      streams.push(await subscribe(fetchGateway, unseen, await tokenOf('bob'), way));
    }
    const asked = Date.now();
    gateway.child.kill('SIGTERM');
    expect(await Promise.all(streams.map((stream) => stream.ended))).toEqual(streams.map(() => true));
    expect(await gateway.ended).toBe(0);
    expect(Date.now() - asked).toBeLessThan(3_000);
  });
});

describe('a process that cannot reach Redis when it starts', () => {
  const refused = async (url: string) => {
    const { ended, output } = run('src/main.ts', [], { ...env(), PORT: '0', REDIS_URL: url });
    expect(await Promise.race([ended, sleep(20_000, 'still there')])).toBe(1);
    expect(output()).toContain('Kith cannot start.\nREDIS_URL');
    expect(output()).not.toMatch(/\n\s+at /);
    expect(output()).not.toContain('unspeakable');
  };

  it('stops with the variable’s name: nothing listens there', async () => {
    await refused(`redis://kith:unspeakable@127.0.0.1:${await freePort()}`);
  });

  it('stops with the variable’s name: no such host', async () => {
    await refused('redis://kith:unspeakable@nowhere.invalid');
  });

  it.each([
    ['answers nothing', ''],
    ['is no Redis', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['refuses the password', '-WRONGPASS invalid username-password pair or user is disabled.\r\n'.repeat(5)],
  ])('stops with the variable’s name: what listens there %s', async (_name, word) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.write(word));
    });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    await refused(`redis://kith:unspeakable@127.0.0.1:${port}`);
  });

  it('stops with the variable’s name: a URL that is none of Redis’', async () => {
    const { ended, output } = run('src/main.ts', [], { ...env(), REDIS_URL: 'http://127.0.0.1' });
    expect(await ended).toBe(1);
    expect(output()).toContain('REDIS_URL');
  });
});

// Two processes share a database and a Redis: only where both are there.
const { DATABASE_URL, REDIS_URL } = process.env;
if (DATABASE_URL && REDIS_URL) {
  const redis = new URL(REDIS_URL);

  /** Two processes on one database, each with its own way to Redis. */
  async function startTwo(
    begin: 'migrated' | 'empty' = 'migrated',
  ): Promise<{ gateways: [Gateway, Gateway]; proxies: [TcpProxy, TcpProxy] }> {
    const url = await onOwnDatabase(begin);
    if (url === null) throw new Error('There is a server, so there is a database.');
    const start = async (): Promise<[Gateway, TcpProxy]> => {
      const proxy = await startProxy({ host: redis.hostname, port: Number(redis.port || 6379) });
      const through = new URL(redis);
      through.host = `127.0.0.1:${proxy.port}`;
      return [await startGateway({ ...env(), DATABASE_URL: url, REDIS_URL: through.href }), proxy];
    };
    const [here, there] = [await start(), await start()];
    return { gateways: [here[0], there[0]], proxies: [here[1], there[1]] };
  }

  describe('two processes on one database', () => {
    it('tell each other at once what is new', async () => {
      const { gateways } = await startTwo('empty');
      const streams = [
        await curl(gateways[0], added, 'ada', 'POST, text/event-stream'),
        await curl(gateways[1], added, 'ada', 'GET, text/event-stream'),
      ];
      for (let n = 0; n < 10; n++) {
        const begun = Date.now();
        await follow(gateways[n % 2] ?? gateways[0], `bob-${n}`, 'ada');
        for (const stream of streams) expect(await stream.value()).toMatchObject({ actorsCount: n + 1 });
        expect(Date.now() - begun).toBeLessThan(1_000);
      }
      expect(streams.flatMap((stream) => stream.waiting())).toEqual([]);
    });

    const troubles = [
      { whose: 'both', trouble: 'closed' },
      { whose: 'the actor', trouble: 'closed' },
      { whose: 'the actor', trouble: 'silent' },
      { whose: 'the reader', trouble: 'closed' },
      { whose: 'the reader', trouble: 'silent' },
    ] as const;
    it.each(troubles)(
      'lose nothing while the way of $whose to Redis is $trouble',
      async ({ whose, trouble }) => {
        const { gateways, proxies } = await startTwo();
        const [here, there] = gateways;
        const stream = await curl(there, added, 'ada', 'POST, text/event-stream');
        await follow(here, 'bob', 'ada');
        expect((await stream.value()).actorsCount).toBe(1);
        const ways = { 'the actor': [proxies[0]], 'the reader': [proxies[1]], both: proxies }[whose];
        for (const proxy of ways) await (trouble === 'closed' ? proxy.close() : proxy.mute());
        for (const by of ['carol', 'dan', 'eve']) {
          const begun = Date.now();
          await follow(here, by, 'ada');
          expect(Date.now() - begun).toBeLessThan(1_000);
        }
        if (trouble === 'closed') {
          // Not all of them open at once: the one that speaks may be back later than the one that listens.
          await sleep(1_000);
          for (const proxy of ways.toReversed()) {
            await proxy.open();
            await sleep(500);
          }
        }
        for (let last = 1; last < 4; ) last = (await stream.value()).actorsCount;
        expect(gateways.map(({ child }) => child.exitCode)).toEqual([null, null]);
        await follow(here, 'frank', 'ada');
        expect((await stream.value()).actorsCount).toBe(5);
        for (const { child } of gateways) child.kill('SIGTERM');
        expect(await Promise.all(gateways.map(({ ended }) => ended))).toEqual([0, 0]);
      },
    );
  });
}
