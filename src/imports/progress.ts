import { Presets, SingleBar } from 'cli-progress';

/** How far something is that takes long; without a terminal it is silent, as it would only fill a log. */
export class Progress {
  readonly #bar: SingleBar | null;
  #isStarted = false;
  #kind = '';
  #count = 0;

  /** @param stream where the bar is drawn: standard error, so that the report can go elsewhere. */
  constructor(stream: NodeJS.WriteStream) {
    const format = '{bar} {percentage} % | {what} | {duration_formatted}';
    this.#bar = stream.isTTY ? new SingleBar({ format, stream }, Presets.shades_classic) : null;
  }

  /** @param done of `total`, of anything. @param what is being done, in a word or two. */
  show(done: number, total: number, what: string): void {
    if (!this.#bar) return;
    if (this.#isStarted) this.#bar.setTotal(total);
    else this.#bar.start(total, 0, { what });
    this.#isStarted = true;
    this.#bar.update(Math.min(done, total), { what });
  }

  /** One more of a kind has been gone through, of which nobody knows how many there are. */
  step(what: string): void {
    this.#count = what === this.#kind ? this.#count + 1 : 1;
    this.#kind = what;
    this.show(this.#count, this.#count, `${this.#count} ${what}`);
  }

  /** Has to be called before anything else is written there. */
  stop(): void {
    if (this.#isStarted) this.#bar?.stop();
    this.#isStarted = false;
  }
}
