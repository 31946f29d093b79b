import { mutation } from '../../graphql/mutation.ts';
import { actInRoom } from './act.ts';
import { enterRoom } from './act-store.ts';
import { roomIdInput, roomPayload } from './input.ts';

mutation('joinRoom', {
  description:
    'Joins a public room, or a private one that the viewer is invited to. Being in it already is no error.',
  scope: 'rooms',
  towardsOthers: true,
  input: roomIdInput,
  payload: roomPayload,
  run: ({ roomId }, ctx, viewer) =>
    actInRoom(ctx, viewer, roomId, (id) => enterRoom(ctx.db, id, viewer.id, ctx.now(), false)),
});
