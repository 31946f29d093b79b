import type { Tally } from '../db/recount.ts';
import { categoryTally } from '../features/categories/recount-store.ts';
import { inboxTally, notificationTally } from '../features/notifications/recount-store.ts';
import { choiceTally, pollTally } from '../features/polls/recount-store.ts';
import { postTally } from '../features/posts/recount-store.ts';
import { roomTally } from '../features/rooms/recount-store.ts';
import { userTally } from '../features/users/recount-store.ts';

/** Every stored counter there is, in the order in which they are mended. */
export const tallies: readonly Tally[] = [
  postTally,
  pollTally,
  choiceTally,
  roomTally,
  categoryTally,
  notificationTally,
  inboxTally,
  userTally,
];
