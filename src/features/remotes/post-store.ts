// Posts of people who live elsewhere, or whose account was brought along. Nobody is told of them: they are old news.
import { createHash } from 'node:crypto';
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { newId } from '../../db/uuid.ts';
import { insertPolls, type PollToLoad } from '../polls/bulk-store.ts';
import { pollChoices, polls } from '../polls/table.ts';
import { insertPostTags } from '../posts/label-store.ts';
import { postMedia, posts } from '../posts/table.ts';
import { lockOwner, lockPeople } from '../users/store.ts';
import { claimOrigins, isFrom, originsOf } from './origin-store.ts';
import type { RemoteIdentity } from './rules.ts';
import { origins, type RemoteCounters } from './table.ts';

/** A poll of a source. Votes come in as counts. */
export interface RemotePoll {
  externalId: string;
  question: string;
  multipleChoice: boolean;
  isHidden: boolean;
  isClosed: boolean;
  expiresAt: Date | null;
  choices: readonly { text: string; votes: number }[];
}

/** A post of a source, as it can be kept. */
export interface RemotePost {
  externalId: string;
  /** What it reshares there; null where it reshares nothing, or that is gone. */
  root: string | null;
  /** What stays as it was made. */
  made: Pick<typeof posts.$inferInsert, 'type' | 'visibility' | 'createdAt'>;
  row: Omit<
    typeof posts.$inferInsert,
    'id' | 'authorId' | 'slug' | 'rootId' | 'roomId' | keyof RemotePost['made']
  >;
  slug: string;
  links: readonly Pick<
    typeof postMedia.$inferInsert,
    'kind' | 'url' | 'mimeType' | 'title' | 'description'
  >[];
  photos: readonly { url: string; description: string | null }[];
  tags: readonly string[];
  poll: RemotePoll | null;
  counters: RemoteCounters;
}

/** A post that has just come, and the photos that are to come with it. */
export interface ComePost extends PhotosOf {
  externalId: string;
}

/** Photos that are to come with a post that is here. */
export interface PhotosOf {
  id: string;
  isPublic: boolean;
  photos: readonly (RemotePost['photos'][number] & { position: number })[];
}

type From = Pick<RemoteIdentity, 'provider' | 'instance'>;

/**
 * Writes posts of one author: those that are not here yet, and what has changed of those that are. One that was deleted
 * here does not come again; a reshare comes once its root is here. All of them, or nothing.
 * @param all newest first.
 * @returns those that were new.
 */
export function saveRemotePosts(
  db: Database,
  from: From,
  authorId: string,
  all: readonly RemotePost[],
): Promise<ComePost[]> {
  if (all.length === 0) return Promise.resolve([]);
  return transaction(db, async (tx) => {
    const roots = await rootsOf(tx, from, all);
    const people = [authorId, ...[...roots.values()].map(({ authorId: id }) => id)];
    if (!(await lockPeople(tx, [...new Set(people)])).includes(authorId)) return [];
    const known = await originsOf(
      tx,
      postsFrom(from),
      all.map(({ externalId }) => externalId),
    );
    for (const post of all) {
      const origin = known.get(post.externalId);
      if (origin?.ownerId === authorId) await change(tx, from, origin.id, post);
    }
    const fresh = all.filter(
      ({ externalId, root, made }, i) =>
        !known.has(externalId) &&
        all.findIndex((other) => other.externalId === externalId) === i &&
        (made.type !== 'RESHARE' || (root !== null && roots.has(root))),
    );
    return insert(tx, from, authorId, fresh, roots);
  });
}

const postsFrom = ({ provider, instance }: From) => ({ provider, instance, kind: 'post' as const });

/** What of the reshared is here, and can be reshared. */
async function rootsOf(tx: Database, from: From, all: readonly RemotePost[]) {
  const wanted = all.flatMap(({ root }) => root ?? []);
  if (wanted.length === 0) return new Map<string, { id: string; authorId: string }>();
  const rows = await tx
    .select({ externalId: origins.externalId, id: posts.id, authorId: posts.authorId })
    .from(origins)
    .innerJoin(posts, eq(posts.id, origins.id))
    .where(
      and(
        isFrom(postsFrom(from)),
        inArray(origins.externalId, wanted),
        eq(posts.visibility, 'PUBLIC'),
        sql`${posts.type} <> 'RESHARE'`,
      ),
    );
  return new Map(rows.map((row) => [row.externalId, row]));
}

async function change(tx: Database, from: From, id: string, post: RemotePost): Promise<void> {
  const { row } = post;
  await tx
    .update(posts)
    .set(row)
    .where(
      and(
        eq(posts.id, id),
        sql`(${posts.body}, ${posts.updatedAt}) IS DISTINCT FROM (${row.body}::text, ${row.updatedAt.toISOString()}::timestamptz)`,
      ),
    );
  await tx
    .update(origins)
    .set({ counters: post.counters })
    .where(and(isFrom(postsFrom(from)), eq(origins.externalId, post.externalId)));
  if (post.poll) await recountPoll(tx, id, post.poll);
}

/** Votes there since it was read last. */
async function recountPoll(tx: Database, postId: string, poll: RemotePoll): Promise<void> {
  const [there] = await tx
    .update(polls)
    .set({ importedVoters: votersOf(poll) })
    .where(eq(polls.postId, postId))
    .returning({ id: polls.id });
  if (!there) return;
  for (const [position, { votes }] of poll.choices.entries()) {
    await tx
      .update(pollChoices)
      .set({ importedVotes: votes })
      .where(and(eq(pollChoices.pollId, there.id), eq(pollChoices.position, position)));
  }
}

/** No source tells how many people they were: with several answers each, at least as many as chose the most chosen. */
function votersOf({ choices, multipleChoice }: RemotePoll): number {
  const votes = choices.map((choice) => choice.votes);
  const all = multipleChoice ? Math.max(...votes) : votes.reduce((sum, count) => sum + count, 0);
  return Math.min(all, 2 ** 31 - 1);
}

/** Other posts of the author may have the same title: what tells this one apart is in its slug. */
function slugWith(slug: string, { provider, instance }: From, externalId: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([provider, instance, externalId]))
    .digest('hex');
  return `${slug.slice(0, 60).replace(/-$/, '')}-${hash.slice(0, 12)}`;
}

async function insert(
  tx: Database,
  from: From,
  authorId: string,
  fresh: readonly RemotePost[],
  roots: ReadonlyMap<string, { id: string }>,
): Promise<ComePost[]> {
  if (fresh.length === 0) return [];
  const made = fresh.map((post) => ({ post, id: newId(post.made.createdAt) }));
  // First of all: who comes at the same time finds them here, and waits.
  const claimed = await claimOrigins(
    tx,
    postsFrom(from),
    made.map(({ post: { externalId, counters }, id }) => ({ externalId, id, ownerId: authorId, counters })),
  );
  const come = made.filter(({ post }) => claimed.has(post.externalId));
  const written = await tx
    .insert(posts)
    .values(
      come.map(({ post, id }) => ({
        ...post.row,
        ...post.made,
        id,
        authorId,
        slug: slugWith(post.slug, from, post.externalId),
        rootId: post.root === null ? null : (roots.get(post.root)?.id ?? null),
      })),
    )
    // Reshared already.
    .onConflictDoNothing()
    .returning({ id: posts.id });
  const there = new Set(written.map(({ id }) => id));
  const whole = come.filter(({ id }) => there.has(id));
  const links = whole.flatMap(({ post, id }) =>
    post.links.map((link, i) => ({
      ...link,
      id: newId(post.made.createdAt),
      postId: id,
      authorId,
      createdAt: post.made.createdAt,
      // Behind the photos, which come later.
      position: post.photos.length + i,
    })),
  );
  if (links.length > 0) await tx.insert(postMedia).values(links);
  const tags = whole.flatMap(({ post, id }) =>
    post.tags.map((name, position) => ({ postId: id, name, position })),
  );
  await insertPostTags(tx, tags, fresh[0]?.made.createdAt ?? new Date(0));
  await insertPolls(
    tx,
    whole.flatMap(({ post, id }) => (post.poll ? [pollToLoad(post.poll, id, post.made.createdAt)] : [])),
  );
  return whole.map(({ post, id }) => ({
    id,
    externalId: post.externalId,
    isPublic: post.made.visibility === 'PUBLIC',
    photos: post.photos.map((photo, position) => ({ ...photo, position })),
  }));
}

function pollToLoad(poll: RemotePoll, postId: string, createdAt: Date): PollToLoad {
  const { externalId: _, isClosed, ...told } = poll;
  const closedAt = isClosed ? createdAt : null;
  return { ...told, id: newId(createdAt), postId, createdAt, closedAt, voters: votersOf(poll) };
}

/**
 * Shows a photo that has come along in its post.
 * @returns whether the post is there, and has none at this place.
 */
export function showRemotePhoto(
  db: Database,
  postId: string,
  photo: Pick<typeof postMedia.$inferInsert, 'position' | 'image' | 'description'>,
): Promise<boolean> {
  return transaction(db, async (tx) => {
    const [post] = await tx
      .select({ authorId: posts.authorId, createdAt: posts.createdAt })
      .from(posts)
      .where(eq(posts.id, postId));
    if (!post || !(await lockOwner(tx, post.authorId))) return false;
    const [there] = await tx
      .select({ id: posts.id })
      .from(posts)
      .where(eq(posts.id, postId))
      .for('key share');
    if (!there) return false;
    const shown = await tx
      .insert(postMedia)
      .values({ ...photo, ...post, id: newId(post.createdAt), postId, kind: 'PHOTO' })
      .onConflictDoNothing()
      .returning({ id: postMedia.id });
    return shown.length > 0;
  });
}
