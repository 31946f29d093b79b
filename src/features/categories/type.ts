import { builder } from '../../graphql/builder.ts';
import { connectionOf } from '../../graphql/connection.ts';
import { encodeId, findableNode, Node } from '../../graphql/node.ts';
import { loadCategory, viewerFollows } from './loaders.ts';
import type { CategoryRow } from './store.ts';

export const CategoryRef = builder.objectRef<CategoryRow>('Category');
CategoryRef.implement({
  description: 'What posts are sorted by: made by operators, and followed by people.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, unique across types.',
      resolve: (category) => encodeId('Category', category.id),
    }),
    name: t.exposeString('name', {
      description: 'What it is called, 1–50 characters on one line; unique, whatever the case.',
    }),
    slug: t.exposeString('slug', { description: 'Its unique name in addresses, 1–80 of a–z 0–9 -.' }),
    followersCount: t.exposeInt('followers', {
      description: 'How many people follow it: the same for everybody who asks.',
    }),
    viewerFollows: t.boolean({
      description: 'Whether the viewer follows it; false without a token.',
      resolve: ({ id }, _args, ctx) => viewerFollows(ctx, id),
    }),
  }),
});
findableNode('Category', CategoryRef, loadCategory);

// Not `counted`: followed ones have a stored count, and of all there are only as many as operators have made.
export const CategoryConnection = connectionOf<{ category: CategoryRow }, CategoryRow>(
  'Category',
  { type: CategoryRef, of: (row) => row.category },
  { of: 'a list of categories' },
);
