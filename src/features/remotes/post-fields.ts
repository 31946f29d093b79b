import { builder } from '../../graphql/builder.ts';
import { AccountProviderEnum } from '../accounts/type.ts';
import { PostRef } from '../posts/type.ts';
import { postOriginLoader } from './loaders.ts';
import type { PostOrigin } from './origin-store.ts';

const figures = {
  comments: 'Comments there.',
  likes: 'Likes there.',
  reshares: 'Reshares there.',
  followers: 'People who asked there to be told of comments.',
  views: 'People who have seen it there.',
};

const RemotePostStatsRef = builder.objectRef<PostOrigin['counters']>('RemotePostStats').implement({
  description: 'What another system counted of a post when it was read there last.',
  fields: (t) =>
    Object.fromEntries(
      Object.entries(figures).map(([name, description]) => [
        name,
        t.int({ description, resolve: (counters) => counters?.[name] ?? 0 }),
      ]),
    ),
});

const RemotePostRef = builder.objectRef<PostOrigin>('RemotePost').implement({
  description: 'Where a post comes from that was written in another system.',
  fields: (t) => ({
    provider: t.expose('provider', { type: AccountProviderEnum, description: 'The system.' }),
    instance: t.string({
      nullable: true,
      description: 'Which of its servers, by its host; null where there is but one.',
      resolve: ({ instance }) => instance || null,
    }),
    externalId: t.exposeString('externalId', { description: 'Its id there.' }),
    stats: t.field({
      type: RemotePostStatsRef,
      description: 'What the source counts; `Post.counters` counts what is here.',
      resolve: ({ counters }) => counters ?? {},
    }),
  }),
});

builder.objectField(PostRef, 'remote', (t) =>
  t.field({
    type: RemotePostRef,
    nullable: true,
    description: 'Where it was written, where that was another system; null for what was written here.',
    resolve: (post, _args, ctx) => ctx.loaders.load(ctx, postOriginLoader, post.id),
  }),
);
