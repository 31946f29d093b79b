// Accounts elsewhere as people prove them: a pod that knows tokens, and what linking one of its accounts came to.
import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import { tallies } from '../../src/cli/tallies.ts';
import { recount, type Wrong } from '../../src/db/recount.ts';
import { fixture } from '../sources/fixture.ts';
import { json } from '../sources/server.ts';
import type { TestApp } from './app.ts';
import { rowsOf } from './pictures.ts';
import { personPath, type System } from './sources.ts';

export interface PodPerson {
  guid: string;
  token: string;
  /** What the pod says of them from now on. */
  says: (more: object) => void;
}

let people = 0;

/** Somebody of a pod, whom their token is told, and everybody else where they ask for them. */
export function personOf(pod: System, more: object = {}): PodPerson {
  const guid = `${(++people).toString(16).padStart(8, '0')}${'5ced'.repeat(6)}`;
  const token = `token-of-${guid}`;
  const blank = {
    ...(fixture('diaspora/self') as object),
    guid,
    diaspora_id: `p${people}@pod.example`,
    name: `p${people}@pod.example`,
    birthday: null,
    gender: '',
    location: '',
    bio: '',
    avatar: null,
    tags: [],
  };
  const says = (own: object) => {
    const payload = { ...blank, ...own };
    tokensOf(pod).set(token, payload);
    pod.answers.set(personPath.diaspora(guid), {
      ...payload,
      relationship: { receiving: false, sharing: false },
    });
  };
  says(more);
  return { guid, token, says };
}

const known = new WeakMap<System, Map<string, object>>();

/** What the pod says of each token's person. */
export function tokensOf(pod: System): Map<string, object> {
  const tokens = known.get(pod) ?? new Map<string, object>();
  if (!known.has(pod)) {
    known.set(pod, tokens);
    pod.answers.set('/api/v1/user', (request, response) => {
      const person = tokens.get(request.headers.authorization?.replace(/^Bearer /, '') ?? '');
      if (person) json(response, person);
      else response.writeHead(401).end();
    });
  }
  return tokens;
}

/** What of all counters is not what it counts. */
export async function miscounted(kith: TestApp): Promise<Wrong[]> {
  const found: Wrong[] = [];
  for (const tally of tallies) {
    for await (const { wrong } of recount(kith.database.db, tally, { mend: false })) found.push(...wrong);
  }
  return found;
}

/** Where in the database a text is, as it stands or as bytes. */
export async function placesOf(kith: TestApp, text: string): Promise<string[]> {
  const { db } = kith.database;
  const tables = rowsOf(
    await db.execute(
      sql`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
    ),
  );
  expect(tables.length).toBeGreaterThan(30);
  const hex = Buffer.from(text).toString('hex');
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = rowsOf(
      await db.execute(sql`SELECT count(*)::int AS rows FROM ${sql.identifier(String(name))} t
        WHERE t::text LIKE ${`%${text}%`} OR t::text LIKE ${`%${hex}%`}`),
    );
    if (Number(row?.rows) > 0) found.push(String(name));
  }
  return found;
}
