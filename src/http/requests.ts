import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Identity, VerifyToken } from '../auth/token.ts';
import { authenticate } from '../auth/viewer.ts';
import { unauthenticated } from '../graphql/errors.ts';
import { badRequest, bodyLimit, isJson, keptOpen, parseBody, readBody } from './body.ts';
import { isForm, parseForm } from './uploads.ts';

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

const filesNeedToken = { status: 401, headers: { 'www-authenticate': 'Bearer' } };

/** Checks the token before anything is read of the body, whose limit depends on it; takes JSON, and forms with files. */
export function useRequests(identities: Identities): Plugin {
  return {
    async onRequestParse({ request, setRequestParser }) {
      const identity = await identities.identify(request);
      if (request.method === 'GET') checkQueryString(request.url);
      if (request.method !== 'POST') return;
      const contentType = request.headers.get('content-type');
      if (isForm(contentType)) {
        if (!identity)
          throw unauthenticated('Files need a token: send it as `Authorization: Bearer …`.', filesNeedToken);
        setRequestParser((r) => parseForm(r));
        return;
      }
      if (!isJson(contentType)) {
        throw new GraphQLError(
          'A POST to this endpoint must have the content type application/json, or multipart/form-data for files.',
          { extensions: { code: 'UNSUPPORTED_MEDIA_TYPE', http: { status: 415 } } },
        );
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
