import { mutation } from '../../graphql/mutation.ts';
import { actOnCategory, categoryIdInput, categoryPayload } from './act.ts';
import { insertCategoryFollow } from './store.ts';

mutation('followCategory', {
  description: 'Follows a category. That the viewer does already is no error.',
  scope: 'interactions',
  towardsOthers: false,
  input: categoryIdInput,
  payload: categoryPayload,
  run: ({ categoryId }, ctx, viewer) =>
    actOnCategory(categoryId, (id) => insertCategoryFollow(ctx.db, viewer.id, id, ctx.now())),
});
