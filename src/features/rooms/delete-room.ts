import { mutation } from '../../graphql/mutation.ts';
import { encodeId } from '../../graphql/node.ts';
import { sweepSoon } from '../media/pictures.ts';
import { actInRoom } from './act.ts';
import { roomIdInput } from './input.ts';
import { deleteRoom } from './write-store.ts';

mutation('deleteRoom', {
  description: 'Deletes a room with all that is in it, for its owner (FORBIDDEN).',
  scope: 'rooms',
  towardsOthers: true,
  input: roomIdInput,
  run: async ({ roomId }, ctx, viewer) => {
    const done = await actInRoom(ctx, viewer, roomId, (id) => deleteRoom(ctx.db, id, viewer.id));
    await sweepSoon(ctx);
    return done;
  },
  payload: (t) => ({
    deletedRoomId: t.id({
      nullable: true,
      description: 'The `id` that the room had; null when it was not done.',
      resolve: ({ roomId }) => (roomId === undefined ? null : encodeId('Room', roomId)),
    }),
  }),
});
