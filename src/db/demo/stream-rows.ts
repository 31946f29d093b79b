// The rows of the demo people's posts, as creating each of them would have written them.
import type { Faker } from '@faker-js/faker';
import type { Picture } from '../../features/media/table.ts';
import type { pollVoters, pollVotes } from '../../features/polls/table.ts';
import type { WrittenPosts } from '../../features/posts/demo-store.ts';
import { writtenText } from '../../features/posts/input.ts';
import { tagsOf, typeOf } from '../../features/posts/rules.ts';
import { isNsfwText, mediaTypeOf, mediumOf, slugOf } from '../../features/posts/text-rules.ts';
import { type PhotoName, photoText } from './photos.ts';
import type { Deeds } from './stream-deeds.ts';
import { type Author, nextId, type PlannedPost, type Setting } from './stream-posts.ts';
import { namedPosts } from './texts.ts';

const day = 24 * 3_600_000;
const resharesInAll = 25;

/** A post that passes another one on. */
export interface PlannedReshare extends PlannedPost {
  root: PlannedPost;
}

/** Who passes what on: mostly what the five have written, each of it once by somebody. */
export function planReshares(
  { faker, people, last }: Setting,
  posts: readonly PlannedPost[],
  areApart: (one: Author, other: Author) => boolean,
): PlannedReshare[] {
  const isOld = ({ createdAt }: PlannedPost) => last.getTime() - createdAt.getTime() > 2 * day;
  const good = posts.filter((post) => post.more.to === undefined && post.more.body !== '' && isOld(post));
  const weights = good.map((post) => ({ value: post, weight: post.author.username in namedPosts ? 4 : 1 }));
  const taken = new Set<string>();
  const reshares: PlannedReshare[] = [];
  while (reshares.length < resharesInAll) {
    const root = faker.helpers.weightedArrayElement(weights);
    const author = faker.helpers.arrayElement([...people.values()]);
    const pair = `${root.id} ${author.id}`;
    const isKnown = author.createdAt < root.createdAt && !areApart(author, root.author);
    if (author === root.author || !isKnown || taken.has(pair)) continue;
    taken.add(pair);
    const createdAt = new Date(root.createdAt.getTime() + faker.number.int({ min: 600_000, max: 1.5 * day }));
    const text = writtenText('');
    reshares.push({ id: nextId(faker, createdAt), author, createdAt, more: { body: '' }, text, root });
  }
  return reshares;
}

/** What posts are made with that is there before them. */
export interface Material {
  photos: ReadonlyMap<PhotoName, Picture>;
  /** An aspect of each owner's, by the owner's id. */
  aspects: ReadonlyMap<string, string>;
}

/** The rows of posts, in the order of their times. */
export function rowsOf(
  setting: Setting,
  posts: readonly (PlannedPost | PlannedReshare)[],
  material: Material,
): WrittenPosts {
  const slugs = new Slugs();
  return {
    posts: posts.map((post) => postRow(setting, post, slugs)),
    media: posts.flatMap((post) => mediaRows(setting.faker, post, material)),
    aspects: posts.flatMap(({ id, author, more }) => {
      const aspectId = material.aspects.get(author.id);
      return more.to === 'ASPECTS' && aspectId ? [{ postId: id, aspectId }] : [];
    }),
    tags: posts.flatMap(({ id, text }) =>
      tagsOf([], text.hashtags).map((name, position) => ({ postId: id, name, position })),
    ),
    ...pollRows(setting, posts),
  };
}

/** What each author's posts are called in addresses: what `insertPost` would call them, one after the other. */
class Slugs {
  readonly #used = new Map<Author, Set<string>>();

  next(author: Author, title: string | null): string {
    const used = this.#used.get(author) ?? new Set();
    this.#used.set(author, used);
    const wanted = slugOf(title);
    let slug = wanted;
    const base = wanted.slice(0, 80 - '-1234567'.length).replace(/-$/, '');
    for (let n = 2; used.has(slug); n++) slug = `${base}-${n}`;
    used.add(slug);
    return slug;
  }
}

function visibilityOf(post: PlannedPost) {
  const { to } = post.more;
  return to === 'FOLLOWERS' || to === 'CONNECTIONS' || to === 'ASPECTS' ? to : to ? 'ROOM' : 'PUBLIC';
}

function postRow(
  { rooms }: Setting,
  post: PlannedPost | PlannedReshare,
  slugs: Slugs,
): WrittenPosts['posts'][number] {
  const { id, author, createdAt, more, text } = post;
  const title = more.title ?? text.title;
  const links = (more.links ?? []).map(mediumOf);
  const [locationName = null, latitude = null, longitude = null] = more.place ?? [];
  return {
    id,
    authorId: author.id,
    type:
      'root' in post
        ? 'RESHARE'
        : typeOf({ type: null, title: more.title, hasPoll: more.poll !== undefined }),
    visibility: visibilityOf(post),
    roomId: rooms.get(more.to ?? '')?.id ?? null,
    rootId: 'root' in post ? post.root.id : null,
    title,
    hasOwnTitle: more.title !== undefined,
    slug: slugs.next(author, title),
    body: text.body,
    html: text.render(new Map()).html,
    summary: text.summary,
    isNsfw: isNsfwText(text.hashtags),
    mediaType: mediaTypeOf(
      more.photos !== undefined,
      links.map(({ kind }) => kind),
    ),
    locationName,
    latitude,
    longitude,
    createdAt,
    updatedAt: createdAt,
  };
}

function mediaRows(faker: Faker, { id, author, createdAt, more }: PlannedPost, { photos }: Material) {
  const all = [
    ...(more.photos ?? []).map((name) => ({
      kind: 'PHOTO' as const,
      description: photoText(name),
      image: photos.get(name),
    })),
    ...(more.links ?? []).map((url) => ({ url, ...mediumOf(url) })),
  ];
  return all.map((medium, position) => ({
    ...medium,
    id: nextId(faker, createdAt),
    postId: id,
    authorId: author.id,
    createdAt,
    position,
  }));
}

function pollRows(
  { faker, last }: Setting,
  posts: readonly PlannedPost[],
): Pick<WrittenPosts, 'polls' | 'choices'> {
  const asked = posts.flatMap(({ id, createdAt, more: { poll } }) =>
    poll ? [{ poll, createdAt, postId: id, id: nextId(faker, createdAt) }] : [],
  );
  return {
    polls: asked.map(({ poll, createdAt, postId, id }) => {
      const after = (days: number | undefined) =>
        days === undefined ? null : new Date(createdAt.getTime() + days * day);
      const closes = after(poll.closesAfter);
      const closedAt = closes && closes < last ? closes : null;
      const { question, multipleChoice = false, isHidden = false, showsVoters = false } = poll;
      const flags = { multipleChoice, isHidden, showsVoters };
      const times = {
        createdAt,
        updatedAt: closedAt ?? createdAt,
        closedAt,
        expiresAt: after(poll.endsAfter),
      };
      return { id, postId, question, ...flags, ...times };
    }),
    choices: asked.flatMap(({ poll, createdAt, id }) =>
      poll.choices.map((text, position) => ({ id: nextId(faker, createdAt), pollId: id, position, text })),
    ),
  };
}

/** What those chose who voted: one answer, or up to three. */
export function votesOf(
  faker: Faker,
  { polls, choices }: WrittenPosts,
  came: readonly { post: PlannedPost; deeds: Deeds }[],
): {
  voters: (typeof pollVoters.$inferInsert)[];
  votes: (typeof pollVotes.$inferInsert)[];
} {
  const cast = polls.flatMap(({ id: pollId, postId }) => {
    const found = came.find(({ post }) => post.id === postId);
    const { weights = [], multipleChoice = false } = found?.post.more.poll ?? {};
    const weighted = choices
      .filter((choice) => choice.pollId === pollId)
      .map(({ id }, n) => ({ value: id, weight: weights[n] ?? 1 }));
    return (found?.deeds.voters ?? []).map(({ who, at }) => {
      const times = multipleChoice ? faker.number.int({ min: 1, max: 3 }) : 1;
      const chosen = new Set(
        Array.from({ length: times }, () => faker.helpers.weightedArrayElement(weighted)),
      );
      return { voter: { pollId, userId: who.id, votedAt: at }, chosen: [...chosen] };
    });
  });
  return {
    voters: cast.map(({ voter }) => voter),
    votes: cast.flatMap(({ voter, chosen }) => chosen.map((choiceId) => ({ ...voter, choiceId }))),
  };
}
