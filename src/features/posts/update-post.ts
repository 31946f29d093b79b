import { mutation } from '../../graphql/mutation.ts';
import { validate } from '../../graphql/validate.ts';
import { actOnPost, postIdInput, postPayload } from './act.ts';
import { bodyInput, labelsInput, requireModify, writtenText } from './input.ts';
import { postChangeShape } from './rules.ts';
import { updatePost } from './write-store.ts';

mutation('updatePost', {
  description:
    'Changes a post of the viewer’s (others’: FORBIDDEN): what is omitted stays as it is, null clears. All of it is changed, or nothing. The slug stays; those whom the text mentions now are told.',
  scope: 'by visibility',
  towardsOthers: true,
  input: (t) => ({
    ...postIdInput(t),
    ...bodyInput(t),
    title: t.string({
      description: 'A discussion’s title, 1–255 characters on one line; null for a title from the text.',
    }),
    ...labelsInput(t),
  }),
  payload: postPayload,
  run: ({ postId, ...input }, ctx, viewer) =>
    actOnPost(ctx, viewer, postId, async (id, actor) => {
      await requireModify(ctx, viewer, id);
      const { body, title, isNsfw, categories, tags } = validate(postChangeShape, input);
      const text = body === undefined ? undefined : writtenText(body ?? '');
      const change = { title, text, isNsfw: isNsfw ?? undefined, categories, tags };
      return updatePost(ctx.db, id, actor, change, writtenText, ctx.now());
    }),
});
