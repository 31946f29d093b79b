import {
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
} from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadDemo } from '../../src/db/demo/load.ts';
import { newId } from '../../src/db/uuid.ts';
import { addCategory } from '../../src/features/categories/operator-store.ts';
import { diskStorage } from '../../src/media/disk-storage.ts';
import { schema } from '../../src/schema.ts';
import { useTestApp } from '../helpers/app.ts';
import { onePixel } from '../helpers/lists.ts';

const kith = useTestApp();
beforeAll(async () => {
  await loadDemo(kith.database.db, diskStorage(kith.mediaFolder), '');
  await writeOfEveryKind();
});

/** Posts of Paul's that have, one or the other, whatever a post can have; under one of them, comments. */
async function writeOfEveryKind() {
  const as = 'paul';
  const done = async (name: string, input: object, by: string, selection = '') => {
    const payload = await kith.mutate(name, input, by, selection);
    expect(payload.userErrors, name).toEqual([]);
    return payload;
  };
  const post = async (by: string, input: object): Promise<string> =>
    (await done('createPost', { visibility: 'PUBLIC', ...input }, by, 'post { id }')).post.id;
  await kith.idOf('rita');
  const category = { id: newId(new Date()), name: 'Of every kind', slug: 'of-every-kind' };
  expect(await addCategory(kith.database.db, category)).toEqual([]);
  const location = { name: 'Here', coordinates: { latitude: 1.5, longitude: -2.5 } };
  const labels = { categories: ['of-every-kind'], tags: ['given'], isNsfw: true };
  const first = await post(as, { title: 'One', body: 'A *word* to @rita #hashed', location, ...labels });
  await post(as, {
    photos: [{ image: { base64: onePixel }, description: 'A dot' }],
    links: ['https://x.example'],
  });
  await post(as, { links: ['https://x.example/film.mp4'], body: 'Look' });
  await post(as, { poll: { question: 'Which?', choices: ['One', 'Other'] } });
  const { aspect } = await done('createAspect', { name: 'Kin' }, as, 'aspect { id }');
  await post(as, { visibility: 'ASPECTS', aspectIds: [aspect.id], body: 'Aside' });
  const room = { kind: 'GROUP', name: 'Within', slug: 'of-every-kind' };
  const { id: roomId } = (await done('createRoom', room, as, 'room { id }')).room;
  await post(as, { visibility: 'ROOM', roomId, body: 'Within' });
  await done('resharePost', { postId: await post('rita', { body: 'Pass it on', isNsfw: true }) }, as);
  for (const by of [as, 'rita']) {
    await done('addComment', { postId: first, body: 'Dear @paul, *so*' }, by);
    await done('likePost', { postId: first }, by);
  }
  await done('resharePost', { postId: first }, 'rita');
  await done('subscribeToPost', { postId: first }, 'rita');
  await done('markPostsSeen', { postIds: [first] }, 'rita');
}

/** What can be asked of a type without arguments: leaves, of a Node its id, and of other objects the same again. */
function selectionOf(type: GraphQLObjectType | GraphQLInterfaceType): string[] {
  return Object.values(type.getFields()).flatMap(({ name, type: given }) => {
    const named = getNamedType(given);
    if (isLeafType(named)) return [name];
    if (!isObjectType(named) && !isInterfaceType(named))
      throw new Error(`Teach this test to select from ${type}.${name}.`);
    if (named.name.endsWith('Connection')) return [];
    const isNode = named.getInterfaces().some((of) => of.name === 'Node');
    return [`${name} { ${isNode ? 'id' : selectionOf(named).join(' ')} }`];
  });
}

/** Every field of a type, each with a selection where it needs one. */
function selections(typeName: string): string[] {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) throw new Error(`${typeName} is no object type.`);
  return selectionOf(type);
}

// Lists read only the columns that a query's fields need: a field that is not known to need one would come out empty.
describe('a field asked of a list’s people is what it is of the people themselves', () => {
  const lists = {
    users: '{ users(first: 100) { nodes { ...F } } }',
    searchUsers: '{ searchUsers(query: "a", first: 100) { edges { node { ...F } } } }',
    followers: '{ user(by: { username: "ada" }) { followers(first: 100) { ... { nodes { ...F } } } } }',
    following:
      '{ user(by: { username: "ada" }) { following(first: 100) { edges { node { ... on Node { ...F } } } } } }',
    mutualFollowers: '{ user(by: { username: "bob" }) { mutualFollowers(first: 100) { nodes { ...F } } } }',
  };
  const people = (data: unknown): Record<string, unknown>[] => {
    if (Array.isArray(data)) return data.map((entry) => entry.node ?? entry);
    return Object.values(data as object).flatMap((inner) =>
      inner && typeof inner === 'object' ? people(inner) : [],
    );
  };
  const ask = (list: keyof typeof lists, fields: string) =>
    kith.query(`${lists[list]} fragment F on User { ${fields} }`, { as: 'ada' });

  it.each(Object.keys(lists) as (keyof typeof lists)[])('in %s', async (list) => {
    const all = selections('User');
    // By their ids people are read whole.
    const ids = people(await ask(list, 'id')).map(({ id }) => id);
    const document = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on User { ${all.join(' ')} } } }`;
    const whole = people(await kith.query(document, { as: 'ada', variables: { ids } }));
    expect(whole.length).toBeGreaterThan(0);
    for (const selection of all) {
      const name = selection.split(' ')[0] ?? '';
      const alone = people(await ask(list, selection));
      expect(alone, selection).toEqual(whole.map((person) => ({ [name]: person[name] })));
    }
  });

  const byPaul = 'user: post(by: { slug: { username: "paul", slug: "one" } })';
  it.each([
    [
      'members',
      'ada',
      'Member',
      3,
      (fields: string) => `user(by: { username: "carol" }) { list: members ${fields} }`,
    ],
    ['rooms', 'ada', 'Room', 3, (fields: string) => `user: viewer { list: rooms ${fields} }`],
    [
      'posts',
      'paul',
      'Post',
      7,
      (fields: string) => `user(by: { username: "paul" }) { list: posts ${fields} }`,
    ],
    ['comments', 'rita', 'Comment', 2, (fields: string) => `${byPaul} { list: comments ${fields} }`],
  ] as const)('in %s', async (_name, as, on, count, list) => {
    const all = selections(on);
    const listed = async (fields: string) => {
      const fragment = `fragment F on ${on} { ${fields} }`;
      return (await kith.query(`{ ${list('{ nodes { ...F } }')} } ${fragment}`, { as })).user.list.nodes;
    };
    const ids: { id: string }[] = await listed('id');
    expect(ids).toHaveLength(count);
    const { nodes: whole } = await kith.query(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ${on} { ${all.join(' ')} } } }`,
      { as, variables: { ids: ids.map(({ id }) => id) } },
    );
    for (const selection of all) {
      const name = selection.split(' ')[0] ?? '';
      const alone = whole.map((node: Record<string, unknown>) => ({ [name]: node[name] }));
      expect(await listed(selection), selection).toEqual(alone);
    }
  });
});
