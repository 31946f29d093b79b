// How one person stands to others, as it becomes another's who turns out to be the same. All of it runs in the
// transaction of merge-store.ts, with all counters locked that change.
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { keyArray } from '../../db/prepared.ts';
import { aspects, aspectUsers } from '../aspects/table.ts';
import { blocks, hides } from '../blocks/table.ts';
import { actLocked } from '../connections/act-store.ts';
import { connections } from '../connections/table.ts';
import { follows } from '../follows/table.ts';
import { forgetActs, forgetSubjects } from '../notifications/act-store.ts';
import { postAspects } from '../posts/table.ts';
import { roomInvites, roomMembers } from '../rooms/table.ts';
import { userStats } from '../users/table.ts';

/** Who goes, and whose all of it becomes. */
export interface Merge {
  from: string;
  into: string;
  at: Date;
}

/** A block stands between the one who stays and somebody. */
const parted = (into: string, other: SQL) => sql`EXISTS (
  SELECT FROM ${blocks} b WHERE (b.blocker_id, b.blocked_id) IN ((${into}::uuid, ${other}), (${other}, ${into}::uuid)))`;

/** Blocks, and what each of them ends that the other of the two had; one between the two is dropped. */
export async function mergeBlocks(tx: Database, { from, into, at }: Merge): Promise<void> {
  const made = await tx
    .insert(blocks)
    .select(
      tx
        .select({
          blockerId:
            sql<string>`CASE WHEN ${blocks.blockerId} = ${from} THEN ${into}::uuid ELSE ${blocks.blockerId} END`.as(
              'blocker_id',
            ),
          blockedId:
            sql<string>`CASE WHEN ${blocks.blockedId} = ${from} THEN ${into}::uuid ELSE ${blocks.blockedId} END`.as(
              'blocked_id',
            ),
          createdAt: blocks.createdAt,
        })
        .from(blocks)
        .where(
          sql`${from}::uuid IN (${blocks.blockerId}, ${blocks.blockedId}) AND NOT ${into}::uuid IN (${blocks.blockerId}, ${blocks.blockedId})`,
        ),
    )
    .onConflictDoNothing()
    .returning();
  await tx.delete(blocks).where(sql`${from}::uuid IN (${blocks.blockerId}, ${blocks.blockedId})`);
  if (made.length === 0) return;
  const others = made.map(({ blockerId, blockedId }) => (blockerId === into ? blockedId : blockerId));
  const ids = sql`${keyArray(others)}::uuid[]`;
  const ended = tx.$with('ended').as(
    tx
      .delete(follows)
      .where(
        sql`(${follows.followerId} = ${into} AND ${follows.followeeId} = ANY(${ids}))
          OR (${follows.followeeId} = ${into} AND ${follows.followerId} = ANY(${ids}))`,
      )
      .returning(),
  );
  await tx
    .with(ended)
    .update(userStats)
    .set({
      following: sql`${userStats.following} - (SELECT count(*) FROM ${ended} WHERE ${ended.followerId} = ${userStats.userId})`,
      followers: sql`${userStats.followers} - (SELECT count(*) FROM ${ended} WHERE ${ended.followeeId} = ${userStats.userId})`,
    })
    .where(
      sql`${userStats.userId} IN (SELECT ${ended.followerId} FROM ${ended} UNION ALL SELECT ${ended.followeeId} FROM ${ended})`,
    );
  await tx.delete(roomInvites).where(
    sql`(${roomInvites.userId} = ${into} AND ${roomInvites.inviterId} = ANY(${ids}))
        OR (${roomInvites.inviterId} = ${into} AND ${roomInvites.userId} = ANY(${ids}))`,
  );
  for (const other of await peersAmong(tx, into, ids)) await actLocked(tx, 'end', into, other, at);
  await forgetActs(
    tx,
    others.flatMap((other) => [[into, other] as const, [other, into] as const]),
  );
}

/** Those of these people with whom somebody has a connection, or what was to be one. */
async function peersAmong(tx: Database, id: string, others: SQL): Promise<string[]> {
  const rows = await tx
    .select({ requester: connections.requesterId, addressee: connections.addresseeId })
    .from(connections)
    .where(
      sql`(${connections.requesterId} = ${id} AND ${connections.addresseeId} = ANY(${others}))
        OR (${connections.addresseeId} = ${id} AND ${connections.requesterId} = ANY(${others}))`,
    );
  return rows.map(({ requester, addressee }) => (requester === id ? addressee : requester));
}

/** Whom somebody has hidden, and who has hidden them. */
export async function mergeHides(tx: Database, { from, into }: Merge): Promise<void> {
  await tx.execute(sql`UPDATE ${hides} SET hider_id = ${into} WHERE hider_id = ${from} AND hidden_id <> ${into}
    AND NOT EXISTS (SELECT FROM ${hides} h WHERE h.hider_id = ${into} AND h.hidden_id = ${hides.hiddenId})`);
  await tx.execute(sql`UPDATE ${hides} SET hidden_id = ${into} WHERE hidden_id = ${from} AND hider_id <> ${into}
    AND NOT EXISTS (SELECT FROM ${hides} h WHERE h.hidden_id = ${into} AND h.hider_id = ${hides.hiderId})`);
}

/**
 * Follows both ways, and what stands on them in aspects. Whoever followed both, or was followed by both, has one follow
 * less; the counters of whom it all goes to are not right after it.
 */
export async function mergeFollows(tx: Database, { from, into }: Merge): Promise<void> {
  const copy = async (side: 'follower_id' | 'followee_id', counter: 'followers' | 'following') => {
    const other = side === 'follower_id' ? 'followee_id' : 'follower_id';
    const [one, theirs, count] = [sql.identifier(side), sql.identifier(other), sql.identifier(counter)];
    await tx.execute(sql`
      WITH copied AS (
        INSERT INTO ${follows} (${one}, ${theirs}, created_at)
        SELECT ${into}::uuid, f.${theirs}, f.created_at FROM ${follows} f
        WHERE f.${one} = ${from} AND f.${theirs} <> ${into} AND NOT ${parted(into, sql`f.${theirs}`)}
        ON CONFLICT DO NOTHING RETURNING ${theirs} AS id)
      UPDATE ${userStats} SET ${count} = ${count} - 1
      WHERE user_id IN (SELECT f.${theirs} FROM ${follows} f WHERE f.${one} = ${from} EXCEPT SELECT id FROM copied)`);
  };
  await copy('follower_id', 'followers');
  await copy('followee_id', 'following');
  // Others' aspects first, while the follows are there that they stand on.
  await tx.execute(sql`
    INSERT INTO ${aspectUsers} (aspect_id, owner_id, user_id, added_at)
    SELECT a.aspect_id, a.owner_id, ${into}::uuid, a.added_at FROM ${aspectUsers} a
    WHERE a.user_id = ${from}
      AND EXISTS (SELECT FROM ${follows} f WHERE f.follower_id = a.owner_id AND f.followee_id = ${into})
    ON CONFLICT DO NOTHING`);
  await mergeAspects(tx, { from, into });
  await tx.execute(sql`DELETE FROM ${follows} WHERE follower_id = ${from} OR followee_id = ${from}`);
}

/** Aspects; of two with one name the people come together. */
async function mergeAspects(tx: Database, { from, into }: Pick<Merge, 'from' | 'into'>): Promise<void> {
  const same = sql`${aspects} old JOIN ${aspects} own ON own.owner_id = ${into} AND own.name_key = old.name_key
    WHERE old.owner_id = ${from}`;
  await tx.execute(sql`
    INSERT INTO ${postAspects} (post_id, aspect_id)
    SELECT p.post_id, pair.own FROM (SELECT old.id AS old, own.id AS own FROM ${same}) pair
    JOIN ${postAspects} p ON p.aspect_id = pair.old ON CONFLICT DO NOTHING`);
  // In one statement: what says whose aspect somebody is in holds at its end.
  await tx.execute(sql`
    WITH pairs AS (SELECT old.id AS old, own.id AS own FROM ${same}),
      moved AS (UPDATE ${aspects} SET owner_id = ${into} WHERE owner_id = ${from} AND id NOT IN (SELECT old FROM pairs)),
      gone AS (DELETE FROM ${aspectUsers} WHERE owner_id = ${from} RETURNING aspect_id, user_id, added_at)
    INSERT INTO ${aspectUsers} (aspect_id, owner_id, user_id, added_at)
    SELECT coalesce(pairs.own, gone.aspect_id), ${into}::uuid, gone.user_id, gone.added_at
    FROM gone LEFT JOIN pairs ON pairs.old = gone.aspect_id
    WHERE EXISTS (SELECT FROM ${follows} f WHERE f.follower_id = ${into} AND f.followee_id = gone.user_id)
    ON CONFLICT DO NOTHING`);
}

/**
 * Connections and requests: of two with one person the accepted one stays, else that of who stays.
 * @returns whose notifications may have changed.
 */
export async function mergeConnections(tx: Database, { from, into }: Merge): Promise<string[]> {
  const peer = (row: SQL, of: string) =>
    sql`CASE WHEN ${row}.requester_id = ${of} THEN ${row}.addressee_id ELSE ${row}.requester_id END`;
  const [theirs, own] = [sql`theirs`, sql`own`];
  const lost = await tx.select({ id: sql<string>`lost.id`, shownId: sql<string>`lost.shown_id` }).from(
    sql`(
      SELECT CASE WHEN theirs.status = 'ACCEPTED' AND own.status <> 'ACCEPTED' AND NOT ${parted(into, peer(theirs, from))}
        THEN own.id ELSE theirs.id END AS id
      FROM ${connections} theirs
      LEFT JOIN ${connections} own ON ${into}::uuid IN (own.requester_id, own.addressee_id)
        AND own.id <> theirs.id AND ${peer(own, into)} = ${peer(theirs, from)}
      WHERE ${from}::uuid IN (theirs.requester_id, theirs.addressee_id)
        AND (own.id IS NOT NULL OR ${peer(theirs, from)} = ${into}
          OR ((theirs.status <> 'REJECTED' OR theirs.asked_again) AND ${parted(into, peer(theirs, from))}))
    ) losing JOIN ${connections} lost ON lost.id = losing.id`,
  );
  if (lost.length > 0)
    await tx
      .delete(connections)
      .where(sql`${connections.id} = ANY(${keyArray(lost.map(({ id }) => id))}::uuid[])`);
  const swapped = (column: string) =>
    sql`CASE WHEN gone.${sql.identifier(column)} = ${from} THEN ${into}::uuid ELSE gone.${sql.identifier(column)} END`;
  // As if they had come anew: the triggers count them, and note who is connected.
  await tx.execute(sql`
    WITH gone AS (DELETE FROM ${connections} WHERE requester_id = ${from} OR addressee_id = ${from} RETURNING *)
    INSERT INTO ${connections} (id, requester_id, addressee_id, status, created_at, accepted_at, seen_at, rejected_at,
      shown_id, shown_at, withdrawn_at, asked_again)
    SELECT gone.id, ${swapped('requester_id')}, ${swapped('addressee_id')}, gone.status, gone.created_at, gone.accepted_at,
      gone.seen_at, gone.rejected_at, gone.shown_id, gone.shown_at, gone.withdrawn_at, gone.asked_again
    FROM gone`);
  return forgetSubjects(
    tx,
    lost.flatMap(({ id, shownId }) => [id, shownId]),
  );
}

/** Rooms that somebody is in, as the higher of two roles, and invitations. The rooms must be locked. */
export async function mergeRooms(tx: Database, { from, into }: Merge): Promise<void> {
  const both = await tx
    .select({ roomId: sql<string>`theirs.room_id`, role: sql<string>`theirs.role` })
    .from(
      sql`${roomMembers} theirs JOIN ${roomMembers} own ON own.room_id = theirs.room_id AND own.user_id = ${into}`,
    )
    .where(
      sql`theirs.user_id = ${from}
        AND array_position(ARRAY['OWNER', 'ADMIN'], theirs.role) < coalesce(array_position(ARRAY['OWNER', 'ADMIN'], own.role), 3)`,
    );
  await tx.execute(sql`DELETE FROM ${roomMembers} WHERE user_id = ${from}
    AND room_id IN (SELECT room_id FROM ${roomMembers} WHERE user_id = ${into})`);
  for (const { roomId, role } of both)
    await tx.execute(
      sql`UPDATE ${roomMembers} SET role = ${role} WHERE room_id = ${roomId} AND user_id = ${into}`,
    );
  await tx.execute(sql`UPDATE ${roomMembers} SET user_id = ${into} WHERE user_id = ${from}`);
  await tx.execute(sql`UPDATE ${roomInvites} SET inviter_id = ${into} WHERE inviter_id = ${from}
    AND user_id <> ${into} AND NOT ${parted(into, sql`${roomInvites.userId}`)}`);
  await tx.execute(sql`UPDATE ${roomInvites} SET user_id = ${into} WHERE user_id = ${from} AND inviter_id <> ${into}
    AND NOT ${parted(into, sql`${roomInvites.inviterId}`)}
    AND NOT EXISTS (SELECT FROM ${roomInvites} i WHERE i.user_id = ${into} AND i.room_id = ${roomInvites.roomId})`);
  // Who is in is not invited any more.
  await tx.execute(sql`DELETE FROM ${roomInvites} WHERE user_id = ${into}
    AND room_id IN (SELECT room_id FROM ${roomMembers} WHERE user_id = ${into})`);
}
