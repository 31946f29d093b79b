import { builder } from '../../graphql/builder.ts';
import type { RelationshipRow } from './store.ts';

export const RelationshipRef = builder.objectRef<RelationshipRow>('Relationship').implement({
  description: 'How the viewer and a user stand to each other. Being blocked is never shown.',
  fields: (t) => ({
    follows: t.exposeBoolean('follows', { description: 'The viewer follows the user.' }),
    followedBy: t.exposeBoolean('followedBy', {
      description: 'The user follows the viewer: the inverse of `follows`.',
    }),
    blocks: t.exposeBoolean('blocks', { description: 'The viewer has blocked the user.' }),
    hides: t.exposeBoolean('hides', { description: 'The viewer has hidden the user from lists.' }),
  }),
});
