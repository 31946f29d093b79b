import { newId } from '../../db/uuid.ts';
import { accountGone, refuse } from '../../graphql/errors.ts';
import { mutation } from '../../graphql/mutation.ts';
import { aspectField, nameColumns, nameRefusal } from './input.ts';
import { maxAspects } from './rules.ts';
import { insertAspect } from './store.ts';

mutation('createAspect', {
  description: `Creates a private list over people the viewer follows; there may be ${maxAspects}.`,
  scope: 'contacts:modify',
  towardsOthers: true,
  input: (t) => ({
    name: t.string({
      required: true,
      description:
        'What it is called, 1–20 characters, unique among the viewer’s whatever the case (ALREADY_EXISTS).',
    }),
  }),
  run: async ({ name }, ctx, viewer) => {
    const createdAt = ctx.now();
    const id = newId(createdAt);
    const columns = nameColumns(name);
    const outcome = await insertAspect(ctx.db, { id, ownerId: viewer.id, ...columns, createdAt }).catch(
      (error) => {
        throw nameRefusal(error);
      },
    );
    if (outcome === 'gone') throw accountGone();
    if (outcome === 'full')
      throw refuse('LIMIT_REACHED', `There are ${maxAspects} aspects, as many as may be.`);
    return { aspectId: id };
  },
  payload: (t) => ({ aspect: aspectField(t) }),
});
