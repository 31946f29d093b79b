// Issue "One's own account": somebody proves that an account in another system is theirs, and brings it along.
import { setImmediate } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { accounts } from '../../src/features/accounts/table.ts';
import { members } from '../../src/features/members/table.ts';
import { bringFlag, missingFlags, showOwnFlags } from '../../src/features/remotes/own-store.ts';
import { accountLinks, origins, remotes } from '../../src/features/remotes/table.ts';
import { claims, users } from '../../src/features/users/table.ts';
import { decodeId } from '../../src/graphql/node.ts';
import { createTestApp, type TestApp } from '../helpers/app.ts';
import { crowd, followAll } from '../helpers/crowd.ts';
import { miscounted, personOf, placesOf, tokensOf } from '../helpers/linking.ts';
import { plain } from '../helpers/pictures.ts';
import { documented, personPath, sourcesEnv, useGateway } from '../helpers/sources.ts';
import { fixture } from '../sources/fixture.ts';

const gateway = useGateway();

const done = `account { id provider instance externalId isVisible linkedAt syncedAt keepsToken }
  user { id displayName bio tagline } taken kept`;
const pod = () => gateway.systems.diaspora;
const link = (token: string, as: string, kith: TestApp = gateway.kith, more: object = {}) =>
  kith.mutate('linkAccount', { provider: 'DIASPORA', instance: pod().host, token, ...more }, as, done);
const sync = (accountId: string, as: string, token?: string, kith: TestApp = gateway.kith) =>
  kith.mutate('syncAccount', { accountId, ...(token ? { token } : {}) }, as, done);
const find = async (guid: string, as: string | null = null) => {
  const account = { provider: 'DIASPORA', instance: pod().host, externalId: guid };
  const document =
    'query ($account: AccountBy) { user(by: { account: $account }) { id username remote { externalId } } }';
  return (await gateway.kith.query(document, { as, variables: { account } })).user;
};
const uuidOf = (id: string) => decodeId(id)?.id ?? '';
const codesOf = (payload: { userErrors: { code: string; path: string[] }[] }) =>
  payload.userErrors.map(({ code, path }) => [code, ...path].join(' '));
/** Until it is so, or the test is too long. */
const until = async <T>(look: () => Promise<T>): Promise<NonNullable<T>> => {
  for (;;) {
    const found = await look();
    if (found) return found as NonNullable<T>;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

describe('an account that nobody had here', () => {
  it('is the viewer’s; what is empty of their profile is filled, what they have set stays', async () => {
    const { kith } = gateway;
    const there = personOf(pod(), { name: 'There', bio: 'From *there*', location: 'Berlin', tags: ['one'] });
    await kith.mutate('updateProfile', { displayName: 'Here', tags: null }, 'fill');
    const payload = await link(there.token, 'fill');
    expect(payload).toMatchObject({
      account: { provider: 'DIASPORA', instance: pod().host, externalId: there.guid, isVisible: false },
      user: { displayName: 'Here', bio: 'From *there*' },
      taken: ['bio', 'location', 'tags'],
      kept: ['displayName'],
      userErrors: [],
    });
    expect(payload.account).toMatchObject({ keepsToken: true, linkedAt: payload.account.syncedAt });
    const { user } = await kith.query(
      '{ user(by: { username: "fill" }) { bioHtml location { name } tags { name } accounts { id } } }',
    );
    expect(user).toEqual({
      bioHtml: '<p>From <em>there</em></p>',
      location: { name: 'Berlin' },
      tags: [{ name: 'one' }],
      accounts: [],
    });
    // To others nothing of it is told, even once it is shown.
    const show = { accountId: payload.account.id, isVisible: true };
    await kith.mutate('updateAccount', show, 'fill');
    const ask = `{ node(id: "${payload.account.id}") { ... on Account { externalId linkedAt syncedAt keepsToken } } }`;
    for (const as of [null, 'stranger']) {
      expect((await kith.query(ask, { as })).node).toEqual({
        externalId: there.guid,
        linkedAt: null,
        syncedAt: null,
        keepsToken: null,
      });
    }
  });

  it('is found by that account once its owner shows it, and is not read for that', async () => {
    const there = personOf(pod());
    const { account, user } = await link(there.token, 'shown');
    const readings = () =>
      pod()
        .asked()
        .filter((path) => path === personPath.diaspora(there.guid));
    expect(await find(there.guid)).toBeNull();
    await gateway.kith.mutate('updateAccount', { accountId: account.id, isVisible: true }, 'shown');
    expect(await find(there.guid)).toEqual({ id: user.id, username: 'shown', remote: null });
    expect(readings()).toEqual([]);
  });

  it('keeps to itself what the source keeps from others, where the profile here is for everybody', async () => {
    const there = personOf(pod(), { bio: 'secret', tags: ['open'], show_profile_info: false });
    expect(await link(there.token, 'discreet')).toMatchObject({ taken: ['tags'], user: { bio: null } });
    await gateway.kith.mutate('updateSettings', { privacy: { profileVisibility: 'CONTACTS' } }, 'guarded');
    const other = personOf(pod(), { bio: 'secret', show_profile_info: false });
    expect(await link(other.token, 'guarded')).toMatchObject({ taken: ['bio'], user: { bio: 'secret' } });
  });

  it('brings its picture, where there is none', async () => {
    const { kith } = gateway;
    const picture = await plain(60, 40).png().toBuffer();
    const serve = (path: string) => {
      pod().answers.set(path, (_request, response) =>
        response.writeHead(200, { 'content-type': 'image/png' }).end(picture),
      );
      return { raw: `${pod().origin}${path}` };
    };
    const there = personOf(pod(), { avatar: serve('/first.png') });
    const { taken, account } = await link(there.token, 'pictured');
    expect(taken).toEqual(['avatar']);
    const avatar = async () =>
      (await kith.query('{ user(by: { username: "pictured" }) { avatar { url(size: ORIGINAL) width } } }'))
        .user.avatar;
    const first = await until(avatar);
    expect(first.width).toBe(60);
    // Another there is another here; one of their own stays.
    there.says({ avatar: serve('/second.png') });
    expect((await sync(account.id, 'pictured')).taken).toEqual(['avatar']);
    await until(async () => (await avatar()).url !== first.url);
    const base64 = (await plain(10, 10).png().toBuffer()).toString('base64');
    await kith.mutate('updateProfile', { avatar: { base64: `data:image/png;base64,${base64}` } }, 'pictured');
    there.says({ avatar: serve('/third.png') });
    expect(await sync(account.id, 'pictured')).toMatchObject({ taken: [], kept: ['avatar'] });
    expect((await avatar()).width).toBe(10);
  });

  it('brings its own members, unlisted ones too, and gives those another name whose name is in use', async () => {
    const { kith, systems } = gateway;
    const { answers } = systems['pronouns-cc'];
    const [self, member] = [fixture('pronouns-cc/self'), fixture('pronouns-cc/member')] as { id: string }[];
    const wren = { ...member, id: 'cj5t1k3h0a8g0b2n3m50', name: 'Wren', unlisted: false };
    const { externalId } = documented['pronouns-cc'];
    answers.set('/api/v1/users/@me', { ...self, avatar: null, flags: [] });
    answers.set(`/api/v1/users/${externalId}`, { ...self, avatar: null, flags: [] });
    answers.set('/api/v1/users/@me/members', [member, wren]);
    answers.set(`/api/v1/members/${member?.id}`, member ?? {});
    answers.set(`/api/v1/members/${wren.id}`, wren);
    answers.set('/api/v1/users/@me/flags', []);
    await kith.mutate('createMember', { name: 'wren' }, 'plural');
    const input = { provider: 'PRONOUNS_CC', token: 'a-plural-token' };
    const { account } = await kith.mutate('linkAccount', input, 'plural', done);
    const own = async () =>
      (
        await kith.query('{ viewer { user { members { nodes { id name: memberName isUnlisted bio } } } } }', {
          as: 'plural',
        })
      ).viewer.user.members.nodes;
    const rook = { name: 'Rook', isUnlisted: true, bio: '*Front* at night' };
    expect(await own()).toMatchObject([rook, { name: 'wren' }, { name: 'Wren (2)', isUnlisted: true }]);
    // One that was changed by hand stays, one that was deleted does not come again, and one that is as it came is renewed.
    const [, , second] = await own();
    await kith.mutate('updateMember', { memberId: second.id, bio: 'by hand' }, 'plural');
    answers.set(`/api/v1/members/${wren.id}`, { ...wren, bio: 'there' });
    answers.set(`/api/v1/members/${member?.id}`, { ...member, bio: 'renewed' });
    expect((await sync(account.id, 'plural')).userErrors).toEqual([]);
    expect(await own()).toMatchObject([{ bio: 'renewed' }, { name: 'wren' }, { bio: 'by hand' }]);
    await kith.mutate('deleteMember', { memberId: second.id }, 'plural');
    await sync(account.id, 'plural');
    expect(await own()).toHaveLength(2);
    expect(await miscounted(kith)).toEqual([]);
  });
});

describe('posts of the account', () => {
  it('come along: what was limited there is seen by nobody else here, and a second time brings nothing twice', async () => {
    const { kith } = gateway;
    const there = personOf(pod());
    const author = { guid: there.guid, diaspora_id: 'p@pod.example', name: 'P' };
    const post = (n: number, more: object) => ({
      ...((fixture('diaspora/posts') as object[])[0] ?? {}),
      guid: `posted${n}${there.guid.slice(0, 20)}`,
      author,
      body: `Posted ${n}`,
      ...more,
    });
    const posts = [
      post(1, {}),
      post(2, { public: false }),
      post(3, { author: { ...author, guid: 'x'.repeat(32) } }),
    ];
    pod().answers.set(`${personPath.diaspora(there.guid)}/posts`, posts);
    const { account } = await link(there.token, 'poster');
    const bodies = async (as: string | null) =>
      (
        await kith.query(
          '{ user(by: { username: "poster" }) { posts { nodes { body visibility } } stats { posts } } }',
          { as },
        )
      ).user;
    await expect.poll(async () => (await bodies('poster')).posts.nodes.length).toBe(2);
    await kith.mutate('syncAccount', { accountId: account.id }, 'poster');
    expect(await bodies('poster')).toEqual({
      posts: {
        nodes: expect.arrayContaining([
          { body: 'Posted 1', visibility: 'PUBLIC' },
          { body: 'Posted 2', visibility: 'ASPECTS' },
        ]),
      },
      stats: { posts: 1 },
    });
    expect((await bodies(null)).posts.nodes).toEqual([{ body: 'Posted 1', visibility: 'PUBLIC' }]);
    expect(await miscounted(kith)).toEqual([]);
  });
});

describe('flags of the account', () => {
  // They come from pronouns.cc’s own host for pictures, which no test reaches: from where their picture is stored on.
  it('come once, are shown where none are, and those that were deleted do not come again', async () => {
    const { kith } = gateway;
    const { db } = kith.database;
    const { account, user } = await link(personOf(pod()).token, 'flagged');
    const identity = { provider: 'DIASPORA', instance: pod().host, externalId: account.externalId } as const;
    const owner = uuidOf(user.id);
    const bringing = { owner, accountId: uuidOf(account.id), identity, at: new Date() };
    const image = { kind: 'flag', name: 'ab'.repeat(16), width: 8, height: 8, hash: '' } as const;
    const bring = (id: string) => bringFlag(db, bringing, id, { name: id, description: null, image });
    expect(await missingFlags(db, bringing, ['one', 'two'])).toEqual(['one', 'two']);
    const brought = await Promise.all(['one', 'one', 'two', 'two'].map(bring));
    expect(brought.filter(Boolean)).toHaveLength(2);
    await showOwnFlags(db, bringing, ['two', 'one', 'three'], new Map());
    const shown = async () =>
      (await kith.query('{ user(by: { username: "flagged" }) { flags { id name } } }')).user.flags;
    const [two, one] = await shown();
    expect([two.name, one.name]).toEqual(['two', 'one']);
    await kith.mutate('deletePrideFlag', { flagId: two.id }, 'flagged');
    expect(await missingFlags(db, bringing, ['one', 'two', 'three'])).toEqual(['three']);
    expect(await bring('two')).toBe(false);
    await showOwnFlags(db, bringing, ['two', 'one'], new Map());
    expect(await shown()).toEqual([one]);
    await kith.mutate('unlinkAccount', { accountId: account.id }, 'flagged');
    expect(await bring('three')).toBe(false);
    expect(await miscounted(kith)).toEqual([]);
  });
});

describe('who has it', () => {
  it('is one of two who link it twenty times at once; the other gets TAKEN, and nothing of it', async () => {
    const there = personOf(pod(), { bio: 'once' });
    const names = ['first', 'second'];
    await Promise.all(names.map((name) => gateway.kith.idOf(name)));
    const payloads = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const as = names[n % 2] ?? '';
        return { as, ...(await link(there.token, as)) };
      }),
    );
    const owners = new Set(payloads.filter(({ account }) => account).map(({ as }) => as));
    expect(owners.size).toBe(1);
    const refused = payloads.filter(({ account }) => !account);
    expect(new Set(refused.map(({ as }) => as)).size).toBe(1);
    expect(new Set(refused.flatMap(codesOf))).toEqual(new Set(['TAKEN token']));
    expect(refused).toHaveLength(10);
    expect(refused[0]).toMatchObject({ account: null, user: null, taken: null, kept: null });
    expect(refused[0]?.userErrors[0].message).not.toMatch(/first|second/);
    expect(await gateway.kith.database.db.$count(accounts, eq(accounts.externalId, there.guid))).toBe(1);
    expect(await gateway.kith.database.db.$count(users, eq(users.bio, 'once'))).toBe(1);
  });

  it('is one of two when somebody of another system had it, twenty times at once', async () => {
    const { kith } = gateway;
    const there = personOf(pod());
    const remote = await find(there.guid);
    const fans = await crowd(kith, 'both-fans', 3);
    for (const fan of fans) await kith.mutate('followUser', { userId: remote.id }, fan.username);
    const names = ['claims-a', 'claims-b'];
    await Promise.all(names.map((name) => kith.idOf(name)));
    const payloads = await Promise.all(
      Array.from({ length: 20 }, (_, n) => link(there.token, names[n % 2] ?? '')),
    );
    expect(new Set(payloads.map((payload) => payload.user?.id ?? codesOf(payload).join())).size).toBe(2);
    const { id } = payloads.find(({ user }) => user).user;
    const { user, gone } = await kith.query(
      `{ user(by: { id: "${id}" }) { stats { followers } followers { totalCount } } gone: node(id: "${remote.id}") { id } }`,
    );
    expect(user).toEqual({ stats: { followers: 3 }, followers: { totalCount: 3 } });
    expect(gone).toBeNull();
    expect(await miscounted(kith)).toEqual([]);
  });

  it('is whoever signs in as them, and not somebody whom an operator moved in and who never has', async () => {
    const { kith } = gateway;
    const { db } = kith.database;
    const there = personOf(pod());
    const [moved] = await crowd(kith, 'moved', 1);
    if (!moved) throw new Error('There is one.');
    await db.insert(accounts).values({
      id: crypto.randomUUID(),
      userId: moved.uuid,
      provider: 'DIASPORA',
      instance: pod().host,
      externalId: there.guid,
      createdAt: new Date(),
    });
    expect(codesOf(await link(there.token, 'heir'))).toEqual(['TAKEN token']);
    await db.delete(claims).where(eq(claims.userId, moved.uuid));
    const { user, userErrors } = await link(there.token, 'heir');
    expect(userErrors).toEqual([]);
    expect(user.id).toBe(await kith.idOf('heir'));
    expect(await placesOf(kith, moved.uuid)).toEqual([]);
  });

  it('is nobody whom an operator has suspended', async () => {
    const there = personOf(pod());
    const { id } = await find(there.guid);
    await gateway.kith.database.db
      .update(users)
      .set({ status: 'SUSPENDED', statusBefore: 'ACTIVE' })
      .where(eq(users.id, uuidOf(id)));
    expect(codesOf(await link(there.token, 'washed'))).toEqual(['FORBIDDEN token']);
  });
});

describe('what is linked already', () => {
  it('is read again: what came and is as it was is renewed, what was changed by hand stays', async () => {
    const { kith } = gateway;
    const there = personOf(pod(), { name: 'One', bio: 'one', location: 'One' });
    const { account } = await link(there.token, 'again');
    await kith.mutate('updateProfile', { bio: 'by hand' }, 'again');
    there.says({ name: 'Two', bio: 'two', gender: 'new' });
    expect(await sync(account.id, 'again')).toMatchObject({
      taken: ['displayName', 'gender'],
      kept: ['bio'],
      user: { displayName: 'Two', bio: 'by hand' },
      userErrors: [],
    });
    // What is gone there is gone here, and what is said again comes again.
    const { user } = await kith.query('{ user(by: { username: "again" }) { location { name } gender } }');
    expect(user).toEqual({ location: null, gender: 'new' });
    await kith.mutate('updateProfile', { displayName: null }, 'again');
    // To link it anew is the same.
    const relinked = await link(there.token, 'again');
    expect(relinked).toMatchObject({ taken: ['displayName', 'gender'], kept: ['bio'] });
    expect(relinked.account).toMatchObject({ id: account.id, linkedAt: account.linkedAt });
  });

  it('needs a token of the same account, or none where one is kept', async () => {
    const [there, other] = [personOf(pod()), personOf(pod())];
    const { account } = await link(there.token, 'tokens');
    expect(codesOf(await sync(account.id, 'tokens', other.token))).toEqual(['INVALID token']);
    expect(codesOf(await sync(account.id, 'tokens', 'no-token-of-it'))).toEqual(['INVALID token']);
    expect(codesOf(await sync(account.id, 'somebody-else', there.token))).toEqual(['NOT_FOUND accountId']);
    // One that the source takes no more.
    tokensOf(pod()).delete(there.token);
    expect(codesOf(await sync(account.id, 'tokens'))).toEqual(['INVALID token']);
    tokensOf(pod()).set('a-newer-token', { ...(tokensOf(pod()).get(other.token) ?? {}), guid: there.guid });
    expect(codesOf(await sync(account.id, 'tokens', 'a-newer-token'))).toEqual([]);
    expect(codesOf(await sync(account.id, 'tokens'))).toEqual([]);
  });

  it('is unlinked by its owner; what came stays, the token goes, and who lives there can be here again', async () => {
    const { kith } = gateway;
    const there = personOf(pod(), { bio: 'stays' });
    const { username } = await find(there.guid);
    const { account } = await link(there.token, 'leaver');
    const unlink = (accountId: string, as: string) =>
      kith.mutate('unlinkAccount', { accountId }, as, 'unlinkedAccountId user { id bio }');
    expect(codesOf(await unlink(account.id, 'somebody-else'))).toEqual(['NOT_FOUND accountId']);
    const { viewer } = await kith.query('{ viewer { accounts { id provider } } }', { as: 'leaver' });
    const signIn = viewer.accounts.find(({ provider }: { provider: string }) => provider === 'OIDC');
    expect(codesOf(await unlink(signIn.id, 'leaver'))).toEqual(['NOT_FOUND accountId']);
    expect(await unlink(account.id, 'leaver')).toEqual({
      unlinkedAccountId: account.id,
      user: { id: await kith.idOf('leaver'), bio: 'stays' },
      userErrors: [],
    });
    expect(await kith.database.db.$count(accountLinks, eq(accountLinks.accountId, uuidOf(account.id)))).toBe(
      0,
    );
    expect(codesOf(await unlink(account.id, 'leaver'))).toEqual(['NOT_FOUND accountId']);
    expect(await find(there.guid)).toMatchObject({ username, remote: { externalId: there.guid } });
    // And somebody else can prove it then.
    expect((await link(there.token, 'next-owner')).userErrors).toEqual([]);
    expect(await kith.database.db.$count(remotes, eq(remotes.accountId, uuidOf(account.id)))).toBe(0);
  });
});

describe('a token', () => {
  it('is at rest as nobody can read it, in no log and in no answer', async () => {
    const { kith } = gateway;
    const there = personOf(pod());
    const payload = await link(there.token, 'careful');
    await sync(payload.account.id, 'careful');
    await link('refused-secret-token', 'careful');
    const document = `mutation { linkAccount(input: { provider: DIASPORA, instance: "${pod().host}", token: "inline-secret-token" }) { userErrors { code } } }`;
    const answers = [await kith.send(document, { as: 'careful' })];
    // Also where the rest of the input is none.
    const malformed = { instance: 7, token: 'malformed-secret-token' };
    for (const input of [malformed, { ...malformed, provider: 'NOWHERE' }, [malformed]]) {
      const ask =
        'mutation ($input: LinkAccountInput!) { linkAccount(input: $input) { userErrors { code } } }';
      answers.push(await kith.send(ask, { as: 'careful', variables: { input } }));
    }
    answers.push(
      await kith.send(
        'mutation { linkAccount(input: { token: "literal-secret-token", nope: 1 }) { taken } }',
        {
          as: 'careful',
        },
      ),
    );
    for (const wrong of ['token: ["listed-secret-token"]', 'token "misplaced-secret-token"']) {
      const ask = `mutation { linkAccount(input: { provider: DIASPORA, ${wrong} }) { taken } }`;
      answers.push(await kith.send(ask, { as: 'careful' }));
    }
    const said = JSON.stringify([payload, ...answers.map(({ data, errors }) => ({ data, errors }))]);
    for (const token of [
      there.token,
      'refused-secret',
      'inline-secret',
      'malformed-secret',
      'literal-secret',
      'listed-secret',
      'misplaced-secret',
    ]) {
      expect(said, token).not.toContain(token);
      expect(kith.logged.join(''), token).not.toContain(token);
      expect(await placesOf(kith, token), token).toEqual([]);
    }
    const [row] = await kith.database.db
      .select()
      .from(accountLinks)
      .where(eq(accountLinks.accountId, uuidOf(payload.account.id)));
    expect(row?.token?.length).toBe(1 + 12 + 16 + there.token.length);
  });

  it('is not kept without a secret, and cannot be read with another', async () => {
    const { kith, systems } = gateway;
    const there = personOf(pod());
    const { account } = await link(there.token, 'rotating');
    const { SOURCE_SECRET: _secret, ...without } = sourcesEnv(systems);
    const apps = [without, { ...without, SOURCE_SECRET: 'another secret of at least thirty-two bytes' }].map(
      async (env) => createTestApp({ database: { ...kith.database, close: async () => {} }, env }),
    );
    const [bare, rotated] = await Promise.all(apps);
    if (!bare || !rotated) throw new Error('There are two.');
    try {
      expect(codesOf(await sync(account.id, 'rotating', undefined, bare))).toEqual(['INVALID token']);
      expect(codesOf(await sync(account.id, 'rotating', undefined, rotated))).toEqual(['INVALID token']);
      const renewed = await sync(account.id, 'rotating', there.token, rotated);
      expect(renewed.account.keepsToken).toBe(true);
      expect(codesOf(await sync(account.id, 'rotating', undefined, rotated))).toEqual([]);
      const once = await link(there.token, 'rotating', bare);
      expect(once).toMatchObject({ account: { keepsToken: false }, userErrors: [] });
      const [row] = await kith.database.db
        .select({ token: accountLinks.token })
        .from(accountLinks)
        .where(eq(accountLinks.accountId, uuidOf(account.id)));
      expect(row).toEqual({ token: null });
    } finally {
      await bare.close();
      await rotated.close();
    }
  });

  it.each(['', ' ', 'two words', 'ünprintable', 'a\nb', 'x'.repeat(4_097)])(
    'that could be none is INVALID: %j',
    async (token) => {
      const asked = pod().requests.length;
      expect(codesOf(await link(token, 'clumsy'))).toEqual(['INVALID token']);
      expect(pod().requests.length).toBe(asked);
    },
  );
});

describe('a source', () => {
  it.each(['not a host', 'pod.example/path', 'me@pod.example', '[::1', 'x'.repeat(300), 'pod.example?'])(
    'that is no host is INVALID: %s',
    async (instance) => {
      expect(codesOf(await link('token', 'lost', gateway.kith, { instance }))).toEqual(['INVALID instance']);
    },
  );

  it.each(['127.0.0.1', 'localhost', '10.0.0.1', '169.254.169.254', '[::1]', '2130706433', '0x7f.1'])(
    'within the network of the server is INVALID: %s',
    async (instance) => {
      const kith = await createTestApp({ database: { ...gateway.kith.database, close: async () => {} } });
      try {
        expect(codesOf(await link('token', 'lost', kith, { instance }))).toEqual(['INVALID instance']);
      } finally {
        await kith.close();
      }
    },
  );

  it('of another kind cannot be linked, and one that is not named has to be the only one', async () => {
    const { kith } = gateway;
    expect(codesOf(await link('token', 'lost', kith, { provider: 'GOOGLE' }))).toEqual(['INVALID provider']);
    const there = personOf(pod());
    expect((await link(there.token, 'lost', kith, { instance: null })).account.instance).toBe(pod().host);
    const bare = await createTestApp({ database: { ...kith.database, close: async () => {} } });
    try {
      expect(codesOf(await link('token', 'lost', bare, { instance: null }))).toEqual(['INVALID instance']);
    } finally {
      await bare.close();
    }
  });

  it.each([
    ['nothing', {}],
    ['an id that is none', { ...(fixture('diaspora/self') as object), guid: '../../admin' }],
    ['an id too long', { ...(fixture('diaspora/self') as object), guid: 'a'.repeat(300) }],
    ['a list', []],
    ['what is not its form', { ...(fixture('diaspora/self') as object), tags: 7 }],
  ])('that answers with %s is SOURCE_UNAVAILABLE, and nothing is linked', async (_name, answer) => {
    tokensOf(pod()).set('hostile', answer);
    const { data, errors } = await gateway.kith.send(
      `mutation { linkAccount(input: { provider: DIASPORA, instance: "${pod().host}", token: "hostile" }) { taken } }`,
      { as: 'trusting' },
    );
    expect(data).toEqual({ linkAccount: null });
    expect(errors.map(({ extensions }) => extensions)).toEqual([
      expect.objectContaining({ code: 'SOURCE_UNAVAILABLE', provider: 'DIASPORA', reason: 'INVALID' }),
    ]);
    const { viewer } = await gateway.kith.query('{ viewer { accounts { provider } } }', { as: 'trusting' });
    expect(viewer.accounts).toEqual([{ provider: 'OIDC' }]);
  });
});

describe('whoever lived elsewhere', () => {
  it('becomes the viewer while others follow, block and leave both of them: all counters are exact', async () => {
    const { kith } = gateway;
    for (let round = 0; round < 2; round++) {
      const there = personOf(pod());
      const remote = await find(there.guid);
      const people = await crowd(kith, `ham${round}`, 12);
      const viewer = `merging-${round}`;
      const viewerId = await kith.idOf(viewer);
      const [uuid, remoteUuid] = [uuidOf(viewerId), uuidOf(remote.id)];
      const [own, other] = [
        { username: viewer, id: viewerId, uuid },
        { username: '', id: remote.id, uuid: remoteUuid },
      ];
      const [a, b] = [people.slice(0, 4), people.slice(2, 6)];
      await followAll(kith, [...a.map((p) => [p, own] as const), ...b.map((p) => [p, other] as const)]);
      await followAll(kith, [...people.map((p) => [own, p] as const), [own, other]]);
      const acts = [
        'followUser',
        'requestConnection',
        'unfollowUser',
        'followUser',
        'hideUser',
        'blockUser',
        'unblockUser',
      ];
      const codes = new Set<string>();
      const act = async (name: string, userId: string, by: string) => {
        for (const { code } of (await kith.mutate(name, { userId }, by)).userErrors) codes.add(code);
      };
      const merged = { yet: false };
      await Promise.all([
        ...people.map(async ({ username, id }, n) => {
          // Each has to do with one of the two, some with both, until a while after they are one.
          const targets = [[remote.id], [viewerId], [remote.id, viewerId]][n % 3] ?? [];
          for (let turn = n, after = 0; after < 2; turn++) {
            after += merged.yet ? 1 : 0;
            // Or what is in one process with its database would leave the network no turn.
            await setImmediate();
            for (const userId of targets) await act(acts[turn % acts.length] ?? '', userId, username);
            await act(turn % 2 ? 'unfollowUser' : 'followUser', id, viewer);
          }
        }),
        link(there.token, viewer)
          .finally(() => {
            merged.yet = true;
          })
          .then(({ userErrors }) => expect(userErrors).toEqual([])),
      ]);
      expect(
        [...codes].filter(
          (code) => !['INVALID', 'NOT_FOUND', 'BLOCKED', 'ALREADY_EXISTS', 'GONE', 'CONFLICT'].includes(code),
        ),
      ).toEqual([]);
      expect(await placesOf(kith, remoteUuid)).toEqual([]);
      expect(await miscounted(kith)).toEqual([]);
    }
    expect(kith.logged.filter((line) => line.includes('"level":50'))).toEqual([]);
  });

  it('brings all that is theirs: nothing of it is lost, counted twice, or left behind', async () => {
    const { kith } = gateway;
    const { db } = kith.database;
    const there = personOf(pod());
    const [moved, owner, friend, foe, both] = await crowd(kith, 'whole', 5);
    if (!moved || !owner || !friend || !foe || !both) throw new Error('There are five.');
    const act = async (name: string, input: object, by: { username: string }, selection = '') => {
      const payload = await kith.mutate(name, input, by.username, selection);
      expect(payload.userErrors, `${name} by ${by.username}`).toEqual([]);
      return payload;
    };
    const post = async (by: { username: string }, more: object = {}) =>
      (
        await act(
          'createPost',
          { visibility: 'PUBLIC', body: 'The same', ...more },
          by,
          'post { id poll { id choices { id } } }',
        )
      ).post;
    const image = {
      base64: `data:image/png;base64,${(await plain(8, 8).png().toBuffer()).toString('base64')}`,
    };
    // Both of them have to do with the same people and posts, and each with some of their own.
    const theirs = await post(moved, { photos: [{ image }] });
    const own = await post(owner);
    const poll = await post(friend, { poll: { question: 'Which?', choices: ['a', 'b'] } });
    const other = await post(both, { body: `Hello @${moved.username} and @${owner.username}` });
    const choiceIds = [poll.poll.choices[0].id];
    for (const by of [moved, owner]) {
      await act('likePost', { postId: other.id }, by);
      await act('votePoll', { pollId: poll.poll.id, choiceIds }, by);
      await act('resharePost', { postId: other.id }, by);
      await act('subscribeToPost', { postId: other.id }, by);
      await act('addComment', { postId: other.id, body: 'Said' }, by);
      await act('createMember', { name: 'Same' }, by);
      await act('createPrideFlag', { name: 'Flag', image }, by);
      await act('followUser', { userId: both.id }, by);
      await act('createAspect', { name: 'Near' }, by);
    }
    await act('likePost', { postId: own.id }, moved);
    await act('likePost', { postId: theirs.id }, owner);
    await act('likePost', { postId: poll.id }, moved);
    await act('resharePost', { postId: own.id }, moved);
    await act('markPostsSeen', { postIds: [own.id, other.id] }, moved);
    const { aspect } = await act('createAspect', { name: 'Far' }, moved, 'aspect { id }');
    await act('addToAspect', { aspectId: aspect.id, userId: friend.id }, moved);
    const { aspect: circle } = await act('createAspect', { name: 'Circle' }, friend, 'aspect { id }');
    await act('addToAspect', { aspectId: circle.id, userId: moved.id }, friend);
    await act('followUser', { userId: owner.id }, moved);
    await act('followUser', { userId: moved.id }, owner);
    await act('followUser', { userId: owner.id }, foe);
    for (const by of [moved, owner]) await act('requestConnection', { userId: by.id }, both);
    await act('acceptConnection', { userId: both.id }, moved);
    await act('requestConnection', { userId: friend.id }, moved);
    const room = { kind: 'GROUP', name: 'Room', slug: 'whole-room', isPublic: true };
    const { room: made } = await act('createRoom', room, moved, 'room { id }');
    await act('joinRoom', { roomId: made.id }, owner);
    await act('hideUser', { userId: friend.id }, moved);
    await act('blockUser', { userId: moved.id }, foe);
    await db.insert(accounts).values({
      id: crypto.randomUUID(),
      userId: moved.uuid,
      provider: 'DIASPORA',
      instance: pod().host,
      externalId: there.guid,
      createdAt: new Date(),
    });
    await db.delete(claims).where(eq(claims.userId, moved.uuid));
    expect((await link(there.token, owner.username)).userErrors).toEqual([]);
    expect(await miscounted(kith)).toEqual([]);
    expect(await placesOf(kith, moved.uuid)).toEqual([]);
    const { viewer, seen } = await kith.query(
      `{ viewer { user { stats { followers following connections posts }
          members { nodes { name } } posts { nodes { id slug } } following { nodes { username } }
          followers { nodes { username } } connections { nodes { username } } }
          prideFlags { totalCount } aspects { name users { nodes { username } } }
          rooms { nodes { slug } } }
        seen: node(id: "${made.id}") { ... on Room { owner { username } members { totalCount } } } }`,
      { as: owner.username },
    );
    const names = (list: { nodes: { username: string }[] }) =>
      list.nodes.map(({ username }) => username).sort();
    expect(viewer.user.stats).toMatchObject({ followers: 1, following: 2, connections: 1, posts: 4 });
    expect(names(viewer.user.following)).toEqual([friend.username, both.username].sort());
    expect(names(viewer.user.followers)).toEqual([friend.username]);
    expect(names(viewer.user.connections)).toEqual([both.username]);
    expect(viewer.user.members.nodes).toEqual([{ name: 'Same' }, { name: 'Same (2)' }]);
    const slugs = viewer.user.posts.nodes.map(({ slug }: { slug: string }) => slug);
    expect(new Set(slugs).size).toBe(4);
    expect(slugs).toContain('the-same');
    expect(viewer.prideFlags.totalCount).toBe(2);
    const aspects = viewer.aspects.map(
      ({ name, users: list }: { name: string; users: { nodes: { username: string }[] } }) => [
        name,
        names(list),
      ],
    );
    expect(aspects.sort()).toEqual([
      ['Far', [friend.username]],
      ['Near', []],
    ]);
    const circles = await kith.query('{ viewer { aspects { users { nodes { username } } } } }', {
      as: friend.username,
    });
    expect(
      circles.viewer.aspects.map(({ users: list }: { users: { nodes: { username: string }[] } }) =>
        names(list),
      ),
    ).toEqual([[owner.username]]);
    expect(viewer.rooms.nodes).toEqual([{ slug: 'whole-room' }]);
    expect(seen).toEqual({ owner: { username: owner.username }, members: { totalCount: 1 } });
    // Who had blocked the one finds the other no more.
    const ask = `{ user(by: { id: "${owner.id}" }) { id } }`;
    expect(await kith.query(ask, { as: foe.username })).toEqual({ user: null });
    const said = await kith.query(
      `{ node(id: "${other.id}") { ... on Post { counters { likes comments reshares } } } }`,
    );
    expect(said.node.counters).toEqual({ likes: 1, comments: 2, reshares: 1 });
  });

  it('stays who they are when it would be too many members, and nothing is linked', async () => {
    const { kith } = gateway;
    const there = personOf(pod());
    const remote = await find(there.guid);
    const owner = uuidOf(await kith.idOf('crowded'));
    const rows = (ownerId: string, count: number, prefix: string) =>
      Array.from({ length: count }, (_, n) => ({
        id: crypto.randomUUID(),
        ownerId,
        sid: `${prefix}${n}`,
        name: `${prefix}${n}`,
        nameKey: `${prefix}${n}`,
        createdAt: new Date(),
      }));
    await kith.database.db.insert(members).values(rows(owner, 499, 'own'));
    const theirs = rows(uuidOf(remote.id), 2, 'theirs');
    await kith.database.db.insert(members).values(theirs);
    await kith.database.db.insert(origins).values(
      theirs.map(({ id, ownerId }) => ({
        provider: 'DIASPORA',
        instance: pod().host,
        kind: 'member' as const,
        externalId: id,
        id,
        ownerId,
      })),
    );
    expect(codesOf(await link(there.token, 'crowded'))).toEqual(['LIMIT_REACHED']);
    expect(await find(there.guid)).toEqual(remote);
    expect(await miscounted(kith)).toEqual([]);
  });
});
