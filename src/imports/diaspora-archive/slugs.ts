import type { Database } from '../../db/client.ts';
import { usedSlugs } from '../../features/posts/import-store.ts';

/** Longest slug, and longest number behind one, in characters. */
const longest = 80;
const room = '-1234567'.length;

/** Slugs that are used, and the highest number behind each that has one. */
class Used {
  readonly slugs = new Set<string>();
  readonly numbers = new Map<string, number>();

  add(slug: string): void {
    this.slugs.add(slug);
    const [, base, number] = /^(.+)-([0-9]{1,7})$/.exec(slug) ?? [];
    if (base !== undefined) this.numbers.set(base, Math.max(this.numbers.get(base) ?? 1, Number(number)));
  }
}

/** Gives each post of an author a slug of its own, as `createPost` does: the slug itself, or a number behind it. */
export class Slugs {
  readonly #used = new Used();
  /** Those of what is being written, which may come to nothing. */
  #pending = new Used();

  /** @param used those that the author has used so far. */
  constructor(used: Iterable<string>) {
    for (const slug of used) this.#used.add(slug);
  }

  /** Run it in a transaction that has locked the author. @returns one for each that is given. */
  async numbered(tx: Database, authorId: string, slugs: readonly string[]): Promise<string[]> {
    this.#pending = new Used();
    const named = slugs.map((slug) => this.#next(slug));
    // Somebody may have posted since it was looked last.
    for (;;) {
      const taken = await usedSlugs(tx, authorId, named);
      if (taken.size === 0) return named;
      for (const slug of taken) this.#used.add(slug);
      for (const [i, slug] of named.entries()) if (taken.has(slug)) named[i] = this.#next(slugs[i] ?? slug);
    }
  }

  /** What was given last is used now. */
  keep(): void {
    for (const slug of this.#pending.slugs) this.#used.add(slug);
    this.#pending = new Used();
  }

  #next(slug: string): string {
    const base = slug.slice(0, longest - room).replace(/-$/, '');
    const isTaken = this.#used.slugs.has(slug) || this.#pending.slugs.has(slug);
    const highest = Math.max(this.#used.numbers.get(base) ?? 1, this.#pending.numbers.get(base) ?? 1);
    const next = isTaken ? `${base}-${highest + 1}` : slug;
    this.#pending.add(next);
    return next;
  }
}
