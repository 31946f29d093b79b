import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { keyArray } from '../../db/prepared.ts';
import { lockPeople } from '../users/store.ts';
import { insertPostTags } from './label-store.ts';
import type { PostVisibility } from './rules.ts';
import { posts } from './table.ts';
import type { MediaType } from './text-rules.ts';

/** The text of a post to make, with all that comes of it. */
export interface TextToLoad {
  title: string | null;
  body: string;
  html: string;
  summary: string;
  isNsfw: boolean;
  /** In lower case, each once, in their order. */
  tags: readonly string[];
}

/** A post to make: a status or poll with a text, or the reshare of a public post. */
export interface PostToLoad {
  id: string;
  authorId: string;
  createdAt: Date;
  visibility: Extract<PostVisibility, 'PUBLIC' | 'FOLLOWERS' | 'CONNECTIONS' | 'ASPECTS'>;
  slug: string;
  root: { id: string; authorId: string } | null;
  /** Null for a reshare. */
  text: TextToLoad | null;
  /** What comes with it; of a poll and of media, the rows are whoever's who makes the post. */
  more?: {
    hasPoll: boolean;
    mediaType: MediaType | null;
    provider: string | null;
    location: { name: string | null; latitude: number | null; longitude: number | null } | null;
  };
}

/** Which of these posts are there. */
export async function postsThere(db: Database, ids: readonly string[]): Promise<Set<string>> {
  const found = await db
    .select({ id: posts.id })
    .from(posts)
    .where(sql`${posts.id} = ANY(${keyArray(ids)}::uuid[])`);
  return new Set(found.map(({ id }) => id));
}

/** The highest number that each of these authors has used in slugs of reshares: "post" is 1, "post-2" 2. */
export async function reshareNumbers(
  db: Database,
  authorIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await db
    .select({
      author: posts.authorId,
      highest: sql<number>`max(CASE ${posts.slug} WHEN 'post' THEN 1 ELSE substr(${posts.slug}, 6)::int END)`,
    })
    .from(posts)
    .where(
      sql`${posts.authorId} = ANY(${keyArray(authorIds)}::uuid[]) AND ${posts.slug} ~ '^post(-[0-9]{1,7})?$'`,
    )
    .groupBy(posts.authorId);
  return new Map(rows.map(({ author, highest }) => [author, highest]));
}

/**
 * Makes those of these posts that are not there yet; the triggers count them, and nobody is told. One whose author is gone,
 * whose slug the author has used, or which they have reshared already is left out; a root that is gone leaves its
 * reshares without it. Run it in a transaction.
 * @param all in order of time.
 * @returns the ids of those that were new.
 */
export async function ensurePosts(tx: Database, all: readonly PostToLoad[]): Promise<Set<string>> {
  if (all.length === 0) return new Set();
  // What a batch touches is little of what is there, which the triggers' plans do not know of the rows that come: read
  // whole, the tables would take longer with each batch.
  await tx.execute(
    sql`SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`,
  );
  const people = new Set(
    all.flatMap(({ authorId, root }) => (root ? [authorId, root.authorId] : [authorId])),
  );
  // Whoever writes on a root holds its author as well, so that its counters are locked with them.
  const locked = new Set(await lockPeople(tx, [...people]));
  const loadable = all.filter(({ authorId }) => locked.has(authorId));
  const written = await insertPosts(
    tx,
    loadable.filter(({ root }) => root === null),
  );
  const tagged = loadable.filter(({ id }) => written.has(id));
  const [first] = tagged;
  if (first) {
    const places = tagged.flatMap(({ id, text }) =>
      (text?.tags ?? []).map((name, position) => ({ postId: id, name, position })),
    );
    await insertPostTags(tx, places, first.createdAt);
  }
  // After what they reshare, some of which is in the same batch.
  const reshared = await insertPosts(
    tx,
    loadable.filter(({ root }) => root !== null),
  );
  return new Set([...written, ...reshared]);
}

/** @returns the ids of those that were new. */
async function insertPosts(tx: Database, all: readonly PostToLoad[]): Promise<Set<string>> {
  if (all.length === 0) return new Set();
  const rows = JSON.stringify(
    all.map(({ id, authorId, createdAt, visibility, slug, root, text, more }) => ({
      ...{ id, slug, visibility, author_id: authorId, created_at: createdAt, root_id: root?.id ?? null },
      type: root ? 'RESHARE' : more?.hasPoll ? 'POLL' : 'STATUS',
      title: text?.title ?? null,
      body: text?.body ?? '',
      html: text?.html ?? '',
      summary: text?.summary ?? '',
      is_nsfw: text?.isNsfw ?? false,
      media_type: more?.mediaType ?? null,
      provider: more?.provider ?? null,
      location_name: more?.location?.name ?? null,
      latitude: more?.location?.latitude ?? null,
      longitude: more?.location?.longitude ?? null,
    })),
  );
  const written = tx.$with('written', { id: posts.id }).as(sql`
    INSERT INTO ${posts} (id, author_id, type, visibility, root_id, title, slug, body, html, summary, is_nsfw, media_type,
      provider, location_name, latitude, longitude, created_at, updated_at)
    SELECT id, author_id, type, visibility, (SELECT root.id FROM ${posts} root WHERE root.id = n.root_id),
      title, slug, body, html, summary, is_nsfw, media_type, provider, location_name, latitude, longitude, created_at, created_at
    FROM json_to_recordset(${rows}::text::json) AS n (
      id uuid, author_id uuid, type text, visibility text, root_id uuid, title text, slug text, body text, html text,
      summary text, is_nsfw boolean, media_type text, provider text, location_name text, latitude float8, longitude float8,
      created_at timestamptz)
    ON CONFLICT DO NOTHING RETURNING id`);
  const made = await tx.with(written).select({ id: written.id }).from(written);
  return new Set(made.map(({ id }) => id));
}
