import type { KeyKind, KeyValue } from '../db/keyset.ts';
import { isStorable } from '../db/text.ts';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const checks: Record<KeyKind, (value: unknown) => value is KeyValue> = {
  // Of the calendar, and of years that PostgreSQL writes without an era.
  time: (value): value is string =>
    typeof value === 'string' &&
    timePattern.test(value) &&
    value >= '0001' &&
    !Number.isNaN(Date.parse(value)) &&
    new Date(value).toISOString() === value,
  id: (value): value is string => typeof value === 'string' && isUuid(value),
  text: (value): value is string => typeof value === 'string' && isStorable(value),
  int: (value): value is number => Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31,
};

/** Whether the text is a UUID in lower case, as ids are made. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

/** A cursor: base64url of the JSON `[ordering, ...values]`. Dates are given as ISO 8601 in milliseconds. */
export function encodeCursor(ordering: string, values: readonly KeyValue[]): string {
  return Buffer.from(JSON.stringify([ordering, ...values])).toString('base64url');
}

/** The values of a cursor of this ordering; null for one of another ordering, and for garbage. */
export function decodeCursor(cursor: string, ordering: string, keys: readonly KeyKind[]): KeyValue[] | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return null;
  }
  if (!Array.isArray(parsed) || parsed.length !== keys.length + 1 || parsed[0] !== ordering) return null;
  const values: KeyValue[] = [];
  for (const [i, key] of keys.entries()) {
    const value: unknown = parsed[i + 1];
    if (!checks[key](value)) return null;
    values.push(value);
  }
  return values;
}
