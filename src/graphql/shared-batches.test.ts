import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharedBatches } from './shared-batches.ts';

/** What is fetched for a key; `bad` ones cannot be. */
const fetched = (key: string) => `value of ${key}`;

/** Fetches, and notes with which keys it was called. */
function recording() {
  const calls: string[][] = [];
  const fetch = async (keys: readonly string[]) => {
    calls.push([...keys]);
    if (keys.some((key) => key.startsWith('bad'))) throw new Error(`bad among ${keys.length}`);
    return keys.map(fetched);
  };
  return { calls, fetch };
}

describe('shared batches', () => {
  it('give everybody their own values, in their order, and fail only whose own keys fail', async () => {
    const key = fc.oneof(
      { weight: 9, arbitrary: fc.nat(30).map(String) },
      { weight: 1, arbitrary: fc.nat(3).map((n) => `bad ${n}`) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ identity: fc.nat(2), keys: fc.array(key, { minLength: 1, maxLength: 40 }) }), {
          maxLength: 30,
        }),
        async (asked) => {
          const shared = new SharedBatches();
          const { fetch } = recording();
          const answers = await Promise.allSettled(
            asked.map(({ identity, keys }) => shared.load(identity, keys, fetch)),
          );
          for (const [i, { keys }] of asked.entries()) {
            if (keys.some((k) => k.startsWith('bad'))) {
              expect(answers[i]).toMatchObject({
                status: 'rejected',
                reason: { message: `bad among ${keys.length}` },
              });
            } else expect(answers[i]).toEqual({ status: 'fulfilled', value: keys.map(fetched) });
          }
        },
      ),
    );
  });

  it('fetch once for all who ask until the loop turns, each key once', async () => {
    const shared = new SharedBatches();
    const { calls, fetch } = recording();
    const asked = [['a', 'b'], ['b', 'c'], ['a']].map((keys) => shared.load('one', keys, fetch));
    const other = shared.load('other', ['a'], fetch);
    await Promise.all([...asked, other]);
    expect(calls).toEqual([['a', 'b', 'c'], ['a']]);
    await shared.load('one', ['a'], fetch);
    expect(calls).toHaveLength(3);
  });

  it('leave those alone who ask for much, and keep a statement short', async () => {
    const shared = new SharedBatches();
    const { calls, fetch } = recording();
    const keys = (from: number, count: number) => Array.from({ length: count }, (_, i) => String(from + i));
    const asked = [keys(0, 33), keys(100, 30), keys(200, 30), keys(300, 30)];
    await Promise.all(asked.map((some) => shared.load('one', some, fetch)));
    expect(calls.map((call) => call.length)).toEqual([33, 60, 30]);
  });
});
