import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { newId } from '../../db/uuid.ts';
import { replaceShownFlags } from '../flags/store.ts';
import { prideFlags } from '../flags/table.ts';
import type { Picture } from '../media/table.ts';
import { lockOwner } from '../users/store.ts';
import { claimOrigins, isFrom } from './origin-store.ts';
import type { RemoteIdentity } from './rules.ts';
import { origins } from './table.ts';

/** What a source says of a pride flag, as it can be kept. */
export interface RemoteFlag {
  externalId: string;
  name: string;
  description: string | null;
  /** Where its picture is. */
  url: string;
}

type From = Pick<RemoteIdentity, 'provider' | 'instance'>;

const flagsFrom = (from: From) => ({ ...from, kind: 'flag' as const });

/**
 * Puts a flag that has come along into its owner's library, or changes it there.
 * @returns whether the picture is shown by it now.
 */
export async function saveRemoteFlag(
  db: Database,
  from: From,
  ownerId: string,
  flag: RemoteFlag & { image: Picture },
  at: Date,
): Promise<boolean> {
  return transaction(db, async (tx) => {
    if (!(await lockOwner(tx, ownerId))) return false;
    const { name, description, image, url, externalId } = flag;
    const [known] = await tx
      .select({ id: origins.id })
      .from(origins)
      .where(and(isFrom(flagsFrom(from)), eq(origins.externalId, externalId), eq(origins.ownerId, ownerId)));
    if (known) {
      await tx.update(origins).set({ url }).where(eq(origins.id, known.id));
      const changed = await tx
        .update(prideFlags)
        .set({ name, description, image })
        .where(eq(prideFlags.id, known.id))
        .returning({ id: prideFlags.id });
      return changed.length > 0;
    }
    const id = newId(at);
    const claimed = await claimOrigins(tx, flagsFrom(from), [{ externalId, id, ownerId, url }]);
    if (claimed.size === 0) return false;
    await tx.insert(prideFlags).values({ id, ownerId, name, description, image, createdAt: at });
    return true;
  });
}

/** Shows those of these flags that have come along, in this order. @param shown ids at the source. */
export function showRemoteFlags(
  db: Database,
  from: From,
  ownerId: string,
  shown: readonly string[],
): Promise<void> {
  return transaction(db, async (tx) => {
    if (!(await lockOwner(tx, ownerId))) return;
    const rows =
      shown.length === 0
        ? []
        : await tx
            .select({ id: prideFlags.id })
            .from(prideFlags)
            .innerJoin(origins, eq(origins.id, prideFlags.id))
            .where(
              and(
                isFrom(flagsFrom(from)),
                eq(prideFlags.ownerId, ownerId),
                inArray(origins.externalId, [...shown]),
              ),
            )
            .orderBy(sql`array_position(${sql.param(shown)}::text[], ${origins.externalId})`);
    await replaceShownFlags(
      tx,
      ownerId,
      'user',
      ownerId,
      rows.map(({ id }) => id),
    );
  });
}
