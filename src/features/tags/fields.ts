import { builder } from '../../graphql/builder.ts';
import { maxTags } from '../profile/rules.ts';
import { UserRef } from '../users/type.ts';
import { userTagsLoader } from './loaders.ts';
import { TagRef } from './type.ts';

builder.objectField(UserRef, 'tags', (t) =>
  t.field({
    type: [TagRef],
    description: `Words they are tagged with, by themself, in their order, at most ${maxTags}.`,
    resolve: (user, _args, ctx) => (user.restricted ? [] : ctx.loaders.load(ctx, userTagsLoader, user.id)),
  }),
);
