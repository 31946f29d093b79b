import type { InputFieldBuilder } from '@pothos/core';
import type { z } from 'zod';
import type { SchemaTypes } from '../../graphql/builder.ts';
import type { Payload } from '../../graphql/mutation.ts';
import type { RoomDone } from './act.ts';
import { loadRoom } from './loaders.ts';
import { type roomChangeShape, roomSearchText } from './rules.ts';
import { RoomRef } from './type.ts';
import type { RoomChange } from './write-store.ts';

type Input = InputFieldBuilder<SchemaTypes, 'InputObject'>;

/** Which room a mutation is about. */
export function roomIdInput(t: Input) {
  return { roomId: t.id({ required: true, description: 'Which: the `id` of a room.' }) };
}

/** The columns that a checked input changes, without the avatar. */
export function roomChange({ name, ...same }: z.output<typeof roomChangeShape>): RoomChange {
  return { ...same, ...(name === undefined ? {} : { name, searchText: roomSearchText(name) }) };
}

/** The payload of mutations on a room. */
export function roomPayload(t: PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, Payload<RoomDone>>) {
  return {
    room: t.field({
      type: RoomRef,
      nullable: true,
      description:
        'The room as it is now; null when it was not done, or the viewer does not see it any more.',
      resolve: ({ roomId }, _args, ctx) => (roomId === undefined ? null : loadRoom(ctx, roomId)),
    }),
  };
}
