// The rooms of the demo people: a public group, a page, and a private group that somebody is invited to.
import { enterRoom, inviteToRoom, setRole } from '../../features/rooms/act-store.ts';
import { roomSearchText } from '../../features/rooms/rules.ts';
import type { rooms } from '../../features/rooms/table.ts';
import { insertRoom } from '../../features/rooms/write-store.ts';
import type { Database } from '../client.ts';
import { newId } from '../uuid.ts';

interface DemoRoom
  extends Pick<typeof rooms.$inferInsert, 'kind' | 'slug' | 'name' | 'description' | 'isPublic'> {
  owner: string;
  admins?: readonly string[];
  others?: readonly string[];
  invited?: readonly string[];
  /** How many neighbours are in it, after this one. */
  neighbours: { from: number; count: number };
}

const demoRooms: readonly DemoRoom[] = [
  {
    kind: 'GROUP',
    slug: 'night-trains',
    name: 'Night trains',
    description: 'Where they still go, and which berth to take.',
    isPublic: true,
    owner: 'ada',
    admins: ['carol'],
    others: ['bob', 'dan'],
    neighbours: { from: 0, count: 12 },
  },
  {
    kind: 'PAGE',
    slug: 'wegewerk',
    name: 'Wegewerk',
    description: 'Maps of the ways people really walk.',
    isPublic: true,
    owner: 'ada',
    others: ['carol', 'eve'],
    neighbours: { from: 8, count: 20 },
  },
  {
    kind: 'GROUP',
    slug: 'altos',
    name: 'Altos only',
    description: null,
    isPublic: false,
    owner: 'carol',
    others: ['ada'],
    invited: ['bob'],
    neighbours: { from: 30, count: 3 },
  },
];

/**
 * Creates the rooms, a minute between one act and the next. Run it in a transaction.
 * @param neighbours usernames of those beside the named ones.
 */
export async function addRooms(
  tx: Database,
  begun: Date,
  neighbours: readonly string[],
  idOf: (username: string) => string,
): Promise<void> {
  let minutes = 0;
  const next = () => new Date(begun.getTime() + minutes++ * 60_000);
  for (const { owner, admins = [], others = [], invited = [], neighbours: crowd, ...room } of demoRooms) {
    const createdAt = next();
    const id = newId(createdAt);
    await insertRoom(tx, { id, ...room, searchText: roomSearchText(room.name), createdAt }, idOf(owner));
    const people = [...admins, ...others, ...neighbours.slice(crowd.from, crowd.from + crowd.count)].map(
      idOf,
    );
    if (!room.isPublic) await inviteToRoom(tx, id, idOf(owner), people, next());
    for (const person of people) await enterRoom(tx, id, person, next(), false);
    for (const admin of admins) await setRole(tx, id, idOf(owner), idOf(admin), 'ADMIN');
    if (invited.length > 0) await inviteToRoom(tx, id, idOf(owner), invited.map(idOf), next());
  }
}
