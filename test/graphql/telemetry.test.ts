// What is told of requests: lines in the log, and the ids and traces they come with.
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, testSecret, useTestApp } from '../helpers/app.ts';
import { eventually, startInstance, subscribe } from '../helpers/live.ts';

const kith = useTestApp();

type Line = Record<string, unknown>;

/** What has been logged of requests since the last time. */
function requests(app: TestApp = kith): Line[] {
  const lines = app.logged.map((line): Line => JSON.parse(line));
  app.logged.length = 0;
  return lines.filter(({ msg }) => msg === 'request');
}

const json = { 'content-type': 'application/json' };
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The ways to ask, whoever answers. */
const everyWay: [string, (query: string, headers?: Record<string, string>) => Promise<Response>][] = [
  [
    'POST',
    (query, headers) =>
      kith.fetch('/graphql', {
        method: 'POST',
        headers: { ...json, ...headers },
        body: JSON.stringify({ query }),
      }),
  ],
  [
    'POST that only Yoga reads',
    (query, headers) =>
      kith.fetch('/graphql', {
        method: 'POST',
        headers: { ...json, accept: 'application/json;q=0.5', ...headers },
        body: JSON.stringify({ query }),
      }),
  ],
  [
    'GET',
    (query, headers) => kith.fetch(`/graphql?${new URLSearchParams({ query })}`, { headers: headers ?? {} }),
  ],
  [
    'multipart',
    async (query, headers) => {
      const body = new FormData();
      body.set('operations', JSON.stringify({ query }));
      body.set('map', '{}');
      const authorization = `Bearer ${await kith.token('ada')}`;
      return kith.fetch('/graphql', { method: 'POST', headers: { authorization, ...headers }, body });
    },
  ],
];

describe.each(everyWay)('%s', (_, ask) => {
  it('is logged once it is answered: what it was, and what it took', async () => {
    const id = await kith.idOf('ada');
    const { data } = await (await ask(`{ node(id: "${id}") { id } }`)).json();
    expect(data).toEqual({ node: { id } });
    kith.database.statements.length = 0;
    requests();
    const authorization = `Bearer ${await kith.token('ada')}`;
    const response = await ask(
      'query Mine { viewer { user { username } } users(first: 3) { nodes { id } } }',
      {
        authorization,
      },
    );
    expect((await response.json()).data.viewer.user.username).toBe('ada');
    const [line, ...more] = requests();
    expect(more).toEqual([]);
    expect(line).toMatchObject({
      level: 30,
      request_id: response.headers.get('x-request-id'),
      operation_type: 'query',
      operation_name: 'Mine',
      viewer: Buffer.from(id, 'base64url').toString().split(':')[1] ?? id,
      cost: 5,
      sql: kith.database.statements.length,
      status: 200,
    });
    expect(kith.database.statements.length).toBeGreaterThan(1);
    expect(line?.request_id).toMatch(uuid);
    expect(line?.duration_ms).toEqual(expect.any(Number));
    expect(Object.keys(line ?? {}).sort()).toEqual(
      [
        ...['cost', 'duration_ms', 'hostname', 'level', 'msg', 'operation_name', 'operation_type', 'pid'],
        ...['request_id', 'sql', 'status', 'time', 'viewer'],
      ].sort(),
    );
  });

  it('has its errors’ codes logged, and what is unknown of it as such', async () => {
    requests();
    await ask('{ nothing }');
    await ask('{');
    const bad = await ask('{ community { name } }', { authorization: 'Bearer nonsense' });
    expect(requests()).toMatchObject([
      {
        operation_type: 'unknown',
        operation_name: 'unknown',
        cost: null,
        errors: ['GRAPHQL_VALIDATION_FAILED'],
      },
      { operation_type: 'unknown', operation_name: 'unknown', errors: ['GRAPHQL_PARSE_FAILED'] },
      {
        request_id: bad.headers.get('x-request-id'),
        operation_type: 'unknown',
        viewer: null,
        status: 401,
        errors: ['UNAUTHENTICATED'],
      },
    ]);
  });

  it('keeps its id where it has one, and has another where that is no id', async () => {
    const given = randomUUID();
    requests();
    const ids: (string | null)[] = [];
    for (const id of [given, 'a'.repeat(64), 'a'.repeat(65), 'ada@kith.test', '{"a":1}', 'a b']) {
      const response = await ask('{ community { name } }', { 'x-request-id': id });
      ids.push(response.headers.get('x-request-id'));
    }
    expect(ids.slice(0, 2)).toEqual([given, 'a'.repeat(64)]);
    for (const id of ids.slice(2)) expect(id).toMatch(uuid);
    expect(new Set(ids).size).toBe(ids.length);
    expect(requests().map((line) => line.request_id)).toEqual(ids);
  });

  it('has the id of its trace logged, where that is one', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const span = 'b7ad6b7169203331';
    const good = [`00-${trace}-${span}-01`, `00-${trace}-${span}-00`, `01-${trace}-${span}-01-more`];
    const bad = [
      `00-${trace}-${span}`,
      `00-${trace}-${span}-01-more`,
      `ff-${trace}-${span}-01`,
      `00-${trace.toUpperCase()}-${span}-01`,
      `00-${'0'.repeat(32)}-${span}-01`,
      `00-${trace}-${'0'.repeat(16)}-01`,
      `${trace}`,
      'ada@kith.test',
    ];
    requests();
    for (const traceparent of [...good, ...bad]) await ask('{ community { name } }', { traceparent });
    expect(requests().map((line) => line.trace_id)).toEqual([
      ...good.map(() => trace),
      ...bad.map(() => undefined),
    ]);
  });
});

it('the name of an operation is logged up to its hundredth letter', async () => {
  requests();
  await kith.query(`query ${'N'.repeat(5_000)} { community { name } }`);
  expect(requests()).toMatchObject([{ operation_name: 'N'.repeat(100) }]);
});

it('a document that is too expensive is logged with its cost, and with no statement', async () => {
  requests();
  await kith.send(
    'query Dear { users(first: 100) { nodes { followers(first: 100) { nodes { followers(first: 100) { nodes { id } } } } } } }',
  );
  expect(requests()).toMatchObject([
    { operation_name: 'Dear', cost: expect.any(Number), sql: 0, errors: ['LIMIT_EXCEEDED'] },
  ]);
});

it('writes are counted with what is around them: transactions, and what is retried or not prepared', async () => {
  const userId = await kith.idOf('bob');
  await kith.idOf('ada');
  kith.database.statements.length = 0;
  requests();
  await kith.mutate('followUser', { userId }, 'ada', 'user { stats { followers } }');
  await kith.mutate('blockUser', { userId }, 'ada');
  await kith.mutate('unblockUser', { userId }, 'ada');
  const lines = requests();
  expect(lines.map((line) => line.operation_type)).toEqual(['mutation', 'mutation', 'mutation']);
  const counted = lines.reduce((sum, { sql }) => sum + Number(sql), 0);
  expect(counted).toBe(kith.database.statements.length);
  expect(counted).toBeGreaterThan(6);
});

it('requests that are answered at the same time are counted apart', async () => {
  await kith.idOf('ada');
  requests();
  await Promise.all(
    Array.from({ length: 10 }, (_, n) =>
      kith.query(n % 2 ? 'query None { __typename }' : 'query Some { viewer { user { username } } }', {
        as: n % 2 ? null : 'ada',
      }),
    ),
  );
  const lines = requests();
  const counts = (name: string) =>
    new Set(lines.filter((line) => line.operation_name === name).map(({ sql }) => sql));
  expect(lines).toHaveLength(10);
  expect(counts('None')).toEqual(new Set([0]));
  expect(counts('Some').size).toBe(1);
  expect(counts('Some')).not.toEqual(new Set([0]));
});

it('a stream is logged when it opens', async () => {
  const token = await kith.token('ada');
  await kith.idOf('ada');
  requests();
  const stream = await subscribe(kith.fetch, 'notificationAdded { kind }', token);
  await eventually(() => kith.logged.length > 0, 'the line');
  expect(requests()).toMatchObject([
    { operation_type: 'subscription', status: 200, viewer: expect.any(String) },
  ]);
  stream.leave();
  await stream.ended;
});

it('what is no GraphQL request is not logged', async () => {
  requests();
  for (const path of ['/', '/health', '/ready', '/nothing?token=secret']) await kith.fetch(path);
  await kith.fetch('/graphql', { headers: { accept: 'text/html' } });
  await kith.fetch('/graphql', { method: 'OPTIONS' });
  expect(requests()).toEqual([]);
});

it('a masked error has its own id beside the request’s, and neither line says what the client is not told', async () => {
  const app = await createTestApp();
  await app.idOf('ada');
  await app.database.db.execute('ALTER TABLE users RENAME TO people');
  app.logged.length = 0;
  const { errors } = await app.send('query Broken { users { nodes { id } } }', { as: 'ada' });
  const ids = errors.map((error) => error.extensions?.id);
  expect(ids.length).toBeGreaterThan(0);
  expect(requests(app)).toMatchObject([{ errors: ['INTERNAL_SERVER_ERROR'], error_ids: ids }]);
  await app.close();
});

describe('the log', () => {
  it('has no secrets and nothing personal, wherever they are sent', async () => {
    const secret = (where: string) => `geheim${where}`;
    const token = await new SignJWT({
      email: `${secret('mail')}@kith.test`,
      email_verified: true,
      name: secret('name'),
      preferred_username: secret('username'),
    })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(secret('subject'))
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(testSecret));
    kith.logged.length = 0;
    const headers = {
      ...json,
      authorization: `Bearer ${token}`,
      cookie: `session=${secret('cookie')}`,
      'user-agent': secret('agent'),
      referer: `https://kith.test/${secret('referer')}`,
      'x-forwarded-for': '203.0.113.77',
      'x-request-id': `${secret('id')}@kith.test`,
      traceparent: secret('trace'),
      tracestate: secret('state'),
    };
    const update =
      'mutation Update($input: UpdateProfileInput!) { updateProfile(input: $input) { userErrors { code } } }';
    const bodies: unknown[] = [
      { query: update, variables: { input: { displayName: secret('variable'), bio: secret('bio') } } },
      { query: update, variables: { input: { [secret('key')]: 1 } } },
      { query: update, variables: { input: secret('wrong') } },
      { query: `{ user(by: { username: "${secret('argument')}" }) { id } }` },
      { query: `{ ${secret('field')} }` },
      { query: `{ community { name } } # ${secret('comment')}` },
      { query: `{ community(x: "${secret('unterminated')} }` },
      { query: '{ __typename }', operationName: secret('operationName') },
      { query: '{ __typename }', extensions: { secret: secret('extension') } },
      secret('body'),
      [secret('list')],
    ];
    for (const accept of ['application/json', 'application/json;q=0.5']) {
      for (const body of bodies) {
        await kith.fetch('/graphql', {
          method: 'POST',
          headers: { ...headers, accept },
          body: JSON.stringify(body),
        });
      }
      await kith.fetch('/graphql', { method: 'POST', headers: { ...headers, accept }, body: secret('json') });
    }
    for (const parameters of [
      { query: '{ __typename }', variables: JSON.stringify({ a: secret('query') }) },
      { query: '{ __typename }', variables: secret('broken') },
      { query: '{ __typename }', access_token: secret('parameter') },
    ]) {
      await kith.fetch(`/graphql?${new URLSearchParams(parameters)}`, { headers });
    }
    await kith.fetch(`/${secret('path')}?${secret('parameter')}`, { headers });
    await kith.fetch('/graphql', {
      method: 'POST',
      headers: { ...json, authorization: `Bearer ${secret('bearer')}` },
      body: '{"query":"{ __typename }"}',
    });
    await kith.fetch('/graphql', {
      method: 'POST',
      headers: { ...json, authorization: `Basic ${secret('basic')}` },
      body: '{"query":"{ __typename }"}',
    });
    const form = new FormData();
    form.set(
      'operations',
      JSON.stringify({ query: update, variables: { input: { displayName: secret('form') } } }),
    );
    form.set('map', '{}');
    form.set('0', new File([secret('file')], `${secret('filename')}.png`));
    const { 'content-type': _, ...others } = headers;
    await kith.fetch('/graphql', { method: 'POST', headers: others, body: form });

    const all = kith.logged.join('');
    expect(requests().length).toBeGreaterThan(bodies.length * 2 + 3);
    expect(all).not.toContain('geheim');
    expect(all).not.toMatch(/eyJ|203\.0\.113|@kith\.test|127\.0\.0\.1/);
    expect(all).toContain('"operation_name":"Update"');
  });
});

describe('probes', () => {
  it('say that it is alive and ready', async () => {
    for (const [path, status] of [
      ['/health', 'ok'],
      ['/ready', 'ready'],
    ]) {
      const response = await kith.fetch(path ?? '');
      expect([response.status, await response.json()]).toEqual([200, { status }]);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect((await kith.fetch(path ?? '', { method: 'HEAD' })).status).toBe(200);
      expect((await kith.fetch(path ?? '', { method: 'POST' })).status).toBe(405);
    }
    expect((await kith.fetch('/anything/health')).status).toBe(404);
  });

  it('say that the database is missing, and nothing of why', async () => {
    const app = await createTestApp();
    await app.database.close();
    const response = await app.fetch('/ready');
    expect([response.status, await response.json()]).toEqual([
      503,
      { status: 'not ready', missing: ['database'] },
    ]);
    expect((await app.fetch('/health')).status).toBe(200);
    await app.close().catch(() => {});
  });

  it('say that Redis is missing while it does not answer, and that all is there once it does', async () => {
    let asked = 0;
    const answers = new EventEmitter();
    const ping = async () => {
      if (asked++ === 0) await once(answers, 'answer');
    };
    const bus = { publish: () => {}, listen: () => {}, close: async () => {}, ping };
    const { overSocket } = await startInstance(kith, { bus });
    const ready = async () => {
      const response = await overSocket('/ready');
      return [response.status, await response.json()];
    };
    const missing = [503, { status: 'not ready', missing: ['redis'] }];
    expect(await Promise.all([ready(), ready()])).toEqual([missing, missing]);
    // Who does not answer is not asked again and again.
    expect(asked).toBe(1);
    answers.emit('answer');
    await eventually(async () => (await ready())[0] === 200, 'it to be ready');
    expect(asked).toBeGreaterThan(1);
  });
});

it('a request over a socket keeps its id when it is a stream that the lane hands over', async () => {
  const instance = await startInstance(kith);
  const body = JSON.stringify({ query: '{ community { name } } # subscription' });
  const asking = request(`${instance.url}/graphql`, {
    method: 'POST',
    headers: { ...json, 'x-request-id': 'mine', 'content-length': Buffer.byteLength(body) },
  });
  asking.end(body);
  const id = await new Promise((resolve, reject) => {
    asking.once('error', reject).once('response', (response) => {
      void text(response).then(() => resolve(response.headers['x-request-id']));
    });
  });
  expect(id).toBe('mine');
});
