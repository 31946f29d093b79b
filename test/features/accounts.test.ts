// The same person in other systems: `Account`, and `user(by: { account })`.
import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { signToken } from '../../src/auth/token.ts';
import { brokenConstraint } from '../../src/db/errors.ts';
import { type AccountProvider, accountProviders, accounts } from '../../src/features/accounts/table.ts';
import { users } from '../../src/features/users/table.ts';
import { decodeId, encodeId } from '../../src/graphql/node.ts';
import { testSecret, useTestApp } from '../helpers/app.ts';

const kith = useTestApp();

interface Account {
  id: string;
  provider: AccountProvider;
  externalId: string;
  username: string | null;
  instance: string | null;
  url: string | null;
  isVisible: boolean;
}

const fields = '{ id provider externalId username instance url isVisible }';
const uuidOf = (id: string) => decodeId(id)?.id ?? '';

/** The account that a token's identity made, as its owner sees it. */
const ownAccounts = async (as: string): Promise<Account[]> =>
  (await kith.query(`{ viewer { accounts ${fields} } }`, { as })).viewer.accounts;
const firstOf = async (as: string): Promise<Account> => {
  const [account] = await ownAccounts(as);
  if (!account) throw new Error(`${as} has an account.`);
  return account;
};

const shownOf = async (username: string, as: string | null = null): Promise<Account[]> =>
  (
    await kith.query(`query ($name: String) { user(by: { username: $name }) { accounts ${fields} } }`, {
      as,
      variables: { name: username },
    })
  ).user.accounts;

const show = (accountId: string, isVisible: boolean, as: string) =>
  kith.mutate('updateAccount', { accountId, isVisible }, as, `account ${fields}`);

/** Who is found by this account, as the viewer sees it: their username. */
const find = async (account: object, as: string | null = null): Promise<string | null> => {
  const document = 'query ($account: AccountBy) { user(by: { account: $account }) { username } }';
  return (await kith.query(document, { as, variables: { account } })).user?.username ?? null;
};

const nodeOf = async (id: string, as: string | null = null) =>
  (
    await kith.query(`query ($id: ID!) { node(id: $id) { ... on Account ${fields} } }`, {
      as,
      variables: { id },
    })
  ).node;

/** When the next one is imported: after everybody's first token. */
let created = Date.now() + 3_600_000;
/** What an import does: an account of this person's in another system. */
async function imported(username: string, account: Partial<typeof accounts.$inferInsert>): Promise<string> {
  const id = randomUUID();
  await kith.database.db.insert(accounts).values({
    id,
    userId: uuidOf(await kith.idOf(username)),
    provider: 'DIASPORA',
    instance: 'pod.example',
    externalId: id,
    isVisible: true,
    createdAt: new Date(created++),
    ...account,
  });
  return encodeId('Account', id);
}

const setStatus = (username: string, status: 'ACTIVE' | 'SUSPENDED') =>
  kith.database.db.update(users).set({ status }).where(eq(users.usernameKey, username));

/** A token that says more than those of the other tests. */
const asBearer = async (claims: Record<string, string>) => ({
  authorization: `Bearer ${await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(testSecret))}`,
});

describe('the first token of an identity', () => {
  it('makes one account: OIDC, of the token’s subject, that others do not see', async () => {
    const expected = {
      provider: 'OIDC',
      externalId: 'Ada',
      username: 'Ada',
      instance: null,
      url: null,
      isVisible: false,
    };
    for (let request = 0; request < 2; request++) {
      expect(await ownAccounts('Ada')).toEqual([{ ...expected, id: expect.any(String) }]);
    }
    expect(await shownOf('ada')).toEqual([]);
    expect(await shownOf('ada', 'bob')).toEqual([]);
    // Nor do they themself on the page that others see.
    expect(await shownOf('ada', 'Ada')).toEqual([]);
  });

  it('once, of many at the same time', async () => {
    await Promise.all(Array.from({ length: 10 }, () => ownAccounts('crowded')));
    expect(await ownAccounts('crowded')).toHaveLength(1);
  });

  it('of another issuer makes another person; the issuer is the instance', async () => {
    const secret = { secret: testSecret, audience: null };
    for (const issuer of ['https://one.example', 'https://two.example']) {
      const token = await signToken({ ...secret, issuer }, 'same', { expires: '1h' });
      const { viewer } = await kith.query(`{ viewer { user { id username } accounts ${fields} } }`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(viewer.accounts).toEqual([
        expect.objectContaining({ externalId: 'same', instance: issuer, username: 'same' }),
      ]);
      const [{ id }] = viewer.accounts;
      const input = `{ accountId: "${id}", isVisible: true }`;
      await kith.query(`mutation { updateAccount(input: ${input}) { userErrors { code } } }`, {
        headers: { authorization: `Bearer ${token}` },
      });
      for (const by of [{ externalId: 'same' }, { accountName: 'SAME' }]) {
        expect(await find({ provider: 'OIDC', instance: issuer, ...by })).toBe(viewer.user.username);
        expect(await find({ provider: 'OIDC', ...by })).toBeNull();
      }
    }
  });

  it('keeps a name of up to 255 characters, cut between characters; none is null', async () => {
    const read = async (claims: Record<string, string>) => {
      const headers = await asBearer(claims);
      const { viewer } = await kith.query(`{ viewer { accounts ${fields} } }`, { headers });
      return viewer.accounts[0];
    };
    expect(await read({ sub: 'nameless' })).toMatchObject({ externalId: 'nameless', username: null });
    expect(await read({ sub: 'blank', preferred_username: '  ' })).toMatchObject({ username: null });
    expect(await read({ sub: 'jo', preferred_username: ' Jo Ünsal ' })).toMatchObject({
      username: 'Jo Ünsal',
    });
    const long = await read({ sub: 'long', preferred_username: '😀'.repeat(200) });
    expect(long.username).toMatch(/^😀+$/u);
  });
});

describe('updateAccount', () => {
  it('shows an account to others and hides it again; twice is as good as once', async () => {
    const { id, ...rest } = await firstOf('bob');
    for (const isVisible of [true, true, false, false, true]) {
      const account = { id, ...rest, isVisible };
      expect(await show(id, isVisible, 'bob')).toEqual({ account, userErrors: [] });
      expect(await ownAccounts('bob')).toEqual([account]);
      const seen = isVisible ? account : null;
      for (const as of [null, 'carol']) {
        expect(await shownOf('bob', as)).toEqual(isVisible ? [account] : []);
        expect(await nodeOf(id, as)).toEqual(seen);
        expect(await find({ provider: 'OIDC', externalId: 'bob' }, as)).toBe(isVisible ? 'bob' : null);
        expect(await find({ provider: 'OIDC', accountName: 'BOB' }, as)).toBe(isVisible ? 'bob' : null);
      }
      // Oneself finds one's own either way.
      expect(await nodeOf(id, 'bob')).toEqual(account);
      expect(await find({ provider: 'OIDC', externalId: 'bob' }, 'bob')).toBe('bob');
    }
  });

  it('does not find other people’s accounts, hidden or shown, nor what is none: NOT_FOUND', async () => {
    const hidden = await firstOf('dora');
    const visible = await imported('dora', {});
    const wrong = [
      hidden.id,
      visible,
      encodeId('Account', randomUUID()),
      await kith.idOf('carol'),
      encodeId('User', uuidOf(hidden.id)),
      uuidOf((await firstOf('carol')).id),
      '',
      'Account',
    ];
    for (const id of wrong) {
      expect(await show(id, !hidden.isVisible, 'carol'), id).toEqual({
        account: null,
        userErrors: [{ code: 'NOT_FOUND', message: expect.any(String), path: ['accountId'] }],
      });
    }
    expect((await ownAccounts('dora')).map(({ isVisible }) => isVisible)).toEqual([false, true]);
  });

  it('two at once end as one of them says, and those of others stay', async () => {
    const { id } = await firstOf('erik');
    const other = await imported('erik', { isVisible: false });
    for (let round = 0; round < 5; round++) {
      const payloads = await Promise.all(
        [true, false, true, false].map((isVisible) => show(id, isVisible, 'erik')),
      );
      for (const { userErrors } of payloads) expect(userErrors).toEqual([]);
    }
    expect((await ownAccounts('erik')).find((account) => account.id === other)?.isVisible).toBe(false);
  });
});

describe('accounts of a person', () => {
  const all = ['gil’s diaspora*', 'gil’s Tumblr', 'gil’s first', 'gil’s hidden'];

  beforeAll(async () => {
    await kith.idOf('gil');
    await imported('gil', { externalId: 'gil’s diaspora*', url: 'https://pod.example/u/gil' });
    await imported('gil', { provider: 'TUMBLR', instance: '', externalId: 'gil’s Tumblr', username: 'Gil' });
    await imported('gil', { externalId: 'gil’s first', createdAt: new Date(0) });
    await imported('gil', { externalId: 'gil’s hidden', isVisible: false });
  });

  it('User.accounts has those they show, Viewer.accounts all of them, oldest first', async () => {
    const [diaspora, tumblr, first, hidden] = all;
    for (const as of [null, 'hugo', 'gil']) {
      expect((await shownOf('gil', as)).map(({ externalId }) => externalId)).toEqual([
        first,
        diaspora,
        tumblr,
      ]);
    }
    expect((await ownAccounts('gil')).map(({ externalId }) => externalId)).toEqual([
      first,
      'gil',
      diaspora,
      tumblr,
      hidden,
    ]);
    const read = await shownOf('gil');
    expect(read[1]).toMatchObject({
      provider: 'DIASPORA',
      instance: 'pod.example',
      url: 'https://pod.example/u/gil',
      username: null,
    });
    expect(read[2]).toMatchObject({ provider: 'TUMBLR', instance: null, url: null, username: 'Gil' });
  });

  it('are of every provider there is', async () => {
    for (const provider of accountProviders) {
      const id = await imported('ivo', { provider, externalId: 'ivo-elsewhere', instance: 'i.example' });
      expect(await nodeOf(id)).toMatchObject({ id, provider, externalId: 'ivo-elsewhere' });
      expect(await find({ provider, instance: 'i.example', externalId: 'ivo-elsewhere' })).toBe('ivo');
    }
  });

  it('are not of a provider that there is not, whoever writes them', async () => {
    const write = kith.database.db.execute(
      `INSERT INTO accounts (id, user_id, provider, external_id, created_at) SELECT gen_random_uuid(), id, 'MYSPACE', 'x', now() FROM users LIMIT 1`,
    );
    expect(brokenConstraint(await write.catch((error: unknown) => error))).toBe('accounts_provider_known');
  });

  it('are one person’s each: unique by provider, instance and externalId in the database', async () => {
    const same = { provider: 'FEDIVERSE', instance: 'a.example', externalId: 'unique' } as const;
    await imported('jan', same);
    for (const username of ['jan', 'kim']) {
      const refused = await imported(username, same).catch((error: unknown) => error);
      expect(brokenConstraint(refused)).toBe('accounts_unique');
    }
    for (const other of [
      { provider: 'DIASPORA' },
      { instance: 'b.example' },
      { externalId: 'UNIQUE' },
    ] as const) {
      await imported('kim', { ...same, ...other });
    }
    expect(await find(same)).toBe('jan');
    expect(await find({ ...same, externalId: 'UNIQUE' })).toBe('kim');
    expect(await find({ ...same, externalId: 'Unique' })).toBeNull();
  });
});

describe('user(by: { account })', () => {
  const here = { provider: 'DIASPORA', instance: 'find.example' } as const;

  it('finds by externalId and by accountName in any case, at the instance that is given', async () => {
    await imported('lea', { ...here, externalId: 'lea-1', username: 'Léa.Example' });
    await imported('max', { ...here, instance: '', externalId: 'lea-1', username: 'Léa.Example' });
    for (const name of ['Léa.Example', 'léa.example', 'LÉA.EXAMPLE']) {
      expect(await find({ ...here, accountName: name }), name).toBe('lea');
      expect(await find({ provider: 'DIASPORA', accountName: name }), name).toBe('max');
    }
    expect(await find({ ...here, externalId: 'lea-1' })).toBe('lea');
    for (const instance of [null, '', undefined]) {
      expect(await find({ provider: 'DIASPORA', instance, externalId: 'lea-1' })).toBe('max');
    }
    const nobody = [
      { ...here, externalId: 'Léa.Example' },
      { ...here, accountName: 'lea-1' },
      { ...here, accountName: 'Léa' },
      { ...here, accountName: 'L_a.Example' },
      { ...here, accountName: '%' },
      { ...here, accountName: '' },
      { ...here, externalId: '' },
      { ...here, instance: 'other.example', externalId: 'lea-1' },
      { ...here, provider: 'FEDIVERSE', externalId: 'lea-1' },
    ];
    for (const by of nobody) expect(await find(by), JSON.stringify(by)).toBeNull();
  });

  it.each([
    ['neither', {}],
    ['both', { externalId: 'x', accountName: 'x' }],
    ['both, empty', { externalId: '', accountName: '' }],
    ['two nulls', { externalId: null, accountName: null }],
  ])('with %s of the two is a top-level BAD_USER_INPUT', async (_what, by) => {
    const document =
      'query ($account: AccountBy) { user(by: { account: $account }) { id } community { name } }';
    const { data, errors } = await kith.send(document, { variables: { account: { ...here, ...by } } });
    expect(errors.map(({ extensions, path }) => [extensions?.code, path])).toEqual([
      ['BAD_USER_INPUT', ['user']],
    ]);
    expect(data).toEqual({ user: null, community: { name: 'Kith' } });
  });

  it('takes null beside the other', async () => {
    await imported('nia', { ...here, externalId: 'nia-1', username: 'nia-1' });
    expect(await find({ ...here, externalId: 'nia-1', accountName: null })).toBe('nia');
    expect(await find({ ...here, externalId: null, accountName: 'NIA-1' })).toBe('nia');
  });

  it('takes any text that there is: nobody, and no error of ours', async () => {
    for (const text of ['"', '\\', "'; --", '{"n":0}', '\u0001', '😀', 'x'.repeat(10_000), 'null']) {
      expect(await find({ ...here, externalId: text }), text.slice(0, 20)).toBeNull();
      expect(await find({ ...here, instance: text, accountName: text }), text.slice(0, 20)).toBeNull();
    }
    for (const text of ['\\u0000', '\\ud800']) {
      const { errors } = await kith.send(
        `{ user(by: { account: { provider: OIDC, externalId: "${text}" } }) { id } }`,
      );
      for (const { extensions } of errors) expect(extensions?.code).not.toBe('INTERNAL_SERVER_ERROR');
    }
  });

  it('of several of one name finds who was here first, among those who show it', async () => {
    const first = await imported('olaf', {
      ...here,
      externalId: 'o1',
      username: 'Namesake',
      createdAt: new Date(1),
    });
    await imported('pia', { ...here, externalId: 'o2', username: 'namesake', createdAt: new Date(2) });
    expect(await find({ ...here, accountName: 'NAMESAKE' })).toBe('olaf');
    await show(first, false, 'olaf');
    expect(await find({ ...here, accountName: 'NAMESAKE' })).toBe('pia');
    expect(await find({ ...here, accountName: 'NAMESAKE' }, 'olaf')).toBe('olaf');
  });

  it('does not find the blocked and the suspended, nor does node their accounts (rules 3.1, 3.7)', async () => {
    const id = await imported('quin', { ...here, externalId: 'quin-1' });
    const by = { ...here, externalId: 'quin-1' };
    const expectFound = async (as: string | null, there: boolean) => {
      expect(await find(by, as), `${as}`).toBe(there ? 'quin' : null);
      expect((await nodeOf(id, as))?.id, `${as}`).toBe(there ? id : undefined);
    };
    for (const [blocker, blocked] of [
      ['quin', 'rosa'],
      ['rosa', 'quin'],
    ] as const) {
      await expectFound('rosa', true);
      await kith.mutate('blockUser', { userId: await kith.idOf(blocked) }, blocker);
      await expectFound('rosa', false);
      for (const as of [null, 'quin', 'sven']) await expectFound(as, true);
      await kith.mutate('unblockUser', { userId: await kith.idOf(blocked) }, blocker);
    }
    await setStatus('quin', 'SUSPENDED');
    for (const as of [null, 'rosa', 'sven']) await expectFound(as, false);
    await setStatus('quin', 'ACTIVE');
    await expectFound(null, true);
  });

  it('30 times takes one statement, however they are looked up', async () => {
    for (let n = 0; n < 15; n++)
      await imported(`tim-${n}`, { ...here, externalId: `tim-${n}`, username: `Tim ${n}` });
    const document = (count: number) =>
      `{ ${Array.from(
        { length: count },
        (_, n) => `
        a${n}: user(by: { account: { provider: DIASPORA, instance: "find.example", externalId: "tim-${n}" } }) { username }
        b${n}: user(by: { account: { provider: DIASPORA, instance: "find.example", accountName: "TIM ${n}" } }) { username }`,
      ).join('')} }`;
    for (const count of [1, 15]) {
      kith.database.statements.length = 0;
      const data = await kith.query(document(count));
      expect(kith.database.statements).toHaveLength(1);
      expect(Object.entries(data)).toEqual(
        Array.from({ length: count }, (_, n) => [
          [`a${n}`, { username: `tim-${n}` }],
          [`b${n}`, { username: `tim-${n}` }],
        ]).flat(),
      );
    }
    kith.database.statements.length = 0;
    await kith.query('{ users(first: 20) { nodes { accounts { externalId } } } }');
    expect(kith.database.statements).toHaveLength(2);
  });
});

describe('a deleted person’s accounts', () => {
  it('are gone, and found by nobody', async () => {
    const id = await imported('uma', { externalId: 'uma-1', username: 'uma' });
    const { id: oidc } = await firstOf('uma');
    await show(oidc, true, 'uma');
    const by = [
      { provider: 'DIASPORA', instance: 'pod.example', externalId: 'uma-1' },
      { provider: 'OIDC', externalId: 'uma' },
    ];
    for (const account of by) expect(await find(account)).toBe('uma');
    expect((await kith.mutate('deleteAccount', { username: 'uma' }, 'uma')).userErrors).toEqual([]);
    for (const account of by) expect(await find(account)).toBeNull();
    expect([await nodeOf(id), await nodeOf(oidc)]).toEqual([null, null]);
    const { db } = kith.database;
    for (const account of [id, oidc]) {
      expect(await db.$count(accounts, eq(accounts.id, uuidOf(account)))).toBe(0);
    }
  });
});

describe('scopes: rule 5', () => {
  const codes = async (document: string, as: string | null, scope = '') => {
    const { errors } = await kith.send(document, { as, scope });
    return errors.map(({ extensions }) => [extensions?.code, extensions?.requiredScope]);
  };

  it('Viewer.accounts needs profile:read_private', async () => {
    const document = '{ viewer { accounts { id } } }';
    expect(await codes(document, 'vera', 'profile profile:modify')).toEqual([
      ['FORBIDDEN', 'profile:read_private'],
    ]);
    expect(await codes(document, 'vera', 'profile:read_private')).toEqual([]);
  });

  it('updateAccount needs profile:modify', async () => {
    const { id } = await firstOf('vera');
    const document = `mutation { updateAccount(input: { accountId: "${id}", isVisible: true }) { userErrors { code } } }`;
    expect(await codes(document, null)).toEqual([['UNAUTHENTICATED', undefined]]);
    expect(await codes(document, 'vera', 'profile profile:read_private')).toEqual([
      ['FORBIDDEN', 'profile:modify'],
    ]);
    expect((await firstOf('vera')).isVisible).toBe(false);
    expect(await codes(document, 'vera', 'profile:modify')).toEqual([]);
    expect((await firstOf('vera')).isVisible).toBe(true);
  });

  it('one’s own hidden account is not read without profile:read_private, by no path', async () => {
    const { id } = await firstOf('wim');
    const options = { as: 'wim', scope: 'profile' };
    const { data } = await kith.send(`{ node(id: "${id}") { ... on Account ${fields} } }`, options);
    expect(JSON.stringify(data ?? null)).not.toContain('externalId');
  });
});
