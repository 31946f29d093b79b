import type { Viewer } from '../../auth/viewer.ts';
import type { Context } from '../../context.ts';
import { brokenConstraint } from '../../db/errors.ts';
import { accountGone, Refusal, refuse } from '../../graphql/errors.ts';
import { idOf, notFound, requireId } from '../../graphql/node.ts';
import { loadUser } from '../users/loaders.ts';
import { type Obstacle, obstaclesTo } from './store.ts';

/**
 * The UUID of the person that a mutation on a relation is about (its `userId`).
 * @throws Refusal SELF, NOT_FOUND (also for whoever has blocked the viewer) or BLOCKED: domain rule 4.
 */
export async function requireTarget(ctx: Context, viewer: Viewer, userId: string): Promise<string> {
  const id = requireId('User', userId, 'userId');
  const [obstacle] = await obstaclesTo(ctx.db, viewer.id, [id]);
  if (obstacle) throw targetRefusal(obstacle, 'userId');
  return id;
}

/**
 * How often a block or a deletion may come between looking and writing: more often than it happens where two people are
 * blocked and unblocked by dozens at once.
 */
const maxAttempts = 25;
/** What one of them breaks. */
const cameBetween = new Set(['follows_no_block', 'connections_no_block', 'follows_followee_id_users_id_fk']);

/**
 * Does something with somebody, and looks again when a block or a deletion came between looking and writing.
 * @param act takes the person's UUID; answers null, with nothing done, when one of the two is gone.
 * @throws as `requireTarget`; Refusal CONFLICT when a block comes and goes all the time.
 */
export function withTarget<Done>(
  ctx: Context,
  viewer: Viewer,
  userId: string,
  act: (target: string) => Promise<Done | null>,
): Promise<Done> {
  return whereFound(
    ctx,
    viewer,
    userId,
    async () => (await act(await requireTarget(ctx, viewer, userId))) ?? 'gone',
  );
}

/**
 * The same for an act that finds the person itself: what stands between is looked up only when it does not.
 * @param act takes the person's UUID; answers null when the viewer does not find them and `gone` when one of the two is
 * gone, both with nothing done.
 * @throws as `withTarget`.
 */
export async function whereFound<Done>(
  ctx: Context,
  viewer: Viewer,
  userId: string,
  act: (target: string) => Promise<Done | 'gone' | null>,
): Promise<Done> {
  const target = requireOther(viewer, userId);
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    try {
      const done = await act(target);
      if (done !== null && done !== 'gone') return done;
      await requireTarget(ctx, viewer, userId);
      if (done === 'gone') throw accountGone();
    } catch (error) {
      if (!cameBetween.has(brokenConstraint(error) ?? '')) throw error;
    }
  }
  throw refuse('CONFLICT', 'A block between the two comes and goes; try again.', 'userId');
}

/** The UUID inside `userId`. @throws Refusal NOT_FOUND for what is no user's id, SELF for the viewer's own. */
export function requireOther(viewer: Viewer, userId: string): string {
  const id = requireId('User', userId, 'userId');
  if (id === viewer.id) throw targetRefusal('SELF', 'userId');
  return id;
}

/** What a client is told of a person that nothing can be done with. */
export function targetRefusal(obstacle: Obstacle, ...path: string[]): Refusal {
  switch (obstacle) {
    case 'NOT_FOUND':
      return notFound('User', ...path);
    case 'SELF':
      return refuse('SELF', 'This cannot be done to oneself.', ...path);
    case 'BLOCKED':
      return refuse('BLOCKED', 'You have blocked this person; unblock them first.', ...path);
  }
}

/**
 * Sees to it that people could answer what they are asked.
 * @param path where each of them is in the input.
 * @throws Refusal INVALID for those who live in another system.
 */
export async function requireAnswering(
  ctx: Context,
  userIds: readonly string[],
  path: (place: number) => readonly string[],
): Promise<void> {
  const found = await Promise.all(
    userIds.map((userId) => {
      const id = idOf('User', userId);
      return id === null ? null : loadUser(ctx, id);
    }),
  );
  const errors = found.flatMap((user, i) =>
    user?.isRemote
      ? [
          {
            code: 'INVALID' as const,
            message: 'They live in another system, and could not answer here.',
            path: path(i),
          },
        ]
      : [],
  );
  if (errors.length > 0) throw new Refusal(errors);
}
