// A community in which everybody has filled everything there is to fill, and every text says whom it is for: `hush` is
// in what no stranger may ever read, and `shut` in what is of somebody who has blocked the one stranger.
import { eq, sql } from 'drizzle-orm';
import { expect } from 'vitest';
import { newId } from '../../src/db/uuid.ts';
import { accounts } from '../../src/features/accounts/table.ts';
import { addCategory } from '../../src/features/categories/operator-store.ts';
import { setCollapsed } from '../../src/features/posts/operator-store.ts';
import { accountLinks } from '../../src/features/remotes/table.ts';
import { rooms } from '../../src/features/rooms/table.ts';
import { describeTag } from '../../src/features/tags/store.ts';
import { setBadge, suspend } from '../../src/features/users/operator-store.ts';
import { users } from '../../src/features/users/table.ts';
import { decodeId } from '../../src/graphql/node.ts';
import type { TestApp } from './app.ts';
import { exportThatIs } from './archives.ts';
import { onePixel } from './lists.ts';
import type { Sought } from './schema-walk.ts';

/** What a person's texts have in them: those for everybody, the details of the profile, and those for themself. */
interface Marks {
  shown: string;
  details: string;
  own: 'hush';
}

/** Somebody who has filled everything. */
export interface Filled extends Sought {
  /** The ids of what is theirs and everybody's to see, themself first, and of what is not. */
  shown: ReadonlySet<string>;
  secret: ReadonlySet<string>;
  /** The ids of a public room of theirs, which everybody finds whoever finds them. */
  commons: ReadonlySet<string>;
}

/** Values that nobody but their owners may read, besides texts with `hush` in them. */
export const secretValues = [
  '1987-06-05',
  '47.110815',
  '8.150811',
  '12.345678',
  '98.765432',
  'Pacific/Chatham',
];

const secretPlace = { latitude: 47.110815, longitude: 8.150811 };

/** Ids within an answer. */
export function idsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'id' && typeof inner === 'string' ? [inner] : idsIn(inner),
  );
}

/** The UUID in an id. */
export const uuidOf = (id: string): string => decodeId(id)?.id ?? '';

/** Runs a mutation that must succeed. */
export async function done(
  kith: TestApp,
  name: string,
  input: object,
  as: string,
  selection = '',
): ReturnType<TestApp['mutate']> {
  const payload = await kith.mutate(name, input, as, selection);
  expect(payload.userErrors, `${name} by ${as}`).toEqual([]);
  return payload;
}

const profileOf = (mark: string) => ({
  displayName: `${mark} display`,
  bio: `**${mark}** bio`,
  links: [`https://${mark}.example/link`],
  names: [{ value: `${mark} name`, preference: 'favourite' }],
  pronouns: [{ pronouns: `${mark}/a/b/c/d`, displayText: `${mark} pronouns`, preference: 'okay' }],
  fields: [{ name: `${mark} field`, entries: [{ value: `${mark} entry`, preference: 'avoid' }] }],
  avatar: { base64: onePixel },
});

/** A post that has all that a post can have. */
const postOf = (mark: string, isOpen: boolean) => ({
  title: `${mark} title`,
  body: `**${mark}** body, @fay #${mark}hash`,
  isNsfw: true,
  location: {
    name: `${mark} location`,
    coordinates: mark === 'hush' ? secretPlace : { latitude: 3.5, longitude: 4.5 },
  },
  categories: ['all'],
  tags: [`${mark}-word`],
  photos: [{ image: { base64: onePixel }, title: `${mark} photo`, description: `${mark} seen` }],
  links: ['page', 'film.mp4', 'book.pdf'].map((path) => `https://${mark}.example/${path}`),
  poll: {
    question: `${mark} question`,
    choices: [`${mark} one`, `${mark} two`],
    expiresAt: '2999-01-01T00:00:00Z',
    isHidden: !isOpen,
    showsVoters: isOpen,
    multipleChoice: isOpen,
  },
});

const postIds = 'post { id slug media { id } poll { id choices { id } } }';

let commonRooms = 0;

class Filler {
  readonly #kith: TestApp;
  readonly #as: string;
  readonly #marks: Marks;
  readonly shown = new Set<string>();
  readonly secret = new Set<string>();
  readonly commons = new Set<string>();

  constructor(kith: TestApp, as: string, marks: Marks) {
    this.#kith = kith;
    this.#as = as;
    this.#marks = marks;
  }

  /** Does something whose payload has nothing but what is theirs, with this mark on it. */
  async #make(mark: string, name: string, input: object, selection: string): ReturnType<TestApp['mutate']> {
    const payload = await done(this.#kith, name, input, this.#as, selection);
    this.#keep(mark, payload);
    return payload;
  }

  #keep(mark: string, value: unknown): void {
    const kept = mark === 'hush' ? this.secret : mark === 'common' ? this.commons : this.shown;
    for (const id of idsIn(value)) kept.add(id);
  }

  async profile(isOpen: boolean): Promise<void> {
    const { shown, details, own } = this.#marks;
    const key = '0190a000-0000-4000-8000-000000000001';
    const isSecret = details === 'hush';
    const image = { base64: onePixel };
    const flag = (mark: string) =>
      this.#make(
        mark,
        'createPrideFlag',
        { image, name: `${mark} flag`, description: `${mark} meaning` },
        'flag { id }',
      );
    const flagIds = [(await flag(shown)).flag.id];
    await flag(own);
    const input = {
      ...profileOf(shown),
      bio: `**${details}** bio`,
      realName: `${shown} real`,
      tagline: `${shown} tagline`,
      memberTitle: `${shown} members`,
      birthday: isSecret ? '1987-06-05' : '1999-09-09',
      gender: `${details} gender`,
      location: {
        name: `${details} place`,
        coordinates: isSecret ? secretPlace : { latitude: 1.5, longitude: 2.5 },
      },
      company: { name: `${details} company`, role: `${details} role` },
      position: { latitude: 12.345678, longitude: 98.765432 },
      timezone: 'Pacific/Chatham',
      website: `https://${shown}.example/site`,
      tags: [`${shown}-tag`],
      customPreferences: [
        { key, icon: 'heart', tooltip: `${shown} tooltip`, size: 'LARGE', muted: true, favourite: true },
      ],
      cover: image,
      flagIds,
    };
    const { user } = await done(this.#kith, 'updateProfile', input, this.#as, 'user { id }');
    this.#keep(shown, { user });
    for (const [mark, name, isUnlisted] of [
      [details, 'within', false],
      [own, 'unlisted', true],
    ] as const) {
      const member = { ...profileOf(mark), name: `${mark} ${name}`, isUnlisted, flagIds };
      await this.#make(mark, 'createMember', member, 'member { id }');
    }
    await this.#make(own, 'exportAccount', { includePictures: false }, 'export { id }');
    await exportThatIs(this.#kith, this.#as, 'READY');
    const settings = {
      notifications: {
        email: 'INSTANT',
        push: true,
        toasts: true,
        sounds: true,
        muted: ['CONNECTION_ACCEPTED'],
      },
      privacy: {
        searchable: isOpen,
        profileVisibility: isOpen ? 'PUBLIC' : 'CONTACTS',
        memberListPrivate: !isOpen,
        nsfw: true,
      },
      display: {
        language: 'en-x-hush',
        contentLanguages: ['de-x-hush'],
        hideFollowSuggestions: true,
        showFeaturedSuggestions: true,
      },
    };
    await done(this.#kith, 'updateSettings', settings, this.#as);
    await done(this.#kith, 'rerollSid', {}, this.#as);
    await this.#byOperators(user.id);
  }

  /** What no mutation can do. */
  async #byOperators(id: string): Promise<void> {
    const { db } = this.#kith.database;
    const { shown, own } = this.#marks;
    const userId = uuidOf(id);
    await db
      .update(users)
      .set({ email: `${own}@mail.example`, emailVerified: true })
      .where(eq(users.id, userId));
    for (const badge of ['ADMIN', 'VERIFIED'] as const) await setBadge(db, this.#as, badge, true);
    const createdAt = new Date();
    const accountIds = [newId(createdAt), newId(createdAt)];
    await db.insert(accounts).values(
      [shown, own].map((mark, n) => ({
        id: accountIds[n] ?? '',
        userId,
        provider: 'DIASPORA' as const,
        instance: `${mark}.example`,
        externalId: `${mark}-${n}-of-${this.#as}`,
        username: `${mark}-${n}-${this.#as}`,
        url: `https://${mark}.example/${this.#as}`,
        isVisible: n === 0,
        createdAt,
      })),
    );
    const linked = { linkedAt: createdAt, syncedAt: createdAt, token: Buffer.from('sealed') };
    await db.insert(accountLinks).values(accountIds.map((accountId) => ({ ...linked, accountId })));
    await describeTag(db, `${shown}-tag`, { color: '#112233', description: `${shown} tag` }, createdAt);
  }

  /** A post, and where it is `busy` what others do to it. */
  async #post(mark: string, isOpen: boolean, to: object, busy = false): Promise<string> {
    const { post } = await this.#make(mark, 'createPost', { ...postOf(mark, isOpen), ...to }, postIds);
    const postId = post.id;
    if (!busy) return postId;
    for (const by of [this.#as, 'fay']) {
      const comment = { postId, body: `${mark} comment, @fay` };
      this.#keep(mark, await done(this.#kith, 'addComment', comment, by, 'comment { id }'));
      await done(this.#kith, 'likePost', { postId }, by);
      await done(this.#kith, 'subscribeToPost', { postId }, by);
    }
    await done(this.#kith, 'markPostsSeen', { postIds: [postId] }, 'fay');
    const vote = { pollId: post.poll.id, choiceIds: [post.poll.choices[0].id] };
    await done(this.#kith, 'votePoll', vote, 'fay');
    return postId;
  }

  /** Ties, lists, rooms and posts of every visibility. */
  async relations(isOpen: boolean): Promise<void> {
    const { shown, own } = this.#marks;
    const [me, fay] = await Promise.all([this.#kith.idOf(this.#as), this.#kith.idOf('fay')]);
    const does = (name: string, input: object, as = this.#as) => done(this.#kith, name, input, as);
    await does('followUser', { userId: me }, 'fay');
    await does('followUser', { userId: fay });
    for (const by of ['fay', 'guest', 'cad', 'pal']) await does('requestConnection', { userId: me }, by);
    await does('acceptConnection', { userId: fay });
    await does('rejectConnection', { userId: await this.#kith.idOf('cad') });
    await does('markConnectionRequestsSeen', { userIds: [await this.#kith.idOf('guest')] });
    await does('blockUser', { userId: await this.#kith.idOf('foe') });
    await does('hideUser', { userId: await this.#kith.idOf('bore') });
    const { aspect } = await this.#make(own, 'createAspect', { name: `${own} aspect` }, 'aspect { id }');
    await does('addToAspect', { aspectId: aspect.id, userId: fay });
    const { category } = await this.#kith.query('{ category(by: { slug: "all" }) { id } }');
    await does('followCategory', { categoryId: category.id });
    await this.#post(own, isOpen, { visibility: 'FOLLOWERS' }, true);
    await this.#post(own, isOpen, { visibility: 'CONNECTIONS' });
    await this.#post(own, isOpen, { visibility: 'ASPECTS', aspectIds: [aspect.id] });
    for (const [mark, isPublic] of [
      ['common', true],
      [own, false],
    ] as const) {
      const slug = isPublic ? `common-${++commonRooms}` : `${mark}-of-${this.#as}`;
      const room = { kind: 'GROUP', name: `${mark} room`, slug, description: `${mark} about`, isPublic };
      const avatar = { base64: onePixel };
      const made = await this.#make(mark, 'createRoom', { ...room, avatar }, 'room { id }');
      const roomId = made.room.id;
      await does('inviteToRoom', { roomId, userIds: [fay, await this.#kith.idOf('guest')] });
      await does('acceptRoomInvite', { roomId }, 'fay');
      await this.#post(own, isOpen, { visibility: 'ROOM', roomId }, !isPublic);
      if (isPublic) {
        const { db } = this.#kith.database;
        await db
          .update(rooms)
          .set({ isVerified: true })
          .where(eq(rooms.id, uuidOf(roomId)));
      }
    }
    for (const title of [null, `${shown} talk`]) {
      const said = { visibility: 'PUBLIC', body: `${shown} words`, title };
      await this.#make(shown, 'createPost', said, 'post { id }');
    }
    // Last, so that it is what lists of posts begin with.
    const postId = await this.#post(shown, isOpen, { visibility: 'PUBLIC' }, true);
    await setCollapsed(this.#kith.database.db, uuidOf(postId), true);
    await does('resharePost', { postId }, 'fay');
    await this.#make(shown, 'resharePost', { postId: await fayPost(this.#kith) }, 'post { id }');
  }

  /** What of theirs no mutation has given the ids of. */
  async rest(): Promise<Filled> {
    const { viewer } = await this.#kith
      .query(
        `{ viewer { id user { id username sid members(first: 1) { nodes { id sid memberName } } relationship { follows }
          posts(first: 1, types: [POLL]) { nodes { id slug categories { id slug } media { id } poll { id choices { id } } } } }
        rooms(first: 9) { nodes { id slug isPublic } } accounts { id isVisible }
        received: connectionRequests(status: null) { nodes { id } } ended: connectionRequests(status: REJECTED) { nodes { id } }
        notifications(first: 100) { nodes { id } } } user(by: { username: "fay" }) { relationship { connection { id } } } }`,
        { as: this.#as },
      )
      .then(({ user, viewer: own }) => ({ viewer: { ...own, tie: user.relationship } }));
    const { user, accounts: known, rooms: mine, notifications, received, ended, tie } = viewer;
    this.#keep('hush', [{ id: viewer.id }, notifications, received, ended, tie]);
    for (const account of known) this.#keep(account.isVisible ? 'shown' : 'hush', account);
    const told = notifications.nodes.slice(0, 2).map(({ id }: { id: string }) => id);
    await done(this.#kith, 'markNotificationsSeen', { notificationIds: told }, this.#as);
    const [post] = user.posts.nodes;
    return {
      id: user.id,
      username: user.username,
      sid: user.sid,
      member: user.members.nodes[0],
      room: mine.nodes.find(({ isPublic }: { isPublic: boolean }) => !isPublic),
      post: {
        id: post.id,
        slug: post.slug,
        category: post.categories[0],
        within: [...idsIn(post.media), ...idsIn(post.poll)],
      },
      shown: this.shown,
      secret: this.secret,
      commons: this.commons,
    };
  }
}

/** The one post of Fay's that everybody reshares. */
async function fayPost(kith: TestApp): Promise<string> {
  const { user } = await kith.query('{ user(by: { username: "fay" }) { posts(last: 1) { nodes { id } } } }');
  return user.posts.nodes[0].id;
}

/** Who is in it, besides those whom they deal with. */
export interface Marked {
  /** Shows all there is to show. */
  ada: Filled;
  /** Shows as little as can be. */
  zoe: Filled;
  /** Has blocked the stranger, and shows all to everybody else. */
  bea: Filled;
  suspended: Filled;
  deleted: Filled;
  /** The ids of a private room that the stranger was in and has left, and of what was posted there. */
  left: readonly string[];
}

/** The one who looks, with a token and without ties to anybody. */
export const stranger = 'stranger';

/** Fills the database of a server with all of it. */
export async function fillEverything(kith: TestApp): Promise<Marked> {
  const category = { id: newId(new Date()), name: 'All', slug: 'all' };
  expect(await addCategory(kith.database.db, category)).toEqual([]);
  for (const username of ['ada', 'zoe', 'guest', 'foe', 'cad', 'pal', 'bore', stranger])
    await kith.idOf(username);
  await done(kith, 'createPost', { visibility: 'PUBLIC', body: 'Hello, @ada and @zoe' }, 'fay');
  const fill = async (username: string, shown: string, details: string, isOpen: boolean) => {
    await kith.idOf(username);
    const filler = new Filler(kith, username, { shown, details, own: 'hush' });
    await filler.profile(isOpen);
    await filler.relations(isOpen);
    return filler.rest();
  };
  const people = {
    ada: await fill('ada', 'ada', 'ada', true),
    zoe: await fill('zoe', 'zoe', 'hush', false),
    bea: await fill('shut-bea', 'shut', 'shut', true),
    suspended: await fill('hush-sam', 'hush', 'hush', true),
    deleted: await fill('hush-gone', 'hush', 'hush', true),
  };
  const left = await leaveRoom(kith);
  const room = { kind: 'PAGE', name: 'hush guests', slug: 'hush-guests', isPublic: false };
  const guests = (await done(kith, 'createRoom', room, 'guest', 'room { id }')).room.id;
  await done(kith, 'inviteToRoom', { roomId: guests, userIds: [people.ada.id, people.zoe.id] }, 'guest');
  await done(kith, 'blockUser', { userId: await kith.idOf(stranger) }, 'shut-bea');
  expect(await suspend(kith.database.db, 'hush-sam')).toBe(true);
  await done(kith, 'deleteAccount', { username: 'hush-gone' }, 'hush-gone');
  await kith.database.db.execute(sql`ANALYZE`);
  return { ...people, left };
}

async function leaveRoom(kith: TestApp): Promise<string[]> {
  const room = { kind: 'GROUP', name: 'hush left', slug: 'hush-left', isPublic: false };
  const made = await done(kith, 'createRoom', room, 'zoe', 'room { id }');
  const roomId = made.room.id;
  await done(kith, 'inviteToRoom', { roomId, userIds: [await kith.idOf(stranger)] }, 'zoe');
  await done(kith, 'acceptRoomInvite', { roomId }, stranger);
  const to = { visibility: 'ROOM', roomId };
  const posted = await done(kith, 'createPost', { ...postOf('hush', true), ...to }, 'zoe', postIds);
  const comment = { postId: posted.post.id, body: 'hush' };
  const said = await done(kith, 'addComment', comment, 'zoe', 'comment { id }');
  await done(kith, 'leaveRoom', { roomId }, stranger);
  return idsIn([made, posted, said]);
}
