// npm run import -- --from kith-archive: what somebody had in one Kith is theirs in another.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/db/client.ts';
import { newId } from '../../src/db/uuid.ts';
import { addCategory } from '../../src/features/categories/operator-store.ts';
import { diskStorage } from '../../src/media/disk-storage.ts';
import { createTestApp, type TestApp } from '../helpers/app.ts';
import {
  exportThatIs,
  importArchive,
  jsonByKind,
  pathOf,
  takeExport,
  unzipped,
} from '../helpers/archives.ts';
import { createTestDatabase, onOwnDatabase } from '../helpers/db.ts';
import { migratedFolder, run, temporaryFolder } from '../helpers/process.ts';

const pixel = { base64: 'data:image/gif;base64,R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=' };

/** Another Kith, which the command and a server take turns at. */
async function otherKith() {
  const url = await onOwnDatabase('migrated');
  const folder = url ? temporaryFolder() : migratedFolder();
  const env: Record<string, string> = { DATA_DIR: folder, ...(url ? { DATABASE_URL: url } : {}) };
  return {
    import: async (file: string, ...more: string[]) => {
      const { ended, output } = run('src/cli/import.ts', ['--from', 'kith-archive', file, ...more], env);
      return { code: await ended, output: output() };
    },
    serve: async <Done>(use: (app: TestApp) => Promise<Done>): Promise<Done> => {
      const database = await openDatabase(url ? { url } : { dataDir: folder });
      const storage = diskStorage(join(folder, 'media'));
      const app = await createTestApp({ database: { ...database, statements: [] }, storage });
      try {
        return await use(app);
      } finally {
        await app.close();
      }
    },
  };
}

/** Does something that has to succeed. @returns the payload. */
async function done(kith: TestApp, as: string, name: string, input: object, selection = '') {
  const payload = await kith.mutate(name, input, as, selection);
  expect(payload.userErrors, name).toEqual([]);
  return payload;
}

const people = ['bob', 'cleo', 'dora', 'eve', 'fay'];

/** Gives ada one of everything there is. */
async function live(kith: TestApp): Promise<void> {
  const ada = await kith.idOf('ada');
  const ids = new Map<string, string>();
  for (const name of people) ids.set(name, await kith.idOf(name));
  const id = (name: string) => ids.get(name) ?? '';
  const as = (name: string, ...act: [name: string, input: object, selection?: string]) =>
    done(kith, name, ...act);
  await addCategory(kith.database.db, { id: newId(new Date()), name: 'Garden', slug: 'garden' });

  const flag = async (name: string) =>
    (await as('ada', 'createPrideFlag', { name, description: 'Mine.', image: pixel }, 'flag { id }')).flag.id;
  const flags = [await flag('One'), await flag('Two')];
  const key = '0e8fd5a2-2f2b-4b1b-8f0a-3b7d7c1f9a10';
  await as('ada', 'updateProfile', {
    ...{ displayName: 'Ada', realName: 'Ada L.', tagline: 'Counts.', bio: 'Of *numbers*.', gender: 'woman' },
    ...{ website: 'https://ada.example', links: ['https://one.example'], memberTitle: 'Selves' },
    customPreferences: [
      { key, icon: 'star', tooltip: 'Starry', size: 'LARGE', muted: false, favourite: true },
    ],
    names: [{ value: 'Ada', preference: key }],
    pronouns: [{ pronouns: 'she/her/her/hers/herself', displayText: 'she', preference: 'favourite' }],
    fields: [{ name: 'Words', entries: [{ value: 'engine', preference: 'okay' }] }],
    ...{ avatar: pixel, cover: pixel, birthday: '1815-12-10', timezone: 'Europe/London' },
    location: { name: 'London', coordinates: { latitude: 51.5, longitude: -0.1 } },
    position: { latitude: 51, longitude: 0 },
    company: { name: 'Engines', role: 'Analyst' },
    ...{ tags: ['math', 'poetry'], flagIds: [flags[1], flags[0]] },
  });
  await as('ada', 'updateSettings', {
    notifications: { email: 'NEVER', push: false, muted: ['POLL_VOTED'] },
    privacy: { searchable: false, profileVisibility: 'CONTACTS' },
    display: { language: 'pt-BR', contentLanguages: ['en', 'pt-BR'], hideFollowSuggestions: true },
  });
  const words = { names: [{ value: 'Em', preference: key }], bio: 'One of us.', links: [] };
  await as('ada', 'createMember', { name: 'Em', ...words, avatar: pixel, flagIds: [flags[0]] });
  await as('ada', 'createMember', { name: 'Quiet', isUnlisted: true });
  const { aspect } = await as('ada', 'createAspect', { name: 'Close' }, 'aspect { id }');
  await as('ada', 'createAspect', { name: 'Empty' });

  await as('ada', 'addToAspect', { aspectId: aspect.id, userId: id('bob') });
  await as('ada', 'followUser', { userId: id('cleo') });
  await as('bob', 'followUser', { userId: ada });
  await as('ada', 'requestConnection', { userId: id('bob') });
  await as('bob', 'acceptConnection', { userId: ada });
  await as('ada', 'requestConnection', { userId: id('cleo') });
  await as('dora', 'requestConnection', { userId: ada });
  await as('ada', 'blockUser', { userId: id('eve') });
  await as('ada', 'hideUser', { userId: id('fay') });
  const { categories } = await kith.query('{ categories { nodes { id } } }');
  await as('ada', 'followCategory', { categoryId: categories.nodes[0].id });

  const group = { name: 'Loom', kind: 'GROUP', slug: 'loom', description: 'Weaving.', avatar: pixel };
  const { room } = await as('ada', 'createRoom', group, 'room { id }');
  const bobs = await as('bob', 'createRoom', { name: 'Bobs', kind: 'GROUP', slug: 'bobs' }, 'room { id }');
  await as('ada', 'joinRoom', { roomId: bobs.room.id });

  const post = async (name: string, input: object) =>
    (await as(name, 'createPost', input, 'post { id poll { id choices { id } } }')).post;
  const first = await post('ada', {
    ...{ visibility: 'PUBLIC', body: '# Hello\n\n@bob, of #looms', tags: ['cards'], categories: ['garden'] },
    photos: [{ image: pixel, title: 'A pixel', description: 'Red.' }, { image: pixel }],
    links: ['https://a.example/x.pdf', 'https://b.example/'],
    location: { name: 'Here', coordinates: { latitude: 1, longitude: 2 } },
  });
  await post('ada', { visibility: 'FOLLOWERS', title: 'Titled', body: 'Said.', isNsfw: true });
  await post('ada', { visibility: 'ASPECTS', aspectIds: [aspect.id], body: '', photos: [{ image: pixel }] });
  await post('ada', { visibility: 'ROOM', roomId: room.id, body: 'In the room.' });
  const asked = await post('ada', {
    ...{ visibility: 'PUBLIC', body: 'Well?' },
    poll: { question: 'Which?', choices: ['this', 'that'], showsVoters: true },
  });
  await as('bob', 'votePoll', { pollId: asked.poll.id, choiceIds: [asked.poll.choices[1].id] });
  await as('ada', 'closePoll', { pollId: asked.poll.id });
  const bobsPost = await post('bob', { visibility: 'PUBLIC', body: 'Of Bob.' });
  for (const name of ['likePost', 'resharePost', 'subscribeToPost'])
    await as('ada', name, { postId: bobsPost.id });
  await as('ada', 'addComment', { postId: bobsPost.id, body: 'To @bob.' });
  await as('ada', 'addComment', { postId: first.id, body: 'To myself.' });
  await as('ada', 'likePost', { postId: first.id });
  for (const name of ['likePost', 'resharePost']) await as('bob', name, { postId: first.id });
  await as('bob', 'addComment', { postId: first.id, body: 'From Bob.' });
}

/** Asks for somebody's archive, and writes it down. */
async function archiveOf(kith: TestApp, username: string, folder: string): Promise<string> {
  await done(kith, username, 'exportAccount', {});
  const { url } = await exportThatIs(kith, username, 'READY');
  const file = join(folder, `${username}.zip`);
  writeFileSync(file, Buffer.from(await (await kith.fetch(pathOf(url))).arrayBuffer()));
  return file;
}

describe('npm run import -- --from kith-archive', () => {
  it('export, import, export: the same JSON, of somebody with one of everything', {
    timeout: 120_000,
  }, async () => {
    const here = await createTestApp({ database: await createTestDatabase() });
    onTestFinished(() => here.close());
    await live(here);
    const folder = temporaryFolder();
    const [ada, bob] = [await archiveOf(here, 'ada', folder), await archiveOf(here, 'bob', folder)];

    const there = await otherKith();
    await there.serve(async (app) => {
      for (const name of people) await app.idOf(name);
      await addCategory(app.database.db, { id: newId(new Date()), name: 'Garden', slug: 'garden' });
      await importArchive(app, bob, { user: 'bob' });
    });
    const { code, output } = await there.import(ada);
    expect(code, output).toBe(0);
    expect(output).toMatch(/1 account$/m);
    expect(output).toMatch(/6 posts$/m);
    // What others did is theirs to bring along, as Bob does.
    expect(output).toContain('1 connections: asked for: the other has to agree here');
    expect(output).toContain('1 followers: for others to bring along, or --with-others');

    const before = await unzipped(readFileSync(ada));
    const after = await there.serve(async (app) => {
      expect(await importArchive(app, bob, { user: 'bob' })).toContain('  1 connections');
      expect(await importArchive(app, ada, { user: 'ada', withOthers: true })).toEqual([
        'Taken:',
        '  1 requests',
      ]);
      expect(await importArchive(app, ada, { user: 'ada', withOthers: true })).toEqual([
        'Taken:',
        '  nothing',
      ]);
      // Nobody is told of what is long past.
      const seen = '{ viewer { notifications { totalCount } } }';
      expect((await app.query(seen, { as: 'bob' })).viewer.notifications.totalCount).toBe(0);
      return takeExport(app, 'ada');
    });
    const { 'accounts.json': _none, ...kinds } = jsonByKind(before);
    for (const [name, content] of Object.entries(kinds)) expect(content, name).not.toEqual([]);
    expect(jsonByKind(after)).toEqual(jsonByKind(before));
    const pictures = (files: ReadonlyMap<string, string>) =>
      [...files.keys()].filter((name) => name.startsWith('pictures/')).sort();
    expect(pictures(after)).toEqual(pictures(before));
    expect(pictures(after)).toHaveLength(9);
  });

  it('says what is wrong with a file that is no archive, and exits with 1', async () => {
    const there = await otherKith();
    const file = join(temporaryFolder(), 'none.zip');
    writeFileSync(file, 'PK');
    const { code, output } = await there.import(file);
    expect({ code, output }).toEqual({
      code: 1,
      output: expect.stringMatching(/^The archive cannot be read: .+\n$/),
    });
  });
});
