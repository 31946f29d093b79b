import { mutation } from '../../graphql/mutation.ts';
import { actOnCategory, categoryIdInput, categoryPayload } from './act.ts';
import { deleteCategoryFollow } from './store.ts';

mutation('unfollowCategory', {
  description: 'Follows a category no longer. That the viewer does not follow it is no error.',
  scope: 'interactions',
  towardsOthers: false,
  input: categoryIdInput,
  payload: categoryPayload,
  run: ({ categoryId }, ctx, viewer) =>
    actOnCategory(categoryId, (id) => deleteCategoryFollow(ctx.db, viewer.id, id)),
});
