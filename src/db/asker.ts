// Whom statements run for: so that those of a client that leaves half-way can be given up.
import { AsyncLocalStorage } from 'node:async_hooks';

/** Whoever waits for an answer. */
export class Asker {
  /** Whether they have left before it came. */
  left = false;
}

const present = new AsyncLocalStorage<Asker>();
const listeners = new Set<(asker: Asker) => void>();

/** Runs something for somebody: every statement that comes of it is theirs. */
export function askedBy<T>(asker: Asker, run: () => T): T {
  return present.run(asker, run);
}

/** Runs something that has to be done whoever waits for it, or whose outcome others share. */
export function askedByNobody<T>(run: () => T): T {
  return present.exit(run);
}

/** Whom the code that runs now runs for. */
export function presentAsker(): Asker | undefined {
  return present.getStore();
}

/** Somebody has left: their statements that are running are given up. What begins later runs to its end. */
export function leave(asker: Asker): void {
  asker.left = true;
  for (const listener of listeners) listener(asker);
}

/** Calls back whenever somebody leaves. @returns what ends that. */
export function onLeave(listener: (asker: Asker) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
