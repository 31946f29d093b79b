import { expect, it } from 'vitest';
import { Seal } from './seal.ts';

const seal = new Seal('a secret of at least thirty-two bytes, for sources');

it('opens what it has sealed, for the same account and with the same secret alone', () => {
  const sealed = seal.close('the token', 'account-1');
  expect(seal.open(sealed, 'account-1')).toBe('the token');
  expect(sealed.includes('the token')).toBe(false);
  expect(seal.open(sealed, 'account-2')).toBeNull();
  expect(new Seal('another secret of at least thirty-two bytes').open(sealed, 'account-1')).toBeNull();
});

it('seals the same token otherwise each time', () => {
  expect(seal.close('the token', 'a').equals(seal.close('the token', 'a'))).toBe(false);
});

it('takes nothing that was changed, cut off, or is none of its own', () => {
  const sealed = seal.close('the token', 'a');
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(seal.open(changed, 'a'), `byte ${at}`).toBeNull();
    expect(seal.open(sealed.subarray(0, at), 'a'), `${at} bytes`).toBeNull();
  }
});
