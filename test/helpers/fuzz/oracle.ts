// What an operation may be answered with, by graphql-js and the schema alone.
import {
  type DocumentNode,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  parse,
  validate,
} from 'graphql';
import { DataCheck, isObject, type Reached, type Valid } from './answer-check.ts';
import { errorProblems } from './error-check.ts';

/** The parameters of a request, whatever they are. */
export interface Params {
  query?: unknown;
  variables?: unknown;
  operationName?: unknown;
}

/** An answer over HTTP, read to its end. */
export interface Heard {
  status: number;
  /** Without parameters; empty where there is none. */
  contentType: string;
  text: string;
}

/** What an answer may be refused with although the operation is valid: limits, text that cannot be stored, rights. */
const refusals = new Set(['LIMIT_EXCEEDED', 'BAD_USER_INPUT', 'UNAUTHENTICATED', 'FORBIDDEN']);

/** @returns the operation; null where it has to be refused before it runs. */
export function validOperation(schema: GraphQLSchema, params: Params): Valid | null {
  const { query, variables = null, operationName = null } = params;
  if (typeof query !== 'string' || (variables !== null && !isObject(variables))) return null;
  if (operationName !== null && typeof operationName !== 'string') return null;
  const document = parsed(query);
  if (!document || validate(schema, document).length > 0) return null;
  const operation = getOperationAST(document, operationName);
  if (!operation) return null;
  const { variableValues } = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {});
  return variableValues ? { document, operation, variables: variableValues } : null;
}

function parsed(query: string): DocumentNode | null {
  try {
    return parse(query);
  } catch {
    return null;
  }
}

/** The body of an answer as JSON; null where it is something else. */
export function jsonOf({ contentType, text }: Heard): Readonly<Record<string, unknown>> | null {
  if (!/^application\/(graphql-response\+)?json$/.test(contentType)) return null;
  const body = parsedJson(text);
  return isObject(body) ? body : { errors: 'the body is no object' };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is wrong with any answer at all. */
export function answerProblems(heard: Heard): string[] {
  const problems = heard.status >= 500 ? [`HTTP ${heard.status}`] : [];
  const body = jsonOf(heard);
  if (!body) return problems;
  const strange = Object.keys(body).filter((key) => !['data', 'errors', 'extensions'].includes(key));
  if (strange.length > 0) problems.push(`the answer has ${strange.join()}`);
  if (!('data' in body) && !('errors' in body)) problems.push('neither data nor errors');
  return [...problems, ...errorProblems(body)];
}

/**
 * What is wrong with the answer to an operation.
 * @param valid the operation; null when it has to be refused.
 */
export function operationProblems(
  schema: GraphQLSchema,
  valid: Valid | null,
  heard: Heard,
  reached: Reached,
): string[] {
  const problems = answerProblems(heard);
  const body = jsonOf(heard);
  if (problems.length > 0 || !body) return body ? problems : [...problems, `no JSON: ${heard.contentType}`];
  if (!('data' in body)) return valid ? refusalProblems(body) : [];
  if (!valid) return ['what is not valid was answered'];
  const check = new DataCheck(schema, valid);
  const found = check.problems(body.data);
  if (found.length === 0) check.reach(body.data, reached);
  if (body.data === null && body.errors === undefined) found.push('no data, and no errors');
  return found;
}

function refusalProblems({ errors }: Readonly<Record<string, unknown>>): string[] {
  return (Array.isArray(errors) ? errors : []).flatMap(({ message, extensions }) =>
    refusals.has(extensions.code) ? [] : [`what is valid was refused: ${extensions.code}: ${message}`],
  );
}
