// What is asked of PostGraphile, whose schema is made of the tables, and how its answers read in Kith's form.
import { z } from 'zod';
import type { Kind, Question, Request } from '../questions.ts';

const newest = 'orderBy: [CREATED_AT_DESC, FOLLOWER_ID_DESC]';
const card = 'username displayName realName tagline website createdAt';
const post = `type summary html createdAt visibility
  postStatByPostId { comments likes reshares followers: subscribers views }`;
const people = 'first: 20, after: $after, orderBy: USERNAME_KEY_ASC, condition: { searchable: true }';
const five = `followsByFolloweeId(first: 5, ${newest}) { nodes { userByFollowerId { username displayName } } }`;
const three = `postsByAuthorId(first: 3, orderBy: [CREATED_AT_DESC, ROW_ID_DESC], condition: { visibility: "PUBLIC" }) {
  nodes { ${post} }
}`;

const documents: Record<Kind, string> = {
  profile: `query Profile($username: String!) {
    userByUsernameKey(usernameKey: $username) { ${card} sid memberTitle status links }
  }`,
  followers: `query Followers($username: String!) {
    userByUsernameKey(usernameKey: $username) {
      username name userStatByUserId { followers }
      followsByFolloweeId(first: 20, ${newest}) { nodes { createdAt userByFollowerId { ${card} } } }
    }
  }`,
  friends: `query Friends($after: Cursor) { allUsers(${people}) { nodes { username displayName ${five} } } }`,
  deep: `query Deep($username: String!, $after: Cursor) {
    userByUsernameKey(usernameKey: $username) {
      followsByFolloweeId(first: 20, after: $after, ${newest}) { nodes { createdAt userByFollowerId { ${card} } } }
    }
  }`,
  feed: `query Feed {
    feed(first: 20) { ${post} userByAuthorId { username displayName } viewerState { liked reshared subscribed seen } }
  }`,
  posts: `query Posts($after: Cursor) { allUsers(${people}) { nodes { username displayName ${three} } } }`,
  both: `query Both($after: Cursor) { allUsers(${people}) { nodes { username displayName ${five} ${three} } } }`,
};

const text = z.string().nullable();
const time = z.string().transform((written) => new Date(written).toISOString());
const cardShape = z.object({
  username: z.string(),
  displayName: text,
  realName: text,
  tagline: text,
  website: text,
  createdAt: time,
});
const edges = z
  .object({ nodes: z.array(z.object({ createdAt: time, userByFollowerId: cardShape })) })
  .transform(({ nodes }) =>
    nodes.map(({ createdAt, userByFollowerId }) => ({ followedAt: createdAt, node: userByFollowerId })),
  );
const named = z.object({ username: z.string(), displayName: text });
const fiveShape = z
  .object({ nodes: z.array(z.object({ userByFollowerId: named })) })
  .transform(({ nodes }) => ({ nodes: nodes.map(({ userByFollowerId }) => userByFollowerId) }));
const count = z.number();
const postColumns = z.object({
  type: z.string(),
  summary: z.string(),
  html: z.string(),
  createdAt: time,
  visibility: z.string(),
  postStatByPostId: z.object({
    comments: count,
    likes: count,
    reshares: count,
    followers: count,
    views: count,
  }),
});
const threeShape = z.object({
  nodes: z.array(postColumns.transform(({ postStatByPostId: counters, ...rest }) => ({ ...rest, counters }))),
});
const done = z.boolean();
const feedShape = z.array(
  postColumns
    .extend({
      userByAuthorId: named,
      viewerState: z.object({ liked: done, reshared: done, subscribed: done, seen: done }),
    })
    .transform(({ postStatByPostId: counters, userByAuthorId: author, ...rest }) => ({
      ...rest,
      counters,
      author,
    })),
);
const listOf = <Shape extends z.ZodType>(person: Shape) =>
  z
    .object({ allUsers: z.object({ nodes: z.array(person) }) })
    .transform(({ allUsers }) => ({ users: allUsers }));

const answers: Record<Kind, z.ZodType> = {
  profile: z
    .object({
      userByUsernameKey: cardShape.extend({
        sid: z.string(),
        memberTitle: text.transform((title) => title ?? 'Members'),
        status: z.string(),
        links: z.array(z.string()),
      }),
    })
    .transform(({ userByUsernameKey }) => ({ user: userByUsernameKey })),
  followers: z
    .object({
      userByUsernameKey: z.object({
        username: z.string(),
        name: z.string(),
        userStatByUserId: z.object({ followers: count }),
        followsByFolloweeId: edges,
      }),
    })
    .transform(({ userByUsernameKey: { username, name, userStatByUserId, followsByFolloweeId } }) => ({
      user: {
        username,
        name,
        followers: { totalCount: userStatByUserId.followers, edges: followsByFolloweeId },
      },
    })),
  friends: listOf(
    named
      .extend({ followsByFolloweeId: fiveShape })
      .transform(({ followsByFolloweeId: followers, ...rest }) => ({ ...rest, followers })),
  ),
  deep: z
    .object({ userByUsernameKey: z.object({ followsByFolloweeId: edges }) })
    .transform(({ userByUsernameKey }) => ({
      user: { followers: { edges: userByUsernameKey.followsByFolloweeId } },
    })),
  feed: z.object({ feed: feedShape }).transform(({ feed }) => ({ viewer: { feed: { nodes: feed } } })),
  posts: listOf(
    named
      .extend({ postsByAuthorId: threeShape })
      .transform(({ postsByAuthorId: posts, ...rest }) => ({ ...rest, posts })),
  ),
  both: listOf(
    named
      .extend({ followsByFolloweeId: fiveShape, postsByAuthorId: threeShape })
      .transform(({ followsByFolloweeId: followers, postsByAuthorId: posts, ...rest }) => ({
        ...rest,
        followers,
        posts,
      })),
  ),
};

const cursorOf = z
  .object({ edges: z.tuple([z.object({ cursor: z.string() })]) })
  .transform(({ edges: [edge] }) => edge.cursor);
const cursors: Record<'person' | 'position', { document: string; answer: z.ZodType<string> }> = {
  person: {
    document: `query Start($username: String!) {
      allUsers(first: 1, orderBy: USERNAME_KEY_ASC, condition: { usernameKey: $username }) { edges { cursor } }
    }`,
    answer: z.object({ allUsers: cursorOf }).transform(({ allUsers }) => allUsers),
  },
  position: {
    document: `query Position($username: String!) {
      userByUsernameKey(usernameKey: $username) {
        followsByFolloweeId(first: 1, offset: 8999, ${newest}) { edges { cursor } }
      }
    }`,
    answer: z
      .object({ userByUsernameKey: z.object({ followsByFolloweeId: cursorOf }) })
      .transform(({ userByUsernameKey }) => userByUsernameKey.followsByFolloweeId),
  },
};

type Post = (query: string, variables: Record<string, unknown>) => Promise<unknown>;

/** What a request is for PostGraphile. Its cursors are its own: they are read from it, with `post`. */
export async function askPostGraphile({ kind }: Question, request: Request, post: Post) {
  const { searchParams } = new URL(request.route, 'http://localhost');
  // Names are looked up as they are kept: in lower case.
  const username = searchParams.get('username')?.toLowerCase();
  const behind = searchParams.get('after')?.toLowerCase();
  const cursor = async ({ document, answer }: typeof cursors.person, whose: string | undefined) =>
    answer.parse(await post(document, { username: whose }));
  const after = behind
    ? await cursor(cursors.person, behind)
    : searchParams.has('at')
      ? await cursor(cursors.position, username)
      : null;
  return { query: documents[kind], variables: { username, after } };
}

/** The data of PostGraphile's answer in the form of Kith's. */
export function readPostGraphile({ kind }: Question, data: unknown): unknown {
  return answers[kind].parse(data);
}
