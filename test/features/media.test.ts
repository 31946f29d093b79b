import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { sql } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { diskStorage } from '../../src/media/disk-storage.ts';
import type { MediaStorage } from '../../src/media/storage.ts';
import { testAuth, useTestApp } from '../helpers/app.ts';
import { fileNameOf, pictureMutations, plain, rowsOf, sizes, storedFiles } from '../helpers/pictures.ts';
import { temporaryFolder } from '../helpers/process.ts';

const kith = useTestApp();
const { setAvatar } = pictureMutations(kith);

const picture = () => plain(60, 40).png().toBuffer();
const year = 'public, max-age=31536000, immutable';
const secret = 'unmistakable-secret';

let name = '';
beforeAll(async () => {
  name = fileNameOf((await setAvatar(await picture())).LARGE);
});

describe('a picture’s file', () => {
  it('is WebP for good: it may be kept for a year, and is taken for nothing else', async () => {
    const avatar = await setAvatar(await picture());
    for (const size of sizes) {
      const file = fileNameOf(avatar[size]);
      const content = readFileSync(join(kith.mediaFolder, file));
      const response = await kith.fetch(`/media/${file}`);
      expect(response.status).toBe(200);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'image/webp',
        'content-length': String(content.length),
        'cache-control': year,
        etag: `"${file}"`,
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      });
      expect(response.headers.has('set-cookie')).toBe(false);
      expect(Buffer.from(await response.arrayBuffer())).toEqual(content);
    }
    name = fileNameOf(avatar.LARGE);
  });

  it('has the same headers for HEAD, and no body', async () => {
    const got = await kith.fetch(`/media/${name}`);
    const head = await kith.fetch(`/media/${name}`, { method: 'HEAD' });
    expect(head.status).toBe(200);
    const watched = ['content-type', 'content-length', 'cache-control', 'etag', 'x-content-type-options'];
    for (const header of watched) expect(head.headers.get(header), header).toBe(got.headers.get(header));
    expect(Number(head.headers.get('content-length'))).toBe((await got.arrayBuffer()).byteLength);
    expect((await head.arrayBuffer()).byteLength).toBe(0);
  });

  it.each([
    ['the very tag', (etag: string) => etag],
    ['a weak one', (etag: string) => `W/${etag}`],
    ['a list', (etag: string) => `"one", ${etag}`],
    ['a list without spaces', (etag: string) => `"one",W/${etag},"three"`],
    ['any', () => '*'],
  ])('is not sent again to who has it: 304 for %s', async (_name, tags) => {
    for (const method of ['GET', 'HEAD']) {
      const headers = { 'if-none-match': tags(`"${name}"`) };
      const response = await kith.fetch(`/media/${name}`, { method, headers });
      expect(response.status).toBe(304);
      expect(response.headers.get('etag')).toBe(`"${name}"`);
      expect(response.headers.get('cache-control')).toBe(year);
      expect((await response.arrayBuffer()).byteLength).toBe(0);
    }
  });

  it.each(['"other"', 'W/"other"', '"one", "two"', ''])('is sent to who has another: %j', async (tags) => {
    const response = await kith.fetch(`/media/${name}`, { headers: { 'if-none-match': tags } });
    expect(response.status).toBe(200);
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(0);
  });

  it('that is not there is 404, also for who says to have it, and may not be kept', async () => {
    const unknown = `${'0'.repeat(32)}-large.webp`;
    for (const init of [{}, { method: 'HEAD' }, { headers: { 'if-none-match': '*' } }]) {
      const response = await kith.fetch(`/media/${unknown}`, init);
      expect(response.status).toBe(404);
      expect(response.headers.get('cache-control') ?? '').not.toContain('max-age');
      expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('can only be read: %s is 405', async (method) => {
    const before = storedFiles(kith);
    const response = await kith.fetch(`/media/${name}`, {
      method,
      headers: { authorization: `Bearer ${await kith.token('ada')}` },
      ...(method === 'DELETE' ? {} : { body: 'x' }),
    });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
    expect(storedFiles(kith)).toEqual(before);
    expect((await kith.fetch(`/media/${name}`)).status).toBe(200);
  });

  it('has a random name: the same picture twice has one hash and two names', async () => {
    const content = await picture();
    const [one, two] = [await setAvatar(content), await setAvatar(content, 'bob')];
    expect(one.hash).toBe(two.hash);
    const names = [one, two].map((shown) => fileNameOf(shown.LARGE).slice(0, 32));
    // Not only at one end.
    for (const at of [0, 8, 16, 24]) {
      expect(new Set(names.map((random) => random.slice(at, at + 8))).size).toBe(2);
    }
    for (const random of names) {
      expect(random).toMatch(/^[0-9a-f]{32}$/);
      for (let at = 0; at + 8 <= 32; at++) expect(one.hash).not.toContain(random.slice(at, at + 8));
    }
    name = fileNameOf(one.LARGE);
  });
});

describe('whatever else is asked for below /media/', () => {
  let server: Server;
  let port = 0;

  beforeAll(async () => {
    // Beside the pictures, and outside of their folder.
    for (const file of ['secret.txt', 'secret.webp', `${'1'.repeat(32)}-large.webp.tmp`]) {
      writeFileSync(join(kith.mediaFolder, file), secret);
    }
    mkdirSync(join(kith.mediaFolder, 'inner'));
    writeFileSync(join(kith.mediaFolder, 'inner', `${'2'.repeat(32)}-large.webp`), secret);
    writeFileSync(`${kith.mediaFolder}-secret.webp`, secret);
    const app = createApp({
      db: kith.database.db,
      storage: diskStorage(kith.mediaFolder),
      config: { ...readConfig({}), auth: testAuth },
      log: pino({ level: 'silent' }),
    });
    // Over a socket: what `fetch` sends it has straightened before.
    server = createServer(app.listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address() as AddressInfo;
    port = address.port;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(`${kith.mediaFolder}-secret.webp`, { force: true });
  });

  /** All that is answered to a request for this very target. */
  const answerTo = (target: string, method = 'GET') =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(
          `${method} ${target} HTTP/1.1\r\nhost: kith.test\r\nconnection: close\r\n\r\n`,
          'latin1',
        ),
      );
      let answer = '';
      socket.setEncoding('latin1');
      socket.on('data', (data) => {
        answer += data;
      });
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
    });

  it('is a file where it is one, so that this asks as it should', async () => {
    const answer = await answerTo(`/media/${name}`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('WEBP');
  });

  const spellings = (folder: string): string[] => {
    const outside = `${basename(folder)}-secret.webp`;
    const ups = [
      '../',
      '..%2f',
      '%2e%2e/',
      '%2e%2e%2f',
      '.%2e/',
      '..\\',
      '..%5c',
      '%2e%2e%5c',
      '..%c0%af',
      '..%252f',
      '....//',
      '..;/',
    ];
    return [
      ...ups.flatMap((up) => [`/media/${up}${outside}`, `/media/x/${up}${up}${outside}`]),
      ...ups.map((up) => `/media/${up.repeat(8)}etc/passwd`),
      `/media/${folder}-secret.webp`,
      `/media//${folder}-secret.webp`,
      `/media/file://${folder}-secret.webp`,
      '/media//etc/passwd',
      '/media/etc/passwd',
      '/media/secret.txt',
      '/media/secret.webp',
      `/media/${'1'.repeat(32)}-large.webp.tmp`,
      `/media/inner/${'2'.repeat(32)}-large.webp`,
      `/media/inner%2f${'2'.repeat(32)}-large.webp`,
      '/media/',
      '/media',
      '/media/.',
      '/media/%2e',
      '/media/%00',
      '/media/%',
      '/media/%ff',
    ];
  };
  const near = (file: string): string[] => [
    `/media/${file}.tmp`,
    `/media/${file}/`,
    `/media/${file}/.`,
    `/media/./x/../${file}x`,
    `/media//${file}`,
    `/media/${file}%00`,
    `/media/${file}%0a`,
    `/media/${file}%20`,
    `/media/%20${file}`,
    `/media/${file}%00.png`,
    `/media/${file.toUpperCase()}`,
    `/media/${file.replace('webp', 'WEBP')}`,
    `/media/${file.replace('webp', 'png')}`,
    `/media/${file.replace('large', 'huge')}`,
    `/media/${file.replace('-large', '')}`,
    `/media/${file.slice(1)}`,
    `/media/0${file}`,
    `/media/inner/../${file}x`,
    `/MEDIA/${file}`,
    `/media;x/${file}`,
    `/${file}`,
  ];

  it('is not found, and never anything from outside the folder', async () => {
    const targets = [...spellings(kith.mediaFolder), ...near(name)];
    expect(targets.length).toBeGreaterThan(70);
    for (const target of targets) {
      for (const method of ['GET', 'HEAD']) {
        const answer = await answerTo(target, method);
        expect.soft(answer, target).toMatch(/^HTTP\/1\.1 (404|400) /);
        expect.soft(answer, target).not.toContain(secret);
        expect.soft(answer, target).not.toContain('root:');
        expect.soft(answer, target).not.toContain('WEBP');
        expect.soft(answer, target).not.toMatch(/ENOENT|EISDIR|node:fs|\bat \S+ \(/);
      }
    }
  });

  it('is not found by the server’s own fetch either', async () => {
    for (const target of near(name)) {
      const response = await kith.fetch(target);
      expect.soft(response.status, target).toBe(404);
      expect.soft(await response.text(), target).not.toContain('WEBP');
    }
  });

  it('leaves nothing open when the client goes before the end', async () => {
    const open = () => readdirSync('/dev/fd').length;
    const before = open();
    for (let i = 0; i < 20; i++) {
      const response = await kith.fetch(`/media/${name}`);
      await response.body?.cancel();
      await kith.fetch(`/media/${name}`, { method: 'HEAD' });
      await kith.fetch(`/media/${name}`, { headers: { 'if-none-match': '*' } });
    }
    await expect.poll(open).toBeLessThan(before + 10);
  });
});

describe('a storage that fails', () => {
  /** A server over a storage of its own, and what it logs. */
  const serve = async (get: MediaStorage['get']) => {
    const logged: string[] = [];
    const app = createApp({
      db: kith.database.db,
      storage: { ...diskStorage(kith.mediaFolder), get },
      config: { ...readConfig({}), auth: testAuth },
      log: pino({}, { write: (line) => void logged.push(line) }),
    });
    const server = createServer(app.listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, logged, app };
  };
  const file = `${'a'.repeat(32)}-small.webp`;

  it('is a 502 that tells nothing but an id, which the log has too', async () => {
    const { url, logged, app } = await serve(() => Promise.reject(new Error(`AccessDenied: ${secret}`)));
    for (const answer of [
      await fetch(`${url}/media/${file}`),
      await app.fetch(new Request(`http://kith.test/media/${file}`)),
    ]) {
      expect(answer.status).toBe(502);
      const text = await answer.text();
      expect(text).not.toMatch(/secret|AccessDenied|\bat \S+/);
      const [id = 'none'] = /[0-9a-f-]{36}/.exec(text) ?? [];
      expect(logged.join('')).toContain(id);
    }
  });

  it('breaks the connection of a file that breaks off, and nothing else', async () => {
    const { url, logged } = await serve(async () => ({
      size: 1000,
      body: Readable.from(
        (async function* () {
          yield Buffer.from('abc');
          throw new Error(`aborted: ${secret}`);
        })(),
      ),
    }));
    await expect(fetch(`${url}/media/${file}`).then((answer) => answer.arrayBuffer())).rejects.toThrow();
    expect(logged.join('')).toContain('a picture broke off');
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });
});

describe('the disk', () => {
  const content = Buffer.from('a picture');
  const file = `${'a'.repeat(32)}-small.webp`;

  it('has the final file after a write and nothing else, readable by its owner alone', async () => {
    const folder = join(temporaryFolder(), 'not', 'yet', 'there');
    const storage = diskStorage(folder);
    await storage.put(file, content);
    expect(readdirSync(folder)).toEqual([file]);
    expect(readFileSync(join(folder, file))).toEqual(content);
    expect([folder, join(folder, file)].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600]);
    const read = await storage.get(file);
    expect(read?.size).toBe(content.length);
    expect(read && (await buffer(read.body))).toEqual(content);
    await storage.put(file, Buffer.from('another'));
    expect(readdirSync(folder)).toEqual([file]);
    expect(readFileSync(join(folder, file), 'utf8')).toBe('another');
  });

  it('has no file that was never written, and removing one is no error', async () => {
    const storage = diskStorage(join(temporaryFolder(), 'nothing'));
    expect(await storage.get(file)).toBeNull();
    await expect(storage.remove([file, `x${file}`])).resolves.toBeUndefined();
    await expect(storage.remove([])).resolves.toBeUndefined();
  });

  it('removes the files that are named, those half-written with them, and no others', async () => {
    const folder = temporaryFolder();
    const storage = diskStorage(folder);
    await storage.put(file, content);
    await storage.put('other.webp', content);
    writeFileSync(join(folder, 'half.webp.tmp'), 'ha');
    await storage.remove([file, 'half.webp', 'never.webp']);
    expect(readdirSync(folder)).toEqual(['other.webp']);
    expect(await storage.get(file)).toBeNull();
  });

  it('fails, and leaves no half of a file, when it cannot write', async () => {
    const folder = temporaryFolder();
    // A file is where the folder should be.
    writeFileSync(join(folder, 'file'), 'x');
    await expect(diskStorage(join(folder, 'file')).put(file, content)).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['file']);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('x');
    // A folder is where the file should be: it fails at the very end.
    const storage = diskStorage(join(folder, 'media'));
    mkdirSync(join(folder, 'media', file), { recursive: true });
    await expect(storage.put(file, content)).rejects.toThrow();
    expect(readdirSync(join(folder, 'media'))).toEqual([file]);
  });

  it('that fails is an unexpected error to the client, and the profile stays as it was', async () => {
    const before = await kith.query('{ viewer { user { avatar { hash } } } }', { as: 'ada' });
    const base64 = `data:image/png;base64,${(await plain(10, 10).png().toBuffer()).toString('base64')}`;
    const aside = `${kith.mediaFolder}-aside`;
    renameSync(kith.mediaFolder, aside);
    writeFileSync(kith.mediaFolder, 'no folder');
    const { data, errors } = await kith.send(
      'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { userErrors { code } } }',
      { as: 'ada', variables: { input: { avatar: { base64 }, displayName: 'Never' } } },
    );
    rmSync(kith.mediaFolder);
    renameSync(aside, kith.mediaFolder);
    expect(data).toEqual({ updateProfile: null });
    expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['INTERNAL_SERVER_ERROR']);
    expect(JSON.stringify(errors)).not.toContain(kith.mediaFolder);
    expect(await kith.query('{ viewer { user { avatar { hash } } } }', { as: 'ada' })).toEqual(before);
    const { viewer } = await kith.query('{ viewer { user { displayName } } }', { as: 'ada' });
    expect(viewer.user.displayName).not.toBe('Never');
    // What could not be removed either is gone once the disk is there again.
    await setAvatar(await picture());
    const unused = await kith.database.db.execute(sql`SELECT name FROM media_files WHERE state <> 'USED'`);
    expect(rowsOf(unused)).toEqual([]);
  });
});
