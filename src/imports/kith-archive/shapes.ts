// What the files of an archive look like. What a value may be is what the API takes: see each feature's rules.
import { z } from 'zod';
import { archiveVersion } from '../../exports/readme.ts';
import { commentShape } from '../../features/comments/rules.ts';
import { mediumKinds, postTypes } from '../../features/posts/table.ts';
import { roomKinds, roomRoles } from '../../features/rooms/table.ts';

/** A time that has been. */
const past = (now: Date) =>
  z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .refine((at) => at.getTime() >= 0 && at <= now, 'Not a time that has been.');
const later = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const id = z.guid().transform((text) => text.toLowerCase());
const picture = z.string().max(200).nullable();
const count = z.int().min(0).max(2_000_000_000);

const person = z.object({
  username: z.string().max(100),
  account: z
    .object({ provider: z.string().max(100), instance: z.string().max(300), externalId: z.string().max(300) })
    .nullable(),
});
/** Somebody else, as an archive names them. */
export type ArchivedPerson = z.output<typeof person>;

const postRef = z.object({ id, author: person });
/** A post, as an archive names it. */
export type ArchivedPostRef = z.output<typeof postRef>;

export const aboutShape = z.object({
  version: z.literal(archiveVersion),
  username: z.string().max(100),
});

/** The shapes of all entries. What a mutation checks is unknown here, and checked there. */
export function shapesAt(now: Date) {
  const at = past(now);
  return {
    profile: z.looseObject({
      avatar: picture.optional(),
      cover: picture.optional(),
      flags: z.array(id).max(500).optional(),
      joinedAt: at.optional().catch(undefined),
    }),
    flag: z.object({
      id,
      name: z.unknown(),
      description: z.unknown(),
      image: z.string().max(200),
      createdAt: at,
    }),
    member: z.looseObject({ id, avatar: picture, flags: z.array(id).max(500), createdAt: at }),
    aspect: z.object({ id, name: z.unknown(), createdAt: at }),
    category: z.object({ slug: z.string().max(100), followedAt: at }),
    room: z.object({
      id,
      kind: z.enum(roomKinds),
      slug: z.string().max(100),
      name: z.unknown(),
      description: z.unknown(),
      isPublic: z.unknown(),
      avatar: picture,
      createdAt: at,
      owner: person.nullable(),
      role: z.enum(roomRoles),
      joinedAt: at,
    }),
    following: z.object({
      user: person,
      followedAt: at,
      aspects: z.array(z.object({ id, addedAt: at })).max(1_000),
    }),
    follower: z.object({ user: person, followedAt: at }),
    connection: z.object({ user: person, connectedAt: at }),
    request: z.object({ user: person, direction: z.enum(['SENT', 'RECEIVED']), requestedAt: at }),
    block: z.object({ user: person, blockedAt: at }),
    hidden: z.object({ user: person, hiddenAt: at }),
    post: z.object({
      id,
      type: z.enum(postTypes),
      visibility: z.unknown(),
      room: z.object({ id }).nullable(),
      aspects: z.array(id).max(1_000),
      root: postRef.nullable(),
      title: z.unknown(),
      slug: z.string().max(100),
      body: z.unknown(),
      isNsfw: z.unknown(),
      categories: z.array(z.string().max(300)).max(1_000),
      tags: z.unknown(),
      media: z
        .array(
          z.object({
            kind: z.enum(mediumKinds),
            title: z.unknown(),
            description: z.unknown(),
            url: z.unknown(),
            picture,
          }),
        )
        .max(1_000),
      poll: z
        .looseObject({
          choices: z.array(z.object({ text: z.unknown(), votes: count })).max(1_000),
          voters: count,
          createdAt: at,
          updatedAt: at,
          expiresAt: later.nullable(),
          closedAt: at.nullable(),
        })
        .nullable(),
      location: z.unknown(),
      provider: z.string().max(255).nullable(),
      createdAt: at,
      updatedAt: at,
      counts: z.object({ likes: count, comments: count, reshares: count }),
    }),
    comment: z.object({ id, post: postRef.nullable(), body: commentShape.shape.body, createdAt: at }),
    like: z.object({ post: postRef, likedAt: at }),
    subscription: z.object({ post: postRef }),
  };
}
export type Shapes = ReturnType<typeof shapesAt>;
export type ArchivedRoom = z.output<Shapes['room']>;
export type ArchivedPost = z.output<Shapes['post']>;

/** What is wrong with a value, in a line: the same for the same in another entry of a list. */
export function problemOf(error: z.ZodError): string {
  const [issue] = error.issues;
  if (!issue) return 'not valid';
  const path = issue.path.filter((key) => typeof key !== 'number').map(String);
  return `${path.join('.')}: ${issue.message}`;
}
