import { builder } from '../../graphql/builder.ts';
import { PostRef } from '../posts/type.ts';
import { pollOfPostLoader } from './loaders.ts';
import { PollRef } from './type.ts';

builder.objectField(PostRef, 'poll', (t) =>
  t.field({
    type: PollRef,
    nullable: true,
    description: 'What it asks its readers; null where it asks nothing.',
    resolve: ({ id }, _args, ctx) => ctx.loaders.load(ctx, pollOfPostLoader, id),
  }),
);
