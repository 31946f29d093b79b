import { mutation } from '../../graphql/mutation.ts';
import { maxMarked, requireMarked, seenPayload } from '../notifications/payload.ts';
import { actorOf, postRefusal } from './act.ts';
import { markSeen } from './interact-store.ts';
import { loadPost } from './loaders.ts';

mutation('markPostsSeen', {
  description: 'Marks posts seen by the viewer. Having seen them already is no error.',
  scope: 'interactions',
  towardsOthers: true,
  input: (t) => ({
    postIds: t.idList({
      required: true,
      description: `Which: the \`id\`s of posts, at most ${maxMarked} (TOO_MANY).`,
    }),
  }),
  payload: seenPayload,
  run: async ({ postIds }, ctx, viewer) => {
    const ids = await requireMarked('Post', postIds, 'postIds', (id) => loadPost(ctx, id));
    try {
      const seenCount = await markSeen(ctx.db, actorOf(ctx, viewer), ids ?? []);
      if (seenCount > 0) ctx.live.wake([viewer.id]);
      return { seenCount };
    } catch (error) {
      throw postRefusal(error, 'postIds');
    }
  },
});
