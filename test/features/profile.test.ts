import { describe, expect, it } from 'vitest';
import { useTestApp } from '../helpers/app.ts';

const noon = new Date('2026-06-15T12:00:00.000Z');
let clock = noon;
const kith = useTestApp({ now: () => clock });

interface UserError {
  code: string;
  message: string;
  path: string[];
}
interface Payload {
  user: Record<string, unknown> | null;
  userErrors: UserError[];
}

const profileFields = `username displayName realName tagline bio bioHtml memberTitle gender birthday website links name
  location { name coordinates { latitude longitude } } company { name role }`;

const update = (input: object, as = 'ada', selection = 'user { username }'): Promise<Payload> =>
  kith.mutate('updateProfile', input, as, selection);

const profileOf = async (username: string): Promise<Record<string, unknown>> =>
  (
    await kith.query(`{ viewer { user { ${profileFields} } timezone position { latitude longitude } } }`, {
      as: username,
    })
  ).viewer;

const problems = ({ userErrors }: Pick<Payload, 'userErrors'>) =>
  userErrors.map(({ code, path }) => [code, path.join('.')]);

/** Asserts that the input is refused with these codes and paths, and that nothing of it was done. */
async function expectRefused(input: object, ...expected: [code: string, path: string][]) {
  const before = await profileOf('ada');
  const payload = await update(input);
  expect(problems(payload)).toEqual(expected);
  expect(payload.user).toBeNull();
  expect(await profileOf('ada')).toEqual(before);
}

async function expectAccepted(input: object, user: object) {
  expect(await update(input, 'ada', `user { ${profileFields} }`)).toMatchObject({ user, userErrors: [] });
}

/** An input and what is read back, with this value at this path: `location.name`. */
const at = (path: string, value: unknown): Record<string, unknown> => {
  const [first = '', ...rest] = path.split('.');
  return { [first]: rest.length === 0 ? value : at(rest.join('.'), value) };
};

describe('text', () => {
  const limits: [path: string, max: number][] = [
    ['displayName', 100],
    ['realName', 100],
    ['tagline', 150],
    ['bio', 1_000],
    ['memberTitle', 150],
    ['gender', 255],
    ['location.name', 255],
    ['company.name', 255],
    ['company.role', 255],
  ];

  it.each(limits)('%s has up to %d code points, whatever they are made of', async (path, max) => {
    const longest = '😀'.repeat(max);
    await expectAccepted(at(path, longest), at(path, longest));
    await expectAccepted(at(path, 'x'), at(path, 'x'));
    await expectRefused(at(path, `${longest}x`), ['TOO_LONG', path]);
    await expectRefused(at(path, 'x'.repeat(max + 1)), ['TOO_LONG', path]);
    // Two code points, though they look like one.
    await expectRefused(at(path, 'e\u0301'.repeat(max / 2 + 1)), ['TOO_LONG', path]);
  });

  it.each(limits)('%s is counted after trimming, and stored trimmed', async (path, max) => {
    const text = 'é'.repeat(max);
    await expectAccepted(at(path, ` \n\t\u00a0${text}\u3000 `), at(path, text));
  });

  it.each(limits)('%s is TOO_SHORT when it is empty or only white space', async (path) => {
    await expectRefused(at(path, ''), ['TOO_SHORT', path]);
    await expectRefused(at(path, ' \n\t\u00a0 '), ['TOO_SHORT', path]);
  });

  it.each(limits)('%s is cleared by null', async (path) => {
    await update(at(path, 'something'));
    expect(await update(at(path, null))).toMatchObject({ userErrors: [] });
    const { user } = (await profileOf('ada')) as { user: Record<string, unknown> };
    const [first = ''] = path.split('.');
    expect(user[first]).toBe(first === 'memberTitle' ? 'Members' : null);
  });

  it.each(['displayName', 'realName'])('%s has no control characters', async (path) => {
    for (const control of ['\n', '\r', '\t', '\u0001', '\u001b[31m', '\u007f', '\u0085', '\u009f']) {
      await expectRefused(at(path, `Ada${control}Okonkwo`), ['INVALID', path]);
    }
  });

  it('of a bio keeps its lines', async () => {
    await expectAccepted({ bio: 'one\n\ntwo' }, { bio: 'one\n\ntwo' });
  });
});

describe('username', () => {
  it.each(['ab', 'A-b_c.9', 'x'.repeat(40), '..a', '-_', '42', '...'])('%s is accepted', async (username) => {
    await kith.idOf('renamer');
    expect(await update({ username }, 'renamer')).toEqual({ user: { username }, userErrors: [] });
    expect(
      await kith.query('query ($username: String) { user(by: { username: $username }) { username } }', {
        variables: { username: username.toUpperCase() },
      }),
    ).toEqual({ user: { username } });
  });

  it('is trimmed', async () => {
    expect(await update({ username: ' trimmed ' }, 'trimmer')).toEqual({
      user: { username: 'trimmed' },
      userErrors: [],
    });
  });

  it.each([
    ['', 'TOO_SHORT'],
    ['  ', 'TOO_SHORT'],
    ['a', 'TOO_SHORT'],
    ['x'.repeat(41), 'TOO_LONG'],
    ['a b', 'INVALID'],
    ['ädä', 'INVALID'],
    ['ada!', 'INVALID'],
    ['ada/bob', 'INVALID'],
    ['ada\nbob', 'INVALID'],
    ['аdа', 'INVALID'],
    ['@ada', 'INVALID'],
    ['ada😀', 'INVALID'],
    ['ﬁx', 'INVALID'],
  ])('%j is refused: %s', async (username, code) => {
    await expectRefused({ username }, [code, 'username']);
  });

  it('cannot be null: INVALID, and the message says so', async () => {
    await expectRefused({ username: null }, ['INVALID', 'username']);
    const { userErrors } = await update({ username: null });
    expect(userErrors[0]?.message).toMatch(/null/);
  });

  it.each([
    'admin',
    'administrator',
    'api',
    'graphql',
    'me',
    'mod',
    'moderator',
    'root',
    'settings',
    'support',
    '..',
  ])('%s is reserved in any case: TAKEN', async (username) => {
    await expectRefused({ username }, ['TAKEN', 'username']);
    await expectRefused({ username: username.toUpperCase() }, ['TAKEN', 'username']);
    await expectRefused({ username: ` ${username.charAt(0).toUpperCase()}${username.slice(1)} ` }, [
      'TAKEN',
      'username',
    ]);
  });

  it('of somebody else is TAKEN, in any case', async () => {
    await kith.idOf('Bob');
    for (const username of ['Bob', 'bob', 'BOB']) await expectRefused({ username }, ['TAKEN', 'username']);
  });

  it('of oneself is no error, and its case can be changed', async () => {
    expect(await update({ username: 'CHANGER' }, 'changer')).toEqual({
      user: { username: 'CHANGER' },
      userErrors: [],
    });
    expect(await update({ username: 'CHANGER' }, 'changer')).toEqual({
      user: { username: 'CHANGER' },
      userErrors: [],
    });
  });

  it('leads to its person whatever word it is', async () => {
    for (const username of [
      'null',
      'NULL2',
      'true',
      'undefined',
      '__proto__',
      'constructor',
      'toString',
      '1',
      '0x1f',
    ]) {
      const id = await kith.idOf(username);
      const { viewer } = await kith.query('{ viewer { user { username } } }', { as: username });
      const found = await kith.query(
        'query ($name: String) { user(by: { username: $name }) { id } searchUsers(query: "x", first: 0) { totalCount } }',
        { variables: { name: viewer.user.username } },
      );
      expect(found.user, username).toEqual({ id });
    }
  });

  it('goes to one of those who want it at once', async () => {
    const names = Array.from({ length: 6 }, (_, i) => `racer${i}`);
    await Promise.all(names.map(kith.idOf));
    const payloads = await Promise.all(names.map((name) => update({ username: 'prize' }, name)));
    expect(payloads.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(1);
    for (const payload of payloads.filter(({ userErrors }) => userErrors.length > 0)) {
      expect(problems(payload)).toEqual([['TAKEN', 'username']]);
    }
  });
});

describe('birthday', () => {
  it.each(['1991-12-10', '2000-02-29', '1004-05-17', '1004-02-29', '0001-01-01', '2026-06-15', '1900-01-01'])(
    '%s is accepted',
    async (birthday) => {
      await expectAccepted({ birthday }, { birthday });
    },
  );

  it.each(['2026-06-17', '2027-01-01', '9999-12-31', '0000-01-01'])(
    '%s, which cannot be one, is INVALID',
    async (birthday) => {
      await expectRefused({ birthday }, ['INVALID', 'birthday']);
    },
  );

  it('of today is accepted where the day has begun, wherever that is first', async () => {
    clock = new Date('2026-06-15T09:59:00.000Z');
    await expectRefused({ birthday: '2026-06-16' }, ['INVALID', 'birthday']);
    clock = new Date('2026-06-15T10:00:00.000Z');
    await expectAccepted({ birthday: '2026-06-16' }, { birthday: '2026-06-16' });
    clock = noon;
  });

  it('is cleared by null', async () => {
    await expectAccepted({ birthday: null }, { birthday: null });
  });

  const wrong = [
    '2026-02-30',
    '2025-02-29',
    '10.12.1991',
    '1991-12-1',
    '1991-12-10T00:00:00Z',
    '',
    'today',
    ' 1991-12-10',
    '19911210',
    '+1991-12-10',
    '-001-01-01',
    '１９９１-12-10',
  ];

  it.each([...wrong, 19911210, true, [], {}, ['1991-12-10', '1991-12-11']])(
    '%j in a variable, which is no Date, is a top-level BAD_USER_INPUT that says where',
    async (birthday) => {
      const { data, errors } = await kith.send(
        'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { userErrors { code } } }',
        { as: 'ada', variables: { input: { displayName: 'not done', birthday } } },
      );
      expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT']);
      expect(errors[0]?.message).toContain('at .birthday');
      expect(data?.updateProfile ?? null).toBeNull();
    },
  );

  it.each([...wrong.map((text) => JSON.stringify(text)), '19911210', 'true', '{}'])(
    '%s in the document, which is no Date, is a top-level BAD_USER_INPUT that says where',
    async (literal) => {
      const { data, errors } = await kith.send(
        `mutation { updateProfile(input: { birthday: ${literal} }) { userErrors { code } } }`,
        { as: 'ada' },
      );
      expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT']);
      const place = `${errors[0]?.message} ${JSON.stringify(errors[0]?.locations ?? '')}`;
      expect(place).toMatch(/birthday|"line":1,"column":4\d/);
      expect(data?.updateProfile ?? null).toBeNull();
    },
  );
});

describe('places', () => {
  const corners: [number, number][] = [
    [90, 180],
    [-90, -180],
    [0, 0],
    [51.34, 12.37],
  ];

  it.each(corners)('latitude %d, longitude %d is accepted', async (latitude, longitude) => {
    const coordinates = { latitude, longitude };
    await expectAccepted(
      { location: { coordinates }, position: coordinates },
      { location: { name: null, coordinates } },
    );
    expect(await profileOf('ada')).toMatchObject({ position: coordinates });
  });

  it.each<[string, number, number, string]>([
    ['north of the pole', 90.000_001, 0, 'latitude'],
    ['south of the pole', -90.000_001, 0, 'latitude'],
    ['too far east', 0, 180.000_001, 'longitude'],
    ['too far west', 0, -180.000_001, 'longitude'],
  ])('%s is INVALID', async (_name, latitude, longitude, field) => {
    const coordinates = { latitude, longitude };
    await expectRefused({ location: { coordinates } }, ['INVALID', `location.coordinates.${field}`]);
    await expectRefused({ position: coordinates }, ['INVALID', `position.${field}`]);
  });

  it('both numbers can be wrong', async () => {
    await expectRefused(
      { position: { latitude: 1e300, longitude: -1e300 } },
      ['INVALID', 'position.latitude'],
      ['INVALID', 'position.longitude'],
    );
  });

  it('a location replaces the whole location, a company the whole company; null and {} clear them', async () => {
    const coordinates = { latitude: 1, longitude: 2 };
    await expectAccepted(
      { location: { name: 'Leipzig', coordinates } },
      { location: { name: 'Leipzig', coordinates } },
    );
    await expectAccepted({ location: { name: 'Malmö' } }, { location: { name: 'Malmö', coordinates: null } });
    await expectAccepted({ location: { coordinates } }, { location: { name: null, coordinates } });
    await expectAccepted({ location: {} }, { location: null });
    await expectAccepted(
      { location: { name: 'Malmö' }, company: { name: 'A', role: 'B' } },
      { company: { name: 'A', role: 'B' } },
    );
    await expectAccepted(
      { company: { role: 'C' } },
      { company: { name: null, role: 'C' }, location: { name: 'Malmö' } },
    );
    await expectAccepted({ location: null, company: null }, { location: null, company: null });
  });

  it('a position is cleared by null, and nobody else sees it', async () => {
    await update({ position: { latitude: 1, longitude: 2 } });
    const { errors } = await kith.send('{ user(by: { username: "ada" }) { position { latitude } } }');
    expect(errors[0]?.extensions?.code).toBe('GRAPHQL_VALIDATION_FAILED');
    await update({ position: null });
    expect(await profileOf('ada')).toMatchObject({ position: null });
  });
});

describe('website and links', () => {
  const long = (length: number) => `https://a.example/${'😀'.repeat(length - 18)}`;

  it.each([
    'http://a.example',
    'https://a.example/x?y=z#w',
    'mailto:ada@a.example',
    'xmpp:ada@a.example',
    'matrix:u/ada:a.example',
    'gemini://a.example/',
    'tel:+49123',
    'HTTPS://A.EXAMPLE',
    'https://bücher.example/ñ',
  ])('%s is accepted as it is written', async (url) => {
    await expectAccepted({ website: url, links: [url] }, { website: url, links: [url] });
  });

  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'ftp://a.example',
    'vbscript:x',
    'blob:https://a.example/x',
    'about:blank',
    '//a.example',
    '/x',
    'a.example',
    'https://',
    'https://a b.example',
    'https://a.example/x y',
    'https://a.example/\u0001',
    'java\nscript:alert(1)',
    'view-source:https://a.example',
  ])('%j is INVALID', async (url) => {
    await expectRefused({ website: url }, ['INVALID', 'website']);
    await expectRefused({ links: ['https://a.example', url] }, ['INVALID', 'links.1']);
  });

  it('have at most 256 code points', async () => {
    await expectAccepted(
      { website: long(256), links: [long(256)] },
      { website: long(256), links: [long(256)] },
    );
    await expectRefused({ website: long(257) }, ['TOO_LONG', 'website']);
    await expectRefused({ links: ['https://a.example', 'https://b.example', long(257)] }, [
      'TOO_LONG',
      'links.2',
    ]);
  });

  it('are TOO_SHORT when they are empty', async () => {
    await expectRefused({ website: '' }, ['TOO_SHORT', 'website']);
    await expectRefused({ links: ['https://a.example', ' '] }, ['TOO_SHORT', 'links.1']);
  });

  it('are trimmed', async () => {
    await expectAccepted({ website: ' https://a.example\n' }, { website: 'https://a.example' });
  });

  it('are at most 25 links, in their order', async () => {
    const links = Array.from({ length: 25 }, (_, i) => `https://${25 - i}.example`);
    await expectAccepted({ links }, { links });
    await expectRefused({ links: [...links, 'https://x.example'] }, ['TOO_MANY', 'links']);
  });

  it('are TOO_MANY past 25, good or bad, and not looked at one by one then', async () => {
    for (const count of [26, 50_000]) {
      const links = Array.from({ length: count }, (_, i) => (i % 2 ? 'https://a.example' : 'bad'));
      await expectRefused({ links }, ['TOO_MANY', 'links']);
    }
  });

  it('are all looked at: every bad one is reported', async () => {
    await expectRefused(
      { links: ['x', 'https://a.example', '', long(300)] },
      ['INVALID', 'links.0'],
      ['TOO_SHORT', 'links.2'],
      ['TOO_LONG', 'links.3'],
    );
  });

  it('are cleared by null, links by an empty list too', async () => {
    await expectAccepted({ website: null, links: null }, { website: null, links: [] });
    await expectAccepted({ links: ['https://a.example'] }, { links: ['https://a.example'] });
    await expectAccepted({ links: [] }, { links: [] });
  });
});

describe('timezone', () => {
  it.each([
    'Mars/Olympus',
    '+02:00',
    'GMT+2',
    'Europe',
    'Europe/Berlin/x',
    'Berlin',
    'UTC\n\u0001',
    '../etc/passwd',
  ])('%j, which Intl does not know, is INVALID', async (timezone) => {
    await expectRefused({ timezone }, ['INVALID', 'timezone']);
  });

  it('that is empty is TOO_SHORT, as all text is', async () => {
    await expectRefused({ timezone: ' ' }, ['TOO_SHORT', 'timezone']);
  });

  it.each([
    ['Europe/Berlin', '2026-03-29T00:59:59Z', 3_600, '2026-03-29T01:00:00Z', 7_200],
    ['Europe/Berlin', '2026-10-25T00:59:59Z', 7_200, '2026-10-25T01:00:00Z', 3_600],
    ['America/New_York', '2026-03-08T06:59:59Z', -18_000, '2026-03-08T07:00:00Z', -14_400],
    ['America/New_York', '2026-11-01T05:59:59Z', -14_400, '2026-11-01T06:00:00Z', -18_000],
    ['America/St_Johns', '2026-03-08T05:29:59Z', -12_600, '2026-03-08T05:30:00Z', -9_000],
    ['Australia/Lord_Howe', '2026-04-04T14:59:59Z', 39_600, '2026-04-04T15:00:00Z', 37_800],
    ['Asia/Kolkata', '2026-01-01T00:00:00Z', 19_800, '2026-07-01T00:00:00Z', 19_800],
    ['Asia/Kathmandu', '2026-01-01T00:00:00Z', 20_700, '2026-07-01T00:00:00Z', 20_700],
    ['Pacific/Marquesas', '2026-01-01T00:00:00Z', -34_200, '2026-07-01T00:00:00Z', -34_200],
    ['Pacific/Kiritimati', '2026-01-01T00:00:00Z', 50_400, '2026-07-01T00:00:00Z', 50_400],
    ['UTC', '2026-01-01T00:00:00Z', 0, '2026-07-01T00:00:00Z', 0],
  ])(
    '%s: `utcOffset` at %s is %d, at %s it is %d',
    async (timezone, before, offsetBefore, after, offsetAfter) => {
      expect(await update({ timezone })).toMatchObject({ userErrors: [] });
      const offset = async () =>
        (await kith.query('{ user(by: { username: "ada" }) { utcOffset } }')).user.utcOffset;
      clock = new Date(before);
      expect(await offset()).toBe(offsetBefore);
      clock = new Date(after);
      expect(await offset()).toBe(offsetAfter);
      clock = noon;
      expect(await profileOf('ada')).toMatchObject({ timezone });
    },
  );

  it('is cleared by null, and `utcOffset` is null then', async () => {
    await update({ timezone: null });
    expect(await kith.query('{ user(by: { username: "ada" }) { utcOffset } }')).toEqual({
      user: { utcOffset: null },
    });
  });
});

describe('updateProfile', () => {
  it('reports all errors at once, each with its path, and does nothing of it', async () => {
    await expectRefused(
      {
        username: 'a b',
        displayName: '',
        realName: 'x'.repeat(101),
        bio: 'x'.repeat(1_001),
        tagline: 'This would be good',
        birthday: '2030-01-01',
        location: { name: '', coordinates: { latitude: 91, longitude: 0 } },
        company: { name: 'x'.repeat(256), role: 'Good' },
        timezone: 'nowhere',
        website: 'x',
        links: ['https://a.example', 'x'],
      },
      ['INVALID', 'username'],
      ['TOO_SHORT', 'displayName'],
      ['TOO_LONG', 'bio'],
      ['INVALID', 'links.1'],
      ['TOO_LONG', 'realName'],
      ['INVALID', 'birthday'],
      ['TOO_SHORT', 'location.name'],
      ['INVALID', 'location.coordinates.latitude'],
      ['TOO_LONG', 'company.name'],
      ['INVALID', 'timezone'],
      ['INVALID', 'website'],
    );
  });

  it('does nothing of it when only the username is TAKEN', async () => {
    await kith.idOf('bob');
    await expectRefused({ username: 'bob', displayName: 'Half done', links: ['https://half.example'] }, [
      'TAKEN',
      'username',
    ]);
    await expectRefused({ username: 'root', displayName: 'Half done' }, ['TAKEN', 'username']);
  });

  it('leaves what is omitted as it is', async () => {
    const all = {
      displayName: 'Full',
      realName: 'Full Name',
      tagline: 'tag',
      bio: 'bio',
      memberTitle: 'Parts',
      gender: 'g',
      birthday: '1991-12-10',
      location: { name: 'L', coordinates: { latitude: 1, longitude: 2 } },
      company: { name: 'C', role: 'R' },
      website: 'https://w.example',
      links: ['https://l.example'],
    };
    await expectAccepted({ ...all, timezone: 'Europe/Berlin', position: { latitude: 3, longitude: 4 } }, all);
    const before = await profileOf('ada');
    await expectAccepted({}, all);
    expect(await profileOf('ada')).toEqual(before);
    await expectAccepted({ tagline: 'other' }, { ...all, tagline: 'other' });
    expect(await profileOf('ada')).toMatchObject({
      timezone: 'Europe/Berlin',
      position: { latitude: 3, longitude: 4 },
    });
  });

  it('changes what `name` shows: displayName, else realName, else username', async () => {
    expect(await update({ displayName: 'D', realName: 'R' }, 'namer', 'user { name }')).toMatchObject({
      user: { name: 'D' },
    });
    expect(await update({ displayName: null }, 'namer', 'user { name }')).toMatchObject({
      user: { name: 'R' },
    });
    expect(await update({ realName: null }, 'namer', 'user { name }')).toMatchObject({
      user: { name: 'namer' },
    });
  });

  it('is seen by the next mutation of the same document', async () => {
    const { a, b } = await kith.query(
      'mutation { a: updateProfile(input: { tagline: "one" }) { user { tagline } } b: updateProfile(input: { tagline: "two" }) { user { tagline } } }',
      { as: 'ada' },
    );
    expect([a.user.tagline, b.user.tagline]).toEqual(['one', 'two']);
  });

  it('does not take what is not in its input', async () => {
    for (const field of [
      'status: ACTIVE',
      'badges: [ADMIN]',
      'email: "x"',
      'sid: "aaaaa"',
      'id: "x"',
      'bioHtml: "<b>"',
    ]) {
      const { errors } = await kith.send(
        `mutation { updateProfile(input: { ${field} }) { userErrors { code } } }`,
        { as: 'ada' },
      );
      expect(errors[0]?.extensions?.code).toBe('GRAPHQL_VALIDATION_FAILED');
    }
  });
});

describe('bioHtml', () => {
  const render = async (bio: string): Promise<string> => {
    const { user, userErrors } = await update({ bio }, 'ada', 'user { bio bioHtml }');
    expect(userErrors).toEqual([]);
    expect(user?.bio).toBe(bio);
    return String(user?.bioHtml);
  };

  it.each([
    ['*a* **b** ~~c~~', '<p><em>a</em> <strong>b</strong> <s>c</s></p>'],
    ['- a\n- b', '<ul>\n<li>a</li>\n<li>b</li>\n</ul>'],
    ['3. a', '<ol start="3">\n<li>a</li>\n</ol>'],
    ['`<b>`', '<p><code>&lt;b&gt;</code></p>'],
    ['1 < 2 & 3', '<p>1 &lt; 2 &amp; 3</p>'],
  ])('renders %j', async (bio, html) => {
    expect(await render(bio)).toBe(html);
  });

  it('links to the schemes that profiles may link to, and lends them no weight', async () => {
    const html = await render('[a](https://a.example "t") <mailto:ada@a.example> https://b.example');
    for (const href of ['https://a.example', 'mailto:ada@a.example', 'https://b.example']) {
      expect(html).toContain(`href="${href}"`);
    }
    expect(html.match(/<a /g)).toHaveLength(3);
    expect(html.match(/rel="nofollow noopener noreferrer ugc"/g)).toHaveLength(3);
  });

  /** A link says its scheme, one of those of profiles, or it stays on the page's own host. */
  const expectLeadsNowhereElse = (href: string) => {
    if (/^(?:https?|mailto|xmpp|matrix|gemini|tel):/.test(href)) return;
    expect(new URL(href.replaceAll('&amp;', '&'), 'https://front.example/').origin).toBe(
      'https://front.example',
    );
  };

  it.each([
    '<script>alert(1)</script>',
    '<ScRiPt src=https://evil.example/x.js></sCrIpT>',
    '<img src=x onerror=alert(1)>',
    '<svg/onload=alert(1)>',
    '<a href="https://a.example" onclick="alert(1)">x</a>',
    '<iframe src="https://evil.example"></iframe>',
    '<style>*{background:url(https://evil.example)}</style>',
    '<form action="https://evil.example"><input name=x></form>',
    '<!-- x --><b>x</b>',
    '![x](https://evil.example/track.png)',
    '![x](data:image/svg+xml;base64,PHN2Zz4=)',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](&#106;avascript:alert(1))',
    '[x](&#x6A;avascript&colon;alert(1))',
    '[x](java&Tab;script:alert(1))',
    '[x](<java\tscript:alert(1)>)',
    '[x]( javascript:alert(1))',
    '[x](\u0001javascript:alert(1))',
    '[x](vbscript:alert(1))',
    '[x](data:text/html,<script>alert(1)</script>)',
    '[x](file:///etc/passwd)',
    '[x](//evil.example)',
    '[x](\\\\evil.example)',
    '<javascript:alert(1)>',
    '[x][y]\n\n[y]: javascript:alert(1)',
    '[x](https://a.example/"onmouseover="alert(1))',
    '[x](https://a.example "t\\" onclick=\\"alert(1)")',
    '[x](https://a.example \'t" onclick="alert(1)\')',
    '[<img src=x onerror=alert(1)>](https://a.example)',
    '`` `<img src=x onerror=alert(1)>` ``',
    '```html\n<script>alert(1)</script>\n```',
    '``` "onclick="alert(1)\nx\n```',
    'x\n\n    <script>alert(1)</script>',
    '# <img src=x onerror=alert(1)>',
    '> <script>alert(1)</script>',
    '|a|b|\n|-|-|\n|<script>|x|',
    '&lt;script&gt;alert(1)&lt;/script&gt;',
    'x\u2028<script>\u2029alert(1)</script>',
    '[x](https://a.example)'.repeat(40),
    '['.repeat(500),
    '*'.repeat(1_000),
    '>'.repeat(1_000),
    '`'.repeat(999),
  ])('of %j is inert', async (bio) => {
    const html = await render(bio);
    const tags = [...html.matchAll(/<(\/?)([^\s>/]*)([^>]*)>/g)];
    // Outside of the tags there is no character that could begin another.
    expect(html.replaceAll(/<[^<>]*>/g, '')).not.toMatch(/[<>]/);
    for (const [, , name, attributes = ''] of tags) {
      expect([
        'p',
        'br',
        'em',
        'strong',
        's',
        'a',
        'ul',
        'ol',
        'li',
        'code',
        'pre',
        'blockquote',
        'hr',
        'h1',
        'h2',
        'h3',
        'h4',
        'h5',
        'h6',
      ]).toContain(name);
      for (const [, attribute, value] of attributes.matchAll(/([^\s=]+)(?:="([^"]*)")?/g)) {
        if (attribute === '/') continue;
        expect(['href', 'rel', 'title', 'start']).toContain(attribute);
        if (attribute === 'href') expectLeadsNowhereElse(value ?? '');
      }
    }
  });

  it('is null without a bio', async () => {
    expect(await update({ bio: null }, 'ada', 'user { bio bioHtml }')).toMatchObject({
      user: { bio: null, bioHtml: null },
    });
  });
});

describe('updateSettings', () => {
  const selection = 'settings { privacy { searchable profileVisibility memberListPrivate nsfw } }';
  const change = (input: object, as = 'sam') => kith.mutate('updateSettings', input, as, selection);
  const atFirst = { searchable: true, profileVisibility: 'PUBLIC', memberListPrivate: false, nsfw: false };

  it('starts from the settings of domain rule 2', async () => {
    const { viewer } = await kith.query(`{ viewer { ${selection} } }`, { as: 'fresh' });
    expect(viewer.settings.privacy).toEqual(atFirst);
  });

  it('changes what is given and leaves the rest, at every level', async () => {
    expect(await change({})).toEqual({ settings: { privacy: atFirst }, userErrors: [] });
    expect(await change({ privacy: {} })).toEqual({ settings: { privacy: atFirst }, userErrors: [] });
    let expected: Record<string, unknown> = atFirst;
    for (const step of [
      { nsfw: true },
      { searchable: false },
      { profileVisibility: 'CONTACTS' },
      { memberListPrivate: true },
      { nsfw: false, searchable: true },
    ]) {
      expected = { ...expected, ...step };
      expect(await change({ privacy: step })).toEqual({ settings: { privacy: expected }, userErrors: [] });
    }
  });

  it.each(['searchable', 'profileVisibility', 'memberListPrivate', 'nsfw'])(
    '%s cannot be null: INVALID, and nothing is done',
    async (name) => {
      const before = await change({});
      const payload = await change({
        privacy: {
          searchable: false,
          nsfw: true,
          memberListPrivate: false,
          profileVisibility: 'PUBLIC',
          [name]: null,
        },
      });
      expect(payload).toMatchObject({
        settings: null,
        userErrors: [{ code: 'INVALID', path: ['privacy', name], message: expect.stringMatching(/null/) }],
      });
      expect(await change({})).toEqual(before);
    },
  );

  it('privacy cannot be null: INVALID', async () => {
    expect(await change({ privacy: null })).toMatchObject({
      settings: null,
      userErrors: [{ code: 'INVALID', path: ['privacy'] }],
    });
  });

  it('nsfw shows on the user', async () => {
    await change({ privacy: { nsfw: true } });
    expect(await kith.query('{ user(by: { username: "sam" }) { isNsfw } }')).toEqual({
      user: { isNsfw: true },
    });
  });

  it('changes nobody else’s settings', async () => {
    const { viewer } = await kith.query(`{ viewer { ${selection} } }`, { as: 'fresh' });
    expect(viewer.settings.privacy).toEqual(atFirst);
  });
});

describe('deleteAccount', () => {
  it('with another username is INVALID, and nothing is deleted', async () => {
    const id = await kith.idOf('stayer');
    for (const username of ['', 'ada', 'staye', 'stayer2', 'St\u00e4yer']) {
      const payload = await kith.mutate('deleteAccount', { username }, 'stayer', 'deletedUserId');
      expect(payload).toMatchObject({
        deletedUserId: null,
        userErrors: [{ code: 'INVALID', path: ['username'] }],
      });
    }
    expect(await kith.query('{ user(by: { username: "stayer" }) { id } }')).toEqual({ user: { id } });
  });

  it('takes the username in any case, and answers the id that was', async () => {
    const id = await kith.idOf('Leaver');
    expect(await kith.mutate('deleteAccount', { username: ' LEAVER ' }, 'Leaver', 'deletedUserId')).toEqual({
      deletedUserId: id,
      userErrors: [],
    });
    expect(await kith.query(`{ node(id: "${id}") { id } }`)).toEqual({ node: null });
  });
});

describe('searchUsers', () => {
  const search = async (
    query: string,
    options: { as?: string; context?: string } = {},
  ): Promise<string[]> => {
    const { searchUsers } = await kith.query(
      'query ($query: String!, $context: SearchContext!) { searchUsers(query: $query, context: $context, first: 100) { totalCount nodes { username } } }',
      { variables: { query, context: options.context ?? 'EVERYONE' }, as: options.as },
    );
    const names = searchUsers.nodes.map(({ username }: { username: string }) => username);
    expect(searchUsers.totalCount).toBe(names.length);
    return names;
  };
  const person = async (username: string, names: object = {}) => {
    await kith.idOf(username);
    expect(await update(names, username)).toMatchObject({ userErrors: [] });
  };

  it('finds by the beginning of the username, and of every word of both names', async () => {
    await person('marguerite', { displayName: 'Donnadieu Duras', realName: 'Yourcenar' });
    for (const query of ['marg', 'marguerite', 'donna', 'duras', 'dur', 'yourc', 'donnadieu dur']) {
      expect(await search(query), query).toContain('marguerite');
    }
    expect(await search('zzzzz')).toEqual([]);
  });

  it('finds in spite of one wrong letter', async () => {
    for (const query of ['margerite', 'margueritte', 'marguerita', 'mafguerite', 'donadieu', 'yourcenaz']) {
      expect(await search(query), query).toContain('marguerite');
    }
  });

  it('finds whatever the case, the accents and the width', async () => {
    await person('zoe-a', { displayName: 'Zoë Ångström', realName: 'José Núñez' });
    for (const query of [
      'ANGSTROM',
      'ångström',
      'a\u030angstro\u0308m',
      'NUNEZ',
      'núñez',
      'jose\u0301',
      'ＡＮＧＳＴＲＯＭ',
      '  Zoë \n Ångström ',
    ]) {
      expect(await search(query), query).toContain('zoe-a');
    }
  });

  it('shows the best match first: the very username, its beginning, a name’s beginning, likeness', async () => {
    await person('quentin');
    await person('quentinian');
    await person('writer1', { displayName: 'Quentin Crisp' });
    await person('quintin');
    expect(await search('Quentin')).toEqual(['quentin', 'quentinian', 'writer1', 'quintin']);
  });

  it('in MENTION shows whom the viewer follows before everybody else', async () => {
    await kith.mutate('followUser', { userId: await kith.idOf('quintin') }, 'ada');
    expect(await search('quentin', { as: 'ada', context: 'MENTION' })).toEqual([
      'quintin',
      'quentin',
      'quentinian',
      'writer1',
    ]);
    expect(await search('quentin', { as: 'ada' })).toEqual(['quentin', 'quentinian', 'writer1', 'quintin']);
    expect(await search('quentin', { context: 'MENTION' })).toEqual([
      'quentin',
      'quentinian',
      'writer1',
      'quintin',
    ]);
  });

  it('knows names as they are now', async () => {
    await person('mutable', { displayName: 'Oldname' });
    await person('mutable', { displayName: 'Xylophone' });
    expect(await search('xylophone')).toEqual(['mutable']);
    expect(await search('oldname')).toEqual([]);
    await person('mutable', { displayName: null, username: 'mutated' });
    expect(await search('xylophone')).toEqual([]);
    expect(await search('mutated')).toEqual(['mutated']);
  });

  it('takes %, _ and \\ as they are', async () => {
    await person('sign1', { displayName: '%percent' });
    await person('sign2', { displayName: '_underscore' });
    await person('sign3', { displayName: '\\backslash' });
    expect(await search('%')).toEqual(['sign1']);
    expect((await search('_')).filter((name) => !name.startsWith('_'))).toEqual(['sign2']);
    expect(await search('\\')).toEqual(['sign3']);
    expect(await search('%%')).toEqual([]);
    expect(await search('\\%')).toEqual([]);
    expect(await search("'")).toEqual([]);
  });

  it.each(['', ' ', '\n\t\u3000'])('%j is refused with a code', async (query) => {
    const { errors } = await kith.send(
      'query ($query: String!) { searchUsers(query: $query) { totalCount } }',
      { variables: { query } },
    );
    expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT']);
  });

  it.each(['\u0301', '\u0001', ' \u0300\u0301 ', '\u200d\u0301'])(
    '%j, in which there is nothing to look for, does not find everybody',
    async (query) => {
      const { data, errors } = await kith.send(
        'query ($query: String!) { searchUsers(query: $query) { totalCount } }',
        { variables: { query } },
      );
      if (errors.length > 0) expect(errors[0]?.extensions?.code).toBe('BAD_USER_INPUT');
      else expect(data.searchUsers.totalCount).toBe(0);
    },
  );

  it('takes 100 code points after trimming, and not one more', async () => {
    for (const letter of ['a', '😀', 'é']) {
      expect(await search(` ${letter.repeat(100)} `)).toEqual([]);
      const { errors } = await kith.send(
        'query ($query: String!) { searchUsers(query: $query) { totalCount } }',
        {
          variables: { query: letter.repeat(101) },
        },
      );
      expect(
        errors.map(({ extensions }) => extensions?.code),
        letter,
      ).toEqual(['BAD_USER_INPUT']);
    }
  });

  it('pages joined are the whole list, forward and back', async () => {
    interface Page {
      nodes: { username: string }[];
      pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
    }
    const page = async (args: string, cursor: string | null): Promise<Page> => {
      const fields = 'nodes { username } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
      const query = `query ($c: String) { searchUsers(query: "quentin", ${args}) { ${fields} } }`;
      return (await kith.query(query, { variables: { c: cursor } })).searchUsers;
    };
    const forward: string[] = [];
    const back: string[] = [];
    for (let next: string | null = null, more = true; more; ) {
      const { nodes, pageInfo } = await page('first: 1, after: $c', next);
      forward.push(...nodes.map(({ username }) => username));
      [next, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
    }
    for (let next: string | null = null, more = true; more; ) {
      const { nodes, pageInfo } = await page('last: 1, before: $c', next);
      back.push(...nodes.map(({ username }) => username));
      [next, more] = [pageInfo.startCursor, pageInfo.hasPreviousPage];
    }
    const whole = await search('quentin');
    expect(forward).toEqual(whole);
    expect(back).toEqual(whole.toReversed());
  });
});
