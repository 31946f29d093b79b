// Domain rule 2: the words that people tag themselves with. `utcOffset` and its clock are in profile.test.ts.
import { randomUUID } from 'node:crypto';
import { eq, inArray } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeTag } from '../../src/features/tags/store.ts';
import { tags, userTags } from '../../src/features/tags/table.ts';
import { users } from '../../src/features/users/table.ts';
import { encodeId } from '../../src/graphql/node.ts';
import { useTestApp } from '../helpers/app.ts';
import { crowd } from '../helpers/crowd.ts';

const kith = useTestApp();

interface Payload {
  user: { tags: { name: string }[] } | null;
  userErrors: { code: string; path: string[] }[];
}

const tag = (names: readonly unknown[] | null, as = 'ada', rest: object = {}): Promise<Payload> =>
  kith.mutate('updateProfile', { ...rest, tags: names }, as, 'user { tags { name } }');
const namesIn = ({ user }: Payload) => user?.tags.map(({ name }) => name);
const tagsOf = async (username: string, as: string | null = null): Promise<string[]> =>
  (
    await kith.query('query ($name: String) { user(by: { username: $name }) { tags { name } } }', {
      as,
      variables: { name: username },
    })
  ).user.tags.map(({ name }: { name: string }) => name);

async function expectKept(given: string[], kept: string[], as = 'ada') {
  const payload = await tag(given, as);
  expect(payload.userErrors, JSON.stringify(given)).toEqual([]);
  expect(namesIn(payload)).toEqual(kept);
  expect(await tagsOf(as)).toEqual(kept);
}

async function expectRefused(given: unknown[], ...expected: string[]) {
  await expectKept(['before', 'it'], ['before', 'it']);
  const { user, userErrors } = await tag(given, 'ada', { displayName: 'not done' });
  expect(userErrors.map(({ code, path }) => `${code} ${path.join('.')}`)).toEqual(expected);
  expect(user).toBeNull();
  const { viewer } = await kith.query('{ viewer { user { displayName tags { name } } } }', { as: 'ada' });
  expect(viewer.user).toEqual({ displayName: null, tags: [{ name: 'before' }, { name: 'it' }] });
}

/** Those tags that there are of these names, each once or the database would not hold them. */
const stored = async (names: string[]): Promise<string[]> =>
  (await kith.database.db.select().from(tags).where(inArray(tags.name, names)))
    .map(({ name }) => name)
    .toSorted();

const rounds = () => (kith.database.kind === 'postgresql' ? 40 : 8);

describe('rule 2: a tag', () => {
  it.each([
    ['cats', 'cats'],
    ['#cats', 'cats'],
    ['##cats', 'cats'],
    ['# cats', 'cats'],
    [' #Cats\n', 'cats'],
    ['\u3000\u00a0CATS ', 'cats'],
    ['a-b_c-1', 'a-b_c-1'],
    ['-', '-'],
    ['2026', '2026'],
    ['ÅNGSTRÖM', 'ångström'],
    ['A\u030angstro\u0308m', 'ångström'],
    ['Café', 'café'],
    ['ΑΘΉΝΑ', 'αθήνα'],
    ['Привет', 'привет'],
    ['猫', '猫'],
    ['ねこ', 'ねこ'],
    ['고양이', '고양이'],
    ['고양이'.normalize('NFD'), '고양이'],
    ['قطة', 'قطة'],
    ['हिन्दी', 'हिन्दी'],
    ['ไทย', 'ไทย'],
    ['٤٢', '٤٢'],
    ['𝒳', '𝒳'],
    ['null', 'null'],
    ['__proto__', '__proto__'],
  ])('%j is kept as %j', async (given, kept) => {
    await expectKept([given], [kept]);
  });

  it.each(['', ' ', '#', '##', ' # ', '\u3000#\n'])(
    '%j, in which there is nothing, is TOO_SHORT',
    async (name) => {
      await expectRefused(['x', name], 'TOO_SHORT tags.1');
    },
  );

  it.each([
    'two words',
    'a\tb',
    'a\nb',
    'a#b',
    'a#',
    'a,b',
    'a.b',
    'a/b',
    'a+b',
    'a&b',
    'a@b',
    '@cats',
    '<b>',
    "o'clock",
    'o’clock',
    'a–b',
    '🐱',
    'cat🐱',
    'a\u200bb',
    'a\u200db',
    'a\u202eb',
    'a\u0001b',
    '%',
    '€',
  ])('%j, with what is neither letter nor digit, - nor _, is INVALID', async (name) => {
    await expectRefused(['x', name], 'INVALID tags.1');
  });

  it('has up to 64 characters after all of that, one more is TOO_LONG', async () => {
    for (const letter of ['x', 'é', '𝒳', '猫']) {
      const longest = letter.repeat(64);
      await expectKept([longest], [longest]);
      await expectKept([`  ##${longest}  `], [longest]);
      await expectRefused(['x', `${longest}x`], 'TOO_LONG tags.1');
    }
    // Two code points each, of which one is left.
    await expectKept(['E\u0301'.repeat(64)], ['é'.repeat(64)]);
    // Two of which two are left.
    await expectKept(['q\u0301'.repeat(32)], ['q\u0301'.repeat(32)]);
    await expectRefused(['q\u0301'.repeat(33)], 'TOO_LONG tags.0');
  });

  it('is what it is kept as: given back, it stays the same', async () => {
    // Letters of many scripts in both cases, and what may be put on them.
    const letters = fc.string({
      unit: fc.constantFrom(
        '#',
        ' ',
        'a',
        'Σ',
        'ς',
        'İ',
        'ı',
        'ß',
        'ẞ',
        'T',
        'Ϊ',
        'ῼ',
        'ﬁ',
        'Ǆ',
        '\u0308',
        '\u0301',
        '\u0345',
      ),
      minLength: 1,
      maxLength: 6,
    });
    const property = fc.asyncProperty(fc.array(letters, { minLength: 1, maxLength: 5 }), async (given) => {
      const first = await tag(given, 'twice');
      const kept = namesIn(first);
      // What is refused is so for being empty, or for a space within it.
      if (!kept) {
        for (const { code } of first.userErrors) expect(['TOO_SHORT', 'INVALID']).toContain(code);
        return;
      }
      for (const name of kept) expect(name).toBe(name.toLowerCase().normalize('NFC'));
      expect(namesIn(await tag(kept, 'twice'))).toEqual(kept);
      // However it is composed, it is the same tag.
      expect(
        namesIn(
          await tag(
            given.map((name) => name.normalize('NFD')),
            'twice',
          ),
        ),
      ).toEqual(kept);
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it.each([
    ['T\u0308ag', '\u1e97ag'],
    ['\u03aa\u0301', '\u0390'],
    ['J\u030c', '\u01f0'],
  ])('%j and %j are one, though only the small letter is composed', async (large, small) => {
    await expectKept([large, small], [small]);
  });
});

describe('rule 2: the tags of a person', () => {
  it('are none at first', async () => {
    await kith.idOf('untagged');
    expect(await tagsOf('untagged')).toEqual([]);
  });

  it('keep the order they are given in, whatever order they were made in', async () => {
    await expectKept(['zebra', 'Ant', 'mole'], ['zebra', 'ant', 'mole'], 'bob');
    await expectKept(['mole', 'new', 'zebra', 'ant'], ['mole', 'new', 'zebra', 'ant'], 'bob');
    await expectKept(['ant', 'zebra'], ['ant', 'zebra'], 'bob');
  });

  it('that are doubles are merged into the first', async () => {
    await expectKept(['B', '#a', 'b', 'A', 'c', ' #B '], ['b', 'a', 'c']);
    await expectKept(['e\u0301', '\u00e9', '\u00c9'], ['\u00e9']);
  });

  it('are up to 5, doubles aside; one more is TOO_MANY', async () => {
    const five = ['a', 'b', 'c', 'd', 'e'];
    await expectKept(five, five);
    await expectKept([...five, ...five.map((name) => `#${name.toUpperCase()}`), 'a'], five);
    await expectRefused([...five, 'f'], 'TOO_MANY tags');
    await expectRefused(['a', ...five, 'f'], 'TOO_MANY tags');
  });

  it('that are wrong are all reported, each with its path', async () => {
    await expectRefused(
      ['', 'ok', 'a b', 'x'.repeat(65)],
      'TOO_SHORT tags.0',
      'INVALID tags.2',
      'TOO_LONG tags.3',
    );
  });

  it('that are many and wrong do not make an answer that is larger than the question', async () => {
    const names = Array.from({ length: 20_000 }, () => '');
    const document =
      'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { userErrors { code message path } } }';
    const body = JSON.stringify({ query: document, variables: { input: { tags: names } } });
    const response = await kith.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await kith.token('ada')}` },
      body,
    });
    expect((await response.text()).length).toBeLessThan(body.length);
  });

  it.each([null, []])('are emptied by %j; omitted, they stay', async (none) => {
    await tag(['a', 'b'], 'carol');
    await kith.mutate('updateProfile', { displayName: 'Carol' }, 'carol');
    expect(await tagsOf('carol')).toEqual(['a', 'b']);
    expect(namesIn(await tag(none, 'carol'))).toEqual([]);
    expect(await tagsOf('carol')).toEqual([]);
  });

  it('are replaced for that person alone, who are seen by everybody', async () => {
    await tag(['shared', 'first'], 'dan');
    await tag(['shared', 'second'], 'eve');
    await tag(['third'], 'dan');
    for (const as of [null, 'dan', 'eve', 'ada']) {
      expect(await tagsOf('dan', as)).toEqual(['third']);
      expect(await tagsOf('eve', as)).toEqual(['shared', 'second']);
    }
  });

  it('stay when another part of the change is refused', async () => {
    await tag(['stays'], 'finn');
    const { userErrors } = await kith.mutate('updateProfile', { tags: ['goes'], username: 'admin' }, 'finn');
    expect(userErrors).toMatchObject([{ code: 'TAKEN' }]);
    expect(await tagsOf('finn')).toEqual(['stays']);
    await kith.idOf('somebody');
    await kith.mutate('updateProfile', { tags: ['goes'], username: 'somebody' }, 'finn');
    expect(await tagsOf('finn')).toEqual(['stays']);
    expect(await stored(['goes'])).toEqual([]);
  });

  it('go with their account; the tags themselves stay for others', async () => {
    await tag(['orphan', 'kept'], 'gus');
    await tag(['kept'], 'hal');
    const uuid =
      (await kith.database.db.select().from(users).where(eq(users.usernameKey, 'gus')))[0]?.id ?? '';
    expect(await kith.database.db.$count(userTags, eq(userTags.userId, uuid))).toBe(2);
    await kith.mutate('deleteAccount', { username: 'gus' }, 'gus');
    expect(await kith.database.db.$count(userTags, eq(userTags.userId, uuid))).toBe(0);
    expect(await tagsOf('hal')).toEqual(['kept']);
  });

  it.each([[[null]], [[1]], [[['a']]], [{ a: 1 }]])(
    'are text: %j is a top-level BAD_USER_INPUT',
    async (names) => {
      const { errors } = await kith.send(
        'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { userErrors { code } } }',
        { as: 'ada', variables: { input: { tags: names } } },
      );
      expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT']);
    },
  );

  it('of a blocked person in the blocker’s own list are not shown', async () => {
    await tag(['secret'], 'ivo');
    await kith.mutate('blockUser', { userId: await kith.idOf('ivo') }, 'jan');
    const document = '{ viewer { blockedUsers { nodes { username tags { name } } } } }';
    expect((await kith.query(document, { as: 'jan' })).viewer.blockedUsers.nodes).toEqual([
      { username: 'ivo', tags: [] },
    ]);
  });

  it('of a page of 20 take one statement', async () => {
    const people = await crowd(kith, 'tagged', 20);
    for (const [n, { username }] of people.entries())
      await tag([`tag${n}`, 'everybody', `tag${n + 1}`], username);
    for (const size of [20, 2]) {
      kith.database.statements.length = 0;
      const { nodes } = await kith.query(
        'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on User { tags { name color } } } }',
        {
          variables: { ids: people.slice(0, size).map(({ id }) => id) },
        },
      );
      expect(nodes).toEqual(
        Array.from({ length: size }, (_, n) => ({
          tags: [`tag${n}`, 'everybody', `tag${n + 1}`].map((name) => ({ name, color: null })),
        })),
      );
      expect(kith.database.statements).toHaveLength(2);
    }
  });
});

describe('rule 2: tags that several people make at once', () => {
  const people = ['kim', 'lea', 'max', 'nia', 'olaf', 'pia'];

  it('are there once, and everybody has theirs in their own order', async () => {
    for (let round = 0; round < rounds(); round++) {
      const fresh = ['e', 'b', 'd', 'a', 'c'].map((letter) => `${letter}${round}`);
      // Forwards, backwards, and from the middle on: whoever locks in the order given would wait in a circle.
      const orders = people.map((_, n) =>
        n % 2 ? fresh.toReversed() : [...fresh.slice(n), ...fresh.slice(0, n)],
      );
      const payloads = await Promise.all(people.map((as, n) => tag(orders[n] ?? [], as)));
      for (const { userErrors } of payloads) expect(userErrors, `round ${round}`).toEqual([]);
      expect(payloads.map(namesIn), `round ${round}`).toEqual(orders);
      expect(await stored(fresh)).toEqual(fresh.toSorted());
    }
  });

  it('of one person end as one of the changes says, never as a mixture', async () => {
    for (let round = 0; round < rounds(); round++) {
      const sets = [0, 1, 2, 3].map((n) =>
        Array.from({ length: n + 2 }, (_, i) => `r${round}-${(n + i) % 5}`),
      );
      for (const { userErrors } of await Promise.all(sets.map((set) => tag(set, 'quin'))))
        expect(userErrors).toEqual([]);
      expect(sets, `round ${round}`).toContainEqual(await tagsOf('quin'));
    }
  });

  it('are made beside what operators say of them', async () => {
    const { db } = kith.database;
    for (let round = 0; round < rounds(); round++) {
      const name = `described-${round}`;
      const [payload] = await Promise.all([
        tag([name], 'rosa'),
        describeTag(db, name, { color: '#123456' }, new Date()),
      ]);
      expect(payload.userErrors).toEqual([]);
      const { user } = await kith.query('{ user(by: { username: "rosa" }) { tags { name color } } }');
      expect(user.tags).toEqual([{ name, color: '#123456' }]);
    }
  });
});

describe('Tag', () => {
  const fields = '{ id name description color }';
  const tagsInFull = async (username: string) =>
    (await kith.query(`{ user(by: { username: "${username}" }) { tags ${fields} } }`)).user.tags;
  const nodeOf = async (id: string, as: string | null = null) =>
    (
      await kith.query(`query ($id: ID!) { node(id: $id) { __typename ... on Tag ${fields} } }`, {
        as,
        variables: { id },
      })
    ).node;

  it('is found by its id by everybody, and is the same for all who have it', async () => {
    await tag(['common'], 'sven');
    await tag(['#COMMON'], 'tim');
    const [found] = await tagsInFull('sven');
    expect(found).toEqual({ id: expect.any(String), name: 'common', description: null, color: null });
    expect(await tagsInFull('tim')).toEqual([found]);
    for (const as of [null, 'sven', 'ada'])
      expect(await nodeOf(found.id, as)).toEqual({ __typename: 'Tag', ...found });
    expect(await nodeOf(encodeId('Tag', randomUUID()))).toBeNull();
    expect(await nodeOf(encodeId('Tag', 'common'))).toBeNull();
  });

  it('has what operators say of it, wherever it is shown; what they leave out stays', async () => {
    const { db } = kith.database;
    await tag(['explained'], 'uma');
    const [before] = await tagsInFull('uma');
    const expected = { ...before, description: 'Said.', color: '#00ff00' };
    await describeTag(db, 'explained', { description: 'Said.' }, new Date());
    await describeTag(db, 'explained', { color: '#00ff00' }, new Date());
    expect(await tagsInFull('uma')).toEqual([expected]);
    expect(await nodeOf(before.id)).toEqual({ __typename: 'Tag', ...expected });
    await describeTag(db, 'explained', { description: null }, new Date());
    expect(await nodeOf(before.id)).toEqual({ __typename: 'Tag', ...expected, description: null });
    // Before anybody has it.
    const { id } = await describeTag(db, 'prepared', { color: '#ff0000' }, new Date());
    await tag(['Prepared'], 'uma');
    expect(await tagsInFull('uma')).toEqual([
      { id: encodeId('Tag', id), name: 'prepared', description: null, color: '#ff0000' },
    ]);
  });
});
