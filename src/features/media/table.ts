import { sql } from 'drizzle-orm';
import { check, index, pgTable, text } from 'drizzle-orm/pg-core';
import { at } from '../../db/columns.ts';

/** What a picture is for, which says what sizes it has. */
export const pictureKinds = ['avatar', 'cover', 'flag', 'photo'] as const;
export type PictureKind = (typeof pictureKinds)[number];

/** A picture as the row that shows it has it. */
export interface Picture {
  kind: PictureKind;
  /** What its files' names begin with: random, and never another picture's; of a private picture, it says so. */
  name: string;
  /** Pixels of the original. */
  width: number;
  height: number;
  /** SHA-256 of the original as it is stored, in hex. */
  hash: string;
}

/**
 * The pictures whose files are in the storage, or may be. One is PENDING while its files are written, USED once a row
 * shows it (triggers say so), DROPPED when none does any more; then its files are removed, and the row after them.
 */
export const mediaFiles = pgTable(
  'media_files',
  {
    name: text().primaryKey(),
    state: text({ enum: ['PENDING', 'USED', 'DROPPED'] }).notNull(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    index('media_files_unused').on(t.createdAt).where(sql`state <> 'USED'`),
    check('media_files_state_known', sql`state IN ('PENDING', 'USED', 'DROPPED')`),
  ],
);
