// What linking and syncing an account have in common: whom they ask, what they refuse and what they answer.
import type { FieldMap } from '@pothos/core';
import type { Context } from '../../context.ts';
import { brokenConstraint } from '../../db/errors.ts';
import type { SchemaTypes } from '../../graphql/builder.ts';
import { accountGone, refuse, sourceUnavailable } from '../../graphql/errors.ts';
import type { Payload } from '../../graphql/mutation.ts';
import { notFound } from '../../graphql/node.ts';
import { LinkRefused, type Links, LinkUnavailable, type Refused } from '../../remotes/links.ts';
import { sweepSoon } from '../media/pictures.ts';
import { loadUser } from '../users/loaders.ts';
import { UserRef } from '../users/type.ts';
import { accountLoader } from './loaders.ts';
import { AccountRef } from './type.ts';

/** What came of it. */
export interface AccountDone {
  accountId: string;
  userId: string;
  taken: readonly string[];
  kept: readonly string[];
}

const maxToken = 4_096;

/** A token as it is sent to a source. @throws Refusal INVALID, which does not repeat it. */
export function checkedToken(given: string): string {
  const token = given.trim();
  if (token.length >= 1 && token.length <= maxToken && /^[\x21-\x7e]*$/.test(token)) return token;
  throw refuse(
    'INVALID',
    `A token has 1 to ${maxToken} printable ASCII characters and no white space.`,
    'token',
  );
}

/** @throws GraphQLError for the viewer's account that is gone. */
function refusalOf(reason: Refused, hostPath: string) {
  switch (reason) {
    case 'owner gone':
      return accountGone();
    case 'no account':
      return notFound('Account', 'accountId');
    case 'bad host':
      return refuse('INVALID', 'This is not the host of a server that can be asked.', hostPath);
    case 'bad token':
      return refuse('INVALID', 'The source does not take this token.', 'token');
    case 'no token':
      return refuse(
        'INVALID',
        'No token is kept for this account, or it can no longer be read: give one.',
        'token',
      );
    case 'another’s token':
      return refuse('INVALID', 'This token is of another account.', 'token');
    case 'taken':
      return refuse('TAKEN', 'The account of this token is another person’s here.', 'token');
    case 'closed':
      return refuse(
        'FORBIDDEN',
        'An operator of this community has suspended whoever has this account.',
        'token',
      );
  }
}

/**
 * Links or syncs an account of the viewer's.
 * @param hostPath the input field that says which server.
 * @throws Refusal; SOURCE_UNAVAILABLE when the source does not answer.
 */
export async function proveAccount(
  ctx: Context,
  viewer: string,
  hostPath: string,
  run: (links: Links) => ReturnType<Links['link']>,
): Promise<AccountDone> {
  try {
    const { accountId, taken, kept, told } = await run(ctx.links);
    ctx.live.wake([viewer, ...told]);
    // Pictures of who lived elsewhere until now, and those that are there no more.
    await sweepSoon(ctx);
    return { accountId, userId: viewer, taken, kept };
  } catch (error) {
    if (error instanceof LinkRefused) throw refusalOf(error.reason, hostPath);
    if (error instanceof LinkUnavailable) {
      const { source, fault } = error;
      throw sourceUnavailable(fault.message, {
        provider: source.provider,
        instance: source.instance || null,
        reason: fault.fault,
        sourcePath: fault.path,
      });
    }
    const limit = /^user_stats_(members|flags)_limit$/.exec(brokenConstraint(error) ?? '')?.[1];
    if (limit === undefined) throw error;
    throw refuse(
      'LIMIT_REACHED',
      `With those of this account there would be more ${limit} than there may be.`,
    );
  }
}

/** The payload's fields. */
export function accountPayload(
  t: PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, Payload<AccountDone>>,
): FieldMap {
  return {
    account: t.field({
      type: AccountRef,
      nullable: true,
      description:
        'The account as it is now, at first shown to nobody else; null when it was not done, and for a token without the scope `profile:read_private`.',
      resolve: ({ accountId }, _args, ctx) =>
        accountId === undefined ? null : ctx.loaders.load(ctx, accountLoader, accountId),
    }),
    user: t.field({
      type: UserRef,
      nullable: true,
      description: 'The viewer as they are now; null when it was not done.',
      resolve: ({ userId }, _args, ctx) => (userId === undefined ? null : loadUser(ctx, userId)),
    }),
    taken: t.stringList({
      nullable: true,
      description:
        'The fields of `UpdateProfileInput` that the account has filled, pictures among them that are still to come; null when it was not done.',
      resolve: ({ taken }) => (taken ? [...taken] : null),
    }),
    kept: t.stringList({
      nullable: true,
      description:
        'Those that the account has something for, and that stay as the viewer has set them; null when it was not done.',
      resolve: ({ kept }) => (kept ? [...kept] : null),
    }),
  };
}
