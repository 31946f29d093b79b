import { mutation } from '../../graphql/mutation.ts';
import { actInRoom } from './act.ts';
import { declineInvitation } from './act-store.ts';
import { roomIdInput, roomPayload } from './input.ts';

mutation('declineRoomInvite', {
  description: 'Declines an invitation to a room. That there is none is no error.',
  scope: 'rooms',
  towardsOthers: true,
  input: roomIdInput,
  payload: roomPayload,
  run: ({ roomId }, ctx, viewer) =>
    actInRoom(ctx, viewer, roomId, (id) => declineInvitation(ctx.db, id, viewer.id)),
});
