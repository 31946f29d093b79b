import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPublicAddress, privateAllowed } from './addresses.ts';

describe('an address', () => {
  it.each([
    '1.1.1.1',
    '93.184.215.14',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.0.1',
    '2606:4700::1111',
    '2a00::1',
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ...['0.0.0.0', '0.1.2.3', '127.0.0.1', '127.255.255.255', '10.0.0.1', '172.16.0.1', '172.31.255.255'],
    ...['192.168.1.1', '169.254.169.254', '100.64.0.1', '100.100.100.200', '192.0.0.192', '192.0.2.1'],
    ...['198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...['168.63.129.16', '192.88.99.1', '2130706433', '0x7f000001', '0177.0.0.1', '127.1'],
    ...['::', '::1', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'fc00::1', 'fd00:ec2::254', 'ff02::1', '100::1'],
    ...['::ffff:127.0.0.1', '::ffff:1.1.1.1', '::127.0.0.1', '::1.1.1.1', '::ffff:0:127.0.0.1'],
    ...['64:ff9b::7f00:1', '64:ff9b::101:101', '64:ff9b:1::1', '2002:7f00:1::', '2002:101:101::'],
    ...['2001::1', '2001:db8::1', '3fff::1', '5f00::1', '4000::1', '', 'localhost', '1.1.1.1.1', ' 1.1.1.1'],
  ])('%j is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it('with another one within is none that is asked, whatever that is', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.constantFrom('::ffff:', '::', '64:ff9b::', '::ffff:0:'), (within, before) => {
        expect(isPublicAddress(`${before}${within}`)).toBe(false);
      }),
    );
  });

  it('may be any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV6()), (text) => {
        expect(isPublicAddress(text)).toBeTypeOf('boolean');
      }),
    );
  });
});

describe('addresses that are allowed though they are not public', () => {
  it.each([
    ['10.1.2.3', true],
    ['10.1.255.255', true],
    ['10.2.0.1', false],
    ['192.168.7.7', true],
    ['::ffff:192.168.7.7', true],
    ['192.168.7.8', false],
    ['fd12::1', true],
    ['fd13::1', false],
    ['nonsense', false],
  ])('are those that are named: %s', (address, allowed) => {
    expect(privateAllowed(['10.1.0.0/16', '192.168.7.7', 'fd12::/16'])(address)).toBe(allowed);
    expect(privateAllowed(false)(address)).toBe(false);
    expect(privateAllowed(true)(address)).toBe(address !== 'nonsense');
  });

  it.each(['169.254.169.254', '::ffff:169.254.169.254', 'fe80::1', '168.63.129.16', 'fd00:ec2::254'])(
    'are never what speaks for the machine: %s',
    (address) => {
      expect(privateAllowed(true)(address)).toBe(false);
      expect(privateAllowed([address])(address)).toBe(false);
    },
  );
});
