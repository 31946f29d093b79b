// Statements that wait: for longer than they may, or for a client that has left.
import { setTimeout as sleep } from 'node:timers/promises';
import postgres, { type Sql } from 'postgres';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Cluster, startCluster } from '../helpers/cluster.ts';
import { community, recovery, startKith } from '../helpers/community.ts';
import { eventually } from '../helpers/live.ts';
import type { Gateway } from '../helpers/process.ts';
import { startProxy } from '../helpers/proxy.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  return cluster.end;
});

// biome-ignore lint/suspicious/noExplicitAny: what a test asks for, it knows the shape of
type Json = any;

/** A server with two people, and two connections of the test's own to its database. */
async function startTwo() {
  const DATABASE_URL = await cluster.createDatabase();
  const proxy = await startProxy({ host: '127.0.0.1', port: cluster.port });
  const through = new URL(DATABASE_URL);
  through.port = String(proxy.port);
  const gateway = await startKith({ DATABASE_URL: through.href });
  const [own, other] = [1, 2].map(() => postgres(DATABASE_URL, { max: 1, onnotice: () => {} }));
  if (!own || !other) throw new Error('There are two.');
  onTestFinished(async () => {
    await Promise.all([own, other].map((sql) => sql.end({ timeout: 1 })));
  });
  const { people } = await community(gateway, 2);
  const [ada, bob] = people;
  if (!ada || !bob) throw new Error('There are two.');
  /** How many of the server's statements wait for a lock. Not by the connection that has it: it would see no newer ones. */
  const waiting = async () => {
    const rows = await cluster.admin`
      SELECT FROM pg_stat_activity
      WHERE datname = ${new URL(DATABASE_URL).pathname.slice(1)} AND application_name = 'kith'
        AND wait_event_type = 'Lock'`;
    return rows.length;
  };
  return { gateway, own, other, ada, bob, waiting, proxy };
}

/** Keeps everybody else from a table, until what it gives back is called. */
async function lock(own: Sql, table: string): Promise<() => Promise<unknown>> {
  await own`BEGIN`;
  await own.unsafe(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  return () => own`ROLLBACK`;
}

interface Asking {
  /** The answer; rejects once its client has left. */
  answer: Promise<Json>;
  leave: () => void;
}

function ask(gateway: Gateway, token: string, query: string): Asking {
  const client = new AbortController();
  const answer = fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
    signal: client.signal,
  }).then((response) => response.json() as Json);
  answer.catch(() => {});
  return { answer, leave: () => client.abort() };
}

const followers = '{ viewer { user { followers { nodes { username } } } } }';
const codesOf = ({ errors = [] }: Json) => errors.map((error: Json) => error.extensions.code);

describe('a statement that takes too long', () => {
  it('is given up with a coded error, holds up no others meanwhile, and works once it can', async () => {
    const { gateway, own, ada, bob, waiting } = await startTwo();
    const follow = `mutation { followUser(input: { userId: "${bob.id}" }) { userErrors { code } } }`;
    const release = await lock(own, 'follows');
    const begun = performance.now();
    const stuck = [followers, follow].map((query) => ask(gateway, ada.token, query).answer);
    await eventually(async () => (await waiting()) === 2, 'both to wait');
    let answered = 0;
    while (performance.now() - begun < 3_000) {
      const { data } = await gateway.send('{ viewer { user { username } } }', bob.token);
      expect(data).toEqual({ viewer: { user: { username: bob.name } } });
      answered++;
    }
    expect(answered).toBeGreaterThan(0);
    for (const answer of await Promise.all(stuck)) expect(codesOf(answer)).toEqual(['TIMEOUT']);
    expect(performance.now() - begun).toBeLessThan(10_000);
    await release();
    const ended = performance.now();
    expect(await gateway.send(follow, ada.token)).toEqual({ data: { followUser: { userErrors: [] } } });
    const { data } = await gateway.send(followers, bob.token);
    expect(data).toEqual({ viewer: { user: { followers: { nodes: [{ username: ada.name }] } } } });
    expect(performance.now() - ended).toBeLessThan(recovery);
  });
});

describe('a client that leaves half-way', () => {
  it.each([
    ['a quick read', 'follows', () => followers],
    ['a search', 'blocks', () => '{ searchUsers(query: "person") { nodes { username } } }'],
    [
      'a write',
      'follows',
      (id: string) => `mutation { followUser(input: { userId: "${id}" }) { userErrors { code } } }`,
    ],
    [
      'a transaction',
      'posts',
      () => 'mutation { createPost(input: { visibility: PUBLIC, body: "Never" }) { userErrors { code } } }',
    ],
  ])('takes its statement along: %s', async (_what, table, query) => {
    const { gateway, own, ada, bob, waiting } = await startTwo();
    const release = await lock(own, table);
    const asking = ask(gateway, ada.token, query(bob.id));
    await eventually(async () => (await waiting()) > 0, 'the statement to wait');
    await sleep(50);
    expect(await waiting()).toBeGreaterThan(0);
    const left = performance.now();
    asking.leave();
    await eventually(async () => (await waiting()) === 0, 'its end');
    // Long before it would have been given up by itself.
    expect(performance.now() - left).toBeLessThan(2_000);
    await release();
    const { data } = await gateway.send(
      '{ viewer { user { stats { following } posts { nodes { body } } } } }',
      ada.token,
    );
    expect(data).toEqual({
      viewer: { user: { stats: { following: 0 }, posts: { nodes: [{ body: 'The wall' }] } } },
    });
    expect(gateway.output()).not.toContain('unexpected error');
  });

  it('takes nobody else’s along: those that wait behind it on the same connection', async () => {
    const { gateway, own, ada, bob, waiting } = await startTwo();
    const release = await lock(own, 'follows');
    const leaver = ask(gateway, ada.token, followers);
    const others = Array.from({ length: 20 }, () => ask(gateway, bob.token, followers));
    await eventually(async () => (await waiting()) > 0, 'one to wait');
    await sleep(50);
    leaver.leave();
    await sleep(200);
    await release();
    for (const { answer } of others)
      expect(await answer).toEqual({ data: { viewer: { user: { followers: { nodes: [] } } } } });
  });

  it('takes nobody else’s along: those that run when the request to cancel it comes late', async () => {
    const { gateway, own, other, ada, bob, waiting, proxy } = await startTwo();
    // Connections to begin with, so that all that is read goes down one.
    await gateway.send(followers, bob.token);
    const releaseFollows = await lock(own, 'follows');
    const releasePosts = await lock(other, 'posts');
    const leaver = ask(gateway, ada.token, followers);
    const posts = '{ viewer { user { posts { nodes { body } } } } }';
    const others = Array.from({ length: 10 }, () => ask(gateway, bob.token, posts));
    await eventually(async () => (await waiting()) > 0, 'one to wait');
    await sleep(100);
    // A request to cancel comes by a connection of its own.
    proxy.delay(500);
    leaver.leave();
    await sleep(100);
    await releaseFollows();
    await sleep(1_000);
    await releasePosts();
    for (const { answer } of others)
      expect(await answer).toEqual({ data: { viewer: { user: { posts: { nodes: [] } } } } });
  });

  it('takes nobody else’s along: hundreds that leave at any moment beside those who stay', async () => {
    const { gateway, ada, bob } = await startTwo();
    const query =
      '{ viewer { feed(first: 20) { nodes { body author { username } } } user { followers { nodes { username } } } } }';
    const search = '{ searchUsers(query: "person") { nodes { username } } }';
    const write = `mutation { a: followUser(input: { userId: "${bob.id}" }) { userErrors { code } } b: unfollowUser(input: { userId: "${bob.id}" }) { userErrors { code } } }`;
    let over = false;
    const come = async (n: number) => {
      while (!over) {
        const asking = ask(gateway, ada.token, [query, search, write][n % 3] ?? query);
        await sleep(Math.random() * 12);
        asking.leave();
      }
    };
    const codes: string[] = [];
    let answered = 0;
    const stay = async (n: number) => {
      while (!over) {
        codes.push(...codesOf(await ask(gateway, bob.token, [query, search][n % 2] ?? query).answer));
        answered++;
      }
    };
    const all = [
      ...Array.from({ length: 12 }, (_, n) => come(n)),
      ...Array.from({ length: 4 }, (_, n) => stay(n)),
    ];
    await sleep(3_000);
    over = true;
    await Promise.all(all);
    expect(answered).toBeGreaterThan(0);
    expect(codes).toEqual([]);
    expect(gateway.output()).not.toContain('unexpected error');
  });
});
