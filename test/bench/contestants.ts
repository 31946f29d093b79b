// Who takes part, and what each is sent.
import { signToken } from '../../src/auth/token.ts';
import { type Other, requestsFor } from './peers.ts';
import type { Question } from './questions.ts';
import type { Sent } from './sent.ts';
import type { Server } from './servers.ts';
import { documents, type Pair, userId, type Verb, type Write } from './writes.ts';

/** What is asked: to read, or to write. */
export type Asked = Question | Write;

export interface Contestant extends Server {
  reads: (question: Question) => readonly Sent[];
  /** Left out by who only reads. */
  writes?: (verb: Verb, pair: Pair) => Sent;
}

const secret = 'the benchmark has a secret of its own, of 32 bytes';
/** What Kith is started with. */
export const kithEnvironment = {
  // As in production: a line in the log for each request, and metrics.
  LOG_LEVEL: 'info',
  METRICS_PORT: '4710',
  AUTH_SECRET: secret,
  // It counts, and nobody gets to the end of it.
  RATE_LIMIT_COST_PER_MINUTE: '60000000000',
};

/** Everybody's token whom these ask as, by username. */
export async function tokensFor(asked: readonly Asked[]): Promise<ReadonlyMap<string, string>> {
  const auth = { kind: 'secret', secret, issuer: null, audience: null } as const;
  const names = asked.flatMap((one) =>
    'lists' in one
      ? one.lists.flat().map(({ follower }) => follower.username)
      : one.requests.flatMap(({ as }) => as ?? []),
  );
  const tokens = new Map<string, string>();
  for (const name of new Set(names)) tokens.set(name, await signToken(auth, name, { expires: '1d' }));
  return tokens;
}

const done: Record<Verb, RegExp> = { follow: /"follows" ?: ?true/, unfollow: /"follows" ?: ?false/ };

export function kithContestant(server: Server, tokens: ReadonlyMap<string, string>): Contestant {
  const post = (as: string | undefined, query: string, variables: Record<string, unknown>) => {
    const token = as === undefined ? undefined : tokens.get(as);
    return {
      method: 'POST' as const,
      path: '/graphql',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify({ query, variables }),
    };
  };
  return {
    ...server,
    reads: ({ document, requests }) => requests.map(({ as, variables }) => post(as, document, variables)),
    writes: (verb, { follower, followee }) => ({
      ...post(follower.username, documents[verb], { userId: userId(followee.id) }),
      expects: done[verb],
    }),
  };
}

export function handContestant(server: Server): Contestant {
  return {
    ...server,
    reads: ({ requests }) => requests.map(({ route }) => ({ method: 'GET', path: route })),
    writes: (verb, { follower, followee }) => ({
      method: 'POST',
      path: `/${verb}?follower=${follower.id}&followee=${followee.id}`,
      expects: done[verb],
    }),
  };
}

/** A peer, and what it is sent for these questions. */
export async function peerContestant(
  other: Other,
  questions: readonly Question[],
): Promise<Other & Contestant> {
  const sent = new Map<Question, readonly Sent[]>();
  for (const question of questions) sent.set(question, await requestsFor(other.peer, question, other.url));
  return { ...other, reads: (question) => sent.get(question) ?? [] };
}

/** The lists of what the contestant is sent, each for a connection that walks through it; one for all to read. */
export function sentFor({ reads, writes }: Contestant, asked: Asked): readonly (readonly Sent[])[] {
  if (!('lists' in asked)) return [reads(asked)];
  if (!writes) return [];
  return asked.lists.map((pairs) =>
    pairs.flatMap((pair) => [writes('follow', pair), writes('unfollow', pair)]),
  );
}
