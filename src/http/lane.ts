// The lane for ordinary requests. A JSON POST need not become a WHATWG Request, Response and streams: it is read from
// Node's request and answered to Node's response, and between the two goes through Yoga's own pipeline (parameters,
// parse, validate, context, execute, masking) with all its plugins. Everything else is Yoga's.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { getCORSHeadersByRequestAndOptions } from '@whatwg-node/server';
import type { ExecutionResult } from 'graphql';
import {
  isAsyncIterable,
  processRegularResult,
  type YogaInitialContext,
  type YogaServerInstance,
} from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Context } from '../context.ts';
import { Asker, askedBy, leave } from '../db/asker.ts';
import { type Operations, persistedDocument } from '../graphql/persisted.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { bodyLimit, isJson, parseBody, readNodeBody } from './body.ts';
import type { corsFor } from './cors.ts';
import { maskError } from './errors.ts';
import { type ExportOptions, isExportPath, sendExport } from './exports.ts';
import { isMediaPath, type MediaOptions, sendMedia } from './media.ts';
import type { RateLimits } from './rate-limit.ts';
import type { Identities, RequestLike } from './requests.ts';
import { errorsOf, type StatsContext } from './telemetry.ts';

/** What Yoga's adapter adds to a request. */
interface NodeContext extends StatsContext {
  req?: IncomingMessage;
}

export interface LaneOptions {
  yoga: YogaServerInstance<NodeContext, Context>;
  telemetry: Telemetry;
  identities: Identities;
  /** Null where nobody counts what is asked for. */
  limits: RateLimits | null;
  /** Null where every client sends its documents. */
  operations: Operations | null;
  cors: ReturnType<typeof corsFor>;
  /** Headers of every answer. */
  vary: Record<string, string>;
  pictures: MediaOptions;
  archives: ExportOptions;
  /** How long a client may leave what is sent to it unread, in milliseconds; it may be twice that until it is cut off. */
  stallTime: number;
  log: Logger;
}

/** A listener that answers ordinary requests itself and hands the others to Yoga. */
export function ordinaryLane(options: LaneOptions): RequestListener {
  return (request, response) => {
    const { headers } = request;
    const { host } = headers;
    if (host !== undefined && !URL.canParse(`http://${host}/`)) {
      response.writeHead(400, {
        ...options.vary,
        'content-type': 'application/json',
        connection: 'close',
      });
      response.end(JSON.stringify(badHost));
      return;
    }
    // Node keeps the first of several lines, and the others would go unheard; together they are no token.
    if (headers.authorization !== undefined)
      headers.authorization = request.headersDistinct.authorization?.join(', ');
    const asker = new Asker();
    response.once('close', () => {
      if (!response.writableFinished) leave(asker);
    });
    // What is left of a body that was refused before its end would keep the connection's next request waiting.
    response.once('finish', () => letRestPass(request));
    const path = request.url?.split('?', 1)[0] ?? '';
    if (isMediaPath(path) || isExportPath(path)) {
      const { origin } = headers;
      const corsHeaders = origin === undefined ? {} : corsHeadersOf(request, options.cors(origin));
      const more = { ...corsHeaders, ...options.vary };
      void askedBy(asker, () =>
        isMediaPath(path)
          ? sendMedia(options.pictures, request, path, response, more)
          : sendExport(options.archives, request, path, response, more),
      );
      return;
    }
    const mediaType = ordinaryMediaType(request);
    if (mediaType === null) {
      cutOffWhenStalled(response, options.stallTime);
      askedBy(asker, () => options.yoga(request, response));
    } else void askedBy(asker, () => answer(options, request, response, mediaType));
  };
}

const badHost = {
  errors: [{ message: 'The Host header names no host.', extensions: { code: 'BAD_REQUEST' } }],
};

/** What clients say they accept, and what Yoga answers them with. Any other header is Yoga's to read. */
const answers = new Map<string | undefined, string>([
  [undefined, 'application/json'],
  ['*/*', 'application/json'],
  ['application/json', 'application/json'],
  ['application/graphql-response+json', 'application/graphql-response+json'],
  ['application/graphql-response+json, application/json', 'application/graphql-response+json'],
  ['application/graphql-response+json,application/json;q=0.9', 'application/graphql-response+json'],
]);

/** The one place that decides: the media type to answer with in the lane, or null for what is Yoga's. */
function ordinaryMediaType({ method, url, headers }: IncomingMessage): string | null {
  if (method !== 'POST' || url !== '/graphql' || !isJson(headers['content-type'])) return null;
  if (headers['content-encoding'] !== undefined) return null;
  return answers.get(headers.accept) ?? null;
}

/** As much of a Request as the pipeline reads. */
class NodeRequest implements RequestLike {
  readonly method = 'POST';
  readonly url: string;
  readonly headers: Pick<Headers, 'get'>;
  constructor(request: IncomingMessage) {
    this.url = `http://${request.headers.host ?? 'localhost'}${request.url}`;
    this.headers = {
      get: (name) => {
        const value = request.headers[name.toLowerCase()];
        return value === undefined ? null : String(value);
      },
    };
  }
}

async function answer(
  { yoga, telemetry, identities, limits, operations, cors, vary, stallTime, log }: LaneOptions,
  request: IncomingMessage,
  response: ServerResponse,
  mediaType: string,
): Promise<void> {
  try {
    const like = new NodeRequest(request);
    const stats = telemetry.begin('POST', like.headers.get);
    let result: ExecutionResult;
    try {
      const identity = await identities.identify(like);
      limits?.enter(like, identity, request);
      const body = await readNodeBody(request, bodyLimit(identity));
      const params = parseBody(body);
      // Events are Yoga's to stream.
      const document = persistedDocument(operations, params) ?? params.query;
      if (typeof document === 'string' && document.includes('subscription')) {
        await handOver(yoga, { req: request, stats }, response, body, stallTime);
        return;
      }
      const pipeline = { params, request: like as Request };
      const answered = await yoga.getResultForParams(pipeline, {
        request: like,
        stats,
      } as YogaInitialContext & NodeContext);
      if (!answered || isAsyncIterable(answered)) throw new Error('An ordinary operation has one result.');
      result = answered;
    } catch (error) {
      result = { errors: [maskError(error, log)] };
    }
    const { status, headers, body } = processRegularResult(
      result,
      plainFetchAPI,
      mediaType,
    ) as unknown as PlainResponse;
    const { origin } = request.headers;
    const corsHeaders = origin === undefined ? null : corsHeadersOf(request, cors(origin));
    response
      .writeHead(status, {
        ...corsHeaders,
        ...vary,
        ...limits?.headersOf(like),
        ...headers,
        'x-request-id': stats.id,
        'content-length': Buffer.byteLength(body),
      })
      .end(body);
    telemetry.finish(stats, status, errorsOf(result));
  } catch (error) {
    // The client has left, or there is a bug above: either way there is nobody or nothing to answer.
    if (!response.destroyed) log.error({ err: error }, 'a request could not be answered');
    response.destroy();
  }
}

function corsHeadersOf(
  request: IncomingMessage,
  options: ReturnType<LaneOptions['cors']>,
): Record<string, string> {
  return getCORSHeadersByRequestAndOptions(new NodeRequest(request) as Request, options) ?? {};
}

/** How long a refused body may take to arrive at its end, in milliseconds. */
const drainTime = 5_000;

/** Lets what is left of a refused body go by unread, so that its client gets to read the answer. */
function letRestPass(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  request.removeAllListeners('readable');
  request.resume();
  // Of a body that nobody began to read, Node tells no end: by then the connection may be busy with another request.
  const cut = setTimeout(() => {
    if (!request.complete) request.destroy();
  }, drainTime).unref();
  request.once('close', () => clearTimeout(cut));
  request.once('end', () => clearTimeout(cut));
}

/** The one class that `processRegularResult` makes: without streams, it is what it was made from. */
class PlainResponse {
  readonly body: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  constructor(body: string, init: { status: number; headers: Record<string, string> }) {
    this.body = body;
    this.status = init.status;
    this.headers = init.headers;
  }
}
const plainFetchAPI = { Response: PlainResponse } as unknown as Parameters<typeof processRegularResult>[1];

/**
 * Cuts a client off that does not read: one that has taken nothing between two looks, while there was more for it. (The
 * socket's own timeout will not do: Yoga's adapter turns it off where it streams.)
 */
function cutOffWhenStalled(response: ServerResponse, stallTime: number): void {
  let waiting: number | null = null;
  const looking = setInterval(() => {
    const sent = response.writableNeedDrain ? (response.socket?.bytesWritten ?? null) : null;
    if (sent !== null && sent === waiting) response.destroy();
    waiting = sent;
  }, stallTime).unref();
  response.once('close', () => clearInterval(looking));
}

/** Lets Yoga answer a request whose body has been read. */
async function handOver(
  yoga: LaneOptions['yoga'],
  context: NodeContext & { req: IncomingMessage },
  response: ServerResponse,
  body: string,
  stallTime: number,
): Promise<void> {
  const { req: request } = context;
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    if (name !== 'content-length' && name !== 'transfer-encoding') headers.set(name, String(value));
  }
  const left = new AbortController();
  response.once('close', () => left.abort());
  const answered = await yoga.fetch(
    new NodeRequest(request).url,
    { method: 'POST', headers, body, signal: left.signal },
    context,
  );
  cutOffWhenStalled(response, stallTime);
  response.writeHead(answered.status, Object.fromEntries(answered.headers));
  try {
    await pipeline(answered.body ?? [], response, { signal: left.signal });
  } catch (error) {
    if (!left.signal.aborted) throw error;
  }
}
