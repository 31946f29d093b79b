import type { InputFieldBuilder } from '@pothos/core';
import type { SchemaTypes } from '../../graphql/builder.ts';
import type { Payload } from '../../graphql/mutation.ts';
import { loadComment } from './loaders.ts';
import { maxComment } from './rules.ts';
import { CommentRef } from './type.ts';

type Input = InputFieldBuilder<SchemaTypes, 'InputObject'>;

/** Which comment a mutation is about. */
export function commentIdInput(t: Input) {
  return { commentId: t.id({ required: true, description: 'Which: the `id` of a comment.' }) };
}

/** What a comment is to say. */
export function bodyInput(t: Input) {
  return {
    body: t.string({
      required: true,
      description: `What it says, in Markdown, 1–${maxComment} characters after trimming; \`@username\` mentions somebody.`,
    }),
  };
}

/** The comment of a mutation's payload. */
export function commentField(
  t: PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, Payload<{ commentId: string }>>,
) {
  return {
    comment: t.field({
      type: CommentRef,
      nullable: true,
      description: 'The comment as it is now; null when it was not done.',
      resolve: ({ commentId }, _args, ctx) => (commentId === undefined ? null : loadComment(ctx, commentId)),
    }),
  };
}
