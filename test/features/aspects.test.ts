// Aspects: private lists over the people one follows.
import { describe, expect, it } from 'vitest';
import { aspectUsers } from '../../src/features/aspects/table.ts';
import { decodeId } from '../../src/graphql/node.ts';
import { useTestApp } from '../helpers/app.ts';
import { crowd } from '../helpers/crowd.ts';

const kith = useTestApp();
const follows = useTestApp({ env: { COMMUNITY_MODE: 'friendship' } });

let made = 0;
/** Somebody who is in no other test. */
const somebody = async () => {
  const username = `somebody-${++made}`;
  return { username, id: await kith.idOf(username) };
};
type Person = Awaited<ReturnType<typeof somebody>>;

const create = async (name: string, { username }: Person) =>
  kith.mutate('createAspect', { name }, username, 'aspect { id name users { totalCount } }');
const idOfNew = async (name: string, owner: Person): Promise<string> => {
  const { aspect, userErrors } = await create(name, owner);
  expect(userErrors).toEqual([]);
  return aspect.id;
};
const put = (verb: 'addToAspect' | 'removeFromAspect', aspectId: string, person: Person, owner: Person) =>
  kith.mutate(
    verb,
    { aspectId, userId: person.id },
    owner.username,
    'aspect { name users { nodes { username } } } user { username relationship { follows aspects { name } } }',
  );
const problems = ({ userErrors }: { userErrors: { code: string; path: string[] }[] }) =>
  userErrors.map(({ code, path }) => [code, path.join('.')]);
const read = async ({ username }: Person) =>
  (
    await kith.query('{ viewer { aspects { id name users { totalCount nodes { username } } } } }', {
      as: username,
    })
  ).viewer.aspects;

describe('an aspect', () => {
  it('is created, renamed and deleted; aspects come in the order they were made in', async () => {
    const ada = await somebody();
    const family = await idOfNew('Family', ada);
    const work = await idOfNew(' Work ', ada);
    expect(await read(ada)).toEqual([
      { id: family, name: 'Family', users: { totalCount: 0, nodes: [] } },
      { id: work, name: 'Work', users: { totalCount: 0, nodes: [] } },
    ]);
    expect(
      await kith.mutate('renameAspect', { aspectId: work, name: 'Play' }, ada.username, 'aspect { name }'),
    ).toEqual({ aspect: { name: 'Play' }, userErrors: [] });
    expect(await kith.mutate('deleteAspect', { aspectId: family }, ada.username, 'deletedAspectId')).toEqual({
      deletedAspectId: family,
      userErrors: [],
    });
    expect((await read(ada)).map(({ name }: { name: string }) => name)).toEqual(['Play']);
  });

  it('has a name of 1–20 characters on one line, unique whatever the case', async () => {
    const ada = await somebody();
    await idOfNew('😀'.repeat(20), ada);
    expect(problems(await create('😀'.repeat(21), ada))).toEqual([['TOO_LONG', 'name']]);
    expect(problems(await create(' ', ada))).toEqual([['TOO_SHORT', 'name']]);
    expect(problems(await create('a\nb', ada))).toEqual([['INVALID', 'name']]);
    const id = await idOfNew('Élan', ada);
    const other = await idOfNew('Other', ada);
    for (const name of ['élan', 'E\u0301LAN']) {
      expect(problems(await create(name, ada))).toEqual([['ALREADY_EXISTS', 'name']]);
      const renamed = await kith.mutate('renameAspect', { aspectId: other, name }, ada.username);
      expect(problems(renamed)).toEqual([['ALREADY_EXISTS', 'name']]);
    }
    // Its own name in another case is free to it, and everybody's to everybody else.
    expect(problems(await kith.mutate('renameAspect', { aspectId: id, name: 'ÉLAN' }, ada.username))).toEqual(
      [],
    );
    await idOfNew('Élan', await somebody());
  });

  it('is one of a hundred at most, however many are made at once', async () => {
    const ada = await somebody();
    const answers = await Promise.all(Array.from({ length: 110 }, (_, n) => create(`A${n}`, ada)));
    expect(answers.filter(({ aspect }) => aspect !== null)).toHaveLength(100);
    const refused = answers.filter(({ aspect }) => aspect === null);
    expect(refused.flatMap(problems)).toEqual(refused.map(() => ['LIMIT_REACHED', '']));
    expect(await read(ada)).toHaveLength(100);
  });

  it('of a name is made once, however often it is asked for at once', async () => {
    const ada = await somebody();
    const answers = await Promise.all(Array.from({ length: 8 }, () => create('Same', ada)));
    expect(answers.flatMap(problems)).toEqual(Array.from({ length: 7 }, () => ['ALREADY_EXISTS', 'name']));
  });

  it('is nobody else’s to see or to change', async () => {
    const [ada, bob, carol] = [await somebody(), await somebody(), await somebody()];
    const id = await idOfNew('Mine', ada);
    await put('addToAspect', id, carol, ada);
    const find = `{ node(id: "${id}") { id } user(by: { id: "${carol.id}" }) { relationship { aspects { id } } } }`;
    expect(await kith.query(find, { as: ada.username })).toEqual({
      node: { id },
      user: { relationship: { aspects: [{ id }] } },
    });
    expect(await kith.query(find, { as: bob.username })).toEqual({
      node: null,
      user: { relationship: { aspects: [] } },
    });
    expect(await kith.query(find, { as: ada.username, scope: 'profile contacts:modify' })).toEqual({
      node: null,
      user: { relationship: { aspects: [] } },
    });
    expect((await kith.query(`{ node(id: "${id}") { id } }`)).node).toBeNull();
    for (const [verb, input] of [
      ['renameAspect', { name: 'Yours' }],
      ['deleteAspect', {}],
      ['addToAspect', { userId: carol.id }],
      ['removeFromAspect', { userId: carol.id }],
    ] as const) {
      for (const aspectId of [id, carol.id, 'x']) {
        const answer = await kith.mutate(verb, { aspectId, ...input }, bob.username);
        expect(problems(answer), verb).toEqual([['NOT_FOUND', 'aspectId']]);
      }
    }
    expect((await read(ada))[0].users.nodes).toEqual([{ username: carol.username }]);
    const following = await kith.query(`{ user(by: { id: "${bob.id}" }) { following { totalCount } } }`);
    expect(following.user.following.totalCount, 'a refused addition follows nobody').toBe(0);
  });
});

describe('who is in an aspect', () => {
  it('is followed for it if need be; twice in is in once', async () => {
    const [ada, bob] = [await somebody(), await somebody()];
    const [one, two] = [await idOfNew('One', ada), await idOfNew('Two', ada)];
    const expected = {
      aspect: { name: 'One', users: { nodes: [{ username: bob.username }] } },
      user: { username: bob.username, relationship: { follows: true, aspects: [{ name: 'One' }] } },
      userErrors: [],
    };
    expect(await put('addToAspect', one, bob, ada)).toEqual(expected);
    expect(await put('addToAspect', one, bob, ada)).toEqual(expected);
    const { user } = await put('addToAspect', two, bob, ada);
    expect(user.relationship.aspects).toEqual([{ name: 'One' }, { name: 'Two' }]);
    const counted = await kith.query(`{ user(by: { id: "${bob.id}" }) { stats { followers } } }`);
    expect(counted.user.stats.followers).toBe(1);
    // Taken out they stay followed.
    const out = await put('removeFromAspect', one, bob, ada);
    expect(out.user.relationship).toEqual({ follows: true, aspects: [{ name: 'Two' }] });
    expect((await put('removeFromAspect', one, bob, ada)).userErrors).toEqual([]);
  });

  it('leaves all aspects with the follow, whoever ends it', async () => {
    const [ada, bob] = [await somebody(), await somebody()];
    const ids = [await idOfNew('One', ada), await idOfNew('Two', ada)];
    const endings = [
      () => kith.mutate('unfollowUser', { userId: bob.id }, ada.username),
      () => kith.mutate('removeFollower', { userId: ada.id }, bob.username),
      async () => {
        await kith.mutate('blockUser', { userId: bob.id }, ada.username);
        await kith.mutate('unblockUser', { userId: bob.id }, ada.username);
      },
      async () => {
        await kith.mutate('blockUser', { userId: ada.id }, bob.username);
        await kith.mutate('unblockUser', { userId: ada.id }, bob.username);
      },
    ];
    for (const end of endings) {
      for (const id of ids) expect((await put('addToAspect', id, bob, ada)).userErrors).toEqual([]);
      await end();
      await kith.mutate('followUser', { userId: bob.id }, ada.username);
      expect((await read(ada)).map(({ users }: { users: object }) => users)).toEqual([
        { totalCount: 0, nodes: [] },
        { totalCount: 0, nodes: [] },
      ]);
    }
  });

  it('is refused: oneself, somebody blocked, unknown or blocking', async () => {
    const [ada, bob, carol] = [await somebody(), await somebody(), await somebody()];
    const id = await idOfNew('Some', ada);
    await kith.mutate('blockUser', { userId: bob.id }, ada.username);
    await kith.mutate('blockUser', { userId: ada.id }, carol.username);
    for (const [userId, code] of [
      [ada.id, 'SELF'],
      [bob.id, 'BLOCKED'],
      [carol.id, 'NOT_FOUND'],
      [id, 'NOT_FOUND'],
    ]) {
      const answer = await kith.mutate('addToAspect', { aspectId: id, userId }, ada.username);
      expect(problems(answer)).toEqual([[code, 'userId']]);
    }
  });

  it('is never in one without being followed, whatever runs at once', async () => {
    const ada = await somebody();
    const people = await crowd(kith, `aspected-${made}`, 4);
    const ids = [await idOfNew('One', ada), await idOfNew('Two', ada)];
    await Promise.all(
      Array.from({ length: 80 }, (_, n) => {
        const userId = people[n % people.length]?.id;
        const aspectId = ids[n % 2];
        const verb =
          ['addToAspect', 'unfollowUser', 'addToAspect', 'removeFromAspect'][Math.floor(n / 8) % 4] ?? '';
        return kith
          .mutate(verb, verb === 'unfollowUser' ? { userId } : { aspectId, userId }, ada.username)
          .then((answer) => expect(problems(answer)).toEqual([]));
      }),
    );
    const { user } = await kith.query(
      `{ user(by: { id: "${ada.id}" }) { following { totalCount nodes { username } } } }`,
    );
    expect(user.following.totalCount).toBe(user.following.nodes.length);
    const followed = new Set(user.following.nodes.map(({ username }: { username: string }) => username));
    for (const { users } of await read(ada)) {
      expect(users.totalCount).toBe(users.nodes.length);
      for (const { username } of users.nodes) expect(followed).toContain(username);
    }
  });

  it('goes with the accounts, and leaves nothing', async () => {
    const [ada, bob] = [await somebody(), await somebody()];
    await put('addToAspect', await idOfNew('One', ada), bob, ada);
    await put('addToAspect', await idOfNew('One', bob), ada, bob);
    await kith.mutate('deleteAccount', { username: bob.username }, bob.username);
    expect((await read(ada))[0].users).toEqual({ totalCount: 0, nodes: [] });
    await kith.mutate('deleteAccount', { username: ada.username }, ada.username);
    const gone = [ada, bob].map(({ id }) => decodeId(id)?.id);
    const rows = await kith.database.db.select().from(aspectUsers);
    expect(rows.filter(({ ownerId, userId }) => gone.includes(ownerId) || gone.includes(userId))).toEqual([]);
  });

  it('comes with people at one statement for all of them', async () => {
    const ada = await somebody();
    const people = await crowd(kith, `listed-${made}`, 20);
    const id = await idOfNew('All', ada);
    for (const person of people) await put('addToAspect', id, person, ada);
    const { statements } = kith.database;
    for (const size of [2, 20]) {
      statements.length = 0;
      const { viewer } = await kith.query(
        `{ viewer { aspects { users(first: ${size}) { nodes { username relationship { aspects { name } } } } } } }`,
        { as: ada.username },
      );
      expect(viewer.aspects[0].users.nodes).toHaveLength(size);
      // The token's account, the aspects, who is in them, how the viewer stands to them, the aspects they are in.
      expect(statements).toHaveLength(5);
    }
  });
});

it('aspects follow, so in a community without follows nobody gets into one: MODE_DISABLED', async () => {
  const bob = await follows.idOf('bob');
  const { aspect } = await follows.mutate('createAspect', { name: 'Any' }, 'ada', 'aspect { id }');
  const answer = await follows.mutate('addToAspect', { aspectId: aspect.id, userId: bob }, 'ada');
  expect(problems(answer)).toEqual([['MODE_DISABLED', '']]);
});
