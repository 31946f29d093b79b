import { isDeepStrictEqual } from 'node:util';
import { requireViewer } from '../../auth/require-viewer.ts';
import { builder } from '../../graphql/builder.ts';
import { ownFields } from '../../graphql/selection.ts';
import { stream } from '../../graphql/stream.ts';
import { unseenPostsLoader } from '../feed/loaders.ts';
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
      'How much the viewer has not seen yet, each time it changes; posts that go are noticed within a minute. Needs the scope `notifications`.',
    subscribe: async (_root, _args, ctx, info) => {
      const viewer = requireViewer(ctx, 'notifications');
      const asked = ownFields(info);
      // They are read, not stored: only for those who ask.
      const readsFeed = asked.has('posts') || asked.has('total');
      const read = async () => {
        const [counts, posts] = await Promise.all([
          unseenCounts(ctx.db, viewer.id),
          readsFeed ? ctx.loaders.load(ctx, unseenPostsLoader, viewer.id) : 0,
        ]);
        return { counts, posts };
      };
      let last = await read();
      const next = async () => {
        const now = await read();
        if (isDeepStrictEqual(last, now)) return null;
        last = now;
        return now.counts;
      };
      return stream(ctx, viewer, next, { readsFeed });
    },
    resolve: (counts: Unseen) => counts,
  }),
}));
