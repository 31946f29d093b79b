// The questions that write: one person follows another, then no longer does, over and over.
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type postgres from 'postgres';
import type { Contestant } from './contestants.ts';
import { answerTo } from './sent.ts';

export type Verb = 'follow' | 'unfollow';

interface Person {
  id: string;
  username: string;
}
/** One who does not follow the other. */
export interface Pair {
  follower: Person;
  followee: Person;
}

export interface Write {
  name: string;
  /** A connection each, so that no two have a pair in common: every follow finds none, every unfollow one. */
  lists: readonly (readonly Pair[])[];
}

const payload = `userErrors { code message path }
  user { id username followers { totalCount } relationship { follows followedBy } }`;

/** What Kith is sent. */
export const documents: Record<Verb, string> = {
  follow: `mutation Follow($userId: ID!) { followUser(input: { userId: $userId }) { ${payload} } }`,
  unfollow: `mutation Unfollow($userId: ID!) { unfollowUser(input: { userId: $userId }) { ${payload} } }`,
};

/** The id of a person as Kith gives it. */
export const userId = (id: string): string => Buffer.from(`User:${id}`).toString('base64url');

const pairsOfConnection = 40;

/** The questions, about people who do not follow each other: the same each time for the same database. */
export async function takeWrites(sql: postgres.Sql, connections: number): Promise<Write[]> {
  const limit = connections * pairsOfConnection;
  const spread = await sql<Pair[]>`
    WITH people AS (
      SELECT id, json_build_object('id', id, 'username', username) AS person,
        row_number() OVER (ORDER BY md5('follows' || username)) AS one,
        row_number() OVER (ORDER BY md5('is followed' || username)) AS other
      FROM users JOIN user_stats ON user_id = id WHERE following > 0
    )
    SELECT one.person AS follower, other.person AS followee FROM people one JOIN people other ON other.other = one.one
    WHERE one.id <> other.id AND NOT EXISTS (SELECT FROM follows WHERE follower_id = one.id AND followee_id = other.id)
    ORDER BY one.one LIMIT ${limit}`;
  const hot = await sql<Pair[]>`
    WITH celebrity AS (
      SELECT id, username FROM user_stats JOIN users ON id = user_id ORDER BY followers DESC LIMIT 1
    )
    SELECT json_build_object('id', u.id, 'username', u.username) AS follower,
      json_build_object('id', c.id, 'username', c.username) AS followee
    FROM celebrity c CROSS JOIN users u JOIN user_stats ON user_id = u.id
    WHERE following > 0 AND u.id <> c.id AND NOT EXISTS (SELECT FROM follows WHERE follower_id = u.id AND followee_id = c.id)
    ORDER BY md5(u.username) LIMIT ${limit}`;
  return [
    { name: 'follow + unfollow, spread', lists: split(spread, connections) },
    { name: 'follow + unfollow, one celebrity', lists: split(hot, connections) },
  ];
}

function split(pairs: readonly Pair[], connections: number): Pair[][] {
  if (pairs.length < connections) throw new Error('There are too few people for so many connections.');
  return Array.from({ length: connections }, (_, connection) =>
    pairs.filter((_, i) => i % connections === connection),
  );
}

/**
 * Lets Kith and the hand-written server write the first pairs one after the other.
 * @throws when the answers differ, or the rows that are there afterwards.
 */
export async function compareWrites(
  sql: postgres.Sql,
  write: Write,
  contestants: readonly Contestant[],
): Promise<void> {
  for (const [pair] of write.lists.slice(0, 10)) {
    if (!pair) continue;
    const before = await rowsAbout(sql, pair);
    const all: unknown[] = [];
    for (const contestant of contestants) {
      const outcome: unknown[] = [];
      for (const verb of ['follow', 'unfollow'] as const) {
        outcome.push(await ask(contestant, verb, pair), await rowsAbout(sql, pair));
      }
      const [, followed, , after] = outcome;
      if (!isDeepStrictEqual(after, before) || isDeepStrictEqual(followed, before))
        throw new Error(`${write.name}: ${contestant.name} did not do it: ${JSON.stringify(outcome)}`);
      all.push(outcome);
    }
    if (all.some((outcome) => !isDeepStrictEqual(outcome, all[0])))
      throw new Error(
        `${write.name}: the outcomes differ: ${all.map((one) => JSON.stringify(one)).join(' ')}`,
      );
  }
}

async function ask(contestant: Contestant, verb: Verb, pair: Pair): Promise<unknown> {
  return contestant.writes && answerTo(contestant.url, contestant.writes(verb, pair));
}

/** All that a follow changes, but for ids, times and how often it has happened. */
function rowsAbout(sql: postgres.Sql, { follower, followee }: Pair): Promise<unknown> {
  return sql`
    SELECT theirs.following, stats.followers, inbox.unseen,
      EXISTS (SELECT FROM follows WHERE follower_id = ${follower.id} AND followee_id = ${followee.id}) AS follows,
      ARRAY(
        SELECT json_build_object('kind', n.kind, 'type', n.subject_type, 'subject', n.subject_id, 'actors', n.actors_count,
          'unseen', n.is_unseen, 'newest', n.version = inbox.version, 'took', n.updated_at > n.created_at)
        FROM notifications n WHERE n.receiver_id = ${followee.id} ORDER BY n.id) AS told,
      ARRAY(
        SELECT json_build_object('actor', a.actor_id, 'receiver', a.receiver_id, 'newest', a.version = n.version,
          'at', a.acted_at = n.updated_at)
        FROM notification_actors a JOIN notifications n ON n.id = a.notification_id
        WHERE n.receiver_id = ${followee.id} ORDER BY a.version) AS acts
    FROM user_stats stats JOIN inboxes inbox USING (user_id), user_stats theirs
    WHERE stats.user_id = ${followee.id} AND theirs.user_id = ${follower.id}`.then((rows) => [...rows]);
}

/** Takes back the follows that the end of a run left behind: of each connection, what was on its way. */
export async function takeBack(sql: postgres.Sql, contestant: Contestant, { lists }: Write): Promise<void> {
  const pairs = lists.flat();
  const followers = pairs.map(({ follower }) => follower.id);
  const followees = pairs.map(({ followee }) => followee.id);
  let looksWithout = 0;
  for (let look = 0; look < 50 && looksWithout < 2; look++) {
    await wait(200);
    const left = await sql<{ place: number }[]>`
      SELECT (place - 1)::int AS place FROM unnest(${followers}::uuid[], ${followees}::uuid[])
        WITH ORDINALITY AS pairs(follower, followee, place)
      JOIN follows ON follower_id = follower AND followee_id = followee`;
    looksWithout = left.length === 0 ? looksWithout + 1 : 0;
    await Promise.all(
      left.map(async ({ place }) => {
        const pair = pairs[place];
        return pair && ask(contestant, 'unfollow', pair);
      }),
    );
  }
  if (looksWithout < 2) throw new Error(`${contestant.name} does not take back the follows.`);
}

/** What a run must leave as it was: every follow, every counter, how much people are told. */
export async function stateOf(sql: postgres.Sql): Promise<unknown> {
  const [state] = await sql`
    SELECT (SELECT sum(hashtextextended(f::text, 0)) FROM follows f) AS follows,
      (SELECT sum(hashtextextended(s::text, 0)) FROM user_stats s) AS counters,
      (SELECT sum(unseen) FROM inboxes) AS unseen,
      (SELECT count(*) FROM notifications) AS notifications, (SELECT count(*) FROM notification_actors) AS acts`;
  return state;
}
