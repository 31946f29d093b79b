import { lookup as dnsLookup } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import PQueue, { TimeoutError } from 'p-queue';
import type { z } from 'zod';
import { isPublicAddress, type Lookup, sourceDispatcher } from './addresses.ts';
import { Circuit } from './circuit.ts';
import { SourceError } from './errors.ts';
import { exchange, readBytes, readText } from './exchange.ts';
import { type Clock, type SourceLimits, sourceLimits } from './limits.ts';
import { checked, parseJson } from './payload.ts';
import { withRetries } from './retry.ts';
import { refuseUnlessAskable, urlOf } from './urls.ts';

export interface GetOptions {
  query?: Readonly<Record<string, string | number | undefined>>;
  /** Only for the source's own origin, as the token is. */
  headers?: Readonly<Record<string, string>>;
  token?: string | null;
  signal: AbortSignal;
}

export interface Got<P> {
  payload: P;
  headers: Headers;
}

/** How one source is asked. */
export interface SourceHttp {
  /**
   * @param path below the source's base URL, each segment encoded; or a whole URL of the same origin.
   * @returns null for what is not there.
   * @throws SourceError and nothing else; `INVALID` with the path in the payload that the schema does not take.
   */
  get<P>(path: string, schema: z.ZodType<P>, options: GetOptions): Promise<Got<P> | null>;
}

/** What a source wants to be told a token by. */
export type Authorize = (token: string) => Readonly<Record<string, string>>;

export const bearer: Authorize = (token) => ({ authorization: `Bearer ${token}` });
export const bareToken: Authorize = (token) => ({ authorization: token });

export interface SourceAt {
  authorize?: Authorize;
  /** Sent with every request, to the source's own origin. */
  headers?: Readonly<Record<string, string>>;
}

export interface SourceClientOptions {
  /** Which addresses may be asked that are not of the public internet: all of them, or those it says yes to. */
  allowPrivate?: boolean | ((address: string) => boolean);
  limits?: Partial<SourceLimits>;
  lookup?: Lookup;
  clock?: Clock;
}

const userAgent = 'Kith';

interface Host {
  queue: PQueue;
  circuit: Circuit;
}

/** Who asks a host, and how often it has failed, is known for as many. */
const hostsKept = 1_000;

/** Asks sources over HTTP: one for all of them, as what it is asked and how it fares is counted by host. */
export class SourceClient {
  readonly #limits: SourceLimits;
  readonly #clock: Clock;
  readonly #dispatcher: ReturnType<typeof sourceDispatcher>;
  readonly #hosts = new LRUCache<string, Host>({ max: hostsKept });

  constructor(options: SourceClientOptions = {}) {
    this.#limits = { ...sourceLimits, ...options.limits };
    this.#clock = options.clock ?? {
      now: Date.now,
      sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
      random: Math.random,
    };
    const allowed = options.allowPrivate ?? false;
    const isAllowed = typeof allowed === 'function' ? allowed : () => allowed;
    this.#dispatcher = sourceDispatcher({
      mayAsk: (address) => isPublicAddress(address) || isAllowed(address),
      lookup: options.lookup ?? dnsLookup,
    });
  }

  /**
   * @param base where the paths of its calls begin, such as `https://pod.example/api/v1`.
   * @throws SourceError `REFUSED` for what is no http or https URL.
   */
  at(base: string, source: SourceAt = {}): SourceHttp {
    const root = URL.parse(base);
    if (!root) throw new SourceError('REFUSED', 'The address of the source is not a URL.');
    refuseUnlessAskable(root);
    return { get: (path, schema, options) => this.#get(root, source, path, schema, options) };
  }

  /** Ends all connections, and what is under way on them. */
  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }

  /**
   * A picture that a source has the address of, wherever that is: no token goes there.
   * @param bytes how many it may have.
   * @returns null for what is not there.
   * @throws SourceError and nothing else.
   */
  async picture(address: string, bytes: number, signal: AbortSignal): Promise<Uint8Array | null> {
    const url = URL.parse(address);
    if (!url) throw new SourceError('REFUSED', 'The address of the picture is not a URL.');
    refuseUnlessAskable(url);
    const headers = { accept: 'image/webp,image/png,image/jpeg,image/gif', 'user-agent': userAgent };
    const limits = { ...this.#limits, bytes };
    return this.#queued(url, signal, async (given) => {
      const asked = { ...this.#asking(given, limits), url, headers, publicHeaders: headers };
      return (await withRetries(() => exchange(asked, readBytes), asked))?.body ?? null;
    });
  }

  async #get<P>(
    root: URL,
    source: SourceAt,
    path: string,
    schema: z.ZodType<P>,
    options: GetOptions,
  ): Promise<Got<P> | null> {
    const url = urlOf(root, path, options.query ?? {});
    const publicHeaders = { accept: 'application/json', 'user-agent': userAgent };
    const headers = {
      ...publicHeaders,
      ...source.headers,
      ...options.headers,
      ...authorization(source, options.token ?? null),
    };
    return this.#queued(url, options.signal, async (signal) => {
      const asked = { ...this.#asking(signal, this.#limits), url, headers, publicHeaders };
      const answer = await withRetries(() => exchange(asked, readText), asked);
      return (
        answer && { payload: checked(schema, parseJson(answer.body, this.#limits)), headers: answer.headers }
      );
    });
  }

  #asking(signal: AbortSignal, limits: SourceLimits) {
    return { dispatcher: this.#dispatcher, limits, clock: this.#clock, signal };
  }

  /** Asks a host when it is its turn, unless it is left alone. */
  async #queued<T>(url: URL, signal: AbortSignal, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { queue, circuit } = this.#host(url.host);
    try {
      return await queue.add(({ signal: own = signal }) => circuit.run(() => ask(own), signal), {
        signal,
        timeout: this.#limits.milliseconds,
      });
    } catch (error) {
      if (error instanceof SourceError && !signal.aborted) throw error;
      const message =
        error instanceof TimeoutError ? 'The source takes too long.' : 'The source was not waited for.';
      throw new SourceError('UNAVAILABLE', message, { cause: error });
    }
  }

  #host(name: string): Host {
    const known = this.#hosts.get(name);
    if (known) return known;
    const host = {
      queue: new PQueue({ concurrency: this.#limits.atOnce }),
      circuit: new Circuit(this.#limits, this.#clock.now),
    };
    this.#hosts.set(name, host);
    return host;
  }
}

function authorization(source: SourceAt, token: string | null): Readonly<Record<string, string>> {
  if (token === null) return {};
  // What is no header's value would be quoted in the error of who sets it.
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new SourceError('UNAUTHORIZED', 'The token is none that a source could have given.');
  return (source.authorize ?? bearer)(token);
}
