import { mutation } from '../../graphql/mutation.ts';
import { maxMarked, requireMarked, seenPayload } from '../notifications/payload.ts';
import { loadUser } from '../users/loaders.ts';
import { markRequestsSeen } from './act-store.ts';

mutation('markConnectionRequestsSeen', {
  description: 'Marks connection requests that the viewer got as seen.',
  scope: 'interactions',
  towardsOthers: false,
  input: (t) => ({
    userIds: t.idList({
      description: `Whose: users’ \`id\`s, at most ${maxMarked}; null for all there are.`,
    }),
  }),
  payload: seenPayload,
  run: async ({ userIds }, ctx, viewer) => {
    const ids = await requireMarked('User', userIds, 'userIds', (id) => loadUser(ctx, id));
    const seenCount = await markRequestsSeen(ctx.db, viewer.id, ids, ctx.now());
    ctx.live.wake([viewer.id]);
    return { seenCount };
  },
});
