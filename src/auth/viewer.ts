import type { GraphQLError } from 'graphql';
import type { Database } from '../db/client.ts';
import { forbidden, unauthenticated } from '../graphql/errors.ts';
import type { Scope } from './scopes.ts';
import { type Identity, TokenError, type VerifyToken } from './token.ts';

/** The person behind the token. */
export interface Viewer {
  /** The account's id. */
  id: string;
  status: 'ACTIVE' | 'PENDING';
  scopes: ReadonlySet<Scope>;
  /** When the token ends. */
  expiresAt: Date;
  /** The application the token was given to. */
  client: string | null;
  /** How many people they followed or were connected with when the request came. */
  ties: number;
}

/** What is kept of a person for signing in; `deleted` when they have deleted their account. */
export type Account = { id: string; status: 'ACTIVE' | 'PENDING' | 'SUSPENDED'; ties: number } | 'deleted';

/**
 * Finds the account of an identity, or creates it at first sight.
 * @param admit what is asked before it is created; what that throws keeps it from being.
 */
export type FindOrCreateAccount = (db: Database, identity: Identity, admit?: Admit) => Promise<Account>;
export type Admit = () => Promise<void> | undefined;

/**
 * The identity behind a request's `Authorization` header; null without one.
 * @throws UNAUTHENTICATED with HTTP 401 for anything but a good bearer token: it is never treated as anonymous.
 */
export async function authenticate(header: string | null, verify: VerifyToken): Promise<Identity | null> {
  if (header === null) return null;
  const token = /^Bearer +([^\s]+)$/i.exec(header)?.[1];
  if (!token) throw refused('The Authorization header is not of the form `Bearer …`.');
  try {
    return await verify(token);
  } catch (error) {
    if (error instanceof TokenError) throw refused(error.message);
    throw error;
  }
}

/**
 * The viewer of an identity, whose account is made at first sight.
 * @throws UNAUTHENTICATED with HTTP 401 for a deleted account, FORBIDDEN for a suspended one.
 */
export async function viewerOf(
  db: Database,
  identity: Identity,
  findOrCreate: FindOrCreateAccount,
  admit: Admit,
): Promise<Viewer> {
  const account = await findOrCreate(db, identity, admit);
  if (account === 'deleted') throw refused('The account of this token has been deleted.');
  if (account.status === 'SUSPENDED') throw forbidden('This account is suspended.');
  return {
    id: account.id,
    status: account.status,
    scopes: new Set(identity.scopes),
    expiresAt: identity.expiresAt,
    client: identity.client,
    ties: account.ties,
  };
}

/** Whether somebody with this account is let in. */
export function mayCome(account: Account): boolean {
  return account !== 'deleted' && account.status !== 'SUSPENDED';
}

function refused(message: string): GraphQLError {
  return unauthenticated(message, {
    status: 401,
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  });
}
