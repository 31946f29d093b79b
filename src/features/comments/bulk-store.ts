import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { comments } from './table.ts';

/** A comment that comes from elsewhere. */
export type CommentToLoad = typeof comments.$inferInsert;

/** Adds comments, and tells nobody. Run it in a transaction that has locked their posts. */
export async function insertComments(tx: Database, all: readonly CommentToLoad[]): Promise<void> {
  if (all.length === 0) return;
  const rows = JSON.stringify(
    all.map(({ id, postId, authorId, body, html, createdAt }) => ({
      ...{ id, body, html, post_id: postId, author_id: authorId, created_at: createdAt },
    })),
  );
  await tx.execute(sql`
    INSERT INTO ${comments} (id, post_id, author_id, body, html, created_at)
    SELECT id, post_id, author_id, body, html, created_at FROM json_to_recordset(${rows}::text::json) AS n (
      id uuid, post_id uuid, author_id uuid, body text, html text, created_at timestamptz)`);
}
