import { builder } from '../../graphql/builder.ts';
import { connectionOf } from '../../graphql/connection.ts';
import { byKey } from '../../graphql/loader.ts';
import { page, pageArgs } from '../../graphql/page.ts';
import type { PeerRow } from '../users/peer-store.ts';
import { peerList, UserRef } from '../users/type.ts';
import { likeCounts, likePages, type ViewerStateRow, viewerStatesOf } from './interact-store.ts';
import { PostRef } from './type.ts';

const likeList = peerList('likes', likePages, likeCounts);

const PostLikeConnection = connectionOf<PeerRow, PeerRow['user']>(
  'PostLike',
  { type: UserRef, of: (row) => row.user },
  {
    of: 'the people who like a post, last to like it first',
    edgeFields: (t) => ({
      likedAt: t.field({
        type: 'DateTime',
        description: 'When they liked it.',
        resolve: ({ row }) => row.at,
      }),
    }),
  },
);

const PostViewerStateRef = builder.objectRef<ViewerStateRow>('PostViewerState').implement({
  description: 'What the viewer has done with a post.',
  fields: (t) => ({
    liked: t.exposeBoolean('liked', { description: 'The viewer likes it.' }),
    reshared: t.exposeBoolean('reshared', { description: 'The viewer has reshared it.' }),
    subscribed: t.exposeBoolean('subscribed', {
      description: 'The viewer has asked to be told of its comments; authors are told without asking.',
    }),
    seen: t.exposeBoolean('seen', { description: 'The viewer has marked it seen.' }),
  }),
});

const viewerStateLoader = byKey(
  async (ctx, ids) => (ctx.viewer ? viewerStatesOf(ctx.db, ctx.viewer.id, ids) : []),
  (state) => state.postId,
);

builder.objectFields(PostRef, (t) => ({
  likes: t.field({
    type: PostLikeConnection,
    description: 'Who likes it, last first; without those whom the viewer cannot find.',
    args: pageArgs(t.arg),
    resolve: (post, args, ctx, info) => page(ctx, info, likeList, post.id, args),
  }),
  viewerState: t.field({
    type: PostViewerStateRef,
    nullable: true,
    description: 'What the viewer has done with it; null without a token.',
    resolve: (post, _args, ctx) => ctx.loaders.load(ctx, viewerStateLoader, post.id),
  }),
}));
