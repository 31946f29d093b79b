import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExecutionResult, type GraphQLFormattedError, parse } from 'graphql';
import { type DestinationStream, pino } from 'pino';
import { afterAll, beforeAll, expect } from 'vitest';
import { createApp } from '../../src/app.ts';
import { signToken } from '../../src/auth/token.ts';
import { type Config, type ReadyAuth, readConfig } from '../../src/config.ts';
import { diskStorage } from '../../src/media/disk-storage.ts';
import type { MediaStorage } from '../../src/media/storage.ts';
import type { SourceLimits } from '../../src/sources/limits.ts';
import { createTestDatabase, type TestDatabase } from './db.ts';

/** The secret that tests sign tokens with. */
export const testSecret = 'a secret of at least thirty-two bytes, for tests';
export const testAuth = { kind: 'secret', secret: testSecret, issuer: null, audience: null } as const;

export interface TestOptions {
  /** The server's database, which is closed with it; a new one unless given. */
  database?: TestDatabase;
  /** Environment variables besides the test's own. */
  env?: Record<string, string>;
  auth?: ReadyAuth;
  now?: () => Date;
  storage?: MediaStorage;
  /** What sources may cost; what they always may unless given. */
  sourceLimits?: Partial<SourceLimits>;
}

/** A GraphQL answer over HTTP. */
export interface Answer<Data> {
  status: number;
  headers: Headers;
  /** Null where there was none, or not all that was asked for. */
  data: Data;
  errors: readonly GraphQLFormattedError[];
}

// biome-ignore lint/suspicious/noExplicitAny: what a test asks for, it knows the shape of
type Json = any;

export interface TestApp {
  database: TestDatabase;
  /** Everything that was logged, as JSON lines. */
  logged: string[];
  /** An HTTP request to the server. The path is relative to it. */
  fetch: (path: string, init?: RequestInit) => Promise<Response>;
  /** Sends a document; `as` is the username whose token goes with it, null or omitted for nobody. */
  send: <Data = Json>(document: string, options?: SendOptions) => Promise<Answer<Data>>;
  /** The same, and fails with all that came back when there are errors. */
  query: <Data = Json>(document: string, options?: SendOptions) => Promise<Data>;
  /** A token for this username, with all scopes unless given. */
  token: (username: string, scope?: string) => Promise<string>;
  /** The `id` of this person, who is created when they are not there yet. */
  idOf: (username: string) => Promise<string>;
  /** Runs a mutation that takes an input and gives its payload back, `userErrors` included. */
  mutate: (name: string, input: object, as: string, selection?: string) => Promise<Json>;
  /** Where pictures lie, unless the test has a storage of its own. */
  mediaFolder: string;
  close: () => Promise<void>;
}

export interface SendOptions {
  as?: string | null | undefined;
  scope?: string;
  variables?: Record<string, unknown> | undefined;
  operationName?: string;
  headers?: Record<string, string>;
}

/**
 * The real server on a database of its own: PGlite, or PostgreSQL when `DATABASE_URL` is set. Requests go through
 * `app.fetch`, or through a socket when `TEST_SOCKET` is set.
 */
export async function createTestApp(options: TestOptions = {}): Promise<TestApp> {
  const database = options.database ?? (await createTestDatabase());
  const logged: string[] = [];
  const sink: DestinationStream = { write: (line) => void logged.push(line) };
  const config: Config & { auth: ReadyAuth } = {
    // Tests ask for more in a minute than people do; those of the limit say what it is.
    ...readConfig({ RATE_LIMIT_COST_PER_MINUTE: '60000000000', ...options.env }),
    auth: options.auth ?? testAuth,
  };
  const mediaFolder = mkdtempSync(join(tmpdir(), 'kith-media-'));
  const app = createApp({
    db: database.db,
    storage: options.storage ?? diskStorage(mediaFolder),
    config,
    log: pino({ level: 'info' }, sink),
    graphiql: { title: 'Kith', demo: null },
    ...(options.now ? { now: options.now } : {}),
    ...(options.sourceLimits ? { sourceLimits: options.sourceLimits } : {}),
  });
  const socket = process.env.TEST_SOCKET ? await listen(app) : null;
  const fetchApp: TestApp['fetch'] = async (path, init) =>
    socket
      ? fetch(new URL(path, socket.url), init)
      : app.fetch(new Request(new URL(path, 'http://kith.test'), init));

  const tokens = new Map<string, Promise<string>>();
  const token: TestApp['token'] = (username, scope) => {
    const key = `${username} ${scope}`;
    let signed = tokens.get(key);
    if (!signed) {
      signed = signToken({ ...testAuth }, username, { scope, expires: '1h' });
      tokens.set(key, signed);
    }
    return signed;
  };

  const send: TestApp['send'] = async <Data>(document: string, o: SendOptions = {}) => {
    const response = await fetchApp('/graphql', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(o.as ? { authorization: `Bearer ${await token(o.as, o.scope)}` } : {}),
        ...o.headers,
      },
      body: JSON.stringify({ query: document, variables: o.variables, operationName: o.operationName }),
    });
    const body = (await response.json()) as ExecutionResult & { errors?: GraphQLFormattedError[] };
    return {
      status: response.status,
      headers: response.headers,
      data: (body.data ?? null) as Data,
      errors: body.errors ?? [],
    };
  };

  const query: TestApp['query'] = async <Data>(document: string, o?: SendOptions) => {
    const answer = await send<Data>(document, o);
    const masked = answer.errors.some((e) => e.extensions?.code === 'INTERNAL_SERVER_ERROR');
    expect(answer.errors, `${document}\n${masked ? logged.join('') : ''}`).toEqual([]);
    return answer.data;
  };

  const ids = new Map<string, Promise<string>>();
  const idOf: TestApp['idOf'] = (username) => {
    let id = ids.get(username);
    if (!id) {
      id = query('{ viewer { user { id } } }', { as: username }).then((data) => data.viewer.user.id);
      ids.set(username, id);
    }
    return id;
  };

  const mutate: TestApp['mutate'] = async (name, input, as, selection = '') => {
    const inputType = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
    const document = `mutation ($input: ${inputType}) { ${name}(input: $input) { ${selection} userErrors { code message path } } }`;
    parse(document);
    return (await query(document, { as, variables: { input } }))[name];
  };

  return {
    database,
    logged,
    fetch: fetchApp,
    send,
    query,
    token,
    idOf,
    mutate,
    mediaFolder,
    close: async () => {
      await socket?.close();
      await app.dispose();
      await database.close();
      rmSync(mediaFolder, { recursive: true, force: true });
    },
  };
}

async function listen(app: ReturnType<typeof createApp>) {
  const server = createServer(app.listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A server for all tests of a file. */
export function useTestApp(options: TestOptions = {}): TestApp {
  const holder: { app?: TestApp } = {};
  beforeAll(async () => {
    holder.app = await createTestApp(options);
  });
  afterAll(() => holder.app?.close());
  return new Proxy({} as TestApp, {
    get: (_target, property) => {
      if (!holder.app) throw new Error('The test server is there once a test runs, not before.');
      return Reflect.get(holder.app, property);
    },
  });
}
