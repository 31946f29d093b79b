// UnseenCounts.posts and total: posts of others in the feed that are not marked seen, by domain rules 3.1, 3.2, 3.6, 3.7, 4
// and 5, as a query reads them and as a stream tells them.
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { scopes } from '../../src/auth/scopes.ts';
import { newId } from '../../src/db/uuid.ts';
import { posts, postViews } from '../../src/features/posts/table.ts';
import { encodeId } from '../../src/graphql/node.ts';
import { useTestApp } from '../helpers/app.ts';
import type { Person } from '../helpers/crowd.ts';
import { dealings } from '../helpers/dealings.ts';
import { testClock } from '../helpers/lists.ts';
import { type EventStream, eventually, memoryHub, startInstance, subscribe } from '../helpers/live.ts';
import { refusals, roomDeeds } from '../helpers/rooms.ts';
import { writePost } from '../helpers/written.ts';

const clock = testClock();
const kith = useTestApp({ now: clock.now });
const { newPeople, done, setStatus } = dealings(kith, clock);
const rooms = roomDeeds(kith, clock);

const withoutPrivate = scopes.filter((scope) => scope !== 'private:read').join(' ');

/** What somebody has not seen, in a query. */
async function unseenOf(who: Person, scope = scopes.join(' ')) {
  const { viewer } = await kith.query('{ viewer { unseen { total posts notifications } } }', {
    as: who.username,
    scope,
  });
  return viewer.unseen;
}
const postsOf = async (who: Person, scope?: string) => (await unseenOf(who, scope)).posts;

/** Posts something, for everybody unless given otherwise. */
async function say(author: Person, given: object = {}): Promise<string> {
  clock.tick(1);
  const input = { visibility: 'PUBLIC', body: 'Hello', ...given };
  const payload = await kith.mutate('createPost', input, author.username, 'post { id }');
  expect(refusals(payload)).toEqual([]);
  return payload.post.id;
}

async function see(by: Person, ...postIds: string[]): Promise<void> {
  expect(refusals(await kith.mutate('markPostsSeen', { postIds }, by.username))).toEqual([]);
}

/** So many posts of somebody's, one a millisecond. @returns their ids in the database, the newest first. */
async function writeMany(author: Person, count: number): Promise<string[]> {
  const rows = Array.from({ length: count }, () => {
    clock.tick(1);
    const at = clock.now();
    const id = newId(at);
    const all = { type: 'STATUS', visibility: 'PUBLIC', body: '', html: '', summary: '' } as const;
    return { id, authorId: author.uuid, slug: id, createdAt: at, updatedAt: at, ...all };
  });
  await kith.database.db.insert(posts).values(rows);
  return rows.map(({ id }) => id).toReversed();
}

const markAll = (by: Person, uuids: readonly string[]) =>
  kith.database.db.insert(postViews).values(uuids.map((postId) => ({ postId, userId: by.uuid })));

describe('how many posts are new', () => {
  it('rule 4: those of others in the feed, until they are marked seen', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    await done('followUser', ada, bob);
    await done('requestConnection', ada, carol);
    await done('acceptConnection', carol, ada);
    const room = await rooms.create(dan);
    await rooms.act('joinRoom', room, ada);
    expect(await postsOf(ada)).toBe(0);
    const [followed, connected] = [await say(bob), await say(carol, { visibility: 'CONNECTIONS' })];
    const inRoom = await say(dan, { visibility: 'ROOM', roomId: room.id });
    expect(await postsOf(ada)).toBe(3);
    // A stranger's, and what is for others.
    await say(dan);
    await say(bob, { visibility: 'CONNECTIONS' });
    expect(await postsOf(ada)).toBe(3);
    await see(bob, followed);
    expect(await postsOf(ada)).toBe(3);
    await see(ada, followed, connected);
    expect(await postsOf(ada)).toBe(1);
    await see(ada, followed, inRoom);
    expect(await postsOf(ada)).toBe(0);
  });

  it('none of one’s own, though they are in the feed', async () => {
    const [ada, bob] = await newPeople();
    const room = await rooms.create(ada);
    await rooms.act('joinRoom', room, bob);
    const inRoom = { visibility: 'ROOM', roomId: room.id };
    await say(ada);
    const own = await say(ada, inRoom);
    const { viewer } = await kith.query('{ viewer { feed { nodes { id } } } }', { as: ada.username });
    expect(viewer.feed.nodes).toEqual([{ id: own }]);
    expect([await postsOf(ada), await postsOf(bob)]).toEqual([0, 1]);
    await say(bob, inRoom);
    expect([await postsOf(ada), await postsOf(bob)]).toEqual([1, 1]);
  });

  it('a reshare counts as the feed has it: not beside what it reshares, nor beside a newer one', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    for (const followed of [bob, carol]) await done('followUser', ada, followed);
    const [near, far] = [await say(bob), await say(dan)];
    expect(await postsOf(ada)).toBe(1);
    const pass = async (by: Person, postId: string) => {
      clock.tick(1);
      const payload = await kith.mutate('resharePost', { postId }, by.username, 'post { id }');
      expect(refusals(payload)).toEqual([]);
      return payload.post.id;
    };
    await pass(carol, near);
    expect(await postsOf(ada)).toBe(1);
    await pass(bob, far);
    expect(await postsOf(ada)).toBe(2);
    const newer = await pass(carol, far);
    expect(await postsOf(ada)).toBe(2);
    await see(ada, newer);
    expect(await postsOf(ada)).toBe(1);
    await kith.mutate('deletePost', { postId: newer }, carol.username);
    expect(await postsOf(ada)).toBe(2);
    await kith.mutate('deletePost', { postId: far }, dan.username);
    expect(await postsOf(ada)).toBe(1);
  });

  it('rules 3.1, 3.2 and 3.7: none of whom they hide, or cannot find', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    const room = await rooms.create(bob);
    for (const other of [ada, carol, dan]) await rooms.act('joinRoom', room, other);
    for (const other of [bob, carol, dan]) await done('followUser', ada, other);
    const inRoom = { visibility: 'ROOM', roomId: room.id };
    for (const other of [bob, carol, dan]) await say(other, inRoom);
    await say(bob);
    expect(await postsOf(ada)).toBe(4);
    await done('hideUser', ada, bob);
    expect(await postsOf(ada)).toBe(2);
    await done('unhideUser', ada, bob);
    expect(await postsOf(ada)).toBe(4);
    await done('blockUser', carol, ada);
    expect(await postsOf(ada)).toBe(3);
    await done('blockUser', ada, dan);
    expect(await postsOf(ada)).toBe(2);
    await setStatus(bob, 'SUSPENDED');
    expect(await postsOf(ada)).toBe(0);
    await setStatus(bob, 'ACTIVE');
    expect(await postsOf(ada)).toBe(2);
    await done('unfollowUser', ada, bob);
    expect(await postsOf(ada)).toBe(1);
  });

  it('rule 5: without private:read only what is public', async () => {
    const [ada, bob, carol] = await newPeople();
    await done('followUser', ada, bob);
    const room = await rooms.create(carol);
    await rooms.act('joinRoom', room, ada);
    for (const visibility of ['PUBLIC', 'FOLLOWERS']) await say(bob, { visibility });
    await say(carol, { visibility: 'ROOM', roomId: room.id });
    expect([await postsOf(ada), await postsOf(ada, withoutPrivate)]).toEqual([3, 1]);
  });

  it('rule 4: total is notifications and posts; requests are apart', async () => {
    const [ada, bob, carol] = await newPeople();
    await done('followUser', ada, bob);
    const post = await say(bob, { body: `Hello @${ada.username}` });
    await say(bob);
    await done('requestConnection', carol, ada);
    expect(await unseenOf(ada)).toEqual({ posts: 2, notifications: 2, total: 4 });
    await see(ada, post);
    expect(await unseenOf(ada)).toEqual({ posts: 1, notifications: 2, total: 3 });
    await kith.mutate('markNotificationsSeen', {}, ada.username);
    expect(await unseenOf(ada)).toEqual({ posts: 1, notifications: 0, total: 1 });
  });

  it('rule 4: counts to 100 and stops there', async () => {
    const [ada, bob, carol] = await newPeople();
    await done('followUser', ada, bob);
    const all = await writeMany(bob, 130);
    await done('followUser', carol, ada);
    expect(await unseenOf(ada)).toEqual({ posts: 100, notifications: 1, total: 101 });
    await markAll(ada, all.slice(0, 29));
    expect(await postsOf(ada)).toBe(100);
    await see(ada, ...all.slice(29, 31).map((uuid) => encodeId('Post', uuid)));
    expect(await unseenOf(ada)).toEqual({ posts: 99, notifications: 1, total: 100 });
    await markAll(ada, all.slice(31));
    expect(await postsOf(ada)).toBe(0);
  });

  it('of the newest 200 of the feed: what is older is not new', async () => {
    const [ada, bob, carol] = await newPeople();
    await done('followUser', ada, bob);
    const all = await writeMany(bob, 230);
    await markAll(ada, all.slice(0, 150));
    expect(await postsOf(ada)).toBe(50);
    // What is not in the feed takes no place in it.
    await writeMany(carol, 50);
    expect(await postsOf(ada)).toBe(50);
    await writePost(kith, clock, bob);
    expect(await postsOf(ada)).toBe(50);
    await markAll(ada, all.slice(150, 199));
    expect(await postsOf(ada)).toBe(1);
    await markAll(ada, all.slice(199));
    await kith.database.db.delete(postViews).where(eq(postViews.postId, all.at(-1) ?? ''));
    expect(await postsOf(ada)).toBe(1);
  });

  it('the feed is read where it is asked for, once, and not otherwise', async () => {
    const [ada] = await newPeople();
    const read = async (fields: string) => {
      kith.database.statements.length = 0;
      await kith.query(`{ viewer { unseen { ${fields} } } }`, { as: ada.username });
      return kith.database.statements.filter((statement) => statement.includes('feed_kind')).length;
    };
    expect(await read('notifications connectionRequests')).toBe(0);
    for (const fields of ['posts', 'total', 'total posts', 'a: posts b: total c: posts']) {
      expect(await read(fields), fields).toBe(1);
    }
  });
});

describe('unseenChanged', () => {
  const all = 'unseenChanged { total posts notifications }';
  const streamOf = async ({ username }: Person, field = all, scope?: string): Promise<EventStream> =>
    subscribe(kith.fetch, field, await kith.token(username, scope));
  const told = (posts: number, notifications = 0) => ({
    posts,
    notifications,
    total: posts + notifications,
  });

  it('tells of each post that comes, of marking seen, of hiding, and of a notification with it', async () => {
    const [ada, bob, carol] = await newPeople();
    await done('followUser', ada, bob);
    const stream = await streamOf(ada);
    const first = await say(bob);
    expect(await stream.value()).toEqual(told(1));
    await say(bob, { visibility: 'FOLLOWERS' });
    expect(await stream.value()).toEqual(told(2));
    await see(ada, first);
    expect(await stream.value()).toEqual(told(1));
    await see(ada, first);
    await say(carol);
    await say(bob, { visibility: 'CONNECTIONS' });
    await done('followUser', carol, ada);
    expect(await stream.value()).toEqual(told(1, 1));
    await done('hideUser', ada, bob);
    expect(await stream.value()).toEqual(told(0, 1));
    expect(stream.waiting()).toEqual([]);
  });

  it.each(['total', 'posts', 't: total', '... on UnseenCounts { posts }'])('with %s', async (fields) => {
    const [ada, bob] = await newPeople();
    await done('followUser', ada, bob);
    const stream = await streamOf(ada, `unseenChanged { ${fields} }`);
    await say(bob);
    expect(Object.values(await stream.value())).toEqual([1]);
    expect(stream.waiting()).toEqual([]);
  });

  it('without total and posts: no event for posts, and the feed is not read', async () => {
    const [ada, bob, carol] = await newPeople();
    await done('followUser', ada, bob);
    const { statements } = kith.database;
    statements.length = 0;
    const stream = await streamOf(ada, 'unseenChanged { notifications connectionRequests }');
    const first = await say(bob);
    await see(ada, first);
    await done('followUser', carol, ada);
    expect(await stream.value()).toEqual({ notifications: 1, connectionRequests: 0 });
    await say(bob);
    await done('requestConnection', carol, ada);
    expect(await stream.value()).toEqual({ notifications: 2, connectionRequests: 1 });
    expect(stream.waiting()).toEqual([]);
    expect(statements.filter((one) => /look_up|AS person\(id\)/.test(one))).toEqual([]);
  });

  it('nothing for one’s own post in a room; something for everybody else there', async () => {
    const [ada, bob, carol] = await newPeople();
    const room = await rooms.create(ada);
    await rooms.act('joinRoom', room, bob);
    const streams = [
      await streamOf(ada, 'unseenChanged { posts }'),
      await streamOf(bob, 'unseenChanged { posts }'),
    ];
    await say(ada, { visibility: 'ROOM', roomId: room.id });
    expect(await streams[1]?.value()).toEqual({ posts: 1 });
    await rooms.act('joinRoom', room, carol);
    await say(carol, { visibility: 'ROOM', roomId: room.id });
    expect([await streams[0]?.value(), await streams[1]?.value()]).toEqual([{ posts: 1 }, { posts: 2 }]);
    expect(streams.flatMap((stream) => stream.waiting())).toEqual([]);
  });

  it('rule 5: without private:read nothing for what is not public', async () => {
    const [ada, bob] = await newPeople();
    await done('followUser', ada, bob);
    const stream = await streamOf(ada, 'unseenChanged { posts }', withoutPrivate);
    await say(bob, { visibility: 'FOLLOWERS' });
    await say(bob);
    expect(await stream.value()).toEqual({ posts: 1 });
    expect(stream.waiting()).toEqual([]);
  });

  it('a post that goes is noticed when it looks again', async () => {
    const [ada, bob] = await newPeople();
    await done('followUser', ada, bob);
    const post = await say(bob);
    const stream = await streamOf(ada);
    await kith.mutate('deletePost', { postId: post }, bob.username);
    await kith.mutate('markNotificationsSeen', { notificationIds: [] }, ada.username);
    expect(await stream.value()).toEqual(told(0));
  });

  it('hears of posts on other instances, and of what is seen there', async () => {
    const hub = memoryHub();
    const [here, there] = [
      await startInstance(kith, { bus: hub.bus() }),
      await startInstance(kith, { bus: hub.bus() }),
    ];
    const [ada, bob] = await newPeople();
    await done('followUser', ada, bob);
    const stream = await subscribe(here.overSocket, all, await kith.token(ada.username));
    await eventually(() => here.app.openStreams() === 1, 'the stream');
    const act = async (field: string, { username }: Person) => {
      const response = await there.overSocket('/graphql', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${await kith.token(username)}`,
        },
        body: JSON.stringify({ query: `mutation { done: ${field} }` }),
      });
      const { data } = await response.json();
      expect(data.done.userErrors).toEqual([]);
      return data.done;
    };
    const { post } = await act(
      'createPost(input: { visibility: PUBLIC, body: "Hi" }) { post { id } userErrors { code } }',
      bob,
    );
    expect(await stream.value()).toEqual(told(1));
    await act(`markPostsSeen(input: { postIds: ["${post.id}"] }) { userErrors { code } }`, ada);
    expect(await stream.value()).toEqual(told(0));
    expect(stream.waiting()).toEqual([]);
  });
});
