import { randomUUID } from 'node:crypto';
import { createClient } from '@redis/client';
import type { Logger } from 'pino';
import type { Bus } from './live.ts';

const channel = 'kith:live';
/** Most people in one message. */
const maxPeople = 1_000;
/** In place of people: whoever hears this may have missed something. */
const everybody = '*';
/** How long a connection may take to come about, in milliseconds. */
const connectTimeout = 5_000;
/** How often a connection is tried, and how long it may be silent before it is given up, in milliseconds. */
const pingInterval = 2_000;
const socketTimeout = 6_000;

/** Redis cannot be reached when the process starts. */
export class RedisError extends Error {
  override readonly name = 'RedisError';
}

/**
 * The way between instances through Redis. When the connection breaks it is made anew, and meanwhile what happens here
 * is heard here.
 * @throws RedisError when it cannot be reached at all.
 */
export async function redisBus(url: string, log: Logger): Promise<Bus> {
  const instance = randomUUID();
  let connected = false;
  const publisher = createClient({
    url,
    socket: {
      connectTimeout,
      socketTimeout,
      // The first time it is a mistake in the configuration, later it is for a while.
      reconnectStrategy: (retries, cause) => (connected ? Math.min(50 * 2 ** retries, 2_000) : cause),
    },
    pingInterval,
    // What cannot be sent now is of no use later: once it can be, the others are told to read everything anew.
    disableOfflineQueue: true,
  });
  const subscriber = publisher.duplicate({ disableOfflineQueue: false });
  for (const client of [publisher, subscriber]) {
    let reached = true;
    client.on('error', (error: unknown) => {
      if (connected && reached) log.error({ err: error }, 'Redis cannot be reached');
      reached = false;
    });
    client.on('ready', () => {
      if (!reached) log.info('Redis can be reached again');
      reached = true;
    });
  }
  try {
    await Promise.all([publisher.connect(), subscriber.connect()]);
  } catch (error) {
    for (const client of [publisher, subscriber]) if (client.isOpen) client.destroy();
    const { host } = new URL(url);
    const reason = error instanceof Error ? error.message : String(error);
    throw new RedisError(`REDIS_URL: there is no Redis at ${host} (${reason}).`);
  }
  connected = true;
  // What fails here is an error of the connection, which is logged as such.
  const publish = (people: readonly string[]): void => {
    for (let start = 0; start < people.length; start += maxPeople) {
      const message = [instance, ...people.slice(start, start + maxPeople)].join(' ');
      publisher.publish(channel, message).catch(() => {});
    }
  };
  publisher.on('ready', () => publish([everybody]));
  return {
    publish,
    listen: (heard) => {
      subscriber.on('ready', () => heard(null));
      const hear = (message: string) => {
        const [from, ...people] = message.split(' ');
        if (from !== instance) heard(people[0] === everybody ? null : people);
      };
      subscriber.subscribe(channel, hear).catch((error: unknown) => {
        if (subscriber.isOpen) log.error({ err: error }, 'other instances are not heard');
      });
    },
    ping: () => publisher.ping(),
    close: async () => {
      for (const client of [publisher, subscriber]) if (client.isOpen) client.destroy();
    },
  };
}
