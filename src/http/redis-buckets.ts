import { createClient, defineScript } from '@redis/client';
import type { Logger } from 'pino';
import { z } from 'zod';
import { type Buckets, type Draw, type Drawn, LocalBuckets } from './buckets.ts';

/** How long a request waits for Redis before it goes on without, in milliseconds. */
const patience = 250;
/** How long Redis is then left alone, in milliseconds. */
const pause = 2_000;
const connectTimeout = 5_000;
const pingInterval = 2_000;
const socketTimeout = 6_000;

/** By Redis' own clock, as those of the instances differ. Numbers come back as whole ones. */
const draw = defineScript({
  SCRIPT: `
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    local short, wait, used, left = 0, 0, {}, {}
    for i, key in ipairs(KEYS) do
      local amount, capacity, window = tonumber(ARGV[i * 3 - 2]), tonumber(ARGV[i * 3 - 1]), tonumber(ARGV[i * 3])
      local bucket = redis.call('HMGET', key, 'used', 'at')
      used[i] = 0
      if bucket[1] then
        used[i] = math.max(0, bucket[1] - math.max(0, now - bucket[2]) * capacity / window)
      end
      local missing = (used[i] + amount - capacity) * window / capacity
      if missing > math.max(wait, 0.000001) then
        short, wait = i, missing
      end
    end
    for i, key in ipairs(KEYS) do
      local amount, capacity, window = tonumber(ARGV[i * 3 - 2]), tonumber(ARGV[i * 3 - 1]), tonumber(ARGV[i * 3])
      if short == 0 then
        used[i] = used[i] + amount
        redis.call('HSET', key, 'used', used[i], 'at', now)
        redis.call('PEXPIRE', key, math.ceil(used[i] * window / capacity) + 1)
      end
      left[i] = math.floor(capacity - used[i])
    end
    return {short, math.ceil(wait), unpack(left)}`,
  parseCommand: (parser, draws: readonly Draw[]) => {
    parser.pushKeysLength(draws.map(({ key }) => `kith:limit:${key}`));
    for (const { amount, capacity, window } of draws) {
      parser.push(String(amount), String(capacity), String(window));
    }
  },
  transformReply: (reply: unknown): Drawn => {
    const [short = 0, wait = 0, ...left] = z.array(z.number()).parse(reply);
    return { short: short === 0 ? null : short - 1, wait, left };
  },
});

/**
 * Buckets that several instances share through Redis, by one script a draw. While it cannot be reached, and where it
 * does not answer within 250 ms, each instance has its own; that is logged once.
 */
export async function redisBuckets(url: string, log: Logger): Promise<Buckets> {
  const local = new LocalBuckets();
  let reached = true;
  let silentUntil = 0;
  const client = createClient({
    url,
    scripts: { draw },
    socket: {
      connectTimeout,
      socketTimeout,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 2_000),
    },
    pingInterval,
    disableOfflineQueue: true,
  });
  const lost = (err: unknown) => {
    if (reached) log.error({ err }, 'Redis cannot be reached: each instance limits rates by itself');
    reached = false;
  };
  const found = () => {
    if (!reached) log.info('Redis can be reached again: instances share their rate limits');
    reached = true;
  };
  client.on('error', lost);
  client.on('ready', found);
  // Where the first attempt fails it goes on by itself, until it is closed.
  await new Promise((resolve) => {
    client.once('ready', resolve).once('error', resolve);
    client.connect().catch(resolve);
  });
  return {
    draw: (draws) => {
      if (!client.isReady || performance.now() < silentUntil) return local.draw(draws);
      return new Promise((resolve) => {
        let late = false;
        const without = (err: unknown) => {
          if (late) return;
          late = true;
          clearTimeout(timer);
          silentUntil = performance.now() + pause;
          lost(err);
          resolve(local.draw(draws));
        };
        const timer = setTimeout(
          without,
          patience,
          new Error(`Redis has not answered within ${patience} ms.`),
        );
        client.draw(draws).then((drawn) => {
          if (late) return;
          clearTimeout(timer);
          found();
          resolve(drawn);
        }, without);
      });
    },
    close: async () => {
      if (client.isOpen) client.destroy();
    },
  };
}
