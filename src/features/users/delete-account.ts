import { refuse } from '../../graphql/errors.ts';
import { mutation } from '../../graphql/mutation.ts';
import { encodeId, notFound } from '../../graphql/node.ts';
import { sweepSoon } from '../media/pictures.ts';
import { deleteUser } from './delete-store.ts';
import { loadUser } from './loaders.ts';
import { usernameKey } from './rules.ts';

mutation('deleteAccount', {
  description:
    'Deletes the viewer’s account and all that is theirs, at once and for good. A room of theirs goes to the admin who has been in it longest; one without admins is deleted. Their username stays reserved, and their tokens are refused from then on.',
  scope: 'profile:modify',
  towardsOthers: false,
  input: (t) => ({
    username: t.string({
      required: true,
      description: 'The viewer’s own username, typed again; INVALID when it is another.',
    }),
  }),
  run: async ({ username }, ctx, viewer) => {
    const user = await loadUser(ctx, viewer.id);
    if (!user) throw notFound('User');
    if (usernameKey(username.trim()) !== usernameKey(user.username)) {
      throw refuse('INVALID', 'This is not your username; nothing was deleted.', 'username');
    }
    ctx.live.wake(await deleteUser(ctx.db, viewer.id));
    await sweepSoon(ctx);
    return { userId: viewer.id };
  },
  payload: (t) => ({
    deletedUserId: t.id({
      nullable: true,
      description: 'The `id` that the user had; null when it was not done.',
      resolve: ({ userId }) => (userId === undefined ? null : encodeId('User', userId)),
    }),
  }),
});
