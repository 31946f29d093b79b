import type { Context } from '../../context.ts';
import { refuse } from '../../graphql/errors.ts';

/** @throws Refusal MODE_DISABLED where this community has no follows (`COMMUNITY_MODE=friendship`). */
export function requireFollowMode(ctx: Context): void {
  if (ctx.config.community.mode === 'friendship') {
    throw refuse('MODE_DISABLED', 'In this community people connect; they do not follow.');
  }
}
