import type { Context } from '../../context.ts';
import { builder } from '../../graphql/builder.ts';
import { idOf } from '../../graphql/node.ts';
import { loadRoom, roomSlugLoader } from './loaders.ts';
import { isSlug } from './rules.ts';
import { RoomRef } from './type.ts';

const RoomByInput = builder.inputType('RoomBy', {
  description: 'What tells one room from all others: exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: 'Its `id`.' }),
    slug: t.string({ description: 'Its `slug`.' }),
  }),
});

builder.queryField('room', (t) =>
  t.field({
    type: RoomRef,
    nullable: true,
    description: 'One room; null when there is none like that, or the viewer may not see it.',
    args: { by: t.arg({ type: RoomByInput, required: true, description: 'Which.' }) },
    resolve: (_root, { by }, ctx) => findRoom(ctx, by),
  }),
);

function findRoom(ctx: Context, by: { id?: string; slug?: string }) {
  if (by.id !== undefined) {
    const id = idOf('Room', by.id);
    return id === null ? null : loadRoom(ctx, id);
  }
  return by.slug !== undefined && isSlug(by.slug) ? ctx.loaders.load(ctx, roomSlugLoader, by.slug) : null;
}
