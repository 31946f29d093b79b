import { builder } from '../../graphql/builder.ts';
import { UserRef } from '../users/type.ts';
import { relationshipLoader } from './loaders.ts';
import { RelationshipRef } from './type.ts';

builder.objectField(UserRef, 'relationship', (t) =>
  t.field({
    type: RelationshipRef,
    nullable: true,
    description: 'How the viewer and this user stand to each other; null without a token, and on oneself.',
    resolve: (user, _args, ctx) =>
      ctx.viewer && ctx.viewer.id !== user.id ? ctx.loaders.load(ctx, relationshipLoader, user.id) : null,
  }),
);
