// What a transaction is for Drizzle: as much of postgres.js' own as it uses.
import type { SendOptions, Values } from './lane.ts';

/** As much of a query as Drizzle uses: it awaits it for rows as objects, or its `values` for rows as arrays. */
export interface Asked extends PromiseLike<unknown> {
  values: () => Promise<unknown>;
}
export type Unsafe = (text: string, values?: Values, options?: SendOptions) => Asked;

export interface Transaction {
  unsafe: Unsafe;
  /** Runs a part of it that can fail by itself: nothing of it stays then. */
  savepoint: <T>(run: (part: Transaction) => Promise<T>) => Promise<T>;
}

/** Sends a statement on the transaction's connection. */
export type Send = (
  text: string,
  values?: Values,
  options?: SendOptions,
  inArrays?: boolean,
) => Promise<unknown>;

/**
 * Runs what is in a transaction, or in a part of it.
 * @throws what `run` does, or what any of its statements did, even where it has caught that: nothing is to be kept then.
 */
export async function runWithin<T>(
  send: Send,
  run: (transaction: Transaction) => Promise<T>,
  depth = 1,
): Promise<T> {
  const failures: unknown[] = [];
  const sendHere: Send = async (...statement) => {
    try {
      return await send(...statement);
    } catch (error) {
      failures.push(error);
      throw error;
    }
  };
  const done = await run({
    unsafe: (text, values, options) => asked((inArrays) => sendHere(text, values, options, inArrays)),
    savepoint: async (part) => {
      await sendHere(`SAVEPOINT kith_${depth}`);
      try {
        return await runWithin(send, part, depth + 1);
      } catch (error) {
        await sendHere(`ROLLBACK TO kith_${depth}`);
        throw error;
      }
    },
  });
  if (failures.length > 0) throw failures[0];
  return done;
}

/** A query that is sent once Drizzle has said in which form it wants the rows. */
export function asked(run: (inArrays: boolean) => Promise<unknown>): Asked {
  return {
    values: () => run(true),
    // biome-ignore lint/suspicious/noThenProperty: Drizzle awaits it, as it does the driver's own
    then: (...handlers) => run(false).then(...handlers),
  };
}
