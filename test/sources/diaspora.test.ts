import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { userPayload } from '../../src/sources/diaspora/payloads.ts';
import { toPerson } from '../../src/sources/diaspora/person.ts';
import { diasporaSource } from '../../src/sources/diaspora/source.ts';
import { fixture } from './fixture.ts';
import { pagesOf } from './pages.ts';
import { faultOf, json, patient, sourceClient, sourceServer } from './server.ts';

const object = z.record(z.string(), z.unknown());
const self = object.parse(fixture('diaspora/self'));
const person = object.parse(fixture('diaspora/person'));
const hidden = object.parse(fixture('diaspora/hidden-person'));
const post = object.parse(fixture('diaspora/full-post'));
const [bobId, aliceId, carolId] = [
  '5cebd150b82e0133e40c406c8f31e210',
  'f50ffc00b188013355e3705681972339',
  '19103170b8cc0133e40d406c8f31e210',
];

const operator = () => ({ token: null, signal: patient() });
const bob = () => ({ token: 'bob-token', signal: patient() });

/** An answer with the query of its next page. */
interface Answer {
  payload: unknown;
  next?: string;
}

/** A pod that has answers for these calls, and 404 for all others. */
async function pod(answers: Readonly<Record<string, Answer>>) {
  const server = await sourceServer(({ url = '', headers }, response) => {
    const answer = answers[url.replace('/api/v1/', '')];
    if (!answer) return response.writeHead(404).end('{"code":404,"message":"User not found"}');
    const [path] = url.split('?');
    const next = `<http://${headers.host}${path}?${answer.next}>; rel="next"`;
    return json(
      response,
      answer.payload,
      answer.next ? { link: `<http://x/>; rel="previous", ${next}` } : {},
    );
  });
  const http = sourceClient().at(`${server.origin}/api/v1`);
  const credentials = { token: 'operator-token' };
  const source = diasporaSource({ http, instance: 'pod.example', credentials });
  const asked = () => server.requests.map(({ url }) => url.replace('/api/v1/', ''));
  return { source, server, asked };
}

describe('A person of diaspora*', () => {
  test('is found by guid, with the token there is or the operator’s', async () => {
    const { source, server } = await pod({ [`users/${aliceId}`]: { payload: person } });
    const expected = toPerson(userPayload.parse(person));
    expect(await source.person({ externalId: aliceId }, bob())).toEqual(expected);
    expect(await source.person({ externalId: aliceId }, operator())).toEqual(expected);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer bob-token',
      'Bearer operator-token',
    ]);
  });

  test('who is the operator has settings for nobody else', async () => {
    const { source } = await pod({ [`users/${bobId}`]: { payload: self } });
    expect(await source.person({ externalId: bobId }, operator())).toMatchObject({ settings: null });
    expect(await source.person({ externalId: bobId }, bob())).toMatchObject({
      settings: { searchable: true },
    });
  });

  test('is found by just their diaspora* ID', async () => {
    const found = [
      { guid: carolId, diaspora_id: 'alice@example.com.evil.example', name: 'alice@example.com' },
      { guid: aliceId, diaspora_id: 'alice@example.com', name: 'Alice Testing' },
    ];
    const search = (name: string) => `search/users?name_or_handle=${encodeURIComponent(name)}&per_page=100`;
    const { source } = await pod({
      [search('Alice@example.com')]: { payload: found },
      [search('alice@example')]: { payload: found },
      [`users/${aliceId}`]: { payload: person },
    });
    expect(await source.person({ accountName: 'Alice@example.com' }, bob())).toMatchObject({
      externalId: aliceId,
    });
    expect(await source.person({ accountName: 'alice@example' }, bob())).toBeNull();
    expect(await source.person({ accountName: 'dora@example.com' }, bob())).toBeNull();
  });

  test('is nobody where somebody else is answered with, or nobody', async () => {
    const { source } = await pod({ [`users/${carolId}`]: { payload: person } });
    expect(await source.person({ externalId: carolId }, bob())).toBeNull();
    expect(await source.person({ externalId: aliceId }, bob())).toBeNull();
  });

  test.each([
    '',
    '..',
    'short',
    `${aliceId}/../../user`,
    `${aliceId}?x`,
    'x'.repeat(256),
    `${aliceId}\ud800`,
  ])('is nobody, and nobody is asked, for what can be no guid: %j', async (externalId) => {
    const { source, asked } = await pod({});
    expect(await source.person({ externalId }, bob())).toBeNull();
    expect(await source.posts?.(externalId, null, bob())).toEqual({ items: [], next: null });
    expect(await source.photos?.(externalId, null, bob())).toEqual({ items: [], next: null });
    expect(asked()).toEqual([]);
  });
});

describe('The token’s own person', () => {
  test('is told', async () => {
    const { source } = await pod({ user: { payload: self } });
    expect(await source.self(bob())).toEqual(toPerson(userPayload.parse(self)));
  });

  test('is refused without a guid that can be asked for, and where there is none', async () => {
    const broken = await pod({ user: { payload: { ...self, guid: '../x\ud800' } } });
    expect(await faultOf(broken.source.self(bob()))).toMatchObject({ fault: 'INVALID', path: ['guid'] });
    const none = await pod({});
    expect(await faultOf(none.source.self(bob()))).toMatchObject({ fault: 'UNAUTHORIZED' });
  });
});

describe('What somebody posts', () => {
  const guids = [1, 2, 3].map((n) => `83d406e0b9b20133e40c406c8f31e21${n}`);
  const at = (n: number) => `2016-02-20T03:46:5${n}.955Z`;
  const posts = guids.map((guid, n) => ({ ...post, guid, created_at: at(n) }));
  const older = (n: number) => `before=${encodeURIComponent(at(n))}&per_page=100`;

  test('comes page by page by its time, and the last page may be empty', async () => {
    const path = `users/${aliceId}/posts`;
    const { source } = await pod({
      [`${path}?per_page=100`]: { payload: posts.slice(0, 2), next: older(1) },
      [`${path}?${older(1)}`]: { payload: posts.slice(2), next: older(2) },
      [`${path}?${older(2)}`]: { payload: [] },
    });
    const pages = await pagesOf((after) => source.posts?.(aliceId, after, bob()));
    expect(pages.map((page) => page.map(({ externalId }) => externalId))).toEqual([
      [guids[0], guids[1]],
      [guids[2]],
      [],
    ]);
  });

  test('is none where the person is not there, and is refused with the path where one is wrong', async () => {
    const wrong = [posts[0], { ...posts[1], public: null }];
    const { source } = await pod({ [`users/${aliceId}/posts?per_page=100`]: { payload: wrong } });
    expect(await source.posts?.(carolId, null, bob())).toEqual({ items: [], next: null });
    const fault = await faultOf(Promise.resolve(source.posts?.(aliceId, null, bob())));
    expect(fault).toMatchObject({ fault: 'INVALID', path: [1, 'public'] });
  });

  test('photos among it', async () => {
    const path = `users/${aliceId}/photos`;
    const { source } = await pod({
      [`${path}?per_page=100`]: { payload: fixture('diaspora/photos'), next: older(1) },
      [`${path}?${older(1)}`]: { payload: [] },
    });
    const pages = await pagesOf((after) => source.photos?.(aliceId, after, bob()));
    expect(pages.map((page) => page.map(({ externalId }) => externalId))).toEqual([
      ['0a992a10b9db0133e40e406c8f31e210', '114999c0b9db0133e40e406c8f31e210'],
      [],
    ]);
  });
});

describe('Contacts', () => {
  const [daveId, erinId] = ['29103170b8cc0133e40d406c8f31e210', '39103170b8cc0133e40d406c8f31e210'];
  const short = (guid: string) => ({ guid, diaspora_id: 'x@example.com' });
  const path = `users/${bobId}/contacts`;
  const sharing = { ...person, guid: daveId, relationship: { receiving: false, sharing: true }, aspects: [] };
  const answers = {
    user: { payload: self },
    [`${path}?per_page=20`]: { payload: [aliceId, daveId].map(short), next: 'page=2&per_page=20' },
    [`${path}?page=2&per_page=20`]: { payload: [carolId, erinId].map(short) },
    [`users/${aliceId}`]: { payload: person },
    [`users/${daveId}`]: { payload: sharing },
    [`users/${carolId}`]: { payload: hidden },
  };

  test('whom one has added are followed, in their aspects; who has only added one, or is gone, is left out', async () => {
    const { source } = await pod(answers);
    const first = await source.ties?.(null, bob());
    expect(first?.items).toMatchObject([
      {
        person: { externalId: aliceId },
        follows: true,
        isConnected: false,
        isBlocked: false,
        aspects: ['Family'],
      },
    ]);
    const second = await source.ties?.(first?.next ?? null, bob());
    expect(second?.items).toMatchObject([
      { person: { externalId: carolId }, follows: false, isBlocked: true },
    ]);
    expect(second?.next).toBeNull();
  });

  test('whose next page leads back are refused', async () => {
    const { source } = await pod({
      ...answers,
      [`${path}?page=2&per_page=20`]: { payload: [], next: 'page=2' },
    });
    const first = await source.ties?.(null, bob());
    const fault = await faultOf(Promise.resolve(source.ties?.(first?.next ?? null, bob())));
    expect(fault).toMatchObject({ fault: 'INVALID', path: ['link'] });
  });
});
