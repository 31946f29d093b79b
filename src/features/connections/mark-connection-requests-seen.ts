import { refuse } from '../../graphql/errors.ts';
import { mutation } from '../../graphql/mutation.ts';
import { notFound, requireId } from '../../graphql/node.ts';
import { loadUser } from '../users/loaders.ts';
import { markRequestsSeen } from './act-store.ts';

/** Most people of whom requests are marked at once, by name. */
const maxMarked = 100;

mutation('markConnectionRequestsSeen', {
  description: 'Marks connection requests that the viewer got as seen.',
  scope: 'interactions',
  towardsOthers: false,
  input: (t) => ({
    userIds: t.idList({
      description: `Whose: users’ \`id\`s, at most ${maxMarked}; null for all there are.`,
    }),
  }),
  run: async ({ userIds }, ctx, viewer) => {
    if ((userIds?.length ?? 0) > maxMarked) throw refuse('TOO_MANY', `At most ${maxMarked} ids.`, 'userIds');
    const ids = userIds?.map((userId, i) => requireId('User', userId, 'userIds', String(i)));
    const people = await Promise.all((ids ?? []).map((id) => loadUser(ctx, id)));
    const unknown = people.indexOf(null);
    if (unknown !== -1) throw notFound('User', 'userIds', String(unknown));
    return { seenCount: await markRequestsSeen(ctx.db, viewer.id, ids ?? null, ctx.now()) };
  },
  payload: (t) => ({
    seenCount: t.int({
      nullable: true,
      description: 'How many had not been seen until now; null when it was not done.',
      resolve: ({ seenCount }) => seenCount ?? null,
    }),
  }),
});
