// Domain rule 2: settings. What `searchable` and `profileVisibility` do is in visibility.test.ts, name by name.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTestApp } from '../helpers/app.ts';

const kith = useTestApp();

type Settings = Record<'notifications' | 'privacy' | 'display', Record<string, unknown>>;
type Change = { [Group in keyof Settings]?: Settings[Group] };

const fields = `{ notifications { email push toasts sounds muted }
  privacy { searchable profileVisibility memberListPrivate nsfw }
  display { language contentLanguages hideFollowSuggestions showFeaturedSuggestions } }`;

const atFirst: Settings = {
  notifications: { email: 'DAILY', push: true, toasts: true, sounds: true, muted: [] },
  privacy: { searchable: true, profileVisibility: 'PUBLIC', memberListPrivate: false, nsfw: false },
  display: {
    language: 'en',
    contentLanguages: [],
    hideFollowSuggestions: false,
    showFeaturedSuggestions: false,
  },
};
const kinds = [
  'FOLLOWED',
  'CONNECTION_REQUESTED',
  'CONNECTION_ACCEPTED',
  'POST_LIKED',
  'POST_COMMENTED',
  'POST_RESHARED',
  'MENTIONED',
  'POLL_VOTED',
  'ROOM_JOINED',
  'ROOM_INVITED',
];

const change = (input: object, as = 'ada') => kith.mutate('updateSettings', input, as, `settings ${fields}`);
const settingsOf = async (as = 'ada'): Promise<Settings> =>
  (await kith.query(`{ viewer { settings ${fields} } }`, { as })).viewer.settings;

/** Settings after a change: what is not in it stays, at both levels. */
const changed = (before: Settings, input: Change): Settings => ({
  notifications: { ...before.notifications, ...input.notifications },
  privacy: { ...before.privacy, ...input.privacy },
  display: { ...before.display, ...input.display },
});

async function expectRefused(input: object, ...expected: string[]) {
  const before = await settingsOf();
  const { settings, userErrors } = await change(input);
  expect(
    userErrors.map(({ code, path }: { code: string; path: string[] }) => `${code} ${path.join('.')}`),
  ).toEqual(expected);
  expect(settings).toBeNull();
  expect(await settingsOf()).toEqual(before);
}

describe('rule 2: settings at first', () => {
  it('are those of the rule', async () => {
    expect(await settingsOf('fresh')).toEqual(atFirst);
    expect(await change({}, 'fresh too')).toEqual({ settings: atFirst, userErrors: [] });
  });
});

describe('updateSettings', () => {
  const flag = fc.boolean();
  const language = fc.constantFrom('en', 'de', 'pt-BR', 'zh-Hant-TW', 'sr-Latn', 'es-419');
  const some = { requiredKeys: [] };
  const input = fc.record(
    {
      notifications: fc.record(
        {
          email: fc.constantFrom('NEVER', 'INSTANT', 'DAILY'),
          push: flag,
          toasts: flag,
          sounds: flag,
          muted: fc.subarray(kinds),
        },
        some,
      ),
      privacy: fc.record(
        {
          searchable: flag,
          profileVisibility: fc.constantFrom('PUBLIC', 'CONTACTS'),
          memberListPrivate: flag,
          nsfw: flag,
        },
        some,
      ),
      display: fc.record(
        {
          language,
          contentLanguages: fc.uniqueArray(language),
          hideFollowSuggestions: flag,
          showFeaturedSuggestions: flag,
        },
        some,
      ),
    },
    some,
  );

  it('changes what is given, whatever that is, and leaves the rest; of nobody else', async () => {
    let now = await settingsOf('pat');
    const property = fc.asyncProperty(input, async (given: Change) => {
      now = changed(now, given);
      expect(await change(given, 'pat')).toEqual({ settings: now, userErrors: [] });
      expect(await settingsOf('pat')).toEqual(now);
    });
    await fc.assert(property, { numRuns: 60 });
    expect(await settingsOf('pat’s neighbour')).toEqual(atFirst);
  });

  const paths = Object.entries(atFirst).flatMap(([group, settings]) => [
    group,
    ...Object.keys(settings).map((name) => `${group}.${name}`),
  ]);
  it.each(paths)('%s cannot be null: INVALID, and nothing is done', async (path) => {
    const [group = '', name] = path.split('.');
    const input = { [group]: name === undefined ? null : { [name]: null } };
    await expectRefused(input, `INVALID ${path}`);
    // Beside what is good.
    const good = { notifications: { push: false }, privacy: { nsfw: true }, display: { language: 'fr' } };
    const { userErrors } = await change({ ...good, ...input });
    expect(userErrors).toMatchObject([{ code: 'INVALID', message: expect.stringMatching(/null/) }]);
    expect(await settingsOf()).toEqual(atFirst);
  });

  it('reports every null, each with its path', async () => {
    await expectRefused(
      { notifications: { email: null, muted: null }, privacy: { searchable: null }, display: null },
      'INVALID notifications.email',
      'INVALID notifications.muted',
      'INVALID privacy.searchable',
      'INVALID display',
    );
  });

  it('keeps both of two parallel changes to different fields', async () => {
    const steps = (n: number): Change[] => [
      { notifications: { email: n % 2 ? 'NEVER' : 'INSTANT' } },
      { notifications: { push: n % 2 === 0 } },
      { notifications: { muted: kinds.slice(0, n % 10) } },
      { privacy: { searchable: n % 2 === 0 } },
      { privacy: { nsfw: n % 2 === 1 } },
      { display: { language: n % 2 ? 'de' : 'fr' } },
      { display: { contentLanguages: n % 2 ? ['de', 'en'] : [] } },
    ];
    for (let round = 0; round < (kith.database.kind === 'postgresql' ? 40 : 10); round++) {
      const payloads = await Promise.all(steps(round).map((step) => change(step, 'parallel')));
      for (const { userErrors } of payloads) expect(userErrors).toEqual([]);
      expect(await settingsOf('parallel'), `round ${round}`).toEqual(steps(round).reduce(changed, atFirst));
    }
  });

  it('stays beside a profile that is changed at the same time', async () => {
    for (let round = 0; round < 10; round++) {
      const nsfw = round % 2 === 0;
      const [settings, profile] = await Promise.all([
        change({ privacy: { nsfw } }, 'beside'),
        kith.mutate('updateProfile', { displayName: `Round ${round}` }, 'beside'),
      ]);
      expect([settings.userErrors, profile.userErrors]).toEqual([[], []]);
      const { viewer } = await kith.query('{ viewer { user { displayName isNsfw } } }', { as: 'beside' });
      expect(viewer.user).toEqual({ displayName: `Round ${round}`, isNsfw: nsfw });
    }
  });
});

describe('muted notifications', () => {
  it('are replaced as a whole, each once, in the order they came in', async () => {
    const mute = async (muted: string[]) =>
      (await change({ notifications: { muted } }, 'mute')).settings.notifications.muted;
    expect(await mute(kinds)).toEqual(kinds);
    expect(await mute(['MENTIONED', 'FOLLOWED', 'MENTIONED', 'FOLLOWED'])).toEqual(['MENTIONED', 'FOLLOWED']);
    expect(await mute(['POLL_VOTED'])).toEqual(['POLL_VOTED']);
    expect(await mute([])).toEqual([]);
  });

  it.each([['SOMETHING'], ['followed'], [null], ['FOLLOWED', 1]])(
    'of a kind that there is not are a top-level BAD_USER_INPUT: %j',
    async (...muted) => {
      const { errors } = await kith.send(
        'mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) { userErrors { code } } }',
        { as: 'ada', variables: { input: { notifications: { muted } } } },
      );
      expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT']);
    },
  );
});

describe('languages', () => {
  // As BCP 47 (RFC 5646, section 4.5) writes each.
  const tags: [given: string, canonical: string][] = [
    ['en', 'en'],
    ['EN', 'en'],
    [' de ', 'de'],
    ['PT-br', 'pt-BR'],
    ['zh-hant-tw', 'zh-Hant-TW'],
    ['SR-LATN-rs', 'sr-Latn-RS'],
    ['es-419', 'es-419'],
    ['iw', 'he'],
    ['de-CH-1901', 'de-CH-1901'],
    ['en-u-ca-buddhist', 'en-u-ca-buddhist'],
    ['nds', 'nds'],
    ['tlh', 'tlh'],
  ];

  it.each(tags)('%s is accepted, and kept as %s', async (given, canonical) => {
    expect((await change({ display: { language: given } }, 'linguist')).settings.display.language).toBe(
      canonical,
    );
    const { settings } = await change({ display: { contentLanguages: [given] } }, 'linguist');
    expect(settings.display.contentLanguages).toEqual([canonical]);
  });

  it.each([
    'languages',
    'e',
    'pt_BR',
    'de-',
    '-de',
    'de--CH',
    '*',
    'x',
    'en-a',
    '12',
    'déu',
    'en us',
    'de\nfr',
    'abcdefghi',
    '../en',
    'en'.repeat(20),
  ])('%j, which is no tag, is INVALID', async (tag) => {
    await expectRefused({ display: { language: tag } }, 'INVALID display.language');
    await expectRefused({ display: { contentLanguages: ['en', tag] } }, 'INVALID display.contentLanguages.1');
  });

  it.each([
    ['', 'TOO_SHORT'],
    [' \n', 'TOO_SHORT'],
    ['😀'.repeat(65), 'TOO_LONG'],
    [`en-x${'-abcdefgh'.repeat(7)}`, 'TOO_LONG'],
  ])('%j is %s', async (tag, code) => {
    await expectRefused({ display: { language: tag } }, `${code} display.language`);
    await expectRefused({ display: { contentLanguages: [tag] } }, `${code} display.contentLanguages.0`);
  });

  it('of content are replaced as a whole, in their order, each once however it is written', async () => {
    const read = async (contentLanguages: string[]) =>
      (await change({ display: { contentLanguages } }, 'reader')).settings.display.contentLanguages;
    expect(await read(['sv', 'de', 'en'])).toEqual(['sv', 'de', 'en']);
    expect(await read(['en', 'PT-BR', 'EN', ' pt-br', 'de', 'iw', 'he'])).toEqual([
      'en',
      'pt-BR',
      'de',
      'he',
    ]);
    expect(await read([])).toEqual([]);
  });

  it('of content are up to 25, one more is TOO_MANY', async () => {
    const contentLanguages = Array.from({ length: 25 }, (_, n) => `a${String.fromCharCode(97 + n)}-DE`);
    const { settings } = await change({ display: { contentLanguages } });
    const kept = settings.display.contentLanguages;
    expect(kept).toHaveLength(25);
    await expectRefused(
      { display: { contentLanguages: [...contentLanguages, 'en'] } },
      'TOO_MANY display.contentLanguages',
    );
    await change({ display: { contentLanguages: [] } });
  });
});

describe('scopes: rule 5', () => {
  const codes = (answer: { errors: readonly { extensions?: Record<string, unknown> }[] }) =>
    answer.errors.map(({ extensions }) => [extensions?.code, extensions?.requiredScope]);
  const document = (selection: string) =>
    `mutation { updateSettings(input: { privacy: { nsfw: true } }) { ${selection} } }`;

  it('reading them needs profile:read_private', async () => {
    const scope = 'profile profile:modify contacts:read';
    expect(codes(await kith.send(`{ viewer { settings ${fields} } }`, { as: 'scoped', scope }))).toEqual([
      ['FORBIDDEN', 'profile:read_private'],
    ]);
    const read = await kith.query(`{ viewer { settings ${fields} } }`, {
      as: 'scoped',
      scope: 'profile:read_private',
    });
    expect(read.viewer.settings).toEqual(atFirst);
  });

  it('changing them needs profile:modify, reading what they are then profile:read_private too', async () => {
    const nobody = await kith.send(document('userErrors { code }'));
    expect(codes(nobody)).toEqual([['UNAUTHENTICATED', undefined]]);
    const scope = 'profile profile:read_private';
    const refused = await kith.send(document('userErrors { code }'), { as: 'scoped', scope });
    expect(codes(refused)).toEqual([['FORBIDDEN', 'profile:modify']]);
    expect(await settingsOf('scoped')).toEqual(atFirst);
    const blind = await kith.send(document('settings { privacy { nsfw } }'), {
      as: 'scoped',
      scope: 'profile:modify',
    });
    expect(codes(blind)).toEqual([['FORBIDDEN', 'profile:read_private']]);
    expect(JSON.stringify(blind.data)).not.toContain('nsfw');
    expect(
      await kith.query(document('userErrors { code }'), { as: 'scoped', scope: 'profile:modify' }),
    ).toEqual({
      updateSettings: { userErrors: [] },
    });
    expect(await settingsOf('scoped')).toEqual(changed(atFirst, { privacy: { nsfw: true } }));
  });

  it('nobody else’s are read, whoever asks', async () => {
    const id = await kith.idOf('scoped');
    const { errors } = await kith.send(
      `{ node(id: "${id}") { ... on User { settings { privacy { nsfw } } } } }`,
    );
    expect(codes({ errors })).toEqual([['GRAPHQL_VALIDATION_FAILED', undefined]]);
    const { viewer } = await kith.query('{ viewer { id } }', { as: 'scoped' });
    expect(await kith.query(`{ node(id: "${viewer.id}") { id } }`, { as: 'ada' })).toEqual({ node: null });
    expect(await kith.query(`{ node(id: "${viewer.id}") { id } }`)).toEqual({ node: null });
  });
});

describe('what privacy does', () => {
  const seen = async (as: string | null) => {
    const { user, users, searchUsers } = await kith.query(
      `{ user(by: { username: "private" }) { bio isNsfw members { totalCount nodes { id } } }
        users(first: 100) { nodes { username } } searchUsers(query: "private") { nodes { username } } }`,
      { as },
    );
    const isThere = (list: { nodes: { username: string }[] }) =>
      list.nodes.some((n) => n.username === 'private');
    return { ...user, listed: isThere(users), found: isThere(searchUsers) };
  };
  const privacy = (input: object) => change({ privacy: input }, 'private');
  let members: unknown;
  const open = () => ({ bio: 'Mine', isNsfw: false, members, listed: true, found: true });

  beforeAll(async () => {
    await kith.mutate('updateProfile', { bio: 'Mine' }, 'private');
    const { member } = await kith.mutate('createMember', { name: 'One' }, 'private', 'member { id }');
    members = { totalCount: 1, nodes: [member] };
    // A follower, and somebody whom they follow.
    await kith.mutate('followUser', { userId: await kith.idOf('private') }, 'follower');
    await kith.mutate('followUser', { userId: await kith.idOf('followed') }, 'private');
  });

  it.each([
    // Who sees what of it, by which setting.
    ['searchable', { searchable: false }, { listed: false, found: false }, ['private', 'follower']],
    ['profileVisibility', { profileVisibility: 'CONTACTS' }, { bio: null }, ['private', 'followed']],
    [
      'memberListPrivate',
      { memberListPrivate: true },
      { members: { totalCount: 0, nodes: [] } },
      ['private'],
    ],
    ['nsfw', { nsfw: true }, { isNsfw: true }, []],
  ] as const)('%s: as it is at first, changed, and back', async (name, input, hidden, exempt) => {
    const viewers = [null, 'private', 'follower', 'followed', 'bystander'];
    const back = { [name]: atFirst.privacy[name] };
    for (const viewer of viewers) expect(await seen(viewer), `${viewer}`).toEqual(open());
    expect((await privacy(input)).userErrors).toEqual([]);
    for (const viewer of viewers) {
      const still = exempt.some((one) => one === viewer);
      expect(await seen(viewer), `${viewer}`).toEqual(still ? open() : { ...open(), ...hidden });
    }
    await privacy(back);
    for (const viewer of viewers) expect(await seen(viewer), `${viewer}`).toEqual(open());
  });

  it('memberListPrivate leaves each member reachable by id and sid (rule 3.5)', async () => {
    const { viewer } = await kith.query('{ viewer { members { nodes { id sid memberName } } } }', {
      as: 'private',
    });
    const [member] = viewer.members.nodes;
    const find = async (as: string | null) =>
      kith.query(
        `{ node(id: "${member.id}") { id } bySid: member(by: { sid: "${member.sid}" }) { id }
          byName: member(by: { name: { username: "private", member: "one" } }) { id } }`,
        { as },
      );
    const { id } = member;
    expect(await find(null)).toEqual({ node: { id }, bySid: { id }, byName: { id } });
    await privacy({ memberListPrivate: true });
    for (const as of [null, 'bystander', 'follower']) {
      expect(await find(as)).toMatchObject({ node: { id }, bySid: { id } });
    }
    await privacy({ memberListPrivate: false });
  });
});
