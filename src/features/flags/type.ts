import { builder } from '../../graphql/builder.ts';
import { connectionOf } from '../../graphql/connection.ts';
import { encodeId, findableNode, Node } from '../../graphql/node.ts';
import { ImageRef } from '../media/type.ts';
import { flagLoader } from './loaders.ts';
import type { FlagRow } from './store.ts';

export const PrideFlagRef = builder.objectRef<FlagRow>('PrideFlag');
PrideFlagRef.implement({
  description: 'A pride flag out of somebody’s library.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, unique across types.',
      resolve: (flag) => encodeId('PrideFlag', flag.id),
    }),
    name: t.exposeString('name', { description: 'What it is called, at most 100 characters.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What it means, at most 500 characters; null where that is not said.',
    }),
    image: t.field({
      type: ImageRef,
      description: 'What it looks like.',
      resolve: ({ image, description, name }) => ({ picture: image, alt: description ?? name }),
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it came into the library.',
      resolve: (flag) => flag.createdAt,
    }),
  }),
});
findableNode('PrideFlag', PrideFlagRef, (ctx, id) => ctx.loaders.load(ctx, flagLoader, id));

/** A flag in a library. */
export interface LibraryRow {
  parentId: string;
  flag: FlagRow;
}

export const PrideFlagConnection = connectionOf(
  'PrideFlag',
  { type: PrideFlagRef, of: (row: LibraryRow) => row.flag },
  { of: 'a library of pride flags, newest first' },
);
