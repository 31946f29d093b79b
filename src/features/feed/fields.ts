import { builder } from '../../graphql/builder.ts';
import { countingCost, page, pageArgs, soleList } from '../../graphql/page.ts';
import type { PostRow } from '../posts/card.ts';
import { postReader } from '../posts/loaders.ts';
import { postKeys } from '../posts/store.ts';
import { PostConnection } from '../posts/type.ts';
import { ViewerRef } from '../users/viewer-type.ts';
import { feedCardFor } from './card.ts';
import { feedReader } from './loaders.ts';
import { feedCount, feedPage } from './store.ts';

const feed = soleList<{ post: PostRow }>({
  ordering: 'feed',
  keys: postKeys,
  descending: true,
  joined: 'author',
  rows: async (ctx, _viewer, { window, fields, joined }) =>
    (await feedPage(ctx.db, feedReader(ctx), feedCardFor(fields, joined), window)).map((post) => ({ post })),
  keyOf: ({ post }) => [post.createdAt, post.id],
  count: (ctx) => feedCount(ctx.db, postReader(ctx)),
});

builder.objectField(ViewerRef, 'feed', (t) =>
  t.field({
    type: PostConnection,
    description: `Posts of people they follow or are connected with, and of rooms they are in, newest first; without people they hide. A reshare is there only where neither what it reshares is, nor a newer reshare of the same. Without the scope \`private:read\` only posts that are public. A totalCount adds ${countingCost} to the document’s cost.`,
    args: pageArgs(t.arg),
    resolve: (viewer, args, ctx, info) => page(ctx, info, feed, viewer.id, args),
  }),
);
