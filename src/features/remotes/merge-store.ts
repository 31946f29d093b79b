// Two people who turn out to be one: all that is the one's becomes the other's, and the one is gone.
import { eq, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Database } from '../../db/client.ts';
import { mendLocked } from '../../db/recount.ts';
import { accounts } from '../accounts/table.ts';
import { blocks } from '../blocks/table.ts';
import { categoryFollows } from '../categories/table.ts';
import { commentMentions, comments } from '../comments/table.ts';
import { connections } from '../connections/table.ts';
import { prideFlags, userFlags } from '../flags/table.ts';
import { members } from '../members/table.ts';
import { lockInboxes } from '../notifications/act-store.ts';
import { notificationActors, notifications } from '../notifications/table.ts';
import { pollVoters, pollVotes } from '../polls/table.ts';
import { lockPostStats, postsTouchedBy } from '../posts/end-store.ts';
import { postLikes, postMedia, postMentions, postSubscribers, posts, postViews } from '../posts/table.ts';
import { lockRoomsOf } from '../rooms/lock-store.ts';
import { lockNeighbours } from '../users/neighbours-store.ts';
import { userTally } from '../users/recount-store.ts';
import { claims, users } from '../users/table.ts';
import { freeNames } from './member-store.ts';
import {
  type Merge,
  mergeBlocks,
  mergeConnections,
  mergeFollows,
  mergeHides,
  mergeRooms,
} from './merge-ties-store.ts';
import { origins } from './table.ts';

/** Longest that a slug may be before something is put behind it. */
const slugRoom = 80 - '-0123456789ab'.length;

/**
 * Locks the counters of two people, and of all whose counters change when one of them becomes the other.
 * @returns the ids of those who are there.
 * @throws NeighboursChanged when it has to begin again.
 */
export async function lockMerge(
  tx: Database,
  { from, into }: Pick<Merge, 'from' | 'into'>,
): Promise<Set<string>> {
  // Somebody with a million followers may take longer than a statement usually may.
  await tx.execute(sql`SET LOCAL statement_timeout = '60s'`);
  return lockNeighbours(
    tx,
    from,
    sql`SELECT ${blocks.blockerId} FROM ${blocks} WHERE ${blocks.blockedId} = ${from}
      UNION SELECT ${blocks.blockedId} FROM ${blocks} WHERE ${blocks.blockerId} = ${from}
      UNION SELECT ${into}::uuid`,
  );
}

/**
 * Makes all that is one person's another's, with every counter exact. Both must be locked, by `lockMerge`. What the one
 * was told of is forgotten, and what they did is no longer told.
 * @returns whose notifications and requests may have changed.
 * @throws user_stats_members_limit or user_stats_flags_limit when it would be too many of them.
 */
export async function mergeLocked(tx: Database, merge: Merge): Promise<string[]> {
  const { from, into } = merge;
  await lockRoomsOf(tx, from);
  await lockPostStats(tx, postsTouchedBy(from));
  const told = await lockInboxes(tx, receiversOf(merge));
  await mergeBlocks(tx, merge);
  await mergeHides(tx, merge);
  await mergeFollows(tx, merge);
  const asked = await mergeConnections(tx, merge);
  await mergeRooms(tx, merge);
  await mergePosts(tx, merge);
  await mergeDeeds(tx, merge);
  await mergeMembers(tx, merge);
  await tx.execute(sql`UPDATE ${prideFlags} SET owner_id = ${into} WHERE owner_id = ${from}`);
  await tx.execute(sql`UPDATE ${userFlags} SET user_id = ${into} WHERE user_id = ${from}
    AND NOT EXISTS (SELECT FROM ${userFlags} own WHERE own.user_id = ${into})`);
  await tx.execute(sql`UPDATE ${origins} SET owner_id = ${into} WHERE owner_id = ${from}`);
  // Whoever brings an account along says for themself whether others see it.
  await tx.update(accounts).set({ userId: into, isVisible: false }).where(eq(accounts.userId, from));
  // What they were called can be had again: nobody has deleted an account.
  await tx.delete(claims).where(eq(claims.userId, from));
  await tx.delete(users).where(eq(users.id, from));
  await mendLocked(tx, userTally, [into]);
  return [...told, ...asked];
}

/** Of whose inboxes something goes. */
function receiversOf({ from, into }: Merge): SQL {
  return sql`SELECT ${notificationActors.receiverId} FROM ${notificationActors} WHERE ${notificationActors.actorId} = ${from}
    UNION SELECT ${notifications.receiverId} FROM ${notifications} WHERE ${notifications.subjectId} IN (
      SELECT unnest(ARRAY[c.id, c.shown_id]) FROM ${connections} c
      WHERE ${from}::uuid IN (c.requester_id, c.addressee_id) OR ${into}::uuid IN (c.requester_id, c.addressee_id)
      UNION ${sameReshares({ from, into })}
      UNION SELECT c.id FROM ${comments} c WHERE c.post_id IN (${sameReshares({ from, into })}))
    UNION SELECT ${blocks.blockerId} FROM ${blocks} WHERE ${blocks.blockedId} = ${from}
    UNION SELECT ${blocks.blockedId} FROM ${blocks} WHERE ${blocks.blockerId} = ${from}
    UNION SELECT ${from}::uuid UNION SELECT ${into}::uuid`;
}

/** The reshares of who goes whose root the other has reshared as well. */
const sameReshares = ({ from, into }: Pick<Merge, 'from' | 'into'>) =>
  sql`SELECT r.id FROM ${posts} r JOIN ${posts} own ON own.root_id = r.root_id AND own.author_id = ${into}
    WHERE r.author_id = ${from}`;

/** Posts with their pictures, and what they wrote under others'. A slug that is in use gets something behind it. */
async function mergePosts(tx: Database, merge: Merge): Promise<void> {
  const { from, into } = merge;
  await tx.execute(sql`DELETE FROM ${notifications} WHERE subject_id IN (${sameReshares(merge)}
    UNION SELECT c.id FROM ${comments} c WHERE c.post_id IN (${sameReshares(merge)}))`);
  await tx.execute(sql`DELETE FROM ${posts} WHERE id IN (${sameReshares(merge)})`);
  await tx.execute(sql`UPDATE ${posts} SET author_id = ${into},
      slug = CASE WHEN EXISTS (SELECT FROM ${posts} own WHERE own.author_id = ${into} AND own.slug = ${posts.slug})
        THEN rtrim(left(slug, ${slugRoom}::int), '-') || '-' || right(id::text, 12) ELSE slug END
    WHERE author_id = ${from}`);
  await tx.execute(sql`UPDATE ${postMedia} SET author_id = ${into} WHERE author_id = ${from}`);
  await tx.execute(sql`UPDATE ${comments} SET author_id = ${into} WHERE author_id = ${from}`);
}

/** Rows that say of somebody what they did with a thing, or that it names them: at most one each. */
const deeds: readonly { user: PgColumn; thing: PgColumn }[] = [
  { user: postLikes.userId, thing: postLikes.postId },
  { user: postSubscribers.userId, thing: postSubscribers.postId },
  { user: postViews.userId, thing: postViews.postId },
  { user: postMentions.userId, thing: postMentions.postId },
  { user: commentMentions.userId, thing: commentMentions.commentId },
  { user: categoryFollows.userId, thing: categoryFollows.categoryId },
];

/** What somebody did with posts and categories. What both did stays the other's, and goes with who goes. */
async function mergeDeeds(tx: Database, { from, into }: Merge): Promise<void> {
  // Texts mark whom they name by the id.
  const texts = [
    { table: posts, mentions: postMentions, id: postMentions.postId, user: postMentions.userId },
    {
      table: comments,
      mentions: commentMentions,
      id: commentMentions.commentId,
      user: commentMentions.userId,
    },
  ];
  for (const { table, mentions, id, user } of texts) {
    await tx.execute(sql`UPDATE ${table} SET html = replace(html, ${from}::text, ${into}::text)
      WHERE id IN (SELECT ${id} FROM ${mentions} WHERE ${user} = ${from})`);
  }
  for (const { user, thing } of deeds) {
    const { table } = user;
    await tx.execute(sql`UPDATE ${table} SET ${sql.identifier(user.name)} = ${into} WHERE ${user} = ${from}
      AND NOT EXISTS (SELECT FROM ${table} own
        WHERE own.${sql.identifier(user.name)} = ${into} AND own.${sql.identifier(thing.name)} = ${thing})`);
  }
  // A vote stands on its voter: both are written anew, and the triggers count them.
  await tx.execute(sql`
    WITH voted AS (
      INSERT INTO ${pollVoters} (poll_id, user_id, voted_at)
      SELECT v.poll_id, ${into}::uuid, v.voted_at FROM ${pollVoters} v WHERE v.user_id = ${from}
      ON CONFLICT DO NOTHING RETURNING poll_id)
    INSERT INTO ${pollVotes} (choice_id, poll_id, user_id, voted_at)
    SELECT v.choice_id, v.poll_id, ${into}::uuid, v.voted_at FROM ${pollVotes} v JOIN voted ON voted.poll_id = v.poll_id
    WHERE v.user_id = ${from}`);
}

/** Members; one whose name is in use is given another. */
async function mergeMembers(tx: Database, { from, into }: Merge): Promise<void> {
  // Of whoever lives elsewhere only those without an origin of their own: it is with whom it came to before.
  await tx.execute(sql`DELETE FROM ${members} WHERE owner_id = ${from}
    AND EXISTS (SELECT FROM ${users} u WHERE u.id = ${from} AND u.is_remote)
    AND NOT EXISTS (SELECT FROM ${origins} o WHERE o.id = ${members.id} AND o.kind = 'member')`);
  const all = await tx
    .select({ id: members.id, ownerId: members.ownerId, name: members.name, nameKey: members.nameKey })
    .from(members)
    .where(sql`${members.ownerId} IN (${from}::uuid, ${into}::uuid)`)
    .orderBy(members.createdAt, members.id);
  const [theirs, own] = [from, into].map((owner) => all.filter(({ ownerId }) => ownerId === owner));
  if (!theirs || theirs.length === 0) return;
  // Those that keep theirs come first, or one could be given the name of another.
  const taken = new Set(own?.map(({ nameKey }) => nameKey));
  const clash = theirs.filter(({ nameKey }) => taken.has(nameKey));
  for (const { nameKey } of theirs) taken.add(nameKey);
  for (const { member, ...name } of freeNames(clash, taken)) {
    await tx.update(members).set(name).where(eq(members.id, member.id));
  }
  await tx.update(members).set({ ownerId: into }).where(eq(members.ownerId, from));
}
