import { createRequire } from 'node:module';
import { z } from 'zod';
import type { CustomPreference, NameEntry, ProfileField, PronounEntry } from './table.ts';

/** How somebody feels about a word, in full. */
export interface Preference extends CustomPreference {
  isCustom: boolean;
}

const builtIn = (
  key: string,
  icon: string,
  tooltip: string,
  rest: Partial<Pick<Preference, 'size' | 'muted' | 'favourite'>> = {},
): Preference => ({
  key,
  isCustom: false,
  icon,
  tooltip,
  size: 'NORMAL',
  muted: false,
  favourite: false,
  ...rest,
});

const okay = builtIn('okay', 'hand-thumbs-up', 'Okay');
/** The five that everybody has, by their keys. */
export const builtInPreferences = new Map(
  [
    builtIn('favourite', 'heart-fill', 'Favourite', { size: 'LARGE', favourite: true }),
    okay,
    builtIn('jokingly', 'emoji-laughing', 'Jokingly'),
    builtIn('friends_only', 'people', 'Friends only'),
    builtIn('avoid', 'hand-thumbs-down', 'Avoid', { size: 'SMALL', muted: true }),
  ].map((preference) => [preference.key, preference]),
);

/** The preference with this key: a built-in one, one of the owner's own, or `okay` where it is gone. */
export function preferenceOf(key: string, own: readonly CustomPreference[]): Preference {
  const custom = own.find((preference) => preference.key === key);
  return builtInPreferences.get(key) ?? (custom ? { ...custom, isCustom: true } : okay);
}

/** Words as a profile stores them. */
export interface Words {
  names?: readonly NameEntry[] | undefined;
  pronouns?: readonly PronounEntry[] | undefined;
  fields?: readonly ProfileField[] | undefined;
}

/** The paths of those entries whose preference is neither built in nor among the owner's own. */
export function unknownPreferences(words: Words, own: readonly CustomPreference[]): string[][] {
  const known = new Set([...builtInPreferences.keys(), ...own.map(({ key }) => key)]);
  const unknown = (entries: readonly { preference: string }[], ...path: string[]) =>
    entries.flatMap(({ preference }, i) =>
      known.has(preference) ? [] : [[...path, String(i), 'preference']],
    );
  return [
    ...unknown(words.names ?? [], 'names'),
    ...unknown(words.pronouns ?? [], 'pronouns'),
    ...(words.fields ?? []).flatMap(({ entries }, i) => unknown(entries, 'fields', String(i), 'entries')),
  ];
}

const icons = new Set(
  Object.keys(
    z
      .record(z.string(), z.number())
      .parse(createRequire(import.meta.url)('bootstrap-icons/font/bootstrap-icons.json')),
  ),
);

/** Whether there is a Bootstrap icon of this name. */
export function isIcon(name: string): boolean {
  return icons.has(name);
}

/** The five forms of pronouns. */
export interface PronounForms {
  subject: string;
  object: string;
  possessiveDeterminer: string;
  possessivePronoun: string;
  reflexive: string;
}

/** Pronouns written as `subject/object/possessive determiner/possessive pronoun/reflexive`; null for any other text. */
export function pronounForms(pronouns: string): PronounForms | null {
  const [subject, object, possessiveDeterminer, possessivePronoun, reflexive, ...more] = pronouns
    .split('/')
    .map((form) => form.trim());
  if (more.length > 0 || !subject || !object || !possessiveDeterminer || !possessivePronoun || !reflexive) {
    return null;
  }
  return { subject, object, possessiveDeterminer, possessivePronoun, reflexive };
}

/** What a write names that is not there: a preference or a flag, by its path into the input. */
export interface UnknownReference {
  kind: 'preference' | 'flag' | 'used preference';
  path: readonly string[];
}

/** Thrown inside a transaction whose write names what is not there; nothing of it is done then. */
export class UnknownReferences extends Error {
  override readonly name = 'UnknownReferences';
  readonly references: readonly UnknownReference[];
  constructor(references: readonly UnknownReference[]) {
    super('The write names preferences or flags that are not there.');
    this.references = references;
  }
}

/** @throws UnknownReferences when there are any paths. */
export function requireKnown(kind: UnknownReference['kind'], paths: readonly (readonly string[])[]): void {
  if (paths.length > 0) throw new UnknownReferences(paths.map((path) => ({ kind, path })));
}
