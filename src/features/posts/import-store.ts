// What comes from elsewhere to posts, many at a time.
import { eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../db/client.ts';
import { keyArray } from '../../db/prepared.ts';
import { rowsOf } from '../../db/rows.ts';
import { origins, type RemoteProvider } from '../remotes/table.ts';
import { lockPeople } from '../users/store.ts';
import { postLikes, postMedia, postStats, postSubscribers, posts } from './table.ts';

/** A post that came from elsewhere, and is still here. */
export interface ImportedPost {
  externalId: string;
  instance: string;
  id: string;
  authorId: string;
  isPublic: boolean;
  /** What it reshares: null for what is no reshare, and where that is gone. */
  rootId: string | null;
  isReshare: boolean;
  createdAt: Date;
}

const importedRow = z.object({
  external_id: z.string(),
  instance: z.string(),
  id: z.string(),
  author_id: z.string(),
  visibility: z.string(),
  type: z.string(),
  root_id: z.string().nullable(),
  at: z.number(),
});

/** Those of these posts that came from one of these servers and are still here. */
export async function importedPosts(
  db: Database,
  provider: RemoteProvider,
  instances: readonly string[],
  externalIds: readonly string[],
): Promise<ImportedPost[]> {
  if (externalIds.length === 0 || instances.length === 0) return [];
  const asked = sql`json_array_elements_text(${JSON.stringify(externalIds)}::text::json) AS n (external_id)
    CROSS JOIN json_array_elements_text(${JSON.stringify(instances)}::text::json) AS i (instance)`;
  // Each is looked up, as in `originsOf`.
  const rows = await db.execute(sql`
    SELECT n.external_id, i.instance, p.* FROM ${asked} CROSS JOIN LATERAL (
      SELECT o.id FROM ${origins} o
      WHERE o.provider = ${provider} AND o.instance = i.instance AND o.kind = 'post' AND o.external_id = n.external_id
      LIMIT 1
    ) o CROSS JOIN LATERAL (
      SELECT p.id, p.author_id, p.visibility, p.type, p.root_id, (extract(epoch FROM p.created_at) * 1000)::float8 AS at
      FROM ${posts} p WHERE p.id = o.id LIMIT 1
    ) p`);
  return rowsOf(rows, importedRow).map((row) => ({
    externalId: row.external_id,
    instance: row.instance,
    id: row.id,
    authorId: row.author_id,
    isPublic: row.visibility === 'PUBLIC',
    rootId: row.root_id,
    isReshare: row.type === 'RESHARE',
    createdAt: new Date(row.at),
  }));
}

/**
 * Locks posts with their authors and those who act on them, as every writer does.
 * @returns the ids of the posts that are there.
 */
export async function lockImported(
  tx: Database,
  all: readonly Pick<ImportedPost, 'id' | 'authorId'>[],
  people: readonly string[],
): Promise<Set<string>> {
  await lockPeople(tx, [...new Set([...all.map(({ authorId }) => authorId), ...people])]);
  const locked = await tx
    .select({ id: postStats.postId })
    .from(postStats)
    .where(sql`${postStats.postId} = ANY(${keyArray(all.map(({ id }) => id))}::uuid[])`)
    .orderBy(postStats.postId)
    .for('no key update');
  return new Set(locked.map(({ id }) => id));
}

/** All slugs that an author has used. */
export async function slugsOf(db: Database, authorId: string): Promise<string[]> {
  const used = await db.select({ slug: posts.slug }).from(posts).where(eq(posts.authorId, authorId));
  return used.map(({ slug }) => slug);
}

/** Those of these slugs that an author has used. */
export async function usedSlugs(
  tx: Database,
  authorId: string,
  slugs: readonly string[],
): Promise<Set<string>> {
  if (slugs.length === 0) return new Set();
  const rows = await tx.execute(sql`
    SELECT n.slug FROM json_array_elements_text(${JSON.stringify(slugs)}::text::json) AS n (slug)
    CROSS JOIN LATERAL (SELECT FROM ${posts} p WHERE p.author_id = ${authorId} AND p.slug = n.slug LIMIT 1) p`);
  return new Set(rowsOf(rows, z.object({ slug: z.string() })).map(({ slug }) => slug));
}

/** The posts of these that an author has reshared already. */
export async function resharedBy(
  tx: Database,
  authorId: string,
  rootIds: readonly string[],
): Promise<Set<string>> {
  if (rootIds.length === 0) return new Set();
  const found = await tx
    .select({ rootId: posts.rootId })
    .from(posts)
    .where(sql`${posts.authorId} = ${authorId} AND ${inArray(posts.rootId, [...rootIds])}`);
  return new Set(found.flatMap(({ rootId }) => rootId ?? []));
}

/** Adds photos to posts; run it in a transaction that has locked them. */
export async function insertPhotos(
  tx: Database,
  photos: readonly (typeof postMedia.$inferInsert)[],
): Promise<void> {
  if (photos.length === 0) return;
  await tx.insert(postMedia).values([...photos]);
  const ids = keyArray([...new Set(photos.map(({ postId }) => postId))]);
  await tx
    .update(posts)
    .set({ mediaType: 'IMAGES' })
    .where(sql`${posts.id} = ANY(${ids}::uuid[]) AND ${posts.mediaType} IS NULL`);
}

/** Adds likes that are not there yet, and tells nobody; run it in a transaction that has locked their posts. @returns how many were new. */
export async function ensureLikes(
  tx: Database,
  likes: readonly (typeof postLikes.$inferInsert)[],
): Promise<number> {
  if (likes.length === 0) return 0;
  const made = await tx
    .insert(postLikes)
    .values([...likes])
    .onConflictDoNothing()
    .returning({ id: postLikes.postId });
  return made.length;
}

/** The same for who is told of comments. */
export async function ensureSubscribers(
  tx: Database,
  userId: string,
  postIds: readonly string[],
): Promise<number> {
  if (postIds.length === 0) return 0;
  const made = await tx
    .insert(postSubscribers)
    .values(postIds.map((postId) => ({ postId, userId })))
    .onConflictDoNothing()
    .returning({ id: postSubscribers.postId });
  return made.length;
}
