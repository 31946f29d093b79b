// Files of JSON that may be of any size and from anybody, read a piece at a time.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import { getManyValues, isMany } from 'stream-chain/core';
import { jsonParser, type Token } from 'stream-json/core/parser.js';
import { EntryBuilder, type EntryLimits, type Plan } from './entry-builder.ts';
import { ImportError } from './import.ts';

/** What a file may cost. */
export interface FileLimits extends EntryLimits {
  /** Bytes, once unpacked. */
  bytes: number;
  /** How many times as large it may be unpacked, once that is more than `unpacked` bytes. */
  ratio: number;
  unpacked: number;
}

export const fileLimits: FileLimits = {
  bytes: 4 * 2 ** 30,
  ratio: 200,
  unpacked: 32 * 2 ** 20,
  depth: 64,
  characters: 2_000_000,
  values: 20_000,
};

/** A value of the file that was asked for; without one where it is too large or nested too deep to be looked at. */
export type Entry =
  | { path: string; value: unknown; problem?: undefined }
  | { path: string; value?: undefined; problem: string };

/**
 * Reads the values that a plan asks for, in the order of the file; others are dropped unread. The file may be gzipped.
 * @param read called with how many bytes of the file, packed or not, have been read.
 * @throws ImportError for what is no JSON, is cut off, or costs more than it may.
 */
export async function* entriesOf(
  file: string,
  plan: Plan,
  read: (bytes: number) => void,
  limits: FileLimits = fileLimits,
): AsyncGenerator<Entry> {
  const parse = jsonParser({ packValues: false, streamValues: true });
  const builder = new EntryBuilder(plan, limits);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let unpacked = 0;
  const tokensOf = (text: string): readonly Token[] => {
    const out = parsed(() => parse(text));
    return isMany(out) ? getManyValues<Token>(out) : [];
  };
  const decode = (chunk?: Buffer): string =>
    parsed(() => (chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()));
  const parsed = <Out>(run: () => Out): Out => {
    try {
      return run();
    } catch (error) {
      // Neither of the two quotes the text.
      throw new ImportError(
        `${file} is no JSON, or not all of it, about ${unpacked} bytes in${error instanceof Error ? `: ${error.message}` : ''}.`,
      );
    }
  };
  for await (const { chunk, packed } of chunksOf(file)) {
    unpacked += chunk.length;
    if (unpacked > limits.bytes || (unpacked > limits.unpacked && unpacked > limits.ratio * packed)) {
      throw new ImportError(`${file} unpacks to more than any archive has in it, and is not read further.`);
    }
    read(packed);
    yield* builder.read(tokensOf(decode(chunk)));
  }
  yield* builder.read(tokensOf(decode()));
  if (!builder.isComplete) throw new ImportError(`${file} ends too early, ${unpacked} bytes in.`);
}

/** A file's bytes, unpacked, with how many of its own have been read for them. */
async function* chunksOf(file: string): AsyncGenerator<{ chunk: Buffer; packed: number }> {
  const isPacked = await startsAsGzip(file);
  let packed = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      packed += chunk.length;
      done(null, chunk);
    },
  });
  const raw = createReadStream(file);
  const bytes = isPacked ? raw.pipe(counted).pipe(createGunzip()) : raw.pipe(counted);
  raw.on('error', (error) => bytes.destroy(error));
  try {
    for await (const chunk of bytes) yield { chunk, packed };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !String(error.code).startsWith('Z_')) throw error;
    throw new ImportError(`${file} cannot be unpacked, it is broken or cut off: ${error.message}.`);
  } finally {
    raw.destroy();
  }
}

/** By its content, whatever its name. */
async function startsAsGzip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.readUInt16BE(0) === 0x1f8b;
  } finally {
    await handle.close();
  }
}
