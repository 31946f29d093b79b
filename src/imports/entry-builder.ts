import type { Token } from 'stream-json/core/parser.js';
import { ImportError } from './import.ts';
import type { Entry } from './json-entries.ts';

/** What is wanted, by its path of keys with stops between: a value as a whole, or each value of a list. */
export type Plan = Readonly<Record<string, 'value' | 'list'>>;

/** What a file, and one value of it, may have. */
export interface EntryLimits {
  /** How deep values may be nested. */
  depth: number;
  /** How many characters the texts of one value may have together, and how many values may be in it. */
  characters: number;
  values: number;
}

/** Longest key that anything is known by, in characters; the rest of a longer one is dropped. */
const maxKey = 200;

// Nobody's data has them for keys.
const prototypeKeys = new Set(['__proto__', 'constructor', 'prototype']);

type Container = { list: unknown[] } | { object: Record<string, unknown> };

/** A container on the way to what is wanted. */
interface Frame {
  path: string;
  isList: boolean;
}

/** A wanted value as far as it has come. */
interface Building {
  path: string;
  /** The depth that it ends at. */
  depth: number;
  /** The containers that are open, the innermost last. */
  stack: Container[];
  characters: number;
  values: number;
  problem: string | null;
}

/** Makes the wanted values of a document out of its tokens, and nothing of the others. */
export class EntryBuilder {
  readonly #plan: Plan;
  readonly #prefixes: ReadonlySet<string>;
  readonly #limits: EntryLimits;
  readonly #frames: Frame[] = [];
  /** Whether it has begun. */
  #isOpen = false;
  #depth = 0;
  /** The depth that ends what is being skipped. */
  #skippingTo: number | null = null;
  #building: Building | null = null;
  #key = '';
  /** Of the text, key or number that is being read; null where it is not wanted. */
  #text: string | null = null;

  constructor(plan: Plan, limits: EntryLimits) {
    this.#plan = plan;
    this.#limits = limits;
    this.#prefixes = new Set(
      Object.keys(plan).flatMap((path) => {
        const keys = path.split('.');
        return keys.map((_key, i) => keys.slice(0, i).join('.'));
      }),
    );
  }

  /** Whether the document has come to its end. */
  get isComplete(): boolean {
    return this.#isOpen && this.#depth === 0;
  }

  /** @throws ImportError for what is nested deeper than anything may be, or no object. */
  *read(tokens: readonly Token[]): Generator<Entry> {
    for (const token of tokens) {
      const entry = this.#readToken(token);
      if (entry) yield entry;
    }
  }

  #readToken(token: Token): Entry | null {
    switch (token.name) {
      case 'startObject':
      case 'startArray':
        this.#open(token.name === 'startArray');
        return null;
      case 'endObject':
      case 'endArray':
        return this.#close();
      case 'startKey':
        this.#text = this.#skippingTo === null ? '' : null;
        return null;
      case 'endKey':
        this.#key = this.#text ?? '';
        this.#text = null;
        return null;
      case 'startString':
      case 'startNumber':
        this.#text = this.#isWanted() ? '' : null;
        return null;
      case 'stringChunk':
      case 'numberChunk':
        this.#addText(token.value);
        return null;
      case 'endString':
        return this.#scalar(this.#text);
      case 'endNumber':
        return this.#scalar(this.#text === null ? null : Number(this.#text));
      case 'trueValue':
      case 'falseValue':
      case 'nullValue':
        return this.#scalar(token.value);
      default:
        throw new Error(`${token.name} is not asked of the parser.`);
    }
  }

  /** Where the value that begins now is; null where nothing of it is wanted. */
  #pathOfNext(): string | null {
    if (this.#skippingTo !== null) return null;
    const parent = this.#frames.at(-1);
    if (!parent) return '';
    if (parent.isList) return parent.path;
    return parent.path === '' ? this.#key : `${parent.path}.${this.#key}`;
  }

  /** Whether the value that begins now is one that was asked for. */
  #isEntry(path: string): boolean {
    return this.#frames.at(-1)?.isList === true || this.#plan[path] === 'value';
  }

  #isWanted(): boolean {
    if (this.#building) return this.#building.problem === null;
    const path = this.#pathOfNext();
    return path !== null && this.#isEntry(path);
  }

  #addText(chunk: string): void {
    if (this.#text === null) return;
    const building = this.#building;
    if (building) {
      building.characters += chunk.length;
      if (building.characters > this.#limits.characters) {
        this.#spoil(building, 'too large');
        return;
      }
    } else if (this.#text.length > this.#limits.characters) {
      return;
    }
    this.#text += chunk;
  }

  #spoil(building: Building, problem: string): void {
    building.problem = problem;
    building.stack = [];
    this.#text = null;
  }

  #open(isList: boolean): void {
    const depth = ++this.#depth;
    this.#isOpen = true;
    if (depth > this.#limits.depth)
      throw new ImportError(`It is nested more than ${this.#limits.depth} deep.`);
    if (this.#building) {
      this.#openWithin(this.#building, isList);
      return;
    }
    const path = this.#pathOfNext();
    if (path === null) return;
    if (this.#isEntry(path)) {
      this.#building = { path, depth, stack: [], characters: 0, values: 0, problem: null };
      this.#openWithin(this.#building, isList);
    } else if (isList ? this.#plan[path] === 'list' : this.#prefixes.has(path)) {
      this.#frames.push({ path, isList });
    } else {
      if (path === '') throw new ImportError('It is no object.');
      this.#skippingTo = depth;
    }
  }

  #openWithin(building: Building, isList: boolean): void {
    if (building.problem !== null) return;
    const container: Container = isList ? { list: [] } : { object: {} };
    this.#put(building, contentOf(container));
    if (building.problem === null) building.stack.push(container);
  }

  /** Puts a value into the container that is open; the first one is put nowhere. */
  #put(building: Building, value: unknown): void {
    if (++building.values > this.#limits.values) {
      this.#spoil(building, 'too many values');
      return;
    }
    const open = building.stack.at(-1);
    if (!open) return;
    if ('list' in open) open.list.push(value);
    else if (!prototypeKeys.has(this.#key)) open.object[this.#key.slice(0, maxKey)] = value;
  }

  #close(): Entry | null {
    const depth = this.#depth--;
    const building = this.#building;
    if (building) {
      const closed = building.stack.pop();
      if (depth > building.depth) return null;
      this.#building = null;
      return this.#entry(building, closed && contentOf(closed));
    }
    if (this.#skippingTo === null) this.#frames.pop();
    else if (depth === this.#skippingTo) this.#skippingTo = null;
    return null;
  }

  #entry({ path, problem }: Building, value: unknown): Entry {
    return problem === null ? { path, value } : { path, problem };
  }

  #scalar(value: string | number | boolean | null): Entry | null {
    this.#text = null;
    const building = this.#building;
    if (building) {
      if (building.problem === null) this.#put(building, value);
      return null;
    }
    const path = this.#pathOfNext();
    if (path === null) return null;
    if (path === '') throw new ImportError('It is no object.');
    return this.#isEntry(path) ? { path, value } : null;
  }
}

function contentOf(container: Container): unknown {
  return 'list' in container ? container.list : container.object;
}
