// Notifications as they come and go: written in the transaction of the act that causes them.
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { keyArray } from '../../db/prepared.ts';
import { newId } from '../../db/uuid.ts';
import { type notificationKinds, users } from '../users/table.ts';
import { inboxes, notificationActors, notifications, type subjectTypes } from './table.ts';

export type NotificationKind = (typeof notificationKinds)[number];

/** What an act that others are told of is about. */
export interface Subject {
  type: (typeof subjectTypes)[number];
  /** The UUID, as those who are told know it. */
  id: string;
}

/** The act itself. */
export interface Doing {
  kind: NotificationKind;
  subject: Subject;
  actor: string;
  at: Date;
}

/**
 * Locks people's notifications against all others who write them, until the transaction ends. Whoever writes those of
 * several people, or in several steps, does this first, and after everything else that is locked.
 */
export async function lockInboxes(tx: Database, people: readonly string[] | SQL): Promise<string[]> {
  const ids = Array.isArray(people) ? sql`(${keyArray(people)}::uuid[])` : sql`(ARRAY(${people}))`;
  const locked = await tx
    .select({ id: inboxes.userId })
    .from(inboxes)
    .where(sql`${inboxes.userId} = ANY${ids}`)
    .orderBy(inboxes.userId)
    .for('no key update');
  return locked.map(({ id }) => id);
}

/**
 * Tells people of an act, save those who are not to be told of it: the actor, whoever has muted the kind, and people
 * whom a block or a hide parts from the actor.
 * @returns who was told.
 */
export async function tell(
  tx: Database,
  { kind, subject, actor, at }: Doing,
  receivers: readonly string[],
): Promise<string[]> {
  const ids = receivers.map(() => newId(at));
  const rows = await tx
    .select({ id: sql<string>`told` })
    .from(
      sql`tell(${kind}, ${subject.type}, ${subject.id}::uuid, ${actor}::uuid, ${keyArray(receivers)}::uuid[], ${keyArray(ids)}::uuid[], ${at.toISOString()}::timestamptz) AS told`,
    );
  return rows.map(({ id }) => id);
}

/** Takes an act back: its actor is out of what people were told of it. @returns whom that concerns. */
export async function takeBack(
  tx: Database,
  { kind, subject, actor }: Pick<Doing, 'kind' | 'subject' | 'actor'>,
): Promise<string[]> {
  const rows = await tx
    .select({ id: sql<string>`told` })
    .from(sql`take_back(${kind}, ${subject.id}::uuid, ${actor}::uuid) AS told`);
  return rows.map(({ id }) => id);
}

/**
 * Deletes all notifications about these subjects.
 * @param subjects their ids, or a query of them.
 * @returns whose they were.
 */
export async function forgetSubjects(tx: Database, subjects: readonly string[] | SQL): Promise<string[]> {
  const about = Array.isArray(subjects)
    ? sql`${notifications.subjectId} = ANY(${keyArray(subjects)}::uuid[])`
    : sql`${notifications.subjectId} IN (${subjects})`;
  const receivers = await lockInboxes(
    tx,
    sql`SELECT ${notifications.receiverId} FROM ${notifications} WHERE ${about}`,
  );
  await tx.delete(notifications).where(about);
  return receivers;
}

/**
 * Deletes a person's notifications about a subject that they may no longer see.
 * @param kind only those of this kind; of all without it.
 */
export async function forgetSubjectOf(
  tx: Database,
  receiver: string,
  subject: string,
  kind?: NotificationKind,
): Promise<void> {
  await lockInboxes(tx, [receiver]);
  await tx
    .delete(notifications)
    .where(
      sql`${notifications.subjectId} = ${subject} AND ${notifications.receiverId} = ${receiver}${
        kind ? sql` AND ${notifications.kind} = ${kind}` : sql``
      }`,
    );
}

/** Takes people's acts out of what others were told: each pair is the actor and who was told. */
export async function forgetActs(
  tx: Database,
  pairs: readonly (readonly [actor: string, receiver: string])[],
): Promise<void> {
  await lockInboxes(
    tx,
    pairs.map(([, receiver]) => receiver),
  );
  const rows = sql.join(
    pairs.map(([actor, receiver]) => sql`(${actor}::uuid, ${receiver}::uuid)`),
    sql`, `,
  );
  await tx
    .delete(notificationActors)
    .where(sql`(${notificationActors.actorId}, ${notificationActors.receiverId}) IN (${rows})`);
}

/** Marks a person's notification about a subject seen, where there is one. Their inbox must be locked already. */
export async function markSubjectSeen(
  tx: Database,
  { kind, subject, at }: Omit<Doing, 'actor'>,
  receiver: string,
): Promise<void> {
  await tx
    .update(notifications)
    .set(seen(at))
    .where(
      sql`${unseenOf(receiver)} AND ${notifications.kind} = ${kind} AND ${notifications.subjectId} = ${subject.id}`,
    );
}

const unseenOf = (receiver: string) =>
  sql`${notifications.receiverId} = ${receiver} AND ${notifications.isUnseen}`;
const seen = (at: Date) => ({ seenAt: at, seenVersion: sql`${notifications.version}` });

/**
 * Marks notifications seen; those that only people whom the receiver cannot find now make unseen stay as they are.
 * @param ids which; null for all.
 * @returns how many were not seen yet.
 */
export function markNotificationsSeen(
  db: Database,
  receiver: string,
  ids: readonly string[] | null,
  at: Date,
): Promise<number> {
  return transaction(db, async (tx) => {
    await lockInboxes(tx, [receiver]);
    const those = ids ? sql` AND ${notifications.id} = ANY(${keyArray(ids)}::uuid[])` : sql``;
    const marked = await tx
      .update(notifications)
      .set(seen(at))
      .where(
        sql`${unseenOf(receiver)}${those} AND EXISTS (
          SELECT FROM ${notificationActors} done JOIN ${users} u ON u.id = done.actor_id
          WHERE done.notification_id = ${notifications.id} AND done.version > ${notifications.seenVersion}
            AND u.status <> 'SUSPENDED')`,
      )
      .returning({ id: notifications.id });
    return marked.length;
  });
}
