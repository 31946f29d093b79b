import cluster from 'node:cluster';
import { createServer, type Server } from 'node:http';
import { type Logger, pino } from 'pino';
import { createApp } from './app.ts';
import { signToken, withSecret } from './auth/token.ts';
import { tellReady, Workers } from './cluster.ts';
import { type Config, ConfigError, type ReadyAuth, readConfig } from './config.ts';
import { type Database, DataDirInUseError, type OpenDatabase, openDatabase } from './db/client.ts';
import { withoutStatement } from './db/errors.ts';
import { sweepExports } from './exports/worker.ts';
import { usersByUsernameKey } from './features/users/store.ts';
import type { GraphiQLSetup } from './graphiql/page.ts';
import { encodeId } from './graphql/node.ts';
import type { Buckets } from './http/buckets.ts';
import { metricsServer } from './http/metrics.ts';
import { redisBuckets } from './http/redis-buckets.ts';
import { keepBuckets, workerBuckets } from './http/worker-buckets.ts';
import { RedisError, redisBus } from './live/redis.ts';
import { relayNews, workerBus } from './live/workers.ts';
import { type MediaStorage, openStorage } from './media/storage.ts';
import type { Metrics } from './telemetry/metrics.ts';
import type { Tracing } from './telemetry/tracing.ts';

/** Longest a statement may run, in milliseconds: domain rule 2. */
const statementTimeout = 5_000;
/** How long requests in flight have to finish when the process is asked to end, in milliseconds. */
const gracePeriod = 10_000;
/** How often files that nothing shows are looked for, in milliseconds. */
const sweepInterval = 600_000;

/**
 * Lines go out together, at the latest after a tenth of a second and when the process ends. No write is larger than what
 * a pipe takes in one piece, so that lines of several workers do not get into each other.
 */
const logDestination = { sync: true, minLength: 3_584, maxWrite: 4_096, periodicFlush: 100 };

type ReadyConfig = Config & { auth: ReadyAuth };

async function main(): Promise<void> {
  const read = readConfig(process.env);
  const config = { ...read, auth: withSecret(read.auth, read.dataDir) };
  const destination = pino.destination(logDestination);
  process.once('exit', () => destination.flushSync());
  const log = pino({ level: config.logLevel }, destination);
  if (config.workers > 1 && cluster.isPrimary) await startAll(config, log);
  else await serve(config, log);
}

/** Makes what must be there once, and starts the workers. */
async function startAll(config: ReadyConfig, log: Logger): Promise<void> {
  const database = await open(config);
  await prepare(config, database, await openStorage(config.media));
  await database.close();
  // Workers are told less of a port that cannot be had.
  const server = createServer();
  await listen(server, config);
  await new Promise((resolve) => server.close(resolve));

  // Through Redis they reach each other by themselves.
  if (config.redisUrl === undefined) {
    relayNews();
    keepBuckets();
  }
  const workers = new Workers(log);
  if (!(await workers.start(config.workers))) process.exit(1);
  if (config.metricsPort !== null) {
    const { workersMetrics } = await import('./telemetry/metrics.ts');
    await serveMetrics(config, config.metricsPort, workersMetrics(), log);
  }
  const end = (signal: NodeJS.Signals) => workers.end(signal);
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  console.log(banner(config, database.description, await demoTokens(config)));
}

/** Answers, as the only process or as one of the workers. */
async function serve(config: ReadyConfig, log: Logger): Promise<void> {
  const { worker } = cluster;
  const bus =
    config.redisUrl === undefined ? worker && workerBus(worker) : await redisBus(config.redisUrl, log);
  const buckets = await bucketsOf(config, log);
  const database = await open(config);
  const storage = await openStorage(config.media);
  if (!worker) await prepare(config, database, storage);
  const metrics = await openMetrics(config, database, log);
  const tracing = await openTracing(config);

  const tokens = await demoTokens(config);
  const app = createApp({
    db: database.db,
    storage,
    config,
    log,
    metrics,
    tracing,
    ...(bus ? { bus } : {}),
    ...(buckets ? { buckets } : {}),
    graphiql: { title: `${config.community.name}: GraphiQL`, demo: await demoSetup(database.db, tokens) },
  });
  const server = createServer(app.listener);
  await listen(server, config);

  // What a process that ended in the middle has left, and what could not be removed at once.
  const sweep = () => sweepExports({ db: database.db, storage, now: () => new Date(), log });
  void sweep();
  const sweeping = setInterval(sweep, sweepInterval);
  app.startExports();

  let ending = false;
  const end = (signal: string) => {
    if (ending) return;
    ending = true;
    log.info({ signal }, 'finishing the requests in flight');
    clearInterval(sweeping);
    // Keep-alive connections end once they are idle; what is still busy after the grace period is cut off.
    const sweep = setInterval(() => server.closeIdleConnections(), 20);
    const cut = setTimeout(() => server.closeAllConnections(), gracePeriod);
    app.endReadiness();
    app.endStreams();
    server.close(async () => {
      clearInterval(sweep);
      clearTimeout(cut);
      await app.dispose();
      await database.close();
      worker?.disconnect();
      if (!tracing) return;
      await tracing.close();
      // What could not be sent would be tried again for longer than anybody waits.
      process.exit();
    });
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  if (worker) tellReady(worker);
  else console.log(banner(config, database.description, tokens));
}

function open({ databaseUrl: url, dataDir }: Config): Promise<OpenDatabase> {
  return openDatabase({ url, dataDir, statementTimeout });
}

/** What requests are counted with, where somebody is to be told; workers leave the telling to what has started them. */
async function openMetrics(config: Config, database: OpenDatabase, log: Logger): Promise<Metrics | null> {
  if (config.metricsPort === null) return null;
  const { Metrics } = await import('./telemetry/metrics.ts');
  const metrics = new Metrics();
  metrics.watchPools(database.pools);
  if (cluster.worker) metrics.share();
  else await serveMetrics(config, config.metricsPort, () => metrics.text(), log);
  return metrics;
}

/** Answers Prometheus for as long as anything else is answered. */
async function serveMetrics(
  { host }: Config,
  port: number,
  read: () => Promise<string>,
  log: Logger,
): Promise<void> {
  const server = metricsServer(read, log);
  await listen(server, { host, port });
  server.unref();
}

async function openTracing({ tracing }: Config): Promise<Tracing | null> {
  if (!tracing) return null;
  const { Tracing } = await import('./telemetry/tracing.ts');
  return new Tracing(tracing);
}

/** What rates are limited with; undefined for what one process needs by itself. */
async function bucketsOf({ rateLimit, redisUrl }: Config, log: Logger): Promise<Buckets | undefined> {
  if (rateLimit.costPerMinute === 0) return undefined;
  if (redisUrl !== undefined) return redisBuckets(redisUrl, log);
  return cluster.worker && workerBuckets(cluster.worker);
}

/** What is done to a database and a storage before anybody is answered. */
async function prepare(config: ReadyConfig, database: OpenDatabase, storage: MediaStorage): Promise<void> {
  await database.migrate();
  if (!config.demo) return;
  const { loadDemo } = await import('./db/demo/load.ts');
  await loadDemo(database.db, storage, config.auth.issuer ?? '');
}

/** @throws the system's error when it cannot have the port. */
function listen(server: Server, { port, host }: Pick<Config, 'port' | 'host'>): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

interface DemoToken {
  username: string;
  token: string;
}

async function demoTokens({ demo, auth }: ReadyConfig): Promise<DemoToken[]> {
  if (!demo || auth.kind === 'jwks') return [];
  const { demoPeople } = await import('./db/demo/load.ts');
  return Promise.all(
    demoPeople.map(async (username) => ({
      username,
      token: await signToken(auth, username, { expires: '30d' }),
    })),
  );
}

/** Who one can be in GraphiQL, and what its examples need: somebody to follow. */
async function demoSetup(db: Database, tokens: DemoToken[]): Promise<GraphiQLSetup['demo']> {
  const cards = await usersByUsernameKey(
    db,
    null,
    tokens.map(({ username }) => username),
  );
  const cardOf = (name: string) => cards.find(({ username }) => username === name);
  const people = tokens.flatMap(({ username, token }) => {
    const card = cardOf(username);
    return card ? [{ username, name: card.displayName ?? username, token }] : [];
  });
  const eve = cardOf('eve');
  return eve ? { people, someone: encodeId('User', eve.id) } : null;
}

function banner(config: Config, database: string, tokens: DemoToken[]): string {
  const lines = [`Kith is running: ${config.publicUrl}/graphql`, `Database: ${database}`];
  if (tokens.length > 0) {
    lines.push('Demo people, each with a token for the header "Authorization: Bearer …" (30 days):');
    for (const { username, token } of tokens) lines.push(`  ${username.padEnd(6)} ${token}`);
  }
  return `\n${lines.join('\n')}\n`;
}

main().catch((error: unknown) => {
  // What somebody can mend by themself gets its message, anything else its stack.
  const known =
    error instanceof ConfigError ||
    error instanceof DataDirInUseError ||
    error instanceof RedisError ||
    isListenError(error);
  console.error(
    known && error instanceof Error ? `Kith cannot start.\n${error.message}` : withoutStatement(error),
  );
  process.exit(1);
});

function isListenError(error: unknown): boolean {
  return (
    error instanceof Error && 'syscall' in error && (error.syscall === 'listen' || error.syscall === 'bind')
  );
}
