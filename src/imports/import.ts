// What every way of moving in has in common.
import type { Config } from '../config.ts';
import type { Database } from '../db/client.ts';
import type { MediaStorage } from '../media/storage.ts';
import type { Progress } from './progress.ts';
import type { Report } from './report.ts';

/** What a way of moving in is given. */
export interface ImportOptions {
  db: Database;
  config: Config;
  /** Where pictures go. */
  storage: MediaStorage;
  /** Where it is read from. */
  file: string;
  /** The photos that belong to it, where they are a file of their own. */
  photos: string | undefined;
  /** The account here that it goes into; by default, one of the name that it has there. */
  user: string | undefined;
  /** Whether what others did is taken as well, because nobody can have changed what is read. */
  withOthers: boolean;
  progress: Progress;
  /** Takes what was done, even if it does not come to an end. */
  report: Report;
  /** When it is done. */
  now: Date;
}

/** A way of moving in. @throws ImportError for what stands against it. */
export type Import = (options: ImportOptions) => Promise<void>;

/** Why nothing can be moved in, or no more of it: in words for whoever runs the command. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
}
