// What operators do to posts.
import { eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { users } from '../users/table.ts';
import { posts } from './table.ts';

/** Folds a post, or unfolds it. @returns whose it is, and whether that changed anything; null for no such post. */
export function setCollapsed(
  db: Database,
  id: string,
  isCollapsed: boolean,
): Promise<{ username: string; slug: string; changed: boolean } | null> {
  return transaction(db, async (tx) => {
    const [before] = await tx
      .select({ username: users.username, slug: posts.slug, isCollapsed: posts.isCollapsed })
      .from(posts)
      .innerJoin(users, eq(users.id, posts.authorId))
      .where(eq(posts.id, id))
      .for('no key update', { of: posts });
    if (!before) return null;
    await tx.update(posts).set({ isCollapsed }).where(eq(posts.id, id));
    return { ...before, changed: before.isCollapsed !== isCollapsed };
  });
}
