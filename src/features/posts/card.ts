// What lists read of a post: what anybody who can find it may see.
import { sql } from 'drizzle-orm';
import { type CardOf, cardsOf } from '../../db/cards.ts';
import type { UserRow } from '../users/card.ts';
import { users } from '../users/table.ts';
import { postStats, posts } from './table.ts';

/** What lies beside a post: whoever reads any of it joins it. */
const statColumns = {
  lastActivityAt: postStats.lastActivityAt,
  comments: postStats.comments,
  likes: postStats.likes,
  reshares: postStats.reshares,
  subscribers: postStats.subscribers,
  views: postStats.views,
};

export const postColumns = {
  id: posts.id,
  authorId: posts.authorId,
  type: posts.type,
  visibility: posts.visibility,
  roomId: posts.roomId,
  rootId: posts.rootId,
  title: posts.title,
  slug: posts.slug,
  body: posts.body,
  html: posts.html,
  summary: posts.summary,
  /** Said of the post, or of its author; of a reshare, also what is said of its root. */
  isNsfw: sql<boolean>`(${posts.isNsfw} OR ${users.isNsfw} OR EXISTS (
    SELECT FROM ${posts} root JOIN ${users} u ON u.id = root.author_id
    WHERE root.id = ${posts.rootId} AND (root.is_nsfw OR u.is_nsfw)))`.as('shown_nsfw'),
  isCollapsed: posts.isCollapsed,
  provider: posts.provider,
  mediaType: posts.mediaType,
  locationName: posts.locationName,
  latitude: posts.latitude,
  longitude: posts.longitude,
  createdAt: posts.createdAt,
  updatedAt: posts.updatedAt,
  ...statColumns,
};

/** A post as lists read it. Of a partial card only the columns that its query's fields need are there. */
export interface PostRow
  extends Pick<
      typeof posts.$inferSelect,
      Exclude<keyof typeof postColumns, keyof typeof statColumns | 'isNsfw'>
    >,
    Pick<typeof postStats.$inferSelect, keyof typeof statColumns> {
  isNsfw: boolean;
  /** Its author, where they were read with it: a partial card. */
  author?: UserRow;
}

export type PostCard = CardOf<typeof postColumns>;

/** Whether a card has anything of `post_stats`. */
export function readsStats({ columns }: PostCard): boolean {
  return Object.keys(statColumns).some((name) => name in columns);
}

/** The card for a query that asks these fields of a list's posts. */
export const postCardFor = cardsOf(
  postColumns,
  ['id', 'authorId', 'createdAt', 'visibility'],
  {
    type: ['type'],
    title: ['title'],
    slug: ['slug'],
    body: ['body'],
    html: ['html'],
    summary: ['summary'],
    updatedAt: ['updatedAt'],
    lastActivityAt: ['lastActivityAt'],
    isNsfw: ['isNsfw'],
    isCollapsed: ['isCollapsed'],
    provider: ['provider'],
    mediaType: ['mediaType'],
    media: ['mediaType'],
    photos: ['mediaType'],
    location: ['locationName', 'latitude', 'longitude'],
    room: ['roomId'],
    root: ['rootId'],
    counters: ['comments', 'likes', 'reshares', 'subscribers', 'views'],
  },
  ['body', 'html'],
);
