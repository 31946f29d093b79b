// Makes the archives that people ask for: one at a time in each process, whichever process was asked.
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { askedByNobody } from '../db/asker.ts';
import type { Database } from '../db/client.ts';
import { withoutStatement } from '../db/errors.ts';
import {
  claimExport,
  type ExportJob,
  expireExports,
  failExport,
  finishExport,
  giveBackExport,
  stayAtExport,
} from '../features/exports/work-store.ts';
import { sweepMedia } from '../features/media/pictures.ts';
import { archiveFile } from '../features/media/rules.ts';
import type { MediaStorage } from '../media/storage.ts';
import { writeArchive } from './archive.ts';

/** How often archives are looked for that another process was asked for, in milliseconds. */
const pollInterval = 5_000;
/** How often it is said that one is still being made. */
const sayInterval = 10_000;

export interface ExporterOptions {
  db: Database;
  storage: MediaStorage;
  /** Where this Kith is, for people who read an archive. */
  publicUrl: string;
  now: () => Date;
  log: Logger;
}

export class Exporter {
  readonly #options: ExporterOptions;
  readonly #ending = new AbortController();
  #working: Promise<void> | null = null;
  #woken = false;
  #polling: NodeJS.Timeout | undefined;

  constructor(options: ExporterOptions) {
    this.#options = options;
  }

  /** Looks for archives to make, now. */
  wake(): void {
    if (this.#ending.signal.aborted) return;
    this.#woken = true;
    this.#working ??= askedByNobody(() => this.#work()).finally(() => {
      this.#working = null;
      // Woken when it had looked already.
      if (this.#woken) this.wake();
    });
  }

  /** Looks for archives from now on, whoever was asked for them. */
  start(): void {
    this.wake();
    this.#polling = setInterval(() => this.wake(), pollInterval);
  }

  /** Ends it: an archive that is being made is left to others. */
  async close(): Promise<void> {
    clearInterval(this.#polling);
    this.#ending.abort();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { db, now, log } = this.#options;
    try {
      while (this.#woken) {
        this.#woken = false;
        for (let job = await claimExport(db, now()); job; job = await claimExport(db, now())) {
          await this.#make(job);
          if (this.#ending.signal.aborted) return;
        }
      }
    } catch (error) {
      // Looked for again soon.
      log.error({ err: withoutStatement(error) }, 'archives could not be looked for');
    }
  }

  async #make(job: ExportJob): Promise<void> {
    const { db, storage, now, log } = this.#options;
    const lost = new AbortController();
    const saying = setInterval(() => {
      void stayAtExport(db, job, now()).then(
        (isMine) => isMine || lost.abort(),
        // Said again soon; whoever takes over meanwhile does not write the same file.
        () => {},
      );
    }, sayInterval);
    const signal = AbortSignal.any([this.#ending.signal, lost.signal]);
    const file = archiveFile(job.file);
    try {
      const content = writeArchive(this.#options, job, signal);
      const bytes = await storage.putStream(file, content, 'application/zip');
      // Nobody's any more: its owner is gone, or another has taken over.
      if (!(await finishExport(db, job, bytes, now()))) await storage.remove([file]);
    } catch (error) {
      if (this.#ending.signal.aborted) await giveBackExport(db, job);
      else if (!lost.signal.aborted) {
        log.error({ id: randomUUID(), export: job.id, err: withoutStatement(error) }, 'an archive failed');
        await failExport(db, job, now());
      }
    } finally {
      clearInterval(saying);
    }
  }
}

/** Lets go of archives that have expired, and removes their files. What fails is tried again by the next sweep. */
export async function sweepExports(
  options: Pick<ExporterOptions, 'db' | 'storage' | 'now' | 'log'>,
): Promise<void> {
  const { db, storage, now, log } = options;
  try {
    await expireExports(db, now());
  } catch (error) {
    log.error({ err: withoutStatement(error) }, 'archives that have expired could not be let go of');
  }
  await sweepMedia({ db, media: { storage }, now, log });
}
