// What a pod of diaspora* answers with: what is not set has no key at all.
import { z } from 'zod';
import { listOf } from '../lenient.ts';
import { count, id, maybeBoolean, maybeNumber, maybeText, text, time } from '../values.ts';

/** A diaspora* ID: user@host[:port]. */
const handle = z.string().regex(/^[^@\s]+@[^@\s/]+$/);

/** Pictures by their sizes; `raw` is not documented. */
const sizes = z.object({ raw: maybeText, large: maybeText, medium: maybeText, small: maybeText });
export type SizesPayload = z.output<typeof sizes>;

/** Somebody in short, as posts and lists have them. */
export const shortPerson = z.object({
  guid: id,
  diaspora_id: handle,
  name: maybeText,
  avatar: z.union([maybeText, sizes]),
});
export type ShortPersonPayload = z.output<typeof shortPerson>;
export const peoplePayload = z.array(shortPerson);

/** Null where it is not set, missing where it is hidden: what is told of the two stays apart. */
const detail = text.nullish();

export const userPayload = z.object({
  guid: id,
  diaspora_id: handle,
  name: maybeText,
  avatar: sizes.nullish(),
  tags: listOf(text),
  birthday: z.iso.date().nullish(),
  gender: detail,
  location: detail,
  bio: detail,
  searchable: z.boolean().nullish(),
  show_profile_info: z.boolean().nullish(),
  nsfw: maybeBoolean,
  blocked: maybeBoolean,
  relationship: z.object({ receiving: z.boolean(), sharing: z.boolean() }).nullish(),
  aspects: listOf(z.object({ id, name: text })),
});
export type UserPayload = z.output<typeof userPayload>;

const dimensions = z.object({ width: maybeNumber, height: maybeNumber }).nullish();

/** `post` is missing for photos of no post, the guid for those within a post. */
export const photoPayload = z.object({
  guid: id.nullish(),
  post: id.nullish(),
  created_at: time.nullish(),
  dimensions,
  sizes,
});
export type PhotoPayload = z.output<typeof photoPayload>;
export const photosPayload = z.array(photoPayload);

const poll = z.object({
  guid: id,
  question: text,
  poll_answers: listOf(z.object({ id, answer: text, vote_count: count })),
});
export type PollPayload = z.output<typeof poll>;

const location = z.object({ address: maybeText, lat: maybeNumber, lng: maybeNumber });

const openGraph = z.object({ url: maybeText, title: maybeText, description: maybeText, image: maybeText });
export type OpenGraphPayload = z.output<typeof openGraph>;

const oEmbed = z.object({ url: maybeText, title: maybeText, thumbnail_url: maybeText });
export type OEmbedPayload = z.output<typeof oEmbed>;

/** The documents write `reshated`, servers `reshared`. */
const ownState = z.object({
  liked: maybeBoolean,
  reshared: maybeBoolean,
  reshated: maybeBoolean,
  subscribed: maybeBoolean,
});

export const postPayload = z.object({
  guid: id,
  created_at: time,
  post_type: z.enum(['StatusMessage', 'Reshare']),
  body: text,
  provider_display_name: maybeText,
  public: z.boolean(),
  nsfw: maybeBoolean,
  author: shortPerson,
  interaction_counters: z.object({ comments: count, likes: count, reshares: count }),
  own_interaction_state: ownState.nullish(),
  mentioned_people: listOf(shortPerson),
  photos: listOf(photoPayload),
  location: location.nullish(),
  poll: poll.nullish(),
  root: z.object({ guid: id, author: shortPerson.nullish() }).nullish(),
  open_graph_object: openGraph.nullish(),
  oembed: oEmbed.nullish(),
});
export type PostPayload = z.output<typeof postPayload>;
export const postsPayload = z.array(postPayload);
