import { GraphQLObjectType, getNamedType, isLeafType, isObjectType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadDemo } from '../../src/db/demo/load.ts';
import { schema } from '../../src/schema.ts';
import { useTestApp } from '../helpers/app.ts';

const kith = useTestApp();
beforeAll(() => loadDemo(kith.database.db, ''));

/** Every field of User that a query can ask without arguments, with a selection of leaves where it needs one. */
function selections(): string[] {
  const user = schema.getType('User');
  if (!(user instanceof GraphQLObjectType)) throw new Error('User is no object type.');
  return Object.values(user.getFields()).flatMap(({ name, type }) => {
    const named = getNamedType(type);
    if (isLeafType(named)) return [name];
    if (!isObjectType(named)) throw new Error(`Teach this test to select from User.${name}.`);
    const leaves = Object.values(named.getFields()).filter((f) => isLeafType(getNamedType(f.type)));
    return leaves.length > 0 ? [`${name} { ${leaves.map((f) => f.name).join(' ')} }`] : [];
  });
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
    const all = selections();
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
});
