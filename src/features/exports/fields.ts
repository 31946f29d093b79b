import { requireScope } from '../../auth/require-viewer.ts';
import { builder } from '../../graphql/builder.ts';
import { page, pageArgs, soleList } from '../../graphql/page.ts';
import { ViewerRef } from '../users/viewer-type.ts';
import { exportKeys, exportsCount, exportsPage } from './store.ts';
import { ExportConnection } from './type.ts';

const archives = soleList({
  ordering: 'exports',
  keys: exportKeys,
  descending: true,
  rows: (ctx, viewer, { window }) => exportsPage(ctx.db, viewer, window),
  keyOf: ({ archive }) => [archive.createdAt, archive.id],
  count: (ctx, viewer) => exportsCount(ctx.db, viewer),
});

builder.objectField(ViewerRef, 'exports', (t) =>
  t.field({
    type: ExportConnection,
    description:
      'The archives that the viewer has asked for with `exportAccount`, newest first. Needs the scope `profile:read_private`.',
    args: pageArgs(t.arg),
    resolve: (viewer, args, ctx, info) => {
      requireScope(viewer, 'profile:read_private');
      return page(ctx, info, archives, viewer.id, args);
    },
  }),
);
