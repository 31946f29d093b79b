// The parts of an archive that are small: what a person is and owns.
import type { Database } from '../db/client.ts';
import {
  accountRows,
  flagRows,
  memberRows,
  personRow,
  roomRows,
  shownFlagIds,
  tagNamesOf,
} from '../features/exports/account-store.ts';
import { aspectRows, categoryRows } from '../features/exports/tie-store.ts';
import type { Picture } from '../features/media/table.ts';
import { kithOriginsOf } from '../features/remotes/kith-origin-store.ts';
import { pathOf, personOf, placeOf, pointOf, stableId, wordsOf } from './shapes.ts';

/** A picture of an archive: where in it, and what it is here. */
export interface ArchivedPicture {
  path: string;
  picture: Picture;
}

/** What is small of a person's archive: files by name, and pictures. */
export interface AccountParts {
  files: readonly (readonly [name: string, content: unknown])[];
  pictures: readonly ArchivedPicture[];
  /** What stays behind in this Kith, for who reads the archive. */
  account: unknown;
  username: string;
}

const oldestFirst = (a: { createdAt: Date; id: string }, b: { createdAt: Date; id: string }) =>
  a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1);

/** Reads all of it. @throws when the person is gone. */
export async function accountParts(db: Database, userId: string): Promise<AccountParts> {
  const me = await personRow(db, userId);
  if (!me) throw new Error('The person whose archive is made is gone.');
  const [flags, shown, members, aspects, rooms, accounts, categories, tags] = [
    await flagRows(db, userId),
    await shownFlagIds(db, userId),
    await memberRows(db, userId),
    await aspectRows(db, userId),
    await roomRows(db, userId),
    await accountRows(db, userId),
    await categoryRows(db, userId),
    await tagNamesOf(db, userId),
  ];
  const origins = await kithOriginsOf(
    db,
    [flags, members, aspects, rooms.map(({ room }) => room)].flat().map(({ id }) => id),
  );
  const named = <Row extends { id: string; createdAt: Date }>(rows: readonly Row[]) =>
    rows.map((row) => ({ ...row, id: stableId(origins, row.id) })).sort(oldestFirst);

  const pictures: ArchivedPicture[] = [];
  const picturePath = (picture: Picture | null, ...place: string[]): string | null => {
    const path = pathOf(picture, ...place);
    if (path !== null && picture) pictures.push({ path, picture });
    return path;
  };
  const profile = {
    username: me.username,
    displayName: me.displayName,
    realName: me.realName,
    tagline: me.tagline,
    bio: me.bio,
    website: me.website,
    links: me.links,
    memberTitle: me.memberTitle,
    ...wordsOf(me),
    customPreferences: me.customPreferences.map(({ key, icon, tooltip, size, muted, favourite }) => ({
      ...{ key, icon, tooltip, size, muted, favourite },
    })),
    avatar: picturePath(me.avatar, 'avatar'),
    cover: picturePath(me.cover, 'cover'),
    birthday: me.birthday,
    gender: me.gender,
    location: placeOf(me),
    position: pointOf(me.positionLatitude, me.positionLongitude),
    company:
      me.companyName === null && me.companyRole === null
        ? null
        : { name: me.companyName, role: me.companyRole },
    timezone: me.timezone,
    tags,
    flags: shown.map((id) => stableId(origins, id)),
    joinedAt: me.createdAt,
  };
  const settings = {
    notifications: {
      email: me.emailFrequency,
      push: me.push,
      toasts: me.toasts,
      sounds: me.sounds,
      muted: me.mutedNotifications,
    },
    privacy: {
      searchable: me.searchable,
      profileVisibility: me.profileVisibility,
      memberListPrivate: me.memberListPrivate,
      nsfw: me.isNsfw,
    },
    display: {
      language: me.language,
      contentLanguages: me.contentLanguages,
      hideFollowSuggestions: me.hideFollowSuggestions,
      showFeaturedSuggestions: me.showFeaturedSuggestions,
    },
  };
  const elsewhere = accounts.map(
    ({ provider, instance, externalId, username, url, isVisible, createdAt }) => ({
      ...{ provider, instance, externalId, username, url, isVisible, createdAt },
    }),
  );
  const isSignIn = ({ provider }: { provider: string }) => provider === 'OIDC';
  const files = [
    ['profile.json', profile],
    ['settings.json', settings],
    ['accounts.json', elsewhere.filter((account) => !isSignIn(account))],
    [
      'flags.json',
      named(flags).map(({ id, name, description, image, createdAt }) => ({
        ...{ id, name, description },
        image: picturePath(image, 'flags', id),
        createdAt,
      })),
    ],
    [
      'members.json',
      named(members).map((member) => ({
        id: member.id,
        name: member.name,
        displayName: member.displayName,
        bio: member.bio,
        links: member.links,
        ...wordsOf(member),
        avatar: picturePath(member.avatar, 'members', member.id),
        isUnlisted: member.isUnlisted,
        flags: member.flagIds.map((id) => stableId(origins, id)),
        createdAt: member.createdAt,
      })),
    ],
    ['aspects.json', named(aspects).map(({ id, name, createdAt }) => ({ id, name, createdAt }))],
    ['categories.json', categories],
    [
      'rooms.json',
      rooms.map(({ room, role, joinedAt, owner, isOwnerFindable }) => {
        const id = stableId(origins, room.id);
        return {
          ...{ id, kind: room.kind, slug: room.slug, name: room.name, description: room.description },
          avatar: role === 'OWNER' ? picturePath(room.avatar, 'rooms', id) : null,
          isPublic: room.isPublic,
          createdAt: room.createdAt,
          owner: isOwnerFindable ? personOf(owner) : null,
          role,
          joinedAt,
        };
      }),
    ],
  ] as const;
  const { sid, email, emailVerified, status, badges } = me;
  return {
    files,
    pictures,
    account: { sid, email, emailVerified, status, badges, signIns: elsewhere.filter(isSignIn) },
    username: me.username,
  };
}
