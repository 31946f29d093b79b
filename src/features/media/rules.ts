import type { Size } from '../../media/image.ts';
import type { Picture, PictureKind } from './table.ts';

export const imageSizes = ['SMALL', 'MEDIUM', 'LARGE', 'ORIGINAL'] as const;
export type ImageSize = (typeof imageSizes)[number];

/** The files a picture of each kind has besides its original: domain rule 2. */
export const fileSizes: Record<PictureKind, Readonly<Record<string, Size>>> = {
  avatar: {
    small: { width: 50, height: 50, crop: true },
    medium: { width: 100, height: 100, crop: true },
    large: { width: 300 },
  },
  cover: {
    small: { width: 50, height: 50, crop: true },
    medium: { width: 100, height: 100 },
    large: { width: 1500 },
  },
  // One height serves wherever a flag is shown.
  flag: { large: { height: 256 } },
  photo: {
    small: { width: 50, height: 50, crop: true },
    medium: { width: 100, height: 100 },
    large: { width: 700 },
  },
};

/** What the names of pictures begin with that are for some people only. */
const privatePrefix = 'private-';

/** A picture's name of something random in hex; a private one shows that it is. */
export function pictureName(random: string, isPrivate: boolean): string {
  return isPrivate ? privatePrefix + random : random;
}

/** Whether a file is a private picture's, by its name. */
export function isPrivateFile(file: string): boolean {
  return file.startsWith(privatePrefix);
}

/** The name of one of a picture's files. */
export function fileName({ name }: Pick<Picture, 'name'>, size: string): string {
  return `${name}-${size}.webp`;
}

/** The name of the file that a size of a picture is in. */
export function fileOf(picture: Picture, size: ImageSize): string {
  const asked = size.toLowerCase();
  return fileName(picture, asked === 'original' || asked in fileSizes[picture.kind] ? asked : 'large');
}

/** What the names of archives begin with, which lie where pictures do: no URL of a picture leads to one. */
const archivePrefix = 'export-';

/** An archive's name of something random in hex: as `media_files` has it. */
export function archiveName(random: string): string {
  return archivePrefix + random;
}

/** The name of the file that an archive is in. */
export function archiveFile(name: string): string {
  return `${name}.zip`;
}

/** The names of all files that a picture may have, whatever its kind; or of an archive's. */
export function filesOf(name: string): string[] {
  if (name.startsWith(archivePrefix)) return [archiveFile(name)];
  return imageSizes.map((size) => fileName({ name }, size.toLowerCase()));
}

/** Whether the text has the form of a file's name. */
export function isFileName(text: string): boolean {
  return /^(private-)?[0-9a-f]{32}-(small|medium|large|original)\.webp$/.test(text);
}

/**
 * The bytes of an image given as text: a data URI, or the same without `data:`.
 * @returns null for anything else.
 */
export function decodeBase64Image(text: string): Buffer | null {
  const comma = text.slice(0, 100).indexOf(',');
  if (comma === -1 || !/^(data:)?image\/[\w.+-]+;base64$/i.test(text.slice(0, comma))) return null;
  const payload = text.slice(comma + 1);
  return /^[A-Za-z0-9+/]+={0,2}$/.test(payload) ? Buffer.from(payload, 'base64') : null;
}
