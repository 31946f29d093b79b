// Who is mentioned in a post, and is told of it.
import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { keyArray } from '../../db/prepared.ts';
import { forgetSubjectOf, lockInboxes, tell } from '../notifications/act-store.ts';
import { usernameKey } from '../users/rules.ts';
import { users } from '../users/table.ts';
import { unparted } from '../users/visible.ts';
import { readersAmong } from './lock-store.ts';
import { postMentions, posts } from './table.ts';

/** A text that somebody wrote, read. */
export interface WrittenText {
  body: string;
  summary: string;
  hashtags: readonly string[];
  /** Usernames that it may name, in lower case. */
  names: readonly string[];
  /**
   * The text as HTML in which those of `people` (ids by name) who are named are marked, and who they are, in the order
   * of the text.
   */
  render: (people: ReadonlyMap<string, string>) => { html: string; mentioned: string[] };
}

/**
 * Those of these names that are of people whom the author can find, and who may see the post: their ids by name. They
 * stay there until the transaction ends.
 */
export async function namedBy(
  tx: Database,
  postId: string,
  author: string,
  names: readonly string[],
): Promise<Map<string, string>> {
  if (names.length === 0) return new Map();
  const found = await tx
    .select({ id: users.id, username: users.username })
    .from(users)
    .where(
      sql`${users.usernameKey} = ANY(${keyArray(names)}::text[]) AND ${users.status} <> 'SUSPENDED'
        AND ${unparted(sql`${author}::uuid`, users.id)}`,
    )
    .orderBy(users.id)
    .for('key share');
  const readers = new Set(
    await readersAmong(
      tx,
      postId,
      found.map(({ id }) => id),
    ),
  );
  return new Map(
    found.flatMap(({ id, username }) => (readers.has(id) ? [[usernameKey(username), id] as const] : [])),
  );
}

/**
 * Marks those whom a post's text names, and tells them; those whom it named before and does not now are told no more.
 * @param quietly whether nobody is told.
 * @returns whose notifications may have changed.
 */
export async function mention(
  tx: Database,
  post: { id: string; authorId: string },
  { names, render }: WrittenText,
  at: Date,
  quietly = false,
): Promise<string[]> {
  const named = await namedBy(tx, post.id, post.authorId, names);
  const { html, mentioned: marked } = render(named);
  const before = await tx
    .delete(postMentions)
    .where(eq(postMentions.postId, post.id))
    .returning({ id: postMentions.userId });
  const old = new Set(before.map(({ id }) => id));
  if (marked.length === 0 && old.size === 0) return [];
  if (marked.length > 0) {
    await tx.update(posts).set({ html }).where(eq(posts.id, post.id));
    await tx
      .insert(postMentions)
      .values(marked.map((userId, position) => ({ postId: post.id, userId, position })));
  }
  if (quietly) return [];
  const out = [...old].filter((id) => !marked.includes(id));
  const fresh = marked.filter((id) => !old.has(id));
  await lockInboxes(tx, [...out, ...fresh]);
  for (const id of out) await forgetSubjectOf(tx, id, post.id, 'MENTIONED');
  const subject = { type: 'Post', id: post.id } as const;
  const told = await tell(tx, { kind: 'MENTIONED', subject, actor: post.authorId, at }, fresh);
  return [...out, ...told];
}
