import { sql } from 'drizzle-orm';
import type { Tally } from '../../db/recount.ts';
import { users } from '../users/table.ts';
import { inboxes, notificationActors, notifications } from './table.ts';

/** How many did what people were told of. Whoever writes that holds the lock of the inbox. */
export const notificationTally: Tally = {
  table: notifications,
  id: notifications.id,
  counts: [
    {
      column: notifications.actorsCount,
      must: sql`(SELECT count(*) FROM ${notificationActors} a WHERE a.notification_id = ${notifications.id})`,
    },
  ],
  guard: {
    id: inboxes.userId,
    of: (ids) => sql`SELECT n.receiver_id FROM ${notifications} n WHERE n.id = ANY(${ids})`,
  },
};

/** What is counted for people's inboxes. */
export const inboxTally: Tally = {
  table: inboxes,
  id: inboxes.userId,
  of: { id: users.id, columns: [] },
  counts: [
    {
      column: inboxes.unseen,
      must: sql`(SELECT count(*) FROM ${notifications} n WHERE n.receiver_id = ${inboxes.userId} AND n.is_unseen)`,
    },
    {
      // An act that was taken back leaves its number behind: only what is too low is wrong.
      column: inboxes.version,
      must: sql`greatest(${inboxes.version},
        (SELECT max(n.version) FROM ${notifications} n WHERE n.receiver_id = ${inboxes.userId}))`,
    },
  ],
};
