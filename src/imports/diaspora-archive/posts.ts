// What somebody wrote who moves in.
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { newId } from '../../db/uuid.ts';
import { dropPending } from '../../features/media/store.ts';
import type { Picture } from '../../features/media/table.ts';
import { insertPolls } from '../../features/polls/bulk-store.ts';
import { ensurePosts } from '../../features/posts/bulk-store.ts';
import { importedPosts, insertPhotos, lockImported, slugsOf } from '../../features/posts/import-store.ts';
import { claimOrigins, originsOf } from '../../features/remotes/origin-store.ts';
import { lockPeople } from '../../features/users/store.ts';
import { ImageError } from '../../media/image.ts';
import { ImportError } from '../import.ts';
import type { Entry } from '../json-entries.ts';
import { batchesOf, firstOfEach, type Moving, readable } from './context.ts';
import { typed } from './payloads.ts';
import type { Photos } from './photos.ts';
import { Slugs } from './slugs.ts';
import { type PlannedPost, plannedPost } from './status.ts';
import { cutTo, storable } from './texts.ts';

/** Posts of one transaction; with photos, which take longer, there are fewer. */
const batchSize = 200;
const batchSizeWithPhotos = 20;

/** A photo that is stored, and what it is of. */
interface StoredPhoto {
  guid: string;
  position: number;
  description: string | null;
  image: Picture;
}

/** Takes the posts that are no reshares; of those that are here already, photos that came with no run before. */
export async function takeStatuses(
  moving: Moving,
  entries: AsyncIterable<Entry>,
  photos: Photos | null,
): Promise<void> {
  const slugs = new Slugs(await slugsOf(moving.db, moving.owner.id));
  const size = photos ? batchSizeWithPhotos : batchSize;
  for await (const batch of batchesOf(statuses(moving, entries), size)) {
    await takeBatch(moving, batch, photos, slugs);
  }
}

async function* statuses(moving: Moving, entries: AsyncIterable<Entry>): AsyncGenerator<PlannedPost> {
  for await (const { value } of readable(entries, moving.report, 'posts')) {
    if (typed.safeParse(value).data?.entity_type === 'reshare') continue;
    const planned = plannedPost(moving, value);
    if (planned) yield planned;
  }
}

const placeOf = (moving: Moving, kind: 'post' | 'photo' | 'poll') =>
  ({ provider: 'DIASPORA', instance: moving.survey.host, kind }) as const;

async function takeBatch(
  moving: Moving,
  batch: readonly PlannedPost[],
  photos: Photos | null,
  slugs: Slugs,
): Promise<void> {
  const { db, owner, report, survey } = moving;
  const all = firstOfEach(batch);
  report.left('posts', 'are in the file twice', undefined, batch.length - all.length);
  const guids = all.map(({ guid }) => guid);
  const known = await originsOf(db, placeOf(moving, 'post'), guids);
  const there = await importedPosts(db, 'DIASPORA', [survey.host], guids);
  const ids = new Map(
    there.map(({ externalId, id, authorId }) => [externalId, authorId === owner.id ? id : null]),
  );
  const pictures = await photosHere(moving, all);
  const names: string[] = [];
  try {
    const ready: { planned: PlannedPost; postId: string | null; stored: StoredPhoto[] }[] = [];
    for (const planned of all) {
      const { guid } = planned;
      const origin = known.get(guid);
      if (origin) {
        if (origin.ownerId === owner.id) report.wasThere('posts');
        else report.left('posts', 'are somebody else’s here', guid);
      }
      const postId = ids.get(guid) ?? null;
      // One that was deleted here since stays so.
      if (origin && postId === null) continue;
      const stored = await storedPhotos(moving, planned, photos, pictures, names);
      if (!origin && !planned.post.text.body && !planned.poll && stored.length === 0) {
        report.left('posts', 'have nothing in them that can be shown', guid);
      } else if (!origin || stored.length > 0) ready.push({ planned, postId, stored });
    }
    await write(moving, ready, slugs);
  } catch (error) {
    if (names.length > 0) await dropPending(db, names);
    throw error;
  }
}

/** The guids of photos that have come before. */
async function photosHere(moving: Moving, all: readonly PlannedPost[]): Promise<ReadonlySet<string>> {
  const guids = all.flatMap(({ photos }) => photos.map(({ guid }) => guid));
  return new Set((await originsOf(moving.db, placeOf(moving, 'photo'), guids)).keys());
}

async function storedPhotos(
  { db, report }: Moving,
  { photos: wanted, post }: PlannedPost,
  photos: Photos | null,
  here: ReadonlySet<string>,
  names: string[],
): Promise<StoredPhoto[]> {
  const stored: StoredPhoto[] = [];
  for (const { guid, position, remote_photo_name: name, text } of wanted) {
    if (here.has(guid)) report.wasThere('photos');
    else if (!photos) report.left('photos', 'no --photos to take them from', guid);
    else if (!photos.has(name)) report.left('photos', 'their files are not among the photos', guid);
    else {
      try {
        const isPrivate = post.visibility !== 'PUBLIC';
        const image = await photos.store(db, { name, kind: 'photo', isPrivate }, names);
        const description = cutTo(storable(text ?? '').trim(), 1_000).text || null;
        stored.push({ guid, position, description, image });
      } catch (error) {
        if (!(error instanceof ImageError)) throw error;
        report.left('photos', error.message, guid);
      }
    }
  }
  return stored;
}

async function write(
  moving: Moving,
  ready: readonly { planned: PlannedPost; postId: string | null; stored: readonly StoredPhoto[] }[],
  slugs: Slugs,
): Promise<void> {
  if (ready.length === 0) return;
  const { db, owner, survey, report } = moving;
  const done = await transaction(db, async (tx) => {
    // First, so that what a post was is claimed once, and its slug is nobody else's meanwhile.
    if ((await lockPeople(tx, [owner.id])).length === 0) throw new ImportError('The account is gone.');
    const claimed = await claimOrigins(
      tx,
      placeOf(moving, 'post'),
      ready
        .filter(({ postId }) => postId === null)
        .map(({ planned: { guid, post } }) => ({
          ...{
            externalId: guid,
            id: post.id,
            ownerId: owner.id,
            url: `https://${survey.host}/posts/${guid}`,
          },
        })),
    );
    const fresh = ready.filter(({ planned }) => claimed.has(planned.guid)).map(({ planned }) => planned);
    const named = await slugs.numbered(
      tx,
      owner.id,
      fresh.map(({ slug }) => slug),
    );
    const made = await ensurePosts(
      tx,
      fresh.map(({ post }, i) => ({ ...post, slug: named[i] ?? post.id })),
    );
    if (made.size !== fresh.length) throw new Error('Posts of the archive were not made.');
    await writePolls(tx, moving, fresh);
    const photos = await writePhotos(
      tx,
      moving,
      ready.flatMap(({ planned, postId, stored }) => {
        const id = postId ?? (claimed.has(planned.guid) ? planned.post.id : null);
        return id === null
          ? []
          : stored.map((photo) => ({ ...photo, postId: id, createdAt: planned.post.createdAt }));
      }),
    );
    return { fresh, photos };
  });
  slugs.keep();
  report.took('posts', done.fresh.length);
  const limited = done.fresh.filter(({ post }) => post.visibility === 'ASPECTS').length;
  report.took('of those for their author alone, as the file does not say whom they were for', limited);
  report.took('polls', done.fresh.filter(({ poll }) => poll).length);
  report.took('photos', done.photos);
}

async function writePolls(tx: Database, moving: Moving, fresh: readonly PlannedPost[]): Promise<void> {
  const polls = fresh.flatMap(({ poll }) => poll ?? []);
  await insertPolls(
    tx,
    polls.map(({ row }) => row),
  );
  await claimOrigins(
    tx,
    placeOf(moving, 'poll'),
    polls.map(({ guid, row }) => ({ externalId: guid, id: row.id, ownerId: moving.owner.id })),
  );
}

/** @returns how many were new. */
async function writePhotos(
  tx: Database,
  moving: Moving,
  photos: readonly (StoredPhoto & { postId: string; createdAt: Date })[],
): Promise<number> {
  if (photos.length === 0) return 0;
  const { id: authorId } = moving.owner;
  const posts = [...new Set(photos.map(({ postId }) => postId))];
  const locked = await lockImported(
    tx,
    posts.map((id) => ({ id, authorId })),
    [],
  );
  const rows = photos
    .filter(({ postId }) => locked.has(postId))
    .map(({ guid, postId, createdAt, position, description, image }) => ({
      guid,
      row: {
        id: newId(createdAt),
        postId,
        authorId,
        createdAt,
        kind: 'PHOTO' as const,
        position,
        description,
        image,
      },
    }));
  const claimed = await claimOrigins(
    tx,
    placeOf(moving, 'photo'),
    rows.map(({ guid, row }) => ({ externalId: guid, id: row.id, ownerId: authorId })),
  );
  const fresh = rows.filter(({ guid }) => claimed.has(guid)).map(({ row }) => row);
  await insertPhotos(tx, fresh);
  return fresh.length;
}
