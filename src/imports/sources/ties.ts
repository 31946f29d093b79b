// How the token's own person stands to others: whoever they have to do with is known here, as living there.
import { transaction } from '../../db/errors.ts';
import { ensureAspects, ensureAspectUsers } from '../../features/aspects/bulk-store.ts';
import { aspectKey, maxAspectName, maxAspects } from '../../features/aspects/rules.ts';
import { insertBlock, insertHide } from '../../features/blocks/store.ts';
import { peopleHere } from '../../features/remotes/moved-store.ts';
import { saveRemote } from '../../features/remotes/person-store.ts';
import { lockPeople } from '../../features/users/store.ts';
import { lineOf, profileOf } from '../../remotes/profile.ts';
import type { SourceTie } from '../../sources/records.ts';
import { type Mover, type Moving, pagesOf } from './moving.ts';
import { connect, follow } from './relations.ts';

/** A tie with somebody who is here. */
interface Tied {
  userId: string;
  tie: SourceTie;
}

/** Takes whom they follow, in which aspects, and whom they are connected with, block and hide. */
export async function takeTies(moving: Moving, movers: readonly Mover[]): Promise<void> {
  const { source, ask, self, report, progress } = moving;
  const { ties } = source;
  const { token } = ask;
  const mover = movers.find(({ externalId }) => externalId === self?.externalId);
  if (!mover || token === null) return;
  if (!ties) return report.left('relations', 'the source has no call for them', mover.name);
  let seen = 0;
  for await (const page of pagesOf(moving, (after) => ties(after, { ...ask, token }), 'ties', mover.name)) {
    progress.show(seen, seen + page.length, 'ties');
    seen += page.length;
    const known: Tied[] = [];
    for (const tie of page) {
      const userId = await know(moving, tie);
      if (userId !== null && userId !== mover.userId) known.push({ userId, tie });
    }
    await takePage(moving, mover, known);
  }
  await moving.pictures.settled();
}

/** Makes them known here, if they are not yet. @returns null for who is gone there. */
async function know(moving: Moving, { person }: SourceTie): Promise<string | null> {
  const { db, from, pictures, report, now } = moving;
  const profile = profileOf(person, now);
  const here = (await peopleHere(db, from, [person.externalId])).get(person.externalId);
  if (here && !here.isRemote) return here.userId;
  if (!here && person.status === 'DELETED') {
    report.left('people they have to do with', 'they are gone there', person.externalId);
    return null;
  }
  const saved = here ?? (await saveRemote(db, from, profile, now));
  // Somebody has just moved them in.
  if (!saved) return (await peopleHere(db, from, [person.externalId])).get(person.externalId)?.userId ?? null;
  if (!here) report.took('people they have to do with');
  const known = saved.pictures;
  const { avatar, cover } = profile.pictures;
  await pictures.room();
  pictures.see(saved.userId, { avatar: known.avatar ?? avatar, cover: known.cover ?? cover }, known);
  return saved.userId;
}

async function takePage(moving: Moving, mover: Mover, all: readonly Tied[]): Promise<void> {
  const { db, report, now } = moving;
  // Before anybody is followed, as a block ends a follow.
  for (const { userId } of all.filter(({ tie }) => tie.isBlocked)) {
    const done = await insertBlock(db, mover.userId, userId, now);
    if (done === 'new') report.took('blocks');
    else report.wasThere('blocks');
  }
  for (const { userId } of all.filter(({ tie }) => tie.isHidden)) {
    if (await insertHide(db, mover.userId, userId, now)) report.took('hidden people');
    else report.wasThere('hidden people');
  }
  const beside = all.filter(({ tie }) => !tie.isBlocked);
  const followed = beside.filter(({ tie }) => tie.follows);
  const parted = await follow(
    moving,
    mover.userId,
    followed.map(({ userId }) => userId),
  );
  await takeAspects(
    moving,
    mover,
    followed.filter(({ userId }) => !parted.has(userId)),
  );
  const connected = beside.filter(({ tie }) => tie.isConnected);
  await connect(
    moving,
    mover,
    connected.map(({ userId }) => userId),
  );
}

async function takeAspects(moving: Moving, mover: Mover, followed: readonly Tied[]): Promise<void> {
  const { db, from, report, now } = moving;
  const places = followed.flatMap(({ userId, tie }) =>
    tie.aspects.flatMap((aspect) => {
      const name = lineOf(aspect, maxAspectName);
      return name === null ? [] : [{ userId, name }];
    }),
  );
  if (places.length === 0) return;
  // It is in the id whose aspect it was.
  const named = places.map(({ name }) => ({ name, externalId: `${mover.externalId}/${aspectKey(name)}` }));
  const done = await transaction(db, async (tx) => {
    await lockPeople(tx, [mover.userId, ...followed.map(({ userId }) => userId)]);
    const { ids, made, isFull } = await ensureAspects(
      tx,
      mover.userId,
      { ...from, kind: 'aspect' },
      named,
      now,
    );
    const fitting = places.flatMap(({ userId, name }) => {
      const aspectId = ids.get(aspectKey(name));
      return aspectId === undefined ? [] : [{ aspectId, userId }];
    });
    const count = await ensureAspectUsers(tx, mover.userId, fitting, now);
    return { made, isFull, count, there: fitting.length - count };
  });
  report.took('aspects', done.made.length);
  report.took('places in aspects', done.count);
  report.wasThere('places in aspects', done.there);
  if (done.isFull) report.left('aspects', `nobody has more than ${maxAspects}`);
}
