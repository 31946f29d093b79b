import { builder } from '../../graphql/builder.ts';
import { fileOf, type imageSizes, isPrivateFile } from './rules.ts';
import { mediaKey } from './store.ts';
import type { Picture } from './table.ts';
import { signedQuery } from './url-rules.ts';

const ImageSizeEnum = builder.enumType('ImageSize', {
  description: 'Which size of an image; none is ever larger than the original.',
  values: {
    SMALL: { description: '50 × 50 pixels, cropped; flags: 256 high.' },
    MEDIUM: {
      description:
        'Avatars: 100 × 100 pixels, cropped; covers and photos: within 100 × 100; flags: 256 high.',
    },
    LARGE: {
      description: 'Avatars: 300 pixels wide; photos: 700 wide; covers: 1,500 wide; flags: 256 high.',
    },
    ORIGINAL: { description: 'As it was uploaded, upright, and at most 4,096 pixels on the longer side.' },
  } satisfies Record<(typeof imageSizes)[number], object>,
});

/** A picture, and what is said to those who cannot see it. */
export interface ShownPicture {
  picture: Picture;
  alt: string | null;
}

/** A picture without words of its own; null for none. */
export const shown = (picture: Picture | null, alt: string | null = null): ShownPicture | null =>
  picture && { picture, alt };

export const ImageRef = builder.objectRef<ShownPicture>('Image').implement({
  description: 'An image in several sizes, all WebP.',
  fields: (t) => ({
    url: t.field({
      type: 'URL',
      description:
        'Where it is. The file behind a URL never changes; another image has another URL. URLs of photos of posts that are not public expire after one hour.',
      args: {
        size: t.arg({
          type: ImageSizeEnum,
          required: true,
          defaultValue: 'MEDIUM',
          description: 'Which size.',
        }),
      },
      resolve: ({ picture }, { size }, ctx) => {
        const file = fileOf(picture, size);
        const url = `${ctx.config.publicUrl}/media/${file}`;
        if (!isPrivateFile(file)) return url;
        return mediaKey(ctx.db).then((key) => `${url}?${signedQuery(key, file, ctx.now())}`);
      },
    }),
    width: t.int({ description: 'Pixels across of the original.', resolve: ({ picture }) => picture.width }),
    height: t.int({ description: 'Pixels down of the original.', resolve: ({ picture }) => picture.height }),
    hash: t.string({
      description: 'SHA-256 of the original’s file, in hex: the same for the same picture.',
      resolve: ({ picture }) => picture.hash,
    }),
    alt: t.string({
      nullable: true,
      description: 'The image in words, for those who cannot see it; null where there are none.',
      resolve: ({ alt }) => alt,
    }),
  }),
});

export const ImageInput = builder.inputType('ImageInput', {
  description:
    'An image: PNG, JPEG, WebP or GIF by content (of an animation its first frame), at most 8 MiB and 50 megapixels. Metadata such as EXIF and GPS is dropped.',
  isOneOf: true,
  fields: (t) => ({
    upload: t.field({ type: 'Upload', description: 'A file of a multipart request.' }),
    base64: t.string({ description: 'A data URI, or the same without `data:`: image/png;base64,…' }),
  }),
});
