import fc from 'fast-check';
import { expect, test } from 'vitest';
import { storedTime } from './time.ts';

const two = (max: number, min = 0) => fc.integer({ min, max }).map((value) => String(value).padStart(2, '0'));
const written = fc
  .tuple(
    fc.integer({ min: 1000, max: 9999 }).map(String),
    two(12, 1),
    two(28, 1),
    two(23),
    two(59),
    two(59),
    fc.option(fc.stringMatching(/^\d{1,6}$/), { nil: null }),
    fc.constantFrom('+00', '+02', '-11', '+05:30'),
  )
  .map(([year, month, day, hour, minute, second, fraction, zone]) => ({
    text: `${year}-${month}-${day} ${hour}:${minute}:${second}${fraction === null ? '' : `.${fraction}`}${zone}`,
    iso: `${year}-${month}-${day}T${hour}:${minute}:${second}.${(fraction ?? '').slice(0, 3).padEnd(3, '0')}${zone.length === 3 ? `${zone}:00` : zone}`,
  }));

test('a time is what PostgreSQL wrote, and is written as any Date is', () => {
  fc.assert(
    fc.property(written, ({ text, iso }) => {
      const time = storedTime(text);
      expect(time.getTime()).toBe(Date.parse(iso));
      expect(time.toISOString()).toBe(new Date(iso).toISOString());
      expect(JSON.stringify(time)).toBe(JSON.stringify(new Date(iso)));
    }),
    { numRuns: 2_000 },
  );
});

test.each(['infinity', '-infinity'])('%s is no time that can be shown', (text) => {
  expect(Number.isNaN(storedTime(text).getTime())).toBe(true);
});
