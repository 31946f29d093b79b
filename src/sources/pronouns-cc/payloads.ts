// What pronouns.cc answers with. Its lists are null where Go has no slice for them.
import { z } from 'zod';
import { listOf } from '../lenient.ts';
import { id, maybeNumber, maybeText, text, time } from '../values.ts';

const entry = z.object({ value: text, status: text });
const pronounEntry = z.object({ pronouns: text, display_text: maybeText, status: text });
const field = z.object({ name: text, entries: listOf(entry) });

const customPreference = z.object({
  icon: text,
  tooltip: text,
  size: z.enum(['large', 'normal', 'small']).default('normal'),
  muted: z.boolean().default(false),
  favourite: z.boolean().default(false),
});
const customPreferences = z
  .record(z.string(), customPreference)
  .nullish()
  .transform((preferences) => preferences ?? {});
export type CustomPreferencesPayload = z.output<typeof customPreferences>;

export const flagPayload = z.object({ id, hash: text, name: text, description: maybeText });
export type FlagPayload = z.output<typeof flagPayload>;
export const flagsPayload = listOf(flagPayload);

/** What users and members have alike. */
const profile = {
  id,
  sid: maybeText,
  name: text,
  display_name: maybeText,
  bio: maybeText,
  avatar: maybeText,
  links: listOf(text),
  names: listOf(entry),
  pronouns: listOf(pronounEntry),
  fields: listOf(field),
};
export type ProfilePayload = z.output<z.ZodObject<typeof profile>>;

/** Full when it is asked for by itself; without fields, flags and user in lists. */
export const memberPayload = z.object({
  ...profile,
  flags: listOf(flagPayload),
  user: z.object({ id, custom_preferences: customPreferences }).nullish(),
  unlisted: z.boolean().nullish(),
});
export type MemberPayload = z.output<typeof memberPayload>;
export const membersPayload = listOf(memberPayload);

/** A bitmask; longer ones than a number holds come as text. */
const bits = z.union([
  z.int().nonnegative().transform(BigInt),
  z
    .string()
    .regex(/^\d{1,40}$/)
    .transform(BigInt),
]);

/** What only the token's own user is told. */
const own = {
  created_at: time.nullish(),
  timezone: maybeText,
  is_admin: z.boolean().nullish(),
  list_private: z.boolean().nullish(),
  last_sid_reroll: time.nullish(),
  discord: maybeText,
  discord_username: maybeText,
  tumblr: maybeText,
  tumblr_username: maybeText,
  google: maybeText,
  google_username: maybeText,
  fediverse: maybeText,
  fediverse_username: maybeText,
  fediverse_instance: maybeText,
};

export const userPayload = z.object({
  ...profile,
  ...own,
  member_title: maybeText,
  flags: z.array(flagPayload).nullish(),
  members: z.array(memberPayload).nullish(),
  badges: bits.nullish(),
  utc_offset: maybeNumber,
  custom_preferences: customPreferences,
});
export type UserPayload = z.output<typeof userPayload>;
