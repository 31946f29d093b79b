// Domain rule 2: photos of posts that are not public have signed URLs that expire after one hour.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { type Database, openDatabase } from '../../src/db/client.ts';
import { storePicture } from '../../src/features/media/pictures.ts';
import { fileSizes } from '../../src/features/media/rules.ts';
import { users } from '../../src/features/users/table.ts';
import { diskStorage } from '../../src/media/disk-storage.ts';
import { ImageProcessor } from '../../src/media/image.ts';
import type { MediaStorage } from '../../src/media/storage.ts';
import { createTestApp, type TestApp, testAuth, useTestApp } from '../helpers/app.ts';
import { onOwnDatabase } from '../helpers/db.ts';
import { testClock } from '../helpers/lists.ts';
import {
  chunksOf,
  fileNameOf,
  filesOf,
  imageFields,
  knownPictures,
  plain,
  type Shown,
  sizes,
} from '../helpers/pictures.ts';
import { temporaryFolder } from '../helpers/process.ts';

const folder = mkdtempSync(join(tmpdir(), 'kith-private-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const disk = diskStorage(folder);
/** The names of the files that the storage was asked for. */
const asked: string[] = [];
const storage: MediaStorage = {
  ...disk,
  get: (name) => {
    asked.push(name);
    return disk.get(name);
  },
};

const clock = testClock();
const kith = useTestApp({ now: clock.now, storage });

const year = 'public, max-age=31536000, immutable';
const hour = 3_600_000;

/** Makes a photo the avatar of everybody there is. */
async function setPhoto(db: Database, isPrivate: boolean, box: [number, number] = [60, 40]): Promise<void> {
  const content = plain(...box)
    .png()
    .toBuffer();
  const image = await new ImageProcessor().process(() => content, fileSizes.photo, null);
  const avatar = await storePicture(
    { db, media: { storage }, now: clock.now },
    'photo',
    image,
    [],
    isPrivate,
  );
  await db.update(users).set({ avatar });
}

/** Makes a photo Ada's avatar and gives it back as she shows it. */
async function showPhoto(app: TestApp, isPrivate: boolean, box?: [number, number]): Promise<Shown> {
  await app.idOf('ada');
  await setPhoto(app.database.db, isPrivate, box);
  return shownBy(app);
}

const avatarOfAda = `{ user(by: { username: "ada" }) { avatar { ${imageFields} } } }`;
const shownBy = async (app: TestApp): Promise<Shown> => (await app.query(avatarOfAda)).user.avatar;

/** What a URL of Kith's is asked for with: its path and query. */
const targetOf = (url: string) => {
  const { pathname, search } = new URL(url);
  return pathname + search;
};

/** All of an answer that a client can tell another from, and what the storage was asked for meanwhile. */
async function answerTo(target: string, init: RequestInit = {}) {
  asked.length = 0;
  const response = await kith.fetch(target, init);
  // Of the connection, not of the answer.
  const connection = ['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding'];
  const headers = [...response.headers].filter(([name]) => !connection.includes(name));
  return {
    status: response.status,
    headers: Object.fromEntries(headers),
    body: await response.text(),
    asked: [...asked],
  };
}

const refused = {
  status: 403,
  headers: {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  },
  body: 'This is no URL of a picture, or it has expired.\n',
  asked: [],
};

describe('a private picture', () => {
  let photo: Shown;
  let file = '';
  let good = '';
  beforeEach(async () => {
    // To a whole second.
    clock.tick(1_000 - (clock.now().getTime() % 1_000));
    photo = await showPhoto(kith, true);
    file = fileNameOf(photo.LARGE);
    good = new URL(photo.LARGE).search;
  });

  it('has a random name that says so, and a URL for each size that expires in an hour', async () => {
    const expires = clock.now().getTime() / 1000 + 3_600;
    const names = new Set<string>();
    for (const size of sizes) {
      const { origin, pathname, search } = new URL(photo[size]);
      expect(origin).toBe(readConfig({}).publicUrl);
      expect(pathname).toMatch(new RegExp(`^/media/private-[0-9a-f]{32}-${size.toLowerCase()}\\.webp$`));
      expect(search).toMatch(new RegExp(`^\\?expires=${expires}&signature=[A-Za-z0-9_-]{43}$`));
      names.add(pathname.slice(0, '/media/private-'.length + 32));
    }
    expect(names.size).toBe(1);
    expect(new Set(sizes.map((size) => new URL(photo[size]).search)).size).toBe(sizes.length);
    expect(fileNameOf((await showPhoto(kith, true)).LARGE)).not.toBe(file);
  });

  it('is behind its URLs, in the sizes of photos, for whoever has them alone', async () => {
    const large = await showPhoto(kith, true, [1000, 600]);
    expect([large.width, large.height]).toEqual([1000, 600]);
    const boxes: string[] = [];
    for (const size of sizes) {
      const response = await kith.fetch(targetOf(large[size]));
      const content = Buffer.from(await response.arrayBuffer());
      expect(response.status).toBe(200);
      expect(chunksOf(content)).toEqual(['VP8 ']);
      // Of a lossy file: its frame begins at 20 and has its sizes after ten bytes' header.
      boxes.push(`${content.readUInt16LE(26) & 0x3fff}×${content.readUInt16LE(28) & 0x3fff}`);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'image/webp',
        'content-length': String(content.length),
        'cache-control': 'private, max-age=3600',
        etag: `"${fileNameOf(large[size])}"`,
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      });
    }
    expect(boxes).toEqual(['50×50', '100×60', '700×420', '1000×600']);
  });

  it('has the same headers for HEAD, and no body', async () => {
    const [got, head] = [
      await answerTo(targetOf(photo.LARGE)),
      await answerTo(targetOf(photo.LARGE), { method: 'HEAD' }),
    ];
    expect(head).toEqual({ ...got, body: '' });
    expect(head.status).toBe(200);
  });

  it('is not sent again to who has it, as long as the URL works', async () => {
    clock.tick(1_000);
    for (const tag of [`"${file}"`, `W/"${file}"`, '*']) {
      const answer = await answerTo(targetOf(photo.LARGE), { headers: { 'if-none-match': tag } });
      expect(answer).toMatchObject({ status: 304, body: '' });
      expect(answer.headers).toMatchObject({ etag: `"${file}"`, 'cache-control': 'private, max-age=3599' });
    }
    clock.tick(hour);
    const answer = await answerTo(targetOf(photo.LARGE), { headers: { 'if-none-match': `"${file}"` } });
    expect(answer).toEqual(refused);
  });

  it.each([
    ['at once', 0, 'private, max-age=3600'],
    ['after half an hour and a bit', hour / 2 + 1, 'private, max-age=1799'],
    ['after 59:59', hour - 1_000, 'private, max-age=1'],
    ['in the last millisecond', hour - 1, 'private, max-age=0'],
  ])('can be read %s, and be kept for the rest of the hour', async (_name, after, cacheControl) => {
    clock.tick(after);
    const answer = await answerTo(targetOf(photo.LARGE));
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({ 'cache-control': cacheControl });
  });

  it.each([
    ['after an hour', hour],
    ['after 1:00:01', hour + 1_000],
    ['after a year', 365 * 24 * hour],
  ])('cannot be read any more %s, but with a new URL', async (_name, after) => {
    clock.tick(after);
    expect(await answerTo(targetOf(photo.LARGE))).toEqual(refused);
    expect((await answerTo(targetOf((await shownBy(kith)).LARGE))).status).toBe(200);
  });

  it('has a URL that never works longer than an hour, also when it is made between two seconds', async () => {
    clock.tick(900);
    const { LARGE } = await shownBy(kith);
    clock.tick(hour - 1_000);
    expect((await answerTo(targetOf(LARGE))).headers).toMatchObject({
      'cache-control': 'private, max-age=0',
    });
    clock.tick(1_000);
    expect(await answerTo(targetOf(LARGE))).toEqual(refused);
  });

  /** Everything that is almost the URL of the large file: the path's last part and the query, by what is wrong. */
  const forgeries = async (): Promise<Record<string, string>> => {
    const { expires = '', signature = '' } = Object.fromEntries(new URL(photo.LARGE).searchParams);
    const was = photo;
    const other = await showPhoto(kith, true);
    const at = (query: string) => `${file}?${query}`;
    const later = String(Number(expires) + 3_600);
    const swapped = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
    // The last of 43 characters has bits that no byte takes: another spelling of the same bytes.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const respelled = signature.slice(0, -1) + alphabet[alphabet.indexOf(signature.slice(-1)) ^ 1];
    expect(Buffer.from(respelled, 'base64url')).toEqual(Buffer.from(signature, 'base64url'));
    return {
      'no query': file,
      'an empty query': at(''),
      'no expiry': at(`signature=${signature}`),
      'no signature': at(`expires=${expires}`),
      'an empty signature': at(`expires=${expires}&signature=`),
      'an empty expiry': at(`expires=&signature=${signature}`),
      'a later expiry': at(`expires=${later}&signature=${signature}`),
      'an earlier expiry': at(`expires=${Number(expires) - 1}&signature=${signature}`),
      'an expiry with a zero before it': at(`expires=0${expires}&signature=${signature}`),
      'an expiry with a sign': at(`expires=%2B${expires}&signature=${signature}`),
      'an expiry in other words': at(`expires=${Number(expires).toExponential()}&signature=${signature}`),
      'no end': at(`expires=Infinity&signature=${signature}`),
      'no number': at(`expires=NaN&signature=${signature}`),
      'a changed signature': at(`expires=${expires}&signature=${swapped}`),
      'a signature spelled otherwise': at(`expires=${expires}&signature=${respelled}`),
      'a padded signature': at(`expires=${expires}&signature=${signature}%3D`),
      'a shorter signature': at(`expires=${expires}&signature=${signature.slice(1)}`),
      'a longer signature': at(`expires=${expires}&signature=${signature}A`),
      'a signature with a line after it': at(`expires=${expires}&signature=${signature}%0A`),
      'a signature of other letters': at(`expires=${expires}&signature=${'é'.repeat(43)}`),
      'two expiries': at(`expires=${expires}&expires=${later}&signature=${signature}`),
      'two expiries, the other way round': at(`expires=${later}&expires=${expires}&signature=${signature}`),
      'two signatures': at(`expires=${expires}&signature=${signature}&signature=${signature}`),
      'all of it twice': at(
        `expires=${expires}&signature=${signature}&expires=${expires}&signature=${signature}`,
      ),
      'a list of expiries': at(`expires[]=${expires}&signature=${signature}`),
      'other names': at(`EXPIRES=${expires}&SIGNATURE=${signature}`),
      'something else too': at(`expires=${expires}&signature=${signature}&x=1`),
      'the query of another size': `${file}${new URL(was.SMALL).search}`,
      'the query of another picture': `${file}${new URL(other.LARGE).search}`,
      'another size': `${fileNameOf(was.ORIGINAL)}${good}`,
      'another picture': `${fileNameOf(other.LARGE)}${good}`,
      'a picture that is not there': `private-${'0'.repeat(32)}-large.webp${good}`,
      'a picture that is not there, without a query': `private-${'0'.repeat(32)}-large.webp`,
    };
  };

  it('is refused to everybody else, in the same words whatever is wrong, and the storage is not asked', async () => {
    const all = await forgeries();
    for (const [what, target] of Object.entries(all)) {
      expect.soft(await answerTo(`/media/${target}`), what).toEqual(refused);
      const head = await answerTo(`/media/${target}`, { method: 'HEAD' });
      // Without a socket, nobody takes a HEAD's body away.
      expect.soft(head, what).toEqual({ ...refused, body: process.env.TEST_SOCKET ? '' : refused.body });
      for (const tag of ['*', `"${file}"`, `"${target.split('?', 1)[0]}"`]) {
        const answer = await answerTo(`/media/${target}`, { headers: { 'if-none-match': tag } });
        expect.soft(answer, `${what}, ${tag}`).toEqual(refused);
      }
    }
    expect((await answerTo(`/media/${file}${good}`)).status).toBe(200);
  });

  it('is refused to its owner as well, whose token is for GraphQL alone', async () => {
    const authorization = `Bearer ${await kith.token('ada')}`;
    expect(await answerTo(`/media/${file}`, { headers: { authorization } })).toEqual(refused);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    'can only be read: %s is 405, signed or not',
    async (method) => {
      for (const target of [targetOf(photo.LARGE), `/media/${file}`]) {
        const init = { method, ...(method === 'DELETE' ? {} : { body: 'x' }) };
        const answer = await answerTo(target, init);
        expect(answer).toMatchObject({ status: 405, asked: [] });
        expect(answer.headers).toMatchObject({ allow: 'GET, HEAD' });
      }
      expect((await answerTo(targetOf(photo.LARGE))).status).toBe(200);
    },
  );

  it('is found under its very name alone', async () => {
    const random = file.replace('private-', '');
    for (const name of [
      random,
      `private-${file}`,
      `PRIVATE-${random}`,
      `Private-${random}`,
      `private${random}`,
      `private--${random}`,
      `private%2d${random}`,
      `%70rivate-${random}`,
      `${file}%00`,
      `${file}%0a`,
      `${file}.tmp`,
      `${file}/`,
      `${file};`,
      `x%2f..%2f${file}`,
      `..%2fmedia%2f${file}`,
      `%2e%2e%2f${file}`,
      `/${file}`,
      file.toUpperCase(),
    ]) {
      const answer = await answerTo(`/media/${name}${good}`);
      expect.soft(answer, name).toMatchObject({ status: 404, body: 'There is no such picture.\n' });
      expect.soft(answer.asked, name).not.toContain(file);
    }
  });

  it('is 404 once it is gone, to who has its URL: with what it was for, all its files go', async () => {
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(filesOf(photo)));
    expect((await kith.mutate('updateProfile', { avatar: null }, 'ada')).userErrors).toEqual([]);
    const left = readdirSync(folder);
    for (const name of filesOf(photo)) expect(left).not.toContain(name);
    expect((await knownPictures(kith)).filter((name) => file.startsWith(name))).toEqual([]);
    expect(await answerTo(targetOf(photo.LARGE))).toMatchObject({
      status: 404,
      body: 'There is no such picture.\n',
    });
    expect(await answerTo(`/media/${file}`)).toEqual(refused);
  });
});

describe('a picture for everybody', () => {
  it('has URLs without a query, and may have any', async () => {
    const photo = await showPhoto(kith, false);
    for (const size of sizes) expect(photo[size]).toMatch(/\/media\/[0-9a-f]{32}-[a-z]+\.webp$/);
    const path = new URL(photo.LARGE).pathname;
    const plainly = await answerTo(path);
    expect(plainly.status).toBe(200);
    expect(plainly.headers).toMatchObject({ 'cache-control': year });
    for (const query of ['?', '?v=2', '?expires=1&signature=x', '?expires=1', '??', '?%']) {
      expect(await answerTo(path + query), query).toEqual(plainly);
    }
  });
});

describe('over a socket', () => {
  /** The status line that is answered to a request for this very target. */
  const serve = async () => {
    const config = { ...readConfig({}), auth: testAuth };
    const log = pino({ level: 'silent' });
    const server = createServer(
      createApp({ db: kith.database.db, storage, config, log, now: clock.now }).listener,
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    return (target: string) =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () =>
          socket.write(`GET ${target} HTTP/1.1\r\nhost: kith.test\r\nconnection: close\r\n\r\n`, 'latin1'),
        );
        let answer = '';
        socket.setEncoding('latin1');
        socket.on('data', (data) => {
          answer += data;
        });
        socket.on('close', () => resolve(answer.split('\r\n', 1)[0] ?? ''));
        socket.on('error', reject);
      });
  };

  it('no other way of writing the path or query leads to a private picture', async () => {
    const { LARGE } = await showPhoto(kith, true);
    const statusOf = await serve();
    const { pathname, search } = new URL(LARGE);
    const file = fileNameOf(LARGE);
    expect(await statusOf(pathname + search)).toMatch(/ 200 /);
    asked.length = 0;
    for (const target of [
      `/media/../media/${file}${search}`,
      `/media/./${file}${search}`,
      `/media//${file}${search}`,
      `//media/${file}${search}`,
      `http://kith.test${pathname}`,
      `http://kith.test${pathname}${search}`,
      `/media/x/../${file}${search}`,
      `/media/%2e%2e/media/${file}${search}`,
      `/media/..\\${file}${search}`,
      `${pathname}?${search}`,
      `${pathname}${search}?`,
      `${pathname}${search}#`,
      `${pathname}#${search}`,
      `${pathname}${search.replace('?', '%3f')}`,
      `${pathname}${search.replace('&', ';')}`,
      `${pathname}${search.replace('&', '&amp;')}`,
    ]) {
      expect.soft(await statusOf(target), target).toMatch(/ 40[034] /);
    }
    expect(asked).toEqual([]);
  });
});

describe('the key', () => {
  /** A server over a database, and the same files. */
  const appOver = (db: Database): TestApp['fetch'] => {
    const config = { ...readConfig({}), auth: testAuth };
    const app = createApp({ db, storage, config, log: pino({ level: 'silent' }), now: clock.now });
    onTestFinished(() => app.dispose());
    return async (path, init) => app.fetch(new Request(new URL(path, 'http://kith.test'), init));
  };
  const ask = async (fetchApp: TestApp['fetch'], document: string, headers: Record<string, string> = {}) => {
    const answer = await fetchApp('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: document }),
    });
    expect(answer.status).toBe(200);
    return (await answer.json()) as { data: { user: { avatar: Shown } } };
  };
  const query = async (fetchApp: TestApp['fetch']) => (await ask(fetchApp, avatarOfAda)).data.user.avatar;

  it('is the database’s: another server on it makes the same URLs, one on another refuses them', async () => {
    const photo = await showPhoto(kith, true);
    const second = appOver(kith.database.db);
    expect(await query(second)).toEqual(photo);
    expect((await second(targetOf(photo.LARGE))).status).toBe(200);

    // Migrated anew: what tests begin with otherwise is one database, copied.
    const url = await onOwnDatabase();
    const other = await openDatabase(url === null ? {} : { url });
    onTestFinished(() => other.close());
    await other.migrate();
    const refusal = await appOver(other.db)(targetOf(photo.LARGE));
    expect(refusal.status).toBe(403);
    expect(await refusal.text()).toBe(refused.body);
  });

  it('outlives the process', async () => {
    const url = await onOwnDatabase();
    const options = url === null ? { dataDir: temporaryFolder() } : { url };
    const start = async (run: (db: Database, fetchApp: TestApp['fetch']) => Promise<void>) => {
      const database = await openDatabase(options);
      try {
        await database.migrate();
        await run(database.db, appOver(database.db));
      } finally {
        await database.close();
      }
    };
    const shown: Shown[] = [];
    await start(async (db, fetchApp) => {
      await ask(fetchApp, '{ viewer { user { id } } }', {
        authorization: `Bearer ${await kith.token('ada')}`,
      });
      await setPhoto(db, true);
      shown.push(await query(fetchApp));
    });
    await start(async (_db, fetchApp) => {
      shown.push(await query(fetchApp));
      for (const { LARGE } of shown) expect((await fetchApp(targetOf(LARGE))).status).toBe(200);
    });
    expect(shown[1]).toEqual(shown[0]);
  });

  describe('is read', () => {
    let app: TestApp;
    beforeEach(async () => {
      app = await createTestApp({ now: clock.now, storage });
    });
    afterEach(() => app.close());
    const reads = () => app.database.statements.filter((text) => text.includes('server_keys')).length;

    it('once, and not at all for pictures for everybody', async () => {
      const open = await showPhoto(app, false);
      await app.fetch(targetOf(open.LARGE));
      app.database.statements.length = 0;
      await shownBy(app);
      const statements = app.database.statements.length;
      expect(reads()).toBe(0);
      await showPhoto(app, true);
      expect(reads()).toBe(1);
      app.database.statements.length = 0;
      const { LARGE } = await shownBy(app);
      expect(app.database.statements).toHaveLength(statements);
      app.database.statements.length = 0;
      await Promise.all([app.fetch(targetOf(LARGE)), app.fetch(new URL(LARGE).pathname)]);
      expect(app.database.statements).toEqual([]);
    });

    it('once by all who want it at the same time', async () => {
      const open = await showPhoto(app, false);
      const target = `/media/private-${fileNameOf(open.LARGE)}?expires=1&signature=x`;
      const answers = await Promise.all([1, 2, 3].map(() => app.fetch(target)));
      expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
      expect(reads()).toBe(1);
    });

    it('again where that failed, and nothing is let through meanwhile', async () => {
      const rename = (from: string, to: string) =>
        app.database.db.execute(sql`UPDATE server_keys SET name = ${to} WHERE name = ${from}`);
      await showPhoto(app, false);
      await rename('media', 'hidden');
      const target = `/media/private-${'0'.repeat(32)}-large.webp`;
      const failed = await app.fetch(target);
      expect(failed.status).toBe(502);
      const [id = 'none'] = /[0-9a-f-]{36}/.exec(await failed.text()) ?? [];
      expect(app.logged.join('')).toContain(id);
      await rename('hidden', 'media');
      expect((await app.fetch(target)).status).toBe(403);
      const { LARGE } = await showPhoto(app, true);
      expect((await app.fetch(targetOf(LARGE))).status).toBe(200);
    });
  });
});
