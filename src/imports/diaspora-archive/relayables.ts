// What was said and liked: by others under the posts of somebody who moves in, and by them wherever it is here.
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { newId } from '../../db/uuid.ts';
import { insertComments } from '../../features/comments/bulk-store.ts';
import {
  ensureLikes,
  ensureSubscribers,
  type ImportedPost,
  importedPosts,
  lockImported,
} from '../../features/posts/import-store.ts';
import { parseText, render } from '../../features/posts/markdown.ts';
import { ensureRemotes, type KnownPerson } from '../../features/remotes/bulk-store.ts';
import { claimOrigins, originInstances, originsOf } from '../../features/remotes/origin-store.ts';
import type { Entry } from '../json-entries.ts';
import { remoteOf } from './contacts.ts';
import { batchesOf, hostOf, type Moving, readable } from './context.ts';
import { type CommentPayload, comment, guid, type LikePayload, like, nameOf, typed } from './payloads.ts';
import { bodyOf, isPast } from './status.ts';

const batchSize = 300;

/** Something that hangs on a post. */
type Item = { isOwn: boolean; author: string; parent: string } & (
  | { kind: 'comments'; payload: CommentPayload }
  | { kind: 'likes'; payload: LikePayload }
  | { kind: 'subscriptions' }
);

/** The same, with the post that is here. */
type Placed = Item & { post: ImportedPost };

/** Takes comments, likes and subscriptions; votes have come with the polls. */
export async function takeRelayables(moving: Moving, entries: AsyncIterable<Entry>): Promise<void> {
  const hosts = await originInstances(moving.db, 'DIASPORA');
  for await (const batch of batchesOf(items(moving, entries), batchSize)) {
    await takeBatch(moving, batch, hosts);
  }
}

async function* items(moving: Moving, entries: AsyncIterable<Entry>): AsyncGenerator<Item> {
  const { report, survey } = moving;
  for await (const { path, value } of readable(entries, report, 'comments and likes')) {
    if (path === 'user.post_subscriptions') {
      const { data } = guid.safeParse(value);
      if (data === undefined) report.left('subscriptions', 'cannot be read');
      else yield { kind: 'subscriptions', isOwn: true, author: survey.owner, parent: data };
      continue;
    }
    const item = itemOf(moving, value, path === 'user.relayables');
    if (item) yield item;
  }
}

function itemOf({ report, survey, now }: Moving, value: unknown, isOwn: boolean): Item | null {
  const { data: entity } = typed.safeParse(value);
  const left = (kind: string, reason: string) => {
    report.left(kind, reason, nameOf(value));
    return null;
  };
  switch (entity?.entity_type) {
    // Read before the posts: see survey.ts.
    case 'poll_participation':
      return null;
    case 'comment': {
      const { data } = comment.safeParse(value);
      if (!data) return left('comments', 'cannot be read');
      if (isOwn && data.author !== survey.owner) return left('comments', 'somebody else wrote them');
      if (data.created_at && !isPast(data.created_at, now)) return left('comments', 'are of a time to come');
      return { kind: 'comments', isOwn, author: data.author, parent: data.parent_guid, payload: data };
    }
    case 'like': {
      const { data } = like.safeParse(value);
      if (!data) return left('likes', 'cannot be read');
      if (isOwn && data.author !== survey.owner) return left('likes', 'are somebody else’s');
      if (data.parent_type === 'Comment') return left('likes', 'comments are not liked here');
      if (data.positive === false) return left('likes', 'there are no dislikes here');
      return { kind: 'likes', isOwn, author: data.author, parent: data.parent_guid, payload: data };
    }
    default:
      return left('things that hang on posts', 'of a kind that is not known');
  }
}

/** Each with its post here, as far as it may come to it. */
function placed(moving: Moving, batch: readonly Item[], found: readonly ImportedPost[]): Placed[] {
  const { survey, owner, report } = moving;
  const posts = Map.groupBy(found, ({ externalId }) => externalId);
  return batch.flatMap((item): Placed[] => {
    const { kind, parent, isOwn } = item;
    const all = posts.get(parent) ?? [];
    // Their own pod's before one that only says so.
    const post =
      all.find(({ instance }) => instance === survey.host) ?? (all.length === 1 ? all[0] : undefined);
    const isOnOwn = post?.authorId === owner.id;
    if (!post)
      report.left(
        kind,
        isOwn ? 'their posts are not here' : 'the posts that they are under are not here',
        parent,
      );
    else if (!isOwn && !isOnOwn) report.left(kind, 'others say them of posts of others', parent);
    // What is not for everybody may not be for them any more.
    else if (!isOnOwn && !post.isPublic) report.left(kind, 'their posts are not public', parent);
    else if (kind === 'subscriptions' && isOnOwn)
      report.left(kind, 'of own posts, of which one is told anyway', parent);
    else return [{ ...item, post }];
    return [];
  });
}

async function takeBatch(moving: Moving, batch: readonly Item[], hosts: readonly string[]): Promise<void> {
  const { db, owner, report, survey, now } = moving;
  const found = await importedPosts(db, 'DIASPORA', hosts, [...new Set(batch.map(({ parent }) => parent))]);
  const ready = placed(moving, batch, found);
  if (ready.length === 0) return;
  const authors = [...new Set(ready.filter(({ isOwn }) => !isOwn).map(({ author }) => author))].filter(
    (author) => author !== survey.owner,
  );
  const done = await transaction(db, async (tx) => {
    const known = await ensureRemotes(tx, 'DIASPORA', authors.map(remoteOf), now);
    known.set(survey.owner, { id: owner.id, isRemote: true });
    const posts = [...new Map(ready.map(({ post }) => [post.id, post])).values()];
    const people = [...known.values()].map(({ id }) => id);
    const there = await lockImported(tx, posts, people);
    const taken = ready.filter(({ post, author }) => there.has(post.id) && speaks(known, author));
    const likes = taken.filter((item) => item.kind === 'likes');
    const ids = (items: readonly Placed[]) => [...new Set(items.map(({ post }) => post.id))];
    return {
      local: ready.filter(({ author }) => !speaks(known, author)),
      comments: await writeComments(tx, taken, known),
      likes: await ensureLikes(tx, likesOf(likes, known)),
      allLikes: likes.length,
      subscriptions: await ensureSubscribers(
        tx,
        owner.id,
        ids(taken.filter(({ kind }) => kind === 'subscriptions')),
      ),
      allSubscriptions: ids(taken.filter(({ kind }) => kind === 'subscriptions')).length,
    };
  });
  for (const { kind, parent } of done.local) {
    report.left(kind, 'are of somebody who lives here: they come with their own archive', parent);
  }
  report.took('comments', done.comments.made);
  report.wasThere('comments', done.comments.there);
  report.left('comments', 'are somebody else’s here, or empty', undefined, done.comments.left);
  report.took('likes', done.likes);
  report.wasThere('likes', done.allLikes - done.likes);
  report.took('subscriptions', done.subscriptions);
  report.wasThere('subscriptions', done.allSubscriptions - done.subscriptions);
}

/** Whoever lives here speaks for themself: an archive of another could have them say anything. */
function speaks(known: ReadonlyMap<string, KnownPerson>, author: string): boolean {
  return known.get(author)?.isRemote ?? false;
}

function likesOf(likes: readonly Placed[], known: ReadonlyMap<string, KnownPerson>) {
  return likes.flatMap(({ author, post }) => {
    const userId = known.get(author)?.id;
    // When it was is not in the file.
    return userId === undefined ? [] : [{ postId: post.id, userId, createdAt: post.createdAt }];
  });
}

async function writeComments(
  tx: Database,
  items: readonly Placed[],
  known: ReadonlyMap<string, KnownPerson>,
): Promise<{ made: number; there: number; left: number }> {
  const rows = items.flatMap((item) => {
    const authorId = known.get(item.author)?.id;
    if (item.kind !== 'comments' || authorId === undefined) return [];
    const createdAt = item.payload.created_at ?? item.post.createdAt;
    const { body } = bodyOf(item.payload.text);
    const row = { id: newId(createdAt), postId: item.post.id, authorId, body, createdAt };
    return [{ guid: item.payload.guid, instance: hostOf(item.author), row }];
  });
  const counts = { made: 0, there: 0, left: 0 };
  for (const [instance, all] of Map.groupBy(rows, (row) => row.instance)) {
    const place = { provider: 'DIASPORA', instance, kind: 'comment' } as const;
    const before = await originsOf(
      tx,
      place,
      all.map(({ guid }) => guid),
    );
    const claimed = await claimOrigins(
      tx,
      place,
      all
        .filter(({ row }) => row.body !== '')
        .map(({ guid, row }) => ({ externalId: guid, id: row.id, ownerId: row.authorId })),
    );
    // Of several with one guid, the first.
    const fresh = all.filter(({ guid, row }) => row.body !== '' && claimed.delete(guid));
    await insertComments(
      tx,
      fresh.map(({ row }) => ({ ...row, html: render(parseText(row.body), new Map()) })),
    );
    const there = all.filter(({ guid, row }) => before.get(guid)?.ownerId === row.authorId).length;
    counts.made += fresh.length;
    counts.there += there;
    counts.left += all.length - fresh.length - there;
  }
  return counts;
}
