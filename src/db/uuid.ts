import { randomBytes } from 'node:crypto';

/**
 * A new UUID version 7 (RFC 9562): the time in its first 48 bits, 74 random bits behind, so that ids sort by time and
 * cannot be guessed.
 * @param at the time to put in it.
 * @param random 10 bytes, for ids that must come out the same each time.
 */
export function newId(at: Date, random: Buffer = randomBytes(10)): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(at.getTime(), 0, 6);
  random.copy(bytes, 6, 0, 10);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
