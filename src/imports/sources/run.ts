// Moving people in from one of the four systems, over its API. What has come is known by what it was there, so that a run
// takes what is still missing, and one that was ended goes on where it was.
import pino from 'pino';
import type { SourceConfig } from '../../config.ts';
import { ImageError, ImageProcessor } from '../../media/image.ts';
import { RemotePictures } from '../../remotes/pictures.ts';
import { keyOf, nameOf, openSource, Sources } from '../../remotes/sources.ts';
import { SourceError } from '../../sources/errors.ts';
import { ImportError, type ImportOptions } from '../import.ts';
import type { Moving } from './moving.ts';
import { takePeople } from './people.ts';
import { takePosts } from './posts.ts';
import { takeRelations } from './relations.ts';
import { takeTies } from './ties.ts';

/** How long a source may let itself be waited for: it may want to be asked more slowly, in milliseconds. */
const patience = 180_000;

export interface SourceImportOptions
  extends Pick<ImportOptions, 'db' | 'config' | 'storage' | 'progress' | 'report' | 'now'> {
  system: SourceConfig['system'];
  /** Where it is; null where everybody knows it. */
  url: string | null;
  /** Whose eyes it is seen with: the person's own, or an operator's. */
  token: string | null;
  /** Who moves in, by their names or ids there; none for all whom the source lists, or the token's own person. */
  named: readonly string[];
  /** Ends it. */
  signal: AbortSignal;
}

/**
 * Moves people in.
 * @throws ImportError for what stands against it, and a source that does not answer: what was done stays.
 */
export async function moveIn(options: SourceImportOptions): Promise<void> {
  const { db, config, system, url, token, named, signal, report, progress, now, storage } = options;
  const from = nameOf({ system, url });
  const sources = new Sources(config.sources, { milliseconds: patience });
  const pictureSources = new Sources(config.sources);
  const pictures = new RemotePictures({
    db,
    // Asked by another client: that pictures are not to be had says nothing of the source, which may be at the same host.
    sources: pictureSources,
    media: { images: new ImageProcessor(), storage },
    now: () => new Date(),
    log: pino({ level: 'silent' }),
    onEnd: (kind, address, lost) => {
      if (!lost) return report.took(`${kind}s`);
      const { error } = lost;
      const isKnown = error instanceof SourceError || error instanceof ImageError;
      const reason = isKnown ? error.message : 'it could not be had, or not be kept';
      report.left(`${kind}s`, reason, placeOf(address));
    },
  });
  signal.addEventListener('abort', () => void pictures.close());
  try {
    const known = config.sources.all.find((configured) => keyOf(nameOf(configured)) === keyOf(from));
    const credentials = token ?? known?.token ?? null;
    const source = await openSource(
      await sources.client(),
      { system, url, token: credentials },
      config.sources,
    );
    const self = token === null ? null : await source.self({ token, signal });
    if (named.length === 0 && !self && !source.people)
      throw new ImportError('Say who moves in: with --user, or with a --token of theirs.');
    const ask = { token, signal };
    const moving: Moving = { db, source, from, ask, self, pictures, report, progress, now };
    await take(moving, named);
  } catch (error) {
    throw signal.aborted ? new ImportError(`It was ended. ${goesOn}`) : told(error);
  } finally {
    await pictures.close();
    await Promise.all([sources.close(), pictureSources.close()]);
    progress.stop();
  }
}

async function take(moving: Moving, named: readonly string[]): Promise<void> {
  const movers = await takePeople(moving, named);
  await takePosts(moving, movers);
  // Before relations, for those are with whoever is here.
  await takeTies(moving, movers);
  await takeRelations(moving, movers);
  moving.ask.signal.throwIfAborted();
}

const goesOn = 'What has come is here; run it again, and it goes on.';

/** What a source's failure is to whoever runs the command. */
function told(error: unknown): unknown {
  if (!(error instanceof SourceError)) return error;
  const { fault, message, path } = error;
  if (fault === 'UNAUTHORIZED') return new ImportError(`The source does not take the token: ${message}`);
  const where = path.length > 0 ? ` (${path.join('.')})` : '';
  return new ImportError(`${message}${where} ${goesOn}`);
}

/** Of an address what may be shown: a query can be a secret. */
function placeOf(address: string): string {
  const url = URL.parse(address);
  return url ? `${url.origin}${url.pathname}` : '';
}
