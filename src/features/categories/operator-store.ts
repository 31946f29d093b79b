// What operators do to categories.
import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { writing } from '../../db/errors.ts';
import { categories } from './table.ts';

/** A category that is in the way of another one. */
export interface Clash {
  name: string;
  slug: string;
  /** Whether it has the name, whatever the case; else it has the slug. */
  hasName: boolean;
}

/**
 * Adds a category.
 * @returns what is in its way: one that has its name, one that has its slug, or both; nothing when it was added.
 */
export async function addCategory(
  db: Database,
  category: { id: string; name: string; slug: string },
): Promise<Clash[]> {
  const added = await writing(db, (to) =>
    to.insert(categories).values(category).onConflictDoNothing().returning({ id: categories.id }),
  );
  if (added.length > 0) return [];
  const hasName = sql<boolean>`lower(${categories.name}) = lower(${category.name})`;
  return db
    .select({ name: categories.name, slug: categories.slug, hasName })
    .from(categories)
    .where(sql`${hasName} OR ${categories.slug} = ${category.slug}`);
}
