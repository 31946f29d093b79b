// What is asked of the servers: a GraphQL document with variables for Kith, a route with parameters for the hand-written
// one. What others are asked: peers.ts.

/** One request, in the form that each server takes it. */
export interface Request {
  variables: Record<string, unknown>;
  route: string;
  /** The username whose token goes with it to Kith; nobody's unless given. */
  as?: string;
  /** The id of that user, for servers that take no tokens. */
  viewer?: string;
}

/** Which document a question asks with. */
export type Kind = 'profile' | 'followers' | 'friends' | 'deep' | 'feed' | 'posts' | 'both';

export interface Question {
  name: string;
  kind: Kind;
  document: string;
  requests: readonly Request[];
}

const card = 'username displayName realName tagline website createdAt';

const profile = `query Profile($username: String!) { user(by: { username: $username }) { ${card} sid memberTitle status links } }`;
const followers = `query Followers($username: String!) {
  user(by: { username: $username }) { username name followers(first: 20) { totalCount edges { followedAt node { ${card} } } } }
}`;
const friends = `query Friends($after: String) {
  users(first: 20, after: $after, orderBy: USERNAME) { nodes { username displayName followers(first: 5) { nodes { username displayName } } } }
}`;
const deep = `query Deep($username: String!, $after: String) {
  user(by: { username: $username }) { followers(first: 20, after: $after) { edges { followedAt node { ${card} } } } }
}`;

const postFields =
  'type summary html createdAt visibility counters { comments likes reshares followers views }';
const feed = `query Feed {
  viewer { feed(first: 20) { nodes { ${postFields} author { username displayName } viewerState { liked reshared subscribed seen } } } }
}`;
const both = `query Both($after: String) {
  users(first: 20, after: $after, orderBy: USERNAME) {
    nodes { username displayName followers(first: 5) { nodes { username displayName } } posts(first: 3) { nodes { ${postFields} } } }
  }
}`;
const posts = `query Posts($after: String) {
  users(first: 20, after: $after, orderBy: USERNAME) { nodes { username displayName posts(first: 3) { nodes { ${postFields} } } } }
}`;

/** What the questions are made of: see sample.ts. */
export interface Sample {
  usernames: readonly string[];
  celebrity: string;
  /** Where position 9,000 of the celebrity's followers lies. */
  position: { followedAt: string; id: string; cursor: string };
  /** Cursor of the list of users by name, and the username it points behind. */
  starts: readonly { username: string; cursor: string }[];
  /** Of those who follow about so many, some; none where nobody has posted. */
  readers: readonly { following: number; people: readonly { username: string; id: string }[] }[];
}

/** The questions of the benchmark. */
export function questions({ usernames, celebrity, position, starts, readers }: Sample): Question[] {
  return [...aboutPeople({ usernames, celebrity, position, starts }), ...aboutPosts({ starts, readers })];
}

function aboutPosts({ starts, readers }: Pick<Sample, 'starts' | 'readers'>): Question[] {
  if (readers.length === 0) return [];
  return [
    ...readers.map(({ following, people }) => ({
      name: `home feed of 20, following ${following.toLocaleString('en')}`,
      kind: 'feed' as const,
      document: feed,
      requests: people.map(({ username, id }) => ({
        variables: {},
        route: `/feed/${following > 1_000 ? 'of-many' : 'of-few'}?viewer=${id}`,
        as: username,
        viewer: id,
      })),
    })),
    {
      name: '20 users with 3 posts each',
      kind: 'posts',
      document: posts,
      requests: starts.map(({ username, cursor }) => ({
        variables: { after: cursor },
        route: `/posts?after=${username}`,
      })),
    },
    {
      name: '20 users with 5 followers and 3 posts each',
      kind: 'both',
      document: both,
      requests: starts.map(({ username, cursor }) => ({
        variables: { after: cursor },
        route: `/both?after=${username}`,
      })),
    },
  ];
}

function aboutPeople({ usernames, celebrity, position, starts }: Omit<Sample, 'readers'>): Question[] {
  return [
    {
      name: 'one profile',
      kind: 'profile',
      document: profile,
      requests: usernames.map((username) => ({
        variables: { username },
        route: `/profile?username=${username}`,
      })),
    },
    {
      name: 'profile, 20 followers, totalCount',
      kind: 'followers',
      document: followers,
      requests: usernames.map((username) => ({
        variables: { username },
        route: `/followers?username=${username}`,
      })),
    },
    {
      name: '20 users with 5 followers each',
      kind: 'friends',
      document: friends,
      requests: starts.map(({ username, cursor }) => ({
        variables: { after: cursor },
        route: `/friends?after=${username}`,
      })),
    },
    {
      name: 'page one of 9,458 followers',
      kind: 'deep',
      document: deep,
      requests: [{ variables: { username: celebrity }, route: `/page?username=${celebrity}` }],
    },
    {
      name: 'page at position 9,000',
      kind: 'deep',
      document: deep,
      requests: [
        {
          variables: { username: celebrity, after: position.cursor },
          route: `/page?username=${celebrity}&at=${position.followedAt}&id=${position.id}`,
        },
      ],
    },
  ];
}
