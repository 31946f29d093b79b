// Taking it along: an archive of all that is somebody's, made in the background, for them alone.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { sweepExports } from '../../src/exports/worker.ts';
import { exports } from '../../src/features/exports/table.ts';
import { suspend } from '../../src/features/users/operator-store.ts';
import { diskStorage } from '../../src/media/disk-storage.ts';
import type { MediaStorage } from '../../src/media/storage.ts';
import { createTestApp, useTestApp } from '../helpers/app.ts';
import {
  askForExport,
  exportThatIs,
  jsonByKind,
  newestExport,
  pathOf,
  takeExport,
  unzipped,
} from '../helpers/archives.ts';
import { createTestDatabase } from '../helpers/db.ts';
import { testClock } from '../helpers/lists.ts';

const folder = mkdtempSync(join(tmpdir(), 'kith-exports-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const storage = diskStorage(folder);
const archives = () => readdirSync(folder).filter((name) => name.startsWith('export-'));

const clock = testClock();
const kith = useTestApp({ now: clock.now, storage });
const minute = 60_000;
const day = 24 * 60 * minute;
const sweep = () =>
  sweepExports({ db: kith.database.db, storage, now: clock.now, log: pino({ level: 'silent' }) });

describe('exportAccount', () => {
  it('is asked for, made, and had as a ZIP that says what is in it', async () => {
    await kith.mutate('createPost', { visibility: 'FOLLOWERS', body: 'For #friends.' }, 'ann');
    const asked = await askForExport(kith, 'ann');
    expect(asked.userErrors).toEqual([]);
    expect(asked.export).toMatchObject({ url: null, bytes: null, finishedAt: null, expiresAt: null });
    const ready = await exportThatIs(kith, 'ann', 'READY');
    expect(ready).toMatchObject({
      id: asked.export.id,
      createdAt: clock.now().toISOString(),
      finishedAt: clock.now().toISOString(),
      expiresAt: new Date(clock.now().getTime() + 7 * day).toISOString(),
    });

    const response = await kith.fetch(pathOf(ready.url));
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/zip',
      'content-disposition': 'attachment; filename="kith-archive.zip"',
      'content-length': String(ready.bytes),
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
    });
    const content = Buffer.from(await response.arrayBuffer());
    expect(content.byteLength).toBe(ready.bytes);
    const files = await unzipped(content);
    const readme = files.get('README.md') ?? '';
    for (const name of files.keys()) if (name.endsWith('.json')) expect(readme).toContain(name);
    expect(JSON.parse(files.get('kith.json') ?? '')).toMatchObject({ version: 1, username: 'ann' });
    expect(jsonByKind(files)).toMatchObject({
      'profile.json': { username: 'ann' },
      'posts.json': [{ visibility: 'FOLLOWERS', body: 'For #friends.', tags: ['friends'] }],
      'followers.json': [],
    });
  });

  it('at most once a day, however many ask at once; the message says from when it works again', async () => {
    await kith.idOf('bea');
    const answers = await Promise.all(Array.from({ length: 20 }, () => askForExport(kith, 'bea')));
    expect(answers.filter((answer) => answer.export !== null)).toHaveLength(1);
    const again = new Date(clock.now().getTime() + day).toISOString();
    for (const answer of answers.filter((one) => one.export === null)) {
      expect(answer.userErrors).toEqual([
        { code: 'COOLDOWN', message: expect.stringContaining(again), path: [] },
      ]);
    }
    await exportThatIs(kith, 'bea', 'READY');
    clock.tick(day - 1);
    expect((await askForExport(kith, 'bea')).userErrors).toHaveLength(1);
    clock.tick(1);
    expect((await askForExport(kith, 'bea')).userErrors).toEqual([]);
    await exportThatIs(kith, 'bea', 'READY');
    const { viewer } = await kith.query('{ viewer { exports { totalCount } } }', { as: 'bea' });
    expect(viewer.exports.totalCount).toBe(2);
  });

  it('without pictures when they are not asked for', async () => {
    const avatar = { base64: `data:image/gif;base64,${pixel}` };
    expect((await kith.mutate('updateProfile', { avatar }, 'cal')).userErrors).toEqual([]);
    expect([...(await takeExport(kith, 'cal')).keys()]).toContain('pictures/avatar.webp');
    clock.tick(day);
    const bare = await takeExport(kith, 'cal', { includePictures: false });
    expect([...bare.keys()].filter((name) => name.startsWith('pictures/'))).toEqual([]);
    expect(jsonByKind(bare)['profile.json']).toMatchObject({ avatar: 'pictures/avatar.webp' });
  });

  it('names nobody whom its owner cannot find, and nothing that they may see no more', async () => {
    const [dan, eva, fay] = [await kith.idOf('dan'), await kith.idOf('eva'), await kith.idOf('fay')];
    const { post } = await kith.mutate(
      'createPost',
      { visibility: 'FOLLOWERS', body: 'Secret.' },
      'eva',
      'post { id }',
    );
    await kith.mutate('followUser', { userId: eva }, 'dan');
    await kith.mutate('followUser', { userId: fay }, 'dan');
    await kith.mutate('addComment', { postId: post.id, body: 'Mine.' }, 'dan');
    await kith.mutate('likePost', { postId: post.id }, 'dan');
    await kith.mutate('removeFollower', { userId: dan }, 'eva');
    await kith.mutate('blockUser', { userId: dan }, 'fay');
    const files = await takeExport(kith, 'dan');
    expect([...files.values()].join('')).not.toMatch(/Secret|fay/);
    expect(jsonByKind(files)).toMatchObject({
      'following.json': [],
      'comments.json': [{ body: 'Mine.', post: null }],
      'likes.json': [],
    });
  });
});

const pixel = 'R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=';

describe('an archive is its owner’s alone', () => {
  it('others find neither it nor its link; nor does its owner without the scope', async () => {
    await takeExport(kith, 'gil');
    const { id } = await newestExport(kith, 'gil');
    const node = 'query ($id: ID!) { node(id: $id) { id ... on Export { url } } }';
    const variables = { id };
    expect((await kith.query(node, { as: 'gil', variables })).node.url).toMatch(/\/exports\//);
    expect(await kith.query(node, { as: 'hal', variables })).toEqual({ node: null });
    expect(await kith.query(node, { variables })).toEqual({ node: null });
    expect(await kith.query(node, { as: 'gil', scope: 'profile', variables })).toEqual({ node: null });
    const { errors } = await kith.send('{ viewer { exports { nodes { url } } } }', {
      as: 'gil',
      scope: 'profile',
    });
    expect(errors[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
      requiredScope: 'profile:read_private',
    });
    expect(await newestExport(kith, 'hal')).toBeNull();
  });

  it('no URL of a picture leads to its file', async () => {
    await takeExport(kith, 'ida');
    for (const name of archives()) expect((await kith.fetch(`/media/${name}`)).status).toBe(404);
  });

  it('a link works once, however many use it at once, and the next query has another one', async () => {
    await takeExport(kith, 'jan');
    const [one, other] = [await newestExport(kith, 'jan'), await newestExport(kith, 'jan')];
    const uses = await Promise.all(Array.from({ length: 20 }, () => kith.fetch(pathOf(one.url))));
    expect(uses.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(404)]);
    await Promise.all(uses.map((response) => response.arrayBuffer()));
    // What only looks at a link does not use it.
    expect((await kith.fetch(pathOf(other.url), { method: 'HEAD' })).status).toBe(405);
    const had = await kith.fetch(pathOf(other.url));
    expect(had.status).toBe(200);
    await had.arrayBuffer();
  });

  it('a link that is used, wrong or another’s is the same 404', async () => {
    await takeExport(kith, 'kim');
    const { url } = await newestExport(kith, 'kim');
    const path = pathOf(url);
    const [id, expires, nonce, signature = ''] = path.slice('/exports/'.length).split('.');
    const used = await kith.fetch(path);
    await used.arrayBuffer();
    const wrong = [
      path,
      '/exports/',
      '/exports/../media/x',
      `/exports/${id}`,
      `/exports/${id}.${Number(expires) + 1}.${nonce}.${signature}`,
      `/exports/${id}.${expires}.${nonce?.split('').reverse().join('')}.${signature}`,
      `/exports/${id}.${expires}.${nonce}.${'A'.repeat(43)}`,
      `/exports/${archives()[0]}`,
    ].filter((one) => URL.parse(one, 'http://kith.test')?.pathname.startsWith('/exports/'));
    const answers = await Promise.all(
      wrong.map(async (one) => {
        const response = await kith.fetch(one);
        return { status: response.status, text: await response.text() };
      }),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.status).toBe(404);
  });

  it('a link ends after ten minutes, the archive after seven days, and then its file is removed', async () => {
    await takeExport(kith, 'lea');
    const { url } = await newestExport(kith, 'lea');
    clock.tick(10 * minute);
    expect((await kith.fetch(pathOf(url))).status).toBe(404);
    clock.tick(7 * day - 11 * minute);
    const last = await newestExport(kith, 'lea');
    expect(last.state).toBe('READY');
    clock.tick(minute);
    expect((await kith.fetch(pathOf(last.url))).status).toBe(404);
    expect(await newestExport(kith, 'lea')).toMatchObject({ state: 'EXPIRED', url: null });
    await sweep();
    expect(await newestExport(kith, 'lea')).toMatchObject({ state: 'EXPIRED', url: null });
    // All that this file has made before is as old.
    expect(archives()).toEqual([]);
  });

  it('goes with the account, and is out of reach while that is suspended', async () => {
    await takeExport(kith, 'max');
    const [first, second] = [await newestExport(kith, 'max'), await newestExport(kith, 'max')];
    expect(archives()).toHaveLength(1);
    await suspend(kith.database.db, 'max');
    expect((await kith.fetch(pathOf(first.url))).status).toBe(404);
    await takeExport(kith, 'mia');
    expect((await kith.mutate('deleteAccount', { username: 'mia' }, 'mia')).userErrors).toEqual([]);
    expect(archives()).toHaveLength(1);
    expect((await kith.fetch(pathOf(second.url))).status).toBe(404);
  });
});

describe('an archive that does not come about', () => {
  /** A server on a database of its own, with a storage that does this with archives. */
  const withStorage = async (putStream: MediaStorage['putStream']) => {
    const database = await createTestDatabase();
    const shared = { ...database, close: async () => {} };
    const app = await createTestApp({ database: shared, now: clock.now, storage: { ...storage, putStream } });
    onTestFinished(async () => {
      await app.close();
      await database.close();
    });
    return { app, shared };
  };

  it('has FAILED, says nothing of why to its owner, and may be asked for again at once', async () => {
    let isBroken = true;
    const { app } = await withStorage(async (name, content, type) => {
      if (!isBroken) return storage.putStream(name, content, type);
      content.destroy();
      throw new Error('the disk is on fire');
    });
    expect((await askForExport(app, 'ned')).userErrors).toEqual([]);
    expect(await exportThatIs(app, 'ned', 'FAILED')).toMatchObject({ url: null, bytes: null });
    const line = app.logged.find((one) => one.includes('the disk is on fire')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), level: 50 });
    isBroken = false;
    clock.tick(1);
    expect(jsonByKind(await takeExport(app, 'ned'))['profile.json']).toMatchObject({ username: 'ned' });
  });

  it('is taken over when whoever makes it is silent for a minute, who then writes nothing of it', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: thawed, resolve: thaw } = Promise.withResolvers<void>();
    const { app, shared } = await withStorage(async (name, content, type) => {
      begin();
      await thawed;
      return storage.putStream(name, content, type);
    });
    expect((await askForExport(app, 'oda')).userErrors).toEqual([]);
    await begun;
    expect(await newestExport(app, 'oda')).toMatchObject({ state: 'RUNNING', url: null });

    const later = { now: () => new Date(clock.now().getTime() + 61_000), storage, database: shared };
    const other = await createTestApp(later);
    onTestFinished(() => other.close());
    // Whoever asks wakes the process that they ask.
    expect((await askForExport(other, 'pia')).userErrors).toEqual([]);
    const { bytes } = await exportThatIs(other, 'oda', 'READY');
    await exportThatIs(other, 'pia', 'READY');
    const there = archives();
    thaw();
    await app.close();
    expect(archives()).toEqual(there);
    expect(await newestExport(other, 'oda')).toMatchObject({ state: 'READY', bytes });
  });

  it('is left to another process by one that ends', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { app, shared } = await withStorage(async (name, content, type) => {
      begin();
      content.pause();
      return storage.putStream(name, Readable.from(slowly(content)), type);
    });
    expect((await askForExport(app, 'quo')).userErrors).toEqual([]);
    await begun;
    await app.close();
    const [row] = await shared.db.select().from(exports);
    expect(row).toMatchObject({ state: 'QUEUED', file: null });
    const other = await createTestApp({ database: shared, storage, now: clock.now });
    onTestFinished(() => other.close());
    await askForExport(other, 'rae');
    await exportThatIs(other, 'quo', 'READY');
  });

  it('is given up after a day of attempts', async () => {
    const { app, shared } = await withStorage(storage.putStream);
    await takeExport(app, 'sam');
    await shared.db
      .update(exports)
      .set({ state: 'RUNNING', aliveAt: clock.now(), finishedAt: null })
      .where(eq(exports.state, 'READY'));
    clock.tick(day + 1);
    await sweepExports({ db: shared.db, storage, now: clock.now, log: pino({ level: 'silent' }) });
    expect(await newestExport(app, 'sam')).toMatchObject({ state: 'FAILED' });
  });
});

/** The same, never to its end. */
async function* slowly(content: Readable) {
  for await (const chunk of content) {
    yield chunk;
    await new Promise((resolve) => content.once('close', resolve));
  }
}
