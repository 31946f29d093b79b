// Everything that somebody can find, from one object to the next: through objects, lists and pages of lists.
import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { expect } from 'vitest';
import type { TestApp } from './app.ts';

/** A Node, with all of its values. */
export type Met = { __typename: string; id: string } & Record<string, unknown>;

interface Page {
  edges: { cursor: string; node: Met }[];
  nodes: { id: string }[];
  pageInfo: { hasNextPage: boolean; startCursor: string | null; endCursor: string | null };
}

/** Objects that are asked for what leads on from them at once, and how much of each list. */
const batchSize = 10;
const pageSize = 20;

const fieldsOf = (type: GraphQLNamedType): GraphQLField<unknown, unknown>[] =>
  isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
const fieldOf = (type: GraphQLNamedType, name: string) => fieldsOf(type).find((field) => field.name === name);
const isConnection = (type: GraphQLNamedType) => fieldOf(type, 'pageInfo') !== undefined;

/** The names of the fields of a type that are values, and can be asked for as they are. */
function valuesOf(type: GraphQLNamedType): string[] {
  return fieldsOf(type)
    .filter((field) => isLeafType(getNamedType(field.type)) && !field.args.some(isRequiredArgument))
    .map(({ name }) => name);
}

const selectionOf = (type: GraphQLNamedType) => `__typename ${valuesOf(type).join(' ')}`;

/** A page of a connection of this type. */
function pageOf(connection: GraphQLNamedType): string {
  const nodes = fieldOf(connection, 'nodes');
  if (!nodes) throw new Error(`${connection} has no nodes.`);
  return `{ edges { cursor node { ${selectionOf(getNamedType(nodes.type))} } } nodes { id }
    pageInfo { hasNextPage startCursor endCursor } }`;
}

/** What leads on to Nodes: lists, objects, and what is in objects that are none themselves. */
function wayOut(type: GraphQLNamedType, depth = 2): string {
  const ways = fieldsOf(type).map(({ name, type: of, args }) => {
    const named = getNamedType(of);
    if (isLeafType(named) || args.some(isRequiredArgument)) return '';
    if (isConnection(named)) return `${name}(first: ${pageSize}) ${pageOf(named)}`;
    if (isAbstractType(named)) return `${name} { __typename ... on Node { id } }`;
    if (fieldOf(named, 'id')) return `${name} { ${selectionOf(named)} }`;
    const further = depth > 0 ? wayOut(named, depth - 1) : '';
    return further === '' ? '' : `${name} { ${further} }`;
  });
  return ways.filter((way) => way !== '').join(' ');
}

export class Crawl {
  /** By id, all that was met. */
  readonly found = new Map<string, Met>();
  readonly #kith: TestApp;
  readonly #schema: GraphQLSchema;
  readonly #as: string;
  /** What was met and not yet asked for what leads on from it, by type. */
  readonly #waiting = new Map<string, Set<string>>();
  readonly #pages: { id: string; type: string; field: string; after: string }[] = [];

  /** @param as the username of who looks around. */
  constructor(kith: TestApp, schema: GraphQLSchema, as: string) {
    this.#kith = kith;
    this.#schema = schema;
    this.#as = as;
  }

  /** Finds everything that can be reached from these fields of Query. An object that is met again has to be the same. */
  async from(...roots: string[]): Promise<void> {
    const query = this.#type('Query');
    for (const name of roots) {
      const field = fieldOf(query, name);
      if (!field) throw new Error(`There is no Query.${name}.`);
      const named = getNamedType(field.type);
      const asked = isConnection(named) ? `(first: 100) ${pageOf(named)}` : `{ ${selectionOf(named)} }`;
      this.#look(await this.#ask(`{ ${name}${asked} }`), null);
    }
    for (let more = true; more; ) {
      more = false;
      for (const [type, ids] of this.#waiting) {
        more ||= ids.size > 0;
        const batch = [...ids].slice(0, batchSize);
        for (const id of batch) ids.delete(id);
        if (batch.length > 0) await this.#goOn(this.#type(type), batch);
      }
      for (const page of this.#pages.splice(0)) await this.#turn(page);
    }
  }

  /** Each of these objects, which are of one type, as `node` finds it. */
  async again(objects: readonly Met[]): Promise<Met[]> {
    const [first] = objects;
    if (!first) return [];
    const selection = `... on ${first.__typename} { ${selectionOf(this.#type(first.__typename))} }`;
    const answer = await this.#ask(
      `query (${objects.map((_, n) => `$id${n}: ID!`).join(' ')}) {
        ${objects.map((_, n) => `o${n}: node(id: $id${n}) { ${selection} }`).join(' ')} }`,
      Object.fromEntries(objects.map(({ id }, n) => [`id${n}`, id])),
    );
    return objects.map((_, n) => answer[`o${n}`]);
  }

  #type(name: string): GraphQLObjectType {
    const type = this.#schema.getType(name);
    if (!isObjectType(type)) throw new Error(`${name} is no type of objects.`);
    return type;
  }

  #ask(document: string, variables: Record<string, unknown> = {}) {
    return this.#kith.query(document, { as: this.#as, variables });
  }

  /** Asks these objects of one type for all that leads on from them. */
  async #goOn(type: GraphQLObjectType, ids: string[]): Promise<void> {
    const { nodes } = await this.#ask(
      `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ${type} { ${selectionOf(type)} ${wayOut(type)} } } }`,
      { ids },
    );
    expect(nodes.map((node: Met | null) => node?.id)).toEqual(ids);
    this.#look(nodes, null);
  }

  /** Asks for the next page of an object's list. */
  async #turn({ id, type, field, after }: { id: string; type: string; field: string; after: string }) {
    const list = fieldOf(this.#type(type), field);
    if (!list) throw new Error(`There is no ${type}.${field}.`);
    const { node } = await this.#ask(
      `query ($id: ID!, $after: String) { node(id: $id) { __typename id
        ... on ${type} { ${field}(first: 100, after: $after) ${pageOf(getNamedType(list.type))} } } }`,
      { id, after },
    );
    this.#look(node[field], { id, type, field });
  }

  /** Looks through an answer for objects and pages. @param where the object in which it is, and under which field. */
  #look(value: unknown, where: { id: string; type: string; field: string } | null): void {
    if (Array.isArray(value)) for (const one of value) this.#look(one, where);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    if ('pageInfo' in value) {
      this.#lookAtPage(value as Page, where);
      return;
    }
    if ('id' in value && '__typename' in value) this.#meet(value as Met);
    for (const [field, inner] of Object.entries(value)) {
      const isNode = 'id' in value && '__typename' in value;
      this.#look(inner, isNode ? { id: String(value.id), type: String(value.__typename), field } : null);
    }
  }

  #lookAtPage({ edges, nodes, pageInfo }: Page, where: { id: string; type: string; field: string } | null) {
    expect(nodes.map(({ id }) => id)).toEqual(edges.map(({ node }) => node.id));
    expect(pageInfo).toMatchObject({
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    });
    expect(new Set(edges.map(({ cursor }) => cursor)).size).toBe(edges.length);
    const after = pageInfo.endCursor;
    if (where && pageInfo.hasNextPage && after !== null) this.#pages.push({ ...where, after });
    for (const { node } of edges) this.#look(node, null);
  }

  #meet(object: Met): void {
    const { __typename, id } = object;
    const values = valuesOf(this.#type(__typename));
    // Where anything may be, only what it is was asked for.
    const isWhole = values.every((name) => name in object);
    const before = this.found.get(id);
    if (isWhole) {
      const met = Object.fromEntries(['__typename', ...values].map((name) => [name, object[name]])) as Met;
      if (before) expect(met).toEqual(before);
      this.found.set(id, met);
    }
    if (before || this.#waiting.get(__typename)?.has(id)) return;
    const waiting = this.#waiting.get(__typename) ?? new Set();
    this.#waiting.set(__typename, waiting.add(id));
  }
}
