import DataLoader from 'dataloader';
import type { Context } from '../context.ts';
import type { SharedBatches } from './shared-batches.ts';

/** How values are fetched for many keys at once: takes the keys of a tick, answers in their order. */
export interface LoaderSpec<Key, Value> {
  readonly batch: (ctx: Context, keys: readonly Key[]) => Promise<readonly Value[]>;
}

/**
 * A loader of rows by a key of theirs; null where there is no such row, or the viewer may not see it.
 * @param fetch one statement for all keys, in any order, missing ones left out. Never called with none.
 */
export function byKey<Row>(
  fetch: (ctx: Context, keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): LoaderSpec<string, Row | null> {
  return {
    batch: async (ctx, keys) => {
      const rows = new Map((await fetch(ctx, keys)).map((row) => [keyOf(row), row]));
      return keys.map((key) => rows.get(key) ?? null);
    },
  };
}

/**
 * A loader of what belongs to each key, in the order of the rows.
 * @param fetch one statement for all keys, any number of rows for each. Never called with none.
 * @param valueIn what of a row is answered.
 */
export function manyByKey<Row, Value>(
  fetch: (ctx: Context, keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
  valueIn: (row: Row) => Value,
): LoaderSpec<string, Value[]> {
  return {
    batch: async (ctx, keys) => {
      const groups = Map.groupBy(await fetch(ctx, keys), keyOf);
      return keys.map((key) => (groups.get(key) ?? []).map(valueIn));
    },
  };
}

export interface LoadersOptions {
  /** Where others are answered alike: for requests without a viewer. */
  shared: SharedBatches | null;
  /** Is told how many keys are fetched at once, each time. */
  onBatch?: ((size: number) => void) | undefined;
}

/** The loaders of one request, each made when first asked for. */
export class Loaders {
  readonly #loaders = new Map<unknown, DataLoader<unknown, unknown>>();
  readonly #options: LoadersOptions;

  constructor(options: LoadersOptions) {
    this.#options = options;
  }

  /**
   * The value for one key, fetched together with all others asked for in the same tick.
   * @param identity what the batch shares; for lists, the list and its arguments.
   */
  load<Key, Value>(
    ctx: Context,
    spec: LoaderSpec<Key, Value>,
    key: Key,
    identity: unknown = spec,
  ): Promise<Value> {
    let loader = this.#loaders.get(identity) as DataLoader<Key, Value> | undefined;
    if (!loader) {
      const { shared, onBatch } = this.#options;
      const fetch = (keys: readonly Key[]) => {
        onBatch?.(keys.length);
        return spec.batch(ctx, keys);
      };
      loader = new DataLoader<Key, Value>(shared ? (keys) => shared.load(identity, keys, fetch) : fetch, {
        maxBatchSize: 10_000,
      });
      this.#loaders.set(identity, loader as DataLoader<unknown, unknown>);
    }
    return loader.load(key);
  }

  /** Forgets everything: after a write, what is read next is read anew. */
  clear(): void {
    this.#loaders.clear();
  }
}
