// What people write on SelfCommunity: units of a feed now, bare discussions in October 2020.
import { z } from 'zod';
import {
  count,
  decimal,
  flag,
  id,
  integer,
  isRecord,
  listOf,
  looseCount,
  looseFlag,
  maybeMoment,
  moment,
  referred,
  text,
  told,
} from '../lenient.ts';
import { tagReference, userPayload } from './payloads.ts';

const category = z.looseObject({ id: text, name: text });

const embed = z.looseObject({
  embed_type: text,
  url: text,
  metadata: z.unknown().optional(),
});

const media = z.looseObject({
  id: text,
  added_at: maybeMoment,
  type: text,
  title: text,
  description: text,
  url: text,
  image: text,
  image_width: count,
  image_height: count,
  order: integer,
  embed: embed.nullish(),
});
export type MediaPayload = z.output<typeof media>;

/** What the metadata of an embed of the type `sc_shared_object` says. */
export const sharedObject = z.looseObject({ type: z.string(), id });

/** `vote_count` now, `count_votes` as text in 2020, and `votes` as a number or as the votes themselves. */
const choice = z.looseObject({
  id,
  choice: text,
  order: integer,
  deleted: looseFlag,
  vote_count: count,
  count_votes: looseCount,
  votes: told((value) =>
    Array.isArray(value) ? z.array(z.unknown()).transform((votes) => votes.length) : looseCount,
  ).optional(),
});
export type ChoicePayload = z.output<typeof choice>;

const poll = z.looseObject({
  id,
  title: text,
  multiple_choices: flag,
  closed: flag,
  hidden: looseFlag,
  expiration_at: maybeMoment,
  choices: listOf(choice),
  votes: listOf(z.looseObject({ choice: text })),
});
export type PollPayload = z.output<typeof poll>;

/** A group or an event that a post was written in: its id, or itself with what it says of its privacy. */
const place = referred(z.looseObject({ id: id.optional(), privacy: text }));

const contribution = z.looseObject({
  id,
  type: text,
  title: text,
  slug: text,
  author: userPayload,
  added_at: moment,
  last_edited_at: maybeMoment,
  html: text,
  summary: text,
  deleted: looseFlag,
  draft: flag,
  collapsed: looseFlag,
  comment_count: count,
  vote_count: count,
  share_count: count,
  view_count: count,
  follower_count: looseCount,
  followers: looseCount,
  categories: listOf(referred(category)),
  medias: listOf(referred(media)),
  location: z.looseObject({ location: text, lat: decimal, lng: decimal }).nullish(),
  addressing: listOf(tagReference),
  recipients: listOf(z.unknown()),
  group: place.nullish(),
  event: place.nullish(),
  tags: listOf(tagReference),
  poll: poll.nullish(),
});
export type ContributionPayload = z.output<typeof contribution>;

const kinds = ['discussion', 'post', 'status'] as const;
export type ContributionKind = (typeof kinds)[number];
export interface UnitPayload {
  kind: ContributionKind;
  contribution: ContributionPayload;
}

const kindNames = z.enum(kinds).catch('discussion');

const units: Record<ContributionKind, z.ZodType<UnitPayload>> = {
  discussion: z
    .looseObject({ discussion: contribution })
    .transform((unit) => ({ kind: 'discussion', contribution: unit.discussion })),
  post: z
    .looseObject({ post: contribution })
    .transform((unit) => ({ kind: 'post', contribution: unit.post })),
  status: z
    .looseObject({ status: contribution })
    .transform((unit) => ({ kind: 'status', contribution: unit.status })),
};

/** What was bare said nothing of its type: all feeds were of discussions. */
const bare: z.ZodType<UnitPayload> = contribution.transform((itself) => ({
  kind: kindNames.parse(itself.type),
  contribution: itself,
}));

const isUnitOf = (value: unknown) => (kind: ContributionKind) =>
  isRecord(value) && (isRecord(value[kind]) || (value.type === kind && kind in value));

export const unitPayload = told((value) => {
  const filled = kinds.find(isUnitOf(value));
  return filled ? units[filled] : bare;
});
