// Clients that people have, against the real server: what each of them does is in test/clients/*/main.ts.
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { signToken } from '../../src/auth/token.ts';
import { testAuth, testSecret } from '../helpers/app.ts';
import { onOwnDatabase } from '../helpers/db.ts';
import { plain } from '../helpers/pictures.ts';
import { type Gateway, migratedFolder, run, startGateway, temporaryFolder } from '../helpers/process.ts';

const folder = fileURLToPath(new URL('../clients/', import.meta.url));
const execute = promisify(execFile);

/** Runs npm among the clients; what it prints is the reason when it fails. */
const npm = (...args: string[]) =>
  execute('npm', args, { cwd: folder }).catch(({ stdout, stderr }) => {
    throw new Error(`npm ${args.join(' ')}: ${stdout}${stderr}`);
  });

beforeAll(async () => {
  const changed = (file: string) => statSync(join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (changed('node_modules/.package-lock.json') < changed('package-lock.json'))
    await npm('ci', '--ignore-scripts', '--no-audit', '--no-fund');
  await npm('run', 'build');
}, 600_000);

const tokenOf = (username: string) => signToken(testAuth, username, { expires: '1h' });

// biome-ignore lint/suspicious/noExplicitAny: what a test asks for, it knows the shape of
type Json = any;

/** Sends a document that has to succeed. */
async function ask(gateway: Gateway, username: string, query: string, variables = {}): Promise<Json> {
  const { data, errors } = await gateway.send(query, await tokenOf(username), variables);
  expect(errors).toBeUndefined();
  return data;
}

/** So many follow whom a client looks at: three pages of three. */
const readers = Array.from({ length: 7 }, (_, n) => `reader-${n}`);

/** Makes somebody whom all readers follow. Their followers, as the server has them in one page. */
async function followed(gateway: Gateway, username: string): Promise<Json[]> {
  const { id } = (await ask(gateway, username, '{ viewer { user { id } } }')).viewer.user;
  const follow = 'mutation ($id: ID!) { followUser(input: { userId: $id }) { userErrors { code } } }';
  for (const reader of readers)
    expect((await ask(gateway, reader, follow, { id })).followUser).toEqual({ userErrors: [] });
  const page = 'followers(first: 100) { edges { followedAt node { username name } } }';
  const { user } = (await ask(gateway, username, `{ viewer { user { ${page} } } }`)).viewer;
  expect(user.followers.edges).toHaveLength(readers.length);
  return user.followers.edges.map(({ followedAt, node }: Json) => ({ ...node, followedAt }));
}

/** Runs a client's program, and gives what it has told. */
async function told(gateway: Gateway, name: string, picture: string): Promise<Json> {
  const program = run(join(folder, `dist/${name}/main.mjs`), [], {
    KITH_URL: gateway.url,
    KITH_TOKEN: await tokenOf(`${name}-viewer`),
    KITH_OTHER_TOKEN: await tokenOf(`${name}-other`),
    KITH_WHOM: name,
    KITH_PICTURE: picture,
  });
  const ended = await program.ended;
  // All that it has printed is what it tells: a client that warns of something is not content.
  expect(program.output(), `${name} ended with ${ended}`).toMatch(/^\{.*\}\n$/);
  return JSON.parse(program.output());
}

describe('the clients', () => {
  it('join pages, have the counters right after a follow without asking, and do what is theirs alone', async () => {
    const url = await onOwnDatabase('migrated');
    const gateway = await startGateway({
      NODE_ENV: 'test',
      AUTH_SECRET: testSecret,
      DEMO: 'false',
      ...(url ? { DATABASE_URL: url, DATA_DIR: temporaryFolder() } : { DATA_DIR: migratedFolder() }),
    });
    const picture = join(temporaryFolder(), 'portrait.png');
    await plain(30, 20).png().toFile(picture);
    const results = await Promise.all(
      ['typed-fetch', 'apollo', 'urql', 'relay'].map(async (name) => {
        const followers = await followed(gateway, name);
        return [name, followers, await told(gateway, name, picture)] as const;
      }),
    );
    const counters = { followers: 8, follows: true, following: 1 };
    const cached = {
      pages: 3,
      before: { followers: 7, follows: false, following: 0, connection: 'NONE' },
      after: { ...counters, connection: 'PENDING' },
      refetched: 0,
    };
    const avatar = { url: expect.stringMatching(/^http/), width: 30, height: 20 };
    const expected: Record<string, object> = {
      'typed-fetch': { after: counters, refused: 'NOT_FOUND' },
      apollo: { ...cached, uploaded: { user: { avatar }, userErrors: [] } },
      urql: { ...cached, event: { notifications: 1 }, unseen: [0, 1], warnings: [] },
      relay: {
        ...cached,
        node: { __typename: 'User', username: 'relay', name: 'relay' },
        asked: [{ __typename: 'Connection', peer: { username: 'relay' } }],
      },
    };
    for (const [name, followers, found] of results)
      expect({ name, ...found }).toMatchObject({ name, followers, ...expected[name] });
  });
});
