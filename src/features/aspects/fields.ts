import { requireScope } from '../../auth/require-viewer.ts';
import { builder } from '../../graphql/builder.ts';
import { RelationshipRef } from '../relationships/type.ts';
import { ViewerRef } from '../users/viewer-type.ts';
import { aspectsWithLoader, ownAspectsLoader } from './loaders.ts';
import { maxAspects } from './rules.ts';
import { AspectRef } from './type.ts';

builder.objectField(ViewerRef, 'aspects', (t) =>
  t.field({
    type: [AspectRef],
    description: `The viewer’s private lists, oldest first, at most ${maxAspects}. Needs the scope \`contacts:read\`.`,
    resolve: (viewer, _args, ctx) => {
      requireScope(viewer, 'contacts:read');
      return ctx.loaders.load(ctx, ownAspectsLoader, viewer.id);
    },
  }),
);

builder.objectField(RelationshipRef, 'aspects', (t) =>
  t.field({
    type: [AspectRef],
    description:
      'Those of the viewer’s private lists that the user is in; empty without the scope `contacts:read`.',
    resolve: ({ userId }, _args, ctx) => ctx.loaders.load(ctx, aspectsWithLoader, userId),
  }),
);
