import { sql } from 'drizzle-orm';
import type { Tally } from '../../db/recount.ts';
import { posts } from '../posts/table.ts';
import { roomMembers, roomStats, rooms } from './table.ts';

const id = sql`${roomStats.roomId}`;

/** What is counted for rooms. */
export const roomTally: Tally = {
  table: roomStats,
  id: roomStats.roomId,
  of: { id: rooms.id, columns: [] },
  counts: [
    { column: roomStats.members, must: sql`(SELECT count(*) FROM ${roomMembers} m WHERE m.room_id = ${id})` },
    { column: roomStats.posts, must: sql`(SELECT count(*) FROM ${posts} p WHERE p.room_id = ${id})` },
  ],
};
