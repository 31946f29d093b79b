// What a page of somebody else's can have a browser do, and what a browser may take an answer for.
import { beforeAll, describe, expect, it } from 'vitest';
import { useTestApp } from '../helpers/app.ts';
import { type Instance, startInstance } from '../helpers/live.ts';
import { formOf } from '../helpers/pictures.ts';

const kith = useTestApp();
const origin = 'https://evil.example';
const follow = 'mutation ($id: ID!) { followUser(input: { userId: $id }) { userErrors { code } } }';
let instance: Instance;
beforeAll(async () => {
  await kith.idOf('ada');
});
const start = async (env: Record<string, string> = {}) => {
  instance = await startInstance(kith, {}, env);
};

describe('without a preflight', () => {
  // By the Fetch standard: GET, HEAD or POST, with no header of one's own and one of three content types.
  it('nothing is changed, whatever is sent', async () => {
    await start();
    const operation = { query: follow, variables: { id: await kith.idOf('ada') } };
    const text = JSON.stringify(operation);
    const search = new URLSearchParams({
      query: operation.query,
      variables: JSON.stringify(operation.variables),
    });
    const form = formOf({ ...operation, variables: { ...operation.variables, file: null } }, [
      { paths: ['variables.file'], content: new Uint8Array([1]) },
    ]);
    const tried: [RequestInit, string, number][] = [
      [{ method: 'POST', body: text }, '', 415],
      [{ method: 'POST', body: text, headers: { 'content-type': 'text/plain' } }, '', 415],
      [{ method: 'POST', body: text, headers: { 'content-type': 'text/plain; application/json' } }, '', 415],
      [{ method: 'POST', body: search }, '', 415],
      [{ method: 'POST', body: new Blob([text]) }, '', 415],
      [{ method: 'POST', body: form }, '', 401],
      [{ method: 'GET' }, `?${search}`, 405],
      [{ method: 'POST' }, `?${search}`, 415],
    ];
    for (const [init, query, status] of tried) {
      for (const way of [instance.overSocket, instance.inProcess]) {
        const response = await way(`/graphql${query}`, { ...init, headers: { origin, ...init.headers } });
        const { data = null, errors } = await response.json();
        expect([response.status, data, errors.length], JSON.stringify(init)).toEqual([status, null, 1]);
        expect(response.headers.get('access-control-allow-origin')).toBeNull();
      }
    }
  });

  it('nobody is who a browser remembers: only a header says who somebody is', async () => {
    await start();
    const token = await kith.token('ada');
    for (const cookie of [`token=${token}`, `authorization=Bearer ${token}`]) {
      const response = await instance.overSocket('/graphql?query={viewer{scopes}}', {
        headers: { origin, cookie },
      });
      expect(await response.json()).toEqual({ data: { viewer: null } });
      expect(response.headers.get('set-cookie')).toBeNull();
    }
  });

  it('the preflight of what would say who somebody is lets no other origin through', async () => {
    await start({ CORS_ORIGINS: 'https://app.example' });
    const ask = (from: string, header: string) =>
      instance.overSocket('/graphql', {
        method: 'OPTIONS',
        headers: {
          origin: from,
          'access-control-request-method': 'POST',
          'access-control-request-headers': header,
        },
      });
    for (const header of ['authorization', 'content-type', 'x-requested-with']) {
      const { headers } = await ask(origin, header);
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
    const { headers } = await ask('https://app.example', 'x-requested-with');
    expect(headers.get('access-control-allow-headers')).toBe(
      'authorization, content-type, traceparent, tracestate, x-request-id',
    );
  });

  it('an origin that is let in can read what is left of its budget', async () => {
    await start({ CORS_ORIGINS: 'https://app.example' });
    for (const accept of ['application/json', 'application/json;q=0.9']) {
      const { headers } = await instance.overSocket('/graphql', {
        method: 'POST',
        headers: { origin: 'https://app.example', accept, 'content-type': 'application/json' },
        body: '{"query": "{ __typename }"}',
      });
      const exposed = headers.get('access-control-expose-headers')?.split(', ') ?? [];
      expect(exposed).toEqual(expect.arrayContaining(['retry-after', 'x-request-id']));
      const told = [...headers.keys()].filter((name) => name.startsWith('ratelimit'));
      expect(told).toHaveLength(5);
      expect(exposed).toEqual(expect.arrayContaining(told));
    }
  });
});

describe('an answer', () => {
  it('is of the type that it says and no other', async () => {
    await start();
    const json = { 'content-type': 'application/json' };
    const asked: [string, RequestInit, RegExp | null][] = [
      [
        '/graphql',
        { method: 'POST', headers: json, body: '{"query":"{ __typename }"}' },
        /^application\/json/,
      ],
      ['/graphql', { method: 'POST', headers: json, body: '{"query":"<script>alert(1)</script>"}' }, /json/],
      ['/graphql', { method: 'POST', headers: json, body: '<script>alert(1)</script>' }, /json/],
      ['/graphql?query=<script>alert(1)</script>', {}, /json/],
      ['/graphql?query={__typename}', { headers: { accept: 'application/json' } }, /^application\/json/],
      ['/graphql', { method: 'OPTIONS', headers: { origin } }, null],
      ['/graphql', { method: 'DELETE' }, /json/],
      ['/<script>alert(1)</script>', { headers: { accept: 'text/html' } }, null],
      ['/media/<script>alert(1)</script>', { headers: { accept: 'text/html' } }, /^text\/plain/],
      ['/media/nothing.html', {}, /^text\/plain/],
      ['/health', {}, null],
    ];
    for (const [path, init, type] of asked) {
      const response = await instance.overSocket(path, init);
      const place = `${init.method ?? 'GET'} ${path}`;
      expect(response.headers.get('x-content-type-options'), place).toBe('nosniff');
      const said = response.headers.get('content-type');
      if (type) expect(said, place).toMatch(type);
      else expect(said ?? '', place).not.toMatch(/html|xml|svg/);
      await response.arrayBuffer();
    }
  });

  it('that is a page asks nobody else, and is in nobody’s frame', async () => {
    const { headers } = await kith.fetch('/graphql', { headers: { accept: 'text/html' } });
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    const policy = (headers.get('content-security-policy') ?? '').split('; ');
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'"]),
    );
    expect(policy.join()).not.toMatch(/\*|https?:|unsafe-eval/);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('with INTROSPECTION=off', () => {
  const hidden = { INTROSPECTION: 'off', DEMO: 'false' };
  const ask = async (query: string, accept: string, variables?: object) => {
    const response = await instance.overSocket('/graphql', {
      method: 'POST',
      headers: { accept, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return response.json();
  };

  it.each(['application/json', 'application/json;q=0.9'])(
    'the schema is not told, accepting %s',
    async (accept) => {
      await start(hidden);
      for (const query of [
        '{ __schema { types { name } } }',
        '{ __type(name: "User") { name } }',
        '{ ...F } fragment F on Query { s: __schema { queryType { name } } }',
      ]) {
        const { data, errors } = await ask(query, accept);
        expect(data).toBeUndefined();
        expect(errors[0].extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
      }
      expect(await ask('{ __typename }', accept)).toEqual({ data: { __typename: 'Query' } });
    },
  );

  it.each([true, false])('suggestions are made only where the schema is told: %s', async (told) => {
    await start(told ? {} : hidden);
    const misspelled: [string, object?][] = [
      ['{ usrs { totalCount } }'],
      ['{ users(frist: 1) { totalCount } }'],
      ['{ users { nodes { usernme } } }'],
      ['query ($by: UsrBy!) { user(by: $by) { id } }', {}],
      ['query ($by: UserBy!) { user(by: $by) { id } }', { by: { usernme: 'ada' } }],
      ['query ($by: UserOrder) { users(orderBy: $by) { totalCount } }', { by: 'USERNAM' }],
    ];
    for (const [query, variables] of misspelled) {
      for (const accept of ['application/json', 'application/json;q=0.9']) {
        const { errors } = await ask(query, accept, variables);
        const messages = errors.map(({ message }: { message: string }) => message).join('\n');
        if (told) expect(messages).toMatch(/Did you mean/);
        else expect(messages).not.toMatch(/did you mean|"first"|"username"|"USERNAME"/i);
        for (const { extensions } of errors)
          expect(extensions.code).toMatch(/^(GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT)$/);
      }
    }
  });
});
