import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import autocannon from 'autocannon';
import type postgres from 'postgres';
import { type Asked, type Contestant, sentFor } from './contestants.ts';
import type { Sent } from './sent.ts';
import { cpuOf } from './servers.ts';
import { takeBack } from './writes.ts';

/** What one question comes to while it is asked for some seconds. */
export interface Run {
  perSecond: number;
  /** In ms, as p99. */
  p50: number;
  p99: number;
  /** Processor time of the server's process, in µs a request; NaN where the system does not tell. */
  cpu: number;
}

/** The runs of one question, a run a round. */
export interface Rounds {
  kith: Run[];
  hand: Run[];
  beside: Run[];
  others: { name: string; runs: Run[] }[];
}

/** How it is asked. */
export interface Setting {
  connections: number;
  /** The database of the contestants. */
  sql: postgres.Sql;
}

export interface Contestants {
  kith: Contestant;
  hand: Contestant;
  /** Kith on another database. */
  beside: Contestant | null;
  others: readonly Contestant[];
}

export function isFeed({ name }: Asked): boolean {
  return name.startsWith('home feed');
}

/**
 * Asks everybody everything, round after round; the first only warms up and is not told of.
 * @throws at the first answer that is an error.
 */
export async function measure(
  { kith, hand, beside, others }: Contestants,
  asked: readonly Asked[],
  { rounds, seconds, ...setting }: Setting & { rounds: number; seconds: number },
): Promise<ReadonlyMap<Asked, Rounds>> {
  const results = new Map<Asked, Rounds>(
    asked.map((question) => [
      question,
      { kith: [], hand: [], beside: [], others: others.map(({ name }) => ({ name, runs: [] })) },
    ]),
  );
  for (let round = 0; round <= rounds; round++) {
    for (const [question, result] of results) {
      const runOf = async (contestant: Contestant, runs: Run[] | undefined) => {
        const { run, trouble } = await load(contestant, question, round === 0 ? 2 : seconds, setting);
        if (trouble) throw new Error(`${contestant.name}, ${question.name}: ${trouble}`);
        if (round > 0) runs?.push(run);
      };
      await runOf(kith, result.kith);
      await runOf(hand, result.hand);
      if (beside && isFeed(question)) await runOf(beside, result.beside);
      for (const [i, other] of others.entries())
        if (sentFor(other, question).length > 0) await runOf(other, result.others[i]?.runs);
    }
    process.stderr.write(round === 0 ? 'warmed up\n' : `round ${round} of ${rounds}\n`);
  }
  return results;
}

export interface Load {
  run: Run;
  /** In µs. */
  latencies: RecordableHistogram;
  /** What went wrong, if anything did. */
  trouble: string | null;
}

/** Asks one contestant one question for some seconds; what that wrote is taken back. */
export async function load(
  contestant: Contestant,
  asked: Asked,
  seconds: number,
  { connections, sql }: Setting,
): Promise<Load> {
  const latencies = createHistogram();
  const wrong: string[] = [];
  const lists = sentFor(contestant, asked).map((list) => list.map((sent) => checked(sent, wrong)));
  const before = cpuOf(contestant);
  try {
    const result = await cannon(contestant.url, connections, seconds, lists, latencies);
    const cpu = (cpuOf(contestant) - before) / result.requests.total;
    const { non2xx, errors } = result;
    const failed = non2xx + errors + wrong.length;
    return {
      run: { perSecond: result.requests.average, ...percentiles(latencies), cpu },
      latencies,
      trouble:
        failed > 0
          ? `${non2xx} refused, ${errors} errors, ${wrong.length} wrong answers. ${wrong[0] ?? ''}`
          : null,
    };
  } finally {
    if ('lists' in asked) await takeBack(sql, contestant, asked);
  }
}

/** The request with a look at its answer: GraphQL's errors come with status 200. */
function checked({ expects, ...request }: Sent, wrong: string[]): autocannon.Request {
  return {
    ...request,
    onResponse: (_status, body) => {
      if (body.includes('"errors":[') || (expects && !expects.test(body))) wrong.push(body.slice(0, 500));
    },
  };
}

function cannon(
  url: string,
  connections: number,
  duration: number,
  lists: readonly autocannon.Request[][],
  latencies: RecordableHistogram,
): Promise<autocannon.Result> {
  let connection = 0;
  const setupClient = (client: autocannon.Client) =>
    client.setRequests(lists[connection++ % lists.length] ?? []);
  return new Promise((resolve, reject) => {
    autocannon({ url, connections, duration, setupClient }, (error, result) =>
      error ? reject(error) : resolve(result),
    ).on('response', (_client, _status, _bytes, ms) => latencies.record(Math.max(1, Math.round(ms * 1_000))));
  });
}

/** In ms. */
export function percentiles(latencies: RecordableHistogram): Pick<Run, 'p50' | 'p99'> {
  return { p50: latencies.percentile(50) / 1_000, p99: latencies.percentile(99) / 1_000 };
}
