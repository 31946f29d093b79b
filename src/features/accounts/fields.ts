import { requireScope } from '../../auth/require-viewer.ts';
import { builder } from '../../graphql/builder.ts';
import { UserRef } from '../users/type.ts';
import { ViewerRef } from '../users/viewer-type.ts';
import { allAccountsLoader, shownAccountsLoader } from './loaders.ts';
import { AccountRef } from './type.ts';

builder.objectField(UserRef, 'accounts', (t) =>
  t.field({
    type: [AccountRef],
    description: 'The same person in other systems, oldest first: those they show.',
    resolve: (user, _args, ctx) =>
      user.restricted ? [] : ctx.loaders.load(ctx, shownAccountsLoader, user.id),
  }),
);

builder.objectField(ViewerRef, 'accounts', (t) =>
  t.field({
    type: [AccountRef],
    description:
      'The viewer in other systems, oldest first: all of them. Needs the scope `profile:read_private`.',
    resolve: (viewer, _args, ctx) => {
      requireScope(viewer, 'profile:read_private');
      return ctx.loaders.load(ctx, allAccountsLoader, viewer.id);
    },
  }),
);
