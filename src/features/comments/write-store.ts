// What people say under posts. Everything here holds the post's lock, and those who are to be told are told in the same
// transaction. Whether the actor may do it is decided under the lock.
import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import {
  forgetSubjectOf,
  forgetSubjects,
  lockInboxes,
  type Subject,
  takeBack,
  tell,
} from '../notifications/act-store.ts';
import { notificationActors, notifications } from '../notifications/table.ts';
import { type Actor, lockPost, readersAmong } from '../posts/lock-store.ts';
import { namedBy } from '../posts/mention-store.ts';
import { postSubscribers } from '../posts/table.ts';
import { obstaclesTo } from '../relationships/store.ts';
import { commentMentions, comments } from './table.ts';

/** Thrown by what changes a comment, with nothing done. */
export class CommentDenied extends Error {
  override readonly name = 'CommentDenied';
  readonly reason: 'no comment' | 'no right';
  constructor(reason: CommentDenied['reason']) {
    super(reason);
    this.reason = reason;
  }
}

/** What a comment is to say, read. */
export interface CommentText {
  body: string;
  /** Usernames that it may name, in lower case. */
  names: readonly string[];
  /** The body as HTML in which those of `people` (ids by name) who are named are marked, and who they are, in order. */
  render: (people: ReadonlyMap<string, string>) => { html: string; mentioned: readonly string[] };
}

const about = (type: 'Post' | 'Comment', id: string): Subject => ({ type, id });

/** Writes down who is mentioned. */
async function insertMentions(tx: Database, commentId: string, mentioned: readonly string[]): Promise<void> {
  if (mentioned.length === 0) return;
  await tx
    .insert(commentMentions)
    .values(mentioned.map((userId, position) => ({ commentId, userId, position })));
}

/**
 * Adds a comment, and tells the post's author, its subscribers and those mentioned, of whom may see the post.
 * @param quietly whether nobody is told.
 * @returns whose notifications may have changed.
 * @throws PostDenied
 */
export function insertComment(
  db: Database,
  who: Actor,
  comment: CommentText & { id: string; postId: string; createdAt: Date },
  quietly = false,
): Promise<string[]> {
  const { id, postId, body, names, createdAt } = comment;
  return transaction(db, async (tx) => {
    const { authorId } = await lockPost(tx, postId, who);
    const { html, mentioned } = comment.render(await namedBy(tx, postId, who.viewer, names));
    await tx.insert(comments).values({ id, postId, authorId: who.viewer, body, html, createdAt });
    await insertMentions(tx, id, mentioned);
    if (quietly) return [];
    const subscribed = await tx
      .select({ id: postSubscribers.userId })
      .from(postSubscribers)
      .where(eq(postSubscribers.postId, postId));
    const readers = await readersAmong(
      tx,
      postId,
      subscribed.map((subscriber) => subscriber.id),
    );
    const listening = [...new Set([authorId, ...readers])];
    const act = { actor: who.viewer, at: createdAt };
    await lockInboxes(tx, [...listening, ...mentioned]);
    return [
      ...(await tell(tx, { ...act, kind: 'POST_COMMENTED', subject: about('Post', postId) }, listening)),
      ...(await tell(tx, { ...act, kind: 'MENTIONED', subject: about('Comment', id) }, mentioned)),
    ];
  });
}

/**
 * Locks a comment's post, and with it the comment against all others who write there.
 * @throws PostDenied, or CommentDenied where the comment is not there, or the actor cannot find who wrote it.
 */
async function lockComment(tx: Database, who: Actor, id: string) {
  const [known] = await tx.select({ postId: comments.postId }).from(comments).where(eq(comments.id, id));
  if (!known) throw new CommentDenied('no comment');
  const post = await lockPost(tx, known.postId, who);
  const [comment] = await tx
    .select({ postId: comments.postId, authorId: comments.authorId })
    .from(comments)
    .where(eq(comments.id, id))
    .for('no key update');
  if (!comment) throw new CommentDenied('no comment');
  const [obstacle] = await obstaclesTo(tx, who.viewer, [comment.authorId]);
  if (obstacle === 'NOT_FOUND' || obstacle === 'BLOCKED') throw new CommentDenied('no comment');
  return { ...comment, postAuthorId: post.authorId };
}

/**
 * Changes what a comment of the actor's says. Those newly mentioned are told, those no longer mentioned are not.
 * @returns whose notifications may have changed.
 * @throws PostDenied, CommentDenied
 */
export function updateComment(
  db: Database,
  who: Actor,
  id: string,
  { body, names, render }: CommentText,
  at: Date,
): Promise<string[]> {
  return transaction(db, async (tx) => {
    const { postId, authorId } = await lockComment(tx, who, id);
    if (authorId !== who.viewer) throw new CommentDenied('no right');
    const { html, mentioned } = render(await namedBy(tx, postId, authorId, names));
    await tx.update(comments).set({ body, html }).where(eq(comments.id, id));
    const before = await tx
      .delete(commentMentions)
      .where(eq(commentMentions.commentId, id))
      .returning({ id: commentMentions.userId });
    await insertMentions(tx, id, mentioned);
    const old = new Set(before.map((mention) => mention.id));
    const out = [...old].filter((person) => !mentioned.includes(person));
    const fresh = mentioned.filter((person) => !old.has(person));
    await lockInboxes(tx, [...out, ...fresh]);
    for (const person of out) await forgetSubjectOf(tx, person, id);
    const mention = { kind: 'MENTIONED', subject: about('Comment', id), actor: authorId, at } as const;
    return [...out, ...(await tell(tx, mention, fresh))];
  });
}

/**
 * Deletes a comment, which its author may and the post's, with what others were told of it.
 * @returns whose notifications may have changed.
 * @throws PostDenied, CommentDenied
 */
export function deleteComment(db: Database, who: Actor, id: string): Promise<string[]> {
  return transaction(db, async (tx) => {
    const { postId, authorId, postAuthorId } = await lockComment(tx, who, id);
    if (authorId !== who.viewer && postAuthorId !== who.viewer) throw new CommentDenied('no right');
    await tx.delete(comments).where(eq(comments.id, id));
    const [other] = await tx
      .select({ id: comments.id })
      .from(comments)
      .where(and(eq(comments.authorId, authorId), eq(comments.postId, postId)))
      .limit(1);
    await lockInboxes(
      tx,
      sql`SELECT ${notifications.receiverId} FROM ${notifications} WHERE ${notifications.subjectId} = ${id}
        UNION SELECT ${notificationActors.receiverId} FROM ${notificationActors}
        JOIN ${notifications} ON ${notifications.id} = ${notificationActors.notificationId}
        WHERE ${notifications.subjectId} = ${postId} AND ${notifications.kind} = 'POST_COMMENTED'
          AND ${notificationActors.actorId} = ${authorId}`,
    );
    const told = other
      ? []
      : await takeBack(tx, { kind: 'POST_COMMENTED', subject: about('Post', postId), actor: authorId });
    return [...told, ...(await forgetSubjects(tx, [id]))];
  });
}
