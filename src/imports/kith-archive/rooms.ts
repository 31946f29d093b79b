// Rooms: those that are the person's come along, into those of others they go again.

import { thingsFromKith } from '../../features/remotes/kith-origin-store.ts';
import { enterRoom } from '../../features/rooms/act-store.ts';
import { isInside, roomOfOwner } from '../../features/rooms/arrive-store.ts';
import { isSlug, roomSearchText, roomShape } from '../../features/rooms/rules.ts';
import { insertRoom } from '../../features/rooms/write-store.ts';
import { idsOfNamed } from '../../features/users/named-store.ts';
import { validate } from '../../graphql/validate.ts';
import { type Bringing, bring, reasonOf, shaped } from './bring.ts';
import type { ArchivedRoom } from './shapes.ts';

export async function bringRooms(to: Bringing): Promise<void> {
  for await (const room of shaped(to, 'rooms.json', 'rooms', to.shapes.room)) {
    if (room.role === 'OWNER') await bringOwn(to, room);
    else await goInto(to, room);
  }
}

async function bringOwn(to: Bringing, room: ArchivedRoom): Promise<void> {
  const { id: originId, kind, avatar: path, createdAt, joinedAt, name, slug, description, isPublic } = room;
  const pictures = [{ kind: 'avatar' as const, path }];
  await bring(
    to,
    { kind: 'room', name: 'rooms', originId, createdAt, pictures },
    async (tx, id, [avatar = null]) => {
      const checked = validate(roomShape, { name, slug, description, isPublic });
      const searchText = roomSearchText(checked.name);
      await insertRoom(tx, { ...checked, id, kind, createdAt, searchText, avatar }, to.me, joinedAt);
    },
  );
}

/** What one is there is for those to say whose it is. */
async function goInto(to: Bringing, { id: originId, slug, owner, joinedAt }: ArchivedRoom): Promise<void> {
  const { db, me, report } = to;
  const name = 'rooms of others';
  const [ownerId = null] = owner ? await idsOfNamed(db, me, [owner]) : [];
  if (ownerId === null) return report.left(name, 'not here');
  const came = (await thingsFromKith(db, 'room', ownerId, [originId])).get(originId);
  const roomId = came ?? (isSlug(slug) ? await roomOfOwner(db, slug, ownerId) : null);
  if (roomId === null) return report.left(name, 'not here');
  if (await isInside(db, roomId, me)) return;
  try {
    await enterRoom(db, roomId, me, joinedAt, false, true);
    report.took(name);
  } catch (error) {
    report.left(name, reasonOf(error));
  }
}
