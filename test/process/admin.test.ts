import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/db/client.ts';
import { users } from '../../src/features/users/table.ts';
import { createTestApp } from '../helpers/app.ts';
import { onOwnDatabase } from '../helpers/db.ts';
import { migratedFolder, run, startGateway } from '../helpers/process.ts';

/** A community that nobody serves just now, with Ada and Bob in it, and what operators tell it. */
async function community() {
  const DATABASE_URL = await onOwnDatabase('migrated');
  const env: Record<string, string> = DATABASE_URL ? { DATABASE_URL } : { DATA_DIR: migratedFolder() };
  const open = () => openDatabase({ url: env.DATABASE_URL, dataDir: env.DATA_DIR });
  /** Asks a server that is there for as long as that takes, one question after the other. */
  const ask = async (...questions: [query: string, as: string | null][]) => {
    const kith = await createTestApp({ database: { ...(await open()), statements: [] } });
    try {
      const answers = [];
      for (const [query, as] of questions) {
        const { data, errors } = await kith.send(query, { as });
        answers.push({ data, errors });
      }
      return answers;
    } finally {
      await kith.close();
    }
  };
  await ask(
    ['mutation { updateProfile(input: { tags: ["trains"], bio: "Rails" }) { userErrors { code } } }', 'ada'],
    ['mutation { updateProfile(input: { bio: "Bread" }) { userErrors { code } } }', 'bob'],
  );
  return {
    open,
    ask,
    admin: async (...args: string[]) => {
      const { ended, output } = run('src/cli/admin.ts', args, env);
      return { code: await ended, output: output().trim() };
    },
  };
}

describe('npm run admin', () => {
  it('gives and takes badges, and says what changed', async () => {
    const { admin, ask } = await community();
    expect(await admin('badge', 'BOB', 'staff')).toEqual({ code: 0, output: 'bob: STAFF given; now STAFF.' });
    expect(await admin('badge', 'bob', 'STAFF')).toEqual({
      code: 0,
      output: 'bob: nothing changed; has STAFF already.',
    });
    await admin('badge', 'bob', 'VERIFIED');
    expect(await admin('badge', 'bob', 'STAFF', '--remove')).toEqual({
      code: 0,
      output: 'bob: STAFF taken; now VERIFIED.',
    });
    expect(await ask(['{ user(by: { username: "bob" }) { badges } }', null])).toEqual([
      { data: { user: { badges: ['VERIFIED'] } }, errors: [] },
    ]);
  });

  it('suspends and restores: nothing of the person is lost', async () => {
    const { admin, ask } = await community();
    const everything = '{ user(by: { username: "bob" }) { id bio status badges } }';
    const before = await ask([everything, 'ada']);
    expect(await admin('suspend', 'bob')).toEqual({ code: 0, output: 'bob: ACTIVE → SUSPENDED.' });
    expect(await admin('suspend', 'bob')).toEqual({ code: 0, output: 'bob: nothing changed; is SUSPENDED.' });
    const [others, own] = await ask([everything, 'ada'], ['{ viewer { id } }', 'bob']);
    expect(others).toEqual({ data: { user: null }, errors: [] });
    expect(own?.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(await admin('restore', 'bob')).toEqual({ code: 0, output: 'bob: SUSPENDED → ACTIVE.' });
    expect(await ask([everything, 'ada'])).toEqual(before);
  });

  it('approves who waits for it; a restored account waits as it did before', async () => {
    const { admin, open } = await community();
    const database = await open();
    await database.db.update(users).set({ status: 'PENDING' }).where(eq(users.username, 'bob'));
    await database.close();
    await admin('suspend', 'bob');
    expect((await admin('restore', 'bob')).output).toBe('bob: SUSPENDED → PENDING.');
    expect((await admin('approve', 'bob')).output).toBe('bob: PENDING → ACTIVE.');
    expect((await admin('approve', 'bob')).output).toBe('bob: nothing changed; is ACTIVE.');
  });

  it('describes tags', async () => {
    const { admin, ask } = await community();
    expect((await admin('tag', '#Trains', '--color', '#FF8800', '--description', 'On rails')).output).toBe(
      '#trains: #ff8800, On rails.',
    );
    expect((await admin('tag', 'trains', '--color', '')).output).toBe('#trains: no color, On rails.');
    expect(
      await ask(['{ user(by: { username: "ada" }) { tags { name color description } } }', null]),
    ).toEqual([
      { data: { user: { tags: [{ name: 'trains', color: null, description: 'On rails' }] } }, errors: [] },
    ]);
  });

  it('refuses what it does not understand, and changes nothing', async () => {
    const { admin } = await community();
    for (const [args, said] of [
      [['badge', 'ada', 'KING'], 'A badge is one of ADMIN, STAFF, VERIFIED, COMMUNITY.'],
      [['suspend', 'nobody'], 'There is nobody called nobody.'],
      [['tag', 'a b'], 'A tag has 1–64 letters, digits, - and _.'],
      [['tag', 'tea', '--color', 'green'], 'A color is written #rrggbb.'],
      [['crown', 'ada'], 'Usage: npm run admin'],
      [['suspend', 'ada', '--remove'], 'Usage: npm run admin'],
      [[], 'Usage: npm run admin'],
    ] as const) {
      const { code, output } = await admin(...args);
      expect(code).toBe(1);
      expect(output).toContain(said);
      expect(output).not.toMatch(/\n\s+at /);
    }
  });

  it('says so when the embedded database is in use', async () => {
    const DATA_DIR = migratedFolder();
    await startGateway({ DATA_DIR, DEMO: 'false' });
    const { ended, output } = run('src/cli/admin.ts', ['suspend', 'bob'], { DATA_DIR });
    expect(await ended).toBe(1);
    expect(output()).toContain(`DATA_DIR: ${DATA_DIR} is in use by another Kith process`);
  });
});
