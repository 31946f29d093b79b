import { describe, expect, test } from 'vitest';
import { pronounForms } from '../../src/features/profile/preference-rules.ts';
import { toFlag, toMember, toPerson } from '../../src/sources/pronouns-cc/mapping.ts';
import { flagsPayload, memberPayload, userPayload } from '../../src/sources/pronouns-cc/payloads.ts';
import { fixture } from './fixture.ts';

const tired = '7a9d3c1e-0b5f-4c62-9f0e-2d8a1b6c4e55';
const user = (changes: object = {}) =>
  toPerson(userPayload.parse(Object.assign({}, fixture('pronouns-cc/user'), changes)));
const self = (changes: object = {}) =>
  toPerson(userPayload.parse(Object.assign({}, fixture('pronouns-cc/self'), changes)));

describe('A user of pronouns.cc', () => {
  test('is a person with all that they show', () => {
    expect(user()).toEqual({
      externalId: 'cgj3n8s2f7tg0d9k1p20',
      accountName: 'ada.l',
      url: 'https://pronouns.cc/@ada.l',
      username: 'ada.l',
      sid: 'ghost',
      displayName: 'Ada',
      realName: null,
      tagline: null,
      bio: 'I **count**. <img src=x onerror=alert(1)>',
      website: null,
      links: ['https://ada.example', 'https://social.example/@ada'],
      names: [
        { value: 'Ada', preference: 'favourite' },
        { value: 'Addie', preference: tired },
        { value: 'Countess', preference: 'avoid' },
      ],
      pronouns: [
        { pronouns: 'ze/zir/zir/zirs/zirself', displayText: 'ze/zir', preference: 'okay' },
        { pronouns: 'they/them', displayText: null, preference: 'friends_only' },
        // Of a preference that they have deleted.
        { pronouns: 'any', displayText: null, preference: 'okay' },
      ],
      fields: [{ name: 'Family words', entries: [{ value: 'sibling', preference: 'jokingly' }] }],
      memberTitle: 'Headmates',
      customPreferences: [
        {
          key: tired,
          icon: 'balloon-heart',
          tooltip: 'Only when tired',
          size: 'SMALL',
          muted: true,
          favourite: false,
        },
      ],
      avatarUrl: 'https://cdn.pronouns.cc/users/cgj3n8s2f7tg0d9k1p20/0a1b2c3d4e5f.webp',
      coverUrl: null,
      birthday: null,
      gender: null,
      location: null,
      position: null,
      companyName: null,
      companyRole: null,
      timezone: null,
      utcOffset: -12_600,
      tags: [],
      badges: ['ADMIN'],
      isNsfw: false,
      showsDetails: true,
      status: 'ACTIVE',
      createdAt: null,
      members: [
        {
          externalId: 'cj5t1k3h0a8g0b2n3m40',
          sid: 'abcdef',
          name: 'Rook',
          displayName: 'Rook 🐦',
          bio: '*Front* at night',
          avatarUrl: 'https://cdn.pronouns.cc/members/cj5t1k3h0a8g0b2n3m40/aa11bb22cc33.webp',
          links: ['https://rook.example'],
          names: [{ value: 'Rook', preference: 'favourite' }],
          // Members have no preferences of their own: this is the owner's.
          pronouns: [{ pronouns: 'it/its', displayText: 'it', preference: tired }],
          fields: [],
          isUnlisted: false,
          flags: [],
        },
        {
          externalId: 'cj5t1k3h0a8g0b2n3m50',
          sid: 'ghijkl',
          name: 'Wren',
          displayName: null,
          bio: null,
          avatarUrl: null,
          links: [],
          names: [],
          pronouns: [],
          fields: [],
          isUnlisted: false,
          flags: [],
        },
      ],
      flags: [
        {
          externalId: 'ck2r8s7q0m9g0f4d1h2g',
          name: 'Nonbinary',
          description: 'Yellow, white, purple, black',
          imageUrl: 'https://cdn.pronouns.cc/flags/9c1e0b7d5a3f.webp',
        },
        {
          externalId: 'ck2r8s7q0m9g0f4d1h30',
          name: 'Lesbian',
          description: null,
          imageUrl: 'https://cdn.pronouns.cc/flags/1f2e3d4c5b6a.webp',
        },
      ],
      accounts: [],
      counters: {},
      settings: null,
    });
  });

  test('has pronouns that stay in their five forms', () => {
    expect(pronounForms(user().pronouns[0]?.pronouns ?? '')).toEqual({
      subject: 'ze',
      object: 'zir',
      possessiveDeterminer: 'zir',
      possessivePronoun: 'zirs',
      reflexive: 'zirself',
    });
  });

  test('by their own token also has settings, and accounts that nobody else sees', () => {
    expect(self()).toEqual({
      ...user(),
      badges: ['ADMIN'],
      timezone: 'America/St_Johns',
      createdAt: new Date('2023-04-05T06:07:08.123Z'),
      settings: { memberListPrivate: true, sidRerolledAt: new Date('2023-10-01T12:00:00Z') },
      accounts: [
        {
          provider: 'DISCORD',
          instance: '',
          externalId: '9007199254740993001',
          username: 'ada#0001',
          isVisible: false,
        },
        { provider: 'TUMBLR', instance: '', externalId: 't:abc', username: 'ada-l', isVisible: false },
        {
          provider: 'GOOGLE',
          instance: '',
          externalId: '103547991597142817347',
          username: 'ada@example.com',
          isVisible: false,
        },
        {
          provider: 'FEDIVERSE',
          instance: 'social.example',
          externalId: '109348684215432109',
          username: 'ada',
          isVisible: false,
        },
      ],
    });
  });

  test('has no fediverse account without its server: ids of two servers may be the same', () => {
    expect(self({ fediverse_instance: null }).accounts.map(({ provider }) => provider)).toEqual([
      'DISCORD',
      'TUMBLR',
      'GOOGLE',
    ]);
  });

  test('of an old answer has preferences by number, null for lists, and no keys for what is new', () => {
    const old = toPerson(userPayload.parse(fixture('pronouns-cc/old-user')));
    expect(old.names.map(({ preference }) => preference)).toEqual([
      'favourite',
      'okay',
      'jokingly',
      'friends_only',
      'avoid',
      'okay',
    ]);
    expect(old).toMatchObject({ pronouns: [], fields: [], links: [], customPreferences: [], badges: [] });
    expect(old).toMatchObject({ sid: null, utcOffset: null, members: null, flags: null, settings: null });
  });

  test('has no title for members, members or flags where there are none', () => {
    expect(user({ member_title: null, members: [], flags: null })).toMatchObject({
      memberTitle: null,
      members: [],
      flags: [],
    });
  });

  test.each([
    [0, []],
    [1, ['ADMIN']],
    [2, []],
    [3, ['ADMIN']],
    ['9007199254740992', []],
    ['9007199254740993', ['ADMIN']],
  ])('with badges %j has %j', (badges, expected) => {
    expect(user({ badges }).badges).toEqual(expected);
  });

  test('has preferences by UUID in any case, and none by a built-in key', () => {
    const preference = { icon: 'x', tooltip: 'y', size: 'normal', muted: false, favourite: true };
    const person = user({
      custom_preferences: { [tired.toUpperCase()]: preference, okay: preference, other: preference },
      names: [
        { value: 'a', status: tired },
        { value: 'b', status: tired.toUpperCase() },
        { value: 'c', status: 'other' },
      ],
    });
    expect(person.customPreferences).toEqual([{ key: tired, ...preference, size: 'NORMAL' }]);
    expect(person.names.map(({ preference }) => preference)).toEqual([tired, tired, 'okay']);
  });

  test('cannot lead elsewhere by a name, an id or a hash', () => {
    const person = user({ id: '../x', name: 'a/../?#\ud800', avatar: '../../@evil.example/\udc00' });
    expect(person.url).toBe('https://pronouns.cc/@a%2F..%2F%3F%23%EF%BF%BD');
    expect(person.avatarUrl).toBe(
      'https://cdn.pronouns.cc/users/..%2Fx/..%2F..%2F%40evil.example%2F%EF%BF%BD.webp',
    );
  });

  test.each([
    ['no name', { name: undefined }, ['name']],
    ['no id', { id: null }, ['id']],
    ['a word for a list', { links: 'https://ada.example' }, ['links']],
    ['an entry without a value', { names: [{ status: 'okay' }] }, ['names', 0, 'value']],
    [
      'a preference of another size',
      { custom_preferences: { [tired]: { icon: 'x', tooltip: 'y', size: 'huge' } } },
      ['custom_preferences', tired, 'size'],
    ],
    ['a member without a name', { members: [{ id: 'x' }] }, ['members', 0, 'name']],
    ['a day for a time', { last_sid_reroll: '2023-10-01' }, ['last_sid_reroll']],
  ])('with %s is refused, and the path says where', (_what, changes, path) => {
    const read = userPayload.safeParse(Object.assign({}, fixture('pronouns-cc/self'), changes));
    expect(read.error?.issues.map((issue) => issue.path)).toEqual([path]);
  });
});

describe('A member', () => {
  test('in full has fields, flags and whether they are listed, and preferences of their user', () => {
    const member = toMember(memberPayload.parse(fixture('pronouns-cc/member')), []);
    expect(member).toEqual({
      ...user().members?.[0],
      fields: [{ name: 'Titles', entries: [{ value: 'Sir', preference: 'avoid' }] }],
      flags: ['ck2r8s7q0m9g0f4d1h30'],
      isUnlisted: true,
    });
  });
});

test('The flags of somebody are those of their library', () => {
  expect(flagsPayload.parse(fixture('pronouns-cc/flags')).map((flag) => toFlag(flag))).toEqual(user().flags);
});
