// Relay lists over keyset pages: one SQL statement for all lists of a level, data of the relation on the edges,
// and a totalCount that is only counted when it is asked for.
import type { InputFieldBuilder } from '@pothos/core';
import type { GraphQLResolveInfo } from 'graphql';
import type { Context } from '../context.ts';
import type { KeyKind, KeyValue, Window } from '../db/keyset.ts';
import type { SchemaTypes } from './builder.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { badInput } from './errors.ts';
import type { LoaderSpec } from './loader.ts';
import { nodeFields } from './selection.ts';

export const defaultPageSize = 20;
export const maxPageSize = 100;
/** What a totalCount that has to be counted for its viewer adds to a document's cost. */
export const countingCost = 50;

/** A list: what orders it and how its pages are read. `Row` is what lies on an edge, `Args` its own arguments. */
export interface List<Row extends { parentId: string }, Args = undefined> {
  /** Name of the ordering. It is inside the cursors, so that one of another ordering is told apart. */
  ordering: string;
  keys: readonly KeyKind[];
  /** Whether the list runs from the ordering's high end down. */
  descending: boolean;
  /**
   * One statement: the rows of the window for every parent, each parent's in the window's direction, with what the
   * nodes' `fields` need.
   */
  rows: (ctx: Context, parents: readonly string[], read: PageRead<Args>) => Promise<readonly Row[]>;
  /** A field of the nodes that is read together with them. */
  joined?: string;
  /** The values of `keys` in a row. */
  keyOf: (row: Row) => readonly (KeyValue | Date)[];
  /** One statement: how many rows each parent's list has; a parent that is left out has none. */
  counts: (
    ctx: Context,
    parents: readonly string[],
    args: Args,
  ) => Promise<readonly { parentId: string; count: number }[]>;
}

/** What is given of a list that hangs under one thing only, which the rows need not say. */
interface SoleList<Row extends object, Args>
  extends Omit<List<Row & { parentId: string }, Args>, 'rows' | 'keyOf' | 'counts'> {
  rows: (ctx: Context, parentId: string, read: PageRead<Args>) => Promise<readonly Row[]>;
  keyOf: (row: Row) => readonly (KeyValue | Date)[];
  count: (ctx: Context, parentId: string, args: Args) => Promise<number>;
}

/** A list that there is one of in a query: the viewer's own, or one at the root. */
export function soleList<Row extends object, Args = undefined>({
  rows,
  count,
  ...list
}: SoleList<Row, Args>): List<Row & { parentId: string }, Args> {
  const each = <Value>(parents: readonly string[], read: (parentId: string) => Promise<Value>) =>
    Promise.all(parents.map(read));
  return {
    ...list,
    rows: async (ctx, parents, read) =>
      (
        await each(parents, async (parentId) =>
          (await rows(ctx, parentId, read)).map((row) => ({ ...row, parentId })),
        )
      ).flat(),
    counts: (ctx, parents, args) =>
      each(parents, async (parentId) => ({ parentId, count: await count(ctx, parentId, args) })),
  };
}

/** What is to be read of a list. */
export interface PageRead<Args> {
  window: Window;
  /** The list's own arguments. */
  args: Args;
  /** Names of the fields that the query asks of the nodes. */
  fields: ReadonlySet<string>;
  /** Names of those it asks of what the list's `joined` field gives. */
  joined: ReadonlySet<string>;
}

const nothing: ReadonlySet<string> = new Set();

export interface PageArgs {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

/** What an XEdge resolves from: the row and the cursor that points behind it. */
export interface Edge<Row> {
  row: Row;
  cursor: () => string;
}

interface PageData<Row> {
  edges: Edge<Row>[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
}

/** What an XConnection resolves from. Nothing is read before a field asks. */
export interface Page<Row> {
  load: () => Promise<PageData<Row>>;
  totalCount: () => Promise<number>;
}

/**
 * The page of a parent's list that the arguments ask for; pages of one level of a query are read together.
 * @param info the resolver's, for what is asked of the nodes.
 * @param parentId what the list hangs under; any constant for a list at the root.
 * @throws BAD_USER_INPUT for a size outside 0–100, `first` with `last`, or a cursor that is not this list's.
 */
export function page<Row extends { parentId: string }, Args = undefined>(
  ctx: Context,
  info: GraphQLResolveInfo,
  list: List<Row, Args>,
  parentId: string,
  pageArgs: PageArgs,
  ...rest: Args extends undefined ? [] : [args: Args]
): Page<Row> {
  const { pages, counts } = readingOf(info, list, pageArgs, rest[0] as Args);
  return {
    load: () => ctx.loaders.load(ctx, pages, parentId, pages.identity),
    totalCount: () => ctx.loaders.load(ctx, counts, parentId, counts.identity),
  };
}

/** How pages of a list are read for the arguments of one field of a query, and how its entries are counted. */
interface Reading<Row> {
  pages: LoaderSpec<string, PageData<Row>> & { identity: string };
  counts: LoaderSpec<string, number> & { identity: string };
}

/** By the arguments, which are one object for all parents: a list under a list is asked for hundreds of times. */
const readings = new WeakMap<PageArgs, { list: unknown; args: string; reading: unknown }>();

function readingOf<Row extends { parentId: string }, Args>(
  info: GraphQLResolveInfo,
  list: List<Row, Args>,
  pageArgs: PageArgs,
  args: Args,
): Reading<Row> {
  const argsText = args === undefined ? '' : JSON.stringify(args);
  const known = readings.get(pageArgs);
  if (known?.list === list && known.args === argsText) return known.reading as Reading<Row>;
  const reading = newReading(info, list, pageArgs, args, argsText);
  readings.set(pageArgs, { list, args: argsText, reading });
  return reading;
}

function newReading<Row extends { parentId: string }, Args>(
  info: GraphQLResolveInfo,
  list: List<Row, Args>,
  pageArgs: PageArgs,
  args: Args,
  argsText: string,
): Reading<Row> {
  const { size, backward, after, before } = read(list, pageArgs);
  const identity = `${list.ordering}:${argsText}`;
  const ascending = list.descending === backward;
  const [low, high] = list.descending ? [before, after] : [after, before];
  const fields = nodeFields(info);
  const joined = list.joined === undefined ? nothing : nodeFields(info, list.joined);
  const pageRead: PageRead<Args> = {
    window: { limit: size + 1, low, high, ascending },
    args,
    fields,
    joined,
  };
  return {
    pages: {
      identity: `page ${identity}:${size} ${backward} ${pageArgs.after} ${pageArgs.before}:${[...fields].join()}:${[...joined].join()}`,
      batch: async (ctx, parents) => {
        const groups = Map.groupBy(await list.rows(ctx, parents, pageRead), (row) => row.parentId);
        return parents.map((parent) => {
          const rows = groups.get(parent) ?? [];
          const more = rows.length > size;
          const kept = more ? rows.slice(0, size) : rows;
          if (backward) kept.reverse();
          return {
            edges: kept.map((row) => ({ row, cursor: () => cursorOf(list, row) })),
            hasNextPage: backward ? before !== null : more,
            hasPreviousPage: backward ? more : after !== null,
          };
        });
      },
    },
    counts: {
      identity: `count ${identity}`,
      batch: async (ctx, parents) => {
        const found = new Map((await list.counts(ctx, parents, args)).map((c) => [c.parentId, c.count]));
        return parents.map((parent) => found.get(parent) ?? 0);
      },
    },
  };
}

/** A page of a list that is empty whoever asks: of what the viewer may not look into. */
export const emptyPage: Page<never> = {
  load: async () => ({ edges: [], hasNextPage: false, hasPreviousPage: false }),
  totalCount: async () => 0,
};

function cursorOf<Row extends { parentId: string }, Args>(list: List<Row, Args>, row: Row): string {
  return encodeCursor(
    list.ordering,
    list.keyOf(row).map((value) => (value instanceof Date ? value.toISOString() : value)),
  );
}

function read<Row extends { parentId: string }, Args>(list: List<Row, Args>, args: PageArgs) {
  const { first = null, last = null } = args;
  if (first !== null && last !== null) {
    throw badInput('Give `first` or `last`, not both: a page is read from one end.');
  }
  const size = first ?? last ?? defaultPageSize;
  if (size < 0 || size > maxPageSize) {
    throw badInput(
      `\`${last === null ? 'first' : 'last'}\` must be between 0 and ${maxPageSize}; it is ${size}.`,
      {
        limit: { name: 'maxPageSize', max: maxPageSize, value: size },
      },
    );
  }
  const position = (name: 'after' | 'before') => {
    const cursor = args[name] ?? null;
    if (cursor === null) return null;
    const values = decodeCursor(cursor, list.ordering, list.keys);
    if (!values) throw badInput(`\`${name}\` is not a cursor of this list.`);
    return values;
  };
  return { size, backward: last !== null, after: position('after'), before: position('before') };
}

/** The four arguments of every list. */
export function pageArgs(t: Pick<InputFieldBuilder<SchemaTypes, 'Arg'>, 'int' | 'string'>) {
  return {
    first: t.int({
      description: `Up to how many edges from the start, 0–${maxPageSize}; ${defaultPageSize} without \`first\` and \`last\`.`,
    }),
    after: t.string({ description: 'Only what comes after this cursor.' }),
    last: t.int({
      description: `Up to how many edges from the end, 0–${maxPageSize}. Not together with \`first\`.`,
    }),
    before: t.string({ description: 'Only what comes before this cursor.' }),
  };
}
