// URLs of private pictures' files: whoever is given one may read that file, for an hour.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** How long such a URL works, in seconds. */
const lifetime = 3_600;

/** The query of a URL that lets its reader have this file for an hour from now. */
export function signedQuery(key: Uint8Array, file: string, now: Date): string {
  const expires = String(Math.floor(now.getTime() / 1000) + lifetime);
  return `expires=${expires}&signature=${signatureOf(key, file, expires)}`;
}

/**
 * How long a query still lets its reader have this file, in whole seconds.
 * @param query as it came, without the question mark: it has one spelling, so that nothing in it can be read two ways.
 * @returns null when it does not, or not any more.
 */
export function secondsLeft(key: Uint8Array, file: string, query: string, now: Date): number | null {
  const [, expires = '', given = ''] = /^expires=([0-9]+)&signature=([\w-]+)$/.exec(query) ?? [];
  const signature = Buffer.from(signatureOf(key, file, expires));
  const claimed = Buffer.from(given);
  if (claimed.length !== signature.length || !timingSafeEqual(claimed, signature)) return null;
  const left = Number(expires) - now.getTime() / 1000;
  return left > 0 ? Math.floor(left) : null;
}

function signatureOf(key: Uint8Array, file: string, expires: string): string {
  return createHmac('sha256', key).update(`${file}\n${expires}`).digest('base64url');
}
