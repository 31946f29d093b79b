import { builder } from '../../graphql/builder.ts';
import { encodeId, findableNode, Node } from '../../graphql/node.ts';
import { tagLoader } from './loaders.ts';
import type { TagRow } from './store.ts';

export const TagRef = builder.objectRef<TagRow>('Tag');
TagRef.implement({
  description: 'A word that people are tagged with.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: 'Opaque, unique across types.', resolve: (tag) => encodeId('Tag', tag.id) }),
    name: t.exposeString('name', {
      description: 'The word: in lower case, without “#”, 1–64 letters, digits, “-” and “_”.',
    }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What operators say of it; null where they say nothing.',
    }),
    color: t.exposeString('color', {
      nullable: true,
      description: 'The color that operators gave it, as #rrggbb; null where they gave none.',
    }),
  }),
});
findableNode('Tag', TagRef, (ctx, id) => ctx.loaders.load(ctx, tagLoader, id));
