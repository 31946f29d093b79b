import { newId } from '../../db/uuid.ts';
import { accountGone, refuse } from '../../graphql/errors.ts';
import { mutation } from '../../graphql/mutation.ts';
import { exportLoader } from './loaders.ts';
import { nextExport } from './rules.ts';
import { insertExport } from './store.ts';
import { ExportRef } from './type.ts';

mutation('exportAccount', {
  description:
    'Has an archive made of all that is the viewer’s, to keep or to take along into another Kith. `Viewer.exports` shows how far it is, and where it can be had. At most one a day (COOLDOWN); one that failed does not count.',
  scope: 'profile:read_private',
  towardsOthers: false,
  input: (t) => ({
    includePictures: t.boolean({
      required: true,
      defaultValue: true,
      description: 'Whether pictures come with it; without them it is small.',
    }),
  }),
  run: async ({ includePictures }, ctx, viewer) => {
    const createdAt = ctx.now();
    const id = newId(createdAt);
    const made = await insertExport(ctx.db, {
      id,
      userId: viewer.id,
      createdAt,
      includesPictures: includePictures,
    });
    if (made === 'gone') throw accountGone();
    if (made !== 'done') {
      throw refuse(
        'COOLDOWN',
        `At most one archive a day; the next one can be asked for from ${nextExport(made).toISOString()}.`,
      );
    }
    ctx.wakeExports();
    return { exportId: id };
  },
  payload: (t) => ({
    export: t.field({
      type: ExportRef,
      nullable: true,
      description: 'The archive, which is made from now on; null when it was not asked for.',
      resolve: ({ exportId }, _args, ctx) =>
        exportId === undefined ? null : ctx.loaders.load(ctx, exportLoader, exportId),
    }),
  }),
});
