import { builder } from '../../graphql/builder.ts';
import { page, pageArgs } from '../../graphql/page.ts';
import { PostRef } from '../posts/type.ts';
import { CommentConnection, commentList } from './type.ts';

builder.objectField(PostRef, 'comments', (t) =>
  t.field({
    type: CommentConnection,
    description: 'What is said under it, oldest first; without those whom the viewer cannot find.',
    args: pageArgs(t.arg),
    resolve: (post, args, ctx, info) => page(ctx, info, commentList, post.id, args),
  }),
);
