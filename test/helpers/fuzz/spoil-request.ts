// Requests that are not as the protocol has them, made of good operations.
import { type Operation, pick, type Random } from '../operations.ts';

/** A request, less who asks. */
export interface Sent {
  path: string;
  method: string;
  headers: Record<string, string>;
  body: string | Uint8Array<ArrayBuffer> | FormData | null;
}

const json = { 'content-type': 'application/json' };

/** A JSON body, posted. */
export function posted(body: Sent['body'], headers: Record<string, string> = {}): Sent {
  return { path: '/graphql', method: 'POST', headers: { ...json, ...headers }, body };
}

/** The parameters in a query string. */
export function got(params: Record<string, string>, headers: Record<string, string> = {}): Sent {
  return { path: `/graphql?${new URLSearchParams(params)}`, method: 'GET', headers, body: null };
}

type Make = (operation: Operation, random: Random) => Sent;

const bodyOf = ({ source, variables }: Operation) => JSON.stringify({ query: source, variables });
const utf8 = (text: string) => new TextEncoder().encode(text);

/** Bodies that are posted as JSON. */
const bodies: readonly ((operation: Operation, random: Random) => string | Uint8Array<ArrayBuffer>)[] = [
  (o) => `[${bodyOf(o)}]`,
  (o, random) => bodyOf(o).slice(0, Math.floor(random() * bodyOf(o).length)),
  (o) => `\ufeff${bodyOf(o)}`,
  (o) => `${bodyOf(o)}${bodyOf(o)}`,
  (o) => bodyOf(o).replaceAll('"', "'"),
  (o) => `${bodyOf(o).slice(0, -1)},"query":7}`,
  (o) => JSON.stringify({ variables: o.variables }),
  (o) => JSON.stringify({ query: o }),
  (o) => JSON.stringify({ query: [o.source] }),
  (o) => JSON.stringify({ query: o.source, variables: JSON.stringify(o.variables) }),
  (o) => JSON.stringify({ query: o.source, variables: o.variables, operationName: 'Nothing' }),
  (o) => JSON.stringify({ query: o.source, variables: o.variables, operationName: 7 }),
  (o) => JSON.stringify({ query: o.source, variables: o.variables, operationName: '' }),
  (o) => JSON.stringify({ query: o.source, variables: o.variables, extensions: ['x'] }),
  (o) =>
    JSON.stringify({
      query: o.source,
      variables: o.variables,
      extensions: { persistedQuery: { version: 1 } },
    }),
  (o) => JSON.stringify({ query: o.source, variables: o.variables, id: 'x', documentId: {}, doc_id: 7 }),
  (o) => JSON.stringify({ ...JSON.parse(bodyOf(o)), map: { 0: ['variables.x'] }, operations: {} }),
  (o) => bodyOf(o).replace('{', '{"__proto__":{"query":"{ __typename }"},"constructor":1,'),
  (o) => new Uint8Array([...utf8(bodyOf(o).slice(0, -1)), 0xff, 0xc0, 0x80, 0x7d]),
  (o) => new Uint8Array(utf8(bodyOf(o)).map((byte) => byte ^ 0x80)),
  (o) => new Uint8Array(Buffer.from(bodyOf(o), 'utf16le')),
  (_o, random) =>
    pick(random, [
      '',
      ' ',
      'null',
      '7',
      '"query"',
      'true',
      '[]',
      '{}',
      '[[]]',
      '{',
      'NaN',
      '{"query":null}',
      '\u0000',
      '{"query":""}',
    ]),
  (_o, random) => '['.repeat(pick(random, [100, 10_000, 200_000])),
  (_o, random) => `{"query":"{ __typename }","variables":${'{"a":'.repeat(pick(random, [60, 70, 20_000]))}1`,
  (_o, random) =>
    `{"query":"{ __typename }","variables":{"a":${'9'.repeat(pick(random, [20, 400, 50_000]))}}}`,
];

function formOf(o: Operation, random: Random): FormData {
  const form = new FormData();
  const operations = pick(random, [bodyOf(o), bodyOf(o), `[${bodyOf(o)}]`, 'null', '{', '7']);
  const paths = pick(random, [
    'variables.x',
    'variables.v0',
    'query',
    '',
    '__proto__.x',
    'variables.v0.0.a',
    '0.variables.x',
  ]);
  const map = pick(random, [
    JSON.stringify({ 0: [paths] }),
    '{}',
    'null',
    '[]',
    '{',
    '{"0":7}',
    '{"1":["variables.x"]}',
  ]);
  for (const part of random() < 0.8 ? ['operations', 'map', '0'] : ['map', '0', 'operations', '0']) {
    if (random() < 0.1) continue;
    if (part === '0')
      form.append(
        '0',
        new Blob(['no picture'], { type: 'image/png' }),
        pick(random, ['a.png', '../\u202e"', '']),
      );
    else form.append(part, part === 'map' ? map : operations);
  }
  return form;
}

const types = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/graphql',
  'multipart/form-data',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/jsonx',
  'APPLICATION/JSON',
  ';',
  'a'.repeat(5_000),
] as const;
const accepts = [
  'text/html',
  'text/event-stream',
  'multipart/mixed',
  'application/json;q=0',
  'image/*',
  '*',
  ', ,',
  'application/json;q=x',
  'application/graphql-response+json;charset=utf-16',
  '*/*;q=0.1, text/event-stream;q=0.9',
] as const;
const authorizations = [
  'Bearer',
  'Bearer  ',
  'Basic YTpi',
  'Bearer a.b.c',
  `Bearer ${'x'.repeat(6_000)}`,
  'bearer null',
  'Bearer eyJhbGciOiJub25lIn0.e30.',
] as const;

/** Requests of other forms. */
const forms: readonly Make[] = [
  (o, random) => posted(bodyOf(o), { 'content-type': pick(random, types) }),
  (o, random) => posted(bodyOf(o), { accept: pick(random, accepts) }),
  (o, random) => posted(bodyOf(o), { authorization: pick(random, authorizations) }),
  (o, random) => posted(bodyOf(o), { 'content-encoding': pick(random, ['gzip', 'br', 'identity', 'x']) }),
  (o, random) => ({ ...posted(formOf(o, random)), headers: {} }),
  (o, random) => ({ ...posted(formOf(o, random)), headers: {} }),
  (o, random) => ({
    ...posted(bodyOf(o)),
    method: pick(random, ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY']),
  }),
  (_o, random) => ({ ...got({}), method: pick(random, ['GET', 'HEAD', 'OPTIONS', 'DELETE']) }),
  (o, random) => ({
    ...posted(bodyOf(o)),
    path: pick(random, [
      '/graphql/',
      '/graphql?query={x}',
      '/',
      '/Graphql',
      '/graphql%00',
      '/media/../graphql',
      '/graphql/../x',
      '/graphql//',
    ]),
  }),
  (o, random) =>
    got({
      query: o.source.slice(0, 4_000),
      variables: pick(random, ['{', '[]', 'null', '7', '"x"', '{"v0":', '']),
    }),
  (o, random) =>
    got({ query: o.source.slice(0, 4_000), extensions: pick(random, ['{', '[]', 'null', '7', '{}']) }),
  (o, random) =>
    got({ query: o.source.slice(0, 4_000), operationName: pick(random, ['', 'Nothing', '\u0000', 'Asked']) }),
  (o) => got({ mutation: o.source.slice(0, 4_000) }),
  (o, random) => ({
    ...got({}),
    path: `/graphql?query=${pick(random, ['%', '%ff', '%00', '{', '&query={x}', '+', '%7B__typename%7D&query=x'])}&${o.source.length}`,
  }),
];

/** A request with something wrong in it. */
export function spoiledRequest(operation: Operation, random: Random): Sent {
  return random() < 0.5
    ? posted(pick(random, bodies)(operation, random))
    : pick(random, forms)(operation, random);
}
