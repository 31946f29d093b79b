import { requireScope } from '../../auth/require-viewer.ts';
import { builder } from '../../graphql/builder.ts';
import { page, pageArgs, soleList } from '../../graphql/page.ts';
import { ViewerRef } from '../users/viewer-type.ts';
import { libraryCount, libraryKeys, libraryPage } from './store.ts';
import { PrideFlagConnection } from './type.ts';

const library = soleList({
  ordering: 'flags',
  keys: libraryKeys,
  descending: true,
  rows: (ctx, viewer, { window }) => libraryPage(ctx.db, viewer, window),
  keyOf: ({ flag }) => [flag.createdAt, flag.id],
  count: (ctx, viewer) => libraryCount(ctx.db, viewer),
});

builder.objectField(ViewerRef, 'prideFlags', (t) =>
  t.field({
    type: PrideFlagConnection,
    description: 'The viewer’s library of pride flags, newest first. Needs the scope `profile`.',
    args: pageArgs(t.arg),
    resolve: (viewer, args, ctx, info) => {
      requireScope(viewer, 'profile');
      return page(ctx, info, library, viewer.id, args);
    },
  }),
);
