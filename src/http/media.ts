// Pictures' files under `/media/`. A file never changes, so its name is its ETag, and whoever has it may keep it for a year.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Plugin } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { MediaStorage } from '../media/storage.ts';

const prefix = '/media/';
const safe = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'",
};

export interface MediaOptions {
  storage: MediaStorage;
  /** Whether a text is the name of such a file: nothing else ever reaches the storage. */
  isFileName: (text: string) => boolean;
  log: Logger;
}

interface MediaAnswer {
  status: number;
  headers: Record<string, string>;
  body: Readable | string | null;
}

/** Whether a path is that of a picture, or would be one. */
export function isMediaPath(path: string): boolean {
  return path.startsWith(prefix);
}

async function answerMedia(
  { storage, isFileName, log }: MediaOptions,
  method: string | undefined,
  path: string,
  ifNoneMatch: string | null | undefined,
): Promise<MediaAnswer> {
  if (method !== 'GET' && method !== 'HEAD') {
    return plain(405, 'Pictures can only be read.', { allow: 'GET, HEAD' });
  }
  const name = path.slice(prefix.length);
  let file: Awaited<ReturnType<MediaStorage['get']>>;
  try {
    file = isFileName(name) ? await storage.get(name) : null;
  } catch (error) {
    const id = randomUUID();
    log.error({ id, err: error }, 'a picture could not be read');
    return plain(502, `The picture cannot be read just now (${id}).`);
  }
  if (!file) return plain(404, 'There is no such picture.');
  const etag = `"${name}"`;
  const headers = {
    ...safe,
    'content-type': 'image/webp',
    etag,
    'cache-control': 'public, max-age=31536000, immutable',
  };
  const known = ifNoneMatch?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  const isFresh = known.includes('*') || known.includes(etag);
  if (isFresh || method === 'HEAD') {
    file.body.destroy();
    return isFresh
      ? { status: 304, headers, body: null }
      : { status: 200, headers: { ...headers, 'content-length': String(file.size) }, body: null };
  }
  return { status: 200, headers: { ...headers, 'content-length': String(file.size) }, body: file.body };
}

function plain(status: number, message: string, more: Record<string, string> = {}): MediaAnswer {
  return {
    status,
    headers: { ...safe, 'content-type': 'text/plain; charset=utf-8', ...more },
    body: `${message}\n`,
  };
}

/** Answers a request for a picture on a socket. A file that breaks off breaks the connection, and nothing else. */
export async function sendMedia(
  options: MediaOptions,
  request: IncomingMessage,
  path: string,
  response: ServerResponse,
  headers: Record<string, string>,
): Promise<void> {
  const { method } = request;
  const answer = await answerMedia(options, method, path, request.headers['if-none-match']);
  response.writeHead(answer.status, { ...headers, ...answer.headers });
  if (!(answer.body instanceof Readable)) {
    response.end(answer.body);
    return;
  }
  try {
    await pipeline(answer.body, response);
  } catch (error) {
    // A client that leaves closes the stream before its end: no fault of the storage's.
    const left = error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!left) options.log.error({ err: error }, 'a picture broke off');
    response.destroy();
  }
}

/** The Yoga plugin that does the same without a socket. */
export function useMedia(options: MediaOptions): Plugin {
  return {
    async onRequest({ request, url, endResponse }) {
      if (!isMediaPath(url.pathname)) return;
      const ifNoneMatch = request.headers.get('if-none-match');
      const { status, headers, body } = await answerMedia(options, request.method, url.pathname, ifNoneMatch);
      const sent = body instanceof Readable ? (Readable.toWeb(body) as ReadableStream) : body;
      endResponse(new Response(sent, { status, headers }));
    },
  };
}
