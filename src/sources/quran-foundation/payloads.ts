// People as Quran Foundation tells of them: their own profile, those of others, rows of followers and of a search are
// one shape with more or less in it.
import { z } from 'zod';
import { count, flag, id, integer, isRecord, listOf, maybeMoment, text, toldCount } from '../lenient.ts';

/** A free object, with URLs by size in all examples: what is none says nothing. */
const pictures = z.unknown().transform((urls): ReadonlyMap<string, string> => {
  const sizes = isRecord(urls) ? Object.entries(urls) : [];
  return new Map(
    sizes.flatMap(([size, url]) => (typeof url === 'string' && url.trim() ? [[size, url]] : [])),
  );
});

/** Read as numbers, written as text. */
const languages = listOf(integer);

const settings = z.looseObject({
  ayahLanguages: languages,
  reflectionLanguages: languages,
  hideFollowSuggestion: flag,
  showFollowFeaturedSuggestion: flag,
});

export const userPayload = z.looseObject({
  id,
  username: text,
  firstName: text,
  lastName: text,
  avatarUrls: pictures.optional(),
  photoUrl: text,
  bio: text,
  country: text,
  verified: flag,
  isAdmin: flag,
  banned: flag,
  postsCount: count,
  followersCount: count,
  likesCount: count,
  languageId: integer,
  languageIsoCode: text,
  createdAt: maybeMoment,
  settings: settings.nullish(),
  followed: flag,
  isFollowed: flag,
  email: text,
});
export type UserPayload = z.output<typeof userPayload>;

/** All lists of people, rooms and posts are paged alike. */
export const pagePayload = z.looseObject({
  currentPage: toldCount,
  pages: toldCount,
  limit: toldCount,
  data: z.array(userPayload),
});
