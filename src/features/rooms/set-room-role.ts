import { mutation } from '../../graphql/mutation.ts';
import { idOf } from '../../graphql/node.ts';
import { actInRoom } from './act.ts';
import { setRole } from './act-store.ts';
import { roomIdInput, roomPayload } from './input.ts';
import { RoomRoleEnum } from './type.ts';

mutation('setRoomRole', {
  description:
    'Gives somebody in a room a role, below one’s own and to those below oneself; the owner gives any (FORBIDDEN). That they have it already is no error.',
  scope: 'rooms',
  towardsOthers: true,
  input: (t) => ({
    ...roomIdInput(t),
    userId: t.id({ required: true, description: 'Whom: the `id` of a user who is in the room.' }),
    role: t.field({
      type: RoomRoleEnum,
      required: true,
      description:
        'What they are from now on: MEMBER in groups only, FOLLOWER in pages only; OWNER hands the room over, and the viewer is an admin then.',
    }),
  }),
  payload: roomPayload,
  run: ({ roomId, userId, role }, ctx, viewer) =>
    actInRoom(ctx, viewer, roomId, async (id) => {
      await setRole(ctx.db, id, viewer.id, idOf('User', userId), role);
      // Nobody is told of it.
      return [];
    }),
});
