// Reads everything that somebody can reach: from the root's fields to the objects they give, all fields of those, and so
// on until nothing new comes.
import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { expect } from 'vitest';
import { decodeId } from '../../src/graphql/node.ts';
import type { TestApp } from './app.ts';
import { idsIn } from './marked.ts';
import { argumentsOf, isForm, type Sought } from './schema-walk.ts';

/** What came back, as it was sent. */
export interface RawAnswer {
  document: string;
  status: number;
  headers: string;
  body: string;
}

/** Entries of each list: as many as the longest that somebody has here. */
const pageSize = 8;
/** Objects that are asked for at once; fewer where that is too much for one document. */
const batch = 8;

const isNode = (type: GraphQLObjectType): boolean => 'id' in type.getFields();
const isPaged = (field: GraphQLField<unknown, unknown>) => field.args.some(({ name }) => name === 'first');

/**
 * All fields of a type.
 * @param depth how many objects with an `id` one after another are asked for all of theirs; of the next the `id`.
 */
function selectionOf(schema: GraphQLSchema, type: GraphQLObjectType, depth: number): string {
  const parts = Object.values(type.getFields()).map((field) => {
    const unknown = field.args.find((arg) => isRequiredArgument(arg));
    if (unknown) throw new Error(`Teach me this argument: ${type.name}.${field.name}(${unknown.name}).`);
    const named = getNamedType(field.type);
    if (isLeafType(named)) return field.name;
    const head = `${field.name}${isPaged(field) ? `(first: ${pageSize})` : ''}`;
    // Of lists under lists nothing: every object is asked for by itself as well.
    if (isPaged(field) && depth === 0) return '';
    if (isObjectType(named)) {
      if (field.name === 'nodes' && isForm(type)) return 'nodes { __typename id }';
      if (!isNode(named)) return `${head} ${selectionOf(schema, named, depth)}`;
      return `${head} ${depth > 0 ? selectionOf(schema, named, depth - 1) : '{ __typename id }'}`;
    }
    // Of what may be any object, its id: fields of different types with one name do not go into one document.
    if (!isInterfaceType(named) || named.name === 'Node') return `${head} { __typename id }`;
    const possible = schema.getPossibleTypes(named);
    return `${head} { __typename ${possible.map((one) => `... on ${one.name} ${selectionOf(schema, one, 0)}`).join(' ')} }`;
  });
  return `{ __typename ${parts.join(' ')} }`;
}

/** Whether a value tells anything: no is what somebody who may not know is told. */
function tells(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value);
  if (Array.isArray(value)) return value.length > 0;
  return 'pageInfo' in value && 'nodes' in value ? tells(value.nodes) : true;
}

/** Everything that one person reads. */
export class Crawl {
  /** `Type.field`, each with the ids of the objects of which it told something; "" for what belongs to none. */
  readonly told = new Map<string, Set<string>>();
  readonly answers: RawAnswer[] = [];
  readonly #kith: TestApp;
  readonly #schema: GraphQLSchema;
  readonly #as: string | null;
  readonly #reached = new Set<string>();

  constructor(kith: TestApp, schema: GraphQLSchema, as: string | null) {
    this.#kith = kith;
    this.#schema = schema;
    this.#as = as;
  }

  /** Sends a document and keeps all that came back. @returns the data, and the codes of the errors. */
  async ask(document: string, variables: object = {}): Promise<{ data: unknown; codes: unknown[] }> {
    const response = await this.#kith.fetch('/graphql', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(this.#as === null ? {} : { authorization: `Bearer ${await this.#kith.token(this.#as)}` }),
      },
      body: JSON.stringify({ query: document, variables }),
    });
    const body = await response.text();
    const headers = JSON.stringify([...response.headers]);
    this.answers.push({ document, status: response.status, headers, body });
    const { data = null, errors = [] } = JSON.parse(body);
    return { data, codes: errors.map((error: { extensions?: { code?: string } }) => error.extensions?.code) };
  }

  /** Goes through all doors of the root for these. @returns the ids of all that is behind. */
  async doors(sought: readonly Sought[]): Promise<string[]> {
    const documents = new Set<string>();
    for (const one of sought) {
      for (const field of Object.values(this.#schema.getQueryType()?.getFields() ?? {})) {
        const named = getNamedType(field.type);
        const below = isObjectType(named)
          ? selectionOf(this.#schema, named, isForm(named) ? 1 : 0)
          : '{ __typename id }';
        for (const args of argumentsOf(`Query.${field.name}`, field, one)) {
          documents.add(`{ __typename ${field.name}${args === '' ? '' : `(${args})`} ${below} }`);
        }
      }
    }
    const found: string[] = [];
    for (const document of documents) found.push(...idsIn(await this.#asked(document)));
    return found;
  }

  /** Reads these objects, and all that they lead to. */
  async everythingFrom(ids: readonly string[]): Promise<void> {
    const found = await this.read(ids);
    if (found.length > 0) await this.everythingFrom(found);
  }

  /** Reads those of these objects that it has not read yet. @returns the ids of what else is there. */
  async read(ids: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    const next = [...new Set(ids)].filter((id) => !this.#reached.has(id));
    for (const id of next) this.#reached.add(id);
    for (const [type, ofType] of Map.groupBy(next, (id) => decodeId(id)?.typename ?? '')) {
      for (let start = 0; start < ofType.length; start += batch) {
        found.push(...idsIn(await this.#nodes(type, ofType.slice(start, start + batch))));
      }
    }
    return found.filter((id) => !this.#reached.has(id));
  }

  async #nodes(typename: string, ids: readonly string[]): Promise<unknown> {
    const type = this.#schema.getType(typename);
    if (!isObjectType(type)) throw new Error(`${typename} is no type.`);
    const document = `query ($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on ${typename} ${selectionOf(this.#schema, type, 1)} } }`;
    return this.#asked(document, { ids });
  }

  async #asked(document: string, variables: { ids?: readonly string[] } = {}): Promise<unknown> {
    const { data, codes } = await this.ask(document, variables);
    const { ids = [] } = variables;
    if (codes.includes('LIMIT_EXCEEDED') && ids.length > 1) {
      const half = Math.ceil(ids.length / 2);
      const first = await this.#asked(document, { ids: ids.slice(0, half) });
      return [first, await this.#asked(document, { ids: ids.slice(half) })];
    }
    // A search names a room, which may be one that is not found.
    expect(
      codes.filter((code) => code !== 'BAD_USER_INPUT' || !document.includes('searchUsers')),
      document,
    ).toEqual([]);
    this.#record(data, '');
    return data;
  }

  /** @param of the id of the object that a value belongs to. */
  #record(value: unknown, of: string): void {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const entry of value) this.#record(entry, of);
      return;
    }
    const { __typename, ...fields } = value as Record<string, unknown>;
    const owner = typeof fields.id === 'string' ? fields.id : of;
    for (const [name, inner] of Object.entries(fields)) {
      if (tells(inner)) {
        const key = `${__typename}.${name}`;
        this.told.set(key, (this.told.get(key) ?? new Set()).add(owner));
      }
      this.#record(inner, owner);
    }
  }
}
