import type { z } from 'zod';
import { SourceError } from '../errors.ts';
import type { Got, SourceHttp } from '../http.ts';
import { offsetNext, pageQuery } from '../paging.ts';
import type { SourcePage, SourcePerson, SourceTie } from '../records.ts';
import type { After, Ask, Source, SourceKey } from '../source.ts';
import { unitPayload } from './feed-payloads.ts';
import { mapPerson, mapSelf, mapTie, type TieList } from './mapping.ts';
import { countersPayload, pagePayload, settingsPayload, type UserPayload, userPayload } from './payloads.ts';
import { mapPost } from './post-mapping.ts';

export interface SelfCommunityOptions {
  http: SourceHttp;
  /** The host of the community. */
  instance: string;
  /** The operator's own token: for what is asked on nobody's behalf, where the community shows nothing without. */
  credentials: { token: string | null };
}

/** The documents name no most; their own example has so many on a page. */
const pageSize = 100;

/** Of people with a name somewhat like the one that is looked for: so many pages are looked through. */
const maxSearchPages = 5;

const users = '/api/v2/user/';
const people = pagePayload(userPayload);
const units = pagePayload(unitPayload);

const isId = (externalId: string): boolean => /^\d{1,30}$/.test(externalId);
const nothing = { items: [], next: null };

type Get = <P>(
  path: string,
  schema: z.ZodType<P>,
  ask: Ask,
  query?: Readonly<Record<string, string | number>>,
) => Promise<Got<P> | null>;

interface Pages {
  results: UserPayload[];
  next: string | null;
}

async function peoplePage(get: Get, path: string, after: After, ask: Ask): Promise<Pages> {
  const answer = await get(path, people, ask, pageQuery(after, { limit: pageSize, offset: 0 }));
  if (!answer) return { results: [], next: null };
  return { results: answer.payload.results, next: offsetNext(answer.payload.next, after) };
}

/** No call takes a name: people are searched, and the one who is called just so is taken. */
async function byName(get: Get, accountName: string, ask: Ask): Promise<UserPayload | null> {
  const query = { username: accountName, ordering: 'username' };
  let after: After = null;
  for (let page = 0; page < maxSearchPages; page++) {
    const asked = { ...query, ...pageQuery(after, { limit: pageSize, offset: 0 }) };
    const answer = await get(`${users}search/`, people, ask, asked);
    const found = answer?.payload.results.find(
      (user) => user.username?.toLowerCase() === accountName.toLowerCase(),
    );
    if (found) return found;
    after = offsetNext(answer?.payload.next, after);
    if (after === null) break;
  }
  return null;
}

/** A search may tell less of people than their own page. */
async function userOf(get: Get, key: SourceKey, ask: Ask): Promise<UserPayload | null> {
  const externalId = 'externalId' in key ? key.externalId : (await byName(get, key.accountName, ask))?.id;
  if (externalId === undefined || !isId(externalId)) return null;
  return (await get(`${users}${externalId}/`, userPayload, ask))?.payload ?? null;
}

/** @throws SourceError `INVALID` for an id that would lead elsewhere in a path. */
async function me(get: Get, ask: Ask): Promise<UserPayload> {
  const answer = await get(`${users}me/`, userPayload, ask);
  if (!answer) throw new SourceError('UNAUTHORIZED', 'The token is nobody’s there.');
  if (!isId(answer.payload.id)) throw new SourceError('INVALID', 'The id is no number.', { path: ['id'] });
  return answer.payload;
}

/** Older servers have no such call, and a token may be kept from it: neither is in the way of who somebody is. */
async function settingsOf(get: Get, userId: string, ask: Ask) {
  try {
    return (await get(`${users}${userId}/settings/`, settingsPayload, ask))?.payload ?? null;
  } catch (error) {
    if (error instanceof SourceError && error.fault === 'UNAUTHORIZED') return null;
    throw error;
  }
}

/** A community is either of followers or of friends: the counters of only one kind are there, if any are. */
function listsOf(followings: unknown, connections: unknown): TieList[] | null {
  const [follows, connects] = [typeof followings === 'number', typeof connections === 'number'];
  if (follows === connects) return null;
  return [follows ? 'followings' : 'connections', 'hidden'];
}

async function tieLists(get: Get, user: UserPayload, ask: Ask): Promise<TieList[]> {
  const known = listsOf(user.followings_counter, user.connections_counter);
  if (known) return known;
  const counters = (await get(`${users}${user.id}/counters/`, countersPayload, ask))?.payload;
  return listsOf(counters?.followings, counters?.connections) ?? ['followings', 'connections', 'hidden'];
}

/** Where ties go on: whose they are, the lists to come, of which the first is under way, and how far in it. */
interface TieCursor {
  userId: string;
  lists: readonly TieList[];
  after: After;
}

const tieCursor = /^(\d{1,30}) ((?:followings|connections|hidden)(?:,(?:connections|hidden))*) (.*)$/;
const isTieList = (name: string): name is TieList => ['followings', 'connections', 'hidden'].includes(name);

function readTieCursor(after: string): TieCursor {
  const [, userId = '', lists = '', inList = ''] = tieCursor.exec(after) ?? [];
  if (!userId) throw new SourceError('INVALID', 'Ties do not go on there.');
  return { userId, lists: lists.split(',').filter(isTieList), after: inList || null };
}

function writeTieCursor({ userId, lists, after }: TieCursor): string | null {
  return lists.length === 0 ? null : `${userId} ${lists.join(',')} ${after ?? ''}`;
}

async function tiesPage(get: Get, after: After, ask: Ask): Promise<SourcePage<SourceTie>> {
  const cursor = after === null ? await firstTies(get, ask) : readTieCursor(after);
  const [list, ...lists] = cursor.lists;
  if (!list) return nothing;
  const path = list === 'hidden' ? `${users}hidden_users/` : `${users}${cursor.userId}/${list}/`;
  const { results, next } = await peoplePage(get, path, cursor.after, ask);
  return {
    items: results.map((user) => mapTie(list, user)),
    next: writeTieCursor({
      userId: cursor.userId,
      lists: next === null ? lists : cursor.lists,
      after: next,
    }),
  };
}

async function firstTies(get: Get, ask: Ask): Promise<TieCursor> {
  const user = await me(get, ask);
  return { userId: user.id, lists: await tieLists(get, user, ask), after: null };
}

/** A community of SelfCommunity. Ties of somebody who is in several of its lists come once in each. */
export function selfCommunitySource({ http, instance, credentials }: SelfCommunityOptions): Source {
  const get: Get = (path, schema, { token, signal }, query = {}) =>
    http.get(path, schema, { query, token: token ?? credentials.token, signal });
  const listed = async (path: string, after: After, ask: Ask): Promise<SourcePage<SourcePerson>> => {
    const { results, next } = await peoplePage(get, path, after, ask);
    return { items: results.map(mapPerson), next };
  };
  const listOf = (list: string) => async (externalId: string, after: After, ask: Ask) =>
    isId(externalId) ? listed(`${users}${externalId}/${list}/`, after, ask) : nothing;
  return {
    provider: 'SELFCOMMUNITY',
    instance,
    person: async (key, ask) => {
      const user = await userOf(get, key, ask);
      return user && mapPerson(user);
    },
    self: async (ask) => {
      const user = await me(get, ask);
      return mapSelf(user, await settingsOf(get, user.id, ask));
    },
    posts: async (externalId, after, ask) => {
      if (!isId(externalId)) return nothing;
      const query = pageQuery(after, { limit: pageSize, offset: 0 });
      const answer = await get(`${users}${externalId}/feed/`, units, ask, query);
      if (!answer) return nothing;
      const { results, next } = answer.payload;
      return { items: results.flatMap((unit) => mapPost(unit) ?? []), next: offsetNext(next, after) };
    },
    people: (after, ask) => listed(users, after, ask),
    followers: listOf('followers'),
    following: listOf('followings'),
    connections: listOf('connections'),
    ties: (after, ask) => tiesPage(get, after, ask),
  };
}
