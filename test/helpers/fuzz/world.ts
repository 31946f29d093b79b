// A community for operations made by chance: people who read and have everything, people who write and may lose it, and
// the ids, names and cursors of all there is.
import { type GraphQLSchema, isObjectType } from 'graphql';
import { decodeId } from '../../../src/graphql/node.ts';
import type { SendOptions, TestApp } from '../app.ts';
import { onePixel } from '../lists.ts';
import { done, fillEverything, idsIn, stranger } from '../marked.ts';

/** Somebody who asks: their username, or null for nobody; `scope` is the token's, `headers` what goes instead of one. */
export type Asker = Pick<SendOptions, 'as' | 'scope' | 'headers'>;

/** What is there to be named, in the order in which it came to be. */
export interface Pool {
  /** By the type within the id. */
  ids: ReadonlyMap<string, readonly string[]>;
  usernames: readonly string[];
  /** Sids, slugs, names of members and subjects of accounts. */
  words: readonly string[];
}

/** What a world is made of. */
export interface World {
  all: Pool;
  /** What is each writer's, with whom they have dealings; by username. */
  owned: ReadonlyMap<string, Pool>;
  /** Cursors of lists by the lists' fields. */
  cursors: ReadonlyMap<string, readonly string[]>;
  readers: readonly Asker[];
  writers: readonly Asker[];
}

const writersAtOnce = 3;

function poolOf(ids: Iterable<string>, usernames: readonly string[], words: readonly string[]): Pool {
  return { ids: Map.groupBy(new Set(ids), (id) => decodeId(id)?.typename ?? ''), usernames, words };
}

function joined(...pools: Pool[]): Pool {
  const ids = pools.flatMap((pool) => [...pool.ids.values()].flat());
  return poolOf(
    ids,
    pools.flatMap(({ usernames }) => usernames),
    pools.flatMap(({ words }) => words),
  );
}

/** Fills the database of a server, once. @returns what makes a world of it, with new writers each time. */
export async function makeWorld(kith: TestApp, schema: GraphQLSchema): Promise<() => Promise<World>> {
  const { left, ...filled } = await fillEverything(kith);
  const people = Object.values(filled);
  const others = ['fay', 'guest', 'foe', 'cad', 'pal', 'bore', stranger];
  const ids = people.flatMap(({ shown, secret, commons, post }) => [
    ...shown,
    ...secret,
    ...commons,
    ...(post ? [post.category.id] : []),
  ]);
  const more = '{ viewer { id user { photos { nodes { id } } tags { id } } } }';
  const otherIds = await Promise.all(others.map((username) => kith.idOf(username)));
  const pool = poolOf(
    [...ids, ...left, ...otherIds, ...idsIn(await kith.query(more, { as: 'ada' }))],
    [...people.map(({ username }) => username), ...others],
    people.flatMap(({ sid, room, post, member }) =>
      [sid, room?.slug, post?.slug, post?.category.slug, member?.sid, member?.memberName, 'common-1'].flatMap(
        (word) => word ?? [],
      ),
    ),
  );
  const { ada, zoe, suspended, deleted } = filled;
  const cursors = await cursorsOf(kith, schema, pool);
  const dealings = [
    ada.id,
    await kith.idOf(stranger),
    ...[...ada.commons].filter((id) => decodeId(id)?.typename === 'Room'),
  ];
  let generation = 0;
  return async () => {
    const names = Array.from({ length: writersAtOnce }, (_, n) => `writer-${generation}-${n}`);
    generation++;
    const made = await Promise.all(names.map((name) => writer(kith, name, ada.id)));
    const owned = new Map(
      made.map(({ as, ids: theirs, words }) => [as, poolOf([...theirs, ...dealings], [as], words)]),
    );
    const outside: Asker[] = [
      { as: null },
      { as: suspended.username },
      { as: deleted.username },
      { headers: { authorization: 'Bearer garbage' } },
    ];
    const known = [ada.username, zoe.username, 'fay', stranger].map((as): Asker => ({ as }));
    return {
      all: joined(pool, ...owned.values()),
      owned,
      cursors,
      readers: [
        ...known,
        { as: ada.username },
        { as: ada.username, scope: 'public:read' },
        ...names.slice(0, 2).map((as): Asker => ({ as })),
        { as: null },
        ...outside.slice(generation % 4, (generation % 4) + 1),
      ],
      writers: [
        ...[...names, ...names, ...names].map((as): Asker => ({ as })),
        ...names.slice(0, 1).map((as): Asker => ({ as, scope: 'profile private:modify' })),
        ...outside.slice(generation % 4, (generation % 4) + 1),
      ],
    };
  };
}

interface Owned {
  as: string;
  ids: string[];
  words: string[];
}

/** Somebody who has something of everything that a mutation can take from them. */
async function writer(kith: TestApp, as: string, friend: string): Promise<Owned> {
  const image = { base64: onePixel };
  const make = (name: string, input: object, selection: string) => done(kith, name, input, as, selection);
  const userId = await kith.idOf(as);
  const { aspect } = await make('createAspect', { name: 'close' }, 'aspect { id }');
  const { flag } = await make('createPrideFlag', { name: 'flag', image }, 'flag { id }');
  const { member } = await make('createMember', { name: 'within' }, 'member { id sid }');
  const { room } = await make('createRoom', { kind: 'GROUP', name: 'Room', slug: `of-${as}` }, 'room { id }');
  const poll = { question: 'Which?', choices: ['this', 'that'], showsVoters: true };
  const post = { visibility: 'PUBLIC', body: 'words #hash', poll, photos: [{ image }] };
  const made = [
    aspect,
    flag,
    member,
    room,
    await make('createPost', post, 'post { id poll { id choices { id } } media { id } }'),
    await make('createPost', { visibility: 'ROOM', roomId: room.id, body: 'within' }, 'post { id slug }'),
  ];
  const [postId] = idsIn(made[4]);
  made.push(await make('addComment', { postId, body: 'and @ada' }, 'comment { id }'));
  await make('followUser', { userId: friend }, '');
  await make('addToAspect', { aspectId: aspect.id, userId: friend }, '');
  await make('requestConnection', { userId: friend }, '');
  await done(kith, 'requestConnection', { userId }, stranger);
  await done(kith, 'likePost', { postId }, stranger);
  const own = '{ viewer { id user { sid } accounts { id } notifications(first: 100) { nodes { id } } } }';
  const { viewer } = await kith.query(own, { as });
  return {
    as,
    ids: [userId, ...idsIn(made), ...idsIn(viewer)],
    words: [viewer.user.sid, member.sid, `of-${as}`, 'within'],
  };
}

/** The cursors in the lists of everything there is, for whoever has most. */
async function cursorsOf(
  kith: TestApp,
  schema: GraphQLSchema,
  pool: Pool,
): Promise<Map<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  const keep = (lists: Record<string, { edges: { cursor: string }[] }> | null) => {
    for (const [name, { edges }] of Object.entries(lists ?? {}))
      found.set(name, [...(found.get(name) ?? []), ...edges.map(({ cursor }) => cursor)]);
  };
  const listsOf = (typename: string) => {
    const type = schema.getType(typename);
    const fields = isObjectType(type) ? Object.values(type.getFields()) : [];
    return fields
      .filter(({ args }) => args.some(({ name }) => name === 'first'))
      .map(({ name }) => `${name}${name === 'searchUsers' ? '(query: "a")' : ''} { edges { cursor } }`)
      .join(' ');
  };
  keep(await kith.query(`{ ${listsOf('Query')} }`, { as: 'ada' }));
  for (const [typename, ids] of pool.ids) {
    const lists = listsOf(typename);
    if (lists === '') continue;
    const document = `query ($id: ID!) { node(id: $id) { ... on ${typename} { ${lists} } } }`;
    for (const id of ids.slice(0, 6))
      keep((await kith.query(document, { as: 'ada', variables: { id } })).node);
  }
  return found;
}
