import type { z } from 'zod';
import { SourceError } from '../errors.ts';
import type { Authorize, Got, SourceHttp } from '../http.ts';
import { pageNext, pageQuery } from '../paging.ts';
import type { SourcePage, SourcePerson } from '../records.ts';
import type { After, Ask, Source, SourceKey } from '../source.ts';
import { mapPerson, mapSelf, mapTie } from './mapping.ts';
import { pagePayload, type UserPayload, userPayload } from './payloads.ts';

export interface QuranFoundationOptions {
  http: SourceHttp;
  /** "" for production, else the host of the API. */
  instance: string;
  /** Of the operator's registered application; the token is for what is asked on nobody's behalf. */
  credentials: { clientId: string; token: string | null };
}

/** How it wants to be told a token. */
export const authorizeAtQuranFoundation: Authorize = (token) => ({ 'x-auth-token': token });

/** The most that it takes. */
const pageSize = 20;

const isId = (externalId: string): boolean => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(externalId);
const nothing = { items: [], next: null };

type Get = <P>(
  path: string,
  schema: z.ZodType<P>,
  ask: Ask,
  query?: Readonly<Record<string, string | number>>,
) => Promise<Got<P> | null>;

/** People are found by their UUID at one address and by their name at another. */
function pathOf(key: SourceKey): string | null {
  if ('externalId' in key) return isId(key.externalId) ? `/v1/users/${key.externalId.toLowerCase()}` : null;
  // A segment of dots is none: it leads up.
  if (/^\.*$/.test(key.accountName)) return null;
  return `/v1/users/${encodeURIComponent(key.accountName)}/profile`;
}

/**
 * With `qdc`, it tells the e-mail as well.
 * @throws SourceError `INVALID` for an id that would lead elsewhere in a path.
 */
async function me(get: Get, ask: Ask): Promise<UserPayload> {
  const answer = await get('/v1/users/profile', userPayload, ask, { qdc: 'true' });
  if (!answer) throw new SourceError('UNAUTHORIZED', 'The token is nobody’s there.');
  if (!isId(answer.payload.id)) throw new SourceError('INVALID', 'The id is no UUID.', { path: ['id'] });
  return answer.payload;
}

async function usersPage(get: Get, path: string, after: After, ask: Ask): Promise<SourcePage<UserPayload>> {
  const answer = await get(path, pagePayload, ask, pageQuery(after, { page: 1, limit: pageSize }));
  return answer ? { items: answer.payload.data, next: pageNext(answer.payload, after) } : nothing;
}

/** Where ties go on: whose they are, and the page. */
function readTieCursor(after: string): { userId: string; after: string } {
  const [userId = '', ...page] = after.split(' ');
  if (!isId(userId) || page.length !== 1) throw new SourceError('INVALID', 'Ties do not go on there.');
  return { userId, after: page.join('') };
}

/**
 * Quran Foundation's people. It has no call for everybody: a search tells less of people than they show (no country,
 * no day they came), and what it answers without a word to search for is published nowhere.
 */
export function quranFoundationSource({ http, instance, credentials }: QuranFoundationOptions): Source {
  const headers = { 'x-client-id': credentials.clientId };
  const get: Get = (path, schema, { token, signal }, query = {}) =>
    http.get(path, schema, { query, headers, token: token ?? credentials.token, signal });
  const listOf =
    (list: string) =>
    async (externalId: string, after: After, ask: Ask): Promise<SourcePage<SourcePerson>> => {
      if (!isId(externalId)) return nothing;
      const { items, next } = await usersPage(
        get,
        `/v1/users/${externalId.toLowerCase()}/${list}`,
        after,
        ask,
      );
      return { items: items.map(mapPerson), next };
    };
  return {
    provider: 'QURAN_FOUNDATION',
    instance,
    person: async (key, ask) => {
      const path = pathOf(key);
      const answer = path === null ? null : await get(path, userPayload, ask);
      return answer && mapPerson(answer.payload);
    },
    self: async (ask) => mapSelf(await me(get, ask)),
    followers: listOf('followers'),
    following: listOf('following'),
    ties: async (after, ask) => {
      const cursor = after === null ? { userId: (await me(get, ask)).id, after: null } : readTieCursor(after);
      const page = await usersPage(get, `/v1/users/${cursor.userId}/following`, cursor.after, ask);
      return {
        items: page.items.map(mapTie),
        next: page.next === null ? null : `${cursor.userId} ${page.next}`,
      };
    },
  };
}
