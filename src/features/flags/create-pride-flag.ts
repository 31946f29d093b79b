import { brokenConstraint } from '../../db/errors.ts';
import { newId } from '../../db/uuid.ts';
import { accountGone, refuse } from '../../graphql/errors.ts';
import { mutation } from '../../graphql/mutation.ts';
import { validate } from '../../graphql/validate.ts';
import { withPictures } from '../media/pictures.ts';
import { ImageInput } from '../media/type.ts';
import { maxFlags } from '../users/table.ts';
import { flagInput } from './input.ts';
import { flagLoader } from './loaders.ts';
import { flagShape } from './rules.ts';
import { insertFlag } from './store.ts';
import { PrideFlagRef } from './type.ts';

mutation('createPrideFlag', {
  description: `Puts a pride flag into the viewer’s library, which has room for ${maxFlags}.`,
  scope: 'profile:modify',
  towardsOthers: false,
  input: (t) => ({
    image: t.field({ type: ImageInput, required: true, description: 'What it looks like.' }),
    ...flagInput(t, true),
  }),
  run: async ({ image: source, ...input }, ctx, viewer) => {
    const words = validate(flagShape, input);
    const createdAt = ctx.now();
    const id = newId(createdAt);
    await withPictures(ctx, { image: { kind: 'flag', source, path: ['image'] } }, async ({ image }) => {
      if (!image) throw new Error('A flag has an image.');
      try {
        if (!(await insertFlag(ctx.db, { id, ownerId: viewer.id, ...words, image, createdAt }))) {
          throw accountGone();
        }
      } catch (error) {
        if (brokenConstraint(error) !== 'user_stats_flags_limit') throw error;
        throw refuse('LIMIT_REACHED', `The library has ${maxFlags} flags, as many as there may be.`);
      }
    });
    return { flagId: id };
  },
  payload: (t) => ({
    flag: t.field({
      type: PrideFlagRef,
      nullable: true,
      description: 'The new flag; null when it was not done.',
      resolve: ({ flagId }, _args, ctx) =>
        flagId === undefined ? null : ctx.loaders.load(ctx, flagLoader, flagId),
    }),
  }),
});
