import { mutation } from '../../graphql/mutation.ts';
import { actInRoom } from './act.ts';
import { enterRoom } from './act-store.ts';
import { roomIdInput, roomPayload } from './input.ts';

mutation('acceptRoomInvite', {
  description:
    'Accepts an invitation to a room; NOT_FOUND without one. Being in the room already is no error.',
  scope: 'rooms',
  towardsOthers: true,
  input: roomIdInput,
  payload: roomPayload,
  run: ({ roomId }, ctx, viewer) =>
    actInRoom(ctx, viewer, roomId, (id) => enterRoom(ctx.db, id, viewer.id, ctx.now(), true)),
});
