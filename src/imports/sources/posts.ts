// What they have posted.
import { originsOf } from '../../features/remotes/origin-store.ts';
import { missingPhotos } from '../../features/remotes/photo-store.ts';
import {
  type ComePost,
  type PhotosOf,
  type RemotePost,
  saveRemotePosts,
} from '../../features/remotes/post-store.ts';
import { remotePostOf } from '../../remotes/post.ts';
import type { SourcePost } from '../../sources/records.ts';
import { type Mover, type Moving, pagesOf } from './moving.ts';

/** Posts of one transaction, where they do not come in pages. */
const batchSize = 100;

/** Takes all posts of these people, and the photos in them. */
export async function takePosts(moving: Moving, movers: readonly Mover[]): Promise<void> {
  const { progress, pictures } = moving;
  /** Reshares of what is not here yet: it may come with somebody later. */
  const waiting: { mover: Mover; posts: RemotePost[] }[] = [];
  for (const [n, mover] of movers.entries()) {
    progress.show(n, movers.length, 'posts');
    const posts = await takePostsOf(moving, mover);
    if (posts.length > 0) waiting.push({ mover, posts });
    await tellPhotos(moving, mover);
  }
  for (const { mover, posts } of waiting) await takeReshares(moving, mover, posts);
  await pictures.settled();
}

/** @returns those that could not be taken yet. */
async function takePostsOf(moving: Moving, mover: Mover): Promise<RemotePost[]> {
  const { source, report } = moving;
  const read = source.posts;
  if (!read) return [];
  const waiting: RemotePost[] = [];
  const pages = pagesOf(moving, (after, ask) => read(mover.externalId, after, ask), 'posts', mover.name);
  for await (const page of pages) {
    const own = page.filter(({ author }) => author.externalId === mover.externalId);
    report.left('posts', 'they are somebody else’s', mover.name, page.length - own.length);
    waiting.push(...(await takePage(moving, mover, own)));
  }
  return waiting;
}

async function takePage(moving: Moving, mover: Mover, page: readonly SourcePost[]): Promise<RemotePost[]> {
  const { db, from, report, now } = moving;
  const all = page.map((post) => remotePostOf(post, now));
  const known = await originsOf(
    db,
    { ...from, kind: 'post' },
    all.map(({ externalId }) => externalId),
  );
  const fresh = all.filter(({ externalId }) => !known.has(externalId));
  const come = await save(moving, mover, fresh);
  report.wasThere('posts', all.length - fresh.length);
  const there = all.flatMap(({ externalId, photos }) => {
    const origin = known.get(externalId);
    return origin?.ownerId === mover.userId ? [[origin.id, photos] as const] : [];
  });
  await takePhotos(moving, [...come, ...(await missingPhotos(db, new Map(there)))]);
  tellLeft(moving, page);
  return fresh.filter(({ made }) => made.type === 'RESHARE').filter(notAmong(come));
}

const notAmong = (come: readonly ComePost[]) => {
  const ids = new Set(come.map(({ externalId }) => externalId));
  return ({ externalId }: RemotePost) => !ids.has(externalId);
};

async function save(
  { db, from, report }: Moving,
  { userId }: Mover,
  posts: readonly RemotePost[],
): Promise<ComePost[]> {
  const come = await saveRemotePosts(db, from, userId, posts);
  report.took('posts', come.length);
  report.took('of them for their author’s aspects', come.filter(({ isPublic }) => !isPublic).length);
  const isHere = notAmong(come);
  report.took('polls', posts.filter((post) => post.poll !== null && !isHere(post)).length);
  return come;
}

async function takePhotos({ pictures }: Moving, posts: readonly PhotosOf[]): Promise<void> {
  for (const post of posts) {
    await pictures.room();
    pictures.come(post);
  }
}

async function takeReshares(moving: Moving, mover: Mover, posts: readonly RemotePost[]): Promise<void> {
  for (let at = 0; at < posts.length; at += batchSize) {
    const batch = posts.slice(at, at + batchSize);
    const come = await save(moving, mover, batch);
    for (const { externalId } of batch.filter(notAmong(come)))
      moving.report.left('reshares', 'what they pass on is not here for everybody', externalId);
  }
}

/** What belongs to posts and has no place here, or no call there. */
function tellLeft({ report }: Moving, page: readonly SourcePost[]): void {
  const sum = (of: (post: SourcePost) => number) => page.reduce((all, post) => all + of(post), 0);
  const comments = sum(({ counters }) => counters.comments);
  report.left('comments', 'the source has no call for them', undefined, comments);
  const categories = sum((post) => post.categories.length);
  report.left('categories of posts', 'they are this community’s own', undefined, categories);
}

/** Photos that were posted come with their posts. */
async function tellPhotos(moving: Moving, mover: Mover): Promise<void> {
  const { source, report } = moving;
  const read = source.photos;
  if (!read) return;
  const pages = pagesOf(moving, (after, ask) => read(mover.externalId, after, ask), 'photos', mover.name);
  for await (const page of pages) {
    for (const { postId, externalId } of page)
      if (postId === null) report.left('photos', 'they are in no post', externalId ?? undefined);
  }
}
