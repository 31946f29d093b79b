import { createServer } from 'node:http';
import { pino } from 'pino';
import { createApp } from './app.ts';
import { signToken, withSecret } from './auth/token.ts';
import { type Config, ConfigError, type ReadyAuth, readConfig } from './config.ts';
import { type Database, DataDirInUseError, openDatabase } from './db/client.ts';
import { demoPeople, loadDemo } from './db/demo/load.ts';
import { withoutStatement } from './db/errors.ts';
import { sweepMedia } from './features/media/pictures.ts';
import { usersByUsernameKey } from './features/users/store.ts';
import { encodeId } from './graphql/node.ts';
import { RedisError, redisBus } from './live/redis.ts';
import { openStorage } from './media/storage.ts';

/** Longest a statement may run, in milliseconds: domain rule 2. */
const statementTimeout = 5_000;
/** How long requests in flight have to finish when the process is asked to end, in milliseconds. */
const gracePeriod = 10_000;
/** How often files that nothing shows are looked for, in milliseconds. */
const sweepInterval = 600_000;

async function main(): Promise<void> {
  const read = readConfig(process.env);
  const config = { ...read, auth: withSecret(read.auth, read.dataDir) };
  const log = pino({ level: config.logLevel });
  const bus = config.redisUrl === undefined ? undefined : await redisBus(config.redisUrl, log);
  const database = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir, statementTimeout });
  await database.migrate();
  const storage = await openStorage(config.media);
  if (config.demo) await loadDemo(database.db, storage, config.auth.issuer ?? '');

  const tokens = config.demo ? await demoTokens(config.auth) : [];
  const app = createApp({
    db: database.db,
    storage,
    config,
    log,
    ...(bus ? { bus } : {}),
    graphiql: { title: `${config.community.name}: GraphiQL`, demo: await demoSetup(database.db, tokens) },
  });
  const server = createServer(app.listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, resolve);
  });
  console.log(banner(config, database.description, tokens));

  // What a process that ended in the middle has left, and what could not be removed at once.
  const sweep = () => sweepMedia({ db: database.db, media: { storage }, now: () => new Date(), log });
  void sweep();
  const sweeping = setInterval(sweep, sweepInterval);

  let ending = false;
  const end = (signal: string) => {
    if (ending) return;
    ending = true;
    log.info({ signal }, 'finishing the requests in flight');
    clearInterval(sweeping);
    // Keep-alive connections end once they are idle; what is still busy after the grace period is cut off.
    const sweep = setInterval(() => server.closeIdleConnections(), 20);
    const cut = setTimeout(() => server.closeAllConnections(), gracePeriod);
    app.endStreams();
    server.close(async () => {
      clearInterval(sweep);
      clearTimeout(cut);
      await app.dispose();
      await database.close();
    });
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

interface DemoToken {
  username: string;
  token: string;
}

async function demoTokens(auth: ReadyAuth): Promise<DemoToken[]> {
  if (auth.kind === 'jwks') return [];
  return Promise.all(
    demoPeople.map(async (username) => ({
      username,
      token: await signToken(auth, username, { expires: '30d' }),
    })),
  );
}

/** What the example queries in GraphiQL need: ada's token, and somebody for her to follow. */
async function demoSetup(db: Database, tokens: DemoToken[]) {
  const [ada] = tokens;
  const [eve] = await usersByUsernameKey(db, null, ['eve']);
  return ada && eve ? { token: ada.token, someone: encodeId('User', eve.id) } : null;
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
  return error instanceof Error && 'syscall' in error && error.syscall === 'listen';
}
