import type { Context } from '../../context.ts';
import { builder } from '../../graphql/builder.ts';
import { idOf } from '../../graphql/node.ts';
import { hasUsernameCharacters, usernameKey } from '../users/rules.ts';
import { loadMember, memberNameLoader, memberSidLoader } from './loaders.ts';
import { isMemberSid, maxNameLength, memberKey } from './rules.ts';
import { MemberRef } from './type.ts';

const MemberNameInput = builder.inputType('MemberName', {
  description: 'A member by name.',
  fields: (t) => ({
    username: t.string({ required: true, description: 'The user’s username, in whatever case.' }),
    member: t.string({ required: true, description: 'The member’s `memberName`, in whatever case.' }),
  }),
});
const MemberByInput = builder.inputType('MemberBy', {
  description: 'What tells one member from all others: exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: 'Their `id`.' }),
    sid: t.string({ description: 'Their `sid`.' }),
    name: t.field({
      type: MemberNameInput,
      description:
        'Their name and their user’s. Names can be guessed: so it finds whom lists show the viewer, and nobody else.',
    }),
  }),
});

builder.queryField('member', (t) =>
  t.field({
    type: MemberRef,
    nullable: true,
    description:
      'One member of a plural system; null when there is none like that, or the viewer may not see them.',
    args: { by: t.arg({ type: MemberByInput, required: true, description: 'Who.' }) },
    resolve: (_root, { by }, ctx) => findMember(ctx, by),
  }),
);

function findMember(
  ctx: Context,
  by: { id?: string; sid?: string; name?: { username: string; member: string } },
) {
  if (by.id !== undefined) {
    const id = idOf('Member', by.id);
    return id === null ? null : loadMember(ctx, id);
  }
  if (by.sid !== undefined)
    return isMemberSid(by.sid) ? ctx.loaders.load(ctx, memberSidLoader, by.sid) : null;
  // Longer than any name is no name, and would be long work to fold.
  if (!by.name || !hasUsernameCharacters(by.name.username) || by.name.member.length > 2 * maxNameLength)
    return null;
  if (by.name.member.includes('/')) return null;
  const key = `${usernameKey(by.name.username)}/${memberKey(by.name.member.trim())}`;
  return ctx.loaders.load(ctx, memberNameLoader, key);
}
