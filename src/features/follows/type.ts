import type { ObjectRef } from '@pothos/core';
import { type Context, viewerId } from '../../context.ts';
import type { SchemaTypes } from '../../graphql/builder.ts';
import { connectionOf, type List, type Page } from '../../graphql/page.ts';
import { cardFor } from '../users/card.ts';
import { type PeerRow, peerKeys } from '../users/peer-store.ts';
import { UserRef } from '../users/type.ts';
import { followsCount, followsPages, mutualFollowersCount } from './store.ts';

const followList = (
  name: 'followers' | 'following' | 'mutualFollowers',
  counts: List<PeerRow>['counts'],
): List<PeerRow> => ({
  ordering: name,
  keys: peerKeys,
  descending: true,
  rows: (ctx, parents, { window, fields }) =>
    followsPages[name](ctx.db, viewerId(ctx), parents, cardFor(fields), window),
  keyOf: (row) => [row.at, row.user.id],
  counts,
});

const stored = (side: 'followers' | 'following') => (ctx: Context, parents: readonly string[]) =>
  followsCount(ctx.db, viewerId(ctx), side, parents);

/** Who follows somebody. */
export const followersList = followList('followers', stored('followers'));
/** Whom somebody follows. */
export const followingList = followList('following', stored('following'));
/** Who of somebody's followers the viewer follows. */
export const mutualFollowersList = followList('mutualFollowers', (ctx, parents) =>
  mutualFollowersCount(ctx.db, viewerId(ctx), parents),
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
