// Several processes that share a port, so that more than one core answers: this one starts them and watches over them.
import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { z } from 'zod';

const readyMessage = z.object({ ready: z.literal(true) });

/** A worker that ends sooner than this after its start would likely do so again, in milliseconds. */
const settledAfter = 10_000;
/** How long it then takes until another is started: twice as long each time, in milliseconds. */
const shortestPause = 100;
const longestPause = 5_000;

/** The workers of this process: each runs the same script, and another takes the place of one that ends. */
export class Workers {
  readonly #log: Logger;
  readonly #ending = new AbortController();
  #started = false;
  #pause = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Starts so many. @returns false when one ended before it was ready: it has said why, and others may be there. */
  async start(count: number): Promise<boolean> {
    // What keeps one from starting keeps all from it: one is enough to say so.
    for (const more of [1, count - 1]) {
      const ready = await Promise.all(Array.from({ length: more }, () => this.#startOne()));
      if (ready.includes(false)) return false;
    }
    this.#started = true;
    return true;
  }

  /** Asks all of them to end, and starts none any more. */
  end(signal: NodeJS.Signals): void {
    this.#ending.abort();
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal);
  }

  /** @returns whether it came to be ready. */
  #startOne(): Promise<boolean> {
    return new Promise((resolve) => {
      const begun = performance.now();
      const worker = cluster.fork();
      let ready = false;
      const ended = (why: object) => {
        resolve(false);
        if (ready || this.#started)
          this.#replace({ worker: worker.process.pid, ...why }, performance.now() - begun);
      };
      worker.on('message', (message: unknown) => {
        ready ||= readyMessage.safeParse(message).success;
        if (ready) resolve(true);
      });
      worker.once('exit', (code, signal) => ended(signal ? { signal } : { code }));
      // Where no more processes can be had, it does not exit: it was never there.
      worker.on('error', (err) => {
        if (worker.process.pid === undefined) ended({ err });
      });
    });
  }

  #replace(ended: object, lived: number): void {
    if (this.#ending.signal.aborted) return;
    this.#pause = lived > settledAfter ? 0 : Math.min(Math.max(this.#pause * 2, shortestPause), longestPause);
    this.#log.error({ ...ended, pause: this.#pause }, 'a worker has ended, another takes its place');
    sleep(this.#pause, undefined, { signal: this.#ending.signal }).then(
      () => this.#startOne(),
      () => {},
    );
  }
}

/** Tells the process that has started this worker that it answers, and ends when it is asked to. */
export function tellReady(worker: Worker): void {
  worker.send({ ready: true }, () => {});
}
