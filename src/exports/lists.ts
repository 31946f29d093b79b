// The parts of an archive that may be long, as rows that are read some at a time.
import type { Database } from '../db/client.ts';
import {
  aspectIdsOf,
  categorySlugsOf,
  commentRows,
  likeRows,
  type PostDeed,
  type PostRow,
  photoRows,
  pollsOf,
  postRefs,
  postRows,
  subscriptionRows,
} from '../features/exports/post-store.ts';
import {
  type After,
  aspectPlaces,
  requestsOf,
  type TieKind,
  type TieRow,
  tiesOf,
} from '../features/exports/tie-store.ts';
import { tagsOfPosts } from '../features/posts/label-store.ts';
import { mediaOfPosts } from '../features/posts/media-store.ts';
import { kithOriginsOf } from '../features/remotes/kith-origin-store.ts';
import type { ArchivedPicture } from './account-parts.ts';
import { pathOf, personOf, placeOf, postOf, stableId } from './shapes.ts';

/** Rows that are read at once. */
const batchSize = 500;
/** Posts: each may have a text of 65,535 characters, and so may comments. */
const textBatchSize = 100;
/** Most rows of one millisecond that are put in order. */
const mostTied = 10_000;

/** What is written of a row: when it was, and what comes first of several in the same millisecond, wherever that is. */
interface Entry {
  at: Date;
  first: string;
  value: unknown;
}

/** Rows of all batches. Those of one millisecond come in the order of what they say: ids differ from one Kith to another. */
async function* listed<Row>(
  size: number,
  read: (after: After, limit: number) => Promise<Row[]>,
  placeOfRow: (row: Row) => { at: Date; id: string },
  entriesOf: (rows: readonly Row[]) => Promise<Entry[]> | Entry[],
): AsyncGenerator<unknown> {
  let tied: Entry[] = [];
  const inOrder = () => {
    const values = tied.sort((a, b) => (a.first < b.first ? -1 : 1)).map(({ value }) => value);
    tied = [];
    return values;
  };
  let after: After = null;
  for (;;) {
    const rows: Row[] = await read(after, size);
    for (const entry of await entriesOf(rows)) {
      const [before] = tied;
      if (before && (before.at.getTime() !== entry.at.getTime() || tied.length === mostTied))
        yield* inOrder();
      tied.push(entry);
    }
    const last = rows.at(-1);
    if (!last || rows.length < size) break;
    after = placeOfRow(last);
  }
  yield* inOrder();
}

/** People, each with when it was under this name. */
export function ties(db: Database, userId: string, kind: TieKind, since: string): AsyncGenerator<unknown> {
  return listed(
    batchSize,
    (after, limit) => tiesOf(db, kind, userId, after, limit),
    (row) => row,
    (rows) => rows.map((row) => tieEntry(row, { [since]: row.at })),
  );
}

function tieEntry({ at, person }: TieRow, more: object): Entry {
  return { at, first: person.username.toLowerCase(), value: { user: personOf(person), ...more } };
}

/** Whom somebody follows, with the aspects that they are in. */
export function following(db: Database, userId: string): AsyncGenerator<unknown> {
  return listed(
    batchSize,
    (after, limit) => tiesOf(db, 'following', userId, after, limit),
    (row) => row,
    async (rows) => {
      const ids = rows.map(({ id }) => id);
      const places = await aspectPlaces(db, userId, ids);
      const origins = await kithOriginsOf(
        db,
        places.map(({ aspectId }) => aspectId),
      );
      const byPerson = Map.groupBy(places, (place) => place.userId);
      return rows.map((row) =>
        tieEntry(row, {
          followedAt: row.at,
          aspects: (byPerson.get(row.id) ?? [])
            .map(({ aspectId, addedAt }) => ({ id: stableId(origins, aspectId), addedAt }))
            .sort((a, b) => a.addedAt.getTime() - b.addedAt.getTime() || (a.id < b.id ? -1 : 1)),
        }),
      );
    },
  );
}

/** Requests to be connected: those sent, then those got. */
export async function* requests(db: Database, userId: string): AsyncGenerator<unknown> {
  for (const direction of ['SENT', 'RECEIVED'] as const) {
    yield* listed(
      batchSize,
      (after, limit) => requestsOf(db, direction, userId, after, limit),
      (row) => row,
      (rows) => rows.map((row) => tieEntry(row, { direction, requestedAt: row.at })),
    );
  }
}

/** Somebody's posts with all that is theirs of them. */
export function posts(db: Database, userId: string): AsyncGenerator<unknown> {
  return listed(
    textBatchSize,
    (after, limit) => postRows(db, userId, after, limit),
    ({ post }) => ({ at: post.createdAt, id: post.id }),
    (rows) => postEntries(db, userId, rows),
  );
}

async function postEntries(db: Database, userId: string, rows: readonly PostRow[]): Promise<Entry[]> {
  const ids = rows.map(({ post }) => post.id);
  if (ids.length === 0) return [];
  const byPost = <Of extends { postId: string }>(all: readonly Of[]) => {
    const grouped = Map.groupBy(all, ({ postId }) => postId);
    return (id: string) => grouped.get(id) ?? [];
  };
  const media = byPost(await mediaOfPosts(db, ids));
  const tags = byPost(await tagsOfPosts(db, ids));
  const categories = byPost(await categorySlugsOf(db, ids));
  const polls = byPost(await pollsOf(db, ids));
  const places = await aspectIdsOf(db, ids);
  const aspects = byPost(places);
  const rootIds = rows.flatMap(({ post }) => post.rootId ?? []);
  const roots = new Map((await postRefs(db, userId, rootIds)).map((root) => [root.id, root]));
  const others = [
    ...places.map(({ aspectId }) => aspectId),
    ...rows.flatMap(({ post }) => post.roomId ?? []),
  ];
  const origins = await kithOriginsOf(db, [...ids, ...rootIds, ...others]);
  return rows.map(({ post, room, ...counts }) => {
    const id = stableId(origins, post.id);
    const root = post.rootId === null ? undefined : roots.get(post.rootId);
    const [poll] = polls(post.id);
    const before = origins.get(post.id)?.counters ?? {};
    const value = {
      id,
      type: post.type,
      visibility: post.visibility,
      room: post.roomId === null ? null : { id: stableId(origins, post.roomId), slug: room?.slug ?? null },
      aspects: aspects(post.id)
        .map(({ aspectId }) => stableId(origins, aspectId))
        .sort(),
      root: root ? postOf(root, origins) : null,
      title: post.hasOwnTitle ? post.title : null,
      slug: post.slug,
      body: post.body,
      isNsfw: post.isNsfw,
      categories: categories(post.id).map(({ slug }) => slug),
      tags: tags(post.id).map(({ tag }) => tag.name),
      media: media(post.id).map(({ kind, title, description, image, url, position }) => ({
        ...{ kind, title, description, url },
        picture: pathOf(image, 'posts', `${id}-${position}`),
      })),
      poll: poll ? pollOf(poll) : null,
      location: placeOf(post),
      provider: post.provider,
      createdAt: post.createdAt,
      updatedAt: post.updatedAt,
      // What was counted where it was before is no less true.
      counts: {
        likes: Math.max(counts.likes, before.likes ?? 0),
        comments: Math.max(counts.comments, before.comments ?? 0),
        reshares: Math.max(counts.reshares, before.reshares ?? 0),
      },
    };
    return { at: post.createdAt, first: id, value };
  });
}

function pollOf(poll: Awaited<ReturnType<typeof pollsOf>>[number]) {
  const { question, multipleChoice, isHidden, showsVoters, createdAt, updatedAt, expiresAt, closedAt } = poll;
  return {
    ...{ question, multipleChoice, isHidden, showsVoters },
    choices: poll.choices.map(({ text, votes, importedVotes }) => ({ text, votes: votes + importedVotes })),
    voters: poll.voters + poll.importedVoters,
    ...{ createdAt, updatedAt, expiresAt, closedAt },
  };
}

/** What somebody said under posts; the post is null where they can see it no more. */
export function comments(db: Database, userId: string): AsyncGenerator<unknown> {
  return listed(
    textBatchSize,
    (after, limit) => commentRows(db, userId, after, limit),
    ({ createdAt, id }) => ({ at: createdAt, id }),
    async (rows) => {
      const postIds = [...new Set(rows.map(({ postId }) => postId))];
      const seen = new Map((await postRefs(db, userId, postIds)).map((post) => [post.id, post]));
      const origins = await kithOriginsOf(db, [...rows.map(({ id }) => id), ...postIds]);
      return rows.map(({ id, postId, body, createdAt }) => {
        const post = seen.get(postId);
        const value = {
          id: stableId(origins, id),
          post: post ? postOf(post, origins) : null,
          body,
          createdAt,
        };
        return { at: createdAt, first: value.id, value };
      });
    },
  );
}

/** What somebody did with posts, each with when it was under this name; null: that is not known. */
function deeds(
  db: Database,
  read: (after: After, limit: number) => Promise<PostDeed[]>,
  since: string | null,
): AsyncGenerator<unknown> {
  return listed(
    batchSize,
    read,
    ({ at, post }) => ({ at, id: post.id }),
    async (rows) => {
      const origins = await kithOriginsOf(
        db,
        rows.map(({ post }) => post.id),
      );
      return rows.map(({ at, post: row, author }) => {
        const post = postOf({ ...row, author }, origins);
        return { at, first: post.id, value: since === null ? { post } : { post, [since]: at } };
      });
    },
  );
}

export function likes(db: Database, userId: string): AsyncGenerator<unknown> {
  return deeds(db, (after, limit) => likeRows(db, userId, after, limit), 'likedAt');
}

export function subscriptions(db: Database, userId: string): AsyncGenerator<unknown> {
  return deeds(db, (after, limit) => subscriptionRows(db, userId, after, limit), null);
}

/** The photos of somebody's posts. */
export async function* photos(db: Database, userId: string): AsyncGenerator<ArchivedPicture> {
  let after: After = null;
  for (;;) {
    const rows: Awaited<ReturnType<typeof photoRows>> = await photoRows(db, userId, after, batchSize);
    const origins = await kithOriginsOf(
      db,
      rows.map(({ postId }) => postId),
    );
    for (const { postId, position, image } of rows) {
      const path = pathOf(image, 'posts', `${stableId(origins, postId)}-${position}`);
      if (path !== null && image) yield { path, picture: image };
    }
    const last = rows.at(-1);
    if (!last || rows.length < batchSize) return;
    after = last;
  }
}
