import { builder } from '../../graphql/builder.ts';
import { countingCost, emptyPage, page, pageArgs } from '../../graphql/page.ts';
import { UserRef } from '../users/type.ts';
import {
  followersList,
  followingList,
  mutualFollowersList,
  UserFollowerConnection,
  UserFollowingConnection,
} from './type.ts';

builder.objectFields(UserRef, (t) => ({
  followers: t.field({
    type: UserFollowerConnection,
    description: 'Who follows them, newest first.',
    args: pageArgs(t.arg),
    resolve: (user, args, ctx, info) =>
      user.restricted ? emptyPage : page(ctx, info, followersList, user.id, args),
  }),
  following: t.field({
    type: UserFollowingConnection,
    description: 'Whom they follow, newest first.',
    args: pageArgs(t.arg),
    resolve: (user, args, ctx, info) =>
      user.restricted ? emptyPage : page(ctx, info, followingList, user.id, args),
  }),
  mutualFollowers: t.field({
    type: UserFollowerConnection,
    description: `Those of their followers whom the viewer follows, newest first; empty without a token. Adds ${countingCost} to the document’s cost.`,
    args: pageArgs(t.arg),
    extensions: { cost: { fixed: countingCost } },
    resolve: (user, args, ctx, info) =>
      user.restricted || !ctx.viewer ? emptyPage : page(ctx, info, mutualFollowersList, user.id, args),
  }),
}));
