import { eq, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { type KeyKind, ordered, parentsOf, type Window, windowValues, within } from '../../db/keyset.ts';
import { keyArray, prepared } from '../../db/prepared.ts';
import { lockOwner } from '../users/store.ts';
import { categories, categoryFollows, postCategories } from './table.ts';

/** A category. */
export type CategoryRow = typeof categories.$inferSelect;

const columns = {
  id: categories.id,
  name: categories.name,
  slug: categories.slug,
  followers: categories.followers,
};

const found = (condition: SQL) => prepared((db) => db.select(columns).from(categories).where(condition));
const byId = found(sql`${categories.id} = ANY(${sql.placeholder('ids')}::uuid[])`);
const bySlug = found(sql`${categories.slug} = ANY(${sql.placeholder('slugs')}::text[])`);

/** The categories with these ids, in no order. */
export function categoriesById(db: Database, ids: readonly string[]): Promise<CategoryRow[]> {
  return byId(db, { ids: keyArray(ids) });
}

/** The categories with these slugs, in no order. */
export function categoriesBySlug(db: Database, slugs: readonly string[]): Promise<CategoryRow[]> {
  return bySlug(db, { slugs: keyArray(slugs) });
}

/** Under what `categoriesNamed` answers for a name. */
export function categoryKey(name: string): string {
  return name.trim().toLowerCase();
}

const byName = prepared((db) =>
  db
    .select({ key: sql<string>`given.key`, id: categories.id })
    .from(sql`json_array_elements_text(${sql.placeholder('keys')}::json) AS given(key)`)
    .innerJoin(
      categories,
      sql`${categories.slug} = given.key OR lower(${categories.name}) = lower(given.key)`,
    )
    // Where the slug of one is the name of another, the slug is what is meant: it comes last, and stays.
    .orderBy(sql`${categories.slug} = given.key`),
);

/**
 * The ids of the categories with these names or slugs, whatever the case, by `categoryKey` of what was given; what
 * names none is left out. One statement.
 */
export async function categoriesNamed(db: Database, names: readonly string[]): Promise<Map<string, string>> {
  const keys = [...new Set(names.map(categoryKey))];
  if (keys.length === 0) return new Map();
  const rows = await byName(db, { keys: JSON.stringify(keys) });
  return new Map(rows.map(({ key, id }) => [key, id]));
}

const followed = prepared((db) =>
  db
    .select({ id: categoryFollows.categoryId })
    .from(categoryFollows)
    .where(
      sql`${categoryFollows.userId} = ${sql.placeholder('user')}::uuid AND ${categoryFollows.categoryId} = ANY(${sql.placeholder('ids')}::uuid[])`,
    ),
);

/** Those of these categories that somebody follows. */
export function followedAmong(
  db: Database,
  userId: string,
  ids: readonly string[],
): Promise<{ id: string }[]> {
  return followed(db, { user: userId, ids: keyArray(ids) });
}

/** How the list of all categories is ordered: by slug. */
export const categoryKeys: readonly KeyKind[] = ['text'];

const everyPage = (ascending: boolean) =>
  prepared((db) =>
    db
      .select({ category: columns })
      .from(categories)
      .where(within([categories.slug], categoryKeys))
      .orderBy(...ordered([categories.slug], ascending))
      .limit(sql.placeholder('limit')),
  );
const every = { up: everyPage(true), down: everyPage(false) };

/** A page of all categories, by slug. */
export function categoriesPage(db: Database, window: Window): Promise<{ category: CategoryRow }[]> {
  return every[window.ascending ? 'up' : 'down'](db, windowValues(window, categoryKeys));
}

const all = prepared((db) => db.select({ count: sql<number>`count(*)::int` }).from(categories));

/** How many categories there are. Counts them. */
export async function categoriesCount(db: Database): Promise<number> {
  return (await all(db))[0]?.count ?? 0;
}

/** One entry in a list of the categories that somebody follows. */
export interface FollowedCategory {
  /** Whose list it is. */
  parentId: string;
  /** Since when. */
  at: Date;
  category: CategoryRow;
}

/** How such lists are ordered: by that time, then by the category. */
export const followedKeys: readonly KeyKind[] = ['time', 'id'];

const followedPage = (ascending: boolean) =>
  prepared((db) => {
    const order: SQLWrapper[] = [categoryFollows.followedAt, categoryFollows.categoryId];
    const parents = parentsOf(db);
    const page = db
      .select({ ...columns, at: categoryFollows.followedAt })
      .from(categoryFollows)
      .innerJoin(categories, eq(categories.id, categoryFollows.categoryId))
      .where(sql`${categoryFollows.userId} = ${parents.id} AND ${within(order, followedKeys)}`)
      .orderBy(...ordered(order, ascending))
      .limit(sql.placeholder('limit'))
      .as('page');
    return db
      .select({
        parentId: parents.id,
        at: page.at,
        category: { id: page.id, name: page.name, slug: page.slug, followers: page.followers },
      })
      .from(parents)
      .crossJoinLateral(page);
  });
const followedPages = { up: followedPage(true), down: followedPage(false) };

/**
 * For each of these people a page of the categories that they follow, last followed first. One statement. Whether they
 * can be found is not asked.
 */
export function categoriesFollowed(
  db: Database,
  parents: readonly string[],
  window: Window,
): Promise<FollowedCategory[]> {
  const statement = followedPages[window.ascending ? 'up' : 'down'];
  return statement(db, { parents: keyArray(parents), ...windowValues(window, followedKeys) });
}

/** Why a category is not followed, or no longer so: the account is gone, or there is no such category. */
export type FollowOutcome = 'done' | 'gone' | 'no category';

function changeFollow(
  db: Database,
  userId: string,
  categoryId: string,
  change: (tx: Database) => Promise<unknown>,
): Promise<FollowOutcome> {
  return transaction(db, async (tx) => {
    if (!(await lockOwner(tx, userId))) return 'gone';
    const [category] = await tx
      .select({ id: categories.id })
      .from(categories)
      .where(eq(categories.id, categoryId))
      .for('key share');
    if (!category) return 'no category';
    await change(tx);
    return 'done';
  });
}

/** Lets somebody follow a category. That they do already changes nothing. */
export function insertCategoryFollow(
  db: Database,
  userId: string,
  categoryId: string,
  at: Date,
): Promise<FollowOutcome> {
  return changeFollow(db, userId, categoryId, (tx) =>
    tx.insert(categoryFollows).values({ categoryId, userId, followedAt: at }).onConflictDoNothing(),
  );
}

/** Ends that somebody follows a category. That they do not changes nothing. */
export function deleteCategoryFollow(
  db: Database,
  userId: string,
  categoryId: string,
): Promise<FollowOutcome> {
  return changeFollow(db, userId, categoryId, (tx) =>
    tx
      .delete(categoryFollows)
      .where(sql`${categoryFollows.userId} = ${userId} AND ${categoryFollows.categoryId} = ${categoryId}`),
  );
}

const ofPosts = prepared((db) =>
  db
    .select({ postId: postCategories.postId, category: columns })
    .from(postCategories)
    .innerJoin(categories, eq(categories.id, postCategories.categoryId))
    .where(sql`${postCategories.postId} = ANY(${sql.placeholder('ids')}::uuid[])`)
    .orderBy(postCategories.postId, postCategories.position),
);

/** The categories of these posts, each post's in their order. Whether the posts can be found is not asked. */
export function categoriesOfPosts(
  db: Database,
  postIds: readonly string[],
): Promise<{ postId: string; category: CategoryRow }[]> {
  return ofPosts(db, { ids: keyArray(postIds) });
}

/**
 * Replaces a post's categories. Run it in a transaction that has locked the post.
 * @param categoryIds in the order they are shown in; one that comes again counts once.
 * @param createdAt the post's.
 * @throws post_categories_category_id_categories_id_fk for a category that is not there.
 */
export async function replacePostCategories(
  tx: Database,
  postId: string,
  categoryIds: readonly string[],
  createdAt: Date,
): Promise<void> {
  await tx.delete(postCategories).where(eq(postCategories.postId, postId));
  const rows = [...new Set(categoryIds)].map((categoryId, position) => ({
    postId,
    categoryId,
    position,
    createdAt,
  }));
  if (rows.length > 0) await tx.insert(postCategories).values(rows);
}
