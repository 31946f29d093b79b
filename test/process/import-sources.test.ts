import type { RequestListener } from 'node:http';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/db/client.ts';
import { claimIdentity } from '../../src/features/users/account-store.ts';
import { onOwnDatabase } from '../helpers/db.ts';
import { fullSystems, pod, token } from '../helpers/moving.ts';
import { rowsOf } from '../helpers/pictures.ts';
import { migratedFolder, run, temporaryFolder } from '../helpers/process.ts';
import { type System, type SystemName, sourcesEnv } from '../helpers/sources.ts';
import { json } from '../sources/server.ts';

const holder: { systems?: Record<SystemName, System> } = {};
beforeAll(async () => {
  holder.systems = await fullSystems();
});

function systemOf(name: SystemName): System {
  if (!holder.systems) throw new Error('The systems are there once a test runs, not before.');
  return holder.systems[name];
}

/** A community to move into. */
async function community() {
  const url = await onOwnDatabase('migrated');
  const folder = url ? temporaryFolder() : migratedFolder();
  const place: Record<string, string> = url ? { DATABASE_URL: url, DATA_DIR: folder } : { DATA_DIR: folder };
  const { SOURCES: _, ...sources } = sourcesEnv(holder.systems ?? ({} as never));
  const start = (name: SystemName, args: readonly string[] = [], own = token) =>
    run('src/cli/import.ts', ['--from', name, '--url', systemOf(name).origin, ...args], {
      ...{ ...sources, ...place, DIASPORA_TOKEN: '' },
      KITH_IMPORT_TOKEN: own,
    });
  const move = async (...given: Parameters<typeof start>) => {
    const { ended, output } = start(...given);
    const code = await ended;
    expect(output()).not.toContain(token);
    return { code, output: output() };
  };
  const within = async <T>(read: (db: Database) => Promise<T>): Promise<T> => {
    const database = await openDatabase(url ? { url } : { dataDir: folder });
    try {
      return await read(database.db);
    } finally {
      await database.close();
    }
  };
  /** All that is there: every row, and what it comes to. */
  const look = () => within(async (db) => ({ dump: await dumpOf(db), content: await contentOf(db) }));
  return { start, move, within, look };
}

const read = async (db: Database, query: string) => rowsOf(await db.execute(sql.raw(query)));

/** Every row of every table. */
async function dumpOf(db: Database): Promise<Record<string, unknown>> {
  const tables = await read(
    db,
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
  );
  const dump: Record<string, unknown> = {};
  for (const { name } of tables)
    dump[String(name)] = await read(
      db,
      `SELECT to_jsonb(t) AS row FROM "${name}" t ORDER BY to_jsonb(t)::text`,
    );
  return dump;
}

const contents = {
  people: `SELECT username, display_name, real_name, bio, is_remote, status, status_before, badges, searchable,
      profile_visibility, member_list_private, email_frequency, push, toasts, sounds, language, content_languages,
      birthday, email, avatar ->> 'hash' AS avatar, cover ->> 'hash' AS cover,
      (SELECT array_agg(t.name ORDER BY ut.position) FROM user_tags ut JOIN tags t ON t.id = ut.tag_id WHERE ut.user_id = u.id) AS tags,
      CASE WHEN created_at < '2026-01-01' THEN created_at END AS created_at
    FROM users u ORDER BY username`,
  accounts: `SELECT u.username, a.provider, a.external_id, a.username AS there, a.is_visible
    FROM accounts a JOIN users u ON u.id = a.user_id ORDER BY 2, 3`,
  posts: `SELECT u.username, o.external_id, o.counters, p.type, p.visibility, p.title, p.body, p.created_at, root.external_id AS root,
      (SELECT array_agg(m.kind || ' ' || m.position || ' ' || coalesce(m.url, m.image ->> 'hash') || ' ' || coalesce(m.description, '') ORDER BY m.position)
        FROM post_media m WHERE m.post_id = p.id) AS media,
      (SELECT bool_and(m.image ->> 'name' LIKE 'private-%') FROM post_media m WHERE m.post_id = p.id AND m.kind = 'PHOTO') AS private,
      (SELECT poll.question || ' ' || poll.imported_voters || ': ' || string_agg(c.text || ' ' || c.imported_votes, ', ' ORDER BY c.position)
        FROM polls poll JOIN poll_choices c ON c.poll_id = poll.id WHERE poll.post_id = p.id GROUP BY poll.id) AS poll
    FROM posts p JOIN users u ON u.id = p.author_id JOIN origins o ON o.id = p.id
      LEFT JOIN origins root ON root.id = p.root_id ORDER BY p.created_at DESC, o.external_id`,
  members: `SELECT u.username, m.name, m.is_unlisted, m.fields, m.avatar ->> 'hash' AS avatar
    FROM members m JOIN users u ON u.id = m.owner_id ORDER BY 1, 2`,
  flags: `SELECT u.username, f.name, f.image ->> 'hash' AS image, uf.position AS shown
    FROM pride_flags f JOIN users u ON u.id = f.owner_id LEFT JOIN user_flags uf ON uf.flag_id = f.id ORDER BY 1, 2`,
  relations: `SELECT a.username AS who, r.what, b.username AS whom FROM (
      SELECT follower_id AS a, 'follows' AS what, followee_id AS b FROM follows
      UNION ALL SELECT user_id, 'is connected with', peer_id FROM connected
      UNION ALL SELECT blocker_id, 'blocks', blocked_id FROM blocks
      UNION ALL SELECT hider_id, 'hides', hidden_id FROM hides
      UNION ALL SELECT x.owner_id, 'has in ' || x.name, y.user_id FROM aspects x JOIN aspect_users y ON y.aspect_id = x.id
    ) r JOIN users a ON a.id = r.a JOIN users b ON b.id = r.b ORDER BY 1, 2, 3`,
} as const;

/** What there is, without the ids and times that are of this community only. */
async function contentOf(db: Database) {
  const entries = await Promise.all(
    Object.entries(contents).map(async ([name, query]) => [name, await read(db, query)] as const),
  );
  return Object.fromEntries(entries) as Record<keyof typeof contents, Record<string, unknown>[]>;
}

const of = (rows: readonly Record<string, unknown>[], name: string) =>
  rows.filter(({ username }) => username === name);
const told = (rows: readonly Record<string, unknown>[]) =>
  rows.map(({ who, what, whom }) => `${who} ${what} ${whom}`);
/** Of a picture that has come. */
const hash = expect.stringMatching(/^[\da-f]{64}$/);

/** Has a path answered otherwise until it is called. */
function swap({ answers }: System, path: string, answer: RequestListener): () => void {
  const before = answers.get(path);
  answers.set(path, answer);
  return () => void (before && answers.set(path, before));
}

const podArgs = ['--user', pod.bob, '--user', pod.alice];

describe('npm run import -- --from one of the four systems', () => {
  it('diaspora: who has the token moves in with posts, photos, polls, aspects and blocks; a second run changes nothing, and one that was killed goes on', async () => {
    const { move, look } = await community();
    const { code, output } = await move('diaspora', podArgs);
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/^ {2}2 people$/m) });
    expect(output).toContain('60 comments: the source has no call for them');
    expect(output).toContain('1 photos: they are in no post (alone)');
    const { content, dump } = await look();
    expect(of(content.people, 'bob')).toMatchObject([
      {
        ...{
          is_remote: false,
          status: 'ACTIVE',
          searchable: true,
          profile_visibility: 'PUBLIC',
          email: null,
        },
        ...{ birthday: '1984-01-02', avatar: hash, tags: ['bobclub', 'development', 'diaspora'] },
      },
    ]);
    // Her details are shown to Bob; she shares with nobody, so that everybody sees them.
    expect(of(content.people, 'alice')).toMatchObject([{ is_remote: false, profile_visibility: 'PUBLIC' }]);
    expect(of(content.people, 'carol@example.org:3000')).toMatchObject([
      { is_remote: true, profile_visibility: 'CONTACTS' },
    ]);
    expect(content.accounts).toContainEqual({
      ...{ username: 'bob', provider: 'DIASPORA', external_id: pod.bob, there: 'bob@example.com' },
      is_visible: true,
    });
    expect(told(content.relations)).toEqual([
      'bob blocks carol@example.org:3000',
      'bob follows alice',
      'bob has in Family alice',
    ]);
    const photo = expect.stringMatching(/^PHOTO 0 [\da-f]{64} $/);
    expect(of(content.posts, 'bob')).toMatchObject([
      { type: 'RESHARE', visibility: 'PUBLIC', root: of(content.posts, 'alice')[1]?.external_id },
      {
        body: 'With a photo #sea',
        visibility: 'PUBLIC',
        media: [photo],
        private: false,
        counters: { likes: 42 },
      },
      { body: 'For some', visibility: 'ASPECTS', created_at: '2016-02-19 00:00:00+00' },
      { body: 'Where?', type: 'POLL', poll: 'Park or café? 4: Park 3, Café 1' },
    ]);

    const again = await move('diaspora', podArgs);
    expect(again).toMatchObject({
      code: 0,
      output: expect.stringContaining('Taken:\n  nothing\nHere already:'),
    });
    expect((await look()).dump).toEqual(dump);

    const other = await community();
    const killed = other.start('diaspora', podArgs);
    const restore = swap(systemOf('diaspora'), pod.photo, () => killed.child.kill('SIGKILL'));
    expect(await killed.ended).toBe('SIGKILL');
    restore();
    const ended = other.start('diaspora', podArgs);
    const restoreAgain = swap(systemOf('diaspora'), pod.photo, () => ended.child.kill('SIGINT'));
    expect(await ended.ended).toBe(1);
    expect(ended.output()).toMatch(/^It was ended\. What has come is here; run it again, and it goes on\.$/m);
    restoreAgain();
    const mend = swap(systemOf('diaspora'), pod.secondPage, (_request, response) =>
      json(response, { posts: 'none' }),
    );
    const failed = await other.move('diaspora', podArgs);
    mend();
    expect(failed).toMatchObject({
      code: 1,
      output: expect.stringMatching(/What has come is here; run it again, and it goes on\.$/m),
    });
    expect(failed.output).not.toMatch(/^ +at |SourceError|before=/m);
    expect((await other.move('diaspora', podArgs)).code).toBe(0);
    expect((await other.look()).content).toEqual(content);
  });

  it('selfcommunity: everybody moves in, with what there is between them; whoever is banned is suspended, and who is gone stays away', async () => {
    const { move, look } = await community();
    const { code, output } = await move('selfcommunity');
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/^ {2}2 people$/m) });
    expect(output).toContain('1 people: they are gone there (gone)');
    expect(output).toContain('1 follows: the other is not here (admin)');
    const { content, dump } = await look();
    const { host } = systemOf('selfcommunity');
    expect(of(content.people, 'ada-l')).toMatchObject([
      {
        ...{ is_remote: false, status: 'ACTIVE', badges: [], email: null, avatar: hash, cover: hash },
        ...{ email_frequency: 'INSTANT', push: false, toasts: true, sounds: false, language: 'it' },
        created_at: '2019-08-24 12:15:22.123+00',
      },
    ]);
    // Nobody may be called admin here.
    expect(of(content.people, 'admin-2')).toMatchObject([{ status: 'SUSPENDED', status_before: 'ACTIVE' }]);
    expect(told(content.relations)).toEqual([
      'ada-l follows admin-2',
      `ada-l follows mary@${host}`,
      `ada-l hides noise@${host}`,
      'ada-l is connected with admin-2',
      'admin-2 is connected with ada-l',
    ]);
    expect(of(content.posts, 'ada-l')).toMatchObject([
      { type: 'POLL', visibility: 'PUBLIC', poll: 'Which engine? 12: Difference 3, Analytical 12' },
      ...Array.from({ length: 3 }, () => ({ type: 'STATUS', visibility: 'ASPECTS' })),
    ]);
    expect((await move('selfcommunity')).code).toBe(0);
    expect((await look()).dump).toEqual(dump);
  }, 30_000);

  it('pronouns-cc: who has the token moves in with all members and flags, those that nobody is shown too', async () => {
    const { move, look } = await community();
    const { code, output } = await move('pronouns-cc');
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('2 members') });
    const { content, dump } = await look();
    expect(of(content.people, 'ada.l')).toMatchObject([
      { badges: [], member_list_private: true, avatar: hash, created_at: '2023-04-05 06:07:08.123+00' },
    ]);
    expect(content.members).toMatchObject([
      { name: 'Rook', is_unlisted: true, fields: [{ name: 'Titles' }], avatar: hash },
      { name: 'Wren', is_unlisted: false, avatar: null },
    ]);
    expect(content.flags).toMatchObject([
      { name: 'Lesbian', image: hash, shown: null },
      { name: 'Nonbinary', image: hash, shown: 0 },
    ]);
    expect((await move('pronouns-cc')).code).toBe(0);
    expect((await look()).dump).toEqual(dump);
  }, 30_000);

  it('quran-foundation: who was known here as living there becomes one of the community; whoever signs in stays as they are', async () => {
    const { move, within, look } = await community();
    expect((await move('quran-foundation')).code).toBe(0);
    const { host } = systemOf('quran-foundation');
    const { content: first } = await look();
    expect(of(first.people, 'amina')).toMatchObject([
      { language: 'sw', content_languages: ['ar', 'en', 'sw'], badges: [], avatar: hash },
    ]);
    const mutual = (name: string) => [`amina follows ${name}`, `${name} follows amina`];
    expect(told(first.relations)).toEqual(mutual(`bilal@${host}`));

    await within(async (db) => {
      const [amina] = await read(db, "SELECT id FROM users WHERE username = 'amina'");
      await claimIdentity(db, String(amina?.id), { issuer: 'test', subject: 'amina' });
      await db.execute(
        sql`UPDATE users SET display_name = 'Mine', avatar = NULL, language = 'en' WHERE username = 'amina'`,
      );
    });
    const ids = ['11111111-2222-4333-8444-555555555555', '3f2b8c1e-5a74-4d0b-9e57-0c1d2e3f4a5b', 'nobody'];
    const { code, output } = await move(
      'quran-foundation',
      ids.flatMap((id) => ['--user', id]),
    );
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringContaining('1 people: there is nobody called so (nobody)'),
    });
    const { content } = await look();
    expect(of(content.people, 'bilal')).toMatchObject([{ is_remote: false, badges: [] }]);
    expect(of(content.people, 'amina')).toMatchObject([
      { display_name: 'Mine', avatar: null, language: 'en' },
    ]);
    expect(told(content.relations)).toEqual(mutual('bilal'));
  }, 30_000);

  it('says of a token that it is none, and no more', async () => {
    const { move, look } = await community();
    const { code, output } = await move('diaspora', [], 'some-other-token');
    expect(code).toBe(1);
    expect(output).toContain('The source does not take the token');
    expect(output).not.toContain('some-other-token');
    expect((await look()).content.people).toEqual([]);
  });
});
