import { blankPerson, toldCounters } from '../blank.ts';
import type { SourcePerson, SourceSettings, SourceTie } from '../records.ts';
import type { UserPayload } from './payloads.ts';

/** The numbers that the posts feed publishes; there is no other list of them. */
const languages = new Map([
  [1, 'ar'],
  [2, 'en'],
  [3, 'es'],
  [4, 'ms'],
  [5, 'ur'],
  [6, 'id'],
  [7, 'fr'],
  [59, 'sw'],
]);

/** Best first; what is called something else is better than nothing. */
const sizes = ['original', 'large', 'medium', 'small', 'thumb'];

function avatarOf({ avatarUrls, photoUrl }: UserPayload): string | null {
  const urls = avatarUrls ?? new Map<string, string>();
  const size = sizes.find((known) => urls.has(known));
  return (size ? urls.get(size) : [...urls.values()][0]) ?? photoUrl;
}

function badgesOf({ isAdmin, verified }: UserPayload): SourcePerson['badges'] {
  return [...(isAdmin ? (['ADMIN'] as const) : []), ...(verified ? (['VERIFIED'] as const) : [])];
}

export function mapPerson(user: UserPayload): SourcePerson {
  const names = [user.firstName, user.lastName].flatMap((name) => name?.trim() ?? []);
  return {
    ...blankPerson,
    externalId: user.id,
    accountName: user.username,
    username: user.username,
    displayName: names.join(' ') || null,
    bio: user.bio,
    avatarUrl: avatarOf(user),
    location: user.country === null ? null : { name: user.country, latitude: null, longitude: null },
    badges: badgesOf(user),
    status: user.banned ? 'SUSPENDED' : 'ACTIVE',
    // "2000-01-21 00:00:00": the zone is published nowhere, and taken as UTC.
    createdAt: user.createdAt,
    counters: toldCounters({
      posts: user.postsCount,
      followers: user.followersCount,
      likesReceived: user.likesCount,
    }),
  };
}

/** What they read: reflections first, for those are what people write; unknown numbers are left out. */
function contentLanguagesOf({ settings }: UserPayload): string[] {
  const ids = [...(settings?.reflectionLanguages ?? []), ...(settings?.ayahLanguages ?? [])];
  return [...new Set(ids.flatMap((id) => (id === null ? [] : (languages.get(id) ?? []))))];
}

function settingsOf(user: UserPayload): SourceSettings {
  const language = user.languageIsoCode ?? languages.get(user.languageId ?? 0);
  const hides = user.settings?.hideFollowSuggestion ?? null;
  const shows = user.settings?.showFollowFeaturedSuggestion ?? null;
  return {
    ...(user.email === null ? {} : { email: user.email }),
    ...(language === undefined ? {} : { language }),
    ...(user.settings ? { contentLanguages: contentLanguagesOf(user) } : {}),
    ...(hides === null ? {} : { hideFollowSuggestions: hides }),
    ...(shows === null ? {} : { showFeaturedSuggestions: shows }),
  };
}

/** The token's own person: their settings are theirs, though the system tells those of others as well. */
export function mapSelf(user: UserPayload): SourcePerson {
  return { ...mapPerson(user), settings: settingsOf(user) };
}

/** Somebody whom the token's person follows. There is no other tie there: no connection, block or list. */
export function mapTie(user: UserPayload): SourceTie {
  return {
    person: mapPerson(user),
    follows: user.followed ?? user.isFollowed ?? true,
    isConnected: false,
    isBlocked: false,
    isHidden: false,
    aspects: [],
  };
}
