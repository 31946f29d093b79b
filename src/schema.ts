// Every feature, imported for what it adds to the builder.
import './graphql/scalars.ts';
import './graphql/node.ts';
import './features/blocks/block-user.ts';
import './features/blocks/fields.ts';
import './features/blocks/hide-user.ts';
import './features/blocks/unblock-user.ts';
import './features/blocks/unhide-user.ts';
import './features/community/queries.ts';
import './features/follows/fields.ts';
import './features/follows/follow-user.ts';
import './features/follows/remove-follower.ts';
import './features/follows/unfollow-user.ts';
import './features/profile/update-profile.ts';
import './features/relationships/fields.ts';
import './features/settings/update-settings.ts';
import './features/users/delete-account.ts';
import './features/users/queries.ts';
import { builder } from './graphql/builder.ts';

export const schema = builder.toSchema({ sortSchema: true });
