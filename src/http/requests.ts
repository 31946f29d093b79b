import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Identity, VerifyToken } from '../auth/token.ts';
import { authenticate } from '../auth/viewer.ts';
import { limitExceeded } from '../graphql/errors.ts';

/** Bytes of a JSON body: domain rule 2. */
export const maxBodyBytes = { withoutToken: 1024 * 1024, withToken: 12 * 1024 * 1024 } as const;

/** What the pipeline reads of a request: all of a WHATWG Request, or as much of Node's. */
export type RequestLike = Pick<Request, 'method' | 'url'> & { headers: Pick<Headers, 'get'> };

/** Who is behind each request that is being answered. */
export class Identities {
  readonly #verify: VerifyToken;
  readonly #known = new WeakMap<object, Identity | null>();

  constructor(verify: VerifyToken) {
    this.#verify = verify;
  }

  /** Checks the request's token. @throws UNAUTHENTICATED for anything but a good one or none. */
  async identify(request: RequestLike): Promise<Identity | null> {
    const identity = await authenticate(request.headers.get('authorization'), this.#verify);
    this.#known.set(request, identity);
    return identity;
  }

  /** Who was found to be behind it; null for nobody. */
  of(request: object): Identity | null {
    return this.#known.get(request) ?? null;
  }
}

/** Checks the token before anything is read of the body, whose limit depends on it; takes JSON and nothing else. */
export function useRequests(identities: Identities): Plugin {
  return {
    async onRequestParse({ request, setRequestParser }) {
      const identity = await identities.identify(request);
      if (request.method === 'GET') checkQueryString(request.url);
      if (request.method !== 'POST') return;
      if (!isJson(request.headers.get('content-type'))) {
        throw new GraphQLError('A POST to this endpoint must have the content type application/json.', {
          extensions: { code: 'UNSUPPORTED_MEDIA_TYPE', http: { status: 415 } },
        });
      }
      setRequestParser(async (r) => {
        const declared = r.headers.get('content-length');
        return parseBody(await readBody(r.body && keptOpen(r.body), declared, bodyLimit(identity)));
      });
    },
  };
}

/** @throws BAD_REQUEST with HTTP 400 for variables or extensions in a URL that are no JSON. */
function checkQueryString(url: string): void {
  const parameters = new URL(url, 'http://localhost').searchParams;
  for (const name of ['variables', 'extensions']) {
    const text = parameters.get(name);
    if (text === null || text === '') continue;
    try {
      JSON.parse(text);
    } catch {
      throw badRequest(`\`${name}\` is not valid JSON.`);
    }
  }
}

/** The chunks of a body that leaving them early does not destroy: its connection has an answer to carry yet. */
function keptOpen(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
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
  if (declared && Number(declared) > limit) throw tooLarge(limit, Number(declared));
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
    throw error instanceof GraphQLError ? error : badRequest('The request did not come to its end.');
  }
  return Buffer.concat(chunks).toString();
}

/** The GraphQL parameters in a JSON body. @throws BAD_REQUEST with HTTP 400 for what is no JSON object. */
export function parseBody(body: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw badRequest('The body is not valid JSON.');
  }
  if (Array.isArray(parsed)) throw badRequest('The body is a list; send one operation a request.');
  if (typeof parsed !== 'object' || parsed === null) throw badRequest('The body must be a JSON object.');
  return parsed as Record<string, unknown>;
}

function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });
}

function tooLarge(limit: number, bytes: number): GraphQLError {
  const { message, extensions } = limitExceeded('maxBodyBytes', 'The body has too many bytes', limit, bytes);
  return new GraphQLError(message, { extensions: { ...extensions, http: { status: 413 } } });
}
