// People as SelfCommunity tells of them. Three generations share the prefix /api/v2/: October 2020 (`birthday`,
// `avatar_url`, `email` of everybody), July 2021 (`date_of_birth`, `avatar`), and the present one.
import { z } from 'zod';
import {
  count,
  day,
  flag,
  id,
  integer,
  isRecord,
  listOf,
  maybeMoment,
  referred,
  text,
  told,
} from '../lenient.ts';

const tag = z.looseObject({
  id: id.optional(),
  name: text,
  description: text,
  color: text,
  visible: flag,
  active: flag,
  deleted: flag,
});

/** Tags come whole with people, and as mere ids with older posts. */
export const tagReference = referred(tag);

/** Everything but the id is left out somewhere: of autocomplete, of "minimal" people, of an older generation. */
export const userPayload = z.looseObject({
  id,
  username: text,
  real_name: text,
  avatar: text,
  avatar_url: text,
  cover: text,
  date_joined: maybeMoment,
  bio: text,
  description: text,
  website: text,
  gender: text,
  location: text,
  location_lat_lng: text,
  position_lat_lng: text,
  date_of_birth: day,
  birthday: day,
  company_name: text,
  company_role: text,
  tags: listOf(tagReference),
  reputation: integer,
  community_badge: flag,
  reg_approved: flag,
  deleted: flag,
  status: text,
  connection_status: text,
  followers_counter: count,
  followings_counter: count,
  connections_counter: count,
  posts_counter: count,
  discussions_counter: count,
  statuses_counter: count,
  polls_counter: count,
  categories_counter: count,
  email: text,
  email_isvalid: flag,
  language: text,
  role: told((value) => (Array.isArray(value) ? z.array(text) : text.transform((role) => [role]))).default(
    [],
  ),
});
export type UserPayload = z.output<typeof userPayload>;

/** Numbers for switches, as that endpoint has them. */
export const settingsPayload = z.looseObject({
  qa_frequency: integer,
  mobile_notifications_scmty: flag,
  show_toast_notifications: flag,
  toast_notifications_emit_sound: flag,
});
export type SettingsPayload = z.output<typeof settingsPayload>;

/** The keys of one mode only are there: `followings` where people follow, `connections` where they are friends. */
export const countersPayload = z.looseObject({ followings: count, connections: count });

/**
 * A page of something. The documents of 2020 show several lists as one bare thing without paging, and some lists are
 * plain arrays to this day.
 */
export function pagePayload<Item extends z.ZodType>(item: Item) {
  const all = (results: z.output<Item>[]) => ({ results, next: null });
  return told((value) => {
    if (Array.isArray(value)) return z.array(item).transform(all);
    if (isRecord(value) && 'results' in value) return z.looseObject({ results: z.array(item), next: text });
    return item.transform((one) => all([one]));
  });
}
