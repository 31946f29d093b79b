// House rule 13: the boundary set, for every list there is.
import fc from 'fast-check';
import { isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/schema.ts';
import { useTestApp } from '../helpers/app.ts';
import { crowd, followAll } from '../helpers/crowd.ts';
import {
  distinct,
  type Filled,
  type ListCase,
  listCases,
  mostEntries,
  type PageArgs,
  readAll,
  readPage,
  sendPage,
  testClock,
  tied,
  usernames,
} from '../helpers/lists.ts';

const clock = testClock();
const kith = useTestApp({ now: clock.now });
const lists = listCases(kith, clock);

async function expectRefused(list: ListCase, filled: Filled, args: PageArgs): Promise<void> {
  const answer = await sendPage(kith, list, filled, args);
  const why = `${list.name} ${JSON.stringify(args)}`;
  expect(
    answer.errors.map(({ path, extensions }) => ({ path, code: extensions?.code })),
    why,
  ).toEqual([{ path: filled.under === null ? ['list'] : ['parent', 'list'], code: 'BAD_USER_INPUT' }]);
  expect(answer.status, why).toBe(200);
}

describe.each(lists.map((list) => [list.name, list] as const))('house rule 13: %s', (_name, list) => {
  it('empty', async () => {
    const filled = await list.fill([]);
    for (const args of [{ first: 3 }, { last: 3 }, {}]) {
      expect(await readPage(kith, list, filled, args)).toEqual({
        usernames: [],
        cursors: [],
        times: [],
        hasNextPage: false,
        hasPreviousPage: false,
        startCursor: null,
        endCursor: null,
        totalCount: 0,
      });
    }
  });

  it.each([
    ['short: fewer than a page', 2],
    ['exact: as many as a page', 3],
  ])('%s', async (_name, count) => {
    const filled = await list.fill(distinct(count));
    for (const args of [{ first: 3 }, { last: 3 }]) {
      expect(await readPage(kith, list, filled, args)).toMatchObject({
        usernames: usernames(filled.entries),
        hasNextPage: false,
        hasPreviousPage: false,
        totalCount: count,
      });
    }
  });

  it('one more than a page; the last page', async () => {
    const filled = await list.fill(distinct(4));
    const all = usernames(filled.entries);
    const page = await readPage(kith, list, filled, { first: 3 });
    expect(page).toMatchObject({
      usernames: all.slice(0, 3),
      hasNextPage: true,
      hasPreviousPage: false,
      totalCount: 4,
    });
    const lastPage = await readPage(kith, list, filled, { first: 3, after: page.endCursor });
    expect(lastPage).toMatchObject({
      usernames: all.slice(3),
      hasNextPage: false,
      hasPreviousPage: true,
      totalCount: 4,
    });
    expect(await readPage(kith, list, filled, { first: 3, after: lastPage.endCursor })).toMatchObject({
      usernames: [],
      hasNextPage: false,
      hasPreviousPage: true,
      totalCount: 4,
    });
  });

  it('backward: last, before, and what is on either side', async () => {
    const filled = await list.fill(distinct(7));
    const all = usernames(filled.entries);
    const end = await readPage(kith, list, filled, { last: 3 });
    expect(end).toMatchObject({ usernames: all.slice(4), hasNextPage: false, hasPreviousPage: true });
    const middle = await readPage(kith, list, filled, { last: 3, before: end.startCursor });
    expect(middle).toMatchObject({ usernames: all.slice(1, 4), hasNextPage: true, hasPreviousPage: true });
    const start = await readPage(kith, list, filled, { last: 3, before: middle.startCursor });
    expect(start).toMatchObject({ usernames: all.slice(0, 1), hasNextPage: true, hasPreviousPage: false });
    expect(await readPage(kith, list, filled, { first: 2, after: start.endCursor })).toMatchObject({
      usernames: all.slice(1, 3),
      hasNextPage: true,
      hasPreviousPage: true,
    });

    const whole = await readPage(kith, list, filled, { first: 100 });
    const [after = null, before = null] = [whole.cursors.at(1), whole.cursors.at(5)];
    for (const args of [{ first: 5 }, { last: 5 }]) {
      const between = await readPage(kith, list, filled, { ...args, after, before });
      expect(between.usernames).toEqual(all.slice(2, 5));
    }
    expect((await readPage(kith, list, filled, { first: 2, after, before })).usernames).toEqual(
      all.slice(2, 4),
    );
    expect((await readPage(kith, list, filled, { last: 2, after, before })).usernames).toEqual(
      all.slice(3, 5),
    );
  });

  it('ties in the same millisecond: every entry once, in the order of the ids', async () => {
    const filled = await list.fill(tied(7));
    const all = usernames(filled.entries);
    for (const size of [1, 2, 3, 7]) {
      expect(await readAll(kith, list, filled, size, false)).toEqual(all);
      expect(await readAll(kith, list, filled, size, true)).toEqual(all);
    }
  });

  it('the pages joined are the whole list, forward and backward, whatever their size', async () => {
    const filled = await list.fill([1, 1, 0, 0, 1, 0, 1, 1]);
    const all = usernames(filled.entries);
    for (const size of [1, 2, 3, 7]) {
      expect(await readAll(kith, list, filled, size, false)).toEqual(all);
      expect(await readAll(kith, list, filled, size, true)).toEqual(all);
    }
  });

  it('first: 0 and last: 0 give nothing but the totalCount', async () => {
    const filled = await list.fill(distinct(2));
    for (const args of [{ first: 0 }, { last: 0 }]) {
      expect(await readPage(kith, list, filled, args)).toMatchObject({ usernames: [], totalCount: 2 });
    }
  });

  it('a cursor whose row has gone still points to its place', async () => {
    const filled = await list.fill(distinct(5));
    const all = usernames(filled.entries);
    const { cursors } = await readPage(kith, list, filled, { first: 5 });
    const [gone, cursor = null] = [filled.entries[2], cursors[2]];
    if (!gone) throw new Error('There is no third.');
    await filled.remove(gone.person);
    expect(await readPage(kith, list, filled, { first: 5, after: cursor })).toMatchObject({
      usernames: all.slice(3),
      totalCount: 4,
    });
    expect((await readPage(kith, list, filled, { last: 5, before: cursor })).usernames).toEqual(
      all.slice(0, 2),
    );
    expect((await readPage(kith, list, filled, { first: 5 })).usernames).toEqual(
      all.filter((username) => username !== gone.person.username),
    );
  });

  it('sizes outside 0–100, and first with last, are BAD_USER_INPUT with their path', async () => {
    const filled = await list.fill(distinct(1));
    for (const args of [
      { first: 101 },
      { first: -1 },
      { last: 101 },
      { last: -1 },
      { first: 1, last: 1 },
      { first: 0, last: 0 },
    ]) {
      await expectRefused(list, filled, args);
    }
    expect((await readPage(kith, list, filled, { first: 100 })).usernames).toHaveLength(1);
    expect((await readPage(kith, list, filled, { last: 100 })).usernames).toHaveLength(1);
  });

  it('a garbage cursor is BAD_USER_INPUT with its path', async () => {
    const filled = await list.fill(distinct(1));
    const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const { cursors } = await readPage(kith, list, filled, { first: 1 });
    const values = valuesOf(cursors.at(0) ?? '');
    const [ordering, ...position] = values;
    const garbage = [
      '',
      'garbage',
      '%%%',
      '42',
      json(null),
      json(42),
      json({}),
      json([]),
      json([ordering]),
      json([...values, 'more']),
      json(position),
      json(['another ordering', ...position]),
      json([ordering, ...position.map(() => null)]),
      json([ordering, ...position.map(() => ({}))]),
      json([ordering, ...position.map(() => [])]),
      json([ordering, ...position.map(() => true)]),
      json([ordering, ...position.map(() => 1e308)]),
      json([ordering, ...position.map(() => 'a\0b')]),
    ];
    for (const cursor of garbage) {
      await expectRefused(list, filled, { first: 1, after: cursor });
      await expectRefused(list, filled, { last: 1, before: cursor });
    }
  });

  it('a cursor somebody has tampered with is a page or BAD_USER_INPUT, and never anything else', async () => {
    const filled = await list.fill(distinct(1));
    const { cursors } = await readPage(kith, list, filled, { first: 1 });
    const values = valuesOf(cursors.at(0) ?? '');
    const odd = [
      '0000-01-01T00:00:00.000Z',
      '0001-01-01T00:00:00.000Z',
      '9999-12-31T23:59:59.999Z',
      '2026-02-30T00:00:00.000Z',
      '2026-04-31T00:00:00.000Z',
      '2026-01-01T24:00:00.000Z',
      '2026-12-31T23:59:60.000Z',
      'infinity',
      '00000000-0000-0000-0000-000000000000',
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
      'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
      '',
      '%',
      "'; DROP TABLE users; --",
      '\u{10ffff}\u{10ffff}',
      'x'.repeat(20_000),
      -0,
      1.5,
      2 ** 31 - 1,
      -(2 ** 31),
      2 ** 31,
      2 ** 53,
    ];
    const broken: unknown[] = [];
    for (let at = 1; at < values.length; at++) {
      for (const value of odd) {
        const cursor = Buffer.from(JSON.stringify(values.with(at, value))).toString('base64url');
        for (const args of [
          { first: 1, after: cursor },
          { last: 1, before: cursor },
        ]) {
          const { errors } = await sendPage(kith, list, filled, args);
          if (errors.some((e) => e.extensions?.code !== 'BAD_USER_INPUT')) broken.push([at, value, errors]);
        }
      }
    }
    expect(broken).toEqual([]);
  });

  if (list.time !== null) {
    it(`house rule 6: ${list.time} lies on the edge`, async () => {
      const filled = await list.fill([1, 60_000, 3_600_000, 0]);
      const { times } = await readPage(kith, list, filled, { first: 10 });
      expect(times).toEqual(filled.entries.map(({ at }) => at.toISOString()));
      expect((await readPage(kith, list, filled, { last: 10 })).times).toEqual(times);
    });
  }
});

/** What is inside a cursor. Clients never look; a test that tampers with it must. */
function valuesOf(cursor: string): unknown[] {
  const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  if (!Array.isArray(values)) throw new Error('A cursor is a list.');
  return values;
}

describe('lists in general', () => {
  it('house rule 13: every list of the schema is among those above', () => {
    const paged = Object.values(schema.getTypeMap())
      .filter((type) => isObjectType(type))
      .flatMap((type) =>
        Object.values(type.getFields())
          .filter(({ args }) => args.some(({ name }) => name === 'first'))
          .map((field) => `${type.name}.${field.name}`),
      );
    expect([...new Set(lists.map(({ on, field }) => `${on}.${field}`))].toSorted()).toEqual(paged.toSorted());
  });

  it('house rule 13: a cursor of any other list is BAD_USER_INPUT with its path', async () => {
    const filled: { list: ListCase; entries: Filled; cursor: string }[] = [];
    for (const list of lists) {
      const entries = await list.fill(distinct(1));
      const { startCursor } = await readPage(kith, list, entries, { first: 1 });
      filled.push({ list, entries, cursor: startCursor ?? '' });
    }
    for (const { list, entries } of filled) {
      for (const other of filled) {
        // Members are one list, whether the user or the viewer has it.
        if (other.list === list || other.list.field === list.field) continue;
        await expectRefused(list, entries, { first: 1, after: other.cursor });
        await expectRefused(list, entries, { last: 1, before: other.cursor });
      }
    }
  });

  it('house rule 13: followers of any number, at any times, in pages of any size, are the whole list', async () => {
    const followers = lists.find(({ name }) => name === 'User.followers');
    if (!followers) throw new Error('Followers are a list.');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: mostEntries }),
        fc.integer({ min: 1, max: mostEntries + 1 }),
        async (steps, size) => {
          const filled = await followers.fill(steps);
          const all = usernames(filled.entries);
          expect(await readAll(kith, followers, filled, size, false)).toEqual(all);
          expect(await readAll(kith, followers, filled, size, true)).toEqual(all);
          expect((await readPage(kith, followers, filled, { first: size })).totalCount).toBe(all.length);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('rule 2, page size: 20 by default, 100 at most, with the rest behind them', async () => {
    const fans = await crowd(kith, 'fan', 102);
    const [idol, ...others] = fans;
    if (!idol) throw new Error('A crowd has a first.');
    await followAll(
      kith,
      others.map((fan) => [fan, idol]),
    );
    const names = others.map(({ username }) => username).reverse();
    const read = async (args: string) => {
      const { user } = await kith.query<{
        user: {
          followers: {
            totalCount: number;
            nodes: { username: string }[];
            pageInfo: { hasNextPage: boolean };
          };
        };
      }>(
        `{ user(by: { username: "fan-00" }) { followers${args} { totalCount nodes { username } pageInfo { hasNextPage } } } }`,
      );
      const { totalCount, nodes, pageInfo } = user.followers;
      expect(totalCount).toBe(101);
      expect(pageInfo.hasNextPage).toBe(true);
      return nodes.map(({ username }) => username);
    };
    expect(await read('')).toEqual(names.slice(0, 20));
    expect(await read('(first: 100)')).toEqual(names.slice(0, 100));
  });
});
