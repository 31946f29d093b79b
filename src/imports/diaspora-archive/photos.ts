// The pictures of an archive, out of the file that they come in.
import { buffer } from 'node:stream/consumers';
import { openPromise, type Entry as ZipEntry, type ZipFile } from 'yauzl';
import type { Database } from '../../db/client.ts';
import { storePicture } from '../../features/media/pictures.ts';
import { fileSizes } from '../../features/media/rules.ts';
import type { Picture, PictureKind } from '../../features/media/table.ts';
import { ImageError, ImageProcessor, maxImageBytes, tooManyBytes } from '../../media/image.ts';
import type { MediaStorage } from '../../media/storage.ts';
import { ImportError } from '../import.ts';

/** Most files that are kept in mind. */
const maxFiles = 500_000;

/** A file of pictures by their names. */
export class Photos {
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, ZipEntry>;
  readonly #storage: MediaStorage;
  readonly #images = new ImageProcessor();

  private constructor(zip: ZipFile, entries: ReadonlyMap<string, ZipEntry>, storage: MediaStorage) {
    this.#zip = zip;
    this.#entries = entries;
    this.#storage = storage;
  }

  /** @throws ImportError for what is no ZIP file. */
  static async open(file: string, storage: MediaStorage): Promise<Photos> {
    const entries = new Map<string, ZipEntry>();
    try {
      const zip = await openPromise(file, { autoClose: false, lazyEntries: true });
      if (zip.entryCount > maxFiles) throw new Error(`it has more than ${maxFiles} files`);
      for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
      return new Photos(zip, entries, storage);
    } catch (error) {
      throw new ImportError(
        `${file} cannot be read as a ZIP file of photos: ${error instanceof Error ? error.message : 'it is broken'}.`,
      );
    }
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /**
   * A picture, stored in all its sizes.
   * @param names takes its name before there is any file of it, for `dropPending` where it is not used.
   * @throws ImageError for what cannot be read as one.
   */
  async store(
    db: Database,
    { name, kind, isPrivate }: { name: string; kind: PictureKind; isPrivate: boolean },
    names: string[],
  ): Promise<Picture> {
    const image = await this.#images.process(() => this.#read(name), fileSizes[kind], null);
    const given = { db, media: { storage: this.#storage }, now: () => new Date() };
    return storePicture(given, kind, image, names, isPrivate);
  }

  async #read(name: string): Promise<Uint8Array> {
    const entry = this.#entries.get(name);
    if (!entry) throw new Error('Nobody asks for a picture that is not there.');
    if (entry.uncompressedSize > maxImageBytes) throw tooManyBytes();
    try {
      return await buffer(await this.#zip.openReadStreamPromise(entry));
    } catch {
      throw new ImageError('UNSUPPORTED_IMAGE', 'The file is broken where it is packed.');
    }
  }

  close(): void {
    this.#zip.close();
  }
}
