// What somebody has written, and done with posts.
import { categoriesNamed, categoryKey } from '../../features/categories/store.ts';
import { insertComment } from '../../features/comments/write-store.ts';
import { pollShape } from '../../features/polls/rules.ts';
import { hasDone, settlePost } from '../../features/posts/arrive-store.ts';
import { writtenText } from '../../features/posts/input.ts';
import { like, subscribe } from '../../features/posts/interact-store.ts';
import { parseText, renderer } from '../../features/posts/markdown.ts';
import { isPostSlug, postShape, tagsOf, typeOf } from '../../features/posts/rules.ts';
import { isNsfwText, mediaTypeOf, mediumOf } from '../../features/posts/text-rules.ts';
import { insertPost, type NewPost, reshare } from '../../features/posts/write-store.ts';
import { thingsFromKith } from '../../features/remotes/kith-origin-store.ts';
import { idsOfNamed } from '../../features/users/named-store.ts';
import { validate } from '../../graphql/validate.ts';
import { type Bringing, bring, Left, reasonOf, shaped } from './bring.ts';
import type { ArchivedPost, ArchivedPostRef } from './shapes.ts';

const notHere = 'the post is not here';

export async function bringPosts(to: Bringing): Promise<void> {
  for await (const post of shaped(to, 'posts.json', 'posts', to.shapes.post)) await bringPost(to, post);
}

async function bringPost(to: Bringing, post: ArchivedPost): Promise<void> {
  const { archive, me } = to;
  const { id: originId, createdAt, updatedAt, counts: counters, visibility } = post;
  const thing = { kind: 'post', name: 'posts', originId, createdAt, counters } as const;
  const slug = isPostSlug(post.slug) ? post.slug : null;
  if (post.type === 'RESHARE') {
    await bring(to, thing, async (tx, id) => {
      const row = { id, createdAt, provider: post.provider };
      if (post.root === null) await insertPost(tx, emptyReshare(me, row), true);
      else {
        const root = await postHere({ ...to, db: tx }, post.root);
        if (root === null) throw new Left('what it passes on is not here');
        await reshare(tx, root, { viewer: me, reader: me }, row, true);
      }
      await settlePost(tx, id, { slug, updatedAt, poll: null });
    });
    return;
  }
  const shown = post.media.filter(({ kind, picture }) => kind === 'PHOTO' && picture !== null);
  const photos = shown.filter(({ picture }) => picture !== null && archive.has(picture));
  if (photos.length < shown.length)
    to.report.left('pictures', 'not in the archive', undefined, shown.length - photos.length);
  const pictures = photos.map(({ picture: path }) => ({
    kind: 'photo' as const,
    path,
    isPrivate: visibility !== 'PUBLIC',
  }));
  await bring(to, { ...thing, pictures }, async (tx, id, images) => {
    const had = photos.flatMap(({ title, description }, n) => {
      const image = images[n];
      return image ? [{ image, words: { title, description } }] : [];
    });
    const input = await inputOf(
      { ...to, db: tx },
      post,
      had.map(({ words }) => words),
    );
    const made = newPost(to, post, input, id);
    const media = [
      ...(input.photos ?? []).map(({ title, description }, n) => ({
        ...{ kind: 'PHOTO' as const, title, description },
        image: had[n]?.image,
      })),
      ...made.media,
    ];
    await insertPost(tx, { ...made, media }, true);
    const poll = post.poll && { ...post.poll, votes: post.poll.choices.map(({ votes }) => votes) };
    await settlePost(tx, id, { slug, updatedAt, poll: poll && formerPoll(poll) });
  });
}

type Input = Awaited<ReturnType<typeof inputOf>>;

/** What `createPost` would be given, checked as it checks that. */
async function inputOf({ db, me, report }: Bringing, post: ArchivedPost, photos: readonly object[]) {
  const aspects = await thingsFromKith(db, 'aspect', me, post.aspects);
  const known = await categoriesNamed(db, post.categories);
  const categories = post.categories.filter((name) => known.has(categoryKey(name)));
  if (categories.length < post.categories.length)
    report.left(
      'categories of posts',
      'this Kith has none such',
      undefined,
      post.categories.length - categories.length,
    );
  const rooms = post.room && (await thingsFromKith(db, 'room', me, [post.room.id]));
  if (post.room && !rooms?.has(post.room.id)) throw new Left('its room has not come along');
  return validate(postShape, {
    ...{ body: post.body, title: post.title, type: post.type, visibility: post.visibility },
    aspectIds: [...aspects.values()],
    roomId: post.room && rooms?.get(post.room.id),
    ...{ isNsfw: post.isNsfw, location: post.location, tags: post.tags, categories, photos },
    links: post.media.flatMap(({ kind, url }) => (kind === 'PHOTO' ? [] : [url])),
    hasPoll: post.poll !== null,
  });
}

function newPost({ me }: Bringing, post: ArchivedPost, input: Input, id: string): NewPost {
  const text = writtenText(input.body ?? '');
  const links = (input.links ?? []).map((url) => ({ url, ...mediumOf(url) }));
  // One that has ended was a poll too.
  const poll = post.poll
    ? validate(
        pollShape(new Date(0)),
        { ...post.poll, choices: post.poll.choices.map((choice) => choice.text) },
        'poll',
      )
    : null;
  const { location, visibility } = input;
  const row = {
    id,
    authorId: me,
    type: typeOf(input),
    visibility,
    roomId: input.roomId ?? null,
    title: input.title ?? text.title,
    hasOwnTitle: Boolean(input.title),
    body: text.body,
    summary: text.summary,
    isNsfw: Boolean(input.isNsfw) || isNsfwText(text.hashtags),
    provider: post.provider,
    mediaType: mediaTypeOf(
      Boolean(input.photos?.length),
      links.map(({ kind }) => kind),
    ),
    locationName: location?.name ?? null,
    latitude: location?.coordinates?.latitude ?? null,
    longitude: location?.coordinates?.longitude ?? null,
    createdAt: post.createdAt,
  };
  return {
    row,
    text,
    media: links,
    aspectIds: input.aspectIds ?? [],
    categories: input.categories ?? [],
    tags: tagsOf(input.tags ?? [], text.hashtags),
    poll,
  };
}

/** A reshare of what had been deleted, or could not be seen. */
function emptyReshare(me: string, row: { id: string; createdAt: Date; provider: string | null }): NewPost {
  const empty = { title: null, body: '', summary: '' };
  return {
    row: { ...row, ...empty, authorId: me, type: 'RESHARE', visibility: 'PUBLIC' },
    text: writtenText(''),
    ...{ media: [], aspectIds: [], categories: [], tags: [], poll: null },
  };
}

function formerPoll({
  createdAt,
  updatedAt,
  closedAt,
  voters,
  votes,
}: NonNullable<ArchivedPost['poll']> & { votes: readonly number[] }) {
  return { createdAt, updatedAt, closedAt, voters, votes };
}

/** The post that an archive means: one that has come here, or has been here; null where there is none. */
async function postHere({ db, me }: Bringing, { id, author }: ArchivedPostRef): Promise<string | null> {
  const [authorId = null] = await idsOfNamed(db, me, [author]);
  for (const ownerId of new Set([authorId, me])) {
    const here = ownerId && (await thingsFromKith(db, 'post', ownerId, [id])).get(id);
    if (here) return here;
  }
  return null;
}

export async function bringComments(to: Bringing): Promise<void> {
  const { me, shapes } = to;
  const who = { viewer: me, reader: me };
  for await (const { id: originId, post, body, createdAt } of shaped(
    to,
    'comments.json',
    'comments',
    shapes.comment,
  )) {
    await bring(to, { kind: 'comment', name: 'comments', originId, createdAt }, async (tx, id) => {
      const postId = post && (await postHere({ ...to, db: tx }, post));
      if (postId === null) throw new Left(notHere);
      const parsed = parseText(body);
      const comment = { id, postId, body, createdAt, names: parsed.names, render: renderer(parsed) };
      await insertComment(tx, who, comment, true);
    });
  }
}

/** Which posts the person likes, and is told of the comments of. */
export async function bringDeeds(to: Bringing): Promise<void> {
  const { db, me, report, shapes } = to;
  const who = { viewer: me, reader: me };
  const take = async (
    name: string,
    deed: 'like' | 'subscription',
    post: ArchivedPostRef,
    act: (postId: string) => Promise<unknown>,
  ) => {
    const postId = await postHere(to, post);
    if (postId === null) return report.left(name, notHere);
    if (await hasDone(db, deed, me, postId)) return;
    try {
      await act(postId);
      report.took(name);
    } catch (error) {
      report.left(name, reasonOf(error));
    }
  };
  for await (const { post, likedAt } of shaped(to, 'likes.json', 'likes', shapes.like))
    await take('likes', 'like', post, (id) => like(db, who, id, likedAt, true));
  for await (const { post } of shaped(to, 'subscriptions.json', 'subscriptions', shapes.subscription))
    await take('subscriptions', 'subscription', post, (id) => subscribe(db, who, id));
}
