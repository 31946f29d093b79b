import type { connectionStatuses } from './table.ts';

/** How long a rejected request that was withdrawn keeps its requester from reaching the addressee, in milliseconds: 30 days. */
export const rejectionHolds = 30 * 24 * 3_600_000;

/** What one of two people does about their connection. */
export type Act =
  | 'request'
  | 'cancelRequest'
  | 'accept'
  | 'reject'
  | 'cancelRejection'
  | 'remove'
  /** They block the other. */
  | 'end';

/** What there is between two people, as it is stored. */
export interface Tie {
  status: (typeof connectionStatuses)[number];
  withdrawnAt: Date | null;
  askedAgain: boolean;
}

/** What is to be written. */
export type Change =
  | 'nothing'
  /** A new request of whoever acts, in the place of whatever there was. */
  | 'create'
  | 'delete'
  | 'accept'
  | 'reject'
  | 'reopen'
  | 'withdraw'
  | 'ask again';

export type Outcome = Change | { refuse: 'NOT_FOUND' | 'CONFLICT' };

const notFound = { refuse: 'NOT_FOUND' } as const;

/**
 * What an act comes to: domain rule 4, with a rejection that its requester never learns of.
 * @param mine whether the request is of whoever acts; of no meaning without a tie.
 */
export function outcomeOf(act: Act, tie: Tie | null, mine: boolean, now: Date): Outcome {
  if (!tie || isOver(tie, now)) return act === 'request' ? 'create' : act === 'end' ? 'nothing' : notFound;
  const { status, withdrawnAt, askedAgain } = tie;
  if (act === 'end') return status === 'REJECTED' ? 'withdraw' : 'delete';
  if (status === 'ACCEPTED') {
    if (act === 'remove') return 'delete';
    return act === 'request' || act === 'accept' ? 'nothing' : notFound;
  }
  // A rejected request is to its requester what a pending one is, until they withdraw it.
  const withdrawn = withdrawnAt !== null;
  if (mine) {
    if (act === 'request') return withdrawn && !askedAgain ? 'ask again' : 'nothing';
    if (act === 'cancelRequest' && !(withdrawn && !askedAgain))
      return status === 'PENDING' ? 'delete' : 'withdraw';
    return notFound;
  }
  // To the addressee one that was withdrawn is none, whether or not the requester has asked again.
  if (withdrawn) return act === 'request' ? (askedAgain ? 'accept' : 'create') : notFound;
  if (status === 'PENDING') {
    if (act === 'request' || act === 'accept') return 'accept';
    return act === 'reject' ? 'reject' : notFound;
  }
  if (act === 'request') return { refuse: 'CONFLICT' };
  if (act === 'reject') return 'nothing';
  return act === 'cancelRejection' ? 'reopen' : notFound;
}

/** A rejected request that was withdrawn so long ago that it counts no more. */
function isOver({ withdrawnAt, askedAgain }: Tie, now: Date): boolean {
  return withdrawnAt !== null && !askedAgain && withdrawnAt.getTime() + rejectionHolds <= now.getTime();
}
