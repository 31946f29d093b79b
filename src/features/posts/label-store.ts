// What hangs on posts in short lists: tags, mentions, aspects.
import { type Column, eq, inArray, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { keyArray, prepared } from '../../db/prepared.ts';
import { aspects } from '../aspects/table.ts';
import { ensureTags, tagPlaces } from '../tags/store.ts';
import { tags } from '../tags/table.ts';
import { cardColumns, type UserRow } from '../users/card.ts';
import { users } from '../users/table.ts';
import { visible } from '../users/visible.ts';
import { postAspects, postMentions, postTags } from './table.ts';

const ofPosts = (column: Column) => sql`${column} = ANY(${sql.placeholder('ids')}::uuid[])`;

const tagsOf = prepared((db) =>
  db
    .select({
      postId: postTags.postId,
      tag: { id: tags.id, name: tags.name, description: tags.description, color: tags.color },
    })
    .from(postTags)
    .innerJoin(tags, eq(tags.id, postTags.tagId))
    .where(ofPosts(postTags.postId))
    .orderBy(postTags.postId, postTags.position),
);

/** The tags of these posts, each post's in their order. */
export function tagsOfPosts(db: Database, ids: readonly string[]) {
  return tagsOf(db, { ids: keyArray(ids) });
}

const mentionsOf = prepared((db) =>
  db
    .select({ postId: postMentions.postId, user: cardColumns })
    .from(postMentions)
    .innerJoin(users, eq(users.id, postMentions.userId))
    .where(sql`${ofPosts(postMentions.postId)} AND ${visible()}`)
    .orderBy(postMentions.postId, postMentions.position),
);

/** Whom these posts mention, in the order of their texts, without those whom the viewer cannot find. */
export function mentionsOfPosts(
  db: Database,
  viewer: string | null,
  ids: readonly string[],
): Promise<{ postId: string; user: UserRow }[]> {
  return mentionsOf(db, { viewer, ids: keyArray(ids) });
}

const aspectsOf = prepared((db) =>
  db
    .select({ postId: postAspects.postId, aspect: { id: aspects.id, name: aspects.name } })
    .from(postAspects)
    .innerJoin(aspects, eq(aspects.id, postAspects.aspectId))
    .where(sql`${ofPosts(postAspects.postId)} AND ${aspects.ownerId} = ${sql.placeholder('viewer')}::uuid`)
    .orderBy(postAspects.postId, aspects.nameKey),
);

/** The aspects that these posts of the viewer's are for, by name. */
export function aspectsOfPosts(
  db: Database,
  viewer: string,
  ids: readonly string[],
): Promise<{ postId: string; aspect: { id: string; name: string } }[]> {
  return aspectsOf(db, { viewer, ids: keyArray(ids) });
}

/**
 * Replaces a post's tags; those that are not there yet are made. Run it in a transaction that has locked the post's author.
 * @param names in lower case, each once, in the order they are shown in.
 */
export async function replacePostTags(
  tx: Database,
  postId: string,
  names: readonly string[],
  at: Date,
): Promise<void> {
  await tx.delete(postTags).where(eq(postTags.postId, postId));
  if (names.length === 0) return;
  await ensureTags(tx, names, at);
  await tx.insert(postTags).select(
    tx
      .select({ postId: sql<string>`${postId}::uuid`.as('post_id'), ...tagPlaces(names) })
      .from(tags)
      .where(inArray(tags.name, [...names])),
  );
}

/** A tag of a post, in lower case, and the how many-th of its own it is. */
export interface TagPlace {
  postId: string;
  name: string;
  position: number;
}

/**
 * Tags posts that have no tags yet, as many as there are; tags that are not there yet are made. Run it in a transaction.
 * @param at when those tags are made.
 */
export async function insertPostTags(tx: Database, places: readonly TagPlace[], at: Date): Promise<void> {
  if (places.length === 0) return;
  await ensureTags(tx, [...new Set(places.map(({ name }) => name))], at);
  await tx.insert(postTags).select(
    tx
      .select({
        postId: sql<string>`n."postId"`.as('post_id'),
        tagId: tags.id,
        position: sql<number>`n.position`.as('position'),
      })
      .from(
        sql`json_to_recordset(${JSON.stringify(places)}::text::json) AS n ("postId" uuid, name text, position smallint)`,
      )
      .innerJoin(tags, sql`${tags.name} = n.name`),
  );
}

/** The names of a post's tags, in their order. */
export async function tagNames(tx: Database, postId: string): Promise<string[]> {
  return (await tagsOfPosts(tx, [postId])).map(({ tag }) => tag.name);
}
