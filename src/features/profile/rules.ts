import { z } from 'zod';
import { isLinkUrl } from '../../graphql/scalars.ts';
import { clearable, line, list, range, rule, text } from '../../graphql/validate.ts';
import { hasUsernameCharacters, isBirthday, isTimezone, usernameLength } from '../users/rules.ts';

/** Most links on a profile. */
export const maxLinks = 25;

const url = rule(line(256), isLinkUrl, 'This is not an absolute URL of an accepted scheme.');
const coordinates = z.object({ latitude: range(-90, 90), longitude: range(-180, 180) });

/** What `updateProfile` takes: domain rule 2. */
export const profileShape = (now: Date) =>
  z.object({
    username: rule(line(usernameLength.max), hasUsernameCharacters, 'A username has only A–Z a–z 0–9 _ . -')
      .refine((value) => value.length >= usernameLength.min, {
        params: { code: 'TOO_SHORT' },
        error: `At least ${usernameLength.min} characters.`,
      })
      .optional(),
    displayName: clearable(line(100)),
    realName: clearable(line(100)),
    tagline: clearable(text(150)),
    bio: clearable(text(1_000)),
    memberTitle: clearable(text(150)),
    birthday: clearable(
      rule(
        z.string(),
        (date) => isBirthday(date, now),
        'A birthday is in the past; the year 1004 stands for none.',
      ),
    ),
    gender: clearable(text(255)),
    location: clearable(z.object({ name: clearable(text(255)), coordinates: clearable(coordinates) })),
    position: clearable(coordinates),
    company: clearable(z.object({ name: clearable(text(255)), role: clearable(text(255)) })),
    timezone: clearable(rule(text(64), isTimezone, 'This is not an IANA time zone such as Europe/Berlin.')),
    website: clearable(url),
    links: clearable(list(url, maxLinks)),
  });
