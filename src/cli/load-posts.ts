// Posts for the people of a loaded graph, so that what reads posts can be measured. Post k depends on k and on who is in
// the file, and on nothing else: a second run makes the same posts, and a larger number those that are missing.
import { hash } from 'node:crypto';
import type { Database } from '../db/client.ts';
import { transaction } from '../db/errors.ts';
import { newId } from '../db/uuid.ts';
import { ensurePosts, type PostToLoad, postsThere, reshareNumbers } from '../features/posts/bulk-store.ts';
import { slugOf } from '../features/posts/text-rules.ts';
import { numberCount, readTexts, type TextOf } from './load-texts.ts';

/** Most posts that can be asked for. */
export const maxPosts = numberCount;

/** Posts of one transaction. */
const batchSize = 5_000;
/** When the first post is made: by then everybody of a file of 18 million lines has come. */
const epoch = Date.parse('2020-01-01T00:00:00.000Z');
/** Ten times as many posts take a year longer: 1,000,000 two years, as many as can be asked for four. */
const firstYear = 10_000;
const year = 365.25 * 24 * 3_600_000;
/** The exponent of the Pareto distribution of how much people post: a fifth of them writes some four fifths. */
const tail = 1.2;
/** What is passed on at all is passed on often: only every 32nd post is. */
const resharedEvery = 32;
/** Out of 256 posts those that are reshares, as far as there is something to pass on; the rest by visibility. */
const reshares = 10;
const publicUntil = 230;
const followersUntil = 248;

/** What chance says of a post. */
interface Chance {
  random: Buffer;
  author: number;
  isReshare: boolean;
  visibility: PostToLoad['visibility'];
  text: number;
  age: number;
}

type Planned = Omit<PostToLoad, 'slug'> & { slug: string | null };

/**
 * Gives people posts, whole batches at a time: those of the first `count` that are not there yet.
 * @param people ids by name.
 * @returns after each batch, how many have been looked at, and how many were new.
 */
export async function* loadPosts(
  db: Database,
  people: ReadonlyMap<string, string>,
  count: number,
): AsyncGenerator<{ done: number; created: number }> {
  const authors = authorsOf(people);
  const numbers = await reshareNumbers(db, [...people.values()]);
  let done = 0;
  for (const batch of batchesOf(planned(authors, readTexts(), count))) {
    const there = await postsThere(
      db,
      batch.map(({ id }) => id),
    );
    const missing = batch
      .filter(({ id }) => !there.has(id))
      .map((post): PostToLoad => {
        if (post.slug !== null) return { ...post, slug: post.slug };
        const number = (numbers.get(post.authorId) ?? 0) + 1;
        numbers.set(post.authorId, number);
        return { ...post, slug: number === 1 ? slugOf(null) : `${slugOf(null)}-${number}` };
      });
    const created = await transaction(db, (tx) => ensurePosts(tx, missing));
    done += batch.length;
    yield { done, created: created.size };
  }
}

function* batchesOf(all: Iterable<Planned>): Generator<Planned[]> {
  let batch: Planned[] = [];
  for (const post of all) {
    batch.push(post);
    if (batch.length === batchSize) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** The first `count` posts, in order of time. Slugs of reshares are left to whoever knows which there are. */
function* planned(authors: Authors, textOf: TextOf, count: number): Generator<Planned> {
  const reshared = new Set<string>();
  for (let k = 0; k < count; k++) {
    const chance = authors.chanceOf(k);
    const author = authors.at(chance.author);
    const createdAt = timeOf(k);
    const root = chance.isReshare ? rootOf(k, chance.age, author, authors, reshared) : null;
    const post = { id: newId(createdAt, chance.random), authorId: author, createdAt };
    if (root) {
      reshared.add(`${root.id} ${author}`);
      yield { ...post, visibility: 'PUBLIC', slug: null, root, text: null };
    } else {
      const { slug, ...text } = textOf(k, chance.text);
      yield { ...post, visibility: chance.visibility, slug, root, text };
    }
  }
}

/** What post k passes on: a public one of somebody else's, once; null where there is none. */
function rootOf(
  k: number,
  age: number,
  resharer: string,
  authors: Authors,
  reshared: ReadonlySet<string>,
): PostToLoad['root'] {
  // The newer, the likelier.
  const around = Math.floor(k * (1 - age ** 6));
  for (let step = 1; step <= 8; step++) {
    const at = (Math.floor(around / resharedEvery) - step) * resharedEvery;
    if (at < 0) return null;
    const { random, author, isReshare, visibility } = authors.chanceOf(at);
    const root = { id: newId(timeOf(at), random), authorId: authors.at(author) };
    if (isReshare || visibility !== 'PUBLIC' || root.authorId === resharer) continue;
    if (!reshared.has(`${root.id} ${resharer}`)) return root;
  }
  return null;
}

function chanceOf(seed: string, k: number): Chance {
  const bytes = hash('sha256', `${seed} ${k}`, 'buffer');
  const kind = bytes.readUInt8(17);
  return {
    random: bytes.subarray(0, 10),
    author: bytes.readUIntBE(10, 6) / 2 ** 48,
    isReshare: bytes.readUInt8(16) < reshares,
    visibility: kind < publicUntil ? 'PUBLIC' : kind < followersUntil ? 'FOLLOWERS' : 'CONNECTIONS',
    text: bytes.readUInt16BE(18),
    age: bytes.readUIntBE(20, 6) / 2 ** 48,
  };
}

/** Later for each next one, and ever closer to the one before: a place that grows. */
function timeOf(k: number): Date {
  return new Date(Math.floor(epoch + year * Math.log10(1 + k / firstYear)));
}

/** People, each as likely as they post often. */
interface Authors {
  /** @param share from 0 to below 1. */
  at: (share: number) => string;
  /** What chance says of their post k: the same each time, and other things for other people. */
  chanceOf: (k: number) => Chance;
}

function authorsOf(people: ReadonlyMap<string, string>): Authors {
  const ids: string[] = [];
  const sums: number[] = [];
  let sum = 0;
  const sorted = [...people].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, id] of sorted) {
    const chance = (hash('sha256', `person ${name}`, 'buffer').readUIntBE(0, 6) + 1) / 2 ** 48;
    sum += chance ** (-1 / tail);
    ids.push(id);
    sums.push(sum);
  }
  const seed = hash('sha256', sorted.map(([name]) => name).join());
  return {
    chanceOf: (k) => chanceOf(seed, k),
    at: (share) => {
      const sought = share * sum;
      let low = 0;
      let high = sums.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((sums[middle] ?? 0) > sought) high = middle;
        else low = middle + 1;
      }
      const id = ids[low];
      if (id === undefined) throw new Error('The file names nobody who could post.');
      return id;
    },
  };
}
