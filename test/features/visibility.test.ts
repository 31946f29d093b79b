// Domain rule 3: who sees what.
import { eq } from 'drizzle-orm';
import { getNamedType, isInputObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { newId } from '../../src/db/uuid.ts';
import { addCategory } from '../../src/features/categories/operator-store.ts';
import { userStats, users } from '../../src/features/users/table.ts';
import { schema } from '../../src/schema.ts';
import { type TestApp, useTestApp } from '../helpers/app.ts';
import { onePixel } from '../helpers/lists.ts';
import { doorsToPeople, type Sought, walkSchema } from '../helpers/schema-walk.ts';

/** What no mutation can do: what an operator does. */
async function setStatus(kith: TestApp, username: string, status: 'ACTIVE' | 'SUSPENDED'): Promise<void> {
  await kith.database.db.update(users).set({ status }).where(eq(users.username, username));
}

async function done(kith: TestApp, name: string, userId: string, as: string): Promise<void> {
  expect((await kith.mutate(name, { userId }, as)).userErrors).toEqual([]);
}

/** Each of them follows each other. */
async function befriend(kith: TestApp, usernames: readonly string[]): Promise<void> {
  for (const as of usernames) {
    for (const other of usernames)
      if (other !== as) await done(kith, 'followUser', await kith.idOf(other), as);
  }
}

/** The first asks the second, who accepts. */
async function connect(kith: TestApp, requester: string, addressee: string): Promise<void> {
  await done(kith, 'requestConnection', await kith.idOf(addressee), requester);
  await done(kith, 'acceptConnection', await kith.idOf(requester), addressee);
}

async function soughtOf(kith: TestApp, username: string): Promise<Sought> {
  const { viewer } = await kith.query(
    `{ viewer { user { id username sid posts(first: 1, types: [POLL]) { nodes { id slug categories { id slug } photos { id } poll { id choices { id } } comments(first: 6) { nodes { id author { username } } } } } }
      members(first: 1) { nodes { id sid memberName } } rooms(first: 100) { nodes { id slug viewerRole } } } }`,
    { as: username },
  );
  const room = viewer.rooms.nodes.find(({ viewerRole }: { viewerRole: string }) => viewerRole === 'OWNER');
  const { posts, ...person } = viewer.user;
  const [post] = posts.nodes;
  // One of each kind: what `nodes` may cost is limited.
  const said = ({ author }: { author: { username: string } }) => author.username === username;
  const inside: { id: string }[] = post
    ? [post.photos[0], post.poll.choices[0], post.comments.nodes.find(said)]
    : [];
  return {
    ...person,
    member: viewer.members.nodes[0] ?? null,
    room: room ?? null,
    post: post
      ? { id: post.id, slug: post.slug, category: post.categories[0], within: inside.map(({ id }) => id) }
      : null,
  };
}

/** The doors of the schema, or of `only` these, that this person comes out of for this viewer. */
async function doorsTo(
  kith: TestApp,
  sought: Sought,
  as: string | null,
  only?: readonly string[],
): Promise<string[]> {
  const found = await walkSchema(kith, schema, { as, sought, only });
  const theirs = found.filter(({ value }) => value === sought.id || value === sought.username);
  return [...new Set(theirs.map(({ door }) => door))].toSorted();
}

/** The one list that shows people who are not found otherwise. */
const isBlockedUsers = (door: string) => door.startsWith('Viewer.blockedUsers(');

describe('rule 3.1: blocked on every path of the schema', () => {
  // A server of its own: a small community, so that everybody fits on a page.
  const kith = useTestApp();
  const people = ['ada', 'bob', 'carol', 'dan', 'eve', 'fay'];
  let ready: Promise<void> | undefined;
  /**
   * All follow all, have all others in an aspect, have a member, own a room that all are in, and show their account. Ada has blocked Bob; Eve has blocked Fay, after both had hidden the other. Carol has hidden all four,
   * so that her list of hidden people is a path as well; Dan finds them everywhere else. Carol has asked all four and Dan was
   * asked by all four: he has accepted two, rejected one and not answered another. The four are connected, save that Eve
   * has rejected Fay. Each has written a post with a photo and a poll, which mentions all others, and another one in their
   * room; all like it, comment on it and vote in it, and the others reshare it.
   */
  const community = () => {
    ready ??= (async () => {
      // First, so that what comes of it is not all that the first page of anybody's notifications holds.
      const category = { id: newId(new Date()), name: 'All', slug: 'all' };
      expect(await addCategory(kith.database.db, category)).toEqual([]);
      for (const as of people) {
        const act = async (name: string, input: object, by: string, selection = '') => {
          const payload = await kith.mutate(name, input, by, selection);
          expect(payload.userErrors, `${name} by ${by}`).toEqual([]);
          return payload;
        };
        const input = {
          visibility: 'PUBLIC',
          body: people.map((one) => `@${one}`).join(' '),
          categories: ['all'],
          photos: [{ image: { base64: onePixel } }],
          poll: { question: 'Which?', choices: ['One', 'Other'], showsVoters: true },
        };
        const { post } = await act('createPost', input, as, 'post { id poll { id choices { id } } }');
        for (const by of people) {
          await act('likePost', { postId: post.id }, by);
          await act('addComment', { postId: post.id, body: 'Hello' }, by);
          await act('votePoll', { pollId: post.poll.id, choiceIds: [post.poll.choices[0].id] }, by);
          if (by !== as) await act('resharePost', { postId: post.id }, by);
        }
      }
      await befriend(kith, people);
      for (const as of people) {
        expect((await kith.mutate('createMember', { name: 'Within' }, as)).userErrors).toEqual([]);
        const { viewer } = await kith.query('{ viewer { accounts { id } } }', { as });
        const shown = { accountId: viewer.accounts[0].id, isVisible: true };
        expect((await kith.mutate('updateAccount', shown, as)).userErrors).toEqual([]);
        const { aspect } = await kith.mutate('createAspect', { name: 'All' }, as, 'aspect { id }');
        for (const other of people.filter((one) => one !== as)) {
          const added = { aspectId: aspect.id, userId: await kith.idOf(other) };
          expect((await kith.mutate('addToAspect', added, as)).userErrors).toEqual([]);
        }
      }
      for (const as of people) {
        const { room } = await kith.mutate(
          'createRoom',
          { kind: 'GROUP', name: as, slug: `room-of-${as}` },
          as,
          'room { id }',
        );
        for (const other of people.filter((one) => one !== as)) {
          expect((await kith.mutate('joinRoom', { roomId: room.id }, other)).userErrors).toEqual([]);
        }
        const post = { visibility: 'ROOM', roomId: room.id, body: 'Hello' };
        expect((await kith.mutate('createPost', post, as)).userErrors).toEqual([]);
      }
      const tie = async (as: string, verb: string, other: string) =>
        done(kith, verb, await kith.idOf(other), as);
      for (const other of ['ada', 'bob', 'eve', 'fay']) {
        await tie('carol', 'hideUser', other);
        await connect(kith, 'carol', other);
        await tie(other, 'requestConnection', 'dan');
      }
      for (const other of ['ada', 'eve']) await tie('dan', 'acceptConnection', other);
      await tie('dan', 'rejectConnection', 'fay');
      for (const [one, other] of [
        ['ada', 'bob'],
        ['ada', 'eve'],
        ['fay', 'ada'],
        ['eve', 'bob'],
        ['bob', 'fay'],
      ] as const) {
        await connect(kith, one, other);
      }
      await tie('fay', 'requestConnection', 'eve');
      await tie('eve', 'rejectConnection', 'fay');
      await tie('eve', 'hideUser', 'fay');
      await tie('fay', 'hideUser', 'eve');
      await tie('ada', 'blockUser', 'bob');
      await tie('eve', 'blockUser', 'fay');
    })();
    return ready;
  };

  it.each([
    ['the blocked person finds the blocker', 'bob', 'ada'],
    ['the blocker finds the blocked person', 'ada', 'bob'],
    ['the blocked person, having hidden the blocker, finds them', 'fay', 'eve'],
    ['the blocker, having hidden the blocked person, finds them', 'eve', 'fay'],
  ])('rule 3.1: %s nowhere, where third persons find them at every door', async (_name, as, other) => {
    await community();
    const sought = await soughtOf(kith, other);
    const doors = doorsToPeople(schema, sought);

    // The control: were nobody found at a door, finding nobody there would say nothing.
    let silent = doors.filter((door) => !isBlockedUsers(door));
    for (const third of ['dan', 'carol', other]) {
      const open = new Set(await doorsTo(kith, sought, third, silent));
      silent = silent.filter((door) => !open.has(door));
    }
    expect(
      silent,
      `Nobody finds ${other} at these doors: give the community what makes them come out there.`,
    ).toEqual([]);

    // The one exception: the blocker's own list of blocked people.
    const exception = as === 'ada' || as === 'eve' ? doors.filter(isBlockedUsers) : [];
    expect(await doorsTo(kith, sought, as)).toEqual(exception);
  });

  it('rule 3.1: the walk refuses to pass by a required argument that it does not know', () => {
    const { args } = schema.getQueryType()?.getFields().user ?? { args: [] };
    const [by] = args;
    if (!by) throw new Error('Query.user has its argument.');
    const { name } = by;
    try {
      Object.assign(by, { name: 'unheardOf' });
      expect(() =>
        doorsToPeople(schema, { id: '', username: '', sid: '', member: null, room: null, post: null }),
      ).toThrow('Teach me this argument: Query.user(unheardOf: UserBy!)');
    } finally {
      Object.assign(by, { name });
    }
  });

  it('rule 3.7: a suspended person is found at no door by others, blocked lists included, and at all again when restored', async () => {
    await community();
    const sought = await soughtOf(kith, 'bob');
    const before = await doorsTo(kith, sought, 'dan');
    expect(before.length).toBeGreaterThan(0);
    await setStatus(kith, 'bob', 'SUSPENDED');
    expect(await doorsTo(kith, sought, 'dan')).toEqual([]);
    expect(await doorsTo(kith, sought, 'ada')).toEqual([]);
    expect(await doorsTo(kith, sought, null)).toEqual([]);
    await setStatus(kith, 'bob', 'ACTIVE');
    expect(await doorsTo(kith, sought, 'dan')).toEqual(before);
  });

  it('rule 3.7: a deleted person is found at no door', async () => {
    await community();
    await befriend(kith, ['carol', 'zed']);
    await connect(kith, 'carol', 'zed');
    await done(kith, 'requestConnection', await kith.idOf('dan'), 'zed');
    const sought = await soughtOf(kith, 'zed');
    expect(await doorsTo(kith, sought, 'carol')).not.toEqual([]);
    expect(
      (await kith.mutate('deleteAccount', { username: 'zed' }, 'zed', 'deletedUserId')).deletedUserId,
    ).toBe(sought.id);
    for (const as of ['carol', 'dan', null]) expect(await doorsTo(kith, sought, as)).toEqual([]);
  });
});

const kith = useTestApp();
let made = 0;
/** Gives names of their own to the people of one test. */
function namesakes(): (name: string) => string {
  const n = ++made;
  return (name) => `${name}${n}`;
}

describe('rule 3.1: block', () => {
  const totals = async (username: string, as: string | null) => {
    const { user } = await kith.query(
      `{ user(by: { username: "${username}" }) {
          followers { totalCount nodes { username } } following { totalCount nodes { username } }
          mutualFollowers { totalCount nodes { username } } stats { followers following } } }`,
      { as },
    );
    return user;
  };

  it('rule 3.1: a block ends follows both ways, with their counters, and the payload says so', async () => {
    const own = namesakes();
    const [ada, bob] = [own('ada'), own('bob')];
    await befriend(kith, [ada, bob]);
    const payload = await kith.mutate(
      'blockUser',
      { userId: await kith.idOf(bob) },
      ada,
      'user { username stats { followers following } relationship { follows followedBy blocks hides } } viewer { user { stats { followers following } } }',
    );
    expect(payload).toEqual({
      user: {
        username: bob,
        stats: { followers: 0, following: 0 },
        relationship: { follows: false, followedBy: false, blocks: true, hides: false },
      },
      viewer: { user: { stats: { followers: 0, following: 0 } } },
      userErrors: [],
    });
  });

  it('rule 3.1: unblocking restores nothing but being found', async () => {
    const own = namesakes();
    const [ada, bob] = [own('ada'), own('bob')];
    await befriend(kith, [ada, bob]);
    await done(kith, 'blockUser', await kith.idOf(bob), ada);
    const payload = await kith.mutate(
      'unblockUser',
      { userId: await kith.idOf(bob) },
      ada,
      'user { username stats { followers following } relationship { follows followedBy blocks } } viewer { blockedUsers { totalCount } }',
    );
    expect(payload).toEqual({
      user: {
        username: bob,
        stats: { followers: 0, following: 0 },
        relationship: { follows: false, followedBy: false, blocks: false },
      },
      viewer: { blockedUsers: { totalCount: 0 } },
      userErrors: [],
    });
    const { user } = await kith.query(`{ user(by: { username: "${ada}" }) { username } }`, { as: bob });
    expect(user).toEqual({ username: ada });
  });

  it('rule 3.1: a totalCount leaves out whom the viewer cannot find; stats are the same for everybody', async () => {
    const own = namesakes();
    const [idol, ada, bob, sue] = [own('idol'), own('ada'), own('bob'), own('sue')];
    await befriend(kith, [idol, ada, bob, sue]);
    const all = { followers: 3, following: 3 };
    expect(await totals(idol, null)).toMatchObject({
      followers: { totalCount: 3 },
      following: { totalCount: 3 },
      stats: all,
    });
    await done(kith, 'blockUser', await kith.idOf(bob), ada);

    for (const [as, hiddenFromThem, mutual] of [
      [ada, bob, [sue]],
      [bob, ada, [sue]],
    ] as const) {
      const seen = await totals(idol, as);
      for (const list of [seen.followers, seen.following]) {
        expect(list.totalCount).toBe(2);
        expect(list.nodes).toHaveLength(2);
        expect(list.nodes).not.toContainEqual({ username: hiddenFromThem });
      }
      expect(seen.mutualFollowers).toEqual({
        totalCount: 1,
        nodes: mutual.map((username) => ({ username })),
      });
      expect(seen.stats).toEqual(all);
    }
    for (const as of [sue, null]) {
      expect(await totals(idol, as)).toMatchObject({
        followers: { totalCount: 3 },
        following: { totalCount: 3 },
        stats: all,
      });
    }

    await setStatus(kith, sue, 'SUSPENDED');
    for (const [as, count] of [
      [null, 2],
      [idol, 2],
      [ada, 1],
      [bob, 1],
    ] as const) {
      const seen = await totals(idol, as);
      for (const list of [seen.followers, seen.following]) {
        expect(list.totalCount).toBe(count);
        expect(list.nodes).toHaveLength(count);
        expect(list.nodes).not.toContainEqual({ username: sue });
      }
      expect(seen.mutualFollowers.totalCount).toBe(seen.mutualFollowers.nodes.length);
      expect(seen.mutualFollowers.nodes).not.toContainEqual({ username: sue });
      expect(seen.stats).toEqual(all);
    }
    // Somebody both suspended and blocked is left out once, not twice.
    await setStatus(kith, sue, 'ACTIVE');
    await done(kith, 'blockUser', await kith.idOf(sue), ada);
    await setStatus(kith, sue, 'SUSPENDED');
    expect(await totals(idol, ada)).toMatchObject({
      followers: { totalCount: 1 },
      following: { totalCount: 1 },
    });
  });

  it('rule 3.1: users and searchUsers, with their totals, leave out either side of a block', async () => {
    const own = namesakes();
    const [ada, bob, sue] = [own('zebra-ada'), own('zebra-bob'), own('zebra-sue')];
    const count = async (as: string) => {
      const data = await kith.query(
        '{ users { totalCount } searchUsers(query: "zebra") { totalCount nodes { username } } }',
        { as },
      );
      expect(data.searchUsers.totalCount).toBe(data.searchUsers.nodes.length);
      return [data.users.totalCount, data.searchUsers.totalCount];
    };
    for (const username of [ada, bob]) await kith.idOf(username);
    const before = await count(sue);
    expect(before[1]).toBe(3);
    await done(kith, 'blockUser', await kith.idOf(bob), ada);
    const [everybody = 0, found = 0] = before;
    expect(await count(ada)).toEqual([everybody - 1, found - 1]);
    expect(await count(bob)).toEqual([everybody - 1, found - 1]);
    expect(await count(sue)).toEqual(before);
  });

  it('rule 3.1: the card of a blocked person shows who they are and nothing that leads on', async () => {
    const own = namesakes();
    const [ada, bob, sue] = [own('ada'), own('bob'), own('sue')];
    await befriend(kith, [ada, bob, sue]);
    await connect(kith, ada, bob);
    await connect(kith, bob, sue);
    await connect(kith, ada, sue);
    await kith.mutate(
      'updateProfile',
      {
        displayName: 'Bob',
        tagline: 'Hello',
        bio: 'Long *hello*',
        birthday: '1990-01-01',
        gender: 'man',
        location: { name: 'Here' },
        company: { name: 'There', role: 'Boss' },
      },
      bob,
    );
    const card = `username name tagline bio bioHtml birthday gender location { name } company { name }
      followers { totalCount nodes { username } } following { totalCount nodes { username } }
      mutualFollowers { totalCount nodes { username } } stats { followers following connections }
      connections { totalCount nodes { username } } mutualConnections { totalCount nodes { username } }
      relationship { follows followedBy blocks connectionState connection { id } }`;
    const restricted = {
      username: bob,
      name: 'Bob',
      tagline: 'Hello',
      bio: null,
      bioHtml: null,
      birthday: null,
      gender: null,
      location: null,
      company: null,
      followers: { totalCount: 0, nodes: [] },
      following: { totalCount: 0, nodes: [] },
      mutualFollowers: { totalCount: 0, nodes: [] },
      stats: { followers: 1, following: 1, connections: 1 },
      connections: { totalCount: 0, nodes: [] },
      mutualConnections: { totalCount: 0, nodes: [] },
      relationship: {
        follows: false,
        followedBy: false,
        blocks: true,
        connectionState: 'NONE',
        connection: null,
      },
    };
    const payload = await kith.mutate(
      'blockUser',
      { userId: await kith.idOf(bob) },
      ada,
      `user { ${card} } viewer { blockedUsers { nodes { ${card} } edges { node { ${card} } } } }`,
    );
    expect(payload).toEqual({
      user: restricted,
      viewer: { blockedUsers: { nodes: [restricted], edges: [{ node: restricted }] } },
      userErrors: [],
    });
    const { viewer, user } = await kith.query(
      `{ user(by: { username: "${bob}" }) { id } viewer { blockedUsers { nodes { ${card} } } } }`,
      { as: ada },
    );
    expect(user).toBeNull();
    expect(viewer.blockedUsers.nodes).toEqual([restricted]);
  });
});

describe('rule 4: whom a relation cannot be had with', () => {
  /** All mutations about another person. */
  const ties = Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap(({ name, args }) => {
    const input = getNamedType(args.find((arg) => arg.name === 'input')?.type);
    return isInputObjectType(input) && Object.keys(input.getFields()).join() === 'userId' ? [name] : [];
  });
  /** What the payload of each is when nothing was done. */
  const refused = (code: string) => ({
    user: null,
    viewer: null,
    userErrors: [{ code, message: expect.any(String), path: ['userId'] }],
  });
  const attempt = (name: string, userId: string, as: string) =>
    kith.mutate(name, { userId }, as, 'user { id } viewer { id }');

  it('rule 4: there are such mutations', () => {
    expect(ties).toEqual(
      expect.arrayContaining([
        'blockUser',
        'followUser',
        'hideUser',
        'removeFollower',
        'unblockUser',
        'unfollowUser',
        'unhideUser',
        'requestConnection',
        'cancelConnectionRequest',
        'acceptConnection',
        'rejectConnection',
        'cancelConnectionRejection',
        'removeConnection',
      ]),
    );
  });

  describe.each(ties)('%s', (name) => {
    it('rule 4: with oneself: SELF', async () => {
      expect(await attempt(name, await kith.idOf('ada'), 'ada')).toEqual(refused('SELF'));
    });

    it('rule 4: with somebody the viewer has blocked: BLOCKED, save for the block itself', async () => {
      const own = namesakes();
      const [blocker, blocked] = [own('blocker'), own('blocked')];
      const id = await kith.idOf(blocked);
      await done(kith, 'blockUser', id, blocker);
      if (name === 'unblockUser') {
        expect(await attempt(name, id, blocker)).toMatchObject({ user: { id }, userErrors: [] });
        expect(await attempt(name, id, blocker)).toEqual(refused('GONE'));
      } else {
        expect(await attempt(name, id, blocker)).toEqual(
          refused(name === 'blockUser' ? 'ALREADY_EXISTS' : 'BLOCKED'),
        );
      }
    });

    it('rule 3.1: with somebody who has blocked the viewer: NOT_FOUND, as for nobody at all', async () => {
      const own = namesakes();
      const [blocker, blocked] = [own('blocker'), own('blocked')];
      await kith.idOf(blocked);
      await done(kith, 'blockUser', await kith.idOf(blocked), blocker);
      const theirs = await attempt(name, await kith.idOf(blocker), blocked);
      expect(theirs).toEqual(refused('NOT_FOUND'));
      const nobody = Buffer.from('User:00000000-0000-7000-8000-000000000000').toString('base64url');
      expect(theirs).toEqual(await attempt(name, nobody, blocked));
    });

    it('rule 3.7: with somebody suspended or deleted: NOT_FOUND', async () => {
      const own = namesakes();
      const [viewer, suspended, deleted] = [own('viewer'), own('suspended'), own('deleted')];
      await kith.idOf(suspended);
      await setStatus(kith, suspended, 'SUSPENDED');
      expect(await attempt(name, await kith.idOf(suspended), viewer)).toEqual(refused('NOT_FOUND'));
      await kith.idOf(deleted);
      await kith.mutate('deleteAccount', { username: deleted }, deleted);
      expect(await attempt(name, await kith.idOf(deleted), viewer)).toEqual(refused('NOT_FOUND'));
    });

    it('rule 2, ids: malformed, of another type, unknown: NOT_FOUND with its path', async () => {
      const uuid = '00000000-0000-7000-8000-000000000000';
      const { viewer } = await kith.query('{ viewer { id } }', { as: 'ada' });
      for (const id of [
        '',
        'x',
        '42',
        uuid,
        viewer.id,
        Buffer.from(`Viewer:${uuid}`).toString('base64url'),
        Buffer.from('User:42').toString('base64url'),
        Buffer.from(`User:${uuid}:more`).toString('base64url'),
        Buffer.from("User:'; DROP TABLE users; --").toString('base64url'),
      ]) {
        expect(await attempt(name, id, 'ada'), id).toEqual(refused('NOT_FOUND'));
      }
    });
  });
});

describe('rule 3.2: hide', () => {
  const lists = async (as: string) => {
    const data = await kith.query(
      `{ users(first: 100) { nodes { username } } searchUsers(query: "xylophone") { totalCount nodes { username } }
         user(by: { username: "xylophone" }) { username relationship { hides } }
         viewer { hiddenUsers { totalCount nodes { username } } } }`,
      { as },
    );
    const names = (list: { totalCount: number; nodes: { username: string }[] }) => {
      expect(list.totalCount).toBe(list.nodes.length);
      return list.nodes.map(({ username }) => username);
    };
    return {
      users: data.users.nodes.some(({ username }: { username: string }) => username === 'xylophone'),
      search: names(data.searchUsers),
      hidden: names(data.viewer.hiddenUsers),
      page: data.user,
    };
  };

  it('rule 3.2: the hidden leave the hider’s users and searchUsers, and stay reachable on their own page and in others’ lists', async () => {
    await befriend(kith, ['hider', 'xylophone', 'other']);
    const hidden = await kith.idOf('xylophone');
    const payload = await kith.mutate(
      'hideUser',
      { userId: hidden },
      'hider',
      'user { username relationship { follows followedBy hides } } viewer { hiddenUsers { totalCount } }',
    );
    expect(payload).toEqual({
      // Milder than a block: follows stay.
      user: { username: 'xylophone', relationship: { follows: true, followedBy: true, hides: true } },
      viewer: { hiddenUsers: { totalCount: 1 } },
      userErrors: [],
    });
    expect(await lists('hider')).toEqual({
      users: false,
      search: [],
      hidden: ['xylophone'],
      page: { username: 'xylophone', relationship: { hides: true } },
    });
    const { node, user } = await kith.query(
      `{ node(id: "${hidden}") { id } user(by: { username: "other" }) { followers { totalCount nodes { username } } } }`,
      { as: 'hider' },
    );
    expect(node).toEqual({ id: hidden });
    expect(user.followers).toEqual({
      totalCount: 2,
      nodes: [{ username: 'xylophone' }, { username: 'hider' }],
    });
  });

  it('rule 3.2: it is one-sided, nobody else’s lists change, and unhiding takes it back', async () => {
    const hidden = await kith.idOf('xylophone');
    await done(kith, 'hideUser', hidden, 'hider');
    const { user } = await kith.query('{ user(by: { username: "hider" }) { username } }', {
      as: 'xylophone',
    });
    expect(user).toEqual({ username: 'hider' });
    expect((await lists('other')).users).toBe(true);
    expect((await lists('other')).search).toEqual(['xylophone']);
    // Hiding twice, and unhiding twice, is no error and changes nothing (rule 4, idempotence).
    await done(kith, 'hideUser', hidden, 'hider');
    expect((await lists('hider')).hidden).toEqual(['xylophone']);
    await done(kith, 'unhideUser', hidden, 'hider');
    await done(kith, 'unhideUser', hidden, 'hider');
    expect(await lists('hider')).toEqual({
      users: true,
      search: ['xylophone'],
      hidden: [],
      page: { username: 'xylophone', relationship: { hides: false } },
    });
  });
});

describe('rule 3.3: profile details', () => {
  const profile = {
    bio: 'I *am*.',
    birthday: '1004-02-29',
    gender: 'yes',
    location: { name: 'Here', coordinates: { latitude: 1.5, longitude: -2.5 } },
    company: { name: 'There', role: 'Boss' },
  };
  const shown = { ...profile, bioHtml: '<p>I <em>am</em>.</p>' };
  const hidden = { bio: null, bioHtml: null, birthday: null, gender: null, location: null, company: null };
  const fields =
    'bio bioHtml birthday gender location { name coordinates { latitude longitude } } company { name role }';
  /** What each of them sees, of mona's own page and of mona in a list. */
  const seenBy = async (as: string | null) => {
    const { user, searchUsers: list } = await kith.query(
      `{ user(by: { username: "mona" }) { ${fields} } searchUsers(query: "mona") { nodes { username ${fields} } } }`,
      { as },
    );
    expect(list.nodes).toContainEqual({ username: 'mona', ...user });
    return user;
  };
  const viewers = ['mona', 'followed-by-mona', 'follows-mona', 'stranger', null];
  let ready: Promise<void> | undefined;
  const setUp = () => {
    ready ??= (async () => {
      await kith.mutate('updateProfile', profile, 'mona');
      await done(kith, 'followUser', await kith.idOf('followed-by-mona'), 'mona');
      await done(kith, 'followUser', await kith.idOf('mona'), 'follows-mona');
      await kith.idOf('stranger');
    })();
    return ready;
  };
  const setVisibility = (profileVisibility: string) =>
    kith.mutate('updateSettings', { privacy: { profileVisibility } }, 'mona');

  it('rule 3.3: PUBLIC: everybody sees them', async () => {
    await setUp();
    await setVisibility('PUBLIC');
    for (const as of viewers) expect(await seenBy(as), String(as)).toEqual(shown);
  });

  it('rule 3.3: CONTACTS: only oneself and whom the owner follows', async () => {
    await setUp();
    await setVisibility('CONTACTS');
    for (const as of viewers) {
      expect(await seenBy(as), String(as)).toEqual(
        as === 'mona' || as === 'followed-by-mona' ? shown : hidden,
      );
    }
  });

  it('rule 3.3: what is no detail stays visible, and details are hidden again once the owner unfollows', async () => {
    await setUp();
    await setVisibility('CONTACTS');
    await kith.mutate(
      'updateProfile',
      { tagline: 'Hi', displayName: 'Bob', website: 'https://bob.example' },
      'mona',
    );
    const { user } = await kith.query(
      '{ user(by: { username: "mona" }) { tagline name website stats { followers } } }',
    );
    expect(user).toEqual({
      tagline: 'Hi',
      name: 'Bob',
      website: 'https://bob.example',
      stats: { followers: 1 },
    });
    const followed = await kith.idOf('followed-by-mona');
    await done(kith, 'unfollowUser', followed, 'mona');
    expect(await seenBy('followed-by-mona')).toEqual(hidden);
    await done(kith, 'followUser', followed, 'mona');
    expect(await seenBy('followed-by-mona')).toEqual(shown);
  });
});

describe('rule 3.4: searchable', () => {
  it('rule 3.4: without it one is out of users and searchUsers, save for followers, and reachable otherwise', async () => {
    const quinn = await soughtOf(kith, 'quinn');
    await befriend(kith, ['follower', 'friend']);
    await done(kith, 'followUser', quinn.id, 'follower');
    // That quinn follows somebody does not make quinn known to them.
    await done(kith, 'followUser', await kith.idOf('friend'), 'quinn');
    const listed = async (as: string | null) => {
      const data = await kith.query(
        `{ newest: users(first: 100) { totalCount nodes { username } } oldest: users(first: 100, orderBy: OLDEST) { totalCount nodes { username } }
           names: users(last: 100, orderBy: USERNAME) { totalCount nodes { username } }
           everyone: searchUsers(query: "quinn") { totalCount nodes { username } }
           mention: searchUsers(query: "quinn", last: 5, context: MENTION) { totalCount nodes { username } } }`,
        { as },
      );
      return Object.values<{ totalCount: number; nodes: { username: string }[] }>(data).map((list) => {
        expect(list.totalCount).toBe(list.nodes.length);
        return list.nodes.some(({ username }) => username === 'quinn');
      });
    };
    for (const as of ['follower', 'friend', null]) expect(await listed(as)).toEqual(Array(5).fill(true));
    await kith.mutate('updateSettings', { privacy: { searchable: false } }, 'quinn');
    expect(await listed('friend')).toEqual(Array(5).fill(false));
    expect(await listed(null)).toEqual(Array(5).fill(false));
    expect(await listed('follower')).toEqual(Array(5).fill(true));

    for (const as of ['friend', null]) {
      const data = await kith.query(
        `{ a: user(by: { id: "${quinn.id}" }) { id } b: user(by: { username: "QUINN" }) { id }
           c: user(by: { sid: "${quinn.sid}" }) { id } node(id: "${quinn.id}") { id } nodes(ids: ["${quinn.id}"]) { id }
           user(by: { username: "friend" }) { followers { totalCount nodes { username } } } }`,
        { as },
      );
      const found = { id: quinn.id };
      expect(data).toEqual({
        a: found,
        b: found,
        c: found,
        node: found,
        nodes: [found],
        user: { followers: { totalCount: 2, nodes: [{ username: 'quinn' }, { username: 'follower' }] } },
      });
    }
    await done(kith, 'unfollowUser', quinn.id, 'follower');
    expect(await listed('follower')).toEqual(Array(5).fill(false));
    await kith.mutate('updateSettings', { privacy: { searchable: true } }, 'quinn');
    expect(await listed(null)).toEqual(Array(5).fill(true));
  });
});

describe('rule 3.7: suspended and deleted', () => {
  it('rule 3.7: a suspended person’s own token answers top-level FORBIDDEN, until they are restored', async () => {
    await kith.idOf('olga');
    await setStatus(kith, 'olga', 'SUSPENDED');
    for (const document of [
      '{ viewer { id } }',
      '{ users { totalCount } }',
      'mutation { updateProfile(input: { tagline: "Hi" }) { userErrors { code } } }',
    ]) {
      const answer = await kith.send(document, { as: 'olga' });
      expect(answer.errors.map((e) => e.extensions?.code)).toEqual(['FORBIDDEN']);
      expect(answer.data).toBeNull();
    }
    await setStatus(kith, 'olga', 'ACTIVE');
    expect(
      (await kith.query('{ viewer { user { username tagline } } }', { as: 'olga' })).viewer.user,
    ).toEqual({
      username: 'olga',
      tagline: null,
    });
  });

  it('rule 3.7: deletion takes all with it, counters of others included', async () => {
    await befriend(kith, ['left', 'right', 'gone']);
    await done(kith, 'hideUser', await kith.idOf('gone'), 'left');
    await kith.idOf('blocker');
    await done(kith, 'blockUser', await kith.idOf('gone'), 'blocker');
    const id = await kith.idOf('gone');
    // Somebody else's name deletes nothing.
    expect(await kith.mutate('deleteAccount', { username: 'left' }, 'gone', 'deletedUserId')).toEqual({
      deletedUserId: null,
      userErrors: [{ code: 'INVALID', message: expect.any(String), path: ['username'] }],
    });
    expect(
      (await kith.mutate('deleteAccount', { username: 'GONE' }, 'gone', 'deletedUserId')).deletedUserId,
    ).toBe(id);
    for (const username of ['left', 'right']) {
      const { user } = await kith.query(
        `{ user(by: { username: "${username}" }) { stats { followers following }
            followers { totalCount nodes { username } } following { totalCount nodes { username } } } }`,
      );
      const other = [{ username: username === 'left' ? 'right' : 'left' }];
      expect(user).toEqual({
        stats: { followers: 1, following: 1 },
        followers: { totalCount: 1, nodes: other },
        following: { totalCount: 1, nodes: other },
      });
    }
    const hidden = await kith.query('{ viewer { hiddenUsers { totalCount } } }', { as: 'left' });
    expect(hidden.viewer.hiddenUsers.totalCount).toBe(0);
    const blocked = await kith.query('{ viewer { blockedUsers { totalCount } } }', { as: 'blocker' });
    expect(blocked.viewer.blockedUsers.totalCount).toBe(0);
  });

  it('rule 3.7: whoever has done all there is to do under a post of their own is deleted with it', async () => {
    const poll = { question: 'Which?', choices: ['One', 'Other'] };
    const made = await kith.mutate(
      'createPost',
      { visibility: 'PUBLIC', poll },
      'busy',
      'post { id poll { id choices { id } } }',
    );
    const { id: postId, poll: asked } = made.post;
    for (const by of ['busy', 'left']) {
      const vote = { pollId: asked.id, choiceIds: [asked.choices[0].id] };
      for (const [name, input] of [
        ['likePost', { postId }],
        ['addComment', { postId, body: 'So' }],
        ['subscribeToPost', { postId }],
        ['votePoll', vote],
        ['markPostsSeen', { postIds: [postId] }],
      ] as const) {
        expect((await kith.mutate(name, input, by)).userErrors, name).toEqual([]);
      }
    }
    const deleted = await kith.mutate('deleteAccount', { username: 'busy' }, 'busy', 'deletedUserId');
    expect(deleted).toEqual({ deletedUserId: expect.any(String), userErrors: [] });
    expect((await kith.query(`{ node(id: "${postId}") { id } }`, { as: 'left' })).node).toBeNull();
  });

  it('rule 3.7: a deleted person’s token answers 401 and never makes a new account; their username stays reserved', async () => {
    const { db } = kith.database;
    await kith.idOf('Mallory');
    await kith.mutate('deleteAccount', { username: 'Mallory' }, 'Mallory');
    const before = await db.$count(users);
    for (const document of ['{ viewer { id } }', '{ users { totalCount } }']) {
      const answer = await kith.send(document, { as: 'Mallory' });
      expect(answer.status).toBe(401);
      expect(answer.errors.map((e) => e.extensions?.code)).toEqual(['UNAUTHENTICATED']);
    }
    expect(await db.$count(users)).toBe(before);
    expect(await db.$count(userStats)).toBe(before);
    // Whatever the case, and also as the name that a new account would get.
    const taken = await kith.mutate('updateProfile', { username: 'mallory' }, 'ada', 'user { username }');
    expect(taken).toMatchObject({ user: null, userErrors: [{ code: 'TAKEN', path: ['username'] }] });
    const { viewer } = await kith.query('{ viewer { user { username } } }', { as: 'mallory' });
    expect(viewer.user.username).toBe('mallory-2');
  });
});

describe('rule 3.8: without a token', () => {
  it('rule 3.8: public reads only; viewer and relationship are null', async () => {
    await befriend(kith, ['plain', 'simple']);
    const data = await kith.query(
      `{ viewer { id } users(first: 2) { nodes { relationship { follows } isViewer } }
         user(by: { username: "plain" }) { username relationship { follows }
           followers { totalCount nodes { username relationship { follows } } } mutualFollowers { totalCount nodes { username } } } }`,
    );
    expect(data).toEqual({
      viewer: null,
      users: { nodes: Array(2).fill({ relationship: null, isViewer: false }) },
      user: {
        username: 'plain',
        relationship: null,
        followers: { totalCount: 1, nodes: [{ username: 'simple', relationship: null }] },
        mutualFollowers: { totalCount: 0, nodes: [] },
      },
    });
  });

  it('rule 3.8: a Viewer is nobody else’s node', async () => {
    const { viewer } = await kith.query('{ viewer { id } }', { as: 'ada' });
    const document = `{ node(id: "${viewer.id}") { id } }`;
    expect(await kith.query(document, { as: 'ada' })).toEqual({ node: { id: viewer.id } });
    expect(await kith.query(document, { as: 'bob' })).toEqual({ node: null });
    expect(await kith.query(document)).toEqual({ node: null });
  });
});

describe('rule 3.9: what TAKEN admits', () => {
  it('rule 3.9: a username of somebody who cannot be found is TAKEN, and that is all there is to learn', async () => {
    await kith.idOf('narrow');
    await kith.idOf('shut');
    await done(kith, 'blockUser', await kith.idOf('narrow'), 'unseen');
    await setStatus(kith, 'shut', 'SUSPENDED');
    for (const username of ['unseen', 'UNSEEN', 'shut']) {
      const payload = await kith.mutate(
        'updateProfile',
        { username, tagline: 'Hi' },
        'narrow',
        'user { id }',
      );
      expect(payload).toEqual({
        user: null,
        userErrors: [{ code: 'TAKEN', message: expect.any(String), path: ['username'] }],
      });
      const data = await kith.query(
        `{ user(by: { username: "${username}" }) { id } searchUsers(query: "${username}") { totalCount } viewer { user { username tagline } } }`,
        { as: 'narrow' },
      );
      expect(data).toEqual({
        user: null,
        searchUsers: { totalCount: 0 },
        viewer: { user: { username: 'narrow', tagline: null } },
      });
    }
  });
});
