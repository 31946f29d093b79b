// An archive as it is read: a ZIP that anybody may have made.
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { type Entry, type Options, open, type ZipFile } from 'yauzl';
import { maxImageBytes } from '../../media/image.ts';
import { ImportError } from '../import.ts';
import { entriesOf } from './rows.ts';

/** Most files in an archive. */
const maxFiles = 1_000_000;
/** Longest file that is read whole, in bytes. */
const maxWhole = 64 * 1024 * 1024;
/** Longest list, in bytes: some millions of posts. It is read an entry at a time. */
const maxList = 16 * 1024 * 1024 * 1024;

const openZip = promisify<string, Options, ZipFile>(open);

/** An archive that is open. */
export interface ArchiveReader {
  /** A file as what its JSON says. @throws ImportError where there is none, or it is no JSON. */
  json: (name: string) => Promise<unknown>;
  /** The entries of a file that is a list; none where there is no such file. @throws ImportError */
  rows: (name: string) => AsyncGenerator<unknown>;
  /** Whether there is such a file. */
  has: (path: string) => boolean;
  /** A picture's content. @throws ImportError for one that is too large, or broken. */
  picture: (path: string) => Promise<Uint8Array>;
  close: () => void;
}

/** Opens an archive. @throws ImportError for what is none, or is made to do harm. */
export async function openArchive(file: string): Promise<ArchiveReader> {
  let zip: ZipFile;
  const entries = new Map<string, Entry>();
  try {
    zip = await openZip(file, { lazyEntries: true, autoClose: false, strictFileNames: true });
  } catch (error) {
    throw unreadable(error);
  }
  try {
    if (zip.entryCount > maxFiles) throw new ImportError(`The archive has more than ${maxFiles} files.`);
    for await (const entry of zip.eachEntry()) {
      const { fileName } = entry;
      // Whatever else is in it is not looked at.
      if (!/^([a-z]+\.json|pictures\/[a-z0-9/-]+\.webp)$/.test(fileName)) continue;
      if (entries.has(fileName)) throw new ImportError(`The archive has two files called ${fileName}.`);
      entries.set(fileName, entry);
    }
  } catch (error) {
    zip.close();
    throw unreadable(error);
  }
  const openEntry = promisify<Entry, Readable>(zip.openReadStream.bind(zip) as never);

  const read = async (name: string, max: number): Promise<Readable> => {
    const entry = entries.get(name);
    if (!entry) throw new ImportError(`The archive has no ${name}: it is none of Kith’s, or not all of it.`);
    // What is said here is held to while it is read.
    if (entry.uncompressedSize > max)
      throw new ImportError(
        `${name} has ${entry.uncompressedSize} bytes: more than the ${max} that are read.`,
      );
    if (entry.isEncrypted()) throw new ImportError(`${name} is encrypted.`);
    return openEntry(entry);
  };
  const whole = async (name: string, max: number): Promise<Buffer> => {
    try {
      return Buffer.concat(await (await read(name, max)).toArray());
    } catch (error) {
      throw unreadable(error, name);
    }
  };
  async function* textOf(name: string): AsyncGenerator<string> {
    try {
      yield* (await read(name, maxList)).setEncoding('utf8');
    } catch (error) {
      throw unreadable(error, name);
    }
  }
  return {
    json: async (name) => {
      const content = await whole(name, maxWhole);
      try {
        return JSON.parse(content.toString('utf8'));
      } catch {
        throw new ImportError(`${name} is no JSON.`);
      }
    },
    rows: async function* (name) {
      if (entries.has(name)) yield* entriesOf(name, textOf(name));
    },
    has: (path) => entries.has(path),
    picture: (path) => whole(path, maxImageBytes),
    close: () => zip.close(),
  };
}

/** What is said of an archive, or a file of it, that cannot be read. */
function unreadable(error: unknown, name = 'The archive'): unknown {
  if (error instanceof ImportError || !(error instanceof Error)) return error;
  return new ImportError(`${name} cannot be read: ${error.message}.`, { cause: error });
}
