// What operators do to a database by itself: `npm run migrate` and `npm run repair`.
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/db/client.ts';
import { ensurePeople } from '../../src/features/users/bulk-store.ts';
import { onOwnDatabase } from '../helpers/db.ts';
import { migratedFolder, run, startGateway, temporaryFolder } from '../helpers/process.ts';

/** The variables for a process on a database of the test's own. */
async function place(begin: 'migrated' | 'empty'): Promise<Record<string, string>> {
  const DATABASE_URL = await onOwnDatabase(begin);
  if (DATABASE_URL) return { DATABASE_URL };
  return { DATA_DIR: begin === 'empty' ? temporaryFolder() : migratedFolder() };
}

async function said(env: Record<string, string>, script: 'repair' | 'migrate', ...args: string[]) {
  const { ended, output } = run(`src/cli/${script}.ts`, args, env);
  return { code: await ended, output: output().trim().split('\n') };
}

const nothing = { code: 0, output: [expect.stringContaining(': nothing to run.')] };

describe('npm run migrate', () => {
  it('says what it ran, and runs it once; npm run repair waits for it', async () => {
    const env = await place('empty');
    const { code, output } = await said(env, 'repair');
    expect(code).toBe(1);
    expect(output.join()).toMatch(
      /^The database lacks migrations of this version \(0000_people, .*\): first run `npm run migrate`\.$/,
    );
    const first = await said(env, 'migrate');
    expect(first).toMatchObject({ code: 0 });
    expect(first.output.slice(0, 2)).toEqual(['ran 0000_people', 'ran 0001_people_rules']);
    expect(first.output.at(-1)).toMatch(/: up to date\.$/);
    expect(await said(env, 'migrate')).toEqual(nothing);
    expect(await said(env, 'repair', '--check')).toMatchObject({ code: 0 });
  });

  if (process.env.DATABASE_URL) {
    it('may run twice at once: one does it all, the other nothing', async () => {
      const env = await place('empty');
      const both = await Promise.all([said(env, 'migrate'), said(env, 'migrate')]);
      const [one, other] = both.toSorted((a, b) => a.output.length - b.output.length);
      expect(one).toEqual(nothing);
      expect(other?.output.length).toBeGreaterThan(10);
    });
  }
});

it('npm run repair says which counters are wrong, in which row, and sets them right; --check only says so', async () => {
  const env = await place('migrated');
  const open = () => openDatabase({ url: env.DATABASE_URL, dataDir: env.DATA_DIR });
  const database = await open();
  const createdAt = new Date();
  const ids = await ensurePeople(database.db, '', [{ username: 'ada', createdAt }]);
  await database.db.execute(sql`UPDATE user_stats SET followers = 7, flags = 2`);
  await database.close();
  const wrong = [
    `user_stats ${ids.get('ada')} followers: was 7, is 0`,
    `user_stats ${ids.get('ada')} flags: was 2, is 0`,
    'user_stats: 1 rows, 2 wrong.',
  ];
  const checked = await said(env, 'repair', '--check');
  expect(checked.code).toBe(1);
  expect(checked.output.slice(-4)).toEqual([...wrong, '2 wrong; `npm run repair` sets them right.']);
  const repaired = await said(env, 'repair');
  expect(repaired.code).toBe(0);
  expect(repaired.output.slice(-4)).toEqual([...wrong, '2 set right.']);
  const again = await said(env, 'repair', '--check');
  expect(again.code).toBe(0);
  expect(again.output.at(-1)).toBe('Every counter is what it counts.');
  expect(await said(env, 'repair', '--mend')).toMatchObject({ code: 1 });
});

it('neither takes an embedded database that is in use', async () => {
  const DATA_DIR = migratedFolder();
  await startGateway({ DATA_DIR, DEMO: 'false' });
  for (const script of ['repair', 'migrate'] as const) {
    const { code, output } = await said({ DATA_DIR }, script);
    expect(code).toBe(1);
    expect(output.join()).toContain(`DATA_DIR: ${DATA_DIR} is in use by another Kith process`);
  }
});
