import type { Viewer } from '../../auth/viewer.ts';
import type { Context } from '../../context.ts';
import { refuse } from '../../graphql/errors.ts';
import { notFound, requireId } from '../../graphql/node.ts';
import { standing } from './store.ts';

/**
 * The UUID of the person that a mutation on a relation is about (its `userId`).
 * @throws Refusal SELF, NOT_FOUND (also for whoever has blocked the viewer) or BLOCKED: domain rule 4.
 */
export async function requireTarget(ctx: Context, viewer: Viewer, userId: string): Promise<string> {
  const id = requireOther(viewer, userId);
  const between = await standing(ctx.db, viewer.id, id);
  if (!between || between.suspended || between.blockedBy) throw notFound('User', 'userId');
  if (between.blocks) throw refuse('BLOCKED', 'You have blocked this person; unblock them first.', 'userId');
  return id;
}

/** The UUID inside `userId`. @throws Refusal NOT_FOUND for what is no user's id, SELF for the viewer's own. */
export function requireOther(viewer: Viewer, userId: string): string {
  const id = requireId('User', userId, 'userId');
  if (id === viewer.id) throw refuse('SELF', 'This cannot be done to oneself.', 'userId');
  return id;
}
