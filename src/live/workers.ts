// How the workers of one process tell each other what is new: by way of the one that has started them.
import cluster, { type Worker } from 'node:cluster';
import { z } from 'zod';
import type { Bus } from './live.ts';

const news = z.object({ live: z.array(z.string()).nullable() });

/** A worker's way to the others, as long as `relayNews` runs in the process that has started it. */
export function workerBus(worker: Worker): Bus {
  return {
    publish: (names) => send(worker, { live: [...names] }),
    listen: (heard) => {
      worker.on('message', (message: unknown) => {
        const { data } = news.safeParse(message);
        if (data) heard(data.live);
      });
    },
    // It is there as long as the process, and keeps nothing from ending.
    close: async () => {},
  };
}

/** Passes on to the other workers what one of them tells. One that ends may have been about to tell something. */
export function relayNews(): void {
  const tellOthers = (from: Worker, message: z.output<typeof news>) => {
    for (const worker of Object.values(cluster.workers ?? {})) {
      if (worker && worker !== from && worker.isConnected()) send(worker, message);
    }
  };
  cluster.on('message', (from, message: unknown) => {
    const { data } = news.safeParse(message);
    if (data) tellOthers(from, data);
  });
  cluster.on('exit', (from) => tellOthers(from, { live: null }));
}

/** What cannot be sent, because one of the two has just ended, is made up for once that is known. */
function send(worker: Worker, message: z.output<typeof news>): void {
  worker.send(message, () => {});
}
