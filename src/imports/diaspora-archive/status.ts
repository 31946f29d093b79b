// One post of an archive, as it can be kept here.
import { newId } from '../../db/uuid.ts';
import type { PollToLoad } from '../../features/polls/bulk-store.ts';
import { maxChoices } from '../../features/polls/rules.ts';
import type { PostToLoad, TextToLoad } from '../../features/posts/bulk-store.ts';
import { writtenText } from '../../features/posts/input.ts';
import { maxPhotos } from '../../features/posts/rules.ts';
import { isNsfwText, slugOf } from '../../features/posts/text-rules.ts';
import type { Moving } from './context.ts';
import {
  location,
  nameOf,
  type PhotoPayload,
  type PollPayload,
  photo,
  poll,
  type StatusPayload,
  statusMessage,
} from './payloads.ts';
import { cutTo, lineOf, storable, withoutMentions } from './texts.ts';

/** Longest text of a post, and of a comment, in characters. */
const maxBody = 65_535;
/** How far ahead of time a pod's clock may be, in milliseconds. */
const clocksDiffer = 24 * 3_600_000;

/** A post that can be made, before its photos. */
export interface PlannedPost {
  guid: string;
  post: Omit<PostToLoad, 'slug'> & { text: TextToLoad; more: NonNullable<PostToLoad['more']> };
  slug: string;
  poll: { guid: string; row: PollToLoad } | null;
  photos: readonly (PhotoPayload & { position: number })[];
}

/** A text as it is kept: without what only diaspora* reads in it. */
export function bodyOf(text: string | null | undefined): { body: string; isCut: boolean } {
  const { text: body, isCut } = cutTo(withoutMentions(storable(text ?? '')).trim(), maxBody);
  return { body, isCut };
}

/** Whether somebody has written it when it says. */
export function isPast(at: Date, now: Date): boolean {
  return at.getTime() <= now.getTime() + clocksDiffer;
}

/** A post as it will be; null, and left, where it cannot be read or is not theirs. */
export function plannedPost(moving: Moving, value: unknown): PlannedPost | null {
  const { survey, owner, report, now } = moving;
  const { data } = statusMessage.safeParse(value);
  if (!data) {
    report.left('posts', 'cannot be read', nameOf(value));
    return null;
  }
  const { guid, author, created_at: createdAt } = data;
  if ((author ?? survey.owner) !== survey.owner) {
    report.left('posts', 'somebody else wrote them', guid);
    return null;
  }
  if (!isPast(createdAt, now)) {
    report.left('posts', 'are of a time to come', guid);
    return null;
  }
  const id = newId(createdAt);
  const text = textOf(moving, data);
  const asked = pollOf(moving, data, id);
  return {
    guid,
    post: {
      ...{ id, authorId: owner.id, createdAt, root: null, text },
      // What was for some is for nobody until its author says whom it is for: the file does not.
      visibility: data.public ? 'PUBLIC' : 'ASPECTS',
      more: {
        hasPoll: asked !== null,
        mediaType: null,
        provider: lineOf(data.provider_display_name, 255),
        location: locationOf(moving, data),
      },
    },
    slug: slugOf(text.title),
    poll: asked,
    photos: photosOf(moving, data),
  };
}

function textOf({ survey, report }: Moving, { guid, text }: StatusPayload): TextToLoad {
  const { body, isCut } = bodyOf(text);
  if (isCut) report.left('texts of posts', `what is beyond ${maxBody} characters`, guid);
  const { title, summary, hashtags, render } = writtenText(body);
  return {
    ...{ title, body, summary, tags: hashtags, html: render(new Map()).html },
    isNsfw: survey.profile.nsfw === true || isNsfwText(hashtags),
  };
}

function locationOf({ report }: Moving, { guid, location: given }: StatusPayload) {
  if (given === null || given === undefined) return null;
  const { data } = location.safeParse(given);
  const name = lineOf(data?.address, 255);
  const [latitude, longitude] = [data?.lat ?? Number.NaN, data?.lng ?? Number.NaN];
  const isPoint = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  if (name === null && !isPoint) {
    report.left('places of posts', 'cannot be read', guid);
    return null;
  }
  return { name, latitude: isPoint ? latitude : null, longitude: isPoint ? longitude : null };
}

function pollOf(moving: Moving, status: StatusPayload, postId: string): PlannedPost['poll'] {
  const { poll: given, guid, created_at: createdAt } = status;
  if (given === null || given === undefined) return null;
  const { report, survey } = moving;
  const { data } = poll.safeParse(given);
  const question = lineOf(data?.question, 255);
  const answers = data ? answersOf(data) : [];
  if (!data || question === null || answers.length < 2) {
    report.left('polls', 'have no question, or no two answers', guid);
    return null;
  }
  report.left(
    'answers of polls',
    `more than ${maxChoices} of them`,
    guid,
    Math.max(0, answers.length - maxChoices),
  );
  const choices = answers
    .slice(0, maxChoices)
    .map((answer) => ({ text: answer.text, votes: survey.votes.for(data.guid, answer.guid) }));
  const voters = choices.reduce((sum, { votes }) => sum + votes, 0);
  // Every poll there is shown to all, and asks for one answer.
  const asked = { question, multipleChoice: false, isHidden: false };
  return { guid: data.guid, row: { ...asked, id: newId(createdAt), postId, createdAt, voters, choices } };
}

function answersOf({ poll_answers }: PollPayload): { guid: string; text: string }[] {
  const guids = new Set<string>();
  return poll_answers.flatMap(({ guid, answer }) => {
    const text = lineOf(answer, 255);
    if (text === null || guids.has(guid)) return [];
    guids.add(guid);
    return [{ guid, text }];
  });
}

function photosOf({ report }: Moving, { guid, photos }: StatusPayload): PlannedPost['photos'] {
  const guids = new Set<string>();
  const all = (photos ?? []).flatMap((given, position) => {
    const { data } = photo.safeParse(given);
    if (!data || guids.has(data.guid)) report.left('photos', 'cannot be read', nameOf(given) ?? guid);
    if (!data || guids.has(data.guid)) return [];
    guids.add(data.guid);
    return [{ ...data, position }];
  });
  report.left('photos', `more than ${maxPhotos} of a post`, guid, Math.max(0, all.length - maxPhotos));
  return all.slice(0, maxPhotos);
}
