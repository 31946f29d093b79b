import { builder } from '../../graphql/builder.ts';
import { connectionOf } from '../../graphql/connection.ts';
import { encodeId, findableNode, findNode, Node } from '../../graphql/node.ts';
import { unseenPostsLoader } from '../feed/loaders.ts';
import { maxUnseenPosts, unseenWithin } from '../feed/store.ts';
import { NotificationKindEnum } from '../settings/type.ts';
import { loadUser } from '../users/loaders.ts';
import { UserRef } from '../users/type.ts';
import { notificationLoader } from './loaders.ts';
import { maxActors, type NotificationRow, type Unseen } from './store.ts';

export const NotificationRef = builder.objectRef<NotificationRow>('Notification');
NotificationRef.implement({
  description:
    'What others did that concerns the viewer: one for each kind of act and what it is about, however many did it. It goes when all of them take it back.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, unique across types.',
      resolve: (notification) => encodeId('Notification', notification.id),
    }),
    kind: t.expose('kind', { type: NotificationKindEnum, description: 'What was done.' }),
    actors: t.field({
      type: [UserRef],
      description: `Who did it, the last one first; at most the last ${maxActors}.`,
      extensions: { cost: { length: maxActors } },
      resolve: async ({ actorIds }, _args, ctx) =>
        (await Promise.all(actorIds.map((id) => loadUser(ctx, id)))).filter((user) => user !== null),
    }),
    actorsCount: t.exposeInt('actorsCount', { description: 'How many did it.' }),
    subject: t.field({
      type: Node,
      nullable: true,
      description:
        'What it is about: the viewer, whom somebody follows; the connection; the room; the post or comment. Null when it is out of sight by now.',
      resolve: ({ subjectType, subjectId }, _args, ctx) => findNode(ctx, subjectType, subjectId),
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When the first of those who are still in it did it.',
      resolve: ({ createdAt }) => createdAt,
    }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When the last of them did it.',
      resolve: ({ updatedAt }) => updatedAt,
    }),
    seenAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the viewer marked it seen; null until then, and again when somebody else does it.',
      resolve: ({ seenAt }) => seenAt,
    }),
  }),
});
findableNode('Notification', NotificationRef, (ctx, id) => ctx.loaders.load(ctx, notificationLoader, id));

/** A notification in the viewer's list. */
export interface ListedNotification {
  parentId: string;
  notification: NotificationRow;
}

export const NotificationConnection = connectionOf(
  'Notification',
  { type: NotificationRef, of: (row: ListedNotification) => row.notification },
  { of: 'the viewer’s notifications, newest act first', counted: true },
);

export const UnseenCountsRef = builder.objectRef<Unseen>('UnseenCounts').implement({
  description: 'How much the viewer has not seen yet.',
  fields: (t) => ({
    total: t.int({
      description:
        'All that is new for them: `notifications` and `posts` together; requests are counted apart.',
      resolve: async ({ viewerId, notifications }, _args, ctx) =>
        notifications + (await ctx.loaders.load(ctx, unseenPostsLoader, viewerId)),
    }),
    posts: t.int({
      description: `Posts of others in their feed that are not marked seen: of its newest ${unseenWithin}, and at most ${maxUnseenPosts}.`,
      resolve: ({ viewerId }, _args, ctx) => ctx.loaders.load(ctx, unseenPostsLoader, viewerId),
    }),
    notifications: t.exposeInt('notifications', { description: 'Notifications that are not marked seen.' }),
    connectionRequests: t.exposeInt('connectionRequests', {
      description: 'Pending connection requests to them that are not marked seen.',
    }),
  }),
});
