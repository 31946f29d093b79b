import { createYoga, type YogaInitialContext } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { createTokenVerifier } from './auth/token.ts';
import { mayCome, viewerOf } from './auth/viewer.ts';
import type { Config, ReadyAuth } from './config.ts';
import type { Context } from './context.ts';
import { databaseAnswers } from './db/alive.ts';
import { askedByNobody } from './db/asker.ts';
import type { Database } from './db/client.ts';
import { watchedDatabase } from './db/watched.ts';
import { Exporter } from './exports/worker.ts';
import { readLink } from './features/exports/link-rules.ts';
import { takeLink } from './features/exports/store.ts';
import { feedReadersAmong } from './features/feed/readers-store.ts';
import { archiveFile, isFileName, isPrivateFile } from './features/media/rules.ts';
import { mediaKey } from './features/media/store.ts';
import { secondsLeft } from './features/media/url-rules.ts';
import { findOrCreateAccount } from './features/users/find-or-create-account.ts';
import { type GraphiQLSetup, graphiqlOptions, graphiqlPage } from './graphiql/page.ts';
import { useCompiledQueries } from './graphql/compiled.ts';
import { useHiddenSchema } from './graphql/hidden-schema.ts';
import { useDocumentLimits } from './graphql/limits.ts';
import { Loaders } from './graphql/loader.ts';
import { readOperations, usePersisted } from './graphql/persisted.ts';
import { SharedBatches } from './graphql/shared-batches.ts';
import { type Buckets, LocalBuckets } from './http/buckets.ts';
import { corsFor } from './http/cors.ts';
import { maskError, useErrorCodes } from './http/errors.ts';
import { type ExportOptions, useExports } from './http/exports.ts';
import { answerHeaders, useAnswerHeaders } from './http/headers.ts';
import { ordinaryLane } from './http/lane.ts';
import { type MediaOptions, useMedia } from './http/media.ts';
import { Readiness, useProbes } from './http/probes.ts';
import { RateLimits, useRateLimits } from './http/rate-limit.ts';
import { Identities, useRequests } from './http/requests.ts';
import { type StatsContext, useSteps, useTelemetry } from './http/telemetry.ts';
import { useReleasedUploads } from './http/uploads.ts';
import { type Bus, Live } from './live/live.ts';
import { ImageProcessor } from './media/image.ts';
import type { MediaStorage } from './media/storage.ts';
import { Links } from './remotes/links.ts';
import { RemotePictures } from './remotes/pictures.ts';
import { Remotes } from './remotes/remotes.ts';
import { Sources } from './remotes/sources.ts';
import { schema } from './schema.ts';
import type { SourceLimits } from './sources/limits.ts';
import type { Metrics } from './telemetry/metrics.ts';
import { Telemetry } from './telemetry/telemetry.ts';
import type { Tracing } from './telemetry/tracing.ts';

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
  /** Where requests are counted; nowhere unless given. */
  metrics?: Metrics | null;
  /** Where spans go; nowhere unless given. */
  tracing?: Tracing | null;
  /** How long a client may leave what is sent to it unread before it is cut off, in milliseconds. */
  stallTime?: number;
  /** What a source may cost, where that is not what it always may. */
  sourceLimits?: Partial<SourceLimits>;
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
  db: database,
  storage,
  config,
  log,
  bus,
  buckets,
  metrics = null,
  tracing = null,
  stallTime = defaultStallTime,
  sourceLimits,
  graphiql,
  now = () => new Date(),
}: AppOptions) {
  const identities = new Identities(createTokenVerifier(config.auth));
  const shared = new SharedBatches();
  const findAccount = findOrCreateAccount({ requireApproval: config.requireApproval, now });
  const live = new Live(bus ?? null, async (source, people) => {
    try {
      // They wait for it whether whoever has written it does or not.
      return await askedByNobody(() => feedReadersAmong(database, source, people));
    } catch (error) {
      // They look by themselves soon.
      log.error({ err: error }, 'streams were not told of a post');
      return [];
    }
  });
  metrics?.watchStreams(() => live.size);
  const telemetry = new Telemetry(log, metrics, tracing);
  const readiness = new Readiness(
    new Map([
      ['database', () => databaseAnswers(database)],
      ...(bus?.ping ? [['redis', bus.ping] as const] : []),
    ]),
  );
  const media = { storage, images: new ImageProcessor() };
  const sources = new Sources(config.sources, sourceLimits);
  const remotePictures = new RemotePictures({ db: database, media, sources, now, log });
  const remotes = new Remotes({ db: database, sources, pictures: remotePictures, now, log });
  const links = new Links({
    db: database,
    sources,
    pictures: remotePictures,
    secret: config.sources.secret,
    now,
    log,
  });
  const pictures: MediaOptions = {
    storage,
    isFileName,
    readableFor: async (file, query) =>
      isPrivateFile(file)
        ? secondsLeft(await mediaKey(database), file, query, now())
        : Number.POSITIVE_INFINITY,
    log,
  };
  const archives: ExportOptions = {
    take: async (token) => {
      const link = readLink(await mediaKey(database), token, now());
      const name = link && (await takeLink(database, link, now()));
      return name === null ? null : storage.get(archiveFile(name));
    },
    log,
  };
  const exporter = new Exporter({ db: database, storage, publicUrl: config.publicUrl, now, log });
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

  const context = async (initial: YogaInitialContext & StatsContext): Promise<Context> => {
    const { request, stats } = initial;
    if (!stats) throw new Error('A request has its stats from the beginning.');
    const identity = identities.of(request);
    const db = watchedDatabase(database, stats);
    const viewer =
      identity && (await viewerOf(db, identity, findAccount, () => limits?.chargeAccount(request)));
    if (viewer) stats.viewer = viewer.id;
    return {
      db,
      config,
      stats,
      viewer,
      viewerRemains: async () => identity !== null && mayCome(await findAccount(db, identity)),
      signal: request.signal,
      live,
      loaders: new Loaders({ shared: identity ? null : shared, onBatch: metrics?.batch }),
      media,
      remotes,
      links,
      wakeExports: () => exporter.wake(),
      spent: { values: 0, sources: 0 },
      now,
      log,
    };
  };

  const yoga = createYoga({
    schema,
    context,
    plugins: [
      useProbes(readiness),
      useMedia(pictures),
      useExports(archives),
      useTelemetry(telemetry),
      useRequests(identities),
      ...(limits ? [useRateLimits(limits, identities)] : []),
      useReleasedUploads(),
      useAnswerHeaders(config.corsOrigins),
      ...(operations ? [usePersisted(operations, persisted.only)] : []),
      ...(config.introspection ? [] : [useHiddenSchema()]),
      useDocumentLimits(limits && ((...asked) => limits.charge(...asked))),
      ...(tracing ? [useSteps()] : []),
      useCompiledQueries(),
      useErrorCodes(),
    ],
    cors: (request) => cors(request.headers.get('origin')),
    graphiql: graphiql ? graphiqlOptions(graphiql) : false,
    renderGraphiQL: (options) => graphiqlPage(options, graphiql?.demo ?? null),
    landingPage: false,
    // `useProbes` answers instead: no URL ends like this.
    healthCheckEndpoint: ' ',
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
      telemetry,
      identities,
      limits,
      operations,
      cors,
      vary: answerHeaders(config.corsOrigins),
      pictures,
      archives,
      stallTime,
      log,
    }),
    /** How many streams of events are open. */
    openStreams: () => live.size,
    /** Tells the readers of all streams that they end here. */
    endStreams: () => live.endStreams(),
    /** From now on it is not ready for requests, whoever asks. */
    endReadiness: () => readiness.end(),
    /** From now on archives are made here that other processes were asked for. */
    startExports: () => exporter.start(),
    dispose: async () => {
      const background = [exporter.close(), links.close(), remotePictures.close()];
      media.images.clear();
      await sources.close();
      await Promise.all(background);
      await live.close();
      await buckets?.close();
      await yoga.dispose();
    },
  };
}
