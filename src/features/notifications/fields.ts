import { requireScope } from '../../auth/require-viewer.ts';
import { builder } from '../../graphql/builder.ts';
import { page, pageArgs, soleList } from '../../graphql/page.ts';
import { ViewerRef } from '../users/viewer-type.ts';
import { unseenLoader } from './loaders.ts';
import { notificationKeys, notificationsCount, notificationsPage } from './store.ts';
import { type ListedNotification, NotificationConnection, UnseenCountsRef } from './type.ts';

interface Args {
  unseenOnly: boolean;
}
const which = ({ unseenOnly }: Args) => (unseenOnly ? 'unseen' : 'all');

const notificationsList = soleList<Omit<ListedNotification, 'parentId'>, Args>({
  ordering: 'notifications',
  keys: notificationKeys,
  descending: true,
  rows: async (ctx, viewer, { window, args }) =>
    (await notificationsPage(ctx.db, viewer, which(args), window)).map((notification) => ({ notification })),
  keyOf: ({ notification }) => [notification.version],
  count: (ctx, viewer, args) => notificationsCount(ctx.db, viewer, which(args)),
});

builder.objectFields(ViewerRef, (t) => ({
  notifications: t.field({
    type: NotificationConnection,
    description:
      'What others did that concerns the viewer, newest act first. Reading marks nothing seen. Needs the scope `notifications`.',
    args: {
      ...pageArgs(t.arg),
      unseenOnly: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: 'Only those that are not marked seen.',
      }),
    },
    resolve: (viewer, { unseenOnly, ...args }, ctx, info) => {
      requireScope(viewer, 'notifications');
      return page(ctx, info, notificationsList, viewer.id, args, { unseenOnly });
    },
  }),
  unseen: t.field({
    type: UnseenCountsRef,
    description: 'How much they have not seen yet, from stored counts. Needs the scope `notifications`.',
    resolve: (viewer, _args, ctx) => {
      requireScope(viewer, 'notifications');
      return ctx.loaders.load(ctx, unseenLoader, viewer.id);
    },
  }),
}));
