import type { ObjectRef } from '@pothos/core';
import type { SchemaTypes } from '../../graphql/builder.ts';
import { connectionOf } from '../../graphql/connection.ts';
import type { Page } from '../../graphql/page.ts';
import type { PeerRow } from '../users/peer-store.ts';
import { peerList, UserRef } from '../users/type.ts';
import { followsCounts, followsPages, mutualFollowersCount } from './store.ts';

/** Who follows somebody. */
export const followersList = peerList('followers', followsPages.followers, followsCounts.followers);
/** Whom somebody follows. */
export const followingList = peerList('following', followsPages.following, followsCounts.following);
/** Who of somebody's followers the viewer follows. */
export const mutualFollowersList = peerList(
  'mutualFollowers',
  followsPages.mutualFollowers,
  mutualFollowersCount,
);

const followConnection = (
  name: string,
  of: string,
  followedAt: string,
): ObjectRef<SchemaTypes, Page<PeerRow>> =>
  connectionOf<PeerRow, PeerRow['user']>(
    name,
    { type: UserRef, of: (row) => row.user },
    {
      of,
      edgeFields: (t) => ({
        followedAt: t.field({
          type: 'DateTime',
          description: followedAt,
          resolve: ({ row }) => row.at,
        }),
      }),
    },
  );

export const UserFollowerConnection = followConnection(
  'UserFollower',
  'the people who follow somebody, newest first',
  'Since when this person follows them.',
);
export const UserFollowingConnection = followConnection(
  'UserFollowing',
  'the people whom somebody follows, newest first',
  'Since when they follow this person.',
);
