// Bodies of requests: how much is read of them, and what they have to be.
import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import type { Identity } from '../auth/token.ts';
import { limitExceeded } from '../graphql/errors.ts';

/** Bytes of a JSON body: domain rule 2. */
export const maxBodyBytes = { withoutToken: 1024 * 1024, withToken: 12 * 1024 * 1024 } as const;

/** The chunks of a body that leaving them early does not destroy: its connection has an answer to carry yet. */
export function keptOpen(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]: () => {
      const iterator = body[Symbol.asyncIterator]();
      return { next: () => iterator.next() };
    },
  };
}

/** Whether a content type is JSON's. */
export function isJson(contentType: string | null | undefined): boolean {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  return type === 'application/json' || type === 'application/graphql+json';
}

/** Most bytes of the body of a request with this identity behind it. */
export function bodyLimit(identity: Identity | null): number {
  return identity ? maxBodyBytes.withToken : maxBodyBytes.withoutToken;
}

/**
 * Reads a body as text, and no more of it than allowed.
 * @param declared its length by the Content-Length header, if there is one.
 * @throws LIMIT_EXCEEDED with HTTP 413, or BAD_REQUEST when the client leaves half-way.
 */
export async function readBody(
  body: AsyncIterable<Uint8Array> | null,
  declared: string | null | undefined,
  limit: number,
): Promise<string> {
  checkDeclared(declared, limit);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > limit) throw tooLarge(limit, bytes);
      chunks.push(chunk);
    }
  } catch (error) {
    // The only other way to fail is that the client went away.
    throw error instanceof GraphQLError ? error : cutShort();
  }
  return Buffer.concat(chunks).toString();
}

/**
 * The same of a request as Node has it: without an iterator, which costs as much as running a small query. What is refused
 * before its end is left unread.
 */
export async function readNodeBody(request: IncomingMessage, limit: number): Promise<string> {
  checkDeclared(request.headers['content-length'], limit);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer) => {
      bytes += chunk.byteLength;
      chunks.push(chunk);
      if (bytes <= limit) return;
      request.off('data', take).pause();
      reject(tooLarge(limit, bytes));
    };
    request
      .on('data', take)
      .on('end', () => resolve(chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString()))
      .on('error', () => reject(cutShort()))
      .on('close', () => {
        if (!request.readableEnded) reject(cutShort());
      });
  });
}

function checkDeclared(length: string | null | undefined, limit: number): void {
  if (length && Number(length) > limit) throw tooLarge(limit, Number(length));
}

function cutShort(): GraphQLError {
  return badRequest('The request did not come to its end.');
}

/** The GraphQL parameters in a JSON body. @throws BAD_REQUEST with HTTP 400 for what is no JSON object. */
export function parseBody(body: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw badRequest('The body is not valid JSON.');
  }
  return checkParams(parsed);
}

/** The parameters of one operation. @throws BAD_REQUEST with HTTP 400 for several, or what is no object. */
export function checkParams(parsed: unknown): Record<string, unknown> {
  if (Array.isArray(parsed)) throw badRequest('The body is a list; send one operation a request.');
  if (typeof parsed !== 'object' || parsed === null) throw badRequest('The body must be a JSON object.');
  return parsed as Record<string, unknown>;
}

/** A request that is not as the protocol has it. */
export function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });
}

/** A body with more bytes than its limit. */
export function tooLarge(limit: number, bytes: number): GraphQLError {
  const { message, extensions } = limitExceeded('maxBodyBytes', 'The body has too many bytes', limit, bytes);
  return new GraphQLError(message, { extensions: { ...extensions, http: { status: 413 } } });
}
