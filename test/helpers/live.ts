import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DestinationStream, pino } from 'pino';
import { onTestFinished } from 'vitest';
import { type AppOptions, createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { Bus } from '../../src/live/live.ts';
import { diskStorage } from '../../src/media/disk-storage.ts';
import { type TestApp, testAuth } from './app.ts';

/** How long something that has to come may take, in milliseconds. */
const patience = 15_000;

// biome-ignore lint/suspicious/noExplicitAny: what a test asks for, it knows the shape of
type Json = any;

/** Server-sent events, as they come. */
export interface EventStream {
  /** The next event's result; fails when the stream ends first, or none comes in a quarter of a minute. */
  next: () => Promise<Json>;
  /** The next event's data, which must be without errors; of its only field the value. */
  value: () => Promise<Json>;
  /** What has come and was not asked for by `next`. */
  waiting: () => readonly Json[];
  /** All that has come, as text. */
  text: () => string;
  /** Resolves once there is no more to come; true when the server said that it is complete. */
  ended: Promise<boolean>;
  leave: () => void;
}

/** Reads events from a body, or from what a process prints. */
export function readEvents(chunks: AsyncIterable<Uint8Array>, leave: () => void): EventStream {
  const decoder = new TextDecoder();
  const events: Json[] = [];
  let text = '';
  let rest = '';
  let over = false;
  let complete = false;
  const read = async () => {
    for await (const chunk of chunks) {
      const more = decoder.decode(chunk, { stream: true });
      text += more;
      const blocks = `${rest}${more}`.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        if (block.startsWith('event: next\ndata: ')) events.push(JSON.parse(block.slice(18)));
        if (block.startsWith('event: complete\n')) complete = true;
      }
    }
  };
  // A stream that breaks off has ended as well; what came until then is there.
  const ended = read()
    .catch(() => {})
    .then(() => {
      over = true;
      return complete;
    });
  const next = async () => {
    await eventually(() => events.length > 0 || over, `an event; so far: ${text.slice(-500)}`);
    if (events.length === 0) throw new Error(`The stream has ended: ${text.slice(-500)}`);
    return events.shift();
  };
  return {
    next,
    value: async () => {
      const result = await next();
      if (result.errors) throw new Error(JSON.stringify(result.errors));
      return Object.values(result.data)[0];
    },
    waiting: () => events,
    text: () => text,
    ended,
    leave,
  };
}

/** Waits until something holds. */
export async function eventually(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const until = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > until) throw new Error(`Waited in vain for ${what}`);
    await sleep(5);
  }
}

/** The ways to ask for a stream. */
export const ways = {
  'POST, text/event-stream': { method: 'POST', accept: 'text/event-stream' },
  'POST, */*': { method: 'POST', accept: '*/*' },
  'GET, text/event-stream': { method: 'GET', accept: 'text/event-stream' },
} as const;
export type Way = keyof typeof ways;

/** A request for a subscription: its path and the rest. */
export function subscriptionRequest(
  document: string,
  way: Way,
  token: string | null,
): { path: string; init: { method: string; headers: Record<string, string>; body?: string } } {
  const { method, accept } = ways[way];
  const headers = { accept, ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
  if (method === 'GET')
    return { path: `/graphql?query=${encodeURIComponent(document)}`, init: { method, headers } };
  return {
    path: '/graphql',
    init: {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ query: document }),
    },
  };
}

/** Asks for a stream; the answer is whatever the server makes of it. The client leaves at the end of the test. */
export async function ask(
  fetchApp: TestApp['fetch'],
  document: string,
  token: string | null,
  way: Way = 'POST, text/event-stream',
): Promise<{ response: Response; leave: () => void }> {
  const client = new AbortController();
  const leave = () => client.abort();
  onTestFinished(leave);
  const { path, init } = subscriptionRequest(document, way, token);
  return { response: await fetchApp(path, { ...init, signal: client.signal }), leave };
}

/** Opens a stream: what is done once this has resolved is news to it. */
export async function subscribe(
  fetchApp: TestApp['fetch'],
  field: string,
  token: string,
  way?: Way,
): Promise<EventStream> {
  const { response, leave } = await ask(fetchApp, `subscription { ${field} }`, token, way);
  const type = response.headers.get('content-type') ?? '';
  if (response.status !== 200 || !type.startsWith('text/event-stream') || !response.body)
    throw new Error(`No stream: ${response.status} ${type} ${await response.text()}`);
  return readEvents(response.body, leave);
}

export interface Instance {
  app: ReturnType<typeof createApp>;
  /** Where it listens. */
  url: string;
  /** Requests in process, and through the socket. */
  inProcess: TestApp['fetch'];
  overSocket: TestApp['fetch'];
  /** Whatever was logged but requests, as JSON lines: what somebody should look at. */
  logged: string[];
}

/** One more server on the test's database, until the test is over. */
export async function startInstance(
  kith: TestApp,
  options: Pick<AppOptions, 'bus' | 'buckets' | 'now' | 'stallTime'> = {},
  env: Record<string, string> = {},
): Promise<Instance> {
  const logged: string[] = [];
  const sink: DestinationStream = { write: (line) => void logged.push(line) };
  const app = createApp({
    db: kith.database.db,
    storage: diskStorage(kith.mediaFolder),
    config: { ...readConfig(env), auth: testAuth },
    log: pino({ level: 'warn' }, sink),
    ...options,
  });
  const server = createServer(app.listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
    await app.dispose();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    app,
    url,
    inProcess: (path, init) => app.fetch(new Request(new URL(path, 'http://kith.test'), init)),
    overSocket: (path, init) => fetch(new URL(path, url), init),
    logged,
  };
}

export interface Hub {
  /** An instance's end of it. */
  bus: () => Bus;
  /** Tells all instances that they may have missed something. */
  missed: () => void;
  /** How many ends are not closed. */
  size: () => number;
}

/** A way between instances of one process. */
export function memoryHub(): Hub {
  const ends = new Set<(people: readonly string[] | null) => void>();
  return {
    bus: () => {
      let own: ((people: readonly string[] | null) => void) | null = null;
      return {
        publish: (people) => {
          for (const heard of ends) if (heard !== own) setImmediate(heard, people);
        },
        listen: (heard) => {
          own = heard;
          ends.add(heard);
        },
        close: async () => {
          if (own) ends.delete(own);
        },
      };
    },
    missed: () => {
      for (const heard of ends) heard(null);
    },
    size: () => ends.size,
  };
}
