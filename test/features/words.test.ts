// Domain rule 2: the words people and members alike have for themselves, and the preferences those name.
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inArray } from 'drizzle-orm';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { members } from '../../src/features/members/table.ts';
import { users } from '../../src/features/users/table.ts';
import { useTestApp } from '../helpers/app.ts';
import { crowd } from '../helpers/crowd.ts';

const kith = useTestApp();

interface Payload {
  profile: { id: string } | null;
  userErrors: { code: string; path: string[] }[];
}

const shown = `id displayName bio links names { value preference { key } }
  pronouns { pronouns displayText preference { key } } fields { name entries { value preference { key } } }`;

/** What was read, each preference by its key, as inputs have it. */
const plain = <Value>(read: Value): Value =>
  JSON.parse(JSON.stringify(read), (_name, value) =>
    value?.preference?.key === undefined ? value : { ...value, preference: value.preference.key },
  );

const times = <Value>(count: number, make: (n: number) => Value) =>
  Array.from({ length: count }, (_, n) => make(n));
const word = (value: string, preference = 'okay') => ({ value, preference });
const pronoun = (pronouns: string, preference = 'okay', displayText: string | null = null) => ({
  pronouns,
  displayText,
  preference,
});
const field = (name: string, ...entries: ReturnType<typeof word>[]) => ({ name, entries });
/** Names, pronouns and a field with an entry for each of these preferences. */
const naming = (...keys: string[]) => ({
  names: keys.map((key) => word('x', key)),
  pronouns: keys.map((key) => pronoun('x', key)),
  fields: [field('x', ...keys.map((key) => word('x', key)))],
});
const custom = (key: string, rest: object = {}) => ({
  key,
  icon: 'moon-stars',
  tooltip: 'At night',
  size: 'NORMAL' as const,
  muted: false,
  favourite: false,
  ...rest,
});

const owner = 'ada';
const ownKeys = [randomUUID(), randomUUID()] as const;
const own = ownKeys.map((key) => custom(key));

let number = 0;
const newName = () => `Member ${number++}`;

/** A member of this person's. */
async function newMember(as: string, input: object = {}): Promise<string> {
  const named = { name: newName(), ...input };
  const { member, userErrors } = await kith.mutate('createMember', named, as, 'member { id }');
  expect(userErrors).toEqual([]);
  return member.id;
}

let memberId = '';
const write = async (name: string, input: object, type: string): Promise<Payload> => {
  const { userErrors, ...payload } = await kith.mutate(name, input, owner, `${type} { ${shown} }`);
  return { profile: plain(payload[type]), userErrors };
};
/** The three mutations that words are written with. */
const writers = {
  updateProfile: (input: object) => write('updateProfile', input, 'user'),
  createMember: (input: object) => write('createMember', { name: newName(), ...input }, 'member'),
  updateMember: (input: object) => write('updateMember', { memberId, ...input }, 'member'),
};
type Writer = keyof typeof writers;
const changing = ['updateProfile', 'updateMember'] as const;
const all: readonly Writer[] = [...changing, 'createMember'];
/** Each writer with each case. */
const each = <Case extends readonly unknown[]>(cases: readonly Case[]) =>
  all.flatMap((writer) => cases.map((one): [Writer, ...Case] => [writer, ...one]));

/** All that the three mutations could have changed. */
async function everything(): Promise<unknown> {
  const { viewer, node } = await kith.query(
    `query ($id: ID!) { node(id: $id) { ... on Member { ${shown} } } viewer { members(first: 0) { totalCount }
      user { ${shown} customPreferences { key icon tooltip size muted favourite isCustom } } } }`,
    { as: owner, variables: { id: memberId } },
  );
  return { viewer: plain(viewer), node: plain(node) };
}

/** Asserts that the input is refused for these reasons, such as `TOO_LONG names.1.value`, and nothing of it is done. */
async function expectRefused(writer: Writer, input: object, ...expected: string[]) {
  const before = await everything();
  const { profile, userErrors } = await writers[writer](input);
  expect(userErrors.map(({ code, path }) => `${code} ${path.join('.')}`)).toEqual(expected);
  expect(profile).toBeNull();
  expect(await everything()).toEqual(before);
}

async function expectAccepted(writer: Writer, input: object, read: object = input) {
  expect(await writers[writer](input)).toMatchObject({ profile: read, userErrors: [] });
}

const preference = 'preference { key isCustom icon tooltip size muted favourite }';

/** A profile's words with their preferences in full. */
async function inFull(id: string | undefined, as: string | null = null) {
  const { node } = await kith.query(
    `query ($id: ID!) { node(id: $id) { ... on Profile {
      names { ${preference} } pronouns { ${preference} } fields { entries { ${preference} } } } } }`,
    { as, variables: { id } },
  );
  return node;
}

beforeAll(async () => {
  expect(await kith.mutate('updateProfile', { customPreferences: own }, owner)).toEqual({ userErrors: [] });
  memberId = await newMember(owner);
});

describe('rule 2: names, pronouns and fields', () => {
  const one = {
    names: [word('Ada', 'favourite'), word('A.', 'avoid'), word('Ada', ownKeys[0])],
    pronouns: [pronoun('she/her', 'favourite'), pronoun('any', ownKeys[1], 'whatever')],
    fields: [
      field('Titles', word('Countess', 'jokingly'), word('Dr', 'friends_only')),
      field('Empty'),
      field('Titles', word('Ms')),
    ],
  };

  it.each(all)('%s: are read as they were written, in their order, doubles and all', async (writer) => {
    await expectAccepted(writer, one);
    const [names, pronouns, fields] = [one.names, one.pronouns, one.fields].map((list) => list.toReversed());
    await expectAccepted(writer, { names, pronouns, fields });
  });

  it.each(changing)('%s: a list is replaced as a whole, what is omitted stays', async (writer) => {
    await expectAccepted(writer, one);
    let now: object = one;
    for (const change of [
      { names: [word('B')] },
      { pronouns: [pronoun('it')] },
      { fields: [field('Age')] },
    ]) {
      now = { ...now, ...change };
      await expectAccepted(writer, change, now);
    }
    await expectAccepted(writer, {}, now);
  });

  it.each(changing.flatMap((writer) => [null, []].map((none) => [writer, none] as const)))(
    '%s: %j empties a list, and no other',
    async (writer, none) => {
      await expectAccepted(writer, one);
      let now: object = one;
      for (const list of ['names', 'pronouns', 'fields']) {
        now = { ...now, [list]: [] };
        await expectAccepted(writer, { [list]: none }, now);
      }
    },
  );

  it('createMember: are empty when they are null or omitted', async () => {
    const none = { names: [], pronouns: [], fields: [], links: [], displayName: null, bio: null };
    await expectAccepted('createMember', {}, none);
    const nulls = Object.fromEntries(Object.keys(none).map((name) => [name, null]));
    await expectAccepted('createMember', nulls, none);
  });

  it.each(all)('%s: displayText is trimmed; omitted or null, it is null', async (writer) => {
    const pronouns = [
      pronoun(' they/them ', 'okay', '\n they \u00a0'),
      pronoun('it'),
      { pronouns: 'it', preference: 'okay' },
    ];
    const read = [pronoun('they/them', 'okay', 'they'), pronoun('it'), pronoun('it')];
    await expectAccepted(writer, { pronouns }, { pronouns: read });
  });

  it.each(all)('%s: as many and as long as they may be, all at once', async (writer) => {
    const longest = '😀'.repeat(100);
    const names = times(100, () => word(longest));
    const pronouns = times(100, () => pronoun(longest, 'okay', longest));
    const fields = times(25, () => field(longest, ...names));
    await expectAccepted(writer, { names, pronouns, fields });
    await writers[writer]({ names: null, pronouns: null, fields: null });
  });
});

/** A text in each place that there is for one: its limit, the input with it, and its path. */
const texts: [path: string, max: number, input: (text: string) => object][] = [
  ['names.1.value', 100, (text) => ({ names: [word('x'), word(text)] })],
  ['pronouns.1.pronouns', 100, (text) => ({ pronouns: [pronoun('x'), pronoun(text)] })],
  ['pronouns.1.displayText', 100, (text) => ({ pronouns: [pronoun('x'), pronoun('x', 'okay', text)] })],
  ['fields.3.name', 100, (text) => ({ fields: ['x', 'y', 'z', text].map((name) => field(name, word('x'))) })],
  [
    'fields.3.entries.7.value',
    100,
    (text) => ({
      fields: times(4, (n) => field('x', ...times(8, (m) => word(n === 3 && m === 7 ? text : 'x')))),
    }),
  ],
  ['displayName', 100, (displayName) => ({ displayName })],
  ['bio', 1_000, (bio) => ({ bio })],
];

describe('rule 2: limits on text', () => {
  it.each(each(texts))(
    '%s: %s has up to %d code points, one more is TOO_LONG',
    async (writer, path, max, input) => {
      for (const letter of ['x', '😀']) {
        await expectAccepted(writer, input(letter.repeat(max)));
        await expectRefused(writer, input(letter.repeat(max + 1)), `TOO_LONG ${path}`);
      }
      // Two code points that look like one.
      await expectAccepted(writer, input('e\u0301'.repeat(max / 2)));
      await expectRefused(writer, input(`${'e\u0301'.repeat(max / 2)}x`), `TOO_LONG ${path}`);
    },
  );

  it.each(each(texts))(
    '%s: %s is trimmed, then counted (to %d); empty it is TOO_SHORT',
    async (writer, path, max, input) => {
      await expectAccepted(writer, input(` \u3000\u00a0${'é'.repeat(max)}  `), input('é'.repeat(max)));
      for (const empty of ['', ' ', '\n\t\u00a0\u3000']) {
        await expectRefused(writer, input(empty), `TOO_SHORT ${path}`);
      }
    },
  );

  it.each(all)('%s: a displayName is on one line', async (writer) => {
    for (const control of ['\n', '\u0001', '\u009f']) {
      await expectRefused(writer, { displayName: `A${control}B` }, 'INVALID displayName');
    }
  });

  it.each(all)('%s: every entry that is wrong is reported, each with its path', async (writer) => {
    const long = word('x'.repeat(101));
    await expectRefused(
      writer,
      {
        names: [word(''), word('x'), long],
        pronouns: [pronoun(' ', 'okay', '')],
        fields: [field('x', word('x'), word('')), field('', long)],
      },
      'TOO_SHORT names.0.value',
      'TOO_LONG names.2.value',
      'TOO_SHORT pronouns.0.pronouns',
      'TOO_SHORT pronouns.0.displayText',
      'TOO_SHORT fields.0.entries.1.value',
      'TOO_SHORT fields.1.name',
      'TOO_LONG fields.1.entries.0.value',
    );
  });
});

const lists: [path: string, max: number, input: (count: number) => object][] = [
  ['names', 100, (count) => ({ names: times(count, (n) => word(`${n}`)) })],
  ['pronouns', 100, (count) => ({ pronouns: times(count, (n) => pronoun(`${n}`)) })],
  ['fields', 25, (count) => ({ fields: times(count, (n) => field(`${n}`)) })],
  [
    'fields.1.entries',
    100,
    (count) => ({ fields: [field('x'), field('y', ...times(count, (n) => word(`${n}`)))] }),
  ],
  ['links', 25, (count) => ({ links: times(count, (n) => `https://${n}.example`) })],
];

describe('rule 2: limits on lists', () => {
  it.each(each(lists))(
    '%s: %s has up to %d entries, one more is TOO_MANY',
    async (writer, path, max, input) => {
      await expectAccepted(writer, input(max));
      await expectRefused(writer, input(max + 1), `TOO_MANY ${path}`);
    },
  );

  it.each(all)('%s: a link that is bad, too long or empty is refused with its path', async (writer) => {
    const long = (length: number) => `https://a.example/${'😀'.repeat(length - 18)}`;
    await expectAccepted(writer, { links: [long(256)] });
    const links = ['https://a.example', 'javascript:alert(1)', long(257), ' '];
    await expectRefused(writer, { links }, 'INVALID links.1', 'TOO_LONG links.2', 'TOO_SHORT links.3');
  });
});

describe('rule 2: pronoun forms', () => {
  const forms = 'forms { subject object possessiveDeterminer possessivePronoun reflexive }';
  const letters = fc.constantFrom('a', 'e', 'y', 'Z', 'é', '😀', '-', '’', '\\', '|', '.');
  const part = fc.oneof(
    { arbitrary: fc.string({ unit: letters, minLength: 1, maxLength: 6 }), weight: 19 },
    { arbitrary: fc.constant(''), weight: 1 },
  );
  const padding = fc.string({ unit: fc.constantFrom(' ', '\u00a0', '\t'), maxLength: 2 });
  const written = fc
    .array(fc.tuple(padding, part, padding), { minLength: 1, maxLength: 8 })
    // Five parts come often enough for both answers to be met.
    .chain((parts) => fc.constantFrom(parts, parts.slice(0, 5)))
    .filter((parts) => parts.length > 1 || parts.some(([, text]) => text !== ''));

  it.each(changing)(
    '%s: are five parts, trimmed, none of them empty; else there are none',
    async (writer) => {
      const seen = { whole: 0, none: 0 };
      const property = fc.asyncProperty(
        fc.array(written, { minLength: 50, maxLength: 100 }),
        async (many) => {
          const pronouns = many.map((parts) => pronoun(parts.map((part) => part.join('')).join('/')));
          const { userErrors, profile } = await writers[writer]({ pronouns });
          expect(userErrors).toEqual([]);
          const { node } = await kith.query(
            `query ($id: ID!) { node(id: $id) { ... on Profile { pronouns { pronouns ${forms} } } } }`,
            { variables: { id: profile?.id } },
          );
          const expected = many.map((parts, i) => {
            const [subject, object, possessiveDeterminer, possessivePronoun, reflexive] = parts.map(
              ([, text]) => text,
            );
            const whole = parts.length === 5 && parts.every(([, text]) => text !== '');
            seen[whole ? 'whole' : 'none']++;
            return {
              pronouns: pronouns[i]?.pronouns.trim(),
              forms: whole ? { subject, object, possessiveDeterminer, possessivePronoun, reflexive } : null,
            };
          });
          expect(node.pronouns).toEqual(expected);
        },
      );
      await fc.assert(property, { numRuns: 10 });
      expect(Math.min(seen.whole, seen.none)).toBeGreaterThan(25);
    },
  );
});

describe('rule 2: preferences', () => {
  const builtIn = ['favourite', 'okay', 'jokingly', 'friends_only', 'avoid'];
  const manifest = createRequire(import.meta.url).resolve('bootstrap-icons/package.json');
  const icons = readdirSync(join(manifest, '../icons')).map((file) => file.replace(/\.svg$/, ''));

  it.each(all)('%s: the five built-in ones are distinct, and all entries resolve to them', async (writer) => {
    const { profile } = await writers[writer](naming(...builtIn));
    const node = await inFull(profile?.id);
    const found: Record<string, unknown>[] = node.names.map(
      (entry: { preference: object }) => entry.preference,
    );
    expect(found.map(({ key }) => key)).toEqual(builtIn);
    expect(new Set(found.map(({ icon }) => icon)).size).toBe(5);
    expect(new Set(found.map(({ tooltip }) => tooltip)).size).toBe(5);
    for (const { isCustom, icon, tooltip, size } of found) {
      expect(isCustom).toBe(false);
      expect(icons).toContain(icon);
      expect(tooltip).toMatch(/\w/);
      expect(['LARGE', 'NORMAL', 'SMALL']).toContain(size);
    }
    expect(node).toEqual({ names: node.names, pronouns: node.names, fields: [{ entries: node.names }] });
  });

  it('of the owner resolve in full for their own words and a member’s, for everybody', async () => {
    const keys = times(3, () => randomUUID());
    const [a = '', b = '', c = ''] = keys;
    const customPreferences = [
      custom(a, { icon: 'heart', tooltip: ' Ours ', size: 'LARGE', favourite: true }),
      custom(b, { size: 'SMALL', muted: true }),
      // What may be left out.
      { key: c, icon: 'moon-stars', tooltip: 'At night' },
    ];
    const read = [
      { ...custom(a), icon: 'heart', tooltip: 'Ours', size: 'LARGE', favourite: true, isCustom: true },
      { ...custom(b), size: 'SMALL', muted: true, isCustom: true },
      { ...custom(c), isCustom: true },
    ];
    // In one write with the words that name them.
    const input = { customPreferences, ...naming(...keys) };
    const selection = 'user { id customPreferences { key isCustom icon tooltip size muted favourite } }';
    const { user } = await kith.mutate('updateProfile', input, 'cleo', selection);
    expect(user.customPreferences).toEqual(read);
    const entries = read.map((preference) => ({ preference }));
    for (const id of [user.id, await newMember('cleo', naming(...keys))]) {
      for (const as of [null, 'cleo', 'dan']) {
        expect(await inFull(id, as)).toEqual({ names: entries, pronouns: entries, fields: [{ entries }] });
      }
    }
  });

  it('of the owner are replaced as a whole, in order; omitted they stay, null and [] empty them', async () => {
    const [a = '', b = '', c = ''] = times(3, () => randomUUID());
    const steps: [input: object, keys: string[]][] = [
      [{ customPreferences: [custom(a), custom(b)] }, [a, b]],
      [{ names: [] }, [a, b]],
      [{ customPreferences: [custom(c), custom(a)] }, [c, a]],
      [{ customPreferences: null }, []],
      [{ customPreferences: [custom(b)] }, [b]],
      [{ customPreferences: [] }, []],
    ];
    for (const [input, keys] of steps) {
      const payload = await kith.mutate('updateProfile', input, 'finn', 'user { customPreferences { key } }');
      expect(payload).toEqual({ user: { customPreferences: keys.map((key) => ({ key })) }, userErrors: [] });
    }
  });

  it('of the owner are named in any case', async () => {
    const upper = randomUUID().toUpperCase();
    const input = { customPreferences: [custom(upper)], ...naming(upper, upper.toLowerCase()) };
    const { user } = await kith.mutate('updateProfile', input, 'gus', 'user { id }');
    const { names } = await inFull(user.id);
    expect(names).toEqual(Array(2).fill({ preference: { ...custom(upper.toLowerCase()), isCustom: true } }));
  });

  const taken = '00000000-0000-4000-8000-00000000000a';
  const refusals: [entry: object, refusal: string][] = [
    ...[
      'mine',
      'okay',
      '',
      randomUUID().replaceAll('-', ''),
      `{${randomUUID()}}`,
      taken,
      taken.toUpperCase(),
    ].map((key): [object, string] => [{ key }, 'INVALID customPreferences.3.key']),
    ...[
      'unicorn',
      '',
      ' ',
      'Heart',
      'bi-heart',
      '../icons/heart',
      'heart.svg',
      'constructor',
      '__proto__',
    ].map((icon): [object, string] => [{ icon }, 'INVALID customPreferences.3.icon']),
    [{ tooltip: ' ' }, 'TOO_SHORT customPreferences.3.tooltip'],
    [{ tooltip: '😀'.repeat(101) }, 'TOO_LONG customPreferences.3.tooltip'],
  ];
  it.each(refusals)('%j is refused: %s', async (entry, refusal) => {
    const customPreferences = [...own, custom(taken), { ...custom(randomUUID()), ...entry }];
    await expectRefused('updateProfile', { customPreferences }, refusal);
  });

  it('of the owner are up to 25, with tooltips of up to 100; one more is TOO_MANY', async () => {
    const more = (count: number) => times(count, () => custom(randomUUID(), { tooltip: '😀'.repeat(100) }));
    await expectAccepted('updateProfile', { customPreferences: [...own, ...more(23)] }, {});
    const customPreferences = [...own, ...more(24)];
    await expectRefused('updateProfile', { customPreferences }, 'TOO_MANY customPreferences');
    await expectAccepted('updateProfile', { customPreferences: own }, {});
  });

  it('may have every icon of the package', async () => {
    expect(icons.length).toBeGreaterThan(2_000);
    for (let start = 0; start < icons.length; start += 25) {
      const customPreferences = icons.slice(start, start + 25).map((icon) => custom(randomUUID(), { icon }));
      expect(await kith.mutate('updateProfile', { customPreferences }, 'ira')).toEqual({ userErrors: [] });
    }
  });
});

describe('rule 2: an entry names a preference that there is', () => {
  const places: [path: string, list: string, input: (key: string) => object][] = [
    ['names.1.preference', 'names', (key) => ({ names: [word('x'), word('y', key)] })],
    ['pronouns.0.preference', 'pronouns', (key) => ({ pronouns: [pronoun('x', key)] })],
    [
      'fields.1.entries.2.preference',
      'fields',
      (key) => ({ fields: [field('x'), field('y', word('x'), word('y'), word('z', key))] }),
    ],
  ];
  const strangers = randomUUID();
  const unknown = [
    '',
    'best',
    'okay ',
    'constructor',
    '__proto__',
    strangers,
    ownKeys[0].replaceAll('-', ''),
  ];

  it.each(each(places))(
    '%s: an unknown one at %s is INVALID, and nothing else is done',
    async (writer, path, _list, input) => {
      await kith.mutate('updateProfile', { customPreferences: [custom(strangers)] }, 'stranger');
      for (const key of unknown) {
        await expectRefused(writer, { displayName: 'not done', ...input(key) }, `INVALID ${path}`);
      }
    },
  );

  it.each(all)('%s: every unknown one is reported', async (writer) => {
    const names = [word('x', 'a'), word('x', ownKeys[0]), word('x', 'b')];
    await expectRefused(
      writer,
      { names, pronouns: [pronoun('x', 'c')] },
      'INVALID names.0.preference',
      'INVALID names.2.preference',
      'INVALID pronouns.0.preference',
    );
  });

  it.each(places)('%s: one cannot be left out by the write that names it', async (path, _list, input) => {
    for (const customPreferences of [null, [], own.slice(1)]) {
      await expectRefused('updateProfile', { ...input(ownKeys[0]), customPreferences }, `INVALID ${path}`);
    }
  });

  it.each(places)(
    '%s: one that stored words name can only be left out with them',
    async (path, list, input) => {
      const as = `hal-${list}`;
      const change = (given: object) => kith.mutate('updateProfile', given, as, 'user { displayName }');
      const done = { user: { displayName: 'Hal' }, userErrors: [] };
      expect(await change({ displayName: 'Hal', customPreferences: own, ...input(ownKeys[0]) })).toEqual(
        done,
      );
      for (const customPreferences of [null, [], own.slice(1)]) {
        expect(await change({ displayName: 'not done', customPreferences })).toMatchObject({
          user: null,
          userErrors: [{ code: 'INVALID', path: path.split('.') }],
        });
      }
      // Another tooltip is another matter: the key is what words name.
      expect(await change({ customPreferences: own.map((c) => ({ ...c, tooltip: 'new' })) })).toEqual(done);
      expect(await change({ [list]: null, customPreferences: own.slice(1) })).toEqual(done);
    },
  );

  it.each(places)(
    '%s: one that only a member’s words name cannot be left out',
    async (_path, list, input) => {
      const as = `system-${list}`;
      const change = (given: object) =>
        kith.mutate('updateProfile', given, as, 'user { displayName customPreferences { key } }');
      await change({ displayName: 'before', customPreferences: own });
      await newMember(as);
      const id = await newMember(as, { isUnlisted: true, ...input(ownKeys[0]) });
      for (const customPreferences of [null, [], own.slice(1)]) {
        expect(await change({ displayName: 'not done', customPreferences })).toMatchObject({
          user: null,
          userErrors: [{ code: 'INVALID', path: ['customPreferences'] }],
        });
      }
      expect((await change({})).user).toEqual({
        displayName: 'before',
        customPreferences: ownKeys.map((key) => ({ key })),
      });
      await kith.mutate('updateMember', { memberId: id, [list]: null }, as);
      expect(await change({ customPreferences: own.slice(1) })).toEqual({
        user: { displayName: 'before', customPreferences: [{ key: ownKeys[1] }] },
        userErrors: [],
      });
    },
  );

  const racers: [verb: string, input: (key: string, id: string) => object][] = [
    ['createMember', (key) => ({ name: 'New', names: [word('x', key)] })],
    ['updateMember', (key, id) => ({ memberId: id, fields: [field('x', word('x', key))] })],
    ['updateProfile', (key) => ({ pronouns: [pronoun('x', key)] })],
  ];
  it.each(racers)(
    'not in a race either: %s names it while it is dropped, and one of the two is refused',
    async (verb, input) => {
      const { db, kind } = kith.database;
      const key = ownKeys[0];
      const rounds = kind === 'postgresql' ? 60 : 10;
      const racing = await crowd(kith, `racer-${verb.toLowerCase()}`, rounds, () => ({
        customPreferences: own,
      }));
      for (const [round, { username }] of racing.entries()) {
        const id = verb === 'updateMember' ? await newMember(username) : '';
        const drop = () => kith.mutate('updateProfile', { customPreferences: [] }, username);
        const name = () => kith.mutate(verb, input(key, id), username);
        const payloads: Payload[] = await Promise.all(round % 2 ? [drop(), name()] : [name(), drop()]);
        const refused = payloads.filter(({ userErrors }) => userErrors.length > 0);
        expect(refused, `round ${round}`).toMatchObject([{ userErrors: [{ code: 'INVALID' }] }]);
      }
      // Whoever's words name it has it still, and nobody else.
      const ids = racing.map(({ uuid }) => uuid);
      const owners = await db.select().from(users).where(inArray(users.id, ids));
      const theirs = await db.select().from(members).where(inArray(members.ownerId, ids));
      expect(owners).toHaveLength(rounds);
      for (const { id, customPreferences, ...words } of owners) {
        const stored = JSON.stringify([words, ...theirs.filter(({ ownerId }) => ownerId === id)]);
        expect(customPreferences.length > 0).toBe(stored.includes(key));
      }
    },
  );
});

describe('Profile: what users and members share', () => {
  it('is read through node and nodes, by fragments on the interface and on the types', async () => {
    const common = { displayName: 'Io', bio: '*io*', links: ['https://io.example'], ...naming('avoid') };
    await kith.mutate('updateProfile', common, 'io');
    const ids = [await kith.idOf('io'), await newMember('io', { name: 'Io the member', ...common })];
    const document = `query ($ids: [ID!]!, $id: ID!) {
      nodes(ids: $ids) { id ... on Profile { __typename ...Common }
        ... on User { username } ... on Member { memberName user { username } } }
      one: node(id: $id) { ...Common ... on Member { displayName } ... on User { displayName } } }
      fragment Common on Profile { sid name bioHtml avatar { hash } flags { id } ${shown} }`;
    const { nodes, one } = await kith.query(document, { variables: { ids, id: ids[1] } });
    const read = { ...common, name: 'Io', bioHtml: '<p><em>io</em></p>', avatar: null, flags: [] };
    const sid = (length: number) => expect.stringMatching(new RegExp(`^[a-z]{${length}}$`));
    expect(plain(nodes)).toEqual([
      { ...read, __typename: 'User', id: ids[0], sid: sid(5), username: 'io' },
      {
        ...read,
        __typename: 'Member',
        id: ids[1],
        sid: sid(6),
        memberName: 'Io the member',
        user: { username: 'io' },
      },
    ]);
    expect(plain(one)).toEqual({ ...read, id: ids[1], sid: nodes[1].sid });
  });
});

describe('house rule 13: the number of statements does not depend on the number of people', () => {
  const many = useTestApp();
  const words = `names { value preference { tooltip } } pronouns { forms { subject } preference { icon } }
    fields { name entries { value preference { size } } }`;
  const keyOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const ids: string[] = [];

  /** Twenty people with two members each, all words naming a preference of their own. */
  beforeAll(async () => {
    const people = await crowd(many, 'many', 20, (n) => ({
      customPreferences: [custom(keyOf(n), { tooltip: `${n}` })],
      ...naming(keyOf(n)),
    }));
    for (const [n, { username }] of people.entries()) {
      for (const name of ['One', 'Two']) {
        const input = { name, ...naming(keyOf(n)) };
        ids.push((await many.mutate('createMember', input, username, 'member { id }')).member.id);
      }
    }
  });

  it.each([
    ['people', 'username customPreferences { key }', 1, 1],
    // The people, their members, and whose preferences those name.
    ['people with their members', `username members(first: 2) { nodes { ${words} } }`, 3, 3],
  ])('a page of 20 %s', async (_what, rest, statements, profiles) => {
    for (const size of [20, 2]) {
      many.database.statements.length = 0;
      const data = await many.query<unknown>(`{ users(first: ${size}) { nodes { ${rest} ${words} } } }`);
      expect(many.database.statements, many.database.statements.join('\n\n')).toHaveLength(statements);
      // Each has a preference of their own.
      const tooltips = [...JSON.stringify(data).matchAll(/"tooltip":"(\d+)"/g)].map(([, tooltip]) => tooltip);
      expect(tooltips).toHaveLength(profiles * size);
      expect(new Set(tooltips).size).toBe(size);
    }
  });

  it('40 members by their ids: one statement for them, one for all preferences', async () => {
    const document = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Profile { ${words} } } }`;
    for (const count of [40, 2]) {
      many.database.statements.length = 0;
      const { nodes } = await many.query(document, { variables: { ids: ids.slice(0, count) } });
      expect(nodes).toHaveLength(count);
      expect(many.database.statements).toHaveLength(2);
    }
  });
});
