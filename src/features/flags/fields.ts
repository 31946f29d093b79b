import { requireScope } from '../../auth/require-viewer.ts';
import { builder } from '../../graphql/builder.ts';
import { type List, page, pageArgs } from '../../graphql/page.ts';
import { ViewerRef } from '../users/viewer-type.ts';
import { libraryCount, libraryKeys, libraryPage } from './store.ts';
import { type LibraryRow, PrideFlagConnection } from './type.ts';

const library: List<LibraryRow> = {
  ordering: 'flags',
  keys: libraryKeys,
  descending: true,
  // The viewer is the only parent there can be.
  rows: async (ctx, [viewer = ''], { window }) =>
    (await libraryPage(ctx.db, viewer, window)).map((row) => ({ ...row, parentId: viewer })),
  keyOf: ({ flag }) => [flag.createdAt, flag.id],
  counts: async (ctx, [viewer = '']) => [{ parentId: viewer, count: await libraryCount(ctx.db, viewer) }],
};

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
