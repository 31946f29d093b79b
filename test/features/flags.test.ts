// Pride flags: the library, who shows which, and who finds them. Domain rules 2, 3.1 and 4.
import { readdirSync } from 'node:fs';
import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { newId } from '../../src/db/uuid.ts';
import { memberFlags, prideFlags, userFlags } from '../../src/features/flags/table.ts';
import { mediaFiles } from '../../src/features/media/table.ts';
import { userStats, users } from '../../src/features/users/table.ts';
import { decodeId, encodeId } from '../../src/graphql/node.ts';
import { useTestApp } from '../helpers/app.ts';

let clock = Date.parse('2026-03-01T12:00:00.000Z');
const kith = useTestApp({ now: () => new Date(clock) });

interface Owner {
  username: string;
  id: string;
  uuid: string;
}
interface Flag {
  id: string;
  name: string;
  description: string | null;
}
interface Payload {
  flag: Flag & Record<string, unknown>;
  userErrors: { code: string; path: string[] }[];
}

let made = 0;
/** Somebody nobody else in this file knows. */
async function somebody(name = 'owner'): Promise<Owner> {
  const username = `${name}-${++made}`;
  const id = await kith.idOf(username);
  return { username, id, uuid: uuidOf(id) };
}
const uuidOf = (id: string) => decodeId(id)?.id ?? '';

const pixels = sharp({ create: { width: 4, height: 4, channels: 3, background: 'teal' } })
  .png()
  .toBuffer()
  .then((png) => ({ base64: `data:image/png;base64,${png.toString('base64')}` }));

const fields = 'id name description';
const add = async (owner: Owner, input: object, selection = ''): Promise<Payload> =>
  kith.mutate(
    'createPrideFlag',
    { image: await pixels, ...input },
    owner.username,
    `flag { ${fields} ${selection} }`,
  );
const update = (owner: Owner, flagId: string, input: object): Promise<Payload> =>
  kith.mutate('updatePrideFlag', { flagId, ...input }, owner.username, `flag { ${fields} }`);
const remove = (owner: Owner, flagId: string) =>
  kith.mutate('deletePrideFlag', { flagId }, owner.username, 'deletedFlagId');

/** What was wrong, each as `CODE path.into.the.input`. */
const refusals = ({ userErrors }: Pick<Payload, 'userErrors'>) =>
  userErrors.map(({ code, path }) => `${code} ${path.join('.')}`.trim());

/** Flags of these names in somebody's library, through the API. */
async function library(owner: Owner, ...names: string[]): Promise<Flag[]> {
  const all = [];
  for (const name of names) {
    const { flag, userErrors } = await add(owner, { name });
    expect(userErrors).toEqual([]);
    all.push(flag);
  }
  return all;
}
/** So many flags at once, straight into the database; nothing of them is in the media folder. */
async function fill(owner: Owner, count: number): Promise<string[]> {
  const image = { kind: 'flag', name: 'none', width: 1, height: 1, hash: '' } as const;
  const rows = Array.from({ length: count }, (_, n) => {
    const createdAt = new Date(clock + n);
    return { id: newId(createdAt), ownerId: owner.uuid, name: `flag ${n}`, image, createdAt };
  });
  await kith.database.db.insert(prideFlags).values(rows);
  return rows.map(({ id }) => encodeId('PrideFlag', id));
}
/** Somebody with a library and a member. */
async function system(...names: string[]) {
  const ada = await somebody();
  const payload = await kith.mutate('createMember', { name: 'Ash' }, ada.username, 'member { id }');
  return { ada, memberId: String(payload.member.id), flags: await library(ada, ...names) };
}

const show = (owner: Owner, flagIds: unknown): Promise<Pick<Payload, 'userErrors'>> =>
  kith.mutate('updateProfile', { flagIds }, owner.username);
const showOnMember = (
  owner: Owner,
  memberId: string,
  flagIds: unknown,
): Promise<Pick<Payload, 'userErrors'>> => kith.mutate('updateMember', { memberId, flagIds }, owner.username);

/** The names of the flags that these show, as somebody sees them. */
async function shown(ids: readonly string[], as: string | null = null): Promise<string[][]> {
  const { nodes } = await kith.query<{ nodes: { flags: Flag[] }[] }>(
    'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Profile { flags { name } } } }',
    { as, variables: { ids } },
  );
  return nodes.map(({ flags }) => flags.map(({ name }) => name));
}
const libraryOf = async (owner: Owner, args = 'first: 100') =>
  (
    await kith.query(
      `{ viewer { prideFlags(${args}) { totalCount nodes { ${fields} createdAt } edges { cursor node { id } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`,
      { as: owner.username },
    )
  ).viewer.prideFlags;
const namesIn = async (owner: Owner): Promise<string[]> =>
  (await libraryOf(owner)).nodes.map(({ name }: Flag) => name);

/** Whether somebody finds a flag by its id, by `node` and `nodes` alike. */
async function finds(flagId: string, as: string | null): Promise<boolean> {
  const { node, nodes } = await kith.query(
    'query ($id: ID!) { node(id: $id) { id ... on PrideFlag { name image { url } } } nodes(ids: [$id]) { id } }',
    { as, variables: { id: flagId } },
  );
  expect(node?.id).toBe(nodes[0]?.id);
  return node !== null;
}

describe('a flag', () => {
  it('comes into the library with its picture, words and time', async () => {
    const ada = await somebody();
    const selection = 'createdAt image { alt width height hash url(size: LARGE) }';
    const { flag, userErrors } = await add(
      ada,
      { name: ' Trans\n', description: ' Light blue, pink, white. ' },
      selection,
    );
    expect(userErrors).toEqual([]);
    expect(flag).toEqual({
      id: expect.any(String),
      name: 'Trans',
      description: 'Light blue, pink, white.',
      createdAt: new Date(clock).toISOString(),
      image: {
        alt: 'Light blue, pink, white.',
        width: 4,
        height: 4,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        url: expect.stringMatching(/\/media\/[0-9a-f]{32}-large\.webp$/),
      },
    });
    expect(await libraryOf(ada)).toMatchObject({ totalCount: 1, nodes: [{ id: flag.id, name: 'Trans' }] });
  });

  it('is renamed and described; what is omitted stays, null clears the description and not the name', async () => {
    const ada = await somebody();
    const [flag] = await library(ada, 'Bi');
    const id = flag?.id ?? '';
    const now = async () =>
      (
        await kith.query(`{ node(id: "${id}") { ... on PrideFlag { ${fields} image { alt } } } }`, {
          as: ada.username,
        })
      ).node;
    expect((await update(ada, id, {})).flag).toEqual({ id, name: 'Bi', description: null });
    expect(await now()).toEqual({ id, name: 'Bi', description: null, image: { alt: 'Bi' } });
    expect((await update(ada, id, { description: 'Pink, lavender, blue' })).flag.name).toBe('Bi');
    expect((await update(ada, id, { name: 'Bisexual' })).flag.description).toBe('Pink, lavender, blue');
    expect((await now()).image).toEqual({ alt: 'Pink, lavender, blue' });
    const payload = await update(ada, id, { name: null, description: null });
    expect(payload.flag).toBeNull();
    expect(refusals(payload)).toEqual(['INVALID name']);
    expect((await now()).description).toBe('Pink, lavender, blue');
    expect((await update(ada, id, { description: null })).flag).toEqual({
      id,
      name: 'Bisexual',
      description: null,
    });
    expect((await now()).image).toEqual({ alt: 'Bisexual' });
  });

  it.each([
    ['name', 100],
    ['description', 500],
  ])(
    'has a %s of 1 to %d code points: at the limit is accepted, one past it is refused',
    async (field, max) => {
      const ada = await somebody();
      const [flag] = await library(ada, 'Bi');
      const id = flag?.id ?? '';
      for (const text of ['😀'.repeat(max), 'x', 'é'.repeat(max)]) {
        expect((await update(ada, id, { [field]: ` ${text}\n` })).flag).toMatchObject({ [field]: text });
        const { flag: added } = await add(ada, { name: 'new', [field]: text });
        expect(added).toMatchObject({ [field]: text });
      }
      const before = await libraryOf(ada);
      const files = readdirSync(kith.mediaFolder);
      const wrong = [
        ['', 'TOO_SHORT'],
        [' \n', 'TOO_SHORT'],
        ['😀'.repeat(max + 1), 'TOO_LONG'],
        ['x'.repeat(max + 1), 'TOO_LONG'],
      ];
      for (const [text, code] of wrong) {
        expect(refusals(await update(ada, id, { [field]: text }))).toEqual([`${code} ${field}`]);
        const payload = await add(ada, { name: 'new', [field]: text });
        expect(payload.flag).toBeNull();
        expect(refusals(payload)).toEqual([`${code} ${field}`]);
      }
      expect(await libraryOf(ada)).toEqual(before);
      expect(readdirSync(kith.mediaFolder)).toEqual(files);
    },
  );

  it('is not made of what is no image', async () => {
    const ada = await somebody();
    const image = { base64: 'data:image/png;base64,AAAA' };
    const payload = await add(ada, { name: 'x', image });
    expect(payload.flag).toBeNull();
    expect(refusals(payload)).toEqual(['UNSUPPORTED_IMAGE image.base64']);
    expect(await libraryOf(ada)).toMatchObject({ totalCount: 0, nodes: [] });
  });

  it('of somebody else is neither changed nor deleted: NOT_FOUND, like one that is not there', async () => {
    const { ada, flags } = await system('Bi');
    const eve = await somebody('eve');
    await show(ada, [flags[0]?.id]);
    const ids = [flags[0]?.id ?? '', ada.id, 'x', '', encodeId('PrideFlag', crypto.randomUUID())];
    for (const id of ids) {
      for (const payload of [
        await update(eve, id, { name: 'Mine' }),
        await update(eve, id, {}),
        await remove(eve, id),
      ]) {
        expect(payload.flag ?? payload.deletedFlagId ?? null).toBeNull();
        expect(refusals(payload)).toEqual(['NOT_FOUND flagId']);
      }
    }
    expect(await shown([ada.id], eve.username)).toEqual([['Bi']]);
  });

  it.each(['createPrideFlag', 'updatePrideFlag', 'deletePrideFlag'])(
    '%s needs a token with profile:modify, the library one with profile',
    async (name) => {
      const { ada, flags } = await system('Bi');
      const input =
        name === 'createPrideFlag' ? { image: await pixels, name: 'x' } : { flagId: flags[0]?.id };
      const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
      const document = `mutation ($input: ${type}) { ${name}(input: $input) { userErrors { code } } }`;
      const nobody = await kith.send(document, { variables: { input } });
      expect(nobody.errors.map(({ extensions }) => extensions?.code)).toEqual(['UNAUTHENTICATED']);
      const few = await kith.send(document, {
        as: ada.username,
        scope: 'profile profile:read_private',
        variables: { input },
      });
      expect(few.errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', requiredScope: 'profile:modify' });
      const reading = await kith.send('{ viewer { prideFlags { totalCount } } }', {
        as: ada.username,
        scope: 'profile:modify',
      });
      expect(reading.errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', requiredScope: 'profile' });
      expect(await namesIn(ada)).toEqual(['Bi']);
    },
  );
});

describe('the library', () => {
  it('is newest first, and its pages joined are all of it, forward and back, ties included', async () => {
    const ada = await somebody();
    const inOrder: string[] = [];
    for (const step of [0, 0, 1, 5, 0, 1, 0]) {
      clock += step;
      const [flag] = await library(ada, `flag ${inOrder.length}`);
      inOrder.unshift(flag?.id ?? '');
    }
    // Those of the same millisecond are in one order, whichever it is.
    const whole = await libraryOf(ada);
    const times = whole.nodes.map(({ createdAt }: { createdAt: string }) => createdAt);
    expect(times).toEqual(times.toSorted().toReversed());
    const ids: string[] = whole.nodes.map(({ id }: Flag) => id);
    expect(ids.toSorted()).toEqual(inOrder.toSorted());
    expect(ids[4]).toBe(inOrder[4]);
    for (const size of [1, 2, 3, 7, 8]) {
      for (const [first, after, more, end] of [
        ['first', 'after', 'hasNextPage', 'endCursor'],
        ['last', 'before', 'hasPreviousPage', 'startCursor'],
      ] as const) {
        let all: string[] = [];
        for (let place = ''; ; ) {
          const { edges, nodes, pageInfo, totalCount } = await libraryOf(ada, `${first}: ${size} ${place}`);
          expect(totalCount).toBe(7);
          const page = nodes.map(({ id }: Flag) => id);
          expect(edges.map(({ node }: { node: Flag }) => node.id)).toEqual(page);
          all = first === 'first' ? [...all, ...page] : [...page, ...all];
          if (!pageInfo[more] || all.length > 7) break;
          expect(page).toHaveLength(size);
          place = `${after}: "${pageInfo[end]}"`;
        }
        expect(all).toEqual(ids);
      }
    }
    expect(await libraryOf(ada, 'first: 0')).toMatchObject({ totalCount: 7, nodes: [], edges: [] });
    expect(await libraryOf(await somebody())).toMatchObject({ totalCount: 0, nodes: [] });
  });

  it('rule 2: takes the 500th flag; the 501st is LIMIT_REACHED, and no file of it is left', async () => {
    const ada = await somebody();
    const [oldest] = await fill(ada, 499);
    const [last] = await library(ada, 'the last');
    const files = readdirSync(kith.mediaFolder);
    const payload = await add(ada, { name: 'one more' });
    expect(payload.flag).toBeNull();
    expect(refusals(payload)).toEqual(['LIMIT_REACHED']);
    expect(readdirSync(kith.mediaFolder)).toEqual(files);
    expect(await kith.database.db.$count(mediaFiles, sql`state <> 'USED'`)).toBe(0);
    expect((await libraryOf(ada, 'first: 0')).totalCount).toBe(500);
    // All 500 can be shown, one of them cannot be the 501st; and once one is gone there is room again.
    const all = (
      await kith.database.db.select().from(prideFlags).where(eq(prideFlags.ownerId, ada.uuid))
    ).map(({ id }) => encodeId('PrideFlag', id));
    expect(refusals(await show(ada, all))).toEqual([]);
    expect((await shown([ada.id]))[0]).toHaveLength(500);
    expect(refusals(await show(ada, [...all, last?.id]))).toEqual(['TOO_MANY flagIds']);
    expect(refusals(await remove(ada, oldest ?? ''))).toEqual([]);
    await library(ada, 'one more');
    expect((await libraryOf(ada, 'first: 0')).totalCount).toBe(500);
    // Everybody has room of their own.
    await library(await somebody(), 'first');
  });

  it('rule 2: of 12 parallel additions at 495 five are accepted', async () => {
    const ada = await somebody();
    await fill(ada, 495);
    const payloads = await Promise.all(Array.from({ length: 12 }, (_, n) => add(ada, { name: `late ${n}` })));
    expect(payloads.flatMap(refusals)).toEqual(Array(7).fill('LIMIT_REACHED'));
    expect((await libraryOf(ada, 'first: 0')).totalCount).toBe(500);
    expect(await kith.database.db.$count(prideFlags, eq(prideFlags.ownerId, ada.uuid))).toBe(500);
    expect(await kith.database.db.$count(mediaFiles, sql`state <> 'USED'`)).toBe(0);
  });
});

describe('flags that are shown', () => {
  it('are those chosen, in their order, each once, of a user and of a member each their own', async () => {
    const { ada, memberId, flags } = await system('a', 'b', 'c', 'd');
    const [a, b, c, d] = flags.map(({ id }) => id);
    expect(await shown([ada.id, memberId])).toEqual([[], []]);
    expect(refusals(await show(ada, [c, a, c, b, a]))).toEqual([]);
    expect(refusals(await showOnMember(ada, memberId, [d, c, d]))).toEqual([]);
    expect(await shown([ada.id, memberId])).toEqual([
      ['c', 'a', 'b'],
      ['d', 'c'],
    ]);
    // The whole list is replaced; what is not given stays, null and [] empty it.
    await show(ada, [b, c]);
    await kith.mutate('updateProfile', { tagline: 'x' }, ada.username);
    await kith.mutate('updateMember', { memberId, bio: 'x' }, ada.username);
    expect(await shown([ada.id, memberId])).toEqual([
      ['b', 'c'],
      ['d', 'c'],
    ]);
    await show(ada, null);
    await showOnMember(ada, memberId, []);
    expect(await shown([ada.id, memberId])).toEqual([[], []]);
    const input = { name: 'Birch', flagIds: [b, b, a] };
    const { member } = await kith.mutate('createMember', input, ada.username, 'member { flags { name } }');
    expect(member.flags).toEqual([{ name: 'b' }, { name: 'a' }]);
    expect(await namesIn(ada)).toHaveLength(4);
  });

  it('are out of the owner’s own library: any other is NOT_FOUND with its place, and nothing is changed', async () => {
    const { ada, memberId, flags } = await system('a', 'b');
    const [a, b] = flags.map(({ id }) => id);
    const other = await system('theirs');
    const theirs = other.flags[0]?.id;
    // Whether or not they show it themselves.
    await show(other.ada, [theirs]);
    await show(ada, [a]);
    await showOnMember(ada, memberId, [a]);
    const strange = [theirs, encodeId('PrideFlag', crypto.randomUUID()), ada.id, memberId, 'x', ''];
    for (const id of strange) {
      for (const flagIds of [
        [b, id],
        [b, id, a, id],
      ]) {
        const expected = flagIds.flatMap((given, i) => (given === id ? [`NOT_FOUND flagIds.${i}`] : []));
        const bio = { bio: 'not done', flagIds };
        expect(refusals(await kith.mutate('updateProfile', bio, ada.username))).toEqual(expected);
        expect(refusals(await kith.mutate('updateMember', { memberId, ...bio }, ada.username))).toEqual(
          expected,
        );
        expect(refusals(await kith.mutate('createMember', { name: 'New', ...bio }, ada.username))).toEqual(
          expected,
        );
      }
    }
    expect(await shown([ada.id, memberId])).toEqual([['a'], ['a']]);
    const { user } = await kith.query(
      `{ user(by: { id: "${ada.id}" }) { bio members { nodes { memberName bio } } } }`,
    );
    expect(user).toEqual({ bio: null, members: { nodes: [{ memberName: 'Ash', bio: null }] } });
  });

  it('are without one that is deleted, on the user and every member; the others keep their order', async () => {
    const { ada, memberId, flags } = await system('a', 'b', 'c', 'd');
    const [a, b, c, d] = flags.map(({ id }) => id);
    await show(ada, [d, b, a, c]);
    await showOnMember(ada, memberId, [b, c, a]);
    expect(await remove(ada, b ?? '')).toEqual({ deletedFlagId: b, userErrors: [] });
    expect(await shown([ada.id, memberId])).toEqual([
      ['d', 'a', 'c'],
      ['c', 'a'],
    ]);
    expect(await namesIn(ada)).toEqual(expect.arrayContaining(['a', 'c', 'd']));
    expect((await libraryOf(ada)).totalCount).toBe(3);
    expect(refusals(await remove(ada, b ?? ''))).toEqual(['NOT_FOUND flagId']);
    expect(refusals(await show(ada, [d, b]))).toEqual(['NOT_FOUND flagIds.1']);
    expect(await finds(b ?? '', ada.username)).toBe(false);
    await show(ada, [c, d, a]);
    expect(await shown([ada.id])).toEqual([['c', 'd', 'a']]);
  });

  it('two mutations in one document see each other', async () => {
    const { ada, flags } = await system('a');
    const id = flags[0]?.id;
    const data = await kith.query(
      `mutation { a: updateProfile(input: { flagIds: ["${id}"] }) { user { flags { name } } }
        b: updatePrideFlag(input: { flagId: "${id}", name: "z" }) { flag { name } } c: updateProfile(input: { bio: "x" }) { user { flags { name } } }
        d: deletePrideFlag(input: { flagId: "${id}" }) { deletedFlagId } e: updateProfile(input: { bio: "y" }) { user { flags { name } } } }`,
      { as: ada.username },
    );
    const user = (...names: string[]) => ({ user: { flags: names.map((name) => ({ name })) } });
    expect(data).toEqual({
      a: user('a'),
      b: { flag: { name: 'z' } },
      c: user('z'),
      d: { deletedFlagId: id },
      e: user(),
    });
  });
});

describe('rule 3: who finds a flag', () => {
  it('its owner always; others once a user or a member shows it, even an unlisted one', async () => {
    const { ada, memberId, flags } = await system('a', 'b');
    const [a, b] = flags.map(({ id }) => id);
    if (!a || !b) throw new Error('There are two.');
    const bob = (await somebody('bob')).username;
    const who = async (id: string) => [
      await finds(id, ada.username),
      await finds(id, bob),
      await finds(id, null),
    ];
    const [owner, all] = [
      [true, false, false],
      [true, true, true],
    ];
    for (const id of [a, b]) expect(await who(id)).toEqual(owner);
    await show(ada, [a]);
    expect([await who(a), await who(b)]).toEqual([all, owner]);
    await kith.mutate('updateMember', { memberId, isUnlisted: true, flagIds: [b] }, ada.username);
    expect([await who(a), await who(b)]).toEqual([all, all]);
    await show(ada, [b]);
    expect([await who(a), await who(b)]).toEqual([owner, all]);
    await kith.mutate('deleteMember', { memberId }, ada.username);
    expect(await who(b)).toEqual(all);
    await show(ada, []);
    expect(await who(b)).toEqual(owner);
    for (const id of ['x', encodeId('PrideFlag', ada.uuid), encodeId('PrideFlag', crypto.randomUUID())]) {
      expect(await finds(id, ada.username)).toBe(false);
    }
  });

  it('rule 3.1: nobody across a block; cards of blocked people show no flags', async () => {
    const { ada, memberId, flags } = await system('a');
    const bobs = await system('b');
    const [a = '', b = ''] = [flags[0]?.id, bobs.flags[0]?.id];
    await show(ada, [a]);
    await showOnMember(ada, memberId, [a]);
    await show(bobs.ada, [b]);
    expect(await finds(a, bobs.ada.username)).toBe(true);
    expect(await finds(b, ada.username)).toBe(true);
    expect((await kith.mutate('blockUser', { userId: bobs.ada.id }, ada.username)).userErrors).toEqual([]);
    expect(await finds(a, bobs.ada.username)).toBe(false);
    expect(await finds(b, ada.username)).toBe(false);
    expect(await finds(a, null)).toBe(true);
    const { viewer } = await kith.query(
      '{ viewer { user { flags { name } } blockedUsers { nodes { username flags { name } } edges { node { ... on Profile { flags { id } } } } } } }',
      { as: ada.username },
    );
    expect(viewer).toEqual({
      user: { flags: [{ name: 'a' }] },
      blockedUsers: { nodes: [{ username: bobs.ada.username, flags: [] }], edges: [{ node: { flags: [] } }] },
    });
  });

  it('rule 3.7: nobody while its owner is suspended, nor ever after they are deleted', async () => {
    const { ada, flags } = await system('a');
    const id = flags[0]?.id ?? '';
    const bob = (await somebody('bob')).username;
    const { db } = kith.database;
    await show(ada, [id]);
    await db.update(users).set({ status: 'SUSPENDED' }).where(eq(users.id, ada.uuid));
    expect([await finds(id, bob), await finds(id, null)]).toEqual([false, false]);
    await db.update(users).set({ status: 'ACTIVE' }).where(eq(users.id, ada.uuid));
    expect([await finds(id, bob), await finds(id, null)]).toEqual([true, true]);
    await kith.mutate('deleteAccount', { username: ada.username }, ada.username);
    expect([await finds(id, bob), await finds(id, null)]).toEqual([false, false]);
    expect(await db.$count(prideFlags, eq(prideFlags.ownerId, ada.uuid))).toBe(0);
  });
});

describe('rule 4: at the same time', () => {
  it('rule 4: adding, deleting and choosing leaves no dangling choice, exact counts, and no error but expected ones', async () => {
    const { ada, memberId, flags } = await system('a', 'b', 'c', 'd');
    const { db } = kith.database;
    const seed = Math.trunc(Math.random() * 2 ** 31);
    const ids = flags.map(({ id }) => id);
    const refused: Record<string, number> = {};
    const kinds = ['add', 'delete', 'show', 'showOnMember', 'createMember', 'rename'] as const;
    const deeds = fc.sample(fc.record({ deed: fc.constantFrom(...kinds, 'add', 'show'), n: fc.nat(1_000) }), {
      seed,
      numRuns: 240,
    });
    const pick = (n: number) => ids.at(-1 - (n % Math.min(ids.length, 5))) ?? '';
    const queue = deeds.entries();
    const writer = async () => {
      for (const [i, { deed, n }] of queue) {
        const flagIds = [pick(n), pick(n + 1), pick(n + 3)];
        const does = {
          add: () => add(ada, { name: `flag ${i}` }),
          delete: () => remove(ada, pick(n)),
          show: () => show(ada, flagIds),
          showOnMember: () => showOnMember(ada, memberId, flagIds),
          createMember: () => kith.mutate('createMember', { name: `member ${i}`, flagIds }, ada.username),
          rename: () => update(ada, pick(n), { name: `renamed ${i}` }),
        };
        const payload = await does[deed]();
        if (deed === 'add') ids.push(payload.flag.id);
        for (const { code, path } of payload.userErrors) {
          const what = `${deed} ${code} ${path[0]}`;
          refused[what] = (refused[what] ?? 0) + 1;
        }
      }
    };
    await Promise.all(Array.from({ length: 16 }, writer));
    const expected = ['createMember', 'show', 'showOnMember'].map((deed) => `${deed} NOT_FOUND flagIds`);
    const wrong = Object.keys(refused).filter(
      (what) => ![...expected, 'delete NOT_FOUND flagId', 'rename NOT_FOUND flagId'].includes(what),
    );
    expect(wrong, `seed ${seed}`).toEqual([]);
    // Or they would hardly have met.
    expect(Object.keys(refused).length).toBeGreaterThan(1);

    const [stats] = await db.select().from(userStats).where(eq(userStats.userId, ada.uuid));
    const count = await db.$count(prideFlags, eq(prideFlags.ownerId, ada.uuid));
    expect(stats?.flags).toBe(count);
    expect((await libraryOf(ada, 'first: 0')).totalCount).toBe(count);
    // Each choice is of a flag that is there and of the owner's own, and no two have one place.
    for (const [table, key] of [
      [userFlags, userFlags.userId],
      [memberFlags, memberFlags.memberId],
    ] as const) {
      const mine = sql`EXISTS (SELECT FROM ${prideFlags} WHERE ${prideFlags.id} = ${table.flagId})`;
      expect(await db.$count(table, sql`NOT ${mine}`)).toBe(0);
      expect(
        await db.select({ key }).from(table).groupBy(key, table.position).having(sql`count(*) > 1`),
      ).toEqual([]);
    }
    // No file is left of a flag that was deleted, none is gone of one that was not.
    expect(await db.$count(mediaFiles, sql`state <> 'USED'`)).toBe(0);
    const onDisk = new Set(readdirSync(kith.mediaFolder).map((file) => file.split('-')[0]));
    expect(onDisk.size).toBe(await db.$count(mediaFiles));
  });

  it('rule 4: a flag that is chosen while it is deleted is shown nowhere, and is refused or forgotten', async () => {
    const { ada, memberId } = await system();
    // So many that to choose them takes a while, which a deletion has to fall into.
    const stay = await fill(ada, 300);
    for (let round = 0; round < 15; round++) {
      const [gone = ''] = await fill(ada, 1);
      const removeLater = async () => {
        for (let n = 0; n < round; n++) await kith.query('{ __typename }');
        return remove(ada, gone);
      };
      const outcomes = await Promise.all([
        show(ada, [...stay, gone]),
        removeLater(),
        showOnMember(ada, memberId, [gone, ...stay]),
        removeLater(),
      ]);
      const [chosen, first, chosenToo, second] = outcomes.map((payload) => refusals(payload).join());
      expect(['', 'NOT_FOUND flagIds.300']).toContain(chosen);
      expect(['', 'NOT_FOUND flagIds.0']).toContain(chosenToo);
      expect([first, second].toSorted()).toEqual(['', 'NOT_FOUND flagId']);
      const after = await kith.query(
        'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Profile { flags { id } } } }',
        { variables: { ids: [ada.id, memberId] } },
      );
      expect(JSON.stringify(after)).not.toContain(gone);
    }
  });
});
