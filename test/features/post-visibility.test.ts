// Domain rules 3.1, 3.2, 3.6 and 3.7 on every path to a post: each visibility, for each way to stand to its author, with
// and without the scope for what is not public. What is expected is worked out from the rules, not listed.
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scopes } from '../../src/auth/scopes.ts';
import { newId } from '../../src/db/uuid.ts';
import { addCategory } from '../../src/features/categories/operator-store.ts';
import { decodeId, encodeId } from '../../src/graphql/node.ts';
import { useTestApp } from '../helpers/app.ts';
import { crowd, type Person } from '../helpers/crowd.ts';
import { dealings } from '../helpers/dealings.ts';
import { testClock } from '../helpers/lists.ts';
import { plain, rowsOf } from '../helpers/pictures.ts';
import { refusals, roomDeeds } from '../helpers/rooms.ts';

const clock = testClock();
const kith = useTestApp({ now: clock.now });
const { done, setStatus } = dealings(kith, clock);
const rooms = roomDeeds(kith, clock);

const visibilities = ['PUBLIC', 'FOLLOWERS', 'CONNECTIONS', 'ASPECTS', 'ROOM'] as const;
type Visibility = (typeof visibilities)[number];

/** How somebody stands to the author. Whoever is blocked, or blocks, had been close to them in every way. */
interface Standing {
  isAuthor?: true;
  follows?: true;
  isFollowed?: true;
  connected?: true;
  inAspect?: true;
  inOtherAspect?: true;
  inRoom?: true;
  invited?: true;
  hides?: true;
  block?: 'of them' | 'by them';
}

const close = { follows: true, isFollowed: true, connected: true, inAspect: true, inRoom: true } as const;
const viewers = [
  ['nobody', {}],
  ['a stranger', {}],
  ['a follower', { follows: true }],
  ['somebody the author follows', { isFollowed: true }],
  ['somebody connected', { connected: true }],
  ['somebody in the aspect', { inAspect: true }],
  ['somebody in another aspect', { inOtherAspect: true }],
  ['somebody in the room', { inRoom: true }],
  ['somebody invited to the room', { invited: true }],
  ['somebody close who hides the author', { ...close, hides: true }],
  ['somebody close until blocked', { ...close, block: 'of them' }],
  ['somebody close until they blocked', { ...close, block: 'by them' }],
  ['the author', { isAuthor: true }],
] as const satisfies readonly (readonly [string, Standing])[];
type Viewer = (typeof viewers)[number][0];
const viewerNames = viewers.map(([name]) => name);
const standings = new Map<Viewer, Standing>(viewers);
const standingOf = (viewer: Viewer): Standing => standings.get(viewer) ?? {};

/** What the rules say: whether the viewer may see a post of this visibility. */
function maySee(
  visibility: Visibility,
  viewer: Viewer,
  { readsPrivate, suspended = false }: { readsPrivate: boolean; suspended?: boolean },
): boolean {
  const standing = standingOf(viewer);
  if (suspended || standing.block) return false; // 3.7, 3.1
  if (visibility === 'PUBLIC') return true;
  if (!readsPrivate || viewer === 'nobody') return false; // 3.8, 5
  const isFor = {
    FOLLOWERS: standing.follows,
    CONNECTIONS: standing.connected,
    ASPECTS: standing.inAspect,
    ROOM: standing.inRoom,
  }[visibility];
  return Boolean(standing.isAuthor || isFor); // 3.6; hiding (3.2) changes nothing here
}

interface Made {
  visibility: Visibility;
  /** A word in all that belongs to the post, its slug included. */
  word: string;
  id: string;
  slug: string;
  photoId: string;
  photoUrl: string;
  pollId: string;
  choiceId: string;
  commentId: string;
  /** The reshare of it; null where it cannot have one. */
  reshareId: string | null;
  /** The notification of its mention, by whom it told. */
  told: Map<string, string>;
}

const people = new Map<Viewer, Person>();
const posts: Made[] = [];
const place = { author: '', category: '', room: '', roomSlug: '', resharer: '' };

const personOf = (viewer: Viewer): Person => {
  const person = people.get(viewer);
  if (!person) throw new Error(`${viewer} is nobody.`);
  return person;
};
const usernameOf = (viewer: Viewer) => people.get(viewer)?.username ?? null;

beforeAll(async () => {
  const [resharer, ...others] = await crowd(kith, 'p', viewerNames.length);
  for (const viewer of viewerNames.filter((name) => name !== 'nobody')) {
    const person = others.pop();
    if (person) people.set(viewer, person);
  }
  const author = personOf('the author');
  const as = author.username;
  const room = await rooms.create(author);
  const aspects: string[] = [];
  for (const name of ['Chosen', 'Other']) {
    const { aspect } = await kith.mutate('createAspect', { name }, as, 'aspect { id }');
    aspects.push(aspect.id);
  }
  const [chosen, other] = aspects;
  for (const [viewer, person] of people) {
    const standing = standingOf(viewer);
    if (standing.follows) await done('followUser', person, author);
    if (standing.isFollowed) await done('followUser', author, person);
    if (standing.connected) {
      await done('requestConnection', person, author);
      await done('acceptConnection', author, person);
    }
    if (standing.inAspect) await rooms.done('addToAspect', { aspectId: chosen, userId: person.id }, author);
    if (standing.inOtherAspect)
      await rooms.done('addToAspect', { aspectId: other, userId: person.id }, author);
    if (standing.inRoom) await rooms.act('joinRoom', room, person);
    if (standing.invited) await rooms.invite(room, author, person);
    if (standing.hides) await done('hideUser', person, author);
  }
  const categoryId = newId(clock.now());
  const category = { id: categoryId, name: 'Everything', slug: 'everything' };
  expect(await addCategory(kith.database.db, category)).toEqual([]);
  Object.assign(place, {
    author: as,
    category: encodeId('Category', categoryId),
    room: room.id,
    roomSlug: room.slug,
    resharer: resharer?.username,
  });

  const mentions = [...people.values()].map(({ username }) => `@${username}`).join(' ');
  const base64 = (await plain(60, 40).png().toBuffer()).toString('base64');
  for (const visibility of visibilities) posts.push(await makePost(visibility));

  async function makePost(visibility: Visibility): Promise<Made> {
    clock.tick(1);
    const word = `zq${visibility.toLowerCase()}qz`;
    const input = {
      visibility,
      title: `The ${word}`,
      body: `Some ${word} for ${mentions}`,
      tags: [`tag-${word}`],
      categories: ['everything'],
      location: { name: `At ${word}` },
      photos: [{ image: { base64: `image/png;base64,${base64}` }, title: `Photo ${word}` }],
      links: [`https://${word}.example/`],
      poll: { question: `Why ${word}?`, choices: [`This ${word}`, `That ${word}`], showsVoters: true },
      ...(visibility === 'ASPECTS' ? { aspectIds: [chosen] } : {}),
      ...(visibility === 'ROOM' ? { roomId: room.id } : {}),
    };
    const { post, userErrors } = await kith.mutate(
      'createPost',
      input,
      as,
      'post { id slug photos { id image { url } } poll { id choices { id } } }',
    );
    expect(userErrors).toEqual([]);
    await rooms.done('likePost', { postId: post.id }, author);
    const commented = { postId: post.id, body: `Well, ${word}` };
    const { comment } = await kith.mutate('addComment', commented, as, 'comment { id }');
    const reshared =
      visibility === 'PUBLIC' && resharer
        ? await kith.mutate('resharePost', { postId: post.id }, resharer.username, 'post { id }')
        : null;
    const notices = rowsOf(
      await kith.database.db.execute(
        sql`SELECT u.username, n.id FROM notifications n JOIN users u ON u.id = n.receiver_id
          WHERE n.kind = 'MENTIONED' AND n.subject_id = ${decodeId(post.id)?.id}`,
      ),
    );
    return {
      visibility,
      word,
      id: post.id,
      slug: post.slug,
      photoId: post.photos[0].id,
      photoUrl: post.photos[0].image.url,
      pollId: post.poll.id,
      choiceId: post.poll.choices[0].id,
      commentId: comment.id,
      reshareId: reshared?.post.id ?? null,
      told: new Map(
        notices.map(({ username, id }) => [String(username), encodeId('Notification', String(id))]),
      ),
    };
  }

  for (const [viewer, person] of people) {
    const { block } = standingOf(viewer);
    if (block === 'of them') await done('blockUser', author, person);
    if (block === 'by them') await done('blockUser', person, author);
  }
});

/** A way to something of a post. */
interface Path {
  /** What to ask for; null where the way leads to no such post. */
  ask: (post: Made, viewer: Viewer) => string | null;
  /** The `id` that comes out of it: the post's own unless said. */
  seeks?: (post: Made) => string | null;
  /** Whether it comes out for this viewer where they may see the post: it does unless said. */
  shows?: (post: Made, viewer: Viewer) => boolean;
}

const shown = `__typename id title slug summary body html tags { name } location { name } photos { id title image { url } }
  media { id title } poll { id question choices { id text } }`;
const list = `(first: 50) { nodes { id title slug summary body html } }`;
const onNode = (id: string | null, type: string, fields: string) =>
  id === null ? null : `node(id: "${id}") { ... on ${type} { ${fields} } }`;
const ofAuthor = (fields: string) => `user(by: { username: "${place.author}" }) { ${fields} }`;
const photo = ({ photoId }: Made) => photoId;
const poll = ({ pollId }: Made) => pollId;
const choice = ({ choiceId }: Made) => choiceId;
const comment = ({ commentId }: Made) => commentId;
/** Who follows the author, or is connected with them, has their posts in the feed; all in a room have those of the room. */
const inFeed = ({ visibility }: Made, viewer: Viewer) => {
  const { follows, connected, inRoom, isAuthor, hides } = standingOf(viewer);
  return !hides && Boolean(visibility === 'ROOM' ? inRoom || isAuthor : follows || connected); // 3.2, 4
};
const ofViewer = (viewer: Viewer, fields: string) => (viewer === 'nobody' ? null : `viewer { ${fields} }`);
const inRoom = (post: Made, question: string) => (post.visibility === 'ROOM' ? question : null);

const noticeOf = ({ told }: Made, viewer: Viewer) => told.get(usernameOf(viewer) ?? '') ?? null;
const wasTold = (post: Made, viewer: Viewer) => noticeOf(post, viewer) !== null;

/** Every way there is. */
const paths: Record<string, Path> = {
  'node, a post': { ask: ({ id }) => onNode(id, 'Post', shown) },
  nodes: { ask: ({ id }) => `nodes(ids: ["${id}"]) { ... on Post { ${shown} } }` },
  'post, by id': { ask: ({ id }) => `post(by: { id: "${id}" }) { ${shown} }` },
  'post, by slug': {
    ask: ({ slug }) => `post(by: { slug: { username: "${place.author}", slug: "${slug}" } }) { ${shown} }`,
  },
  'User.posts': { ask: () => ofAuthor(`posts${list}`) },
  'User.posts, of one type': {
    ask: () => ofAuthor('posts(first: 50, types: [POLL]) { nodes { id title } }'),
  },
  'User.posts, of other types': {
    ask: () => ofAuthor('posts(first: 50, types: [STATUS, DISCUSSION, RESHARE]) { nodes { id title } }'),
    shows: () => false,
  },
  'User.posts, backward': { ask: () => ofAuthor('posts(last: 50) { nodes { id title } }') },
  'User.photos': {
    ask: () => ofAuthor('photos(first: 50) { nodes { id title post { id title } } }'),
    seeks: photo,
  },
  'node, a photo': { ask: ({ photoId }) => onNode(photoId, 'Photo', 'id title'), seeks: photo },
  'Photo.post': { ask: ({ photoId }) => onNode(photoId, 'Photo', `post { ${shown} }`) },
  'Post.photos': { ask: ({ id }) => onNode(id, 'Post', 'photos { id title }'), seeks: photo },
  'Room.posts': { ask: (post) => inRoom(post, `node(id: "${place.room}") { ... on Room { posts${list} } }`) },
  'Room.posts, by slug': {
    ask: (post) => inRoom(post, `room(by: { slug: "${place.roomSlug}" }) { posts${list} }`),
  },
  'Viewer.feed': { ask: (_post, viewer) => ofViewer(viewer, `feed${list}`), shows: inFeed },
  'Viewer.feed, with all fields': {
    ask: (_post, viewer) => ofViewer(viewer, `feed(first: 50) { nodes { ${shown} root { ${shown} } } }`),
    shows: inFeed,
  },
  'Viewer.feed, backward': {
    ask: (_post, viewer) => ofViewer(viewer, 'feed(last: 50) { nodes { id title } }'),
    shows: inFeed,
  },
  'Category.posts': { ask: () => onNode(place.category, 'Category', `posts${list}`) },
  'Post.root': { ask: ({ reshareId }) => onNode(reshareId, 'Post', `root { ${shown} }`) },
  'Post.root, from a list': {
    ask: ({ reshareId }) =>
      reshareId && `user(by: { username: "${place.resharer}" }) { posts { nodes { root { ${shown} } } } }`,
  },
  'Post.reshares': {
    ask: ({ id, reshareId }) => reshareId && onNode(id, 'Post', `reshares${list}`),
    seeks: ({ reshareId }) => reshareId,
  },
  'Post.likes': {
    ask: ({ id }) => onNode(id, 'Post', 'likes { nodes { id } }'),
    seeks: () => personOf('the author').id,
  },
  'Post.comments': { ask: ({ id }) => onNode(id, 'Post', 'comments { nodes { id body } }'), seeks: comment },
  'node, a comment': {
    ask: ({ commentId }) => onNode(commentId, 'Comment', 'id body html'),
    seeks: comment,
  },
  'Comment.post': { ask: ({ commentId }) => onNode(commentId, 'Comment', `post { ${shown} }`) },
  'Post.poll': { ask: ({ id }) => onNode(id, 'Post', 'poll { id question }'), seeks: poll },
  'node, a poll': { ask: ({ pollId }) => onNode(pollId, 'Poll', 'id question'), seeks: poll },
  'Poll.post': { ask: ({ pollId }) => onNode(pollId, 'Poll', `post { ${shown} }`) },
  'node, a choice': { ask: ({ choiceId }) => onNode(choiceId, 'PollChoice', 'id text'), seeks: choice },
  'Notification.subject': {
    // The author is told of what others do with the posts, which is another matter.
    ask: (_post, viewer) =>
      standingOf(viewer).isAuthor
        ? null
        : `viewer { notifications(first: 100) { nodes { id kind subject { ... on Post { ${shown} } } } } }`,
    shows: wasTold,
  },
  'node, a notification': {
    ask: (post, viewer) =>
      onNode(noticeOf(post, viewer), 'Notification', `subject { ... on Post { ${shown} } }`),
  },
};

const without = (...left: string[]) => scopes.filter((scope) => !left.includes(scope)).join(' ');
const tokens = [
  { token: 'with private:read', readsPrivate: true, scope: without() },
  { token: 'without private:read', readsPrivate: false, scope: without('private:read') },
];
type Token = (typeof tokens)[number];

const uuidOf = (id: string) => decodeId(id)?.id ?? id;

/** What of a post must not come out anywhere where it may not be seen. */
const tracesOf = ({ word, id, photoId, pollId, choiceId, commentId, photoUrl }: Made) => [
  word,
  new URL(photoUrl).pathname,
  ...[id, photoId, pollId, choiceId, commentId].flatMap((one) => [one, uuidOf(one)]),
];

/** Asks on all paths for all posts, and compares with the rules. */
async function expectByTheRules(viewer: Viewer, { scope, readsPrivate }: Token, suspended: boolean) {
  const as = usernameOf(viewer);
  const may = (post: Made) => maySee(post.visibility, viewer, { readsPrivate, suspended });
  const hidden = posts.filter((post) => !may(post)).flatMap(tracesOf);
  const actual: Record<string, string[]> = {};
  const expected: Record<string, string[]> = {};
  const leaks: string[] = [];
  for (const [path, { ask, seeks = ({ id }: Made) => id, shows = () => true }] of Object.entries(paths)) {
    const led = posts.flatMap((post) => {
      const question = ask(post, viewer);
      return question ? [{ post, question }] : [];
    });
    const questions = [...new Set(led.map(({ question }) => question))];
    if (questions.length === 0) continue;
    const document = `{ ${questions.map((question, n) => `q${n}: ${question}`).join('\n')} }`;
    const data = await kith.query<Record<string, unknown>>(document, { as, scope });
    const found = (post: Made, question: string) =>
      JSON.stringify(data[`q${questions.indexOf(question)}`]).includes(`"${seeks(post)}"`);
    actual[path] = led
      .filter(({ post, question }) => found(post, question))
      .map(({ post }) => post.visibility);
    expected[path] = led
      .filter(({ post }) => may(post) && shows(post, viewer))
      .map(({ post }) => post.visibility);
    const text = JSON.stringify(data).toLowerCase();
    leaks.push(
      ...hidden.filter((trace) => text.includes(trace.toLowerCase())).map((trace) => `${path}: ${trace}`),
    );
  }
  expect(actual).toEqual(expected);
  expect(leaks).toEqual([]);
}

const eachViewer = viewerNames.flatMap((viewer) =>
  tokens
    .filter(({ readsPrivate }) => readsPrivate || viewer !== 'nobody')
    .map((token) => ({ viewer, token: token.token, given: token })),
);

describe('rule 3.6: who sees which post on which path', () => {
  it.each(eachViewer)('rule 3.6: $viewer, $token', ({ viewer, given }) =>
    expectByTheRules(viewer, given, false),
  );

  // Controls: where nothing is ever shown, finding nothing says nothing.
  it('rule 3.6: each path but one shows somebody a post', () => {
    const silent = Object.entries(paths).filter(([, { ask, shows = () => true }]) =>
      posts.every((post) =>
        viewerNames.every(
          (viewer) =>
            ask(post, viewer) === null ||
            !shows(post, viewer) ||
            !maySee(post.visibility, viewer, { readsPrivate: true }),
        ),
      ),
    );
    expect(silent.map(([path]) => path)).toEqual(['User.posts, of other types']);
  });

  it('rule 3.6: what is looked for where it may not be comes out where it may', async () => {
    for (const post of posts) {
      const questions = Object.values(paths).flatMap(({ ask }) => ask(post, 'the author') ?? []);
      const answers: unknown[] = [];
      for (const question of new Set(questions))
        answers.push(await kith.query(`{ ${question} }`, { as: place.author }));
      const text = JSON.stringify(answers);
      const uuids = [post.id, post.photoId, post.pollId, post.choiceId, post.commentId].map(uuidOf);
      const silent = tracesOf(post).filter((trace) => !text.includes(trace) && !uuids.includes(trace));
      expect(silent, post.visibility).toEqual([]);
    }
  });

  it('rule 3.6: those are told of a post whom it is for, and nobody else', () => {
    for (const { visibility, told } of posts) {
      const expected = [...people].filter(([viewer]) => {
        const { isAuthor, hides, block, ...standing } = standingOf(viewer);
        // Those who part from the author later were told, and see no more of it.
        const before = block ? { ...standing, ...close } : standing;
        const isFor = {
          PUBLIC: true,
          FOLLOWERS: before.follows,
          CONNECTIONS: before.connected,
          ASPECTS: before.inAspect,
          ROOM: before.inRoom,
        }[visibility];
        return !isAuthor && !hides && isFor;
      });
      const names = expected.map(([, { username }]) => username);
      expect([...told.keys()].toSorted(), visibility).toEqual(names.toSorted());
    }
  });
});

describe('rule 3.6: counts', () => {
  it.each(eachViewer)(
    'rule 3.6: lists count what they show, and stats what is public: $viewer, $token',
    async ({ viewer, given: { scope, readsPrivate } }) => {
      const as = usernameOf(viewer);
      const me = 'viewer { feed(first: 0) { totalCount } unseen { posts } }';
      const {
        user,
        node,
        room,
        viewer: read,
      } = await kith.query(
        `{ ${as === null ? '' : me} ${ofAuthor(`posts(first: 0) { totalCount } polls: posts(first: 0, types: [POLL, POLL]) { totalCount }
            others: posts(first: 0, types: [STATUS, DISCUSSION, RESHARE]) { totalCount } photos(first: 0) { totalCount }
            stats { posts statuses discussions polls photos }`)}
          node(id: "${place.category}") { ... on Category { posts(first: 0) { totalCount } } }
          room(by: { slug: "${place.roomSlug}" }) { postsCount posts(first: 0) { totalCount } } }`,
        { as, scope },
      );
      const seen = visibilities.filter((visibility) => maySee(visibility, viewer, { readsPrivate }));
      const { isAuthor, inRoom, block } = standingOf(viewer);
      const all = { totalCount: seen.length };
      const fed = posts.filter((post) => seen.includes(post.visibility) && inFeed(post, viewer)).length;
      if (as !== null) {
        expect(read).toEqual({ feed: { totalCount: fed }, unseen: { posts: isAuthor ? 0 : fed } });
      }
      expect(user).toEqual(
        block
          ? null
          : {
              posts: all,
              polls: all,
              others: { totalCount: 0 },
              photos: all,
              stats: { posts: 1, statuses: 0, discussions: 0, polls: 1, photos: 1 },
            },
      );
      expect(node.posts).toEqual(all);
      expect(room).toEqual({
        // A public figure among those in the room.
        postsCount: readsPrivate && (isAuthor || inRoom) ? 1 : 0,
        posts: { totalCount: seen.includes('ROOM') ? 1 : 0 },
      });
    },
  );
});

describe('rule 2: photos', () => {
  it('rule 2: of posts that are not public have signed URLs, the rest have none', () => {
    expect(
      posts.map(({ visibility, photoUrl }) => [visibility, new URL(photoUrl).searchParams.has('signature')]),
    ).toEqual(visibilities.map((visibility) => [visibility, visibility !== 'PUBLIC']));
  });
});

/** What one may try with a post, and what comes of it where one sees it. */
interface Act {
  name: string;
  input: (post: Made) => object;
  path: string;
  /** The code that one who sees it is refused with, null for none. */
  answers: (post: Made, viewer: Viewer) => string | null;
  /** A second time it is ALREADY_EXISTS. */
  isOnce?: true;
  /** What the author may do, and would spoil the posts with. */
  isAuthors?: true;
}

const onPost = ({ id }: Made) => ({ postId: id });
const nothingWrong = () => null;
const notTheirs = () => 'FORBIDDEN';
const acts: readonly Act[] = [
  ...['likePost', 'unlikePost', 'subscribeToPost', 'unsubscribeFromPost'].map((name) => ({
    name,
    input: onPost,
    path: 'postId',
    answers: nothingWrong,
  })),
  {
    name: 'addComment',
    input: ({ id }) => ({ postId: id, body: 'So I say' }),
    path: 'postId',
    answers: nothingWrong,
  },
  { name: 'markPostsSeen', input: ({ id }) => ({ postIds: [id] }), path: 'postIds.0', answers: nothingWrong },
  {
    name: 'votePoll',
    input: ({ pollId, choiceId }) => ({ pollId, choiceIds: [choiceId] }),
    path: 'pollId',
    answers: nothingWrong,
    isOnce: true,
  },
  {
    name: 'resharePost',
    input: onPost,
    path: 'postId',
    answers: ({ visibility }, viewer) => {
      if (standingOf(viewer).isAuthor) return 'SELF';
      return visibility === 'PUBLIC' ? null : 'FORBIDDEN';
    },
    isOnce: true,
  },
  ...['updatePost', 'deletePost'].map((name) => ({
    name,
    input: onPost,
    path: 'postId',
    answers: notTheirs,
    isAuthors: true as const,
  })),
  {
    name: 'closePoll',
    input: ({ pollId }) => ({ pollId }),
    path: 'pollId',
    answers: notTheirs,
    isAuthors: true,
  },
  {
    name: 'updateComment',
    input: ({ commentId }) => ({ commentId, body: 'Not yours' }),
    path: 'commentId',
    answers: notTheirs,
    isAuthors: true,
  },
  {
    name: 'deleteComment',
    input: ({ commentId }) => ({ commentId }),
    path: 'commentId',
    answers: notTheirs,
    isAuthors: true,
  },
];

const doneOnce = new Set<string>();

/** Tries everything on all posts, and compares with the rules. */
async function expectActsByTheRules(viewer: Viewer, { scope, readsPrivate }: Token, suspended: boolean) {
  const { username } = personOf(viewer);
  const actual: Record<string, string[]> = {};
  const expected: Record<string, string[]> = {};
  const leaks: string[] = [];
  for (const { name, input, path, answers, isOnce, isAuthors } of acts) {
    if (isAuthors && standingOf(viewer).isAuthor) continue;
    const inputType = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
    const each = posts.map((_, n) => `m${n}: ${name}(input: $i${n}) { userErrors { code message path } }`);
    const document = `mutation (${posts.map((_, n) => `$i${n}: ${inputType}`)}) { ${each.join('\n')} }`;
    const variables = Object.fromEntries(posts.map((post, n) => [`i${n}`, input(post)]));
    clock.tick(1);
    const data = await kith.query(document, { as: username, scope, variables });
    const codes: string[] = [];
    const rules: string[] = [];
    for (const [n, post] of posts.entries()) {
      const payload = data[`m${n}`];
      codes.push(`${post.visibility}: ${refusals(payload).join()}`);
      const seen = maySee(post.visibility, viewer, { readsPrivate, suspended });
      const key = `${name} ${username} ${post.id}`;
      const code = answers(post, viewer) ?? (isOnce && doneOnce.has(key) ? 'ALREADY_EXISTS' : null);
      if (seen && code === null) doneOnce.add(key);
      const refused = seen ? code && `${code} ${path}` : `NOT_FOUND ${path}`;
      rules.push(`${post.visibility}: ${refused ?? ''}`);
      const text = JSON.stringify(payload).toLowerCase();
      if (!seen) leaks.push(...tracesOf(post).filter((trace) => text.includes(trace.toLowerCase())));
    }
    actual[name] = codes;
    expected[name] = rules;
  }
  expect(actual).toEqual(expected);
  expect(leaks).toEqual([]);
}

const eachPerson = eachViewer.filter(({ viewer }) => viewer !== 'nobody');

describe('rule 3.6: who does what with which post', () => {
  it.each(eachPerson)('rule 3.6: $viewer, $token', ({ viewer, given }) =>
    expectActsByTheRules(viewer, given, false),
  );
});

describe('rule 3.7: the author is suspended', () => {
  beforeAll(() => setStatus(personOf('the author'), 'SUSPENDED'));
  afterAll(() => setStatus(personOf('the author'), 'ACTIVE'));
  const others = eachViewer.filter(({ viewer }) => viewer !== 'the author');

  it.each(others)('rule 3.7: $viewer, $token, finds no post on any path', ({ viewer, given }) =>
    expectByTheRules(viewer, given, true),
  );
  it.each(others.filter(({ viewer }) => viewer !== 'nobody'))(
    'rule 3.7: $viewer, $token, can do nothing with any post',
    ({ viewer, given }) => expectActsByTheRules(viewer, given, true),
  );
  it('rule 3.7: the author is refused', async () => {
    for (const { scope } of tokens) {
      const { data, errors } = await kith.send(`{ post(by: { id: "${posts[0]?.id}" }) { id } }`, {
        as: place.author,
        scope,
      });
      expect(data?.post ?? null).toBeNull();
      expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN']);
    }
  });
});
