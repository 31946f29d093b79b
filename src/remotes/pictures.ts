// Pictures of people who live elsewhere, or have brought an account along: they come after the answer, through the same
// pipeline as uploads.
import PQueue from 'p-queue';
import type { Logger } from 'pino';
import type { Media } from '../context.ts';
import { askedByNobody } from '../db/asker.ts';
import type { Database } from '../db/client.ts';
import { withoutStatement } from '../db/errors.ts';
import { storePicture } from '../features/media/pictures.ts';
import { fileSizes } from '../features/media/rules.ts';
import { dropPending } from '../features/media/store.ts';
import type { Picture } from '../features/media/table.ts';
import { type RemoteFlag, saveRemoteFlag, showRemoteFlags } from '../features/remotes/flag-store.ts';
import { originUrls } from '../features/remotes/origin-store.ts';
import { showRemotePicture } from '../features/remotes/picture-store.ts';
import { type PhotosOf, showRemotePhoto } from '../features/remotes/post-store.ts';
import { type Place, showTakenPicture } from '../features/remotes/profile-store.ts';
import { maxImageBytes } from '../media/image.ts';
import type { SourceName, Sources } from './sources.ts';

/** How many come at once, and how many may be waited for: others come when their person is read again. */
const atOnce = 2;
const maxWaiting = 1_000;
/** How long one is waited for, in milliseconds. */
const patience = 30_000;

export interface RemotePicturesOptions {
  db: Database;
  media: Media;
  sources: Sources;
  now: () => Date;
  log: Logger;
  /** Called with each picture that has come along, and with each that does not, and why. */
  onEnd?: (kind: Picture['kind'], address: string, lost?: { error: unknown }) => void;
}

/** Shows a picture of a profile where it belongs. @returns whether it is shown by it now. */
export type Show = (place: Place, picture: Picture | null, address: string | null) => Promise<boolean>;

/** Brings pictures along. */
export class RemotePictures {
  readonly #options: RemotePicturesOptions;
  readonly #queue = new PQueue({ concurrency: atOnce });
  readonly #ending = new AbortController();

  constructor(options: RemotePicturesOptions) {
    this.#options = options;
  }

  /**
   * Sees to it that a person's pictures are those at these addresses; null for none.
   * @param known where those came from that are here.
   * @param show by default, as remote people have them.
   */
  see(
    userId: string,
    wanted: Record<Place, string | null>,
    known: { [Name in Place]?: string | undefined },
    show: Show = (...picture) => showRemotePicture(this.#options.db, userId, ...picture),
  ): void {
    for (const place of ['avatar', 'cover'] as const) {
      const address = wanted[place];
      if (address === (known[place] ?? null)) continue;
      this.#soon(place, address, (names) => this.#show(place, address, names, show));
    }
  }

  /** Sees to it that a member shows the avatar at this address. */
  seeMember(address: string, show: (picture: Picture) => Promise<boolean>): void {
    this.#soon('avatar', address, (names) =>
      this.#show('avatar', address, names, async (_place, picture) => picture !== null && show(picture)),
    );
  }

  /** Sees to it that the photos of a post that has just come come after it. */
  come({ id, isPublic, photos }: PhotosOf): void {
    for (const { position, url, description } of photos) {
      this.#soon('photo', url, async (names) => {
        const image = await this.fetch('photo', url, names, !isPublic);
        const { db } = this.#options;
        if (!(await showRemotePhoto(db, id, { position, image, description }))) await dropPending(db, names);
      });
    }
  }

  /** Has pictures come along with an account of somebody's, who shows them where they have not another by then. */
  bring(to: { owner: string; accountId: string }, wanted: { [Name in Place]?: string }): void {
    for (const place of ['avatar', 'cover'] as const) {
      const address = wanted[place];
      if (address === undefined) continue;
      this.#soon(place, address, async (names) => {
        const picture = await this.fetch(place, address, names);
        const isShown = await showTakenPicture(this.#options.db, to, place, picture, address);
        if (!isShown) await dropPending(this.#options.db, names);
      });
    }
  }

  /**
   * Sees to it that somebody shows these flags, as soon as their pictures are here.
   * @param others what else is in their library.
   */
  fly(
    from: SourceName,
    userId: string,
    flags: readonly RemoteFlag[],
    others: readonly RemoteFlag[] = [],
  ): void {
    const { db, now } = this.#options;
    this.#soon('flag', null, async () => {
      const known = await originUrls(db, { ...from, kind: 'flag' }, userId);
      const missing = [...flags, ...others].filter(({ externalId, url }) => known.get(externalId) !== url);
      const show = () =>
        showRemoteFlags(
          db,
          from,
          userId,
          flags.map(({ externalId }) => externalId),
        );
      await show();
      for (const flag of missing) {
        this.#soon('flag', flag.url, async (names) => {
          const image = await this.fetch('flag', flag.url, names);
          if (await saveRemoteFlag(db, from, userId, { ...flag, image }, now())) await show();
          else await dropPending(db, names);
        });
      }
    });
  }

  /** Waits until there is room for all pictures of one more person or post: what comes in a crowd is not queued. */
  async room(): Promise<void> {
    await this.#queue.onSizeLessThan(maxWaiting / 2);
  }

  /** Waits until everything has come that is on its way, or is lost. */
  async settled(): Promise<void> {
    await this.#queue.onIdle();
  }

  /** All that is under way, for tests and for the end of a process. */
  async close(): Promise<void> {
    this.#queue.clear();
    this.#ending.abort();
    await this.#queue.onIdle();
  }

  /** Does it in its turn; what fails is tried again when the person is read again. */
  #soon(kind: Picture['kind'], address: string | null, run: (names: string[]) => Promise<void>): void {
    if (this.#queue.size >= maxWaiting || this.#ending.signal.aborted) return;
    const { db, log, onEnd } = this.#options;
    void askedByNobody(() =>
      this.#queue.add(async () => {
        const names: string[] = [];
        try {
          await run(names);
          if (address !== null) onEnd?.(kind, address);
        } catch (error) {
          log.info({ err: withoutStatement(error), address }, 'a picture did not come along');
          if (address !== null) onEnd?.(kind, address, { error });
          if (names.length > 0) await dropPending(db, names).catch(() => {});
        }
      }),
    );
  }

  async #show(place: Place, address: string | null, names: string[], show: Show): Promise<void> {
    const picture = address === null ? null : await this.fetch(place, address, names);
    if (await show(place, picture, address)) return;
    if (names.length > 0) await dropPending(this.#options.db, names);
  }

  /**
   * Fetches a picture and stores it.
   * @param names takes the picture's name before there is any file of it.
   * @param isPrivate whether its URLs expire.
   * @throws SourceError and ImageError
   */
  async fetch(kind: Picture['kind'], address: string, names: string[], isPrivate = false): Promise<Picture> {
    const { sources, media } = this.#options;
    const client = await sources.client();
    const signal = AbortSignal.any([this.#ending.signal, AbortSignal.timeout(patience)]);
    const content = await client.picture(address, maxImageBytes, signal);
    if (!content) throw new Error('There is no picture at this address.');
    const image = await media.images.process(async () => content, fileSizes[kind], null);
    return storePicture(this.#options, kind, image, names, isPrivate);
  }
}
