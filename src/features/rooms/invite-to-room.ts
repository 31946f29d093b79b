import { mutation } from '../../graphql/mutation.ts';
import { idOf } from '../../graphql/node.ts';
import { validate } from '../../graphql/validate.ts';
import { requireAnswering } from '../relationships/target.ts';
import { actInRoom, requireManaged } from './act.ts';
import { inviteToRoom } from './act-store.ts';
import { roomIdInput, roomPayload } from './input.ts';
import { inviteShape, maxInvited } from './rules.ts';

mutation('inviteToRoom', {
  description:
    'Invites people to a room, for its owner and admins (FORBIDDEN): all of them, or nobody. That somebody is in it or invited already is no error; INVALID for who lives in another system, and could not answer.',
  scope: 'rooms',
  towardsOthers: true,
  input: (t) => ({
    ...roomIdInput(t),
    userIds: t.idList({ required: true, description: `Whom: 1–${maxInvited} users’ \`id\`s.` }),
  }),
  payload: roomPayload,
  run: async ({ roomId, userIds }, ctx, viewer) => {
    await requireManaged(ctx, roomId);
    const asked = validate(inviteShape, { userIds }).userIds;
    await requireAnswering(ctx, asked, (place) => ['userIds', String(place)]);
    const people = asked.map((id) => idOf('User', id));
    return actInRoom(ctx, viewer, roomId, (id) => inviteToRoom(ctx.db, id, viewer.id, people, ctx.now()));
  },
});
