import { describe } from 'vitest';
import { z } from 'zod';
import { pageNext } from '../../src/sources/paging.ts';
import { mapPerson, mapSelf, mapTie } from '../../src/sources/quran-foundation/mapping.ts';
import { pagePayload, userPayload } from '../../src/sources/quran-foundation/payloads.ts';
import { checkCoverage, readJson, type Sample } from './coverage-checks.ts';

const object = z.record(z.string(), z.unknown());
const read = (name: string) => object.parse(readJson(`quran-foundation/${name}`));

const person = (payload: unknown) => ({ SourcePerson: mapPerson(userPayload.parse(payload)) });
const self = (payload: unknown) => ({ SourcePerson: mapSelf(userPayload.parse(payload)) });
const listed = (payload: unknown) => ({ ...person(payload), SourceTie: mapTie(userPayload.parse(payload)) });

/** With each size of the avatar alone, and with none. */
const pictured = (payload: Record<string, unknown>) => [
  payload,
  { ...payload, avatarUrls: { medium: 'https://images.example/m.jpg' } },
  { ...payload, avatarUrls: { small: 'https://images.example/s.jpg' } },
  { ...payload, avatarUrls: {} },
];
const { mutualFollowers, mutualFollowersCount, ...serialized } = read('user');
const [followed] = z.array(object).parse(read('following').data);

const samples: Sample[] = [
  {
    of: 'Users of the production API: OwnProfile',
    payloads: [
      ...pictured(read('profile')),
      { ...read('profile'), languageIsoCode: null },
      { ...read('profile'), languageIsoCode: 'en' },
    ],
    map: self,
  },
  {
    of: 'Users of the production API: OtherProfile',
    payloads: pictured(read('user')),
    map: person,
    elsewhere: ['mutualFollowers'],
  },
  {
    of: 'Users of the production API: ListUser',
    payloads: [...pictured(followed ?? {}), { ...followed, followed: false }],
    map: listed,
  },
  {
    of: 'Users of the production API: UserSerialized',
    payloads: [...pictured(serialized), { ...serialized, banned: true }],
    map: person,
  },
  {
    of: 'Users of the production API: Page',
    payloads: [{ ...read('following'), data: [{ id: 'a' }] }],
    map: (payload) => {
      const page = pagePayload.parse(payload);
      return { SourcePage: { items: page.data.map(mapPerson), next: pageNext(page, null) } };
    },
    elsewhere: ['data'],
  },
];

describe('coverage', () => checkCoverage('quran-foundation', samples));
