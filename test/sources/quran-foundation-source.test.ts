import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  authorizeAtQuranFoundation,
  quranFoundationSource,
} from '../../src/sources/quran-foundation/source.ts';
import { readJson } from './coverage-checks.ts';
import { faultOf, json, patient, sourceClient, sourceServer } from './server.ts';

const fixture = (name: string) =>
  z.record(z.string(), z.unknown()).parse(readJson(`quran-foundation/${name}`));
const id = '3f2b8c1e-5a74-4d0b-9e57-0c1d2e3f4a5b';
const otherId = '11111111-2222-4333-8444-555555555555';
const ask = { token: 'amina-token', signal: patient() };
const client = sourceClient();
const base = '/quran-reflect/v1/users/';

async function foundation(answers: Readonly<Record<string, unknown>>) {
  const server = await sourceServer((request, response) => {
    const answer = answers[request.url?.replace(base, '') ?? ''];
    if (typeof answer === 'number' || answer === undefined) response.writeHead(answer ?? 404).end();
    else json(response, answer);
  });
  const source = quranFoundationSource({
    http: client.at(`${server.origin}/quran-reflect`, { authorize: authorizeAtQuranFoundation }),
    instance: '',
    credentials: { clientId: 'kith-client', token: 'operator-token' },
  });
  const asked = () => server.requests.map(({ url }) => url.replace(base, ''));
  return { source, asked, server };
}

const row = (userId: string, followed?: boolean) => ({ id: userId, followed });
const page = (currentPage: number, pages: number, data: unknown[]) => ({
  total: 2,
  currentPage,
  limit: 20,
  pages,
  data,
});

describe('a person', () => {
  it('is asked for by id or by name, with the headers of the API', async () => {
    const { source, server, asked } = await foundation({
      [id]: fixture('user'),
      'amina%2Fx/profile': fixture('user'),
    });
    expect(source).toMatchObject({ provider: 'QURAN_FOUNDATION', instance: '' });
    const person = await source.person({ externalId: id.toUpperCase() }, ask);
    expect(person).toMatchObject({
      externalId: id,
      accountName: 'amina',
      displayName: 'Amina Yusuf',
      badges: ['ADMIN', 'VERIFIED'],
      avatarUrl: 'https://images.example/l.jpg',
      location: { name: 'Kenya', latitude: null, longitude: null },
      counters: { posts: 12, followers: 34, likesReceived: 56 },
      createdAt: new Date('2000-01-21T00:00:00Z'),
      settings: null,
    });
    expect(await source.person({ accountName: 'amina/x' }, { ...ask, token: null })).toEqual(person);
    expect(asked()).toEqual([id, 'amina%2Fx/profile']);
    expect(server.requests.map(({ headers }) => headers)).toMatchObject([
      { 'x-auth-token': 'amina-token', 'x-client-id': 'kith-client' },
      { 'x-auth-token': 'operator-token', 'x-client-id': 'kith-client' },
    ]);
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  it('of nobody is null; what is neither id nor name is not asked for', async () => {
    const { source, asked } = await foundation({ profile: fixture('profile') });
    expect(await source.person({ externalId: id }, ask)).toBeNull();
    expect(await source.person({ accountName: 'nobody' }, ask)).toBeNull();
    for (const externalId of ['profile', '..', '', `${id}/followers`])
      expect(await source.person({ externalId }, ask)).toBeNull();
    for (const accountName of ['', '.', '..']) expect(await source.person({ accountName }, ask)).toBeNull();
    expect(asked()).toEqual([id, 'nobody/profile']);
  });
});

describe('who the token is', () => {
  it('comes with settings', async () => {
    const { source } = await foundation({ 'profile?qdc=true': fixture('profile') });
    expect(await source.self(ask)).toMatchObject({
      externalId: id,
      settings: {
        email: 'amina@example.com',
        language: 'sw',
        contentLanguages: ['ar', 'en', 'sw'],
        hideFollowSuggestions: true,
        showFeaturedSuggestions: true,
      },
    });
  });

  it('is nobody where the token is none', async () => {
    for (const status of [401, 404]) {
      const { source } = await foundation({ 'profile?qdc=true': status });
      expect((await faultOf(source.self(ask))).fault).toBe('UNAUTHORIZED');
    }
  });

  it('has an id that leads nowhere else', async () => {
    const { source } = await foundation({ 'profile?qdc=true': { id: '../rooms' } });
    expect(await faultOf(source.self(ask))).toMatchObject({ fault: 'INVALID', path: ['id'] });
  });
});

describe('lists', () => {
  it.each(['followers', 'following'] as const)('of %s are read page by page', async (list) => {
    const { source } = await foundation({
      [`${id}/${list}?page=1&limit=20`]: page(1, 2, [row(otherId)]),
      [`${id}/${list}?page=2&limit=20`]: page(2, 2, [row(id)]),
    });
    const one = await source[list]?.(id, null, ask);
    expect(one?.items.map(({ externalId }) => externalId)).toEqual([otherId]);
    const two = await source[list]?.(id, one?.next ?? null, ask);
    expect(two).toMatchObject({ items: [{ externalId: id }], next: null });
  });

  it('of nobody, or of what is no id, are empty', async () => {
    const { source, asked } = await foundation({});
    for (const nobody of [id, '..', 'profile'])
      expect(await source.followers?.(nobody, null, ask)).toEqual({ items: [], next: null });
    expect(asked()).toHaveLength(1);
  });

  it('with one that is broken are refused whole, with the path', async () => {
    const { source } = await foundation({
      [`${id}/followers?page=1&limit=20`]: page(1, 1, [row(id), { id, createdAt: 'then' }]),
    });
    expect(await faultOf(source.followers?.(id, null, ask) ?? Promise.reject())).toMatchObject({
      fault: 'INVALID',
      path: ['data', 1, 'createdAt'],
    });
  });
});

describe('ties', () => {
  it('are those whom the token’s person follows, and say who asks but once', async () => {
    const { source, asked } = await foundation({
      'profile?qdc=true': { id },
      [`${id}/following?page=1&limit=20`]: page(1, 2, [row(otherId, true)]),
      [`${id}/following?page=2&limit=20`]: page(2, 2, [row(id, false)]),
    });
    const one = await source.ties?.(null, ask);
    const two = await source.ties?.(one?.next ?? null, ask);
    expect([...(one?.items ?? []), ...(two?.items ?? [])]).toMatchObject([
      { person: { externalId: otherId }, follows: true },
      { person: { externalId: id }, follows: false },
    ]);
    expect(two?.next).toBeNull();
    expect(asked()).toHaveLength(3);
  });

  it('go on nowhere else', async () => {
    const { source, asked } = await foundation({});
    for (const after of ['', 'x', id, '.. page=2', `${id} page=2 page=3`])
      expect((await faultOf(source.ties?.(after, ask) ?? Promise.reject())).fault, after).toBe('INVALID');
    expect(asked()).toEqual([]);
  });
});
