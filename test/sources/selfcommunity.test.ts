import { describe } from 'vitest';
import { z } from 'zod';
import { offsetNext } from '../../src/sources/paging.ts';
import { unitPayload } from '../../src/sources/selfcommunity/feed-payloads.ts';
import { mapPerson, mapSelf, mapTie } from '../../src/sources/selfcommunity/mapping.ts';
import { pagePayload, settingsPayload, userPayload } from '../../src/sources/selfcommunity/payloads.ts';
import { mapPost } from '../../src/sources/selfcommunity/post-mapping.ts';
import { checkCoverage, readJson, type Sample } from './coverage-checks.ts';

const read = (name: string) => readJson(`selfcommunity/${name}`);
const object = z.record(z.string(), z.unknown());
const withChange = (payload: unknown, change: Record<string, unknown>) => ({
  ...object.parse(payload),
  ...change,
});
const rows = (payload: unknown) => z.object({ results: z.array(z.unknown()) }).parse(payload).results;

const person = (payload: unknown) => {
  const user = userPayload.parse(payload);
  return { SourcePerson: mapSelf(user, null), SourceTie: mapTie('hidden', user) };
};
const post = (payload: unknown) => ({ SourcePost: mapPost(unitPayload.parse(payload)) });
const page = (payload: unknown) => {
  const { results, next } = pagePayload(userPayload).parse(payload);
  return { SourcePage: { items: results.map(mapPerson), next: offsetNext(next, null) } };
};
const me = userPayload.parse(read('me'));

const [user, now] = [read('user'), read('me')];
const units = rows(read('feed')).map((unit) => object.parse(unit));
const kindOf = (unit: Record<string, unknown>) => z.enum(['discussion', 'post', 'status']).parse(unit.type);
const kindsById = new Map(units.map((unit) => [object.parse(unit[kindOf(unit)]).id, kindOf(unit)]));
const people = { ...object.parse(read('users-2020')), results: [] };

const samples: Sample[] = [
  { of: 'User API of October 2020: User', payloads: [read('user-2020')], map: person },
  { of: 'User API of October 2020: Page', payloads: [people], map: page },
  { of: 'User API of October 2020: Discussion', payloads: rows(read('feed-2020')), map: post },
  {
    of: 'Patch a Specific User: User',
    payloads: [user, withChange(user, { deleted: true })],
    map: person,
  },
  { of: 'Schemas of July 2021: User', payloads: [read('user-2021')], map: person },
  {
    of: 'Schemas of today: User',
    payloads: [
      now,
      withChange(now, { status: 'b' }),
      withChange(now, { reg_approved: false }),
      withChange(now, { deleted: true }),
    ],
    map: person,
  },
  {
    of: 'Schemas of today: Settings',
    payloads: [read('settings')],
    map: (payload) => ({ SourcePerson: mapSelf(me, settingsPayload.parse(payload)) }),
  },
  { of: 'Schemas of today: Page', payloads: [{ ...people, count: 1 }], map: page },
  {
    of: 'Schemas of today: Unit',
    payloads: units,
    map: post,
    elsewhere: ['discussion', 'post', 'status'],
  },
  {
    of: 'Schemas of today: Contribution',
    payloads: units.map((unit) => unit[kindOf(unit)]),
    map: (payload) => post({ [kindsById.get(object.parse(payload).id) ?? 'post']: payload }),
  },
];

describe('coverage', () => checkCoverage('selfcommunity', samples));
