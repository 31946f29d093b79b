// npm run -s generate:graph -- FILE.csv[.gz] --times N: the graph of an edge list N times as large, to standard output.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { copiesOf } from './copy-edges.ts';
import { edgesOf } from './edges.ts';

const usage = `Usage: npm run -s generate:graph -- FILE.csv[.gz] --times N
Prints an edge list with N times the people and edges of FILE (2 to 1000), whose people have as many edges as those of
FILE: N copies of its graph, in which one edge in three goes from each copy to another. The same each time.`;

/** Edges of FILE that are read, and whose copies are printed, at once. */
const batchSize = 500;
const maxTimes = 1_000;

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { times: { type: 'string', default: '' } },
  });
  const [file, ...rest] = positionals;
  const times = /^\d+$/.test(values.times) ? Number(values.times) : Number.NaN;
  if (!file || rest.length > 0 || !(times >= 2 && times <= maxTimes)) throw new Error(usage);
  await pipeline(Readable.from(copies(file, times)), process.stdout);
}

async function* copies(file: string, times: number): AsyncGenerator<string> {
  // All copies of an edge stand together: so each copy of a person gets their edges over the whole list, as the person does.
  for await (const { batch } of edgesOf(file, batchSize))
    yield batch
      .flatMap((edge) => copiesOf(edge, times))
      .map(([a, b]) => `${a},${b}\n`)
      .join('');
}

main().catch((error: unknown) => {
  // Whoever reads has read enough.
  if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return;
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
