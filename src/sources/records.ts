// What the four systems have in common, in Kith's own terms: what a mapping makes of their payloads, before anything of
// it is stored. Nothing here is trusted: lengths, Markdown, URLs and pictures are checked when it comes in.
import type { CustomPreference, NameEntry, ProfileField, PronounEntry } from '../features/profile/table.ts';

/** The systems that people are read from. */
export const sourceProviders = ['SELFCOMMUNITY', 'PRONOUNS_CC', 'QURAN_FOUNDATION', 'DIASPORA'] as const;
export type SourceProvider = (typeof sourceProviders)[number];

/** Who somebody is at a source. Ids are text, whatever they are there: some are beyond 2^53. */
export interface SourceIdentity {
  externalId: string;
  /** The name that people are found by there, such as `alice@example.com`; null where it is not told. */
  accountName: string | null;
}

export interface SourceLocation {
  name: string | null;
  latitude: number | null;
  longitude: number | null;
}

/** What people and members say of themselves alike. */
export interface SourceWords {
  names: readonly NameEntry[];
  pronouns: readonly PronounEntry[];
  fields: readonly ProfileField[];
}

export interface SourceFlag {
  externalId: string;
  name: string;
  description: string | null;
  imageUrl: string;
}

export interface SourceMember extends SourceWords {
  externalId: string;
  sid: string | null;
  name: string;
  displayName: string | null;
  /** Markdown. */
  bio: string | null;
  links: readonly string[];
  avatarUrl: string | null;
  isUnlisted: boolean;
  /** Ids of the owner's flags, in the order they are shown in. */
  flags: readonly string[];
}

export interface SourceTag {
  /** In lower case, without `#`. */
  name: string;
  description: string | null;
  color: string | null;
}

/** An account elsewhere that a person shows, or has. */
export interface SourceAccount {
  provider: 'DISCORD' | 'TUMBLR' | 'GOOGLE' | 'FEDIVERSE';
  instance: string;
  externalId: string;
  username: string | null;
  isVisible: boolean;
}

/** What only the person themself is told. What is undefined is not told, or not known there. */
export interface SourceSettings {
  email?: string | null;
  emailVerified?: boolean;
  searchable?: boolean;
  memberListPrivate?: boolean;
  emailFrequency?: 'NEVER' | 'INSTANT' | 'DAILY';
  push?: boolean;
  toasts?: boolean;
  sounds?: boolean;
  language?: string;
  contentLanguages?: readonly string[];
  hideFollowSuggestions?: boolean;
  showFeaturedSuggestions?: boolean;
  sidRerolledAt?: Date | null;
}

/** A person of a source. Null is what they have not said, or do not show. */
export interface SourcePerson extends SourceIdentity, SourceWords {
  /** Their page, for people to open. */
  url: string | null;
  /** What a username here is made from. */
  username: string | null;
  sid: string | null;
  displayName: string | null;
  realName: string | null;
  tagline: string | null;
  /** Markdown. */
  bio: string | null;
  website: string | null;
  links: readonly string[];
  memberTitle: string | null;
  customPreferences: readonly CustomPreference[];
  avatarUrl: string | null;
  coverUrl: string | null;
  /** YYYY-MM-DD; the year 1004 where it is not given. */
  birthday: string | null;
  gender: string | null;
  location: SourceLocation | null;
  position: SourceLocation | null;
  companyName: string | null;
  companyRole: string | null;
  timezone: string | null;
  /** What the source says of now, in seconds, where it does not say the timezone. */
  utcOffset: number | null;
  tags: readonly SourceTag[];
  badges: readonly ('ADMIN' | 'STAFF' | 'VERIFIED' | 'COMMUNITY')[];
  isNsfw: boolean;
  /** Whether birthday, gender, location and bio are for everybody there; false makes the profile CONTACTS here. */
  showsDetails: boolean;
  /** Waits for approval there, is suspended, or is gone. */
  status: 'ACTIVE' | 'PENDING' | 'SUSPENDED' | 'DELETED';
  createdAt: Date | null;
  /** Null where the answer does not list them. */
  members: readonly SourceMember[] | null;
  /** The flags they show, in order; null where the answer does not list them. */
  flags: readonly SourceFlag[] | null;
  accounts: readonly SourceAccount[];
  /** What the source counts; what it does not tell is left out. */
  counters: Readonly<Partial<Record<SourceCounter, number>>>;
  /** Only of the token's own person. */
  settings: SourceSettings | null;
}

export type SourceCounter =
  | 'followers'
  | 'following'
  | 'connections'
  | 'posts'
  | 'discussions'
  | 'statuses'
  | 'polls'
  | 'categories'
  | 'likesReceived'
  | 'reputation';

export interface SourcePhoto {
  externalId: string | null;
  /** The post it belongs to, where it does. */
  postId: string | null;
  url: string;
  description: string | null;
  width: number | null;
  height: number | null;
  createdAt: Date | null;
}

export interface SourcePoll {
  externalId: string;
  question: string;
  multipleChoice: boolean;
  isHidden: boolean;
  isClosed: boolean;
  expiresAt: Date | null;
  /** Votes come in as counts. */
  choices: readonly { externalId: string; text: string; votes: number }[];
}

export interface SourcePost {
  externalId: string;
  type: 'STATUS' | 'DISCUSSION' | 'POLL' | 'RESHARE';
  author: SourceIdentity & { displayName: string | null; avatarUrl: string | null };
  /** False for what was limited at its origin: it stays with its author's aspects. */
  isPublic: boolean;
  title: string | null;
  slug: string | null;
  /** Markdown, or HTML: what the source has. */
  body: { markdown: string } | { html: string };
  summary: string | null;
  isNsfw: boolean;
  isCollapsed: boolean;
  /** The application it was written with. */
  provider: string | null;
  location: SourceLocation | null;
  photos: readonly SourcePhoto[];
  links: readonly {
    url: string;
    title: string | null;
    description: string | null;
    imageUrl: string | null;
  }[];
  poll: SourcePoll | null;
  tags: readonly string[];
  categories: readonly string[];
  mentions: readonly SourceIdentity[];
  /** Of a reshare: what it passes on, null when that is gone. */
  root: { externalId: string; author: SourceIdentity | null } | null;
  counters: { comments: number; likes: number; reshares: number; followers: number; views: number };
  /** What the token's person has done with it, where the source tells. */
  own?: { liked: boolean; reshared: boolean; followed: boolean };
  createdAt: Date;
  updatedAt: Date | null;
}

/** How the token's person stands to somebody, as the source says. */
export interface SourceTie {
  person: SourcePerson;
  /** The token's person follows them, or has added them. */
  follows: boolean;
  isConnected: boolean;
  isBlocked: boolean;
  isHidden: boolean;
  /** Names of the token's person's lists that hold them. */
  aspects: readonly string[];
}

/** A page of something, and what to go on with; null when there is no more. */
export interface SourcePage<Item> {
  items: readonly Item[];
  next: string | null;
}
