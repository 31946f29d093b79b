import { codePoints } from '../../graphql/validate.ts';
import type { mediaTypes, mediumKinds } from './table.ts';

/** Longest title that is derived, summary and slug, in code points. */
const maxTitle = 70;
const maxSummary = 200;
const maxSlug = 80;

export type MediaType = (typeof mediaTypes)[number];
export type MediumKind = (typeof mediumKinds)[number];

/** What a text says, whatever it looks like. */
export interface TextContent {
  /** The text of the leading heading; null where the text begins otherwise. */
  heading: string | null;
  /** All text on one line. */
  plain: string;
}

/** Text cut to `max` code points, of which the last says that there was more. */
function cut(text: string, max: number): string {
  if (codePoints(text) <= max) return text;
  return `${[...text]
    .slice(0, max - 1)
    .join('')
    .trimEnd()}…`;
}

/** The title of a text that was given none: its leading heading, else its beginning; null when it is empty. */
export function titleOf({ heading, plain }: TextContent): string | null {
  return cut(heading || plain, maxTitle) || null;
}

/** The beginning of a text; empty when it is. */
export function summaryOf({ plain }: TextContent): string {
  return cut(plain, maxSummary);
}

/** What a title is in a URL: lower-case ASCII words with hyphens between; never empty. */
export function slugOf(title: string | null): string {
  const slug = (title ?? '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, maxSlug)
    .replace(/-$/, '');
  return slug || 'post';
}

/** Whether the text itself says that it is not for everybody. */
export function isNsfwText(hashtags: readonly string[]): boolean {
  return hashtags.includes('nsfw');
}

const videoEndings = new Set(['mp4', 'webm', 'mov', 'm4v']);
const documentTypes = new Map([
  ['pdf', 'application/pdf'],
  ['doc', 'application/msword'],
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['odt', 'application/vnd.oasis.opendocument.text'],
  ['xls', 'application/vnd.ms-excel'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['ods', 'application/vnd.oasis.opendocument.spreadsheet'],
  ['ppt', 'application/vnd.ms-powerpoint'],
  ['pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  ['odp', 'application/vnd.oasis.opendocument.presentation'],
  ['txt', 'text/plain'],
]);

/** What a link leads to, by how its path ends. Only documents have a media type. */
export function mediumOf(url: string): { kind: Exclude<MediumKind, 'PHOTO'>; mimeType: string | null } {
  const [, ending = ''] = /\.([a-z0-9]+)$/.exec(URL.parse(url)?.pathname.toLowerCase() ?? '') ?? [];
  if (videoEndings.has(ending)) return { kind: 'VIDEO', mimeType: null };
  const mimeType = documentTypes.get(ending) ?? null;
  return { kind: mimeType === null ? 'LINK' : 'DOCUMENT', mimeType };
}

const typeOfKind = { PHOTO: 'IMAGES', VIDEO: 'VIDEO', DOCUMENT: 'DOCUMENTS', LINK: 'LINK' } as const;

/** What a post shows above all: its first medium, and photos come before links. Null without media. */
export function mediaTypeOf(hasPhotos: boolean, kinds: readonly MediumKind[]): MediaType | null {
  const [first] = hasPhotos ? (['PHOTO'] as const) : kinds;
  return first === undefined ? null : typeOfKind[first];
}
