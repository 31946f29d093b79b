import { requireScope } from '../../auth/require-viewer.ts';
import type { Context } from '../../context.ts';
import { builder } from '../../graphql/builder.ts';
import { connectionOf } from '../../graphql/connection.ts';
import { countingCost, page, pageArgs, soleList } from '../../graphql/page.ts';
import type { RelationshipRow } from '../relationships/store.ts';
import { RelationshipRef } from '../relationships/type.ts';
import type { PeerRow } from '../users/peer-store.ts';
import { mutualPageOfPerson, pageOfPerson, peerList, UserRef } from '../users/type.ts';
import { ViewerRef } from '../users/viewer-type.ts';
import { connectionWithLoader } from './loaders.ts';
import {
  connectionPages,
  connectionsCount,
  type Direction,
  mutualConnectionsCount,
  requestKeys,
  requestsCount,
  requestsPage,
} from './store.ts';
import type { connectionStatuses } from './table.ts';
import {
  ConnectionConnection,
  ConnectionRef,
  ConnectionStateEnum,
  ConnectionStatusEnum,
  type RequestRow,
} from './type.ts';

const connectionsList = peerList('connections', connectionPages.connections, connectionsCount);
const mutualConnectionsList = peerList(
  'mutualConnections',
  connectionPages.mutualConnections,
  mutualConnectionsCount,
);

const UserPeerConnection = connectionOf<PeerRow, PeerRow['user']>(
  'UserPeer',
  { type: UserRef, of: (row) => row.user },
  {
    of: 'the people whom somebody is connected with, newest first',
    edgeFields: (t) => ({
      connectedAt: t.field({
        type: 'DateTime',
        description: 'Since when they are connected.',
        resolve: ({ row }) => row.at,
      }),
    }),
  },
);

builder.objectFields(UserRef, (t) => ({
  connections: t.field({
    type: UserPeerConnection,
    description: 'Whom they are connected with, newest first.',
    args: pageArgs(t.arg),
    resolve: pageOfPerson(connectionsList),
  }),
  mutualConnections: t.field({
    type: UserPeerConnection,
    description: `Those of their connections whom the viewer is connected with as well, newest first; empty without a token. Adds ${countingCost} to the document’s cost.`,
    args: pageArgs(t.arg),
    extensions: { cost: { fixed: countingCost } },
    resolve: mutualPageOfPerson(mutualConnectionsList),
  }),
}));

interface RequestArgs {
  direction: Direction;
  status: (typeof connectionStatuses)[number];
}

const requestsList = soleList<Omit<RequestRow, 'parentId'>, RequestArgs>({
  ordering: 'requests',
  keys: requestKeys,
  descending: true,
  rows: async (ctx, viewer, { window, args }) =>
    (await requestsPage(ctx.db, viewer, args, window)).map((connection) => ({ connection })),
  keyOf: ({ connection }) => [connection.createdAt, connection.id],
  count: (ctx, viewer, args) => requestsCount(ctx.db, viewer, args),
});

const RequestDirectionEnum = builder.enumType('RequestDirection', {
  description: 'Which way a request went.',
  values: {
    RECEIVED: { description: 'Others asked the viewer.' },
    SENT: { description: 'The viewer asked others.' },
  } satisfies Record<Direction, object>,
});

builder.objectField(ViewerRef, 'connectionRequests', (t) =>
  t.field({
    type: ConnectionConnection,
    description: 'The viewer’s connection requests, newest first. Needs the scope `contacts:read`.',
    args: {
      ...pageArgs(t.arg),
      direction: t.arg({
        type: RequestDirectionEnum,
        required: true,
        defaultValue: 'RECEIVED',
        description: 'Which way they went.',
      }),
      status: t.arg({
        type: ConnectionStatusEnum,
        description: 'How they stand; null: PENDING. Of those SENT none is ever REJECTED.',
      }),
    },
    resolve: (viewer, { direction, status, ...args }, ctx, info) => {
      requireScope(viewer, 'contacts:read');
      return page(ctx, info, requestsList, viewer.id, args, { direction, status: status ?? 'PENDING' });
    },
  }),
);

async function connectionWith(ctx: Context, { userId }: RelationshipRow) {
  return ctx.loaders.load(ctx, connectionWithLoader, userId);
}

builder.objectFields(RelationshipRef, (t) => ({
  connection: t.field({
    type: ConnectionRef,
    nullable: true,
    description: 'The tie between the two; null where there is none.',
    resolve: (relationship, _args, ctx) => connectionWith(ctx, relationship),
  }),
  connectionState: t.field({
    type: ConnectionStateEnum,
    description: 'How the two stand, as to being connected.',
    resolve: async (relationship, _args, ctx) => {
      const connection = await connectionWith(ctx, relationship);
      if (!connection) return 'NONE';
      if (connection.status === 'ACCEPTED') return 'CONNECTED';
      if (connection.requesterId === ctx.viewer?.id) return 'REQUESTED';
      return connection.status === 'PENDING' ? 'RECEIVED' : 'REJECTED';
    },
  }),
}));
