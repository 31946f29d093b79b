import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { toPerson } from '../../src/sources/pronouns-cc/mapping.ts';
import { userPayload } from '../../src/sources/pronouns-cc/payloads.ts';
import { pronounsCcSource } from '../../src/sources/pronouns-cc/source.ts';
import { fixture } from './fixture.ts';
import { pagesOf } from './pages.ts';
import { faultOf, json, patient, sourceClient, sourceServer } from './server.ts';

const object = z.record(z.string(), z.unknown());
const user = object.parse(fixture('pronouns-cc/user'));
const self = object.parse(fixture('pronouns-cc/self'));
const member = object.parse(fixture('pronouns-cc/member'));
const adaId = 'cgj3n8s2f7tg0d9k1p20';
const rookId = 'cj5t1k3h0a8g0b2n3m40';

const anybody = () => ({ token: null, signal: patient() });
const ada = () => ({ token: 'ada-token', signal: patient() });

/** pronouns.cc that has answers for these paths, and 404 for all others. */
async function pronounsCc(answers: Readonly<Record<string, unknown>>) {
  const server = await sourceServer(({ url = '' }, response) => {
    const answer = answers[url.replace('/api/v1/', '')];
    if (answer === undefined) response.writeHead(404).end('{"code":2001,"message":"User not found"}');
    else json(response, answer);
  });
  const source = pronounsCcSource({ http: sourceClient().at(`${server.origin}/api/v1`), instance: '' });
  const asked = () => server.requests.map(({ url }) => url.replace('/api/v1/', ''));
  return { source, server, asked };
}

describe('A person of pronouns.cc', () => {
  test('is found by id and by name, in any case', async () => {
    const { source, server, asked } = await pronounsCc({ [`users/${adaId}`]: user, 'users/Ada.L': user });
    const expected = toPerson(userPayload.parse(user));
    expect(await source.person({ externalId: adaId }, anybody())).toEqual(expected);
    expect(await source.person({ accountName: 'Ada.L' }, ada())).toEqual(expected);
    expect(asked()).toEqual([`users/${adaId}`, 'users/Ada.L']);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      'Bearer ada-token',
    ]);
  });

  test('who is not there is nobody', async () => {
    const { source } = await pronounsCc({});
    expect(await source.person({ externalId: adaId }, anybody())).toBeNull();
    expect(await source.person({ accountName: 'nobody' }, anybody())).toBeNull();
  });

  test('is not somebody whose name is the id that was asked for, nor whose id is the name', async () => {
    const clash = { ...user, id: 'cgj3n8s2f7tg0d9k1p21', name: adaId };
    const { source } = await pronounsCc({ [`users/${adaId}`]: clash });
    expect(await source.person({ externalId: adaId }, anybody())).toBeNull();
    const other = await pronounsCc({ [`users/${adaId}`]: user });
    expect(await other.source.person({ accountName: adaId }, anybody())).toBeNull();
  });

  test.each([
    { accountName: '@me' },
    { accountName: '..' },
    { accountName: '' },
    { accountName: 'a/b' },
    { accountName: 'a\ud800' },
    { externalId: '@me' },
    { externalId: '../users/@me' },
    { externalId: '' },
  ])('is nobody, and nobody is asked, for what can be none: %j', async (key) => {
    const { source, asked } = await pronounsCc({ 'users/@me': self });
    expect(await source.person(key, ada())).toBeNull();
    expect(asked()).toEqual([]);
  });

  test('of whom something else is told than is documented is refused with the path', async () => {
    const { source } = await pronounsCc({ [`users/${adaId}`]: { ...user, names: [{ value: 'A' }] } });
    const fault = await faultOf(source.person({ externalId: adaId }, anybody()));
    expect(fault).toMatchObject({ fault: 'INVALID', path: ['names', 0, 'status'] });
  });
});

describe('The token’s own person', () => {
  test('is told, with settings', async () => {
    const { source } = await pronounsCc({ 'users/@me': self });
    expect(await source.self(ada())).toEqual(toPerson(userPayload.parse(self)));
  });

  test('is nobody’s where there is none', async () => {
    const { source } = await pronounsCc({});
    expect(await faultOf(source.self(ada()))).toMatchObject({ fault: 'UNAUTHORIZED' });
  });

  test('has a library of flags', async () => {
    const { source } = await pronounsCc({ 'users/@me/flags': fixture('pronouns-cc/flags') });
    expect(await source.flags?.(ada())).toEqual(toPerson(userPayload.parse(user)).flags);
  });
});

/** Ids in the order that they were made in. */
const idOf = (n: number) => `cj5t1k3h0a8g0b2n3${String(n).padStart(3, '0')}`;

describe('Members', () => {
  test('come in full, page by page, each once', async () => {
    const ids = Array.from({ length: 41 }, (_, n) => idOf(n));
    const short = ids.map((id) => ({ id, name: `Member ${id}` }));
    const { source } = await pronounsCc({
      [`users/${adaId}`]: { ...user, members: short.toReversed() },
      ...Object.fromEntries(short.map((one) => [`members/${one.id}`, { ...member, ...one }])),
    });
    const pages = await pagesOf((after) => source.members?.(adaId, after, anybody()));
    expect(pages.map(({ length }) => length)).toEqual([20, 20, 1]);
    expect(pages.flat().map(({ externalId }) => externalId)).toEqual(ids);
    expect(pages.flat().every(({ fields, flags }) => fields.length === 1 && flags.length === 1)).toBe(true);
  });

  test('that are unlisted are among one’s own', async () => {
    const { source, asked } = await pronounsCc({
      [`users/${adaId}`]: { ...self, members: [] },
      'users/@me/members': [{ id: rookId, name: 'Rook' }],
      [`members/${rookId}`]: member,
    });
    const page = await source.members?.(adaId, null, ada());
    expect(page?.items).toMatchObject([{ name: 'Rook', isUnlisted: true }]);
    expect(page?.next).toBeNull();
    expect(asked()).toEqual([`users/${adaId}`, 'users/@me/members', `members/${rookId}`]);
  });

  test('are listed by themselves where their user does not list them', async () => {
    const { source } = await pronounsCc({
      [`users/${adaId}`]: { ...user, members: undefined },
      [`users/${adaId}/members`]: [{ id: rookId, name: 'Rook' }],
      [`members/${rookId}`]: { ...member, user: undefined },
    });
    const page = await source.members?.(adaId, null, anybody());
    // By the preferences of their user, as they come without.
    expect(page?.items).toMatchObject([
      { name: 'Rook', pronouns: [{ preference: '7a9d3c1e-0b5f-4c62-9f0e-2d8a1b6c4e55' }] },
    ]);
  });

  test('who are gone meanwhile, or somebody else’s, or have no id, are left out', async () => {
    const others = { ...member, id: idOf(2), user: { id: 'cgj3n8s2f7tg0d9k1p21' } };
    const { source, asked } = await pronounsCc({
      [`users/${adaId}`]: {
        ...user,
        members: [idOf(1), idOf(2), rookId, '../users/@me'].map((id) => ({ id, name: id })),
      },
      [`members/${idOf(2)}`]: others,
      [`members/${rookId}`]: member,
    });
    const page = await source.members?.(adaId, null, anybody());
    expect(page?.items.map(({ externalId }) => externalId)).toEqual([rookId]);
    expect(asked().toSorted()).toEqual(
      [idOf(1), idOf(2), rookId]
        .map((id) => `members/${id}`)
        .concat(`users/${adaId}`)
        .toSorted(),
    );
  });

  test('of nobody are none', async () => {
    const { source } = await pronounsCc({});
    expect(await source.members?.(adaId, null, anybody())).toEqual({ items: [], next: null });
  });
});
