// Documents and variables with something wrong in them, made of good ones.
import { Lexer, Source, TokenKind } from 'graphql';
import { type Operation, pick, type Random } from '../operations.ts';

interface Span {
  start: number;
  end: number;
  kind: TokenKind;
}

const punctuation = ['{', '}', '(', ')', '[', ']', '!', '$', '@', ':', '=', '|', '&', '...'] as const;
const words = [
  'query',
  'mutation',
  'subscription',
  'fragment',
  'on',
  'true',
  'null',
  'type',
  'schema',
  'extend',
  '__schema',
  '__typename',
  'nothing',
  'id',
  'nodes',
  'viewer',
  'input',
  'User',
  'Node',
  'UserBy',
  'skip',
  '@defer',
  '@stream',
  '@deprecated',
  '$nothing',
  '...F0',
  '...Nothing',
  '... on Nothing',
  '... on UserBy',
  '... on User',
] as const;
const literals = [
  '0',
  '-1',
  '007',
  '2147483648',
  '9007199254740993',
  '9'.repeat(400),
  '1.5',
  '1e400',
  '-0.0',
  '1e',
  '.5',
  '0x1F',
  'NaN',
  '"text"',
  '""',
  '"\\u0000"',
  '"\\uD800"',
  '"\\u{1F600}"',
  '"\\u{110000}"',
  '"open',
  '"""block"""',
  '"""open',
  'true',
  'null',
  'NOTHING',
  '[]',
  '[[1]]',
  '[null]',
  '{}',
  '{ id: 1, id: 2 }',
  '{ a: { b: [1] } }',
  '$nothing',
  '[1, "a", { }]',
] as const;
const characters = [
  '\u0000',
  '\ufeff',
  '\ud800',
  '"',
  '\\',
  '#',
  '\u2028',
  '`',
  ';',
  '\u00a0',
  '👋',
  '\u0007',
] as const;

function spansOf(source: string): Span[] {
  const spans: Span[] = [];
  const lexer = new Lexer(new Source(source));
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
    spans.push({ start: token.start, end: token.end, kind: token.kind });
  }
  return spans;
}

function replaced(source: string, { start, end }: Pick<Span, 'start' | 'end'>, text: string): string {
  return `${source.slice(0, start)}${text}${source.slice(end)}`;
}

const isLiteral = ({ kind }: Span) =>
  kind === TokenKind.INT ||
  kind === TokenKind.FLOAT ||
  kind === TokenKind.STRING ||
  kind === TokenKind.BLOCK_STRING;

type SpoilSource = (source: string, random: Random) => string;

/** Does something to one token that has the kind; to the text as it is where there is none. */
function atToken(of: (span: Span) => boolean, make: (text: string, random: Random) => string): SpoilSource {
  return (source, random) => {
    const spans = spansOf(source).filter(of);
    if (spans.length === 0) return `${source} }`;
    const span = pick(random, spans);
    return replaced(source, span, make(source.slice(span.start, span.end), random));
  };
}

const any = () => true;
const nested = (depth: number, open: string, close: string) => `${open.repeat(depth)}${close.repeat(depth)}`;

const sourceSpoilers: readonly SpoilSource[] = [
  atToken(any, () => ' '),
  atToken(any, (text) => `${text} ${text}`),
  atToken(any, (_text, random) => ` ${pick(random, [...punctuation, ...words])} `),
  atToken(any, (text, random) => `${text} ${pick(random, [...punctuation, ...words, ...literals])} `),
  atToken(any, (text, random) => `${text}${pick(random, characters)}`),
  atToken(
    ({ kind }) => kind === TokenKind.NAME,
    (text, random) => pick(random, [`${text}x`, text.toUpperCase(), '__typename', pick(random, words)]),
  ),
  atToken(isLiteral, (_text, random) => pick(random, literals)),
  atToken(isLiteral, (text, random) =>
    nested(pick(random, [1, 70, 900]), '[', ']').replace('[]', `[${text}]`),
  ),
  atToken(
    ({ kind }) => kind === TokenKind.BRACE_L,
    (text, random) => text.repeat(pick(random, [2, 20, 1_000])),
  ),
  (source, random) => {
    const [a, b] = [pick(random, spansOf(source)), pick(random, spansOf(source))].toSorted(
      (one, other) => one.start - other.start,
    );
    if (!a || !b || a.end > b.start) return source.slice(1);
    const [textOfA, textOfB] = [source.slice(a.start, a.end), source.slice(b.start, b.end)];
    return replaced(replaced(source, b, ` ${textOfA} `), a, ` ${textOfB} `);
  },
  (source, random) => source.slice(0, Math.floor(random() * source.length)),
  (source, random) => source.slice(Math.floor(random() * source.length)),
  (source) => `${source} ${source}`,
  (source) => `${source} fragment Unused on User { id }`,
  (source) => `${source} fragment Round on Query { ...Round }`,
  (source) => `${source} type Query { a: Int }`,
  (source) =>
    source.replace(
      '{',
      '{ ...A ...B } fragment A on Query { ...B } fragment B on Query { ...A __typename } {',
    ),
  (source) => source.replace('{', `{ ${'a'.repeat(20_000)} `),
  (source) =>
    source.replace('{', `{ ${Array.from({ length: 101 }, (_, i) => `a${i}: __typename`).join(' ')} `),
  (source) => source.replace('{', `{ ${'__typename '.repeat(4_000)} `),
  (source) => `${source} # ${'x'.repeat(101 * 1024)}`,
];

const values: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  2 ** 31,
  2 ** 53,
  1e308,
  0.5,
  '',
  'text',
  '1',
  [],
  [null],
  [[]],
  {},
  { id: 1 },
  { id: 'a', sid: 'b' },
  { __proto__: 1 },
  Array.from({ length: 5_000 }, () => 'x'),
  'x'.repeat(100_000),
  '\u0000',
  '\ud800',
];

function deep(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = i % 2 ? [value] : { a: value };
  return value;
}

function spoiledVariables(variables: Operation['variables'], random: Random): unknown {
  const names = Object.keys(variables);
  const chance = random();
  if (chance < 0.15) return pick(random, [[variables], 'text', 7, [], true, deep(1_000)]);
  const value = random() < 0.1 ? deep(pick(random, [10, 70, 2_000])) : pick(random, values);
  if (chance < 0.25 || names.length === 0)
    return { ...variables, [pick(random, ['nothing', '', 'v0', '\u0000'])]: value };
  return { ...variables, [pick(random, names)]: value };
}

/** An operation with one to three things done to it. Few of them are still valid. */
export function spoiled(operation: Operation, random: Random): { query: string; variables: unknown } {
  const { source, variables } = operation;
  if (random() < 0.25) return { query: source, variables: spoiledVariables(variables, random) };
  let query = source;
  for (let times = 1 + Math.floor(random() ** 3 * 3); times > 0; times--) {
    try {
      query = pick(random, sourceSpoilers)(query, random);
    } catch {
      // There are no tokens any more.
      break;
    }
  }
  return { query, variables };
}
