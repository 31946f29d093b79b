import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import {
  count,
  day,
  decimal,
  flag,
  id,
  integer,
  looseCount,
  looseFlag,
  maybeMoment,
  moment,
  referred,
  text,
  told,
} from './lenient.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const refused = Symbol('refused');

function read(schema: z.ZodType, values: readonly unknown[]): unknown[] {
  return values.map((value) => {
    const result = schema.safeParse(value);
    return result.success ? result.data : refused;
  });
}

describe('values as systems write them', () => {
  it('ids are text, also beyond 2^53', () => {
    expect(read(id, [7, 0, '9007199254740993', 'a-b'])).toEqual(['7', '0', '9007199254740993', 'a-b']);
    expect(read(id, [1.5, '', ' ', null, undefined, true, [7]])).toEqual(Array(7).fill(refused));
  });

  it('text may be a number, and is as it stands; blanks are none', () => {
    expect(read(text, ['a ', 12, '', ' \n', null, undefined])).toEqual(['a ', '12', null, null, null, null]);
    expect(read(text, [true, {}, []])).toEqual(Array(3).fill(refused));
  });

  it('flags come as booleans, digits and words', () => {
    expect(read(flag, [true, 1, '1', 'true', 'True'])).toEqual(Array(5).fill(true));
    expect(read(flag, [false, 0, '0', 'false', 'FALSE'])).toEqual(Array(5).fill(false));
    expect(read(flag, [null, undefined, ''])).toEqual(Array(3).fill(null));
    expect(read(flag, ['string', 2, {}])).toEqual(Array(3).fill(refused));
    expect(read(looseFlag, ['string', 'true', null])).toEqual([null, true, null]);
    expect(read(looseFlag, [{}])).toEqual([refused]);
  });

  it('numbers come as text', () => {
    expect(read(integer, [-5, '-5', ' 7 ', '+7'])).toEqual([-5, -5, 7, 7]);
    expect(read(count, [5, '5', '', null, undefined])).toEqual([5, 5, null, null, null]);
    expect(read(count, [-1, '-1', 1.5, '1.5', 'five', '1e3', '99999999999999999999', {}])).toEqual(
      Array(8).fill(refused),
    );
    expect(read(looseCount, ['string', '12', 12])).toEqual([null, 12, 12]);
    expect(read(decimal, [1.5, '1.5', '', null])).toEqual([1.5, 1.5, null, null]);
    expect(read(decimal, ['NaN', 'north', 'Infinity'])).toEqual(Array(3).fill(refused));
  });

  it('moments have any zone, and UTC where they name none, wherever this runs', () => {
    vi.stubEnv('TZ', 'Asia/Tokyo');
    const noon = new Date('2000-01-21T12:00:00Z');
    const written = [
      '2000-01-21T12:00:00Z',
      '2000-01-21T14:00:00+02:00',
      '2000-01-21T12:00:00.000000Z',
      '2000-01-21 12:00:00',
      '2000-01-21T12:00:00',
    ];
    expect(read(moment, written)).toEqual(written.map(() => noon));
    expect(read(moment, ['string', '2000-02-30T12:00:00Z', '', null, 948456000])).toEqual(
      Array(5).fill(refused),
    );
    expect(read(maybeMoment, ['', null, undefined])).toEqual([null, null, null]);
  });

  it('days are of a calendar, or none', () => {
    expect(read(day, ['1815-12-10', '1815-12-10T00:00:00Z', '1815-12-10 00:00'])).toEqual(
      Array(3).fill('1815-12-10'),
    );
    expect(read(day, ['string', '1815-02-30', '10/12/1815', 1815, '', null])).toEqual(Array(6).fill(null));
  });

  it('a thing may be its id alone', () => {
    const thing = referred(z.looseObject({ id, name: text }));
    expect(read(thing, [3, '3', { id: 3, name: 'a' }])).toEqual([
      { id: '3', name: null },
      { id: '3', name: null },
      { id: '3', name: 'a' },
    ]);
    expect(read(thing, [null, [], true])).toEqual(Array(3).fill(refused));
  });

  it('what is told apart first has the path of its own fault', () => {
    const schema = z.object({ a: z.array(told((value) => (Array.isArray(value) ? z.array(id) : id))) });
    expect(schema.parse({ a: [1, ['2']] })).toEqual({ a: ['1', ['2']] });
    expect(schema.safeParse({ a: [1, ['2', {}]] }).error?.issues[0]?.path).toEqual(['a', 1, 1]);
  });
});
