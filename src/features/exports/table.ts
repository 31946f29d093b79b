import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { at } from '../../db/columns.ts';
import { users } from '../users/table.ts';

export const exportStates = ['QUEUED', 'RUNNING', 'READY', 'FAILED', 'EXPIRED'] as const;

/** Archives of all that is somebody's, made in the background for them to take along. */
export const exports = pgTable(
  'exports',
  {
    id: uuid().primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    state: text({ enum: exportStates }).notNull(),
    /** Whether pictures' files are in it. */
    includesPictures: boolean('includes_pictures').notNull().default(true),
    createdAt: at('created_at').notNull(),
    /** When whoever makes it was last known to be at it: another takes over once that is too long ago. */
    aliveAt: at('alive_at'),
    finishedAt: at('finished_at'),
    /** From when its file is no longer there. */
    expiresAt: at('expires_at'),
    /** The file's name in the storage, as `media_files` has it: random. A trigger drops it there when it goes from here. */
    file: text(),
    /** Of the file. */
    bytes: bigint({ mode: 'number' }),
  },
  (t) => [
    index('exports_of_user').on(t.userId, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    index('exports_unfinished').on(t.createdAt).where(sql`state IN ('QUEUED', 'RUNNING')`),
    index('exports_expiring').on(t.expiresAt).where(sql`state = 'READY'`),
    check('exports_state_known', sql`state IN ('QUEUED', 'RUNNING', 'READY', 'FAILED', 'EXPIRED')`),
  ],
);

/** Links to archives that have been used, until they would have ended by themselves: each works once. */
export const usedExportLinks = pgTable(
  'used_export_links',
  {
    /** What is random in the link. */
    nonce: text().primaryKey(),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [index('used_export_links_expiring').on(t.expiresAt)],
);
