// Redis is gone, and back, while two servers on one database use it.
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { beforeAll, describe, expect, it } from 'vitest';
import { signToken } from '../../src/auth/token.ts';
import { testAuth } from '../helpers/app.ts';
import { type Cluster, startCluster } from '../helpers/cluster.ts';
import { recovery, startKith } from '../helpers/community.ts';
import { type EventStream, eventually, subscribe } from '../helpers/live.ts';
import type { Gateway } from '../helpers/process.ts';
import { type RedisServer, startRedis } from '../helpers/redis-server.ts';

let cluster: Cluster;
let redis: RedisServer;
beforeAll(async () => {
  cluster = await startCluster();
  redis = await startRedis();
  return async () => {
    await redis.kill();
    await cluster.end();
  };
});

const tokenOf = (username: string) => signToken(testAuth, username, { expires: '1h' });

/** Two servers, and a stream of ada's at each. */
async function startTwo(more: Record<string, string> = {}) {
  const env = { DATABASE_URL: await cluster.createDatabase(), REDIS_URL: redis.url, ...more };
  const gateways = [await startKith(env), await startKith(env)] as const;
  const streams: EventStream[] = [];
  for (const { url } of gateways) {
    const fetchGateway = (path: string, init?: RequestInit) => fetch(new URL(path, url), init);
    streams.push(await subscribe(fetchGateway, 'notificationAdded { actorsCount }', await tokenOf('ada')));
  }
  let fans = 0;
  /** One more follows ada, by way of a server. */
  const follow = async (gateway: Gateway): Promise<number> => {
    const whom = await gateway.send('{ viewer { user { id } } }', await tokenOf('ada'));
    const { id } = (whom.data as unknown as { viewer: { user: { id: string } } }).viewer.user;
    const query = 'mutation ($id: ID!) { followUser(input: { userId: $id }) { userErrors { code } } }';
    const answer = await gateway.send(query, await tokenOf(`fan-${fans}`), { id });
    expect(answer).toEqual({ data: { followUser: { userErrors: [] } } });
    return ++fans;
  };
  return { gateways, streams, follow };
}

/** Waits until a stream has told of so many. */
async function hears(stream: EventStream | undefined, count: number): Promise<void> {
  for (let last = 0; last < count; ) last = (await stream?.value())?.actorsCount ?? count;
}

describe('two servers', () => {
  it('go on without Redis, and tell each other again within 5 seconds of its return', async () => {
    const { gateways, streams, follow } = await startTwo();
    const [here, there] = gateways;
    const [heardHere, heardThere] = streams;
    await follow(here);
    for (const stream of streams) await hears(stream, 1);

    await redis.kill();
    for (let n = 2; n <= 4; n++) {
      await follow(here);
      await hears(heardHere, n);
    }
    await sleep(1_500);
    await redis.start();
    const back = performance.now();
    await hears(heardThere, 4);
    for (let n = 5; n <= 6; n++) {
      await follow(n % 2 ? here : there);
      for (const stream of streams) await hears(stream, n);
    }
    expect(performance.now() - back).toBeLessThan(recovery);
    expect(gateways.map(({ child }) => child.exitCode)).toEqual([null, null]);
  });

  it('lose nothing when Redis throws their connections out', async () => {
    const { gateways, streams, follow } = await startTwo();
    const [here, there] = gateways;
    const own = createClient({ url: redis.url });
    await own.connect();
    for (let n = 1; n <= 5; n++) {
      for (const type of ['normal', 'pubsub'] as const)
        await own.sendCommand(['CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes']);
      const killed = performance.now();
      await follow(n % 2 ? here : there);
      for (const stream of streams) await hears(stream, n);
      expect(performance.now() - killed).toBeLessThan(recovery);
    }
    own.destroy();
    expect(gateways.map(({ child }) => child.exitCode)).toEqual([null, null]);
  });

  it('limit rates each by itself while Redis is away, and together again', async () => {
    const { gateways } = await startTwo({ RATE_LIMIT_COST_PER_MINUTE: '10000', TRUST_PROXY: '1' });
    /** How many of 15 requests at each server are let through, all from one address. */
    const allowed = async (address: string): Promise<number> => {
      const body = JSON.stringify({ query: '{ users(first: 100) { nodes { username } } }' });
      const headers = { 'content-type': 'application/json', 'x-forwarded-for': address };
      const statuses = await Promise.all(
        gateways.flatMap(({ url }) =>
          Array.from(
            { length: 15 },
            async () => (await fetch(url, { method: 'POST', headers, body })).status,
          ),
        ),
      );
      expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
      return statuses.filter((status) => status === 200).length;
    };
    expect(await allowed('10.0.0.1')).toBe(10);
    await redis.kill();
    expect(await allowed('10.0.0.2')).toBe(20);
    await redis.start();
    const back = performance.now();
    let next = 3;
    await eventually(async () => (await allowed(`10.0.0.${next++}`)) === 10, 'one budget for both');
    expect(performance.now() - back).toBeLessThan(recovery);
  });
});
