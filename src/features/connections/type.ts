import type { Context } from '../../context.ts';
import { builder } from '../../graphql/builder.ts';
import { connectionOf } from '../../graphql/connection.ts';
import { noLongerThere } from '../../graphql/errors.ts';
import { encodeId, findableNode, Node } from '../../graphql/node.ts';
import type { UserRow } from '../users/card.ts';
import { loadUser } from '../users/loaders.ts';
import { UserRef } from '../users/type.ts';
import { connectionLoader, peerOf } from './loaders.ts';
import type { ConnectionView } from './store.ts';
import type { connectionStatuses } from './table.ts';

export const ConnectionStatusEnum = builder.enumType('ConnectionStatus', {
  description: 'How a connection stands, as far as the viewer may know.',
  values: {
    PENDING: { description: 'Asked for, and not answered; to the requester also when it was rejected.' },
    ACCEPTED: { description: 'The two are connected.' },
    REJECTED: { description: 'The viewer has rejected the request.' },
  } satisfies Record<(typeof connectionStatuses)[number], object>,
});

export const ConnectionStateEnum = builder.enumType('ConnectionState', {
  description: 'How the viewer and somebody stand, as to being connected.',
  values: {
    NONE: { description: 'Neither has asked.' },
    REQUESTED: { description: 'The viewer has asked, and waits.' },
    RECEIVED: { description: 'The other has asked, and waits.' },
    CONNECTED: { description: 'They are connected.' },
    REJECTED: { description: 'The viewer has rejected the other’s request.' },
  },
});

async function person(ctx: Context, id: string): Promise<UserRow> {
  const user = await loadUser(ctx, id);
  if (!user) throw noLongerThere();
  return user;
}

export const ConnectionRef = builder.objectRef<ConnectionView>('Connection');
ConnectionRef.implement({
  description:
    'A mutual tie between two users, from request to acceptance or rejection; its two people alone find it. (Not a Relay list: those are the types named …Connection.)',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, unique across types.',
      resolve: (connection) => encodeId('Connection', connection.id),
    }),
    requester: t.field({
      type: UserRef,
      description: 'Who asked.',
      resolve: ({ requesterId }, _args, ctx) => person(ctx, requesterId),
    }),
    addressee: t.field({
      type: UserRef,
      description: 'Who was asked.',
      resolve: ({ addresseeId }, _args, ctx) => person(ctx, addresseeId),
    }),
    peer: t.field({
      type: UserRef,
      description: 'The one of the two who isn’t the viewer.',
      resolve: (connection, _args, ctx) => person(ctx, peerOf(connection, ctx.viewer?.id ?? '')),
    }),
    status: t.expose('status', { type: ConnectionStatusEnum, description: 'How it stands.' }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was asked for.',
      resolve: ({ createdAt }) => createdAt,
    }),
    acceptedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Since when the two are connected; null while they are not.',
      resolve: ({ acceptedAt }) => acceptedAt,
    }),
    seenAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the addressee saw the request; null until then, and always to the requester.',
      resolve: ({ seenAt }) => seenAt,
    }),
    rejectedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the addressee rejected the request; null until then, and always to the requester.',
      resolve: ({ rejectedAt }) => rejectedAt,
    }),
  }),
});
findableNode('Connection', ConnectionRef, (ctx, id) => ctx.loaders.load(ctx, connectionLoader, id));

/** One of the viewer's requests. */
export interface RequestRow {
  parentId: string;
  connection: ConnectionView;
}

export const ConnectionConnection = connectionOf(
  'Connection',
  { type: ConnectionRef, of: (row: RequestRow) => row.connection },
  { of: 'the viewer’s connection requests, newest first', counted: true },
);
