import type { Asked } from './contestants.ts';
import type { Rounds, Run } from './measure.ts';
import { peerTables } from './peers.ts';
import type { Sample } from './questions.ts';
import { median, medianRatio, table } from './table.ts';

type Results = ReadonlyMap<Asked, Rounds>;

/** The farthest from its median that a slow answer of Kith's is to be. */
const worstTail = 6;

const of = (runs: readonly Run[], key: keyof Run) => median(runs.map((run) => run[key]));
const tailOf = (runs: readonly Run[]) => median(runs.map(({ p50, p99 }) => p99 / p50));
const rates = (runs: readonly Run[]) => runs.map(({ perSecond }) => perSecond);
const latency = (runs: readonly Run[]) => `${of(runs, 'p50').toFixed(1)} / ${of(runs, 'p99').toFixed(1)}`;

/** Everything that the rounds have shown, as text. */
export function report(results: Results, sample: Sample, connections: number): string {
  const head = [
    'question',
    'Kith req/s',
    'hand req/s',
    'ratio',
    'Kith p50/p99 ms',
    'p99/p50',
    'hand p50/p99 ms',
    'CPU µs/req Kith/hand',
  ];
  const rows = [...results].map(([{ name }, { kith, hand }]) => [
    name,
    of(kith, 'perSecond').toFixed(0),
    of(hand, 'perSecond').toFixed(0),
    medianRatio(rates(kith), rates(hand)).toFixed(2),
    latency(kith),
    tailOf(kith).toFixed(1),
    latency(hand),
    `${of(kith, 'cpu').toFixed(0)} / ${of(hand, 'cpu').toFixed(0)}`,
  ]);
  return [
    table(head, rows),
    peers(results),
    ...besides(results),
    deepPage(results),
    longFeed(results, sample),
    worst(results, connections),
  ]
    .filter((part) => part !== null)
    .join('\n\n');
}

function peers(results: Results): string | null {
  if ([...results.values()].every(({ others }) => others.length === 0)) return null;
  return peerTables([...results].map(([{ name }, result]) => ({ name, ...result })));
}

function besides(results: Results): string[] {
  return [...results].flatMap(([{ name }, { kith, beside }]) => {
    const ratios = beside.map((run, i) => (kith[i]?.p50 ?? Number.NaN) / run.p50);
    return ratios.length > 0
      ? [`${name}: p50 of this database against the one beside it: ${median(ratios).toFixed(2)}`]
      : [];
  });
}

function deepPage(results: Results): string | null {
  const ratio = ratioOf(results, 'page at', 'page one', 'perSecond');
  return ratio > 0 ? `The page at position 9,000 against page one: ${ratio.toFixed(2)}` : null;
}

function longFeed(results: Results, { readers }: Sample): string | null {
  const most = readers.at(-1)?.following.toLocaleString('en');
  const ratio = ratioOf(
    results,
    `home feed of 20, following ${most}`,
    'home feed of 20, following 10',
    'p50',
  );
  return ratio > 0
    ? `The feed of who follows ${most} against that of who follows 10, p50: ${ratio.toFixed(2)}`
    : null;
}

function ratioOf(results: Results, one: string, other: string, key: keyof Run): number {
  const runs = (name: string) => [...results].find(([asked]) => asked.name.startsWith(name))?.[1].kith ?? [];
  const others = runs(other);
  return median(runs(one).map((run, i) => run[key] / (others[i]?.[key] ?? Number.NaN)));
}

function worst(results: Results, connections: number): string | null {
  const tails = [...results].map(([{ name }, { kith }]) => ({ name, tail: tailOf(kith) }));
  const [first] = tails.sort((a, b) => b.tail - a.tail);
  if (!first) return null;
  return `The worst p99 of Kith against its p50 at ${connections} connections: ${first.tail.toFixed(1)} (${first.name}); to be no more than ${worstTail}.`;
}
