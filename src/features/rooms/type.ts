import { builder } from '../../graphql/builder.ts';
import { connectionOf } from '../../graphql/connection.ts';
import { encodeId, findableNode, Node } from '../../graphql/node.ts';
import { page, pageArgs } from '../../graphql/page.ts';
import { ImageRef, shown } from '../media/type.ts';
import { loadUser } from '../users/loaders.ts';
import type { PeerRow } from '../users/peer-store.ts';
import { peerList, UserRef } from '../users/type.ts';
import type { RoomRow } from './card.ts';
import { loadRoom, standingIn } from './loaders.ts';
import type { RoomKind, RoomRole } from './rules.ts';
import { type RoomListRow, roomMemberPages, roomMembersCount } from './store.ts';

export const RoomKindEnum = builder.enumType('RoomKind', {
  description: 'What kind of place a room is.',
  values: {
    GROUP: { description: 'A group: whoever is in it may post.' },
    PAGE: { description: 'A page: people follow it, and only its owner and admins post.' },
  } satisfies Record<RoomKind, object>,
});

export const RoomRoleEnum = builder.enumType('RoomRole', {
  description: 'What somebody is in a room.',
  values: {
    OWNER: { description: 'The one person whose room it is: makes admins, hands it over, deletes it.' },
    ADMIN: { description: 'Renames the room, invites people and removes those who have no other role.' },
    MEMBER: { description: 'Is in a group.' },
    FOLLOWER: { description: 'Follows a page.' },
  } satisfies Record<RoomRole, object>,
});

type RoomMemberRow = PeerRow<RoomRole>;
const membersList = peerList('room members', roomMemberPages, roomMembersCount);

const RoomMemberConnection = connectionOf<RoomMemberRow, RoomMemberRow['user']>(
  'RoomMember',
  { type: UserRef, of: (row) => row.user },
  {
    of: 'the people in a room, last to join first',
    edgeFields: (t) => ({
      role: t.field({
        type: RoomRoleEnum,
        description: 'What they are in the room.',
        resolve: ({ row }) => row.detail,
      }),
      joinedAt: t.field({
        type: 'DateTime',
        description: 'Since when they are in it.',
        resolve: ({ row }) => row.at,
      }),
    }),
  },
);

export const RoomRef = builder.objectRef<RoomRow>('Room');
RoomRef.implement({
  description:
    'A place that people share: a group or a page. A private one is found by those who are in it or invited, whose token has the scope `rooms`.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: 'Opaque, unique across types.', resolve: (room) => encodeId('Room', room.id) }),
    kind: t.expose('kind', { type: RoomKindEnum, description: 'Whether it is a group or a page.' }),
    slug: t.exposeString('slug', {
      description: 'Its unique name in addresses, 1–50 of a–z 0–9 -; it stays as it is.',
    }),
    name: t.exposeString('name', { description: 'What it is called, at most 50 characters.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What it is about, at most 200 characters; null where none is given.',
    }),
    avatar: t.field({
      type: ImageRef,
      nullable: true,
      description: 'Its picture; null where there is none.',
      resolve: ({ avatar }) => shown(avatar),
    }),
    isPublic: t.exposeBoolean('isPublic', {
      description: 'Whether anybody finds and joins it; else by invitation.',
    }),
    isVerified: t.exposeBoolean('isVerified', { description: 'Whether operators say that it is genuine.' }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was created.',
      resolve: ({ createdAt }) => createdAt,
    }),
    membersCount: t.exposeInt('members', {
      description: 'How many people are in it, the owner included: the same for everybody who asks.',
    }),
    owner: t.field({
      type: UserRef,
      nullable: true,
      description: 'Whose room it is; null where the viewer may not see them.',
      resolve: ({ ownerId }, _args, ctx) => (ownerId === null ? null : loadUser(ctx, ownerId)),
    }),
    viewerRole: t.field({
      type: RoomRoleEnum,
      nullable: true,
      description: 'What the viewer is in it; null where they are not, and without the scope `rooms`.',
      resolve: async ({ id }, _args, ctx) => (await standingIn(ctx, id)).role,
    }),
    viewerInvited: t.boolean({
      description: 'Whether the viewer is invited and has not answered yet; false without the scope `rooms`.',
      resolve: async ({ id }, _args, ctx) => (await standingIn(ctx, id)).invited,
    }),
    members: t.field({
      type: RoomMemberConnection,
      description: 'Who is in it, last to join first.',
      args: pageArgs(t.arg),
      resolve: (room, args, ctx, info) => page(ctx, info, membersList, room.id, args),
    }),
  }),
});
findableNode('Room', RoomRef, loadRoom);

export const RoomConnection = connectionOf<RoomListRow, RoomRow>(
  'Room',
  { type: RoomRef, of: (row) => row.room },
  { of: 'a list of rooms', counted: true },
);
