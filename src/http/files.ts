// Answers that are files: how they leave, through a socket or without one.
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Logger } from 'pino';

/** Headers of every such answer. */
export const safeHeaders = {
  'x-content-type-options': 'nosniff',
  // Looked at by itself it is in nobody's frame, and whatever it holds runs nowhere.
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
};

export interface FileAnswer {
  status: number;
  headers: Record<string, string>;
  body: Readable | string | null;
}

/** An answer of one line. */
export function plainAnswer(status: number, message: string, more: Record<string, string> = {}): FileAnswer {
  return {
    status,
    headers: { ...safeHeaders, 'content-type': 'text/plain; charset=utf-8', ...more },
    body: `${message}\n`,
  };
}

/**
 * Sends an answer. A file that breaks off breaks the connection, and nothing else.
 * @param what it is, for the log.
 */
export async function sendAnswer(
  answer: FileAnswer,
  response: ServerResponse,
  headers: Record<string, string>,
  log: Logger,
  what: string,
): Promise<void> {
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
    if (!left) log.error({ err: error }, `${what} broke off`);
    response.destroy();
  }
}

/** The same as a Response. */
export function responseOf({ status, headers, body }: FileAnswer): Response {
  const sent = body instanceof Readable ? (Readable.toWeb(body) as ReadableStream) : body;
  return new Response(sent, { status, headers });
}
