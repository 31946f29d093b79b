// Who moves in, and what they say of themselves.
import type { RemoteFlag } from '../../features/remotes/flag-store.ts';
import {
  type MovedIn,
  peopleHere,
  picturesHere,
  saveMovedIn,
  showMemberAvatar,
  showMovedPicture,
} from '../../features/remotes/moved-store.ts';
import { originUrls } from '../../features/remotes/origin-store.ts';
import type { RemoteProfile } from '../../features/remotes/person-store.ts';
import { maxFlags, maxMembers } from '../../features/users/table.ts';
import { flagsOf, profileOf } from '../../remotes/profile.ts';
import type { SourceMember, SourcePage, SourcePerson } from '../../sources/records.ts';
import { type Mover, type Moving, pagesOf } from './moving.ts';
import { settingsOf } from './settings.ts';

/**
 * Moves people in.
 * @param named by their names or ids there; none for all whom the source lists, or the token's own person.
 * @returns those who are here now.
 */
export async function takePeople(moving: Moving, named: readonly string[]): Promise<Mover[]> {
  const { report, progress } = moving;
  const movers = new Map<string, Mover>();
  let seen = 0;
  for await (const people of named.length > 0 ? byName(moving, named) : unnamed(moving)) {
    seen += people.length;
    for (const person of people) {
      progress.show(movers.size, Math.max(seen, named.length), 'people');
      const mover = movers.has(person.externalId) ? null : await takePerson(moving, person);
      if (mover) movers.set(person.externalId, mover);
    }
  }
  await moving.pictures.settled();
  if (seen === 0 && named.length === 0) report.left('people', 'the source lists none');
  return [...movers.values()];
}

async function* unnamed(moving: Moving): AsyncGenerator<readonly SourcePerson[]> {
  const { source, self, ask } = moving;
  if (!source.people) {
    if (self) yield [self];
    return;
  }
  let after: string | null = null;
  do {
    // Who may not see it can move nobody in.
    const page: SourcePage<SourcePerson> = await source.people(after, ask);
    yield page.items;
    after = page.next;
  } while (after !== null);
}

async function* byName(moving: Moving, named: readonly string[]): AsyncGenerator<readonly SourcePerson[]> {
  const { source, ask, report, self } = moving;
  for (const name of named) {
    const person =
      (await source.person({ externalId: name }, ask)) ?? (await source.person({ accountName: name }, ask));
    if (!person) report.left('people', 'there is nobody called so', name);
    else yield [person.externalId === self?.externalId ? self : person];
  }
}

const nameOf = ({ accountName, externalId }: SourcePerson) => accountName ?? externalId;

/** @returns null for who does not move in. */
async function takePerson(moving: Moving, given: SourcePerson): Promise<Mover | null> {
  const { db, from, self, report, now } = moving;
  const name = nameOf(given);
  if (given.status === 'DELETED') {
    report.left('people', 'they are gone there', name);
    return null;
  }
  const isSelf = given.externalId === self?.externalId;
  const person = isSelf && self ? { ...given, settings: self.settings } : { ...given, settings: null };
  const here = (await peopleHere(db, from, [person.externalId])).get(person.externalId);
  const members = here?.isOwn ? null : await membersOf(moving, person);
  const profile = movedProfile({ ...person, members }, now);
  const moved = await saveMovedIn(db, from, profile, settingsOf(person.settings), now);
  tell(moving, moved, { ...person, members }, profile);
  if (!moved.isOwn) await takePictures(moving, moved, person, profile);
  return { userId: moved.userId, externalId: person.externalId, name };
}

/** What an ordinary person of this community has of it: what operators decide here is not taken over. */
function movedProfile(person: SourcePerson, now: Date): RemoteProfile {
  const profile = profileOf(person, now);
  const { status } = person;
  return { ...profile, columns: { ...profile.columns, status, badges: [] } };
}

/** In full, where the source has them so. */
async function membersOf(moving: Moving, person: SourcePerson): Promise<readonly SourceMember[] | null> {
  const { source } = moving;
  const { externalId } = person;
  if (!source.members) return person.members;
  const read = source.members;
  const all: SourceMember[] = [];
  const pages = pagesOf(moving, (after, ask) => read(externalId, after, ask), 'members', nameOf(person));
  for await (const page of pages) all.push(...page);
  return all;
}

function tell(
  { source, report }: Moving,
  moved: MovedIn,
  person: SourcePerson,
  profile: RemoteProfile,
): void {
  const name = nameOf(person);
  const { badges, accounts, settings, counters } = person;
  const count = (kind: string, many: number) =>
    moved.was === 'here' ? report.wasThere(kind, many) : report.took(kind, many);
  count('people', 1);
  if (!source.posts) report.left('posts', 'the source has no call for them', name, counters.posts ?? 0);
  if (moved.isOwn) {
    report.left('profiles', 'they sign in here, and theirs stays as it is', name);
    return;
  }
  report.left('badges', 'operators give them here', name, badges.length);
  report.left('accounts elsewhere', 'they are linked by who proves them', name, accounts.length);
  if (settings?.email) report.left('e-mail addresses', 'it comes with who signs in', name);
  const members = profile.members?.length ?? 0;
  count('members', Math.min(members, maxMembers));
  report.left('members', `nobody has more than ${maxMembers}`, name, Math.max(0, members - maxMembers));
  const flags = (person.members ?? []).reduce((sum, member) => sum + member.flags.length, 0);
  report.left('flags of members', 'their owner can show them', name, flags);
}

/** Those that are still missing. */
async function takePictures(
  moving: Moving,
  { userId }: MovedIn,
  person: SourcePerson,
  profile: RemoteProfile,
): Promise<void> {
  const { db, from, pictures } = moving;
  const identity = { ...from, externalId: person.externalId };
  const known = await picturesHere(db, identity);
  const { avatar, cover } = profile.pictures;
  // One that has come stays, whatever the source has by now.
  const wanted = { avatar: known.avatar ?? avatar, cover: known.cover ?? cover };
  await pictures.room();
  pictures.see(
    userId,
    wanted,
    known,
    async (place, picture, url) =>
      picture !== null && url !== null && showMovedPicture(db, identity, userId, place, picture, url),
  );
  await takeAvatars(moving, userId, profile);
  const library = await libraryOf(moving, person, profile.flags ?? []);
  await pictures.room();
  pictures.fly(from, userId, profile.flags ?? [], library);
}

async function takeAvatars({ db, from, pictures }: Moving, userId: string, profile: RemoteProfile) {
  const avatars = await originUrls(db, { ...from, kind: 'member' }, userId);
  for (const { externalId, avatarUrl } of profile.members ?? []) {
    // Null is a member's of whom no avatar has come; who is not among them is not here.
    if (avatarUrl === null || avatars.get(externalId) !== null) continue;
    await pictures.room();
    pictures.seeMember(avatarUrl, (picture) =>
      showMemberAvatar(db, from, userId, externalId, picture, avatarUrl),
    );
  }
}

/** What the token's own person has in their library beside the flags that they show. */
async function libraryOf(
  { source, ask, self, report }: Moving,
  person: SourcePerson,
  shown: readonly RemoteFlag[],
): Promise<RemoteFlag[]> {
  if (!source.flags || ask.token === null || person.externalId !== self?.externalId) return [];
  const all = flagsOf(await source.flags({ ...ask, token: ask.token }));
  const others = all.filter(({ externalId }) => !shown.some((flag) => flag.externalId === externalId));
  const fitting = others.slice(0, maxFlags - shown.length);
  report.left('flags', `nobody has more than ${maxFlags}`, undefined, others.length - fitting.length);
  return fitting;
}
