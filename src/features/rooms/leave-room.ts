import { mutation } from '../../graphql/mutation.ts';
import { actInRoom } from './act.ts';
import { leaveRoom } from './act-store.ts';
import { roomIdInput, roomPayload } from './input.ts';

mutation('leaveRoom', {
  description:
    'Leaves a room; its owner hands it over first, or deletes it (CONFLICT). Not being in it is no error.',
  scope: 'rooms',
  towardsOthers: true,
  input: roomIdInput,
  payload: roomPayload,
  run: ({ roomId }, ctx, viewer) => actInRoom(ctx, viewer, roomId, (id) => leaveRoom(ctx.db, id, viewer.id)),
});
