// A disk without room for pictures: that they lie on, or that they come in by.
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { signToken } from '../../src/auth/token.ts';
import { testAuth } from '../helpers/app.ts';
import { type Cluster, startCluster } from '../helpers/cluster.ts';
import { recovery, startKith } from '../helpers/community.ts';
import { noise } from '../helpers/pictures.ts';
import { temporaryFolder } from '../helpers/process.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  return cluster.end;
});

/** A disk of 4 MiB, until the test is over. */
function smallDisk(): string {
  const folder = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder], { stdio: 'pipe' });
  } catch (cause) {
    throw new Error('These tests mount a small disk, which takes the rights to (root’s, CAP_SYS_ADMIN).', {
      cause,
    });
  }
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  return folder;
}

/** All files below a folder but the one that fills it. */
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() && entry.name !== 'filling' ? [entry.name] : [],
  );

function fill(folder: string): void {
  const filling = join(folder, 'filling');
  try {
    for (let size = 64 * 1024; ; size += 64 * 1024) writeFileSync(filling, Buffer.alloc(size));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  }
}

interface Uploaded {
  data: { updateProfile: { user: { avatar: { url: string } }; userErrors: unknown[] } | null };
  errors?: { extensions: object }[];
}

describe('a disk that is full', () => {
  it.each(['that pictures lie on', 'that they come in by'])(
    '%s: a coded error, nothing left of them, and all well with room again',
    async (which) => {
      const disk = smallDisk();
      const DATABASE_URL = await cluster.createDatabase();
      const DATA_DIR = temporaryFolder();
      const TMPDIR = temporaryFolder();
      const folders =
        which === 'that pictures lie on' ? { DATA_DIR: disk, TMPDIR } : { DATA_DIR, TMPDIR: disk };
      const gateway = await startKith({ DATABASE_URL, ...folders });
      const token = await signToken(testAuth, 'ada', { expires: '1h' });
      const picture = await noise(400, 400).png().toBuffer();
      const upload = async () => {
        const form = new FormData();
        const query =
          'mutation ($file: Upload!) { updateProfile(input: { displayName: "Ada", avatar: { upload: $file } }) { user { avatar { url } } userErrors { code } } }';
        form.set('operations', JSON.stringify({ query, variables: { file: null } }));
        form.set('map', JSON.stringify({ 0: ['variables.file'] }));
        form.set('0', new Blob([new Uint8Array(picture)], { type: 'image/png' }), 'ada.png');
        const headers = { authorization: `Bearer ${token}` };
        const response = await fetch(gateway.url, { method: 'POST', headers, body: form });
        return (await response.json()) as Uploaded;
      };
      // The folders are there from the first one on.
      expect((await upload()).errors).toBeUndefined();
      const files = () => Object.values(folders).map(filesIn);
      // What it came in by goes a moment after the answer.
      await expect.poll(() => filesIn(folders.TMPDIR)).toEqual([]);
      const before = files();

      fill(disk);
      for (let n = 0; n < 3; n++) {
        const { data, errors } = await upload();
        expect(data).toEqual({ updateProfile: null });
        expect(errors?.map(({ extensions }) => extensions)).toEqual([
          { code: 'SERVICE_UNAVAILABLE', id: expect.any(String) },
        ]);
        expect(JSON.stringify(errors)).not.toContain(disk);
      }
      await expect.poll(files).toEqual(before);
      const own = postgres(DATABASE_URL, { max: 1 });
      const states = await own`SELECT state FROM media_files`;
      await own.end();
      expect(states.map(({ state }) => state)).toEqual(['USED']);

      rmSync(join(disk, 'filling'));
      const room = performance.now();
      const { data, errors } = await upload();
      expect(errors).toBeUndefined();
      expect(data.updateProfile?.userErrors).toEqual([]);
      expect(performance.now() - room).toBeLessThan(recovery);
      const shown = await fetch(data.updateProfile?.user.avatar.url.replace('localhost', '127.0.0.1') ?? '');
      expect(shown.status).toBe(200);
      expect((await shown.arrayBuffer()).byteLength).toBeGreaterThan(0);
    },
  );
});
