/**
 * Why a source has not answered:
 * `UNAVAILABLE` it cannot be reached, is too slow or too busy, or fails; the same may work later.
 * `UNAUTHORIZED` the token is none of its own, or may not do this.
 * `INVALID` it answered something else than it documents; `path` says where.
 * `REFUSED` its address is none that may be asked.
 */
export type SourceFault = 'UNAVAILABLE' | 'UNAUTHORIZED' | 'INVALID' | 'REFUSED';

/** A source that has not answered. The message is fit for clients: it has no token, no address within, no body. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly fault: SourceFault;
  /** Where in the payload, for `INVALID`. */
  readonly path: readonly (string | number)[];

  constructor(
    fault: SourceFault,
    message: string,
    options: { path?: readonly (string | number)[]; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.fault = fault;
    this.path = options.path ?? [];
  }
}
