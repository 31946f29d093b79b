// Likes, subscriptions and what has been seen, and how the viewer stands to posts. Their lists' boundaries: lists.test.ts.
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { scopes } from '../../src/auth/scopes.ts';
import { users } from '../../src/features/users/table.ts';
import { useTestApp } from '../helpers/app.ts';
import type { Person } from '../helpers/crowd.ts';
import { dealings } from '../helpers/dealings.ts';
import { testClock } from '../helpers/lists.ts';
import { refusals } from '../helpers/rooms.ts';
import { expectExactPosts, type Written, writePost } from '../helpers/written.ts';

const clock = testClock();
const kith = useTestApp({ now: clock.now });
const { more, newPeople, done, deleteAccount, setStatus, inbox } = dealings(kith, clock);

type Verb = 'likePost' | 'unlikePost' | 'subscribeToPost' | 'unsubscribeFromPost';
const verbs: readonly Verb[] = ['likePost', 'unlikePost', 'subscribeToPost', 'unsubscribeFromPost'];

const state = 'viewerState { liked reshared subscribed seen }';
const nothing = { liked: false, reshared: false, subscribed: false, seen: false };
const counters = 'counters { likes comments reshares followers views score }';

const write = (author: Person, given?: Parameters<typeof writePost>[3]) =>
  writePost(kith, clock, author, given);
const act = (verb: Verb, by: Person, post: { id: string }, selection = '') => {
  clock.tick(1);
  return kith.mutate(verb, { postId: post.id }, by.username, selection);
};
const does = async (verb: Verb, by: Person, post: Written) =>
  expect(refusals(await act(verb, by, post)), verb).toEqual([]);
const see = (by: Person, ...postIds: string[]) =>
  kith.mutate('markPostsSeen', { postIds }, by.username, 'seenCount');

const read = async (post: Written, as: Person | null, selection: string) =>
  (
    await kith.query(`{ node(id: "${post.id}") { ... on Post { ${selection} } } }`, {
      as: as?.username ?? null,
    })
  ).node;
const likesOf = async (post: Written, as: Person | null) => {
  const { likes } = await read(post, as, 'likes { totalCount edges { likedAt node { username } } }');
  expect(likes.totalCount).toBe(likes.edges.length);
  return likes.edges.map(({ node }: { node: { username: string } }) => node.username);
};

describe('likes', () => {
  it('likePost: once, however often; the author is told, and everybody sees it', async () => {
    const [ada, bob, carol] = await newPeople();
    const post = await write(ada);
    const first = await act(
      'likePost',
      bob,
      post,
      `post { id ${state} ${counters} likes { edges { likedAt } } }`,
    );
    expect(first).toMatchObject({
      userErrors: [],
      post: {
        id: post.id,
        viewerState: { ...nothing, liked: true },
        counters: { likes: 1, score: 1 },
        likes: { edges: [{ likedAt: clock.now().toISOString() }] },
      },
    });
    const [told] = (await inbox(ada)).told;
    expect(told).toMatchObject({
      kind: 'POST_LIKED',
      actors: [bob.username],
      subject: { __typename: 'Post', id: post.id },
    });
    const again = await act('likePost', bob, post, 'post { likes { edges { likedAt } } }');
    expect(again.post.likes).toEqual(first.post.likes);
    expect((await inbox(ada)).told).toEqual([told]);
    await does('likePost', carol, post);
    expect((await inbox(ada)).told).toMatchObject([{ actors: [carol.username, bob.username] }]);
    expect(await likesOf(post, null)).toEqual([carol.username, bob.username]);
    await expectExactPosts(kith);
  });

  it('unlikePost: takes back what the author was told; not liking it is no error', async () => {
    const [ada, bob] = await newPeople();
    const post = await write(ada);
    await does('unlikePost', bob, post);
    await does('likePost', bob, post);
    const undone = await act('unlikePost', bob, post, `post { ${state} ${counters} }`);
    expect(undone.post).toMatchObject({ viewerState: nothing, counters: { likes: 0, score: 0 } });
    await does('unlikePost', bob, post);
    expect((await inbox(ada)).told).toEqual([]);
    expect(await likesOf(post, null)).toEqual([]);
    await expectExactPosts(kith);
  });

  it('one’s own post: it counts, and nobody is told', async () => {
    const [ada] = await newPeople();
    const post = await write(ada);
    await does('likePost', ada, post);
    expect(await likesOf(post, null)).toEqual([ada.username]);
    expect((await inbox(ada)).told).toEqual([]);
    await expectExactPosts(kith);
  });

  it('rule 3.1: likes of blocked and suspended people are not there, both ways; the counters stay', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    const post = await write(dan);
    for (const person of [ada, bob, carol]) await does('likePost', person, post);
    await done('blockUser', ada, bob);
    const [all, forAda, forBob] = [
      [carol, bob, ada].map(({ username }) => username),
      [carol, ada].map(({ username }) => username),
      [carol, bob].map(({ username }) => username),
    ];
    expect(await likesOf(post, null)).toEqual(all);
    expect(await likesOf(post, ada)).toEqual(forAda);
    expect(await likesOf(post, bob)).toEqual(forBob);
    await setStatus(carol, 'SUSPENDED');
    expect(await likesOf(post, null)).toEqual(all.slice(1));
    expect((await read(post, ada, counters)).counters).toMatchObject({ likes: 3, score: 3 });
  });

  it('whoever deletes their account likes nothing any more', async () => {
    const [ada, bob, carol] = await newPeople();
    const post = await write(ada);
    for (const person of [bob, carol]) await does('likePost', person, post);
    await deleteAccount(bob);
    expect(await likesOf(post, null)).toEqual([carol.username]);
    expect((await inbox(ada)).told).toMatchObject([{ actors: [carol.username], actorsCount: 1 }]);
    await expectExactPosts(kith);
  });
});

describe('subscriptions', () => {
  it('idempotent, and nobody is told', async () => {
    const [ada, bob] = await newPeople();
    const post = await write(ada);
    const selection = `post { ${state} ${counters} }`;
    await does('unsubscribeFromPost', bob, post);
    for (let n = 0; n < 2; n++) {
      const { post: now } = await act('subscribeToPost', bob, post, selection);
      expect(now).toMatchObject({
        viewerState: { ...nothing, subscribed: true },
        counters: { followers: 1, score: 0 },
      });
    }
    for (let n = 0; n < 2; n++) {
      const { post: now } = await act('unsubscribeFromPost', bob, post, selection);
      expect(now).toMatchObject({ viewerState: nothing, counters: { followers: 0 } });
    }
    expect((await inbox(ada)).told).toEqual([]);
    await expectExactPosts(kith);
  });
});

describe('markPostsSeen', () => {
  it('counts those that had not been seen, each once', async () => {
    const [ada, bob] = await newPeople();
    const [one, two] = [await write(ada), await write(ada)];
    expect(await see(bob, one.id, one.id)).toEqual({ seenCount: 1, userErrors: [] });
    expect(await see(bob, two.id, one.id)).toEqual({ seenCount: 1, userErrors: [] });
    expect(await see(bob, two.id, one.id)).toEqual({ seenCount: 0, userErrors: [] });
    expect(await see(bob)).toEqual({ seenCount: 0, userErrors: [] });
    expect(await read(one, bob, `${state} ${counters}`)).toMatchObject({
      viewerState: { ...nothing, seen: true },
      counters: { views: 1 },
    });
    await expectExactPosts(kith);
  });

  it('nothing is marked when one of them is not found, or they are too many', async () => {
    const [ada, bob, carol] = await newPeople();
    const [post, hidden] = [await write(ada), await write(carol, { visibility: 'FOLLOWERS' })];
    for (const wrong of [hidden.id, bob.id, 'nonsense']) {
      const answer = await see(bob, post.id, wrong);
      expect(answer.seenCount).toBeNull();
      expect(refusals(answer)).toEqual(['NOT_FOUND postIds.1']);
    }
    const tooMany = await see(bob, ...Array.from({ length: 101 }, () => post.id));
    expect(refusals(tooMany)).toEqual(['TOO_MANY postIds']);
    expect((await read(post, bob, state)).viewerState).toEqual(nothing);
    expect(await see(bob, ...Array.from({ length: 100 }, () => post.id))).toMatchObject({ seenCount: 1 });
  });
});

describe('viewerState', () => {
  it('null without a token; reshares count in it', async () => {
    const [ada, bob] = await newPeople();
    const post = await write(ada);
    expect((await read(post, null, state)).viewerState).toBeNull();
    await write(bob, { type: 'RESHARE', rootId: post.uuid });
    expect((await read(post, bob, state)).viewerState).toEqual({ ...nothing, reshared: true });
    expect((await read(post, ada, state)).viewerState).toEqual(nothing);
  });

  it('house rule 13: states and likes of many posts take as many statements as those of one', async () => {
    const [ada, bob] = await newPeople();
    const ids: string[] = [];
    const document = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Post {
      ${state} likes(first: 3) { totalCount nodes { username } }
      comments(first: 3) { totalCount nodes { body author { username } } } } } }`;
    const counts: number[] = [];
    for (const add of [1, 9]) {
      for (let n = 0; n < add; n++) {
        const post = await write(ada);
        ids.push(post.id);
        await does('likePost', bob, post);
        await kith.mutate('addComment', { postId: post.id, body: `@${ada.username}` }, bob.username);
      }
      kith.database.statements.length = 0;
      const { nodes } = await kith.query(document, { as: bob.username, variables: { ids } });
      counts.push(kith.database.statements.length);
      for (const node of nodes) {
        expect(node).toMatchObject({ viewerState: { liked: true }, likes: { totalCount: 1 } });
      }
      expect(nodes).toHaveLength(ids.length);
    }
    expect(counts[1]).toBe(counts[0]);
  });
});

describe('who may', () => {
  it('rule 5: needs a token with the scope `interactions`', async () => {
    const [ada, bob] = await newPeople();
    const post = await write(ada);
    const scope = scopes.filter((s) => s !== 'interactions').join(' ');
    const inputs: [string, string][] = [
      ...verbs.map((verb): [string, string] => [verb, `postId: "${post.id}"`]),
      ['markPostsSeen', `postIds: ["${post.id}"]`],
      ['addComment', `postId: "${post.id}", body: "Hello"`],
    ];
    for (const [name, input] of inputs) {
      const document = `mutation { ${name}(input: { ${input} }) { userErrors { code } } }`;
      const [without, nobody] = [
        await kith.send(document, { as: bob.username, scope }),
        await kith.send(document),
      ];
      expect(
        without.errors.map((e) => e.extensions),
        name,
      ).toMatchObject([{ code: 'FORBIDDEN', requiredScope: 'interactions' }]);
      expect(
        nobody.errors.map((e) => e.extensions?.code),
        name,
      ).toEqual(['UNAUTHENTICATED']);
    }
    expect(await likesOf(post, null)).toEqual([]);
  });

  it('accounts that wait for approval do nothing with a post, not even mark it seen', async () => {
    const [ada, bob] = await newPeople();
    const post = await write(ada);
    await kith.database.db.update(users).set({ status: 'PENDING' }).where(eq(users.id, bob.uuid));
    const fields = [
      ...verbs.map((verb) => `${verb}(input: { postId: "${post.id}" })`),
      `markPostsSeen(input: { postIds: ["${post.id}"] })`,
    ];
    for (const field of fields) {
      const answer = await kith.send(`mutation { ${field} { userErrors { code } } }`, { as: bob.username });
      expect(
        answer.errors.map((e) => e.extensions?.code),
        field,
      ).toEqual(['FORBIDDEN']);
    }
  });

  it('what the viewer cannot find is not found, whatever keeps it from them', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    const [own, followers, blocking] = [
      await write(ada),
      await write(ada, { visibility: 'FOLLOWERS' }),
      await write(carol),
    ];
    await done('blockUser', carol, bob);
    await done('followUser', dan, ada);
    const gone = { id: own.id.slice(0, -4), uuid: '' };
    for (const verb of verbs) {
      for (const post of [followers, blocking, gone, { id: ada.id }]) {
        const answer = await act(verb, bob, post, 'post { id }');
        expect(refusals(answer), verb).toEqual(['NOT_FOUND postId']);
        expect(answer.post).toBeNull();
      }
      await does(verb, dan, followers);
      // A token that does not read what is not public does nothing with it either.
      const document = `mutation { ${verb}(input: { postId: "${followers.id}" }) { userErrors { code } } }`;
      const answer = await kith.query(document, { as: dan.username, scope: 'interactions' });
      expect(answer[verb].userErrors, verb).toEqual([{ code: 'NOT_FOUND' }]);
    }
    await expectExactPosts(kith);
  });
});

describe('rule 4: counters are exact after any interleaving', () => {
  it('20 people at once, several times', async () => {
    const [author] = await newPeople();
    const people = await more(20);
    const posts = [await write(author), await write(author)];
    const answers = await Promise.all(
      people.flatMap((person, n) =>
        Array.from({ length: 6 }, (_, m) => {
          const post = posts[(n + m) % 2] ?? { id: '' };
          const verb = verbs[(n + m * 3) % verbs.length] ?? 'likePost';
          if (m === 5) return see(person, ...posts.map(({ id }) => id).sort(() => (n % 2 ? 1 : -1)));
          if (m === 4) {
            return kith.mutate('addComment', { postId: post.id, body: `Hello from ${n}` }, person.username);
          }
          return kith.mutate(verb, { postId: post.id }, person.username);
        }),
      ),
    );
    expect(answers.flatMap(refusals)).toEqual([]);
    await expectExactPosts(kith);
  });

  it('the same person ten times at once', async () => {
    const [ada, bob] = await newPeople();
    const post = await write(ada);
    const answers = await Promise.all(Array.from({ length: 10 }, () => act('likePost', bob, post)));
    expect(answers.flatMap(refusals)).toEqual([]);
    expect(await likesOf(post, null)).toEqual([bob.username]);
    expect((await inbox(ada)).told).toHaveLength(1);
    const seen = await Promise.all(Array.from({ length: 10 }, () => see(bob, post.id)));
    expect(seen.reduce((sum, { seenCount }) => sum + seenCount, 0)).toBe(1);
    await expectExactPosts(kith);
  });
});
