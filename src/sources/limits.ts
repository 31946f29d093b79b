/** What a source may cost. */
export interface SourceLimits {
  /** How many redirects are followed. */
  redirects: number;
  /** Bytes of an answer, once unpacked. */
  bytes: number;
  /** Milliseconds that a request takes at most, with all of its redirects and retries, once it is its turn. */
  milliseconds: number;
  /** How deep an answer's objects and lists may be nested. */
  depth: number;
  /** How many values an answer may have: each takes far more memory, and time to check, than it has bytes. */
  values: number;
  /** How often a request is made anew. */
  retries: number;
  /** How many requests a host is sent at once. */
  atOnce: number;
  /** How many requests have to fail one after another for a host to be left alone. */
  failures: number;
  /** For how many milliseconds it then is. */
  rest: number;
}

export const sourceLimits: SourceLimits = {
  redirects: 3,
  bytes: 10 * 2 ** 20,
  milliseconds: 20_000,
  depth: 64,
  values: 250_000,
  retries: 3,
  atOnce: 4,
  failures: 5,
  rest: 30_000,
};

/** Time and chance, so that tests need not wait for them. */
export interface Clock {
  /** Milliseconds since 1970. */
  now: () => number;
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
  /** From 0 to below 1. */
  random: () => number;
}
