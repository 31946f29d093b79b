// What things were before they came here.
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../db/client.ts';
import { rowsOf } from '../../db/rows.ts';
import { type OriginKind, origins, type RemoteProvider } from './table.ts';

/** Where things come from: a system, one of its servers, and what kind they are. */
export interface OriginPlace {
  provider: RemoteProvider;
  instance: string;
  kind: OriginKind;
}

/** A thing that came here, and what it was. */
export interface NewOrigin {
  externalId: string;
  id: string;
  ownerId: string;
  url?: string | null;
}

const originRow = z.object({ external_id: z.string(), id: z.string(), owner_id: z.string() });

/** Those of these things that have come, whether they are still here or not, by what they were. */
export async function originsOf(
  db: Database,
  { provider, instance, kind }: OriginPlace,
  externalIds: readonly string[],
): Promise<Map<string, Required<Omit<NewOrigin, 'url'>>>> {
  if (externalIds.length === 0) return new Map();
  // Each is looked up: a plan that knows nothing of them would go through all that has come.
  const rows = await db.execute(sql`
    SELECT n.external_id, o.id, o.owner_id
    FROM json_array_elements_text(${JSON.stringify(externalIds)}::text::json) AS n (external_id)
    CROSS JOIN LATERAL (
      SELECT o.id, o.owner_id FROM ${origins} o
      WHERE o.provider = ${provider} AND o.instance = ${instance} AND o.kind = ${kind} AND o.external_id = n.external_id
      LIMIT 1
    ) o`);
  return new Map(
    rowsOf(rows, originRow).map(({ external_id, id, owner_id }) => [
      external_id,
      { externalId: external_id, id, ownerId: owner_id },
    ]),
  );
}

/**
 * Writes down what things were that are about to be made: what has come already does not come again. Run it in the
 * transaction that makes them.
 * @returns what those were that are new.
 */
export async function claimOrigins(
  tx: Database,
  { provider, instance, kind }: OriginPlace,
  all: readonly NewOrigin[],
): Promise<Set<string>> {
  if (all.length === 0) return new Set();
  const rows = JSON.stringify(
    all.map(({ externalId, id, ownerId, url = null }) => ({
      external_id: externalId,
      id,
      owner_id: ownerId,
      url,
    })),
  );
  const made = await tx.execute(sql`
    INSERT INTO ${origins} (provider, instance, kind, external_id, id, owner_id, url)
    SELECT ${provider}, ${instance}, ${kind}, external_id, id, owner_id, url
    FROM json_to_recordset(${rows}::text::json) AS n (external_id text, id uuid, owner_id uuid, url text)
    ON CONFLICT DO NOTHING RETURNING external_id`);
  return new Set(rowsOf(made, z.object({ external_id: z.string() })).map(({ external_id }) => external_id));
}

/** The servers of a system that something has come from. */
export async function originInstances(db: Database, provider: RemoteProvider): Promise<string[]> {
  // From one to the next, and not through everything of each.
  const rows = await db.execute(sql`
    WITH RECURSIVE hosts AS (
      SELECT min(o.instance) AS instance FROM ${origins} o WHERE o.provider = ${provider}
      UNION ALL
      SELECT (SELECT min(o.instance) FROM ${origins} o WHERE o.provider = ${provider} AND o.instance > hosts.instance)
      FROM hosts WHERE hosts.instance IS NOT NULL
    ) SELECT instance FROM hosts WHERE instance IS NOT NULL`);
  return rowsOf(rows, z.object({ instance: z.string() })).map(({ instance }) => instance);
}
