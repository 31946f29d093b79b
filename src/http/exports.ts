// Archives under `/exports/`: each link works once.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import type { Logger } from 'pino';
import { withoutStatement } from '../db/errors.ts';
import type { StoredFile } from '../media/storage.ts';
import { type FileAnswer, plainAnswer, responseOf, safeHeaders, sendAnswer } from './files.ts';

const prefix = '/exports/';
const unstored = { 'cache-control': 'private, no-store' };

export interface ExportOptions {
  /** The archive that a link's token leads to, which is used with that; null for one that leads to none, or has been used. */
  take: (token: string) => Promise<StoredFile | null>;
  log: Logger;
}

/** Whether a path is that of an archive, or would be one. */
export function isExportPath(path: string): boolean {
  return path.startsWith(prefix);
}

async function answerExport(
  { take, log }: ExportOptions,
  method: string | undefined,
  path: string,
): Promise<FileAnswer> {
  // HEAD too: what only looks at links would use them.
  if (method !== 'GET') return plainAnswer(405, 'Archives can only be read.', { ...unstored, allow: 'GET' });
  let file: StoredFile | null;
  try {
    file = await take(path.slice(prefix.length));
  } catch (error) {
    const id = randomUUID();
    log.error({ id, err: withoutStatement(error) }, 'an archive could not be read');
    return plainAnswer(502, `The archive cannot be read just now (${id}).`, unstored);
  }
  // The same whatever is wrong with it.
  if (!file) {
    return plainAnswer(
      404,
      'There is no such archive, or the link has been used: ask for a new one.',
      unstored,
    );
  }
  const headers = {
    ...safeHeaders,
    ...unstored,
    'content-type': 'application/zip',
    'content-disposition': 'attachment; filename="kith-archive.zip"',
    'content-length': String(file.size),
  };
  return { status: 200, headers, body: file.body };
}

/**
 * Answers a request for an archive on a socket.
 * @param path what the request's URL begins with, as far as its query.
 */
export async function sendExport(
  options: ExportOptions,
  { method }: IncomingMessage,
  path: string,
  response: ServerResponse,
  headers: Record<string, string>,
): Promise<void> {
  await sendAnswer(await answerExport(options, method, path), response, headers, options.log, 'an archive');
}

/** The Yoga plugin that does the same without a socket. */
export function useExports(options: ExportOptions): Plugin {
  return {
    async onRequest({ request, url, endResponse }) {
      if (!isExportPath(url.pathname)) return;
      endResponse(responseOf(await answerExport(options, request.method, url.pathname)));
    },
  };
}
