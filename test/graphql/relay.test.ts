// Relay's server specification: of all that the schema says of itself, and of everything that is there to be found.
// https://relay.dev/docs/guides/graphql-server-specification/ and https://relay.dev/graphql/connections.htm
import {
  buildClientSchema,
  type GraphQLField,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isObjectType,
} from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadDemo } from '../../src/db/demo/load.ts';
import { newId } from '../../src/db/uuid.ts';
import { addCategory } from '../../src/features/categories/operator-store.ts';
import { exports } from '../../src/features/exports/table.ts';
import { decodeId } from '../../src/graphql/node.ts';
import { diskStorage } from '../../src/media/disk-storage.ts';
import { useTestApp } from '../helpers/app.ts';
import { Crawl } from '../helpers/relay-crawl.ts';

const kith = useTestApp();
let schema: GraphQLSchema;
/** Object types and interfaces, with their fields. */
let types: { name: string; fields: GraphQLField<unknown, unknown>[]; interfaces: string[] }[];

beforeAll(async () => {
  schema = buildClientSchema(await kith.query(getIntrospectionQuery()));
  types = Object.values(schema.getTypeMap()).flatMap((type) =>
    !type.name.startsWith('__') && (isObjectType(type) || isInterfaceType(type))
      ? [
          {
            name: type.name,
            fields: Object.values(type.getFields()),
            interfaces: type.getInterfaces().map(({ name }) => name),
          },
        ]
      : [],
  );
});

type Field = GraphQLField<unknown, unknown>;
const shapes = (fields: readonly Field[]) =>
  Object.fromEntries(fields.map(({ name, type }) => [name, String(type)]));
const fieldsOf = (name: string) => types.find((type) => type.name === name)?.fields ?? [];
const argumentsOf = (field: Field | undefined) =>
  Object.fromEntries((field?.args ?? []).map(({ name, type }) => [name, String(type)]));
/** The tie between two people has the name that Relay keeps for lists; its description says that it is none. */
const isConnection = (name: string) => name.endsWith('Connection') && name !== 'Connection';

describe('object identification', () => {
  it('Node has exactly one field: an id that is never null', () => {
    expect(shapes(fieldsOf('Node'))).toEqual({ id: 'ID!' });
  });

  it('node takes one id and may find nothing; nodes answers a list as long as that of its ids', () => {
    const [node, nodes] = ['node', 'nodes'].map((name) => fieldsOf('Query').find((f) => f.name === name));
    expect([String(node?.type), argumentsOf(node)]).toEqual(['Node', { id: 'ID!' }]);
    expect([String(nodes?.type), argumentsOf(nodes)]).toEqual(['[Node]!', { ids: '[ID!]!' }]);
  });

  it('whatever has an id of its own is a Node, and has it never null', () => {
    for (const { name, fields, interfaces } of types.filter((type) => type.name !== 'Node')) {
      const id = fields.find((field) => field.name === 'id');
      expect(interfaces.includes('Node'), name).toBe(id !== undefined);
      if (id) expect(String(id.type), name).toBe('ID!');
    }
  });
});

describe('connections', () => {
  it('have edges, and a PageInfo that is never null', () => {
    expect(shapes(fieldsOf('PageInfo'))).toEqual({
      hasNextPage: 'Boolean!',
      hasPreviousPage: 'Boolean!',
      startCursor: 'String',
      endCursor: 'String',
    });
    const connections = types.filter(({ name }) => isConnection(name));
    expect(connections.length).toBeGreaterThan(15);
    for (const { name, fields } of connections) {
      const edges = fields.find((field) => field.name === 'edges');
      expect(isListType(edges && getNullableType(edges.type)), name).toBe(true);
      expect(shapes(fields).pageInfo, name).toBe('PageInfo!');
      const edge = edges && getNamedType(edges.type);
      if (!isObjectType(edge)) throw new Error(`${name} has edges that are no objects.`);
      const { node, cursor } = edge.getFields();
      expect(String(cursor?.type), edge.name).toBe('String!');
      // Not a list, the same as in `nodes`, and found again by its id.
      const named = node && getNullableType(node.type);
      expect(shapes(fields).nodes, edge.name).toBe(`[${named}!]!`);
      expect(shapes(fieldsOf(String(named))).id, edge.name).toBe('ID!');
    }
  });

  it('are all that is called so, and nothing else has edges or pages', () => {
    for (const { name, fields } of types) {
      const has = ['edges', 'pageInfo'].filter((field) => fields.some((f) => f.name === field));
      expect(has, name).toEqual(isConnection(name) ? ['edges', 'pageInfo'] : []);
    }
    expect(schema.getType('Connection')?.description).toContain('Not a Relay list');
  });

  it('are given by fields that page forward and backward, none of whose arguments is required for that', () => {
    const given = types.flatMap(({ name, fields }) =>
      fields.filter(({ type }) => isConnection(getNamedType(type).name)).map((field) => ({ name, field })),
    );
    expect(given.length).toBeGreaterThan(25);
    for (const { name, field } of given) {
      expect(argumentsOf(field), `${name}.${field.name}`).toMatchObject({
        first: 'Int',
        after: 'String',
        last: 'Int',
        before: 'String',
      });
    }
  });
});

describe('a community', () => {
  it('every object in it is the same wherever it comes out, and is found again by its id', async () => {
    const { db } = kith.database;
    await loadDemo(db, diskStorage(kith.mediaFolder), '');
    // What operators make.
    await addCategory(db, { id: newId(new Date()), name: 'Trains', slug: 'trains' });
    // One that is ready has another URL each time.
    const userId = decodeId(await kith.idOf('ada'))?.id ?? '';
    const createdAt = new Date();
    await db.insert(exports).values({ id: newId(createdAt), userId, state: 'FAILED', createdAt });
    const crawl = new Crawl(kith, schema, 'ada');
    await crawl.from('viewer', 'users', 'categories');
    const found = Map.groupBy(crawl.found.values(), ({ __typename }) => __typename);
    const all = types.filter(
      ({ name, interfaces }) => interfaces.includes('Node') && isObjectType(schema.getType(name)),
    );
    expect([...found.keys()].toSorted()).toEqual(all.map(({ name }) => name).toSorted());
    expect(all.length).toBeGreaterThan(15);
    for (const objects of found.values()) {
      for (let start = 0; start < objects.length; start += 50) {
        const some = objects.slice(start, start + 50);
        expect(await crawl.again(some)).toEqual(some);
      }
    }
  });
});
