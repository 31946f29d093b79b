// Plans against graphql-js: the same document, variables and resolvers must give the same answer.
import fc from 'fast-check';
import {
  buildSchema,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  validate,
} from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { planFor } from '../../src/graphql/compiled.ts';

const schema = buildSchema(/* GraphQL */ `
  directive @mark(text: String) on FIELD
  interface Thing { id: ID!, next: Thing, many(first: Int = 2, tags: [Tag!] = [RED]): [Thing!]! }
  type Box implements Thing { id: ID!, next: Thing, many(first: Int = 2, tags: [Tag!] = [RED]): [Thing!]!, inside: Ball, strict: Ball!, size: Int!, broken: Int, brokenStrict: Int! }
  type Ball implements Thing { id: ID!, next: Thing, many(first: Int = 2, tags: [Tag!] = [RED]): [Thing!]!, color: Tag, weights: [Float], weightsStrict: [Float!], echo(input: Echo, one: One, n: Int, text: String = "t", flag: Boolean!): String, late: String!, lateBroken: String, lateBrokenStrict: String! }
  union Either = Box | Ball
  enum Tag { RED GREEN }
  input Echo { a: Int, b: String = "b", c: [Int!], deep: Echo, tag: Tag = GREEN }
  input One @oneOf { x: Int, y: String }
  type Query { box: Box, boxStrict: Box!, ball: Ball, thing(kind: String): Thing, either: Either!, eithers: [Either]!, things: [Thing], nothing: Thing, add(a: Int!, b: Int = 3): Int! }
`);

const later = <Value>(value: Value) => new Promise<Value>((resolve) => setImmediate(() => resolve(value)));
const failLater = (message: string) =>
  new Promise<never>((_resolve, reject) => setImmediate(() => reject(new Error(message))));

function box(n: number): object {
  return {
    __typename: 'Box',
    id: `box${n}`,
    next: () => (n > 3 ? null : later(ball(n + 1))),
    many: ({ first }: { first: number }) =>
      Array.from({ length: Math.min(first, 3) }, (_, i) => (i % 2 ? later(box(n + 1)) : ball(n + 1))),
    inside: () => (n % 2 ? null : ball(n)),
    strict: () => (n === 2 ? null : later(ball(n))),
    size: n,
    broken: () => {
      throw new GraphQLError('broken', { extensions: { code: 'BROKEN' } });
    },
    brokenStrict: () => (n === 1 ? new Error('returned, not thrown') : n),
  };
}
function ball(n: number): object {
  return {
    __typename: 'Ball',
    id: later(`ball${n}`),
    next: () => (n > 3 ? null : box(n + 1)),
    many: ({ tags }: { tags: unknown[] }) => tags.slice(0, 3).map(() => box(n + 1)),
    color: n % 2 ? 'RED' : 'BLUE',
    weights: () => [1, null, later(2.5), n % 2 ? failLater('a weight') : 3],
    weightsStrict: n === 1 ? [1, null] : [later(1), 2],
    echo: (args: unknown) => JSON.stringify(args),
    late: () => later(`late${n}`),
    lateBroken: () => failLater('late and broken'),
    lateBrokenStrict: () => (n === 3 ? failLater('late, broken and strict') : later('fine')),
  };
}
const root = {
  box: () => box(1),
  boxStrict: () => later(box(2)),
  ball: () => ball(1),
  thing: ({ kind }: { kind?: string }) =>
    kind === 'ball' ? ball(2) : kind === 'odd' ? { __typename: 'Tag' } : box(0),
  either: () => later(ball(0)),
  eithers: () => [box(1), later(ball(1)), null, failLater('an either')],
  things: () => later([box(3), ball(3)]),
  nothing: null,
  add: ({ a, b }: { a: number; b: number }) => a + b,
};

/**
 * An answer for comparing. Where an error made a place above it null, what else fails below that place may or may not
 * be reported (GraphQL specification, "Handling Execution Errors"): such errors count as one, of that place.
 */
function comparable(result: ExecutionResult) {
  const errors = (result.errors ?? []).map((error) => {
    let value: unknown = result.data;
    for (const [i, key] of (error.path ?? []).entries()) {
      if (value === null) return `below ${error.path?.slice(0, i).join('.')}`;
      value = (value as Record<string | number, unknown>)[key];
    }
    return JSON.stringify(error.toJSON());
  });
  return { data: JSON.stringify(result.data), errors: [...new Set(errors)].sort() };
}

async function both(
  of: GraphQLSchema,
  source: string,
  variableValues: Record<string, unknown>,
  rootValue: unknown,
) {
  const document = parse(source);
  expect(validate(of, document), source).toEqual([]);
  const args = { schema: of, document, variableValues, rootValue, contextValue: {} };
  const plan = planFor(args);
  if (!plan) throw new Error(`No plan for ${source}`);
  const expected = comparable((await execute(args)) as ExecutionResult);
  const actual = comparable(await plan(args));
  return { expected, actual, again: comparable(await plan(args)) };
}

describe('a planned query answers as graphql-js does', () => {
  it.each<[string, string, Record<string, unknown>?]>([
    [
      'fields in order, aliases, __typename',
      '{ b: box { __typename id z: size size } add(a: 1) __typename }',
    ],
    ['merged selections', '{ box { inside { id } } box { inside { weights } size } }'],
    [
      'fragments on objects, interfaces and unions',
      'query { thing { ...F ... on Box { size } } either { ...F ... on Ball { color } } } fragment F on Thing { id next { id ...G } } fragment G on Ball { late }',
    ],
    [
      'lists of promises, nulls and errors',
      '{ eithers { __typename ... on Thing { id } } ball { weights weightsStrict } }',
    ],
    ['a null that travels up to the next nullable place', '{ box { id brokenStrict } }'],
    ['an error that travels up to the root', '{ boxStrict { strict { id } } add(a: 2) }'],
    ['a late error that travels up', '{ things { id ... on Ball { lateBrokenStrict } } }'],
    ['a thrown GraphQLError keeps its extensions', '{ box { broken } }'],
    [
      'a type that cannot be',
      '{ thing(kind: "ball") { id } odd: thing { ... on Box { strict { color } } } }',
    ],
    [
      'skip and include, literal',
      '{ box @skip(if: true) { id } ball @include(if: true) { late @skip(if: false) } }',
    ],
    [
      'skip and include, by variables',
      'query ($a: Boolean!, $b: Boolean = false) { box @skip(if: $a) { id } ball @include(if: $b) { late } add(a: 1) }',
      { a: false, b: true },
    ],
    [
      'arguments omitted, null and given',
      'query ($n: Int, $t: String, $f: Boolean!) { ball { a: echo(n: $n, text: $t, flag: $f) b: echo(n: null, text: null, flag: true) c: echo(flag: false) } }',
      { f: true },
    ],
    [
      'input objects with omitted variables and defaults',
      'query ($i: Int, $e: Echo) { ball { a: echo(flag: true, input: { a: $i, deep: { c: [1, 2] } }) b: echo(flag: true, input: $e) } }',
      { e: { c: [3] } },
    ],
    [
      'oneOf',
      'query ($o: One) { ball { echo(flag: true, one: $o) b: echo(flag: true, one: { y: "y" }) } }',
      { o: { x: 1 } },
    ],
    ['oneOf with two', 'query ($o: One) { ball { echo(flag: true, one: $o) } }', { o: { x: 1, y: 'y' } }],
    ['a variable of the wrong type', 'query ($a: Int!) { add(a: $a) }', { a: 'one' }],
    ['a required variable that is missing', 'query ($a: Int!) { add(a: $a) }', {}],
    [
      'an argument that is null where it may not be',
      'query ($f: Boolean = true) { ball { echo(flag: $f) } box { id } }',
      { f: null },
    ],
    [
      'lists in arguments',
      'query ($tags: [Tag!]) { ball { many(tags: $tags) { id } many2: many(tags: [GREEN, RED]) { __typename } } }',
      { tags: ['RED', 'GREEN'] },
    ],
    ['directives it does not know of', '{ box @mark(text: "m") { id @mark } }'],
  ])('%s', async (_what, source, variables = {}) => {
    const { expected, actual, again } = await both(schema, source, variables, root);
    expect(actual).toEqual(expected);
    expect(again).toEqual(expected);
  });

  it('leaves mutations, introspection and several operations without a name to the interpreter', () => {
    for (const source of [
      '{ __schema { types { name } } }',
      '{ __type(name: "Box") { name } }',
      '{ box { __proto__: id } }',
      'query A { add(a: 1) } query B { add(a: 2) }',
    ]) {
      expect(planFor({ schema, document: parse(source) }), source).toBeNull();
    }
    expect(
      planFor({ schema, document: parse('query A { add(a: 1) } query B { add(a: 2) }'), operationName: 'B' }),
    ).not.toBeNull();
  });

  it('for 2,000 generated queries, with variables present, null and omitted in every position', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const { source, variables } = new Generator(schema, randomFrom(seed)).query();
        // One that is not valid is not a run: another is made instead.
        fc.pre(validate(schema, parse(source)).length === 0);
        const { expected, actual } = await both(schema, source, variables, root);
        expect(actual, source).toEqual(expected);
        compared++;
      }),
      { numRuns: 2_000 },
    );
    expect(compared).toBeGreaterThanOrEqual(2_000);
  });
});

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes queries from a schema: random choices come from outside. */
class Generator {
  readonly #schema: GraphQLSchema;
  readonly #random: () => number;
  readonly #declared: string[] = [];
  readonly #fragments: string[] = [];
  readonly variables: Record<string, unknown> = {};

  constructor(of: GraphQLSchema, random: () => number) {
    this.#schema = of;
    this.#random = random;
  }

  query(): { source: string; variables: Record<string, unknown> } {
    const type = this.#schema.getQueryType();
    if (!type) throw new Error('no queries');
    const selection = this.#selection(type, 4);
    const head = this.#declared.length > 0 ? `query (${this.#declared.join(', ')})` : 'query';
    return { source: [`${head} ${selection}`, ...this.#fragments].join('\n'), variables: this.variables };
  }

  #pick<Value>(values: readonly Value[]): Value {
    const value = values[Math.floor(this.#random() * values.length)];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  }

  #selection(type: GraphQLOutputType, depth: number): string {
    const parts: string[] = [];
    const count = 1 + Math.floor(this.#random() * 4);
    for (let i = 0; i < count; i++) parts.push(this.#part(type, depth));
    return `{ ${parts.join(' ')} }`;
  }

  #part(type: GraphQLOutputType, depth: number): string {
    const named = getNamedType(type);
    const chance = this.#random();
    if (chance < 0.1) return `__typename${this.#condition()}`;
    if (isAbstractType(named) && (chance < 0.4 || !('getFields' in named))) {
      const possible = this.#pick(this.#schema.getPossibleTypes(named));
      return this.#spread(possible.name, this.#selection(possible, depth));
    }
    if (chance < 0.2 && depth > 1) return this.#spread(named.name, this.#selection(named, depth - 1));
    if (!('getFields' in named) || !isCompositeType(named)) return '__typename';
    const fields = Object.values(named.getFields()).filter(
      (f) => depth > 1 || !isCompositeType(getNamedType(f.type)),
    );
    return fields.length > 0 ? this.#field(this.#pick(fields), depth) : '__typename';
  }

  #spread(on: string, selection: string): string {
    if (this.#random() < 0.5) return `... on ${on}${this.#condition()} ${selection}`;
    const name = `F${this.#fragments.length}`;
    this.#fragments.push(`fragment ${name} on ${on} ${selection}`);
    return `...${name}${this.#condition()}`;
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const args = field.args
      .map((arg) => {
        if (!(isNonNullType(arg.type) && arg.defaultValue === undefined) && this.#random() < 0.4) return null;
        return `${arg.name}: ${this.#value(arg.type, 2)}`;
      })
      .filter((arg) => arg !== null);
    const alias = args.length > 0 || this.#random() < 0.2 ? `a${Math.floor(this.#random() * 1e9)}: ` : '';
    const named = getNamedType(field.type);
    const below = isCompositeType(named) ? ` ${this.#selection(field.type, depth - 1)}` : '';
    return `${alias}${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${this.#condition()}${below}`;
  }

  #condition(): string {
    if (this.#random() > 0.1) return '';
    const value =
      this.#random() < 0.5
        ? String(this.#random() < 0.5)
        : this.#variable('Boolean!', () => this.#random() < 0.5);
    return ` @${this.#random() < 0.5 ? 'skip' : 'include'}(if: ${value})`;
  }

  #variable(type: string, value: () => unknown): string {
    const name = `v${this.#declared.length}`;
    const chance = this.#random();
    const required = type.endsWith('!');
    this.#declared.push(`$${name}: ${type}`);
    if (required || chance < 0.5) this.variables[name] = value();
    else if (chance < 0.75) this.variables[name] = null;
    return `$${name}`;
  }

  /** A value as a literal, with variables inside, or a variable as a whole. */
  #value(type: GraphQLInputType, depth: number): string {
    if (this.#random() < 0.3) return this.#variable(String(type), () => this.#json(type, depth));
    if (isNonNullType(type)) return this.#value(type.ofType, depth);
    if (this.#random() < 0.15) return 'null';
    if (isListType(type)) {
      const { ofType } = type;
      return `[${Array.from({ length: Math.floor(this.#random() * 3) }, () => this.#value(ofType, depth)).join(', ')}]`;
    }
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields());
      const chosen = type.isOneOf
        ? [this.#pick(fields)]
        : depth > 0
          ? fields.filter(() => this.#random() < 0.5)
          : [];
      return `{ ${chosen.map((f) => `${f.name}: ${this.#value(f.type, depth - 1)}`).join(', ')} }`;
    }
    if (isEnumType(type)) return this.#pick(type.getValues()).name;
    return JSON.stringify(this.#json(type, depth));
  }

  #json(type: GraphQLInputType, depth: number): unknown {
    if (isNonNullType(type)) return this.#json(type.ofType, depth);
    if (isListType(type)) {
      const { ofType } = type;
      return Array.from({ length: Math.floor(this.#random() * 3) }, () => this.#json(ofType, depth));
    }
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields());
      const chosen = type.isOneOf
        ? [this.#pick(fields)]
        : depth > 0
          ? fields.filter(() => this.#random() < 0.5)
          : [];
      return Object.fromEntries(chosen.map((f) => [f.name, this.#json(f.type, depth - 1)]));
    }
    if (isEnumType(type)) return this.#pick(type.getValues()).name;
    const number = Math.floor(this.#random() * 10);
    const values: Record<string, unknown> = {
      Int: number,
      Float: number / 2,
      Boolean: number > 4,
      ID: `id${number}`,
    };
    return values[type.name] ?? `text${number}`;
  }
}

// The generator must reach what it is for.
describe('the generator', () => {
  const made: string[] = [];
  beforeAll(() => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        made.push(new Generator(schema, randomFrom(seed)).query().source);
      }),
      { numRuns: 500 },
    );
  });
  it.each([
    'fragment F',
    '... on',
    '@skip(if: $',
    '@include',
    'one: {',
    'input: {',
    ': null',
    '$v1',
    'many(first: $',
  ])('makes %s', (part) => {
    expect(made.some((source) => source.includes(part))).toBe(true);
    expect(isObjectType(schema.getType('Box'))).toBe(true);
  });
});
