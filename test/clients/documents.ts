// What Apollo Client and urql ask, and the form of the answers.

/** Up to three who follow somebody; the names by a fragment on the interface. */
export const followersSource = `
  fragment Named on Profile {
    id
    name
  }
  query Followers($username: String!, $after: String) {
    user(by: { username: $username }) {
      id
      followers(first: 3, after: $after) {
        edges {
          followedAt
          node {
            id
            username
            ...Named
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`;
export interface Followers {
  user: {
    id: string;
    followers: {
      edges: { followedAt: string; node: { username: string; name: string } }[];
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
    };
  };
}
export interface FollowersVariables {
  username: string;
  after?: string | null;
}

/** How the viewer and somebody stand. */
export const standingSource = `
  query Standing($username: String!) {
    user(by: { username: $username }) {
      id
      stats {
        followers
      }
      relationship {
        follows
        connectionState
        connection {
          id
          status
        }
      }
    }
    viewer {
      id
      user {
        id
        stats {
          following
        }
      }
    }
  }
`;
export interface Standing {
  user: {
    id: string;
    stats: { followers: number };
    relationship: {
      follows: boolean;
      connectionState: string;
      connection: { id: string; status: string } | null;
    };
  };
  viewer: { id: string; user: { id: string; stats: { following: number } } };
}

/** Follows somebody; of the payload what that changes, and no more. */
export const followSource = `
  mutation Follow($userId: ID!) {
    followUser(input: { userId: $userId }) {
      user {
        id
        stats {
          followers
        }
        relationship {
          follows
        }
      }
      viewer {
        id
        user {
          id
          stats {
            following
          }
        }
      }
    }
  }
`;

/** Asks somebody for a connection, in the same way. */
export const requestSource = `
  mutation Request($userId: ID!) {
    requestConnection(input: { userId: $userId }) {
      user {
        id
        relationship {
          connectionState
          connection {
            id
            status
          }
        }
      }
    }
  }
`;

/** The edges, as the programs print them. */
export const edges = ({ user }: Followers) =>
  user.followers.edges.map(({ followedAt, node: { username, name } }) => ({ username, name, followedAt }));

/** What the programs print of how the two stand. */
export const standing = ({ user, viewer }: Standing) => ({
  followers: user.stats.followers,
  follows: user.relationship.follows,
  following: viewer.user.stats.following,
  connection: user.relationship.connection?.status ?? user.relationship.connectionState,
});
