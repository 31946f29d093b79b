// Members of plural systems: domain rules 2 and 3.5, and rule 4 for their counters.
import { readdirSync } from 'node:fs';
import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { newId } from '../../src/db/uuid.ts';
import { memberFlags, prideFlags, userFlags } from '../../src/features/flags/table.ts';
import { mediaFiles } from '../../src/features/media/table.ts';
import { members } from '../../src/features/members/table.ts';
import { randomSid } from '../../src/features/users/account-store.ts';
import { userStats, users } from '../../src/features/users/table.ts';
import { decodeId, encodeId } from '../../src/graphql/node.ts';
import { useTestApp } from '../helpers/app.ts';
import { crowd } from '../helpers/crowd.ts';

let at = new Date('2026-03-01T12:00:00.000Z');
const kith = useTestApp({ now: () => at });

interface Owner {
  username: string;
  id: string;
  uuid: string;
}
interface Payload {
  member: { id: string; sid: string; memberName: string } & Record<string, unknown>;
  userErrors: { code: string; path: string[] }[];
}

let made = 0;
/** Somebody nobody else in this file knows, who joins after all others. */
async function somebody(name = 'owner'): Promise<Owner> {
  at = new Date(at.getTime() + 1);
  const username = `${name}-${++made}`;
  const id = await kith.idOf(username);
  return { username, id, uuid: uuidOf(id) };
}
const uuidOf = (id: string) => decodeId(id)?.id ?? '';

const write = (mutation: string, owner: Owner, input: object, selection: string): Promise<Payload> =>
  kith.mutate(mutation, input, owner.username, `member { id sid memberName ${selection} }`);
const create = (owner: Owner, input: object, selection = '') =>
  write('createMember', owner, input, selection);
const update = (owner: Owner, input: object, selection = '') =>
  write('updateMember', owner, input, selection);
const remove = (owner: Owner, memberId: string): Promise<Payload> =>
  kith.mutate('deleteMember', { memberId }, owner.username, 'deletedMemberId');

/** What was wrong, each as `CODE path.into.the.input`. */
const refusals = ({ userErrors }: Pick<Payload, 'userErrors'>) =>
  userErrors.map(({ code, path }) => `${code} ${path.join('.')}`.trim());

async function created(owner: Owner, ...inputs: (string | object)[]): Promise<Payload['member'][]> {
  const all = [];
  for (const input of inputs) {
    const payload = await create(owner, typeof input === 'string' ? { name: input } : input);
    expect(refusals(payload)).toEqual([]);
    all.push(payload.member);
  }
  return all;
}
/** One member of theirs. */
async function withMember(input: string | object, owner?: Owner) {
  const ada = owner ?? (await somebody());
  const [member] = await created(ada, input);
  if (!member) throw new Error('A member was created.');
  return { ada, member };
}

/** What the owner's list says, and what it says to somebody else. */
async function listOf(owner: Owner, as: string | null = owner.username) {
  const document = `{ user(by: { id: "${owner.id}" }) { members(first: 100) { totalCount nodes { memberName } } } }`;
  const { totalCount, nodes } = (await kith.query(document, { as })).user.members;
  return { totalCount, names: nodes.map(({ memberName }: Payload['member']) => memberName) };
}

/** So many members at once, straight into the database. */
async function fill(owner: Owner, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, n) => {
    const name = `filler ${n}`;
    return { id: newId(at), ownerId: owner.uuid, sid: randomSid(6), name, nameKey: name, createdAt: at };
  });
  await kith.database.db.insert(members).values(rows);
}

/** A flag in somebody's library, straight into the database. */
async function flagOf(owner: Owner, name: string): Promise<string> {
  const id = newId(at);
  const image = { kind: 'flag', name, width: 1, height: 1, hash: '' } as const;
  const flag = { id, ownerId: owner.uuid, name, image, createdAt: at };
  await kith.database.db.insert(prideFlags).values(flag);
  return encodeId('PrideFlag', id);
}

const picture = sharp({ create: { width: 4, height: 4, channels: 3, background: 'teal' } })
  .png()
  .toBuffer()
  .then((png) => ({ base64: `data:image/png;base64,${png.toString('base64')}` }));

/** Words and all else a member may have: every field of the input but the name. */
const rest = (flagIds: string[], value: string) => ({
  displayName: `${value} of Kith`,
  bio: `**${value}**`,
  links: [`https://${value}.example`, 'https://a.example'],
  names: [{ value, preference: 'favourite' }],
  pronouns: [{ pronouns: 'they/them/their/theirs/themself', displayText: value, preference: 'okay' }],
  fields: [{ name: 'Words', entries: [{ value, preference: 'avoid' }] }],
  flagIds,
});
const everything = `displayName name bio bioHtml avatar { width } links isUnlisted createdAt user { id }
  names { value preference { key } } pronouns { pronouns displayText preference { key } }
  fields { name entries { value preference { key } } } flags { name }`;
/** What is read back of it. */
const readBack = ({ flagIds: _, ...same }: ReturnType<typeof rest>, ...flags: string[]) => ({
  ...JSON.parse(JSON.stringify(same), (name, value) => (name === 'preference' ? { key: value } : value)),
  name: same.displayName,
  bioHtml: same.bio.replace(/\*\*(.*)\*\*/, '<p><strong>$1</strong></p>'),
  flags: flags.map((name) => ({ name })),
});
const nothing = { displayName: null, bio: null, bioHtml: null, avatar: null, flags: [] };
const noWords = { links: [], names: [], pronouns: [], fields: [] };

describe('a member', () => {
  it('is created with nothing but a name: all else is empty', async () => {
    const ada = await somebody();
    const { member, userErrors } = await create(ada, { name: '  Ash ' }, everything);
    expect(userErrors).toEqual([]);
    const ids = { id: expect.any(String), sid: expect.stringMatching(/^[a-z]{6}$/), user: { id: ada.id } };
    const named = { memberName: 'Ash', name: 'Ash', isUnlisted: false, createdAt: at.toISOString() };
    expect(member).toEqual({ ...ids, ...named, ...nothing, ...noWords });
  });

  it('is created, changed, left as it is and cleared in every field', async () => {
    const ada = await somebody();
    const [rainbow, trans] = [await flagOf(ada, 'rainbow'), await flagOf(ada, 'trans')];
    const input = rest([trans, rainbow], 'ash');
    const avatar = await picture;
    const { member } = await create(ada, { ...input, name: 'Ash', isUnlisted: true, avatar }, everything);
    const now = { memberName: 'Ash', isUnlisted: true, avatar: { width: 4 } };
    expect(member).toMatchObject({ ...now, ...readBack(input, 'trans', 'rainbow') });
    const { id: memberId, sid, createdAt } = member;

    // What is omitted stays.
    expect((await update(ada, { memberId }, everything)).member).toEqual(member);
    const other = await update(ada, { memberId, displayName: 'Other' }, everything);
    expect(other.member).toEqual({ ...member, displayName: 'Other', name: 'Other' });

    const birch = rest([rainbow], 'birch');
    const changed = await update(ada, { memberId, ...birch, name: 'Birch', isUnlisted: false }, everything);
    const named = { memberName: 'Birch', isUnlisted: false };
    expect(changed.member).toEqual({ ...member, ...named, ...readBack(birch, 'rainbow') });

    const nulls = Object.fromEntries([...Object.keys(input), 'avatar'].map((field) => [field, null]));
    const after = await update(ada, { memberId, ...nulls }, everything);
    const cleared = { id: memberId, sid, createdAt, ...named, name: 'Birch' };
    expect(after.member).toEqual({ ...cleared, ...nothing, ...noWords, user: { id: ada.id } });
    const document = `{ member(by: { id: "${memberId}" }) { id sid memberName ${everything} } }`;
    expect(await kith.query(document, { as: ada.username })).toEqual({ member: after.member });
  });

  it('keeps its name and whether it is unlisted: neither can be null', async () => {
    const { ada, member } = await withMember({ name: 'Ash', isUnlisted: true });
    for (const field of ['name', 'isUnlisted']) {
      const payload = await update(ada, { memberId: member.id, displayName: 'not done', [field]: null });
      expect(payload.member).toBeNull();
      expect(refusals(payload)).toEqual([`INVALID ${field}`]);
    }
    expect(refusals(await create(ada, { name: 'Birch', isUnlisted: null }))).toEqual(['INVALID isUnlisted']);
    const after = await update(ada, { memberId: member.id }, 'displayName isUnlisted');
    expect(after.member).toEqual({ ...member, displayName: null, isUnlisted: true });
    expect(await listOf(ada)).toEqual({ totalCount: 1, names: ['Ash'] });
  });

  it('is refused with the path of everything that is wrong, and nothing of it is done', async () => {
    const { ada, member } = await withMember('Ash');
    const memberId = member.id;
    const wrong = { name: 'a@b', displayName: 'x'.repeat(101), links: ['https://a.example', 'javascript:x'] };
    const expected = ['INVALID links.1', 'INVALID name', 'TOO_LONG displayName'];
    expect(refusals(await create(ada, wrong)).toSorted()).toEqual(expected);
    expect(refusals(await update(ada, { memberId, ...wrong })).toSorted()).toEqual(expected);
    const words = ['okay', crypto.randomUUID()].map((preference) => ({ value: 'word', preference }));
    const unknown = { name: 'Birch', displayName: 'B', names: words };
    expect(refusals(await create(ada, unknown))).toEqual(['INVALID names.1.preference']);
    expect(refusals(await update(ada, { memberId, ...unknown }))).toEqual(['INVALID names.1.preference']);
    expect((await update(ada, { memberId }, 'displayName')).member).toEqual({ ...member, displayName: null });
    expect(await listOf(ada)).toEqual({ totalCount: 1, names: ['Ash'] });
  });

  it('that is deleted is gone, once', async () => {
    const { ada, member } = await withMember({ name: 'Ash', avatar: await picture });
    expect(await remove(ada, member.id)).toEqual({ deletedMemberId: member.id, userErrors: [] });
    expect(await doorsTo(ada, member)).toEqual([]);
    expect(refusals(await remove(ada, member.id))).toEqual(['NOT_FOUND memberId']);
    expect(await listOf(ada)).toEqual({ totalCount: 0, names: [] });
  });
});

describe('a member’s name', () => {
  it.each([...'@?!#/\\[]"\'$%&(){}+<=>^|~`,*'])('has no %s in it', async (character) => {
    const { ada, member } = await withMember('Ash');
    for (const name of [character, `a${character}b`, `${character}b`, `a${character}`]) {
      expect(refusals(await create(ada, { name }))).toEqual(['INVALID name']);
      expect(refusals(await update(ada, { memberId: member.id, name }))).toEqual(['INVALID name']);
    }
    expect(await listOf(ada)).toEqual({ totalCount: 1, names: ['Ash'] });
  });

  it.each([
    ...['.', '..', ' . ', '..\n'].map((name) => ['INVALID', name]),
    ...[...'\n\t\u0001\u001b\u007f\u0085\u009f'].map((control) => ['INVALID', `a${control}b`]),
    ...['', '  ', '\t\n'].map((name) => ['TOO_SHORT', name]),
    ...['x'.repeat(101), '😀'.repeat(101)].map((name) => ['TOO_LONG', name]),
  ])('is %s as %j', async (code, name) => {
    const { ada, member } = await withMember('Ash');
    expect(refusals(await create(ada, { name }))).toEqual([`${code} name`]);
    expect(refusals(await update(ada, { memberId: member.id, name }))).toEqual([`${code} name`]);
  });

  it.each([...'... .a a. x A_B -_:; Ö 漢字 a’b __proto__ null 0'.split(' '), 'A B', '😀'.repeat(100)])(
    'is accepted as %j, trimmed, and leads to its member',
    async (name) => {
      const { ada, member } = await withMember(` ${name}\n`);
      expect(member.memberName).toBe(name);
      expect(await doorsTo(ada, member)).toEqual(everyDoor);
    },
  );

  it.each([
    ...[
      ['Ash', 'aSH'],
      ['Ärger', 'äRGER'],
      ['Зоя', 'ЗОЯ'],
      ['Straße', 'STRAẞE'],
      ['ΟΔΟΣ', 'οδος'],
    ],
    ...[
      ['Zo\u00eb', 'ZOE\u0308'],
      ['e\u0323\u0301', 'E\u0301\u0323'],
      ['\u212bngstrom', '\u00e5NGSTROM'],
    ],
    // A small letter that Unicode has in one piece, and its capital that it has in two only.
    ...[
      ['\u1e96aled', 'H\u0331ALED'],
      ['\u1e96aled', 'h\u0331aled'],
    ],
  ])('%s is unique among an owner’s, and %s the same one', async (one = '', other = '') => {
    const { ada, member } = await withMember(one);
    const [birch] = await created(ada, 'Birch');
    const attempts = [
      await create(ada, { name: other }),
      await create(ada, { name: one, avatar: await picture }),
      await update(ada, { memberId: birch?.id, name: ` ${other} ` }),
    ];
    expect(attempts.map(({ member: none }) => none)).toEqual([null, null, null]);
    expect(attempts.flatMap(refusals)).toEqual(Array(3).fill('ALREADY_EXISTS name'));
    // Found by either; somebody else may have the same; its own spelling can change; and once it is gone it is free.
    for (const name of [one, other]) expect(await byName(ada, name)).toBe(member.id);
    await withMember(other);
    expect((await update(ada, { memberId: member.id, name: other })).member.memberName).toBe(other);
    expect(refusals(await update(ada, { memberId: member.id, name: 'Cedar' }))).toEqual([]);
    expect(await byName(ada, one)).toBeUndefined();
    const again = await withMember(one, ada);
    await remove(ada, again.member.id);
    await created(ada, other);
  });

  it('with an accent is another one than without', async () => {
    const { ada } = await withMember('Zoe');
    await created(ada, 'Zoë', 'Zöe');
    expect(await listOf(ada)).toEqual({ totalCount: 3, names: ['Zoe', 'Zoë', 'Zöe'] });
  });

  it.each(['\u{ffff}', '\u{10fffd}', '\u{10ffff}', '\u{10ffff}a'])(
    'that begins with %j is listed',
    async (name) => {
      const { ada } = await withMember('Ash');
      await created(ada, name);
      expect(await listOf(ada)).toEqual({ totalCount: 2, names: ['Ash', name] });
    },
  );
});

const byName = async (owner: Owner, member: string, as: string | null = owner.username) => {
  const data = await kith.query('query ($name: MemberName!) { member(by: { name: $name }) { id } }', {
    as,
    variables: { name: { username: owner.username.toUpperCase(), member } },
  });
  return data.member?.id;
};

/** At which doors somebody finds a member. */
async function doorsTo(
  owner: Owner,
  member: { id: string; sid: string; memberName: string },
  as: string | null = owner.username,
): Promise<string[]> {
  const list = 'members(first: 20) { nodes { id } edges { node { id } } }';
  const { id, sid, memberName } = member;
  const { username, id: userId } = owner;
  const variables = { id, sid, name: { username, member: memberName }, username, userId };
  const data = await kith.query<object>(
    `query ($id: ID!, $sid: String!, $name: MemberName!, $username: String!, $userId: ID!) {
      byId: member(by: { id: $id }) { id } bySid: member(by: { sid: $sid }) { id }
      byName: member(by: { name: $name }) { id } node(id: $id) { id } nodes(ids: [$id]) { id }
      list: user(by: { id: $userId }) { ${list} } lastList: user(by: { username: $username }) { members(last: 20) { nodes { id } } }
      users(first: 5) { nodes { ${list} } } searchUsers(query: $username, first: 5) { nodes { ${list} } } }`,
    { as, variables },
  );
  return Object.entries(data).flatMap(([door, found]) =>
    JSON.stringify(found).includes(member.id) ? [door] : [],
  );
}
const direct = ['byId', 'bySid', 'node', 'nodes'];
const everyDoor = ['byId', 'bySid', 'byName', 'node', 'nodes', 'list', 'lastList', 'users', 'searchUsers'];

describe('rule 3: who finds a member', () => {
  it('id, sid and name lead to it, the names in any case; nothing that is like them does', async () => {
    const { ada, member } = await withMember('Ash Grey');
    expect(await doorsTo(ada, member, null)).toEqual(everyDoor);
    for (const name of ['ASH GREY', ' ash grey ', 'aSH gREY'])
      expect(await byName(ada, name, null)).toBe(member.id);
    for (const name of ['Ash', 'Ash%', 'ash_grey', '', 'Ash Grey/', `${ada.username}/Ash Grey`]) {
      expect(await byName(ada, name, null), name).toBeUndefined();
    }
    const others = [ada.id, 'x', '', `${member.id}x`, encodeId('Member', ada.uuid)];
    for (const id of [...others, encodeId('User', uuidOf(member.id)), uuidOf(member.id)]) {
      expect(
        await kith.query('query ($id: ID!) { member(by: { id: $id }) { id } }', { variables: { id } }),
        id,
      ).toEqual({
        member: null,
      });
    }
    const bySid = 'query ($sid: String!) { member(by: { sid: $sid }) { id } user(by: { sid: $sid }) { id } }';
    for (const sid of [member.sid.toUpperCase(), member.sid.slice(1), `${member.sid} `, '%', '']) {
      expect(await kith.query(bySid, { variables: { sid } }), sid).toEqual({ member: null, user: null });
    }
  });

  it('rule 3.5: unlisted ones are in no list of others, reachable by id and sid, and nobody else hears that they are', async () => {
    const ada = await somebody();
    const [open, quiet] = await created(ada, 'Open', { name: 'Quiet', isUnlisted: true });
    if (!open || !quiet) throw new Error('Both were created.');
    const bob = (await somebody('bob')).username;
    for (const as of [bob, null]) {
      expect(await doorsTo(ada, open, as)).toEqual(everyDoor);
      expect(await doorsTo(ada, quiet, as)).toEqual(direct);
      expect(await listOf(ada, as)).toEqual({ totalCount: 1, names: ['Open'] });
    }
    expect(await doorsTo(ada, quiet)).toEqual(everyDoor);
    expect(await listOf(ada)).toEqual({ totalCount: 2, names: ['Open', 'Quiet'] });
    const document = `{ nodes(ids: ["${open.id}", "${quiet.id}"]) { ... on Member { isUnlisted } } }`;
    const answers = (values: (boolean | null)[]) => ({ nodes: values.map((isUnlisted) => ({ isUnlisted })) });
    expect(await kith.query(document, { as: ada.username })).toEqual(answers([false, true]));
    for (const as of [bob, null]) expect(await kith.query(document, { as })).toEqual(answers([null, null]));
  });

  it('rule 3.5: memberListPrivate empties the list for everybody else; members are reachable by id and sid', async () => {
    const ada = await somebody();
    const [open, quiet] = await created(ada, 'Open', { name: 'Quiet', isUnlisted: true });
    if (!open || !quiet) throw new Error('Both were created.');
    const bob = (await somebody('bob')).username;
    const setPrivate = (memberListPrivate: boolean) =>
      kith.mutate('updateSettings', { privacy: { memberListPrivate } }, ada.username);
    expect((await setPrivate(true)).userErrors).toEqual([]);
    for (const as of [bob, null]) {
      for (const member of [open, quiet]) expect(await doorsTo(ada, member, as)).toEqual(direct);
      expect(await listOf(ada, as)).toEqual({ totalCount: 0, names: [] });
    }
    for (const member of [open, quiet]) expect(await doorsTo(ada, member)).toEqual(everyDoor);
    expect(await listOf(ada)).toEqual({ totalCount: 2, names: ['Open', 'Quiet'] });
    const { viewer } = await kith.query('{ viewer { members { totalCount } } }', { as: ada.username });
    expect(viewer.members).toEqual({ totalCount: 2 });
    await setPrivate(false);
    expect(await listOf(ada, bob)).toEqual({ totalCount: 1, names: ['Open'] });
  });

  it('rule 3.1: neither of two with a block between them finds the other’s members, at any door', async () => {
    const [ada, bob, dan] = [await somebody('ada'), await somebody('bob'), await somebody('dan')];
    const { member: adas } = await withMember('Ash', ada);
    const { member: bobs } = await withMember('Birch', bob);
    expect(await doorsTo(ada, adas, bob.username)).toEqual(everyDoor);
    expect((await kith.mutate('blockUser', { userId: bob.id }, ada.username)).userErrors).toEqual([]);
    expect(await doorsTo(ada, adas, bob.username)).toEqual([]);
    expect(await doorsTo(bob, bobs, ada.username)).toEqual([]);
    // The blocker's own list of blocked people shows who they are, and nothing that leads on.
    const { viewer } = await kith.query(
      '{ viewer { blockedUsers { nodes { username members { totalCount nodes { id } pageInfo { hasNextPage } } } } } }',
      { as: ada.username },
    );
    const members = { totalCount: 0, nodes: [], pageInfo: { hasNextPage: false } };
    expect(viewer.blockedUsers.nodes).toEqual([{ username: bob.username, members }]);
    for (const as of [dan.username, null]) expect(await doorsTo(ada, adas, as)).toEqual(everyDoor);
    expect((await kith.mutate('unblockUser', { userId: bob.id }, ada.username)).userErrors).toEqual([]);
    expect(await doorsTo(ada, adas, bob.username)).toEqual(everyDoor);
  });

  it('rule 3.7: members of a suspended user are found nowhere until it is restored; of a deleted one never again', async () => {
    const { ada, member } = await withMember({ name: 'Ash', avatar: await picture });
    const bob = (await somebody('bob')).username;
    const { db } = kith.database;
    const setStatus = (status: 'SUSPENDED' | 'ACTIVE') =>
      db.update(users).set({ status }).where(eq(users.id, ada.uuid));
    await setStatus('SUSPENDED');
    for (const as of [bob, null]) expect(await doorsTo(ada, member, as)).toEqual([]);
    await setStatus('ACTIVE');
    expect(await doorsTo(ada, member, bob)).toEqual(everyDoor);
    const deleted = await kith.mutate('deleteAccount', { username: ada.username }, ada.username);
    expect(deleted.userErrors).toEqual([]);
    for (const as of [bob, null]) expect(await doorsTo(ada, member, as)).toEqual([]);
    expect(await db.$count(members, eq(members.ownerId, ada.uuid))).toBe(0);
  });

  it('of others, one does not change, delete or reroll any: NOT_FOUND', async () => {
    const { ada, member } = await withMember('Ash');
    const [eve, carol] = [await somebody('eve'), await withMember('Carol')];
    const unknown = [encodeId('Member', 'x'), encodeId('Member', crypto.randomUUID())];
    for (const memberId of [member.id, ada.id, 'x', '', ...unknown]) {
      const payloads = [
        await update(eve, { memberId, name: 'Mine', avatar: await picture }),
        await update(eve, { memberId }),
        await remove(eve, memberId),
        await kith.mutate('rerollSid', { memberId }, eve.username, 'profile { id }'),
      ];
      expect(payloads.flatMap(refusals)).toEqual(Array(4).fill('NOT_FOUND memberId'));
      const done = payloads.flatMap(({ userErrors: _, ...fields }) => Object.values(fields));
      expect(done).toEqual([null, null, null, null]);
    }
    // Nor flags out of others' libraries.
    const flagIds = [await flagOf(carol.ada, 'c'), await flagOf(ada, 'a')];
    expect(refusals(await create(carol.ada, { name: 'New', flagIds }))).toEqual(['NOT_FOUND flagIds.1']);
    expect(await listOf(ada, null)).toEqual({ totalCount: 1, names: ['Ash'] });
    expect((await update(ada, { memberId: member.id })).member).toEqual(member);
  });

  it.each(['createMember', 'updateMember', 'deleteMember'])(
    '%s needs a token with the scope profile:modify',
    async (name) => {
      const { ada, member } = await withMember('Ash');
      const input = name === 'createMember' ? '{ name: "Birch" }' : `{ memberId: "${member.id}" }`;
      const document = `mutation { ${name}(input: ${input}) { userErrors { code } } }`;
      const [nobody, few] = [
        await kith.send(document),
        await kith.send(document, { as: ada.username, scope: 'public:read profile profile:read_private' }),
      ];
      expect(nobody.errors.map(({ extensions }) => extensions?.code)).toEqual(['UNAUTHENTICATED']);
      expect(few.errors.map(({ extensions }) => [extensions?.code, extensions?.requiredScope])).toEqual([
        ['FORBIDDEN', 'profile:modify'],
      ]);
      expect(await listOf(ada)).toEqual({ totalCount: 1, names: ['Ash'] });
      const list = '{ viewer { members { totalCount } } }';
      const { errors } = await kith.send(list, { as: ada.username, scope: 'profile:modify' });
      expect(errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', requiredScope: 'profile' });
    },
  );
});

describe('lists of members', () => {
  it.each([
    ['viewer', '- 10 9 a_b alph Alpha Bravo charlie delta Echo Zulu éclair'],
    ['user', '- 10 alph Alpha Bravo charlie Echo Zulu'],
  ])('of the %s are by name, case aside; the pages joined are the whole list', async (of, expected) => {
    const ada = await somebody();
    // Those in the list of the viewer alone are unlisted.
    for (const name of 'delta Alpha charlie Bravo éclair Echo 10 9 a_b Zulu - alph'.split(' ')) {
      await created(ada, { name, isUnlisted: ['delta', 'éclair', '9', 'a_b'].includes(name) });
    }
    const inOrder = expected.split(' ');
    const [as, under] = of === 'viewer' ? [ada.username, of] : [null, `user(by: { id: "${ada.id}" })`];
    const ways = [
      { first: true, cursor: 'after', more: 'hasNextPage', end: 'endCursor' },
      { first: false, cursor: 'before', more: 'hasPreviousPage', end: 'startCursor' },
    ] as const;
    for (const way of ways) {
      for (const size of [1, 3, inOrder.length, inOrder.length + 1]) {
        let all: string[] = [];
        for (let place = ''; ; ) {
          const { list } = await kith.query(
            `{ list: ${under} { members(${way.first ? 'first' : 'last'}: ${size} ${place}) { totalCount nodes { memberName }
              edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`,
            { as },
          );
          const { totalCount, nodes, edges, pageInfo } = list.members;
          expect(totalCount).toBe(inOrder.length);
          expect([edges.at(0)?.cursor, edges.at(-1)?.cursor]).toEqual([
            pageInfo.startCursor,
            pageInfo.endCursor,
          ]);
          const names = nodes.map(({ memberName }: { memberName: string }) => memberName);
          all = way.first ? [...all, ...names] : [...names, ...all];
          if (!pageInfo[way.more] || all.length > inOrder.length) break;
          place = `${way.cursor}: "${pageInfo[way.end]}"`;
        }
        expect(all, `${way.cursor} ${size}`).toEqual(inOrder);
      }
    }
  });

  it('of an owner with none is empty', async () => {
    expect(await listOf(await somebody(), null)).toEqual({ totalCount: 0, names: [] });
  });
});

describe('writes at the same time and one after another', () => {
  it('two mutations in one document see each other', async () => {
    const { ada, member } = await withMember('Ash');
    const seen = 'member { user { members { totalCount nodes { memberName } } } } userErrors { code }';
    const data = await kith.query(
      `mutation { a: createMember(input: { name: "Birch" }) { ${seen} } b: createMember(input: { name: "birch" }) { ${seen} }
        c: updateMember(input: { memberId: "${member.id}", name: "Zed" }) { ${seen} }
        d: deleteMember(input: { memberId: "${member.id}" }) { userErrors { code } } e: createMember(input: { name: "zed" }) { ${seen} } }`,
      { as: ada.username },
    );
    const state = (...names: string[]) => {
      const list = { totalCount: names.length, nodes: names.map((memberName) => ({ memberName })) };
      return { member: { user: { members: list } }, userErrors: [] };
    };
    expect(data).toEqual({
      a: state('Ash', 'Birch'),
      b: { member: null, userErrors: [{ code: 'ALREADY_EXISTS' }] },
      c: state('Birch', 'Zed'),
      d: { userErrors: [] },
      e: state('Birch', 'zed'),
    });
  });

  it('rule 2: of ten who create, or are renamed to, one name at once, one wins', async () => {
    const ada = await somebody();
    const spellings = ['Ash', 'ASH', 'ash', 'aSh', 'asH'];
    for (let round = 0; round < 3; round++) {
      const twice = [...spellings, ...spellings].map((name) => create(ada, { name: `${name} ${round}` }));
      const rest = (count: number) => ['', ...Array(count).fill('ALREADY_EXISTS name')];
      expect((await Promise.all(twice)).map((p) => refusals(p).join()).toSorted()).toEqual(rest(9));
      const others = await created(ada, ...spellings.map((_, n) => `other ${round} ${n}`));
      const renamed = others.map(({ id }, n) =>
        update(ada, { memberId: id, name: `${spellings[n]} again ${round}`, bio: 'I won' }),
      );
      expect((await Promise.all(renamed)).map((p) => refusals(p).join()).toSorted()).toEqual(rest(4));
      const { nodes } = await kith.query(
        'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Member { bio } } }',
        {
          variables: { ids: others.map(({ id }) => id) },
        },
      );
      // Of what was refused nothing was done.
      expect(nodes.filter(({ bio }: { bio: string | null }) => bio !== null)).toHaveLength(1);
    }
    await expectExact([ada]);
  });

  it('rule 2: the 500th member is accepted, the 501st is LIMIT_REACHED and leaves no file', async () => {
    const ada = await somebody();
    await fill(ada, 499);
    await created(ada, 'the last');
    const files = readdirSync(kith.mediaFolder);
    const payload = await create(ada, { name: 'one more', avatar: await picture });
    expect(payload.member).toBeNull();
    expect(refusals(payload)).toEqual(['LIMIT_REACHED']);
    expect(readdirSync(kith.mediaFolder)).toEqual(files);
    expect(await kith.database.db.$count(mediaFiles, sql`state <> 'USED'`)).toBe(0);
    expect((await listOf(ada)).totalCount).toBe(500);
    // A full list can still be changed; and there is room again once one is gone.
    const id = await byName(ada, 'the last');
    for (const isUnlisted of [true, false]) {
      expect((await update(ada, { memberId: id, isUnlisted }, 'isUnlisted')).member).toMatchObject({
        isUnlisted,
      });
    }
    expect(refusals(await remove(ada, id))).toEqual([]);
    await created(ada, 'one more');
    await expectExact([ada]);
    // Everybody has room of their own.
    await withMember('Ash');
  });

  it('rule 2: 20 parallel creations at 495 end at exactly 500', async () => {
    const ada = await somebody();
    await fill(ada, 495);
    const late = Array.from({ length: 20 }, (_, n) => create(ada, { name: `late ${n}` }));
    const outcomes = (await Promise.all(late)).map((payload) => refusals(payload).join()).toSorted();
    expect(outcomes).toEqual([...Array(5).fill(''), ...Array(15).fill('LIMIT_REACHED')]);
    expect((await listOf(ada)).totalCount).toBe(500);
    await expectExact([ada]);
  });

  it('rule 3.7: an account deleted in the middle of creations takes all with it, and nobody gets an unexpected error', async () => {
    const { db } = kith.database;
    for (let round = 0; round < 6; round++) {
      const ada = await somebody('brief');
      const avatar = await picture;
      const { member } = await withMember('Ash', ada);
      const send = (name: string, input: object, selection = '') => {
        const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
        const document = `mutation ($input: ${type}) { ${name}(input: $input) { ${selection} userErrors { code } } }`;
        return kith.send(document, { as: ada.username, variables: { input } });
      };
      const writes = [0, 1, 2, 3].flatMap((n) => [
        send(
          'createMember',
          { name: `m ${n}`, ...(n % 2 ? { avatar } : {}) },
          'member { user { id } flags { id } }',
        ),
        send('createPrideFlag', { image: avatar, name: 'f' }, 'flag { id }'),
        send('updateMember', { memberId: member.id, name: `Ash ${n}`, avatar }, 'member { user { id } }'),
        send('deleteMember', { memberId: member.id }),
      ]);
      await Promise.race(writes);
      const deletion = send('deleteAccount', { username: ada.username });
      for (const { status, errors } of await Promise.all(writes)) {
        expect(status).toBeLessThan(500);
        const codes = new Set(errors.map(({ extensions }) => String(extensions?.code)));
        expect([...codes].filter((code) => code !== 'UNAUTHENTICATED' && code !== 'CONFLICT')).toEqual([]);
      }
      expect((await deletion).data.deleteAccount.userErrors).toEqual([]);
      expect(await db.$count(members, eq(members.ownerId, ada.uuid))).toBe(0);
      expect(await db.$count(prideFlags, eq(prideFlags.ownerId, ada.uuid))).toBe(0);
      expect(await db.$count(userStats, eq(userStats.userId, ada.uuid))).toBe(0);
    }
    // Their files are gone, those of refused writes too: all there are belong to somebody.
    const known = (await db.select().from(mediaFiles)).map(({ name, state }) => `${name} ${state}`);
    const onDisk = readdirSync(kith.mediaFolder).map((file) => `${file.split('-')[0]} USED`);
    expect([...new Set(onDisk)].toSorted()).toEqual(known.toSorted());
  });
});

/** The stored counters of these people are what there is. */
async function expectExact(owners: readonly Owner[]): Promise<void> {
  const count = (table: typeof members | typeof prideFlags, condition = sql``) =>
    sql<number>`(SELECT count(*)::int FROM ${table} WHERE ${table.ownerId} = ${userStats.userId} ${condition})`;
  const rows = await kith.database.db
    .select({
      stored: { members: userStats.members, listed: userStats.listedMembers, flags: userStats.flags },
      real: {
        members: count(members),
        listed: count(members, sql`AND NOT ${members.isUnlisted}`),
        flags: count(prideFlags),
      },
    })
    .from(userStats)
    .where(sql`${userStats.userId} IN ${owners.map(({ uuid }) => uuid)}`);
  expect(rows).toHaveLength(owners.length);
  for (const { stored, real } of rows) expect(stored).toEqual(real);
}

const deeds = 'create createUnlisted unlist list rename delete createFlag deleteFlag'.split(' ');
interface Deed {
  deed: string;
  owner: number;
  name: number;
}
const deedsAmong = (owners: number, names: number): fc.Arbitrary<Deed> =>
  fc.record({ deed: fc.constantFrom(...deeds), owner: fc.nat(owners - 1), name: fc.nat(names - 1) });

describe('rule 4: counters of members and flags', () => {
  it('rule 4: are, like the list, what any sequence of writes leaves', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deedsAmong(1, 4), { minLength: 5, maxLength: 25 }), async (sequence) => {
        const ada = await somebody('model');
        const model = new Map<string, { id: string; isUnlisted: boolean }>();
        for (const { deed, name: n } of sequence) {
          const name = `member ${n}`;
          const there = model.get(name);
          const memberId = there?.id ?? encodeId('Member', crypto.randomUUID());
          const isUnlisted = deed.toLowerCase().includes('unlist');
          if (deed === 'create' || deed === 'createUnlisted') {
            const payload = await create(ada, { name, isUnlisted });
            expect(refusals(payload)).toEqual(there ? ['ALREADY_EXISTS name'] : []);
            if (!there) model.set(name, { id: payload.member.id, isUnlisted });
          } else if (deed === 'delete') {
            expect(refusals(await remove(ada, memberId))).toEqual(there ? [] : ['NOT_FOUND memberId']);
            model.delete(name);
          } else if (deed === 'unlist' || deed === 'list') {
            const payload = await update(ada, { memberId, isUnlisted });
            expect(refusals(payload)).toEqual(there ? [] : ['NOT_FOUND memberId']);
            if (there) model.set(name, { ...there, isUnlisted });
          }
        }
        const names = [...model.keys()].toSorted();
        const open = names.filter((name) => !model.get(name)?.isUnlisted);
        expect(await listOf(ada)).toEqual({ totalCount: names.length, names });
        expect(await listOf(ada, null)).toEqual({ totalCount: open.length, names: open });
        await expectExact([ada]);
      }),
      { numRuns: 12 },
    );
  });

  it('rule 4: are exact after 20 parallel writers, one of three owners being at the limit', async () => {
    const owners = [await somebody('ham'), await somebody('ham'), await somebody('ham')];
    const [full] = owners;
    if (!full) throw new Error('There are three.');
    await fill(full, 499);
    const seed = Math.trunc(Math.random() * 2 ** 31);
    const ids: Record<'member' | 'flag', string[]>[] = owners.map(() => ({ member: [], flag: [] }));
    const seen = new Set<string>();
    const image = await picture;
    const run = async ({ deed, owner: n, name: at }: Deed) => {
      const [owner, own] = [owners[n], ids[n]];
      if (!owner || !own) throw new Error('A deed is somebody’s.');
      const name = `name ${at}`;
      const memberId = own.member[at % Math.max(own.member.length, 1)] ?? '';
      const flagId = own.flag[at % Math.max(own.flag.length, 1)] ?? '';
      const does: Record<
        string,
        () => Promise<{ userErrors: { code: string }[]; member?: { id: string }; flag?: { id: string } }>
      > = {
        create: () => create(owner, { name, flagIds: own.flag.slice(-1) }),
        createUnlisted: () => create(owner, { name, isUnlisted: true }),
        unlist: () => update(owner, { memberId, isUnlisted: true }),
        list: () => update(owner, { memberId, isUnlisted: false }),
        rename: () => update(owner, { memberId, name }),
        delete: () => remove(owner, memberId),
        createFlag: () => kith.mutate('createPrideFlag', { image, name }, owner.username, 'flag { id }'),
        deleteFlag: () => kith.mutate('deletePrideFlag', { flagId }, owner.username),
      };
      const payload = await does[deed]?.();
      if (!payload) throw new Error(`Nobody knows how to ${deed}.`);
      for (const { code } of payload.userErrors) seen.add(code);
      if (!deed.startsWith('create')) return;
      if (payload.flag) own.flag.push(payload.flag.id);
      else if (payload.member) own.member.push(payload.member.id);
    };
    const queue = fc.sample(deedsAmong(3, 8), { seed, numRuns: 450 }).values();
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        for (const deed of queue) await run(deed);
      }),
    );
    expect([...seen].toSorted(), `seed ${seed}`).toEqual(['ALREADY_EXISTS', 'LIMIT_REACHED', 'NOT_FOUND']);
    await expectExact(owners);
  });
});

describe('house rule 13: the number of statements does not depend on the number of people', () => {
  it('a page of people with words, flags, avatars, and their members with theirs', async () => {
    const { db } = kith.database;
    const [key, createdAt] = [crypto.randomUUID(), at];
    const own = {
      key,
      icon: 'star',
      tooltip: 'mine',
      size: 'NORMAL',
      muted: false,
      favourite: false,
    } as const;
    const image = { kind: 'avatar', name: 'x', width: 1, height: 1, hash: '' } as const;
    const names = [{ value: 'word', preference: key }];
    const people = await crowd(kith, '0page', 20, () => ({ names, customPreferences: [own], avatar: image }));
    for (const { uuid: ownerId } of people) {
      const flagIds = [newId(createdAt), newId(createdAt)];
      await db
        .insert(prideFlags)
        .values(flagIds.map((id) => ({ id, ownerId, name: 'flag', image, createdAt })));
      const shown = flagIds.map((flagId, position) => ({ flagId, position }));
      await db.insert(userFlags).values(shown.map((flag) => ({ userId: ownerId, ...flag })));
      for (const name of ['a', 'b', 'c']) {
        const [id, sid] = [newId(createdAt), randomSid(6)];
        await db
          .insert(members)
          .values({ id, ownerId, sid, name, nameKey: name, names, avatar: image, createdAt });
        await db.insert(memberFlags).values(shown.map((flag) => ({ memberId: id, ...flag })));
      }
    }
    const counts = [];
    for (const size of [2, 20]) {
      kith.database.statements.length = 0;
      const { users: page } = await kith.query(
        `{ users(first: ${size}, orderBy: USERNAME) { nodes { username names { preference { icon } } flags { name } avatar { url }
          members { totalCount nodes { ... on Profile { avatar { url } names { preference { icon } } } ... on Member { flags { name } user { username } } } } } } }`,
      );
      counts.push(kith.database.statements.length);
      const avatar = { url: expect.any(String) };
      const flags = Array(2).fill({ name: 'flag' });
      const shown = { avatar, flags, names: [{ preference: { icon: 'star' } }] };
      const expected = people.slice(0, size).map(({ username }) => {
        const nodes = Array(3).fill({ ...shown, user: { username } });
        return { username, ...shown, members: { totalCount: 3, nodes } };
      });
      expect(page.nodes).toEqual(expected);
    }
    // The people, their flags, their members and how many, those members' owners, owners' preferences, members' flags.
    expect(counts).toEqual([7, 7]);
  });
});
