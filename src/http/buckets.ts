// Token buckets: what is drawn from one comes back evenly, all of it within its window. That of the machine itself, for
// which no library serves that answers without a promise, draws from several at once and forgets who has left.
import { LRUCache } from 'lru-cache';

/** What is asked of one bucket. */
export interface Draw {
  key: string;
  /** At most `capacity`. */
  amount: number;
  /** What the bucket holds when it is full. */
  capacity: number;
  /** How long an empty one takes to be full, in milliseconds. */
  window: number;
}

/** What became of it. */
export interface Drawn {
  /** Which of the draws found too little in its bucket, the one that has to wait longest; null when all was drawn. */
  short: number | null;
  /** How long until that bucket holds enough, in milliseconds. */
  wait: number;
  /** What is left in each bucket now, rounded down. */
  left: readonly number[];
}

export interface Buckets {
  /** Draws from all of these buckets, or from none. Does not fail. */
  draw: (draws: readonly Draw[]) => Drawn | Promise<Drawn>;
  close: () => Promise<void>;
}

/** What arithmetic may leave over of nothing, in milliseconds. */
const rounding = 1e-6;

/** Most buckets that are kept; those that were not drawn from for the longest time are full again. */
const maxBuckets = 100_000;

/** The buckets of this process. */
export class LocalBuckets implements Buckets {
  readonly #buckets = new LRUCache<string, { used: number; at: number }>({ max: maxBuckets });
  readonly #now: () => number;

  /** @param now the time in milliseconds since any moment. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  draw(draws: readonly Draw[]): Drawn {
    const now = this.#now();
    let short: number | null = null;
    let wait = 0;
    const used = draws.map(({ key, amount, capacity, window }, i) => {
      const bucket = this.#buckets.get(key);
      const rate = capacity / window;
      const inUse = bucket ? Math.max(0, bucket.used - Math.max(0, now - bucket.at) * rate) : 0;
      const missing = (inUse + amount - capacity) / rate;
      if (missing > Math.max(wait, rounding)) {
        wait = missing;
        short = i;
      }
      return inUse;
    });
    if (short === null) {
      for (const [i, { key, amount }] of draws.entries()) {
        used[i] = (used[i] ?? 0) + amount;
        this.#buckets.set(key, { used: used[i], at: now });
      }
    }
    return { short, wait, left: draws.map(({ capacity }, i) => Math.floor(capacity - (used[i] ?? 0))) };
  }

  async close(): Promise<void> {
    this.#buckets.clear();
  }
}
