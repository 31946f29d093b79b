// Relay: @refetchable pages with @connection, mutations and `node`, on relay-runtime without React.
import {
  commitMutation,
  createOperationDescriptor,
  Environment,
  type FetchFunction,
  fetchQuery,
  type GraphQLResponse,
  getPaginationMetadata,
  getPaginationVariables,
  Network,
  RecordSource,
  Store,
} from 'relay-runtime';
import { waitForFragmentData } from 'relay-runtime/experimental';
import { countedFetch, headers, requests, tell, url, whom } from '../server';
import fragment, { type followers_user$key } from './__generated__/followers_user.graphql';
import followMutation, {
  type followersFollowMutation,
} from './__generated__/followersFollowMutation.graphql';
import nodeQuery, { type followersNodeQuery } from './__generated__/followersNodeQuery.graphql';
import type { followersPageQuery } from './__generated__/followersPageQuery.graphql';
import query, { type followersQuery } from './__generated__/followersQuery.graphql';

const ask: FetchFunction = async ({ text }, variables) => {
  const response = await countedFetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ query: text, variables }),
  });
  return (await response.json()) as GraphQLResponse;
};
const environment = new Environment({
  network: Network.create(ask),
  store: new Store(new RecordSource()),
});

const variables = { username: whom, first: 3 };
environment.retain(createOperationDescriptor(query, variables));
const stored = { fetchPolicy: 'store-or-network' } as const;

const before = await fetchQuery<followersQuery>(environment, query, variables).toPromise();
const user = before?.user;
if (!user) throw new Error(`There is no ${whom}.`);
const { paginationMetadata, paginationRequest } = getPaginationMetadata(fragment, 'followers');
let list = await waitForFragmentData<followers_user$key>(environment, fragment, user);
while (list.followers.pageInfo.hasNextPage) {
  const { endCursor } = list.followers.pageInfo;
  const next = getPaginationVariables('forward', 3, endCursor, {}, { id: user.id }, paginationMetadata);
  await fetchQuery<followersPageQuery>(
    environment,
    paginationRequest,
    next as followersPageQuery['variables'],
  ).toPromise();
  list = await waitForFragmentData<followers_user$key>(environment, fragment, user);
}
const pages = requests.sent;

await new Promise<void>((resolve, reject) =>
  commitMutation<followersFollowMutation>(environment, {
    mutation: followMutation,
    variables: { userId: user.id },
    onCompleted: () => resolve(),
    onError: reject,
  }),
);
const sent = requests.sent;
const after = await fetchQuery<followersQuery>(environment, query, variables, stored).toPromise();
const refetched = requests.sent - sent;

const node = await fetchQuery<followersNodeQuery>(environment, nodeQuery, { id: user.id }).toPromise();
const told = (standing: followersQuery['response'] | undefined) => ({
  followers: standing?.user?.stats.followers,
  follows: standing?.user?.relationship?.follows,
  following: standing?.viewer?.user.stats.following,
  connection: standing?.user?.relationship?.connection?.status ?? 'NONE',
});
tell({
  followers: list.followers.edges.map(({ followedAt, node: { username, name } }) => ({
    username,
    name,
    followedAt,
  })),
  pages,
  before: told(before),
  after: told(after),
  refetched,
  node: node?.node,
  asked: node?.viewer?.connectionRequests.edges.map((edge) => edge.node),
});
