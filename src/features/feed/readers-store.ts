import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { keyArray, prepared } from '../../db/prepared.ts';
import { connected } from '../connections/table.ts';
import { follows } from '../follows/table.ts';
import { roomMembers } from '../rooms/table.ts';

const among = prepared((db) => {
  const source = sql`${sql.placeholder('source')}::uuid`;
  const person = sql`person.id`;
  return db
    .select({ id: sql<string>`person.id` })
    .from(sql`unnest(${sql.placeholder('people')}::uuid[]) AS person(id)`)
    .where(
      sql`EXISTS (SELECT FROM ${follows} f WHERE f.follower_id = ${person} AND f.followee_id = ${source})
        OR EXISTS (SELECT FROM ${connected} c WHERE c.user_id = ${person} AND c.peer_id = ${source})
        OR EXISTS (SELECT FROM ${roomMembers} m WHERE m.room_id = ${source} AND m.user_id = ${person})`,
    );
});

/**
 * Those of these people in whose feeds posts of a source may be.
 * @param source the id of a person, or of a room.
 */
export async function feedReadersAmong(
  db: Database,
  source: string,
  people: readonly string[],
): Promise<string[]> {
  return (await among(db, { source, people: keyArray(people) })).map(({ id }) => id);
}
