import { builder } from '../../graphql/builder.ts';
import { connectionOf } from '../../graphql/connection.ts';
import { noLongerThere } from '../../graphql/errors.ts';
import { encodeId, findableNode, Node } from '../../graphql/node.ts';
import type { List } from '../../graphql/page.ts';
import { ProfileRef } from '../profile/type.ts';
import { loadUser } from '../users/loaders.ts';
import { UserRef } from '../users/type.ts';
import { type MemberRow, memberCardFor } from './card.ts';
import { loadMember, readerOf } from './loaders.ts';
import { type ListedMember, memberKeys, membersCount, membersPage } from './store.ts';

export const MemberRef = builder.objectRef<MemberRow>('Member');
MemberRef.implement({
  description: 'A member of a plural system: somebody within a user.',
  interfaces: [Node, ProfileRef],
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, unique across types.',
      resolve: (member) => encodeId('Member', member.id),
    }),
    memberName: t.exposeString('memberName', {
      description: 'The name that tells them apart from the user’s other members, at most 100 characters.',
    }),
    name: t.string({
      description: 'What to show: `displayName`, else `memberName`.',
      resolve: ({ displayName, memberName }) => displayName ?? memberName,
    }),
    bio: t.exposeString('bio', {
      nullable: true,
      description:
        'Themself at some length, in Markdown, at most 1,000 characters; null where none is given.',
    }),
    bioHtml: t.expose('bioHtml', {
      type: 'HTML',
      nullable: true,
      description: '`bio` rendered; null where none is given.',
    }),
    user: t.field({
      type: UserRef,
      description: 'Whose member this is.',
      resolve: async ({ ownerId }, _args, ctx) => (await loadUser(ctx, ownerId)) ?? gone(),
    }),
    isUnlisted: t.boolean({
      nullable: true,
      description:
        'Whether lists of members leave them out for everybody else; null for anybody but the user.',
      resolve: ({ ownerId, isUnlisted }, _args, ctx) => (ownerId === readerOf(ctx).owner ? isUnlisted : null),
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When the member was created.',
      resolve: ({ createdAt }) => createdAt,
    }),
  }),
});
findableNode('Member', MemberRef, loadMember);

function gone(): never {
  throw noLongerThere();
}

/** Somebody's members, as the viewer may see them. */
export const memberList: List<ListedMember> = {
  ordering: 'members',
  keys: memberKeys,
  descending: false,
  rows: (ctx, parents, { window, fields }) =>
    membersPage(ctx.db, readerOf(ctx), parents, memberCardFor(fields), window),
  keyOf: ({ member }) => [member.nameKey],
  counts: (ctx, parents) => membersCount(ctx.db, readerOf(ctx), parents),
};

export const MemberConnection = connectionOf(
  'Member',
  { type: MemberRef, of: (row: ListedMember) => row.member },
  { of: 'the members of a person, by name, case aside' },
);
