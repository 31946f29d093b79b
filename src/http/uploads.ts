// Files by the GraphQL multipart request specification, streamed: a file goes to the disk as it arrives, and no further
// than the limits let it.
import { EventEmitter } from 'node:events';
import { Readable, Transform } from 'node:stream';
import { GraphQLError } from 'graphql';
import { type IncomingReq, processRequest } from 'graphql-upload-ts';
import type { Plugin } from 'graphql-yoga';
import { limitExceeded } from '../graphql/errors.ts';
import { isTooManyFiles, maxFiles } from '../graphql/upload.ts';
import { maxImageBytes } from '../media/image.ts';
import { badRequest, checkParams, keptOpen, tooLarge } from './body.ts';

/** Most bytes of a request with files. */
const maxUploadBytes = 64 * 1024 * 1024;
/** Most bytes of the operation with its variables, and of the map of its files. */
const maxFieldSize = 256 * 1024;

/** Whether a content type is that of a form with files. */
export function isForm(contentType: string | null | undefined): boolean {
  return contentType?.split(';')[0]?.trim().toLowerCase() === 'multipart/form-data';
}

/** What tells the parser that its files are no longer needed. */
const released = new WeakMap<object, EventEmitter>();

/** The Yoga plugin that removes a request's files once it is answered. */
export function useReleasedUploads(): Plugin {
  return {
    onResponse({ request }) {
      released.get(request)?.emit('close');
    },
  };
}

/**
 * The GraphQL parameters of a form, with an Upload in place of each file.
 * @throws LIMIT_EXCEEDED with HTTP 413, or BAD_REQUEST for a form that is not as the specification says.
 */
export async function parseForm(request: Request): Promise<Record<string, unknown>> {
  const limit = maxUploadBytes;
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > limit) throw tooLarge(limit, declared);
  const response = new EventEmitter();
  released.set(request, response);
  const body = counted(request, limit);
  // What arrives after the answer is nobody's: the parser would go on writing it to the disk.
  response.once('close', () => body.stop());
  try {
    const params = await processRequest(body.stream, response as never, {
      maxFieldSize,
      // The parser takes a file that comes up to the limit for one that is past it.
      maxFileSize: maxImageBytes + 1,
      maxFiles,
    });
    return checkParams(params);
  } catch (error) {
    throw body.tooLarge() ? tooLarge(limit, limit + 1) : formError(error);
  }
}

/** The request as the parser takes it: Node's way, and no more of it than allowed. */
function counted(
  request: Request,
  limit: number,
): { stream: IncomingReq; tooLarge: () => boolean; stop: () => void } {
  let bytes = 0;
  const stream = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.byteLength;
      done(bytes > limit ? new Error('The form has too many bytes.') : null, chunk);
    },
  });
  // An early end closes the stream, and that is what the parser listens for.
  stream.on('error', () => {});
  const body = Readable.from(request.body ? keptOpen(request.body) : []);
  body.on('error', (error) => stream.destroy(error)).pipe(stream);
  return {
    // Of Node's request the parser uses its headers, and that it is a stream.
    stream: Object.assign(stream, { headers: Object.fromEntries(request.headers) }) as never,
    tooLarge: () => bytes > limit,
    stop: () => {
      body.destroy();
      stream.destroy();
    },
  };
}

function formError(error: unknown): unknown {
  if (error instanceof GraphQLError || !(error instanceof Error)) return error;
  const status = 'status' in error ? error.status : 400;
  if (status !== 413) return badRequest(`The form cannot be used: ${error.message}`);
  return isTooManyFiles(error)
    ? new GraphQLError(`At most ${maxFiles} files in one request.`, {
        extensions: {
          ...limitExceeded('maxFiles', 'Too many files', maxFiles, maxFiles + 1).extensions,
          http: { status: 413 },
        },
      })
    : tooLarge(maxFieldSize, maxFieldSize + 1);
}
