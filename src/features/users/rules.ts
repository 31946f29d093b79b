/** Longest and shortest username, in characters. */
export const usernameLength = { min: 2, max: 40 } as const;
const usernamePattern = /^[A-Za-z0-9_.-]*$/;
const reserved = new Set([
  'admin',
  'administrator',
  'api',
  'graphql',
  'me',
  'mod',
  'moderator',
  'root',
  'settings',
  'support',
  '.',
  '..',
]);

/** Whether the text has only the characters of a username. Its length is another matter. */
export function hasUsernameCharacters(text: string): boolean {
  return usernamePattern.test(text);
}

/** Whether nobody may have this username. */
export function isReservedUsername(username: string): boolean {
  return reserved.has(usernameKey(username));
}

/** What is unique of a username: case does not tell people apart. */
export function usernameKey(username: string): string {
  return username.toLowerCase();
}

/** Whether the text has the form of a person's short id. */
export function isSid(text: string): boolean {
  return /^[a-z]{5}$/.test(text);
}

/**
 * The usernames to try for a new account, in order: the preferred one without the characters that are not allowed,
 * then the same with -2, -3, …; or `user-` and the sid where nothing usable is preferred.
 */
export function* usernameCandidates(preferred: string | null, sid: string): Generator<string> {
  const base = (preferred ?? '').replace(/[^A-Za-z0-9_.-]/g, '').slice(0, usernameLength.max);
  const usable = base.length >= usernameLength.min ? base : `user-${sid}`;
  if (!isReservedUsername(usable)) yield usable;
  for (let n = 2; n <= 50; n++) yield withSuffix(usable, `-${n}`);
  // Fifty namesakes: something that is unique already.
  yield withSuffix(usable, `-${sid}`);
}

function withSuffix(base: string, suffix: string): string {
  return base.slice(0, usernameLength.max - suffix.length) + suffix;
}

/** Text as search compares it: without case, accents, and runs of white space. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .toLowerCase()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

/** The three names as `users.search_text` holds them: folded, the username first, each word after a space. */
export function searchText(names: {
  username: string;
  displayName: string | null;
  realName: string | null;
}): string {
  return ` ${[names.username, names.displayName, names.realName]
    .map((name) => fold(name ?? ''))
    .filter(Boolean)
    .join(' ')}`;
}

/** Hours a day may already have begun somewhere before it does in UTC. */
const earliestZone = 14 * 3_600_000;

/** Whether the date (yyyy-mm-dd) can be a birthday: from year 1 (1004: the year is not given) to today, wherever that is first. */
export function isBirthday(date: string, now: Date): boolean {
  return date >= '0001-01-01' && date <= new Date(now.getTime() + earliestZone).toISOString().slice(0, 10);
}

/** Whether `Intl` knows the name as a time zone. Plain offsets such as +02:00 are none: they know no daylight saving. */
export function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    offsetFormat(name);
    return true;
  } catch {
    return false;
  }
}

/** By name in lower case: as many as there are time zones, however people write them. */
const formats = new Map<string, Intl.DateTimeFormat>();

function offsetFormat(timezone: string): Intl.DateTimeFormat {
  const key = timezone.toLowerCase();
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'longOffset' });
    formats.set(key, format);
  }
  return format;
}

/** Seconds east of UTC at that time in that zone (an IANA name), daylight saving included. */
export function utcOffset(timezone: string, at: Date): number {
  const name =
    offsetFormat(timezone)
      .formatToParts(at)
      .find((part) => part.type === 'timeZoneName')?.value ?? '';
  const match = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(name);
  if (!match?.[1]) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return match[1] === '-' ? -seconds : seconds;
}
