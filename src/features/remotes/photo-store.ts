import { eq, inArray } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { postMedia, posts } from '../posts/table.ts';
import type { PhotosOf } from './post-store.ts';

/**
 * What is missing of the photos of posts that have come: of those that are still here.
 * @param all by their ids here, with all photos that the source has.
 */
export async function missingPhotos(
  db: Database,
  all: ReadonlyMap<string, readonly { url: string; description: string | null }[]>,
): Promise<PhotosOf[]> {
  const ids = [...all].filter(([, photos]) => photos.length > 0).map(([id]) => id);
  if (ids.length === 0) return [];
  const rows = await db
    .select({ id: posts.id, visibility: posts.visibility, position: postMedia.position })
    .from(posts)
    .leftJoin(postMedia, eq(postMedia.postId, posts.id))
    .where(inArray(posts.id, ids));
  return [...Map.groupBy(rows, ({ id }) => id)].flatMap(([id, shown]) => {
    // A link may have the place of a photo that the source has had since.
    const there = new Set(shown.map(({ position }) => position));
    const photos = (all.get(id) ?? [])
      .map((photo, position) => ({ ...photo, position }))
      .filter(({ position }) => !there.has(position));
    return photos.length === 0 ? [] : [{ id, isPublic: shown[0]?.visibility === 'PUBLIC', photos }];
  });
}
