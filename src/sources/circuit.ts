import { SourceError } from './errors.ts';
import type { SourceLimits } from './limits.ts';
import { PassingFault } from './retry.ts';

/** Leaves a host alone that has failed time after time, and lets one request find out whether it is back. */
export class Circuit {
  readonly #limits: Pick<SourceLimits, 'failures' | 'rest'>;
  readonly #now: () => number;
  #failures = 0;
  /** When somebody may try; null while it is closed. */
  #openUntil: number | null = null;
  #isTried = false;

  constructor(limits: Pick<SourceLimits, 'failures' | 'rest'>, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /**
   * @param givenUp of whom asks: what ends by that says nothing of the host.
   * @throws SourceError `UNAVAILABLE` without asking while it is open, else what `ask` throws.
   */
  async run<T>(ask: () => Promise<T>, givenUp: AbortSignal): Promise<T> {
    const isTrial = this.#openUntil !== null;
    if (isTrial && (this.#isTried || this.#now() < (this.#openUntil ?? 0)))
      throw new SourceError(
        'UNAVAILABLE',
        'The source has failed several times; it is asked again in a while.',
      );
    if (isTrial) this.#isTried = true;
    try {
      const answer = await ask();
      this.#close();
      return answer;
    } catch (error) {
      if (!givenUp.aborted) this.#failed(error);
      throw error;
    } finally {
      if (isTrial) this.#isTried = false;
    }
  }

  #close(): void {
    this.#failures = 0;
    this.#openUntil = null;
  }

  #failed(error: unknown): void {
    const fault = error instanceof SourceError ? error.fault : 'UNAVAILABLE';
    if (fault === 'REFUSED') return;
    const hasFailed = fault === 'UNAVAILABLE' && !(error instanceof PassingFault && error.isBusy);
    if (hasFailed) this.#failures++;
    // Whatever else it answered, it is there.
    else this.#close();
    if (hasFailed && this.#failures >= this.#limits.failures)
      this.#openUntil = this.#now() + this.#limits.rest;
  }
}
