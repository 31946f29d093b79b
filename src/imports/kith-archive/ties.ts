// Whom somebody has to do with: those of them who are here. What others did is theirs to bring along.
import { transaction } from '../../db/errors.ts';
import { aspectsOf, placeInAspects } from '../../features/aspects/store.ts';
import { insertBlock, insertHide } from '../../features/blocks/store.ts';
import { renewTie } from '../../features/connections/arrive-store.ts';
import { ensureFollows, followersAmong } from '../../features/follows/bulk-store.ts';
import { thingsFromKith } from '../../features/remotes/kith-origin-store.ts';
import { idsOfNamed } from '../../features/users/named-store.ts';
import { type Bringing, batched, reasonOf, shaped } from './bring.ts';
import type { ArchivedPerson } from './shapes.ts';

const notHere = 'not here';
const othersAct = 'for others to bring along, or --with-others';

interface Named {
  user: ArchivedPerson;
}

/** Entries about people who are here, each with who they are; the others are left. */
async function* ofPeopleHere<Row extends Named>(
  { db, me, report }: Bringing,
  name: string,
  rows: AsyncIterable<Row>,
  finder: string | null = me,
): AsyncGenerator<(Row & { id: string })[]> {
  for await (const batch of batched(rows)) {
    const ids = await idsOfNamed(
      db,
      finder,
      batch.map(({ user }) => user),
    );
    const here = batch.flatMap((row, n) => {
      const id = ids[n] ?? null;
      return id === null || id === me ? [] : [{ ...row, id }];
    });
    if (here.length < batch.length) report.left(name, notHere, undefined, batch.length - here.length);
    yield here;
  }
}

/** Whom the person follows, and in which aspects they are. */
export async function bringFollowing(to: Bringing): Promise<void> {
  const { db, me, config, report, shapes } = to;
  const name = 'follows';
  const rows = shaped(to, 'following.json', name, shapes.following);
  const here = new Set((await aspectsOf(db, me)).map(({ id }) => id));
  for await (const batch of ofPeopleHere(to, name, rows)) {
    if (config.community.mode === 'friendship') {
      report.left(name, 'in this community people connect', undefined, batch.length);
      continue;
    }
    const originIds = [...new Set(batch.flatMap(({ aspects }) => aspects.map(({ id }) => id)))];
    const aspects = await thingsFromKith(db, 'aspect', me, originIds);
    const places = batch.flatMap(({ id: userId, aspects: of }) =>
      of.flatMap(({ id, addedAt }) => {
        const aspectId = aspects.get(id);
        return aspectId === undefined || !here.has(aspectId)
          ? []
          : [{ aspectId, ownerId: me, userId, addedAt }];
      }),
    );
    const count = await transaction(db, async (tx) => {
      const follows = batch.map(({ id, followedAt }) => ({ follower: me, followee: id, at: followedAt }));
      const made = await ensureFollows(tx, follows);
      await placeInAspects(tx, places);
      return made;
    });
    if (count > 0) report.took(name, count);
  }
}

/** Who follows the person. */
export async function bringFollowers(to: Bringing): Promise<void> {
  const { db, me, config, report, shapes, withOthers } = to;
  const name = 'followers';
  const rows = shaped(to, 'followers.json', name, shapes.follower);
  for await (const batch of ofPeopleHere(to, name, rows)) {
    if (!withOthers || config.community.mode === 'friendship') {
      const there = await followersAmong(
        db,
        me,
        batch.map(({ id }) => id),
      );
      const missing = batch.length - there.size;
      if (missing > 0) report.left(name, othersAct, undefined, missing);
      continue;
    }
    const follows = batch.map(({ id, followedAt }) => ({ follower: id, followee: me, at: followedAt }));
    const count = await transaction(db, (tx) => ensureFollows(tx, follows));
    if (count > 0) report.took(name, count);
  }
}

/** With whom the person was connected: who has not agreed here yet is asked. */
export async function bringConnections(to: Bringing): Promise<void> {
  const { me, config, report, shapes, withOthers } = to;
  const name = 'connections';
  const rows = shaped(to, 'connections.json', name, shapes.connection);
  for await (const batch of ofPeopleHere(to, name, rows)) {
    for (const { id, connectedAt: at } of batch) {
      if (config.community.mode === 'follow') report.left(name, 'in this community people follow');
      else await renew(to, name, { from: me, to: id, wasAccepted: true, at, isCertain: withOthers });
    }
  }
  const requests = shaped(to, 'requests.json', 'requests', shapes.request);
  for await (const batch of ofPeopleHere(to, 'requests', requests)) {
    for (const { id, direction, requestedAt: at } of batch) {
      const tie = { wasAccepted: false, at, isCertain: withOthers };
      if (config.community.mode === 'follow') report.left('requests', 'in this community people follow');
      else if (direction === 'SENT') await renew(to, 'requests', { ...tie, from: me, to: id });
      else if (withOthers) await renew(to, 'requests', { ...tie, from: id, to: me });
      else report.left('requests', othersAct);
    }
  }
}

async function renew(
  { db, report }: Bringing,
  name: string,
  tie: Parameters<typeof renewTie>[1],
): Promise<void> {
  try {
    const { outcome, isNew } = await renewTie(db, tie);
    if (outcome === 'gone' || outcome === 'refused') report.left(name, notHere);
    else if (outcome === 'asked' && tie.wasAccepted)
      report.left(name, 'asked for: the other has to agree here');
    else if (isNew) report.took(name);
  } catch (error) {
    report.left(name, reasonOf(error));
  }
}

/** Whom the person has blocked, and hidden. */
export async function bringBlocks(to: Bringing): Promise<void> {
  const { db, me, report, shapes } = to;
  const blocks = shaped(to, 'blocks.json', 'blocks', shapes.block);
  // Whoever is blocked is not found otherwise.
  for await (const batch of ofPeopleHere(to, 'blocks', blocks, null)) {
    for (const { id, blockedAt } of batch) {
      if ((await insertBlock(db, me, id, blockedAt)) === 'new') report.took('blocks');
    }
  }
  const hidden = shaped(to, 'hidden.json', 'hidden people', shapes.hidden);
  for await (const batch of ofPeopleHere(to, 'hidden people', hidden)) {
    for (const { id, hiddenAt } of batch) {
      if (await insertHide(db, me, id, hiddenAt)) report.took('hidden people');
    }
  }
}
