import { describe, expect, test } from 'vitest';
import { userPayload } from '../../src/sources/diaspora/payloads.ts';
import { toPerson, toTie } from '../../src/sources/diaspora/person.ts';
import { fixture } from './fixture.ts';

const read = (name: string, changes: object = {}) =>
  userPayload.parse(Object.assign({}, fixture(`diaspora/${name}`), changes));
const bio =
  'Lorem ipsum **dolor sit amet**, consetetur sadipscing elitr, sed diam nonumy eirmod tempor invidunt ut labore et dolore magna aliquyam erat!';

describe('A user of diaspora*', () => {
  test('by their own token is a person with settings', () => {
    expect(toPerson(read('self'))).toEqual({
      externalId: '5cebd150b82e0133e40c406c8f31e210',
      accountName: 'bob@example.com',
      url: 'https://example.com/people/5cebd150b82e0133e40c406c8f31e210',
      username: 'bob',
      sid: null,
      displayName: 'Bob Testing',
      realName: null,
      tagline: null,
      bio,
      website: null,
      links: [],
      names: [],
      pronouns: [],
      fields: [],
      memberTitle: null,
      customPreferences: [],
      avatarUrl: 'http://example.com/uploads/images/thumb_large_0fc4bbc68f744c27ed80.jpg',
      coverUrl: null,
      birthday: '1984-01-02',
      gender: 'Example',
      location: { name: 'World', latitude: null, longitude: null },
      position: null,
      companyName: null,
      companyRole: null,
      timezone: null,
      utcOffset: null,
      tags: [
        { name: 'bobclub', description: null, color: null },
        { name: 'development', description: null, color: null },
        { name: 'diaspora', description: null, color: null },
      ],
      badges: [],
      isNsfw: false,
      showsDetails: true,
      status: 'ACTIVE',
      createdAt: null,
      members: null,
      flags: null,
      accounts: [],
      counters: {},
      settings: { searchable: true },
    });
  });

  test('to others is the same without settings', () => {
    expect(toPerson(read('person'))).toEqual({
      ...toPerson(read('self')),
      externalId: 'f50ffc00b188013355e3705681972339',
      accountName: 'alice@example.com',
      url: 'https://example.com/people/f50ffc00b188013355e3705681972339',
      username: 'alice',
      displayName: 'Alice Testing',
      location: { name: 'My home!', latitude: null, longitude: null },
      tags: [
        { name: 'development', description: null, color: null },
        { name: 'diaspora', description: null, color: null },
      ],
      settings: null,
    });
  });

  test('who hides their details has none, and no name where none is given', () => {
    expect(toPerson(read('hidden-person'))).toMatchObject({
      accountName: 'carol@example.org:3000',
      username: 'carol',
      url: 'https://example.org:3000/people/19103170b8cc0133e40d406c8f31e210',
      displayName: null,
      bio: null,
      birthday: null,
      gender: null,
      location: null,
      // The original, of which the documents do not tell.
      avatarUrl: 'https://example.org:3000/uploads/images/2e1bc500b8cc0133e40d.webp',
      tags: [],
      showsDetails: false,
    });
  });

  const stranger = { receiving: true, sharing: false };
  const sharer = { receiving: false, sharing: true };
  const none = { birthday: undefined, gender: undefined, location: undefined, bio: undefined };
  test.each([
    ['details that are set', 'person', { relationship: stranger }, true],
    ['details that are there, but not set', 'person', { ...none, gender: null, bio: '' }, true],
    ['no details', 'person', { ...none, relationship: stranger }, false],
    ['details that they may show only because they share', 'person', { relationship: sharer }, false],
    ['details, and no word on sharing', 'person', { relationship: undefined }, false],
    ['details of their own for everybody', 'self', { show_profile_info: true }, true],
    ['details of their own for contacts', 'self', { show_profile_info: false }, false],
  ])('with %s: whether they are for everybody', (_what, name, changes, expected) => {
    expect(toPerson(read(name, changes)).showsDetails).toBe(expected);
  });

  test('says nothing by what is empty', () => {
    const person = toPerson(read('self', { name: '', bio: '', location: '', gender: null, birthday: null }));
    expect(person).toMatchObject({
      displayName: null,
      bio: null,
      location: null,
      gender: null,
      birthday: null,
    });
  });

  test('is nsfw and not to be found where they say so', () => {
    expect(toPerson(read('self', { nsfw: true, searchable: false }))).toMatchObject({
      isNsfw: true,
      settings: { searchable: false },
    });
  });

  test.each([
    ['1984-02-29', '1984-02-29'],
    ['1005-01-02', '1005-01-02'],
    ['1004-02-29', '1004-02-29'],
    ['1003-12-31', '1004-12-31'],
    ['1000-05-17', '1004-05-17'],
    ['0001-12-31', '1004-12-31'],
  ])('born on %s has the birthday %s', (birthday, expected) => {
    expect(toPerson(read('self', { birthday })).birthday).toBe(expected);
  });

  test('has each tag once, in lower case and without #', () => {
    expect(
      toPerson(read('self', { tags: ['#Cats', 'cats', '#', 'dogs'] })).tags.map(({ name }) => name),
    ).toEqual(['cats', 'dogs']);
  });

  test.each([
    ['raw', { raw: 'r', large: 'l', medium: 'm', small: 's' }, 'r'],
    ['large', { large: 'l', medium: 'm', small: 's' }, 'l'],
    ['medium', { medium: 'm', small: 's' }, 'm'],
    ['small', { small: 's' }, 's'],
    ['no', {}, null],
    ['no', undefined, null],
  ])('has %s picture where that is the largest', (_size, avatar, expected) => {
    expect(toPerson(read('self', { avatar })).avatarUrl).toBe(expected);
  });

  test.each([
    ['no diaspora* ID', { diaspora_id: undefined }, ['diaspora_id']],
    ['a diaspora* ID of no pod', { diaspora_id: 'bob' }, ['diaspora_id']],
    ['no guid', { guid: null }, ['guid']],
    ['a birthday that no calendar has', { birthday: '1985-02-29' }, ['birthday']],
    ['a text for a list', { tags: '#a #b' }, ['tags']],
    ['a tag that is none', { tags: ['a', {}] }, ['tags', 1]],
    ['a relationship that says nothing', { relationship: { sharing: true } }, ['relationship', 'receiving']],
  ])('with %s is refused, and the path says where', (_what, changes, path) => {
    const result = userPayload.safeParse(Object.assign({}, fixture('diaspora/self'), changes));
    expect(result.error?.issues.map((issue) => issue.path)).toEqual([path]);
  });
});

describe('How somebody stands to the token’s person', () => {
  test('whom they have added they follow, in their aspects', () => {
    expect(toTie(read('person'))).toEqual({
      person: toPerson(read('person')),
      follows: true,
      isConnected: false,
      isBlocked: false,
      isHidden: false,
      aspects: ['Family'],
    });
  });

  test('who has only added them, or is blocked, they do not follow, and nobody is connected', () => {
    const relationship = { receiving: false, sharing: true };
    expect(toTie(read('person', { relationship, aspects: [], blocked: true }))).toMatchObject({
      follows: false,
      isConnected: false,
      isBlocked: true,
      aspects: [],
    });
    expect(toTie(read('person', { relationship: { receiving: true, sharing: true } }))).toMatchObject({
      follows: true,
      isConnected: false,
    });
    expect(toTie(read('self'))).toMatchObject({ follows: false, isBlocked: false });
  });
});
