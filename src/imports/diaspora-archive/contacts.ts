// Whom somebody follows who moves in, in which aspects, and whom they block.
import { transaction } from '../../db/errors.ts';
import { ensureAspects, ensureAspectUsers } from '../../features/aspects/bulk-store.ts';
import { aspectKey, maxAspects } from '../../features/aspects/rules.ts';
import { insertBlock } from '../../features/blocks/store.ts';
import { followMany } from '../../features/follows/import-store.ts';
import { ensureRemotes, type NewRemote } from '../../features/remotes/bulk-store.ts';
import { lockPeople } from '../../features/users/store.ts';
import type { Entry } from '../json-entries.ts';
import { batchesOf, hostOf, type Moving, readable } from './context.ts';
import { type ContactPayload, contact, nameOf } from './payloads.ts';
import { lineOf } from './texts.ts';

/** People of one transaction. */
const batchSize = 300;
/** Longest name of an aspect, here as there. */
const maxName = 20;

/** The ids of aspects by the keys of their names. */
export type AspectIds = ReadonlyMap<string, string>;

/** Makes the aspects, so that contacts can be put into them. */
export async function takeAspects({ db, survey, owner, report, now }: Moving): Promise<AspectIds> {
  const named = survey.groups.flatMap((group) => {
    const name = lineOf(group, maxName);
    if (name === null) report.left('aspects', 'without a name');
    // It is in the id whose aspect it was: the pod's own id of it is not in the file.
    return name === null ? [] : [{ name, externalId: `${survey.owner}/${aspectKey(name)}` }];
  });
  const { ids, made, isFull } = await transaction(db, async (tx) => {
    await lockPeople(tx, [owner.id]);
    const place = { provider: 'DIASPORA', instance: survey.host, kind: 'aspect' } as const;
    return ensureAspects(tx, owner.id, place, named, now);
  });
  report.took('aspects', made.length);
  report.wasThere('aspects', named.filter(({ name }) => ids.has(aspectKey(name))).length - made.length);
  if (isFull) report.left('aspects', `nobody has more than ${maxAspects}`);
  return ids;
}

/** Blocks whom they block: before anybody is followed, as a block ends a follow. */
export async function takeBlocks({ db, survey, owner, report, now }: Moving): Promise<void> {
  const others = [...survey.blocks].filter((handle) => handle !== survey.owner);
  for (let at = 0; at < others.length; at += batchSize) {
    const people = others.slice(at, at + batchSize).map((handle) => remoteOf(handle));
    const known = await transaction(db, (tx) => ensureRemotes(tx, 'DIASPORA', people, now));
    for (const { id } of new Set(known.values())) {
      if (id === owner.id) continue;
      const done = await insertBlock(db, owner.id, id, now);
      if (done === 'new') report.took('blocks');
      else report.wasThere('blocks');
    }
  }
}

/** Somebody of whom nothing but the diaspora* ID is known. */
export function remoteOf(handle: string): NewRemote {
  return { instance: hostOf(handle), externalId: null, accountName: handle, displayName: null };
}

/** Follows those whom they added, and puts them into their aspects: whoever only added them is none of theirs to show. */
export async function takeContacts(
  moving: Moving,
  entries: AsyncIterable<Entry>,
  aspects: AspectIds,
): Promise<void> {
  for await (const batch of batchesOf(followed(moving, entries), batchSize)) {
    await takeBatch(moving, batch, aspects);
  }
}

async function* followed(
  { survey, report }: Moving,
  entries: AsyncIterable<Entry>,
): AsyncGenerator<ContactPayload> {
  for await (const { value } of readable(entries, report, 'contacts')) {
    const { data } = contact.safeParse(value);
    const id = data?.account_id;
    if (!data) report.left('contacts', 'cannot be read', nameOf(value));
    else if (id === survey.owner) report.left('contacts', 'nobody follows themself');
    else if (!data.receiving) {
      report.left(
        'contacts',
        data.sharing ? 'they added you, you did not add them' : 'nobody added the other',
        id,
      );
    } else if (survey.blocks.has(data.account_id)) report.left('contacts', 'you block them', id);
    else yield data;
  }
}

async function takeBatch(
  { db, owner, report, now }: Moving,
  batch: readonly ContactPayload[],
  aspects: AspectIds,
): Promise<void> {
  const people = batch.map((person): NewRemote => {
    const handle = person.account_id;
    const name = lineOf(person.person_name, 100);
    return {
      ...remoteOf(handle),
      externalId: person.person_guid ?? null,
      displayName: name?.toLowerCase() === handle ? null : name,
    };
  });
  const done = await transaction(db, async (tx) => {
    const known = await ensureRemotes(tx, 'DIASPORA', people, now);
    const ids = new Set([...known.values()].map(({ id }) => id));
    ids.delete(owner.id);
    const { made, parted } = await followMany(tx, owner.id, [...ids], now);
    const members = batch.flatMap(({ account_id, contact_groups_membership }) => {
      const userId = known.get(account_id)?.id;
      if (userId === undefined || userId === owner.id || parted.has(userId)) return [];
      return (contact_groups_membership ?? []).flatMap((group) => {
        const aspectId = aspects.get(aspectKey(lineOf(group, maxName) ?? ''));
        return aspectId === undefined ? [] : [{ aspectId, userId }];
      });
    });
    return { made, parted, of: ids.size, members: await ensureAspectUsers(tx, owner.id, members, now) };
  });
  report.took('contacts', done.made);
  report.wasThere('contacts', done.of - done.parted.size - done.made);
  report.left('contacts', 'a block parts the two of you here', undefined, done.parted.size);
  report.took('places in aspects', done.members);
}
