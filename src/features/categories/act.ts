import type { InputFieldBuilder } from '@pothos/core';
import type { SchemaTypes } from '../../graphql/builder.ts';
import { accountGone } from '../../graphql/errors.ts';
import type { Payload } from '../../graphql/mutation.ts';
import { notFound, requireId } from '../../graphql/node.ts';
import { ViewerRef } from '../users/viewer-type.ts';
import { loadCategory } from './loaders.ts';
import type { FollowOutcome } from './store.ts';
import { CategoryRef } from './type.ts';

/** Which category a mutation is about. */
export function categoryIdInput(t: InputFieldBuilder<SchemaTypes, 'InputObject'>) {
  return { categoryId: t.id({ required: true, description: 'Which: the `id` of a category.' }) };
}

/** What mutations on a category answer. */
export interface CategoryDone {
  categoryId: string;
}

/**
 * Follows a category, or no longer.
 * @throws Refusal NOT_FOUND for none that there is, UNAUTHENTICATED when the viewer's account is gone.
 */
export async function actOnCategory(
  categoryId: string,
  act: (id: string) => Promise<FollowOutcome>,
): Promise<CategoryDone> {
  const id = requireId('Category', categoryId, 'categoryId');
  const outcome = await act(id);
  if (outcome === 'gone') throw accountGone();
  if (outcome === 'no category') throw notFound('Category', 'categoryId');
  return { categoryId: id };
}

/** The payload of mutations on a category: it and the viewer, as they are now. */
export function categoryPayload(t: PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, Payload<CategoryDone>>) {
  return {
    category: t.field({
      type: CategoryRef,
      nullable: true,
      description: 'The category as it is now; null when it was not done.',
      resolve: ({ categoryId }, _args, ctx) =>
        categoryId === undefined ? null : loadCategory(ctx, categoryId),
    }),
    viewer: t.field({
      type: ViewerRef,
      nullable: true,
      description: 'The viewer, as they are now; null when it was not done.',
      resolve: ({ categoryId }, _args, ctx) => (categoryId === undefined ? null : ctx.viewer),
    }),
  };
}
