import { randomUUID } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Logger } from 'pino';
import { withoutStatement } from '../db/errors.ts';
import { passingFailure } from '../db/failures.ts';

/**
 * Gives every error a code: what carries none by now came from graphql-js, about the request. Such an error repeats what
 * is wrong of it, whole input objects with whatever secret is in them: that is left out.
 */
export function useErrorCodes(): Plugin {
  return {
    onParse:
      () =>
      ({ result, replaceParseResult }) => {
        if (result instanceof GraphQLError && result.extensions.code === undefined) {
          replaceParseResult(withCode(result, 'GRAPHQL_PARSE_FAILED', { status: 400, spec: true }));
        }
      },
    onExecutionResult({ result, setResult }) {
      if (!result || !('errors' in result) || !result.errors) return;
      // Nothing was executed: variables that do not fit, for instance.
      const http = 'data' in result ? undefined : { status: 400, spec: true };
      const isDone = ({ message, extensions }: GraphQLError) =>
        extensions?.code !== undefined && !(http && (!extensions.http || message !== withoutValue(message)));
      if (result.errors.every(isDone)) return;
      setResult({
        ...result,
        errors: result.errors.map((e) =>
          withCode(e, e.extensions?.code ?? 'BAD_USER_INPUT', e.extensions?.http ?? http),
        ),
      });
    },
  };
}

/** What graphql-js says of a value, without the value. */
function withoutValue(message: string): string {
  return message
    .replace(/(, found|\. Found): [{[][\s\S]*$/, '.')
    .replace(/(String cannot represent a non string value): [\s\S]*$/, '$1.')
    .replace(/((?:found|Unexpected) (?:Block)?String) "[\s\S]*$/, '$1.');
}

function withCode(error: GraphQLError, code: unknown, http?: object): GraphQLError {
  return new GraphQLError(withoutValue(error.message), {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    path: error.path,
    extensions: { ...error.extensions, code, ...(http ? { http } : {}) },
  });
}

/** What a client is told of an error: all of one that was meant for it, and of any other nothing but an id that the log has too. */
export function maskError(error: unknown, log: Logger): GraphQLError {
  const outer = error instanceof GraphQLError ? error : null;
  let inner: unknown = error;
  while (inner instanceof GraphQLError && inner.originalError) inner = inner.originalError;
  if (outer && inner instanceof GraphQLError) return outer;
  const id = randomUUID();
  const failure = passingFailure(inner);
  const { says, code, status, ...more } = answerTo(failure);
  const entry = { id, path: outer?.path, err: withoutStatement(inner) };
  if (failure === null) log.error(entry, 'unexpected error');
  else if (failure === 'left') log.debug(entry, 'a client has left');
  else log.warn(entry, 'a request could not be answered for now');
  return new GraphQLError(says, {
    nodes: outer?.nodes,
    source: outer?.source,
    positions: outer?.positions,
    path: outer?.path,
    extensions: { code, id, ...(outer?.path ? {} : { http: { status, ...more } }) },
  });
}

interface Answer {
  says: string;
  code: string;
  status: number;
  headers?: Record<string, string>;
}

/** What is said of a failure that passes by itself, and of any other. */
function answerTo(failure: ReturnType<typeof passingFailure>): Answer {
  switch (failure) {
    case 'unavailable':
      return {
        says: 'Something this needs cannot be had just now. Try again soon.',
        code: 'SERVICE_UNAVAILABLE',
        status: 503,
        headers: { 'retry-after': '1' },
      };
    case 'took too long':
    case 'left':
      return { says: 'This took too long and was given up.', code: 'TIMEOUT', status: 504 };
    case null:
      return { says: 'Unexpected error.', code: 'INTERNAL_SERVER_ERROR', status: 500 };
  }
}
