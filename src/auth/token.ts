import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { AuthConfig, ReadyAuth } from '../config.ts';
import { isStorable } from '../db/text.ts';
import { parseScopes, readingScopes, type Scope, scopes } from './scopes.ts';

/** What a valid token says of who is behind it. */
export interface Identity {
  /** The `iss` claim; "" where the token has none. */
  issuer: string;
  subject: string;
  scopes: readonly Scope[];
  expiresAt: Date;
  /** The application the token was given to: `client_name`, else `azp`. */
  client: string | null;
  profile: { username: string | null; name: string | null; email: string | null; emailVerified: boolean };
}

/** A token that is not good; the message says why, in terms of the token and nothing else. */
export class TokenError extends Error {
  override readonly name = 'TokenError';
}

export type VerifyToken = (token: string) => Promise<Identity>;

const asymmetric = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** Clocks of two machines may differ by so many seconds. */
const clockTolerance = 5;

/** Text, or nothing: these claims only suggest what a new account starts with. */
const text = z.string().trim().min(1).nullable().catch(null).default(null);
/** The same where it is kept as it is. */
const kept = text.transform((value) =>
  value !== null && value.length <= 255 && isStorable(value) ? value : null,
);
const claimsShape = z.object({
  iss: z.string().max(500).refine(isStorable).default(''),
  sub: z.string().min(1).max(255).refine(isStorable),
  exp: z.number(),
  scope: z.string().optional(),
  client_name: kept,
  azp: kept,
  preferred_username: text,
  name: text,
  email: kept,
  email_verified: z.boolean().catch(false).default(false),
});

/**
 * Makes what checks tokens: against a provider's published keys (asymmetric algorithms, issuer and audience), or
 * against the secret (HS256 only). `exp` is required by both.
 * @returns a function that throws TokenError for any token that is not good.
 */
export function createTokenVerifier(auth: ReadyAuth): VerifyToken {
  const required = ['exp', 'sub'];
  if (auth.kind === 'jwks') {
    const keys = createRemoteJWKSet(new URL(auth.url), { timeoutDuration: 5_000 });
    const options = {
      algorithms: asymmetric,
      issuer: auth.issuer,
      audience: auth.audience,
      requiredClaims: required,
      clockTolerance,
    };
    return remembered((token) =>
      verify(() => jwtVerify(token, keys as JWTVerifyGetKey, options), readingScopes),
    );
  }
  const key = new TextEncoder().encode(auth.secret);
  const options = {
    algorithms: ['HS256'],
    requiredClaims: required,
    clockTolerance,
    ...(auth.issuer === null ? {} : { issuer: auth.issuer }),
    ...(auth.audience === null ? {} : { audience: auth.audience }),
  };
  return remembered((token) => verify(() => jwtVerify(token, key, options), scopes));
}

/** How long a token that was found good is not checked again, in milliseconds: a key that is withdrawn counts as long. */
const rememberedFor = 60_000;
/** Characters of tokens that are remembered. */
const rememberedSize = 4 * 1024 * 1024;

/** Checks a token once for the many requests that come with it. Those that are not good are checked each time. */
function remembered(check: VerifyToken): VerifyToken {
  const known = new LRUCache<string, Identity>({
    maxSize: rememberedSize,
    sizeCalculation: (_identity, token) => token.length,
    ttl: rememberedFor,
  });
  return async (token) => {
    const identity = known.get(token);
    if (identity && identity.expiresAt.getTime() > Date.now()) return identity;
    const found = await check(token);
    known.set(token, found);
    return found;
  };
}

async function verify(
  check: () => Promise<{ payload: JWTPayload }>,
  withoutScope: readonly Scope[],
): Promise<Identity> {
  let payload: JWTPayload;
  try {
    ({ payload } = await check());
  } catch (error) {
    throw tokenError(error);
  }
  const claims = claimsShape.safeParse(payload);
  if (!claims.success)
    throw new TokenError(`The token’s claim \`${String(claims.error.issues[0]?.path[0])}\` is not usable.`);
  const c = claims.data;
  return {
    issuer: c.iss,
    subject: c.sub,
    scopes: c.scope === undefined ? withoutScope : parseScopes(c.scope),
    expiresAt: new Date(c.exp * 1000),
    client: c.client_name ?? c.azp,
    profile: {
      username: c.preferred_username,
      name: c.name,
      email: c.email,
      emailVerified: c.email_verified,
    },
  };
}

function tokenError(error: unknown): Error {
  if (error instanceof errors.JWTExpired) return new TokenError('The token has expired.');
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new TokenError(`The token’s claim \`${error.claim}\` is missing or not accepted here.`);
  }
  // The provider answers late, with an error, or with what are no keys: that says nothing about the token.
  if (isProvidersFault(error)) return error;
  if (error instanceof errors.JOSEError)
    return new TokenError('The token is malformed, or not signed by a key that is accepted here.');
  // jose throws TypeError for keys that do not fit the token's algorithm; anything else is the provider being out of reach.
  return error instanceof TypeError && !('cause' in error)
    ? new TokenError('The token is malformed, or not signed by a key that is accepted here.')
    : error instanceof Error
      ? error
      : new Error(String(error));
}

function isProvidersFault(error: unknown): error is Error {
  return (
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    (error instanceof errors.JOSEError && error.code === errors.JOSEError.code)
  );
}

/**
 * A token signed with the secret, as `npm run token` and demo mode give out.
 * @param subject becomes `sub` and `preferred_username`.
 * @param options `scope` as in RFC 8693 (all scopes without it); `expires` as jose writes spans of time: "1h", "30d".
 */
export function signToken(
  auth: { secret: string; issuer: string | null; audience: string | null },
  subject: string,
  options: { scope?: string | undefined; expires: string },
): Promise<string> {
  const jwt = new SignJWT({
    preferred_username: subject,
    ...(options.scope === undefined ? {} : { scope: options.scope }),
  })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(options.expires);
  if (auth.issuer !== null) jwt.setIssuer(auth.issuer);
  if (auth.audience !== null) jwt.setAudience(auth.audience);
  return jwt.sign(new TextEncoder().encode(auth.secret));
}

/**
 * The configuration with a secret in it: the one that is set, else the one kept under the data folder, made at first
 * use and readable by its owner only. Two processes that make it at once end up with the same one.
 */
export function withSecret(auth: AuthConfig, dataDir: string): ReadyAuth {
  if (auth.kind === 'jwks') return auth;
  if (auth.secret !== null) return { ...auth, secret: auth.secret };
  const file = join(dataDir, 'auth-secret');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return { ...auth, secret: readFileSync(file, 'utf8') };
}
