// What may be answered to many requests alike, fetched for all of them that arrive together: under load one statement
// serves several requests, otherwise one.
import { type Asker, askedBy, askedByNobody, presentAsker } from '../db/asker.ts';

/** Keys of one request beyond which it asks by itself: sharing would spare little of what that takes. */
const maxOwnKeys = 32;
/** Keys of one statement, so that nobody waits long for what others have asked for. */
const maxKeys = 64;

type Fetch<Key, Value> = (keys: readonly Key[]) => Promise<readonly Value[]>;

export class SharedBatches {
  /** Those that still take keys, by what they fetch. */
  readonly #open = new Map<unknown, Batch<unknown, unknown>>();
  #waiting: Batch<unknown, unknown>[] = [];

  /**
   * The values for some keys, in their order, fetched together with those that other requests ask for until what has
   * arrived by now has been looked at.
   * @param identity what the batch shares: one `fetch` has to be as good as any other of the same identity.
   * @param keys told apart as by a Map.
   * @throws what `fetch` throws for these keys; never what only those of others lead to.
   */
  load<Key, Value>(
    identity: unknown,
    keys: readonly Key[],
    fetch: Fetch<Key, Value>,
  ): Promise<readonly Value[]> {
    if (keys.length > maxOwnKeys) return fetch(keys);
    let batch = this.#open.get(identity) as Batch<Key, Value> | undefined;
    if (!batch || batch.size + keys.length > maxKeys) {
      batch = new Batch();
      this.#open.set(identity, batch as Batch<unknown, unknown>);
      if (this.#waiting.length === 0) setImmediate(() => this.#send());
      this.#waiting.push(batch as Batch<unknown, unknown>);
    }
    return batch.add(keys, fetch);
  }

  #send(): void {
    const batches = this.#waiting;
    this.#waiting = [];
    this.#open.clear();
    for (const batch of batches) void batch.run();
  }
}

interface Member<Key, Value> {
  keys: readonly Key[];
  fetch: Fetch<Key, Value>;
  asker: Asker | undefined;
  resolve: (values: readonly Value[] | Promise<readonly Value[]>) => void;
}

class Batch<Key, Value> {
  size = 0;
  readonly #members: Member<Key, Value>[] = [];

  add(keys: readonly Key[], fetch: Fetch<Key, Value>): Promise<readonly Value[]> {
    this.size += keys.length;
    return new Promise((resolve) => {
      this.#members.push({ keys, fetch, asker: presentAsker(), resolve });
    });
  }

  async run(): Promise<void> {
    const [first, ...others] = this.#members;
    if (!first) return;
    if (others.length === 0) {
      runAlone(first);
      return;
    }
    const keys = [...new Set(this.#members.flatMap((member) => member.keys))];
    try {
      // The others wait for it even when the first one leaves.
      const fetched = await askedByNobody(() => first.fetch(keys));
      const values = new Map(keys.map((key, i) => [key, fetched[i] as Value]));
      for (const member of this.#members) member.resolve(member.keys.map((key) => values.get(key) as Value));
    } catch {
      // Whose keys it was that could not be fetched shows when each asks alone.
      for (const member of this.#members) runAlone(member);
    }
  }
}

function runAlone<Key, Value>({ keys, fetch, asker, resolve }: Member<Key, Value>): void {
  const run = () => resolve(fetch(keys));
  if (asker) askedBy(asker, run);
  else askedByNobody(run);
}
