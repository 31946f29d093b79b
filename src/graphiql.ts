import type { GraphiQLOptions } from 'graphql-yoga';

/** What GraphiQL opens with. */
export interface GraphiQLSetup {
  title: string;
  /** In demo mode a demo person's token, to be sent with the example queries; null otherwise. */
  token: string | null;
}

const examples = [
  `# Welcome to Kith: people, and who follows whom.
# Press the play button (or Ctrl+Enter) to run a query; the other tabs have more of them.
# Hover over a field, or open the documentation on the left, for what it says.
query SomebodyAndTheirFollowers {
  user(by: { username: "ada" }) {
    name
    tagline
    bioHtml
    stats { followers following }
    followers(first: 5) {
      totalCount
      edges {
        followedAt
        node { username name }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
`,
  `# Who the token in the headers (below) is, and how they stand to others.
query Me {
  viewer {
    scopes
    user {
      username
      name
      following(first: 10) {
        totalCount
        nodes {
          username
          utcOffset
          relationship { follows followedBy }
          mutualFollowers(first: 3) { totalCount nodes { username } }
        }
      }
    }
    blockedUsers { totalCount nodes { username } }
  }
}
`,
  `# Search by the beginnings of words and by likeness, whatever the case and the accents.
query Search($query: String!) {
  searchUsers(query: $query, context: MENTION, first: 10) {
    totalCount
    nodes { username name relationship { follows } }
  }
}
`,
  `# Twenty people, five followers of each: two SQL statements, however many people there are.
query FriendsOfFriends {
  users(first: 20, orderBy: USERNAME) {
    nodes {
      username
      followers(first: 5) {
        totalCount
        nodes { username }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  `# Run the query first, then put the id into the variables and run the mutation.
query Eve {
  user(by: { username: "eve" }) { id username relationship { follows } }
}

mutation Follow($id: ID!) {
  followUser(input: { userId: $id }) {
    user { username stats { followers } relationship { follows followedBy } }
    userErrors { code message path }
  }
}
`,
];
const variables: Record<number, string> = { 2: '{ "query": "a" }', 4: '{ "id": "" }' };

/** GraphiQL with example queries in its tabs, which work as they are in demo mode. */
export function graphiqlOptions({ title, token }: GraphiQLSetup): GraphiQLOptions {
  const headers = token === null ? null : JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2);
  return {
    title,
    defaultTabs: examples.map((query, i) => ({ query, variables: variables[i] ?? null, headers })),
    ...(headers === null ? {} : { defaultHeaders: headers }),
    shouldPersistHeaders: false,
  };
}
