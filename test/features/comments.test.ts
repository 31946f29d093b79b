// Comments: what they say, who finds them, who changes them, and who is told. Their list's boundaries: lists.test.ts;
// that nothing in them runs: stored-xss.test.ts.
import { describe, expect, it } from 'vitest';
import { type Scope, scopes } from '../../src/auth/scopes.ts';
import { decodeId } from '../../src/graphql/node.ts';
import { useTestApp } from '../helpers/app.ts';
import type { Person } from '../helpers/crowd.ts';
import { dealings } from '../helpers/dealings.ts';
import { testClock } from '../helpers/lists.ts';
import { refusals } from '../helpers/rooms.ts';
import { expectExactPosts, type Written, writePost } from '../helpers/written.ts';

const clock = testClock();
const kith = useTestApp({ now: clock.now });
const { more, newPeople, done, deleteAccount, setStatus, inbox } = dealings(kith, clock);

const write = (author: Person, given?: Parameters<typeof writePost>[3]) =>
  writePost(kith, clock, author, given);

const add = (by: Person, post: { id: string }, body: string, selection = 'comment { id }') => {
  clock.tick(1);
  return kith.mutate('addComment', { postId: post.id, body }, by.username, selection);
};
/** Adds a comment that must be taken. @returns its id. */
const say = async (by: Person, post: Written, body = 'Well said.'): Promise<string> => {
  const answer = await add(by, post, body);
  expect(refusals(answer)).toEqual([]);
  return answer.comment.id;
};
const change = (by: Person, commentId: string, body: string, selection = 'comment { body html }') => {
  clock.tick(1);
  return kith.mutate('updateComment', { commentId, body }, by.username, selection);
};
const remove = (by: Person, commentId: string) => {
  clock.tick(1);
  return kith.mutate('deleteComment', { commentId }, by.username, 'deletedCommentId');
};

const listed = async (post: Written, as: Person | null) => {
  const { node: found } = await kith.query(
    `{ node(id: "${post.id}") { ... on Post { counters { comments } comments(first: 100) { totalCount nodes { id body author { username } post { id } } } } } }`,
    { as: as?.username ?? null },
  );
  const { comments } = found;
  expect(comments.totalCount).toBe(comments.nodes.length);
  for (const node of comments.nodes) expect(node.post).toEqual({ id: post.id });
  return {
    bodies: comments.nodes.map((node: { body: string }) => node.body),
    count: found.counters.comments,
  };
};
const node = async (id: string, as: Person | null, scope?: string) =>
  (
    await kith.query(`{ node(id: "${id}") { id ... on Comment { body html } } }`, {
      as: as?.username ?? null,
      ...(scope === undefined ? {} : { scope }),
    })
  ).node;
const told = async (of: Person) =>
  (await inbox(of)).told.map(
    ({ kind, actors, subject }) => `${kind} by ${actors.join(', ')} on ${subject?.__typename} ${subject?.id}`,
  );
const commented = (post: Written, ...by: Person[]) =>
  `POST_COMMENTED by ${by.map(({ username }) => username).join(', ')} on Post ${post.id}`;
const mentioned = (commentId: string, by: Person) => `MENTIONED by ${by.username} on Comment ${commentId}`;

describe('addComment', () => {
  it('says something under a post, oldest first', async () => {
    const [ada, bob, carol] = await newPeople();
    const post = await write(ada);
    const first = await add(
      bob,
      post,
      '  **Well** said.\n',
      'comment { id body html createdAt author { username } post { id } } post { id counters { comments score } comments { nodes { id } } lastActivityAt }',
    );
    expect(first).toEqual({
      userErrors: [],
      comment: {
        id: first.comment.id,
        body: '**Well** said.',
        html: '<p><strong>Well</strong> said.</p>',
        createdAt: clock.now().toISOString(),
        author: { username: bob.username },
        post: { id: post.id },
      },
      post: {
        id: post.id,
        counters: { comments: 1, score: 1 },
        comments: { nodes: [{ id: first.comment.id }] },
        lastActivityAt: clock.now().toISOString(),
      },
    });
    await say(carol, post, 'second');
    await say(bob, post, 'third');
    expect(await listed(post, null)).toEqual({ bodies: ['**Well** said.', 'second', 'third'], count: 3 });
    expect(await node(first.comment.id, null)).toMatchObject({ body: '**Well** said.' });
    await expectExactPosts(kith);
  });

  it('rule 2: 1–65,535 characters', async () => {
    const [ada] = await newPeople();
    const post = await write(ada);
    for (const body of ['', ' \n ']) {
      expect(refusals(await add(ada, post, body))).toEqual(['TOO_SHORT body']);
    }
    expect(refusals(await add(ada, post, '🦉'.repeat(65_536)))).toEqual(['TOO_LONG body']);
    const id = await say(ada, post, ` ${'🦉'.repeat(65_535)} `);
    expect(refusals(await change(ada, id, ''))).toEqual(['TOO_SHORT body']);
    expect(refusals(await change(ada, id, 'a'.repeat(65_536)))).toEqual(['TOO_LONG body']);
    expect((await listed(post, null)).count).toBe(1);
  });

  it('not under what the viewer cannot find', async () => {
    const [ada, bob, carol] = await newPeople();
    const hidden = await write(ada, { visibility: 'FOLLOWERS' });
    const blocking = await write(carol);
    await done('blockUser', carol, bob);
    for (const post of [hidden, blocking, { id: 'nonsense' }, { id: ada.id }]) {
      const answer = await add(bob, post, 'Hello', 'comment { id } post { id }');
      expect(answer).toMatchObject({ comment: null, post: null });
      expect(refusals(answer)).toEqual(['NOT_FOUND postId']);
    }
    await expectExactPosts(kith);
  });

  it('whoever deletes their account leaves nothing said', async () => {
    const [ada, bob] = await newPeople();
    const post = await write(ada);
    await say(bob, post);
    await deleteAccount(bob);
    expect(await listed(post, null)).toEqual({ bodies: [], count: 0 });
    expect(await told(ada)).toEqual([]);
    await expectExactPosts(kith);
  });
});

describe('who finds comments', () => {
  it('rule 3.1: not those whom a block parts from their authors, both ways; counters stay', async () => {
    const [ada, bob, carol] = await newPeople();
    const post = await write(carol);
    const [byAda, byBob] = [await say(ada, post, 'from Ada'), await say(bob, post, 'from Bob')];
    await done('blockUser', ada, bob);
    expect(await listed(post, null)).toEqual({ bodies: ['from Ada', 'from Bob'], count: 2 });
    expect(await listed(post, ada)).toEqual({ bodies: ['from Ada'], count: 2 });
    expect(await listed(post, bob)).toEqual({ bodies: ['from Bob'], count: 2 });
    expect(await node(byBob, ada)).toBeNull();
    expect(await node(byAda, bob)).toBeNull();
    expect(await node(byAda, ada)).toMatchObject({ body: 'from Ada' });
    expect(refusals(await remove(bob, byAda))).toEqual(['NOT_FOUND commentId']);
    await setStatus(ada, 'SUSPENDED');
    expect(await listed(post, null)).toEqual({ bodies: ['from Bob'], count: 2 });
    expect(await node(byAda, null)).toBeNull();
  });

  it('not who cannot find the post', async () => {
    const [ada, bob, carol] = await newPeople();
    const post = await write(ada, { visibility: 'FOLLOWERS' });
    await done('followUser', bob, ada);
    const id = await say(bob, post);
    expect(await node(id, ada)).toMatchObject({ id });
    expect(await node(id, carol)).toBeNull();
    expect(await node(id, null)).toBeNull();
    expect(await node(id, ada, 'public:read')).toBeNull();
    await done('unfollowUser', bob, ada);
    // Not even who wrote it.
    expect(await node(id, bob)).toBeNull();
    expect(refusals(await change(bob, id, 'Hello'))).toEqual(['NOT_FOUND commentId']);
  });

  it('a mention is a link for who can find the person, else text', async () => {
    const [ada, bob, carol] = await newPeople();
    const post = await write(ada);
    const id = await say(ada, post, `Hello @${bob.username.toUpperCase()}, and @nobody-there.`);
    const html = async (as: Person | null) => (await node(id, as)).html;
    const name = `@${bob.username.toUpperCase()}`;
    const link = `<p>Hello <a class="mention" href="/@${bob.username}" data-user-id="${bob.id}">${name}</a>, and @nobody-there.</p>`;
    expect(await html(null)).toBe(link);
    expect(await html(carol)).toBe(link);
    await done('blockUser', bob, carol);
    expect(await html(carol)).toBe(`<p>Hello ${name}, and @nobody-there.</p>`);
    expect(await html(ada)).toBe(link);
    await deleteAccount(bob);
    expect(await html(ada)).toBe(`<p>Hello ${name}, and @nobody-there.</p>`);
  });
});

describe('updateComment', () => {
  it('changes what it says, for its author alone', async () => {
    const [ada, bob, carol] = await newPeople();
    const post = await write(ada);
    const id = await say(bob, post, 'before');
    expect(await change(bob, id, ' *after* ')).toEqual({
      comment: { body: '*after*', html: '<p><em>after</em></p>' },
      userErrors: [],
    });
    for (const other of [ada, carol]) {
      const answer = await change(other, id, 'taken over');
      expect(answer.comment).toBeNull();
      expect(refusals(answer)).toEqual(['FORBIDDEN commentId']);
    }
    for (const wrong of ['nonsense', post.id]) {
      expect(refusals(await change(bob, wrong, 'Hello'))).toEqual(['NOT_FOUND commentId']);
    }
    expect((await listed(post, null)).bodies).toEqual(['*after*']);
  });
});

describe('deleteComment', () => {
  it('by its author, or the author of the post', async () => {
    const [ada, bob, carol] = await newPeople();
    const post = await write(ada);
    const ids = [await say(bob, post, 'one'), await say(bob, post, 'two')];
    const [one = '', two = ''] = ids;
    expect(refusals(await remove(carol, one))).toEqual(['FORBIDDEN commentId']);
    expect(await remove(bob, one)).toEqual({ deletedCommentId: one, userErrors: [] });
    expect(refusals(await remove(bob, one))).toEqual(['NOT_FOUND commentId']);
    expect(await listed(post, null)).toEqual({ bodies: ['two'], count: 1 });
    expect(await remove(ada, two)).toEqual({ deletedCommentId: two, userErrors: [] });
    expect(await node(two, null)).toBeNull();
    expect(await listed(post, null)).toEqual({ bodies: [], count: 0 });
    await expectExactPosts(kith);
  });
});

describe('rule 5: changing a comment takes the scope that its post does', () => {
  it.each([
    ['PUBLIC', 'public:modify'],
    ['FOLLOWERS', 'private:modify'],
  ] as const)('%s: %s', async (visibility, needed) => {
    const [ada] = await newPeople();
    const post = await write(ada, { visibility });
    const id = await say(ada, post);
    const send = (name: string, other: string, scope: string) =>
      kith.send(`mutation { ${name}(input: { commentId: "${id}"${other} }) { userErrors { code } } }`, {
        as: ada.username,
        scope,
      });
    const all = (keep: (scope: Scope) => boolean) => scopes.filter(keep).join(' ');
    for (const [name, other] of [
      ['updateComment', ', body: "Hello"'],
      ['deleteComment', ''],
    ] as const) {
      const { errors } = await send(
        name,
        other,
        all((scope) => scope !== needed),
      );
      expect(
        errors.map((e) => e.extensions),
        name,
      ).toMatchObject([{ code: 'FORBIDDEN', requiredScope: needed }]);
      const without = all((scope) => !scope.endsWith(':modify') || scope === needed);
      expect((await send(name, other, without)).data[name], name).toEqual({ userErrors: [] });
    }
    const anonymous = await kith.send(
      `mutation { deleteComment(input: { commentId: "${id}" }) { userErrors { code } } }`,
    );
    expect(anonymous.errors.map((e) => e.extensions?.code)).toEqual(['UNAUTHENTICATED']);
  });
});

describe('who is told', () => {
  it('the author and the subscribers, but not whoever comments; grouped by the post', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    const post = await write(ada);
    for (const by of [bob, carol]) await kith.mutate('subscribeToPost', { postId: post.id }, by.username);
    await say(bob, post);
    expect(await told(ada)).toEqual([commented(post, bob)]);
    expect(await told(carol)).toEqual([commented(post, bob)]);
    expect(await told(bob)).toEqual([]);
    expect(await told(dan)).toEqual([]);
    await say(ada, post);
    expect(await told(ada)).toEqual([commented(post, bob)]);
    expect(await told(carol)).toEqual([commented(post, ada, bob)]);
    expect(await told(bob)).toEqual([commented(post, ada)]);
  });

  it('the author who has subscribed as well is told once', async () => {
    const [ada, bob] = await newPeople();
    const post = await write(ada);
    await kith.mutate('subscribeToPost', { postId: post.id }, ada.username);
    await say(bob, post);
    expect(await told(ada)).toEqual([commented(post, bob)]);
  });

  it('not subscribers who see the post no longer, nor whom a block or a hide parts from who comments', async () => {
    const [ada, bob, carol, dan, eve] = await newPeople();
    const post = await write(ada, { visibility: 'FOLLOWERS' });
    for (const by of [bob, carol, dan, eve]) {
      await done('followUser', by, ada);
      await kith.mutate('subscribeToPost', { postId: post.id }, by.username);
    }
    await done('unfollowUser', carol, ada);
    await done('hideUser', dan, eve);
    await say(eve, post);
    expect(await told(bob)).toEqual([`POST_COMMENTED by ${eve.username} on Post ${post.id}`]);
    expect(await told(carol)).toEqual([]);
    expect(await told(dan)).toEqual([]);
    expect((await told(ada)).slice(0, 1)).toEqual([commented(post, eve)]);
  });

  it('those mentioned who may see the post', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    const post = await write(ada, { visibility: 'FOLLOWERS' });
    for (const by of [bob, dan]) await done('followUser', by, ada);
    const id = await say(bob, post, [ada, bob, carol, dan].map(({ username }) => `@${username}`).join(' '));
    expect((await told(ada)).slice(0, 2).toSorted()).toEqual(
      [mentioned(id, bob), commented(post, bob)].toSorted(),
    );
    expect(await told(bob)).toEqual([]);
    expect(await told(carol)).toEqual([]);
    expect(await told(dan)).toEqual([mentioned(id, bob)]);
  });

  it('after a change: those newly mentioned, and those no longer mentioned not', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    const post = await write(ada);
    const id = await say(bob, post, `@${carol.username}`);
    expect(await told(carol)).toEqual([mentioned(id, bob)]);
    const before = (await inbox(carol)).told;
    await change(bob, id, `@${carol.username} @${dan.username}`);
    // Who was told already is not told again.
    expect((await inbox(carol)).told).toEqual(before);
    expect(await told(dan)).toEqual([mentioned(id, bob)]);
    await change(bob, id, `@${dan.username}`);
    expect(await told(carol)).toEqual([]);
    expect(await told(dan)).toEqual([mentioned(id, bob)]);
  });

  it('a deleted comment is taken back: of the post, when it was the last of theirs', async () => {
    const [ada, bob, carol] = await newPeople();
    const post = await write(ada);
    const [one, two] = [await say(bob, post, `@${carol.username}`), await say(bob, post)];
    await remove(bob, one);
    expect(await told(carol)).toEqual([]);
    expect(await told(ada)).toEqual([commented(post, bob)]);
    await remove(ada, two);
    expect(await told(ada)).toEqual([]);
    await expectExactPosts(kith);
  });
});

describe('rule 4: counters are exact after any interleaving', () => {
  it('20 people comment, change and delete at once', async () => {
    const [author, friend] = await newPeople();
    const post = await write(author);
    const people = await more(20);
    await kith.mutate('subscribeToPost', { postId: post.id }, friend.username);
    const answers = await Promise.all(
      people.map(async (person, n) => {
        const body = `Hello @${people[(n + 1) % 20]?.username}`;
        const { comment } = await add(person, post, body);
        const others = [
          add(person, post, 'again'),
          change(person, comment.id, `Hello @${people[(n + 2) % 20]?.username}`),
          ...(n % 2 ? [remove(person, comment.id), remove(author, comment.id)] : []),
        ];
        return Promise.all(others);
      }),
    );
    const refused = answers.flat().flatMap(refusals);
    // What is deleted already is not found.
    expect(refused.filter((what) => what !== 'NOT_FOUND commentId')).toEqual([]);
    expect((await listed(post, null)).count).toBe(30);
    await expectExactPosts(kith);
  });

  it('ids are of comments', async () => {
    const [ada] = await newPeople();
    expect(decodeId(await say(ada, await write(ada)))?.typename).toBe('Comment');
  });
});
