import type { InputFieldBuilder } from '@pothos/core';
import type { Viewer } from '../../auth/viewer.ts';
import type { Context } from '../../context.ts';
import type { SchemaTypes } from '../../graphql/builder.ts';
import { accountGone, refuse } from '../../graphql/errors.ts';
import type { Payload } from '../../graphql/mutation.ts';
import { notFound, requireId } from '../../graphql/node.ts';
import { loadPost, postReader } from './loaders.ts';
import { type Actor, PostDenied } from './lock-store.ts';
import { PostRef } from './type.ts';

/** Who acts on posts. */
export function actorOf(ctx: Context, viewer: Viewer): Actor {
  return { viewer: viewer.id, reader: postReader(ctx).reader };
}

const said = {
  'no right': ['FORBIDDEN', 'Only its author may do this.'],
  'not public': ['FORBIDDEN', 'Only public posts are reshared.'],
  'may not post': ['FORBIDDEN', 'Your role in this room does not allow posting.'],
  reshare: ['INVALID', 'A reshare has nothing to change.'],
  'no category': ['INVALID', 'There is no category like this.'],
  'says nothing': ['TOO_SHORT', 'Say something, or show a photo or a poll.'],
  'no title': ['TOO_SHORT', 'A discussion has a title.'],
  'needs no title': ['INVALID', 'A status has no title of its own.'],
} as const;

/** What a client is told of a write on a post that failed; other errors are what they are. */
export function postRefusal(error: unknown, ...path: string[]): unknown {
  if (!(error instanceof PostDenied)) return error;
  switch (error.reason) {
    case 'gone':
      return accountGone();
    case 'no post':
      return notFound('Post', ...path);
    case 'no aspect':
      return notFound('Aspect', ...error.path);
    case 'own post':
      return refuse('SELF', 'This is the viewer’s own post.', ...error.path);
    case 'reshared already':
      return refuse('ALREADY_EXISTS', 'The viewer has reshared this already.', ...error.path);
    default: {
      const [code, message] = said[error.reason];
      return refuse(code, message, ...(error.path.length > 0 ? error.path : path));
    }
  }
}

/** What mutations on a post answer. */
export interface PostDone {
  postId: string;
}

/**
 * Does something with a post, and tells open streams of it.
 * @param act takes the post's UUID; answers whose notifications may have changed.
 * @throws Refusal for what the store denies.
 */
export async function actOnPost(
  ctx: Context,
  viewer: Viewer,
  postId: string,
  act: (id: string, actor: Actor) => Promise<readonly string[]>,
): Promise<PostDone> {
  const id = requireId('Post', postId, 'postId');
  try {
    const told = await act(id, actorOf(ctx, viewer));
    ctx.live.wakeTold(viewer.id, told);
    return { postId: id };
  } catch (error) {
    throw postRefusal(error, 'postId');
  }
}

/** Which post a mutation is about. */
export function postIdInput(t: InputFieldBuilder<SchemaTypes, 'InputObject'>) {
  return { postId: t.id({ required: true, description: 'Which: the `id` of a post.' }) };
}

/** The payload of mutations on a post. */
export function postPayload(t: PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, Payload<PostDone>>) {
  return {
    post: t.field({
      type: PostRef,
      nullable: true,
      description:
        'The post as it is now; null when it was not done, or the viewer’s token does not let them read it.',
      resolve: ({ postId }, _args, ctx) => (postId === undefined ? null : loadPost(ctx, postId)),
    }),
  };
}
