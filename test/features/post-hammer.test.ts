// House rule 8: whatever people do to posts at once, counters equal what they count and nobody is told of what is not.
import { expect, it } from 'vitest';
import { useTestApp } from '../helpers/app.ts';
import { crowd, type Person } from '../helpers/crowd.ts';
import { expectExactInboxes } from '../helpers/inbox.ts';
import { expectExactPosts } from '../helpers/written.ts';

const kith = useTestApp();

/** What may come back of a mutation that others ran into. */
const expected = ['NOT_FOUND', 'ALREADY_EXISTS', 'SELF', 'GONE'];

async function attempt(name: string, input: object, as: string): Promise<void> {
  const answer = await kith.send(
    `mutation ($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) { done: ${name}(input: $input) { userErrors { code message } } }`,
    { as, variables: { input } },
  );
  // Whose account is gone meanwhile is told so.
  const codes = answer.errors.map(({ extensions }) => extensions?.code);
  expect(codes.filter((code) => code !== 'UNAUTHENTICATED' && code !== 'NOT_FOUND')).toEqual([]);
  if (answer.data?.done) {
    const unexpected = answer.data.done.userErrors.filter(
      ({ code }: { code: string }) => !expected.includes(code),
    );
    expect(unexpected, name).toEqual([]);
  }
}

let made = 0;
async function scene(size: number) {
  const people = await crowd(kith, `h${++made}`, size);
  const [author, second] = people;
  if (!author || !second) throw new Error('There are two at least.');
  const post = async (by: Person, more: object = {}) => {
    const { post: created, userErrors } = await kith.mutate(
      'createPost',
      { visibility: 'PUBLIC', body: 'Hello', ...more },
      by.username,
      'post { id poll { id choices { id } } }',
    );
    expect(userErrors).toEqual([]);
    return created;
  };
  return { people, author, second, post };
}

it('likes, comments, subscriptions, views, votes and reshares of many at once', async () => {
  const { people, author, second, post } = await scene(10);
  const poll = await post(author, { poll: { question: 'Which?', choices: ['a', 'b'] } });
  const other = await post(second, { body: `Look, @${author.username}` });
  await Promise.all(
    people.flatMap(({ username }, n) => [
      attempt('likePost', { postId: poll.id }, username),
      attempt('likePost', { postId: poll.id }, username),
      attempt('likePost', { postId: other.id }, username),
      attempt('unlikePost', { postId: other.id }, username),
      attempt('addComment', { postId: poll.id, body: `Yes, @${second.username}` }, username),
      attempt('subscribeToPost', { postId: poll.id }, username),
      attempt('markPostsSeen', { postIds: [other.id, poll.id] }, username),
      attempt('votePoll', { pollId: poll.poll.id, choiceIds: [poll.poll.choices[n % 2].id] }, username),
      attempt('resharePost', { postId: other.id }, username),
      attempt('resharePost', { postId: other.id }, username),
    ]),
  );
  await expectExactPosts(kith);
  await expectExactInboxes(kith);
  const { node } = await kith.query(
    `{ node(id: "${poll.id}") { ... on Post { counters { likes comments followers views } poll { votersCount } } } }`,
  );
  expect(node).toEqual({
    counters: { likes: 10, comments: 10, followers: 10, views: 10 },
    poll: { votersCount: 10 },
  });
  const { node: reshared } = await kith.query(
    `{ node(id: "${other.id}") { ... on Post { counters { reshares } reshares { totalCount } } } }`,
  );
  expect(reshared).toEqual({ counters: { reshares: 9 }, reshares: { totalCount: 9 } });
});

it('posts and accounts that go while others write on them', async () => {
  const { people, author, second, post } = await scene(8);
  const posts = await Promise.all(
    [1, 2, 3].map((n) => post(n < 3 ? author : second, { body: 'Same title' })),
  );
  const [first, , theirs] = posts;
  const busy = (one: { id: string }, username: string) => [
    attempt('likePost', { postId: one.id }, username),
    attempt('addComment', { postId: one.id, body: `Yes, @${author.username}` }, username),
    attempt('resharePost', { postId: one.id }, username),
    attempt('markPostsSeen', { postIds: [one.id] }, username),
  ];
  await Promise.all([
    ...people.slice(2).flatMap(({ username }) => posts.flatMap((one) => busy(one, username))),
    attempt('deletePost', { postId: first.id }, author.username),
    attempt('deleteAccount', { username: second.username }, second.username),
    ...people.slice(6).map(({ username }) => attempt('deleteAccount', { username }, username)),
  ]);
  await expectExactPosts(kith);
  await expectExactInboxes(kith);
  const { nodes } = await kith.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
    variables: { ids: [first.id, theirs.id] },
  });
  expect(nodes).toEqual([null, null]);
});

it('posts with one title at once have slugs of their own', async () => {
  const { author, post } = await scene(2);
  await Promise.all(Array.from({ length: 6 }, () => post(author)));
  const { user } = await kith.query(
    `{ user(by: { username: "${author.username}" }) { posts { nodes { slug title } } } }`,
  );
  const slugs = user.posts.nodes.map(({ slug }: { slug: string }) => slug);
  expect(slugs.toSorted()).toEqual(['hello', 'hello-2', 'hello-3', 'hello-4', 'hello-5', 'hello-6']);
});

it('a room that goes takes its posts with it, and all that was told of them', async () => {
  const { people, author, second, post } = await scene(4);
  const { room } = await kith.mutate(
    'createRoom',
    { kind: 'GROUP', name: 'Hammer', slug: `hammer-${made}` },
    author.username,
    'room { id }',
  );
  for (const { username } of people.slice(1)) await attempt('joinRoom', { roomId: room.id }, username);
  const inRoom = await post(second, { visibility: 'ROOM', roomId: room.id, body: `@${author.username}!` });
  await Promise.all(
    people.flatMap(({ username }) => [
      attempt('likePost', { postId: inRoom.id }, username),
      attempt('addComment', { postId: inRoom.id, body: `@${author.username}` }, username),
    ]),
  );
  await expectExactPosts(kith);
  const counted = await kith.query(`{ room(by: { id: "${room.id}" }) { postsCount posts { totalCount } } }`, {
    as: second.username,
  });
  expect(counted.room).toEqual({ postsCount: 1, posts: { totalCount: 1 } });
  await attempt('deleteRoom', { roomId: room.id }, author.username);
  await expectExactPosts(kith);
  await expectExactInboxes(kith);
  expect((await kith.query(`{ node(id: "${inRoom.id}") { id } }`, { as: second.username })).node).toBe(null);
});
