// What people are told of rooms, and what is taken back again: the rules on notifications, of rooms.
import { describe, expect, it } from 'vitest';
import { useTestApp } from '../helpers/app.ts';
import type { Person } from '../helpers/crowd.ts';
import { dealings, marked } from '../helpers/dealings.ts';
import { expectExactInboxes, readInbox } from '../helpers/inbox.ts';
import { testClock } from '../helpers/lists.ts';
import { subscribe } from '../helpers/live.ts';
import { expectExactRooms, type MadeRoom, refusals, roomDeeds } from '../helpers/rooms.ts';

const clock = testClock();
const kith = useTestApp({ now: clock.now });
const { attempt, create, done, act, invite, remove, setRole, bring } = roomDeeds(kith, clock);
const { newPeople, more, setStatus, deleteAccount, mark } = dealings(kith, clock);

/** A notification in short: what, of whom, newest first, about which room, and whether it is new. */
const joined = (room: MadeRoom, ...actors: Person[]) => ({ kind: 'ROOM_JOINED', ...brief(room, actors) });
const invited = (room: MadeRoom, ...actors: Person[]) => ({ kind: 'ROOM_INVITED', ...brief(room, actors) });
const brief = (room: MadeRoom, actors: Person[]) => ({
  about: room.id,
  actors: actors.map(({ username }) => username),
  isNew: true,
});
const seen = (notification: ReturnType<typeof joined>) => ({ ...notification, isNew: false });

/** All that somebody was told. The lists, the counts and what is stored agree, of everybody. */
async function toldTo(person: Person) {
  await expectExactInboxes(kith);
  await expectExactRooms(kith);
  const { told } = await readInbox(kith, person.username);
  return told.map(({ kind, actors, actorsCount, subject, seenAt }) => {
    expect(actorsCount).toBe(actors.length);
    return { kind, about: subject?.id ?? null, actors, isNew: seenAt === null };
  });
}

describe('ROOM_INVITED', () => {
  it('comes to whom is invited, of who invited, about the room, which they see then', async () => {
    const [ada, bob, carol] = await newPeople();
    const room = await create(ada, { isPublic: false });
    await invite(room, ada, bob, carol);
    const at = clock.now().toISOString();
    for (const person of [bob, carol]) {
      const { told } = await readInbox(kith, person.username);
      expect(told).toEqual([
        {
          id: expect.any(String),
          kind: 'ROOM_INVITED',
          actors: [ada.username],
          actorsCount: 1,
          subject: { __typename: 'Room', id: room.id },
          createdAt: at,
          updatedAt: at,
          seenAt: null,
        },
      ]);
    }
    expect(await toldTo(ada)).toEqual([]);
  });

  it('comes once, whoever else invites; of who invites anew after it was declined', async () => {
    const [ada, bob, carol] = await newPeople();
    const room = await create(ada, { isPublic: false });
    await bring(room, ada, carol);
    await setRole(room, ada, carol, 'ADMIN');
    await invite(room, ada, bob);
    await mark(bob);
    await invite(room, ada, bob);
    await invite(room, carol, bob);
    expect(await toldTo(bob)).toEqual([seen(invited(room, ada))]);
    await act('declineRoomInvite', room, bob);
    expect(await toldTo(bob)).toEqual([]);
    await invite(room, carol, bob);
    expect(await toldTo(bob)).toEqual([invited(room, carol)]);
  });

  it('stays when they come in, seen by then whichever way they came, and goes when they are out again', async () => {
    const [ada, bob, carol] = await newPeople();
    const room = await create(ada);
    await invite(room, ada, bob, carol);
    await act('acceptRoomInvite', room, bob);
    await act('joinRoom', room, carol);
    for (const person of [bob, carol]) expect(await toldTo(person)).toEqual([seen(invited(room, ada))]);
    await act('leaveRoom', room, bob);
    await remove(room, ada, carol);
    for (const person of [bob, carol]) expect(await toldTo(person)).toEqual([]);
  });

  it.each(['declineRoomInvite', 'removeRoomMember', 'deleteRoom', 'blockUser', 'blocked', 'deleteAccount'])(
    'goes with the invitation: %s',
    async (end) => {
      const [ada, bob, carol] = await newPeople();
      const room = await create(ada);
      const other = await create(carol);
      await invite(other, carol, bob);
      await invite(room, ada, bob);
      const ends: Record<string, () => Promise<unknown>> = {
        declineRoomInvite: () => act('declineRoomInvite', room, bob),
        removeRoomMember: () => remove(room, ada, bob),
        deleteRoom: () => act('deleteRoom', room, ada),
        blockUser: () => done('blockUser', { userId: bob.id }, ada),
        blocked: () => done('blockUser', { userId: ada.id }, bob),
        deleteAccount: () => deleteAccount(ada),
      };
      expect(await toldTo(bob)).toEqual([invited(room, ada), invited(other, carol)]);
      await ends[end]?.();
      expect(await toldTo(bob)).toEqual([invited(other, carol)]);
      const { viewer } = await kith.query('{ viewer { roomInvitations { nodes { id } } } }', {
        as: bob.username,
      });
      expect(viewer.roomInvitations.nodes).toEqual([{ id: other.id }]);
    },
  );

  it('is not told of whom they hide or who hides them; they are invited all the same', async () => {
    const [ada, bob, carol] = await newPeople();
    const room = await create(ada, { isPublic: false });
    await done('hideUser', { userId: ada.id }, bob);
    await done('hideUser', { userId: carol.id }, ada);
    await invite(room, ada, bob, carol);
    for (const person of [bob, carol]) {
      expect(await toldTo(person)).toEqual([]);
      await act('acceptRoomInvite', room, person);
    }
    // And hidden afterwards, what was told before goes.
    expect(await toldTo(ada)).toEqual([]);
  });
});

describe('ROOM_JOINED', () => {
  it('comes to the owner, grouped, the newest first', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    const room = await create(ada);
    const other = await create(ada, { kind: 'PAGE' });
    await act('joinRoom', room, bob);
    expect(await toldTo(ada)).toEqual([joined(room, bob)]);
    await act('joinRoom', other, bob);
    await mark(ada);
    await act('joinRoom', room, carol);
    expect(await toldTo(ada)).toEqual([joined(room, carol, bob), seen(joined(other, bob))]);
    await act('joinRoom', room, dan);
    await act('joinRoom', room, bob);
    expect(await toldTo(ada)).toEqual([joined(room, dan, carol, bob), seen(joined(other, bob))]);
    for (const person of [bob, carol, dan]) expect(await toldTo(person)).toEqual([]);
    const others = await more(12);
    for (const person of others) await act('joinRoom', room, person);
    const { told } = await readInbox(kith, ada.username);
    expect(told[0]).toMatchObject({ actorsCount: 15, kind: 'ROOM_JOINED' });
    expect(told[0]?.actors).toEqual(
      others
        .slice(2)
        .toReversed()
        .map(({ username }) => username),
    );
  });

  it('comes to who invited as well, once where that is the owner, whichever way they come in', async () => {
    const [ada, bob, carol, dan, eve] = await newPeople();
    const room = await create(ada, { isPublic: false });
    await bring(room, ada, bob);
    expect(await toldTo(ada)).toEqual([joined(room, bob)]);
    await setRole(room, ada, bob, 'ADMIN');
    await invite(room, bob, carol, dan);
    await act('acceptRoomInvite', room, carol);
    await act('joinRoom', room, dan);
    expect(await toldTo(ada)).toEqual([joined(room, dan, carol, bob)]);
    expect(await toldTo(bob)).toEqual([joined(room, dan, carol), seen(invited(room, ada))]);
    // An admin who has invited nobody is told nothing.
    await setRole(room, ada, carol, 'ADMIN');
    await bring(room, ada, eve);
    expect(await toldTo(carol)).toEqual([seen(invited(room, bob))]);
  });

  it('is taken back when they leave or are taken out, and told anew when they come again', async () => {
    const [ada, bob, carol] = await newPeople();
    const room = await create(ada);
    await act('joinRoom', room, bob);
    await mark(ada);
    await act('joinRoom', room, carol);
    expect(await toldTo(ada)).toEqual([joined(room, carol, bob)]);
    await act('leaveRoom', room, carol);
    // As it was before: seen.
    expect(await toldTo(ada)).toEqual([seen(joined(room, bob))]);
    await act('joinRoom', room, carol);
    expect(await toldTo(ada)).toEqual([joined(room, carol, bob)]);
    await remove(room, ada, bob);
    expect(await toldTo(ada)).toEqual([joined(room, carol)]);
    await remove(room, ada, carol);
    expect(await toldTo(ada)).toEqual([]);
    await act('joinRoom', room, bob);
    expect(await toldTo(ada)).toEqual([joined(room, bob)]);
    await mark(ada);
    await act('leaveRoom', room, bob);
    await act('joinRoom', room, bob);
    expect(await toldTo(ada)).toEqual([joined(room, bob)]);
    await deleteAccount(bob);
    expect(await toldTo(ada)).toEqual([]);
  });

  it('goes with the room, for all who were told of it', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    const room = await create(ada);
    await bring(room, ada, bob);
    await setRole(room, ada, bob, 'ADMIN');
    await bring(room, bob, carol);
    await invite(room, bob, dan);
    const kept = await create(ada);
    await act('joinRoom', kept, carol);
    await act('deleteRoom', room, ada);
    expect(await toldTo(ada)).toEqual([joined(kept, carol)]);
    for (const person of [bob, carol, dan]) expect(await toldTo(person)).toEqual([]);
  });

  it('comes to whom the room was handed to; who handed it over keeps what they were told', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    const room = await create(ada, { isPublic: false });
    await bring(room, ada, bob);
    await setRole(room, ada, bob, 'OWNER');
    await invite(room, bob, carol);
    await act('acceptRoomInvite', room, carol);
    expect(await toldTo(ada)).toEqual([joined(room, bob)]);
    expect(await toldTo(bob)).toEqual([joined(room, carol), seen(invited(room, ada))]);
    await act('leaveRoom', room, ada);
    expect(await toldTo(ada)).toEqual([]);
    await bring(room, bob, dan);
    expect(await toldTo(bob)).toEqual([joined(room, dan, carol), seen(invited(room, ada))]);
    expect(await toldTo(ada)).toEqual([]);
  });

  it('rule 3.1: is not told across a block or a hide, whoever it is by, and unblocking tells nothing', async () => {
    const [ada, bob, carol, dan, eve] = await newPeople();
    const room = await create(ada);
    await done('blockUser', { userId: ada.id }, bob);
    await done('blockUser', { userId: carol.id }, ada);
    await done('hideUser', { userId: dan.id }, ada);
    for (const person of [bob, carol, dan, eve]) await act('joinRoom', room, person);
    expect(await toldTo(ada)).toEqual([joined(room, eve)]);
    await done('unblockUser', { userId: ada.id }, bob);
    await done('unblockUser', { userId: carol.id }, ada);
    expect(await toldTo(ada)).toEqual([joined(room, eve)]);
    // What was told before goes with a block, and they stay in the room.
    await done('blockUser', { userId: ada.id }, eve);
    expect(await toldTo(ada)).toEqual([]);
    await done('unblockUser', { userId: ada.id }, eve);
    expect(await toldTo(ada)).toEqual([]);
  });

  it('rule 3.7: of the suspended is out of sight until they are restored', async () => {
    const [ada, bob, carol] = await newPeople();
    const room = await create(ada);
    await act('joinRoom', room, bob);
    await act('joinRoom', room, carol);
    await setStatus(carol, 'SUSPENDED');
    expect(await listed(ada)).toEqual([joined(room, bob)]);
    await setStatus(bob, 'SUSPENDED');
    expect(await listed(ada)).toEqual([]);
    await setStatus(bob, 'ACTIVE');
    await setStatus(carol, 'ACTIVE');
    expect(await toldTo(ada)).toEqual([joined(room, carol, bob)]);
    // Nor is anything lost that came to somebody who was suspended.
    const later = await create(bob);
    await setStatus(bob, 'SUSPENDED');
    await act('joinRoom', later, carol);
    await setStatus(bob, 'ACTIVE');
    expect(await toldTo(bob)).toEqual([joined(later, carol)]);
  });
});

/** As `toldTo`, of what is listed and counted, while somebody's being suspended makes that less than what is stored. */
async function listed(person: Person) {
  const { told, unseen } = await readInbox(kith, person.username);
  expect(unseen.notifications).toBe(told.filter(({ seenAt }) => seenAt === null).length);
  return told.map(({ kind, actors, subject, seenAt }) => ({
    kind,
    about: subject?.id ?? null,
    actors,
    isNew: seenAt === null,
  }));
}

describe('what is told of a room to whom it is none of their business any more', () => {
  it('is deleted when they leave or are taken out, and nothing more comes', async () => {
    const [ada, bob, carol, dan, eve] = await newPeople();
    const room = await create(ada, { isPublic: false });
    const people = [bob, carol];
    for (const person of people) {
      await bring(room, ada, person);
      await setRole(room, ada, person, 'ADMIN');
    }
    await invite(room, bob, dan);
    await invite(room, carol, eve);
    const [later] = await newPeople();
    await invite(room, bob, later);
    await act('acceptRoomInvite', room, dan);
    await act('acceptRoomInvite', room, eve);
    expect(await toldTo(bob)).toEqual([joined(room, dan), seen(invited(room, ada))]);
    expect(await toldTo(carol)).toEqual([joined(room, eve), seen(invited(room, ada))]);
    await act('leaveRoom', room, bob);
    await remove(room, ada, carol);
    for (const person of people) expect(await toldTo(person)).toEqual([]);
    // Whom they have invited comes in after them: that is for the owner alone to know.
    await act('acceptRoomInvite', room, later);
    for (const person of people) expect(await toldTo(person)).toEqual([]);
    expect(await toldTo(ada)).toEqual([joined(room, later, eve, dan)]);
    expect(await toldTo(dan)).toEqual([seen(invited(room, bob))]);
    // Of what they did there is nothing left to be told of, either.
    await act('leaveRoom', room, dan);
    expect(await toldTo(ada)).toEqual([joined(room, later, eve)]);
  });

  it('an inviter who has left and is back in time is told', async () => {
    const [ada, bob, carol] = await newPeople();
    const room = await create(ada);
    await act('joinRoom', room, bob);
    await setRole(room, ada, bob, 'ADMIN');
    await invite(room, bob, carol);
    await act('leaveRoom', room, bob);
    await act('joinRoom', room, bob);
    await act('acceptRoomInvite', room, carol);
    expect(await toldTo(bob)).toEqual([joined(room, carol)]);
  });

  it('a public room that becomes private is told of to nobody who may not see it then', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    const room = await create(ada);
    await act('joinRoom', room, bob);
    await invite(room, ada, carol, dan);
    await act('declineRoomInvite', room, dan);
    await done('updateRoom', { roomId: room.id, isPublic: false }, ada);
    expect(await toldTo(carol)).toEqual([invited(room, ada)]);
    for (const person of [bob, dan]) expect(await toldTo(person)).toEqual([]);
    expect(await toldTo(ada)).toEqual([joined(room, bob)]);
  });

  it('rule 5: with a token that has no scope for rooms a private one is not named', async () => {
    const [ada, bob] = await newPeople();
    const hidden = await create(ada, { isPublic: false });
    const open = await create(ada);
    await invite(hidden, ada, bob);
    await invite(open, ada, bob);
    const subjects = async (scope?: string) => {
      const { viewer } = await kith.query(
        '{ viewer { notifications { totalCount nodes { subject { id } } } } }',
        {
          as: bob.username,
          ...(scope === undefined ? {} : { scope }),
        },
      );
      return viewer.notifications.nodes.map(
        ({ subject }: { subject: { id: string } | null }) => subject?.id ?? null,
      );
    };
    expect(await subjects()).toEqual([open.id, hidden.id]);
    expect(await subjects('notifications')).toEqual([open.id, null]);
  });
});

describe('what nobody is told of', () => {
  it('muted kinds', async () => {
    const [ada, bob, carol] = await newPeople();
    const mute = (kinds: string[], by: Person) =>
      done('updateSettings', { notifications: { muted: kinds } }, by);
    const room = await create(ada);
    await mute(['ROOM_JOINED'], ada);
    await mute(['ROOM_INVITED'], bob);
    await invite(room, ada, bob, carol);
    await act('acceptRoomInvite', room, bob);
    expect(await toldTo(ada)).toEqual([]);
    expect(await toldTo(bob)).toEqual([]);
    expect(await toldTo(carol)).toEqual([invited(room, ada)]);
    await mute([], ada);
    await act('acceptRoomInvite', room, carol);
    expect(await toldTo(ada)).toEqual([joined(room, carol)]);
  });

  it('acts that change nothing, are refused, or are no others’ business', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    const room = await create(ada);
    await bring(room, ada, bob);
    await setRole(room, ada, bob, 'ADMIN');
    await bring(room, ada, carol);
    const people = [ada, bob, carol, dan];
    for (const person of people) await mark(person);
    const before = await Promise.all(people.map(({ username }) => readInbox(kith, username)));
    for (const verb of ['joinRoom', 'acceptRoomInvite'] as const)
      for (const person of [ada, bob, carol]) await act(verb, room, person);
    await invite(room, ada, bob, carol);
    await setRole(room, ada, carol, 'ADMIN');
    await setRole(room, ada, carol, 'MEMBER');
    await setRole(room, ada, bob, 'OWNER');
    await setRole(room, bob, ada, 'OWNER');
    await done('updateRoom', { roomId: room.id, name: 'Other', isPublic: false }, bob);
    await done('updateRoom', { roomId: room.id, isPublic: true }, bob);
    await act('leaveRoom', room, dan);
    await act('declineRoomInvite', room, dan);
    await remove(room, ada, dan);
    const input = { roomId: room.id, userIds: [dan.id, 'x'] };
    expect(refusals(await attempt('inviteToRoom', input, ada))).toEqual(['NOT_FOUND userIds.1']);
    expect(refusals(await attempt('acceptRoomInvite', { roomId: room.id }, dan))).toEqual([
      'NOT_FOUND roomId',
    ]);
    expect(await Promise.all(people.map(({ username }) => readInbox(kith, username)))).toEqual(before);
    await toldTo(ada);
  });
});

describe('open streams hear of rooms', () => {
  /** What `unseenChanged` says of somebody's notifications. */
  const listen = async (person: Person) => {
    const stream = await subscribe(
      kith.fetch,
      'unseenChanged { notifications }',
      await kith.token(person.username),
    );
    return {
      next: async () => (await stream.value()).notifications,
      waiting: () => stream.waiting(),
    };
  };

  it('of what comes and what goes, in everybody’s whom it concerns', async () => {
    const [ada, bob, carol] = await newPeople();
    const room = await create(ada);
    const owner = await listen(ada);
    const guest = await listen(bob);
    await invite(room, ada, bob);
    expect(await guest.next()).toBe(1);
    await act('declineRoomInvite', room, bob);
    expect(await guest.next()).toBe(0);
    await invite(room, ada, bob);
    expect(await guest.next()).toBe(1);
    await remove(room, ada, bob);
    expect(await guest.next()).toBe(0);
    await bring(room, ada, bob);
    expect(await guest.next()).toBe(1);
    expect(await owner.next()).toBe(1);
    await act('leaveRoom', room, bob);
    expect(await guest.next()).toBe(0);
    expect(await owner.next()).toBe(0);
    await bring(room, ada, bob);
    expect(await guest.next()).toBe(1);
    expect(await owner.next()).toBe(1);
    await remove(room, ada, bob);
    expect(await guest.next()).toBe(0);
    expect(await owner.next()).toBe(0);
    await bring(room, ada, bob);
    expect(await guest.next()).toBe(1);
    expect(await owner.next()).toBe(1);
    await mark(ada);
    expect(await owner.next()).toBe(0);
    await act('joinRoom', room, carol);
    expect(await owner.next()).toBe(1);
    await act('deleteRoom', room, ada);
    expect(await guest.next()).toBe(0);
    expect(await owner.next()).toBe(0);
    const other = await create(carol);
    await invite(other, carol, bob);
    expect(await guest.next()).toBe(1);
    await done('blockUser', { userId: bob.id }, carol);
    expect(await guest.next()).toBe(0);
    const third = await create(carol);
    await invite(third, carol, ada);
    expect(await owner.next()).toBe(1);
    await deleteAccount(carol);
    expect(await owner.next()).toBe(0);
    expect([...owner.waiting(), ...guest.waiting()]).toEqual([]);
  });

  it('notificationAdded names the room that somebody is invited to', async () => {
    const [ada, bob] = await newPeople();
    const stream = await subscribe(
      kith.fetch,
      'notificationAdded { kind actors { username } subject { ... on Room { slug viewerInvited } } }',
      await kith.token(bob.username),
    );
    const room = await create(ada, { isPublic: false });
    await invite(room, ada, bob);
    expect(await stream.value()).toEqual({
      kind: 'ROOM_INVITED',
      actors: [{ username: ada.username }],
      subject: { slug: room.slug, viewerInvited: true },
    });
    expect(await toldTo(bob)).toEqual([invited(room, ada)]);
  });

  it('nothing of what was refused', async () => {
    const [ada, bob] = await newPeople();
    const room = await create(ada);
    const guest = await listen(bob);
    await attempt('inviteToRoom', { roomId: room.id, userIds: [bob.id, 'x'] }, ada);
    await invite(room, ada, bob);
    expect(await guest.next()).toBe(1);
    expect(await toldTo(bob)).toEqual([invited(room, ada)]);
    expect(await mark(bob)).toEqual(marked(1));
    expect(await guest.next()).toBe(0);
  });
});
