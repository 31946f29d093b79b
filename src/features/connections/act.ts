import type { Viewer } from '../../auth/viewer.ts';
import type { Context } from '../../context.ts';
import type { SchemaTypes } from '../../graphql/builder.ts';
import { refuse } from '../../graphql/errors.ts';
import { mutation, type Payload } from '../../graphql/mutation.ts';
import { requireAnswering, withTarget } from '../relationships/target.ts';
import { type TieDone, tiePayload } from '../users/payload.ts';
import { actOnConnection } from './act-store.ts';
import { connectionWithLoader } from './loaders.ts';
import type { Act } from './rules.ts';
import { ConnectionRef } from './type.ts';

/** @throws Refusal MODE_DISABLED where this community has no connections (`COMMUNITY_MODE=follow`). */
function requireConnectionMode(ctx: Context): void {
  if (ctx.config.community.mode === 'follow') {
    throw refuse('MODE_DISABLED', 'In this community people follow each other; they do not connect.');
  }
}

/** Does what the viewer wants about their connection with somebody. */
async function act(ctx: Context, viewer: Viewer, wanted: Act, userId: string): Promise<TieDone> {
  requireConnectionMode(ctx);
  if (wanted === 'request') await requireAnswering(ctx, [userId], () => ['userId']);
  const { target, outcome } = await withTarget(ctx, viewer, userId, async (id) => {
    const came = await actOnConnection(ctx.db, wanted, viewer.id, id, ctx.now());
    return came && { target: id, outcome: came };
  });
  if (typeof outcome === 'object') {
    throw outcome.refuse === 'CONFLICT'
      ? refuse('CONFLICT', 'You have rejected this person’s request; cancel the rejection first.', 'userId')
      : refuse('NOT_FOUND', 'There is nothing of the kind between you and this person.', 'userId');
  }
  ctx.live.wake([viewer.id, target]);
  return { userId: target };
}

function payload(t: PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, Payload<TieDone>>) {
  return {
    ...tiePayload(t),
    connection: t.field({
      type: ConnectionRef,
      nullable: true,
      description: 'The tie between the two as it is now; null when there is none, or it was not done.',
      resolve: ({ userId }, _args, ctx) =>
        userId === undefined ? null : ctx.loaders.load(ctx, connectionWithLoader, userId),
    }),
  };
}

/** Adds a mutation on the viewer's connection with somebody. */
export function connectionMutation(name: string, wanted: Act, description: string, whom: string): void {
  mutation(name, {
    description,
    scope: 'contacts:modify',
    towardsOthers: true,
    input: (t) => ({ userId: t.id({ required: true, description: `${whom}: a user’s \`id\`.` }) }),
    payload,
    run: ({ userId }, ctx, viewer) => act(ctx, viewer, wanted, userId),
  });
}
