// The ZIP itself: written as it is read, whatever somebody has, so that it takes no more memory for more of it.
import { createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import type { Database } from '../db/client.ts';
import type { ExportJob } from '../features/exports/work-store.ts';
import { fileName } from '../features/media/rules.ts';
import { mediaKey } from '../features/media/store.ts';
import type { MediaStorage } from '../media/storage.ts';
import { type ArchivedPicture, accountParts } from './account-parts.ts';
import { comments, following, likes, photos, posts, requests, subscriptions, ties } from './lists.ts';
import { archiveVersion, readme } from './readme.ts';

/** What archives are made of. */
export interface ArchiveSource {
  db: Database;
  storage: MediaStorage;
  publicUrl: string;
  now: () => Date;
}

/**
 * The archive of all that is a person's.
 * @param signal ends it early.
 * @returns what fails when it cannot be made, or is ended.
 */
export function writeArchive(
  source: ArchiveSource,
  { userId, includesPictures }: Pick<ExportJob, 'userId' | 'includesPictures'>,
  signal: AbortSignal,
): Readable {
  const archive = new Archive(source.now(), signal);
  fill(archive, source, userId, includesPictures).catch((error: unknown) => archive.fail(error));
  return archive.content;
}

async function fill(
  archive: Archive,
  { db, storage, publicUrl, now }: ArchiveSource,
  userId: string,
  includesPictures: boolean,
): Promise<void> {
  const parts = await accountParts(db, userId);
  const origin = { url: publicUrl, id: await originId(db) };
  const about = {
    version: archiveVersion,
    exportedAt: now(),
    origin,
    username: parts.username,
    pictures: includesPictures,
    account: parts.account,
  };
  await archive.add('README.md', [readme(parts.username, publicUrl)]);
  await archive.add('kith.json', [json(about), '\n']);
  for (const [name, content] of parts.files) await archive.add(name, [json(content), '\n']);
  const lists = {
    'following.json': following(db, userId),
    'followers.json': ties(db, userId, 'followers', 'followedAt'),
    'connections.json': ties(db, userId, 'connections', 'connectedAt'),
    'requests.json': requests(db, userId),
    'blocks.json': ties(db, userId, 'blocks', 'blockedAt'),
    'hidden.json': ties(db, userId, 'hidden', 'hiddenAt'),
    'posts.json': posts(db, userId),
    'comments.json': comments(db, userId),
    'likes.json': likes(db, userId),
    'subscriptions.json': subscriptions(db, userId),
  };
  for (const [name, rows] of Object.entries(lists)) await archive.add(name, jsonList(rows));
  if (includesPictures) {
    for (const picture of parts.pictures) await addPicture(archive, storage, picture);
    for await (const picture of photos(db, userId)) await addPicture(archive, storage, picture);
  }
  archive.end();
}

/** A picture whose file is not there is left out. */
async function addPicture(
  archive: Archive,
  storage: MediaStorage,
  { path, picture }: ArchivedPicture,
): Promise<void> {
  const file = await storage.get(fileName(picture, 'original'));
  if (file) await archive.add(path, file.body, false);
}

/** What tells this Kith from all others: the same as long as its database is. */
async function originId(db: Database): Promise<string> {
  return createHmac('sha256', await mediaKey(db))
    .update('origin')
    .digest('hex')
    .slice(0, 32);
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** The rows as a list, a row at a time. */
async function* jsonList(rows: AsyncIterable<unknown>): AsyncGenerator<string> {
  let before = '[\n';
  for await (const row of rows) {
    yield `${before}  ${json(row).replaceAll('\n', '\n  ')}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

class Archive {
  readonly #zip = new ZipFile();
  readonly #mtime: Date;
  readonly #signal: AbortSignal;
  readonly content: Readable;
  #failure: unknown;
  #hasFailed = false;

  constructor(mtime: Date, signal: AbortSignal) {
    this.#mtime = mtime;
    this.#signal = signal;
    const { outputStream } = this.#zip;
    if (!(outputStream instanceof Readable)) throw new Error('An archive is read as a stream.');
    this.content = outputStream;
    // Whoever reads it is told when they do; until then nobody listens.
    this.content.on('error', () => {});
    this.#zip.on('error', (error) => this.fail(error));
    signal.addEventListener('abort', () => this.fail(signal.reason), { once: true });
  }

  /**
   * Adds a file, and waits until all of it is in.
   * @param isCompressible whether compressing it is worth the time.
   * @throws what its content ends with, or the archive.
   */
  async add(
    name: string,
    content: Iterable<string> | AsyncIterable<string> | Readable,
    isCompressible = true,
  ): Promise<void> {
    if (this.#hasFailed) throw this.#failure;
    const stream = content instanceof Readable ? content : Readable.from(content, { objectMode: false });
    const end = () => stream.destroy();
    this.content.once('close', end);
    this.#zip.addReadStream(stream, name, { mtime: this.#mtime, compress: isCompressible });
    try {
      await finished(stream, { signal: this.#signal });
    } finally {
      this.content.off('close', end);
    }
  }

  end(): void {
    this.#zip.end();
  }

  /** Whoever reads it gets this error. */
  fail(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#failure = error;
    this.content.destroy(
      error instanceof Error ? error : new Error('The archive was ended.', { cause: error }),
    );
  }
}
