// Operations that clients ask for by their hash, whichever way the answer takes: the lane for ordinary requests, or Yoga.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config.ts';
import { readOperations } from '../../src/graphql/persisted.ts';
import { useTestApp } from '../helpers/app.ts';
import { type Instance, readEvents, startInstance } from '../helpers/live.ts';

const kith = useTestApp();
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const documents = {
  who: 'query Who($by: UserBy!) { user(by: $by) { username } }',
  post: 'mutation Post { createPost(input: { visibility: PUBLIC, body: "Hello" }) { userErrors { code } } }',
  live: 'subscription Live { notificationAdded { kind } }',
  dear: '{ users(first: 100) { nodes { followers(first: 100) { nodes { followers(first: 100) { nodes { id } } } } } } }',
};
const byHash = Object.fromEntries(Object.values(documents).map((text) => [hash(text), text]));

let folder = '';
const write = (content: unknown) => {
  const file = join(folder, `${hash(JSON.stringify(content)).slice(0, 8)}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kith-operations-'));
  await kith.idOf('ada');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open = (content: unknown = byHash, env: Record<string, string> = {}) =>
  startInstance(kith, {}, { PERSISTED_OPERATIONS: write(content), ...env });

const accepts = ['application/json', 'application/json;q=0.9'];

async function post(instance: Instance, body: object, accept = 'application/json', as?: string) {
  const response = await instance.overSocket('/graphql', {
    method: 'POST',
    headers: {
      accept,
      'content-type': 'application/json',
      ...(as ? { authorization: `Bearer ${await kith.token(as)}` } : {}),
    },
    body: JSON.stringify(body),
  });
  return answerOf(response);
}

async function answerOf(response: Response) {
  const { data = null, errors = [] } = await response.json();
  return { status: response.status, data, code: errors[0]?.extensions?.code, message: errors[0]?.message };
}

const variables = { by: { username: 'ada' } };
const ada = { user: { username: 'ada' } };
const apollo = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: hash(text) } });

describe('a persisted operation', () => {
  it.each(accepts)('is asked for by its hash or its id, accepting %s', async (accept) => {
    const instance = await open();
    for (const asked of [
      { extensions: apollo(documents.who) },
      { documentId: hash(documents.who) },
      { documentId: `sha256:${hash(documents.who)}` },
      { query: documents.who },
      { query: documents.who, documentId: hash(documents.who) },
      { query: documents.who, extensions: apollo(documents.who) },
    ]) {
      expect(await post(instance, { ...asked, variables }, accept)).toMatchObject({ status: 200, data: ada });
    }
  });

  it('is asked for by GET too, where it only reads', async () => {
    const instance = await open();
    const get = async (parameters: Record<string, string>) =>
      answerOf(await instance.overSocket(`/graphql?${new URLSearchParams(parameters)}`));
    const given = { variables: JSON.stringify(variables) };
    expect(await get({ ...given, documentId: hash(documents.who) })).toMatchObject({ data: ada });
    expect(await get({ ...given, extensions: JSON.stringify(apollo(documents.who)) })).toMatchObject({
      data: ada,
    });
    expect(await get({ documentId: hash(documents.post) })).toMatchObject({ status: 405, data: null });
  });

  it('may be a mutation, or a stream', async () => {
    const instance = await open();
    const written = await post(instance, { documentId: hash(documents.post) }, 'application/json', 'ada');
    expect(written.data).toEqual({ createPost: { userErrors: [] } });
    const leaving = new AbortController();
    const response = await instance.overSocket('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await kith.token('ada')}` },
      body: JSON.stringify({ documentId: hash(documents.live) }),
      signal: leaving.signal,
    });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    if (!response.body) throw new Error('A stream has a body.');
    const stream = readEvents(response.body, () => leaving.abort());
    const follow = `mutation { followUser(input: { userId: "${await kith.idOf('ada')}" }) { userErrors { code } } }`;
    expect((await post(instance, { query: follow }, 'application/json', 'bob')).code).toBeUndefined();
    expect(await stream.value()).toEqual({ kind: 'FOLLOWED' });
    stream.leave();
  });

  it.each(accepts)('is held to the limits, and is one that is known, accepting %s', async (accept) => {
    const instance = await open();
    expect((await post(instance, { documentId: hash(documents.dear) }, accept)).code).toBe('LIMIT_EXCEEDED');
    for (const documentId of ['', 'unknown', '__proto__', 'constructor', hash('{ __typename }')]) {
      const answer = await post(instance, { documentId }, accept);
      expect(answer).toMatchObject({ data: null, code: 'PERSISTED_QUERY_NOT_IN_LIST' });
    }
    for (const strange of [{}, { documentId: 5 }, { extensions: { persistedQuery: 'x' } }, { query: '' }]) {
      const answer = await post(instance, strange, accept);
      expect(answer).toMatchObject({ data: null, code: 'PERSISTED_QUERY_ID_REQUIRED' });
    }
    expect((await post(instance, { query: 5 }, accept)).code).toBe('BAD_REQUEST');
  });

  it.each(accepts)('is all that is taken where it is said so, accepting %s', async (accept) => {
    const instance = await open(byHash, { PERSISTED_OPERATIONS_ONLY: 'true' });
    expect((await post(instance, { extensions: apollo(documents.who), variables }, accept)).data).toEqual(
      ada,
    );
    for (const sent of [
      { query: '{ __typename }' },
      { query: '{ __schema { types { name } } }' },
      { query: documents.who, variables, extensions: apollo(documents.who) },
    ]) {
      const answer = await post(instance, sent, accept);
      expect(answer).toMatchObject({ data: null, code: 'PERSISTED_QUERY_ID_REQUIRED' });
    }
    const got = await answerOf(await instance.overSocket('/graphql?query={__typename}'));
    expect(got).toMatchObject({ data: null, code: 'PERSISTED_QUERY_ID_REQUIRED' });
  });

  it('means nothing where there is no manifest', async () => {
    const answer = await post(await startInstance(kith), { documentId: hash(documents.who) });
    expect(answer).toMatchObject({ status: 400, data: null, code: 'BAD_REQUEST' });
  });
});

describe('a manifest', () => {
  it('is an object of documents by their hash, or Apollo’s', () => {
    const known = new Map([['a1', '{ __typename }']]);
    expect(readOperations(write({ a1: '{ __typename }' }))).toEqual(known);
    const operations = [{ id: 'a1', name: 'A', type: 'query', body: '{ __typename }' }];
    const file = write({ format: 'apollo-persisted-query-manifest', version: 1, operations });
    expect(readOperations(file)).toEqual(known);
  });

  it.each(['[]', '{"a": 1}', 'null', '{', '{"format": "apollo-persisted-query-manifest", "operations": 1}'])(
    'is not %s, which the server does not start with',
    (content) => {
      expect(() => readOperations(write(content))).toThrow(ConfigError);
      expect(() => readOperations(write(content))).toThrow(/^PERSISTED_OPERATIONS: /);
    },
  );

  it('is there', () => {
    expect(() => readOperations(join(folder, 'nowhere.json'))).toThrow(/^PERSISTED_OPERATIONS: .*nowhere/);
  });
});
