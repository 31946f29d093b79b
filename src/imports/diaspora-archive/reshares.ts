// What somebody passed on who moves in, of what is here.
import { transaction } from '../../db/errors.ts';
import { newId } from '../../db/uuid.ts';
import { ensurePosts } from '../../features/posts/bulk-store.ts';
import { type ImportedPost, importedPosts, resharedBy, slugsOf } from '../../features/posts/import-store.ts';
import { slugOf } from '../../features/posts/text-rules.ts';
import { claimOrigins, originInstances, originsOf } from '../../features/remotes/origin-store.ts';
import { lockPeople } from '../../features/users/store.ts';
import { ImportError } from '../import.ts';
import type { Entry } from '../json-entries.ts';
import { batchesOf, firstOfEach, hostOf, type Moving } from './context.ts';
import { nameOf, type ResharePayload, reshare, typed } from './payloads.ts';
import { Slugs } from './slugs.ts';
import { isPast } from './status.ts';

const batchSize = 200;

/** Takes the reshares of posts that are here and that anybody may pass on. */
export async function takeReshares(moving: Moving, entries: AsyncIterable<Entry>): Promise<void> {
  const slugs = new Slugs(await slugsOf(moving.db, moving.owner.id));
  const hosts = await originInstances(moving.db, 'DIASPORA');
  for await (const batch of batchesOf(reshares(moving, entries), batchSize)) {
    await takeBatch(moving, batch, hosts, slugs);
  }
}

async function* reshares(moving: Moving, entries: AsyncIterable<Entry>): AsyncGenerator<ResharePayload> {
  const { survey, report, now } = moving;
  for await (const entry of entries) {
    if (entry.problem !== undefined || typed.safeParse(entry.value).data?.entity_type !== 'reshare') continue;
    const { data } = reshare.safeParse(entry.value);
    if (!data) report.left('reshares', 'cannot be read', nameOf(entry.value));
    else if ((data.author ?? survey.owner) !== survey.owner)
      report.left('reshares', 'are somebody else’s', data.guid);
    else if (!isPast(data.created_at, now)) report.left('reshares', 'are of a time to come', data.guid);
    else yield data;
  }
}

/** What a reshare passes on: of several that claim the guid, the one of the pod that its author is of. */
function rootOf(
  { root_guid, root_author }: ResharePayload,
  found: readonly ImportedPost[],
): ImportedPost | null {
  const named = found.filter(({ externalId }) => externalId === root_guid);
  const host = root_author ? hostOf(root_author) : null;
  const roots = host === null ? named : named.filter(({ instance }) => instance === host);
  return roots.length === 1 ? (roots[0] ?? null) : null;
}

async function takeBatch(
  moving: Moving,
  batch: readonly ResharePayload[],
  hosts: readonly string[],
  slugs: Slugs,
): Promise<void> {
  const { db, survey, owner, report } = moving;
  const all = firstOfEach(batch);
  const place = { provider: 'DIASPORA', instance: survey.host, kind: 'post' } as const;
  const known = await originsOf(
    db,
    place,
    all.map(({ guid }) => guid),
  );
  report.wasThere('reshares', known.size);
  const missing = all.filter(({ guid }) => !known.has(guid));
  const found = await importedPosts(
    db,
    'DIASPORA',
    hosts,
    missing.flatMap(({ root_guid }) => root_guid ?? []),
  );
  const planned = missing.flatMap((one) => {
    const root = rootOf(one, found);
    const rootId = root?.isReshare ? root.rootId : root?.id;
    if (!root || !rootId) report.left('reshares', 'what they pass on is not here', one.guid);
    else if (!root.isPublic) report.left('reshares', 'what they pass on is not public here', one.guid);
    else
      return [
        {
          guid: one.guid,
          createdAt: one.created_at,
          id: newId(one.created_at),
          rootId,
          rootAuthor: root.authorId,
        },
      ];
    return [];
  });
  if (planned.length === 0) return;
  const made = await transaction(db, async (tx) => {
    const people = [owner.id, ...new Set(planned.map(({ rootAuthor }) => rootAuthor))];
    if (!(await lockPeople(tx, people)).includes(owner.id)) throw new ImportError('The account is gone.');
    const before = await resharedBy(
      tx,
      owner.id,
      planned.map(({ rootId }) => rootId),
    );
    const first = new Map(
      planned.filter(({ rootId }) => !before.has(rootId)).map((one) => [one.rootId, one]),
    );
    const claimed = await claimOrigins(
      tx,
      place,
      [...first.values()].map(({ guid, id }) => ({
        ...{ externalId: guid, id, ownerId: owner.id, url: `https://${survey.host}/posts/${guid}` },
      })),
    );
    const fresh = [...first.values()].filter(({ guid }) => claimed.has(guid));
    const named = await slugs.numbered(
      tx,
      owner.id,
      fresh.map(() => slugOf(null)),
    );
    return ensurePosts(
      tx,
      fresh.map(({ id, createdAt, rootId, rootAuthor }, i) => ({
        ...{
          id,
          authorId: owner.id,
          createdAt,
          visibility: 'PUBLIC' as const,
          slug: named[i] ?? id,
          text: null,
        },
        root: { id: rootId, authorId: rootAuthor },
      })),
    );
  });
  slugs.keep();
  report.took('reshares', made.size);
  report.left('reshares', 'are of what was passed on already', undefined, planned.length - made.size);
}
