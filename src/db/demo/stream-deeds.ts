// What comes of the demo people's posts: who likes them, says something, votes, and has seen them. Nothing is written yet.
import type { Faker } from '@faker-js/faker';
import { commentText } from '../../features/comments/act.ts';
import type { Told } from '../../features/posts/demo-store.ts';
import { anyReplies, backReplies } from './neighbours.ts';
import type { DemoLine } from './post.ts';
import { type Author, nextId, type PlannedPost } from './stream-posts.ts';
import { namedPosts } from './texts.ts';
import { topics } from './topics.ts';

const hour = 3_600_000;
const maxComments = 8;

/** Whom it is about, and until when. */
export interface Crowd {
  faker: Faker;
  people: ReadonlyMap<string, Author>;
  /** Neither can find the other. */
  areApart: (one: Author, other: Author) => boolean;
  last: Date;
}

export interface PlannedComment {
  id: string;
  postId: string;
  author: Author;
  createdAt: Date;
  body: string;
  html: string;
  mentioned: readonly string[];
}

/** What came of one post. */
export interface Deeds {
  likes: { who: Author; at: Date }[];
  comments: PlannedComment[];
  /** Who would vote, were it a poll. */
  voters: { who: Author; at: Date }[];
  /** Who has seen it for doing any of this, and others. */
  seenBy: Set<Author>;
}

/** Whether somebody is one of the five. */
export function isNamed({ username }: Author): boolean {
  return username in namedPosts;
}

/** Thinks up what came of posts. */
export class Gossip {
  readonly #crowd: Crowd;
  readonly #left = new Map<readonly string[], string[]>();

  constructor(crowd: Crowd) {
    this.#crowd = crowd;
  }

  /**
   * What came of a post. The five have done nothing with the newest ones, save where they are said to have.
   * @param readers who may see it.
   * @param until when it may be voted on, where that ends.
   */
  about(post: PlannedPost, readers: readonly Author[], until: Date | null): Deeds {
    const { faker, last } = this.#crowd;
    const isNew = last.getTime() - post.createdAt.getTime() < 72 * hour;
    const there = readers.filter(
      (who) => who !== post.author && who.createdAt < post.createdAt && !(isNew && isNamed(who)),
    );
    // Most are liked by some, some by most; the newest have not been found by many yet.
    const age = Math.min(1, (last.getTime() - post.createdAt.getTime()) / (20 * hour));
    const liking = (isNamed(post.author) ? 0.9 : 0.55) * faker.number.float() ** 2.5 * (0.3 + 0.7 * age);
    const some = (share: number) =>
      faker.helpers.arrayElements(there, Math.round(there.length * Math.min(1, share)));
    const likes = some(liking).map((who) => ({ who, at: this.#soonAfter(post.createdAt, 60) }));
    const voters = some(0.25 + liking).map((who) => ({
      who,
      at: this.#soonAfter(post.createdAt, 900, until ?? last),
    }));
    const comments = this.#comments(post, readers, there, liking);
    const seenBy = new Set([
      ...likes.map(({ who }) => who),
      ...comments.map(({ author }) => author),
      ...(post.more.poll ? voters.map(({ who }) => who) : []),
      ...some(liking * 0.5 + 0.1).filter((who) => !isNamed(who)),
    ]);
    return { likes, comments, voters, seenBy };
  }

  /** A time after another: mostly soon, at most so many hours later, and never at the end or after it. */
  #soonAfter(at: Date, hours: number, end = this.#crowd.last): Date {
    const span = Math.min(hours * hour, end.getTime() - at.getTime());
    const share = 0.002 + 0.99 * this.#crowd.faker.number.float() ** 3;
    return new Date(at.getTime() + Math.floor(span * share));
  }

  #comments(
    post: PlannedPost,
    readers: readonly Author[],
    there: readonly Author[],
    liking: number,
  ): PlannedComment[] {
    const { faker, people } = this.#crowd;
    const said = post.more.talk ?? [];
    const more = Math.min(
      maxComments - said.length,
      Math.floor(liking * 12 * faker.number.float() + faker.number.float() * 1.4),
    );
    const lines: DemoLine[] = [
      ...said,
      ...Array.from({ length: Math.max(0, more) }, (): DemoLine => ['*', '']),
    ];
    const comments: PlannedComment[] = [];
    const before = new Set<string>();
    let last = post.author;
    let createdAt = post.createdAt;
    for (const [name, given] of lines) {
      const others = there.filter((other) => other !== last && !isNamed(other));
      const drawn = others.length > 0 ? faker.helpers.arrayElement(others) : undefined;
      const who = name === '*' ? drawn : name === 'author' ? post.author : people.get(name);
      if (!who || !readers.includes(who)) continue;
      const words = given || this.#reply(post, comments.length > 0 && last !== post.author);
      if (before.has(words)) continue;
      before.add(words);
      createdAt = this.#soonAfter(createdAt, 30);
      comments.push(this.#comment(post, readers, who, words.replace('{last}', last.username), createdAt));
      last = who;
    }
    return comments;
  }

  #comment(post: PlannedPost, readers: readonly Author[], author: Author, body: string, createdAt: Date) {
    const { faker, areApart } = this.#crowd;
    const text = commentText(body);
    const nameable = readers.filter((who) => !areApart(author, who));
    const { html, mentioned } = text.render(namedAmong(nameable, text.names));
    return { id: nextId(faker, createdAt), postId: post.id, author, createdAt, body, html, mentioned };
  }

  #reply({ more }: PlannedPost, isAnswer: boolean): string {
    const { faker } = this.#crowd;
    if (isAnswer && faker.datatype.boolean(0.3)) return this.#next(backReplies);
    const fitting = (topics[more.topic ?? '']?.replies ?? []).flatMap((reply) => {
      const [, needed = '', words = reply] = /^\((.+?)\) (.*)$/.exec(reply) ?? [];
      return more.body.includes(needed) ? [words] : [];
    });
    const isFitting = fitting.length > 0 && faker.datatype.boolean(0.7);
    return isFitting ? faker.helpers.arrayElement(fitting) : this.#next(anyReplies);
  }

  /** Each of them as often as every other. */
  #next(words: readonly string[]): string {
    const left = this.#left.get(words) ?? [];
    if (left.length === 0) left.push(...this.#crowd.faker.helpers.shuffle(words));
    this.#left.set(words, left);
    return left.pop() ?? '';
  }
}

/** Those of these people who go by one of these names: their ids by name. */
export function namedAmong(people: readonly Author[], names: readonly string[]): Map<string, string> {
  const asked = new Set(names);
  return new Map(
    people.flatMap(({ username, id }) =>
      asked.has(username.toLowerCase()) ? [[username.toLowerCase(), id] as const] : [],
    ),
  );
}

/** A post, and all that came of it. */
export interface Came {
  post: PlannedPost;
  readers: readonly Author[];
  resharedBy: readonly PlannedPost[];
  deeds: Deeds;
  /** The post with those marked whom it names. */
  html: string;
  mentioned: readonly string[];
}

/** What there is to tell of a post. */
export function toldOf({ post, deeds, mentioned, resharedBy }: Came): Told[] {
  const subject = { type: 'Post', id: post.id } as const;
  const author = post.author.id;
  const voters = post.more.poll?.showsVoters ? deeds.voters : [];
  const toAuthor = (kind: Told['kind']) => (actor: Author, at: Date) => ({
    kind,
    subject,
    actor: actor.id,
    at,
    receiver: author,
  });
  const liked = toAuthor('POST_LIKED');
  const voted = toAuthor('POLL_VOTED');
  const reshared = toAuthor('POST_RESHARED');
  const commented = toAuthor('POST_COMMENTED');
  return [
    ...mentioned.map((receiver): Told => {
      return { kind: 'MENTIONED', subject, actor: author, at: post.createdAt, receiver };
    }),
    ...deeds.likes.map(({ who, at }) => liked(who, at)),
    ...voters.map(({ who, at }) => voted(who, at)),
    ...resharedBy.map((reshare) => reshared(reshare.author, reshare.createdAt)),
    ...deeds.comments.flatMap((comment) => [
      commented(comment.author, comment.createdAt),
      ...comment.mentioned.map((receiver): Told => {
        const said = { type: 'Comment', id: comment.id } as const;
        return {
          kind: 'MENTIONED',
          subject: said,
          actor: comment.author.id,
          at: comment.createdAt,
          receiver,
        };
      }),
    ]),
  ];
}
