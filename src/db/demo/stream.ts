// Some hundred posts of the demo people, with photos, polls, reshares, and what others did with them: the same each time.
import { base, en, Faker } from '@faker-js/faker';
import { aspectKey } from '../../features/aspects/rules.ts';
import { addToAspect, insertAspect } from '../../features/aspects/store.ts';
import type { NewFollow } from '../../features/follows/bulk-store.ts';
import { storePicture } from '../../features/media/pictures.ts';
import { fileSizes } from '../../features/media/rules.ts';
import type { Picture } from '../../features/media/table.ts';
import { markNotificationsSeen } from '../../features/notifications/act-store.ts';
import { insertDeeds, insertPosts, readersOf, type Told, tellAll } from '../../features/posts/demo-store.ts';
import { membersAmong, roomsBySlug } from '../../features/rooms/store.ts';
import { tagsOfUsers } from '../../features/tags/store.ts';
import { ImageProcessor } from '../../media/image.ts';
import type { MediaStorage } from '../../media/storage.ts';
import type { Database } from '../client.ts';
import { neighbourPosts } from './neighbours.ts';
import { drawPhoto, type PhotoName } from './photos.ts';
import { type Came, Gossip, isNamed, namedAmong, toldOf } from './stream-deeds.ts';
import { type Author, isOfRoom, nextId, planPosts, type Setting } from './stream-posts.ts';
import { planReshares, rowsOf, votesOf } from './stream-rows.ts';
import { namedPosts } from './texts.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** How many of the newest posts in their feeds the five have not seen yet. */
const unseenPosts = 12;
/** How long before the end each of the five has last looked at what they were told, in hours. */
const lastLooked: Readonly<Record<string, number>> = { ada: 14, bob: 30, carol: 20, dan: 48, eve: 40 };

/** Whom two of the five are with: for what is only for some. */
const aspectsOfTheFive: readonly { owner: string; name: string; people: readonly string[] }[] = [
  { owner: 'ada', name: 'Map table', people: ['bob', 'carol'] },
  { owner: 'carol', name: 'Choir', people: ['ada', 'bob'] },
];

export type Photos = ReadonlyMap<PhotoName, Picture>;

/** Draws and stores the photos; those of posts that are not for everybody are private. */
export async function storePhotos(db: Database, storage: MediaStorage): Promise<Photos> {
  const images = new ImageProcessor();
  const media = { db, media: { storage }, now: () => new Date() };
  const wanted = [...Object.values(namedPosts).flat(), ...neighbourPosts].flatMap((post) =>
    typeof post === 'string'
      ? []
      : (post.photos ?? []).map((name) => ({ name, isPrivate: post.to !== undefined })),
  );
  const stored = wanted.map(async ({ name, isPrivate }) => {
    const image = await images.process(() => drawPhoto(name), fileSizes.photo, null);
    return [name, await storePicture(media, 'photo', image, [], isPrivate)] as const;
  });
  return new Map(await Promise.all(stored));
}

/** What the stream needs of those who are in it. */
export interface Community {
  /** When the first of them came. */
  begun: Date;
  /** Ids by username in lower case, the five first, and when each came. */
  people: readonly { id: string; username: string; createdAt: Date }[];
  follows: readonly NewFollow[];
  /** Pairs of usernames. */
  connected: readonly (readonly [string, string])[];
  blocked: readonly (readonly [string, string])[];
}

/** Adds the stream to a community that has all else. Run it in a transaction. */
export async function addStream(tx: Database, community: Community, photos: Photos): Promise<void> {
  const faker = new Faker({ locale: [en, base], seed: 20260416 });
  const { begun, blocked } = community;
  const after = (days: number) => new Date(begun.getTime() + days * day);
  const people = await authorsAmong(tx, community);
  const all = [...people.values()];
  const pairs = new Set(blocked.flatMap(([one, other]) => [`${one} ${other}`, `${other} ${one}`]));
  const areApart = (one: Author, other: Author) => pairs.has(`${one.username} ${other.username}`);
  const aspects = await addAspects(tx, faker, people, after(82));
  const rooms = await roomsOf(tx, all);
  const setting: Setting = { faker, people, rooms, begun, settled: after(83), last: after(102) };

  const own = planPosts(setting);
  const reshares = planReshares(setting, own, areApart);
  const posts = [...own, ...reshares].toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  const written = rowsOf(setting, posts, { photos, aspects });
  await insertPosts(tx, written, begun);

  const readers = await readersOf(
    tx,
    posts.map(({ id }) => id),
  );
  const gossip = new Gossip({ faker, people, areApart, last: setting.last });
  const came = posts.map((post): Came => {
    const to = all.filter(({ id }) => readers.get(post.id)?.has(id));
    const poll = written.polls.find(({ postId }) => postId === post.id);
    const resharedBy = reshares.filter(({ root }) => root === post);
    const deeds = gossip.about(post, to, poll?.closedAt ?? poll?.expiresAt ?? null);
    for (const { author } of resharedBy) deeds.seenBy.add(author);
    return { post, readers: to, resharedBy, deeds, ...post.text.render(namedAmong(to, post.text.names)) };
  });
  const five = all.filter(isNamed);
  for (const one of five) showTo(one, came, community);
  await insertDeeds(tx, {
    mentions: came.flatMap(({ post, html, mentioned }) =>
      mentioned.length > 0 ? [{ postId: post.id, html, mentioned }] : [],
    ),
    comments: came.flatMap(({ deeds }) =>
      deeds.comments.map(({ author, ...row }) => ({ ...row, authorId: author.id })),
    ),
    likes: came.flatMap(({ post, deeds }) =>
      deeds.likes.map(({ who, at }) => ({ postId: post.id, userId: who.id, at })),
    ),
    ...votesOf(faker, written, came),
    views: came.flatMap(({ post, deeds }) =>
      [...deeds.seenBy].map(({ id }) => ({ postId: post.id, userId: id })),
    ),
  });
  await tellTheFive(tx, came.flatMap(toldOf), five, setting);
}

/** The five have seen what is in their feeds, save the newest that they have done nothing with. */
function showTo(one: Author, came: readonly Came[], { people, follows, connected }: Community): void {
  const idOf = (username: string) => people.find((person) => person.username === username)?.id;
  const near = new Set([
    ...follows.flatMap(({ follower, followee }) => (follower === one.id ? [followee] : [])),
    ...connected.flatMap((pair) =>
      pair.includes(one.username) ? pair.map((username) => idOf(username)) : [],
    ),
  ]);
  const feed = came.filter(
    ({ post, readers }) =>
      post.author !== one && readers.includes(one) && (near.has(post.author.id) || isOfRoom(post)),
  );
  const untouched = feed.filter(({ deeds }) => !deeds.seenBy.has(one));
  for (const { deeds } of untouched.slice(0, -unseenPosts)) deeds.seenBy.add(one);
}

/** Tells them of what there was since they settled, each up to when they last looked, and then of the rest. */
async function tellTheFive(
  tx: Database,
  all: readonly Told[],
  five: readonly Author[],
  { settled, last }: Setting,
): Promise<void> {
  const known = new Map(five.map((one) => [one.id, last.getTime() - (lastLooked[one.username] ?? 0) * hour]));
  const told = all
    .filter(({ receiver, actor, at }) => known.has(receiver) && receiver !== actor && at > settled)
    .toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const isOld = ({ receiver, at }: Told) => at.getTime() <= (known.get(receiver) ?? 0);
  await tellAll(tx, told.filter(isOld));
  for (const [id, looked] of known) await markNotificationsSeen(tx, id, null, new Date(looked));
  await tellAll(
    tx,
    told.filter((one) => !isOld(one)),
  );
}

/** The people with their tags. */
async function authorsAmong(tx: Database, { people }: Community): Promise<Map<string, Author>> {
  const found = await tagsOfUsers(
    tx,
    people.map(({ id }) => id),
  );
  const tags = Map.groupBy(found, ({ userId }) => userId);
  return new Map(
    people.map((person) => [
      person.username.toLowerCase(),
      { ...person, tags: (tags.get(person.id) ?? []).map(({ tag }) => tag.name) },
    ]),
  );
}

/** The rooms by their slugs, and who is in each. */
async function roomsOf(tx: Database, people: readonly Author[]): Promise<Setting['rooms']> {
  const carol = people.find(({ username }) => username === 'carol');
  const found = await roomsBySlug(tx, carol?.id ?? null, ['night-trains', 'wegewerk', 'altos']);
  const rooms: [string, { id: string; members: Set<string> }][] = [];
  for (const { id, slug } of found) {
    const members = await membersAmong(
      tx,
      id,
      people.map((person) => person.id),
    );
    rooms.push([slug, { id, members: new Set(members.map((member) => member.id)) }]);
  }
  return new Map(rooms);
}

/** Makes the aspects. @returns their ids by their owners'. */
async function addAspects(
  tx: Database,
  faker: Faker,
  people: ReadonlyMap<string, Author>,
  at: Date,
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  for (const { owner, name, people: within } of aspectsOfTheFive) {
    const ownerId = people.get(owner)?.id ?? '';
    const id = nextId(faker, at);
    ids.set(ownerId, id);
    await insertAspect(tx, { id, ownerId, name, nameKey: aspectKey(name), createdAt: at });
    for (const username of within) await addToAspect(tx, ownerId, id, people.get(username)?.id ?? '', at);
  }
  return ids;
}
