import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { selfCommunitySource } from '../../src/sources/selfcommunity/source.ts';
import type { After, Source } from '../../src/sources/source.ts';
import { readJson } from './coverage-checks.ts';
import { faultOf, json, patient, sourceClient, sourceServer } from './server.ts';

const fixture = (name: string) => z.record(z.string(), z.unknown()).parse(readJson(`selfcommunity/${name}`));
const ask = { token: 'ada-token', signal: patient() };
const client = sourceClient();

/** A community that answers what is given by path and query, and that nothing else is there. */
async function community(answers: Readonly<Record<string, unknown>>) {
  const server = await sourceServer((request, response) => {
    const answer = answers[request.url?.replace('/api/v2/user/', '') ?? ''];
    if (typeof answer === 'number' || answer === undefined) response.writeHead(answer ?? 404).end();
    else json(response, answer);
  });
  const source = selfCommunitySource({
    http: client.at(server.origin),
    instance: 'community.example',
    credentials: { token: 'operator-token' },
  });
  const asked = () => server.requests.map(({ url }) => url.replace('/api/v2/user/', ''));
  return { source, asked, server };
}

const next = (query: string) => `http://elsewhere.example/api/v2/whatever/?${query}`;
const first = 'limit=100&offset=0';
const second = 'limit=100&offset=100';

/** All pages joined. */
async function all<Item>(page: (after: After) => Promise<{ items: readonly Item[]; next: After }>) {
  const items: Item[] = [];
  let after: After = null;
  do {
    const got = await page(after);
    items.push(...got.items);
    after = got.next;
  } while (after !== null);
  return items;
}

describe('a person', () => {
  it('is asked for by id, as who asks, else as the operator', async () => {
    const { source, server } = await community({ '7/': fixture('user') });
    expect(source).toMatchObject({ provider: 'SELFCOMMUNITY', instance: 'community.example' });
    const person = await source.person({ externalId: '7' }, ask);
    expect(person).toMatchObject({ externalId: '7', accountName: 'ada-l', status: 'PENDING' });
    await source.person({ externalId: '7' }, { ...ask, token: null });
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer ada-token',
      'Bearer operator-token',
    ]);
  });

  it('of nobody, or with what is no id, is null; what is no id is not asked for', async () => {
    const { source, asked } = await community({ 'me/': fixture('me') });
    expect(await source.person({ externalId: '9' }, ask)).toBeNull();
    for (const externalId of ['me', '..', '7/settings', '', '7?x'])
      expect(await source.person({ externalId }, ask)).toBeNull();
    expect(asked()).toEqual(['9/']);
  });

  it('is searched for by name, on all pages, and is who is called just so', async () => {
    const query = 'username=Ada-L&ordering=username';
    const { source, asked } = await community({
      [`search/?${query}&${first}`]: { next: next(second), results: [{ id: 1, username: 'ada-lo' }] },
      [`search/?${query}&${second}`]: { next: null, results: [{ id: 7, username: 'ada-l' }] },
      '7/': fixture('user'),
    });
    expect((await source.person({ accountName: 'Ada-L' }, ask))?.externalId).toBe('7');
    expect(asked()).toHaveLength(3);
    expect(await source.person({ accountName: 'ada' }, ask)).toBeNull();
  });

  it('is not searched for forever', async () => {
    let pages = 0;
    const server = await sourceServer((_, response) => {
      pages++;
      json(response, {
        next: next(`limit=100&offset=${pages * 100}`),
        results: [{ id: pages, username: 'b' }],
      });
    });
    const source = selfCommunitySource({
      http: client.at(server.origin),
      instance: '',
      credentials: { token: null },
    });
    expect(await source.person({ accountName: 'a' }, ask)).toBeNull();
    expect(pages).toBe(5);
  });

  it('as the document of 2020 has them', async () => {
    const { source } = await community({ '0/': fixture('user-2020.example') });
    expect(await source.person({ externalId: '0' }, ask)).toMatchObject({
      externalId: '0',
      birthday: null,
      gender: 'Male',
      createdAt: new Date('2019-08-24T14:15:22Z'),
      settings: null,
    });
  });
});

describe('who the token is', () => {
  it('comes with settings', async () => {
    const { source } = await community({ 'me/': fixture('me'), '7/settings/': fixture('settings') });
    expect((await source.self(ask)).settings).toEqual({
      email: 'ada@example.com',
      emailVerified: true,
      language: 'it',
      emailFrequency: 'INSTANT',
      push: false,
      toasts: true,
      sounds: false,
    });
  });

  it('comes without them where they are not there, or not for the token', async () => {
    for (const status of [404, 403]) {
      const { source } = await community({ 'me/': { id: 7 }, '7/settings/': status });
      expect((await source.self(ask)).settings).toEqual({});
    }
  });

  it('is nobody where the token is none', async () => {
    for (const status of [401, 404]) {
      const { source } = await community({ 'me/': status });
      expect((await faultOf(source.self(ask))).fault).toBe('UNAUTHORIZED');
    }
  });

  it('has an id that leads nowhere else', async () => {
    const { source, asked } = await community({ 'me/': { id: '../admin' } });
    expect(await faultOf(source.self(ask))).toMatchObject({ fault: 'INVALID', path: ['id'] });
    expect(asked()).toEqual(['me/']);
  });
});

describe('lists', () => {
  const rows = { [`?${first}`]: { next: next(second), results: [{ id: 1 }] }, [`?${second}`]: [{ id: 2 }] };
  const under = (path: string) =>
    Object.fromEntries(Object.entries(rows).map(([query, page]) => [`${path}${query}`, page]));

  it.each([
    ['', (source: Source, after: After) => source.people?.(after, ask)],
    ['7/followers/', (source: Source, after: After) => source.followers?.('7', after, ask)],
    ['7/followings/', (source: Source, after: After) => source.following?.('7', after, ask)],
    ['7/connections/', (source: Source, after: After) => source.connections?.('7', after, ask)],
  ])('of people at %j are read to the end, from the community itself', async (path, page) => {
    const { source } = await community(under(path));
    const people = await all(async (after) => (await page(source, after)) ?? { items: [], next: null });
    expect(people.map(({ externalId }) => externalId)).toEqual(['1', '2']);
  });

  it('that are not there, or of what is no id, are empty', async () => {
    const { source, asked } = await community({});
    expect(await source.followers?.('7', null, ask)).toEqual({ items: [], next: null });
    expect(await source.following?.('../me', null, ask)).toEqual({ items: [], next: null });
    expect(await source.posts?.('7', null, ask)).toEqual({ items: [], next: null });
    expect(await source.posts?.('../me', null, ask)).toEqual({ items: [], next: null });
    expect(asked()).toHaveLength(2);
  });

  it('of posts are read to the end, without those that are deleted', async () => {
    const gone = { id: 50, author: { id: 7 }, added_at: '2019-08-24T14:15:22Z', deleted: true };
    const { source } = await community({
      [`7/feed/?${first}`]: { ...fixture('feed'), next: next(second) },
      [`7/feed/?${second}`]: { next: null, results: [gone, { ...gone, id: 51, deleted: false }] },
    });
    const posts = await all(
      async (after) => (await source.posts?.('7', after, ask)) ?? { items: [], next: null },
    );
    expect(posts.map(({ externalId, type, isPublic }) => [externalId, type, isPublic])).toEqual([
      ['discussion:41', 'POLL', true],
      ['post:42', 'RESHARE', false],
      ['status:43', 'STATUS', false],
      ['post:44', 'STATUS', false],
      ['post:45', 'STATUS', false],
      ['discussion:51', 'STATUS', true],
    ]);
  });

  it('as the document of 2020 has them', async () => {
    const feed = z.looseObject({ results: z.array(z.looseObject({})) }).parse(fixture('feed-2020.example'));
    const results = feed.results.flatMap((post) => [post, { ...post, deleted: false }]);
    const { source } = await community({
      [`?${first}`]: fixture('users-2020.example'),
      [`0/feed/?${first}`]: { ...feed, results },
      [`0/followers/?${first}`]: fixture('user-2020.example'),
    });
    expect(await source.people?.(null, ask)).toMatchObject({
      items: [{ externalId: '0' }],
      next: expect.anything(),
    });
    const page = await source.posts?.('0', null, ask);
    expect(page?.items).toMatchObject([
      {
        externalId: 'discussion:0',
        type: 'POLL',
        isPublic: false,
        isCollapsed: false,
        poll: { isHidden: false, isClosed: true, choices: [{ text: 'string', votes: 1 }] },
      },
    ]);
    expect(page?.next).toBe('offset=400&limit=100');
    expect(await source.followers?.('0', null, ask)).toMatchObject({
      items: [{ externalId: '0' }],
      next: null,
    });
  });

  it('with one that is broken are refused whole, with the path', async () => {
    const { source } = await community({
      [`?${first}`]: { results: [{ id: 1 }, { id: 2, tags: [{ name: [] }] }] },
    });
    expect(await faultOf(source.people?.(null, ask) ?? Promise.reject())).toMatchObject({
      fault: 'INVALID',
      path: ['results', 1, 'tags', 0, 'name'],
    });
  });
});

describe('ties', () => {
  const hidden = { [`hidden_users/?${first}`]: [{ id: 3, connection_status: 'followed' }] };
  const followings = {
    [`7/followings/?${first}`]: { next: next(second), results: [{ id: 1 }] },
    [`7/followings/?${second}`]: { next: null, results: [{ id: 2 }] },
  };
  const connections = { [`7/connections/?${first}`]: [{ id: 4 }] };
  const follows = { follows: true, isConnected: false, isHidden: false };
  const hides = { person: { externalId: '3' }, follows: true, isConnected: false, isHidden: true };
  const connects = { person: { externalId: '4' }, follows: false, isConnected: true, isHidden: false };
  const tiesOf = (source: Source) =>
    all(async (after) => (await source.ties?.(after, ask)) ?? { items: [], next: null });

  it('of a community of followers', async () => {
    const { source, asked } = await community({
      'me/': { id: 7, followings_counter: 2 },
      ...followings,
      ...hidden,
    });
    expect(await tiesOf(source)).toMatchObject([
      { person: { externalId: '1' }, ...follows },
      { person: { externalId: '2' }, ...follows },
      hides,
    ]);
    expect(asked()).toHaveLength(4);
  });

  it('of a community of friends, as its counters say', async () => {
    const { source, asked } = await community({
      'me/': { id: 7 },
      '7/counters/': { connections: 1, discussions: 2 },
      ...connections,
      ...hidden,
    });
    expect(await tiesOf(source)).toMatchObject([connects, hides]);
    expect(asked()).not.toContain(`7/followings/?${first}`);
  });

  it('of one that does not say which it is are those of both kinds; what is not there is empty', async () => {
    const { source } = await community({ 'me/': { id: 7 }, ...followings, ...connections });
    expect((await tiesOf(source)).map(({ person }) => person.externalId)).toEqual(['1', '2', '4']);
  });

  it('go on nowhere else', async () => {
    const { source, asked } = await community({});
    for (const after of ['', 'x', '7', '7 ', '7 enemies ', '../7 hidden ', '7 hidden,followings '])
      expect((await faultOf(source.ties?.(after, ask) ?? Promise.reject())).fault, after).toBe('INVALID');
    expect(asked()).toEqual([]);
  });
});
