// Every stored counter can be counted again, beside whoever writes.
import { getTableName, sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { tallies } from '../../src/cli/tallies.ts';
import { retrying } from '../../src/db/errors.ts';
import { recount, type Tally, type Wrong } from '../../src/db/recount.ts';
import { addCategory } from '../../src/features/categories/operator-store.ts';
import { useTestApp } from '../helpers/app.ts';
import { connectAll, crowd, type Person } from '../helpers/crowd.ts';
import { expectExactInboxes } from '../helpers/inbox.ts';
import { onePixel } from '../helpers/lists.ts';
import { rowsOf } from '../helpers/pictures.ts';
import { expectExactPosts } from '../helpers/written.ts';

const kith = useTestApp();

/** Counts all of it again, a few rows at once. */
async function recountAll(mend: boolean, size = 3): Promise<Wrong[]> {
  const found: Wrong[] = [];
  for (const tally of tallies) {
    for await (const { wrong } of recount(kith.database.db, tally, { mend, size })) found.push(...wrong);
  }
  return found;
}

const namesOf = ({ table, counts }: Tally) =>
  counts.map(({ column }) => `${getTableName(table)}.${column.name}`);
const isTime = (name: string) => name === 'post_stats.last_activity_at';
/** Those of which only what is too low is wrong. */
const isFloor = (name: string) => isTime(name) || name === 'inboxes.version';

/** Makes every counter too high by so much, and `floors` too low. */
async function spoil(by: number, floors: boolean): Promise<void> {
  for (const { table, counts } of tallies) {
    const changes = counts.flatMap(({ column }) => {
      const [name, of] = [`${getTableName(table)}.${column.name}`, sql.identifier(column.name)];
      if (isFloor(name) && !floors) return [];
      if (isTime(name)) return [sql`${of} = ${of} - ${by}::int * interval '1 day'`];
      return [sql`${of} = ${of} ${sql.raw(isFloor(name) ? '-' : '+')} ${by}::int`];
    });
    const { db } = kith.database;
    await retrying(async () => {
      await db.execute(sql`UPDATE ${table} SET ${sql.join(changes, sql`, `)}`);
    });
  }
}

interface Made {
  id: string;
  poll: { id: string; choices: { id: string }[] } | null;
}

async function act(name: string, input: object, by: Person, selection = ''): Promise<Record<string, Made>> {
  const payload = await kith.mutate(name, input, by.username, selection);
  expect(payload.userErrors, name).toEqual([]);
  return payload;
}

/** People with something of everything that is counted. */
async function community(prefix: string) {
  const people = await crowd(kith, prefix, 6);
  const [ada, bob, carol] = people;
  if (!ada || !bob || !carol) throw new Error('There are six.');
  await connectAll(kith, [[ada, bob]]);
  await act('requestConnection', { userId: ada.id }, carol);
  await act('createMember', { name: 'Listed' }, ada);
  await act('createMember', { name: 'Unlisted', isUnlisted: true }, ada);
  const image = { base64: onePixel };
  await act('createPrideFlag', { name: 'Flag', image }, ada);
  const { room } = await act(
    'createRoom',
    { kind: 'GROUP', name: 'Room', slug: `room-${prefix}`, isPublic: true },
    ada,
    'room { id }',
  );
  const slug = `category-${prefix}`;
  const id = crypto.randomUUID();
  await addCategory(kith.database.db, { id, name: slug, slug });
  const { category } = await kith.query(`{ category(by: { slug: "${slug}" }) { id } }`);
  const post = async (by: Person, input: object) => {
    const all = { visibility: 'PUBLIC', body: `Hello @${bob.username}`, ...input };
    const { post: made } = await act('createPost', all, by, 'post { id poll { id choices { id } } }');
    if (!made) throw new Error('There is no post.');
    return made;
  };
  const photo = await post(ada, { photos: [{ image }] });
  await post(ada, { title: 'Discussion' });
  await post(ada, { visibility: 'ROOM', roomId: room?.id });
  const { id: postId, poll } = await post(ada, { poll: { question: 'Which?', choices: ['a', 'b'] } });
  for (const fan of people.slice(1)) {
    await act('followUser', { userId: ada.id }, fan);
    await act('joinRoom', { roomId: room?.id }, fan);
    await act('followCategory', { categoryId: category.id }, fan);
    await act('likePost', { postId }, fan);
    await act('likePost', { postId: photo.id }, fan);
    await act('addComment', { postId, body: 'Yes' }, fan);
    await act('subscribeToPost', { postId }, fan);
    await act('markPostsSeen', { postIds: [postId] }, fan);
    await act('votePoll', { pollId: poll?.id, choiceIds: [poll?.choices[0]?.id] }, fan);
    await act('resharePost', { postId }, fan);
  }
  return { people, ada, room, category, postId, photo };
}

it('knows every counter that there is', async () => {
  const { db } = kith.database;
  const columns = rowsOf(
    await db.execute(sql`SELECT table_name || '.' || column_name AS name FROM information_schema.columns
      WHERE table_schema = 'public' AND data_type IN ('integer', 'bigint')`),
  ).map(({ name }) => String(name));
  // The number of an act among those that came to somebody, and what was brought along: they count nothing here.
  const numbers = [
    'notifications.version',
    'notifications.seen_version',
    'notification_actors.version',
    'exports.bytes',
    'poll_choices.imported_votes',
    'polls.imported_voters',
    'remotes.utc_offset',
  ];
  const known = tallies.flatMap(namesOf).filter((name) => !isTime(name));
  expect(columns.toSorted()).toEqual([...known, ...numbers].toSorted());
});

it('finds nothing wrong with what people do, everything that somebody makes wrong, and mends it', async () => {
  const { ada } = await community('whole');
  expect(await recountAll(false)).toEqual([]);
  const { stats: before } = (
    await kith.query(`{ node(id: "${ada.id}") { ... on User { stats {
    followers connections posts statuses discussions polls photos likesReceived } } } }`)
  ).node;
  expect(before).toEqual({
    followers: 5,
    connections: 1,
    posts: 3,
    statuses: 1,
    discussions: 1,
    polls: 1,
    photos: 1,
    likesReceived: 10,
  });
  await spoil(3, true);
  const found = await recountAll(false);
  expect(new Set(found.map(({ table, column }) => `${table}.${column}`))).toEqual(
    new Set(tallies.flatMap(namesOf)),
  );
  for (const { table, column, was, is } of found) {
    const name = `${table}.${column}`;
    // Numbers go up, and so do times as they are written.
    if (isFloor(name)) expect(was !== null && is > was, name).toBe(true);
    else expect(Number(was) - Number(is), name).toBe(3);
  }
  // Only looked at: it is all still wrong.
  expect(await recountAll(false)).toEqual(found);
  expect(await recountAll(true)).toEqual(found);
  expect(await recountAll(true)).toEqual([]);
  await expectExactPosts(kith);
  await expectExactInboxes(kith);
});

it('makes rows of counters that are missing', async () => {
  const { ada, postId } = await community('rows');
  const { db } = kith.database;
  const [user, post] = [ada.uuid, Buffer.from(postId, 'base64url').toString().split(':')[1]];
  await db.execute(sql`DELETE FROM user_stats WHERE user_id = ${user}`);
  await db.execute(sql`DELETE FROM post_stats WHERE post_id = ${post}`);
  const missing = [
    { table: 'post_stats', id: post, column: 'row', was: null, is: 'there' },
    { table: 'user_stats', id: user, column: 'row', was: null, is: 'there' },
  ];
  expect(await recountAll(false)).toEqual(missing);
  const mended = await recountAll(true);
  expect(mended.filter(({ was }) => was === null)).toEqual(missing);
  expect(mended).toContainEqual({ table: 'post_stats', id: post, column: 'likes', was: 0, is: 5 });
  expect(mended).toContainEqual({ table: 'user_stats', id: user, column: 'followers', was: 0, is: 5 });
  expect(await recountAll(false)).toEqual([]);
});

// The embedded database has one connection: there is nothing else meanwhile.
if (process.env.DATABASE_URL) {
  it('loses nothing of what is written meanwhile', async () => {
    const { people, ada, room, category, postId } = await community('busy');
    // What each of them does again and again, and takes back: all of it on the same few rows.
    const input = { postId };
    const deeds: [name: string, undo: string, input: object][] = [
      ['followUser', 'unfollowUser', { userId: ada.id }],
      ['likePost', 'unlikePost', input],
      ['subscribeToPost', 'unsubscribeFromPost', input],
      ['followCategory', 'unfollowCategory', { categoryId: category.id }],
      ['joinRoom', 'leaveRoom', { roomId: room?.id }],
    ];
    let writing = true;
    const write = async (by: Person, n: number) => {
      const [name, undo, what] = deeds[n % deeds.length] ?? ['', '', {}];
      for (let round = 0; round < 5; round++) {
        await kith.mutate(round % 2 === 0 ? undo : name, what, by.username);
        await kith.mutate('addComment', { ...input, body: `${round}` }, by.username);
        const { post } = await kith.mutate(
          'createPost',
          { visibility: 'PUBLIC', body: 'Gone' },
          by.username,
          'post { id }',
        );
        await kith.mutate('likePost', { postId: post.id }, ada.username);
        await kith.mutate('markNotificationsSeen', {}, by.username);
        await kith.mutate('deletePost', { postId: post.id }, by.username);
      }
    };
    const fans = people.slice(1);
    const writers = Promise.all(fans.flatMap((fan, n) => [write(fan, n), write(fan, n + 2)])).finally(() => {
      writing = false;
    });
    let rounds = 0;
    do {
      // Not what numbers acts: those that come meanwhile go by it.
      await spoil(1, false);
      await recountAll(true, 10);
      rounds++;
    } while (writing);
    await writers;
    // It was there to be mended while they wrote, more than once.
    expect(rounds).toBeGreaterThan(2);
    expect(await recountAll(false)).toEqual([]);
    await expectExactPosts(kith);
    await expectExactInboxes(kith);
    expect(kith.logged.filter((line) => JSON.parse(line).err)).toEqual([]);
  });

  it('waits for a write that has begun, and counts it', async () => {
    const { db } = kith.database;
    const [ada, bob] = await crowd(kith, 'begun', 2);
    if (!ada || !bob) throw new Error('There are two.');
    await db.execute(sql`UPDATE user_stats SET followers = 5 WHERE user_id = ${ada.uuid}`);
    let repairing: Promise<Wrong[]> | undefined;
    await db.transaction(async (tx) => {
      await tx.execute(sql`INSERT INTO follows VALUES (${bob.uuid}, ${ada.uuid}, now())`);
      await tx.execute(sql`UPDATE user_stats SET followers = followers + 1 WHERE user_id = ${ada.uuid}`);
      await tx.execute(sql`UPDATE user_stats SET following = following + 1 WHERE user_id = ${bob.uuid}`);
      repairing = recountAll(true, 500);
      // So long that it has come to the row that is written here.
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    });
    expect(await repairing).toEqual([
      { table: 'user_stats', id: ada.uuid, column: 'followers', was: 6, is: 1 },
    ]);
    expect(await recountAll(false, 500)).toEqual([]);
  });
}
