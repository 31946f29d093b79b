import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checked, parseJson } from './payload.ts';

const limits = { depth: 64, values: 1_000 };
const read = (text: string) => parseJson(text, limits);
const invalid = expect.objectContaining({ fault: 'INVALID' });

describe('JSON', () => {
  it('is read as ever', () => {
    const isTaken = (payload: unknown) =>
      !/\d{16}|"(__proto__|constructor|prototype)"/.test(JSON.stringify(payload));
    const value = fc.jsonValue({ maxDepth: 5 }).filter(isTaken);
    fc.assert(
      fc.property(value, fc.constantFrom(0, 2), (payload, indent) => {
        const text = JSON.stringify(payload, null, indent);
        expect(parseJson(text, { depth: 64, values: 10 ** 6 })).toEqual(JSON.parse(text));
      }),
    );
  });

  it('has strings for integers beyond 2^53, and for no other', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 70n), 2n ** 70n), (integer) => {
        const isSafe = Number.isSafeInteger(Number(integer));
        expect(read(`[{"id": ${integer}}]`)).toEqual([{ id: isSafe ? Number(integer) : String(integer) }]);
      }),
    );
    expect(read('[9007199254740991, 9007199254740992, -9007199254740993]')).toEqual([
      9007199254740991,
      '9007199254740992',
      '-9007199254740993',
    ]);
    expect(read('[1.234567890123456, 1e300, 12345678901234568.0]')).toEqual([
      1.234567890123456, 1e300, 12345678901234568,
    ]);
    expect(read('["12345678901234567890", "\\"12345678901234567890", "\\\\"]')).toEqual([
      '12345678901234567890',
      '"12345678901234567890',
      '\\',
    ]);
  });

  it('that is none is refused, and not quoted', () => {
    const garbage = fc.string().filter((text) => {
      try {
        return JSON.parse(text) === undefined;
      } catch {
        return true;
      }
    });
    fc.assert(
      fc.property(garbage, (text) => {
        expect(() => read(text)).toThrow(invalid);
      }),
    );
    for (const text of ['', '<html>', '{"a":}', '01234567890123456789', '"\\', '"', '[1', 'NaN', '-'])
      expect(() => read(text), text).toThrow(invalid);
  });

  it('is nested 64 deep, and no deeper', () => {
    const nested = (depth: number) => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;
    expect(read(nested(64))).toBeDefined();
    expect(() => read(nested(66))).toThrow(invalid);
    expect(() => read('['.repeat(10 ** 7))).toThrow(invalid);
    expect(read(JSON.stringify('['.repeat(100)))).toBe('['.repeat(100));
  });

  it('has as many values as are allowed', () => {
    const list = (length: number) => JSON.stringify(Array.from({ length }, () => 1));
    expect(read(list(999))).toHaveLength(999);
    expect(() => read(list(1_000))).toThrow(invalid);
  });

  it.each([
    '{"__proto__":{}}',
    '{"a":[{"__proto__" :1}]}',
    '{"\\u005f_proto__":1}',
    '{"constructor":1}',
    '{"prototype":1}',
  ])('has no key of objects themselves: %s', (text) => {
    expect(() => read(text)).toThrow(invalid);
  });

  it('has such words for values, and others for keys', () => {
    expect(read('{"a":"__proto__","b":["constructor"],"__proto":1}')).toEqual({
      a: '__proto__',
      b: ['constructor'],
      __proto: 1,
    });
  });

  it('is looked through in one go, however long its numbers and strings are', () => {
    for (const text of ['1'.repeat(10 ** 7), `"${'\\\\'.repeat(5 * 10 ** 6)}"`, `"a"${' '.repeat(10 ** 7)}`])
      expect(read(text)).toBeDefined();
  });
});

describe('a payload', () => {
  it('that breaks its schema is reported with the path', () => {
    const schema = z.looseObject({ list: z.array(z.union([z.object({ a: z.string() }), z.null()])) });
    expect(checked(schema, { list: [{ a: 'x' }, null], more: 1 })).toEqual({
      list: [{ a: 'x' }, null],
      more: 1,
    });
    expect(() => checked(schema, { list: [null, { a: 1 }] })).toThrow(
      expect.objectContaining({ fault: 'INVALID', path: ['list', 1, 'a'] }),
    );
  });

  it('has its own keys in the path cut short', () => {
    const key = 'x'.repeat(1_000);
    expect(() => checked(z.record(z.string(), z.number()), { [key]: 'no' })).toThrow(
      expect.objectContaining({ path: ['x'.repeat(100)] }),
    );
  });

  it('that a schema cannot work with is reported, too', () => {
    const schema = z.number().transform((time) => new Date(time).toISOString());
    expect(() => checked(schema, 1e300)).toThrow(invalid);
  });
});
