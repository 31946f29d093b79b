// urql with graphcache's relayPagination, and what comes by itself through graphql-sse.
import { Client, fetchExchange, gql, type OperationResult, subscriptionExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { createClient } from 'graphql-sse';
import {
  edges,
  type Followers,
  type FollowersVariables,
  followersSource,
  followSource,
  requestSource,
  type Standing,
  standing,
  standingSource,
} from '../documents';
import { countedFetch, headers, otherHeaders, requests, tell, url, whom } from '../server';
import schema from './__generated__/introspection.json';

const followersDocument = gql<Followers, FollowersVariables>(followersSource);
const standingDocument = gql<Standing, { username: string }>(standingSource);
const follow = gql<unknown, { userId: string }>(followSource);
const request = gql<unknown, { userId: string }>(requestSource);
const followBack = gql<unknown, { userId: string }>`
  mutation FollowBack($userId: ID!) {
    followUser(input: { userId: $userId }) {
      userErrors {
        code
      }
    }
  }
`;

interface Unseen {
  viewer: { id: string; unseen: { __typename?: string; notifications: number } };
}
const unseenDocument = gql<Unseen, Record<string, never>>`
  query Unseen {
    viewer {
      id
      unseen {
        notifications
      }
    }
  }
`;
type UnseenChanged = { unseenChanged: Unseen['viewer']['unseen'] };
const unseenChanged = gql<UnseenChanged, Record<string, never>>`
  subscription UnseenChanged {
    unseenChanged {
      notifications
    }
  }
`;

const warnings: string[] = [];
const connected = Promise.withResolvers<void>();
const stream = createClient({ url, headers, on: { connected: () => connected.resolve() } });
const client = new Client({
  url,
  preferGetMethod: false,
  fetch: countedFetch,
  fetchOptions: { headers },
  exchanges: [
    cacheExchange({
      schema,
      keys: { Relationship: () => null, UnseenCounts: () => null, UserStats: () => null },
      resolvers: { User: { followers: relayPagination() } },
      updates: {
        Subscription: {
          unseenChanged: ({ unseenChanged: unseen }: UnseenChanged, _arguments, cache) =>
            cache.updateQuery(
              { query: unseenDocument },
              (data) => data && { viewer: { ...data.viewer, unseen } },
            ),
        },
      },
      logger: (severity, message) => void (severity === 'debug' || warnings.push(message)),
    }),
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query = '', variables }) => ({
        subscribe: (sink) => ({ unsubscribe: stream.subscribe({ query, variables }, sink) }),
      }),
    }),
  ],
});
const of = { username: whom };
const cacheOnly = { requestPolicy: 'cache-only' } as const;

let cursor: string | null = null;
for (let more = true; more; ) {
  const answer: OperationResult<Followers> = await client.query(followersDocument, { ...of, after: cursor });
  const page = answer.data?.user.followers.pageInfo;
  more = page?.hasNextPage ?? false;
  cursor = page?.endCursor ?? null;
}
const pages = requests.sent;
const joined = (await client.query(followersDocument, of, cacheOnly)).data;

const before = (await client.query(standingDocument, of)).data;
if (!joined || !before) throw new Error('Answers are missing.');
await client.mutation(follow, { userId: before.user.id });
await client.mutation(request, { userId: before.user.id });
const sent = requests.sent;
const after = (await client.query(standingDocument, of)).data ?? before;
const refetched = requests.sent - sent;

const unseenBefore = (await client.query(unseenDocument, {})).data;
const event = Promise.withResolvers<unknown>();
const listening = client.subscription(unseenChanged, {}).subscribe(({ data, error }) => {
  if (data) event.resolve(data.unseenChanged);
  else event.reject(error);
});
await connected.promise;
const other = new Client({
  url,
  preferGetMethod: false,
  fetchOptions: { headers: otherHeaders },
  exchanges: [fetchExchange],
});
await other.mutation(followBack, { userId: before.viewer.user.id });
// Sooner than the server looks by itself, once a minute.
setTimeout(() => event.reject(new Error('No event has come.')), 20_000).unref();
const happened = await event.promise;
const unseenAfter = (await client.query(unseenDocument, {}, cacheOnly)).data;
listening.unsubscribe();

tell({
  followers: edges(joined),
  pages,
  before: standing(before),
  after: standing(after),
  refetched,
  event: happened,
  unseen: [unseenBefore?.viewer.unseen.notifications, unseenAfter?.viewer.unseen.notifications],
  warnings,
});
