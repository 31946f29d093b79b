import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import type { Picture } from '../media/table.ts';
import { users } from '../users/table.ts';
import { remotes } from './table.ts';

/**
 * Shows a picture that has come along, and notes where it was; null for none.
 * @returns whether the person is a remote one still: else nothing was written.
 */
export function showRemotePicture(
  db: Database,
  userId: string,
  place: 'avatar' | 'cover',
  picture: Picture | null,
  address: string | null,
): Promise<boolean> {
  return transaction(db, async (tx) => {
    const shown = await tx
      .update(users)
      .set({ [place]: picture })
      .where(and(eq(users.id, userId), users.isRemote))
      .returning({ id: users.id });
    if (shown.length === 0) return false;
    const noted =
      address === null
        ? sql`${remotes.pictures} - ${place}::text`
        : sql`${remotes.pictures} || ${JSON.stringify({ [place]: address })}::jsonb`;
    await tx.update(remotes).set({ pictures: noted }).where(eq(remotes.userId, userId));
    return true;
  });
}
