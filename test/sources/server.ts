import {
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { afterAll } from 'vitest';
import { SourceError } from '../../src/sources/errors.ts';
import { SourceClient, type SourceClientOptions } from '../../src/sources/http.ts';
import type { Clock } from '../../src/sources/limits.ts';

export interface SourceServer {
  origin: string;
  port: number;
  /** What it has been asked, in order. */
  requests: { url: string; headers: IncomingHttpHeaders }[];
  /** How many connections it has been made. */
  connections: () => number;
  close: () => void;
}

/** A source of our own, for as long as the file runs. */
export async function sourceServer(answer: RequestListener, address = '127.0.0.1'): Promise<SourceServer> {
  const requests: SourceServer['requests'] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    requests.push({ url: request.url ?? '', headers: request.headers });
    answer(request, response);
  });
  server.on('connection', (socket) => {
    connections++;
    // What is cut off in the middle is cut off here, too.
    socket.on('error', () => undefined);
  });
  await new Promise<void>((listens) => server.listen(0, address, listens));
  const bound = server.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  afterAll(close);
  return { origin: `http://${address}:${port}`, port, requests, connections: () => connections, close };
}

export function json(response: ServerResponse, payload: unknown, headers: OutgoingHttpHeaders = {}): void {
  raw(response, JSON.stringify(payload), headers);
}

/** JSON as it stands, or what says that it is. */
export function raw(response: ServerResponse, body: string | Uint8Array, headers: OutgoingHttpHeaders = {}) {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(body);
}

/** A clock whose sleep is over at once, and is told of. */
export function quickClock(): Clock & { slept: number[] } {
  const slept: number[] = [];
  return {
    slept,
    now: Date.now,
    random: () => 0.5,
    sleep: async (milliseconds) => slept.push(milliseconds),
  };
}

/** A client that is closed when the file is through. */
export function sourceClient(options: SourceClientOptions = {}): SourceClient {
  const client = new SourceClient({ allowPrivate: true, clock: quickClock(), ...options });
  afterAll(() => client.close());
  return client;
}

/** What a call rejects with. */
export async function faultOf(call: Promise<unknown>): Promise<SourceError> {
  const outcome = await call.catch((error: unknown) => error);
  if (outcome instanceof SourceError) return outcome;
  throw new Error('No SourceError', { cause: outcome });
}

/** A signal that nobody gives. */
export const patient = () => new AbortController().signal;
