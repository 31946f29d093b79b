import { requireViewer } from '../../auth/require-viewer.ts';
import { builder } from '../../graphql/builder.ts';
import { stream } from '../../graphql/stream.ts';
import { lastVersion, type NotificationRow, nextNotification, type Unseen, unseenCounts } from './store.ts';
import { NotificationRef, UnseenCountsRef } from './type.ts';

builder.subscriptionFields((t) => ({
  notificationAdded: t.field({
    type: NotificationRef,
    description:
      'Each notification that comes, and each that somebody else joins, as it is then. Needs the scope `notifications`.',
    subscribe: async (_root, _args, ctx) => {
      const viewer = requireViewer(ctx, 'notifications');
      let last = await lastVersion(ctx.db, viewer.id);
      return stream(ctx, viewer, async () => {
        const added = await nextNotification(ctx.db, viewer.id, last);
        last = added?.version ?? last;
        return added;
      });
    },
    resolve: (notification: NotificationRow) => notification,
  }),
  unseenChanged: t.field({
    type: UnseenCountsRef,
    description:
      'How much the viewer has not seen yet, each time it changes. Needs the scope `notifications`.',
    subscribe: async (_root, _args, ctx) => {
      const viewer = requireViewer(ctx, 'notifications');
      let last = await unseenCounts(ctx.db, viewer.id);
      return stream(ctx, viewer, async () => {
        const now = await unseenCounts(ctx.db, viewer.id);
        if (isSame(last, now)) return null;
        last = now;
        return now;
      });
    },
    resolve: (counts: Unseen) => counts,
  }),
}));

function isSame(a: Unseen, b: Unseen): boolean {
  return a.notifications === b.notifications && a.connectionRequests === b.connectionRequests;
}
