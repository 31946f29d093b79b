import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/**
 * The address that a request is counted under: IPv4 as it is, of IPv6 the first 64 bits, as whoever has one address has
 * all of those.
 * @param hops how many proxies stand before this server, each of which adds to `X-Forwarded-For` whom it was asked by. What
 *   is in there beyond that anybody may have written.
 * @returns "" where there is none, on a Unix socket for instance.
 */
export function addressOf(request: IncomingMessage | undefined, hops: number): string {
  const nearest = request?.socket.remoteAddress ?? '';
  if (hops === 0) return networkOf(nearest) ?? '';
  const forwarded = String(request?.headers['x-forwarded-for'] ?? '').split(',');
  return networkOf(forwarded.at(-hops) ?? forwarded[0] ?? '') ?? networkOf(nearest) ?? '';
}

function networkOf(text: string): string | null {
  const address = text.trim();
  if (!ipaddr.isValid(address)) return null;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6
    ? `${parsed.parts
        .slice(0, 4)
        .map((part) => part.toString(16))
        .join(':')}::/64`
    : parsed.toString();
}
