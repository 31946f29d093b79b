// Pictures' files under `/media/`. A file never changes, so its name is its ETag, and whoever has it may keep it for a
// year; one that is not for everybody, for as long as the URL works that it was asked for with.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import type { Logger } from 'pino';
import { withoutStatement } from '../db/errors.ts';
import type { MediaStorage } from '../media/storage.ts';
import { type FileAnswer, plainAnswer, responseOf, safeHeaders, sendAnswer } from './files.ts';

const prefix = '/media/';

export interface MediaOptions {
  storage: MediaStorage;
  /** Whether a text is the name of such a file: nothing else ever reaches the storage. */
  isFileName: (text: string) => boolean;
  /**
   * How long a URL with this query, without its question mark, lets its reader have a file, in seconds: for ever where
   * everybody may, null where this one may not. Whether there is such a file does not matter.
   */
  readableFor: (name: string, query: string) => Promise<number | null>;
  log: Logger;
}

/** Whether a path is that of a picture, or would be one. */
export function isMediaPath(path: string): boolean {
  return path.startsWith(prefix);
}

async function answerMedia(
  { storage, isFileName, readableFor, log }: MediaOptions,
  method: string | undefined,
  path: string,
  query: string,
  ifNoneMatch: string | null | undefined,
): Promise<FileAnswer> {
  if (method !== 'GET' && method !== 'HEAD') {
    return plainAnswer(405, 'Pictures can only be read.', { allow: 'GET, HEAD' });
  }
  const name = path.slice(prefix.length);
  if (!isFileName(name)) return notFound();
  let seconds: number | null;
  let file: Awaited<ReturnType<MediaStorage['get']>>;
  try {
    seconds = await readableFor(name, query);
    if (seconds === null) return refused();
    file = await storage.get(name);
  } catch (error) {
    const id = randomUUID();
    log.error({ id, err: withoutStatement(error) }, 'a picture could not be read');
    return plainAnswer(502, `The picture cannot be read just now (${id}).`);
  }
  if (!file) return notFound();
  const etag = `"${name}"`;
  const headers = {
    ...safeHeaders,
    'content-type': 'image/webp',
    etag,
    'cache-control':
      seconds === Number.POSITIVE_INFINITY
        ? 'public, max-age=31536000, immutable'
        : `private, max-age=${seconds}`,
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

function notFound(): FileAnswer {
  return plainAnswer(404, 'There is no such picture.');
}

/** The same whatever is wrong, and whether there is such a picture or not. */
function refused(): FileAnswer {
  return plainAnswer(403, 'This is no URL of a picture, or it has expired.', { 'cache-control': 'no-store' });
}

/**
 * Answers a request for a picture on a socket. A file that breaks off breaks the connection, and nothing else.
 * @param path what the request's URL begins with, as far as its query.
 */
export async function sendMedia(
  options: MediaOptions,
  request: IncomingMessage,
  path: string,
  response: ServerResponse,
  headers: Record<string, string>,
): Promise<void> {
  const { method } = request;
  const query = request.url?.slice(path.length + 1) ?? '';
  const answer = await answerMedia(options, method, path, query, request.headers['if-none-match']);
  await sendAnswer(answer, response, headers, options.log, 'a picture');
}

/** The Yoga plugin that does the same without a socket. */
export function useMedia(options: MediaOptions): Plugin {
  return {
    async onRequest({ request, url, endResponse }) {
      if (!isMediaPath(url.pathname)) return;
      const ifNoneMatch = request.headers.get('if-none-match');
      const { pathname, search } = url;
      const query = search.slice(1);
      const answer = await answerMedia(options, request.method, pathname, query, ifNoneMatch);
      endResponse(responseOf(answer));
    },
  };
}
