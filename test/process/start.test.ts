import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { demoFolder, migratedFolder, run, startGateway, temporaryFolder } from '../helpers/process.ts';

/** Of the 60 demo people; Eve does not let herself be listed. */
const listedDemoPeople = 59;

describe('start-up', () => {
  it('prints the endpoint, the database and a working token for each of the five demo people', async () => {
    const gateway = await startGateway({ DATA_DIR: temporaryFolder() });
    expect(gateway.output()).toContain(gateway.url.replace('127.0.0.1', 'localhost'));
    expect(gateway.output()).toContain('Database: embedded');
    for (const username of ['ada', 'bob', 'carol', 'dan', 'eve']) {
      const { data } = await gateway.send('{ viewer { user { username } } }', gateway.tokenOf(username));
      expect(data).toEqual({ viewer: { user: { username } } });
    }
    const { data } = await gateway.send('{ users { totalCount } }');
    expect(data).toEqual({ users: { totalCount: listedDemoPeople } });
  });

  it('answers the README’s first query as the README says', async () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const [, request = '', answer = ''] = /-d '(\{.*?\})'\n```\n\n```json\n(.*?)\n```/s.exec(readme) ?? [];
    const gateway = await startGateway({ DATA_DIR: await demoFolder() });
    expect(await gateway.send(JSON.parse(request).query)).toEqual(JSON.parse(answer));
  });

  it('has about 60 demo people, and makes them once', async () => {
    const DATA_DIR = await demoFolder();
    const count = '{ users { totalCount } a: user(by: { username: "ada" }) { id } }';
    const first = await startGateway({ DATA_DIR });
    const before = await first.send(count);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    const second = await startGateway({ DATA_DIR });
    expect(await second.send(count)).toEqual(before);
    expect(before.data).toMatchObject({ users: { totalCount: listedDemoPeople } });
  });

  it.each([
    ['PORT', { PORT: 'eighty' }],
    ['AUTH_SECRET', { NODE_ENV: 'production' }],
  ])('stops with the name of the variable: %s', async (name, env) => {
    const { ended, output } = run('src/main.ts', [], { DATA_DIR: temporaryFolder(), ...env });
    expect(await ended).toBe(1);
    expect(output()).toContain(name);
    expect(output()).not.toMatch(/\n\s+at /);
  });
});

describe('the embedded database', () => {
  it('refuses a second process on the same folder, and the first one goes on', async () => {
    const DATA_DIR = migratedFolder();
    const first = await startGateway({ DATA_DIR, DEMO: 'false' });
    const second = run('src/main.ts', [], { DATA_DIR, PORT: '0' });
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`DATA_DIR: ${DATA_DIR} is in use by another Kith process`);
    const { data } = await first.send('{ community { name } }');
    expect(data).toEqual({ community: { name: 'Kith' } });
  });

  it('loses no acknowledged write when it is killed, and leaves no lock behind', async () => {
    const DATA_DIR = await demoFolder();
    const first = await startGateway({ DATA_DIR });
    const token = first.tokenOf('eve');
    const people = await first.send('{ users(first: 100) { nodes { id username } } }');
    const { nodes } = (people.data as unknown as { users: { nodes: { id: string; username: string }[] } })
      .users;
    const acknowledged: string[] = [];
    const follow =
      'mutation ($id: ID!) { followUser(input: { userId: $id }) { userErrors { code } user { username } } }';
    const writes = nodes.map(async ({ id, username }) => {
      const { data } = await first.send(follow, token, { id });
      if ((data as unknown as { followUser: { user: unknown } | null }).followUser?.user)
        acknowledged.push(username);
    });
    const settled = Promise.allSettled(writes);
    // Killed with some written, some being written, some not yet begun.
    while (acknowledged.length < 10) await new Promise((resolve) => setImmediate(resolve));
    first.child.kill('SIGKILL');
    expect(await first.ended).toBe('SIGKILL');
    await settled;

    const second = await startGateway({ DATA_DIR });
    const after = await second.send(
      '{ viewer { user { stats { following } following(first: 100) { totalCount nodes { username } } } } }',
      second.tokenOf('eve'),
    );
    const { user } = (
      after.data as unknown as {
        viewer: {
          user: {
            stats: { following: number };
            following: { totalCount: number; nodes: { username: string }[] };
          };
        };
      }
    ).viewer;
    const followed = user.following.nodes.map(({ username }) => username);
    expect(followed).toEqual(expect.arrayContaining(acknowledged));
    expect(user.following.totalCount).toBe(followed.length);
    expect(user.stats.following).toBe(followed.length);
  });
});

describe('SIGTERM and SIGINT', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: what is in flight is answered, then the process ends',
    async (signal) => {
      const gateway = await startGateway({ DATA_DIR: migratedFolder(), DEMO: 'false' });
      const body = JSON.stringify({ query: '{ community { name } }' });
      const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
      let answer = '';
      socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.write(
        `POST /graphql HTTP/1.1\r\nhost: kith\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
      );
      // The server has the request once it has answered one that came later.
      await gateway.send('{ community { name } }');
      gateway.child.kill(signal);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(gateway.child.exitCode).toBeNull();
      await expect(fetch(gateway.url)).rejects.toThrow();
      socket.write(body.slice(10));
      await closed;
      expect(answer).toContain('200 OK');
      expect(answer).toContain('{"data":{"community":{"name":"Kith"}}}');
      expect(await gateway.ended).toBe(0);
    },
  );
});
