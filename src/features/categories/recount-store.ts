import { sql } from 'drizzle-orm';
import type { Tally } from '../../db/recount.ts';
import { categories, categoryFollows } from './table.ts';

/** How many follow categories. */
export const categoryTally: Tally = {
  table: categories,
  id: categories.id,
  counts: [
    {
      column: categories.followers,
      must: sql`(SELECT count(*) FROM ${categoryFollows} f WHERE f.category_id = ${categories.id})`,
    },
  ],
};
