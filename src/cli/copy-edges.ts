// A graph that is many times as large as another and is tied as it is: copies of it, and edges between them.
import { hash } from 'node:crypto';
import { BrokenLineError, type Edge, maxName } from './edges.ts';

/** One edge in this many goes from each copy to another. */
const crossingOneIn = 3;

/**
 * The copies of an edge, one from each copy of the graph: either each within its copy, or all from their copy to the one
 * that is as many further. So each copy of a person has exactly as many edges as the person, whose edges are different
 * ones as long as the person's are. The same edge has the same copies wherever it stands, and however it is written.
 * @param times how many copies there are.
 * @returns pairs of names, each the person's and the copy's number, from 0.
 * @throws BrokenLineError where a name has no room for the number.
 */
export function copiesOf({ line, a, b }: Edge, times: number): [string, string][] {
  for (const name of [a, b]) {
    if (copyOf(name, times - 1).length > maxName)
      throw new BrokenLineError(
        `Line ${line}: ${name} with the number of a copy is longer than ${maxName} characters.`,
      );
  }
  const [low, high] = a < b ? [a, b] : [b, a];
  const chance = hash('sha256', `${low},${high}`, 'buffer');
  const crosses = times > 1 && chance.readUInt32BE(0) % crossingOneIn === 0;
  const further = crosses ? 1 + (chance.readUInt32BE(4) % (times - 1)) : 0;
  return Array.from({ length: times }, (_, copy) => [
    copyOf(low, copy),
    copyOf(high, (copy + further) % times),
  ]);
}

function copyOf(name: string, copy: number): string {
  return `${name}-${copy}`;
}
