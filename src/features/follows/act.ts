import type { Viewer } from '../../auth/viewer.ts';
import type { Context } from '../../context.ts';
import { whereFound } from '../relationships/target.ts';
import type { TieDone } from '../users/payload.ts';
import { requireFollowMode } from './require-mode.ts';
import type { FollowWritten } from './store.ts';

/**
 * Writes a follow between the viewer and somebody else. The write changes nothing of the other's own: as it found them
 * they are in the payload.
 */
export async function actOnFollow(
  ctx: Context,
  viewer: Viewer,
  userId: string,
  write: (target: string) => Promise<FollowWritten>,
): Promise<TieDone> {
  requireFollowMode(ctx);
  const target = await whereFound(ctx, viewer, userId, write);
  return { userId: target.id, findUser: async () => target };
}
