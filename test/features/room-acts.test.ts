// Rooms, domain rule 4: acts done again, invitations, what becomes of rooms with the accounts, and all of it at once. Who
// may do what: room-roles.test.ts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { approve } from '../../src/features/users/operator-store.ts';
import { useTestApp } from '../helpers/app.ts';
import type { Person } from '../helpers/crowd.ts';
import { dealings } from '../helpers/dealings.ts';
import { expectExactInboxes } from '../helpers/inbox.ts';
import { testClock } from '../helpers/lists.ts';
import { expectExactRooms, factsOf, type MadeRoom, refusals, roomDeeds } from '../helpers/rooms.ts';

const clock = testClock();
const kith = useTestApp({ now: clock.now });
const { attempt, create, done, act, invite, setRole, bring } = roomDeeds(kith, clock);
const { newPeople, setStatus, more, deleteAccount } = dealings(kith, clock);

const shown =
  'kind slug name description isPublic isVerified createdAt membersCount viewerRole viewerInvited';
/** A room as somebody sees it by its id; null when they do not. */
async function look(room: MadeRoom, as: Person, fields = shown) {
  const { node } = await kith.query(`{ node(id: "${room.id}") { ... on Room { ${fields} } } }`, {
    as: as.username,
  });
  return node;
}
/** Who is what in it, as somebody in it sees it. */
async function rolesIn(room: MadeRoom, as: Person): Promise<Record<string, string>> {
  const { members } = await look(room, as, 'members(first: 100) { edges { role node { username } } }');
  return Object.fromEntries(
    members.edges.map(({ role, node }: { role: string; node: Person }) => [node.username, role]),
  );
}
const allExact = async () => {
  await expectExactRooms(kith);
  await expectExactInboxes(kith);
};

describe('rule 4: doing again what is done already changes nothing', () => {
  it('rule 4: of every act the second is as good as the first, and leaves no trace', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    const room = await create(ada, { isPublic: true });
    await act('joinRoom', room, bob);
    const twice = async (
      name: string,
      input: object,
      by: Person,
      field = 'room { membersCount viewerRole viewerInvited }',
    ) => {
      const first = await attempt(name, { roomId: room.id, ...input }, by, field);
      const [facts, seen] = [await factsOf(kith, [room.uuid]), await look(room, ada, all)];
      expect(refusals(first), name).toEqual([]);
      expect(await attempt(name, { roomId: room.id, ...input }, by, field), name).toEqual(first);
      expect(await factsOf(kith, [room.uuid]), name).toEqual(facts);
      expect(await look(room, ada, all), name).toEqual(seen);
    };
    const all = `${shown} members { edges { role joinedAt node { username } } }`;
    await twice('inviteToRoom', { userIds: [carol.id] }, ada);
    await twice('inviteToRoom', { userIds: [carol.id, bob.id, carol.id] }, ada);
    await twice('declineRoomInvite', {}, carol);
    await invite(room, ada, carol, dan);
    await twice('acceptRoomInvite', {}, carol);
    await twice('joinRoom', {}, dan);
    await twice('setRoomRole', { userId: bob.id, role: 'ADMIN' }, ada);
    await twice('setRoomRole', { userId: bob.id, role: 'MEMBER' }, ada);
    await twice('updateRoom', { name: 'Same', description: null }, ada);
    await twice('removeRoomMember', { userId: carol.id }, ada);
    await twice('leaveRoom', {}, dan);
    await invite(room, ada, dan);
    await twice('removeRoomMember', { userId: dan.id }, ada);
  });
});

describe('invitations', () => {
  it('go to 1–100 people at once: to all of them or to nobody, with all that is wrong in order', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    const room = await create(ada);
    const send = async (userIds: string[]) =>
      refusals(await attempt('inviteToRoom', { roomId: room.id, userIds }, ada));
    expect(await send([])).toEqual(['TOO_SHORT userIds']);
    expect(await send(Array.from({ length: 101 }, () => bob.id))).toEqual(['TOO_MANY userIds']);
    await done('blockUser', { userId: bob.id }, ada);
    await done('blockUser', { userId: ada.id }, carol);
    expect(await send([dan.id, 'x', bob.id, ada.id, room.id, carol.id, 'x'])).toEqual([
      'NOT_FOUND userIds.1',
      'BLOCKED userIds.2',
      'SELF userIds.3',
      'NOT_FOUND userIds.4',
      'NOT_FOUND userIds.5',
      'NOT_FOUND userIds.6',
    ]);
    expect((await factsOf(kith, [room.uuid])).get(room.uuid)).toHaveLength(3);
    const crowded = await more(100);
    expect(await send(crowded.map(({ id }) => id))).toEqual([]);
    const facts = (await factsOf(kith, [room.uuid])).get(room.uuid) ?? [];
    expect(facts.filter((fact) => fact.endsWith(`is invited by ${ada.username}`))).toHaveLength(100);
    expect(facts.filter((fact) => fact.includes('was told ROOM_INVITED'))).toHaveLength(100);
  });

  it('end with a block between who invited and who is invited, either way, and leave nothing', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    const room = await create(ada, { isPublic: false });
    await bring(room, ada, dan);
    await setRole(room, ada, dan, 'ADMIN');
    const before = await factsOf(kith, [room.uuid]);
    await invite(room, ada, bob, carol);
    await done('blockUser', { userId: bob.id }, ada);
    await done('blockUser', { userId: ada.id }, carol);
    expect(await factsOf(kith, [room.uuid])).toEqual(before);
    for (const person of [bob, carol]) {
      expect(await look(room, person)).toBeNull();
      expect(refusals(await attempt('acceptRoomInvite', { roomId: room.id }, person))).toEqual([
        'NOT_FOUND roomId',
      ]);
    }
    await done('unblockUser', { userId: bob.id }, ada);
    expect(await factsOf(kith, [room.uuid])).toEqual(before);
    // Those of somebody else stay, and a block of the owner keeps nobody out whom an admin invited.
    await invite(room, dan, carol);
    await act('acceptRoomInvite', room, carol);
    expect(await look(room, carol)).toMatchObject({ viewerRole: 'MEMBER' });
  });

  it('stay when who sent them is no admin any more, and when whoever got them hides the sender', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    const room = await create(ada, { isPublic: false });
    await bring(room, ada, bob);
    await setRole(room, ada, bob, 'ADMIN');
    await invite(room, bob, carol, dan);
    await setRole(room, ada, bob, 'MEMBER');
    await done('hideUser', { userId: bob.id }, carol);
    await act('acceptRoomInvite', room, carol);
    await act('leaveRoom', room, bob);
    await act('acceptRoomInvite', room, dan);
    expect(await look(room, dan)).toMatchObject({ membersCount: 3, viewerRole: 'MEMBER' });
  });

  it('rule 3.7: reach nobody who is suspended', async () => {
    const [ada, bob] = await newPeople();
    const room = await create(ada);
    await setStatus(bob, 'SUSPENDED');
    const input = { roomId: room.id, userIds: [bob.id] };
    expect(refusals(await attempt('inviteToRoom', input, ada))).toEqual(['NOT_FOUND userIds.0']);
    await setStatus(bob, 'ACTIVE');
    await invite(room, ada, bob);
    // Suspended with an invitation they keep it, for when they are restored; the room is not less for it.
    await setStatus(bob, 'SUSPENDED');
    expect(await look(room, ada)).toMatchObject({ membersCount: 1 });
    await setStatus(bob, 'ACTIVE');
    await act('acceptRoomInvite', room, bob);
    expect(await look(room, ada)).toMatchObject({ membersCount: 2 });
  });
});

describe('rule 2, PENDING: REQUIRE_APPROVAL=true', () => {
  const pending = useTestApp({ env: { REQUIRE_APPROVAL: 'true' } });
  const approved = async (username: string) => {
    const id = await pending.idOf(username);
    await approve(pending.database.db, username);
    return { username, id };
  };

  it('rule 2: who waits for approval is refused every act at the top, may be invited, and accepts when approved', async () => {
    const ada = await approved('ada');
    const newcomer = { username: 'newcomer', id: await pending.idOf('newcomer') };
    const input = { kind: 'GROUP', name: 'A room', slug: 'a-room', isPublic: false };
    const { room } = await pending.mutate('createRoom', input, ada.username, 'room { id }');
    const invitation = { roomId: room.id, userIds: [newcomer.id] };
    expect(refusals(await pending.mutate('inviteToRoom', invitation, ada.username))).toEqual([]);
    const acts: Record<string, object> = {
      createRoom: { ...input, slug: 'other' },
      updateRoom: { name: 'Other' },
      deleteRoom: {},
      joinRoom: {},
      leaveRoom: {},
      acceptRoomInvite: {},
      declineRoomInvite: {},
      inviteToRoom: { userIds: [ada.id] },
      removeRoomMember: { userId: ada.id },
      setRoomRole: { userId: ada.id, role: 'ADMIN' },
    };
    for (const [name, more] of Object.entries(acts)) {
      const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
      const answer = await pending.send(
        `mutation ($input: ${type}) { ${name}(input: $input) { userErrors { code } } }`,
        {
          as: newcomer.username,
          variables: { input: name === 'createRoom' ? more : { roomId: room.id, ...more } },
        },
      );
      expect(answer.data, name).toEqual({ [name]: null });
      expect(
        answer.errors.map(({ extensions }) => extensions?.code),
        name,
      ).toEqual(['FORBIDDEN']);
    }
    const read = '{ viewer { rooms { totalCount } roomInvitations { nodes { id viewerInvited } } } }';
    expect(await pending.query(read, { as: newcomer.username })).toEqual({
      viewer: {
        rooms: { totalCount: 0 },
        roomInvitations: { nodes: [{ id: room.id, viewerInvited: true }] },
      },
    });
    await approve(pending.database.db, newcomer.username);
    const accepted = await pending.mutate(
      'acceptRoomInvite',
      { roomId: room.id },
      newcomer.username,
      'room { viewerRole }',
    );
    expect(accepted).toEqual({ room: { viewerRole: 'MEMBER' }, userErrors: [] });
  });
});

describe('rule 4, rooms: what happens at once', () => {
  it('rule 4: of two that the owner hands the room to at once, one has it, and there is one owner', async () => {
    for (let round = 0; round < 8; round++) {
      const [ada, bob, carol] = await newPeople();
      const room = await create(ada);
      for (const person of [bob, carol]) await act('joinRoom', room, person);
      const hand = (to: Person) =>
        attempt('setRoomRole', { roomId: room.id, userId: to.id, role: 'OWNER' }, ada, 'room { viewerRole }');
      const answers = await Promise.all([hand(bob), hand(carol), hand(bob), hand(carol)]);
      const won = answers.filter(({ userErrors }) => userErrors.length === 0);
      expect(won).toEqual([{ room: { viewerRole: 'ADMIN' }, userErrors: [] }]);
      expect(answers.flatMap(refusals)).toEqual(Array.from({ length: 3 }, () => 'FORBIDDEN roomId'));
      const roles = Object.values(await rolesIn(room, ada));
      expect(roles.toSorted()).toEqual(['ADMIN', 'MEMBER', 'OWNER']);
    }
    await allExact();
  });

  it('rule 4: whoever gets the room while they leave, are removed or delete their account', async () => {
    for (let round = 0; round < 6; round++) {
      const [ada, bob, carol] = await newPeople();
      const room = await create(ada, { isPublic: false });
      await bring(room, ada, bob);
      await bring(room, ada, carol);
      await setRole(room, ada, carol, 'ADMIN');
      const handed = attempt('setRoomRole', { roomId: room.id, userId: bob.id, role: 'OWNER' }, ada);
      const others = [
        () => attempt('leaveRoom', { roomId: room.id }, bob),
        () => attempt('removeRoomMember', { roomId: room.id, userId: bob.id }, carol),
        () => attempt('deleteAccount', { username: bob.username }, bob),
      ];
      const answers = await Promise.all([handed, others[round % others.length]?.()]);
      for (const answer of answers.slice(0, 1).flatMap(refusals)) expect(answer).toBe('NOT_FOUND userId');
      const roles = await rolesIn(room, carol);
      expect(Object.values(roles).filter((role) => role === 'OWNER')).toHaveLength(1);
    }
    await allExact();
  });

  it('rule 4: 20 people who join, leave and join at once are each in it once', async () => {
    const [ada] = await newPeople();
    const people = await more(20);
    const room = await create(ada, { kind: 'PAGE' });
    const all = (verb: string) =>
      Promise.all([...people, ...people].map((person) => attempt(verb, { roomId: room.id }, person)));
    for (const [verb, members] of [
      ['joinRoom', 21],
      ['leaveRoom', 1],
      ['joinRoom', 21],
    ] as const) {
      expect((await all(verb)).flatMap(refusals)).toEqual([]);
      expect(await look(room, ada)).toMatchObject({ membersCount: members });
    }
    await allExact();
  });

  it('rule 4: an invitation that is answered, withdrawn and sent in the same moment', async () => {
    for (let round = 0; round < 10; round++) {
      const [ada, bob, carol] = await newPeople();
      const room = await create(ada, { isPublic: false });
      await bring(room, ada, carol);
      await setRole(room, ada, carol, 'ADMIN');
      await invite(room, ada, bob);
      const answers = await Promise.all([
        attempt('acceptRoomInvite', { roomId: room.id }, bob),
        attempt('declineRoomInvite', { roomId: room.id }, bob),
        attempt('removeRoomMember', { roomId: room.id, userId: bob.id }, ada),
        attempt('inviteToRoom', { roomId: room.id, userIds: [bob.id] }, carol),
        attempt('joinRoom', { roomId: room.id }, bob),
      ]);
      for (const refusal of answers.flatMap(refusals)) expect(refusal).toBe('NOT_FOUND roomId');
    }
    await allExact();
  });

  it('rule 4: an invitation and a block at once: no invitation stands beside the block', async () => {
    for (let round = 0; round < 15; round++) {
      const [ada, bob] = await newPeople();
      const room = await create(ada, { isPublic: false });
      const [sent, blocked] = await Promise.all([
        attempt('inviteToRoom', { roomId: room.id, userIds: [bob.id] }, ada),
        round % 2
          ? attempt('blockUser', { userId: ada.id }, bob)
          : attempt('blockUser', { userId: bob.id }, ada),
      ]);
      expect(refusals(blocked)).toEqual([]);
      for (const refusal of refusals(sent)) expect(refusal).toMatch(/^(NOT_FOUND|BLOCKED) userIds\.0$/);
      expect(await look(room, bob)).toBeNull();
    }
    await allExact();
  });

  it('rule 4: people invite, come, go and are removed while the room is deleted: nothing of it is left', async () => {
    for (let round = 0; round < 6; round++) {
      const [ada, bob, carol, dan, eve] = await newPeople();
      const room = await create(ada);
      await act('joinRoom', room, bob);
      await invite(room, ada, carol);
      const roomId = room.id;
      const answers = await Promise.all([
        attempt('joinRoom', { roomId }, dan),
        attempt('acceptRoomInvite', { roomId }, carol),
        attempt('inviteToRoom', { roomId, userIds: [eve.id] }, ada),
        attempt('setRoomRole', { roomId, userId: bob.id, role: 'ADMIN' }, ada),
        attempt('deleteRoom', { roomId }, ada, 'deletedRoomId'),
        attempt('deleteRoom', { roomId }, ada, 'deletedRoomId'),
        attempt('updateRoom', { roomId, name: 'Late' }, ada),
        attempt('leaveRoom', { roomId }, bob),
        attempt('removeRoomMember', { roomId, userId: bob.id }, ada),
        attempt('joinRoom', { roomId }, eve),
      ]);
      const deleted = answers.filter(({ deletedRoomId }) => deletedRoomId === roomId);
      expect(deleted).toHaveLength(1);
      for (const refusal of answers.flatMap(refusals)) expect(refusal).toMatch(/^NOT_FOUND (roomId|userId)$/);
      expect(await factsOf(kith, [room.uuid])).toEqual(new Map([[room.uuid, []]]));
    }
    await allExact();
  });

  const verbs = [
    ['joinRoom', 6],
    ['leaveRoom', 3],
    ['acceptRoomInvite', 3],
    ['declineRoomInvite', 2],
    ['inviteToRoom', 6],
    ['removeRoomMember', 3],
    ['setRoomRole', 6],
    ['updateRoom', 1],
    ['deleteRoom', 1],
    ['createRoom', 2],
    ['blockUser', 1],
    ['unblockUser', 3],
    ['hideUser', 1],
    ['followUser', 1],
    ['markNotificationsSeen', 1],
  ] as const;
  const roles = ['OWNER', 'ADMIN', 'MEMBER', 'FOLLOWER'] as const;
  interface Deed {
    verb: (typeof verbs)[number][0];
    actor: number;
    target: number;
    room: number;
    role: (typeof roles)[number];
    /** Whether it is the room's owner who does it, in place of the actor: as far as is known by then. */
    asOwner: boolean;
  }
  /** Random deeds of seven people in three rooms. */
  const deeds: fc.Arbitrary<Deed> = fc.record({
    verb: fc.oneof(...verbs.map(([verb, weight]) => ({ arbitrary: fc.constant(verb), weight }))),
    actor: fc.nat(6),
    target: fc.nat(6),
    room: fc.nat(2),
    role: fc.constantFrom(...roles),
    asOwner: fc.boolean(),
  });
  const managing = new Set<string>(['inviteToRoom', 'removeRoomMember', 'setRoomRole', 'updateRoom']);
  const expectedCodes = new Set([
    'NOT_FOUND',
    'FORBIDDEN',
    'CONFLICT',
    'SELF',
    'BLOCKED',
    'INVALID',
    'ALREADY_EXISTS',
    'GONE',
    'TAKEN',
  ]);
  const logged = () =>
    kith.logged
      .map((line) => JSON.parse(line))
      .filter(({ err }) => err)
      .map(({ path, err }) => `${path}: ${err.message}`);

  /** Does all of it, twenty at a time; afterwards everything is exact. @param deleting who delete their accounts amid it. */
  async function hammer(count: number, deleting: readonly number[]): Promise<void> {
    const people = await more(7);
    const person = (n: number) => {
      const one = people[n];
      if (!one) throw new Error('A deed is among the people.');
      return one;
    };
    const seed = Math.trunc(Math.random() * 2 ** 31);
    // Rooms come and go: whoever makes one makes it in the place of one that is gone, or nowhere.
    const slugs = [0, 1, 2].map((n) => `hammered-${seed}-${n}`);
    const ids: string[] = [];
    const settings = [
      { kind: 'GROUP' },
      { kind: 'PAGE', isPublic: false },
      { kind: 'GROUP', isPublic: false },
    ];
    const owners: number[] = [];
    for (const [n, slug] of slugs.entries()) {
      const room = await create(person(n), { ...settings[n], slug });
      owners.push(n);
      ids.push(room.id);
      for (const member of people.slice(3)) await bring(room, person(n), member);
    }
    const inputOf = ({ verb, target, room, role }: Deed): object => {
      const userId = person(target).id;
      const roomId = ids[room];
      switch (verb) {
        case 'blockUser':
        case 'unblockUser':
        case 'hideUser':
        case 'followUser':
          return { userId };
        case 'markNotificationsSeen':
          return {};
        case 'createRoom':
          return { name: 'Again', slug: slugs[room], ...settings[room] };
        case 'inviteToRoom':
          return { roomId, userIds: [userId, person((target + 3) % 7).id] };
        case 'removeRoomMember':
          return { roomId, userId };
        case 'setRoomRole':
          return { roomId, userId, role };
        case 'updateRoom':
          return { roomId, isPublic: role === 'OWNER' || role === 'ADMIN' };
        default:
          return { roomId };
      }
    };
    const all: (Deed | { gone: number })[] = fc.sample(deeds, { seed, numRuns: count });
    for (const [n, gone] of deleting.entries())
      all.splice(Math.floor((count * (n + 1)) / (deleting.length + 2)), 0, { gone });
    const gone = new Set<number>();
    const complaints: string[] = [];
    const met = new Set<string>();
    const queue = all.values();
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        for (const deed of queue) {
          if ('gone' in deed) {
            gone.add(deed.gone);
            await deleteAccount(person(deed.gone));
            continue;
          }
          const { verb, room, target, role } = deed;
          const actor = deed.asOwner && managing.has(verb) ? (owners[room] ?? 0) : deed.actor;
          const type = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}Input!`;
          const payload = verb === 'createRoom' ? 'room { id }' : '';
          const { data, errors } = await kith.send(
            `mutation ($input: ${type}) { it: ${verb}(input: $input) { ${payload} userErrors { code } } }`,
            { as: person(actor).username, variables: { input: inputOf(deed) } },
          );
          const succeeded = errors.length === 0 && data.it.userErrors.length === 0;
          if (succeeded) met.add(verb);
          if (succeeded && verb === 'createRoom') ids[room] = data.it.room.id;
          if (succeeded && verb === 'createRoom') owners[room] = actor;
          if (succeeded && verb === 'setRoomRole' && role === 'OWNER') owners[room] = target;
          const top = errors.map(({ extensions }) => String(extensions?.code));
          for (const code of top)
            if (!gone.has(actor) || code !== 'UNAUTHENTICATED') complaints.push(`${verb}: ${code}`);
          for (const { code } of data?.it?.userErrors ?? []) {
            met.add(code);
            if (!expectedCodes.has(code)) complaints.push(`${verb}: ${code}`);
          }
        }
      }),
    );
    expect(complaints, `seed ${seed}\n${logged().join('\n')}`).toEqual([]);
    for (const verb of [
      'joinRoom',
      'inviteToRoom',
      'acceptRoomInvite',
      'setRoomRole',
      'removeRoomMember',
      'leaveRoom',
    ])
      expect(met, `seed ${seed}`).toContain(verb);
    await allExact();
    // The API says the same as the database.
    for (const id of ids) {
      const { node } = await kith.query(
        `{ node(id: "${id}") { ... on Room { membersCount members(first: 100) { totalCount nodes { id } } } } }`,
      );
      if (node === null) continue;
      expect(node.members.nodes).toHaveLength(node.membersCount);
      expect(node.members.totalCount).toBe(node.membersCount);
    }
  }

  it('rule 4: seven people in three rooms, 800 deeds, 20 at a time: all counts, owners, invitations and notifications are exact', async () => {
    await hammer(800, []);
  });

  it('rule 4: the same while accounts are deleted in the middle', async () => {
    await hammer(500, [1, 4, 0]);
  });

  it.each(['joinRoom', 'acceptRoomInvite', 'leaveRoom', 'inviteToRoom', 'setRoomRole', 'createRoom'])(
    'rule 4: %s by, and towards, somebody who is just deleting their account never breaks',
    async (verb) => {
      for (let round = 0; round < 5; round++) {
        const [ada, bob, carol] = await newPeople();
        const room = await create(ada, { isPublic: false });
        await bring(room, ada, carol);
        await (verb === 'acceptRoomInvite' || verb === 'joinRoom' ? invite : bring)(room, ada, bob);
        const slug = `brief-${verb.toLowerCase()}-${round}`;
        const inputs: Record<string, [object, by: Person]> = {
          inviteToRoom: [{ roomId: room.id, userIds: [bob.id] }, ada],
          setRoomRole: [{ roomId: room.id, userId: bob.id, role: 'OWNER' }, ada],
          createRoom: [{ kind: 'PAGE', name: 'Brief', slug }, bob],
        };
        const [input, by] = inputs[verb] ?? [{ roomId: room.id }, bob];
        const type = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}Input!`;
        const [answer] = await Promise.all([
          kith.send(
            `mutation ($input: ${type}) { it: ${verb}(input: $input) { userErrors { code path } } }`,
            {
              as: by.username,
              variables: { input },
            },
          ),
          deleteAccount(bob),
        ]);
        const codes = answer.errors.map(({ extensions }) => extensions?.code);
        if (by === bob) expect(codes.filter((code) => code !== 'UNAUTHENTICATED')).toEqual([]);
        else expect(codes).toEqual([]);
        if (codes.length === 0)
          for (const refusal of refusals(answer.data.it)) expect(refusal).toMatch(/^NOT_FOUND /);
      }
      await allExact();
    },
  );
});

describe('rooms of whoever deletes their account', () => {
  it('pass to the admin who has been in longest, with all that is in them', async () => {
    const [ada, bob, carol, dan, eve] = await newPeople();
    const room = await create(ada, { kind: 'PAGE', isPublic: false });
    for (const person of [dan, carol, bob]) await bring(room, ada, person);
    // Whoever became an admin first is not who has been in longest.
    await setRole(room, ada, bob, 'ADMIN');
    await setRole(room, ada, carol, 'ADMIN');
    await invite(room, ada, eve);
    const [later] = await newPeople();
    await invite(room, bob, later);
    await deleteAccount(ada);
    expect(await rolesIn(room, dan)).toEqual({
      [carol.username]: 'OWNER',
      [bob.username]: 'ADMIN',
      [dan.username]: 'FOLLOWER',
    });
    expect(await look(room, carol, 'membersCount owner { username } viewerRole')).toEqual({
      membersCount: 3,
      owner: { username: carol.username },
      viewerRole: 'OWNER',
    });
    // What they sent themself is withdrawn; what others sent stays.
    expect(await look(room, eve)).toBeNull();
    expect(await look(room, later)).toMatchObject({ viewerInvited: true });
    await allExact();
    await deleteAccount(carol);
    await deleteAccount(bob);
    // Without an admin it is gone, whoever else was in it, and what they were told of it.
    expect(await look(room, dan)).toBeNull();
    expect(await factsOf(kith, [room.uuid])).toEqual(new Map([[room.uuid, []]]));
    await allExact();
  });

  it('pass to a suspended admin only where there is no other', async () => {
    const [ada, bob, carol] = await newPeople();
    const [two, one] = [await create(ada), await create(ada)];
    for (const room of [two, one]) {
      await act('joinRoom', room, bob);
      await setRole(room, ada, bob, 'ADMIN');
    }
    await act('joinRoom', two, carol);
    await setRole(two, ada, carol, 'ADMIN');
    await setStatus(bob, 'SUSPENDED');
    await deleteAccount(ada);
    expect(await look(two, carol, 'owner { username } membersCount')).toEqual({
      owner: { username: carol.username },
      membersCount: 2,
    });
    expect(await look(one, carol, 'owner { username } membersCount')).toEqual({
      owner: null,
      membersCount: 1,
    });
    await setStatus(bob, 'ACTIVE');
    expect(await rolesIn(one, carol)).toEqual({ [bob.username]: 'OWNER' });
    await allExact();
  });

  it('that are not theirs go on without them', async () => {
    const [ada, bob, carol] = await newPeople();
    const room = await create(ada);
    await act('joinRoom', room, bob);
    await act('joinRoom', room, carol);
    await setRole(room, ada, bob, 'ADMIN');
    await invite(await create(ada, { isPublic: false }), ada, bob);
    await deleteAccount(bob);
    expect(await look(room, ada)).toMatchObject({ membersCount: 2 });
    expect(await rolesIn(room, carol)).toEqual({ [ada.username]: 'OWNER', [carol.username]: 'MEMBER' });
    await allExact();
  });

  it('several at once: each to its own heir', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    const rooms = [await create(ada), await create(ada), await create(ada), await create(bob)] as const;
    await act('joinRoom', rooms[0], bob);
    await act('joinRoom', rooms[1], carol);
    await act('joinRoom', rooms[2], dan);
    await act('joinRoom', rooms[3], ada);
    await setRole(rooms[0], ada, bob, 'ADMIN');
    await setRole(rooms[1], ada, carol, 'ADMIN');
    await deleteAccount(ada);
    expect(await rolesIn(rooms[0], dan)).toEqual({ [bob.username]: 'OWNER' });
    expect(await rolesIn(rooms[1], dan)).toEqual({ [carol.username]: 'OWNER' });
    expect(await look(rooms[2], dan)).toBeNull();
    expect(await rolesIn(rooms[3], dan)).toEqual({ [bob.username]: 'OWNER' });
    await allExact();
  });
});
