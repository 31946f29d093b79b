import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * The address that a request is counted under: IPv4 as it is, of IPv6 the first 64 bits, as whoever has one address has
 * all of those.
 * @param hops how many proxies stand before this server, each of which adds to `X-Forwarded-For` whom it was asked by. What
 *   is in there beyond that anybody may have written.
 * @returns "" where there is none, on a Unix socket for instance.
 */
export function addressOf(request: IncomingMessage | undefined, hops: number): string {
  if (!request) return '';
  if (hops === 0) return nearestTo(request.socket);
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',');
  return networkOf(forwarded.at(-hops) ?? forwarded[0] ?? '') ?? nearestTo(request.socket);
}

const nearest = new WeakMap<Socket, string>();

/** The other end of a connection: found out once for all requests on it. */
function nearestTo(socket: Socket): string {
  const known = nearest.get(socket) ?? networkOf(socket.remoteAddress ?? '') ?? '';
  nearest.set(socket, known);
  return known;
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
