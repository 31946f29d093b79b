import { line } from '../../graphql/validate.ts';

/** What a category may be called. */
export const nameShape = line(50);

/** Whether the text has the form of a category's slug. */
export function isCategorySlug(text: string): boolean {
  return /^[a-z0-9-]{1,80}$/.test(text);
}
