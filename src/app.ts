import { randomUUID } from 'node:crypto';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { GraphQLError } from 'graphql';
import { createYoga, type Plugin, type YogaInitialContext } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { createTokenVerifier, type Identity } from './auth/token.ts';
import { authenticate, viewerOf } from './auth/viewer.ts';
import type { Config, ReadyAuth } from './config.ts';
import type { Context } from './context.ts';
import type { Database } from './db/client.ts';
import { withoutStatement } from './db/errors.ts';
import { findOrCreateAccount } from './features/users/find-or-create-account.ts';
import { type GraphiQLSetup, graphiqlOptions } from './graphiql.ts';
import { limitExceeded } from './graphql/errors.ts';
import { useDocumentLimits } from './graphql/limits.ts';
import { Loaders } from './graphql/loader.ts';
import { schema } from './schema.ts';

export interface AppOptions {
  db: Database;
  /** With `auth` as `withSecret` makes it ready. */
  config: Config & { auth: ReadyAuth };
  log: Logger;
  /** What GraphiQL opens with. */
  graphiql?: GraphiQLSetup;
  /** The clock; the machine's unless a test has one of its own. */
  now?: () => Date;
}

/** Bytes of a JSON body: domain rule 2. */
export const maxBodyBytes = { withoutToken: 1024 * 1024, withToken: 12 * 1024 * 1024 } as const;

/** Characters of documents that are kept parsed and validated. */
const documentCacheSize = 4 * 1024 * 1024;

/** The GraphQL server as a fetch handler and Node request listener. It never listens, and never reads the environment. */
export function createApp({ db, config, log, graphiql, now = () => new Date() }: AppOptions) {
  const verify = createTokenVerifier(config.auth);
  const identities = new WeakMap<Request, Identity | null>();
  const findAccount = findOrCreateAccount({ db, requireApproval: config.requireApproval, now });

  const context = async ({ request }: YogaInitialContext): Promise<Context> => {
    const identity = identities.get(request);
    return {
      db,
      config,
      viewer: identity ? await viewerOf(identity, findAccount) : null,
      loaders: new Loaders(),
      now,
      log,
      requestId: randomUUID(),
    };
  };

  /** Checks the token before anything is read of the body, whose limit depends on it. */
  const useRequests: Plugin = {
    async onRequestParse({ request, setRequestParser }) {
      const identity = await authenticate(request.headers.get('authorization'), verify);
      identities.set(request, identity);
      if (request.method === 'POST') {
        if (!isJson(request)) {
          throw new GraphQLError('A POST to this endpoint must have the content type application/json.', {
            extensions: { code: 'UNSUPPORTED_MEDIA_TYPE', http: { status: 415 } },
          });
        }
        setRequestParser((r) =>
          parseJsonBody(r, identity ? maxBodyBytes.withToken : maxBodyBytes.withoutToken),
        );
      }
    },
  };

  return createYoga({
    schema,
    context,
    plugins: [useRequests, useDocumentLimits(), useErrorCodes()],
    cors: (request) => {
      const origin = request.headers.get('origin');
      return origin !== null && config.corsOrigins.includes(origin)
        ? {
            origin,
            credentials: false,
            methods: ['GET', 'POST', 'OPTIONS'],
            allowedHeaders: ['authorization', 'content-type'],
            maxAge: 86_400,
          }
        : false;
    },
    graphiql: graphiql ? graphiqlOptions(graphiql) : false,
    renderGraphiQL,
    landingPage: false,
    multipart: false,
    batching: false,
    maxRequestBodySize: maxBodyBytes.withToken,
    parserAndValidationCache: {
      documentCache: new LRUCache({
        maxSize: documentCacheSize,
        sizeCalculation: (_document, text: string) => text.length + 1,
      }),
      errorCache: new LRUCache({
        maxSize: documentCacheSize,
        sizeCalculation: (_error, text: string) => text.length + 1,
      }),
    },
    maskedErrors: { maskError: (error) => maskError(error, log) },
    logging: {
      debug: (...args: unknown[]) => log.trace({ yoga: args }),
      info: (...args: unknown[]) => log.debug({ yoga: args }),
      warn: (...args: unknown[]) => log.warn({ yoga: args }),
      // What is masked is logged by `maskError`, with its id.
      error: () => {},
    },
  });
}

function isJson(request: Request): boolean {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  return type === 'application/json' || type === 'application/graphql+json';
}

async function parseJsonBody(request: Request, limit: number): Promise<Record<string, unknown>> {
  const body = await readText(request, limit);
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw badRequest('The body is not valid JSON.');
  }
  if (Array.isArray(parsed)) throw badRequest('The body is a list; send one operation a request.');
  if (typeof parsed !== 'object' || parsed === null) throw badRequest('The body must be a JSON object.');
  return parsed as Record<string, unknown>;
}

function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });
}

async function readText(request: Request, limit: number): Promise<string> {
  const declared = request.headers.get('content-length');
  if (declared !== null && Number(declared) > limit) throw bodyTooLarge(limit, Number(declared));
  // Node reads no more of a body than its declared length.
  if (declared !== null || !request.body) return request.text();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > limit) throw bodyTooLarge(limit, bytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function bodyTooLarge(limit: number, bytes: number): GraphQLError {
  const error = limitExceeded('maxBodyBytes', 'The body has too many bytes', limit, bytes);
  return new GraphQLError(error.message, { extensions: { ...error.extensions, http: { status: 413 } } });
}

/** Gives every error a code: what carries none by now came from graphql-js, about the request. */
function useErrorCodes(): Plugin {
  return {
    onParse:
      () =>
      ({ result, replaceParseResult }) => {
        if (result instanceof GraphQLError && result.extensions.code === undefined) {
          replaceParseResult(withCode(result, 'GRAPHQL_PARSE_FAILED', { status: 400, spec: true }));
        }
      },
    onExecutionResult({ result, setResult }) {
      if (!result || !('errors' in result) || !result.errors?.some((e) => e.extensions?.code === undefined))
        return;
      setResult({
        ...result,
        errors: result.errors.map((e) =>
          e.extensions?.code === undefined ? withCode(e, 'BAD_USER_INPUT') : e,
        ),
      });
    },
  };
}

function withCode(error: GraphQLError, code: string, http?: { status: number; spec: boolean }): GraphQLError {
  return new GraphQLError(error.message, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    path: error.path,
    extensions: { ...error.extensions, code, ...(http ? { http } : {}) },
  });
}

/** What a client is told of an error: all of one that was meant for it, and of any other nothing but an id that the log has too. */
function maskError(error: unknown, log: Logger): Error {
  const outer = error instanceof GraphQLError ? error : null;
  let inner: unknown = error;
  while (inner instanceof GraphQLError && inner.originalError) inner = inner.originalError;
  if (outer && inner instanceof GraphQLError) return outer;
  const id = randomUUID();
  log.error({ id, path: outer?.path, err: withoutStatement(inner) }, 'unexpected error');
  return new GraphQLError('Unexpected error.', {
    nodes: outer?.nodes,
    source: outer?.source,
    positions: outer?.positions,
    path: outer?.path,
    extensions: { code: 'INTERNAL_SERVER_ERROR', id, ...(outer?.path ? {} : { http: { status: 500 } }) },
  });
}
