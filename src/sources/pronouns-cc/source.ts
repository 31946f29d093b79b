import type { z } from 'zod';
import { SourceError } from '../errors.ts';
import type { SourceHttp } from '../http.ts';
import type { SourceMember, SourcePage } from '../records.ts';
import type { After, Ask, Source, SourceKey } from '../source.ts';
import { toFlag, toMember, toPerson } from './mapping.ts';
import {
  flagsPayload,
  type MemberPayload,
  memberPayload,
  membersPayload,
  type UserPayload,
  userPayload,
} from './payloads.ts';
import { toCustomPreferences } from './words.ts';

export interface PronounsCcOptions {
  /** At `https://pronouns.cc/api/v1`. */
  http: SourceHttp;
  instance: string;
  /** Where its pictures are; where pronouns.cc has them unless given. */
  cdn?: string | undefined;
}

/** Each is asked for by itself, and no more than 60 may be in a minute. */
const membersOnPage = 20;

const isId = (text: string) => /^[\da-v]{20}$/.test(text);
const isName = (text: string) => /^[\w.-]{2,40}$/.test(text) && text !== '..';

type Get = <P>(path: string, schema: z.ZodType<P>, ask: Ask) => Promise<P | null>;

/** One call takes ids and names: the answer may be of somebody whose name is what was asked for as an id. */
async function userOf(get: Get, key: SourceKey, ask: Ask): Promise<UserPayload | null> {
  if ('externalId' in key) {
    if (!isId(key.externalId)) return null;
    const user = await get(`users/${key.externalId}`, userPayload, ask);
    return user?.id === key.externalId ? user : null;
  }
  if (!isName(key.accountName)) return null;
  const user = await get(`users/${key.accountName}`, userPayload, ask);
  return user?.name.toLowerCase() === key.accountName.toLowerCase() ? user : null;
}

/** Unlisted ones are among their own only. */
async function listedMembers(get: Get, user: UserPayload, ask: Ask): Promise<readonly MemberPayload[]> {
  if (typeof user.list_private === 'boolean')
    return (await get('users/@me/members', membersPayload, ask)) ?? [];
  return user.members ?? (await get(`users/${user.id}/members`, membersPayload, ask)) ?? [];
}

/** A page of them in the order of their ids, so that who comes or goes meanwhile moves nobody to another page. */
async function memberPage(
  get: Get,
  user: UserPayload,
  after: After,
  ask: Ask,
  cdn: string | undefined,
): Promise<SourcePage<SourceMember>> {
  const ids = (await listedMembers(get, user, ask)).map(({ id }) => id).filter(isId);
  const left = ids.filter((id) => after === null || id > after).sort();
  const page = left.slice(0, membersOnPage);
  const answers = await Promise.all(page.map((id) => get(`members/${id}`, memberPayload, ask)));
  const own = toCustomPreferences(user.custom_preferences);
  return {
    items: answers
      .filter((member) => member !== null)
      .filter((member) => (member.user ?? user).id === user.id)
      .map((member) => toMember(member, own, cdn)),
    next: left.length > page.length ? (page.at(-1) ?? null) : null,
  };
}

/** pronouns.cc. All that it shows of others it shows to anybody. */
export function pronounsCcSource({ http, instance, cdn }: PronounsCcOptions): Source {
  const get: Get = async (path, schema, { token, signal }) =>
    (await http.get(path, schema, { token, signal }))?.payload ?? null;
  return {
    provider: 'PRONOUNS_CC',
    instance,
    async person(key, ask) {
      const user = await userOf(get, key, ask);
      return user && toPerson(user, cdn);
    },
    async self(ask) {
      const user = await get('users/@me', userPayload, ask);
      if (!user) throw new SourceError('UNAUTHORIZED', 'The token is nobody’s there.');
      return toPerson(user, cdn);
    },
    async members(externalId, after, ask) {
      const user = await userOf(get, { externalId }, ask);
      return user ? memberPage(get, user, after, ask, cdn) : { items: [], next: null };
    },
    async flags(ask) {
      return ((await get('users/@me/flags', flagsPayload, ask)) ?? []).map((flag) => toFlag(flag, cdn));
    },
  };
}
