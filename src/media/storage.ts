import type { Readable } from 'node:stream';
import type { MediaConfig } from '../config.ts';

/** A file on its way out. */
export interface StoredFile {
  body: Readable;
  /** Bytes. */
  size: number;
}

/** Where pictures' files lie, and archives'. Names are made by Kith: letters, digits, `-` and `.` alone. */
export interface MediaStorage {
  /** Writes a file whole or not at all, whatever happens meanwhile. */
  put: (name: string, content: Uint8Array) => Promise<void>;
  /**
   * The same for content that is made while it is written, of whatever size.
   * @param mediaType for storages that keep one.
   * @returns how many bytes it was.
   * @throws what the content ends with, and then there is no file.
   */
  putStream: (name: string, content: Readable, mediaType: string) => Promise<number>;
  /** The file, or null when there is none. */
  get: (name: string) => Promise<StoredFile | null>;
  /** Removes files; one that is not there is no error. */
  remove: (names: readonly string[]) => Promise<void>;
}

/** The storage that is configured: an S3-compatible bucket, or the disk. */
export async function openStorage(config: MediaConfig): Promise<MediaStorage> {
  if (config.kind === 's3') return (await import('./s3-storage.ts')).s3Storage(config);
  return (await import('./disk-storage.ts')).diskStorage(config.folder);
}
