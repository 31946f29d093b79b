import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copiesOf } from '../../src/cli/copy-edges.ts';
import { BrokenLineError } from '../../src/cli/edges.ts';
import { run, temporaryFolder } from '../helpers/process.ts';

type Pair = readonly [string, string];

/** Names, some of which are others with what looks like the number of a copy. */
const name = fc.oneof(
  fc.nat({ max: 30 }).map(String),
  fc.tuple(fc.constantFrom('a', '1', 'x-y'), fc.nat({ max: 12 })).map(([base, n]) => `${base}-${n}`),
);
const key = ([a, b]: Pair) => [a, b].toSorted().join();
/** Edges in any direction, each once. */
const graph = fc.uniqueArray(
  fc.tuple(name, name).filter(([a, b]) => a !== b),
  { selector: key, maxLength: 60 },
);

function copied(edges: readonly Pair[], times: number): [string, string][] {
  return edges.flatMap(([a, b], i) => copiesOf({ line: i + 1, a, b }, times));
}

function degreesOf(edges: readonly Pair[]): Map<string, number> {
  return new Map([...Map.groupBy(edges.flat(), (end) => end)].map(([end, ends]) => [end, ends.length]));
}

describe('copies of a graph', () => {
  it('have in each copy the degrees of the original, no edge twice, and none from somebody to themself', () => {
    fc.assert(
      fc.property(graph, fc.integer({ min: 1, max: 12 }), (edges, times) => {
        const all = copied(edges, times);
        expect(all).toHaveLength(edges.length * times);
        expect(new Set(all.map(key)).size).toBe(all.length);
        expect(all.filter(([a, b]) => a === b)).toEqual([]);
        const expected = [...degreesOf(edges)].flatMap(([end, degree]) =>
          Array.from({ length: times }, (_, copy) => [`${end}-${copy}`, degree] as const),
        );
        expect(degreesOf(all)).toEqual(new Map(expected));
      }),
    );
  });

  it('are the same wherever an edge stands and however it is written', () => {
    fc.assert(
      fc.property(graph, fc.integer({ min: 1, max: 12 }), (edges, times) => {
        const again = edges.map(([a, b]): Pair => [b, a]).reverse();
        expect(new Set(copied(again, times).map(key))).toEqual(new Set(copied(edges, times).map(key)));
      }),
    );
  });

  it('are tied: a third of the edges go to another copy, and to every other', () => {
    const edges = Array.from({ length: 3_000 }, (_, i): Pair => [String(i), String(i + 1)]);
    const numberOf = (end: string) => Number(end.slice(end.lastIndexOf('-') + 1));
    const further = copied(edges, 4).map(([a, b]) => (numberOf(b) - numberOf(a) + 4) % 4);
    const shares = [0, 1, 2, 3].map((k) => further.filter((n) => n === k).length / further.length);
    expect(shares[0]).toBeCloseTo(2 / 3, 1);
    for (const share of shares.slice(1)) expect(share).toBeCloseTo(1 / 9, 1);
  });

  it('have names that can be loaded, or none', () => {
    const long = 'n'.repeat(30);
    expect(copiesOf({ line: 1, a: long, b: '1' }, 10).flat()).toContain(`${long}-9`);
    expect(() => copiesOf({ line: 7, a: '1', b: long }, 11)).toThrow(BrokenLineError);
    expect(() => copiesOf({ line: 7, a: '1', b: long }, 11)).toThrow(/^Line 7: n+ with the number of a copy/);
  });
});

describe('npm run generate:graph', () => {
  it('prints the copies of each edge one after the other, the same each time, gzipped or not', async () => {
    const folder = temporaryFolder();
    const text = 'Ada,2\n\n2,3\r\n3,ada';
    const files = [join(folder, 'graph.csv'), join(folder, 'graph.csv.gz')] as const;
    writeFileSync(files[0], text);
    writeFileSync(files[1], gzipSync(text));
    const edges: Pair[] = [
      ['ada', '2'],
      ['2', '3'],
      ['3', 'ada'],
    ];
    const expected = copied(edges, 3)
      .map((pair) => `${pair.join()}\n`)
      .join('');
    for (const file of files) {
      const { ended, output } = run('src/cli/generate-graph.ts', [file, '--times', '3']);
      expect(await ended).toBe(0);
      expect(output()).toBe(expected);
    }
  });

  it.each([
    ['1,2\n1;3\n', '2', 'Line 2 is not of the form a,b: "1;3"\n'],
    ['1,2\n', '1', 'Usage: '],
    ['1,2\n', '1001', 'Usage: '],
    ['1,2\n', 'two', 'Usage: '],
  ])('says what is wrong, and prints nothing: %j, %s times', async (text, times, message) => {
    const file = join(temporaryFolder(), 'graph.csv');
    writeFileSync(file, text);
    const { ended, output } = run('src/cli/generate-graph.ts', [file, '--times', times]);
    expect(await ended).toBe(1);
    expect(output()).toMatch(new RegExp(`^${message}`));
  });
});
