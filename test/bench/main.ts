// npm run bench [-- --rounds 5 --seconds 3 --connections 32 --only TEXT --beside postgres://… --peers]
// Kith beside a hand-written server, on the database that DATABASE_URL names, loaded with `npm run load:graph`. With
// --beside the feed is read from another database as well, in the same rounds: of the same graph, with more or fewer posts.
// With --peers other GraphQL servers are measured as well: see README.md.
// npm run bench -- --soak MINUTES [--seconds 3 --connections 32 --only TEXT]: Kith alone, for its memory.
// npm run bench -- --profile [--seconds 3 --connections 32 --only TEXT]: Kith alone, for where its time goes.
import { isDeepStrictEqual, parseArgs } from 'node:util';
import postgres from 'postgres';
import { compareReads } from './compare.ts';
import {
  type Asked,
  type Contestant,
  handContestant,
  kithContestant,
  kithEnvironment,
  peerContestant,
  tokensFor,
} from './contestants.ts';
import { measure } from './measure.ts';
import { install, type Other, peers } from './peers.ts';
import { inspected, profile } from './profile.ts';
import { type Question, questions } from './questions.ts';
import { report } from './report.ts';
import { takeSample } from './sample.ts';
import { start, stopAll } from './servers.ts';
import { soak } from './soak.ts';
import { compareWrites, stateOf, takeWrites, type Write } from './writes.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '32' },
    only: { type: 'string', default: '' },
    beside: { type: 'string' },
    peers: { type: 'boolean', default: false },
    soak: { type: 'string' },
    profile: { type: 'boolean', default: false },
  },
});
const databaseUrl = process.env.DATABASE_URL;
if (!databaseUrl) {
  console.error('Set DATABASE_URL to a PostgreSQL database loaded with `npm run load:graph -- FILE.csv.gz`.');
  process.exit(1);
}
const minutes = options.soak === undefined ? null : Number(options.soak);
if (minutes !== null && !(minutes >= 3)) {
  console.error('--soak: at least 3 minutes, as the first two warm up.');
  process.exit(1);
}

const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
const seconds = Number(options.seconds);
const setting = { connections: Number(options.connections), sql };
try {
  const sample = await takeSample(databaseUrl);
  const chosen = <One extends Asked>(all: readonly One[]) =>
    all.filter(({ name }) => name.includes(options.only));
  const reads = chosen(questions(sample));
  const writes = chosen(await takeWrites(sql, setting.connections));
  const tokens = await tokensFor([...reads, ...writes]);
  const kith = kithContestant(
    await start('Kith', 'src/main.ts', 4701, kithEnvironment, options.profile ? inspected : []),
    tokens,
  );
  const before = writes.length > 0 ? await stateOf(sql) : null;
  if (minutes !== null) {
    const [spread] = writes;
    const asked = spread ? [...reads, spread] : reads;
    if (!(await soak(kith, asked, { ...setting, minutes, seconds }))) process.exitCode = 1;
  } else if (options.profile) {
    console.log(await profile(kith, [...reads, ...writes], { ...setting, seconds }));
  } else {
    const hand = handContestant(await start('hand-written', 'test/bench/handwritten.ts', 4702, {}));
    const beside = options.beside
      ? kithContestant(
          await start('Kith beside', 'src/main.ts', 4703, {
            ...kithEnvironment,
            DATABASE_URL: options.beside,
          }),
          tokens,
        )
      : null;
    const others = options.peers ? await startPeers(reads) : [];
    for (const question of reads) await compareReads(question, kith, hand, others);
    for (const write of writes) await compareWrites(sql, write, [kith, hand]);
    const contestants = { kith, hand, beside, others };
    const rounds = Number(options.rounds);
    const results = await measure(contestants, [...reads, ...writes], { ...setting, rounds, seconds });
    console.log(report(results, sample, setting.connections));
  }
  if (before !== null) await requireState(before, writes);
} finally {
  stopAll();
  await sql.end();
}

async function startPeers(reads: readonly Question[]): Promise<(Other & Contestant)[]> {
  const others: (Other & Contestant)[] = [];
  for (const peer of peers) {
    const server = await start(peer.name, install(peer), peer.port, peer.environment);
    others.push(await peerContestant({ ...server, peer }, reads));
  }
  return others;
}

/** @throws when the writes have not left everything as it was. */
async function requireState(before: unknown, writes: readonly Write[]): Promise<void> {
  const after = await stateOf(sql);
  if (!isDeepStrictEqual(after, before)) {
    const names = writes.map(({ name }) => name).join('; ');
    throw new Error(`${names}: not all is as it was: ${JSON.stringify(before)} ${JSON.stringify(after)}`);
  }
}
