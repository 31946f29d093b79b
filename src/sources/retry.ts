import { SourceError } from './errors.ts';
import type { Clock, SourceLimits } from './limits.ts';

/** A fault that may be over the next time. */
export class PassingFault extends SourceError {
  /** For how many milliseconds the source wants to be left alone; null where it has not said. */
  readonly retryAfter: number | null;
  /** It is well, but has been asked too much. */
  readonly isBusy: boolean;

  constructor(
    message: string,
    options: { retryAfter?: number | null; isBusy?: boolean; cause?: unknown } = {},
  ) {
    super('UNAVAILABLE', message, { cause: options.cause });
    this.retryAfter = options.retryAfter ?? null;
    this.isBusy = options.isBusy ?? false;
  }
}

const day = 24 * 60 * 60 * 1000;
const httpDate =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * What a `Retry-After` header asks for.
 * @param now in milliseconds since 1970.
 * @returns milliseconds, from 0 to those of a day; null for no header, or one that says nothing.
 */
export function retryAfter(header: string | null, now: number): number | null {
  const value = header?.trim() ?? '';
  const wait = /^\d+$/.test(value)
    ? Number(value) * 1000
    : httpDate.test(value)
      ? Date.parse(value) - now
      : Number.NaN;
  return Number.isNaN(wait) ? null : Math.min(Math.max(wait, 0), day);
}

const firstWait = 250;
const longestWait = 4_000;

/** @returns milliseconds: by chance, so that those who failed together do not come back together. */
export function jitter(retry: number, random: () => number): number {
  return random() * Math.min(firstWait * 2 ** retry, longestWait);
}

/**
 * Tries, and tries again what may be over the next time, as long as there is time for it.
 * @param signal ends the waiting; it rejects with what the clock's `sleep` does.
 * @throws what the last attempt has thrown.
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  options: { limits: SourceLimits; clock: Clock; signal: AbortSignal },
): Promise<T> {
  const { limits, clock, signal } = options;
  const end = clock.now() + limits.milliseconds;
  for (let retry = 0; ; retry++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof PassingFault) || retry >= limits.retries || signal.aborted) throw error;
      const wait = (error.retryAfter ?? 0) + jitter(retry, clock.random);
      if (clock.now() + wait >= end) throw error;
      await clock.sleep(wait, signal);
    }
  }
}
