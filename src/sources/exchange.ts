import { MIMEType } from 'node:util';
import { type Dispatcher, fetch, type Response } from 'undici';
import { SourceError } from './errors.ts';
import type { Clock, SourceLimits } from './limits.ts';
import { PassingFault, retryAfter } from './retry.ts';
import { redirectedTo } from './urls.ts';

export interface Exchange {
  url: URL;
  /** Those for the URL's own origin; what a redirect leads to elsewhere is asked with `publicHeaders` alone. */
  headers: Readonly<Record<string, string>>;
  publicHeaders: Readonly<Record<string, string>>;
  dispatcher: Dispatcher;
  limits: SourceLimits;
  clock: Clock;
  signal: AbortSignal;
}

export interface Answer<Body> {
  body: Body;
  headers: Headers;
}

/**
 * One request, with its redirects.
 * @param read reads the body, or throws SourceError.
 * @returns null for what is not there.
 * @throws SourceError and nothing else.
 */
export async function exchange<Body>(
  asked: Exchange,
  read: (response: Response, limits: SourceLimits) => Promise<Body>,
): Promise<Answer<Body> | null> {
  try {
    const response = await followed(asked);
    const fault = faultOf(response, asked.clock);
    const isGone = response.status === 404 || response.status === 410;
    if (!fault && !isGone)
      return {
        body: await read(response, asked.limits),
        headers: new Headers([...response.headers]),
      };
    await drop(response);
    if (fault) throw fault;
    return null;
  } catch (error) {
    throw asSourceError(error);
  }
}

const redirects = new Set([301, 302, 303, 307, 308]);

async function followed(asked: Exchange): Promise<Response> {
  let { url, headers } = asked;
  for (let hops = 0; ; hops++) {
    const response = await fetch(url, {
      headers,
      redirect: 'manual',
      dispatcher: asked.dispatcher,
      signal: asked.signal,
    });
    if (!redirects.has(response.status)) return response;
    await drop(response);
    if (hops === asked.limits.redirects) throw new SourceError('INVALID', 'The source redirects too often.');
    const next = redirectedTo(url, response.headers.get('location'));
    // For good: what comes back to the first origin has been through other hands.
    if (next.origin !== asked.url.origin) headers = asked.publicHeaders;
    url = next;
  }
}

/** Lets go of what is not read. */
async function drop(response: Response): Promise<void> {
  await response.body?.cancel();
}

const passing = new Set([408, 425, 429, 500, 502, 503, 504]);

function faultOf(response: Response, clock: Clock): SourceError | null {
  const { status } = response;
  if (status === 401 || status === 403)
    return new SourceError('UNAUTHORIZED', 'The source does not take the token, or not for this.');
  if (passing.has(status))
    return new PassingFault(status === 429 ? 'The source is asked too much.' : 'The source fails.', {
      isBusy: status === 429,
      retryAfter: retryAfter(response.headers.get('retry-after'), clock.now()),
    });
  if (status >= 500) return new SourceError('UNAVAILABLE', 'The source fails.');
  if (response.ok || status === 404 || status === 410) return null;
  return new SourceError('INVALID', `The source answered with status ${status}.`);
}

/** JSON as it stands. @throws SourceError for anything else. */
export async function readText(response: Response, { bytes: limit }: SourceLimits): Promise<string> {
  if (!isJson(response.headers.get('content-type'))) {
    await drop(response);
    throw new SourceError('INVALID', 'The source did not answer with JSON.');
  }
  const bytes = await bytesOf(response, limit);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new SourceError('INVALID', 'The source’s answer is not UTF-8.');
  }
}

function isJson(contentType: string | null): boolean {
  try {
    const { type, subtype } = new MIMEType(contentType ?? '');
    return type === 'application' && (subtype === 'json' || subtype.endsWith('+json'));
  } catch {
    return false;
  }
}

/** Whatever it is. @throws SourceError for what is too large. */
export function readBytes(response: Response, { bytes }: SourceLimits): Promise<Uint8Array> {
  return bytesOf(response, bytes);
}

/** As they come out unpacked: what is over the limit is never unpacked to its end. */
async function bytesOf(response: Response, limit: number): Promise<Uint8Array> {
  // One that grows, not a list: as many pieces of one byte take a hundred times as much.
  let bytes = new Uint8Array(2 ** 16);
  let length = 0;
  for await (const chunk of response.body ?? []) {
    if (length + chunk.length > limit) throw new SourceError('INVALID', 'The source’s answer is too large.');
    if (length + chunk.length > bytes.length) {
      const larger = new Uint8Array(Math.max(bytes.length * 2, length + chunk.length));
      larger.set(bytes);
      bytes = larger;
    }
    bytes.set(chunk, length);
    length += chunk.length;
  }
  return bytes.subarray(0, length);
}

/** Causes are for the log only. */
function asSourceError(error: unknown): SourceError {
  const all = causes(error);
  const ours = all.find((cause) => cause instanceof SourceError);
  if (ours) return ours;
  const codes = all.map((cause) => ('code' in cause ? String(cause.code) : ''));
  if (codes.some((code) => /^(Z_|ERR_+BROTLI|ZSTD_)/.test(code)))
    return new SourceError('INVALID', 'The source’s answer cannot be unpacked.', { cause: error });
  if (codes.includes('UND_ERR_DESTROYED'))
    return new SourceError('UNAVAILABLE', 'The source is not asked any more.', { cause: error });
  return new PassingFault('The source could not be reached.', { cause: error });
}

function causes(error: unknown): Error[] {
  return error instanceof Error ? [error, ...causes(error.cause)] : [];
}
