/** How many examples are shown of what was left for one reason. */
const maxExamples = 3;
/** Longest example shown, in characters. */
const maxExample = 80;

/** Things that were left for one reason. */
interface Left {
  kind: string;
  reason: string;
  count: number;
  examples: string[];
}

/** What was taken, what was here already, and what was left and why. Kinds are in the plural: "posts". */
export class Report {
  /** Who has moved in, and into what: said first. */
  title = '';
  readonly #taken = new Map<string, number>();
  readonly #there = new Map<string, number>();
  readonly #left = new Map<string, Left>();

  /** Whether nothing has been taken, nor been here. */
  get isEmpty(): boolean {
    return this.#taken.size + this.#there.size === 0;
  }

  took(kind: string, count = 1): void {
    if (count > 0) this.#taken.set(kind, (this.#taken.get(kind) ?? 0) + count);
  }

  wasThere(kind: string, count = 1): void {
    if (count > 0) this.#there.set(kind, (this.#there.get(kind) ?? 0) + count);
  }

  /** @param example says which one: an id of its own there, never what it says. */
  left(kind: string, reason: string, example?: string, count = 1): void {
    if (count === 0) return;
    const key = `${kind}: ${reason}`;
    const left = this.#left.get(key) ?? { kind, reason, count: 0, examples: [] };
    left.count += count;
    if (example !== undefined && left.examples.length < maxExamples) left.examples.push(shown(example));
    this.#left.set(key, left);
  }

  lines(): string[] {
    const counts = (of: ReadonlyMap<string, number>) =>
      of.size === 0 ? ['  nothing'] : [...of].map(([kind, count]) => `  ${count} ${kind}`);
    const left = [...this.#left.values()].map(({ kind, reason, count, examples }) => {
      const more = count > examples.length ? ', …' : '';
      return `  ${count} ${kind}: ${reason}${examples.length > 0 ? ` (${examples.join(', ')}${more})` : ''}`;
    });
    return [
      ...(this.title ? [this.title] : []),
      'Taken:',
      ...counts(this.#taken),
      ...(this.#there.size > 0 ? ['Here already:', ...counts(this.#there)] : []),
      ...(left.length > 0 ? ['Left:', ...left] : []),
    ];
  }
}

/** Text of others on one line of a terminal: none of it controls that. */
function shown(text: string): string {
  const plain = text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�');
  return plain.length > maxExample ? `${plain.slice(0, maxExample - 1)}…` : plain;
}
