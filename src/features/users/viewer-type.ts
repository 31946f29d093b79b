import { requireScope } from '../../auth/require-viewer.ts';
import type { Viewer } from '../../auth/viewer.ts';
import type { Context } from '../../context.ts';
import { builder } from '../../graphql/builder.ts';
import { accountGone } from '../../graphql/errors.ts';
import { encodeId, findableNode, Node } from '../../graphql/node.ts';
import { nextReroll } from '../profile/sid-rules.ts';
import { loadUser, privateLoader } from './loaders.ts';
import type { PrivateRow } from './store.ts';
import { CoordinatesRef, coordinates, UserRef } from './type.ts';

/** The viewer's own account. @throws UNAUTHENTICATED when it was deleted while the request ran. */
export async function ownAccount(ctx: Context, viewer: Viewer): Promise<PrivateRow> {
  return (await ctx.loaders.load(ctx, privateLoader, viewer.id)) ?? gone();
}

function gone(): never {
  throw accountGone();
}

export const ViewerRef = builder.objectRef<Viewer>('Viewer');
ViewerRef.implement({
  description: 'The person behind the token, and what only they see.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, unique across types; not the user’s id.',
      resolve: (viewer) => encodeId('Viewer', viewer.id),
    }),
    user: t.field({
      type: UserRef,
      description: 'Themself, as others see them. Needs the scope `profile`.',
      resolve: async (viewer, _args, ctx) => {
        requireScope(viewer, 'profile');
        return (await loadUser(ctx, viewer.id)) ?? gone();
      },
    }),
    email: t.string({
      nullable: true,
      description:
        'Their e-mail address as their token’s issuer gave it; null where none was given. Needs the scope `profile:read_private`.',
      resolve: async (viewer, _args, ctx) => {
        requireScope(viewer, 'profile:read_private');
        return (await ownAccount(ctx, viewer)).email;
      },
    }),
    emailVerified: t.boolean({
      description:
        'Whether the issuer says that the address is theirs. Needs the scope `profile:read_private`.',
      resolve: async (viewer, _args, ctx) => {
        requireScope(viewer, 'profile:read_private');
        return (await ownAccount(ctx, viewer)).emailVerified;
      },
    }),
    timezone: t.string({
      nullable: true,
      description:
        'Their IANA time zone; others see only `User.utcOffset`. Null where none is given. Needs the scope `profile`.',
      resolve: async (viewer, _args, ctx) => {
        requireScope(viewer, 'profile');
        return (await ownAccount(ctx, viewer)).timezone;
      },
    }),
    isAdmin: t.boolean({
      description: 'Whether they have the badge ADMIN. Needs the scope `profile`.',
      resolve: async (viewer, _args, ctx) => {
        requireScope(viewer, 'profile');
        return (await ownAccount(ctx, viewer)).badges.includes('ADMIN');
      },
    }),
    position: t.field({
      type: CoordinatesRef,
      nullable: true,
      description:
        'Where they are just now, for themself alone; null where it is not set. Needs the scope `profile:read_private`.',
      resolve: async (viewer, _args, ctx) => {
        requireScope(viewer, 'profile:read_private');
        const { positionLatitude, positionLongitude } = await ownAccount(ctx, viewer);
        return coordinates(positionLatitude, positionLongitude);
      },
    }),
    lastSidRerollAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When they, or one of their members, last got a new `sid`; null where that never was. Needs the scope `profile`.',
      resolve: async (viewer, _args, ctx) => {
        requireScope(viewer, 'profile');
        return (await ownAccount(ctx, viewer)).sidRerolledAt;
      },
    }),
    canRerollSidAt: t.field({
      type: 'DateTime',
      description: 'From when `rerollSid` works, be it in the past. Needs the scope `profile`.',
      resolve: async (viewer, _args, ctx) => {
        requireScope(viewer, 'profile');
        const { sidRerolledAt, createdAt } = await ownAccount(ctx, viewer);
        return nextReroll(sidRerolledAt, createdAt);
      },
    }),
    scopes: t.field({
      type: ['String'],
      description: 'What the token allows.',
      resolve: (viewer) => [...viewer.scopes],
    }),
  }),
});
findableNode('Viewer', ViewerRef, async (ctx, id) => (ctx.viewer?.id === id ? ctx.viewer : null));

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerRef,
    nullable: true,
    description: 'The person behind the token; null without one.',
    resolve: (_root, _args, ctx) => ctx.viewer,
  }),
);
