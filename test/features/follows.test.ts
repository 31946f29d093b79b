import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { users } from '../../src/features/users/table.ts';
import { type TestApp, useTestApp } from '../helpers/app.ts';

const kith = useTestApp();
const verbs = ['followUser', 'unfollowUser', 'removeFollower'] as const;

/** A document that does something to somebody, and asks for all that it answers. */
const document = (verb: string, id: string) =>
  `mutation { ${verb}(input: { userId: "${id}" }) { user { id } viewer { id } userErrors { code message path } } }`;

/** Both ends of a follow, as anybody sees them. */
async function ends(server: TestApp, follower: string, followee: string) {
  const data = await server.query(
    `{ follower: user(by: { username: "${follower}" }) { stats { following } following { totalCount edges { followedAt node { username } } } }
       followee: user(by: { username: "${followee}" }) { stats { followers } followers { totalCount edges { followedAt node { username } } } } }`,
  );
  expect(data.follower.following.totalCount).toBe(data.follower.stats.following);
  expect(data.followee.followers.totalCount).toBe(data.followee.stats.followers);
  return data;
}

describe('followUser', () => {
  it('follows, changes both counters, and returns both ends', async () => {
    const bob = await kith.idOf('bob');
    const payload = await kith.mutate(
      'followUser',
      { userId: bob },
      'ada',
      'user { id stats { followers } relationship { follows followedBy } } viewer { user { stats { following } } }',
    );
    expect(payload).toEqual({
      user: { id: bob, stats: { followers: 1 }, relationship: { follows: true, followedBy: false } },
      viewer: { user: { stats: { following: 1 } } },
      userErrors: [],
    });
  });

  it('is seen from the other side as followedBy, and by third persons in both lists', async () => {
    await kith.mutate('followUser', { userId: await kith.idOf('one') }, 'two');
    const { user } = await kith.query(
      '{ user(by: { username: "two" }) { relationship { follows followedBy blocks hides } } }',
      { as: 'one' },
    );
    expect(user.relationship).toEqual({ follows: false, followedBy: true, blocks: false, hides: false });
    const { follower, followee } = await ends(kith, 'two', 'one');
    expect(follower.following.edges).toEqual([{ followedAt: expect.any(String), node: { username: 'one' } }]);
    expect(followee.followers.edges).toEqual([
      { followedAt: follower.following.edges[0].followedAt, node: { username: 'two' } },
    ]);
  });

  it('rule 4: following again is no error and changes nothing, followedAt included', async () => {
    const userId = await kith.idOf('again-followee');
    await kith.mutate('followUser', { userId }, 'again');
    const before = await ends(kith, 'again', 'again-followee');
    expect(before.followee.stats.followers).toBe(1);
    const payload = await kith.mutate(
      'followUser',
      { userId },
      'again',
      'user { id relationship { follows } } viewer { user { stats { following } } }',
    );
    expect(payload).toEqual({
      user: { id: userId, relationship: { follows: true } },
      viewer: { user: { stats: { following: 1 } } },
      userErrors: [],
    });
    expect(await ends(kith, 'again', 'again-followee')).toEqual(before);
  });
});

describe('unfollowUser', () => {
  it('ends the follow with both counters, and rule 4: doing it again changes nothing', async () => {
    const userId = await kith.idOf('left');
    await kith.mutate('followUser', { userId }, 'leaver');
    for (let time = 1; time <= 2; time++) {
      const payload = await kith.mutate(
        'unfollowUser',
        { userId },
        'leaver',
        'user { id stats { followers } relationship { follows } } viewer { user { stats { following } } }',
      );
      expect(payload).toEqual({
        user: { id: userId, stats: { followers: 0 }, relationship: { follows: false } },
        viewer: { user: { stats: { following: 0 } } },
        userErrors: [],
      });
    }
    const { follower, followee } = await ends(kith, 'leaver', 'left');
    expect([follower.following.edges, followee.followers.edges]).toEqual([[], []]);
  });

  it('ends one’s own follow only, not the other’s', async () => {
    await kith.mutate('followUser', { userId: await kith.idOf('mutual-b') }, 'mutual-a');
    await kith.mutate('followUser', { userId: await kith.idOf('mutual-a') }, 'mutual-b');
    const payload = await kith.mutate(
      'unfollowUser',
      { userId: await kith.idOf('mutual-b') },
      'mutual-a',
      'user { relationship { follows followedBy } stats { followers following } }',
    );
    expect(payload.user).toEqual({
      relationship: { follows: false, followedBy: true },
      stats: { followers: 0, following: 1 },
    });
  });
});

describe('removeFollower', () => {
  it('ends the other’s follow with both counters; rule 4: again, it changes nothing; they may follow again', async () => {
    const [idol, fan] = [await kith.idOf('idol'), await kith.idOf('fan')];
    await kith.mutate('followUser', { userId: idol }, 'fan');
    await kith.mutate('followUser', { userId: fan }, 'idol');
    for (let time = 1; time <= 2; time++) {
      const payload = await kith.mutate(
        'removeFollower',
        { userId: fan },
        'idol',
        'user { id stats { followers following } relationship { follows followedBy } } viewer { user { stats { followers following } } }',
      );
      expect(payload).toEqual({
        user: {
          id: fan,
          stats: { followers: 1, following: 0 },
          relationship: { follows: true, followedBy: false },
        },
        viewer: { user: { stats: { followers: 0, following: 1 } } },
        userErrors: [],
      });
    }
    await kith.mutate('followUser', { userId: idol }, 'fan');
    expect((await ends(kith, 'fan', 'idol')).followee.stats.followers).toBe(1);
  });
});

describe('house rule 3: mutations in one document see each other', () => {
  it('each payload shows what was written before it, and nothing of what comes after', async () => {
    const [x, y] = [await kith.idOf('seen-x'), await kith.idOf('seen-y')];
    const fields = `user { username stats { followers } relationship { follows } }
      viewer { user { stats { following } following { totalCount nodes { username } } } }`;
    const data = await kith.query(
      `mutation ($x: ID!, $y: ID!) {
        a: followUser(input: { userId: $x }) { ${fields} }
        b: followUser(input: { userId: $y }) { ${fields} }
        c: unfollowUser(input: { userId: $x }) { ${fields} }
        d: hideUser(input: { userId: $x }) { user { relationship { hides } } viewer { hiddenUsers { totalCount } } }
        e: unhideUser(input: { userId: $x }) { user { relationship { hides } } viewer { hiddenUsers { totalCount } } }
        f: blockUser(input: { userId: $y }) { ${fields} }
        g: followUser(input: { userId: $y }) { userErrors { code path } ${fields} }
        h: updateProfile(input: { tagline: "Seen" }) { user { tagline stats { following } } }
      }`,
      { as: 'seer', variables: { x, y } },
    );
    const state = (username: string, followers: number, following: string[]) => ({
      user: { username, stats: { followers }, relationship: { follows: followers === 1 } },
      viewer: {
        user: {
          stats: { following: following.length },
          // In any order: two follows may be of one millisecond.
          following: {
            totalCount: following.length,
            nodes: expect.toSatisfy(
              (nodes: { username: string }[]) =>
                nodes
                  .map((node) => node.username)
                  .toSorted()
                  .join() === following.join(),
            ),
          },
        },
      },
    });
    expect(data).toEqual({
      a: state('seen-x', 1, ['seen-x']),
      b: state('seen-y', 1, ['seen-x', 'seen-y']),
      c: state('seen-x', 0, ['seen-y']),
      d: { user: { relationship: { hides: true } }, viewer: { hiddenUsers: { totalCount: 1 } } },
      e: { user: { relationship: { hides: false } }, viewer: { hiddenUsers: { totalCount: 0 } } },
      f: state('seen-y', 0, []),
      g: { userErrors: [{ code: 'BLOCKED', path: ['userId'] }], user: null, viewer: null },
      h: { user: { tagline: 'Seen', stats: { following: 0 } } },
    });
  });
});

describe.each(verbs)('rule 5: who may %s', (verb) => {
  it('rule 5: without a token: UNAUTHENTICATED', async () => {
    const answer = await kith.send(document(verb, await kith.idOf('bob')));
    expect(answer.errors.map(({ path, extensions }) => ({ path, code: extensions?.code }))).toEqual([
      { path: [verb], code: 'UNAUTHENTICATED' },
    ]);
    expect(answer.data).toEqual({ [verb]: null });
  });

  it('rule 5: without the scope contacts:modify: FORBIDDEN, naming it, and nothing is done', async () => {
    const [poor, other] = [`poor-${verb}`, `other-${verb}`];
    const id = await kith.idOf(other);
    // As things must stay: each follows the other, save for who is about to.
    if (verb === 'unfollowUser') await kith.mutate('followUser', { userId: id }, poor);
    if (verb === 'removeFollower') await kith.mutate('followUser', { userId: await kith.idOf(poor) }, other);
    const [follower, followee] = verb === 'removeFollower' ? [other, poor] : [poor, other];
    await kith.idOf(poor);
    const before = await ends(kith, follower, followee);
    for (const scope of ['', 'public:read', 'profile profile:modify contacts:read', 'contacts:modifyy']) {
      const answer = await kith.send(document(verb, id), { as: poor, scope });
      expect(answer.errors).toMatchObject([
        { path: [verb], extensions: { code: 'FORBIDDEN', requiredScope: 'contacts:modify' } },
      ]);
      expect(answer.data).toEqual({ [verb]: null });
    }
    expect(await ends(kith, follower, followee)).toEqual(before);
    // Nothing else is asked for.
    const answer = await kith.send(document(verb, id), { as: poor, scope: 'contacts:modify' });
    expect(answer.errors).toEqual([]);
    expect(answer.data[verb]).toMatchObject({ user: { id }, userErrors: [] });
  });
});

describe('rule 4: COMMUNITY_MODE=friendship', () => {
  const friends = useTestApp({ env: { COMMUNITY_MODE: 'friendship' } });

  it.each(verbs)('rule 4: %s answers MODE_DISABLED, whoever it is about', async (verb) => {
    for (const userId of [await friends.idOf('bob'), await friends.idOf('ada'), 'nobody']) {
      const payload = await friends.mutate(verb, { userId }, 'ada', 'user { id } viewer { id }');
      expect(payload).toEqual({
        user: null,
        viewer: null,
        userErrors: [{ code: 'MODE_DISABLED', message: expect.any(String), path: [] }],
      });
    }
    expect((await ends(friends, 'ada', 'bob')).followee.stats.followers).toBe(0);
  });

  it('rule 4: the community says so, and blocking and hiding go on', async () => {
    expect(await friends.query('{ community { mode } }')).toEqual({ community: { mode: 'FRIENDSHIP' } });
    for (const verb of ['hideUser', 'blockUser']) {
      const { userErrors } = await friends.mutate(verb, { userId: await friends.idOf('bob') }, 'ada');
      expect(userErrors).toEqual([]);
    }
  });
});

describe('rule 2, PENDING: REQUIRE_APPROVAL=true', () => {
  const pending = useTestApp({ env: { REQUIRE_APPROVAL: 'true' } });
  const all = [...verbs, 'blockUser', 'unblockUser', 'hideUser', 'unhideUser'] as const;
  const approve = (username: string) =>
    pending.database.db.update(users).set({ status: 'ACTIVE' }).where(eq(users.username, username));

  it.each(all)('rule 2: %s is a top-level FORBIDDEN for a pending account', async (verb) => {
    const id = await pending.idOf('bob');
    const answer = await pending.send(document(verb, id), { as: 'ada' });
    expect(answer.errors.map(({ path, extensions }) => ({ path, extensions }))).toEqual([
      { path: [verb], extensions: { code: 'FORBIDDEN' } },
    ]);
    expect(answer.data).toEqual({ [verb]: null });
    expect((await ends(pending, 'ada', 'bob')).followee.stats.followers).toBe(0);
  });

  it('rule 2: a pending account reads and edits itself, and does the rest once approved', async () => {
    const { updateProfile } = await pending.query(
      'mutation { updateProfile(input: { tagline: "Here" }) { user { username status tagline } userErrors { code } } }',
      { as: 'newcomer' },
    );
    expect(updateProfile).toEqual({
      user: { username: 'newcomer', status: 'PENDING', tagline: 'Here' },
      userErrors: [],
    });
    await approve('newcomer');
    const payload = await pending.mutate(
      'followUser',
      { userId: await pending.idOf('bob') },
      'newcomer',
      'viewer { user { status stats { following } } }',
    );
    expect(payload).toEqual({
      viewer: { user: { status: 'ACTIVE', stats: { following: 1 } } },
      userErrors: [],
    });
  });
});
