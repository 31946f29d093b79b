import { requireScope } from '../../auth/require-viewer.ts';
import { builder } from '../../graphql/builder.ts';
import { page, pageArgs } from '../../graphql/page.ts';
import { readThroughList } from '../remotes/target.ts';
import { pageOfPerson, UserRef } from '../users/type.ts';
import { ViewerRef } from '../users/viewer-type.ts';
import { MemberConnection, memberList } from './type.ts';

const membersOfPerson = pageOfPerson(memberList);

builder.objectField(UserRef, 'members', (t) =>
  t.field({
    type: MemberConnection,
    description:
      'The members of this plural system, by name, case aside: without unlisted ones, and empty where its user keeps the list private; the user themself sees all.',
    args: pageArgs(t.arg),
    resolve: (user, args, ctx, info) =>
      readThroughList(ctx, user, 'members', args, () => membersOfPerson(user, args, ctx, info)),
  }),
);

builder.objectField(ViewerRef, 'members', (t) =>
  t.field({
    type: MemberConnection,
    description:
      'The viewer’s own members, unlisted ones too, by name, case aside. Needs the scope `profile`.',
    args: pageArgs(t.arg),
    resolve: (viewer, args, ctx, info) => {
      requireScope(viewer, 'profile');
      return page(ctx, info, memberList, viewer.id, args);
    },
  }),
);
