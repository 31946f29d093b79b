import { requireScope } from '../../auth/require-viewer.ts';
import { builder } from '../../graphql/builder.ts';
import { connectionOf } from '../../graphql/connection.ts';
import { page, pageArgs, soleList } from '../../graphql/page.ts';
import { UserRef } from '../users/type.ts';
import { ViewerRef } from '../users/viewer-type.ts';
import { type TurnedFrom, turnedFromCount, turnedFromKeys, turnedFromPage } from './store.ts';

type Row = TurnedFrom & { parentId: string };

const turnedFromList = (name: 'blocked' | 'hidden') =>
  soleList<TurnedFrom>({
    ordering: name,
    keys: turnedFromKeys,
    descending: true,
    rows: (ctx, viewer, { window }) => turnedFromPage(ctx.db, viewer, name, window),
    keyOf: ({ at, user }) => [at, user.id],
    count: (ctx, viewer) => turnedFromCount(ctx.db, viewer, name),
  });
const blockedList = turnedFromList('blocked');
const hiddenList = turnedFromList('hidden');

const BlockedUserConnection = connectionOf<Row, Row['user']>(
  'BlockedUser',
  { type: UserRef, of: (row) => row.user },
  {
    of: 'the people whom the viewer has blocked, newest first',
    counted: true,
    edgeFields: (t) => ({
      blockedAt: t.field({
        type: 'DateTime',
        description: 'Since when they are blocked.',
        resolve: ({ row }) => row.at,
      }),
    }),
  },
);
const HiddenUserConnection = connectionOf<Row, Row['user']>(
  'HiddenUser',
  { type: UserRef, of: (row) => row.user },
  {
    of: 'the people whom the viewer has hidden, newest first',
    counted: true,
    edgeFields: (t) => ({
      hiddenAt: t.field({
        type: 'DateTime',
        description: 'Since when they are hidden.',
        resolve: ({ row }) => row.at,
      }),
    }),
  },
);

builder.objectFields(ViewerRef, (t) => ({
  blockedUsers: t.field({
    type: BlockedUserConnection,
    description:
      'Whom the viewer has blocked, newest first: who they are, and nothing that leads on from them. Needs the scope `contacts:read`.',
    args: pageArgs(t.arg),
    resolve: (viewer, args, ctx, info) => {
      requireScope(viewer, 'contacts:read');
      return page(ctx, info, blockedList, viewer.id, args);
    },
  }),
  hiddenUsers: t.field({
    type: HiddenUserConnection,
    description: 'Whom the viewer has hidden, newest first. Needs the scope `contacts:read`.',
    args: pageArgs(t.arg),
    resolve: (viewer, args, ctx, info) => {
      requireScope(viewer, 'contacts:read');
      return page(ctx, info, hiddenList, viewer.id, args);
    },
  }),
}));
