import { eq, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Database } from '../../db/client.ts';
import { type KeyKind, ordered, parentsOf, type Window, windowValues, within } from '../../db/keyset.ts';
import { keyArray, prepared, preparedFor } from '../../db/prepared.ts';
import { postCategories } from '../categories/table.ts';
import { users } from '../users/table.ts';
import { unseenIds } from '../users/visible.ts';
import { type PostCard, type PostRow, postColumns, readsStats } from './card.ts';
import { postStats, posts, type postTypes } from './table.ts';
import { isInRoom, reader, visiblePost } from './visible.ts';

/** Who asks: the viewer, and the same again where their token lets them read posts that are not public. */
export interface PostReader {
  viewer: string | null;
  reader: string | null;
}

const found = (condition: SQL) =>
  prepared((db) =>
    db
      .select(postColumns)
      .from(posts)
      .innerJoin(users, eq(users.id, posts.authorId))
      .innerJoin(postStats, eq(postStats.postId, posts.id))
      .where(sql`${condition} AND ${visiblePost()}`),
  );
const byId = found(sql`${posts.id} = ANY(${sql.placeholder('ids')}::uuid[])`);
const bySlug = found(
  sql`${posts.authorId} = ${sql.placeholder('author')}::uuid AND ${posts.slug} = ${sql.placeholder('slug')}`,
);

/** The posts with these ids that the reader may see, in no order. */
export function postsById(db: Database, who: PostReader, ids: readonly string[]): Promise<PostRow[]> {
  return byId(db, { ...who, ids: keyArray(ids) });
}

/** Somebody's post with this slug; null where there is none, or the reader may not see it. */
export async function postBySlug(
  db: Database,
  who: PostReader,
  author: string,
  slug: string,
): Promise<PostRow | null> {
  return (await bySlug(db, { ...who, author, slug }))[0] ?? null;
}

export type PostType = (typeof postTypes)[number];

/** One entry in a list of posts. */
export interface PostListRow {
  /** Whose list it is. */
  parentId: string;
  post: PostRow;
}

export type PostSource = 'author' | 'room' | 'root' | 'category';

interface Source {
  parent: AnyPgColumn;
  order: readonly AnyPgColumn[];
  table: PgTable;
  /** Whether there is anything to see for the reader at all. */
  open?: (parent: SQLWrapper) => SQL;
}

/** All lists of posts go by time, then by the post. */
export const postKeys: readonly KeyKind[] = ['time', 'id'];

/** Lists of posts by what they hang under, each with the order of an index of its own. */
const sources: Record<PostSource, Source> = {
  author: { parent: posts.authorId, order: [posts.createdAt, posts.id], table: posts },
  room: {
    parent: posts.roomId,
    order: [posts.createdAt, posts.id],
    table: posts,
    // Asked of the room, once: to those who are not in it all its posts would be passed to show none.
    open: (room) => isInRoom(reader, room),
  },
  root: { parent: posts.rootId, order: [posts.createdAt, posts.id], table: posts },
  category: {
    parent: postCategories.categoryId,
    order: [postCategories.createdAt, postCategories.postId],
    table: postCategories,
  },
};

const types = sql`${sql.placeholder('types')}::text[]`;
const ofTypes = sql`(${types} IS NULL OR ${posts.type} = ANY(${types}))`;

const pageOf = (source: PostSource, ascending: boolean) =>
  preparedFor((db, card: PostCard) => {
    const { parent, order, table, open } = sources[source];
    const parents = parentsOf(db);
    const chosen = db.select(card.columns).from(table).$dynamic();
    if (table !== posts) chosen.innerJoin(posts, eq(posts.id, postCategories.postId));
    if (readsStats(card)) chosen.innerJoin(postStats, eq(postStats.postId, posts.id));
    const page = chosen
      .innerJoin(users, eq(users.id, posts.authorId))
      .where(
        sql`${parent} = ${parents.id} AND ${open ? open(parents.id) : sql`true`} AND ${within(order, postKeys)} AND ${ofTypes} AND ${visiblePost()}`,
      )
      .orderBy(...ordered(order, ascending))
      .limit(sql.placeholder('limit'))
      .as('page');
    return db
      .select({ parentId: parents.id, post: card.from(page) })
      .from(parents)
      .crossJoinLateral(page);
  });

const countOf = (source: PostSource) =>
  prepared((db) => {
    const { parent, table } = sources[source];
    const chosen = db
      .select({ parentId: sql<string>`${parent}`, count: sql<number>`count(*)::int` })
      .from(table)
      .$dynamic();
    if (table !== posts) chosen.innerJoin(posts, eq(posts.id, postCategories.postId));
    return chosen
      .innerJoin(users, eq(users.id, posts.authorId))
      .where(sql`${parent} = ANY(${sql.placeholder('parents')}::uuid[]) AND ${ofTypes} AND ${visiblePost()}`)
      .groupBy(parent);
  }, 'slow');

const typesValue = (of: readonly PostType[] | null) => (of === null ? null : keyArray(of));

/**
 * What reads lists of posts by what they hang under: for each parent a page, newest first, and how many there are for
 * the reader (which it counts). One statement each. Whether the parents can be found is not asked.
 */
export function postLists(source: PostSource) {
  const up = pageOf(source, true);
  const down = pageOf(source, false);
  const counted = countOf(source);
  return {
    page: (
      db: Database,
      who: PostReader,
      parents: readonly string[],
      card: PostCard,
      window: Window,
      of: readonly PostType[] | null,
    ): Promise<PostListRow[]> =>
      (window.ascending ? up : down)(db, card, {
        ...who,
        types: typesValue(of),
        parents: keyArray(parents),
        ...windowValues(window, postKeys),
      }),
    count: (
      db: Database,
      who: PostReader,
      parents: readonly string[],
      of: readonly PostType[] | null,
    ): Promise<{ parentId: string; count: number }[]> =>
      counted(db, { ...who, types: typesValue(of), parents: keyArray(parents) }),
  };
}

const resharesCounted = prepared((db) =>
  db
    .select({
      parentId: postStats.postId,
      count: sql<number>`${postStats.reshares} - (
        SELECT count(*)::int FROM ${posts} p WHERE p.root_id = ${sql`${postStats.postId}`} AND p.author_id = ANY(${unseenIds()}))`,
    })
    .from(postStats)
    .where(sql`${postStats.postId} = ANY(${sql.placeholder('parents')}::uuid[])`),
);

/** How many reshares each post has for the viewer: a stored count, less those of people whom they cannot find. */
export function resharesCount(
  db: Database,
  { viewer }: PostReader,
  parents: readonly string[],
): Promise<{ parentId: string; count: number }[]> {
  return resharesCounted(db, { viewer, parents: keyArray(parents) });
}

const visibilityOf = prepared((db) =>
  db
    .select({ visibility: posts.visibility })
    .from(posts)
    .where(
      sql`${posts.id} = ${sql.placeholder('id')}::uuid AND ${posts.authorId} = ${sql.placeholder('author')}::uuid`,
    ),
);

/** Whom somebody's own post is for; null where it is none of theirs. */
export async function ownVisibility(db: Database, author: string, id: string) {
  return (await visibilityOf(db, { author, id }))[0]?.visibility ?? null;
}
