import { createHash } from 'node:crypto';
import PQueue from 'p-queue';
import sharp, { type Sharp } from 'sharp';

/** Most bytes of an image as it comes in. */
export const maxImageBytes = 8 * 1024 * 1024;
/** Most pixels of one. */
const maxPixels = 50_000_000;
/** Longest side of what is kept of one. */
const maxSide = 4_096;
/** How many are worked on at once, and how many may wait. */
const atOnce = 2;
const maxWaiting = 100;
/** How many one person may have in hand, waiting or worked on. */
const maxEach = 40;
/** How long one may take, in seconds. */
const maxSeconds = 10;

// Content of any other kind is never even looked into.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadPngBuffer',
    'VipsForeignLoadJpegBuffer',
    'VipsForeignLoadWebpBuffer',
    'VipsForeignLoadNsgifBuffer',
  ],
});
sharp.cache(false);
sharp.concurrency(1);

/** What makes an image unusable. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly code: 'UNSUPPORTED_IMAGE' | 'TOO_LARGE' | 'CONFLICT';
  constructor(code: ImageError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** One size to make: the box an image is fitted into, or cut to. Nothing is ever enlarged. */
export interface Size {
  width?: number;
  height?: number;
  crop?: boolean;
}

/** An image as it is stored. */
export interface ProcessedImage {
  /** Pixels of the original, upright. */
  width: number;
  height: number;
  /** SHA-256 of the original's file, in hex. */
  hash: string;
  /** WebP files: `original`, and those asked for. */
  files: Map<string, Buffer>;
}

/** Works on images, a few at once. */
export class ImageProcessor {
  readonly #queue = new PQueue({ concurrency: atOnce });
  /** How many each person has in hand. */
  readonly #inHand = new Map<string, number>();

  /**
   * An image in its original size and others, upright, in sRGB, without metadata; of an animation its first frame.
   * @param person whose it is: nobody fills the queue alone. Null: nobody’s.
   * @param read called when it is this image's turn, so that those that wait take no memory.
   * @throws ImageError for what is no PNG, JPEG, WebP or GIF that can be read to its end, or has too many pixels; and
   * when too many wait.
   */
  async process(
    read: () => Promise<Uint8Array>,
    sizes: Readonly<Record<string, Size>>,
    person: string | null,
  ): Promise<ProcessedImage> {
    const inHand = person === null ? 0 : (this.#inHand.get(person) ?? 0);
    if (inHand >= maxEach)
      throw new ImageError(
        'CONFLICT',
        'Several images of yours are being worked on; send the others after them.',
      );
    if (this.#queue.size >= maxWaiting)
      throw new ImageError('CONFLICT', 'Too many images are being worked on; try again in a moment.');
    const work = () => this.#queue.add(async () => processImage(await read(), sizes));
    if (person === null) return work();
    this.#inHand.set(person, inHand + 1);
    try {
      return await work();
    } finally {
      const left = (this.#inHand.get(person) ?? 1) - 1;
      if (left > 0) this.#inHand.set(person, left);
      else this.#inHand.delete(person);
    }
  }

  /** Forgets those that wait: the process is about to end. */
  clear(): void {
    this.#queue.clear();
  }
}

async function processImage(
  content: Uint8Array,
  sizes: Readonly<Record<string, Size>>,
): Promise<ProcessedImage> {
  const { data, info } = await decode(content);
  const raw = { width: info.width, height: info.height, channels: info.channels };
  const original = await encode(sharp(data, { raw }));
  const files = new Map([['original', original]]);
  for (const [name, size] of Object.entries(sizes)) {
    files.set(name, await encode(resized(sharp(data, { raw }), raw, size)));
  }
  const hash = createHash('sha256').update(original).digest('hex');
  return { width: info.width, height: info.height, hash, files };
}

/** The pixels of an image: upright, in sRGB, and no more than are kept. */
async function decode(content: Uint8Array) {
  if (content.byteLength > maxImageBytes) throw tooManyBytes();
  try {
    const image = sharp(content, { failOn: 'error', limitInputPixels: false, pages: 1 });
    const { width, height } = await image.metadata();
    if (width * height > maxPixels) {
      throw new ImageError('TOO_LARGE', `An image has at most ${maxPixels / 1_000_000} megapixels.`);
    }
    return await image
      .timeout({ seconds: maxSeconds })
      .autoOrient()
      .resize({ width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw new ImageError(
      'UNSUPPORTED_IMAGE',
      'This is no PNG, JPEG, WebP or GIF image that can be read to its end.',
    );
  }
}

/** What is said of an image with too many bytes. */
export function tooManyBytes(): ImageError {
  return new ImageError('TOO_LARGE', `An image has at most ${maxImageBytes / 1024 / 1024} MiB.`);
}

function resized(image: Sharp, from: { width: number; height: number }, size: Size): Sharp {
  if (!size.crop) return image.resize({ ...size, fit: 'inside', withoutEnlargement: true });
  // Smaller than the box in one direction: then the box is as small.
  const width = Math.min(size.width ?? from.width, from.width);
  const height = Math.min(size.height ?? from.height, from.height);
  return image.resize({ width, height, fit: 'cover' });
}

function encode(image: Sharp): Promise<Buffer> {
  return image.webp({ effort: 1 }).toBuffer();
}
