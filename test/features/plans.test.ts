// How the pages of lists are read from a large database: in the order of an index, from where the page begins, and no
// further than to its end. Whatever the length of a list and wherever in it a page is, it costs the same.
import { isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../src/schema.ts';
import { createTestApp, type TestApp } from '../helpers/app.ts';
import { createTestDatabase } from '../helpers/db.ts';
import { fill, kindred, type Long, many, people } from '../helpers/many.ts';
import { explain, given, lookedAt, type PlanNode, planText, type Sent, stepsOf } from '../helpers/plans.ts';

const size = 20;
/** One more is read than a page has, to know whether there are more. */
const limit = size + 1;

interface PlannedList {
  on: keyof Long | 'Query' | 'Viewer';
  field: string;
  /** The table that has the list's order. */
  table: string;
  args?: string;
  as?: 'ada' | 'bob' | 'carol';
  /** What is not as with all other lists, and why. */
  but?: {
    why: string;
    /** Most rows of the table that are looked at, and that are sorted. */
    looked: number;
    sorted?: number;
    /** Its statement is planned for its values, and may read what the index finds in another order, to sort it. */
    slow?: true;
    /** The table counts under whatever name. */
    everywhere?: true;
  };
}

const narrowed = { why: 'What is of another kind is passed by in the order of the list.', looked: many };
const mutual = {
  why: 'Of each in the one list it is asked whether they are in the other.',
  looked: people,
  sorted: people,
  slow: true,
} as const;
const search = {
  why: 'All that match are ranked.',
  looked: kindred,
  sorted: kindred,
  slow: true,
} as const;

const lists: readonly PlannedList[] = [
  { on: 'Query', field: 'users', table: 'users', args: 'orderBy: NEWEST' },
  { on: 'Query', field: 'users', table: 'users', args: 'orderBy: OLDEST' },
  { on: 'Query', field: 'users', table: 'users', args: 'orderBy: USERNAME' },
  { on: 'Query', field: 'categories', table: 'categories' },
  { on: 'Query', field: 'searchUsers', table: 'users', args: 'query: "kindred"', but: search },
  {
    on: 'Query',
    field: 'searchUsers',
    table: 'users',
    args: 'query: "kindred", context: MENTION',
    but: search,
  },
  { on: 'User', field: 'followers', table: 'follows' },
  { on: 'User', field: 'following', table: 'follows' },
  { on: 'User', field: 'mutualFollowers', table: 'follows', but: mutual },
  { on: 'User', field: 'connections', table: 'connected' },
  { on: 'User', field: 'mutualConnections', table: 'connected', but: mutual },
  { on: 'User', field: 'members', table: 'members' },
  { on: 'User', field: 'categories', table: 'category_follows' },
  { on: 'User', field: 'rooms', table: 'room_members' },
  { on: 'User', field: 'posts', table: 'posts' },
  { on: 'User', field: 'posts', table: 'posts', args: 'types: [POLL]', but: narrowed },
  { on: 'User', field: 'photos', table: 'post_media' },
  { on: 'Category', field: 'posts', table: 'post_categories' },
  { on: 'PollChoice', field: 'voters', table: 'poll_votes' },
  { on: 'Post', field: 'comments', table: 'comments' },
  { on: 'Post', field: 'likes', table: 'post_likes' },
  { on: 'Post', field: 'reshares', table: 'posts' },
  { on: 'Room', field: 'members', table: 'room_members' },
  { on: 'Room', field: 'posts', table: 'posts' },
  { on: 'Aspect', field: 'users', table: 'aspect_users' },
  { on: 'Viewer', field: 'blockedUsers', table: 'blocks' },
  { on: 'Viewer', field: 'exports', table: 'exports' },
  { on: 'Viewer', field: 'hiddenUsers', table: 'hides' },
  ...['RECEIVED, status: PENDING', 'RECEIVED, status: REJECTED', 'RECEIVED, status: ACCEPTED'].map(
    (direction): PlannedList => ({
      on: 'Viewer',
      field: 'connectionRequests',
      table: 'connections',
      args: `direction: ${direction}`,
      but: narrowed,
    }),
  ),
  ...['SENT, status: PENDING', 'SENT, status: ACCEPTED'].map(
    (direction): PlannedList => ({
      on: 'Viewer',
      field: 'connectionRequests',
      table: 'connections',
      args: `direction: ${direction}`,
      but: narrowed,
    }),
  ),
  { on: 'Viewer', field: 'members', table: 'members' },
  { on: 'Viewer', field: 'notifications', table: 'notifications' },
  { on: 'Viewer', field: 'notifications', table: 'notifications', args: 'unseenOnly: true' },
  { on: 'Viewer', field: 'prideFlags', table: 'pride_flags' },
  { on: 'Viewer', field: 'roomInvitations', table: 'room_invites' },
  { on: 'Viewer', field: 'rooms', table: 'room_members' },
  { on: 'Viewer', field: 'rooms', table: 'room_members', args: 'kind: PAGE', but: narrowed },
  {
    on: 'Viewer',
    field: 'feed',
    table: 'posts',
    as: 'bob',
    but: {
      why: 'Of each of a hundred people the newest posts and reshares are looked up, and of as many as a page has a page.',
      looked: 2 * 100 + limit * limit,
      sorted: 2 * 100,
      everywhere: true,
    },
  },
  {
    on: 'Viewer',
    field: 'feed',
    table: 'posts',
    as: 'ada',
    but: {
      why: 'Up to a hundred of the newest posts are walked for each entry, and of reshares what they reshare and who else does.',
      looked: 4 * 100 * limit,
      everywhere: true,
    },
  },
  {
    on: 'Viewer',
    field: 'feed',
    table: 'posts',
    as: 'carol',
    but: {
      why: 'Of each reshare all newer ones of the same post are asked for one of somebody followed.',
      looked: 100 * many,
      sorted: 2 * 100,
      everywhere: true,
    },
  },
];

const sent: Sent[] = [];
let kith: TestApp;
let long: Long;
beforeAll(async () => {
  kith = await createTestApp({
    database: await createTestDatabase((statement, parameters) => sent.push({ statement, parameters })),
  });
  long = await fill(kith);
});
afterAll(() => kith.close());

async function readPage({ on, field, args, as = 'ada' }: PlannedList, page: string) {
  const list = `list: ${field}(${[args, page].filter(Boolean).join(', ')}) {
    nodes { __typename } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } }`;
  const document =
    on === 'Query'
      ? `{ ${list} }`
      : on === 'Viewer'
        ? `{ parent: viewer { ${list} } }`
        : `{ parent: node(id: "${long[on]}") { ... on ${on} { ${list} } } }`;
  const data = await kith.query(document, { as });
  return (data.parent ?? data).list;
}

/** The one statement that reads a page from the list's table, of all that the page took. */
async function planOf(list: PlannedList, page: string): Promise<{ nodes: number; plan: PlanNode }> {
  sent.length = 0;
  const { nodes } = await readPage(list, page);
  const pages = sent.filter(
    ({ statement }) => statement.includes(`"${list.table}"`) && /\blimit \$/i.test(statement),
  );
  const [asked] = pages;
  expect(pages.map(({ statement }) => statement)).toHaveLength(1);
  if (!asked) throw new Error('There is no statement.');
  const { db, kind } = kith.database;
  // The embedded database has one connection, on which all statements are planned alike.
  const mode = list.but?.slow && kind === 'postgresql' ? 'custom' : 'generic';
  return { nodes: nodes.length, plan: await explain(db, asked, mode) };
}

/** Asserts that the plan reads the list's table as an index has it, and no more of it than it has to. */
function expectWalk(plan: PlanNode, { table, but }: PlannedList) {
  const isOwn = (step: PlanNode) =>
    step['Relation Name'] === table && (but?.everywhere || step.Alias === table);
  const text = planText(plan);
  const steps = stepsOf(plan);
  const own = steps.filter(isOwn);
  expect(own, text).not.toHaveLength(0);
  for (const step of own) expect(step['Node Type'], text).toMatch(but?.slow ? /^Index|^Bitmap/ : /^Index/);
  const looked = own.reduce((sum, step) => sum + lookedAt(step), 0);
  // A few are passed by, whom the viewer cannot find.
  expect(looked, text).toBeLessThanOrEqual(but?.looked ?? 2 * limit);
  const sorts = steps.filter((step) => step['Node Type'].includes('Sort') && stepsOf(step).some(isOwn));
  for (const sort of sorts)
    for (const input of sort.Plans) expect(given(input), text).toBeLessThanOrEqual(but?.sorted ?? limit);
}

describe.each(
  lists.map((list) => [`${list.on}.${list.field}(${list.args ?? ''}) of ${list.as ?? 'ada'}`, list] as const),
)('%s', (_name, list) => {
  it('reads pages of both directions, at the ends and far from them, by an index', async () => {
    const head = await readPage(list, 'first: 100');
    const tail = await readPage(list, 'last: 100');
    expect([head.nodes.length, tail.nodes.length]).toEqual([100, 100]);
    for (const page of [
      `first: ${size}`,
      `last: ${size}`,
      `first: ${size}, after: "${tail.pageInfo.startCursor}"`,
      `last: ${size}, before: "${head.pageInfo.endCursor}"`,
    ]) {
      const { nodes, plan } = await planOf(list, page);
      expect(nodes).toBe(size);
      expectWalk(plan, list);
    }
  });
});

it('all lists of the schema are among them', () => {
  const all = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type)
      ? Object.values(type.getFields())
          .filter(({ args }) => args.some(({ name }) => name === 'first'))
          .map((field) => `${type.name}.${field.name}`)
      : [],
  );
  expect([...new Set(lists.map(({ on, field }) => `${on}.${field}`))].toSorted()).toEqual(all.toSorted());
});
