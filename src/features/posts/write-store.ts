// Posts as they are written, changed, passed on and deleted, with all that is theirs. Those who are to be told are told
// in the same transaction.
import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { given } from '../../db/given.ts';
import { keyArray } from '../../db/prepared.ts';
import { newId } from '../../db/uuid.ts';
import { aspects } from '../aspects/table.ts';
import { categoriesNamed, categoryKey, replacePostCategories } from '../categories/store.ts';
import { comments } from '../comments/table.ts';
import { forgetSubjects, takeBack, tell } from '../notifications/act-store.ts';
import type { NewPoll } from '../polls/rules.ts';
import { polls } from '../polls/table.ts';
import { insertPoll } from '../polls/write-store.ts';
import { lockRoom } from '../rooms/lock-store.ts';
import { mayPost } from '../rooms/rules.ts';
import { lockPeople } from '../users/store.ts';
import { replacePostTags, tagNames } from './label-store.ts';
import { type Actor, lockOwnPost, lockPosts, PostDenied } from './lock-store.ts';
import { mention, type WrittenText } from './mention-store.ts';
import { tagsOf } from './rules.ts';
import { postAspects, postMedia, posts } from './table.ts';
import { isNsfwText, slugOf } from './text-rules.ts';

/** A post to make. Its text's html is rendered once it is known who is mentioned. */
export interface NewPost {
  row: Omit<typeof posts.$inferInsert, 'slug' | 'html' | 'updatedAt'>;
  text: WrittenText;
  media: readonly Omit<
    typeof postMedia.$inferInsert,
    'id' | 'postId' | 'authorId' | 'createdAt' | 'position'
  >[];
  aspectIds: readonly (string | null)[];
  categories: readonly string[];
  /** Given ones, then those of the text. */
  tags: readonly string[];
  poll: NewPoll | null;
}

/**
 * Writes a post.
 * @param quietly whether nobody is told.
 * @returns whose notifications may have changed.
 * @throws PostDenied; RoomDenied.
 */
export function insertPost(db: Database, post: NewPost, quietly = false): Promise<string[]> {
  const { row, text } = post;
  const { id, authorId, createdAt, roomId } = row;
  return transaction(db, async (tx) => {
    if ((await lockPeople(tx, [authorId])).length === 0) throw new PostDenied('gone');
    if (roomId) {
      const { kind, role } = await lockRoom(tx, roomId, authorId);
      if (!mayPost(kind, role)) throw new PostDenied('may not post', 'roomId');
    }
    const chosen = await ownAspects(tx, authorId, post.aspectIds);
    const sorted = await knownCategories(tx, post.categories);
    const slug = await freeSlug(tx, authorId, slugOf(row.title ?? null));
    await tx.insert(posts).values({ ...row, slug, html: text.render(new Map()).html, updatedAt: createdAt });
    if (chosen.length > 0) {
      await tx.insert(postAspects).values(chosen.map((aspectId) => ({ postId: id, aspectId })));
    }
    if (post.media.length > 0) {
      const theirs = { postId: id, authorId, createdAt };
      await tx
        .insert(postMedia)
        .values(
          post.media.map((medium, position) => ({ ...medium, ...theirs, id: newId(createdAt), position })),
        );
    }
    if (sorted.length > 0) await replacePostCategories(tx, id, sorted, createdAt);
    if (post.tags.length > 0) await replacePostTags(tx, id, post.tags, createdAt);
    if (post.poll) await insertPoll(tx, id, post.poll, createdAt);
    return mention(tx, { id, authorId }, text, createdAt, quietly);
  });
}

/** The author's aspects by these ids. @throws PostDenied with the place of the first that is none of theirs. */
async function ownAspects(tx: Database, ownerId: string, ids: readonly (string | null)[]): Promise<string[]> {
  const asked = ids.filter((id) => id !== null);
  if (ids.length === 0) return [];
  // Nobody deletes one before the post is written.
  const found = await tx
    .select({ id: aspects.id })
    .from(aspects)
    .where(sql`${aspects.ownerId} = ${ownerId} AND ${aspects.id} = ANY(${keyArray(asked)}::uuid[])`)
    .for('key share');
  const known = new Set(found.map(({ id }) => id));
  const unknown = ids.findIndex((id) => id === null || !known.has(id));
  if (unknown !== -1) throw new PostDenied('no aspect', 'aspectIds', String(unknown));
  return [...known];
}

/** The ids of these categories, each once. @throws PostDenied with the place of the first that there is none of. */
async function knownCategories(tx: Database, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const found = await categoriesNamed(tx, names);
  const ids = names.map((name, i) => {
    const id = found.get(categoryKey(name));
    if (id === undefined) throw new PostDenied('no category', 'categories', String(i));
    return id;
  });
  return [...new Set(ids)];
}

/** The slug itself, or with the number after the highest that the author has used with it. */
async function freeSlug(tx: Database, authorId: string, slug: string): Promise<string> {
  const base = slug.slice(0, 80 - '-1234567'.length).replace(/-$/, '');
  const [used] = await tx
    .select({
      isFree: sql<boolean>`count(*) FILTER (WHERE ${posts.slug} = ${slug}) = 0`,
      highest: sql<number | null>`max(substr(${posts.slug}, ${base.length + 2}::int)::int)
        FILTER (WHERE ${posts.slug} ~ ${`^${base}-[0-9]{1,7}$`})`,
    })
    .from(posts)
    .where(
      sql`${posts.authorId} = ${authorId} AND (${posts.slug} = ${slug} OR ${posts.slug} LIKE ${`${base}-%`})`,
    );
  return used?.isFree ? slug : `${base}-${(used?.highest ?? 1) + 1}`;
}

/** What changes of a post; what is undefined stays as it is. */
export interface PostChange {
  /** Null takes the own title of what needs none. */
  title: string | null | undefined;
  /** With the title that is derived from it. */
  text: (WrittenText & { title: string | null }) | undefined;
  isNsfw: boolean | undefined;
  categories: readonly string[] | undefined;
  tags: readonly string[] | undefined;
}

/**
 * Changes a post of the actor's.
 * @param read reads a text as it was written.
 * @returns whose notifications may have changed.
 * @throws PostDenied
 */
export function updatePost(
  db: Database,
  id: string,
  actor: Actor,
  change: PostChange,
  read: (body: string) => WrittenText & { title: string | null },
  at: Date,
): Promise<string[]> {
  return transaction(db, async (tx) => {
    const { type, authorId } = await lockOwnPost(tx, id, actor);
    if (type === 'RESHARE') throw new PostDenied('reshare', 'postId');
    if (type === 'DISCUSSION' && change.title === null) throw new PostDenied('no title', 'title');
    if (type === 'STATUS' && change.title) throw new PostDenied('needs no title', 'title');
    if (change.text?.body === '' && !(await hasMore(tx, id))) throw new PostDenied('says nothing', 'body');
    const [before] = await tx
      .select({
        title: posts.title,
        hasOwnTitle: posts.hasOwnTitle,
        body: posts.body,
        isNsfw: posts.isNsfw,
        createdAt: posts.createdAt,
      })
      .from(posts)
      .where(eq(posts.id, id));
    if (!before) throw new PostDenied('no post');
    const old = read(before.body);
    const text = change.text ?? old;
    const hasOwnTitle = change.title === undefined ? before.hasOwnTitle : change.title !== null;
    const wasGivenNsfw = before.isNsfw && !isNsfwText(old.hashtags);
    await tx
      .update(posts)
      .set({
        title: hasOwnTitle ? (change.title ?? before.title) : text.title,
        hasOwnTitle,
        isNsfw: (change.isNsfw ?? wasGivenNsfw) || isNsfwText(text.hashtags),
        updatedAt: at,
        ...given({
          body: change.text?.body,
          html: change.text?.render(new Map()).html,
          summary: change.text?.summary,
        }),
      })
      .where(eq(posts.id, id));
    if (change.categories) {
      await replacePostCategories(tx, id, await knownCategories(tx, change.categories), before.createdAt);
    }
    await changeTags(tx, id, old, change, at);
    return change.text ? mention(tx, { id, authorId }, change.text, at) : [];
  });
}

/** Whether there is something to see in a post besides its text. */
async function hasMore(tx: Database, id: string): Promise<boolean> {
  const [more] = await tx
    .select({
      is: sql<boolean>`EXISTS (SELECT FROM ${postMedia} m WHERE m.post_id = ${posts.id} AND m.kind = 'PHOTO')
        OR EXISTS (SELECT FROM ${polls} p WHERE p.post_id = ${posts.id})`,
    })
    .from(posts)
    .where(eq(posts.id, id));
  return more?.is ?? false;
}

/** Tags that were given stay until others are; those of the text go with it. */
async function changeTags(
  tx: Database,
  id: string,
  old: WrittenText,
  { text, tags }: PostChange,
  at: Date,
): Promise<void> {
  if (!text && !tags) return;
  const inText = new Set(old.hashtags);
  const given = tags ?? (await tagNames(tx, id)).filter((name) => !inText.has(name));
  await replacePostTags(tx, id, tagsOf(given, (text ?? old).hashtags), at);
}

/**
 * Deletes a post of the actor's, with all that hangs on it; its reshares stay, without it.
 * @returns whose notifications may have changed.
 * @throws PostDenied
 */
export function deletePost(db: Database, id: string, actor: Actor): Promise<string[]> {
  return transaction(db, async (tx) => {
    const [known] = await tx.select({ rootId: posts.rootId }).from(posts).where(eq(posts.id, id));
    const { rootId, authorId } = await lockOwnPost(tx, id, actor, known?.rootId ? [known.rootId] : []);
    const under = await tx.select({ id: comments.id }).from(comments).where(eq(comments.postId, id));
    const told = await forgetSubjects(tx, [id, ...under.map((comment) => comment.id)]);
    if (rootId) {
      told.push(
        ...(await takeBack(tx, {
          kind: 'POST_RESHARED',
          subject: { type: 'Post', id: rootId },
          actor: authorId,
        })),
      );
    }
    await tx.delete(posts).where(eq(posts.id, id));
    return told;
  });
}

/**
 * Passes a public post on, and tells its author; a reshare's root in its place.
 * @param row the reshare, without what comes from the root.
 * @param quietly whether nobody is told.
 * @returns the root, and whose notifications may have changed.
 * @throws PostDenied
 */
export function reshare(
  db: Database,
  id: string,
  actor: Actor,
  row: Pick<typeof posts.$inferInsert, 'id' | 'createdAt' | 'provider'>,
  quietly = false,
): Promise<{ rootId: string; told: string[] }> {
  return transaction(db, async (tx) => {
    const [known] = await tx
      .select({ type: posts.type, rootId: posts.rootId })
      .from(posts)
      .where(eq(posts.id, id));
    const rootId = known?.type === 'RESHARE' ? known.rootId : id;
    const found = await lockPosts(tx, rootId === null ? [id] : [id, rootId], actor);
    const root = found.find((post) => post.id === rootId);
    if (!root || !found.some((post) => post.id === id)) throw new PostDenied('no post');
    if (root.authorId === actor.viewer) throw new PostDenied('own post', 'postId');
    if (root.visibility !== 'PUBLIC') throw new PostDenied('not public', 'postId');
    const slug = await freeSlug(tx, actor.viewer, slugOf(null));
    const made = await tx
      .insert(posts)
      .values({
        ...row,
        authorId: actor.viewer,
        type: 'RESHARE',
        visibility: 'PUBLIC',
        rootId: root.id,
        slug,
        body: '',
        html: '',
        summary: '',
        updatedAt: row.createdAt,
      })
      .onConflictDoNothing({ target: [posts.rootId, posts.authorId] })
      .returning({ id: posts.id });
    if (made.length === 0) throw new PostDenied('reshared already', 'postId');
    if (quietly) return { rootId: root.id, told: [] };
    const subject = { type: 'Post', id: root.id } as const;
    const doing = { kind: 'POST_RESHARED', subject, actor: actor.viewer, at: row.createdAt } as const;
    return { rootId: root.id, told: await tell(tx, doing, [root.authorId]) };
  });
}
