import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DrizzleQueryError, sql } from 'drizzle-orm';
import { type GraphQLFormattedError, getIntrospectionQuery } from 'graphql';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { LeftError, UnavailableError } from '../../src/db/failures.ts';
import { maskError } from '../../src/http/errors.ts';
import { diskStorage } from '../../src/media/disk-storage.ts';
import { type Answer, type SendOptions, testAuth, useTestApp } from '../helpers/app.ts';
import { eventually, startInstance } from '../helpers/live.ts';

const kith = useTestApp();

const internals = /at .*\.ts|node_modules|select |insert |postgres|drizzle|pglite|ECONN|stack/i;

interface Body {
  data?: unknown;
  errors?: readonly GraphQLFormattedError[];
}

/** Asserts that nothing was answered but errors that have a code and tell nothing of the inside. */
function expectCoded({ data, errors = [] }: Body, ...allowed: string[]) {
  expect(errors.length).toBeGreaterThan(0);
  for (const { message, extensions } of errors) {
    expect(extensions?.code, message).toBeDefined();
    expect(extensions).not.toHaveProperty('http');
    if (allowed.length > 0) expect(allowed, message).toContain(extensions?.code);
    else expect(extensions?.code, message).not.toBe('INTERNAL_SERVER_ERROR');
  }
  expect(JSON.stringify(errors)).not.toMatch(internals);
  expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([]);
}

/** Asserts a refusal past this limit. @returns the value it says the request has. */
function expectLimit({ data, errors = [] }: Body, name: string, max: number, value?: number): number {
  expectCoded({ data, errors }, 'LIMIT_EXCEEDED', 'BAD_USER_INPUT');
  const limit = errors[0]?.extensions?.limit as { name: string; max: number; value: number } | undefined;
  expect(limit).toEqual({ name, max, value: value ?? expect.any(Number) });
  expect(errors[0]?.message).toContain(String(max));
  return limit?.value ?? 0;
}

/** A POST of this very body. */
async function post(
  body: string | ReadableStream<Uint8Array>,
  headers: Record<string, string> = {},
): Promise<Answer<unknown> & { body: Body }> {
  const response = await kith.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    ...(typeof body === 'string' ? {} : { duplex: 'half' }),
  } as RequestInit);
  const parsed = (await response.json()) as Body;
  return {
    status: response.status,
    headers: response.headers,
    data: parsed.data ?? null,
    errors: parsed.errors ?? [],
    body: parsed,
  };
}

const json = (value: unknown) => JSON.stringify(value);
const times = (count: number, make: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join(' ');
const bearer = async (username: string) => ({ authorization: `Bearer ${await kith.token(username)}` });

afterEach(async () => {
  // Whatever was sent, the server goes on.
  expect(await kith.query('{ community { name } }')).toEqual({ community: { name: 'Kith' } });
});

describe('the body', () => {
  const mebibyte = 1024 * 1024;
  const withoutToken = mebibyte;
  const withToken = 12 * mebibyte;

  /** A good request of this many bytes. */
  const bodyOf = (bytes: number) => {
    const empty = json({ query: '{ __typename }', variables: { x: '' } });
    return empty.replace('""', `"${'x'.repeat(bytes - empty.length)}"`);
  };
  const inChunks = (text: string) => {
    const bytes = new TextEncoder().encode(text);
    let sent = 0;
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent >= bytes.length) controller.close();
        else controller.enqueue(bytes.slice(sent, sent + 65_536));
        sent += 65_536;
      },
    });
  };

  it('is 1 MiB at most without a token: 413', async () => {
    expect((await post(bodyOf(withoutToken))).body).toEqual({ data: { __typename: 'Query' } });
    const { status, body } = await post(bodyOf(withoutToken + 1));
    expect(status).toBe(413);
    expectLimit(body, 'maxBodyBytes', withoutToken, withoutToken + 1);
  });

  it('of 2 MB without a token is refused: 413', async () => {
    const { status, body } = await post(bodyOf(2_000_000));
    expect(status).toBe(413);
    expectLimit(body, 'maxBodyBytes', withoutToken, 2_000_000);
  });

  it('is 12 MiB at most with a token: 413', async () => {
    const headers = await bearer('ada');
    expect((await post(bodyOf(withToken), headers)).body).toEqual({ data: { __typename: 'Query' } });
    const { status, body } = await post(bodyOf(13 * mebibyte), headers);
    expect(status).toBe(413);
    expectLimit(body, 'maxBodyBytes', withToken, 13 * mebibyte);
  });

  it('is counted while it comes where its length is not declared', async () => {
    expect((await post(inChunks(bodyOf(withoutToken)))).body).toEqual({ data: { __typename: 'Query' } });
    const { status, body } = await post(inChunks(bodyOf(2 * mebibyte)));
    expect(status).toBe(413);
    expect(expectLimit(body, 'maxBodyBytes', withoutToken)).toBeGreaterThan(withoutToken);
  });

  it('that was too large leaves nothing behind that keeps the next requests waiting', async () => {
    const headers = await bearer('ada');
    for (const accept of ['*/*', 'application/json;q=0.9, */*;q=0.1']) {
      for (const [size, more] of [
        [2, {}],
        [13, headers],
        [2, { authorization: 'Bearer garbage' }],
        [2, { 'content-type': 'text/plain' }],
      ] as const) {
        expectCoded((await post(inChunks(bodyOf(size * mebibyte)), { accept, ...more })).body);
        for (let i = 0; i < 4; i++) await kith.query('{ __typename }');
      }
    }
  });

  it('that comes after its refusal does not cut off what comes after it on its connection', async () => {
    const { url } = await startInstance(kith);
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    onTestFinished(() => void socket.destroy());
    let answered = '';
    socket.on('data', (data) => {
      answered += data;
    });
    const answers = () => answered.split('HTTP/1.1 ').length - 1;
    socket.write(
      `POST /graphql HTTP/1.1\r\nHost: kith\r\nContent-Type: application/json\r\nAuthorization: Bearer garbage\r\nContent-Length: 24\r\n\r\n`,
    );
    await eventually(() => answers() === 1, 'the refusal');
    expect(answered).toContain('401');
    socket.write('{"query":"{__typename}"}');
    // Longer than a refused body may take.
    for (let asked = 2; asked < 14; asked++) {
      socket.write('GET /health HTTP/1.1\r\nHost: kith\r\n\r\n');
      await eventually(() => answers() === asked || socket.closed, `answer ${asked}`);
      expect(socket.closed).toBe(false);
      await sleep(500);
    }
  });

  it('has its limit however the answer is asked for', async () => {
    const headers = { ...(await bearer('ada')), accept: 'application/json;q=0.9, */*;q=0.1' };
    const { status, body } = await post(bodyOf(13 * mebibyte), headers);
    expect(status).toBe(413);
    expectLimit(body, 'maxBodyBytes', withToken, 13 * mebibyte);
  });

  it('is refused for a bad token before it is read', async () => {
    const { status, body } = await post(bodyOf(13 * mebibyte), { authorization: 'Bearer garbage' });
    expect([401, 413]).toContain(status);
    expectCoded(body);
  });
});

describe('the document', () => {
  it('may have 100 KB; bytes count, not characters', async () => {
    const max = 100 * 1024;
    const padded = (bytes: number) => `{ __typename } #${'x'.repeat(bytes - 16)}`;
    expect(await kith.query(padded(max))).toEqual({ __typename: 'Query' });
    expectLimit(await kith.send(padded(max + 1)), 'maxDocumentBytes', max, max + 1);
    expectLimit(await kith.send(`{ __typename } #${'é'.repeat(max / 2)}`), 'maxDocumentBytes', max, max + 16);
  });

  it('may have 4,000 tokens', async () => {
    const operations = (count: number) => times(count, (i) => `query Q${i} { __typename }`);
    expect(await kith.query(operations(800), { operationName: 'Q0' })).toEqual({ __typename: 'Query' });
    const { errors, data } = await kith.send(operations(801), { operationName: 'Q0' });
    expectLimit({ data, errors }, 'maxTokens', 4_000, 4_005);
    expectLimit(
      await kith.send(`{ users(first: 1 ${', '.repeat(10)}) { nodes { ${'id '.repeat(3_990)} } } }`),
      'maxTokens',
      4_000,
    );
  });

  it('may be 16 levels deep', async () => {
    const nested = (levels: number) =>
      `{ users(first: 1) { nodes ${'{ followers(first: 1) { nodes '.repeat((levels - 3) / 2)} { id } ${'} }'.repeat((levels - 3) / 2)} } }`;
    await kith.query(nested(15));
    expectLimit(await kith.send(nested(17)), 'maxDepth', 16, 17);
    expectLimit(await kith.send(nested(61)), 'maxDepth', 16, 61);
    expectLimit(await kith.send('{a'.repeat(1_300) + '}'.repeat(1_300)), 'maxDepth', 16, 1_300);
  });

  it('counts its depth through fragments, spread and inline', async () => {
    const one = 'followers(first: 1) { nodes {';
    const spread = `{ users(first: 1) { nodes { ...F0 } } } ${times(9, (i) => `fragment F${i} on User { ${one} ...F${i + 1} } } }`)} fragment F9 on User { id }`;
    expectLimit(await kith.send(spread), 'maxDepth', 16, 21);
    const inline = `{ users(first: 1) { nodes { ${`... on User { ${one}`.repeat(9)} id ${'} } }'.repeat(9)} } } }`;
    expectLimit(await kith.send(inline), 'maxDepth', 16, 21);
  });

  it('lets the standard introspection through', async () => {
    const { __schema } = await kith.query(
      getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true, oneOf: true }),
    );
    expect(__schema.types.length).toBeGreaterThan(20);
  });

  it('may not multiply introspection by its aliases', async () => {
    const half = 50;
    const document = `{ __schema { types { ...F } } }
      fragment F on __Type { ${times(half, (i) => `a${i}: fields { type { ...G } }`)} }
      fragment G on __Type { ${times(half, (i) => `b${i}: fields { name }`)} }`;
    const response = await kith.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: json({ query: document }),
    });
    expect((await response.text()).length).toBeLessThan(5_000_000);
  });

  it('may have 100 aliases', async () => {
    const aliased = (count: number) => `{ ${times(count, (i) => `a${i}: __typename`)} }`;
    expect(Object.keys(await kith.query(aliased(100)))).toHaveLength(100);
    expectLimit(await kith.send(aliased(101)), 'maxAliases', 100, 101);
    expectLimit(await kith.send(`{ ...F } fragment F on Query ${aliased(101)}`), 'maxAliases', 100, 101);
  });

  it('with 10,000 aliases is refused', async () => {
    const { errors } = await kith.send(`{ ${times(10_000, (i) => `a${i}:__typename`)} }`);
    expectCoded({ errors }, 'LIMIT_EXCEEDED');
  });

  it.each(['{ community { $ } }', '{ $ }', '{ ...F } fragment F on Query { community { $ } }'])(
    'with 3,900 repetitions of a field in %s is refused at once',
    async (document) => {
      const field = document.includes('community') ? 'name ' : '__typename ';
      expectLimit(await kith.send(document.replace('$', field.repeat(3_900))), 'maxRepeats', 100, 3_900);
    },
    5_000,
  );

  it('with a field repeated through hundreds of inline fragments is answered or refused at once', async () => {
    for (const repeated of [
      '...{community{name}}'.repeat(560),
      `...{${'...{community{name}}'.repeat(25)}}`.repeat(20),
    ]) {
      const { errors } = await kith.send(`{${repeated}}`);
      if (errors.length > 0) expectCoded({ errors });
    }
  }, 5_000);

  it.each([
    ['objects', '{ ...F0 }', 'Query', 'community { name }', 29],
    ['leaves', '{ ...F0 }', 'Query', '__typename', 29],
    ['a list', '{ users(first: 1) { ...F0 } }', 'UserConnection', '__typename', 22],
    ['a list’s nodes', '{ users(first: 1) { nodes { ...F0 } } }', 'User', '__typename', 22],
    [
      'a list in a mutation’s payload',
      'mutation { updateProfile(input: {}) { user { followers { ...F0 } } } }',
      'UserFollowerConnection',
      '__typename',
      22,
    ],
  ])(
    'with fragments that double at each step, over %s, is answered or refused at once',
    async (_name, operation, type, leaf, steps) => {
      // Walked one by one, these are millions of visits.
      const document = `${operation} ${times(steps, (i) => `fragment F${i} on ${type} { ...F${i + 1} ...F${i + 1} }`)} fragment F${steps} on ${type} { ${leaf} }`;
      const { errors } = await kith.send(document, { as: 'ada' });
      if (errors.length > 0) {
        expectCoded({ errors });
        expect(errors[0]?.extensions?.limit).toHaveProperty('value', expect.any(Number));
      }
    },
    5_000,
  );

  it.each([
    ['itself', '{ ...A } fragment A on Query { ...A __typename }'],
    [
      'itself through a field',
      '{ users { nodes { ...A } } } fragment A on User { followers { nodes { ...A } } }',
    ],
    [
      'itself through others',
      '{ ...A } fragment A on Query { ...B } fragment B on Query { ...C } fragment C on Query { ...A }',
    ],
  ])('with a fragment that spreads %s is refused', async (_name, document) => {
    expectCoded(await kith.send(document), 'GRAPHQL_VALIDATION_FAILED');
  });

  it.each([
    ['a fragment that is not there', '{ ...A }'],
    ['a fragment that nobody uses', '{ __typename } fragment A on Query { __typename }'],
    ['a field that is not there', '{ nothing }'],
    ['an object without a selection', '{ viewer }'],
    ['a variable that is not declared', '{ node(id: $id) { id } }'],
    ['an argument that is not there', '{ viewer(id: 1) { id } }'],
    ['a directive that is not there', '{ __typename @defer }'],
    ['a subscription', 'subscription { nothing }'],
    ['many unknown fields', `{ ${times(1_000, (i) => `x${i}`)} }`],
  ])('with %s is refused', async (_name, document) => {
    expectCoded(await kith.send(document), 'GRAPHQL_VALIDATION_FAILED');
  });

  it.each([
    '{',
    '{ community { name }',
    '}',
    '{ a(b: ) }',
    'query',
    '\u0000',
    '{ user(by: { id: "\\uD8" }) }',
    '',
    ' ',
    '#',
  ])('that cannot be parsed is refused: %j', async (document) => {
    expectCoded(await kith.send(document), 'GRAPHQL_PARSE_FAILED', 'BAD_REQUEST');
  });

  it.each([
    ['a query', '{ then: community { then: name } }', '{"then":{"then":"Kith"}}'],
    [
      'a mutation',
      'mutation { then: deleteAspect(input: { aspectId: "x" }) { then: userErrors { then: code } } }',
      '{"then":{"then":[{"then":"NOT_FOUND"}]}}',
    ],
    ['introspection', '{ then: __type(name: "User") { then: name } }', '{"then":{"then":"User"}}'],
  ])(
    'with the alias `then` in %s, as if what has it were a promise, is answered',
    async (_name, document, data) => {
      expect(json(await kith.query(document, { as: 'ada' }))).toBe(data);
    },
  );

  it('with deep literals is answered with a coded error', async () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{ id: ', '}'],
    ]) {
      for (const depth of [300, 900]) {
        const value = `${open?.repeat(depth)} "x" ${close?.repeat(depth)}`;
        for (const place of ['node(id: $) { id }', 'nodes(ids: $) { id }', 'user(by: $) { id }']) {
          expectCoded(await kith.send(`{ ${place.replace('$', () => value)} }`));
        }
      }
    }
    expectCoded(
      await kith.send(`query ($x: ${'['.repeat(1_900)} ID ${']'.repeat(1_900)}) { node(id: $x) { id } }`),
    );
  });
});

describe('the cost', () => {
  const max = 20_000;
  /** Costs 100 × (1 + 100 + 99) = 20,000. */
  const limit =
    'users(first: 100) { nodes { followers(first: 100) { nodes { id } } following(first: 99) { nodes { id } } } }';

  it('may be 20,000, and not one more', async () => {
    await kith.query(`{ ${limit} }`);
    expectLimit(await kith.send(`{ ${limit} community { name } }`), 'maxCost', max, max + 1);
  });

  const people = '100 × (1 + 100 × (1 + 3))';
  const value = 100 * (1 + 100 * (1 + 3));
  const document = (a: string, b: string, c: string) =>
    `{ users(${a}) { nodes { followers(${b}) { nodes { following(${c}) { nodes { id } } } } } } }`;

  it.each<[string, string, SendOptions['variables'], number]>([
    [`through nested lists: ${people}`, document('first: 100', 'first: 100', 'first: 3'), {}, value],
    ['through `last`', document('last: 100', 'last: 100', 'last: 3'), {}, value],
    [
      'through `edges` as through `nodes`',
      document('first: 100', 'first: 100', 'first: 3')
        .replaceAll('nodes', 'edges { node')
        .replace('id', 'id } } }'),
      {},
      value,
    ],
    [
      'through variables',
      `query ($n: Int, $m: Int) ${document('first: $n', 'last: $n', 'first: $m')}`,
      { n: 100, m: 3 },
      value,
    ],
    [
      'through defaults of variables',
      `query ($n: Int = 100, $m: Int! = 3) ${document('first: $n', 'last: $n', 'first: $m')}`,
      {},
      value,
    ],
    [
      'through a null `first` beside `last`',
      `query ($n: Int) ${document('first: $n, last: 100', 'first: null, last: 100', 'first: 3')}`,
      { n: null },
      value,
    ],
    [
      'through fragments',
      `{ users(first: 100) { ...A } } fragment A on UserConnection { nodes { ...B } } fragment B on User { followers(first: 100) { nodes { ...C } } } fragment C on User { following(first: 3) { nodes { id } } }`,
      {},
      value,
    ],
    [
      'through inline fragments',
      '{ ... on Query { users(first: 100) { ... { nodes { ... on User { ... on Node { ... on User { followers(first: 100) { nodes { following(first: 3) { nodes { id } } } } } } } } } } } }',
      {},
      value,
    ],
    [
      'without sizes, 20 each: 20 × (1 + 20 × (1 + 20 × (1 + 20)))',
      '{ users { nodes { followers { nodes { following { nodes { followers { nodes { id } } } } } } } } }',
      {},
      168_420,
    ],
    [
      'with null for sizes, 20 each',
      'query ($n: Int = 1) { users(first: $n) { nodes { followers(first: null) { nodes { following(last: $n) { nodes { followers { nodes { id } } } } } } } } }',
      { n: null },
      168_420,
    ],
    [
      'with `edges` and `nodes` twice as much: 100 × 2 × (1 + 100)',
      '{ users(first: 100) { edges { node { followers(first: 100) { nodes { id } } } } nodes { followers(first: 100) { nodes { id } } } } }',
      {},
      20_200,
    ],
    [
      'through `node` and its type: 1 + 100 × (1 + 100 × (1 + 1))',
      '{ node(id: "x") { ... on User { followers(first: 100) { nodes { followers(first: 100) { nodes { followers(first: 1) { nodes { id } } } } } } } } }',
      {},
      20_101,
    ],
    [
      'through as many `ids` as `nodes` is given: 100 × (1 + 100 + 100)',
      `{ nodes(ids: [${times(100, () => '"x"')}]) { ... on User { followers(first: 100) { nodes { id } } following(first: 100) { nodes { id } } } } }`,
      {},
      20_100,
    ],
    [
      'through as many `ids` as the variable has',
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on User { followers(first: 100) { nodes { id } } following(first: 100) { nodes { id } } } } }',
      { ids: Array.from({ length: 100 }, () => 'x') },
      20_100,
    ],
    [
      'through aliases: 3 × 100 × (1 + 100)',
      `{ ${times(3, (i) => `a${i}: users(first: 100) { nodes { followers(first: 100) { nodes { id } } } }`)} }`,
      {},
      30_300,
    ],
    [
      'with 50 for each `mutualFollowers`: 100 × (1 + 50 + 100 + 50)',
      '{ users(first: 100) { nodes { mutualFollowers(first: 100) { nodes { id } } followers(first: 50) { nodes { id } } } } }',
      {},
      20_100,
    ],
    [
      'in a mutation’s payload as well: 1 + 1 + 100 × (1 + 100 × (1 + 1))',
      'mutation { followUser(input: { userId: "x" }) { user { followers(first: 100) { nodes { followers(first: 100) { nodes { followers(first: 1) { nodes { id } } } } } } } } }',
      {},
      20_102,
    ],
  ])('is counted %s', async (_name, query, variables, cost) => {
    expectLimit(await kith.send(query, { variables, as: 'ada' }), 'maxCost', max, cost);
  });

  it('is that of the operation that is chosen', async () => {
    const both = `query Cheap { __typename } query Dear { ${limit} community { name } }`;
    expect(await kith.query(both, { operationName: 'Cheap' })).toEqual({ __typename: 'Query' });
    expectLimit(await kith.send(both, { operationName: 'Dear' }), 'maxCost', max, max + 1);
  });

  it('is counted anew for other variables of the same document', async () => {
    const query = `query ($n: Int!) { users(first: $n) { nodes { followers(first: $n) { nodes { following(first: $n) { nodes { id } } } } } } }`;
    await kith.query(query, { variables: { n: 3 } });
    expectLimit(await kith.send(query, { variables: { n: 100 } }), 'maxCost', max, 1_010_100);
    await kith.query(query, { variables: { n: 3 } });
  });

  it('of a `totalCount` that is counted for its viewer is 50, whatever the size of the page', async () => {
    // 100 × (1 + 100 + 98) + 50 + 50.
    const within = limit.replace('first: 99', 'first: 98').replace('nodes', 'totalCount nodes');
    await kith.query(`{ ${within} b: users(first: 0) { totalCount } }`);
    expectLimit(await kith.send(`{ ${limit} b: users(first: 0) { totalCount } }`), 'maxCost', max, max + 50);
    expectLimit(
      await kith.send(`{ ${limit} b: searchUsers(query: "a", first: 0) { totalCount } }`),
      'maxCost',
      max,
      max + 50,
    );
  });
});

describe('page arguments', () => {
  it.each([
    ['first: 1000000', 1_000_000],
    ['first: 101', 101],
    ['first: -1', -1],
    ['last: 101', 101],
    ['last: -2147483648', -2_147_483_648],
  ])('%s is refused, with the limit', async (args, value) => {
    for (const document of [
      `{ users(${args}) { nodes { id } } }`,
      `{ users(first: 1) { nodes { followers(${args}) { totalCount } } } }`,
    ]) {
      await kith.idOf('ada');
      const { errors } = await kith.send(document);
      expectCoded({ errors }, 'BAD_USER_INPUT');
      expect(errors[0]?.extensions?.limit).toEqual({ name: 'maxPageSize', max: 100, value });
    }
  });

  it('`first` with `last` is refused', async () => {
    expectCoded(await kith.send('{ users(first: 1, last: 1) { nodes { id } } }'), 'BAD_USER_INPUT');
    expectCoded(await kith.send('{ users(first: 0, last: 0) { nodes { id } } }'), 'BAD_USER_INPUT');
  });

  it.each(['99999999999999999999', '2147483648', '1.5', '"1"', 'true', '[1]', '{}', '1e400'])(
    '%s is no page size',
    async (literal) => {
      expectCoded(await kith.send(`{ users(first: ${literal}) { nodes { id } } }`));
    },
  );

  it.each([1e20, 2 ** 31, 1.5, '1', true, [1], {}, 1e308])('%j in a variable is no page size', async (n) => {
    expectCoded(
      await kith.send('query ($n: Int) { users(first: $n) { nodes { id } } }', { variables: { n } }),
      'BAD_USER_INPUT',
    );
  });

  const cursor = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : json(value)).toString('base64url');
  const zero = '00000000-0000-0000-0000-000000000000';
  const ordering = async (document: string) => {
    await kith.idOf('ada');
    const data = await kith.query<Record<string, { edges: { cursor: string }[] }>>(document, { as: 'ada' });
    const first = Object.values(data)[0]?.edges[0]?.cursor ?? '';
    return { first, values: JSON.parse(Buffer.from(first, 'base64url').toString()) as unknown[] };
  };

  it('a cursor of another list, or of the same in another order, is refused', async () => {
    const newest = await ordering('{ users(first: 1) { edges { cursor } } }');
    const byName = await ordering('{ users(first: 1, orderBy: USERNAME) { edges { cursor } } }');
    const oldest = await ordering('{ users(first: 1, orderBy: OLDEST) { edges { cursor } } }');
    const search = await ordering('{ searchUsers(query: "ada", first: 1) { edges { cursor } } }');
    for (const [document, cursors] of [
      ['users(after: $c)', [byName.first, oldest.first, search.first]],
      ['users(before: $c, orderBy: OLDEST)', [newest.first, byName.first, search.first]],
      ['searchUsers(query: "ada", after: $c)', [newest.first, byName.first]],
    ] as const) {
      for (const c of cursors) {
        const answer = await kith.send(`query ($c: String) { ${document} { nodes { id } } }`, {
          variables: { c },
        });
        expectCoded(answer, 'BAD_USER_INPUT');
      }
    }
    expectCoded(
      await kith.send('query ($c: String) { viewer { user { followers(after: $c) { nodes { id } } } } }', {
        as: 'ada',
        variables: { c: newest.first },
      }),
      'BAD_USER_INPUT',
    );
  });

  it.each<[string, unknown[]]>([
    ['with a time that is none', ['yesterday', zero]],
    ['with a day that no calendar has', ['2026-02-30T00:00:00.000Z', zero]],
    ['with the year 0', ['0000-01-01T00:00:00.000Z', zero]],
    ['with a time in another form', ['2026-01-01', zero]],
    ['with an id that is none', ['2026-01-01T00:00:00.000Z', 'x']],
    ['with an id in upper case', ['2026-01-01T00:00:00.000Z', zero.replace('0', 'A')]],
    ['with too little', ['2026-01-01T00:00:00.000Z']],
    ['with too much', ['2026-01-01T00:00:00.000Z', zero, zero]],
    ['with other kinds of values', [1, { a: 1 }]],
    ['with nulls', [null, null]],
  ])('a forged cursor %s is refused', async (_name, values) => {
    const {
      values: [name],
    } = await ordering('{ users(first: 1) { edges { cursor } } }');
    for (const argument of ['after', 'before']) {
      const answer = await kith.send(`query ($c: String) { users(${argument}: $c) { nodes { id } } }`, {
        variables: { c: cursor([name, ...values]) },
      });
      expectCoded(answer, 'BAD_USER_INPUT');
    }
  });

  it.each([
    '',
    'x',
    '%',
    '=',
    'null',
    cursor('null'),
    cursor('[]'),
    cursor('{}'),
    cursor('"users"'),
    'x'.repeat(50_000),
    cursor('['.repeat(20_000)),
  ])('garbage %# is no cursor', async (c) => {
    const answer = await kith.send('query ($c: String) { users(after: $c) { nodes { id } } }', {
      variables: { c },
    });
    expectCoded(answer, 'BAD_USER_INPUT');
  });

  it('a forged score in a search’s cursor is refused or finds nothing, whatever its size', async () => {
    const {
      values: [name],
    } = await ordering('{ searchUsers(query: "ada", first: 1) { edges { cursor } } }');
    for (const score of [2 ** 31, -(2 ** 31), 1.5, 1e300, '1', null]) {
      const answer = await kith.send(
        'query ($c: String) { searchUsers(query: "ada", after: $c) { nodes { id } } }',
        {
          variables: { c: cursor([name, score, zero]) },
        },
      );
      expectCoded(answer, 'BAD_USER_INPUT');
    }
  });
});

describe('ids', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64url');
  const uuid = '01900000-0000-7000-8000-00000000000a';
  const strange: [string, string][] = [
    ['empty', ''],
    ['garbage', '!!!'],
    ['no base64', 'ööö'],
    ['a UUID alone', uuid],
    ['of a type alone', base64('User')],
    ['of a type and nothing', base64('User:')],
    ['of a type and no UUID', base64('User:1')],
    ['of nobody', base64(`User:${uuid}`)],
    ['of an unknown type', base64(`Nothing:${uuid}`)],
    ['of a type that is no node', base64(`UserStats:${uuid}`)],
    ['of a prototype', base64(`constructor:${uuid}`)],
    ['of three parts', base64(`User:${uuid}:x`)],
    ['with a UUID in upper case', base64(`User:${uuid.toUpperCase()}`)],
    ['with a UUID in braces', base64(`User:{${uuid}}`)],
    ['with something behind the UUID', base64(`User:${uuid}\n`)],
    ['with SQL in it', base64(`User:' OR 1=1 --`)],
    ['with NUL in it', base64(`User:${uuid}\0`)],
    ['very long', 'A'.repeat(90_000)],
  ];

  it.each(strange)('that are %s lead to null', async (_name, id) => {
    const found = await kith.query(
      'query ($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } user(by: { id: $id }) { id } }',
      {
        variables: { id },
      },
    );
    expect(found).toEqual({ node: null, nodes: [null], user: null });
  });

  it.each(strange)('that are %s are NOT_FOUND in a mutation, with the path', async (_name, userId) => {
    for (const name of [
      'followUser',
      'unfollowUser',
      'removeFollower',
      'blockUser',
      'unblockUser',
      'hideUser',
      'unhideUser',
    ]) {
      const { userErrors } = await kith.mutate(name, { userId }, 'ada');
      expect(userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['userId'] }]);
    }
  });

  it('of a viewer is no user’s', async () => {
    const { viewer } = await kith.query('{ viewer { id } }', { as: 'bob' });
    expect(await kith.query(`{ user(by: { id: "${viewer.id}" }) { id } }`)).toEqual({ user: null });
    const { userErrors } = await kith.mutate('followUser', { userId: viewer.id }, 'ada');
    expect(userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  it('of somebody in upper case is nobody’s', async () => {
    const id = await kith.idOf('ada');
    const upper = base64(
      Buffer.from(id, 'base64url')
        .toString()
        .replace(/:.*/, (part) => part.toUpperCase()),
    );
    expect(upper).not.toBe(id);
    expect(await kith.query(`{ node(id: "${upper}") { id } }`)).toEqual({ node: null });
  });

  it('may be given 100 at once to `nodes`', async () => {
    const ids = (count: number) => Array.from({ length: count }, (_, i) => `x${i}`);
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    expect((await kith.query(query, { variables: { ids: ids(100) } })).nodes).toHaveLength(100);
    expectLimit(await kith.send(query, { variables: { ids: ids(101) } }), 'maxNodes', 100, 101);
    expectLimit(await kith.send(`{ nodes(ids: ${json(ids(101))}) { id } }`), 'maxNodes', 100, 101);
    expectLimit(await kith.send(query, { variables: { ids: ids(15_000) } }), 'maxNodes', 100, 15_000);
  });

  it('may be numbers, and no other kind of value', async () => {
    expect(await kith.query('{ node(id: 5) { id } }')).toEqual({ node: null });
    for (const literal of ['1.5', 'true', '{}', 'x', 'null']) {
      expectCoded(await kith.send(`{ node(id: ${literal}) { id } }`), 'GRAPHQL_VALIDATION_FAILED');
    }
    for (const id of [1.5, true, {}, null, 2 ** 60]) {
      const answer = await kith.send('query ($id: ID!) { node(id: $id) { id } }', { variables: { id } });
      if (answer.errors.length > 0) expectCoded(answer, 'BAD_USER_INPUT');
      else expect(answer.data).toEqual({ node: null });
    }
  });
});

describe('text that cannot be stored', () => {
  const find = (name: string) => `{ user(by: { username: ${name} }) { id } }`;
  const search = 'query ($q: String!) { searchUsers(query: $q) { nodes { id } } }';
  const byName = 'query ($by: UserBy!) { user(by: $by) { id } }';
  const update =
    'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { userErrors { code } } }';

  const cases = (bad: string): [string, string, Record<string, unknown>?][] => [
    ['a literal', find(`"ada${bad}"`)],
    ['a block string', find(`"""ada${bad}"""`)],
    [
      'a default of a variable',
      `query ($q: String! = "a${bad}") { searchUsers(query: $q) { nodes { id } } }`,
    ],
    ['a comment', `{ __typename } # ${bad}`],
    ['a variable', search, { q: `ada${bad}` }],
    ['a variable within an object', byName, { by: { username: `ada${bad}` } }],
    ['a variable for an id', 'query ($id: ID!) { node(id: $id) { id } }', { id: bad }],
    ['a variable for a cursor', 'query ($c: String) { users(after: $c) { nodes { id } } }', { c: bad }],
    ['a variable in a list', update, { input: { links: ['https://a.example', `https://b.example/${bad}`] } }],
    ['a variable for a profile', update, { input: { displayName: `Ada${bad}` } }],
    ['a variable deep within', update, { input: { location: { name: `here${bad}` } } }],
    ['a key of the variables', search, { q: 'ada', [`x${bad}`]: 1 }],
    ['a key within a variable', update, { input: { [`x${bad}`]: 1 } }],
    ['a variable that is not declared', '{ __typename }', { x: [{ y: bad }] }],
  ];
  const escaped: [string, string][] = [
    ['a NUL escape', find('"ada\\u0000"')],
    ['half of a surrogate pair as an escape', find('"ada\\uD800"')],
    ['the other half as an escape', find('"ada\\uDC00"')],
    ['halves the wrong way round', find('"ada\\uDE00\\uD83D"')],
    ['an escape past Unicode', find('"ada\\u{110000}"')],
    ['half of a pair in braces', find('"ada\\u{D800}"')],
  ];

  it.each(cases('\0'))('NUL in %s is refused', async (_name, query, variables) => {
    const answer = await kith.send(query, { variables, as: 'ada' });
    // Comments are not kept, so nothing is wrong with them.
    if (query.startsWith('{ __typename } #') && answer.errors.length === 0) return;
    expectCoded(answer, 'BAD_USER_INPUT', 'GRAPHQL_PARSE_FAILED');
  });

  it.each(cases('\ud800'))('half of a surrogate pair in %s is refused', async (_name, query, variables) => {
    const answer = await kith.send(query, { variables, as: 'ada' });
    if (query.startsWith('{ __typename } #') && answer.errors.length === 0) return;
    expectCoded(answer, 'BAD_USER_INPUT', 'GRAPHQL_PARSE_FAILED');
  });

  it.each(escaped)('%s in a literal is refused', async (_name, query) => {
    expectCoded(await kith.send(query), 'BAD_USER_INPUT', 'GRAPHQL_PARSE_FAILED');
  });

  it.each(['\0', '\ud800', 'x\0'])('%j is no operation’s name', async (operationName) => {
    expectCoded(await kith.send('query A { __typename } query B { __typename }', { operationName }));
  });

  it('in a GET request is refused', async () => {
    const query = encodeURIComponent(byName);
    for (const variables of ['{"by":{"username":"a\\u0000"}}', '{"by":{"username":"\\ud800"}}']) {
      const response = await kith.fetch(`/graphql?query=${query}&variables=${encodeURIComponent(variables)}`);
      expectCoded((await response.json()) as Body, 'BAD_USER_INPUT');
    }
  });

  it('says where in the variables it is', async () => {
    const { errors } = await kith.send(update, {
      as: 'ada',
      variables: { input: { links: ['https://a.example', '\0'] } },
    });
    expect(errors[0]?.message).toContain('input.links.1');
  });

  it('is not what text of any script is: it comes back as it was given', async () => {
    const texts = [
      'שלום ‮abc‬ مرحبا',
      '👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪',
      '𠜎𠜱𡿺 𝔘𝔫𝔦𝔠𝔬𝔡𝔢',
      'ﷺ ǅ ß ẞ İ ı',
      'e\u0301 \u00e9 Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ',
      '\ufffd \uffff \u{10ffff} \ue000',
      '\u200bzero\u200dwidth\u2060',
      `'; DROP TABLE users; -- \\ " $1 %s {{x}} <b>`,
    ];
    for (const tagline of texts) {
      const payload = await kith.mutate('updateProfile', { tagline }, 'ada', 'user { tagline }');
      expect(payload).toEqual({ user: { tagline }, userErrors: [] });
      const literal = `mutation { updateProfile(input: { tagline: ${json(tagline)} }) { user { tagline } } }`;
      expect((await kith.query(literal, { as: 'ada' })).updateProfile.user).toEqual({ tagline });
    }
    const escapes = String.raw`mutation { updateProfile(input: { tagline: "\u{1F600} \uD83D\uDE00" }) { user { tagline } } }`;
    expect((await kith.query(escapes, { as: 'ada' })).updateProfile.user).toEqual({ tagline: '😀 😀' });
  });
});

describe('variables', () => {
  it('300 and 5,000 lists within each other are a coded error where they do not belong', async () => {
    for (const depth of [300, 5_000]) {
      const deep = '['.repeat(depth) + ']'.repeat(depth);
      for (const query of [
        'query ($x: ID!) { node(id: $x) { id } }',
        'query ($x: [ID!]!) { nodes(ids: $x) { id } }',
        'query ($x: UserBy!) { user(by: $x) { id } }',
        'query ($x: Int) { users(first: $x) { nodes { id } } }',
      ]) {
        expectCoded(
          (await post(`{"query":${json(query)},"variables":{"x":${deep}}}`)).body,
          'BAD_USER_INPUT',
        );
      }
    }
  });

  it('50,000 lists or objects within each other, used or not, are answered or refused at once', async () => {
    for (const [open, inner, close] of [
      ['[', '', ']'],
      ['{"a":', '1', '}'],
    ] as const) {
      const deep = open.repeat(50_000) + inner + close.repeat(50_000);
      const { body, errors } = await post(`{"query":"{ __typename }","variables":{"x":${deep}}}`);
      if (errors.length > 0) expectCoded(body);
    }
  }, 5_000);

  it('an error about one does not echo more than it was given', async () => {
    const deep = `${'['.repeat(20_000)}"\\u0000"${']'.repeat(20_000)}`;
    const { body } = await post(`{"query":"{ __typename }","variables":{"x":${deep}}}`);
    expectCoded(body);
    expect(json(body).length).toBeLessThan(10_000);
  }, 10_000);

  it('keys of prototypes are ordinary keys', async () => {
    const dirty =
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1}';
    const { body } = await post(`{"query":"{ __typename }","variables":${dirty}}`);
    expect(body).toEqual({ data: { __typename: 'Query' } });
    const input = await post(
      `{"query":"mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { userErrors { code } } }","variables":{"input":${dirty}}}`,
      await bearer('ada'),
    );
    expectCoded(input.body, 'BAD_USER_INPUT');
    expectCoded((await post('{"query":"{ __typename }","__proto__":{"polluted":true}}')).body, 'BAD_REQUEST');
    expect({}).not.toHaveProperty('polluted');
  });

  it('names of prototypes are ordinary names', async () => {
    expect(
      await kith.query('{ __proto__: __typename constructor: __typename hasOwnProperty: __typename }'),
    ).toEqual(JSON.parse('{"__proto__":"Query","constructor":"Query","hasOwnProperty":"Query"}'));
    expect(
      await kith.query(
        'query ($constructor: Int = 1, $toString: Int) { users(first: $constructor) { nodes { __typename } } a: users(last: $toString) { nodes { __typename } } }',
      ),
    ).toHaveProperty('users');
    const query = 'query ($__proto__: ID!) { node(id: $__proto__) { id } }';
    const { body } = await post(`{"query":${json(query)},"variables":{"__proto__":"x"}}`);
    if (body.errors) expectCoded(body, 'BAD_USER_INPUT');
    else expect(body).toEqual({ data: { node: null } });
    expectCoded(await kith.send('{ ...__proto__ }'), 'GRAPHQL_VALIDATION_FAILED');
    expect(await kith.query('{ ...__proto__ } fragment __proto__ on Query { __typename }')).toEqual({
      __typename: 'Query',
    });
  });

  it.each([
    ['missing', {}],
    ['null', { by: null }],
    ['of another kind', { by: 'ada' }],
    ['with an unknown field', { by: { name: 'ada' } }],
    ['with none of what exactly one is asked of', { by: {} }],
    ['with two of it', { by: { id: 'x', sid: 'abcde' } }],
    ['with null in it', { by: { id: null } }],
  ])('that are %s are BAD_USER_INPUT', async (_name, variables) => {
    expectCoded(
      await kith.send('query ($by: UserBy!) { user(by: $by) { id } }', { variables }),
      'BAD_USER_INPUT',
    );
  });
});

describe('requests', () => {
  const good = json({ query: '{ __typename }' });

  it.each<[string, string, number]>([
    ['a batch', `[${good}, ${good}]`, 400],
    ['an empty list', '[]', 400],
    ['null', 'null', 400],
    ['a number', '1', 400],
    ['a text', '"{ __typename }"', 400],
    ['true', 'true', 400],
    ['no JSON', '{ __typename }', 400],
    ['half of JSON', '{"query":', 400],
    ['nothing', '', 400],
    ['a query that is a number', '{"query":1}', 400],
    ['a query that is an object', '{"query":{"a":1}}', 400],
    ['variables that are a text', '{"query":"{ __typename }","variables":"{}"}', 400],
    ['variables that are a list', '{"query":"{ __typename }","variables":[]}', 400],
    ['extensions that are a text', '{"query":"{ __typename }","extensions":"x"}', 400],
    ['an operationName that is a number', '{"query":"{ __typename }","operationName":1}', 400],
    ['a parameter that is unknown', '{"query":"{ __typename }","admin":true}', 400],
  ])('with %s for a body are refused', async (_name, sent, status) => {
    const answer = await post(sent);
    expect(answer.status).toBe(status);
    expectCoded(answer.body, 'BAD_REQUEST', 'OPERATION_RESOLUTION_FAILURE', 'BAD_USER_INPUT');
  });

  it.each([
    '{}',
    '{"query":null}',
    '{"variables":{}}',
    '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}',
  ])('without a query are refused: %s', async (sent) => {
    const answer = await post(sent, { accept: 'application/graphql-response+json' });
    expect(answer.status).toBe(400);
    expectCoded(answer.body, 'BAD_REQUEST');
    expectCoded((await post(sent)).body, 'BAD_REQUEST');
  });

  it('may have nulls for what is optional', async () => {
    const sent = json({ query: '{ __typename }', variables: null, operationName: null, extensions: null });
    expect((await post(sent)).body).toEqual({ data: { __typename: 'Query' } });
  });

  it.each([
    ['an unknown operationName', 'query A { __typename }', 'B'],
    ['an empty operationName', 'query A { __typename }', ''],
    ['several operations and no name', 'query A { __typename } query B { __typename }', undefined],
    ['no operation', 'fragment A on Query { __typename }', undefined],
    ['the name of a prototype', 'query A { __typename }', '__proto__'],
  ])('with %s are refused', async (_name, query, operationName) => {
    expectCoded((await post(json({ query, operationName }))).body);
  });

  it.each([
    ['text/plain', good],
    ['application/x-www-form-urlencoded', 'query={__typename}'],
    [
      'multipart/mixed; boundary=x',
      '--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{"query":"{ __typename }"}\r\n--x--',
    ],
    ['application/graphql', '{ __typename }'],
    ['application/jsonx', good],
    ['text/plain; application/json', good],
    ['', good],
  ])('of the content type %j are refused: 415', async (type, sent) => {
    const answer = await post(sent, { 'content-type': type });
    expect(answer.status).toBe(415);
    expectCoded(answer.body, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it.each(['application/json; charset=utf-8', 'Application/JSON', 'application/json ; charset="UTF-8"'])(
    'of the content type %j are JSON',
    async (type) => {
      expect((await post(good, { 'content-type': type })).body).toEqual({ data: { __typename: 'Query' } });
    },
  );

  it.each(['PUT', 'PATCH', 'DELETE'])('%s is refused: 405', async (method) => {
    const response = await kith.fetch('/graphql', {
      method,
      headers: { 'content-type': 'application/json' },
      body: good,
    });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, POST');
    expectCoded((await response.json()) as Body, 'BAD_REQUEST');
  });

  it('elsewhere find nothing', async () => {
    for (const path of ['/', '/graphql/x', '/graphqlx', '/.env', '/graphql%00']) {
      const response = await kith.fetch(path);
      expect(response.status).toBe(404);
      expect(await response.text()).not.toMatch(internals);
    }
  });

  const get = async (parameters: Record<string, string>, headers: Record<string, string> = {}) => {
    const response = await kith.fetch(`/graphql?${new URLSearchParams(parameters)}`, { headers });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
  };

  it('may be GET for a query', async () => {
    const query = 'query A($n: Int) { users(first: $n) { nodes { id } } } query B { __typename }';
    expect((await get({ query, operationName: 'A', variables: '{"n":0}' })).body).toEqual({
      data: { users: { nodes: [] } },
    });
    expect((await get({ query, operationName: 'B' })).body).toEqual({ data: { __typename: 'Query' } });
  });

  it('may not be GET for a mutation: 405, and nothing is done', async () => {
    const ada = await kith.idOf('ada');
    const mutation = `followUser(input: { userId: "${ada}" }) { userErrors { code } }`;
    const headers = await bearer('getter');
    for (const parameters of [
      { query: `mutation { ${mutation} }` },
      { query: `query A { __typename } mutation B { ${mutation} }`, operationName: 'B' },
    ]) {
      const { status, headers: answered, body } = await get(parameters, headers);
      expect(status).toBe(405);
      expect(answered.get('allow')).toBe('POST');
      expectCoded(body);
    }
    expect(
      (await kith.query('{ viewer { user { following { totalCount } } } }', { as: 'getter' })).viewer.user
        .following.totalCount,
    ).toBe(0);
  });

  it.each<[string, Record<string, string>]>([
    ['variables that are no JSON', { query: '{ __typename }', variables: '{' }],
    ['variables that are a list', { query: '{ __typename }', variables: '[]' }],
    ['extensions that are no JSON', { query: '{ __typename }', extensions: '{' }],
    ['no query', { variables: '{}' }],
    ['an empty query', { query: '' }],
    ['a query that cannot be parsed', { query: '{' }],
    ['a document that is too deep', { query: '{a'.repeat(100) + '}'.repeat(100) }],
    ['a batch', { query: '[{"query":"{ __typename }"}]' }],
  ])('by GET with %s are refused: 400', async (_name, parameters) => {
    const { status, body } = await get(parameters, { accept: 'application/graphql-response+json' });
    expect(status).toBe(400);
    expectCoded(body);
  });
});

describe('memory', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const megabytesAfter = async (run: () => Promise<void>) => {
    const used = () => {
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const before = used();
    await run();
    return (used() - before) / 1e6;
  };

  it('does not keep the variables of requests that have been answered', async () => {
    const megabytes = await megabytesAfter(async () => {
      for (let i = 0; i < 60; i++) {
        const name = `${i}`.padEnd(1_000_000, 'x');
        await kith.query(`query Q${i}($name: String!) { user(by: { username: $name }) { id } }`, {
          variables: { name },
        });
      }
    });
    expect(megabytes).toBeLessThan(20);
  });

  it('holds no more than 250 MB of documents that have been answered or refused', async () => {
    const fields = times(95, (i) => `x${i} `.repeat(39));
    const megabytes = await megabytesAfter(async () => {
      for (let i = 0; i < 300; i++) await kith.send(`query Q${i} { ${fields} }`);
    });
    expect(megabytes).toBeLessThan(250);
  });

  it('holds no more than 250 MB of plans for queries that have been answered', async () => {
    await kith.mutate('followUser', { userId: await kith.idOf('bob') }, 'ada');
    await kith.mutate('followUser', { userId: await kith.idOf('ada') }, 'bob');
    const leaves =
      'id sid isViewer username name displayName realName tagline bio bioHtml website links memberTitle badges utcOffset status createdAt isNsfw birthday gender __typename location { name } company { name } stats { followers }';
    const nested = (levels: number): string =>
      levels === 0
        ? leaves
        : `${leaves} followers(first: 1) { nodes { ${nested(levels - 1)} } } following(first: 1) { nodes { ${nested(levels - 1)} } }`;
    const conditions = ['a', 'b', 'c', 'd'];
    const query = (i: number) =>
      `query Q${i}(${conditions.map((name) => `$${name}: Boolean!`).join()}) {
        ${conditions.map((name) => `${name}: __typename @include(if: $${name})`).join(' ')}
        users(first: 1) { nodes { ${nested(5)} } } }`;
    const megabytes = await megabytesAfter(async () => {
      for (let i = 0; i < 14; i++) {
        for (let bits = 0; bits < 16; bits++) {
          const variables = Object.fromEntries(
            conditions.map((name, at) => [name, ((bits >> at) & 1) === 1]),
          );
          await kith.query(query(i), { variables });
        }
      }
    });
    expect(megabytes).toBeLessThan(250);
  });

  it('takes no more than a few times a request’s own size to look through its variables', async () => {
    const peak = () => process.resourceUsage().maxRSS / 1e3;
    const texts = '"",'.repeat(2_500_000);
    const body = `{"query":"{ __typename }","variables":{"x":${'['.repeat(60)}${texts}""${']'.repeat(60)}}}`;
    const before = peak();
    expectAnswered(await post(body, await bearer('ada')));
    expect(peak() - before).toBeLessThan(900);
  });
});

/** Asserts an answer, be it a refusal, that has nothing of the inside. */
function expectAnswered({ body }: { body: Body }) {
  if (body.errors) expectCoded(body);
  else expect(body).toEqual({ data: { __typename: 'Query' } });
}

describe('over a connection of its own', () => {
  const logged: string[] = [];
  let server: Server;
  let port: number;
  beforeAll(async () => {
    const app = createApp({
      db: kith.database.db,
      storage: diskStorage(kith.mediaFolder),
      config: { ...readConfig({}), auth: testAuth },
      log: pino({}, { write: (line) => void logged.push(line) }),
    });
    server = createServer(app.listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** Sends these bytes, and gives back all that comes until the server closes. */
  const exchange = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.setEncoding('utf8');
      socket.on('data', (data) => {
        answer += data;
      });
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
    });
  const request = (headers: string, query = '{ __typename }', target = 'POST /graphql') => {
    const body = json({ query });
    return `${target} HTTP/1.1\r\n${headers}content-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`;
  };

  it.each([
    ['a host that is none', 'host: a b\r\n'],
    ['half of an address for a host', 'host: [::1\r\n'],
    ['a path in the host', 'host: a/b?c#d\r\n'],
    ['an empty host', 'host:\r\n'],
    ['a port that is none', 'host: a:b\r\n'],
    ['credentials in the host', 'host: a:b@c\r\n'],
  ])('%s is no way to learn of the inside', async (_name, host) => {
    for (const sent of [
      request(host),
      request(host, '{ searchUsers(query: "subscription") { totalCount } }'),
      request(`${host}accept: application/json;q=0.5\r\n`),
      request(host, '{ __typename }', 'POST /graphql?x=1'),
      `GET /graphql?query={__typename} HTTP/1.1\r\n${host}connection: close\r\n\r\n`,
      `GET /nowhere HTTP/1.1\r\n${host}connection: close\r\n\r\n`,
    ]) {
      const answer = await exchange(sent);
      expect.soft(answer).toMatch(/^HTTP\/1\.1 [24]\d\d /);
      expect.soft(answer).not.toMatch(internals);
      expect.soft(answer).not.toMatch(/\bat \S+ \(|file:|TypeError/);
    }
  });

  it.each([['', 'accept: application/json;q=0.5\r\n']].flat())(
    'two tokens in one request are none (%j)',
    async (accept) => {
      const bearer = `authorization: Bearer ${await kith.token('ada')}\r\n`;
      const viewer = '{ viewer { user { username } } }';
      expect(await exchange(request(`host: x\r\n${accept}${bearer}`, viewer))).toContain('"ada"');
      const answer = await exchange(request(`host: x\r\n${accept}${bearer}${bearer}`, viewer));
      expect(answer).toMatch(/^HTTP\/1\.1 401 /);
      expect(answer).toContain('UNAUTHENTICATED');
    },
  );

  it('who leaves in the middle of a request is no unexpected error', async () => {
    const head = 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
    const before = logged.length;
    for (const accept of ['', 'accept: application/json;q=0.5\r\n']) {
      for (const body of [
        'content-length: 100\r\n\r\n{"query"',
        'transfer-encoding: chunked\r\n\r\n5\r\n{"que',
      ]) {
        await new Promise<void>((resolve) => {
          const socket = connect(port, '127.0.0.1', () => {
            socket.write(`${head}${accept}${body}`, () => setTimeout(() => socket.destroy(), 50));
          });
          socket.on('close', () => resolve());
        });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(logged.slice(before).filter((line) => line.includes('unexpected error'))).toEqual([]);
    expect(await exchange(request('host: x\r\n'))).toContain('"__typename":"Query"');
  });

  it('a refused body does not spoil the connection for the requests that come after it', async () => {
    const url = `http://127.0.0.1:${port}/graphql`;
    const headers = { 'content-type': 'application/json' };
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let i = 0; i < 40; i++) controller.enqueue(new TextEncoder().encode(' '.repeat(65_536)));
        controller.close();
      },
    });
    const refused = await fetch(url, {
      method: 'POST',
      headers,
      body: stream,
      duplex: 'half',
    } as RequestInit);
    expect(refused.status).toBe(413);
    await refused.text();
    for (let i = 0; i < 5; i++) {
      const answer = await fetch(url, { method: 'POST', headers, body: json({ query: '{ __typename }' }) });
      expect(await answer.json()).toEqual({ data: { __typename: 'Query' } });
    }
  }, 5_000);
});

describe('GraphQL over HTTP', () => {
  const statusOf = async (accept: string, query: string, options: SendOptions = {}) => {
    const answer = await kith.send(query, { ...options, headers: { accept } });
    return { status: answer.status, type: answer.headers.get('content-type')?.split(';')[0], answer };
  };
  const modern = 'application/graphql-response+json';

  it('answers in the media type that is asked for, JSON without a wish', async () => {
    for (const [accept, type] of [
      [modern, modern],
      ['application/json', 'application/json'],
      ['*/*', 'application/json'],
      [`${modern}, application/json`, modern],
      [`${modern};q=0.9, application/json;q=0.5`, modern],
    ] as const) {
      expect(await statusOf(accept, '{ __typename }')).toMatchObject({ status: 200, type });
    }
  });

  it('answers 406 to who wants something else', async () => {
    const response = await kith.fetch('/graphql?query={__typename}', {
      headers: { accept: 'application/xml' },
    });
    expect(response.status).toBe(406);
  });

  it.each<[string, string, SendOptions, string]>([
    ['cannot be parsed', '{', {}, 'GRAPHQL_PARSE_FAILED'],
    ['is not valid', '{ nothing }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['is past a limit', '{a'.repeat(20) + '}'.repeat(20), {}, 'LIMIT_EXCEEDED'],
    [
      'is past the cost limit',
      '{ users(first: 100) { nodes { followers(first: 100) { nodes { following(first: 100) { nodes { id } } } } } } }',
      {},
      'LIMIT_EXCEEDED',
    ],
    [
      'has variables that do not fit',
      'query ($n: Int!) { users(first: $n) { nodes { id } } }',
      { variables: { n: 'x' } },
      'BAD_USER_INPUT',
    ],
    [
      'has text that cannot be stored',
      'query ($n: String!) { user(by: { username: $n }) { id } }',
      { variables: { n: '\0' } },
      'BAD_USER_INPUT',
    ],
    [
      'names an operation that is not there',
      'query A { __typename }',
      { operationName: 'B' },
      'OPERATION_RESOLUTION_FAILURE',
    ],
  ])(
    'answers 400 and no data to a request that %s, in its own media type',
    async (_name, query, options, code) => {
      const { status, type, answer } = await statusOf(modern, query, options);
      expect({ status, type }).toEqual({ status: 400, type: modern });
      expectCoded(answer, code);
      const body = await post(json({ query, ...options }), { accept: modern });
      expect(body.body).not.toHaveProperty('data');
      expectCoded((await statusOf('application/json', query, options)).answer, code);
    },
  );

  it('answers 200 with what data there is where a field fails', async () => {
    const { status, answer } = await statusOf(
      modern,
      '{ __typename users(first: 1) { totalCount } viewer { id } }',
    );
    expect(status).toBe(200);
    expect(answer.errors).toEqual([]);
    const failed = await statusOf(
      modern,
      'mutation { followUser(input: { userId: "x" }) { userErrors { code } } }',
    );
    expect(failed.status).toBe(200);
    expect(failed.answer.data).toEqual({ followUser: null });
    expectCoded(failed.answer, 'UNAUTHENTICATED');
  });
});

describe('GraphiQL', () => {
  it('is a page at GET /graphql that loads nothing from other hosts', async () => {
    const response = await kith.fetch('/graphql', { headers: { accept: 'text/html' } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    const page = await response.text();
    expect(page).toContain('<title>Kith</title>');
    expect(
      page.match(/(?:src|href)\s*=\s*["'`]?\s*(?:https?:)?\/\/[^"'`\s>]*/gi)?.filter(isLoaded) ?? [],
    ).toEqual([]);
    expect(page.match(/@import\s+(?:url\()?["']?https?:|url\(\s*["']?https?:/gi) ?? []).toEqual([]);
  });

  it('does not run what its address says without a person’s doing', async () => {
    const response = await kith.fetch(
      `/graphql?query=${encodeURIComponent('</script><script>alert(1)</script>')}`,
      {
        headers: { accept: 'text/html' },
      },
    );
    expect(await response.text()).not.toContain('<script>alert(1)');
  });
});

/** Whether it is an attribute of the page, rather than text in one of its scripts. */
function isLoaded(attribute: string): boolean {
  return /^(?:src|href)=["']/.test(attribute);
}

describe('CORS', () => {
  const headersOf = (response: Response) =>
    [...response.headers].filter(([name]) => name.startsWith('access-control-')).map(([name]) => name);
  const preflight = (origin: string) => ({
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, content-type',
    },
  });
  const posted = (origin: string) => ({
    method: 'POST',
    headers: { origin, 'content-type': 'application/json' },
    body: json({ query: '{ __typename }' }),
  });

  it('lets no other origin in unless it is configured', async () => {
    for (const origin of ['https://app.example', 'http://localhost:4000', 'null']) {
      expect(headersOf(await kith.fetch('/graphql', posted(origin)))).toEqual([]);
      expect(headersOf(await kith.fetch('/graphql', preflight(origin)))).toEqual([]);
      expect(headersOf(await kith.fetch('/graphql?query={__typename}', { headers: { origin } }))).toEqual([]);
    }
  });

  describe('with CORS_ORIGINS', () => {
    const open = useTestApp({ env: { CORS_ORIGINS: 'https://app.example, http://localhost:3000' } });

    it('lets those very origins in, without credentials, also for errors', async () => {
      for (const origin of ['https://app.example', 'http://localhost:3000']) {
        for (const request of [
          posted(origin),
          preflight(origin),
          { ...posted(origin), body: '{' },
          { ...posted(origin), headers: { ...posted(origin).headers, authorization: 'Bearer garbage' } },
        ]) {
          const { headers } = await open.fetch('/graphql', request);
          expect(headers.get('access-control-allow-origin')).toBe(origin);
          expect(headers.get('access-control-allow-credentials')).toBeNull();
        }
      }
    });

    it('answers the preflight with what may be sent', async () => {
      const response = await open.fetch('/graphql', preflight('https://app.example'));
      expect(response.status).toBe(204);
      expect(response.headers.get('access-control-allow-methods')).toBe('GET, POST, OPTIONS');
      expect(response.headers.get('access-control-allow-headers')).toBe(
        'authorization, content-type, traceparent, tracestate, x-request-id',
      );
    });

    it('says to caches that the answer is for one origin', async () => {
      const { headers } = await open.fetch('/graphql?query={__typename}', {
        headers: { origin: 'https://app.example' },
      });
      expect((headers.get('vary') ?? '').toLowerCase()).toContain('origin');
    });

    it.each([
      'https://app.example.evil.example',
      'https://evil-app.example',
      'http://app.example',
      'https://app.example:444',
      'https://app.example/',
      'https://APP.example',
      'https://app.example, http://localhost:3000',
      'null',
      '*',
    ])('does not let %s in', async (origin) => {
      expect(headersOf(await open.fetch('/graphql', posted(origin)))).toEqual([]);
      expect(headersOf(await open.fetch('/graphql', preflight(origin)))).toEqual([]);
    });
  });
});

describe('an unexpected error', () => {
  const broken = useTestApp();
  const secret = 'unmistakable-value';

  /** The line of the log that is about the error with this id; its request's names it as well. */
  const logLine = (id: unknown) => {
    const lines = broken.logged.filter((line) => line.includes(`"id":"${id}"`));
    expect(lines).toHaveLength(1);
    return { line: lines[0] ?? '', entry: JSON.parse(lines[0] ?? '{}') };
  };
  const breakDatabase = async () => {
    await broken.idOf('ada');
    await broken.database.db.execute(sql`ALTER TABLE users RENAME TO users_gone`);
  };
  const mendDatabase = async () => {
    await broken.database.db.execute(sql`ALTER TABLE users_gone RENAME TO users`);
  };

  it('is answered with its id and its path and nothing else, and the log has the rest under the same id', async () => {
    await breakDatabase();
    const { status, data, errors } = await broken.send(
      `{ community { name } user(by: { username: "${secret}" }) { id } }`,
    );
    await mendDatabase();
    expect(status).toBe(200);
    expect(data).toEqual({ community: { name: 'Kith' }, user: null });
    expect(errors).toEqual([
      {
        message: 'Unexpected error.',
        path: ['user'],
        locations: [expect.anything()],
        extensions: { code: 'INTERNAL_SERVER_ERROR', id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      },
    ]);
    const { entry } = logLine(errors[0]?.extensions?.id);
    expect(entry.path).toEqual(['user']);
    expect(entry.err.message).toMatch(/relation "users" does not exist/);
    expect(entry.err.stack).toMatch(/\n\s+at /);
  });

  it('before anything runs is answered with HTTP 500 and the same', async () => {
    await breakDatabase();
    const { status, data, errors } = await broken.send('{ community { name } }', { as: 'bob' });
    await mendDatabase();
    expect(status).toBe(500);
    expect(data).toBeNull();
    expect(errors).toEqual([
      { message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR', id: expect.any(String) } },
    ]);
    expect(logLine(errors[0]?.extensions?.id).entry.err.message).toMatch(/does not exist/);
  });

  it('has no values of the statement in the log, nor in any other line', async () => {
    await breakDatabase();
    broken.logged.length = 0;
    const { errors } = await broken.send(`{ user(by: { username: "${secret}" }) { id } }`);
    const profile = await broken.send(
      `mutation { updateProfile(input: { realName: "${secret}" }) { userErrors { code } } }`,
      { headers: { authorization: `Bearer ${await broken.token(secret)}` } },
    );
    await mendDatabase();
    for (const error of [...errors, ...profile.errors]) {
      const { line, entry } = logLine(error.extensions?.id);
      expect.soft(line).not.toContain(secret);
      expect.soft(entry.err).not.toHaveProperty('params');
      expect.soft(entry.err).not.toHaveProperty('parameters');
    }
    expect.soft(broken.logged.join('')).not.toMatch(/eyJ[\w-]+\.[\w-]+\./);
  });

  it.each(['ECONNRESET', 'ABORT_ERR', 'ENOENT'])(
    'of the system (%s) is ours, not the client’s, and logged',
    (code) => {
      const lines: string[] = [];
      const log = pino({}, { write: (line) => void lines.push(line) });
      const { extensions } = maskError(Object.assign(new Error(`read ${code}`), { code }), log);
      expect(extensions.code).toBe('INTERNAL_SERVER_ERROR');
      expect(lines.join('')).toContain(String(extensions.id));
    },
  );

  it.each([
    ['a connection that is gone', new UnavailableError('secret'), 'SERVICE_UNAVAILABLE', 503],
    ['a server that shuts down', '57P01', 'SERVICE_UNAVAILABLE', 503],
    ['a server with too many connections', '53300', 'SERVICE_UNAVAILABLE', 503],
    ['a database that only reads for now', '25006', 'SERVICE_UNAVAILABLE', 503],
    ['a disk that is full', 'ENOSPC', 'SERVICE_UNAVAILABLE', 503],
    ['a statement that took too long', '57014', 'TIMEOUT', 504],
    ['a client that has left', new LeftError('secret'), 'TIMEOUT', 504],
  ])('that is over after a while (%s) says so, and is logged under its id', (_what, given, code, status) => {
    const lines: string[] = [];
    const log = pino({ level: 'debug' }, { write: (line) => void lines.push(line) });
    const cause = typeof given === 'string' ? Object.assign(new Error('secret'), { code: given }) : given;
    const { message, extensions } = maskError(new DrizzleQueryError('SELECT 1', [], cause), log);
    expect(extensions).toMatchObject({ code, http: { status } });
    expect(message).not.toContain('secret');
    expect(lines.join('')).toContain(String(extensions.id));
  });

  it('in one field leaves the others, and each has an id of its own', async () => {
    await breakDatabase();
    const { errors } = await broken.send(
      '{ community { name } a: user(by: { sid: "abcde" }) { id } b: user(by: { username: "x" }) { id } }',
    );
    await mendDatabase();
    expect(errors.map(({ path }) => path)).toEqual(expect.arrayContaining([['a'], ['b']]));
    expect(new Set(errors.map(({ extensions }) => extensions?.id)).size).toBe(2);
    expect(await broken.query('{ user(by: { username: "ada" }) { username } }')).toEqual({
      user: { username: 'ada' },
    });
  });
});
