import { describe, expect, it } from 'vitest';
import { Circuit } from './circuit.ts';
import { SourceError, type SourceFault } from './errors.ts';
import { PassingFault } from './retry.ts';

const unavailable = new SourceError('UNAVAILABLE', 'It fails.');
const patient = () => new AbortController().signal;

/** A circuit that two failures open for ten milliseconds, and how often it has let somebody through. */
function circuit() {
  const time = { now: 0, asked: 0 };
  const made = new Circuit({ failures: 2, rest: 10 }, () => time.now);
  const run = (error?: Error, givenUp = patient()) => {
    const ask = async () => {
      time.asked++;
      if (error) throw error;
    };
    return made.run(ask, givenUp).catch(() => undefined);
  };
  return { time, run, made };
}

describe('a circuit', () => {
  it('is opened by failures one after another only', async () => {
    const { time, run } = circuit();
    for (const error of [unavailable, undefined, unavailable, undefined, unavailable]) await run(error);
    expect(time.asked).toBe(5);
    await run(unavailable);
    await run();
    expect(time.asked).toBe(6);
  });

  it.each<[SourceFault | 'busy', number]>([
    ['UNAUTHORIZED', 5],
    ['INVALID', 5],
    ['busy', 5],
    // Nobody has been asked: it neither opens nor closes.
    ['REFUSED', 3],
  ])('takes %s as it is', async (fault, asked) => {
    const { time, run } = circuit();
    const error =
      fault === 'busy' ? new PassingFault('Busy.', { isBusy: true }) : new SourceError(fault, 'No.');
    for (const next of [unavailable, error, unavailable, undefined, undefined]) await run(next);
    expect(time.asked).toBe(asked);
  });

  it('lets one through when its time is over, and another when that one gave up', async () => {
    const { time, run, made } = circuit();
    await run(unavailable);
    await run(unavailable);
    time.now = 10;
    const controller = new AbortController();
    const trial = Promise.withResolvers<void>();
    const tried = made.run(() => trial.promise, controller.signal);
    await run();
    expect(time.asked).toBe(2);
    controller.abort();
    trial.reject(new Error('given up'));
    await expect(tried).rejects.toThrow('given up');
    await run();
    await run();
    expect(time.asked).toBe(4);
  });
});
