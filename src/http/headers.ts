// Header fields of every answer, and of every page.
import type { Plugin } from 'graphql-yoga';

/**
 * What every answer carries: that it is of no other type than it says, and for caches what it depends on besides the
 * body, the origin where any is let in.
 */
export function answerHeaders(origins: readonly string[]): Record<string, string> {
  return { 'x-content-type-options': 'nosniff', ...(origins.length > 0 ? { vary: 'Origin' } : {}) };
}

/**
 * What a page carries, and the only one is GraphiQL's: its scripts and styles lie in it, its editor's workers are made
 * there, it asks this server and nobody else, and is shown in nobody's frame.
 */
const pageHeaders = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'unsafe-inline' blob:",
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    "img-src 'self' data:",
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
};

/** The Yoga plugin that adds them. */
export function useAnswerHeaders(origins: readonly string[]): Plugin {
  const always = Object.entries(answerHeaders(origins));
  const onPages = Object.entries(pageHeaders);
  return {
    onResponse({ response }) {
      for (const [name, value] of always) response.headers.set(name, value);
      if (!response.headers.get('content-type')?.startsWith('text/html')) return;
      for (const [name, value] of onPages) response.headers.set(name, value);
    },
  };
}
