// Photos and links of posts.
import { eq, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { ordered, parentsOf, type Window, windowValues, within } from '../../db/keyset.ts';
import { keyArray, prepared } from '../../db/prepared.ts';
import { users } from '../users/table.ts';
import { type PostReader, postKeys } from './store.ts';
import { postMedia, posts } from './table.ts';
import { visiblePost } from './visible.ts';

/** A photo or link of a post. */
export type MediumRow = typeof postMedia.$inferSelect;

const mediumColumns = {
  id: postMedia.id,
  postId: postMedia.postId,
  authorId: postMedia.authorId,
  createdAt: postMedia.createdAt,
  kind: postMedia.kind,
  position: postMedia.position,
  title: postMedia.title,
  description: postMedia.description,
  image: postMedia.image,
  url: postMedia.url,
  mimeType: postMedia.mimeType,
};

const mediaOf = prepared((db) =>
  db
    .select(mediumColumns)
    .from(postMedia)
    .where(sql`${postMedia.postId} = ANY(${sql.placeholder('ids')}::uuid[])`)
    .orderBy(postMedia.postId, postMedia.position),
);

/** Photos and links of these posts, each post's in their order. Whether the posts can be found is not asked. */
export function mediaOfPosts(db: Database, ids: readonly string[]): Promise<MediumRow[]> {
  return mediaOf(db, { ids: keyArray(ids) });
}

const mediaById = prepared((db) =>
  db
    .select(mediumColumns)
    .from(postMedia)
    .innerJoin(posts, eq(posts.id, postMedia.postId))
    .innerJoin(users, eq(users.id, posts.authorId))
    .where(sql`${postMedia.id} = ANY(${sql.placeholder('ids')}::uuid[]) AND ${visiblePost()}`),
);

/** Those with these ids whose posts the reader may see, in no order. */
export function visibleMedia(db: Database, who: PostReader, ids: readonly string[]): Promise<MediumRow[]> {
  return mediaById(db, { ...who, ids: keyArray(ids) });
}

const photoOrder: SQLWrapper[] = [postMedia.createdAt, postMedia.id];
const ofPerson = (condition: SQL) => sql`${condition} AND ${postMedia.kind} = 'PHOTO' AND ${visiblePost()}`;

const photosOf = (ascending: boolean) =>
  prepared((db) => {
    const parents = parentsOf(db);
    const page = db
      .select(mediumColumns)
      .from(postMedia)
      .innerJoin(posts, eq(posts.id, postMedia.postId))
      .innerJoin(users, eq(users.id, posts.authorId))
      .where(ofPerson(sql`${postMedia.authorId} = ${parents.id} AND ${within(photoOrder, postKeys)}`))
      .orderBy(...ordered(photoOrder, ascending))
      .limit(sql.placeholder('limit'))
      .as('page');
    return db
      .select({ parentId: parents.id, photo: picked(page) })
      .from(parents)
      .crossJoinLateral(page);
  });
const picked = <Page extends Record<keyof typeof mediumColumns, unknown>>(page: Page) =>
  Object.fromEntries(Object.keys(mediumColumns).map((name) => [name, page[name as keyof Page]])) as Pick<
    Page,
    keyof typeof mediumColumns
  >;
const photosUp = photosOf(true);
const photosDown = photosOf(false);

/** Pages of each person's photos, newest first, of posts that the reader may see. */
export function photosPage(
  db: Database,
  who: PostReader,
  parents: readonly string[],
  window: Window,
): Promise<{ parentId: string; photo: MediumRow }[]> {
  return (window.ascending ? photosUp : photosDown)(db, {
    ...who,
    parents: keyArray(parents),
    ...windowValues(window, postKeys),
  });
}

const photosCounted = prepared(
  (db) =>
    db
      .select({ parentId: postMedia.authorId, count: sql<number>`count(*)::int` })
      .from(postMedia)
      .innerJoin(posts, eq(posts.id, postMedia.postId))
      .innerJoin(users, eq(users.id, posts.authorId))
      .where(ofPerson(sql`${postMedia.authorId} = ANY(${sql.placeholder('parents')}::uuid[])`))
      .groupBy(postMedia.authorId),
  'slow',
);

/** How many photos of each person the reader may see. Counts them. */
export function photosCount(
  db: Database,
  who: PostReader,
  parents: readonly string[],
): Promise<{ parentId: string; count: number }[]> {
  return photosCounted(db, { ...who, parents: keyArray(parents) });
}
