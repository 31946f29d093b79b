// Links to archives: whoever is given one may have the archive once, within ten minutes.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** How long a link works, in milliseconds. */
const lifetime = 10 * 60_000;

/** What a link says. */
export interface ExportLink {
  exportId: string;
  /** What tells it from all others. */
  nonce: string;
  expiresAt: Date;
}

/**
 * The token of a new link to an archive.
 * @param archiveExpiresAt a link never outlives what it leads to.
 */
export function linkToken(key: Uint8Array, exportId: string, now: Date, archiveExpiresAt: Date): string {
  const expires = Math.min(now.getTime() + lifetime, archiveExpiresAt.getTime());
  const said = `${exportId}.${expires}.${randomBytes(16).toString('hex')}`;
  return `${said}.${signatureOf(key, said)}`;
}

/** What a token says; null when it is none of ours, or has expired. */
export function readLink(key: Uint8Array, token: string, now: Date): ExportLink | null {
  const [, said = '', exportId = '', expires = '', nonce = '', given = ''] =
    /^(([0-9a-f-]{36})\.([0-9]{1,15})\.([0-9a-f]{32}))\.([\w-]{43})$/.exec(token) ?? [];
  if (said === '') return null;
  const [signature, claimed] = [Buffer.from(signatureOf(key, said)), Buffer.from(given)];
  if (claimed.length !== signature.length || !timingSafeEqual(claimed, signature)) return null;
  const expiresAt = new Date(Number(expires));
  return expiresAt > now ? { exportId, nonce, expiresAt } : null;
}

/** With a word before it that no other text signed with this key begins with. */
function signatureOf(key: Uint8Array, said: string): string {
  return createHmac('sha256', key).update(`export\n${said}`).digest('base64url');
}
