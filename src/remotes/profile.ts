// What a source says of somebody, as it can be kept here: of what is too long the beginning, of what is not of a form that
// can be shown nothing. A source is not refused for what a client would be.

import { isStorable } from '../db/text.ts';
import { renderMarkdown } from '../features/profile/markdown.ts';
import { isIcon } from '../features/profile/preference-rules.ts';
import {
  maxCustomPreferences,
  maxEntries,
  maxFields,
  maxLinks,
  maxTags,
  tag,
} from '../features/profile/rules.ts';
import type { CustomPreference, NameEntry, ProfileField, PronounEntry } from '../features/profile/table.ts';
import type { RemoteFlag } from '../features/remotes/flag-store.ts';
import type { RemoteProfile } from '../features/remotes/person-store.ts';
import { isBirthday, isTimezone } from '../features/users/rules.ts';
import { maxFlags } from '../features/users/table.ts';
import { isCalendarDate, isLinkUrl } from '../graphql/scalars.ts';
import type { SourceFlag, SourceMember, SourcePerson, SourceWords } from '../sources/records.ts';

/** Longest text that is kept of a source, in characters. */
export const maxText = 65_535;
const maxUrl = 2_048;

/** Text as it can be kept: what there is of it up to `max` characters; null for none. */
export function textOf(given: string | null, max: number): string | null {
  if (given === null) return null;
  // Before it is looked at letter by letter.
  const some = given.slice(0, max * 2 + 100);
  const clean = [
    ...some
      .toWellFormed()
      .replace(/[^\P{Cc}\t\n\r]/gu, '')
      .trim(),
  ]
    .slice(0, max)
    .join('')
    .trim();
  return clean === '' ? null : clean;
}

/** The same on one line. */
export function lineOf(given: string | null, max: number): string | null {
  return textOf(given?.slice(0, max * 4 + 100).replace(/[\s\p{Cc}]+/gu, ' ') ?? null, max);
}

/** Whether somebody, or something, can be known by it. */
export function isExternalId(text: string): boolean {
  return text !== '' && text.length <= 255 && isStorable(text);
}

/** A link that may be shown; null for any other. */
export function linkOf(given: string | null): string | null {
  const url = given?.trim() ?? '';
  return url.length <= maxUrl && isLinkUrl(url) && url.isWellFormed() ? url : null;
}

function present<Item>(items: readonly (Item | null)[]): Item[] {
  return items.filter((item) => item !== null);
}

function linksOf(links: readonly string[]): string[] {
  return [...new Set(present(links.slice(0, maxLinks).map(linkOf)))];
}

const entriesOf = (entries: readonly NameEntry[]): NameEntry[] =>
  present(
    entries.slice(0, maxEntries).map(({ value, preference }) => {
      const word = lineOf(value, 100);
      return word === null ? null : { value: word, preference: preferenceKeyOf(preference) };
    }),
  );

const preferenceKeyOf = (key: string) => key.slice(0, 36).toLowerCase();

const pronounsOf = (entries: readonly PronounEntry[]): PronounEntry[] =>
  present(
    entries.slice(0, maxEntries).map(({ pronouns, displayText, preference }) => {
      const word = lineOf(pronouns, 100);
      if (word === null) return null;
      return {
        pronouns: word,
        displayText: lineOf(displayText, 100),
        preference: preferenceKeyOf(preference),
      };
    }),
  );

const fieldsOf = (fields: readonly ProfileField[]): ProfileField[] =>
  present(
    fields.slice(0, maxFields).map(({ name, entries }) => {
      const word = lineOf(name, 100);
      return word === null ? null : { name: word, entries: entriesOf(entries) };
    }),
  );

const guid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

function customPreferencesOf(all: readonly CustomPreference[]): CustomPreference[] {
  const byKey = new Map<string, CustomPreference>();
  for (const own of all.slice(0, maxCustomPreferences)) {
    const key = own.key.toLowerCase();
    const tooltip = lineOf(own.tooltip, 100);
    if (!guid.test(key) || tooltip === null) continue;
    byKey.set(key, { ...own, key, tooltip, icon: isIcon(own.icon) ? own.icon : 'question-circle' });
  }
  return [...byKey.values()];
}

const wordsOf = ({ names, pronouns, fields }: SourceWords) => ({
  names: entriesOf(names),
  pronouns: pronounsOf(pronouns),
  fields: fieldsOf(fields),
});

const bioOf = (bio: string | null) => {
  const text = textOf(bio, maxText);
  return { bio: text, bioHtml: text === null ? null : renderMarkdown(text) };
};

/** Both or neither: half a point is none. */
export function pointOf(place: SourcePerson['location']) {
  const { latitude = null, longitude = null } = place ?? {};
  const isPoint =
    latitude !== null && longitude !== null && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  return isPoint ? { latitude, longitude } : { latitude: null, longitude: null };
}

const dateOf = (date: Date | null) => (date && !Number.isNaN(date.getTime()) ? date : null);

/** What a person of a source is here. @param now for what is not yet. */
export function profileOf(person: SourcePerson, now: Date): RemoteProfile {
  const { birthday, timezone, utcOffset } = person;
  const point = pointOf(person.location);
  const joined = dateOf(person.createdAt);
  return {
    externalId: person.externalId,
    accountName: lineOf(person.accountName, 255),
    username: person.username,
    url: linkOf(person.url),
    columns: {
      ...wordsOf(person),
      ...bioOf(person.bio),
      displayName: lineOf(person.displayName, 100),
      realName: lineOf(person.realName, 100),
      tagline: textOf(person.tagline, 150),
      website: linkOf(person.website),
      links: linksOf(person.links),
      memberTitle: textOf(person.memberTitle, 150),
      customPreferences: customPreferencesOf(person.customPreferences),
      birthday: birthday && isCalendarDate(birthday) && isBirthday(birthday, now) ? birthday : null,
      gender: textOf(person.gender, 255),
      locationName: textOf(person.location?.name ?? null, 255),
      ...point,
      companyName: textOf(person.companyName, 255),
      companyRole: textOf(person.companyRole, 255),
      timezone: timezone !== null && timezone.length <= 64 && isTimezone(timezone) ? timezone : null,
      badges: [...person.badges],
      isNsfw: person.isNsfw,
      status: person.status === 'PENDING' ? 'ACTIVE' : person.status,
      profileVisibility: person.showsDetails ? 'PUBLIC' : 'CONTACTS',
      // Nobody was anywhere before 1970, and nobody is there in the future.
      ...(joined && joined.getTime() >= 0 && joined <= now ? { createdAt: joined } : {}),
    },
    tags: [
      ...new Set(
        person.tags.slice(0, 100).flatMap(({ name }) => {
          const read = tag.safeParse(name);
          return read.success && read.data.isWellFormed() ? [read.data] : [];
        }),
      ),
    ].slice(0, maxTags),
    utcOffset: utcOffset !== null && Math.abs(utcOffset) <= 18 * 3600 ? Math.trunc(utcOffset) : null,
    counters: Object.fromEntries(
      Object.entries(person.counters).map(([name, count]) => [
        name,
        Math.min(Math.trunc(count), 2 ** 31 - 1),
      ]),
    ),
    pictures: { avatar: linkOf(person.avatarUrl), cover: linkOf(person.coverUrl) },
    members: person.members?.map(memberOf) ?? null,
    flags: person.flags === null ? null : flagsOf(person.flags),
  };
}

/** Pride flags of a source, as many as somebody may have. */
export function flagsOf(flags: readonly SourceFlag[]): RemoteFlag[] {
  return present(flags.slice(0, maxFlags).map(flagOf));
}

function flagOf({ externalId, name, description, imageUrl }: SourceFlag): RemoteFlag | null {
  const url = linkOf(imageUrl);
  if (url === null) return null;
  return {
    externalId,
    name: lineOf(name, 100) ?? externalId.slice(0, 100),
    description: textOf(description, 500),
    url,
  };
}

/** What a member of a person of a source is here. */
export function memberOf(member: SourceMember) {
  const { externalId, isUnlisted } = member;
  return {
    externalId,
    name: lineOf(member.name, 100) ?? externalId.slice(0, 100),
    avatarUrl: linkOf(member.avatarUrl),
    columns: {
      ...wordsOf(member),
      ...bioOf(member.bio),
      displayName: lineOf(member.displayName, 100),
      links: linksOf(member.links),
      isUnlisted,
    },
  };
}
