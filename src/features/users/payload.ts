import type { Context } from '../../context.ts';
import type { SchemaTypes } from '../../graphql/builder.ts';
import type { Payload } from '../../graphql/mutation.ts';
import type { UserRow } from './card.ts';
import { loadUser } from './loaders.ts';
import { UserRef } from './type.ts';
import { ViewerRef } from './viewer-type.ts';

/** What a mutation on a relation answers: the other person's id, and how to find them if not as everybody else. */
export interface TieDone {
  userId: string;
  findUser?: (ctx: Context) => Promise<UserRow | null>;
}

/** The other person of a mutation's payload. */
export function userField(t: PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, Payload<TieDone>>) {
  return t.field({
    type: UserRef,
    nullable: true,
    description: 'The other person, as they are now; null when it was not done.',
    resolve: ({ userId, findUser }, _args, ctx) => {
      if (userId === undefined) return null;
      return findUser ? findUser(ctx) : loadUser(ctx, userId);
    },
  });
}

/** The payload of a mutation on a relation: both ends, as they are now. */
export function tiePayload(t: PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, Payload<TieDone>>) {
  return {
    user: userField(t),
    viewer: t.field({
      type: ViewerRef,
      nullable: true,
      description: 'The viewer, as they are now; null when it was not done.',
      resolve: ({ userId }, _args, ctx) => (userId === undefined ? null : ctx.viewer),
    }),
  };
}
