import type { SourcePerson } from './records.ts';

/** A person of whom nothing is said yet: each system fills in what it has. */
export const blankPerson: Omit<SourcePerson, 'externalId' | 'accountName'> = {
  url: null,
  username: null,
  sid: null,
  displayName: null,
  realName: null,
  tagline: null,
  bio: null,
  website: null,
  links: [],
  memberTitle: null,
  names: [],
  pronouns: [],
  fields: [],
  customPreferences: [],
  avatarUrl: null,
  coverUrl: null,
  birthday: null,
  gender: null,
  location: null,
  position: null,
  companyName: null,
  companyRole: null,
  timezone: null,
  utcOffset: null,
  tags: [],
  badges: [],
  isNsfw: false,
  showsDetails: true,
  status: 'ACTIVE',
  createdAt: null,
  members: null,
  flags: null,
  accounts: [],
  counters: {},
  settings: null,
};

/** The counters that are told: a source that does not tell one has not said that it is nought. */
export function toldCounters<Name extends string>(
  counters: Readonly<Record<Name, number | null>>,
): Partial<Record<Name, number>> {
  const known: Partial<Record<Name, number>> = {};
  for (const name in counters) if (counters[name] !== null) known[name] = counters[name];
  return known;
}
