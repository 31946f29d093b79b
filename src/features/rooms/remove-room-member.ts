import { mutation } from '../../graphql/mutation.ts';
import { idOf } from '../../graphql/node.ts';
import { actInRoom } from './act.ts';
import { removeFromRoom } from './act-store.ts';
import { roomIdInput, roomPayload } from './input.ts';

mutation('removeRoomMember', {
  description:
    'Takes somebody out of a room, or their invitation back: anybody for the owner, for admins those who have no role of their own (FORBIDDEN). That they are neither in it nor invited is no error.',
  scope: 'rooms',
  towardsOthers: true,
  input: (t) => ({
    ...roomIdInput(t),
    userId: t.id({ required: true, description: 'Whom: a user’s `id`.' }),
  }),
  payload: roomPayload,
  run: ({ roomId, userId }, ctx, viewer) =>
    actInRoom(ctx, viewer, roomId, (id) => removeFromRoom(ctx.db, id, viewer.id, idOf('User', userId))),
});
