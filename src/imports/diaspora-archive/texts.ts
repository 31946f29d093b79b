// Texts of an archive, as they can be kept here.
import { codePoints } from '../../graphql/validate.ts';

/** A text that the database can hold: nothing else of it is changed. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '');
}

/** The first `max` characters. */
export function cutTo(text: string, max: number): { text: string; isCut: boolean } {
  if (text.length <= max || codePoints(text) <= max) return { text, isCut: false };
  return { text: [...text.slice(0, 2 * max)].slice(0, max).join('').trimEnd(), isCut: true };
}

/** A text on one line of at most `max` characters; null where nothing is left. */
export function lineOf(text: string | null | undefined, max: number): string | null {
  const line = storable(text ?? '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return cutTo(line, max).text || null;
}

// Written as "@{Name; name@host}" and later as "@{name@host}".
const mention = /@\{(?:[^{}\n]{0,200};)?\s*([a-z0-9_.-]{1,64}@[a-z0-9.-]{1,190}(?::\d{1,5})?)\s*\}/gi;

/**
 * A text of Markdown in which those who are mentioned are only text: nobody here is meant by a name of another pod.
 */
export function withoutMentions(text: string): string {
  return text.replace(mention, (_all, id: string) => `@${id.toLowerCase()}`);
}
