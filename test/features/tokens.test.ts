import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sql } from 'drizzle-orm';
import {
  type GraphQLFormattedError,
  getNamedType,
  isInputObjectType,
  isLeafType,
  isNonNullType,
} from 'graphql';
import {
  type CryptoKey,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from 'jose';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { scopes } from '../../src/auth/scopes.ts';
import { schema } from '../../src/schema.ts';
import { type TestApp, testSecret, useTestApp } from '../helpers/app.ts';
import { onePixel } from '../helpers/lists.ts';

const secretKey = new TextEncoder().encode(testSecret);

interface Signing {
  key?: CryptoKey | Uint8Array;
  header?: JWTHeaderParameters;
  /** As jose takes it; null for a token without `exp`. */
  expires?: string | number | null;
}

function sign(
  claims: JWTPayload,
  { key = secretKey, header, expires = '1h' }: Signing = {},
): Promise<string> {
  const jwt = new SignJWT(claims).setProtectedHeader(header ?? { alg: 'HS256' });
  if (expires !== null) jwt.setExpirationTime(expires);
  return jwt.sign(key);
}

const asBearer = async (token: string | Promise<string>) => ({ authorization: `Bearer ${await token}` });

interface Body {
  data?: unknown;
  errors?: GraphQLFormattedError[];
}

/** What an anonymous person may read, so that whoever gets it with a bad token was taken for one. */
const publicQuery = '{ community { name } }';

/** The same public query, once as POST and once as GET. */
async function answers(app: TestApp, headers: HeadersInit) {
  const posted = new Headers(headers);
  posted.set('content-type', 'application/json');
  const responses = [
    await app.fetch('/graphql', {
      method: 'POST',
      headers: posted,
      body: JSON.stringify({ query: publicQuery }),
    }),
    await app.fetch(`/graphql?query=${encodeURIComponent(publicQuery)}`, { headers }),
  ];
  return Promise.all(
    responses.map(async (response) => ({
      status: response.status,
      challenge: response.headers.get('www-authenticate'),
      body: (await response.json()) as Body,
    })),
  );
}

const internals =
  /at .*\.ts|node_modules|select |insert |postgres|drizzle|pglite|ECONN|fetch failed|127\.0\.0\.1|stack/i;

async function expectRefused(app: TestApp, headers: HeadersInit) {
  for (const { status, challenge, body } of await answers(app, headers)) {
    const code = body.errors?.[0]?.extensions?.code;
    expect.soft({ status, challenge, code, data: body.data ?? null }).toEqual({
      status: 401,
      challenge: expect.stringMatching(/^Bearer\b/),
      code: 'UNAUTHENTICATED',
      data: null,
    });
    expect.soft(JSON.stringify(body)).not.toMatch(internals);
  }
}

async function expectAccepted(app: TestApp, headers: HeadersInit) {
  for (const { status, body } of await answers(app, headers)) {
    expect.soft(body).toEqual({ data: { community: { name: 'Kith' } } });
    expect.soft(status).toBe(200);
  }
}

const whoami = '{ viewer { scopes email emailVerified user { id sid username displayName status } } }';

/** Who a token is. */
async function viewerOf(app: TestApp, token: string | Promise<string>) {
  return (await app.query(whoami, { headers: await asBearer(token) })).viewer;
}

async function setStatus(app: TestApp, username: string, status: 'ACTIVE' | 'SUSPENDED') {
  await app.database.db.execute(sql`UPDATE users SET status = ${status} WHERE username_key = ${username}`);
}

const kith = useTestApp();

describe('a token signed with the secret', () => {
  it('ends when it does, however often it was accepted before', async () => {
    const bearer = await asBearer(sign({ sub: 'ending' }, { expires: '1m' }));
    const statuses = async () => (await answers(kith, bearer)).map(({ status }) => status);
    expect(await statuses()).toEqual([200, 200]);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 70_000 });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    expect(await statuses()).toEqual([401, 401]);
  });

  it('is accepted with HS256, `sub` and `exp`, on POST and GET', async () => {
    await expectAccepted(kith, await asBearer(sign({ sub: 'ada', preferred_username: 'ada' })));
  });

  it('is accepted whatever the case of the scheme', async () => {
    await expectAccepted(kith, { authorization: `bearer ${await sign({ sub: 'ada' })}` });
  });

  it.each<[string, () => string | Promise<string>]>([
    ['has no `exp`', () => sign({ sub: 'ada' }, { expires: null })],
    ['has expired', () => sign({ sub: 'ada' }, { expires: Math.floor(Date.now() / 1000) - 60 })],
    [
      'has an `exp` that is no number',
      () => sign({ sub: 'ada', exp: '9999999999' as never }, { expires: null }),
    ],
    ['is not valid yet', () => sign({ sub: 'ada', nbf: Math.floor(Date.now() / 1000) + 600 })],
    ['has no `sub`', () => sign({ preferred_username: 'ada' })],
    ['has an empty `sub`', () => sign({ sub: '' })],
    ['has a `sub` of more than 255 characters', () => sign({ sub: 'a'.repeat(256) })],
    ['has a `sub` that is no text', () => sign({ sub: 5 as never })],
    ['has an `iss` that is no text', () => sign({ sub: 'ada', iss: 5 as never })],
    ['is unsigned (alg: none)', () => new UnsecuredJWT({ sub: 'ada' }).setExpirationTime('1h').encode()],
    ['is signed with HS384', () => sign({ sub: 'ada' }, { header: { alg: 'HS384' } })],
    ['is signed with HS512', () => sign({ sub: 'ada' }, { header: { alg: 'HS512' } })],
    [
      'is signed with another key',
      () => sign({ sub: 'ada' }, { key: new TextEncoder().encode('x'.repeat(32)) }),
    ],
    ['is garbage', () => 'garbage'],
    ['is garbage in three parts', () => 'a.b.c'],
    ['is empty', () => ''],
    ['has lost its signature', async () => (await sign({ sub: 'ada' })).replace(/[^.]+$/, '')],
    [
      'has been changed',
      async () => {
        const [header, , signature] = (await sign({ sub: 'ada' })).split('.');
        const claims = Buffer.from(JSON.stringify({ sub: 'bob', exp: 9_999_999_999 })).toString('base64url');
        return `${header}.${claims}.${signature}`;
      },
    ],
    [
      'asks for an extension that is unknown here (crit)',
      async () => {
        const header = { alg: 'HS256', crit: ['https://unknown.example'], 'https://unknown.example': 1 };
        const [, claims, signature] = (await sign({ sub: 'ada' })).split('.');
        return `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${claims}.${signature}`;
      },
    ],
  ])('is refused when it %s', async (_name, token) => {
    await expectRefused(kith, await asBearer(token()));
  });

  it('is refused, not an unexpected error, when its `sub` cannot be stored (NUL, half of a surrogate pair)', async () => {
    await expectRefused(kith, await asBearer(sign({ sub: 'a\0da' })));
    await expectRefused(kith, await asBearer(sign({ sub: 'ada\ud800' })));
  });
});

describe('an Authorization header', () => {
  it.each<[string, () => HeadersInit | Promise<HeadersInit>]>([
    ['of another scheme', () => ({ authorization: 'Basic YWRhOnNlY3JldA==' })],
    ['with the scheme alone', () => ({ authorization: 'Bearer' })],
    ['that is empty', () => ({ authorization: '' })],
    ['with a token without a scheme', async () => ({ authorization: await kith.token('ada') })],
    [
      'with two schemes',
      async () => ({ authorization: `Bearer ${await kith.token('ada')}, Basic YWRhOmFkYQ==` }),
    ],
    [
      'that is there twice',
      async () => [
        ['authorization', `Bearer ${await kith.token('ada')}`],
        ['authorization', `Bearer ${await kith.token('bob')}`],
      ],
    ],
    [
      'with something behind the token',
      async () => ({ authorization: `Bearer ${await kith.token('ada')} x` }),
    ],
  ])('%s is refused and never anonymous', async (_name, headers) => {
    await expectRefused(kith, await headers());
  });

  it('that is not there is anonymous: `viewer` is null', async () => {
    expect(await kith.query('{ viewer { id } }')).toEqual({ viewer: null });
  });
});

describe('with AUTH_ISSUER and AUTH_AUDIENCE beside the secret', () => {
  const strict = useTestApp({
    auth: { kind: 'secret', secret: testSecret, issuer: 'https://issuer.test', audience: 'kith' },
  });
  const good = { sub: 'ada', iss: 'https://issuer.test', aud: 'kith' };

  it('a token of that issuer for that audience is accepted, also where it is for others as well', async () => {
    await expectAccepted(strict, await asBearer(sign(good)));
    await expectAccepted(strict, await asBearer(sign({ ...good, aud: ['other', 'kith'] })));
  });

  it.each<[string, JWTPayload]>([
    ['of another issuer', { ...good, iss: 'https://other.test' }],
    ['of that issuer with a slash more', { ...good, iss: 'https://issuer.test/' }],
    ['without an issuer', { sub: 'ada', aud: 'kith' }],
    ['for another audience', { ...good, aud: 'other' }],
    ['for no audience', { sub: 'ada', iss: good.iss }],
  ])('a token %s is refused', async (_name, claims) => {
    await expectRefused(strict, await asBearer(sign(claims)));
  });
});

describe('identities', () => {
  it('a missing `iss` counts as ""; the same subject of two issuers is two people', async () => {
    const without = await viewerOf(kith, sign({ sub: 'twin' }));
    expect(await viewerOf(kith, sign({ sub: 'twin', iss: '' }))).toEqual(without);
    expect((await viewerOf(kith, sign({ sub: 'twin', iss: 'https://a.test' }))).user.id).not.toBe(
      without.user.id,
    );
  });

  it('issuer and subject are told apart wherever one ends and the other begins', async () => {
    const one = await viewerOf(kith, sign({ iss: 'a\nb', sub: 'c' }));
    const other = await viewerOf(kith, sign({ iss: 'a', sub: 'b\nc' }));
    expect(one.user.id).not.toBe(other.user.id);
  });

  it('a subject in another case is another person', async () => {
    const one = await viewerOf(kith, sign({ sub: 'Case' }));
    expect((await viewerOf(kith, sign({ sub: 'case' }))).user.id).not.toBe(one.user.id);
  });
});

interface Provider {
  url: string;
  state: 'up' | 'unreachable' | 'failing' | 'not JSON' | 'silent';
  close: () => Promise<void>;
}

const rsa = await generateKeyPair('RS256', { extractable: true });
const ec = await generateKeyPair('ES256', { extractable: true });
const rsaJwk = { ...(await exportJWK(rsa.publicKey)), kid: 'rsa', alg: 'RS256', use: 'sig' };
const ecJwk = { ...(await exportJWK(ec.publicKey)), kid: 'ec', alg: 'ES256', use: 'sig' };

/** An OpenID Connect provider, as far as Kith knows of it: its published keys. */
async function startProvider(): Promise<Provider> {
  const server = createServer((request, response) => {
    switch (provider.state) {
      case 'up':
        response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [rsaJwk, ecJwk] }));
        break;
      case 'failing':
        response.writeHead(500).end('broken');
        break;
      case 'not JSON':
        response.setHeader('content-type', 'text/html').end('<html>Sign in to the hotel’s network</html>');
        break;
      case 'unreachable':
        request.socket.destroy();
        break;
      case 'silent':
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const provider: Provider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    state: 'unreachable',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return provider;
}
const provider = await startProvider();
afterAll(() => provider.close());

describe('with a provider’s published keys (JWKS)', () => {
  const issuer = 'https://provider.test/';
  const oidc = useTestApp({ auth: { kind: 'jwks', url: provider.url, issuer, audience: 'kith' } });
  const claims = { sub: 'ada', iss: issuer, aud: 'kith', preferred_username: 'ada' };
  const byRsa: Signing = { key: rsa.privateKey, header: { alg: 'RS256', kid: 'rsa' } };
  const byEc: Signing = { key: ec.privateKey, header: { alg: 'ES256', kid: 'ec' } };

  // Keys are kept once they are known, so these come before the provider is up.
  it.each(['unreachable', 'failing', 'not JSON', 'silent'] as const)(
    'nobody is anonymous, and nothing is told of it, while the provider is %s',
    async (state) => {
      provider.state = state;
      const response = await oidc.send(publicQuery, { headers: await asBearer(sign(claims, byRsa)) });
      expect(response.data).toBeNull();
      // It says nothing of the token: with a 401 clients would sign their people out.
      expect(response.status).toBe(500);
      expect(response.errors.map(({ extensions }) => extensions?.code)).toEqual(['INTERNAL_SERVER_ERROR']);
      expect(JSON.stringify(response.errors)).not.toMatch(internals);
      provider.state = 'up';
    },
  );

  it('anonymous requests are answered without asking the provider', async () => {
    expect(await oidc.query(publicQuery)).toEqual({ community: { name: 'Kith' } });
  });

  it('a token signed with RS256 or ES256 is accepted', async () => {
    await expectAccepted(oidc, await asBearer(sign(claims, byRsa)));
    await expectAccepted(oidc, await asBearer(sign(claims, byEc)));
  });

  it('the same subject is the same person whichever key signed', async () => {
    expect(await viewerOf(oidc, sign(claims, byRsa))).toEqual(await viewerOf(oidc, sign(claims, byEc)));
  });

  it('a token without `scope` may read, and `profile`, and change nothing', async () => {
    const headers = await asBearer(sign(claims, byRsa));
    const { viewer } = await oidc.query('{ viewer { scopes user { id } } }', { headers });
    expect(viewer.scopes).toEqual([
      'public:read',
      'profile',
      'profile:read_private',
      'contacts:read',
      'private:read',
    ]);
    const { errors } = await oidc.send(
      'mutation { updateProfile(input: { displayName: "x" }) { userErrors { code } } }',
      { headers },
    );
    expect(errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', requiredScope: 'profile:modify' });
  });

  it('a token with `scope` has what it says', async () => {
    const token = sign({ ...claims, scope: 'openid profile profile:read_private notifications' }, byRsa);
    expect((await viewerOf(oidc, token)).scopes).toEqual([
      'public:read',
      'profile',
      'profile:read_private',
      'notifications',
    ]);
  });

  it.each<[string, () => string | Promise<string>]>([
    [
      'signed with HS256 and the public key’s PEM text',
      async () => {
        const pem = await exportSPKI(rsa.publicKey);
        return sign(claims, { key: new TextEncoder().encode(pem), header: { alg: 'HS256', kid: 'rsa' } });
      },
    ],
    [
      'signed with HS256 and the public key’s JWK text',
      () =>
        sign(claims, {
          key: new TextEncoder().encode(JSON.stringify(rsaJwk)),
          header: { alg: 'HS256', kid: 'rsa' },
        }),
    ],
    [
      'signed with HS256 and the public key’s modulus',
      () =>
        sign(claims, {
          key: Buffer.from(String(rsaJwk.n), 'base64url'),
          header: { alg: 'HS256', kid: 'rsa' },
        }),
    ],
    ['signed with HS256 and any key', () => sign(claims)],
    ['that is unsigned', () => new UnsecuredJWT(claims).setExpirationTime('1h').encode()],
    ['of another issuer', () => sign({ ...claims, iss: 'https://other.test' }, byRsa)],
    ['without an issuer', () => sign({ sub: 'ada', aud: 'kith' }, byRsa)],
    ['for another audience', () => sign({ ...claims, aud: 'other' }, byRsa)],
    ['without `exp`', () => sign(claims, { ...byRsa, expires: null })],
    ['that has expired', () => sign(claims, { ...byRsa, expires: Math.floor(Date.now() / 1000) - 60 })],
    ['with an unknown kid', () => sign(claims, { ...byRsa, header: { alg: 'RS256', kid: 'unknown' } })],
    [
      'signed by another key under a known kid',
      async () => {
        const { privateKey } = await generateKeyPair('RS256');
        return sign(claims, { key: privateKey, header: { alg: 'RS256', kid: 'rsa' } });
      },
    ],
    [
      'that brings its own key (jwk)',
      async () => {
        const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
        const jwk = await exportJWK(publicKey);
        return sign(claims, { key: privateKey, header: { alg: 'RS256', kid: 'rsa', jwk } });
      },
    ],
    [
      'that says where its key is (jku)',
      async () => {
        const { privateKey } = await generateKeyPair('RS256');
        return sign(claims, { key: privateKey, header: { alg: 'RS256', kid: 'other', jku: provider.url } });
      },
    ],
  ])('a token %s is refused', async (_name, token) => {
    await expectRefused(oidc, await asBearer(token()));
  });
});

describe('scopes', () => {
  it('`viewer.scopes` needs none, and says what the token allows', async () => {
    const { viewer } = await kith.query('{ viewer { id scopes } }', { as: 'ada', scope: '' });
    expect(viewer.scopes).toEqual(['public:read']);
  });

  it('a token without `scope` that was signed with the secret has all', async () => {
    expect((await viewerOf(kith, sign({ sub: 'ada' }))).scopes).toEqual([...scopes]);
  });

  it('unknown scopes mean nothing', async () => {
    const { viewer } = await kith.query('{ viewer { scopes } }', {
      as: 'ada',
      scope: 'admin * all rooms profile,rooms',
    });
    expect(viewer.scopes).toEqual(['public:read', 'rooms']);
  });

  it.each<[string, unknown]>([
    ['a list', ['profile']],
    ['null', null],
    ['a number', 1],
    ['an object', { profile: true }],
    ['false', false],
  ])('a `scope` claim that is %s gives no more than it says', async (_name, scope) => {
    const { data } = await kith.send('{ viewer { scopes } }', {
      headers: await asBearer(sign({ sub: 'ada', scope })),
    });
    const allowed: string[] = data?.viewer.scopes ?? [];
    expect(allowed).not.toContain('contacts:modify');
    expect(allowed).not.toContain('profile:read_private');
  });

  /** Domain rule 5, for what there is so far. */
  const needs: Record<string, string> = {
    'Viewer.user': 'profile',
    'Viewer.timezone': 'profile',
    'Viewer.isAdmin': 'profile',
    'Viewer.email': 'profile:read_private',
    'Viewer.emailVerified': 'profile:read_private',
    'Viewer.position': 'profile:read_private',
    'Viewer.settings': 'profile:read_private',
    'Viewer.accounts': 'profile:read_private',
    'Viewer.exports': 'profile:read_private',
    'Mutation.exportAccount': 'profile:read_private',
    'Viewer.members': 'profile',
    'Viewer.prideFlags': 'profile',
    'Viewer.lastSidRerollAt': 'profile',
    'Viewer.canRerollSidAt': 'profile',
    'Viewer.connectionRequests': 'contacts:read',
    'Viewer.aspects': 'contacts:read',
    'Viewer.blockedUsers': 'contacts:read',
    'Viewer.hiddenUsers': 'contacts:read',
    'Viewer.notifications': 'notifications',
    'Viewer.unseen': 'notifications',
    'Mutation.markNotificationsSeen': 'notifications',
    'Viewer.rooms': 'rooms',
    'Viewer.roomInvitations': 'rooms',
    ...Object.fromEntries(
      [
        'createRoom',
        'updateRoom',
        'deleteRoom',
        'joinRoom',
        'leaveRoom',
        'acceptRoomInvite',
        'declineRoomInvite',
        'inviteToRoom',
        'removeRoomMember',
        'setRoomRole',
      ].map((name) => [`Mutation.${name}`, 'rooms']),
    ),
    'Mutation.updateProfile': 'profile:modify',
    'Mutation.updateSettings': 'profile:modify',
    'Mutation.deleteAccount': 'profile:modify',
    ...Object.fromEntries(
      [
        'rerollSid',
        'createMember',
        'updateMember',
        'deleteMember',
        'createPrideFlag',
        'updatePrideFlag',
        'deletePrideFlag',
        'updateAccount',
      ].map((name) => [`Mutation.${name}`, 'profile:modify']),
    ),
    ...Object.fromEntries(
      ['createAspect', 'renameAspect', 'deleteAspect', 'addToAspect', 'removeFromAspect'].map((name) => [
        `Mutation.${name}`,
        'contacts:modify',
      ]),
    ),
    'Mutation.followUser': 'contacts:modify',
    'Mutation.unfollowUser': 'contacts:modify',
    'Mutation.removeFollower': 'contacts:modify',
    ...Object.fromEntries(
      [
        'requestConnection',
        'cancelConnectionRequest',
        'acceptConnection',
        'rejectConnection',
        'cancelConnectionRejection',
        'removeConnection',
      ].map((name) => [`Mutation.${name}`, 'contacts:modify']),
    ),
    'Mutation.markConnectionRequestsSeen': 'interactions',
    'Mutation.blockUser': 'contacts:modify',
    'Mutation.unblockUser': 'contacts:modify',
    'Mutation.hideUser': 'contacts:modify',
    'Mutation.unhideUser': 'contacts:modify',
    ...Object.fromEntries(
      ['createPost', 'updatePost', 'deletePost', 'closePoll', 'updateComment', 'deleteComment'].map(
        (name) => [`Mutation.${name}`, byVisibility],
      ),
    ),
    'Mutation.resharePost': 'public:modify',
    ...Object.fromEntries(
      [
        'likePost',
        'unlikePost',
        'subscribeToPost',
        'unsubscribeFromPost',
        'markPostsSeen',
        'votePoll',
        'addComment',
        'followCategory',
        'unfollowCategory',
      ].map((name) => [`Mutation.${name}`, 'interactions']),
    ),
  };
  it('a token without `profile` sees of its own person what everybody sees', async () => {
    await kith.mutate('updateProfile', { bio: 'Mine', birthday: '1990-01-01' }, 'shy');
    await kith.mutate(
      'updateSettings',
      { privacy: { profileVisibility: 'CONTACTS', memberListPrivate: true } },
      'shy',
    );
    const { member } = await kith.mutate(
      'createMember',
      { name: 'Within', isUnlisted: true },
      'shy',
      'member { id }',
    );
    const flag = { name: 'Unshown', image: { base64: onePixel } };
    const { id } = (await kith.mutate('createPrideFlag', flag, 'shy', 'flag { id }')).flag;
    const document = `{ user(by: { username: "shy" }) { bio bioHtml birthday members { totalCount nodes { id } } }
      byName: member(by: { name: { username: "shy", member: "Within" } }) { id }
      member(by: { id: "${member.id}" }) { isUnlisted } flag: node(id: "${id}") { id } }`;
    const nothing = {
      user: { bio: null, bioHtml: null, birthday: null, members: { totalCount: 0, nodes: [] } },
      byName: null,
      member: { isUnlisted: null },
      flag: null,
    };
    expect(await kith.query(document)).toEqual(nothing);
    expect(await kith.query(document, { as: 'shy', scope: 'contacts:read' })).toEqual(nothing);
    expect(await kith.query(document, { as: 'shy', scope: 'profile' })).toMatchObject({
      user: { bio: 'Mine', members: { totalCount: 1, nodes: [{ id: member.id }] } },
      byName: { id: member.id },
      member: { isUnlisted: true },
      flag: { id },
    });
  });

  it('a payload shows settings to whom they may be read by, and to nobody else', async () => {
    const { data, errors } = await kith.send(
      'mutation { updateSettings(input: {}) { settings { privacy { nsfw } } userErrors { code } } }',
      { as: 'ada', scope: 'profile:modify' },
    );
    expect(data).toEqual({ updateSettings: { settings: null, userErrors: [] } });
    expect(errors[0]?.extensions).toEqual({ code: 'FORBIDDEN', requiredScope: 'profile:read_private' });
  });

  /** What of a viewer every token may read. */
  const free = ['Viewer.feed', 'Viewer.id', 'Viewer.scopes'];

  const guarded = [...viewerFields(), ...mutations()];

  it('every field of Viewer and every mutation says which scope it needs, and it is the one of the rules', () => {
    const said = Object.fromEntries(guarded.map(({ coordinate, scope }) => [coordinate, scope]));
    expect(said).toMatchObject(needs);
    expect(guarded.filter(({ scope }) => scope === undefined).map(({ coordinate }) => coordinate)).toEqual(
      free,
    );
  });

  it.each(guarded.filter(({ scope }) => scope !== undefined && scope !== byVisibility))(
    '$coordinate without $scope is FORBIDDEN, with requiredScope',
    async ({ document, scope }) => {
      const others = scopes.filter((other) => other !== scope).join(' ');
      const answer = await kith.send(document, { as: 'ada', scope: others });
      expect(answer.errors.map(({ extensions }) => extensions)).toEqual([
        { code: 'FORBIDDEN', requiredScope: scope },
      ]);
    },
  );

  describe('of a post’s visibility', () => {
    /** A post of Ada's that only some may see, or everybody, with a poll and a comment: what each mutation takes. */
    const inputs = async (visibility: string): Promise<Record<string, object>> => {
      const poll = { question: 'Which?', choices: ['One', 'Other'] };
      const { post } = await kith.mutate(
        'createPost',
        { visibility, poll },
        'ada',
        'post { id poll { id } }',
      );
      const said = { postId: post.id, body: 'So' };
      const { comment } = await kith.mutate('addComment', said, 'ada', 'comment { id }');
      return {
        createPost: { visibility, body: 'Allowed' },
        updatePost: { postId: post.id, body: 'Allowed' },
        closePoll: { pollId: post.poll.id },
        updateComment: { commentId: comment.id, body: 'Allowed' },
        deleteComment: { commentId: comment.id },
        deletePost: { postId: post.id },
      };
    };
    const send = (name: string, input: object | undefined, scope: string) =>
      kith.send(
        `mutation ($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { userErrors { code } } }`,
        { as: 'ada', scope, variables: { input } },
      );
    const names = mutations().flatMap(({ coordinate, scope }) =>
      scope === byVisibility ? [coordinate.replace('Mutation.', '')] : [],
    );
    const state = () =>
      kith.query(
        `{ user(by: { username: "ada" }) { posts(first: 100) { nodes { body updatedAt poll { isClosed } comments { nodes { body } } } } } }`,
        { as: 'ada' },
      );

    it.each(
      names.flatMap((name) => [
        { name, visibility: 'PUBLIC', needed: 'public:modify' },
        { name, visibility: 'FOLLOWERS', needed: 'private:modify' },
        { name, visibility: 'CONNECTIONS', needed: 'private:modify' },
      ]),
    )(
      '$name, $visibility: needs $needed, and nothing else to write',
      async ({ name, visibility, needed }) => {
        const input = (await inputs(visibility))[name];
        const before = await state();
        const refused = await send(name, input, scopes.filter((other) => other !== needed).join(' '));
        expect(refused.errors.map(({ extensions }) => extensions)).toEqual([
          { code: 'FORBIDDEN', requiredScope: needed },
        ]);
        expect(await state()).toEqual(before);
        const done = await send(name, input, `private:read ${needed}`);
        expect(done.errors).toEqual([]);
        expect(done.data).toEqual({ [name]: { userErrors: [] } });
        expect(await state()).not.toEqual(before);
      },
    );
  });

  it.each(mutations())('$coordinate without a token is UNAUTHENTICATED', async ({ document }) => {
    const { errors } = await kith.send(document);
    expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['UNAUTHENTICATED']);
  });

  it('a mutation’s payload shows no more of the viewer than the token allows', async () => {
    const bob = await kith.idOf('bob');
    const { errors } = await kith.send(
      `mutation { hideUser(input: { userId: "${bob}" }) { viewer { email } } }`,
      { as: 'ada', scope: 'contacts:modify' },
    );
    expect(errors[0]?.extensions).toEqual({ code: 'FORBIDDEN', requiredScope: 'profile:read_private' });
  });
});

interface Guarded {
  coordinate: string;
  scope: string | undefined;
  document: string;
}

/** What mutations of a post say of the scope they need. */
const byVisibility = 'public:modify` where the post is PUBLIC, else `private:modify';

const scopeIn = (description: string | null | undefined) =>
  /Needs the scope `(.+)`\.$/.exec(description ?? '')?.[1];

/** Each field of Viewer, with a document that asks for it. */
function viewerFields(): Guarded[] {
  const type = schema.getType('Viewer');
  if (!type || !('getFields' in type)) throw new Error('The schema has no type Viewer.');
  return Object.values(type.getFields()).map((field) => ({
    coordinate: `Viewer.${field.name}`,
    scope: scopeIn(field.description),
    document: `{ viewer { ${field.name} ${isLeafType(getNamedType(field.type)) ? '' : '{ __typename }'} } }`,
  }));
}

/** A value of each type that an input field must have; text for those that are not here. */
const anyOf: Record<string, string> = {
  '[ID!]!': '["x"]',
  'Boolean!': 'true',
  'ImageInput!': '{ base64: "x" }',
  'AccountProvider!': 'DIASPORA',
  'RoomKind!': 'GROUP',
  'RoomRole!': 'ADMIN',
  'PostVisibility!': 'PUBLIC',
};

/** Each mutation, with a document that runs it on nothing: the right to it is asked for first. */
function mutations(): Guarded[] {
  return Object.values(schema.getMutationType()?.getFields() ?? {}).map((field) => {
    const input = getNamedType(field.args[0]?.type);
    if (!isInputObjectType(input)) throw new Error(`${field.name} takes no input.`);
    const required = Object.values(input.getFields()).filter(({ type }) => isNonNullType(type));
    const values = required.map(({ name, type }) => `${name}: ${anyOf[String(type)] ?? '"x"'}`);
    return {
      coordinate: `Mutation.${field.name}`,
      scope: scopeIn(field.description),
      document: `mutation { ${field.name}(input: { ${values.join(', ')} }) { __typename } }`,
    };
  });
}

describe('a suspended account', () => {
  it('is answered with a top-level FORBIDDEN, is not found by others, and is back after its restoration', async () => {
    const id = await kith.idOf('sue');
    await setStatus(kith, 'sue', 'SUSPENDED');
    for (const document of [publicQuery, 'mutation { updateProfile(input: {}) { userErrors { code } } }']) {
      const answer = await kith.send(document, { as: 'sue' });
      expect(answer.errors.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN']);
      expect(answer.data).toBeNull();
    }
    const find = `{ user(by: { username: "sue" }) { id } node(id: "${id}") { id } }`;
    expect(await kith.query(find)).toEqual({ user: null, node: null });
    await setStatus(kith, 'sue', 'ACTIVE');
    expect(await kith.query(find, { as: 'sue' })).toEqual({ user: { id }, node: { id } });
  });
});

describe('a deleted account', () => {
  it('answers 401 from then on, and its tokens never make a new one', async () => {
    const { user } = await viewerOf(kith, kith.token('gone'));
    await kith.mutate('deleteAccount', { username: 'gone' }, 'gone');
    const before = await kith.query('{ users { totalCount } }');
    await expectRefused(kith, await asBearer(kith.token('gone')));
    await expectRefused(kith, await asBearer(sign({ sub: 'gone', preferred_username: 'somebody-new' })));
    expect(await kith.query('{ users { totalCount } }')).toEqual(before);
    expect(
      await kith.query(`{ user(by: { id: "${user.id}" }) { id } node(id: "${user.id}") { id } }`),
    ).toEqual({
      user: null,
      node: null,
    });
  });

  it('leaves its username TAKEN, in any case, and not given to new accounts', async () => {
    await kith.idOf('Leaver');
    await kith.mutate('deleteAccount', { username: 'leaver' }, 'Leaver');
    expect(await kith.query('{ user(by: { username: "leaver" }) { id } }')).toEqual({ user: null });
    const { userErrors } = await kith.mutate('updateProfile', { username: 'LEAVER' }, 'ada');
    expect(userErrors).toMatchObject([{ code: 'TAKEN', path: ['username'] }]);
    const { user } = await viewerOf(kith, sign({ sub: 'another', preferred_username: 'leaver' }));
    expect(user.username).toBe('leaver-2');
  });

  it('leaves its sid reserved', async () => {
    const { user } = await viewerOf(kith, kith.token('reserver'));
    await kith.mutate('deleteAccount', { username: 'reserver' }, 'reserver');
    await kith.idOf('heir');
    // No mutation takes a sid, so the claim is tried where all of them would meet it.
    await expect(
      kith.database.db.execute(sql`UPDATE users SET sid = ${user.sid} WHERE username_key = 'heir'`),
    ).rejects.toMatchObject({ cause: { message: expect.stringContaining('claims_pkey') } });
    expect(await kith.query(`{ user(by: { sid: "${user.sid}" }) { id } }`)).toEqual({ user: null });
  });

  it('does nothing more in the rest of the document that deleted it, and says so', async () => {
    const bob = await kith.idOf('bob');
    await kith.idOf('mayfly');
    const before = (await kith.query('{ user(by: { username: "bob" }) { stats { followers } } }')).user;
    const rest = {
      followUser: `followUser(input: { userId: "${bob}" })`,
      hideUser: `hideUser(input: { userId: "${bob}" })`,
      blockUser: `blockUser(input: { userId: "${bob}" })`,
      updateProfile: 'updateProfile(input: { displayName: "x" })',
      updateSettings: 'updateSettings(input: { privacy: { nsfw: true } })',
    };
    const { data, errors } = await kith.send(
      `mutation { deleteAccount(input: { username: "mayfly" }) { userErrors { code } }
        ${Object.values(rest)
          .map((call) => `${call} { userErrors { code } }`)
          .join(' ')} }`,
      { as: 'mayfly' },
    );
    expect(data.deleteAccount).toEqual({ userErrors: [] });
    for (const name of Object.keys(rest)) {
      const error = errors.find(({ path }) => path?.[0] === name);
      const codes = data[name]?.userErrors.map(({ code }: { code: string }) => code) ?? [];
      const code = error?.extensions?.code ?? codes[0];
      expect.soft(code, `${name}: not done, and said so`).toBeDefined();
      expect.soft(['INTERNAL_SERVER_ERROR', 'ALREADY_EXISTS'], name).not.toContain(code);
    }
    expect((await kith.query('{ user(by: { username: "bob" }) { stats { followers } } }')).user).toEqual(
      before,
    );
  });
});

describe('with REQUIRE_APPROVAL', () => {
  const approving = useTestApp({ env: { REQUIRE_APPROVAL: 'true' } });
  // What they change is their own; what came to them is, too; and categories are nobody's.
  const towardsNobody = [
    'Mutation.exportAccount',
    'Mutation.markConnectionRequestsSeen',
    'Mutation.markNotificationsSeen',
    'Mutation.followCategory',
    'Mutation.unfollowCategory',
  ];
  const own = mutations().flatMap(({ coordinate, scope }) =>
    scope === 'profile:modify' || towardsNobody.includes(coordinate) ? [coordinate] : [],
  );

  it('a new account is PENDING, and reads', async () => {
    const { user } = await viewerOf(approving, approving.token('ada'));
    expect(user.status).toBe('PENDING');
    await approving.idOf('bob');
    expect(
      await approving.query(
        '{ user(by: { username: "bob" }) { username } users { totalCount } viewer { settings { privacy { nsfw } } } }',
        { as: 'ada' },
      ),
    ).toEqual({
      user: { username: 'bob' },
      users: { totalCount: 2 },
      viewer: { settings: { privacy: { nsfw: false } } },
    });
  });

  it('a PENDING account edits itself', async () => {
    expect(await approving.mutate('updateProfile', { tagline: 'Soon' }, 'ada', 'user { tagline }')).toEqual({
      user: { tagline: 'Soon' },
      userErrors: [],
    });
    expect(
      await approving.mutate(
        'updateSettings',
        { privacy: { nsfw: true } },
        'ada',
        'settings { privacy { nsfw } }',
      ),
    ).toEqual({ settings: { privacy: { nsfw: true } }, userErrors: [] });
    await approving.idOf('brief');
    expect(await approving.mutate('deleteAccount', { username: 'brief' }, 'brief')).toEqual({
      userErrors: [],
    });
  });

  it.each(mutations().filter(({ coordinate }) => !own.includes(coordinate)))(
    '$coordinate is FORBIDDEN to a PENDING account',
    async ({ document }) => {
      const { errors } = await approving.send(document, { as: 'ada' });
      expect(errors.map(({ extensions }) => extensions)).toEqual([{ code: 'FORBIDDEN' }]);
    },
  );

  it('an approved account does what others do', async () => {
    const ada = await approving.idOf('ada');
    await approving.idOf('carol');
    await setStatus(approving, 'carol', 'ACTIVE');
    expect(await approving.mutate('followUser', { userId: ada }, 'carol')).toEqual({ userErrors: [] });
  });
});

describe('the account of an identity that is seen for the first time', () => {
  const account = async (claims: JWTPayload) => await viewerOf(kith, sign(claims));

  it('has the preferred username, without the characters that are not allowed', async () => {
    const { user } = await account({ sub: 'n1', preferred_username: ' Zoë Müller/"42"\0😀 ' });
    expect(user.username).toBe('ZoMller42');
  });

  it('gets -2, -3, … where the username is taken in any case', async () => {
    const names = [];
    for (const [i, preferred_username] of ['Grace', 'grace', 'GRACE'].entries()) {
      names.push((await account({ sub: `grace ${i}`, preferred_username })).user.username);
    }
    expect(names).toEqual(['Grace', 'grace-2', 'GRACE-3']);
  });

  it('gets -2 where the username is reserved, in any case', async () => {
    expect((await account({ sub: 'r1', preferred_username: 'Admin' })).user.username).toBe('Admin-2');
    expect((await account({ sub: 'r2', preferred_username: '..' })).user.username).toBe('..-2');
  });

  it('has a username of at most 40 characters, its suffix included', async () => {
    const long = 'l'.repeat(60);
    expect((await account({ sub: 'l1', preferred_username: long })).user.username).toBe('l'.repeat(40));
    expect((await account({ sub: 'l2', preferred_username: long })).user.username).toBe(
      `${'l'.repeat(38)}-2`,
    );
  });

  it.each<[string, JWTPayload]>([
    ['none is preferred', {}],
    ['nothing usable is preferred', { preferred_username: '名前' }],
    ['too little is left of it', { preferred_username: 'é1' }],
    ['the preferred one is no text', { preferred_username: 7 }],
  ])('has user- and the sid as its username where %s', async (name, claims) => {
    const { user } = await account({ sub: name, ...claims });
    expect(user.sid).toMatch(/^[a-z]{5}$/);
    expect(user.username).toBe(`user-${user.sid}`);
  });

  it('has `name` as its display name, cut to 100 code points and without control characters', async () => {
    expect((await account({ sub: 'd1', name: '  Ada\n Okonkwo ' })).user.displayName).toBe('Ada Okonkwo');
    expect((await account({ sub: 'd2', name: '😀'.repeat(101) })).user.displayName).toBe('😀'.repeat(100));
    expect((await account({ sub: 'd3', name: ' \n ' })).user.displayName).toBeNull();
    expect((await account({ sub: 'd4' })).user.displayName).toBeNull();
  });

  it('has `email` and `email_verified`, which is false unless it says true', async () => {
    expect(await account({ sub: 'e1', email: 'e1@mail.test', email_verified: true })).toMatchObject({
      email: 'e1@mail.test',
      emailVerified: true,
    });
    expect(await account({ sub: 'e2', email: 'e2@mail.test' })).toMatchObject({ emailVerified: false });
    expect(await account({ sub: 'e3', email: 'e3@mail.test', email_verified: 'true' })).toMatchObject({
      email: 'e3@mail.test',
      emailVerified: false,
    });
    expect(await account({ sub: 'e4' })).toMatchObject({ email: null, emailVerified: false });
  });

  it('is made also where `email` is no text that can be stored', async () => {
    const { status } = await kith.send(whoami, {
      headers: await asBearer(sign({ sub: 'e5', email: 'e\0@mail.test' })),
    });
    expect(status).toBe(200);
  });

  it.each([
    ['a name', { client_name: 'Pen and paper' }, 'Pen and paper'],
    ['an authorized party', { azp: 'pen' }, 'pen'],
    ['nothing that can be stored', { client_name: 'Pen\0' }, null],
    ['nothing that is a name', { client_name: 'x'.repeat(256) }, null],
    ['nothing', {}, null],
  ])('writes posts also where its token has of the application %s', async (name, claims, provider) => {
    const { data, errors } = await kith.send(
      'mutation { createPost(input: { visibility: PUBLIC, body: "Hello" }) { post { provider } userErrors { code } } }',
      { headers: await asBearer(sign({ sub: `app ${name}`, ...claims })) },
    );
    expect(errors).toEqual([]);
    expect(data.createPost).toEqual({ post: { provider }, userErrors: [] });
  });

  it('is made once, however many requests come at once', async () => {
    const token = sign({ sub: 'rush', preferred_username: 'rush' });
    const people = await Promise.all(Array.from({ length: 8 }, () => viewerOf(kith, token)));
    expect(new Set(people.map(({ user }) => user.id)).size).toBe(1);
    expect(people[0].user.username).toBe('rush');
  });

  it('keeps its username and name when later tokens say otherwise', async () => {
    const first = await account({ sub: 'k1', preferred_username: 'keeper', name: 'Keeper' });
    expect(await account({ sub: 'k1', preferred_username: 'other', name: 'Other' })).toEqual(first);
  });
});

describe('npm run token', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const run = async (args: string[], env: Record<string, string> = { AUTH_SECRET: testSecret }) => {
    try {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, ['src/cli/token.ts', ...args], {
        cwd: root,
        env,
      });
      return { code: 0, stdout: stdout.trim(), stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, stdout: stdout.trim(), stderr };
    }
  };

  it('prints a token that works, with all scopes', async () => {
    const { code, stdout } = await run(['clive']);
    expect(code).toBe(0);
    const viewer = await viewerOf(kith, stdout);
    expect(viewer).toMatchObject({ scopes: [...scopes], user: { username: 'clive' } });
    expect(await viewerOf(kith, kith.token('clive'))).toEqual(viewer);
  });

  it('--scope limits it, --expires says how long it holds', async () => {
    const { stdout } = await run(['clive', '--scope', 'profile profile:read_private', '--expires', '2h']);
    expect((await viewerOf(kith, stdout)).scopes).toEqual(['public:read', 'profile', 'profile:read_private']);
    const claims = JSON.parse(Buffer.from(stdout.split('.')[1] ?? '', 'base64url').toString());
    expect(claims.exp - claims.iat).toBe(7_200);
  });

  it.each<[string, string[], Record<string, string>, RegExp]>([
    ['no username', [], { AUTH_SECRET: testSecret }, /Usage: npm run token/],
    ['two usernames', ['ada', 'bob'], { AUTH_SECRET: testSecret }, /Usage: npm run token/],
    ['an option that is unknown', ['ada', '--admin'], { AUTH_SECRET: testSecret }, /--admin/],
    [
      'a bad duration',
      ['ada', '--expires', 'soon'],
      { AUTH_SECRET: testSecret },
      /--expires|time period|duration/i,
    ],
    ['a secret that is too short', ['ada'], { AUTH_SECRET: 'short' }, /AUTH_SECRET.*32 bytes/],
    [
      'a provider that signs the tokens',
      ['ada'],
      { AUTH_JWKS_URL: 'https://provider.test/jwks', AUTH_ISSUER: 'x', AUTH_AUDIENCE: 'y' },
      /AUTH_JWKS_URL/,
    ],
  ])('says what is wrong, without a stack, and exits with 1 for %s', async (_name, args, env, message) => {
    const { code, stdout, stderr } = await run(args, env);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
