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

  it('folds posts and unfolds them, by the id that clients know', async () => {
    const { admin, ask } = await community();
    const [written] = await ask([
      'mutation { createPost(input: { visibility: PUBLIC, title: "On rails", body: "Hello" }) { post { id author { id } } } }',
      'ada',
    ]);
    const { id, author } = written?.data.createPost.post ?? {};
    const shown = () => ask([`{ node(id: "${id}") { ... on Post { isCollapsed body } } }`, null]);
    expect(await admin('collapse', id)).toEqual({ code: 0, output: 'ada/on-rails: now collapsed.' });
    // Its text stays with it: clients fold it.
    expect(await shown()).toEqual([{ data: { node: { isCollapsed: true, body: 'Hello' } }, errors: [] }]);
    expect((await admin('collapse', id)).output).toBe('ada/on-rails: nothing changed; is collapsed already.');
    // Somebody's id is no post's.
    expect(await admin('collapse', author.id)).toEqual({ code: 1, output: 'There is no post with this id.' });
    expect(await admin('collapse', id, '--remove')).toEqual({
      code: 0,
      output: 'ada/on-rails: now not collapsed.',
    });
    expect(await shown()).toEqual([{ data: { node: { isCollapsed: false, body: 'Hello' } }, errors: [] }]);
  });

  it('adds categories, each once, that posts are sorted by from then on', async () => {
    const { admin, ask } = await community();
    const name = 'Café <b>&</b> Tee';
    for (const [args, code, output] of [
      [[` ${name} `], 0, `${name}: added as cafe-b-b-tee.`],
      [['CAFÉ <b>&</b> TEE'], 0, `${name}: nothing changed; is there already.`],
      [[name, '--slug', 'tea'], 1, `${name} is there already, as cafe-b-b-tee.`],
      [
        ['Tea', '--slug', 'cafe-b-b-tee'],
        1,
        `The slug cafe-b-b-tee is that of ${name}: give another one with --slug.`,
      ],
      [['鉄道', '--slug', 'trains'], 0, '鉄道: added as trains.'],
    ] as const) {
      expect(await admin('category', 'add', ...args), args.join(' ')).toEqual({ code, output });
    }
    const tea = { name, slug: 'cafe-b-b-tee' };
    const trains = { name: '鉄道', slug: 'trains' };
    const post = (...categories: string[]) =>
      `mutation { createPost(input: { visibility: PUBLIC, body: "Hello", categories: ${JSON.stringify(categories)} }) {
         post { categories { name slug } } userErrors { code path } } }`;
    const refusal = { code: 'INVALID', path: ['categories', '1'] };
    expect(
      await ask(
        ['{ categories { nodes { name slug } } }', null],
        [post('TRAINS', name), 'ada'],
        [post('trains', 'tea'), 'ada'],
      ),
    ).toEqual([
      { data: { categories: { nodes: [tea, trains] } }, errors: [] },
      { data: { createPost: { post: { categories: [trains, tea] }, userErrors: [] } }, errors: [] },
      { data: { createPost: { post: null, userErrors: [refusal] } }, errors: [] },
    ]);
  });

  it('refuses categories without a name, or a slug', async () => {
    const { admin, ask } = await community();
    for (const [args, said] of [
      [[], 'Usage: npm run admin'],
      [['鉄道'], 'This name makes no slug: give one with --slug.'],
      [['鉄道', '--slug', 'Trains!'], 'A slug has 1–80 of a–z 0–9 -.'],
    ] as const) {
      const { code, output } = await admin('category', 'add', ...args);
      expect(code).toBe(1);
      expect(output).toContain(said);
    }
    expect(await ask(['{ categories { nodes { name } } }', null])).toEqual([
      { data: { categories: { nodes: [] } }, errors: [] },
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
