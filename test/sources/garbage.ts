// Documented payloads with something else in a few places: what a source may answer by mistake, or on purpose.
import fc from 'fast-check';
import { expect } from 'vitest';
import type { z } from 'zod';
import { fixture } from './fixture.ts';

type Path = readonly (string | number)[];

interface Broken {
  payload: unknown;
  /** Where it is not as documented. */
  paths: readonly Path[];
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '..',
    '../../x',
    '\ud800',
    '<script>alert(1)</script>',
    '1',
    '1e400',
    '9'.repeat(60),
    '2001-02-30',
  ),
);
const value = fc.oneof(
  text,
  fc.jsonValue(),
  fc.constantFrom(null, undefined, -1, 0, 2 ** 53, Number.MAX_VALUE, [], {}, [null], true),
);

function pathsOf(payload: unknown, at: Path = []): Path[] {
  if (typeof payload !== 'object' || payload === null) return [at];
  const keys = Array.isArray(payload) ? [...payload.keys()] : Object.keys(payload);
  return [at, ...keys.flatMap((key) => pathsOf(Reflect.get(payload, key), [...at, key]))];
}

function replaced(payload: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(payload))
    return payload.map((item, index) => (index === key ? replaced(item, rest, by) : item));
  if (typeof payload !== 'object' || payload === null) return payload;
  return { ...payload, [key]: replaced(Reflect.get(payload, key), rest, by) };
}

function broken(name: string): fc.Arbitrary<Broken> {
  const documented = fixture(name);
  const change = fc.record({ path: fc.constantFrom(...pathsOf(documented)), by: value });
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => ({
    payload: changes.reduce((payload, { path, by }) => replaced(payload, path, by), documented),
    paths: changes.map(({ path }) => path),
  }));
}

const begins = (path: readonly PropertyKey[], start: readonly PropertyKey[]) =>
  start.every((key, index) => path[index] === key);

/**
 * Whatever a payload has for its values, it is either read and mapped, or refused where it is wrong.
 * @param check of what has come of it.
 */
export function expectReadOrRefused<Payload>(
  name: string,
  schema: z.ZodType<Payload>,
  map: (payload: Payload) => unknown,
  check: (record: unknown) => void,
): { taken: number; refused: number } {
  const counts = { taken: 0, refused: 0 };
  const property = fc.property(broken(name), ({ payload, paths }) => {
    const read = schema.safeParse(payload);
    if (read.success) {
      counts.taken++;
      return check(map(read.data));
    }
    counts.refused++;
    for (const issue of read.error.issues) {
      expect(paths.some((path) => begins(path, issue.path) || begins(issue.path, path))).toBe(true);
    }
  });
  fc.assert(property, { numRuns: 500 });
  return counts;
}

/** All texts of a record by their keys. */
export function textsOf(record: unknown, key = ''): [key: string, text: string][] {
  if (typeof record === 'string') return [[key, record]];
  if (record instanceof Date || typeof record !== 'object' || record === null) return [];
  if (Array.isArray(record)) return record.flatMap((item) => textsOf(item, key));
  return Object.entries(record).flatMap(([name, item]) => textsOf(item, name));
}

/** No record has a number that is none, or a time that is none. */
export function expectSound(record: unknown): void {
  if (typeof record === 'number') expect(Number.isFinite(record)).toBe(true);
  else if (record instanceof Date) expect(Number.isNaN(record.getTime())).toBe(false);
  else if (typeof record === 'object' && record !== null) Object.values(record).forEach(expectSound);
  else expect(record).not.toBeUndefined();
}
