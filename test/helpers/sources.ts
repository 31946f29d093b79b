// The four systems as local servers that answer with their documents' own examples, and a gateway that reads them.
import type { RequestListener } from 'node:http';
import { afterAll, beforeAll } from 'vitest';
import { fixture } from '../sources/fixture.ts';
import { json, type SourceServer, sourceServer } from '../sources/server.ts';
import { createTestApp, type TestApp, type TestOptions } from './app.ts';

export type SystemName = 'pronouns-cc' | 'diaspora' | 'selfcommunity' | 'quran-foundation';

/** What a path is answered with: a payload, or whatever is done with the request. */
type Answer = RequestListener | object;

/** One system: what it answers, by path with its query, or by path alone. */
export interface System extends SourceServer {
  answers: Map<string, Answer>;
  /** Its host, as `instance` has it. */
  host: string;
  /** Paths that it was asked for, in order. */
  asked: () => string[];
}

async function system(first: Record<string, Answer>, address: string): Promise<System> {
  const answers = new Map(Object.entries(first));
  const server = await sourceServer((request, response) => {
    const url = request.url ?? '';
    const answer = answers.get(url) ?? answers.get(url.replace(/\?.*$/, ''));
    if (typeof answer === 'function') answer(request, response);
    else if (answer) json(response, answer);
    else response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
  }, address);
  return {
    ...server,
    answers,
    host: `${address}:${server.port}`,
    asked: () => server.requests.map(({ url }) => url),
  };
}

/** A documented person of each system, and how they are asked for. */
export const documented = {
  'pronouns-cc': { provider: 'PRONOUNS_CC', externalId: 'cgj3n8s2f7tg0d9k1p20', fixture: 'pronouns-cc/user' },
  diaspora: {
    provider: 'DIASPORA',
    externalId: 'f50ffc00b188013355e3705681972339',
    fixture: 'diaspora/person',
  },
  selfcommunity: { provider: 'SELFCOMMUNITY', externalId: '7', fixture: 'selfcommunity/user' },
  'quran-foundation': {
    provider: 'QURAN_FOUNDATION',
    externalId: '3f2b8c1e-5a74-4d0b-9e57-0c1d2e3f4a5b',
    fixture: 'quran-foundation/user',
  },
} as const;

/** Where each system tells of a person. */
export const personPath: Record<SystemName, (id: string) => string> = {
  'pronouns-cc': (id) => `/api/v1/users/${id}`,
  diaspora: (id) => `/api/v1/users/${id}`,
  selfcommunity: (id) => `/api/v2/user/${id}/`,
  'quran-foundation': (id) => `/quran-reflect/v1/users/${id}`,
};

export interface Gateway {
  kith: TestApp;
  systems: Record<SystemName, System>;
}

/** The variables that make a gateway read these systems. */
export function sourcesEnv(systems: Record<SystemName, System>): Record<string, string> {
  return {
    SOURCES: Object.entries(systems)
      .map(([name, { origin }]) => `${name}=${origin}`)
      .join(','),
    SOURCE_ALLOW_PRIVATE: 'true',
    SOURCE_SECRET: 'a secret of at least thirty-two bytes, for sources',
    DIASPORA_TOKEN: 'operator-of-the-gateway',
    PRONOUNS_CC_CDN: `${systems['pronouns-cc'].origin}/cdn`,
  };
}

/** The four systems, each with its documented person. */
export async function fourSystems(address = '127.0.0.1'): Promise<Record<SystemName, System>> {
  const withPerson = (name: SystemName) => {
    const { externalId, fixture: payload } = documented[name];
    return system({ [personPath[name](externalId)]: fixture(payload) as object }, address);
  };
  return {
    'pronouns-cc': await withPerson('pronouns-cc'),
    diaspora: await withPerson('diaspora'),
    selfcommunity: await withPerson('selfcommunity'),
    'quran-foundation': await withPerson('quran-foundation'),
  };
}

/** A gateway in front of them, for all tests of a file. @param options `address`: where they listen. */
export function useGateway({
  address,
  ...options
}: Pick<TestOptions, 'now' | 'env' | 'sourceLimits'> & { address?: string } = {}): Gateway {
  const holder: Partial<Gateway> = {};
  beforeAll(async () => {
    holder.systems = await fourSystems(address);
    const env = { ...sourcesEnv(holder.systems), ...options.env };
    holder.kith = await createTestApp({ ...options, env });
  });
  afterAll(() => holder.kith?.close());
  return new Proxy({} as Gateway, {
    get: (_target, property) => {
      if (!holder.kith) throw new Error('The gateway is there once a test runs, not before.');
      return Reflect.get(holder, property);
    },
  });
}
