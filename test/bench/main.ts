// npm run bench [-- --rounds 5 --seconds 3 --connections 32 --only TEXT --beside postgres://…]
// Kith beside a hand-written server, on the database that DATABASE_URL names, loaded with `npm run load:graph`. With
// --beside the feed is read from another database as well, in the same rounds: of the same graph, with more or fewer posts.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import autocannon from 'autocannon';
import postgres from 'postgres';
import { signToken } from '../../src/auth/token.ts';
import { encodeCursor } from '../../src/graphql/cursor.ts';
import { type Question, questions, type Request, type Sample } from './questions.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '32' },
    only: { type: 'string', default: '' },
    beside: { type: 'string' },
  },
});
const databaseUrl = process.env.DATABASE_URL;
if (!databaseUrl) {
  console.error('Set DATABASE_URL to a PostgreSQL database loaded with `npm run load:graph -- FILE.csv.gz`.');
  process.exit(1);
}

interface Server {
  name: string;
  url: string;
  process: ChildProcess;
}
interface Result {
  perSecond: number;
  p50: number;
  p99: number;
  /** Processor time of the server's process, in µs a request; NaN where the system does not tell. */
  cpu: number;
}

const sample = await takeSample(databaseUrl);
const secret = 'the benchmark has a secret of its own, of 32 bytes';
const environment = { LOG_LEVEL: 'error', AUTH_SECRET: secret };
const kith = await start('Kith', ['src/main.ts'], 4701, '/health', environment);
const beside = options.beside
  ? await start('Kith beside', ['src/main.ts'], 4703, '/health', {
      ...environment,
      DATABASE_URL: options.beside,
    })
  : null;
const hand = await start('hand-written', ['test/bench/handwritten.ts'], 4702, '/health', {});
const tokens = new Map<string, string>();
try {
  const asked = questions(sample).filter(({ name }) => name.includes(options.only));
  for (const { as } of asked.flatMap(({ requests }) => requests)) {
    const auth = { kind: 'secret', secret, issuer: null, audience: null } as const;
    if (as !== undefined) tokens.set(as, await signToken(auth, as, { expires: '1d' }));
  }
  for (const question of asked) await compareAnswers(question);
  await measure(asked);
} finally {
  kith.process.kill();
  hand.process.kill();
  beside?.process.kill();
}

async function takeSample(url: string): Promise<Sample> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const [celebrity] = await sql<{ id: string; username: string; followers: number }[]>`
      SELECT id, username, followers FROM user_stats JOIN users ON id = user_id ORDER BY followers DESC LIMIT 1`;
    if (!celebrity || celebrity.followers < 9_000)
      throw new Error('The database is not loaded with the graph.');
    const usernames = await sql<{ username: string }[]>`
      SELECT username FROM users JOIN user_stats ON id = user_id WHERE followers >= 20 ORDER BY md5(username) LIMIT 200`;
    const [at] = await sql<{ at: Date; id: string }[]>`
      SELECT created_at AS at, follower_id AS id FROM follows WHERE followee_id = ${celebrity.id}
      ORDER BY created_at DESC, follower_id DESC OFFSET 8999 LIMIT 1`;
    if (!at) throw new Error('There is no position 9,000.');
    const starts = await sql<{ username: string }[]>`SELECT username FROM users ORDER BY md5(sid) LIMIT 200`;
    const followedAt = at.at.toISOString();
    return {
      usernames: usernames.map(({ username }) => username),
      celebrity: celebrity.username,
      position: { followedAt, id: at.id, cursor: encodeCursor('followers', [followedAt, at.id]) },
      starts: starts.map(({ username }) => ({
        username,
        cursor: encodeCursor('users by username up', [username.toLowerCase()]),
      })),
      readers: await readersOf(sql),
    };
  } finally {
    await sql.end();
  }
}

/** Those who follow about 10, 500 and 3,000, and whoever follows most; nobody where there are no posts. */
async function readersOf(sql: postgres.Sql): Promise<Sample['readers']> {
  const [any] = await sql`SELECT FROM posts LIMIT 1`;
  if (!any) return [];
  const [most] = await sql<{ following: number }[]>`SELECT max(following) AS following FROM user_stats`;
  return Promise.all(
    [10, 500, 3_000, most?.following ?? 0].map(async (following) => {
      const people = await sql<{ username: string; id: string }[]>`
        SELECT username, id FROM users JOIN user_stats ON user_id = id
        WHERE following BETWEEN ${Math.floor(following * 0.9)} AND ${Math.ceil(following * 1.1)}
        ORDER BY abs(following - ${following}), md5(username) LIMIT 20`;
      return { following, people };
    }),
  );
}

async function start(
  name: string,
  args: string[],
  port: number,
  path: string,
  env: Record<string, string>,
): Promise<Server> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env, PORT: String(port), NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  for (let i = 0; i < 300; i++) {
    if (
      await fetch(url + path).then(
        () => true,
        () => false,
      )
    )
      return { name, url, process: child };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${name} did not start.`);
}

function kithHeaders({ as }: Request): Record<string, string> {
  const token = as === undefined ? undefined : tokens.get(as);
  return { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
}

function kithBody(question: Question, request: Request): string {
  return JSON.stringify({ query: question.document, variables: request.variables });
}

async function compareAnswers(question: Question): Promise<void> {
  for (const request of question.requests.slice(0, 20)) {
    const [ours, theirs] = await Promise.all([
      fetch(`${kith.url}/graphql`, {
        method: 'POST',
        headers: kithHeaders(request),
        body: kithBody(question, request),
      }).then((response) => response.json()),
      fetch(hand.url + request.route).then((response) => response.json()),
    ]);
    if (!isDeepStrictEqual(ours, theirs)) {
      console.error(`${question.name}: the answers differ.`, JSON.stringify(ours), JSON.stringify(theirs));
      process.exit(1);
    }
  }
}

async function measure(asked: readonly Question[]): Promise<void> {
  const rounds = Number(options.rounds);
  const seconds = Number(options.seconds);
  const results = new Map(
    asked.map((question) => [
      question,
      { kith: [] as Result[], hand: [] as Result[], beside: [] as Result[] },
    ]),
  );
  for (let round = 0; round <= rounds; round++) {
    for (const [question, both] of results) {
      const ours = await load(kith, question, round === 0 ? 2 : seconds);
      const theirs = await load(hand, question, round === 0 ? 2 : seconds);
      const besides =
        beside && isFeed(question) ? await load(beside, question, round === 0 ? 2 : seconds) : null;
      // The first round only warms up.
      if (round === 0) continue;
      if (besides) both.beside.push(besides);
      both.kith.push(ours);
      both.hand.push(theirs);
    }
    process.stderr.write(round === 0 ? 'warmed up\n' : `round ${round} of ${rounds}\n`);
  }
  report(results);
}

async function load(server: Server, question: Question, duration: number): Promise<Result> {
  const requests = question.requests.map((request) =>
    server !== hand
      ? {
          method: 'POST' as const,
          path: '/graphql',
          headers: kithHeaders(request),
          body: kithBody(question, request),
        }
      : { method: 'GET' as const, path: request.route },
  );
  const before = cpuOf(server);
  const result = await autocannon({
    url: server.url,
    connections: Number(options.connections),
    duration,
    requests,
  });
  const after = cpuOf(server);
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${server.name}, ${question.name}: ${result.non2xx} refused, ${result.errors} errors.`);
  }
  return {
    perSecond: result.requests.average,
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpu: (after - before) / result.requests.total,
  };
}

/** Processor time of the server's process so far, in µs. */
function cpuOf(server: Server): number {
  try {
    const fields = readFileSync(`/proc/${server.process.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return Number.NaN;
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

function isFeed({ name }: Question): boolean {
  return name.startsWith('home feed');
}

function report(results: Map<Question, { kith: Result[]; hand: Result[]; beside: Result[] }>): void {
  const of = (runs: readonly Result[], key: keyof Result) => median(runs.map((run) => run[key]));
  const rows = [...results].map(([question, { kith: ours, hand: theirs }]) => [
    question.name,
    of(ours, 'perSecond').toFixed(0),
    of(theirs, 'perSecond').toFixed(0),
    median(ours.map((run, i) => run.perSecond / (theirs[i]?.perSecond ?? Number.NaN))).toFixed(2),
    `${of(ours, 'p50')} / ${of(ours, 'p99')}`,
    `${of(theirs, 'p50')} / ${of(theirs, 'p99')}`,
    `${of(ours, 'cpu').toFixed(0)} / ${of(theirs, 'cpu').toFixed(0)}`,
  ]);
  const head = [
    'question',
    'Kith req/s',
    'hand req/s',
    'ratio',
    'Kith p50/p99 ms',
    'hand p50/p99 ms',
    'CPU µs/req Kith/hand',
  ];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  console.log(
    [line(head), `|${widths.map((w) => '-'.repeat(w + 2)).join('|')}|`, ...rows.map(line)].join('\n'),
  );
  for (const [{ name }, { kith: ours, beside: besides }] of results) {
    const ratios = besides.map((run, i) => (ours[i]?.p50 ?? Number.NaN) / run.p50);
    if (ratios.length > 0)
      console.log(`\n${name}: p50 of this database against the one beside it: ${median(ratios).toFixed(2)}`);
  }
  const runs = (name: string) =>
    [...results].find(([question]) => question.name.startsWith(name))?.[1].kith ?? [];
  const ratio = (one: string, other: string, key: keyof Result) => {
    const others = runs(other);
    return median(runs(one).map((run, i) => run[key] / (others[i]?.[key] ?? Number.NaN)));
  };
  const deepRatio = ratio('page at', 'page one', 'perSecond');
  if (deepRatio > 0) console.log(`\nThe page at position 9,000 against page one: ${deepRatio.toFixed(2)}`);
  const most = sample.readers.at(-1)?.following.toLocaleString('en');
  const feedRatio = ratio(`home feed of 20, following ${most}`, 'home feed of 20, following 10', 'p50');
  if (feedRatio > 0)
    console.log(
      `\nThe feed of who follows ${most} against that of who follows 10, p50: ${feedRatio.toFixed(2)}`,
    );
}
