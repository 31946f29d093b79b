// Whether what a coverage file says of each field of a document is so: a field that has a place in the records is taken
// out of the payload, and then the record is another there; one that has none is taken out, and nothing changes.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';

const coverage = z.array(
  z.strictObject({
    document: z.string().min(1),
    field: z.string().regex(/^\w+\..+$/),
    record: z
      .string()
      .regex(/^Source\w+(\.\w+)+$/)
      .nullable(),
    reason: z.string().min(10).nullable(),
  }),
);

type Json = unknown;

/** Payloads of one kind of a document, and what becomes of each: records by their names; throws when it is refused. */
export interface Sample {
  /** `document: Object`, as in the file. */
  of: string;
  payloads: readonly Json[];
  map: (payload: Json) => Readonly<Record<string, unknown>>;
  /** Fields whose own fields are those of another kind. */
  elsewhere?: readonly string[];
}

export const readJson = (path: string): Json =>
  JSON.parse(readFileSync(new URL(`./${path}.json`, import.meta.url), 'utf8'));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The payload without the field, in every item of the lists on the way. */
function without(payload: Json, [key = '', ...rest]: readonly string[]): Json {
  if (Array.isArray(payload)) return payload.map((item) => without(item, [key, ...rest]));
  if (!isObject(payload) || !(key in payload)) return payload;
  const { [key]: value, ...others } = payload;
  return rest.length === 0 ? others : { ...others, [key]: without(value, rest) };
}

/** What is there, in every item of the lists on the way. */
function at(record: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return record;
  if (Array.isArray(record)) return record.map((item) => at(item, [key, ...rest]));
  return isObject(record) ? at(record[key], rest) : undefined;
}

/** All fields that the payload has, by their paths. */
function fieldsOf(payload: Json): string[] {
  if (Array.isArray(payload)) return payload.flatMap(fieldsOf);
  if (!isObject(payload)) return [];
  return Object.entries(payload).flatMap(([key, value]) => {
    const within = fieldsOf(value);
    return [key, ...within.map((field) => `${key}.${field}`)];
  });
}

export function checkCoverage(file: string, samples: readonly Sample[]): void {
  const entries = coverage.parse(readJson(`coverage/${file}`));
  const kindOf = ({ document, field }: (typeof entries)[number]) => `${document}: ${field.split('.')[0]}`;

  it('every field has a place in the records or a reason why not, once', () => {
    for (const { field, record, reason } of entries) expect(record === null, field).toBe(reason !== null);
    const keys = entries.map(({ document, field, record }) => `${document} ${field} ${record}`);
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
    const placed = entries.filter(({ record }) => record !== null).map(kindOf);
    expect([...new Set(placed)].filter((kind) => !samples.some(({ of }) => of === kind))).toEqual([]);
  });

  it.each(samples)('$of: the file names every field of the payloads', ({ of, payloads, elsewhere = [] }) => {
    const known = entries
      .filter((entry) => kindOf(entry) === of)
      .map(({ field }) => field.split('.').slice(1).join('.'));
    const isNamed = (path: string) =>
      known.some((field) => `${field}.`.startsWith(`${path}.`)) ||
      elsewhere.some((field) => path.startsWith(`${field}.`));
    expect([...new Set(fieldsOf(payloads))].filter((path) => !isNamed(path))).toEqual([]);
  });

  it.each(samples)('$of: each field comes out where the file says', ({ of, payloads, map }) => {
    const whole = payloads.map(map);
    for (const { field, record } of entries.filter((entry) => kindOf(entry) === of)) {
      const path = field.split('.').slice(1);
      const less = payloads.map((payload) => {
        try {
          return map(without(payload, path));
        } catch (error) {
          expect(error, field).toBeInstanceOf(z.ZodError);
          return 'refused';
        }
      });
      if (record === null) expect(less, field).toEqual(whole);
      else {
        const place = record.split('.');
        expect(JSON.stringify(at(whole, place)), field).not.toBe(JSON.stringify(at(less, place)));
      }
    }
  });
}
