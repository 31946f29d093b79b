import { mutation } from '../../graphql/mutation.ts';
import { markNotificationsSeen } from './act-store.ts';
import { notificationLoader } from './loaders.ts';
import { maxMarked, requireMarked, seenPayload } from './payload.ts';

mutation('markNotificationsSeen', {
  description: 'Marks notifications of the viewer’s seen.',
  scope: 'notifications',
  towardsOthers: false,
  input: (t) => ({
    notificationIds: t.idList({
      description: `Which: their \`id\`s, at most ${maxMarked}; null for all there are.`,
    }),
  }),
  payload: seenPayload,
  run: async ({ notificationIds }, ctx, viewer) => {
    const ids = await requireMarked('Notification', notificationIds, 'notificationIds', (id) =>
      ctx.loaders.load(ctx, notificationLoader, id),
    );
    const seenCount = await markNotificationsSeen(ctx.db, viewer.id, ids, ctx.now());
    ctx.live.wake([viewer.id]);
    return { seenCount };
  },
});
