// Every list of the schema: how it is filled, how it is read, and what its pages have to be like.
import { eq, inArray } from 'drizzle-orm';
import { expect } from 'vitest';
import { newId } from '../../src/db/uuid.ts';
import { categories } from '../../src/features/categories/table.ts';
import { exports } from '../../src/features/exports/table.ts';
import { users } from '../../src/features/users/table.ts';
import { decodeId, encodeId } from '../../src/graphql/node.ts';
import type { TestApp } from './app.ts';
import { crowd, type Person } from './crowd.ts';
import { writePost } from './written.ts';

/** A clock that only goes when it is told to, so that ties in one millisecond can be had. */
export interface Clock {
  now: () => Date;
  tick: (milliseconds: number) => void;
}

export function testClock(): Clock {
  let at = Date.parse('2026-05-01T12:00:00.000Z');
  return {
    now: () => new Date(at),
    tick: (milliseconds) => {
      at += milliseconds;
    },
  };
}

/** A list with something in it. */
export interface Filled {
  /** Who reads it: a username, or nobody. */
  as: string | null;
  /** The field it hangs under, with its arguments; null at the root. */
  under: string | null;
  /** All who are in it, in its order, and the time that lies on each edge. */
  entries: readonly { person: Person; at: Date }[];
  /** Takes somebody out of it again. */
  remove: (person: Person) => Promise<unknown>;
}

export interface ListCase {
  name: string;
  /** The type that has it, and its field. */
  on: 'Query' | 'User' | 'Viewer' | 'Aspect' | 'Room' | 'Post' | 'Category' | 'PollChoice';
  field: string;
  /** Arguments besides those of every list. */
  args: string;
  /** The edge's own time, where it has one. */
  time: string | null;
  /** The nodes' field that is `username` here, or the person or people of theirs who have it. */
  label: string | { person: string };
  /** Fills a new list: one entry for each of the steps, which are the milliseconds from one entry to the next. */
  fill: (steps: readonly number[]) => Promise<Filled>;
}

/** Most entries that a list can be filled with. */
export const mostEntries = 14;
const word = 'kindred';

/** All lists of the schema. */
export function listCases(kith: TestApp, clock: Clock): ListCase[] {
  let made = 0;
  const nobodyYet = async () => {
    const username = `owner-${++made}`;
    return { username, id: await kith.idOf(username) };
  };
  /** Half of them are what one searches for, half are like it. */
  const nameOf = (n: number) => (n < mostEntries / 2 ? 'Kindred Spirit' : 'Kindled Spirit');
  let peers: Promise<Person[]> | undefined;
  const some = async (count: number) => {
    peers ??= crowd(kith, 'peer', mostEntries, (n) => ({ displayName: nameOf(n), searchable: false }));
    return (await peers).slice(0, count);
  };

  /** A list that fills by somebody doing something at a time of the clock. */
  const timed = async (
    steps: readonly number[],
    enter: (person: Person) => Promise<unknown>,
  ): Promise<Filled['entries']> => {
    const entries: { person: Person; at: Date }[] = [];
    for (const [n, person] of (await some(steps.length)).entries()) {
      clock.tick(steps[n] ?? 0);
      await enter(person);
      entries.push({ person, at: clock.now() });
    }
    return entries.sort(newestFirst);
  };
  /** What somebody makes at each of the steps, in that order. */
  const making = async (
    steps: readonly number[],
    make: (n: number) => Promise<{ username: string; id: string }>,
  ): Promise<Filled['entries'][number][]> => {
    const entries: Filled['entries'][number][] = [];
    for (const [n, step] of steps.entries()) {
      clock.tick(step);
      const { username, id } = await make(n);
      entries.push({ person: { username, id, uuid: decodeId(id)?.id ?? '' }, at: clock.now() });
    }
    return entries;
  };
  const done = async (name: string, userId: string, as: string) =>
    expect((await kith.mutate(name, { userId }, as)).userErrors).toEqual([]);

  /** A room of this person's. */
  const roomOf = async (owner: string, name: string, other: object = {}): Promise<string> => {
    const input = { name, kind: 'GROUP', slug: `room-${++made}`, ...other };
    const { room, userErrors } = await kith.mutate('createRoom', input, owner, 'room { id }');
    expect(userErrors).toEqual([]);
    return room.id;
  };

  /** A category, as operators make them. */
  const newCategory = async (slug: string): Promise<{ username: string; id: string }> => {
    const id = newId(clock.now());
    await kith.database.db.insert(categories).values({ id, name: `The ${slug}`, slug });
    return { username: slug, id: encodeId('Category', id) };
  };

  /** A public post of somebody's, unless given otherwise, by its body. */
  const newPost = async (
    as: string,
    body: string,
    given: object = {},
    selection = 'id',
  ): Promise<{ username: string; id: string; photos?: { id: string }[] }> => {
    const input = { visibility: 'PUBLIC', body, ...given };
    const { post, userErrors } = await kith.mutate('createPost', input, as, `post { ${selection} }`);
    expect(userErrors).toEqual([]);
    return { username: body, ...post };
  };
  const deletePost = async (postId: string, as: string) =>
    expect((await kith.mutate('deletePost', { postId }, as)).userErrors).toEqual([]);

  /** Connects the two: whoever has not asked yet does so. */
  const connect = async (one: { username: string; id: string }, other: { username: string; id: string }) => {
    await done('requestConnection', other.id, one.username);
    await done('requestConnection', one.id, other.username);
  };

  /** Those who join at these steps, and nobody else, let themselves be listed. */
  const listOnly = async (steps: readonly number[]): Promise<Filled['entries']> => {
    const { db } = kith.database;
    const entries: { person: Person; at: Date }[] = [];
    await db.update(users).set({ searchable: false });
    for (const [n, person] of (await some(steps.length)).entries()) {
      clock.tick(steps[n] ?? 0);
      await db
        .update(users)
        .set({ createdAt: clock.now(), searchable: true })
        .where(inArray(users.id, [person.uuid]));
      entries.push({ person, at: clock.now() });
    }
    return entries;
  };
  const unlist = ({ username }: Person) =>
    kith.mutate('updateSettings', { privacy: { searchable: false } }, username);
  const atRoot = (
    name: string,
    field: string,
    args: string,
    order: (entries: Filled['entries']) => Filled['entries'],
  ): ListCase => ({
    name,
    on: 'Query',
    field,
    args,
    time: null,
    label: 'username',
    fill: async (steps) => ({
      as: null,
      under: null,
      entries: order(await listOnly(steps)),
      remove: unlist,
    }),
  });

  return [
    atRoot('users, NEWEST', 'users', 'orderBy: NEWEST', (all) => all.toSorted(newestFirst)),
    atRoot('users, OLDEST', 'users', 'orderBy: OLDEST', (all) => all.toSorted(newestFirst).reverse()),
    atRoot('users, USERNAME', 'users', 'orderBy: USERNAME', (all) =>
      all.toSorted((a, b) => (a.person.username < b.person.username ? -1 : 1)),
    ),
    atRoot('searchUsers', 'searchUsers', `query: "${word}"`, (all) =>
      // Equal scores among those of one name: then it goes by id, the later first.
      ['Kindred Spirit', 'Kindled Spirit'].flatMap((name) =>
        all.filter((_, n) => nameOf(n) === name).toSorted((a, b) => descending(a.person.uuid, b.person.uuid)),
      ),
    ),
    {
      name: 'User.followers',
      on: 'User',
      field: 'followers',
      args: '',
      time: 'followedAt',
      label: 'username',
      fill: async (steps) => {
        const owner = await nobodyYet();
        return {
          as: null,
          under: userBy(owner.username),
          entries: await timed(steps, ({ username }) => done('followUser', owner.id, username)),
          remove: ({ username }) => done('unfollowUser', owner.id, username),
        };
      },
    },
    {
      name: 'User.following',
      on: 'User',
      field: 'following',
      args: '',
      time: 'followedAt',
      label: 'username',
      fill: async (steps) => {
        const owner = await nobodyYet();
        return {
          as: null,
          under: userBy(owner.username),
          entries: await timed(steps, ({ id }) => done('followUser', id, owner.username)),
          remove: ({ id }) => done('unfollowUser', id, owner.username),
        };
      },
    },
    {
      name: 'User.mutualFollowers',
      on: 'User',
      field: 'mutualFollowers',
      args: '',
      time: 'followedAt',
      label: 'username',
      fill: async (steps) => {
        const [owner, viewer, onlyFollower, onlyFollowed] = [
          await nobodyYet(),
          await nobodyYet(),
          await nobodyYet(),
          await nobodyYet(),
        ];
        await done('followUser', owner.id, onlyFollower.username);
        await done('followUser', onlyFollowed.id, viewer.username);
        return {
          as: viewer.username,
          under: userBy(owner.username),
          entries: await timed(steps, async ({ id, username }) => {
            await done('followUser', owner.id, username);
            await done('followUser', id, viewer.username);
          }),
          remove: ({ id }) => done('unfollowUser', id, viewer.username),
        };
      },
    },
    ...(['block', 'hide'] as const).map((verb): ListCase => {
      const [field, time] = verb === 'block' ? ['blockedUsers', 'blockedAt'] : ['hiddenUsers', 'hiddenAt'];
      return {
        name: `Viewer.${field}`,
        on: 'Viewer',
        field,
        args: '',
        time,
        label: 'username',
        fill: async (steps) => {
          const viewer = await nobodyYet();
          return {
            as: viewer.username,
            under: 'viewer',
            entries: await timed(steps, ({ id }) => done(`${verb}User`, id, viewer.username)),
            remove: ({ id }) => done(`un${verb}User`, id, viewer.username),
          };
        },
      };
    }),
    {
      name: 'User.connections',
      on: 'User',
      field: 'connections',
      args: '',
      time: 'connectedAt',
      label: 'username',
      fill: async (steps) => {
        const owner = await nobodyYet();
        // Whoever asked, and whenever: what counts is when they were connected.
        for (const [n, { id, username }] of (await some(steps.length)).entries()) {
          if (n % 2) await done('requestConnection', id, owner.username);
          else await done('requestConnection', owner.id, username);
        }
        return {
          as: null,
          under: userBy(owner.username),
          entries: await timed(steps, (person) => connect(owner, person)),
          remove: ({ username }) => done('removeConnection', owner.id, username),
        };
      },
    },
    {
      name: 'User.mutualConnections',
      on: 'User',
      field: 'mutualConnections',
      args: '',
      time: 'connectedAt',
      label: 'username',
      fill: async (steps) => {
        const [owner, viewer, onlyOwners, onlyViewers] = [
          await nobodyYet(),
          await nobodyYet(),
          await nobodyYet(),
          await nobodyYet(),
        ];
        await connect(owner, onlyOwners);
        await connect(viewer, onlyViewers);
        return {
          as: viewer.username,
          under: userBy(owner.username),
          entries: await timed(steps, async (person) => {
            await connect(person, viewer);
            await connect(owner, person);
          }),
          remove: ({ id }) => done('removeConnection', id, viewer.username),
        };
      },
    },
    ...(['RECEIVED', 'SENT', 'SENT, ACCEPTED', 'SENT, rejected', 'RECEIVED, REJECTED'] as const).map(
      (name): ListCase => {
        const [direction, status] = name.split(', ');
        const shown = status === 'ACCEPTED' || status === 'REJECTED' ? status : null;
        return {
          name: `Viewer.connectionRequests, ${name}`,
          on: 'Viewer',
          field: 'connectionRequests',
          args: `direction: ${direction}, status: ${shown}`,
          time: null,
          label: { person: 'peer' },
          fill: async (steps) => {
            const viewer = await nobodyYet();
            const [from, to] = [
              (peer: Person) => (direction === 'SENT' ? viewer : peer),
              (peer: Person) => (direction === 'SENT' ? peer : viewer),
            ];
            // What else there is between people is in no list of these.
            const [other, another] = [await nobodyYet(), await nobodyYet()];
            await connect(viewer, other);
            if (shown === 'ACCEPTED') await done('removeConnection', other.id, viewer.username);
            if (direction === 'SENT') await done('requestConnection', viewer.id, another.username);
            else await done('requestConnection', another.id, viewer.username);
            const answer = status?.startsWith('A') ? 'acceptConnection' : 'rejectConnection';
            // Every other one of those rejected was withdrawn: what is in the list is their asking again.
            const again = new Set<Person>();
            if (status === 'rejected') {
              for (const peer of (await some(steps.length)).filter((_, n) => n % 2)) {
                again.add(peer);
                await done('requestConnection', peer.id, viewer.username);
                await done('rejectConnection', viewer.id, peer.username);
                await done('cancelConnectionRequest', peer.id, viewer.username);
              }
            }
            const entries = await timed(steps, async (peer) => {
              await done('requestConnection', to(peer).id, from(peer).username);
              if (status !== undefined && !again.has(peer))
                await done(answer, from(peer).id, to(peer).username);
            });
            // Of one millisecond, requests go by their own ids, which are random.
            const { viewer: read } = await kith.query(
              `{ viewer { ${direction}: connectionRequests(first: 100, direction: ${direction}, status: ${shown}) { nodes { id peer { username } } } } }`,
              { as: viewer.username },
            );
            const nodes: { id: string; peer: { username: string } }[] = read[direction ?? ''].nodes;
            const uuidOf = ({ person }: Filled['entries'][number]) =>
              decodeId(nodes.find(({ peer }) => peer.username === person.username)?.id ?? '')?.id ?? '';
            return {
              as: viewer.username,
              under: 'viewer',
              entries: entries.toSorted(
                (a, b) => b.at.getTime() - a.at.getTime() || descending(uuidOf(a), uuidOf(b)),
              ),
              remove: (peer) =>
                done(
                  shown === 'ACCEPTED' ? 'removeConnection' : 'cancelConnectionRequest',
                  to(peer).id,
                  from(peer).username,
                ),
            };
          },
        };
      },
    ),
    {
      name: 'Aspect.users',
      on: 'Aspect',
      field: 'users',
      args: '',
      time: null,
      label: 'username',
      fill: async (steps) => {
        const owner = await nobodyYet();
        const { aspect } = await kith.mutate(
          'createAspect',
          { name: 'Kin' },
          owner.username,
          'aspect { id }',
        );
        // Whom one follows is no matter, nor since when: what counts is when they were added.
        for (const { id } of await some(steps.length)) await done('followUser', id, owner.username);
        const put = async (name: string, userId: string) =>
          expect(
            (await kith.mutate(name, { aspectId: aspect.id, userId }, owner.username)).userErrors,
          ).toEqual([]);
        return {
          as: owner.username,
          under: `node(id: "${aspect.id}")`,
          entries: await timed(steps, ({ id }) => put('addToAspect', id)),
          remove: ({ id }) => put('removeFromAspect', id),
        };
      },
    },
    ...(['User', 'Viewer'] as const).map(
      (on): ListCase => ({
        name: `${on}.members`,
        on,
        field: 'members',
        args: '',
        time: null,
        label: 'memberName',
        fill: async (steps) => {
          const owner = await nobodyYet();
          const entries = await making(steps, async (n) => {
            const name = `Member ${String(n).padStart(2, '0')}`;
            const { member } = await kith.mutate('createMember', { name }, owner.username, 'member { id }');
            return { username: name, id: member.id };
          });
          return {
            as: on === 'Viewer' ? owner.username : null,
            under: on === 'Viewer' ? 'viewer' : userBy(owner.username),
            entries,
            remove: ({ id }) => kith.mutate('deleteMember', { memberId: id }, owner.username),
          };
        },
      }),
    ),
    ...([false, true] as const).map(
      (unseenOnly): ListCase => ({
        name: `Viewer.notifications${unseenOnly ? ', unseenOnly' : ''}`,
        on: 'Viewer',
        field: 'notifications',
        args: `unseenOnly: ${unseenOnly}`,
        time: null,
        label: { person: 'actors' },
        fill: async (steps) => {
          const viewer = await nobodyYet();
          const told = async (name: string) => {
            await done('requestConnection', viewer.id, name);
            return viewer;
          };
          // What was seen is in the list of all of them only.
          if (unseenOnly) {
            await told((await nobodyYet()).username);
            await kith.mutate('markNotificationsSeen', {}, viewer.username);
          }
          const entries = await timed(steps, ({ username }) => told(username));
          return {
            as: viewer.username,
            under: 'viewer',
            // In the order that they came in, be it in one millisecond.
            entries: (await some(steps.length))
              .toReversed()
              .flatMap((peer) => entries.filter(({ person }) => person === peer)),
            remove: ({ username }) => done('cancelConnectionRequest', viewer.id, username),
          };
        },
      }),
    ),
    {
      name: 'Room.members',
      on: 'Room',
      field: 'members',
      args: '',
      time: 'joinedAt',
      label: 'username',
      fill: async (steps) => {
        const owner = await nobodyYet();
        const roomId = await roomOf(owner.username, 'Everybody');
        // Whose room it is, is in it as well; here out of sight, so that the list begins empty.
        await kith.database.db
          .update(users)
          .set({ status: 'SUSPENDED' })
          .where(inArray(users.username, [owner.username]));
        const act = async (name: string, as: string) =>
          expect((await kith.mutate(name, { roomId }, as)).userErrors).toEqual([]);
        return {
          as: null,
          under: `room(by: { id: "${roomId}" })`,
          entries: await timed(steps, ({ username }) => act('joinRoom', username)),
          remove: ({ username }) => act('leaveRoom', username),
        };
      },
    },
    ...(
      [
        ['User.rooms', '', true],
        ['Viewer.rooms', '', false],
        ['Viewer.rooms, by name and kind', 'name: "ROOM", kind: PAGE', false],
      ] as const
    ).map(([name, args, isPublic]): ListCase => {
      const isUser = name.startsWith('User');
      return {
        name,
        on: isUser ? 'User' : 'Viewer',
        field: 'rooms',
        args,
        time: null,
        label: 'name',
        fill: async (steps) => {
          const owner = await nobodyYet();
          // What the list leaves out.
          if (isUser) await roomOf(owner.username, 'Private room', { isPublic: false });
          if (args !== '') {
            await roomOf(owner.username, 'Room, but a group');
            await roomOf(owner.username, 'Page of another name', { kind: 'PAGE' });
          }
          const entries = await making(steps, async (n) => {
            const title = `Room ${n}`;
            const kind = args === '' ? 'GROUP' : 'PAGE';
            return { username: title, id: await roomOf(owner.username, title, { isPublic, kind }) };
          });
          return {
            as: isUser ? null : owner.username,
            under: isUser ? userBy(owner.username) : 'viewer',
            entries: entries.toSorted(newestFirst),
            remove: ({ id }) => kith.mutate('deleteRoom', { roomId: id }, owner.username),
          };
        },
      };
    }),
    {
      name: 'Viewer.roomInvitations',
      on: 'Viewer',
      field: 'roomInvitations',
      args: '',
      time: null,
      label: 'name',
      fill: async (steps) => {
        const [viewer, host] = [await nobodyYet(), await nobodyYet()];
        const entries = await making(steps, async (n) => {
          const title = `Room ${n}`;
          const roomId = await roomOf(host.username, title, { isPublic: false });
          const invited = { roomId, userIds: [viewer.id] };
          expect((await kith.mutate('inviteToRoom', invited, host.username)).userErrors).toEqual([]);
          return { username: title, id: roomId };
        });
        return {
          as: viewer.username,
          under: 'viewer',
          entries: entries.toSorted(newestFirst),
          remove: ({ id }) => kith.mutate('declineRoomInvite', { roomId: id }, viewer.username),
        };
      },
    },
    {
      name: 'Query.categories',
      on: 'Query',
      field: 'categories',
      args: '',
      time: null,
      label: 'slug',
      fill: async (steps) => {
        const { db } = kith.database;
        await db.delete(categories);
        // Made in another order than that of the list.
        const entries = await making(steps, (n) => newCategory(`category-${'kcmaidfblhgjne'.charAt(n)}`));
        return {
          as: null,
          under: null,
          entries: entries.toSorted((a, b) => (a.person.username < b.person.username ? -1 : 1)),
          remove: ({ uuid }) => db.delete(categories).where(inArray(categories.id, [uuid])),
        };
      },
    },
    {
      name: 'User.categories',
      on: 'User',
      field: 'categories',
      args: '',
      time: null,
      label: 'slug',
      fill: async (steps) => {
        const owner = await nobodyYet();
        const follow = async (name: string, categoryId: string) =>
          expect((await kith.mutate(name, { categoryId }, owner.username)).userErrors).toEqual([]);
        // Nobody else's are in it.
        await newCategory(`followed-${++made}`);
        const entries = await making(steps, async () => {
          const category = await newCategory(`followed-${++made}`);
          await follow('followCategory', category.id);
          return category;
        });
        return {
          as: null,
          under: userBy(owner.username),
          entries: entries.toSorted(newestFirst),
          remove: ({ id }) => follow('unfollowCategory', id),
        };
      },
    },
    {
      name: 'Viewer.exports',
      on: 'Viewer',
      field: 'exports',
      args: '',
      time: null,
      label: 'id',
      fill: async (steps) => {
        const owner = await nobodyYet();
        const { db } = kith.database;
        // More often than anybody may ask for one.
        const entries = await making(steps, async () => {
          const [uuid, createdAt] = [newId(clock.now()), clock.now()];
          await db
            .insert(exports)
            .values({ id: uuid, userId: decodeId(owner.id)?.id ?? '', state: 'FAILED', createdAt });
          const id = encodeId('Export', uuid);
          return { username: id, id };
        });
        return {
          as: owner.username,
          under: 'viewer',
          entries: entries.toSorted(newestFirst),
          remove: ({ uuid }) => db.delete(exports).where(eq(exports.id, uuid)),
        };
      },
    },
    {
      name: 'Viewer.prideFlags',
      on: 'Viewer',
      field: 'prideFlags',
      args: '',
      time: null,
      label: 'name',
      fill: async (steps) => {
        const owner = await nobodyYet();
        const entries = await making(steps, async (n) => {
          const input = { name: `Flag ${n}`, image: { base64: onePixel } };
          const { flag } = await kith.mutate('createPrideFlag', input, owner.username, 'flag { id }');
          return { username: input.name, id: flag.id };
        });
        return {
          as: owner.username,
          under: 'viewer',
          entries: entries.toSorted(newestFirst),
          remove: ({ id }) => kith.mutate('deletePrideFlag', { flagId: id }, owner.username),
        };
      },
    },
    {
      name: 'Post.likes',
      on: 'Post',
      field: 'likes',
      args: '',
      time: 'likedAt',
      label: 'username',
      fill: async (steps) => {
        const author = await nobodyYet();
        const post = await writePost(kith, clock, { uuid: decodeId(author.id)?.id ?? '' });
        const act = async (name: string, as: string) =>
          expect((await kith.mutate(name, { postId: post.id }, as)).userErrors).toEqual([]);
        return {
          as: null,
          under: `node(id: "${post.id}")`,
          entries: await timed(steps, ({ username }) => act('likePost', username)),
          remove: ({ username }) => act('unlikePost', username),
        };
      },
    },
    ...['', 'types: [DISCUSSION, RESHARE]'].map(
      (args): ListCase => ({
        name: `User.posts${args && `, ${args}`}`,
        on: 'User',
        field: 'posts',
        args,
        time: null,
        label: 'body',
        fill: async (steps) => {
          const { username } = await nobodyYet();
          const title = args ? 'Titled' : undefined;
          // Of another kind than is asked for, and one that is not for everybody.
          if (args) await newPost(username, 'A status');
          await newPost(username, 'Aside', { title, visibility: 'FOLLOWERS' });
          const entries = await making(steps, (n) => newPost(username, `Post ${n}`, { title }));
          return {
            as: null,
            under: userBy(username),
            entries: entries.toSorted(newestFirst),
            remove: ({ id }) => deletePost(id, username),
          };
        },
      }),
    ),
    {
      name: 'Viewer.feed',
      on: 'Viewer',
      field: 'feed',
      args: '',
      time: null,
      label: 'body',
      fill: async (steps) => {
        const viewer = await nobodyYet();
        const [followed, connected, inRoom, stranger] = [
          await nobodyYet(),
          await nobodyYet(),
          await nobodyYet(),
          await nobodyYet(),
        ];
        await done('followUser', followed.id, viewer.username);
        await connect(connected, viewer);
        const roomId = await roomOf(inRoom.username, 'Feed');
        expect((await kith.mutate('joinRoom', { roomId }, viewer.username)).userErrors).toEqual([]);
        // By the three ways that posts come into it, in turn.
        const sources = [
          { as: followed.username, given: {} },
          { as: connected.username, given: { visibility: 'CONNECTIONS' } },
          { as: inRoom.username, given: { visibility: 'ROOM', roomId } },
        ];
        const authorOf = new Map<string, string>();
        const entries = await making(steps, async (n) => {
          for (const { username } of [stranger, viewer, inRoom]) await newPost(username, 'Elsewhere');
          const source = sources[n % sources.length];
          if (!source) throw new Error('There are three.');
          const post = await newPost(source.as, `Post ${n}`, source.given);
          authorOf.set(post.id, source.as);
          return post;
        });
        return {
          as: viewer.username,
          under: 'viewer',
          entries: entries.toSorted(newestFirst),
          remove: ({ id }) => deletePost(id, authorOf.get(id) ?? ''),
        };
      },
    },
    {
      name: 'User.photos',
      on: 'User',
      field: 'photos',
      args: '',
      time: null,
      label: 'title',
      fill: async (steps) => {
        const { username } = await nobodyYet();
        const photo = (title: string) => ({ photos: [{ title, image: { base64: onePixel } }] });
        await newPost(username, 'Aside', { ...photo('Aside'), visibility: 'FOLLOWERS' });
        const postOf = new Map<string, string>();
        const entries = await making(steps, async (n) => {
          const title = `Photo ${n}`;
          const { id, photos } = await newPost(username, title, photo(title), 'id photos { id }');
          const photoId = photos?.[0]?.id ?? '';
          postOf.set(photoId, id);
          return { username: title, id: photoId };
        });
        return {
          as: null,
          under: userBy(username),
          entries: entries.toSorted(newestFirst),
          remove: ({ id }) => deletePost(postOf.get(id) ?? '', username),
        };
      },
    },
    {
      name: 'Room.posts',
      on: 'Room',
      field: 'posts',
      args: '',
      time: null,
      label: 'body',
      fill: async (steps) => {
        const { username } = await nobodyYet();
        const roomId = await roomOf(username, 'Posts');
        await newPost(username, 'Elsewhere');
        const given = { visibility: 'ROOM', roomId };
        const entries = await making(steps, (n) => newPost(username, `Post ${n}`, given));
        return {
          as: username,
          under: `node(id: "${roomId}")`,
          entries: entries.toSorted(newestFirst),
          remove: ({ id }) => deletePost(id, username),
        };
      },
    },
    {
      name: 'Category.posts',
      on: 'Category',
      field: 'posts',
      args: '',
      time: null,
      label: 'body',
      fill: async (steps) => {
        const { username } = await nobodyYet();
        const slug = `sorted-${++made}`;
        const category = await newCategory(slug);
        await newPost(username, 'Elsewhere');
        await newPost(username, 'Aside', { categories: [slug], visibility: 'FOLLOWERS' });
        const entries = await making(steps, (n) => newPost(username, `Post ${n}`, { categories: [slug] }));
        return {
          as: null,
          under: `node(id: "${category.id}")`,
          entries: entries.toSorted(newestFirst),
          remove: ({ id }) => deletePost(id, username),
        };
      },
    },
    {
      name: 'Post.reshares',
      on: 'Post',
      field: 'reshares',
      args: '',
      time: null,
      label: { person: 'author' },
      fill: async (steps) => {
        const { username: author } = await nobodyYet();
        const { id: postId } = await newPost(author, 'Pass it on');
        const people = await some(steps.length);
        const entries = await making(steps, async (n) => {
          const username = people[n]?.username ?? '';
          const { post, userErrors } = await kith.mutate('resharePost', { postId }, username, 'post { id }');
          expect(userErrors).toEqual([]);
          return { username, id: post.id };
        });
        return {
          as: null,
          under: `node(id: "${postId}")`,
          entries: entries.toSorted(newestFirst),
          remove: ({ id, username }) => deletePost(id, username),
        };
      },
    },
    {
      name: 'PollChoice.voters',
      on: 'PollChoice',
      field: 'voters',
      args: '',
      time: null,
      label: 'username',
      fill: async (steps) => {
        const { username: author } = await nobodyYet();
        const poll = { question: 'Which?', choices: ['One', 'Other'], showsVoters: true };
        const input = { visibility: 'PUBLIC', poll };
        const asked = 'post { poll { id choices { id } } }';
        const { post } = await kith.mutate('createPost', input, author, asked);
        const [one, other] = post.poll.choices;
        const vote = async (choiceId: string, as: string) => {
          const input = { pollId: post.poll.id, choiceIds: [choiceId] };
          expect((await kith.mutate('votePoll', input, as)).userErrors).toEqual([]);
        };
        await vote(other.id, author);
        return {
          as: author,
          under: `node(id: "${one.id}")`,
          entries: await timed(steps, ({ username }) => vote(one.id, username)),
          // A vote stays: who is to be out of the list is to be out of sight.
          remove: ({ id }) => done('blockUser', id, author),
        };
      },
    },
    {
      name: 'Post.comments',
      on: 'Post',
      field: 'comments',
      args: '',
      time: null,
      label: 'body',
      fill: async (steps) => {
        const author = await nobodyYet();
        const post = await writePost(kith, clock, { uuid: decodeId(author.id)?.id ?? '' });
        const entries = await making(steps, async (n) => {
          const body = `Comment ${n}`;
          const input = { postId: post.id, body };
          const { comment } = await kith.mutate('addComment', input, author.username, 'comment { id }');
          return { username: body, id: comment.id };
        });
        return {
          as: null,
          under: `node(id: "${post.id}")`,
          entries: entries.toSorted(newestFirst).reverse(),
          remove: ({ id }) => kith.mutate('deleteComment', { commentId: id }, author.username),
        };
      },
    },
  ];
}

/** The smallest PNG there is. */
export const onePixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const userBy = (username: string) => `user(by: { username: "${username}" })`;
const descending = (a: string, b: string) => (a < b ? 1 : -1);
const newestFirst = (a: Filled['entries'][number], b: Filled['entries'][number]) =>
  b.at.getTime() - a.at.getTime() || descending(a.person.uuid, b.person.uuid);

/** One entry a millisecond. */
export const distinct = (count: number) => Array.from({ length: count }, () => 1);
/** All entries in one millisecond. */
export const tied = (count: number) => Array.from({ length: count }, () => 0);

export interface PageArgs {
  first?: number;
  after?: string | null;
  last?: number;
  before?: string | null;
}

export interface PageRead {
  usernames: string[];
  cursors: string[];
  times: string[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  startCursor: string | null;
  endCursor: string | null;
  totalCount: number;
}

type Named = { username: string };
type Node = { id: string } & (Named | { person: Named | readonly Named[] });
const labelOf = (node: Node): string => {
  const named = 'person' in node ? [node.person].flat()[0] : node;
  return named?.username ?? 'nobody';
};

interface Connection {
  totalCount: number;
  pageInfo: Pick<PageRead, 'hasNextPage' | 'hasPreviousPage' | 'startCursor' | 'endCursor'>;
  edges: { cursor: string; at?: string; node: Node }[];
  nodes: Node[];
}

/**
 * Asks for a page; the list comes back as `list`, under `parent` where it hangs under something. Where the page lies is in
 * the variables: documents are read and validated once for all pages of a list.
 */
export function sendPage<Data>(kith: TestApp, list: ListCase, filled: Filled, args: PageArgs) {
  const names = Object.keys(args);
  const all = [...(list.args === '' ? [] : [list.args]), ...names.map((name) => `${name}: $${name}`)];
  const node =
    typeof list.label === 'string'
      ? `id username: ${list.label}`
      : `id person: ${list.label.person} { username }`;
  const field = `list: ${list.field}${all.length === 0 ? '' : `(${all.join(', ')})`} {
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor ${list.time ? `at: ${list.time}` : ''} node { ${node} } }
    nodes { ${node} }
  }`;
  const selection =
    filled.under === null ? field : `parent: ${filled.under} { ... on ${list.on} { ${field} } }`;
  const variables = names.map(
    (name) => `$${name}: ${name === 'first' || name === 'last' ? 'Int' : 'String'}`,
  );
  return kith.send<Data>(`query${names.length > 0 ? ` (${variables.join(', ')})` : ''} { ${selection} }`, {
    as: filled.as,
    variables: { ...args },
  });
}

/** Reads a page, and checks what holds for every page: the edges' nodes are the nodes, the cursors at its ends its edges'. */
export async function readPage(
  kith: TestApp,
  list: ListCase,
  filled: Filled,
  args: PageArgs,
): Promise<PageRead> {
  const { data, errors } = await sendPage<{ list?: Connection; parent?: { list: Connection } }>(
    kith,
    list,
    filled,
    args,
  );
  expect(errors, `${list.name} ${JSON.stringify(args)}`).toEqual([]);
  const page = data.list ?? data.parent?.list;
  if (!page) throw new Error(`${list.name} has no page.`);
  const { edges, nodes, pageInfo, totalCount } = page;
  expect(edges.map(({ node }) => node)).toEqual(nodes);
  const cursors = edges.map(({ cursor }) => cursor);
  expect(new Set(cursors).size, 'every cursor is one entry’s').toBe(cursors.length);
  expect(pageInfo).toMatchObject({ startCursor: cursors.at(0) ?? null, endCursor: cursors.at(-1) ?? null });
  return {
    ...pageInfo,
    totalCount,
    cursors,
    usernames: nodes.map(labelOf),
    times: edges.flatMap(({ at }) => (at === undefined ? [] : [at])),
  };
}

/** Everybody in a list, read page by page from one end: in the list's order, whichever end it is. */
export async function readAll(
  kith: TestApp,
  list: ListCase,
  filled: Filled,
  size: number,
  backward: boolean,
): Promise<string[]> {
  const all: string[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: PageRead = await readPage(
      kith,
      list,
      filled,
      backward ? { last: size, before: cursor } : { first: size, after: cursor },
    );
    if (backward) all.unshift(...page.usernames);
    else all.push(...page.usernames);
    const [more, behind] = backward
      ? [page.hasPreviousPage, page.hasNextPage]
      : [page.hasNextPage, page.hasPreviousPage];
    expect(behind, 'there is something behind every page but the first').toBe(cursor !== null);
    expect(all.length, 'a list that goes on and on').toBeLessThanOrEqual(filled.entries.length);
    if (!more) return all;
    expect(page.usernames, 'a page that is not the last is full').toHaveLength(size);
    cursor = backward ? page.startCursor : page.endCursor;
  }
}

export const usernames = (entries: Filled['entries']) => entries.map(({ person }) => person.username);
