// What people do to each other in tests, and what they are told of it.
import { eq } from 'drizzle-orm';
import { expect } from 'vitest';
import { users } from '../../src/features/users/table.ts';
import type { TestApp } from './app.ts';
import { crowd, type Person } from './crowd.ts';
import { readInbox } from './inbox.ts';
import type { Clock } from './lists.ts';

/** Mutations that take a `userId`. */
export type Verb =
  | 'followUser'
  | 'unfollowUser'
  | 'removeFollower'
  | 'requestConnection'
  | 'cancelConnectionRequest'
  | 'acceptConnection'
  | 'rejectConnection'
  | 'cancelConnectionRejection'
  | 'removeConnection'
  | 'blockUser'
  | 'unblockUser'
  | 'hideUser'
  | 'unhideUser';

type Five = [ada: Person, bob: Person, carol: Person, dan: Person, eve: Person];

/** All of it on one server, by its clock: a millisecond goes by before each act. */
export function dealings(kith: TestApp, clock: Clock) {
  let made = 0;
  const more = (count: number) => crowd(kith, `p${++made}`, count);
  /** New ones for each test. */
  const newPeople = async (): Promise<Five> => {
    const [ada, bob, carol, dan, eve] = await more(5);
    if (!ada || !bob || !carol || !dan || !eve) throw new Error('There are five.');
    return [ada, bob, carol, dan, eve];
  };
  /** Somebody does something to somebody. */
  const act = async (verb: Verb, by: Person, to: { id: string }) => {
    clock.tick(1);
    return kith.mutate(verb, { userId: to.id }, by.username);
  };
  const done = async (verb: Verb, by: Person, to: Person): Promise<void> => {
    expect((await act(verb, by, to)).userErrors, verb).toEqual([]);
  };
  const deleteAccount = async ({ username }: Person): Promise<void> => {
    expect((await kith.mutate('deleteAccount', { username }, username)).userErrors).toEqual([]);
  };
  /** What no mutation can do: what an operator does. */
  const setStatus = async (who: Person, status: 'ACTIVE' | 'SUSPENDED'): Promise<void> => {
    await kith.database.db.update(users).set({ status }).where(eq(users.id, who.uuid));
  };
  const inbox = (of: Person) => readInbox(kith, of.username);
  const toldOf = async (of: Person) => (await inbox(of)).told;
  const unseenOf = async (of: Person) => (await inbox(of)).unseen.notifications;
  /** Marks notifications seen: all of them without ids. */
  const mark = async (by: Person, notificationIds?: readonly string[] | null) => {
    clock.tick(1);
    const input = notificationIds === undefined ? {} : { notificationIds };
    return kith.mutate('markNotificationsSeen', input, by.username, 'seenCount');
  };
  return { more, newPeople, act, done, deleteAccount, setStatus, inbox, toldOf, unseenOf, mark };
}

/** What `markNotificationsSeen` answers when it marked so many. */
export const marked = (seenCount: number) => ({ seenCount, userErrors: [] });

/** Nothing that is new for somebody. */
export const nothingUnseen = { total: 0, notifications: 0, connectionRequests: 0 };
