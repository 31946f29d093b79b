// What archives of diaspora* accounts hold, as far as it is taken: keys that are not named here are passed over.
import { z } from 'zod';
import { time } from '../../sources/values.ts';

/** The one version that there is. */
export const archiveVersion = '2.0';

/** A diaspora* ID: name@host[:port]. */
export const handle = z
  .string()
  .max(255)
  .toLowerCase()
  .regex(/^[a-z0-9_.-]{1,64}@[a-z0-9.-]+(:\d{1,5})?$/);

/** What things are known by at all pods. */
export const guid = z.string().regex(/^[A-Za-z0-9_@.:-]{15,254}[A-Za-z0-9]$/);

const text = z.string().nullish();
const yes = z.boolean().nullish();

/** Everything that pods send each other is wrapped alike. */
function wrapped<Data extends z.ZodType>(type: string, data: Data) {
  const wrapping = z.object({ entity_type: z.literal(type), entity_data: z.unknown() });
  return z.preprocess((value) => wrapping.safeParse(value).data?.entity_data, data);
}

export const profile = wrapped(
  'profile',
  z.object({
    author: handle,
    first_name: text,
    last_name: text,
    full_name: text,
    image_url: text,
    bio: text,
    birthday: text,
    gender: text,
    location: text,
    searchable: yes,
    public: yes,
    nsfw: yes,
    tag_string: text,
  }),
);
export type ProfilePayload = z.output<typeof profile>;

export const contact = z.object({
  account_id: handle,
  sharing: z.boolean(),
  receiving: z.boolean(),
  contact_groups_membership: z.array(z.string()).nullish(),
  person_guid: guid.nullish().catch(null),
  person_name: text.catch(null),
});
export type ContactPayload = z.output<typeof contact>;

export const contactGroup = z.object({ name: z.string() });

/** No pod knew posts of another time. */
const postTime = time.refine((at) => at.getTime() >= 0);

/** Photos, polls and places are read apart, so that a bad one takes none of the post with it. */
export const statusMessage = wrapped(
  'status_message',
  z.object({
    author: handle.nullish(),
    guid,
    created_at: postTime,
    text,
    public: z.boolean(),
    provider_display_name: text,
    photos: z.array(z.unknown()).nullish(),
    location: z.unknown().optional(),
    poll: z.unknown().optional(),
  }),
);
export type StatusPayload = z.output<typeof statusMessage>;

export const reshare = wrapped(
  'reshare',
  z.object({
    author: handle.nullish(),
    guid,
    created_at: postTime,
    root_author: handle.nullish().catch(null),
    root_guid: guid.nullish().catch(null),
  }),
);
export type ResharePayload = z.output<typeof reshare>;

export const photo = wrapped('photo', z.object({ guid, remote_photo_name: z.string().min(1), text }));
export type PhotoPayload = z.output<typeof photo>;

const degree = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === '' || value === null || value === undefined ? Number.NaN : Number(value)));

export const location = wrapped('location', z.object({ address: text, lat: degree, lng: degree }));
export type LocationPayload = z.output<typeof location>;

export const poll = wrapped(
  'poll',
  z.object({
    guid,
    question: z.string(),
    poll_answers: z.array(wrapped('poll_answer', z.object({ guid, answer: z.string() }))),
  }),
);
export type PollPayload = z.output<typeof poll>;

export const comment = wrapped(
  'comment',
  z.object({ author: handle, guid, parent_guid: guid, text: z.string(), created_at: postTime.nullish() }),
);
export type CommentPayload = z.output<typeof comment>;

export const like = wrapped(
  'like',
  z.object({ author: handle, guid, parent_guid: guid, parent_type: text, positive: yes }),
);
export type LikePayload = z.output<typeof like>;

export const participation = wrapped(
  'poll_participation',
  z.object({ author: handle, guid, parent_guid: guid, poll_answer_guid: guid }),
);

/** What kind an entry is, before it is read. */
export const typed = z.object({ entity_type: z.string() });

/** What an entry may be called in a report, whatever else of it is wrong. */
const named = z.object({
  account_id: z.string().optional().catch(undefined),
  entity_data: z.object({ guid: z.string().optional() }).optional().catch(undefined),
});

/** The entry's own id where it has one that can be read. */
export function nameOf(value: unknown): string | undefined {
  const { data } = named.safeParse(value);
  return data?.entity_data?.guid ?? data?.account_id;
}
