// People who live in other systems, read when somebody asks for them and kept for a while.
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { askedByNobody } from '../db/asker.ts';
import type { Database } from '../db/client.ts';
import { withoutStatement } from '../db/errors.ts';
import { isStorable } from '../db/text.ts';
import type { AccountKey } from '../features/accounts/store.ts';
import { listState, noteList } from '../features/remotes/list-store.ts';
import { saveMemberDetails } from '../features/remotes/member-store.ts';
import {
  markGone,
  type RemoteRow,
  type RemoteState,
  remoteState,
  remotesOf,
  saveRemote,
} from '../features/remotes/person-store.ts';
import { saveRemotePosts } from '../features/remotes/post-store.ts';
import { type RemoteList, type RemoteProvider, remoteProviders } from '../features/remotes/table.ts';
import { SourceError } from '../sources/errors.ts';
import type { Source } from '../sources/source.ts';
import type { RemotePictures } from './pictures.ts';
import { remotePostOf } from './post.ts';
import { memberOf, profileOf } from './profile.ts';
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
  /** What is being read, by what it is. */
  readonly #reading = new Map<string, Promise<unknown>>();
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
    // Others may wait for it as well, and it is kept whoever does.
    await this.#once(text, async () => this.#read(await opening, provider, key, text));
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
      if (!saved) return;
      pictures.see(saved.userId, profile.pictures, saved.pictures);
      if (profile.flags) pictures.fly({ provider, instance: key.instance }, saved.userId, profile.flags);
    } finally {
      this.#waiting.set(source, (this.#waiting.get(source) ?? 1) - 1);
    }
  }

  /**
   * Sees to it that a list of a remote person's has what the source has at its beginning, or a page more of it.
   * @param more whether it is the next page that is wanted. What the source does not answer, the list does not have.
   * @returns whether the source has more of it.
   */
  async ensureList(userId: string, list: RemoteList, more: boolean): Promise<boolean> {
    const [remote] = await remotesOf(this.#options.db, [userId]);
    const provider = remoteProviders.find((known) => known === remote?.provider);
    const opening = remote && provider && this.sources.get({ provider, instance: remote.instance });
    if (!opening) return false;
    return this.#once(`${list} ${more} ${userId}`, async () =>
      this.#readList(await opening, remote, list, more),
    );
  }

  async #readList(source: Source, remote: RemoteRow, list: RemoteList, more: boolean): Promise<boolean> {
    const { db, now, log } = this.#options;
    const { userId } = remote;
    const state = await listState(db, userId, list);
    const isFresh = state !== null && !this.isStale(state.fetchedAt);
    if (!more && isFresh) return state.next !== null;
    if (more && (state === null || state.next === null)) return false;
    const after = more ? (state?.next ?? null) : null;
    const at = now();
    try {
      const read = await this.#listPage(source, remote, list, after, at);
      if (!read) return false;
      // What was read of it to its end before is here still, unless more has come than a page has.
      const isJoined = !more && state !== null && read.wasKnown;
      const next = isJoined ? state.next : read.next;
      await noteList(db, userId, list, more ? { next } : { fetchedAt: at, next });
      return next !== null;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      const { fault, path } = error;
      log.warn({ provider: source.provider, instance: source.instance, fault, path }, error.message);
      return state !== null && state.next !== null;
    }
  }

  /** @returns null where the source has no such list. */
  async #listPage(
    source: Source,
    { userId, externalId, instance }: RemoteRow,
    list: RemoteList,
    after: string | null,
    at: Date,
  ): Promise<{ next: string | null; wasKnown: boolean } | null> {
    const { db, pictures } = this.#options;
    const from = { provider: source.provider, instance };
    const ask = { token: null, signal: AbortSignal.timeout(patience) };
    if (list === 'members') {
      const page = await source.members?.(externalId, after, ask);
      if (!page) return null;
      await saveMemberDetails(db, from, userId, page.items.map(memberOf));
      return { next: page.next, wasKnown: false };
    }
    const page = await source.posts?.(externalId, after, ask);
    if (!page) return null;
    // The operator's token may show what is not for everybody.
    const own = page.items.filter(({ author, isPublic }) => author.externalId === externalId && isPublic);
    const come = await saveRemotePosts(
      db,
      from,
      userId,
      own.map((post) => remotePostOf(post, at)),
    );
    for (const post of come) pictures.come(post);
    return { next: page.next, wasKnown: come.length < own.length };
  }

  /** Does it once for all who ask for it meanwhile. */
  #once<T>(name: string, run: () => Promise<T>): Promise<T> {
    const known = this.#reading.get(name) as Promise<T> | undefined;
    if (known) return known;
    const doing = askedByNobody(run);
    this.#reading.set(name, doing);
    const over = () => this.#reading.delete(name);
    doing.then(over, over);
    return doing;
  }
}
