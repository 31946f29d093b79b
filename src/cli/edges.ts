// Edge lists: files of lines "a,b", optionally gzipped, each an edge between two people.
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Longest name of a node, in characters: with a prefix still a username. */
export const maxName = 32;
const edgePattern = new RegExp(`^([A-Za-z0-9_-]{1,${maxName}}),([A-Za-z0-9_-]{1,${maxName}})$`);

/** Two people, by their names in lower case: case does not tell people apart. */
export interface Edge {
  /** The number of its line, from 1. */
  line: number;
  a: string;
  b: string;
}

/** A line that is no edge; the message says which. */
export class BrokenLineError extends Error {
  override readonly name = 'BrokenLineError';
}

/**
 * The file's edges in batches, with how many bytes of the file have been read.
 * @throws BrokenLineError at a line that is no edge, without the edges of its batch.
 */
export async function* edgesOf(
  file: string,
  batchSize: number,
): AsyncGenerator<{ batch: Edge[]; bytes: number }> {
  let bytes = 0;
  let batch: Edge[] = [];
  let line = 0;
  for await (const text of linesOf(file, (length) => (bytes += length))) {
    line++;
    if (text === '') continue;
    batch.push(edgeOf(text, line));
    if (batch.length === batchSize) {
      yield { batch, bytes };
      batch = [];
    }
  }
  if (batch.length > 0) yield { batch, bytes };
}

async function* linesOf(file: string, read: (bytes: number) => void): AsyncGenerator<string> {
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      read(chunk.length);
      done(null, chunk);
    },
  });
  const raw = createReadStream(file);
  const text = file.endsWith('.gz') ? raw.pipe(counted).pipe(createGunzip()) : raw.pipe(counted);
  raw.on('error', (error) => text.destroy(error));
  let rest = '';
  for await (const chunk of text.setEncoding('utf8')) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield line.trim();
  }
  yield rest.trim();
}

function edgeOf(text: string, line: number): Edge {
  const [a, b] = (edgePattern.exec(text)?.slice(1) ?? []).map((name) => name.toLowerCase());
  if (!a || !b)
    throw new BrokenLineError(`Line ${line} is not of the form a,b: ${JSON.stringify(text.slice(0, 80))}`);
  if (a === b) throw new BrokenLineError(`Line ${line} ties ${a} to themself.`);
  return { line, a, b };
}
