// How tokens of people for other systems are kept: sealed, each to the account that it is of.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** What comes first in whatever is sealed, so that another way can follow this one. */
const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const algorithm = 'aes-256-gcm';

/** Seals tokens with a secret of the operator's. */
export class Seal {
  readonly #key: Uint8Array;

  constructor(secret: string) {
    this.#key = new Uint8Array(hkdfSync('sha256', secret, 'kith', 'tokens of sources 1', 32));
  }

  /** @param accountId whose token it is: sealed for one, it opens for no other. */
  close(token: string, accountId: string): Buffer {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, this.#key, nonce, { authTagLength: tagBytes });
    cipher.setAAD(Buffer.from(accountId));
    const text = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), text]);
  }

  /** @returns null for what was sealed with another secret, for another account or in another way, or was changed since. */
  open(sealed: Uint8Array, accountId: string): string | null {
    if (sealed[0] !== version || sealed.length < 1 + nonceBytes + tagBytes) return null;
    const bytes = Buffer.from(sealed);
    const tagAt = 1 + nonceBytes;
    const decipher = createDecipheriv(algorithm, this.#key, bytes.subarray(1, tagAt), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(Buffer.from(accountId));
    decipher.setAuthTag(bytes.subarray(tagAt, tagAt + tagBytes));
    try {
      return decipher.update(bytes.subarray(tagAt + tagBytes), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      return null;
    }
  }
}
