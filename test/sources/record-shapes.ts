// The shapes of records, to hold what a mapping makes against: all keys are there, and no others.
import { z } from 'zod';
import type { SourceIdentity, SourceLocation, SourcePerson, SourcePost } from '../../src/sources/records.ts';

const text = z.string();
const maybe = text.nullable();
const when = z.date().nullable();
const howMany = z.int().min(0);
const degree = z.number().nullable();

const identity = { externalId: text.min(1), accountName: maybe } satisfies Shape<SourceIdentity>;
const location = z
  .strictObject({ name: maybe, latitude: degree, longitude: degree } satisfies Shape<SourceLocation>)
  .nullable();

type Shape<Thing> = Record<keyof Thing, z.ZodType>;

export const personShape = z.strictObject({
  ...identity,
  url: maybe,
  username: maybe,
  sid: maybe,
  displayName: maybe,
  realName: maybe,
  tagline: maybe,
  bio: maybe,
  website: maybe,
  links: z.array(text),
  memberTitle: maybe,
  names: z.array(z.unknown()),
  pronouns: z.array(z.unknown()),
  fields: z.array(z.unknown()),
  customPreferences: z.array(z.unknown()),
  avatarUrl: maybe,
  coverUrl: maybe,
  birthday: z.iso.date().nullable(),
  gender: maybe,
  location,
  position: location,
  companyName: maybe,
  companyRole: maybe,
  timezone: maybe,
  utcOffset: z.number().nullable(),
  tags: z.array(z.strictObject({ name: text, description: maybe, color: maybe })),
  badges: z.array(z.enum(['ADMIN', 'STAFF', 'VERIFIED', 'COMMUNITY'])),
  isNsfw: z.boolean(),
  showsDetails: z.boolean(),
  status: z.enum(['ACTIVE', 'PENDING', 'SUSPENDED', 'DELETED']),
  createdAt: when,
  members: z.array(z.unknown()).nullable(),
  flags: z.array(z.unknown()).nullable(),
  accounts: z.array(z.unknown()),
  counters: z.record(text, z.int()),
  settings: z
    .strictObject({
      email: text,
      emailVerified: z.boolean(),
      emailFrequency: z.enum(['NEVER', 'INSTANT', 'DAILY']),
      push: z.boolean(),
      toasts: z.boolean(),
      sounds: z.boolean(),
      language: text,
      contentLanguages: z.array(text),
      hideFollowSuggestions: z.boolean(),
      showFeaturedSuggestions: z.boolean(),
    })
    .partial()
    .nullable(),
} satisfies Shape<SourcePerson>);

export const tieShape = z.strictObject({
  person: personShape,
  follows: z.boolean(),
  isConnected: z.boolean(),
  isBlocked: z.boolean(),
  isHidden: z.boolean(),
  aspects: z.array(text),
});

const photo = z.strictObject({
  externalId: maybe,
  postId: maybe,
  url: text,
  description: maybe,
  width: howMany.nullable(),
  height: howMany.nullable(),
  createdAt: when,
});

const poll = z.strictObject({
  externalId: text.min(1),
  question: text,
  multipleChoice: z.boolean(),
  isHidden: z.boolean(),
  isClosed: z.boolean(),
  expiresAt: when,
  choices: z.array(z.strictObject({ externalId: text.min(1), text, votes: howMany })),
});

export const postShape = z.strictObject({
  externalId: text.min(1),
  type: z.enum(['STATUS', 'DISCUSSION', 'POLL', 'RESHARE']),
  author: z.strictObject({ ...identity, displayName: maybe, avatarUrl: maybe }),
  isPublic: z.boolean(),
  title: maybe,
  slug: maybe,
  body: z.union([z.strictObject({ html: text }), z.strictObject({ markdown: text })]),
  summary: maybe,
  isNsfw: z.boolean(),
  isCollapsed: z.boolean(),
  provider: maybe,
  location,
  photos: z.array(photo),
  links: z.array(z.strictObject({ url: text, title: maybe, description: maybe, imageUrl: maybe })),
  poll: poll.nullable(),
  tags: z.array(text),
  categories: z.array(text),
  mentions: z.array(z.strictObject(identity)),
  root: z.strictObject({ externalId: text.min(1), author: z.strictObject(identity).nullable() }).nullable(),
  counters: z.strictObject({
    comments: howMany,
    likes: howMany,
    reshares: howMany,
    followers: howMany,
    views: howMany,
  }),
  own: z.strictObject({ liked: z.boolean(), reshared: z.boolean(), followed: z.boolean() }).optional(),
  createdAt: z.date(),
  updatedAt: when,
} satisfies Shape<SourcePost>);
