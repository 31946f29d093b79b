import { builder } from '../../graphql/builder.ts';
import { countingCost, pageArgs } from '../../graphql/page.ts';
import { mutualPageOfPerson, pageOfPerson, UserRef } from '../users/type.ts';
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
    resolve: pageOfPerson(followersList),
  }),
  following: t.field({
    type: UserFollowingConnection,
    description: 'Whom they follow, newest first.',
    args: pageArgs(t.arg),
    resolve: pageOfPerson(followingList),
  }),
  mutualFollowers: t.field({
    type: UserFollowerConnection,
    description: `Those of their followers whom the viewer follows, newest first; empty without a token. Adds ${countingCost} to the document’s cost.`,
    args: pageArgs(t.arg),
    extensions: { cost: { fixed: countingCost } },
    resolve: mutualPageOfPerson(mutualFollowersList),
  }),
}));
