import { describe, expect, it } from 'vitest';
import { mapPerson, mapSelf, mapTie } from './mapping.ts';
import { pagePayload, userPayload } from './payloads.ts';

const id = '3f2b8c1e-5a74-4d0b-9e57-0c1d2e3f4a5b';
const person = (payload: object) => mapPerson(userPayload.parse({ id, ...payload }));
const settings = (payload: object) => mapSelf(userPayload.parse({ id, ...payload })).settings;

describe('a person', () => {
  it('needs an id only', () => {
    expect(person({})).toMatchObject({ externalId: id, accountName: null, displayName: null, badges: [] });
  });

  it('is called by both names, or the one that there is', () => {
    expect(person({ firstName: 'Amina ', lastName: 'Yusuf' }).displayName).toBe('Amina Yusuf');
    expect(person({ firstName: 'Amina', lastName: '' }).displayName).toBe('Amina');
    expect(person({ lastName: 'Yusuf' }).displayName).toBe('Yusuf');
    expect(person({ firstName: ' ', lastName: null }).displayName).toBeNull();
  });

  it('has the largest picture of whatever object there is', () => {
    const avatar = (avatarUrls: unknown) => person({ avatarUrls }).avatarUrl;
    expect(avatar({ small: 's', large: 'l', medium: 'm' })).toBe('l');
    expect(avatar({ thumb: 't', original: 'o' })).toBe('o');
    expect(avatar({ large: null, medium: '', small: 's' })).toBe('s');
    expect(avatar({ huge: 'h' })).toBe('h');
    for (const none of [{}, null, [], 'x', { large: {} }, undefined]) expect(avatar(none)).toBeNull();
    expect(person({ avatarUrls: {}, photoUrl: 'p' }).avatarUrl).toBe('p');
  });

  it('has badges', () => {
    expect(person({ verified: true, isAdmin: 'true' }).badges).toEqual(['ADMIN', 'VERIFIED']);
    expect(person({ verified: false, isAdmin: 0 }).badges).toEqual([]);
  });

  it('came at a moment that is taken as of UTC', () => {
    expect(person({ createdAt: '2000-01-21 00:00:00' }).createdAt).toEqual(new Date('2000-01-21T00:00:00Z'));
    expect(person({ createdAt: '2000-01-21T00:00:00+03:00' }).createdAt).toEqual(
      new Date('2000-01-20T21:00:00Z'),
    );
  });

  it('has counters, and none that is not told', () => {
    expect(person({ postsCount: '3', likesCount: 0 }).counters).toEqual({ posts: 3, likesReceived: 0 });
  });

  it('has settings only when they are one’s own', () => {
    const told = { email: 'a@example.com', languageIsoCode: 'ar', settings: { hideFollowSuggestion: true } };
    expect(person(told).settings).toBeNull();
    expect(settings(told)).toEqual({
      email: 'a@example.com',
      language: 'ar',
      contentLanguages: [],
      hideFollowSuggestions: true,
    });
    expect(settings({})).toEqual({});
  });

  it('reads languages by their numbers, numbers or text', () => {
    expect(
      settings({ settings: { reflectionLanguages: ['2', 1, 999], ayahLanguages: [59, 2, null] } }),
    ).toEqual({ contentLanguages: ['en', 'ar', 'sw'] });
    expect(settings({ languageId: '7' })).toEqual({ language: 'fr' });
    expect(settings({ languageId: 999 })).toEqual({});
    expect(settings({ languageIsoCode: 'pt', languageId: 7 })).toEqual({ language: 'pt' });
  });
});

it.each([
  [{}, true],
  [{ followed: true }, true],
  [{ followed: false }, false],
  [{ isFollowed: false }, false],
])('whom one follows is told by the list, unless it says otherwise: %j', (payload, follows) => {
  expect(mapTie(userPayload.parse({ id, ...payload }))).toMatchObject({ follows, isConnected: false });
});

it.each([
  [{ data: [] }, ['currentPage']],
  [
    { currentPage: 1, pages: 1, limit: 20, data: [{ id }, { id, verified: 'maybe' }] },
    ['data', 1, 'verified'],
  ],
  [{ currentPage: 1, pages: 1, limit: 20, data: {} }, ['data']],
  [{ currentPage: 1, pages: -1, limit: 20, data: [] }, ['pages']],
])('garbage is refused where it stands: %j', (payload, path) => {
  expect(pagePayload.safeParse(payload).error?.issues[0]?.path).toEqual(path);
});
