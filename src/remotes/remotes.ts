// People who live in other systems, read when somebody asks for them and kept for a while.
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { askedByNobody } from '../db/asker.ts';
import type { Database } from '../db/client.ts';
import { withoutStatement } from '../db/errors.ts';
import { isStorable } from '../db/text.ts';
import type { AccountKey } from '../features/accounts/store.ts';
import { markGone, type RemoteState, remoteState, saveRemote } from '../features/remotes/person-store.ts';
import { type RemoteProvider, remoteProviders } from '../features/remotes/table.ts';
import { SourceError } from '../sources/errors.ts';
import type { Source } from '../sources/source.ts';
import type { RemotePictures } from './pictures.ts';
import { profileOf } from './profile.ts';
import type { Sources } from './sources.ts';

/** How many people of a source may be waited for at once. */
const maxWaiting = 100;
/** How long a person is waited for, with all that it takes to find them, in milliseconds. */
const patience = 25_000;
/** How many who are nowhere are remembered, and for how long, in milliseconds: less than anybody waits for a new account. */
const missesKept = 10_000;
const missTime = 60_000;

export interface RemotesOptions {
  db: Database;
  sources: Sources;
  pictures: RemotePictures;
  now: () => Date;
  log: Logger;
}

/** A source did not answer, and there is nothing here to answer with instead. */
export class SourceUnavailable extends Error {
  override readonly name = 'SourceUnavailable';
  readonly fault: SourceError;
  constructor(fault: SourceError) {
    super(fault.message, { cause: fault });
    this.fault = fault;
  }
}

/** Reads people of the configured sources, each once however many ask. */
export class Remotes {
  readonly #options: RemotesOptions;
  readonly #reading = new Map<string, Promise<void>>();
  readonly #waiting = new Map<Source, number>();
  readonly #misses: LRUCache<string, true>;

  constructor(options: RemotesOptions) {
    this.#options = options;
    const clock = { now: () => options.now().getTime() };
    this.#misses = new LRUCache({ max: missesKept, ttl: missTime, perf: clock, ttlResolution: 0 });
  }

  get sources(): Sources {
    return this.#options.sources;
  }

  /** Whether what was read at that time is to be read anew. */
  isStale(fetchedAt: Date): boolean {
    return this.#options.now().getTime() - fetchedAt.getTime() > this.#options.sources.ttl;
  }

  /** The account that is meant, where the server was left out. */
  whole(key: Omit<AccountKey, 'instance'> & { instance: string | null }): AccountKey {
    const provider = remoteProviders.find((known) => known === key.provider);
    const instance = provider ? this.sources.instanceOf(provider, key.instance) : (key.instance ?? '');
    return { ...key, instance };
  }

  /**
   * Sees to it that somebody of a configured source is here as they are there, as far as they are to be found.
   * @throws SourceUnavailable when the source does not answer and they are not here.
   */
  async ensure(key: AccountKey): Promise<void> {
    const provider = remoteProviders.find((known) => known === key.provider);
    const name = key.externalId ?? key.accountName ?? '';
    if (!provider || name === '' || !isStorable(name) || name.length > 255) return;
    const opening = this.sources.get({ provider, instance: key.instance });
    if (!opening) return;
    const text = JSON.stringify([provider, key.instance, key.externalId, key.accountName?.toLowerCase()]);
    if (this.#misses.has(text)) return;
    let reading = this.#reading.get(text);
    if (!reading) {
      // Others may wait for it as well, and it is kept whoever does.
      reading = askedByNobody(async () => this.#read(await opening, provider, key, text));
      this.#reading.set(text, reading);
      const over = () => this.#reading.delete(text);
      reading.then(over, over);
    }
    await reading;
  }

  async #read(source: Source, provider: RemoteProvider, key: AccountKey, text: string): Promise<void> {
    const { db, log } = this.#options;
    const known = await remoteState(db, key);
    // Who lives here, and has brought the account along, is not read.
    if (known && !known.isRemote) return;
    if (known?.fetchedAt && !this.isStale(known.fetchedAt)) return;
    try {
      await this.#fetch(source, provider, key, known, text);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      const cause = withoutStatement(error.cause);
      log.warn(
        { provider, instance: key.instance, fault: error.fault, path: error.path, cause },
        error.message,
      );
      if (!known) throw new SourceUnavailable(error);
      // What is here answers; `User.remote` says that it is stale.
    }
  }

  async #fetch(
    source: Source,
    provider: RemoteProvider,
    key: AccountKey,
    known: RemoteState | null,
    text: string,
  ): Promise<void> {
    const { db, now, pictures } = this.#options;
    const waiting = this.#waiting.get(source) ?? 0;
    if (waiting >= maxWaiting)
      throw new SourceError('UNAVAILABLE', 'Too many people of the source are asked for.');
    this.#waiting.set(source, waiting + 1);
    try {
      // Whoever is here is asked for by the id, which stays where a name may not.
      const externalId = known?.externalId ?? key.externalId;
      const by = externalId === null ? { accountName: key.accountName ?? '' } : { externalId };
      const person = await source.person(by, { token: null, signal: AbortSignal.timeout(patience) });
      const at = now();
      if (!person) {
        if (known) await markGone(db, known.userId, at);
        else this.#misses.set(text, true);
        return;
      }
      const profile = profileOf(person, at);
      const saved = await saveRemote(db, { provider, instance: key.instance }, profile, at);
      if (saved) pictures.see(saved.userId, profile.pictures, saved.pictures);
    } finally {
      this.#waiting.set(source, (this.#waiting.get(source) ?? 1) - 1);
    }
  }
}
