import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { createYoga, type YogaInitialContext } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { createTokenVerifier } from './auth/token.ts';
import { mayCome, viewerOf } from './auth/viewer.ts';
import type { Config, ReadyAuth } from './config.ts';
import type { Context } from './context.ts';
import type { Database } from './db/client.ts';
import { feedReadersAmong } from './features/feed/readers-store.ts';
import { isFileName, isPrivateFile } from './features/media/rules.ts';
import { mediaKey } from './features/media/store.ts';
import { secondsLeft } from './features/media/url-rules.ts';
import { findOrCreateAccount } from './features/users/find-or-create-account.ts';
import { type GraphiQLSetup, graphiqlOptions } from './graphiql.ts';
import { useCompiledQueries } from './graphql/compiled.ts';
import { useHiddenSchema } from './graphql/hidden-schema.ts';
import { useDocumentLimits } from './graphql/limits.ts';
import { Loaders } from './graphql/loader.ts';
import { readOperations, usePersisted } from './graphql/persisted.ts';
import { type Buckets, LocalBuckets } from './http/buckets.ts';
import { corsFor } from './http/cors.ts';
import { maskError, useErrorCodes } from './http/errors.ts';
import { answerHeaders, useAnswerHeaders } from './http/headers.ts';
import { ordinaryLane } from './http/lane.ts';
import { type MediaOptions, useMedia } from './http/media.ts';
import { RateLimits, useRateLimits } from './http/rate-limit.ts';
import { Identities, useRequests } from './http/requests.ts';
import { useReleasedUploads } from './http/uploads.ts';
import { type Bus, Live } from './live/live.ts';
import { ImageProcessor } from './media/image.ts';
import type { MediaStorage } from './media/storage.ts';
import { schema } from './schema.ts';

export interface AppOptions {
  db: Database;
  /** Where pictures lie. */
  storage: MediaStorage;
  /** With `auth` as `withSecret` makes it ready. */
  config: Config & { auth: ReadyAuth };
  log: Logger;
  /** The way to other instances on the same database; none unless given. */
  bus?: Bus;
  /** What rates are limited with; this process' own unless given. */
  buckets?: Buckets;
  /** How long a client may leave what is sent to it unread before it is cut off, in milliseconds. */
  stallTime?: number;
  /** What GraphiQL opens with. */
  graphiql?: GraphiQLSetup;
  /** The clock; the machine's unless a test has one of its own. */
  now?: () => Date;
}

/** Characters of documents that are kept parsed and validated; parsed they take up to a hundred times as much. */
const documentCacheSize = 512 * 1024;
/** Longer than Yoga's heartbeats are apart. */
const defaultStallTime = 30_000;

/**
 * The GraphQL server: Yoga, and a listener for Node's HTTP server that is the fast way to the same answers.
 * It never listens, and never reads the environment.
 */
export function createApp({
  db,
  storage,
  config,
  log,
  bus,
  buckets,
  stallTime = defaultStallTime,
  graphiql,
  now = () => new Date(),
}: AppOptions) {
  const identities = new Identities(createTokenVerifier(config.auth));
  const findAccount = findOrCreateAccount({ db, requireApproval: config.requireApproval, now });
  const live = new Live(bus ?? null, async (source, people) => {
    try {
      return await feedReadersAmong(db, source, people);
    } catch (error) {
      // They look by themselves soon.
      log.error({ err: error }, 'streams were not told of a post');
      return [];
    }
  });
  const media = { storage, images: new ImageProcessor() };
  const pictures: MediaOptions = {
    storage,
    isFileName,
    readableFor: async (file, query) =>
      isPrivateFile(file) ? secondsLeft(await mediaKey(db), file, query, now()) : Number.POSITIVE_INFINITY,
    log,
  };
  const cors = corsFor(config.corsOrigins);
  const limits =
    config.rateLimit.costPerMinute > 0
      ? new RateLimits({
          ...config.rateLimit,
          buckets: buckets ?? new LocalBuckets(() => now().getTime()),
          now,
        })
      : null;
  const persisted = config.persistedOperations;
  const operations = persisted && readOperations(persisted.file);
  const cache = () =>
    new LRUCache<string, object>({
      maxSize: documentCacheSize,
      sizeCalculation: (_value, text) => text.length + 1,
    });

  const context = async ({ request }: YogaInitialContext): Promise<Context> => {
    const identity = identities.of(request);
    return {
      db,
      config,
      viewer: identity && (await viewerOf(identity, findAccount, () => limits?.chargeAccount(request))),
      viewerRemains: async () => identity !== null && mayCome(await findAccount(identity)),
      signal: request.signal,
      live,
      loaders: new Loaders(),
      media,
      spent: { values: 0 },
      now,
      log,
    };
  };

  const yoga = createYoga({
    schema,
    context,
    plugins: [
      useMedia(pictures),
      useRequests(identities),
      ...(limits ? [useRateLimits(limits, identities)] : []),
      useReleasedUploads(),
      useAnswerHeaders(config.corsOrigins),
      ...(operations ? [usePersisted(operations, persisted.only)] : []),
      ...(config.introspection ? [] : [useHiddenSchema()]),
      useDocumentLimits(limits && ((...asked) => limits.charge(...asked))),
      useCompiledQueries(),
      useErrorCodes(),
    ],
    cors: (request) => cors(request.headers.get('origin')),
    graphiql: graphiql ? graphiqlOptions(graphiql) : false,
    renderGraphiQL,
    landingPage: false,
    multipart: false,
    extraParamNames: operations ? ['documentId'] : [],
    batching: false,
    // `useRequests` counts bodies, whose limit depends on the token.
    maxRequestBodySize: false,
    // What validation found is kept by `useDocumentLimits`.
    parserAndValidationCache: {
      documentCache: cache(),
      errorCache: cache(),
      validationCache: false,
    } as never,
    maskedErrors: { maskError: (error) => maskError(error, log) },
    logging: {
      debug: (...args: unknown[]) => log.trace({ yoga: args }),
      info: (...args: unknown[]) => log.debug({ yoga: args }),
      warn: (...args: unknown[]) => log.warn({ yoga: args }),
      // What is masked is logged by `maskError`, with its id.
      error: () => {},
    },
  });
  return {
    fetch: (request: Request) => Promise.resolve(yoga.fetch(request)),
    listener: ordinaryLane({
      yoga,
      identities,
      limits,
      operations,
      cors,
      vary: answerHeaders(config.corsOrigins),
      pictures,
      stallTime,
      log,
    }),
    /** How many streams of events are open. */
    openStreams: () => live.size,
    /** Tells the readers of all streams that they end here. */
    endStreams: () => live.endStreams(),
    dispose: async () => {
      media.images.clear();
      await live.close();
      await buckets?.close();
      await yoga.dispose();
    },
  };
}
