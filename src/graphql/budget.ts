import { GraphQLError, type GraphQLResolveInfo } from 'graphql';
import type { Context } from '../context.ts';
import { leavesBelow } from './selection.ts';

/**
 * Most values that lists without pages may add to one answer. The cost of a document counts such a list as one object,
 * because most are short; this is for those that are not, and for whoever makes many of them.
 */
const maxListedValues = 250_000;

/**
 * Counts a list without pages against what one answer may have: its entries times what is asked of each.
 * @throws LIMIT_EXCEEDED when there is more.
 */
export function spend(ctx: Context, info: GraphQLResolveInfo, entries: number): void {
  ctx.spent.values += entries * leavesBelow(info);
  if (ctx.spent.values > maxListedValues) {
    const limit = { name: 'maxListedValues', max: maxListedValues, value: ctx.spent.values };
    throw new GraphQLError(
      `The answer would have more than ${maxListedValues} values in names, pronouns, fields and flags: ask for fewer people, or for less of each, at once.`,
      { extensions: { code: 'LIMIT_EXCEEDED', limit } },
    );
  }
}
