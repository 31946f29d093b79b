import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jitter, retryAfter } from './retry.ts';

const now = Date.UTC(2026, 0, 1);
const day = 24 * 60 * 60 * 1000;

describe('Retry-After', () => {
  it('has seconds, of a day at most', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 9 }), (seconds) => {
        expect(retryAfter(` ${seconds} `, now)).toBe(Math.min(seconds * 1000, day));
      }),
    );
    expect(retryAfter('9'.repeat(400), now)).toBe(day);
  });

  it('has a date, that may be past or far', () => {
    const date = fc.date({ min: new Date(0), max: new Date(Date.UTC(9999, 0)), noInvalidDate: true });
    fc.assert(
      fc.property(date, (at) => {
        const wait = Math.floor(at.getTime() / 1000) * 1000 - now;
        expect(retryAfter(at.toUTCString(), now)).toBe(Math.min(Math.max(wait, 0), day));
      }),
    );
  });

  it.each([
    null,
    '',
    '-1',
    '1.5',
    '1e3',
    '0x10',
    'soon',
    '2026-01-01',
    '1 2',
    'Infinity',
    'Thu, 99 Jan 2026 00:00:00 GMT',
  ])('says nothing with %j', (header) => {
    expect(retryAfter(header, now)).toBeNull();
  });

  it('is never anything that cannot be waited for', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const wait = retryAfter(header, now) ?? 0;
        expect(wait >= 0 && wait <= day).toBe(true);
      }),
    );
  });
});

it('a wait grows up to a limit, and is by chance', () => {
  const longest = (retry: number) => jitter(retry, () => 1);
  expect([0, 1, 2, 3, 4, 5, 99].map(longest)).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000]);
  expect(jitter(3, () => 0)).toBe(0);
});
