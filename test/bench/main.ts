// npm run bench [-- --rounds 5 --seconds 3 --connections 32 --only TEXT --beside postgres://… --peers]
// Kith beside a hand-written server, on the database that DATABASE_URL names, loaded with `npm run load:graph`. With
// --beside the feed is read from another database as well, in the same rounds: of the same graph, with more or fewer posts.
// With --peers other GraphQL servers are measured as well: see README.md.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { signToken } from '../../src/auth/token.ts';
import { compareWith, install, type Peer, peers, peerTables, requestsFor, type Sent } from './peers.ts';
import { type Question, questions, type Request } from './questions.ts';
import { takeSample } from './sample.ts';
import { median, medianRatio, table } from './table.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '32' },
    only: { type: 'string', default: '' },
    beside: { type: 'string' },
    peers: { type: 'boolean', default: false },
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
/** A server that --peers adds, and what it is sent for each question. */
interface Other extends Server {
  peer: Peer;
  sent: Map<Question, readonly Sent[]>;
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
const others: Other[] = [];
try {
  for (const peer of options.peers ? peers : []) {
    const server = await start(peer.name, [install(peer)], peer.port, '/health', peer.environment);
    others.push({ ...server, peer, sent: new Map() });
  }
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
  for (const other of others) other.process.kill();
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
  const answers: unknown[] = [];
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
      throw new Error(
        `${question.name}: the answers differ: ${JSON.stringify(ours)} ${JSON.stringify(theirs)}`,
      );
    }
    answers.push(ours);
  }
  for (const { peer, url, sent } of others) {
    const requests = await requestsFor(peer, question, url);
    await compareWith(peer, question, url, requests, answers);
    sent.set(question, requests);
  }
}

async function measure(asked: readonly Question[]): Promise<void> {
  const rounds = Number(options.rounds);
  const seconds = Number(options.seconds);
  const results = new Map(
    asked.map((question) => [
      question,
      {
        kith: [] as Result[],
        hand: [] as Result[],
        beside: [] as Result[],
        others: others.map(({ name }) => ({ name, runs: [] as Result[] })),
      },
    ]),
  );
  for (let round = 0; round <= rounds; round++) {
    for (const [question, both] of results) {
      const ours = await load(kith, question, round === 0 ? 2 : seconds);
      const theirs = await load(hand, question, round === 0 ? 2 : seconds);
      const besides =
        beside && isFeed(question) ? await load(beside, question, round === 0 ? 2 : seconds) : null;
      const rest: Result[] = [];
      for (const other of others) rest.push(await load(other, question, round === 0 ? 2 : seconds));
      // The first round only warms up.
      if (round === 0) continue;
      for (const [i, run] of rest.entries()) both.others[i]?.runs.push(run);
      if (besides) both.beside.push(besides);
      both.kith.push(ours);
      both.hand.push(theirs);
    }
    process.stderr.write(round === 0 ? 'warmed up\n' : `round ${round} of ${rounds}\n`);
  }
  report(results);
}

function requestsOf(server: Server | Other, question: Question) {
  if ('sent' in server) return [...(server.sent.get(question) ?? [])];
  return question.requests.map((request) =>
    server !== hand
      ? {
          method: 'POST' as const,
          path: '/graphql',
          headers: kithHeaders(request),
          body: kithBody(question, request),
        }
      : { method: 'GET' as const, path: request.route },
  );
}

async function load(server: Server | Other, question: Question, duration: number): Promise<Result> {
  const before = cpuOf(server);
  const result = await autocannon({
    url: server.url,
    connections: Number(options.connections),
    duration,
    requests: requestsOf(server, question),
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

function isFeed({ name }: Question): boolean {
  return name.startsWith('home feed');
}

interface Results {
  kith: Result[];
  hand: Result[];
  beside: Result[];
  others: { name: string; runs: Result[] }[];
}

function report(results: Map<Question, Results>): void {
  const of = (runs: readonly Result[], key: keyof Result) => median(runs.map((run) => run[key]));
  const rates = (runs: readonly Result[]) => runs.map(({ perSecond }) => perSecond);
  const rows = [...results].map(([question, { kith: ours, hand: theirs }]) => [
    question.name,
    of(ours, 'perSecond').toFixed(0),
    of(theirs, 'perSecond').toFixed(0),
    medianRatio(rates(ours), rates(theirs)).toFixed(2),
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
  console.log(table(head, rows));
  if (others.length > 0)
    console.log(`\n${peerTables([...results].map(([{ name }, result]) => ({ name, ...result })))}`);
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
