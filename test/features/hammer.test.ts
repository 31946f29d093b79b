// Domain rule 4: every stored counter is exact after any interleaving of concurrent writes.
import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocks } from '../../src/features/blocks/table.ts';
import { follows } from '../../src/features/follows/table.ts';
import { claims, userStats, users } from '../../src/features/users/table.ts';
import { useTestApp } from '../helpers/app.ts';

const kith = useTestApp();

const verbs = [
  'followUser',
  'unfollowUser',
  'removeFollower',
  'blockUser',
  'unblockUser',
  'hideUser',
] as const;

/** Somebody does something to somebody; `actor` and `target` are numbers among the people of a run. */
interface Deed {
  verb: (typeof verbs)[number];
  actor: number;
  target: number;
}

/** Random deeds among so many people. Follows come more often than blocks, or there would be nothing to undo. */
function deedsAmong(people: number): fc.Arbitrary<Deed> {
  const weights = {
    followUser: 8,
    unfollowUser: 2,
    removeFollower: 2,
    blockUser: 1,
    unblockUser: 2,
    hideUser: 1,
  };
  return fc
    .record({
      verb: fc.oneof(...verbs.map((verb) => ({ arbitrary: fc.constant(verb), weight: weights[verb] }))),
      actor: fc.nat(people - 1),
      step: fc.integer({ min: 1, max: people - 1 }),
    })
    .map(({ verb, actor, step }) => ({ verb, actor, target: (actor + step) % people }));
}

interface Person {
  username: string;
  id: string;
}

async function peopleNamed(prefix: string, count: number): Promise<Person[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const username = `${prefix}-${n}`;
      return { username, id: await kith.idOf(username) };
    }),
  );
}

interface Answer {
  /** Codes of the top-level errors. */
  errors: string[];
  /** Codes of the payload's. */
  userErrors: string[];
}

const expectedFailures = new Set(['BLOCKED', 'NOT_FOUND', 'ALREADY_EXISTS', 'GONE']);

/** Counts the answers that no client may get, by what they say. */
class Complaints {
  readonly all: Record<string, number> = {};

  /** @param deleting whether who asked is deleting their account, and may be told that it is gone. */
  check(verb: string, { errors, userErrors }: Answer, deleting: boolean): void {
    const wrong = [
      ...errors.filter((code) => !deleting || code !== 'UNAUTHENTICATED'),
      ...userErrors.filter((code) => !expectedFailures.has(code)),
    ];
    for (const code of wrong) this.all[`${verb}: ${code}`] = (this.all[`${verb}: ${code}`] ?? 0) + 1;
  }
}

/** Does it, and asks for both ends. */
async function doDeed({
  verb,
  actor,
  target,
}: {
  verb: string;
  actor: Person;
  target: Person;
}): Promise<Answer> {
  const { errors, data } = await kith.send<Record<string, { userErrors: { code: string }[] } | null> | null>(
    `mutation { ${verb}(input: { userId: "${target.id}" }) {
      user { id stats { followers following } relationship { follows followedBy blocks hides } }
      viewer { user { id stats { followers following } } } userErrors { code } } }`,
    { as: actor.username },
  );
  return {
    errors: errors.map((e) => String(e.extensions?.code)),
    userErrors: data?.[verb]?.userErrors.map(({ code }) => code) ?? [],
  };
}

/** Runs the deeds, so many at a time, each writer going on with the next deed as soon as it has its answer. */
async function hammer<T>(jobs: readonly T[], writers: number, run: (job: T) => Promise<void>): Promise<void> {
  const queue = jobs.values();
  await Promise.all(
    Array.from({ length: writers }, async () => {
      for (const job of queue) await run(job);
    }),
  );
}

/** Counters equal what they count, and no follow stands beside a block. */
async function expectExact(): Promise<void> {
  const { db } = kith.database;
  const counted = (column: typeof follows.followerId | typeof follows.followeeId) =>
    sql<number>`(SELECT count(*)::int FROM ${follows} WHERE ${column} = ${userStats.userId})`;
  const rows = await db
    .select({
      username: users.username,
      stored: { followers: userStats.followers, following: userStats.following },
      followers: counted(follows.followeeId),
      following: counted(follows.followerId),
    })
    .from(userStats)
    .leftJoin(users, eq(users.id, userStats.userId));
  expect(rows.length).toBe(await db.$count(users));
  for (const { username, stored, ...real } of rows)
    expect({ username, ...stored }).toEqual({ username, ...real });
  const beside = await db
    .select()
    .from(follows)
    .innerJoin(
      blocks,
      sql`(${blocks.blockerId}, ${blocks.blockedId}) IN ((${follows.followerId}, ${follows.followeeId}), (${follows.followeeId}, ${follows.followerId}))`,
    );
  expect(beside).toEqual([]);
}

/** What the server logged of errors, each once: what a masked error was. */
function logged(): string {
  const errors = kith.logged.map((line) => JSON.parse(line)).filter(({ err }) => err);
  return [...new Set(errors.map(({ path, err }) => `${path}: ${err.message}`))].join('\n');
}

/** Samples of fast-check, with the seed that makes them again. */
function sample<T>(arbitrary: fc.Arbitrary<T>, count: number): { seed: number; all: T[] } {
  const seed = Math.trunc(Math.random() * 2 ** 31);
  return { seed, all: fc.sample(arbitrary, { seed, numRuns: count }) };
}

describe('rule 4: counters are exact after any interleaving of concurrent writes', () => {
  it.each([
    ['ten people, 2,000 deeds', 10, 2_000],
    ['two people, 400 deeds', 2, 400],
  ])(
    'rule 4: 50 parallel writers over %s: exact counters, no follow beside a block, no error but expected ones',
    async (name, count, runs) => {
      const people = await peopleNamed(`ham-${count}`, count);
      const { seed, all } = sample(deedsAmong(count), runs);
      const complaints = new Complaints();
      const seen = new Set<string>();
      await hammer(all, 50, async ({ verb, actor, target }) => {
        const [by, to] = [people[actor], people[target]];
        if (!by || !to) throw new Error('A deed is among the people.');
        const answer = await doDeed({ verb, actor: by, target: to });
        for (const code of answer.userErrors) seen.add(code);
        complaints.check(verb, answer, false);
      });
      expect(complaints.all, `${name}, seed ${seed}\n${logged()}`).toEqual({});
      // Or the people would hardly have met.
      expect(seen).toEqual(expectedFailures);
      await expectExact();
      // The API says the same as the database.
      const data = await kith.query<{ nodes: { stats: object; followers: object; following: object }[] }>(
        `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on User {
        stats { followers following } followers { totalCount } following { totalCount } } } }`,
        { variables: { ids: people.map(({ id }) => id) } },
      );
      for (const { stats, followers, following } of data.nodes) {
        expect({ followers, following }).toEqual(
          Object.fromEntries(Object.entries(stats).map(([side, totalCount]) => [side, { totalCount }])),
        );
      }
    },
  );

  it('rule 4: the same while accounts are deleted in the middle; only their own tokens get an error', async () => {
    const people = await peopleNamed('mid', 10);
    const { seed, all } = sample(deedsAmong(10), 600);
    const jobs: (Deed | { deleted: number })[] = [...all];
    // Three of them, one after another, each with others' deeds before, beside and behind it.
    for (const [n, deleted] of [2, 5, 8].entries()) jobs.splice(150 * (n + 1), 0, { deleted });
    const gone = new Set<number>();
    const complaints = new Complaints();
    await hammer(jobs, 50, async (job) => {
      if ('deleted' in job) {
        const username = people[job.deleted]?.username ?? '';
        // From the request on: what they do themself may be refused by now.
        gone.add(job.deleted);
        expect((await kith.mutate('deleteAccount', { username }, username)).userErrors).toEqual([]);
        return;
      }
      const [by, to] = [people[job.actor], people[job.target]];
      if (!by || !to) throw new Error('A deed is among the people.');
      const answer = await doDeed({ verb: job.verb, actor: by, target: to });
      complaints.check(job.verb, answer, gone.has(job.actor));
    });
    expect(complaints.all, `seed ${seed}\n${logged()}`).toEqual({});
    expect(gone.size).toBe(3);
    await expectExact();
    for (const [n, { username, id }] of people.entries()) {
      const { node } = await kith.query(`{ node(id: "${id}") { id } }`);
      expect(node, username).toEqual(gone.has(n) ? null : { id });
    }
  });

  it.each(verbs)(
    'rule 4: %s, by and towards somebody who is just deleting their account, never breaks',
    async (verb) => {
      const writers = await peopleNamed('last', 6);
      const complaints = new Complaints();
      for (let round = 0; round < 5; round++) {
        const [victim] = await peopleNamed(`brief-${verb}-${round}`, 1);
        if (!victim) throw new Error('There is nobody to delete.');
        const deeds = writers.flatMap((writer) => [
          { verb, actor: writer, target: victim },
          { verb, actor: victim, target: writer },
        ]);
        const answers = deeds.map(async (deed) => ({ deed, ...(await doDeed(deed)) }));
        const deletion = kith.mutate('deleteAccount', { username: victim.username }, victim.username);
        for (const { deed, ...answer } of await Promise.all(answers)) {
          complaints.check(verb, answer, deed.actor === victim);
        }
        expect((await deletion).userErrors).toEqual([]);
      }
      expect(complaints.all, logged()).toEqual({});
      await expectExact();
    },
  );

  it('rule 4: 20 parallel requests for the same thing do it once', async () => {
    const [ada, bob] = await peopleNamed('once', 2);
    if (!ada || !bob) throw new Error('There are two.');
    const all = async (verb: string) =>
      (await Promise.all(Array.from({ length: 20 }, () => doDeed({ verb, actor: ada, target: bob })))).map(
        (answer) => {
          expect(answer.errors).toEqual([]);
          return answer.userErrors.join();
        },
      );
    expect(new Set(await all('followUser'))).toEqual(new Set(['']));
    await expectExact();
    const stats = async () =>
      (await kith.query(`{ user(by: { username: "${bob.username}" }) { stats { followers } } }`)).user.stats;
    expect(await stats()).toEqual({ followers: 1 });
    expect(new Set(await all('unfollowUser'))).toEqual(new Set(['']));
    expect(await stats()).toEqual({ followers: 0 });
    expect((await all('blockUser')).toSorted()).toEqual(['', ...Array(19).fill('ALREADY_EXISTS')]);
    expect((await all('unblockUser')).toSorted()).toEqual(['', ...Array(19).fill('GONE')]);
    expect(new Set(await all('hideUser'))).toEqual(new Set(['']));
    expect(new Set(await all('unhideUser'))).toEqual(new Set(['']));
    await expectExact();
  });
});

describe('rule 5: the first valid token of an unknown subject creates the account', () => {
  it.each([2, 20])('rule 5: once, of %i parallel first requests', async (count) => {
    const { db } = kith.database;
    for (let round = 0; round < 3; round++) {
      const [before, claimed] = [await db.$count(users), await db.$count(claims)];
      const as = `newcomer-${count}-${round}`;
      const answers = await Promise.all(
        Array.from({ length: count }, () => kith.query('{ viewer { user { id username } } }', { as })),
      );
      const [first] = answers;
      expect(first.viewer.user.username).toBe(as);
      expect(answers).toEqual(Array(count).fill(first));
      expect(await db.$count(users)).toBe(before + 1);
      // Of each of the three things that a new account claims, one; of those that came too late, nothing is left.
      expect(await db.$count(claims)).toBe(claimed + 3);
    }
    await expectExact();
  });

  it('rule 5: parallel first requests of subjects that want the same username each get an account and a name', async () => {
    const subjects = ['Name.sake', 'name.sake', 'NAME.SAKE', 'name.SAKE'];
    const answers = await Promise.all(
      [...subjects, ...subjects].map((as) => kith.query('{ viewer { user { id username } } }', { as })),
    );
    const names = new Map(answers.map(({ viewer }) => [viewer.user.id, viewer.user.username.toLowerCase()]));
    expect([...names.values()].toSorted()).toEqual([
      'name.sake',
      'name.sake-2',
      'name.sake-3',
      'name.sake-4',
    ]);
    expect(answers.slice(0, 4)).toEqual(answers.slice(4));
  });
});

describe('rule 2: a username is unique', () => {
  it('rule 2: of parallel updateProfile to the same username exactly one wins, the others are TAKEN', async () => {
    const people = await peopleNamed('rival', 12);
    for (let round = 0; round < 3; round++) {
      const payloads = await Promise.all(
        people.map(({ username }, n) =>
          kith.mutate(
            'updateProfile',
            { username: n % 2 ? `Throne-${round}` : `throne-${round}`, tagline: `round ${round}` },
            username,
            'user { id username tagline }',
          ),
        ),
      );
      const winners = payloads.filter(({ user }) => user !== null);
      expect(winners).toHaveLength(1);
      expect(winners[0].userErrors).toEqual([]);
      for (const payload of payloads) {
        if (payload.user !== null) continue;
        expect(payload.userErrors).toEqual([
          { code: 'TAKEN', message: expect.any(String), path: ['username'] },
        ]);
      }
      const { user } = await kith.query(
        `{ user(by: { username: "throne-${round}" }) { id username tagline } }`,
      );
      expect(user).toEqual(winners[0].user);
    }
    // The last winner of each round, and nobody else, said so; all else of a refused change was refused as well.
    const data = await kith.query<{ nodes: { tagline: string | null }[] }>(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on User { tagline } } }',
      { variables: { ids: people.map(({ id }) => id) } },
    );
    const winnersEver = data.nodes.filter(({ tagline }) => tagline !== null);
    expect(winnersEver.length).toBeGreaterThanOrEqual(1);
    expect(winnersEver.length).toBeLessThanOrEqual(3);
  });
});
