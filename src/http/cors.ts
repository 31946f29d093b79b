import type { CORSOptions, Plugin } from 'graphql-yoga';

/** CORS for the origins that are configured and no others. Tokens come in a header, so no credentials are needed. */
export function corsFor(origins: readonly string[]): (origin: string | null) => CORSOptions {
  return (origin) =>
    origin !== null && origins.includes(origin)
      ? {
          origin,
          credentials: false,
          methods: ['GET', 'POST', 'OPTIONS'],
          allowedHeaders: ['authorization', 'content-type'],
          maxAge: 86_400,
        }
      : false;
}

/** What of a request its answer depends on besides the body, for caches: the origin, where any is let in. */
export function varyOf(origins: readonly string[]): Record<string, string> {
  return origins.length > 0 ? { vary: 'Origin' } : {};
}

/** The Yoga plugin that says so in every answer. */
export function useVary(origins: readonly string[]): Plugin {
  return {
    onResponse({ response }) {
      for (const [name, value] of Object.entries(varyOf(origins))) response.headers.set(name, value);
    },
  };
}
