/** Queries that work as they are, once $id and $query are given. */
export const examples: readonly string[] = [
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
  `# Who you are, and how you stand to others. Without a token you are nobody.
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
  `# What people write whom the viewer follows or is connected with, and what is written in their rooms.
query Feed {
  viewer {
    unseen { posts }
    feed(first: 10) {
      nodes {
        author { username name }
        title
        html
        createdAt
        photos { description image { url(size: LARGE) } }
        poll { question choices { text votesCount } }
        root { author { username } html }
        counters { comments likes reshares }
        viewerState { liked reshared seen }
        comments(first: 2) { nodes { author { username } html } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}
`,
  `# What somebody says of themself, and who is within a plural system. Each word comes with how they feel about it.
query Words {
  user(by: { username: "carol" }) {
    username
    ...Shown
    memberTitle
    tags { name }
    members(first: 10) {
      totalCount
      nodes { memberName ...Shown }
    }
  }
}

fragment Shown on Profile {
  name
  avatar { url(size: LARGE) }
  names { value preference { icon tooltip size } }
  pronouns { pronouns forms { subject object } preference { icon tooltip } }
  flags { name image { url alt } }
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
  `# What has happened to the viewer, whom they have to answer, and the rooms they are in.
query Inbox {
  viewer {
    unseen { total notifications connectionRequests }
    notifications(first: 10) {
      nodes {
        kind
        updatedAt
        actorsCount
        actors { username }
        subject { __typename ... on Room { name slug } }
      }
    }
    connectionRequests { nodes { createdAt peer { username name } } }
    rooms {
      nodes {
        name
        kind
        isPublic
        viewerRole
        members(first: 5) { totalCount edges { role node { username } } }
      }
    }
  }
}
`,
  `# What happens to you, as it happens: leave it running as eve, and follow her in another window (the tab Follow) as ada.
subscription Live {
  notificationAdded {
    kind
    actors { username }
    actorsCount
  }
}
`,
  `# Says something to those whom the post is for: PUBLIC, FOLLOWERS, CONNECTIONS, ASPECTS or ROOM.
mutation Say {
  createPost(input: {
    visibility: FOLLOWERS
    body: "Night trains are *back*, @bob! #trains"
    poll: { question: "Where to?", choices: ["Vienna", "Stockholm"] }
  }) {
    post {
      id
      title
      html
      tags { name }
      mentions { username }
      poll { choices { id text } }
    }
    userErrors { code message path }
  }
}
`,
  `# Whom to follow is in the variables (below); following somebody twice is no error.
mutation Follow($id: ID!) {
  followUser(input: { userId: $id }) {
    user {
      username
      stats { followers }
      relationship { follows followedBy }
    }
    userErrors { code message path }
  }
}
`,
];

/** Where a file can be given. */
export const uploadExample = `# The file that is chosen above takes the place of $file: PNG, JPEG, WebP or GIF.
mutation Picture($file: Upload!) {
  updateProfile(input: { avatar: { upload: $file } }) {
    user {
      username
      avatar { url(size: LARGE) width height }
    }
    userErrors { code message path }
  }
}
`;
