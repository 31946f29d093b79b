import type { LookupAddress, LookupAllOptions } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { SourceError } from './errors.ts';

/** What `node:dns/promises` has as `lookup`. */
export type Lookup = (hostname: string, options: LookupAllOptions) => Promise<LookupAddress[]>;

// Public by its number, but within Azure it is the host of the machine, with its metadata.
const metadataOfAzure = '168.63.129.16';
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address is one of the public internet. Addresses that carry another within (IPv4-mapped, NAT64, 6to4,
 * Teredo) are not, whatever they carry.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv6 ? parsed.match(globalUnicast) : parsed.toString() !== metadataOfAzure;
}

/**
 * Which addresses may be asked though they are not of the public internet. Link-local ones never are: what is there
 * speaks for the machine, with its metadata and credentials.
 * @param allowed addresses and networks such as 10.1.0.0/16; true for all.
 */
export function privateAllowed(allowed: boolean | readonly string[]): (address: string) => boolean {
  const networks = new BlockList();
  for (const entry of typeof allowed === 'boolean' ? [] : allowed) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    networks.addSubnet(address, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return (address) => {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    if (parsed.range() === 'linkLocal' || metadata.has(parsed.toString())) return false;
    return allowed === true || networks.check(parsed.toString(), parsed.kind());
  };
}

// Beside those that are link-local: Azure’s, and Amazon’s over IPv6.
const metadata = new Set([metadataOfAzure, 'fd00:ec2::254']);

const notPublic = () => new SourceError('REFUSED', 'The address of the source is not a public one.');

/**
 * What connects to sources. An address is looked at when it is connected to, and it is that one which is connected to:
 * neither a name that resolves to something else a moment later nor a redirect gets round it.
 */
export function sourceDispatcher(options: {
  mayAsk: (address: string) => boolean;
  lookup: Lookup;
}): Dispatcher {
  const { mayAsk, lookup } = options;
  const connect = buildConnector({ allowH2: false, lookup: checkedLookup(lookup, mayAsk) });
  return new Agent({
    connect: (target, callback) => {
      // What is an address already is not looked up.
      const literal = target.hostname.replace(/^\[|\]$/g, '');
      if (isIP(literal) !== 0 && !mayAsk(literal)) callback(notPublic(), null);
      else connect(target, callback);
    },
  });
}

function checkedLookup(lookup: Lookup, mayAsk: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    addressesOf().then(
      (addresses) => {
        const [first] = addresses;
        if (!first) callback(new Error('The name has no address'), []);
        else if (options.all) callback(null, addresses);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, []),
    );

    async function addressesOf() {
      const addresses = await lookup(hostname, { ...options, all: true });
      // One of them is enough: a name that is half inside is no public one.
      if (!addresses.every(({ address }) => mayAsk(address))) throw notPublic();
      return addresses;
    }
  };
}
