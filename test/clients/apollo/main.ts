// Apollo Client with relayStylePagination, and uploads by apollo-upload-client.
import { ApolloClient, gql, InMemoryCache, type TypedDocumentNode } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import UploadHttpLink from 'apollo-upload-client/UploadHttpLink.mjs';
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
import { countedFetch, headers, picture, requests, tell, url, whom } from '../server';

const followersDocument: TypedDocumentNode<Followers, FollowersVariables> = gql(followersSource);
const standingDocument: TypedDocumentNode<Standing, { username: string }> = gql(standingSource);
const follow: TypedDocumentNode<unknown, { userId: string }> = gql(followSource);
const request: TypedDocumentNode<unknown, { userId: string }> = gql(requestSource);
const upload: TypedDocumentNode<{ updateProfile: unknown }, { avatar: File }> = gql`
  mutation Upload($avatar: Upload!) {
    updateProfile(input: { avatar: { upload: $avatar } }) {
      user {
        id
        avatar {
          url
          width
          height
        }
      }
      userErrors {
        code
      }
    }
  }
`;

const client = new ApolloClient({
  link: new UploadHttpLink({ uri: url, headers, fetch: countedFetch }),
  cache: new InMemoryCache({
    possibleTypes: { Profile: ['User', 'Member'] },
    typePolicies: {
      User: { fields: { followers: relayStylePagination() } },
      Relationship: { merge: true },
      UserStats: { merge: true },
    },
  }),
});
const of = { username: whom };

const list = client.watchQuery({ query: followersDocument, variables: of });
const reading = list.subscribe(() => {});
let page = (await client.query({ query: followersDocument, variables: of })).data?.user.followers.pageInfo;
while (page?.hasNextPage) {
  const more = await list.fetchMore({ variables: { after: page.endCursor } });
  page = more.data?.user.followers.pageInfo;
}
reading.unsubscribe();
const pages = requests.sent;
const joined = client.readQuery({ query: followersDocument, variables: of });

const before = (await client.query({ query: standingDocument, variables: of })).data;
if (!joined || !before) throw new Error('Answers are missing.');
await client.mutate({ mutation: follow, variables: { userId: before.user.id } });
await client.mutate({ mutation: request, variables: { userId: before.user.id } });
const sent = requests.sent;
const after = (await client.query({ query: standingDocument, variables: of })).data ?? before;
const refetched = requests.sent - sent;

const uploaded = await client.mutate({ mutation: upload, variables: { avatar: picture() } });
tell({
  followers: edges(joined),
  pages,
  before: standing(before),
  after: standing(after),
  refetched,
  uploaded: uploaded.data?.updateProfile,
});
client.stop();
