import { z } from 'zod';
import type { Scope } from '../../auth/scopes.ts';
import { clearable, codePoints, emptied, issue, line, list, text } from '../../graphql/validate.ts';
import { locationShape, tag, url } from '../profile/rules.ts';
import type { postTypes, postVisibilities } from './table.ts';

export type PostVisibility = (typeof postVisibilities)[number];

/** Most photos of a post, links, and both together; most tags, and categories; most people who are mentioned. */
export const maxPhotos = 20;
export const maxPostLinks = 25;
export const maxMedia = maxPhotos + maxPostLinks;
export const maxPostTags = 25;
export const maxPostCategories = 10;
export const maxMentions = 50;
const maxPostAspects = 100;
const maxBody = 65_535;

/** Whether the text has the form of a post's slug. */
export function isPostSlug(text: string): boolean {
  return /^[a-z0-9-]{1,80}$/.test(text);
}

/** The scope that it takes to write a post, or under it. */
export function modifyScope(visibility: PostVisibility): Scope {
  return visibility === 'PUBLIC' ? 'public:modify' : 'private:modify';
}

/** Text of a post, which may be empty where there is something else to see. */
const body = z
  .string()
  .trim()
  .refine((value) => codePoints(value) <= maxBody, {
    params: { code: 'TOO_LONG' },
    error: `At most ${maxBody} characters.`,
    abort: true,
  });

const labels = {
  isNsfw: z.boolean().nullish(),
  categories: emptied(list(z.string(), maxPostCategories)),
  tags: emptied(list(tag, maxPostTags).transform((names) => [...new Set(names)])),
};

/** What `createPost` takes, photos and poll aside: domain rule 2. */
export const postShape = z
  .object({
    body: clearable(body),
    title: clearable(line(255)),
    type: z
      .enum(['STATUS', 'DISCUSSION', 'POLL', 'RESHARE'] satisfies (typeof postTypes)[number][])
      .nullish(),
    visibility: z.enum([
      'PUBLIC',
      'FOLLOWERS',
      'CONNECTIONS',
      'ASPECTS',
      'ROOM',
    ] satisfies (typeof postVisibilities)[number][]),
    aspectIds: emptied(list(z.string(), maxPostAspects)),
    roomId: z.string().nullish(),
    location: clearable(locationShape),
    links: emptied(list(url, maxPostLinks)),
    photos: list(
      z.object({ title: clearable(line(255)), description: clearable(text(1_000)) }),
      maxPhotos,
    ).nullish(),
    hasPoll: z.boolean(),
    ...labels,
  })
  .superRefine((post, { addIssue }) => {
    const type = typeOf(post);
    if (post.type === 'RESHARE') addIssue(issue('INVALID', 'Use `resharePost` for that.', 'type'));
    if (type === 'DISCUSSION' && !post.title)
      addIssue(issue('TOO_SHORT', 'A discussion has a title.', 'title'));
    if (type === 'STATUS' && post.title)
      addIssue(issue('INVALID', 'A status has no title of its own.', 'title'));
    if (type === 'POLL' && !post.hasPoll) addIssue(issue('INVALID', 'A poll has a question.', 'poll'));
    if (type === 'STATUS' && post.hasPoll) addIssue(issue('INVALID', 'A status has no poll.', 'poll'));
    if (!post.body && !post.photos?.length && !post.hasPoll)
      addIssue(issue('TOO_SHORT', 'Say something, or show a photo or a poll.', 'body'));
    const isForAspects = post.visibility === 'ASPECTS';
    if (isForAspects && !post.aspectIds?.length)
      addIssue(issue('TOO_SHORT', 'Name at least one aspect.', 'aspectIds'));
    if (!isForAspects && post.aspectIds?.length)
      addIssue(issue('INVALID', 'Only for the visibility ASPECTS.', 'aspectIds'));
    const isForRoom = post.visibility === 'ROOM';
    if (isForRoom && !post.roomId) addIssue(issue('INVALID', 'Name the room.', 'roomId'));
    if (!isForRoom && post.roomId) addIssue(issue('INVALID', 'Only for the visibility ROOM.', 'roomId'));
  });

type PostInput = z.output<typeof postShape>;

/** The type of a new post: as given, else by what it has. */
export function typeOf({ type, title, hasPoll }: Pick<PostInput, 'type' | 'title' | 'hasPoll'>) {
  return type ?? (hasPoll ? 'POLL' : title ? 'DISCUSSION' : 'STATUS');
}

/** What `updatePost` takes: omitted stays as it is, null clears. */
export const postChangeShape = z.object({
  body: clearable(body),
  title: clearable(line(255)),
  ...labels,
});

/** A post's tags: those given, then those of its text, as many as there may be. */
export function tagsOf(given: readonly string[], inText: readonly string[]): string[] {
  return [...new Set([...given, ...inText])].slice(0, maxPostTags);
}
