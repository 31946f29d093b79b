import { builder } from '../../graphql/builder.ts';
import { encodeId, findableNode, Node } from '../../graphql/node.ts';
import { countingCost, page, pageArgs } from '../../graphql/page.ts';
import { peerList, UserConnection } from '../users/type.ts';
import { aspectLoader } from './loaders.ts';
import { type AspectRow, aspectUserPages, aspectUsersCount } from './store.ts';

const aspectUsersList = peerList('aspect', aspectUserPages, aspectUsersCount);

export const AspectRef = builder.objectRef<AspectRow>('Aspect');
AspectRef.implement({
  description: 'A private list over the people whom its owner follows; nobody else ever sees it.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, unique across types.',
      resolve: (aspect) => encodeId('Aspect', aspect.id),
    }),
    name: t.exposeString('name', { description: 'What it is called, at most 20 characters.' }),
    users: t.field({
      type: UserConnection,
      description: `Who is in it, last added first. A totalCount adds ${countingCost} to the document’s cost.`,
      args: pageArgs(t.arg),
      resolve: (aspect, args, ctx, info) => page(ctx, info, aspectUsersList, aspect.id, args),
    }),
  }),
});
findableNode('Aspect', AspectRef, (ctx, id) => ctx.loaders.load(ctx, aspectLoader, id));
