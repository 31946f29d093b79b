// Limits on the document, before anything of it runs: its size and tokens before it is parsed, its depth, aliases and
// repeated fields before it is validated, its cost once the variables are known.
import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  Lexer,
  type OperationDefinitionNode,
  type SelectionSetNode,
  Source,
  TokenKind,
  visit,
} from 'graphql';
import { Upload } from 'graphql-upload-ts';
import type { Plugin, YogaInitialContext } from 'graphql-yoga';
import type { Context } from '../context.ts';
import { isStorable } from '../db/text.ts';
import { type Acts, actsOf } from './acts.ts';
import { type Cost, compileCost, type Variables } from './cost.ts';
import { fragmentsOf } from './document.ts';
import { badInput, limitExceeded } from './errors.ts';

/** Domain rule 2, "document limits". */
export const documentLimits = {
  /** Bytes of the document. */
  maxDocumentBytes: 100 * 1024,
  maxTokens: 4_000,
  /** Levels of fields, the root's being the first. Standard introspection passes. */
  maxDepth: 16,
  maxAliases: 100,
  /** How often one response name may stand in one selection: validation compares every two of them. */
  maxRepeats: 100,
  /** Objects the document could return. */
  maxCost: 20_000,
} as const;

interface Analysis {
  /** What is wrong with the document whatever its variables; null until it has been validated. */
  errors: readonly Error[] | null;
  operations: Map<OperationDefinitionNode, { cost: Cost; acts: Acts }>;
}

/** Draws on what whoever asks has left, before an operation runs. @returns the error when that is too little. */
export type Charge = (
  request: object,
  cost: number,
  acts: Acts,
  variables: Variables,
) => GraphQLError | null | Promise<GraphQLError | null>;

/**
 * The Yoga plugin that holds every document to the limits, and every string to what PostgreSQL can hold. Documents are
 * looked at and validated once for as long as they are kept parsed.
 * @param charge what the cost of each operation is told; null where nobody counts.
 */
export function useDocumentLimits(charge: Charge | null): Plugin {
  const analyses = new WeakMap<DocumentNode, Analysis>();
  const analysisOf = (document: DocumentNode): Analysis => {
    let analysis = analyses.get(document);
    if (!analysis) {
      const error = staticError(document);
      // A document beyond the limits is not validated.
      analysis = { errors: error && [error], operations: new Map() };
      analyses.set(document, analysis);
    }
    return analysis;
  };
  const refuse = (args: {
    document: DocumentNode;
    schema: GraphQLSchema;
    operationName?: string | null | undefined;
    variableValues?: unknown;
    contextValue?: unknown;
  }): GraphQLError | null | Promise<GraphQLError | null> => {
    const variables = (args.variableValues ?? {}) as Variables;
    const unusable = unusableVariable(variables);
    if (unusable) return unusable;
    const operation = getOperationAST(args.document, args.operationName);
    if (!operation) return null;
    const { request, stats } = args.contextValue as YogaInitialContext & Context;
    stats.operation = operation;
    const { operations } = analysisOf(args.document);
    let known = operations.get(operation);
    if (!known) {
      known = {
        cost: compileCost(args.schema, args.document, operation),
        acts: actsOf(args.document, operation),
      };
      operations.set(operation, known);
    }
    const value = known.cost({ variables, fragments: new Map() });
    stats.cost = value;
    if (value > documentLimits.maxCost)
      return limitExceeded('maxCost', 'The query is too expensive', documentLimits.maxCost, value);
    return charge?.(request, value, known.acts, variables) ?? null;
  };
  const stopWith = (
    found: ReturnType<typeof refuse>,
    stop: (result: ExecutionResult) => void,
  ): void | Promise<void> => {
    if (found instanceof Promise) return found.then((error) => stopWith(error, stop));
    if (found) stop({ errors: [found] });
  };
  return {
    onParse({ params, parseFn, setParseFn }) {
      checkBytes(params.source);
      // Parsing happens once for each document: see the parser cache.
      setParseFn((source, parseOptions) => {
        checkTokens(source);
        return parseFn(source, parseOptions);
      });
    },
    onValidate({ params, setResult }) {
      const analysis = analysisOf(params.documentAST);
      if (analysis.errors) {
        setResult(analysis.errors);
        return;
      }
      return ({ result }) => {
        analysis.errors = result;
      };
    },
    onExecute: ({ args, setResultAndStopExecution }) => stopWith(refuse(args), setResultAndStopExecution),
    onSubscribe: ({ args, setResultAndStopExecution }) => stopWith(refuse(args), setResultAndStopExecution),
  };
}

function checkTokens(source: string | Source): void {
  const { maxTokens } = documentLimits;
  const tokens = countTokens(source);
  if (tokens > maxTokens) {
    throw limitExceeded('maxTokens', 'The document has too many tokens', maxTokens, tokens);
  }
}

function countTokens(source: string | Source): number {
  const lexer = new Lexer(typeof source === 'string' ? new Source(source) : source);
  let count = 0;
  while (lexer.advance().kind !== TokenKind.EOF) count++;
  return count;
}

function checkBytes(source: string | Source): void {
  const bytes = Buffer.byteLength(typeof source === 'string' ? source : source.body);
  const { maxDocumentBytes } = documentLimits;
  if (bytes > maxDocumentBytes) {
    throw limitExceeded('maxDocumentBytes', 'The document has too many bytes', maxDocumentBytes, bytes);
  }
}

function staticError(document: DocumentNode): GraphQLError | null {
  const { maxDepth, maxAliases, maxRepeats } = documentLimits;
  let aliases = 0;
  let repeats = 0;
  let badText = false;
  visit(document, {
    Field: (node) => {
      if (node.alias) aliases++;
    },
    SelectionSet: (node) => {
      const names = new Map<string, number>();
      for (const selection of node.selections) {
        if (selection.kind !== Kind.FIELD) continue;
        const name = selection.alias?.value ?? selection.name.value;
        const count = (names.get(name) ?? 0) + 1;
        names.set(name, count);
        repeats = Math.max(repeats, count);
      }
    },
    StringValue: (node) => {
      badText ||= !isStorable(node.value);
    },
  });
  if (aliases > maxAliases) return limitExceeded('maxAliases', 'Too many aliases', maxAliases, aliases);
  if (repeats > maxRepeats)
    return limitExceeded('maxRepeats', 'A field is repeated too often', maxRepeats, repeats);
  const depth = documentDepth(document);
  if (depth > maxDepth) return limitExceeded('maxDepth', 'The query is too deep', maxDepth, depth);
  return badText
    ? badInput('The document has text that cannot be stored: NUL, or half of a surrogate pair.')
    : null;
}

/** The deepest operation's depth; a fragment that spreads itself counts once (validation refuses it). */
function documentDepth(document: DocumentNode): number {
  const fragments = fragmentsOf(document);
  const known = new Map<string, number>();
  const depthOf = (set: SelectionSetNode | undefined): number => {
    let deepest = 0;
    for (const selection of set?.selections ?? []) {
      let depth = 0;
      if (selection.kind === Kind.FIELD) depth = 1 + depthOf(selection.selectionSet);
      else if (selection.kind === Kind.INLINE_FRAGMENT) depth = depthOf(selection.selectionSet);
      else {
        const name = selection.name.value;
        const cached = known.get(name);
        if (cached === undefined) {
          known.set(name, 0);
          known.set(name, depthOf(fragments.get(name)?.selectionSet));
        }
        depth = known.get(name) ?? 0;
      }
      deepest = Math.max(deepest, depth);
    }
    return deepest;
  };
  return Math.max(
    0,
    ...document.definitions.map((d) => (d.kind === Kind.OPERATION_DEFINITION ? depthOf(d.selectionSet) : 0)),
  );
}

/** Levels of lists and objects within the variables. */
const maxVariableDepth = 64;

/** A list or object within the variables, and how one gets there. */
interface Container {
  value: object;
  key: string;
  parent: Container | null;
  depth: number;
}

/**
 * What is wrong with the variables, whatever they are for: text that PostgreSQL could not hold, keys included, or lists
 * and objects too deep within each other. Takes no memory for what is neither list nor object.
 * @returns the error, with the path of the first such place; null when there is none.
 */
function unusableVariable(variables: Variables): GraphQLError | null {
  const stack: Container[] = [{ value: variables, key: '', parent: null, depth: 0 }];
  for (let at = stack.pop(); at; at = stack.pop()) {
    if (at.depth > maxVariableDepth) return fault(`more than ${maxVariableDepth} levels`, at);
    const { value } = at as { value: Record<string, unknown> };
    for (const key in value) {
      if (!isStorable(key)) return fault('a name with NUL, or half of a surrogate pair', at);
      const inner = value[key];
      if (typeof inner === 'string') {
        if (!isStorable(inner)) return fault('text with NUL, or half of a surrogate pair', at, key);
      } else if (typeof inner === 'object' && inner !== null && !(inner instanceof Upload)) {
        stack.push({ value: inner, key, parent: at, depth: at.depth + 1 });
      }
    }
  }
  return null;
}

function fault(what: string, at: Container, ...last: string[]): GraphQLError {
  const variable = [...last];
  for (let place: Container | null = at; place?.parent; place = place.parent) variable.unshift(place.key);
  const shown = variable.map((key) => key.slice(0, 100).toWellFormed());
  return badInput(`The variables cannot be used: ${what}, at ${shown.join('.')}.`, { variable: shown });
}
