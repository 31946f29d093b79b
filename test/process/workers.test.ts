// Several processes that share a port: `WORKERS`. They need PostgreSQL; without it there are only refusals.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { GraphQLError } from 'graphql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { signToken } from '../../src/auth/token.ts';
import { openDatabase } from '../../src/db/client.ts';
import { createTestApp, testAuth, testSecret } from '../helpers/app.ts';
import { onOwnDatabase } from '../helpers/db.ts';
import { type EventStream, eventually, subscribe } from '../helpers/live.ts';
import { freePort, type Gateway, run, startGateway, temporaryFolder } from '../helpers/process.ts';

const env = { NODE_ENV: 'test', AUTH_SECRET: testSecret, DEMO: 'false', WORKERS: '2' };
const tokenOf = (username: string) => signToken(testAuth, username, { expires: '1h' });

it('several workers are refused on the embedded database', async () => {
  const { ended, output } = run('src/main.ts', [], { ...env, DATA_DIR: temporaryFolder(), PORT: '0' });
  expect(await ended).toBe(1);
  expect(output()).toBe(
    'Kith cannot start.\n' +
      'WORKERS: the embedded database serves one process; set DATABASE_URL to have several of them.\n',
  );
});

if (process.env.DATABASE_URL) {
  /** The variables for a process on a database of the test's own. */
  async function onPostgres(begin: 'migrated' | 'empty' = 'migrated') {
    const DATABASE_URL = await onOwnDatabase(begin);
    if (DATABASE_URL === null) throw new Error('There is a server, so there is a database.');
    return { ...env, DATABASE_URL, DATA_DIR: temporaryFolder() };
  }

  /** The processes that this one has started and that have not ended. */
  function workersOf({ child }: Gateway): number[] {
    const list = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' });
    return list.split('\n').flatMap((line) => {
      const [pid, parent, state = ''] = line.trim().split(/\s+/);
      return Number(parent) === child.pid && !state.startsWith('Z') ? [Number(pid)] : [];
    });
  }

  /** Kills a worker, and waits until no more connections are given to it. */
  async function killed(gateway: Gateway, worker: number | undefined): Promise<void> {
    if (worker === undefined) throw new Error('There is no such worker.');
    process.kill(worker, 'SIGKILL');
    await eventually(
      () => gateway.output().includes(`"worker":${worker},"signal":"SIGKILL"`),
      'word that it has ended',
    );
  }

  /** Sends a document through a connection of its own; the workers take turns at these. */
  async function send(gateway: Gateway, query: string, username: string | null, variables: object = {}) {
    const body = JSON.stringify({ query, variables });
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...(username === null ? {} : { authorization: `Bearer ${await tokenOf(username)}` }),
    };
    const asking = request(gateway.url, { method: 'POST', agent: false, headers });
    asking.end(body);
    const [response]: IncomingMessage[] = await once(asking, 'response');
    return JSON.parse(response ? await text(response) : '');
  }

  async function follow(gateway: Gateway, follower: string, followee: string): Promise<void> {
    const whom = await send(gateway, '{ viewer { user { id } } }', followee);
    const query = 'mutation ($id: ID!) { followUser(input: { userId: $id }) { userErrors { code } } }';
    const answer = await send(gateway, query, follower, { id: whom.data.viewer.user.id });
    expect(answer).toEqual({ data: { followUser: { userErrors: [] } } });
  }

  /** Streams of a person's through connections of their own, as many with each worker. */
  async function openStreams(
    { url }: Gateway,
    field: string,
    username: string,
    count = 4,
  ): Promise<EventStream[]> {
    const streams: EventStream[] = [];
    for (let n = 0; n < count; n++) {
      const fetchGateway = (path: string, init?: RequestInit) => fetch(new URL(path, url), init);
      streams.push(await subscribe(fetchGateway, field, await tokenOf(username)));
    }
    return streams;
  }

  const added = 'notificationAdded { actorsCount }';
  const community = '{ community { name } }';
  const post =
    'mutation ($body: String!) { createPost(input: { visibility: PUBLIC, body: $body }) { userErrors { code } } }';
  const kith = { data: { community: { name: 'Kith' } } };

  /** Whether somebody answers. */
  function answers(gateway: Gateway): Promise<boolean> {
    return send(gateway, community, null).then(
      () => true,
      () => false,
    );
  }

  describe('two workers', () => {
    it('draw on one budget: of what is asked for at once, exactly as much passes as there is', async () => {
      const gateway = await startGateway({ ...(await onPostgres()), RATE_LIMIT_COST_PER_MINUTE: '10000' });
      const people = '{ users(first: 100) { nodes { username } } }';
      const all = await Promise.all(Array.from({ length: 30 }, () => send(gateway, people, null)));
      expect(all.filter(({ data }) => data)).toHaveLength(10);
      const codes = all.flatMap(({ errors = [] }) => errors.map((e: GraphQLError) => e.extensions.code));
      expect(codes).toEqual(Array.from({ length: 20 }, () => 'RATE_LIMITED'));
    });

    it('find what must be there once, tell each other what is new, and end together', async () => {
      const gateway = await startGateway({ ...(await onPostgres('empty')), DEMO: 'true' });
      expect(gateway.output().match(/Kith is running/g)).toHaveLength(1);
      expect(workersOf(gateway)).toHaveLength(2);
      const notified = await openStreams(gateway, added, 'frank');
      const feeds = await openStreams(gateway, 'feedPostAdded { body }', 'frank');
      for (let n = 0; n < 4; n++) {
        const { data } = await send(gateway, '{ users { totalCount } }', null);
        expect(data).toEqual({ users: { totalCount: 60 } });
      }
      const { data } = await gateway.send('{ viewer { user { username } } }', gateway.tokenOf('ada'));
      expect(data).toEqual({ viewer: { user: { username: 'ada' } } });
      const health = await fetch(new URL('/health', gateway.url));
      expect(health.status).toBe(200);

      await follow(gateway, 'frank', 'bob');
      for (let n = 1; n <= 6; n++) {
        await follow(gateway, `fan-${n}`, 'frank');
        for (const stream of notified) expect(await stream.value()).toEqual({ actorsCount: n });
        const answer = await send(gateway, post, 'bob', { body: `Loaf ${n}` });
        expect(answer).toEqual({ data: { createPost: { userErrors: [] } } });
        for (const stream of feeds) expect(await stream.value()).toEqual({ body: `Loaf ${n}` });
      }
      const streams = [...notified, ...feeds];
      expect(streams.flatMap((stream) => stream.waiting())).toEqual([]);

      const body = JSON.stringify({ query: community });
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      const asking = request(gateway.url, { method: 'POST', agent: false, headers });
      asking.write(body.slice(0, 10));
      // The server has the request once both workers have answered some that came later.
      for (let n = 0; n < 4; n++) await send(gateway, community, null);
      gateway.child.kill('SIGTERM');
      expect(await Promise.all(streams.map(({ ended }) => ended))).toEqual(streams.map(() => true));
      await eventually(async () => !(await answers(gateway)), 'the end of listening');
      gateway.child.kill('SIGINT');
      expect(gateway.child.exitCode).toBeNull();
      asking.end(body.slice(10));
      const [response]: IncomingMessage[] = await once(asking, 'response');
      expect(response && JSON.parse(await text(response))).toEqual(kith);
      // Its output ends when nobody can write to it any more, workers included.
      expect(await gateway.ended).toBe(0);
      expect(gateway.output()).not.toContain('a worker has ended');
    });

    it('do without one that is killed, until another takes its place, and are gone with who has started them', async () => {
      // With the secret in the folder, no worker can start while the folder is away.
      const { AUTH_SECRET, ...variables } = await onPostgres();
      const { DATA_DIR, DATABASE_URL } = variables;
      writeFileSync(join(DATA_DIR, 'auth-secret'), AUTH_SECRET);
      const gateway = await startGateway(variables);
      const [first, second] = workersOf(gateway);
      const streams = await openStreams(gateway, added, 'ada');
      await follow(gateway, 'bob', 'ada');
      for (const stream of streams) expect(await stream.value()).toEqual({ actorsCount: 1 });

      // What is committed and not told, as by a worker that ends in between: here by a server that tells nobody.
      const database = { ...(await openDatabase({ url: DATABASE_URL })), statements: [] };
      const silent = await createTestApp({ database });
      onTestFinished(silent.close);
      await silent.mutate('followUser', { userId: await silent.idOf('ada') }, 'carol');
      const open = new Set(streams);
      for (const stream of streams) void stream.ended.then(() => open.delete(stream));
      const away = `${DATA_DIR}-away`;
      onTestFinished(() => rmSync(away, { recursive: true, force: true }));
      renameSync(DATA_DIR, away);
      writeFileSync(DATA_DIR, '');
      await killed(gateway, first);
      await eventually(() => open.size === 2, 'the end of the streams of one of two workers');
      for (const stream of open) expect(await stream.value()).toEqual({ actorsCount: 2 });
      const failures = () => gateway.output().split('"code":1,"pause"').length - 1;
      await eventually(() => failures() > 0, 'a worker that could not start');
      for (let n = 0; n < 4; n++) expect(await send(gateway, community, null)).toEqual(kith);

      rmSync(DATA_DIR);
      renameSync(away, DATA_DIR);
      await killed(gateway, second);
      await eventually(() => answers(gateway), 'an answer of a worker that took another’s place');
      const [later] = await openStreams(gateway, added, 'ada', 1);
      await follow(gateway, 'dan', 'ada');
      expect(await later?.value()).toEqual({ actorsCount: 3 });

      gateway.child.kill('SIGKILL');
      expect(await gateway.ended).toBe('SIGKILL');
    });
  });

  describe('several workers do not start', () => {
    /** What is printed then. */
    async function refusal(more: Record<string, string>): Promise<string> {
      const { ended, output } = run('src/main.ts', [], { ...(await onPostgres()), ...more });
      expect(await ended).toBe(1);
      return output();
    }

    it('on a port that is taken, and say what a single process does', async () => {
      const server = createServer();
      const port = await freePort();
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      onTestFinished(() => void server.close());
      const address = `127.0.0.1:${port}`;
      expect(await refusal({ PORT: String(port) })).toBe(
        `Kith cannot start.\nlisten EADDRINUSE: address already in use ${address}\n`,
      );
    });

    it('without the Redis they are told of, and say so once', async () => {
      const REDIS_URL = `redis://127.0.0.1:${await freePort()}`;
      expect(await refusal({ PORT: '0', REDIS_URL })).toMatch(
        /^Kith cannot start\.\nREDIS_URL: there is no Redis at .+\n$/,
      );
    });
  });

  const { REDIS_URL } = process.env;
  if (REDIS_URL) {
    it('two workers tell each other through Redis where there is one, and end on Ctrl-C', async () => {
      const gateway = await startGateway({ ...(await onPostgres()), REDIS_URL });
      const streams = await openStreams(gateway, added, 'ada');
      for (let n = 1; n <= 4; n++) {
        await follow(gateway, `bob-${n}`, 'ada');
        for (const stream of streams) expect(await stream.value()).toEqual({ actorsCount: n });
      }
      expect(streams.flatMap((stream) => stream.waiting())).toEqual([]);
      // A terminal sends it to all of them, and the first process sends it to the others as well.
      for (const worker of workersOf(gateway)) process.kill(worker, 'SIGINT');
      gateway.child.kill('SIGINT');
      expect(await Promise.all(streams.map(({ ended }) => ended))).toEqual(streams.map(() => true));
      expect(await gateway.ended).toBe(0);
    });
  }
}
