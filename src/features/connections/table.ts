import { sql } from 'drizzle-orm';
import { boolean, check, index, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at } from '../../db/columns.ts';
import { users } from '../users/table.ts';

export const connectionStatuses = ['PENDING', 'ACCEPTED', 'REJECTED'] as const;

/**
 * Ties between two people, one row a pair, from request to acceptance or rejection. A rejection is the addressee's secret:
 * the requester is shown a pending request, whose id and time are theirs alone, so that withdrawing it and asking again
 * looks to them as it would have, and reaches nobody.
 */
export const connections = pgTable(
  'connections',
  {
    id: uuid().primaryKey(),
    requesterId: uuid('requester_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    addresseeId: uuid('addressee_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    status: text({ enum: connectionStatuses }).notNull().default('PENDING'),
    createdAt: at('created_at').notNull(),
    acceptedAt: at('accepted_at'),
    /** When the addressee saw the request. */
    seenAt: at('seen_at'),
    rejectedAt: at('rejected_at'),
    /** The id and time of the request as its requester knows it. */
    shownId: uuid('shown_id').notNull(),
    shownAt: at('shown_at').notNull(),
    /** When the requester last withdrew a rejected request: then neither sees it. */
    withdrawnAt: at('withdrawn_at'),
    /** Whether the requester has asked again since: then they, and only they, see it pending. */
    askedAgain: boolean('asked_again').notNull().default(false),
  },
  (t) => [
    uniqueIndex('connections_pair_unique').on(
      sql`least(requester_id, addressee_id)`,
      sql`greatest(requester_id, addressee_id)`,
    ),
    uniqueIndex('connections_shown_unique').on(t.shownId),
    index('connections_sent').on(t.requesterId, t.shownAt.desc().nullsFirst(), t.shownId.desc().nullsFirst()),
    index('connections_received').on(
      t.addresseeId,
      t.createdAt.desc().nullsFirst(),
      t.id.desc().nullsFirst(),
    ),
    check('connections_not_self', sql`requester_id <> addressee_id`),
    check('connections_status_known', sql`status IN ('PENDING', 'ACCEPTED', 'REJECTED')`),
    check('connections_accepted_at', sql`(status = 'ACCEPTED') = (accepted_at IS NOT NULL)`),
    check('connections_rejected_at', sql`(status = 'REJECTED') = (rejected_at IS NOT NULL)`),
    check('connections_withdrawn', sql`status = 'REJECTED' OR (withdrawn_at IS NULL AND NOT asked_again)`),
  ],
);

/** Who is connected with whom: both ways of every accepted connection, kept by a trigger. */
export const connected = pgTable(
  'connected',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    peerId: uuid('peer_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    connectedAt: at('connected_at').notNull(),
  },
  (t) => [
    primaryKey({ name: 'connected_pkey', columns: [t.userId, t.peerId] }),
    index('connected_newest').on(t.userId, t.connectedAt.desc().nullsFirst(), t.peerId.desc().nullsFirst()),
    index('connected_of_peer').on(t.peerId),
  ],
);
