import { randomUUID } from 'node:crypto';
import { transaction } from '../../src/db/errors.ts';
import { connections } from '../../src/features/connections/table.ts';
import { ensureFollows } from '../../src/features/follows/bulk-store.ts';
import { ensurePeople, type NewPerson } from '../../src/features/users/bulk-store.ts';
import { encodeId } from '../../src/graphql/node.ts';
import type { TestApp } from './app.ts';

/** Somebody in a test: what signs them in, what clients know them by, and what the database does. */
export interface Person {
  username: string;
  id: string;
  uuid: string;
}

/** When people of a crowd begin to join: each a millisecond after the one before. */
const begun = Date.parse('2026-01-01T00:00:00.000Z');

/**
 * Many people at once, straight into the database: `prefix-00`, `prefix-01`, … Those who are there already stay.
 * @param profile what else each of them is, by their number.
 */
export async function crowd(
  kith: TestApp,
  prefix: string,
  size: number,
  profile: (n: number) => Partial<NewPerson> = () => ({}),
): Promise<Person[]> {
  const people = Array.from({ length: size }, (_, n) => ({
    username: `${prefix}-${String(n).padStart(2, '0')}`,
    createdAt: new Date(begun + n),
    ...profile(n),
  }));
  const uuids = await transaction(kith.database.db, (tx) => ensurePeople(tx, '', people));
  return people.map(({ username }) => {
    const uuid = uuids.get(username);
    if (uuid === undefined) throw new Error(`${username} was not made.`);
    return { username, uuid, id: encodeId('User', uuid) };
  });
}

/** Many follows at once, straight into the database, counters included: each a millisecond after the one before. */
export async function followAll(kith: TestApp, pairs: readonly (readonly [Person, Person])[]): Promise<void> {
  const follows = pairs.map(([follower, followee], n) => ({
    follower: follower.uuid,
    followee: followee.uuid,
    at: new Date(begun + n),
  }));
  await transaction(kith.database.db, (tx) => ensureFollows(tx, follows));
}

/** Connections, straight into the database: each a millisecond after the one before. */
export async function connectAll(
  kith: TestApp,
  pairs: readonly (readonly [Person, Person])[],
): Promise<void> {
  if (pairs.length === 0) return;
  await kith.database.db.insert(connections).values(
    pairs.map(([requester, addressee], n) => {
      const [id, at] = [randomUUID(), new Date(begun + n)];
      return {
        id,
        shownId: id,
        requesterId: requester.uuid,
        addresseeId: addressee.uuid,
        status: 'ACCEPTED' as const,
        createdAt: at,
        shownAt: at,
        acceptedAt: at,
        seenAt: at,
      };
    }),
  );
}
