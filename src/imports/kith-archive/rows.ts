// A list in JSON as its entries, one at a time, so that it takes no more memory for more of them. Libraries for this hold
// whatever one value has, however long; here an entry that is too long ends it.
import { ImportError } from '../import.ts';

/** Longest entry, in UTF-16 units: more than a post of as many characters as there may be. */
const maxEntry = 4 * 1024 * 1024;

/**
 * The entries of a list.
 * @param name of the file, for what is said of it.
 * @throws ImportError for what is no list in JSON, or has an entry that is too long.
 */
export async function* entriesOf(name: string, text: AsyncIterable<string>): AsyncGenerator<unknown> {
  const broken = (what: string) => new ImportError(`${name} ${what}.`);
  let state: 'before' | 'within' | 'behind' = 'before';
  let entry: string[] = [];
  let length = 0;
  let depth = 0;
  let inString = false;
  let escaped = false;
  const take = () => {
    const whole = entry.join('');
    entry = [];
    length = 0;
    try {
      return JSON.parse(whole) as unknown;
    } catch {
      throw broken('is no JSON');
    }
  };
  let commas = 0;
  let entries = 0;
  for await (const chunk of text) {
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const char = chunk[i] ?? '';
      if (inString) {
        if (escaped) escaped = false;
        else if (char === '\\') escaped = true;
        else if (char === '"') inString = false;
        continue;
      }
      if (depth === 0 && /\s/.test(char)) {
        from = i + 1;
        continue;
      }
      if (state !== 'within') {
        if (state === 'behind' || char !== '[') throw broken('is no list in JSON');
        state = 'within';
        from = i + 1;
        continue;
      }
      if (depth === 0) {
        if (char === ',' && commas < entries) {
          commas++;
          from = i + 1;
        } else if (char === ']' && (entries === 0 || commas < entries)) {
          state = 'behind';
          from = i + 1;
        } else if (char === '{' && commas === entries) {
          depth = 1;
          from = i;
        } else throw broken('is no list of objects in JSON');
      } else if (char === '"') inString = true;
      else if (char === '{' || char === '[') depth++;
      else if (char === '}' || char === ']') {
        depth--;
        if (depth === 0) {
          entry.push(chunk.slice(from, i + 1));
          from = i + 1;
          entries++;
          yield take();
        }
      }
    }
    if (depth > 0) {
      entry.push(chunk.slice(from));
      length += chunk.length - from;
      if (length > maxEntry) throw broken('has an entry that is too long');
    }
  }
  if (state !== 'behind') throw broken('ends before it should');
}
