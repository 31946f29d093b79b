// Archives that people take along: asked for, waited for, had and opened.
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect, vi } from 'vitest';
import { type Entry, fromBuffer, type Options, type ZipFile } from 'yauzl';
import { readConfig } from '../../src/config.ts';
import { run } from '../../src/imports/kith-archive/run.ts';
import { Progress } from '../../src/imports/progress.ts';
import { Report } from '../../src/imports/report.ts';
import { diskStorage } from '../../src/media/disk-storage.ts';
import type { TestApp } from './app.ts';

const open = promisify<Buffer, Options, ZipFile>(fromBuffer);

/** The files of a ZIP by their names: texts as they are, pictures in Latin-1. */
export async function unzipped(zip: Buffer): Promise<Map<string, string>> {
  const file = await open(zip, { lazyEntries: true });
  const read = promisify<Entry, NodeJS.ReadableStream>(file.openReadStream.bind(file));
  const files = new Map<string, string>();
  for await (const entry of file.eachEntry()) {
    const stream = await read(entry);
    stream.setEncoding(entry.fileName.endsWith('.webp') ? 'latin1' : 'utf8');
    files.set(entry.fileName, await text(stream));
  }
  return files;
}

/** What has to be the same of an archive wherever it was made. */
export function jsonByKind(files: ReadonlyMap<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    [...files]
      .filter(([name]) => name.endsWith('.json') && name !== 'kith.json')
      .map(([name, content]) => [name, JSON.parse(content)]),
  );
}

const newest =
  '{ viewer { exports(first: 1) { nodes { id state createdAt finishedAt expiresAt bytes url } } } }';

/** Somebody's newest archive as they see it; null where there is none. */
export async function newestExport(kith: Pick<TestApp, 'query'>, as: string) {
  return (await kith.query(newest, { as })).viewer.exports.nodes[0] ?? null;
}

/** The same once it is in this state. */
export async function exportThatIs(kith: Pick<TestApp, 'query'>, as: string, state: string) {
  const isSo = async () => expect((await newestExport(kith, as))?.state).toBe(state);
  await vi.waitFor(isSo, { timeout: 20_000 });
  return newestExport(kith, as);
}

/** Asks for an archive. */
export async function askForExport(kith: TestApp, as: string, input: object = {}) {
  return kith.mutate('exportAccount', input, as, 'export { id state url bytes finishedAt expiresAt }');
}

/** The path of a URL of this server. */
export function pathOf(url: string): string {
  return new URL(url).pathname;
}

/** Asks for an archive, waits for it, and opens it. */
export async function takeExport(
  kith: TestApp,
  as: string,
  input: object = {},
): Promise<Map<string, string>> {
  expect((await askForExport(kith, as, input)).userErrors).toEqual([]);
  const { url } = await exportThatIs(kith, as, 'READY');
  const response = await kith.fetch(pathOf(url));
  expect(response.status).toBe(200);
  return unzipped(Buffer.from(await response.arrayBuffer()));
}

/** Takes an archive into a server's database, as the command does. @returns the lines that it says. */
export async function importArchive(
  app: TestApp,
  file: string,
  given: { user?: string; withOthers?: boolean; env?: Record<string, string> } = {},
): Promise<string[]> {
  const report = new Report();
  await run({
    db: app.database.db,
    storage: diskStorage(app.mediaFolder),
    config: readConfig(given.env ?? {}),
    file,
    user: given.user,
    withOthers: given.withOthers ?? false,
    photos: undefined,
    report,
    progress: new Progress(process.stderr),
    now: new Date(),
  });
  return report.lines();
}
