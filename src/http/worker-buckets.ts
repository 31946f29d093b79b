// Workers draw from the buckets of the process that has started them: so what somebody may do does not depend on which
// workers their connections have got to.
import cluster, { type Worker } from 'node:cluster';
import { z } from 'zod';
import { type Buckets, type Drawn, LocalBuckets } from './buckets.ts';

const draws = z.array(
  z.object({ key: z.string(), amount: z.number(), capacity: z.number(), window: z.number() }),
);
const question = z.object({ draw: z.array(z.object({ id: z.number(), draws })) });
const answer = z.object({
  drawn: z.array(
    z.object({
      id: z.number(),
      drawn: z.object({ short: z.number().nullable(), wait: z.number(), left: z.array(z.number()) }),
    }),
  ),
});

/** A worker's way to the buckets that `keepBuckets` keeps in the process that has started it. */
export function workerBuckets(worker: Worker): Buckets {
  const waiting = new Map<number, (drawn: Drawn) => void>();
  let unsent: z.input<typeof question>['draw'] = [];
  let next = 0;
  worker.on('message', (message: unknown) => {
    for (const { id, drawn } of answer.safeParse(message).data?.drawn ?? []) {
      waiting.get(id)?.(drawn);
      waiting.delete(id);
    }
  });
  // Alone, it has requests in flight to finish and takes no others.
  const alone = (ids: Iterable<number>) => {
    for (const id of ids) waiting.get(id)?.({ short: null, wait: 0, left: [] });
  };
  worker.on('disconnect', () => alone(waiting.keys()));
  const send = () => {
    const draw = unsent;
    unsent = [];
    worker.send({ draw }, (error) => {
      if (error) alone(draw.map(({ id }) => id));
    });
  };
  return {
    draw: (draws) =>
      new Promise((resolve) => {
        const id = next++;
        waiting.set(id, resolve);
        // What is drawn in the same turn goes in one message.
        if (unsent.push({ id, draws: [...draws] }) === 1) setImmediate(send);
      }),
    close: async () => {},
  };
}

/** Keeps the buckets of all workers of this process. */
export function keepBuckets(): void {
  const buckets = new LocalBuckets();
  cluster.on('message', (from, message: unknown) => {
    const { data } = question.safeParse(message);
    if (!data) return;
    const drawn = data.draw.map(({ id, draws }) => ({ id, drawn: buckets.draw(draws) }));
    from.send({ drawn }, () => {});
  });
}
