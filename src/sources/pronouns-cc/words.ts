import { builtInPreferences } from '../../features/profile/preference-rules.ts';
import type { CustomPreference } from '../../features/profile/table.ts';
import type { SourceWords } from '../records.ts';
import type { CustomPreferencesPayload, ProfilePayload } from './payloads.ts';

/** What older answers have for the five. */
const numbered = new Map([
  ['1', 'favourite'],
  ['2', 'okay'],
  ['3', 'jokingly'],
  ['4', 'friends_only'],
  ['5', 'avoid'],
]);

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const sizes = { large: 'LARGE', normal: 'NORMAL', small: 'SMALL' } as const;

/** Somebody's own preferences, in their order. What is not keyed by a UUID cannot be told from a built-in one. */
export function toCustomPreferences(preferences: CustomPreferencesPayload): CustomPreference[] {
  const byKey = new Map(
    Object.entries(preferences).map(([key, { size, ...preference }]) => [
      key.toLowerCase(),
      { key: key.toLowerCase(), ...preference, size: sizes[size] },
    ]),
  );
  return [...byKey.values()].filter(({ key }) => uuid.test(key));
}

/** Names, pronouns and fields; whose preference is gone is `okay`, as pronouns.cc shows it plain. */
export function toWords(
  { names, pronouns, fields }: Pick<ProfilePayload, 'names' | 'pronouns' | 'fields'>,
  own: readonly CustomPreference[],
): SourceWords {
  const known = new Set([...builtInPreferences.keys(), ...own.map(({ key }) => key)]);
  const preference = (status: string) => {
    const key = numbered.get(status) ?? status.toLowerCase();
    return known.has(key) ? key : 'okay';
  };
  const entries = (all: ProfilePayload['names']) =>
    all.map(({ value, status }) => ({ value, preference: preference(status) }));
  return {
    names: entries(names),
    pronouns: pronouns.map((entry) => ({
      pronouns: entry.pronouns,
      displayText: entry.display_text,
      preference: preference(entry.status),
    })),
    fields: fields.map((field) => ({ name: field.name, entries: entries(field.entries) })),
  };
}
