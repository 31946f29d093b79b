// What can go wrong with a database that works as it should, and is over after a while.

/** The database, or what else is needed, cannot be had for now. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}

/** The client whom something was for has left before it was done. */
export class LeftError extends Error {
  override readonly name = 'LeftError';
}

interface Coded {
  code: string;
  syscall?: unknown;
  severity?: unknown;
}

function isCoded(error: unknown): error is Error & Coded {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

/** What the driver says of a connection that was there. */
const broken = new Set(['CONNECTION_CLOSED', 'CONNECTION_DESTROYED', 'CONNECTION_ENDED']);
const fatal = new Set<unknown>(['FATAL', 'PANIC']);

/** Whether an error of the driver's is that there is no connection, or not any more. */
export function isLost(error: unknown): boolean {
  return isBroken(error) || (isCoded(error) && (error.code === 'CONNECT_TIMEOUT' || refuses(error)));
}

/** Whether it is that a connection has ended that was there: what was sent on it may have been done or not. */
export function isBroken(error: unknown): boolean {
  if (!isCoded(error)) return false;
  const { code, syscall } = error;
  // The last is Node's word for a socket whose other end has gone a moment ago.
  return broken.has(code) || syscall === 'read' || syscall === 'write' || code.startsWith('ERR_STREAM_');
}

/** Whether there was no connection: the system, or the server as it greeted. */
function refuses({ syscall, severity }: Coded): boolean {
  return syscall === 'connect' || syscall === 'getaddrinfo' || fatal.has(severity);
}

/** Whether a statement was cancelled, by whomever. It has changed nothing then. */
export function isCancelled(error: unknown): boolean {
  return isCoded(error) && error.code === '57014';
}

/**
 * SQLSTATEs of what is over after a while: connections, resources such as the disk, an operator's intervention, and a
 * server that only reads, as one does that is yet to take another's place.
 */
const passing = /^(08|53|57P|58|25006$)/;
/** What the system says of a full disk. */
const full = new Set(['ENOSPC', 'EDQUOT']);

/** Which of the failures that pass by themselves an error is, whatever it is wrapped in; null when it is none. */
export function passingFailure(error: unknown): 'unavailable' | 'took too long' | 'left' | null {
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    if (e instanceof LeftError) return 'left';
    if (e instanceof UnavailableError) return 'unavailable';
    if (isCancelled(e)) return 'took too long';
    if (isCoded(e) && (full.has(e.code) || (e.code.length === 5 && passing.test(e.code))))
      return 'unavailable';
  }
  return null;
}
