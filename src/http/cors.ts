import type { CORSOptions } from 'graphql-yoga';

/** CORS for the origins that are configured and no others. Tokens come in a header, so no credentials are needed. */
export function corsFor(origins: readonly string[]): (origin: string | null) => CORSOptions {
  return (origin) =>
    origin !== null && origins.includes(origin)
      ? {
          origin,
          credentials: false,
          methods: ['GET', 'POST', 'OPTIONS'],
          allowedHeaders: ['authorization', 'content-type', 'traceparent', 'tracestate', 'x-request-id'],
          exposedHeaders: [
            'x-request-id',
            'retry-after',
            'ratelimit',
            'ratelimit-policy',
            'ratelimit-limit',
            'ratelimit-remaining',
            'ratelimit-reset',
          ],
          maxAge: 86_400,
        }
      : false;
}
