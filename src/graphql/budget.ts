import { GraphQLError } from 'graphql';
import type { Context } from '../context.ts';

/**
 * Most objects that lists without pages may add to one answer. The cost of a document counts such a list as one object,
 * because most are short; this is for those that are not, and for whoever makes many of them.
 */
const maxListedObjects = 50_000;

/**
 * Counts objects of a list without pages against what one answer may have.
 * @throws LIMIT_EXCEEDED when there are more.
 */
export function spend(ctx: Context, objects: number): void {
  ctx.spent.objects += objects;
  if (ctx.spent.objects > maxListedObjects) {
    const limit = { name: 'maxListedObjects', max: maxListedObjects, value: ctx.spent.objects };
    throw new GraphQLError(
      `The answer would have more than ${maxListedObjects} entries of names, pronouns, fields and flags: ask for fewer people at once.`,
      { extensions: { code: 'LIMIT_EXCEEDED', limit } },
    );
  }
}
