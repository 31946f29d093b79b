// Payloads made by chance: the fixtures, with something else in one to three of their places.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import * as quranMapping from '../../src/sources/quran-foundation/mapping.ts';
import * as quran from '../../src/sources/quran-foundation/payloads.ts';
import { unitPayload } from '../../src/sources/selfcommunity/feed-payloads.ts';
import * as community from '../../src/sources/selfcommunity/mapping.ts';
import {
  pagePayload,
  settingsPayload,
  type UserPayload,
  userPayload,
} from '../../src/sources/selfcommunity/payloads.ts';
import { mapPost } from '../../src/sources/selfcommunity/post-mapping.ts';
import { readJson } from './coverage-checks.ts';
import { personShape, postShape, tieShape } from './record-shapes.ts';

type Path = readonly (string | number)[];

const isBranch = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Every place in the payload, but the whole of it. */
function placesOf(payload: unknown): Path[] {
  if (!isBranch(payload)) return [];
  return Object.entries(payload).flatMap(([name, value]) => {
    const key = Array.isArray(payload) ? Number(name) : name;
    return [[key], ...placesOf(value).map((path) => [key, ...path])];
  });
}

function put(payload: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(payload)) return payload.map((item, i) => (i === key ? put(item, rest, value) : item));
  if (!isBranch(payload)) return payload;
  return { ...payload, [key]: put(payload[key], rest, value) };
}

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(null, '', ' ', 0, -1, '-1', 1.5, 2 ** 53, '9007199254740993', 'true', 'string', [], {}, [
    null,
  ]),
  fc.constantFrom(
    '2000-01-21 00:00:00',
    '2000-02-30',
    '51.5,-0.1',
    ',',
    '<mention id="1">',
    '__proto__',
    '..',
  ),
  fc.string({ unit: 'binary' }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
);

const changed = (payload: unknown) => {
  const change = fc.tuple(fc.constantFrom(...placesOf(payload)), odd);
  return fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) => changes.reduce((made, [path, value]) => put(made, path, value), payload));
};

interface Kind {
  name: string;
  payload: unknown;
  schema: z.ZodType;
  /** What the records made of it are held against. */
  records: z.ZodType;
  map: (payload: unknown) => unknown;
}

function kind<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  records: z.ZodType,
  map: (payload: z.output<Schema>) => unknown,
): Kind {
  return { name, payload: readJson(name), schema, records, map: (raw) => map(schema.parse(raw)) };
}

const selves = z.tuple([personShape, personShape]);
const tied = z.tuple([personShape, tieShape]);
const person = (user: UserPayload) => [community.mapPerson(user), community.mapSelf(user, null)];
const settings = (payload: z.output<typeof settingsPayload>) =>
  community.mapSelf(userPayload.parse({ id: 7 }), payload);

const kinds: Kind[] = [
  kind('selfcommunity/user', userPayload, selves, person),
  kind('selfcommunity/user-2020', userPayload, selves, person),
  kind('selfcommunity/user-2021', userPayload, selves, person),
  kind('selfcommunity/me', userPayload, selves, person),
  kind('selfcommunity/settings', settingsPayload, personShape, settings),
  kind('selfcommunity/feed', pagePayload(unitPayload), z.array(postShape.nullable()), ({ results }) =>
    results.map(mapPost),
  ),
  kind('selfcommunity/feed-2020', pagePayload(unitPayload), z.array(postShape.nullable()), ({ results }) =>
    results.map(mapPost),
  ),
  kind('quran-foundation/profile', quran.userPayload, personShape, quranMapping.mapSelf),
  kind('quran-foundation/user', quran.userPayload, tied, (user) => [
    quranMapping.mapPerson(user),
    quranMapping.mapTie(user),
  ]),
  kind('quran-foundation/following', quran.pagePayload, z.array(tieShape), ({ data }) =>
    data.map(quranMapping.mapTie),
  ),
];

describe.each(kinds)('$name', ({ payload, schema, records, map }) => {
  it('what the schema takes becomes records, and nothing throws', () => {
    let taken = 0;
    fc.assert(
      fc.property(changed(payload), (raw) => {
        if (!schema.safeParse(raw).success) return;
        taken++;
        records.parse(map(raw));
      }),
      { numRuns: 200 },
    );
    expect(taken).toBeGreaterThan(10);
  });

  it('null and nothing are taken or refused in every single place', () => {
    for (const place of placesOf(payload)) {
      for (const nothing of [null, undefined, '']) {
        const raw = put(payload, place, nothing);
        if (schema.safeParse(raw).success)
          expect(records.safeParse(map(raw)).error, place.join('.')).toBeUndefined();
      }
    }
  });

  it('what the schema does not take is told by a path that is there, and is next to what is wrong', () => {
    let refused = 0;
    const garbage = fc.constantFrom({ no: {} }, [[{}]], true, 'ten');
    fc.assert(
      fc.property(fc.constantFrom(...placesOf(payload)), garbage, (place, value) => {
        const result = schema.safeParse(put(payload, place, value));
        if (result.success) return;
        refused++;
        const path = result.error.issues[0]?.path ?? [];
        const common = path.slice(0, place.length);
        expect(place.slice(0, common.length)).toEqual(common);
        expect(path.length).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
    expect(refused).toBeGreaterThan(10);
  });

  it('anything at all is taken or refused', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (raw) => {
        const result = schema.safeParse(raw);
        if (result.success) records.parse(map(raw));
        else expect(result.error.issues.length).toBeGreaterThan(0);
      }),
      { numRuns: 100 },
    );
  });
});
