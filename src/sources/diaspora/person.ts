import { blankPerson } from '../blank.ts';
import type { SourceIdentity, SourcePerson, SourceTie } from '../records.ts';
import type { ShortPersonPayload, SizesPayload, UserPayload } from './payloads.ts';

/** The largest that there is. */
export function picture(sizes: SizesPayload): string | null {
  return sizes.raw ?? sizes.large ?? sizes.medium ?? sizes.small;
}

export function toIdentity({ guid, diaspora_id }: ShortPersonPayload | UserPayload): SourceIdentity {
  return { externalId: guid, accountName: diaspora_id };
}

/** Somebody in short; who has no name comes with the diaspora* ID for it. */
export function toShortPerson(person: ShortPersonPayload) {
  const { name, avatar, diaspora_id } = person;
  return {
    ...toIdentity(person),
    displayName: name === diaspora_id ? null : name,
    avatarUrl: avatar === null || typeof avatar === 'string' ? avatar : picture(avatar),
  };
}

/** Years to 1004 stand for none. */
export function toBirthday(birthday: string | null | undefined): string | null {
  if (!birthday) return null;
  return Number(birthday.slice(0, 4)) > 1004 ? birthday : `1004${birthday.slice(4)}`;
}

/**
 * Whether the details are for everybody. Of others it is not told: who shares with the token's person shows them the
 * details in any case, so that only strangers' are known to be public.
 */
function showsDetails(user: UserPayload): boolean {
  const { show_profile_info, relationship, birthday, gender, location, bio } = user;
  const visible = [birthday, gender, location, bio].some((detail) => detail !== undefined);
  return show_profile_info ?? (relationship?.sharing === false && visible);
}

/** Only the token's own person is told whether they can be found. */
function toSettings({ searchable }: UserPayload): SourcePerson['settings'] {
  return searchable === undefined || searchable === null ? null : { searchable };
}

/** The page at the person's own pod: others show theirs only to who is signed in. */
function toUrl({ guid, diaspora_id }: UserPayload): string | null {
  const [, host] = diaspora_id.split('@');
  return URL.parse(`/people/${encodeURIComponent(guid.toWellFormed())}`, `https://${host}`)?.href ?? null;
}

export function toPerson(user: UserPayload): SourcePerson {
  const tags = user.tags.map((tag) => tag.replace(/^#/, '').toLowerCase()).filter((tag) => tag !== '');
  return {
    ...blankPerson,
    ...toIdentity(user),
    url: toUrl(user),
    username: user.diaspora_id.replace(/@.*$/, ''),
    displayName: user.name === user.diaspora_id ? null : user.name,
    bio: user.bio || null,
    avatarUrl: user.avatar ? picture(user.avatar) : null,
    birthday: toBirthday(user.birthday),
    gender: user.gender || null,
    location: user.location ? { name: user.location, latitude: null, longitude: null } : null,
    tags: [...new Set(tags)].map((name) => ({ name, description: null, color: null })),
    isNsfw: user.nsfw,
    showsDetails: showsDetails(user),
    settings: toSettings(user),
  };
}

/** What they do towards the token's person is none of it: anybody can add anybody. */
export function toTie(user: UserPayload): SourceTie {
  return {
    person: toPerson(user),
    follows: user.relationship?.receiving ?? false,
    isConnected: false,
    isBlocked: user.blocked,
    isHidden: false,
    aspects: user.aspects.map(({ name }) => name),
  };
}
