// Times as PostgreSQL writes them. Every edge of a list has one or two, which mostly only pass through: for the engine to
// parse and write a Date costs as much as everything else that is done with its row.

/**
 * The time that PostgreSQL wrote, to the millisecond. What it does not write as 2026-05-01 12:00:00.5+00, because the
 * session is not in UTC or the year has not four digits, is parsed by the engine.
 */
export function storedTime(text: string): Date {
  return text.endsWith('+00') && text[4] === '-' && text[0] !== '0' ? new StoredTime(text) : new Date(text);
}

/** A point in time that knows how it is written. It is not for changing. */
class StoredTime extends Date {
  readonly #text: string;

  constructor(text: string) {
    super(
      Date.UTC(
        digits(text, 0) * 100 + digits(text, 2),
        digits(text, 5) - 1,
        digits(text, 8),
        digits(text, 11),
        digits(text, 14),
        digits(text, 17),
        Number(milliseconds(text)),
      ),
    );
    this.#text = text;
  }

  override toISOString(): string {
    const text = this.#text;
    return `${text.slice(0, 10)}T${text.slice(11, 19)}.${milliseconds(text)}Z`;
  }
}

/** The number that two digits write. */
function digits(text: string, at: number): number {
  return text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 11 * 48;
}

/** The first three digits behind the second, as many of which are zeros as are not written. */
function milliseconds(text: string): string {
  return text[19] === '.' ? text.slice(20, -3).slice(0, 3).padEnd(3, '0') : '000';
}
