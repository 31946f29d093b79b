// For relay-compiler alone: what it makes of these is imported from __generated__, so that no Babel is needed.
import { graphql } from 'relay-runtime';

export const documents = () => [
  graphql`
    query followersQuery($username: String!, $first: Int!) {
      user(by: { username: $username }) {
        id
        stats {
          followers
        }
        relationship {
          follows
          connection {
            status
          }
        }
        ...followers_user @arguments(first: $first)
      }
      viewer {
        user {
          id
          stats {
            following
          }
        }
      }
    }
  `,
  graphql`
    fragment followers_user on User
    @refetchable(queryName: "followersPageQuery")
    @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" }) {
      followers(first: $first, after: $after) @connection(key: "followers_user_followers") {
        edges {
          followedAt
          node {
            username
            name
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  graphql`
    mutation followersFollowMutation($userId: ID!) {
      followUser(input: { userId: $userId }) {
        user {
          stats {
            followers
          }
          relationship {
            follows
          }
        }
        viewer {
          user {
            stats {
              following
            }
          }
        }
      }
      requestConnection(input: { userId: $userId }) {
        user {
          relationship {
            connection {
              status
            }
          }
        }
      }
    }
  `,
  graphql`
    query followersNodeQuery($id: ID!) {
      node(id: $id) {
        __typename
        ... on Profile {
          name
        }
        ... on User {
          username
        }
      }
      viewer {
        connectionRequests(first: 10, direction: SENT) @connection(key: "followers_connectionRequests") {
          edges {
            node {
              __typename
              peer {
                username
              }
            }
          }
        }
      }
    }
  `,
];
