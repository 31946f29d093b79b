import { z } from 'zod';
import { isLinkUrl } from '../../graphql/scalars.ts';
import { clearable, emptied, issue, line, list, range, rule, text } from '../../graphql/validate.ts';
import { hasUsernameCharacters, isBirthday, isTimezone, usernameLength } from '../users/rules.ts';
import { maxFlags } from '../users/table.ts';
import { isIcon } from './preference-rules.ts';
import { preferenceSizes } from './table.ts';

/** Most links on a profile; most fields of words, entries in each list of them, and preferences of one's own; most tags. */
export const maxLinks = 25;
export const maxFields = 25;
export const maxEntries = 100;
export const maxCustomPreferences = 25;
export const maxTags = 5;

/** A link that a profile or a post may show. */
export const url = rule(line(256), isLinkUrl, 'This is not an absolute URL of an accepted scheme.');
const coordinates = z.object({ latitude: range(-90, 90), longitude: range(-180, 180) });

/** A place as inputs have it. */
export const locationShape = z.object({
  name: clearable(text(255)),
  coordinates: clearable(coordinates),
});

/** Keys are compared as they are stored: those of one's own are UUIDs in lower case. */
const preferenceKey = z.string().transform((key) => key.toLowerCase());
const word = text(100);
const nameEntries = list(z.object({ value: word, preference: preferenceKey }), maxEntries);

/** What people and members alike take. A list is emptied by null. */
export const commonShape = {
  displayName: clearable(line(100)),
  bio: clearable(text(1_000)),
  links: emptied(list(url, maxLinks)),
  names: emptied(nameEntries),
  pronouns: emptied(
    list(
      z.object({
        pronouns: word,
        displayText: word.nullish().transform((given) => given ?? null),
        preference: preferenceKey,
      }),
      maxEntries,
    ),
  ),
  fields: emptied(list(z.object({ name: word, entries: nameEntries }), maxFields)),
  flagIds: emptied(list(z.string(), maxFlags)),
};

const customPreferences = list(
  z.object({
    key: z.guid().transform((key) => key.toLowerCase()),
    icon: rule(z.string(), isIcon, 'There is no Bootstrap icon of this name.'),
    tooltip: word,
    size: z.enum(preferenceSizes),
    muted: z.boolean(),
    favourite: z.boolean(),
  }),
  maxCustomPreferences,
).superRefine((entries, { addIssue }) => {
  const keys = new Set<string>();
  for (const [i, { key }] of entries.entries()) {
    if (keys.has(key)) addIssue(issue('INVALID', 'Another one has this key.', i, 'key'));
    keys.add(key);
  }
});

/** Longest tag, in characters. */
const maxTagLength = 64;

/** One tag: in lower case, without #. */
export const tag = z
  .string()
  // Before it is folded, which for long text would be long work; white space and # come on top.
  .refine((name) => name.length <= 4 * maxTagLength, {
    params: { code: 'TOO_LONG' },
    error: `At most ${maxTagLength} characters.`,
    abort: true,
  })
  .transform((name) => name.trim().replace(/^#+/, '').toLowerCase().normalize('NFC'))
  .pipe(
    rule(
      text(64),
      (name) => /^[\p{L}\p{M}\p{N}_-]+$/u.test(name),
      'A tag has only letters, digits, - and _.',
    ),
  );

/** How many may be given, those that are there already among them. */
const maxTagsGiven = 100;

/** Text to the tags in it: in lower case, without #, each once. */
export const tagsShape = list(tag, maxTagsGiven)
  .transform((names) => [...new Set(names)])
  .superRefine((names, { addIssue }) => {
    if (names.length > maxTags) addIssue(issue('TOO_MANY', `At most ${maxTags} tags.`));
  });

/** What `updateProfile` takes: domain rule 2. */
export const profileShape = (now: Date) =>
  z.object({
    username: rule(line(usernameLength.max), hasUsernameCharacters, 'A username has only A–Z a–z 0–9 _ . -')
      .refine((value) => value.length >= usernameLength.min, {
        params: { code: 'TOO_SHORT' },
        error: `At least ${usernameLength.min} characters.`,
      })
      .optional(),
    ...commonShape,
    realName: clearable(line(100)),
    tagline: clearable(text(150)),
    memberTitle: clearable(text(150)),
    birthday: clearable(
      rule(
        z.string(),
        (date) => isBirthday(date, now),
        'A birthday is in the past; the year 1004 stands for none.',
      ),
    ),
    gender: clearable(text(255)),
    location: clearable(locationShape),
    position: clearable(coordinates),
    company: clearable(z.object({ name: clearable(text(255)), role: clearable(text(255)) })),
    timezone: clearable(rule(text(64), isTimezone, 'This is not an IANA time zone such as Europe/Berlin.')),
    website: clearable(url),
    tags: emptied(tagsShape),
    customPreferences: emptied(customPreferences),
  });
