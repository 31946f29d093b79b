// Plans against graphql-js: the same document, variables and resolvers must give the same answer.
import fc from 'fast-check';
import {
  buildSchema,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  isObjectType,
  parse,
  validate,
} from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { planFor } from '../../src/graphql/compiled.ts';
import { Generator, randomFrom } from '../helpers/operations.ts';

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
        const { source, variables } = new Generator({ schema, random: randomFrom(seed) }).query();
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

// The generator must reach what it is for.
describe('the generator', () => {
  const made: string[] = [];
  beforeAll(() => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        made.push(new Generator({ schema, random: randomFrom(seed) }).query().source);
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
