import { newId } from '../../db/uuid.ts';
import { mutation } from '../../graphql/mutation.ts';
import { actOnPost, type PostDone, postIdInput, postPayload } from './act.ts';
import { loadPost } from './loaders.ts';
import { PostRef } from './type.ts';
import { reshare } from './write-store.ts';

interface ReshareDone extends PostDone {
  rootId: string;
}

mutation('resharePost', {
  description:
    'Passes another person’s public post on: once (ALREADY_EXISTS), not one’s own (SELF), and of a reshare what it reshares. `deletePost` takes it back.',
  scope: 'public:modify',
  towardsOthers: true,
  input: postIdInput,
  run: async ({ postId }, ctx, viewer): Promise<ReshareDone> => {
    const createdAt = ctx.now();
    const row = { id: newId(createdAt), createdAt, provider: viewer.client };
    let rootId = '';
    await actOnPost(ctx, viewer, postId, async (id, actor) => {
      const done = await reshare(ctx.db, id, actor, row);
      rootId = done.rootId;
      return done.told;
    });
    ctx.live.wakeFeedsOf(viewer.id);
    return { postId: row.id, rootId };
  },
  payload: (t) => ({
    ...postPayload(t),
    root: t.field({
      type: PostRef,
      nullable: true,
      description: 'What was reshared, as it is now; null when it was not done.',
      resolve: ({ rootId }, _args, ctx) => (rootId === undefined ? null : loadPost(ctx, rootId)),
    }),
  }),
});
