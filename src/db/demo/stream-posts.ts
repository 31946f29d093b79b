// Who of the demo people posts what, and when. Nothing is written yet.
import type { Faker } from '@faker-js/faker';
import { writtenText } from '../../features/posts/input.ts';
import { newId } from '../uuid.ts';
import { neighbourPosts } from './neighbours.ts';
import type { DemoPost, DemoPostWithMore } from './post.ts';
import { namedPosts } from './texts.ts';
import { sharedWords, type Topic, topics } from './topics.ts';

const day = 24 * 3_600_000;

/** Somebody who posts. */
export interface Author {
  id: string;
  username: string;
  createdAt: Date;
  tags: readonly string[];
}

/** What there is to post into, and from when to when. */
export interface Setting {
  faker: Faker;
  /** By username in lower case, the five first. */
  people: ReadonlyMap<string, Author>;
  rooms: ReadonlyMap<string, { id: string; members: ReadonlySet<string> }>;
  begun: Date;
  /** From when on there is somebody to write for besides everybody. */
  settled: Date;
  /** Nothing is later. */
  last: Date;
}

/** A post that somebody is going to have written. */
export interface PlannedPost {
  id: string;
  author: Author;
  createdAt: Date;
  more: DemoPostWithMore;
  text: ReturnType<typeof writtenText>;
}

/** A new id that comes out the same each time. */
export function nextId(faker: Faker, at: Date): string {
  return newId(at, Buffer.from(faker.string.hexadecimal({ length: 20, prefix: '' }), 'hex'));
}

/** Whether a post is for a room. */
export function isOfRoom({ more: { to } }: PlannedPost): boolean {
  return to !== undefined && !['FOLLOWERS', 'CONNECTIONS', 'ASPECTS'].includes(to);
}

/** How many posts there are, reshares aside. */
const postsInAll = 380;
/** In UTC, when each of the five gets up; neighbours live anywhere. */
const upAt: Readonly<Record<string, number>> = { ada: 6, bob: 1, carol: 23, dan: 10, eve: 13 };
/** How much of what neighbours write, once there are followers, is for them alone. */
const forFollowers = 0.12;
const withoutTags = ['everyday', 'kitchen', 'pets'];

/** All posts, oldest first. */
export function planPosts(setting: Setting): PlannedPost[] {
  const { faker, people } = setting;
  const all = [...people.values()];
  const neighbours = all.filter(({ username }) => !(username in namedPosts));
  const planned = Object.entries(namedPosts).flatMap(([username, posts]) => {
    const author = people.get(username);
    return author ? planOfOne(setting, author, posts) : [];
  });
  const unused = new Set(neighbours);
  for (const post of neighbourPosts) {
    const members = setting.rooms.get(withMore(post).to ?? '')?.members;
    const mayPost = [...unused].filter(({ id }) => members?.has(id) ?? true);
    const author = faker.helpers.arrayElement(mayPost);
    unused.delete(author);
    planned.push(...planOfOne(setting, author, [post]));
  }
  const writer = new Writer(faker);
  while (planned.length < postsInAll) {
    // Some write much, some hardly.
    const author = neighbours[Math.floor(faker.number.float() ** 1.4 * neighbours.length)];
    if (author) planned.push(planOfNeighbour(setting, author, writer));
  }
  return planned.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
}

function withMore(post: DemoPost): DemoPostWithMore {
  return typeof post === 'string' ? { body: post } : post;
}

function plan({ faker }: Setting, author: Author, createdAt: Date, post: DemoPost): PlannedPost {
  const more = withMore(post);
  return { id: nextId(faker, createdAt), author, createdAt, more, text: writtenText(more.body) };
}

/** One person's posts in their order, as far as those that are not for everybody do not have to come later. */
function planOfOne(setting: Setting, author: Author, posts: readonly DemoPost[]): PlannedPost[] {
  const times = posts.map(() => momentFor(setting, author, setting.begun));
  times.sort((a, b) => a.getTime() - b.getTime());
  return posts.map((post, n) => {
    const at = times[n] ?? setting.last;
    const isEarly = withMore(post).to !== undefined && at < setting.settled;
    return plan(setting, author, isEarly ? momentFor(setting, author, setting.settled) : at, post);
  });
}

function planOfNeighbour(setting: Setting, author: Author, writer: Writer): PlannedPost {
  const { faker, settled, begun } = setting;
  const at = momentFor(setting, author, begun);
  const isOwn = author.tags.length > 0 && faker.datatype.boolean(0.75);
  const topic = faker.helpers.arrayElement(isOwn ? author.tags : withoutTags);
  const body = writer.write(topic);
  const isForFew = at > settled && faker.datatype.boolean(forFollowers);
  return plan(setting, author, at, { body, topic, ...(isForFew ? { to: 'FOLLOWERS' as const } : {}) });
}

/** A time at which somebody is there and awake; the later, the more likely. */
function momentFor({ faker, last }: Setting, { username, createdAt }: Author, from: Date): Date {
  const earliest = Math.max(from.getTime(), createdAt.getTime());
  const drawn = last.getTime() - (last.getTime() - earliest) * faker.number.float() ** 1.5;
  const morning = (upAt[username] ?? faker.number.int(23)) * 3_600_000;
  const awake = Math.floor(drawn / day) * day + morning + faker.number.int(15 * 3_600_000);
  return new Date(awake > earliest && awake < last.getTime() ? awake : drawn);
}

/** Writes what neighbours write: every sentence as often as every other, and nothing twice. */
class Writer {
  readonly #faker: Faker;
  readonly #left = new Map<string, string[]>();
  readonly #written = new Set<string>();

  constructor(faker: Faker) {
    this.#faker = faker;
  }

  write(name: string): string {
    const topic = topics[name];
    if (!topic) throw new Error(`Nobody writes about ${name}.`);
    for (;;) {
      const left = this.#left.get(name) ?? [];
      if (left.length === 0) left.push(...this.#faker.helpers.shuffle(topic.posts));
      this.#left.set(name, left);
      const text = this.#fill(left.pop() ?? '', topic);
      if (this.#written.has(text)) continue;
      this.#written.add(text);
      return text;
    }
  }

  #fill(sentence: string, topic: Topic): string {
    const chosen = new Map<string, string>();
    const filled = sentence.replace(/\{(\w+)\}/g, (_gap, name: string) => {
      const word =
        chosen.get(name) ?? this.#faker.helpers.arrayElement(topic.words[name] ?? sharedWords[name] ?? []);
      chosen.set(name, word);
      return word;
    });
    return filled.replace(/(?<=^|[.!?] )\p{Ll}/gu, (letter) => letter.toUpperCase());
  }
}
