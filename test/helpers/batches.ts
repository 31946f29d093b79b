// Many mutations and many nodes in few documents: what would be slow one by one.
import { expect } from 'vitest';
import type { TestApp } from './app.ts';
import { refusals } from './rooms.ts';

type Payload = Awaited<ReturnType<TestApp['mutate']>>;

/** As many as a document may have aliases, and `nodes` ids. */
const batchSize = 100;

/** The entries in groups of so many, and the rest. */
export function inGroups<Entry>(entries: readonly Entry[], size: number): Entry[][] {
  return Array.from({ length: Math.ceil(entries.length / size) }, (_, n) =>
    entries.slice(n * size, (n + 1) * size),
  );
}

/** What one person does and reads many times over. @param by their username. */
export function batches(kith: TestApp, by: string) {
  /** The same mutation for each input. @returns the payloads, in order. */
  const each = async (name: string, inputs: readonly object[], selection = ''): Promise<Payload[]> => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const payloads: Payload[] = [];
    for (const group of inGroups(inputs, batchSize)) {
      const document = `mutation (${group.map((_, n) => `$i${n}: ${type}Input!`).join(' ')}) {
        ${group.map((_, n) => `m${n}: ${name}(input: $i${n}) { ...Asked }`).join(' ')}
      } fragment Asked on ${type}Payload { ${selection} userErrors { code path } }`;
      const variables = Object.fromEntries(group.map((input, n) => [`i${n}`, input]));
      payloads.push(...Object.values(await kith.query<object>(document, { as: by, variables })));
    }
    expect(payloads).toHaveLength(inputs.length);
    return payloads;
  };
  /** The same, where every one of them has to be done. */
  const done = async (name: string, inputs: readonly object[], selection: string): Promise<Payload[]> => {
    const payloads = await each(name, inputs, selection);
    expect(payloads.flatMap(refusals), name).toEqual([]);
    return payloads;
  };
  /** The same, where every one of them has to be refused, and for this alone. */
  const refused = async (name: string, inputs: readonly object[], reason: RegExp): Promise<void> => {
    for (const [n, payload] of (await each(name, inputs)).entries())
      expect(refusals(payload), JSON.stringify(inputs[n])).toEqual([expect.stringMatching(reason)]);
  };
  /** Nodes by their ids, in order. @param as who reads. */
  const read = async (ids: readonly string[], selection: string, as: string | null): Promise<Payload[]> => {
    const document = `query ($ids: [ID!]!) { nodes(ids: $ids) { ${selection} } }`;
    const found: Payload[] = [];
    for (const group of inGroups(ids, batchSize)) {
      const { nodes } = await kith.query(document, { as, variables: { ids: group } });
      found.push(...nodes);
    }
    return found;
  };
  return { each, done, refused, read };
}
