// How a picture comes in: refused or stored whole, and gone again when what it was for is not done.
import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import type { FileUpload } from 'graphql-upload-ts';
import { type Context, type Media, viewerId } from '../../context.ts';
import { askedByNobody } from '../../db/asker.ts';
import { withoutStatement } from '../../db/errors.ts';
import { Refusal, refuse } from '../../graphql/errors.ts';
import { isTooManyFiles, maxFiles, type PendingUpload } from '../../graphql/upload.ts';
import { ImageError, maxImageBytes, type ProcessedImage, tooManyBytes } from '../../media/image.ts';
import { decodeBase64Image, fileName, fileSizes, filesOf } from './rules.ts';
import { dropPending, forgetNames, reserveName, unusedNames } from './store.ts';
import type { Picture, PictureKind } from './table.ts';

/** What `ImageInput` is resolved to: one of the two. */
export interface ImageSource {
  upload?: PendingUpload | null | undefined;
  base64?: string | null | undefined;
}

/**
 * A picture that a mutation was given: what it is for, where in the input it is; null clears, undefined leaves. The
 * URLs of a private one expire.
 */
export interface GivenPicture {
  kind: PictureKind;
  source: ImageSource | null | undefined;
  path: readonly string[];
  isPrivate?: boolean;
}

/** The same once its files are stored. */
type Stored<Given> = { [Name in keyof Given]: Picture | null | undefined };

/**
 * Stores pictures and does what they are for. When either fails, nothing of them stays.
 * @throws Refusal with the code and path of every picture that cannot be used, and whatever `run` throws.
 */
export async function withPictures<Given extends Record<string, GivenPicture>, Done>(
  ctx: Context,
  given: Given,
  run: (pictures: Stored<Given>) => Promise<Done>,
): Promise<Done> {
  const asked = Object.entries(given).filter(([, { source }]) => source !== undefined);
  const names: string[] = [];
  const stored = Object.fromEntries(Object.keys(given).map((name) => [name, undefined])) as Stored<Given>;
  try {
    const results = await Promise.allSettled(
      asked.map(async ([key, { source, ...of }]) => {
        const picture = source ? await receive(ctx, source, of, names) : null;
        Object.assign(stored, { [key]: picture });
      }),
    );
    throwAll(results);
    return await run(stored);
  } catch (error) {
    if (names.length > 0) await dropPending(ctx.db, names);
    throw error;
  } finally {
    // A picture that was shown until now, or one of those above.
    if (asked.length > 0) await sweepSoon(ctx);
  }
}

function throwAll(results: readonly PromiseSettledResult<void>[]): void {
  const reasons: unknown[] = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason] : [],
  );
  const unexpected = reasons.find((reason) => !(reason instanceof Refusal));
  if (unexpected) throw unexpected;
  const errors = reasons.flatMap((reason) => (reason instanceof Refusal ? reason.errors : []));
  if (errors.length > 0) throw new Refusal(errors);
}

async function receive(
  ctx: Context,
  source: ImageSource,
  { kind, path, isPrivate }: Omit<GivenPicture, 'source'>,
  names: string[],
): Promise<Picture> {
  const at = [...path, source.upload ? 'upload' : 'base64'];
  try {
    const read = source.upload ? await uploaded(source.upload, at) : decoded(source.base64 ?? '', at);
    return await storePicture(
      ctx,
      kind,
      await ctx.media.images.process(read, fileSizes[kind], viewerId(ctx)),
      names,
      isPrivate,
    );
  } catch (error) {
    throw error instanceof ImageError ? refuse(error.code, error.message, ...at) : error;
  }
}

/**
 * Writes a processed image's files.
 * @param names takes the picture's name before there is any file of it.
 * @param isPrivate whether its URLs expire.
 */
export async function storePicture(
  { db, media, now }: Pick<Context, 'db' | 'now'> & { media: Pick<Media, 'storage'> },
  kind: PictureKind,
  image: ProcessedImage,
  names: string[],
  isPrivate = false,
): Promise<Picture> {
  const name = await reserveName(db, now(), isPrivate);
  names.push(name);
  const { files, ...facts } = image;
  await Promise.all(
    [...files].map(([size, content]) => media.storage.put(fileName({ name }, size), content)),
  );
  return { kind, name, ...facts };
}

function decoded(base64: string, at: readonly string[]): () => Promise<Uint8Array> {
  // Four characters for three bytes.
  if (base64.length > (maxImageBytes / 3) * 4 + 100) throw tooManyBytes();
  const content = decodeBase64Image(base64);
  if (!content) {
    throw refuse(
      'UNSUPPORTED_IMAGE',
      'This is no image in base64: write data:image/png;base64,… or image/png;base64,…',
      ...at,
    );
  }
  return async () => content;
}

/**
 * Waits until a file is on the disk (of whatever size it is allowed to be), so that a slow client keeps nobody waiting
 * for the images' queue.
 * @returns what reads it.
 */
async function uploaded(upload: PendingUpload, at: readonly string[]): Promise<() => Promise<Uint8Array>> {
  let file: FileUpload;
  try {
    file = await upload;
    // A disk that is full fails the writer, before this or in the middle, and the reader would wait for ever.
    const { errored } = file.capacitor;
    if (errored) {
      file.capacitor.destroy();
      throw errored;
    }
    await Promise.race([finished(file.createReadStream().resume()), failureOf(file)]);
  } catch (error) {
    // What has a code of the system's is no fault of the request's.
    if (!(error instanceof Error) || 'code' in error) throw error;
    if (isTooManyFiles(error)) throw refuse('TOO_MANY', `At most ${maxFiles} files in one request.`, ...at);
    if ('status' in error && error.status === 413) throw tooManyBytes();
    throw refuse('INVALID', 'The request has no such file, or ended before it did.', ...at);
  }
  return () => buffer(file.createReadStream());
}

function failureOf({ capacitor }: FileUpload): Promise<never> {
  const failed = new Promise<never>((_resolve, reject) => {
    capacitor.once('error', (error) => {
      capacitor.destroy();
      reject(error);
    });
  });
  failed.catch(() => {});
  return failed;
}

/** How many pictures' files are removed at once. */
const sweepSize = 100;

/**
 * Removes files that nothing shows any more. What fails is tried again by the next sweep, so it never throws.
 */
export async function sweepMedia({
  db,
  media,
  now,
  log,
}: Pick<Context, 'db' | 'now' | 'log'> & { media: Pick<Media, 'storage'> }): Promise<void> {
  const removePictures = async (names: readonly string[]): Promise<void> => {
    try {
      await media.storage.remove(names.flatMap(filesOf));
      await forgetNames(db, names);
    } catch (error) {
      // One that cannot be removed must not keep the others.
      if (names.length === 1) throw error;
      const results = await Promise.allSettled(names.map((name) => removePictures([name])));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
    }
  };
  try {
    for (;;) {
      const names = await unusedNames(db, now(), sweepSize);
      if (names.length > 0) await removePictures(names);
      if (names.length < sweepSize) return;
    }
  } catch (error) {
    log.error({ err: withoutStatement(error) }, 'files that nothing shows could not be removed');
  }
}

/** How long a request waits for files to be removed, in milliseconds. */
const sweepPatience = 2_000;

/** The same for a request, which is not kept waiting by a storage that hangs. */
export async function sweepSoon(ctx: Context): Promise<void> {
  let patience: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => {
    patience = setTimeout(resolve, sweepPatience);
  });
  await Promise.race([askedByNobody(() => sweepMedia(ctx)), waited]);
  clearTimeout(patience);
}
