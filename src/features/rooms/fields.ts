import { requireScope } from '../../auth/require-viewer.ts';
import { builder } from '../../graphql/builder.ts';
import { badInput } from '../../graphql/errors.ts';
import { type List, page, pageArgs } from '../../graphql/page.ts';
import { codePoints } from '../../graphql/validate.ts';
import { pageOfPerson, UserRef } from '../users/type.ts';
import { ViewerRef } from '../users/viewer-type.ts';
import { roomCardFor } from './card.ts';
import { maxNameFilter } from './rules.ts';
import { type RoomFilter, type RoomListRow, type RoomSource, roomKeys, roomLists } from './store.ts';
import { RoomConnection, RoomKindEnum } from './type.ts';

/** Rooms by what they are to somebody, newest first. `Filter` is what narrows the list down, if anything does. */
function roomList<Filter extends RoomFilter | undefined>(source: RoomSource): List<RoomListRow, Filter> {
  const lists = roomLists(source);
  return {
    ordering: `${source} rooms`,
    keys: roomKeys,
    descending: true,
    rows: (ctx, parents, { window, args, fields }) =>
      lists.page(ctx.db, parents, roomCardFor(fields), window, args),
    keyOf: ({ at, room }) => [at, room.id],
    counts: (ctx, parents, args) => lists.count(ctx.db, parents, args),
  };
}
const openRooms = roomList<undefined>('open');
const ownRooms = roomList<RoomFilter>('own');
const invitations = roomList<undefined>('invited');

builder.objectField(UserRef, 'rooms', (t) =>
  t.field({
    type: RoomConnection,
    description: 'The public rooms that they are in, last joined first.',
    args: pageArgs(t.arg),
    resolve: pageOfPerson(openRooms),
  }),
);

builder.objectFields(ViewerRef, (t) => ({
  rooms: t.field({
    type: RoomConnection,
    description: 'All rooms that the viewer is in, last joined first. Needs the scope `rooms`.',
    args: {
      ...pageArgs(t.arg),
      name: t.arg.string({
        description: `Only those with this in their names, whatever the case and the accents, at most ${maxNameFilter} characters; null or blank: all.`,
      }),
      kind: t.arg({ type: RoomKindEnum, description: 'Only those of this kind; null: of both.' }),
    },
    resolve: (viewer, { name, kind, ...args }, ctx, info) => {
      requireScope(viewer, 'rooms');
      const part = (name ?? '').trim();
      if (codePoints(part) > maxNameFilter) {
        throw badInput(`\`name\` must have at most ${maxNameFilter} characters.`);
      }
      return page(ctx, info, ownRooms, viewer.id, args, { name: part, kind: kind ?? null });
    },
  }),
  roomInvitations: t.field({
    type: RoomConnection,
    description:
      'The rooms that the viewer is invited to and has not answered, last invited first. Needs the scope `rooms`.',
    args: pageArgs(t.arg),
    resolve: (viewer, args, ctx, info) => {
      requireScope(viewer, 'rooms');
      return page(ctx, info, invitations, viewer.id, args);
    },
  }),
}));
