import type { CustomPreference } from '../../features/profile/table.ts';
import { blankPerson } from '../blank.ts';
import type { SourceAccount, SourceFlag, SourceMember, SourcePerson, SourceSettings } from '../records.ts';
import type { FlagPayload, MemberPayload, ProfilePayload, UserPayload } from './payloads.ts';
import { toCustomPreferences, toWords } from './words.ts';

/** A part of a URL: `encodeURIComponent` throws for half a character. */
const part = (text: string) => encodeURIComponent(text.toWellFormed());

/** Where pictures are, unless the server says otherwise. */
export const defaultCdn = 'https://cdn.pronouns.cc';

/** Pictures are told by a hash of what is in them. */
function image(cdn: string, ...parts: readonly string[]): string {
  return `${cdn}/${parts.map(part).join('/')}.webp`;
}

function avatar(kind: 'users' | 'members', { id, avatar: hash }: ProfilePayload, cdn: string): string | null {
  return hash === null ? null : image(cdn, kind, id, hash);
}

export function toFlag({ id, hash, name, description }: FlagPayload, cdn = defaultCdn): SourceFlag {
  return { externalId: id, name, description, imageUrl: image(cdn, 'flags', hash) };
}

/** @param own the owner's preferences, for members that come without their user. */
export function toMember(
  member: MemberPayload,
  own: readonly CustomPreference[],
  cdn = defaultCdn,
): SourceMember {
  const { id, sid, name, display_name, bio, links, user, unlisted } = member;
  return {
    ...toWords(member, user ? toCustomPreferences(user.custom_preferences) : own),
    externalId: id,
    sid,
    name,
    displayName: display_name,
    bio,
    links,
    avatarUrl: avatar('members', member, cdn),
    isUnlisted: unlisted ?? false,
    flags: member.flags.map((flag) => flag.id),
  };
}

/** The accounts they log in with, which pronouns.cc shows to nobody else. */
function toAccounts(user: UserPayload): SourceAccount[] {
  const all = [
    { provider: 'DISCORD', instance: '', externalId: user.discord, username: user.discord_username },
    { provider: 'TUMBLR', instance: '', externalId: user.tumblr, username: user.tumblr_username },
    { provider: 'GOOGLE', instance: '', externalId: user.google, username: user.google_username },
    {
      provider: 'FEDIVERSE',
      instance: user.fediverse_instance,
      externalId: user.fediverse,
      username: user.fediverse_username,
    },
  ] as const;
  return all.flatMap(({ instance, externalId, ...account }) =>
    instance === null || externalId === null ? [] : [{ ...account, instance, externalId, isVisible: false }],
  );
}

/** Only the token's own person is told whether their list is private. */
function toSettings({ list_private, last_sid_reroll }: UserPayload): SourceSettings | null {
  if (list_private === undefined || list_private === null) return null;
  return { memberListPrivate: list_private, sidRerolledAt: last_sid_reroll ?? null };
}

export function toPerson(user: UserPayload, cdn = defaultCdn): SourcePerson {
  const customPreferences = toCustomPreferences(user.custom_preferences);
  const isAdmin = user.is_admin || ((user.badges ?? 0n) & 1n) === 1n;
  return {
    ...blankPerson,
    ...toWords(user, customPreferences),
    externalId: user.id,
    accountName: user.name,
    url: `https://pronouns.cc/@${part(user.name)}`,
    username: user.name,
    sid: user.sid,
    displayName: user.display_name,
    bio: user.bio,
    links: user.links,
    memberTitle: user.member_title,
    customPreferences,
    avatarUrl: avatar('users', user, cdn),
    timezone: user.timezone,
    utcOffset: user.utc_offset,
    badges: isAdmin ? ['ADMIN'] : [],
    createdAt: user.created_at ?? null,
    members:
      user.members === undefined
        ? null
        : (user.members ?? []).map((member) => toMember(member, customPreferences, cdn)),
    flags: user.flags === undefined ? null : (user.flags ?? []).map((flag) => toFlag(flag, cdn)),
    accounts: toAccounts(user),
    settings: toSettings(user),
  };
}
