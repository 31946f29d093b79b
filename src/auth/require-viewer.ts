import type { Context } from '../context.ts';
import { forbidden, unauthenticated } from '../graphql/errors.ts';
import type { Scope } from './scopes.ts';
import type { Viewer } from './viewer.ts';

/**
 * The signed-in person, with the right to do this.
 * @throws UNAUTHENTICATED without a token, FORBIDDEN with `requiredScope` without the scope.
 */
export function requireViewer(ctx: Context, scope: Scope): Viewer {
  if (!ctx.viewer) throw unauthenticated('This needs a token: send it as `Authorization: Bearer …`.');
  requireScope(ctx.viewer, scope);
  return ctx.viewer;
}

/** @throws FORBIDDEN with `requiredScope` when the token does not carry the scope. */
export function requireScope(viewer: Viewer, scope: Scope): void {
  if (!viewer.scopes.has(scope)) {
    throw forbidden(`This token lacks the scope \`${scope}\`.`, { requiredScope: scope });
  }
}

/**
 * The signed-in person, with the right to act towards others.
 * @throws as `requireViewer`, and FORBIDDEN while the account waits for approval.
 */
export function requireApprovedViewer(ctx: Context, scope: Scope): Viewer {
  const viewer = requireViewer(ctx, scope);
  if (viewer.status === 'PENDING') {
    throw forbidden('This account waits for approval; until then it can read and edit itself only.');
  }
  return viewer;
}
