import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  boolean,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { at } from '../../db/columns.ts';
import { aspects } from '../aspects/table.ts';
import type { Picture } from '../media/table.ts';
import { rooms } from '../rooms/table.ts';
import { tags } from '../tags/table.ts';
import { users } from '../users/table.ts';

export const postTypes = ['STATUS', 'DISCUSSION', 'POLL', 'RESHARE'] as const;
export const postVisibilities = ['PUBLIC', 'FOLLOWERS', 'CONNECTIONS', 'ASPECTS', 'ROOM'] as const;
export const mediaTypes = ['IMAGES', 'VIDEO', 'DOCUMENTS', 'LINK'] as const;
export const mediumKinds = ['PHOTO', 'VIDEO', 'DOCUMENT', 'LINK'] as const;

/** What people write. Type, visibility and room stay as they were made. */
export const posts = pgTable(
  'posts',
  {
    id: uuid().primaryKey(),
    authorId: uuid('author_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    type: text({ enum: postTypes }).notNull(),
    visibility: text({ enum: postVisibilities }).notNull(),
    /** The room of a ROOM post, which goes with it. */
    roomId: uuid('room_id').references(() => rooms.id, { onDelete: 'cascade' }),
    /** What a reshare reshares: null for everything else, and once that is deleted. */
    rootId: uuid('root_id').references((): AnyPgColumn => posts.id, { onDelete: 'set null' }),
    /** Given, or derived from the body; null where there is nothing to derive it from. */
    title: text(),
    /** Whether the title was given, and stays when the body changes. */
    hasOwnTitle: boolean('has_own_title').notNull().default(false),
    slug: text().notNull(),
    body: text().notNull(),
    /** The body rendered and sanitised; mentions are marked in it, and are shown as each reader may see them. */
    html: text().notNull(),
    summary: text().notNull(),
    /** Given, or by the body; a post is nsfw also when its author is. */
    isNsfw: boolean('is_nsfw').notNull().default(false),
    isCollapsed: boolean('is_collapsed').notNull().default(false),
    provider: text(),
    mediaType: text('media_type', { enum: mediaTypes }),
    locationName: text('location_name'),
    latitude: doublePrecision(),
    longitude: doublePrecision(),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
    /** The visibility, and reshares apart: what the feed has to know of a post to look up the newest of each author. */
    feedKind: text('feed_kind')
      .notNull()
      .generatedAlwaysAs(sql`CASE type WHEN 'RESHARE' THEN 'RESHARE' ELSE visibility END`),
  },
  (t) => [
    uniqueIndex('posts_slug_unique').on(t.authorId, t.slug),
    uniqueIndex('posts_reshare_unique').on(t.rootId, t.authorId),
    index('posts_newest').on(t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    // With the kind behind its order: the feed passes posts for others without a look at them.
    index('posts_of_author').on(
      t.authorId,
      t.createdAt.desc().nullsFirst(),
      t.id.desc().nullsFirst(),
      t.feedKind,
    ),
    index('posts_of_room')
      .on(t.roomId, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst())
      .where(sql`room_id IS NOT NULL`),
    index('posts_of_root')
      .on(t.rootId, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst())
      .where(sql`root_id IS NOT NULL`),
    check('posts_type_known', sql`type IN ('STATUS', 'DISCUSSION', 'POLL', 'RESHARE')`),
    check(
      'posts_visibility_known',
      sql`visibility IN ('PUBLIC', 'FOLLOWERS', 'CONNECTIONS', 'ASPECTS', 'ROOM')`,
    ),
    check('posts_room', sql`(visibility = 'ROOM') = (room_id IS NOT NULL)`),
    check('posts_reshare', sql`root_id IS NULL OR (type = 'RESHARE' AND visibility = 'PUBLIC')`),
  ],
);

/**
 * A post's counters, kept by triggers, apart from its row so that updates stay small (HOT). Made with the post; whoever
 * changes anything that hangs on a post locks this row first, after the people and the room, and before inboxes.
 */
export const postStats = pgTable('post_stats', {
  postId: uuid('post_id')
    .primaryKey()
    .references(() => posts.id, { onDelete: 'cascade' }),
  comments: integer().notNull().default(0),
  likes: integer().notNull().default(0),
  reshares: integer().notNull().default(0),
  /** Those who are told of comments because they asked to be. */
  subscribers: integer().notNull().default(0),
  views: integer().notNull().default(0),
  lastActivityAt: at('last_activity_at').notNull(),
});

/** The aspects that an ASPECTS post is for: whoever is in one of them sees it. */
export const postAspects = pgTable(
  'post_aspects',
  {
    postId: uuid('post_id')
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    aspectId: uuid('aspect_id')
      .notNull()
      .references(() => aspects.id, { onDelete: 'cascade' }),
  },
  (t) => [
    primaryKey({ name: 'post_aspects_pkey', columns: [t.postId, t.aspectId] }),
    index('post_aspects_of_aspect').on(t.aspectId),
  ],
);

/** Photos and links of posts, in their order. A photo has a picture, everything else a URL. */
export const postMedia = pgTable(
  'post_media',
  {
    id: uuid().primaryKey(),
    postId: uuid('post_id')
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    /** The post's author and time, for lists of somebody's photos. */
    authorId: uuid('author_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: at('created_at').notNull(),
    kind: text({ enum: mediumKinds }).notNull(),
    position: smallint().notNull(),
    title: text(),
    description: text(),
    image: jsonb().$type<Picture>(),
    url: text(),
    mimeType: text('mime_type'),
  },
  (t) => [
    uniqueIndex('post_media_position').on(t.postId, t.position),
    index('post_media_photos')
      .on(t.authorId, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst())
      .where(sql`kind = 'PHOTO'`),
    check('post_media_kind_known', sql`kind IN ('PHOTO', 'VIDEO', 'DOCUMENT', 'LINK')`),
    check(
      'post_media_content',
      sql`(kind = 'PHOTO') = (image IS NOT NULL) AND (kind = 'PHOTO') = (url IS NULL) AND (kind = 'DOCUMENT') = (mime_type IS NOT NULL)`,
    ),
  ],
);

/** The tags of posts: those given, then those in the text, in their order. */
export const postTags = pgTable(
  'post_tags',
  {
    postId: uuid('post_id')
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    tagId: uuid('tag_id')
      .notNull()
      .references(() => tags.id, { onDelete: 'cascade' }),
    position: smallint().notNull(),
  },
  (t) => [
    primaryKey({ name: 'post_tags_pkey', columns: [t.postId, t.tagId] }),
    index('post_tags_of_tag').on(t.tagId),
  ],
);

/** Who is mentioned in posts, in the order of the text. */
export const postMentions = pgTable(
  'post_mentions',
  {
    postId: uuid('post_id')
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    position: smallint().notNull(),
  },
  (t) => [
    primaryKey({ name: 'post_mentions_pkey', columns: [t.postId, t.userId] }),
    index('post_mentions_of_user').on(t.userId),
  ],
);

/** Who likes a post. */
export const postLikes = pgTable(
  'post_likes',
  {
    postId: uuid('post_id')
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    primaryKey({ name: 'post_likes_pkey', columns: [t.postId, t.userId] }),
    index('post_likes_newest').on(t.postId, t.createdAt.desc().nullsFirst(), t.userId.desc().nullsFirst()),
    index('post_likes_of_user').on(t.userId),
  ],
);

/** Who asked to be told of a post's comments. */
export const postSubscribers = pgTable(
  'post_subscribers',
  {
    postId: uuid('post_id')
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
  },
  (t) => [
    primaryKey({ name: 'post_subscribers_pkey', columns: [t.postId, t.userId] }),
    index('post_subscribers_of_user').on(t.userId),
  ],
);

/** Who has marked a post seen. */
export const postViews = pgTable(
  'post_views',
  {
    postId: uuid('post_id')
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
  },
  (t) => [
    primaryKey({ name: 'post_views_pkey', columns: [t.postId, t.userId] }),
    index('post_views_of_user').on(t.userId),
  ],
);
