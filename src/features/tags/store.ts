import { eq, inArray, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { writing } from '../../db/errors.ts';
import { keyArray, prepared } from '../../db/prepared.ts';
import { newId } from '../../db/uuid.ts';
import { tags, userTags } from './table.ts';

/** A tag. */
export type TagRow = typeof tags.$inferSelect;

const columns = { id: tags.id, name: tags.name, description: tags.description, color: tags.color };

const byId = prepared((db) =>
  db
    .select(columns)
    .from(tags)
    .where(sql`${tags.id} = ANY(${sql.placeholder('ids')}::uuid[])`),
);

/** The tags with these ids, in no order. */
export function tagsById(db: Database, ids: readonly string[]): Promise<TagRow[]> {
  return byId(db, { ids: keyArray(ids) });
}

const ofUsers = prepared((db) =>
  db
    .select({ userId: userTags.userId, tag: columns })
    .from(userTags)
    .innerJoin(tags, eq(tags.id, userTags.tagId))
    .where(sql`${userTags.userId} = ANY(${sql.placeholder('ids')}::uuid[])`)
    .orderBy(userTags.userId, userTags.position),
);

/** The tags of these people, each person's in their order. Whether they can be found is not asked again. */
export function tagsOfUsers(
  db: Database,
  ids: readonly string[],
): Promise<{ userId: string; tag: TagRow }[]> {
  return ofUsers(db, { ids: keyArray(ids) });
}

/** Makes those of these tags that are not there yet. @param names in lower case, each once. */
export async function ensureTags(tx: Database, names: readonly string[], at: Date): Promise<void> {
  // In one order, so that two who make the same tags wait for each other and never in a circle.
  const rows = names.toSorted().map((name) => ({ id: newId(at), name }));
  await tx.insert(tags).values(rows).onConflictDoNothing();
}

/** What a row of something's tags needs of `tags`: the id, and the place of the name among those given. */
export function tagPlaces(names: readonly string[]) {
  return {
    tagId: tags.id,
    position: sql<number>`array_position(${sql.param(names)}::text[], ${tags.name})::smallint`.as('position'),
  };
}

/**
 * Replaces a person's tags; those that are not there yet are made. Run it in a transaction that has locked the person.
 * @param names in lower case, each once, in the order they are shown in.
 */
export async function replaceTags(
  tx: Database,
  userId: string,
  names: readonly string[],
  at: Date,
): Promise<void> {
  await tx.delete(userTags).where(eq(userTags.userId, userId));
  if (names.length === 0) return;
  await ensureTags(tx, names, at);
  await tx.insert(userTags).select(
    tx
      .select({
        userId: sql<string>`${userId}::uuid`.as('user_id'),
        ...tagPlaces(names),
      })
      .from(tags)
      .where(inArray(tags.name, [...names])),
  );
}

/** Describes a tag, which is made where it is not there yet; what is undefined stays. @returns it as it is then. */
export async function describeTag(
  db: Database,
  name: string,
  change: { description?: string | null | undefined; color?: string | null | undefined },
  at: Date,
): Promise<TagRow> {
  const [row] = await writing(db, (to) =>
    to
      .insert(tags)
      .values({ id: newId(at), name, ...change })
      .onConflictDoUpdate({ target: tags.name, set: { name, ...change } })
      .returning(columns),
  );
  if (!row) throw new Error('The tag was not written.');
  return row;
}
