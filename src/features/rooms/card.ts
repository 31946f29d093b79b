// What lists read of a room: what anybody who can find it may see.
import { sql } from 'drizzle-orm';
import { type CardOf, cardsOf } from '../../db/cards.ts';
import { roomMembers, roomStats, rooms } from './table.ts';

export const roomColumns = {
  id: rooms.id,
  kind: rooms.kind,
  slug: rooms.slug,
  name: rooms.name,
  description: rooms.description,
  avatar: rooms.avatar,
  isPublic: rooms.isPublic,
  isVerified: rooms.isVerified,
  createdAt: rooms.createdAt,
  members: sql<number>`(SELECT s.members FROM ${roomStats} s WHERE s.room_id = ${rooms.id})`.as('members'),
  posts: sql<number>`(SELECT s.posts FROM ${roomStats} s WHERE s.room_id = ${rooms.id})`.as('posts'),
  ownerId: sql<
    string | null
  >`(SELECT o.user_id FROM ${roomMembers} o WHERE o.room_id = ${rooms.id} AND o.role = 'OWNER')`.as(
    'owner_id',
  ),
};

/** A room as lists read it. Of a partial card only the columns that its query's fields need are there. */
export interface RoomRow
  extends Pick<
    typeof rooms.$inferSelect,
    Exclude<keyof typeof roomColumns, 'members' | 'posts' | 'ownerId'>
  > {
  /** How many people are in it, whoever asks. */
  members: number;
  /** How many posts it has. */
  posts: number;
  ownerId: string | null;
}

export type RoomCard = CardOf<typeof roomColumns>;

/** The card for a query that asks these fields of a list's rooms. */
export const roomCardFor = cardsOf(
  roomColumns,
  ['id'],
  {
    kind: ['kind'],
    slug: ['slug'],
    name: ['name'],
    description: ['description'],
    avatar: ['avatar'],
    isPublic: ['isPublic'],
    isVerified: ['isVerified'],
    createdAt: ['createdAt'],
    membersCount: ['members'],
    postsCount: ['posts'],
    owner: ['ownerId'],
  },
  [],
);
