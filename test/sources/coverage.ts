// What COVERAGE says of a field is tried: the field is changed in a payload, and the records must change with it.
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fixture } from './fixture.ts';

const rowsOf = z.array(
  z.strictObject({
    document: z.string(),
    /** Where in the payload: `[]` for each of a list, `{}` for each of a map. Of documents without payload, a call. */
    field: z.string(),
    record: z.string().nullable(),
    /** Why it has no place, or not this one alone. */
    reason: z.string().nullable(),
  }),
);
type Row = z.output<typeof rowsOf>[number];

function coverage(system: string): Row[] {
  return rowsOf.parse(JSON.parse(readFileSync(new URL(`coverage/${system}.json`, import.meta.url), 'utf8')));
}

/** A document's own example. */
export interface Example {
  fixture: string;
  /** What is made of it, by the names of records; null where it is refused. */
  records: (payload: unknown) => object | null;
  /** The document that more of its fields are in. */
  like?: string;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** @param maps names of keys whose values are keyed by anything. */
function fieldsOf(payload: unknown, maps: readonly string[], at = ''): Set<string> {
  if (!isObject(payload)) return new Set([at]);
  const fields = Object.entries(payload).flatMap(([key, value]) => {
    // Of a whole list each has the fields.
    if (Array.isArray(payload)) return [...fieldsOf(value, maps, at && `${at}[]`)];
    if (maps.includes(at)) return [...fieldsOf(value, maps, `${at}{}`)];
    return [...fieldsOf(value, maps, at === '' ? key : `${at}.${key}`)];
  });
  return new Set(fields);
}

type Change = (value: unknown) => unknown;
const changes: readonly Change[] = [
  (value) => (typeof value === 'string' ? `${value}x` : value),
  (value) => (typeof value === 'number' ? value + 1 : value),
  (value) => (typeof value === 'boolean' ? !value : value),
  (value) => (value === 'StatusMessage' ? 'Reshare' : value),
  (value) => (typeof value === 'string' ? '2001-02-03' : value),
  (value) => (typeof value === 'string' ? '2001-02-03T04:05:06Z' : value),
  () => undefined,
];

function changed(payload: unknown, steps: readonly string[], change: Change): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return change(payload);
  if (step === '[]' && Array.isArray(payload)) return payload.map((item) => changed(item, rest, change));
  if (!isObject(payload) || Array.isArray(payload)) return payload;
  return Object.fromEntries(
    Object.entries(payload).map(([key, value]) => [
      key,
      step === '{}' || step === key ? changed(value, rest, change) : value,
    ]),
  );
}

function selected(records: unknown, steps: readonly string[]): unknown {
  if (Array.isArray(records)) return records.map((item) => selected(item, steps));
  const [step, ...rest] = steps;
  if (step === undefined) return records;
  return isObject(records) ? selected(records[step], rest) : undefined;
}

/** Whether a change of the field can be seen in a record; of the record that the row names, or of any. */
function isSeen({ field, record }: Row, example: Example): boolean {
  const payload = fixture(example.fixture);
  const below = field.split(/\.|(?=\[\]|\{\})/);
  const steps = Array.isArray(payload) ? ['[]', ...below] : below;
  const place = record?.replaceAll('[]', '').split('.') ?? [];
  const before = selected(example.records(payload), place);
  if (before === undefined) throw new Error(`There is no ${record}.`);
  return changes.some((change) => {
    const after = example.records(changed(payload, steps, change));
    return after !== null && !isDeepStrictEqual(selected(after, place), before);
  });
}

/** A document, and those that more of its fields are in. */
function withLike(document: string, examples: ReadonlyMap<string, Example>): Set<string> {
  const all = new Set<string>();
  for (let next: string | undefined = document; next && !all.has(next); next = examples.get(next)?.like) {
    all.add(next);
  }
  return all;
}

/** The fields of a document's example that no row has. */
function forgotten(
  document: string,
  examples: ReadonlyMap<string, Example>,
  rows: readonly Row[],
  maps: readonly string[],
): string[] {
  const documents = withLike(document, examples);
  const known = new Set(rows.filter((row) => documents.has(row.document)).map(({ field }) => field));
  const fields = fieldsOf(fixture(examples.get(document)?.fixture ?? ''), maps);
  return [...fields].filter((field) => !known.has(field));
}

/**
 * The tests of a system's rows.
 * @param name the system, for people.
 * @param examples by the documents they are in.
 * @param maps names of keys whose values are keyed by anything.
 */
export function checkRows(
  name: string,
  system: string,
  examples: ReadonlyMap<string, Example>,
  maps: readonly string[] = [],
): void {
  const rows = coverage(system);
  const [placed, left] = [rows.filter(({ record }) => record), rows.filter(({ record }) => !record)];

  describe(`Of what ${name} documents`, () => {
    test.each(placed)('$document: $field is $record', (row) => {
      const example = examples.get(row.document);
      expect(example && isSeen(row, example)).toBe(true);
    });

    test.each(left)('$document: $field has no place, for a reason', (row) => {
      const example = examples.get(row.document);
      expect(row.reason).toBeTruthy();
      expect(example !== undefined && isSeen(row, example)).toBe(false);
    });

    test.each([...examples.keys()])('%s: no field is forgotten', (document) => {
      expect(forgotten(document, examples, rows, maps)).toEqual([]);
    });
  });
}
