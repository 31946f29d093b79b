import type { Viewer } from '../../auth/viewer.ts';
import type { Context } from '../../context.ts';
import { brokenConstraint } from '../../db/errors.ts';
import { accountGone, Refusal, refuse } from '../../graphql/errors.ts';
import { notFound, requireId } from '../../graphql/node.ts';
import { targetRefusal } from '../relationships/target.ts';
import { loadRoom, standingIn } from './loaders.ts';
import { type Reason, RoomDenied } from './lock-store.ts';
import { mayManage } from './rules.ts';

/** What is said to who may not see or change a room. */
function refusalFor(reason: Reason, path: readonly string[]): Refusal {
  switch (reason) {
    case 'no room':
      return notFound('Room', ...path);
    case 'not invited':
      return refuse('NOT_FOUND', 'There is no invitation to this room for you.', ...path);
    case 'no right':
      return refuse('FORBIDDEN', 'Your role in this room does not allow this.', ...path);
    case 'owns it':
      return refuse(
        'CONFLICT',
        'The room is yours: hand it over first (`setRoomRole`), or delete it.',
        ...path,
      );
    case 'no such role':
      return refuse('INVALID', 'Groups have members, pages have followers.', ...path);
    case 'not in':
      return refuse('NOT_FOUND', 'This person is not in the room.', ...path);
    default:
      return targetRefusal(reason, ...path);
  }
}

/** Constraints that break when the account of whoever acts is deleted meanwhile. */
const actorGone = new Set([
  'room_members_user_id_users_id_fk',
  'room_invites_inviter_id_users_id_fk',
  'notification_actors_actor_id_users_id_fk',
]);

/** What a client is told of a write that failed; other errors are what they are. */
export function roomRefusal(error: unknown): unknown {
  if (error instanceof RoomDenied) {
    return new Refusal(error.denials.flatMap(({ reason, path }) => refusalFor(reason, path).errors));
  }
  const broken = brokenConstraint(error) ?? '';
  if (broken === 'rooms_slug_unique') return refuse('TAKEN', 'Another room has this slug.', 'slug');
  return actorGone.has(broken) ? accountGone() : error;
}

/** What mutations on a room answer. */
export interface RoomDone {
  roomId: string;
}

/**
 * Does something in a room, and tells open streams of it.
 * @param act answers whose notifications may have changed.
 * @throws Refusal for what the store denies.
 */
export async function actInRoom(
  ctx: Context,
  viewer: Viewer,
  roomId: string,
  act: (id: string) => Promise<readonly string[]>,
): Promise<RoomDone> {
  const id = requireId('Room', roomId, 'roomId');
  try {
    const told = await act(id);
    ctx.live.wakeTold(viewer.id, told);
    return { roomId: id };
  } catch (error) {
    throw roomRefusal(error);
  }
}

/**
 * The UUID inside `roomId`, of a room that the viewer may see and manage: for what has to be known before there is work
 * to do. Whoever writes asks again under the room's lock.
 * @throws Refusal NOT_FOUND or FORBIDDEN.
 */
export async function requireManaged(ctx: Context, roomId: string): Promise<string> {
  const id = requireId('Room', roomId, 'roomId');
  const [room, { role }] = await Promise.all([loadRoom(ctx, id), standingIn(ctx, id)]);
  if (!room) throw refusalFor('no room', ['roomId']);
  if (!mayManage(role)) throw refusalFor('no right', ['roomId']);
  return id;
}
