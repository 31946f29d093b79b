import type { InputFieldBuilder } from '@pothos/core';
import type { z } from 'zod';
import { brokenConstraint } from '../../db/errors.ts';
import type { SchemaTypes } from '../../graphql/builder.ts';
import { refuse } from '../../graphql/errors.ts';
import type { Payload } from '../../graphql/mutation.ts';
import { commonInput } from '../profile/input.ts';
import { renderMarkdown } from '../profile/markdown.ts';
import { decodeFlagIds, refusalOf } from '../profile/refusal.ts';
import { maxMembers } from '../users/table.ts';
import { loadMember } from './loaders.ts';
import { type memberChangeShape, memberKey } from './rules.ts';
import { MemberRef } from './type.ts';
import type { MemberChange } from './write-store.ts';

const nameRule = '1–100 characters, unique among the user’s members whatever the case (ALREADY_EXISTS)';

/** The input fields of a member. @param required whether the name must be given. */
export function memberInput<Required extends boolean>(
  t: InputFieldBuilder<SchemaTypes, 'InputObject'>,
  required: Required,
) {
  return {
    name: t.string({
      required,
      description: `The name that tells them apart, ${nameRule}; cannot be null.`,
    }),
    ...commonInput(t),
    isUnlisted: t.boolean({
      description: 'Whether lists of members leave them out for everybody else; cannot be null.',
    }),
  };
}

/** The columns that a checked input changes, without the avatar. */
export function memberChange({
  name,
  bio,
  flagIds,
  ...same
}: z.output<typeof memberChangeShape>): MemberChange {
  return {
    ...same,
    ...(name === undefined ? {} : { name, nameKey: memberKey(name) }),
    ...(bio === undefined ? {} : { bio, bioHtml: bio === null ? null : renderMarkdown(bio) }),
    flagIds: decodeFlagIds(flagIds),
  };
}

/** What a client is told of a write that failed; other errors are what they are. */
export function memberRefusal(error: unknown): unknown {
  switch (brokenConstraint(error)) {
    case 'members_name_unique':
      return refuse('ALREADY_EXISTS', 'Another member of yours has this name.', 'name');
    case 'user_stats_members_limit':
      return refuse('LIMIT_REACHED', `There are ${maxMembers} members, as many as there may be.`);
    default:
      return refusalOf(error);
  }
}

/** The payload of what writes a member. */
export function memberPayload(
  t: PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, Payload<{ memberId: string }>>,
) {
  return {
    member: t.field({
      type: MemberRef,
      nullable: true,
      description: 'The member as they are now; null when it was not done.',
      resolve: ({ memberId }, _args, ctx) => (memberId === undefined ? null : loadMember(ctx, memberId)),
    }),
  };
}
