import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { s3Storage } from '../../src/media/s3-storage.ts';
import { openStorage } from '../../src/media/storage.ts';
import { createTestApp, type TestApp } from '../helpers/app.ts';
import { blue, contentOf, filesOf, pictureMutations, plain, red, sizes } from '../helpers/pictures.ts';
import { freePort } from '../helpers/process.ts';

// The only keys that the server below knows.
vi.stubEnv('AWS_ACCESS_KEY_ID', 'S3RVER');
vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'S3RVER');
afterAll(() => {
  vi.unstubAllEnvs();
});

/** As much as is used of the server, which has no types of its own. */
interface S3Server {
  httpServer: Server;
  run: () => Promise<unknown>;
  close: () => Promise<void>;
}
const serverPackage: string = '@20minutes/s3rver';

const bucket = 'pictures';
const directory = mkdtempSync(join(tmpdir(), 'kith-s3-'));
let endpoint = '';
let stop = async () => {};

beforeAll(async () => {
  const port = await freePort();
  // By name: with an address the client would not put the bucket's name before it anyway.
  endpoint = `http://localhost:${port}`;
  const S3rver: new (options: object) => S3Server = (await import(serverPackage)).default;
  const server = new S3rver({
    address: '127.0.0.1',
    port,
    silent: true,
    // It drops the slash at the end of a bucket's path, which is signed; its keys it does check.
    allowMismatchedSignatures: true,
    directory,
    vhostBuckets: false,
    configureBuckets: [{ name: bucket }],
  });
  await server.run();
  stop = async () => {
    // Those of the client are kept open.
    server.httpServer.closeAllConnections();
    await server.close();
  };
});
afterAll(async () => {
  await stop();
  rmSync(directory, { recursive: true, force: true });
});

const config = (over: { bucket?: string; endpoint?: string } = {}) =>
  ({ kind: 's3', bucket, endpoint, region: 'us-east-1', ...over }) as const;

/** The names of the objects in the bucket, as the server itself has them on its disk. */
const objects = () =>
  readdirSync(join(directory, bucket))
    .filter((file) => file.endsWith('._S3rver_object'))
    .map((file) => file.replace('._S3rver_object', ''))
    .sort();

describe('the storage', () => {
  const content = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));
  const names = ['a', 'b', 'c'].map((letter) => `${letter.repeat(32)}-small.webp`);
  const [first = '', second = '', third = ''] = names;

  it('gives back what was put into it, with its size, and says that it is WebP', async () => {
    const storage = s3Storage(config());
    await storage.put(first, content);
    const file = await storage.get(first);
    expect(file?.size).toBe(content.length);
    expect(file && (await buffer(file.body))).toEqual(content);
    const { default: metadata } = await import(join(directory, bucket, `${first}._S3rver_metadata.json`), {
      with: { type: 'json' },
    });
    expect(metadata['content-type']).toBe('image/webp');
  });

  it('keeps every byte, of a Uint8Array and of none as well', async () => {
    const storage = s3Storage(config());
    await storage.put(second, new Uint8Array([0, 255, 13, 10, 0]));
    const file = await storage.get(second);
    expect(file && [...(await buffer(file.body))]).toEqual([0, 255, 13, 10, 0]);
    await storage.put(second, Buffer.from('another'));
    const again = await storage.get(second);
    expect(again && (await buffer(again.body)).toString()).toBe('another');
  });

  it('takes what is made while it is written, in one part and in several, whole or not at all', async () => {
    const storage = s3Storage(config());
    for (const count of [3, 70]) {
      const bytes = await storage.putStream(
        third,
        Readable.from(Array(count).fill(content)),
        'application/zip',
      );
      expect(bytes).toBe(count * content.length);
      const file = await storage.get(third);
      expect(file && (await buffer(file.body)).equals(Buffer.concat(Array(count).fill(content)))).toBe(true);
    }
    await storage.remove([third]);
    const broken = (count: number) =>
      Readable.from(
        (async function* () {
          for (let i = 0; i < count; i++) yield content;
          throw new Error('broke off');
        })(),
      );
    await expect(storage.putStream(third, broken(3), 'application/zip')).rejects.toThrow('broke off');
    // This server cannot be told that no more parts will come.
    await expect(storage.putStream(third, broken(70), 'application/zip')).rejects.toThrow();
    expect(await storage.get(third)).toBeNull();
  });

  it('has nothing that was never put', async () => {
    expect(await s3Storage(config()).get(third)).toBeNull();
  });

  it('removes what is named and no other; what is not there is no error', async () => {
    const storage = s3Storage(config());
    await Promise.all(names.map((name) => storage.put(name, content)));
    await storage.remove([first, third, `${'d'.repeat(32)}-small.webp`]);
    expect(objects()).toEqual([second]);
    expect(await storage.get(first)).toBeNull();
    await storage.remove([first]);
    await storage.remove([]);
    expect(objects()).toEqual([second]);
    await storage.remove([second]);
    expect(objects()).toEqual([]);
  });

  it('removes more than S3 lets one request remove', async () => {
    const storage = s3Storage(config());
    const last = `${'e'.repeat(32)}-small.webp`;
    await storage.put(first, content);
    await storage.put(last, content);
    const absent = Array.from({ length: 1_200 }, (_, i) => `absent-${i}.webp`);
    await storage.remove([first, ...absent, last]);
    expect(objects()).toEqual([]);
  });

  it('leaves nothing open of what is not read to its end', async () => {
    const storage = s3Storage(config());
    await storage.put(first, content);
    // More than the client has connections.
    for (let i = 0; i < 120; i++) (await storage.get(first))?.body.destroy();
    const file = await storage.get(first);
    expect(file && (await buffer(file.body)).length).toBe(content.length);
    await storage.remove([first]);
  });

  it('fails where there is no such bucket, no such server, or no right to it', async () => {
    const wrong = s3Storage(config({ bucket: 'nowhere' }));
    await expect(wrong.put(first, content)).rejects.toThrow(/bucket/i);
    await expect(wrong.get(first)).rejects.toThrow(/bucket/i);
    const gone = s3Storage(config({ endpoint: `http://127.0.0.1:${await freePort()}` }));
    await expect(gone.get(first)).rejects.toThrow(/ECONNREFUSED/);
    process.env.AWS_ACCESS_KEY_ID = 'stranger';
    const stranger = s3Storage(config());
    await expect(stranger.put(first, content)).rejects.toThrow(/access key/i);
    process.env.AWS_ACCESS_KEY_ID = 'S3RVER';
    expect(objects()).toEqual([]);
  });

  it('is what the configuration opens', async () => {
    const storage = await openStorage(config());
    await storage.put(first, content);
    expect(objects()).toEqual([first]);
    await storage.remove([first]);
  });
});

describe('the server over it', () => {
  let kith: TestApp;
  beforeAll(async () => {
    kith = await createTestApp({ storage: s3Storage(config()) });
  });
  afterAll(() => kith.close());

  it('stores, serves, replaces and removes pictures, and writes nothing to the disk', async () => {
    const { setAvatar, setCover } = pictureMutations(kith);
    const avatar = await setAvatar(await plain(500, 400, red).png().toBuffer());
    expect(objects()).toEqual(filesOf(avatar));
    const widths: (number | undefined)[] = [];
    for (const size of sizes) {
      const { width, format } = await sharp(await contentOf(kith, avatar[size])).metadata();
      expect(format).toBe('webp');
      widths.push(width);
    }
    expect(widths).toEqual([50, 100, 300, 500]);

    const cover = await setCover(await plain(200, 100, blue).png().toBuffer(), 'bob');
    const next = await setAvatar(await plain(50, 40, blue).png().toBuffer());
    expect(objects()).toEqual(filesOf(cover, next));
    const old = await kith.fetch(new URL(avatar.LARGE).pathname);
    expect(old.status).toBe(404);

    await kith.mutate('updateProfile', { avatar: null }, 'ada');
    expect(objects()).toEqual(filesOf(cover));
    await kith.mutate('deleteAccount', { username: 'bob' }, 'bob');
    expect(objects()).toEqual([]);
    expect(readdirSync(kith.mediaFolder)).toEqual([]);
  });

  it('serves HEAD, and 304 to who has it already', async () => {
    const { setAvatar } = pictureMutations(kith);
    const path = new URL((await setAvatar(await plain(80, 60).png().toBuffer())).LARGE).pathname;
    const body = await contentOf(kith, `http://localhost${path}`);
    const head = await kith.fetch(path, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(String(body.length));
    expect(head.headers.get('content-type')).toBe('image/webp');
    const headers = { 'if-none-match': head.headers.get('etag') ?? '' };
    expect((await kith.fetch(path, { headers })).status).toBe(304);
    expect((await kith.fetch(path.replace('large', 'huge'))).status).toBe(404);
    await kith.mutate('updateProfile', { avatar: null }, 'ada');
  });

  it('leaves nothing of a mutation that is refused', async () => {
    const avatar = {
      base64: `data:image/png;base64,${(await plain(9, 9).png().toBuffer()).toString('base64')}`,
    };
    await kith.mutate('createMember', { name: 'Jo' }, 'ada');
    const { userErrors } = await kith.mutate('createMember', { name: 'jo', avatar }, 'ada');
    expect(userErrors).toMatchObject([{ code: 'ALREADY_EXISTS' }]);
    expect(objects()).toEqual([]);
  });
});
