// Domain rule 2, polls: what they are made of, who may vote and how often, who sees what came out.
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { transaction } from '../../src/db/errors.ts';
import { newId } from '../../src/db/uuid.ts';
import { pollChoices, polls, pollVoters, pollVotes } from '../../src/features/polls/table.ts';
import { insertPoll } from '../../src/features/polls/write-store.ts';
import { posts, type postVisibilities } from '../../src/features/posts/table.ts';
import { encodeId } from '../../src/graphql/node.ts';
import { useTestApp } from '../helpers/app.ts';
import type { Person } from '../helpers/crowd.ts';
import { dealings } from '../helpers/dealings.ts';
import { expectExactInboxes } from '../helpers/inbox.ts';
import { testClock } from '../helpers/lists.ts';

const clock = testClock();
const kith = useTestApp({ now: clock.now });
const { more, newPeople, done, deleteAccount, toldOf } = dealings(kith, clock);
const hour = 3_600_000;

const fields = `id question multipleChoice isHidden showsVoters isClosed expiresAt createdAt updatedAt votersCount
  viewerHasVoted post { id }
  choices { id text position votesCount viewerVoted voters { totalCount nodes { username } } }`;

interface SeenChoice {
  id: string;
  text: string;
  position: number;
  votesCount: number | null;
  viewerVoted: boolean;
  voters: { totalCount: number; nodes: { username: string }[] };
}
interface SeenPoll {
  id: string;
  isClosed: boolean;
  updatedAt: string;
  votersCount: number;
  viewerHasVoted: boolean;
  post: { id: string };
  choices: SeenChoice[];
}

interface VotersPage {
  nodes: { username: string }[];
  pageInfo: { endCursor: string | null; hasNextPage: boolean };
}

interface PollPlan {
  visibility?: (typeof postVisibilities)[number];
  choices?: string[];
  multipleChoice?: boolean;
  isHidden?: boolean;
  showsVoters?: boolean;
  expiresAt?: Date | null;
}
interface Made {
  id: string;
  postId: string;
  choices: string[];
}

/** Posts with a poll each, straight into the database, with the ids that clients know all of it by. */
async function makePolls(author: Person, plans: readonly PollPlan[]): Promise<Made[]> {
  const at = clock.now();
  const postIds = await transaction(kith.database.db, async (tx) => {
    const ids: string[] = [];
    for (const { visibility = 'PUBLIC', choices = ['Tea', 'Coffee', 'Water'], ...flags } of plans) {
      const id = newId(at);
      await tx.insert(posts).values({
        id,
        authorId: author.uuid,
        type: 'POLL',
        visibility,
        slug: id,
        body: '',
        html: '',
        summary: '',
        createdAt: at,
        updatedAt: at,
      });
      const poll = { multipleChoice: false, isHidden: false, showsVoters: false, ...flags };
      await insertPoll(tx, id, { question: 'What do you drink?', choices, ...poll }, at);
      ids.push(encodeId('Post', id));
    }
    return ids;
  });
  const { nodes } = await kith.query(
    'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Post { id poll { id choices { id } } } } }',
    { as: author.username, variables: { ids: postIds } },
  );
  return nodes.map(({ id, poll }: { id: string; poll: SeenPoll }) => ({
    id: poll.id,
    postId: id,
    choices: poll.choices.map((choice) => choice.id),
  }));
}

async function makePoll(author: Person, plan: PollPlan = {}): Promise<Made> {
  const [made] = await makePolls(author, [plan]);
  if (!made) throw new Error('It was not made.');
  return made;
}

/** The poll as somebody sees it, who may be nobody; null where they do not. */
async function seen(made: Made, by: Person | null, scope?: string): Promise<SeenPoll | null> {
  const { node } = await kith.query(`query ($id: ID!) { node(id: $id) { ... on Poll { ${fields} } } }`, {
    as: by?.username,
    variables: { id: made.id },
    ...(scope === undefined ? {} : { scope }),
  });
  return node;
}

/** How many chose what, as somebody sees it. */
const counts = async (made: Made, by: Person | null) =>
  (await seen(made, by))?.choices.map(({ votesCount }) => votesCount);

const vote = (made: { id: string }, by: Person, choiceIds: readonly string[]) =>
  kith.mutate('votePoll', { pollId: made.id, choiceIds }, by.username, `poll { ${fields} }`);
/** Somebody votes for the choices of these places. */
const voteFor = async (made: Made, by: Person, ...places: number[]): Promise<SeenPoll> => {
  clock.tick(1);
  const chosen = places.map((place) => made.choices[place] ?? '');
  const { poll, userErrors } = await vote(made, by, chosen);
  expect(userErrors).toEqual([]);
  return poll;
};
const close = (made: { id: string }, by: Person) =>
  kith.mutate('closePoll', { pollId: made.id }, by.username, `poll { ${fields} }`);
const refused = (code: string, ...path: string[]) => ({
  poll: null,
  userErrors: [{ code, message: expect.any(String), path }],
});

/** Every stored counter of a poll equals what it counts. */
async function expectExactPolls(): Promise<void> {
  const { db } = kith.database;
  const stored = await db.select({ id: polls.id, count: polls.voters }).from(polls);
  const voters = await db
    .select({ id: pollVoters.pollId, count: sql<number>`count(*)::int` })
    .from(pollVoters)
    .groupBy(pollVoters.pollId);
  const storedVotes = await db.select({ id: pollChoices.id, count: pollChoices.votes }).from(pollChoices);
  const votes = await db
    .select({ id: pollVotes.choiceId, count: sql<number>`count(*)::int` })
    .from(pollVotes)
    .groupBy(pollVotes.choiceId);
  const countIn = (rows: typeof stored) => {
    const byId = new Map(rows.map(({ id, count }) => [id, count]));
    return ({ id }: { id: string }) => ({ id, count: byId.get(id) ?? 0 });
  };
  expect(stored).toEqual(stored.map(countIn(voters)));
  expect(storedVotes).toEqual(storedVotes.map(countIn(votes)));
}

describe('what a poll is made of', () => {
  const good = { question: ' What? ', choices: ['a', ' b '] };
  /** A post of a new person's with this poll, as its payload says. */
  const ask = async (changes: object) => {
    const [ada] = await newPeople();
    const input = { visibility: 'PUBLIC', poll: { ...good, ...changes } };
    return kith.mutate(
      'createPost',
      input,
      ada.username,
      `post { type poll { question multipleChoice isHidden showsVoters isClosed expiresAt choices { text position } } }`,
    );
  };
  /** Codes and paths of what is wrong with it. */
  const faults = async (changes: object): Promise<string[]> => {
    const { post, userErrors } = await ask(changes);
    expect(post === null).toBe(userErrors.length > 0);
    return userErrors.map(({ code, path }: { code: string; path: string[] }) => [code, ...path].join(' '));
  };
  const long = '𝒳'.repeat(255);

  it('is trimmed, and open and plain unless it is said otherwise', async () => {
    const poll = {
      question: 'What?',
      multipleChoice: false,
      isHidden: false,
      showsVoters: false,
      isClosed: false,
      expiresAt: null,
      choices: [
        { text: 'a', position: 0 },
        { text: 'b', position: 1 },
      ],
    };
    expect(await ask({})).toEqual({ post: { type: 'POLL', poll }, userErrors: [] });
    const flags = { multipleChoice: true, isHidden: true, showsVoters: true };
    expect(await ask(flags)).toEqual({ post: { type: 'POLL', poll: { ...poll, ...flags } }, userErrors: [] });
  });

  it('has a question of 1–255 characters on one line', async () => {
    expect(await faults({ question: long })).toEqual([]);
    expect(await faults({ question: ' ' })).toEqual(['TOO_SHORT poll question']);
    expect(await faults({ question: `${long}!` })).toEqual(['TOO_LONG poll question']);
    expect(await faults({ question: 'a\nb' })).toEqual(['INVALID poll question']);
  });

  it('has 2–20 choices of 1–255 characters', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => `choice ${n}`);
    expect(await faults({ choices: many(20) })).toEqual([]);
    expect(await faults({ choices: many(21) })).toEqual(['TOO_MANY poll choices']);
    expect(await faults({ choices: many(1) })).toEqual(['TOO_SHORT poll choices']);
    expect(await faults({ choices: [] })).toEqual(['TOO_SHORT poll choices']);
    const two = ['TOO_LONG poll choices 1', 'TOO_SHORT poll choices 2'];
    expect(await faults({ choices: [long, `${long}!`, ''] })).toEqual(two);
  });

  it('ends in the future, if it does', async () => {
    const at = clock.now().getTime();
    expect(await faults({ expiresAt: null })).toEqual([]);
    expect(await faults({ expiresAt: new Date(at + 1) })).toEqual([]);
    expect(await faults({ expiresAt: new Date(at) })).toEqual(['INVALID poll expiresAt']);
  });
});

describe('a poll', () => {
  it('says what is asked, in its order, to everybody who sees its post', async () => {
    const [ada] = await newPeople();
    const expiresAt = new Date(clock.now().getTime() + hour);
    const made = await makePoll(ada, { multipleChoice: true, showsVoters: true, expiresAt });
    const at = clock.now().toISOString();
    const choice = { votesCount: 0, viewerVoted: false, voters: { totalCount: 0, nodes: [] } };
    expect(await seen(made, null)).toEqual({
      id: made.id,
      question: 'What do you drink?',
      multipleChoice: true,
      isHidden: false,
      showsVoters: true,
      isClosed: false,
      expiresAt: expiresAt.toISOString(),
      createdAt: at,
      updatedAt: at,
      votersCount: 0,
      viewerHasVoted: false,
      post: { id: made.postId },
      choices: ['Tea', 'Coffee', 'Water'].map((text, position) => ({
        ...choice,
        id: made.choices[position],
        text,
        position,
      })),
    });
  });

  it('is found by those who see its post, and so are its choices', async () => {
    const [ada, bob, carol] = await newPeople();
    const open = await makePoll(ada);
    const forFollowers = await makePoll(ada, { visibility: 'FOLLOWERS' });
    await done('followUser', bob, ada);
    await done('blockUser', carol, ada);
    const found = async (made: Made, as: Person | null, scope?: string) => {
      const { nodes } = await kith.query('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', {
        as: as?.username,
        variables: { ids: [made.id, made.choices[0]] },
        ...(scope === undefined ? {} : { scope }),
      });
      return nodes.map((node: { __typename: string } | null) => node?.__typename ?? null);
    };
    const all = ['Poll', 'PollChoice'];
    expect(await found(open, null)).toEqual(all);
    expect(await found(open, carol)).toEqual([null, null]);
    expect(await found(forFollowers, ada)).toEqual(all);
    expect(await found(forFollowers, bob)).toEqual(all);
    expect(await found(forFollowers, bob, 'public:read')).toEqual([null, null]);
    expect(await found(forFollowers, null)).toEqual([null, null]);
    expect(await found(forFollowers, carol)).toEqual([null, null]);
  });

  it('takes as many statements for many polls as for one', async () => {
    const [ada, bob, carol] = await newPeople();
    const made = await makePolls(
      ada,
      Array.from({ length: 6 }, () => ({ showsVoters: true, isHidden: true })),
    );
    for (const poll of made) {
      await voteFor(poll, bob, 0);
      await voteFor(poll, carol, 1);
    }
    const statementsFor = async (some: readonly Made[]) => {
      kith.database.statements.length = 0;
      const { nodes } = await kith.query(
        `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Post { poll { ${fields} } } } }`,
        { as: bob.username, variables: { ids: some.map(({ postId }) => postId) } },
      );
      expect(nodes.map(({ poll }: { poll: SeenPoll }) => poll.votersCount)).toEqual(some.map(() => 2));
      return kith.database.statements.length;
    };
    const one = await statementsFor(made.slice(0, 1));
    expect(one).toBeGreaterThan(4);
    expect(await statementsFor(made)).toBe(one);
  });
});

describe('voting', () => {
  it('counts one vote of each, for one choice', async () => {
    const [ada, bob, carol] = await newPeople();
    const made = await makePoll(ada);
    const poll = await voteFor(made, bob, 1);
    expect(poll).toMatchObject({ votersCount: 1, viewerHasVoted: true });
    expect(poll.choices.map((c) => [c.votesCount, c.viewerVoted])).toEqual([
      [0, false],
      [1, true],
      [0, false],
    ]);
    await voteFor(made, ada, 1);
    await voteFor(made, carol, 2);
    expect(await counts(made, null)).toEqual([0, 2, 1]);
    expect(await seen(made, null)).toMatchObject({ votersCount: 3, viewerHasVoted: false });
  });

  it('takes several choices where the poll allows it, each once', async () => {
    const [ada, bob] = await newPeople();
    const made = await makePoll(ada, { multipleChoice: true });
    await voteFor(made, bob, 2, 0, 2);
    expect(await counts(made, null)).toEqual([1, 0, 1]);
    expect(await seen(made, bob)).toMatchObject({ votersCount: 1, viewerHasVoted: true });
  });

  it('again is ALREADY_EXISTS, whatever is chosen', async () => {
    const [ada, bob] = await newPeople();
    const made = await makePoll(ada);
    const [tea = '', coffee = ''] = made.choices;
    await voteFor(made, bob, 0);
    for (const choice of [tea, coffee]) {
      expect(await vote(made, bob, [choice])).toEqual(refused('ALREADY_EXISTS', 'pollId'));
    }
    expect(await counts(made, null)).toEqual([1, 0, 0]);
  });

  it('for nothing is TOO_SHORT; for several where one is asked, and for more than there can be, TOO_MANY', async () => {
    const [ada, bob] = await newPeople();
    const made = await makePoll(ada);
    const [tea = '', coffee = ''] = made.choices;
    expect(await vote(made, bob, [])).toEqual(refused('TOO_SHORT', 'choiceIds'));
    expect(await vote(made, bob, [tea, coffee])).toEqual(refused('TOO_MANY', 'choiceIds'));
    expect(await vote(made, bob, Array(21).fill(tea))).toEqual(refused('TOO_MANY', 'choiceIds'));
    expect(await seen(made, bob)).toMatchObject({ votersCount: 0, viewerHasVoted: false });
    // The same one twice is one.
    await voteFor(made, bob, 0, 0);
  });

  it('for what is no choice of the poll is NOT_FOUND with its place, and nothing counts', async () => {
    const [ada, bob] = await newPeople();
    const made = await makePoll(ada, { multipleChoice: true });
    const other = await makePoll(ada);
    const [tea = ''] = made.choices;
    for (const wrong of [other.choices[0] ?? '', 'garbage', made.id, encodeId('PollChoice', ada.uuid)]) {
      expect(await vote(made, bob, [tea, wrong])).toEqual(refused('NOT_FOUND', 'choiceIds', '1'));
    }
    expect((await vote(made, bob, ['x', tea, 'y'])).userErrors).toMatchObject([
      { code: 'NOT_FOUND', path: ['choiceIds', '0'] },
      { code: 'NOT_FOUND', path: ['choiceIds', '2'] },
    ]);
    expect(await seen(made, bob)).toMatchObject({ votersCount: 0, viewerHasVoted: false });
    await voteFor(made, bob, 0);
  });

  it('in a poll that one does not see is NOT_FOUND', async () => {
    const [ada, bob, carol] = await newPeople();
    await done('followUser', bob, ada);
    await done('blockUser', ada, carol);
    const open = await makePoll(ada);
    const forFollowers = await makePoll(ada, { visibility: 'FOLLOWERS' });
    const notFound = refused('NOT_FOUND', 'pollId');
    expect(await vote(open, carol, open.choices.slice(0, 1))).toEqual(notFound);
    expect(await vote(forFollowers, carol, forFollowers.choices.slice(0, 1))).toEqual(notFound);
    for (const id of ['garbage', open.postId, encodeId('Poll', ada.uuid)]) {
      expect(await vote({ id }, bob, open.choices.slice(0, 1))).toEqual(notFound);
    }
    const document = 'mutation ($input: VotePollInput!) { votePoll(input: $input) { userErrors { code } } }';
    const input = { pollId: forFollowers.id, choiceIds: forFollowers.choices.slice(0, 1) };
    const blind = await kith.query(document, {
      as: bob.username,
      scope: 'interactions',
      variables: { input },
    });
    expect(blind.votePoll.userErrors).toEqual([{ code: 'NOT_FOUND' }]);
    await voteFor(forFollowers, bob, 0);
    expect(await counts(open, null)).toEqual([0, 0, 0]);
  });

  it('needs a token with the scope interactions', async () => {
    const [ada, bob] = await newPeople();
    const made = await makePoll(ada);
    const document = 'mutation ($input: VotePollInput!) { votePoll(input: $input) { userErrors { code } } }';
    const variables = { input: { pollId: made.id, choiceIds: made.choices.slice(0, 1) } };
    const errorsOf = async (as: string | null, scope: string) =>
      (await kith.send(document, { as, scope, variables })).errors.map((e) => e.extensions);
    expect(await errorsOf(null, '')).toMatchObject([{ code: 'UNAUTHENTICATED' }]);
    expect(await errorsOf(bob.username, 'public:modify')).toMatchObject([
      { code: 'FORBIDDEN', requiredScope: 'interactions' },
    ]);
    expect(await errorsOf(bob.username, 'interactions')).toEqual([]);
  });

  it('ends with the voter’s account', async () => {
    const [ada, bob, carol] = await newPeople();
    const made = await makePoll(ada, { multipleChoice: true, showsVoters: true });
    await voteFor(made, bob, 0, 1);
    await voteFor(made, carol, 1);
    await deleteAccount(bob);
    expect(await counts(made, null)).toEqual([0, 1, 0]);
    expect(await seen(made, null)).toMatchObject({ votersCount: 1 });
  });

  it('is counted exactly, whoever votes at the same time, and each person once', async () => {
    const [ada] = await newPeople();
    const voters = await more(20);
    const single = await makePoll(ada, { showsVoters: true });
    const several = await makePoll(ada, { multipleChoice: true });
    const answers = await Promise.all([
      ...voters.map((by, n) => vote(single, by, [single.choices[n % 3] ?? ''])),
      ...voters.map((by) => vote(several, by, several.choices)),
    ]);
    expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual([]);
    expect(await counts(single, null)).toEqual([7, 7, 6]);
    expect(await counts(several, null)).toEqual([20, 20, 20]);
    const again = await makePoll(ada, { showsVoters: true });
    const [bob] = voters;
    if (!bob) throw new Error('There are twenty.');
    const tries = await Promise.all(
      Array.from({ length: 10 }, (_, n) => vote(again, bob, [again.choices[n % 3] ?? ''])),
    );
    const codes = tries.flatMap(({ userErrors }) => userErrors.map(({ code }: { code: string }) => code));
    expect(codes).toEqual(Array(9).fill('ALREADY_EXISTS'));
    expect(await seen(again, bob)).toMatchObject({ votersCount: 1 });
    expect((await counts(again, bob))?.toSorted()).toEqual([0, 0, 1]);
    await expectExactPolls();
    await expectExactInboxes(kith);
  });
});

describe('results', () => {
  const hidden = [null, null, null];

  it('of a hidden poll are seen by its author, by those who have voted, and by all once it is closed', async () => {
    const [ada, bob, carol] = await newPeople();
    const made = await makePoll(ada, { isHidden: true, showsVoters: true });
    const votersOf = async (by: Person | null) =>
      (await seen(made, by))?.choices.map(({ voters }) => [
        voters.totalCount,
        voters.nodes.map((n) => n.username),
      ]);
    const nobody = made.choices.map(() => [0, []]);
    const shown = [
      [1, [bob.username]],
      [0, []],
      [0, []],
    ];
    expect(await counts(made, bob)).toEqual(hidden);
    const poll = await voteFor(made, bob, 0);
    expect(poll.choices.map(({ votesCount }) => votesCount)).toEqual([1, 0, 0]);
    expect(await counts(made, bob)).toEqual([1, 0, 0]);
    expect(await votersOf(bob)).toEqual(shown);
    expect(await counts(made, ada)).toEqual([1, 0, 0]);
    expect(await votersOf(ada)).toEqual(shown);
    for (const other of [carol, null]) {
      expect(await counts(made, other)).toEqual(hidden);
      expect(await votersOf(other)).toEqual(nobody);
      expect(await seen(made, other)).toMatchObject({ votersCount: 1, viewerHasVoted: false });
    }
    expect((await close(made, ada)).userErrors).toEqual([]);
    for (const other of [carol, null]) {
      expect(await counts(made, other)).toEqual([1, 0, 0]);
      expect(await votersOf(other)).toEqual(shown);
    }
  });

  it('of a hidden poll are seen by all once it has ended', async () => {
    const [ada, bob] = await newPeople();
    const made = await makePoll(ada, { isHidden: true, expiresAt: new Date(clock.now().getTime() + hour) });
    await voteFor(made, bob, 2);
    expect(await counts(made, null)).toEqual(hidden);
    clock.tick(hour);
    expect(await counts(made, null)).toEqual([0, 0, 1]);
  });

  it('say who voted only where the poll shows it: the last to vote first, without whom the viewer cannot find', async () => {
    const [ada, bob, carol, dan, eve] = await newPeople();
    const silent = await makePoll(ada);
    const made = await makePoll(ada, { multipleChoice: true, showsVoters: true });
    for (const by of [bob, carol, dan]) {
      await voteFor(silent, by, 0);
      await voteFor(made, by, 0);
    }
    await voteFor(made, eve, 0, 1);
    const votersOf = async (poll: Made, by: Person | null) =>
      (await seen(poll, by))?.choices.map(({ voters }) => ({
        count: voters.totalCount,
        names: voters.nodes.map(({ username }) => username),
      }));
    const names = (...people: Person[]) => ({
      count: people.length,
      names: people.map(({ username }) => username),
    });
    for (const by of [ada, bob, null]) {
      expect(await votersOf(silent, by)).toEqual([names(), names(), names()]);
      expect(await votersOf(made, by)).toEqual([names(eve, dan, carol, bob), names(eve), names()]);
    }
    await done('blockUser', carol, bob);
    expect(await votersOf(made, bob)).toEqual([names(eve, dan, bob), names(eve), names()]);
    expect(await votersOf(made, carol)).toEqual([names(eve, dan, carol), names(eve), names()]);
    expect(await votersOf(made, dan)).toEqual([names(eve, dan, carol, bob), names(eve), names()]);
    // The counts are the same for everybody.
    expect(await counts(made, bob)).toEqual([4, 1, 0]);
    expect(await counts(made, dan)).toEqual([4, 1, 0]);
  });

  it('are read page by page', async () => {
    const [ada] = await newPeople();
    const made = await makePoll(ada, { showsVoters: true });
    const voters = await more(5);
    for (const by of voters) await voteFor(made, by, 0);
    const names: string[] = [];
    let after: string | null = null;
    for (const hasNextPage of [true, true, false]) {
      const { node }: { node: { voters: VotersPage } } = await kith.query(
        `query ($id: ID!, $after: String) { node(id: $id) { ... on PollChoice {
          voters(first: 2, after: $after) { nodes { username } pageInfo { endCursor hasNextPage } } } } }`,
        { variables: { id: made.choices[0], after } },
      );
      names.push(...node.voters.nodes.map(({ username }) => username));
      expect(node.voters.pageInfo.hasNextPage).toBe(hasNextPage);
      after = node.voters.pageInfo.endCursor;
    }
    expect(names).toEqual(voters.map(({ username }) => username).toReversed());
  });
});

describe('the author', () => {
  it('is told who voted, where the poll shows it', async () => {
    const [ada, bob, carol] = await newPeople();
    const made = await makePoll(ada, { showsVoters: true });
    await voteFor(made, bob, 0);
    await voteFor(made, ada, 0);
    await voteFor(made, carol, 1);
    expect(await toldOf(ada)).toMatchObject([
      {
        kind: 'POLL_VOTED',
        actors: [carol.username, bob.username],
        actorsCount: 2,
        subject: { __typename: 'Post', id: made.postId },
      },
    ]);
  });

  it('is told nothing where it does not', async () => {
    const [ada, bob] = await newPeople();
    await voteFor(await makePoll(ada), bob, 0);
    expect(await toldOf(ada)).toEqual([]);
  });
});

describe('the end', () => {
  it('comes by itself, to the millisecond: voting is GONE then', async () => {
    const [ada, bob, carol] = await newPeople();
    const made = await makePoll(ada, { expiresAt: new Date(clock.now().getTime() + hour) });
    clock.tick(hour - 2);
    await voteFor(made, bob, 0);
    expect(await seen(made, null)).toMatchObject({ isClosed: false });
    clock.tick(1);
    expect(await seen(made, null)).toMatchObject({ isClosed: true });
    expect(await vote(made, carol, made.choices.slice(0, 1))).toEqual(refused('GONE', 'pollId'));
    // Whoever has voted hears the same.
    expect(await vote(made, bob, made.choices.slice(0, 1))).toEqual(refused('GONE', 'pollId'));
    expect(await counts(made, null)).toEqual([1, 0, 0]);
  });

  it('comes when the author closes it; closing it again changes nothing', async () => {
    const [ada, bob] = await newPeople();
    const made = await makePoll(ada);
    clock.tick(5);
    const at = clock.now().toISOString();
    const first = await close(made, ada);
    expect(first).toMatchObject({ poll: { isClosed: true, updatedAt: at }, userErrors: [] });
    clock.tick(5);
    expect(await close(made, ada)).toEqual(first);
    expect(await vote(made, bob, made.choices.slice(0, 1))).toEqual(refused('GONE', 'pollId'));
  });

  it('that has come by itself stays where it is when the author closes the poll', async () => {
    const [ada] = await newPeople();
    const made = await makePoll(ada, { expiresAt: new Date(clock.now().getTime() + 1) });
    const at = clock.now().toISOString();
    clock.tick(1);
    expect(await close(made, ada)).toMatchObject({ poll: { isClosed: true, updatedAt: at }, userErrors: [] });
  });

  it('is the author’s to make: FORBIDDEN for others who see the poll, NOT_FOUND for those who do not', async () => {
    const [ada, bob, carol] = await newPeople();
    await done('blockUser', ada, carol);
    const made = await makePoll(ada);
    const forFollowers = await makePoll(ada, { visibility: 'FOLLOWERS' });
    expect(await close(made, bob)).toEqual(refused('FORBIDDEN', 'pollId'));
    expect(await close(made, carol)).toEqual(refused('NOT_FOUND', 'pollId'));
    expect(await close(forFollowers, bob)).toEqual(refused('NOT_FOUND', 'pollId'));
    for (const id of ['garbage', made.postId, encodeId('Poll', ada.uuid)]) {
      expect(await close({ id }, ada)).toEqual(refused('NOT_FOUND', 'pollId'));
    }
    expect(await seen(made, ada)).toMatchObject({ isClosed: false });
    expect(await seen(forFollowers, ada)).toMatchObject({ isClosed: false });
  });

  it('needs the scope of the post’s visibility', async () => {
    const [ada] = await newPeople();
    const open = await makePoll(ada);
    const forFollowers = await makePoll(ada, { visibility: 'FOLLOWERS' });
    const closeWith = async ({ id }: Made, scope: string) => {
      const document =
        'mutation ($input: ClosePollInput!) { closePoll(input: $input) { userErrors { code } } }';
      const { data, errors } = await kith.send(document, {
        as: ada.username,
        scope: `private:read ${scope}`,
        variables: { input: { pollId: id } },
      });
      return errors.length > 0 ? errors.map((e) => e.extensions) : data.closePoll.userErrors;
    };
    const lacks = (requiredScope: string) => [{ code: 'FORBIDDEN', requiredScope }];
    expect(await closeWith(open, 'private:modify')).toMatchObject(lacks('public:modify'));
    expect(await closeWith(forFollowers, 'public:modify')).toMatchObject(lacks('private:modify'));
    expect(await seen(open, ada)).toMatchObject({ isClosed: false });
    expect(await seen(forFollowers, ada)).toMatchObject({ isClosed: false });
    expect(await closeWith(open, 'public:modify')).toEqual([]);
    expect(await closeWith(forFollowers, 'private:modify')).toEqual([]);
    expect(await seen(forFollowers, ada)).toMatchObject({ isClosed: true });
  });

  it('and votes at the same moment: whoever is answered without an error has voted', async () => {
    const [ada] = await newPeople();
    const voters = await more(10);
    const made = await makePoll(ada);
    const votes = voters.map((by) => vote(made, by, made.choices.slice(0, 1)));
    const [closed, ...answers] = await Promise.all([close(made, ada), ...votes]);
    expect(closed.userErrors).toEqual([]);
    const counted = answers.filter(({ userErrors }) => userErrors.length === 0).length;
    const late = answers.filter(({ userErrors }) => userErrors[0]?.code === 'GONE').length;
    expect(counted + late).toBe(voters.length);
    expect(await counts(made, null)).toEqual([counted, 0, 0]);
  });
});
