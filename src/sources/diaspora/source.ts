import type { z } from 'zod';
import { SourceError } from '../errors.ts';
import type { Got, SourceHttp } from '../http.ts';
import { linkNext, type PageQuery, pageQuery } from '../paging.ts';
import type { SourcePage, SourceTie } from '../records.ts';
import type { After, Ask, Source, SourceKey } from '../source.ts';
import { peoplePayload, photosPayload, postsPayload, type UserPayload, userPayload } from './payloads.ts';
import { toPerson, toTie } from './person.ts';
import { toPhotos, toPost } from './post.ts';

export interface DiasporaOptions {
  /** At the pod's `/api/v1`. */
  http: SourceHttp;
  /** The host of the pod. */
  instance: string;
  /** The operator's own token: a pod answers to nobody without one. */
  credentials: { token: string | null };
}

/** The most that a pod gives at once. */
const pageSize = 100;
/** Of contacts each is asked for by itself. */
const contactsOnPage = 20;

const isGuid = (text: string) => /^[\w@.:-]{16,255}$/.test(text);

type Get = <P>(path: string, schema: z.ZodType<P>, ask: Ask, query?: PageQuery) => Promise<Got<P> | null>;

async function byGuid(get: Get, guid: string, ask: Ask): Promise<UserPayload | null> {
  if (!isGuid(guid)) return null;
  const user = (await get(`users/${encodeURIComponent(guid)}`, userPayload, ask))?.payload;
  return user?.guid === guid ? user : null;
}

/** No call takes a diaspora* ID: people are searched for whose ID begins so, and the one with just this is taken. */
async function guidOf(get: Get, accountName: string, ask: Ask): Promise<string | null> {
  const query = { name_or_handle: accountName, per_page: pageSize };
  const found = (await get('search/users', peoplePayload, ask, query))?.payload;
  const person = found?.find(({ diaspora_id }) => diaspora_id.toLowerCase() === accountName.toLowerCase());
  return person?.guid ?? null;
}

async function userOf(get: Get, key: SourceKey, ask: Ask): Promise<UserPayload | null> {
  const guid = 'externalId' in key ? key.externalId : await guidOf(get, key.accountName, ask);
  return guid === null ? null : byGuid(get, guid, ask);
}

/** @throws SourceError `INVALID` for a guid that could not be asked for. */
async function me(get: Get, ask: Ask): Promise<UserPayload> {
  const user = (await get('user', userPayload, ask))?.payload;
  if (!user) throw new SourceError('UNAUTHORIZED', 'The token is nobody’s there.');
  if (!isGuid(user.guid)) throw new SourceError('INVALID', 'The guid is none.', { path: ['guid'] });
  return user;
}

/** A page of what a Link header says how to go on with. */
async function page<Payload, Item>(
  get: Get,
  what: { path: string; schema: z.ZodType<Payload[]>; size: number; map: (payload: Payload) => Item[] },
  after: After,
  ask: Ask,
): Promise<SourcePage<Item>> {
  const answer = await get(what.path, what.schema, ask, pageQuery(after, { per_page: what.size }));
  if (!answer) return { items: [], next: null };
  return { items: answer.payload.flatMap(what.map), next: linkNext(answer.headers, after) };
}

/** Of contacts who have only added the token's person there is nothing to tell: that is never trusted. */
async function tiesOf(get: Get, guids: readonly string[], ask: Ask): Promise<SourceTie[]> {
  const users = await Promise.all(guids.map((guid) => byGuid(get, guid, ask)));
  return users
    .filter((user) => user !== null)
    .map(toTie)
    .filter(({ follows, isBlocked }) => follows || isBlocked);
}

async function tiePage(get: Get, after: After, ask: Ask): Promise<SourcePage<SourceTie>> {
  const { guid } = await me(get, ask);
  const contacts = await page(
    get,
    {
      path: `users/${encodeURIComponent(guid)}/contacts`,
      schema: peoplePayload,
      size: contactsOnPage,
      map: (contact) => [contact.guid],
    },
    after,
    ask,
  );
  return { items: await tiesOf(get, contacts.items, ask), next: contacts.next };
}

/** A pod of diaspora*. */
export function diasporaSource({ http, instance, credentials }: DiasporaOptions): Source {
  const get: Get = (path, schema, { token, signal }, query = {}) =>
    http.get(path, schema, { token: token ?? credentials.token, signal, query });
  const ofPerson = <Payload, Item>(
    kind: 'posts' | 'photos',
    schema: z.ZodType<Payload[]>,
    map: (payload: Payload) => Item[],
  ) => {
    return async (externalId: string, after: After, ask: Ask): Promise<SourcePage<Item>> => {
      if (!isGuid(externalId)) return { items: [], next: null };
      const path = `users/${encodeURIComponent(externalId)}/${kind}`;
      return page(get, { path, schema, size: pageSize, map }, after, ask);
    };
  };
  return {
    provider: 'DIASPORA',
    instance,
    async person(key, ask) {
      const user = await userOf(get, key, ask);
      if (!user) return null;
      // The operator may be asked for, too, but only their own token tells of their settings.
      return ask.token === null ? { ...toPerson(user), settings: null } : toPerson(user);
    },
    async self(ask) {
      return toPerson(await me(get, ask));
    },
    posts: ofPerson('posts', postsPayload, (post) => [toPost(post)]),
    photos: ofPerson('photos', photosPayload, (photo) => toPhotos(photo)),
    ties: (after, ask) => tiePage(get, after, ask),
  };
}
