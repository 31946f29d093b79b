// Rooms: what they are made of (domain rule 2), who sees them and on which paths (rules 3.1, 3.7), and their lists. Who
// may do what there: room-roles.test.ts; what becomes of it: room-acts.test.ts; what people are
// told: room-notifications.test.ts.
import { describe, expect, it } from 'vitest';
import { useTestApp } from '../helpers/app.ts';
import { crowd, followAll, type Person } from '../helpers/crowd.ts';
import { dealings } from '../helpers/dealings.ts';
import { testClock } from '../helpers/lists.ts';
import {
  blue,
  contentOf,
  expectStored,
  filesOf,
  given,
  imageFields,
  mutateWithFiles,
  noise,
  plain,
  type Shown,
} from '../helpers/pictures.ts';
import { type Kind, type MadeRoom, makeRooms, type RoomPlan, refusals, roomDeeds } from '../helpers/rooms.ts';

const clock = testClock();
const kith = useTestApp({ now: clock.now });
const { attempt, create, done, act, invite, remove, bring } = roomDeeds(kith, clock);
const { newPeople, setStatus, more } = dealings(kith, clock);

let made = 0;
const unused = () => `unused-${++made}`;
const shown =
  'kind slug name description isPublic isVerified createdAt membersCount viewerRole viewerInvited';
const createWith = (owner: Person, input: object, selection = `id ${shown}`) =>
  attempt(
    'createRoom',
    { kind: 'GROUP', name: 'A room', slug: unused(), ...input },
    owner,
    `room { ${selection} }`,
  );
const update = (room: MadeRoom, by: Person, input: object) =>
  attempt('updateRoom', { roomId: room.id, ...input }, by, `room { ${shown} }`);

describe('rule 2: what a room is made of', () => {
  it('rule 2: is created whole, or with the least there can be', async () => {
    const [ada] = await newPeople();
    const slug = unused();
    const least = await createWith(ada, { slug, name: ' Chess\u00a0club ' });
    const createdAt = clock.now().toISOString();
    const first = {
      id: expect.any(String),
      kind: 'GROUP',
      slug,
      name: 'Chess\u00a0club',
      description: null,
      isPublic: true,
      isVerified: false,
      createdAt,
      membersCount: 1,
      viewerRole: 'OWNER',
      viewerInvited: false,
    };
    expect(least).toEqual({ room: first, userErrors: [] });
    const whole = await createWith(
      ada,
      { kind: 'PAGE', name: 'News', slug: `${slug}-2`, description: ' On\ntwo lines ', isPublic: false },
      `id ${shown} owner { username } members { totalCount edges { role joinedAt node { username } } }`,
    );
    const joinedAt = clock.now().toISOString();
    expect(whole.room).toEqual({
      ...first,
      kind: 'PAGE',
      name: 'News',
      slug: `${slug}-2`,
      description: 'On\ntwo lines',
      isPublic: false,
      createdAt: joinedAt,
      owner: { username: ada.username },
      members: { totalCount: 1, edges: [{ role: 'OWNER', joinedAt, node: { username: ada.username } }] },
    });
  });

  it.each([
    [{ name: '' }, 'TOO_SHORT name'],
    [{ name: ' \n ' }, 'TOO_SHORT name'],
    [{ name: '😀'.repeat(51) }, 'TOO_LONG name'],
    [{ name: 'a\nb' }, 'INVALID name'],
    [{ name: 'a\u0001b' }, 'INVALID name'],
    [{ name: 'a\u009fb' }, 'INVALID name'],
    [{ slug: '' }, 'TOO_SHORT slug'],
    [{ slug: 'a'.repeat(51) }, 'TOO_LONG slug'],
    ...['A', 'ä', 'a b', 'a_b', 'a.b', 'a/b', 'a\nb', '😀', '٣', 'a\u200bb', '%'].map(
      (slug) => [{ slug }, 'INVALID slug'] as const,
    ),
    [{ description: 'd'.repeat(201) }, 'TOO_LONG description'],
    [{ avatar: { base64: 'eA==' } }, 'UNSUPPORTED_IMAGE avatar.base64'],
  ] as const)('rule 2: %j is refused: %s', async (input, refusal) => {
    const [ada] = await newPeople();
    const payload = await createWith(ada, input);
    expect({ room: payload.room, refused: refusals(payload) }).toEqual({ room: null, refused: [refusal] });
    expect(await roomsOf(ada)).toEqual([]);
    // The same of an update, which has no slug.
    const room = await create(ada);
    if ('slug' in input) return;
    const before = await look(room, ada);
    const changed = await update(room, ada, {
      ...input,
      ...('description' in input ? { name: 'Other' } : {}),
    });
    expect({ room: changed.room, refused: refusals(changed) }).toEqual({ room: null, refused: [refusal] });
    expect(await look(room, ada)).toEqual(before);
  });

  it('rule 2: all that is wrong is said at once', async () => {
    const [ada] = await newPeople();
    const wrong = { name: '', slug: '', description: 'd'.repeat(201) };
    expect(refusals(await createWith(ada, wrong)).toSorted()).toEqual([
      'TOO_LONG description',
      'TOO_SHORT name',
      'TOO_SHORT slug',
    ]);
  });

  it('rule 2: has up to 50 characters of name and slug, 200 of description, by code points', async () => {
    const [ada] = await newPeople();
    const input = {
      name: '😀'.repeat(50),
      slug: `${unused()}-`.padEnd(50, '0'),
      description: '😀'.repeat(200),
    };
    expect((await createWith(ada, input)).room).toMatchObject(input);
    for (const slug of ['0', 'a', '-', `  ${unused()}  `]) {
      expect((await createWith(ada, { slug })).room).toMatchObject({ slug: slug.trim() });
    }
    for (const description of ['', '  ', null]) {
      expect((await createWith(ada, { description })).room).toMatchObject({ description: null });
    }
  });

  it('rules 2 and 3.9: a slug is one room’s, also one’s that cannot be seen, until that is deleted', async () => {
    const [ada, bob] = await newPeople();
    for (const isPublic of [true, false]) {
      const room = await create(ada, { isPublic });
      const again = await createWith(bob, { slug: room.slug });
      expect({ room: again.room, refused: refusals(again) }).toEqual({ room: null, refused: ['TAKEN slug'] });
      await act('deleteRoom', room, ada);
      expect(refusals(await createWith(bob, { slug: room.slug }))).toEqual([]);
    }
    const slug = unused();
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, n) => createWith(n % 2 ? ada : bob, { slug })),
    );
    expect(all.flatMap(refusals)).toEqual(Array.from({ length: 7 }, () => 'TAKEN slug'));
  });

  it('rule 2: of an update what is omitted stays, and null clears', async () => {
    const [ada] = await newPeople();
    const room = await create(ada, { name: 'Élan', description: 'Old' });
    const before = await look(room, ada);
    expect((await update(room, ada, {})).room).toEqual(before);
    expect((await update(room, ada, { name: ' New ' })).room).toEqual({ ...before, name: 'New' });
    expect((await update(room, ada, { description: null })).room).toMatchObject({
      name: 'New',
      description: null,
    });
    expect((await update(room, ada, { description: 'Some' })).room).toMatchObject({ description: 'Some' });
    expect((await update(room, ada, { description: ' ' })).room).toMatchObject({ description: null });
    expect((await update(room, ada, { isPublic: false })).room).toMatchObject({
      isPublic: false,
      name: 'New',
    });
    expect(refusals(await update(room, ada, { name: null, isPublic: null })).toSorted()).toEqual([
      'INVALID isPublic',
      'INVALID name',
    ]);
    // And is found by its new name, not by the old one.
    expect(await roomsOf(ada, 'name: "elan"')).toEqual([]);
    expect(await roomsOf(ada, 'name: "new"')).toEqual([room.slug]);
  });
});

describe('a room’s picture', () => {
  const png = (color = blue) => plain(60, 40, color).png().toBuffer();
  const write = async (name: string, input: object, as: Person) => {
    clock.tick(1);
    const payload = await mutateWithFiles(
      kith,
      name,
      input,
      as.username,
      `room { id avatar { ${imageFields} } }`,
    );
    const avatar: Shown | null = payload.room?.avatar ?? null;
    return { refused: refusals(payload), id: payload.room?.id ?? '', avatar };
  };
  const createPictured = async (owner: Person, source: Buffer | string) => {
    const input = { kind: 'GROUP', name: 'A room', slug: unused(), isPublic: false, avatar: given(source) };
    const { refused, id, avatar } = await write('createRoom', input, owner);
    expect(refused).toEqual([]);
    if (!avatar) throw new Error('The room has a picture.');
    return { id, avatar };
  };

  it('comes as a file or as base64, is replaced and cleared, and goes with the room', async () => {
    const [ada] = await newPeople();
    const first = await createPictured(ada, await png());
    expect([first.avatar.width, first.avatar.height]).toEqual([60, 40]);
    await contentOf(kith, first.avatar.SMALL);
    const second = await createPictured(ada, `data:image/png;base64,${(await png()).toString('base64')}`);
    await expectStored(kith, first.avatar, second.avatar);
    const replaced = await write('updateRoom', { roomId: first.id, avatar: given(await png()) }, ada);
    if (!replaced.avatar) throw new Error('It has a picture.');
    expect(filesOf(replaced.avatar)).not.toEqual(filesOf(first.avatar));
    await expectStored(kith, second.avatar, replaced.avatar);
    expect((await write('updateRoom', { roomId: first.id, name: 'Same' }, ada)).avatar).toEqual(
      replaced.avatar,
    );
    expect((await write('updateRoom', { roomId: first.id, avatar: null }, ada)).avatar).toBeNull();
    await expectStored(kith, second.avatar);
    await done('deleteRoom', { roomId: second.id }, ada);
    await expectStored(kith);
  });

  it('leaves nothing where it is refused, and changes nothing else then', async () => {
    const [ada, bob] = await newPeople();
    const { id, avatar } = await createPictured(ada, await png());
    const taken = await create(ada);
    const input = { kind: 'GROUP', name: 'A room', avatar: given(await png()) };
    expect((await write('createRoom', { ...input, slug: taken.slug }, ada)).refused).toEqual(['TAKEN slug']);
    expect((await write('createRoom', { ...input, slug: 'NO' }, ada)).refused).toEqual(['INVALID slug']);
    const wrong = await write('updateRoom', { roomId: id, name: '', avatar: given(await png()) }, ada);
    expect(wrong.refused).toEqual(['TOO_SHORT name']);
    const unsupported = await write(
      'updateRoom',
      { roomId: id, name: 'Other', avatar: given(Buffer.from('x')) },
      ada,
    );
    expect(unsupported.refused).toEqual(['UNSUPPORTED_IMAGE avatar.upload']);
    // Who may not change the room is told so before anything is made of the picture, whatever it is.
    await invite({ id, uuid: '', slug: '' }, ada, bob);
    for (const source of [await png(), Buffer.from('x'), await noise(900, 900).png().toBuffer()]) {
      const refused = await write('updateRoom', { roomId: id, avatar: given(source) }, bob);
      expect(refused.refused).toEqual(['FORBIDDEN roomId']);
    }
    await expectStored(kith, avatar);
    const { room } = await kith.query(
      `{ room: node(id: "${id}") { ... on Room { name avatar { ${imageFields} } } } }`,
      {
        as: ada.username,
      },
    );
    expect(room).toEqual({ name: 'A room', avatar });
    await done('deleteRoom', { roomId: id }, ada);
    await expectStored(kith);
  });

  it('goes with its owner’s account where nobody takes the room over', async () => {
    const [ada] = await newPeople();
    await createPictured(ada, await png());
    await done('deleteAccount', { username: ada.username }, ada);
    await expectStored(kith);
  });
});

/** A room as somebody sees it by its id; null when they do not. */
async function look(room: MadeRoom, as: Person | null, scope?: string, fields = shown) {
  const { node } = await kith.query(`{ node(id: "${room.id}") { ... on Room { ${fields} } } }`, {
    as: as?.username,
    ...(scope === undefined ? {} : { scope }),
  });
  return node;
}

/** The slugs of somebody's own rooms. */
async function roomsOf(as: Person, args = ''): Promise<string[]> {
  const { viewer } = await kith.query(
    `{ viewer { rooms(first: 100${args && ','} ${args}) { totalCount nodes { slug } } } }`,
    { as: as.username },
  );
  const { totalCount, nodes } = viewer.rooms;
  expect(totalCount).toBe(nodes.length);
  return nodes.map(({ slug }: { slug: string }) => slug);
}

const withoutRooms = 'profile contacts:read contacts:modify notifications profile:read_private';

/** The paths on which somebody comes upon a room: those that lead there. */
async function pathsTo(room: MadeRoom, inIt: Person, as: Person | null, scope?: string): Promise<string[]> {
  const options = { as: as?.username, ...(scope === undefined ? {} : { scope }) };
  const found: string[] = [];
  const data = await kith.query(
    `{ byId: room(by: { id: "${room.id}" }) { id slug } bySlug: room(by: { slug: "${room.slug}" }) { id slug }
      node(id: "${room.id}") { id } nodes(ids: ["${room.id}"]) { id }
      user(by: { id: "${inIt.id}" }) { rooms(first: 100) { totalCount nodes { id } edges { node { id } } } } }`,
    options,
  );
  for (const [path, node] of Object.entries({ ...data, nodes: data.nodes[0], user: null })) {
    if (node === null) continue;
    expect(node).toMatchObject({ id: room.id });
    found.push(path);
  }
  const { rooms } = data.user;
  expect(rooms.edges).toEqual(rooms.nodes.map((node: object) => ({ node })));
  expect(rooms.totalCount).toBe(rooms.nodes.length);
  if (rooms.nodes.some(({ id }: { id: string }) => id === room.id)) found.push('User.rooms');
  const search = await kith.send(
    `{ searchUsers(query: "${inIt.username}", roomId: "${room.id}") { edges { isRoomMember node { id } } } }`,
    options,
  );
  if (search.errors.length === 0) {
    found.push('searchUsers');
    const edge = search.data.searchUsers.edges.find(({ node }: { node: Person }) => node.id === inIt.id);
    expect(edge).toMatchObject({ isRoomMember: true });
  } else expect(search.errors.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT']);
  if (as === null || scope !== undefined) return found;
  const own = await kith.query(
    `{ viewer { rooms(first: 100) { nodes { id } } roomInvitations(first: 100) { nodes { id } }
      notifications(first: 100) { nodes { subject { id } } } } }`,
    options,
  );
  for (const list of ['rooms', 'roomInvitations']) {
    if (own.viewer[list].nodes.some(({ id }: { id: string }) => id === room.id)) found.push(`Viewer.${list}`);
  }
  if (
    own.viewer.notifications.nodes.some(
      ({ subject }: { subject: { id: string } | null }) => subject?.id === room.id,
    )
  )
    found.push('Notification.subject');
  return found;
}

const direct = ['byId', 'bySlug', 'node', 'nodes'];
const anybodys = [...direct, 'User.rooms', 'searchUsers'];

describe('rule 3: who sees a room', () => {
  it('a private one is there for those in it and those invited, on every path', async () => {
    const [ada, bob, carol, dan, eve] = await newPeople();
    const room = await create(ada, { isPublic: false });
    const all = [...direct, 'searchUsers'];
    await invite(room, ada, bob);
    expect(await pathsTo(room, ada, ada)).toEqual([...all, 'Viewer.rooms']);
    expect(await pathsTo(room, ada, bob)).toEqual([...all, 'Viewer.roomInvitations', 'Notification.subject']);
    await act('acceptRoomInvite', room, bob);
    expect(await pathsTo(room, bob, ada)).toEqual([...all, 'Viewer.rooms', 'Notification.subject']);
    expect(await pathsTo(room, ada, bob)).toEqual([...all, 'Viewer.rooms', 'Notification.subject']);
    // Nor for those who were in it, or invited, once.
    await bring(room, ada, carol);
    await act('leaveRoom', room, carol);
    await bring(room, ada, dan);
    await remove(room, ada, dan);
    await invite(room, ada, eve);
    await act('declineRoomInvite', room, eve);
    const [stranger, uninvited] = await newPeople();
    await invite(room, ada, uninvited);
    await remove(room, ada, uninvited);
    for (const as of [null, stranger, carol, dan, eve, uninvited])
      expect(await pathsTo(room, ada, as)).toEqual([]);
    // Nor for those whose token has not the scope for it, whoever they are.
    for (const as of [ada, bob, stranger]) {
      expect(await pathsTo(room, ada, as, withoutRooms)).toEqual([]);
      expect(await look(room, as, withoutRooms)).toBeNull();
    }
    const { viewer } = await kith.query('{ viewer { notifications { nodes { kind subject { id } } } } }', {
      as: bob.username,
      scope: withoutRooms,
    });
    expect(viewer.notifications.nodes).toEqual([{ kind: 'ROOM_INVITED', subject: null }]);
  });

  it('a public one is there for everybody, and says what they are in it only with the scope for it', async () => {
    const [ada, bob, carol] = await newPeople();
    const room = await create(ada);
    await invite(room, ada, bob);
    expect(await pathsTo(room, ada, null)).toEqual(anybodys);
    expect(await pathsTo(room, ada, carol)).toEqual(anybodys);
    expect(await pathsTo(room, ada, carol, withoutRooms)).toEqual(anybodys);
    const standing = (as: Person | null, scope?: string) => look(room, as, scope, 'viewerRole viewerInvited');
    const nothing = { viewerRole: null, viewerInvited: false };
    expect(await standing(null)).toEqual(nothing);
    expect(await standing(carol)).toEqual(nothing);
    expect(await standing(ada)).toEqual({ viewerRole: 'OWNER', viewerInvited: false });
    expect(await standing(bob)).toEqual({ viewerRole: null, viewerInvited: true });
    for (const as of [ada, bob]) expect(await standing(as, withoutRooms)).toEqual(nothing);
    // Made private it is out of sight at once, and back when it is public again.
    await done('updateRoom', { roomId: room.id, isPublic: false }, ada);
    expect(await pathsTo(room, ada, null)).toEqual([]);
    expect(await pathsTo(room, ada, carol)).toEqual([]);
    expect(await look(room, bob)).toMatchObject({ viewerInvited: true });
    await done('updateRoom', { roomId: room.id, isPublic: true }, ada);
    expect(await pathsTo(room, ada, carol)).toEqual(anybodys);
  });

  it('is no different from one that is not there: what is refused of it', async () => {
    const [ada, bob] = await newPeople();
    const room = await create(ada, { isPublic: false });
    const gone = await create(ada);
    await act('deleteRoom', gone, ada);
    const hidden = [room.id, gone.id, ada.id, 'x', ''];
    for (const [name, more] of [
      ['joinRoom', {}],
      ['leaveRoom', {}],
      ['acceptRoomInvite', {}],
      ['declineRoomInvite', {}],
      ['deleteRoom', {}],
      ['updateRoom', { name: '' }],
      ['inviteToRoom', { userIds: [] }],
      ['inviteToRoom', { userIds: ['x', bob.id, ada.id] }],
      ['removeRoomMember', { userId: 'x' }],
      ['removeRoomMember', { userId: bob.id }],
      ['setRoomRole', { userId: bob.id, role: 'FOLLOWER' }],
    ] as const) {
      const answers = await Promise.all(hidden.map((roomId) => attempt(name, { roomId, ...more }, bob)));
      expect(answers, name).toEqual(hidden.map(() => answers[0]));
      expect(refusals(answers[0]), name).toEqual(['NOT_FOUND roomId']);
    }
    for (const slug of ['', 'A', 'ä', 'a'.repeat(51), room.slug.toUpperCase(), ` ${gone.slug}`, gone.slug]) {
      const { room: found } = await kith.query(
        'query ($slug: String!) { room(by: { slug: $slug }) { id } }',
        {
          as: ada.username,
          variables: { slug },
        },
      );
      expect(found).toBeNull();
    }
    const both = await kith.send(`{ room(by: { id: "${room.id}", slug: "${room.slug}" }) { id } }`);
    expect(both.errors).toHaveLength(1);
  });

  it('rule 3.1: a block takes people out of it for each other, and not the room nor its count', async () => {
    const [ada, bob, carol, dan] = await newPeople();
    const room = await create(ada);
    for (const person of [bob, carol, dan]) await act('joinRoom', room, person);
    const seenBy = async (as: Person | null) => {
      const { owner, membersCount, members } = await look(
        room,
        as,
        undefined,
        'owner { username } membersCount members { totalCount nodes { username } }',
      );
      return {
        owner: owner?.username ?? null,
        membersCount,
        totalCount: members.totalCount,
        members: members.nodes.map(({ username }: Person) => username),
      };
    };
    const names = (...people: Person[]) => people.map(({ username }) => username);
    const everybody = {
      owner: ada.username,
      membersCount: 4,
      totalCount: 4,
      members: names(dan, carol, bob, ada),
    };
    expect(await seenBy(bob)).toEqual(everybody);
    await done('blockUser', { userId: ada.id }, bob);
    await done('blockUser', { userId: dan.id }, carol);
    const withoutOwner = { owner: null, membersCount: 4, totalCount: 3, members: names(dan, carol, bob) };
    expect(await seenBy(bob)).toEqual(withoutOwner);
    expect(await seenBy(ada)).toEqual({ ...everybody, totalCount: 3, members: names(dan, carol, ada) });
    expect(await seenBy(carol)).toEqual({ ...everybody, totalCount: 3, members: names(carol, bob, ada) });
    expect(await seenBy(dan)).toEqual({ ...everybody, totalCount: 3, members: names(dan, bob, ada) });
    expect(await seenBy(null)).toEqual(everybody);
    // Suspended: not found to anybody, and still counted.
    await setStatus(ada, 'SUSPENDED');
    for (const as of [null, carol]) expect((await seenBy(as)).owner).toBeNull();
    expect(await seenBy(null)).toEqual({ ...withoutOwner });
    await setStatus(ada, 'ACTIVE');
    expect(await seenBy(null)).toEqual(everybody);
    // Whoever blocks the owner sees a private room as before, too.
    await done('updateRoom', { roomId: room.id, isPublic: false }, ada);
    expect(await seenBy(bob)).toEqual(withoutOwner);
    await done('unblockUser', { userId: ada.id }, bob);
    expect(await seenBy(bob)).toEqual(everybody);
  });
});

describe('lists of rooms', () => {
  it('Viewer.rooms: by a part of the name, whatever case and accents, and by kind; signs stand for themselves', async () => {
    const [ada, bob] = await newPeople();
    const names = [
      'Café Élan',
      'CAFE noir',
      '100% cafe',
      'snake_case',
      'back\\slash',
      'snakeXcase',
      'Straße',
      'ﬁne',
    ];
    for (const [n, name] of names.entries()) {
      const room = await create(n % 2 ? ada : bob, { name, kind: n % 2 ? 'PAGE' : 'GROUP' });
      if (n % 2 === 0) await act('joinRoom', room, ada);
    }
    await create(bob, { name: 'Café of others' });
    const found = async (name: string | null, kind: Kind | null = null) => {
      const { viewer } = await kith.query(
        'query ($name: String, $kind: RoomKind) { viewer { rooms(name: $name, kind: $kind, first: 100) { totalCount nodes { name } } } }',
        { as: ada.username, variables: { name, kind } },
      );
      expect(viewer.rooms.totalCount).toBe(viewer.rooms.nodes.length);
      return viewer.rooms.nodes.map((room: { name: string }) => room.name);
    };
    const all = names.toReversed();
    const those = (...some: string[]) => all.filter((name) => some.includes(name));
    for (const name of [null, '', '   ', '\t']) expect(await found(name)).toEqual(all);
    for (const name of ['cafe', 'CAFÉ', ' Cafe\u0301 ', 'afe'])
      expect(await found(name)).toEqual(those('Café Élan', 'CAFE noir', '100% cafe'));
    expect(await found('e e')).toEqual(['Café Élan']);
    expect(await found('fin')).toEqual(['ﬁne']);
    expect(await found('%')).toEqual(['100% cafe']);
    expect(await found('0%c')).toEqual([]);
    expect(await found('_')).toEqual(['snake_case']);
    expect(await found('e_c')).toEqual(['snake_case']);
    expect(await found('\\')).toEqual(['back\\slash']);
    expect(await found('k\\s')).toEqual(['back\\slash']);
    expect(await found('\\%')).toEqual([]);
    expect(await found("'; --")).toEqual([]);
    const pages = names.filter((_, n) => n % 2).toReversed();
    expect(await found(null, 'PAGE')).toEqual(pages);
    expect(await found('cafe', 'PAGE')).toEqual(['CAFE noir']);
    expect(await found('cafe', 'GROUP')).toEqual(those('Café Élan', '100% cafe'));
    expect(await found('x'.repeat(100))).toEqual([]);
    expect(await found(` ${'😀'.repeat(100)} `)).toEqual([]);
    const tooLong = await kith.send(`{ viewer { rooms(name: "${'x'.repeat(101)}") { totalCount } } }`, {
      as: ada.username,
    });
    expect(tooLong.errors.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT']);
  });

  it('Viewer.rooms has private rooms too, last joined first; User.rooms public ones alone, to oneself too', async () => {
    const [ada, bob] = await newPeople();
    const first = await create(bob);
    const hidden = await create(bob, { isPublic: false });
    const second = await create(ada);
    await bring(hidden, bob, ada);
    await act('joinRoom', first, ada);
    expect(await roomsOf(ada)).toEqual([first.slug, hidden.slug, second.slug]);
    const { user } = await kith.query(
      `{ user(by: { id: "${ada.id}" }) { rooms { totalCount nodes { slug } } } }`,
      {
        as: ada.username,
      },
    );
    expect(user.rooms).toEqual({ totalCount: 2, nodes: [{ slug: first.slug }, { slug: second.slug }] });
    // Whom somebody has blocked shows them nothing that leads on.
    await done('blockUser', { userId: ada.id }, bob);
    const { viewer } = await kith.query(
      '{ viewer { blockedUsers { nodes { username rooms { totalCount nodes { slug } } } } } }',
      { as: bob.username },
    );
    expect(viewer.blockedUsers.nodes).toEqual([
      { username: ada.username, rooms: { totalCount: 0, nodes: [] } },
    ]);
  });

  it('Viewer.roomInvitations: what is not answered, last invited first, whoever invited', async () => {
    const [ada, bob, carol] = await newPeople();
    const rooms = [await create(ada), await create(ada, { isPublic: false }), await create(bob)] as const;
    const waiting = async () => {
      const { viewer } = await kith.query('{ viewer { roomInvitations { totalCount nodes { slug } } } }', {
        as: carol.username,
      });
      const { totalCount, nodes } = viewer.roomInvitations;
      expect(totalCount).toBe(nodes.length);
      return nodes.map(({ slug }: { slug: string }) => slug);
    };
    expect(await waiting()).toEqual([]);
    await invite(rooms[0], ada, carol);
    await invite(rooms[2], bob, carol);
    await invite(rooms[1], ada, carol);
    expect(await waiting()).toEqual([rooms[1].slug, rooms[2].slug, rooms[0].slug]);
    await setStatus(bob, 'SUSPENDED');
    expect(await waiting()).toEqual([rooms[1].slug, rooms[2].slug, rooms[0].slug]);
    await act('joinRoom', rooms[2], carol);
    await act('acceptRoomInvite', rooms[0], carol);
    expect(await waiting()).toEqual([rooms[1].slug]);
    await act('declineRoomInvite', rooms[1], carol);
    expect(await waiting()).toEqual([]);
  });

  it('rule 5: one’s own rooms and invitations need the scope for them', async () => {
    const [ada] = await newPeople();
    for (const field of ['rooms', 'roomInvitations']) {
      const { errors } = await kith.send(`{ viewer { ${field} { totalCount } } }`, {
        as: ada.username,
        scope: withoutRooms,
      });
      expect(errors.map(({ extensions }) => extensions)).toEqual([
        expect.objectContaining({ code: 'FORBIDDEN', requiredScope: 'rooms' }),
      ]);
    }
  });
});

describe('searchUsers with a room', () => {
  const edgesOf = async (as: Person, query: string, args: string) => {
    const { searchUsers } = await kith.query(
      `{ searchUsers(query: "${query}", ${args} first: 100) { edges { isRoomMember node { username } } } }`,
      { as: as.username },
    );
    return searchUsers.edges.map(
      ({ isRoomMember, node }: { isRoomMember: boolean | null; node: Person }) =>
        [node.username, isRoomMember] as const,
    );
  };

  it('says of each person whether they are in it, in every context, and nothing without a room', async () => {
    const prefix = `seeker-${++made}`;
    const [ada, bob, carol, dan] = await crowd(kith, prefix, 5);
    if (!ada || !bob || !carol || !dan) throw new Error('There are five.');
    const room = await create(ada, { isPublic: false });
    await bring(room, ada, bob);
    await invite(room, ada, carol);
    await followAll(kith, [[ada, dan]]);
    const expected = new Map([
      [ada.username, true],
      [bob.username, true],
      [carol.username, false],
      [dan.username, false],
    ]);
    for (const context of ['EVERYONE', 'MENTION', 'ROOM_INVITE']) {
      const edges = await edgesOf(ada, prefix, `context: ${context}, roomId: "${room.id}",`);
      expect(edges.length).toBe(5);
      for (const [username, isIn] of edges) expect(isIn, username).toBe(expected.get(username) ?? false);
      // Whom the viewer follows comes first, where it is somebody to do something with.
      const followedFirst = edges[0]?.[0] === dan.username;
      if (context !== 'EVERYONE') expect(followedFirst, context).toBe(true);
    }
    const without = await edgesOf(ada, prefix, '');
    expect(without.map(([, isIn]: [string, boolean | null]) => isIn)).toEqual(without.map(() => null));
    const nulled = await edgesOf(ada, prefix, 'context: MENTION, roomId: null,');
    expect(nulled[0]).toEqual([dan.username, null]);
  });

  it('needs one to invite to; for one that is not seen the answer is always the same', async () => {
    const [ada, bob] = await newPeople();
    const room = await create(ada, { isPublic: false });
    const gone = await create(ada);
    await act('deleteRoom', gone, ada);
    const message = async (args: string, as: Person | null, scope?: string) => {
      const { data, errors } = await kith.send(`{ searchUsers(query: "a", ${args}) { totalCount } }`, {
        as: as?.username,
        ...(scope === undefined ? {} : { scope }),
      });
      expect(data).toBeNull();
      expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT']);
      return errors[0]?.message;
    };
    const missing = await message('context: ROOM_INVITE', ada);
    expect(await message('context: ROOM_INVITE, roomId: null', ada)).toBe(missing);
    const unseen = await message(`roomId: "${room.id}"`, bob);
    expect(unseen).not.toBe(missing);
    for (const id of ['x', '', bob.id, gone.id, room.id]) {
      for (const context of ['EVERYONE', 'MENTION', 'ROOM_INVITE']) {
        expect(await message(`context: ${context}, roomId: "${id}"`, bob)).toBe(unseen);
        expect(await message(`context: ${context}, roomId: "${id}"`, null)).toBe(unseen);
        expect(await message(`context: ${context}, roomId: "${id}"`, ada, withoutRooms)).toBe(unseen);
      }
    }
  });
});

describe('house rule 13: the number of statements does not depend on the number of rooms', () => {
  const counted = async (document: string, as: Person | null): Promise<number> => {
    const { statements } = kith.database;
    statements.length = 0;
    await kith.query(document, { as: as?.username });
    return statements.length;
  };
  /** Somebody in so many rooms, and invited to as many, each with people of its own in it. */
  async function roomsFor(viewer: Person, count: number): Promise<{ own: MadeRoom[]; admins: Person[] }> {
    const people = await more(count * 4);
    const others = (n: number) => people.slice(n * 4, n * 4 + 4);
    const plan = (n: number, last: RoomPlan['members']): RoomPlan => ({
      kind: n % 2 ? 'PAGE' : 'GROUP',
      isPublic: n % 3 > 0,
      members: [...others(n).map((person, i) => [person, i === 0 ? 'OWNER' : 'ADMIN'] as const), ...last],
    });
    const numbers = Array.from({ length: count }, (_, n) => n);
    const own = await makeRooms(
      kith,
      numbers.map((n) => plan(n, [[viewer, 'ADMIN']])),
    );
    await makeRooms(
      kith,
      numbers.map((n) => ({ ...plan(n, []), invited: [[viewer, people[n * 4] ?? viewer]] })),
    );
    return { own, admins: numbers.flatMap((n) => people[n * 4 + 1] ?? []) };
  }
  const room = `slug owner { username } viewerRole viewerInvited membersCount avatar { width }
    members(first: 3) { edges { role joinedAt node { username } } totalCount }`;

  it('in lists of one’s own, by their ids and by their slugs', async () => {
    const [few, many] = await newPeople();
    const measured = [];
    for (const [viewer, count] of [
      [few, 3],
      [many, 20],
    ] as const) {
      const { own } = await roomsFor(viewer, count);
      measured.push({
        // The token's account; the page, the owners, the standings, who is in them, and how many.
        rooms: await counted(`{ viewer { rooms(first: ${count}) { nodes { ${room} } } } }`, viewer),
        filtered: await counted(
          `{ viewer { rooms(name: "a r", first: ${count}) { totalCount nodes { ${room} } } } }`,
          viewer,
        ),
        invitations: await counted(
          `{ viewer { roomInvitations(first: ${count}) { nodes { ${room} } } } }`,
          viewer,
        ),
        nodes: await counted(
          `{ nodes(ids: ${JSON.stringify(own.map(({ id }) => id))}) { ... on Room { ${room} } } }`,
          viewer,
        ),
        slugs: await counted(
          `{ ${own.map(({ slug }, n) => `r${n}: room(by: { slug: "${slug}" }) { ${room} }`).join(' ')} }`,
          viewer,
        ),
        anonymous: await counted(
          `{ nodes(ids: ${JSON.stringify(own.map(({ id }) => id))}) { ... on Room { ${room} } } }`,
          null,
        ),
      });
    }
    expect(measured[0]).toEqual({ rooms: 6, filtered: 7, invitations: 6, nodes: 6, slugs: 6, anonymous: 4 });
    expect(measured[1]).toEqual(measured[0]);
  });

  it('of people, of their rooms, of those in them, and of their rooms', async () => {
    const [viewer] = await newPeople();
    const measured = [];
    for (const count of [3, 20]) {
      const { admins } = await roomsFor(viewer, count);
      const ids = JSON.stringify(admins.map(({ id }) => id));
      const document = (totals: string) => `{ nodes(ids: ${ids}) { ... on User { username
        rooms(first: 2) { ${totals} nodes { slug owner { username } viewerRole
          members(first: 3) { totalCount edges { role node { username
            rooms(first: 2) { nodes { slug members(first: 1) { nodes { username } } } } } } } } } } } }`;
      measured.push([await counted(document(''), viewer), await counted(document('totalCount'), viewer)]);
    }
    expect(measured[1]).toEqual(measured[0]);
    // The token's account, the people, their rooms, owners, standings, members, their total, rooms, members.
    expect(measured[0]).toEqual([9, 10]);
  });

  it('isRoomMember: one statement for a page', async () => {
    const [ada] = await newPeople();
    const prefix = `searched-${++made}`;
    const people = await crowd(kith, prefix, 20);
    const [room] = await makeRooms(kith, [
      {
        kind: 'GROUP',
        isPublic: false,
        members: [[ada, 'OWNER'], ...people.slice(0, 10).map((p) => [p, 'MEMBER'] as const)],
      },
    ]);
    const measure = (first: number) =>
      counted(
        `{ searchUsers(query: "${prefix}", roomId: "${room?.id}", first: ${first}) { edges { isRoomMember node { username } } } }`,
        ada,
      );
    expect(await measure(3)).toBe(4);
    expect(await measure(20)).toBe(4);
  });

  it('nothing is read that was not asked for', async () => {
    const [ada] = await newPeople();
    const { own } = await roomsFor(ada, 3);
    expect(await counted('{ viewer { rooms { nodes { name } } } }', ada)).toBe(2);
    expect(await counted('{ viewer { rooms { totalCount } } }', ada)).toBe(2);
    expect(await counted('{ viewer { roomInvitations { totalCount } } }', ada)).toBe(2);
    expect(await counted(`{ node(id: "${own[0]?.id}") { ... on Room { membersCount } } }`, ada)).toBe(2);
    expect(
      await counted(`{ node(id: "${own[1]?.id}") { ... on Room { members { totalCount } } } }`, null),
    ).toBe(2);
  });
});
