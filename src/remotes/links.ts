// Accounts elsewhere that people here bring along: proven by a token, which the source is asked whose it is.
import PQueue from 'p-queue';
import type { Logger } from 'pino';
import { askedByNobody } from '../db/asker.ts';
import type { Database } from '../db/client.ts';
import { withoutStatement } from '../db/errors.ts';
import { dropPending } from '../features/media/store.ts';
import { type Linked, type LinkRefusal, linkAccount, ownAccount } from '../features/remotes/link-store.ts';
import {
  type Bringing,
  bringFlag,
  bringMembers,
  missingFlags,
  showOwnFlags,
} from '../features/remotes/own-store.ts';
import { saveRemotePosts } from '../features/remotes/post-store.ts';
import type { RemoteIdentity } from '../features/remotes/rules.ts';
import type { RemoteProvider } from '../features/remotes/table.ts';
import { maxMembers } from '../features/users/table.ts';
import { SourceError } from '../sources/errors.ts';
import type { SourceMember, SourcePerson } from '../sources/records.ts';
import type { Source } from '../sources/source.ts';
import type { RemotePictures } from './pictures.ts';
import { remotePostOf } from './post.ts';
import { isExternalId, lineOf, memberOf, profileOf, textOf } from './profile.ts';
import { Seal } from './seal.ts';
import type { SourceName, Sources } from './sources.ts';

/** How long it may take a source to say who a token is, in milliseconds. */
const patience = 25_000;
/** How long all that is somebody's own there may take to come, and how long a request waits for it. */
const bringingTime = 15 * 60_000;
const bringingPatience = 10_000;
/** For how many at once it comes, and for how many more it may be waited: it comes for others when they sync again. */
const atOnce = 10;
const maxWaiting = 100;

export interface LinksOptions {
  db: Database;
  sources: Sources;
  pictures: RemotePictures;
  /** What tokens are sealed with; null where they are not kept. */
  secret: string | null;
  now: () => Date;
  log: Logger;
}

/** Why an account was not linked, or not looked at again: `bad host`, `bad token` and `another’s token` by the source. */
export type Refused = LinkRefusal | 'bad host' | 'bad token' | 'another’s token' | 'no token';

/** Thrown with nothing done. */
export class LinkRefused extends Error {
  override readonly name = 'LinkRefused';
  readonly reason: Refused;
  constructor(reason: Refused) {
    super(reason);
    this.reason = reason;
  }
}

/** The source did not say who the token is. */
export class LinkUnavailable extends Error {
  override readonly name = 'LinkUnavailable';
  readonly source: SourceName;
  readonly fault: SourceError;
  constructor(source: SourceName, fault: SourceError) {
    super(fault.message, { cause: fault });
    this.source = source;
    this.fault = fault;
  }
}

/** Links accounts and looks at them again. */
export class Links {
  readonly #options: LinksOptions;
  readonly #seal: Seal | null;
  readonly #queue = new PQueue({ concurrency: atOnce });
  readonly #ending = new AbortController();

  constructor(options: LinksOptions) {
    this.#options = options;
    this.#seal = options.secret === null ? null : new Seal(options.secret);
  }

  /** Whether tokens are kept. */
  get keepsTokens(): boolean {
    return this.#seal !== null;
  }

  /**
   * Makes the account of whoever the token is the owner's.
   * @param instance null where it was left out.
   * @throws LinkRefused; LinkUnavailable; user_stats_members_limit or user_stats_flags_limit when it would be too many.
   */
  async link(owner: string, to: { provider: RemoteProvider; instance: string | null; token: string }) {
    const name = { provider: to.provider, instance: this.#hostOf(to.provider, to.instance) };
    return this.#prove(owner, name, to.token, null);
  }

  /**
   * Looks at an account of the owner's again.
   * @param token null for the one that is kept.
   * @throws as `link`
   */
  async sync(owner: string, accountId: string, token: string | null) {
    const account = await ownAccount(this.#options.db, owner, accountId);
    if (!account) throw new LinkRefused('no account');
    const kept = account.token && this.#seal?.open(account.token, accountId);
    const used = token ?? kept;
    if (!used) throw new LinkRefused('no token');
    return this.#prove(owner, account, used, { ...account, accountId, isKept: token === null });
  }

  /** Waits for all that is under way, which is given up. */
  async close(): Promise<void> {
    this.#queue.clear();
    this.#ending.abort();
    await this.#queue.onIdle();
  }

  #hostOf(provider: RemoteProvider, instance: string | null): string {
    try {
      return this.#options.sources.hostOf(provider, instance);
    } catch (error) {
      throw error instanceof SourceError ? new LinkRefused('bad host') : error;
    }
  }

  async #prove(
    owner: string,
    { provider, instance }: SourceName,
    token: string,
    known: (RemoteIdentity & { accountId: string; isKept: boolean }) | null,
  ): Promise<Linked> {
    const { db, now, pictures } = this.#options;
    const { source, person } = await this.#whose({ provider, instance }, token);
    const at = now();
    const identity = { provider, instance, externalId: person.externalId };
    if (known && known.externalId !== person.externalId) throw new LinkRefused('another’s token');
    const linked = await linkAccount(db, {
      owner,
      accountId: known?.accountId ?? null,
      identity,
      profile: profileOf(person, at),
      seal: (id) => (known?.isKept ? undefined : (this.#seal?.close(token, id) ?? null)),
      at,
    });
    if (typeof linked === 'string') throw new LinkRefused(linked);
    const { accountId } = linked;
    pictures.bring({ owner, accountId }, linked.pictures);
    await this.#bringOwn(source, { owner, accountId, identity, at }, person, token);
    return linked;
  }

  /** Asks a source who a token is. */
  async #whose(name: SourceName, token: string): Promise<{ source: Source; person: SourcePerson }> {
    try {
      const source = await this.#options.sources.at(name);
      const person = await source.self({ token, signal: AbortSignal.timeout(patience) });
      if (!isExternalId(person.externalId))
        throw new SourceError('INVALID', 'The id is none that can be kept.');
      return { source, person };
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.#tell(name, error, 'info');
      if (error.fault === 'UNAUTHORIZED') throw new LinkRefused('bad token');
      if (error.fault === 'REFUSED') throw new LinkRefused('bad host');
      throw new LinkUnavailable(name, error);
    }
  }

  #tell({ provider, instance }: SourceName, error: SourceError, level: 'info' | 'warn'): void {
    const { fault, path } = error;
    const cause = withoutStatement(error.cause);
    this.#options.log[level]({ provider, instance, fault, path, cause }, error.message);
  }

  /** Has all come that is somebody's own there; it goes on when it takes longer than a request waits. */
  async #bringOwn(source: Source, bringing: Bringing, person: SourcePerson, token: string): Promise<void> {
    if (this.#queue.size >= maxWaiting || this.#ending.signal.aborted) return;
    const first = Promise.withResolvers<void>();
    void askedByNobody(() =>
      this.#queue.add(async () => {
        try {
          await this.#bring(source, bringing, person, token, first.resolve);
        } catch (error) {
          if (error instanceof SourceError) this.#tell(bringing.identity, error, 'warn');
          else this.#options.log.error({ err: withoutStatement(error) }, 'not all of an account came along');
        } finally {
          first.resolve();
        }
      }),
    );
    let wait: NodeJS.Timeout | undefined;
    const waited = new Promise<void>((resolve) => {
      wait = setTimeout(resolve, bringingPatience);
    });
    await Promise.race([first.promise, waited]);
    clearTimeout(wait);
  }

  /** @param onMembers called once all is here but what has to be fetched for each. */
  async #bring(
    source: Source,
    bringing: Bringing,
    person: SourcePerson,
    token: string,
    onMembers: () => void,
  ): Promise<void> {
    const signal = AbortSignal.any([this.#ending.signal, AbortSignal.timeout(bringingTime)]);
    const ask = { token, signal };
    const hidesMembers = person.settings?.memberListPrivate === true;
    const listed: SourceMember[] = [];
    for (let after: string | null = null; source.members && listed.length < maxMembers; ) {
      const { items, next } = await source.members(person.externalId, after, ask);
      const page = items.filter(({ externalId }) => isExternalId(externalId));
      listed.push(...page);
      await bringMembers(this.#options.db, bringing, page.map(memberOf), hidesMembers);
      if (next === null || next === after) break;
      after = next;
    }
    onMembers();
    await this.#bringPosts(source, bringing, ask);
    if (!source.flags) return;
    await this.#bringFlags(source.flags, bringing, ask);
    const shown = (person.flags ?? []).map(({ externalId }) => externalId);
    const ofMembers = new Map(listed.map(({ externalId, flags }) => [externalId, flags]));
    await showOwnFlags(this.#options.db, bringing, shown, ofMembers);
  }

  /** All that they posted there: what was limited is for their aspects here, of which there are none yet. */
  async #bringPosts(
    source: Source,
    { owner, identity: { provider, instance, externalId } }: Bringing,
    ask: { token: string; signal: AbortSignal },
  ): Promise<void> {
    const { db, now, pictures } = this.#options;
    for (let after: string | null = null; source.posts; ) {
      const { items, next } = await source.posts(externalId, after, ask);
      const posts = items
        .filter(({ author }) => author.externalId === externalId)
        .map((post) => remotePostOf(post, now()));
      const come = await saveRemotePosts(db, { provider, instance }, owner, posts);
      for (const post of come) {
        await pictures.room();
        pictures.come(post);
      }
      if (next === null || next === after || ask.signal.aborted) break;
      after = next;
    }
  }

  async #bringFlags(
    flagsOf: NonNullable<Source['flags']>,
    bringing: Bringing,
    ask: { token: string; signal: AbortSignal },
  ): Promise<void> {
    const { db, pictures, log } = this.#options;
    const flags = (await flagsOf(ask)).filter(({ externalId }) => isExternalId(externalId));
    const missing = new Set(
      await missingFlags(
        db,
        bringing,
        flags.map(({ externalId }) => externalId),
      ),
    );
    for (const { externalId, name, description, imageUrl } of flags) {
      if (!missing.has(externalId) || ask.signal.aborted) continue;
      const names: string[] = [];
      try {
        const image = await pictures.fetch('flag', imageUrl, names);
        const flag = { name: lineOf(name, 100) ?? 'Flag', description: textOf(description, 500), image };
        if (await bringFlag(db, bringing, externalId, flag)) continue;
      } catch (error) {
        log.info({ err: withoutStatement(error), address: imageUrl }, 'a flag did not come along');
      }
      if (names.length > 0) await dropPending(db, names).catch(() => {});
    }
  }
}
