// npm run bench -- --soak MINUTES: Kith alone, asked everything in turn, to see whether its memory grows.
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Asked, Contestant } from './contestants.ts';
import { load, percentiles, type Setting } from './measure.ts';
import { memoryOf } from './servers.ts';
import { median, table } from './table.ts';

const sampleEvery = 10;
/** By then everything has been asked several times. */
const firstMark = 120;
/** How far from a mark its samples are. */
const around = 20;
const mostGrowth = 1.2;

interface Sample {
  /** Seconds since the start. */
  at: number;
  memory: number;
}

/**
 * Asks Kith everything in turn, for so many seconds each, as long as the minutes last.
 * @returns whether all answers were right.
 */
export async function soak(
  kith: Contestant,
  asked: readonly Asked[],
  { minutes, seconds, ...setting }: Setting & { minutes: number; seconds: number },
): Promise<boolean> {
  const results = new Map(
    asked.map((question) => [question, { latencies: createHistogram(), answers: 0, troubles: 0 }]),
  );
  const troubles: string[] = [];
  const samples: Sample[] = [];
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1_000;
  const sampler = setInterval(() => {
    samples.push({ at: elapsed(), memory: memoryOf(kith) });
    process.stderr.write(`${elapsed().toFixed(0)} s: ${samples.at(-1)?.memory.toFixed(0)} MiB\n`);
  }, sampleEvery * 1_000);
  try {
    for (let turn = 0; elapsed() < minutes * 60; turn++) {
      const [question, result] = [...results][turn % results.size] ?? [];
      if (!question || !result) break;
      const { latencies, trouble } = await load(kith, question, seconds, setting);
      result.latencies.add(latencies);
      if (trouble) troubles.push(`${elapsed().toFixed(0)} s, ${question.name}: ${trouble}`);
    }
  } finally {
    clearInterval(sampler);
  }
  console.log(answersOf([...results].map(([{ name }, { latencies }]) => ({ name, latencies }))));
  console.log(`\n${growth(samples, elapsed())}`);
  console.log(`\n${troubles.length > 0 ? troubles.join('\n') : 'No errors.'}`);
  return troubles.length === 0;
}

function answersOf(results: readonly { name: string; latencies: RecordableHistogram }[]): string {
  const rows = results.map(({ name, latencies }) => {
    const { p50, p99 } = percentiles(latencies);
    return [name, String(latencies.count), p50.toFixed(1), p99.toFixed(1), (p99 / p50).toFixed(1)];
  });
  return table(['question', 'answers', 'p50 ms', 'p99 ms', 'p99/p50'], rows);
}

function growth(samples: readonly Sample[], end: number): string {
  const near = (mark: number) =>
    median(samples.filter(({ at }) => Math.abs(at - mark) <= around).map(({ memory }) => memory));
  const [early, late] = [near(firstMark), near(end)];
  return `Resident memory: ${early.toFixed(0)} MiB after ${firstMark / 60} minutes, ${late.toFixed(0)} MiB after ${(end / 60).toFixed(1)}: ${(late / early).toFixed(2)}; to be no more than ${mostGrowth}.`;
}
