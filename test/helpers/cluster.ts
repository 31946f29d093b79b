// A PostgreSQL of the test's own, to be stopped, killed and started again.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres, { type Sql } from 'postgres';
import { freePort } from './process.ts';

/** How a server is ended: it cuts its clients off, it leaves all for its next start to mend, it knows nothing of it. */
export type Ending = 'fast' | 'immediate' | 'killed';
const signals = { fast: 'SIGINT', immediate: 'SIGQUIT', killed: 'SIGKILL' } as const;

export interface Cluster {
  port: number;
  /** A connection of the test's own, to this server's first database. */
  admin: Sql;
  /** The URL of a new database. */
  createDatabase: () => Promise<string>;
  stop: (how: Ending) => Promise<void>;
  /** Starts it again; resolves once it answers. */
  start: () => Promise<void>;
  /** Ends it, and removes all of it. */
  end: () => Promise<void>;
}

/** Makes one that forgets nothing it has acknowledged. */
export async function startCluster(): Promise<Cluster> {
  const bin = programs();
  const user = owner();
  const folder = mkdtempSync(join(tmpdir(), 'kith-postgres-'));
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const port = await freePort();
  const asOwner = { ...user, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C' } };
  execFileSync(join(bin, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'kith', '-E', 'UTF8', '-N'], {
    ...asOwner,
    stdio: 'pipe',
  });
  const url = (database: string) => `postgres://kith@127.0.0.1:${port}/${database}`;
  const admin = postgres(url('postgres'), { max: 2, onnotice: () => {}, backoff: () => 0.05 });
  let server: ChildProcess | null = null;
  let output = '';

  const begin = () => {
    const settings = [
      'fsync=on',
      'synchronous_commit=on',
      'shared_buffers=32MB',
      'listen_addresses=127.0.0.1',
    ];
    const args = ['-D', data, '-p', String(port), '-k', '', ...settings.flatMap((s) => ['-c', s])];
    const child = spawn(join(bin, 'postgres'), args, { ...asOwner, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    return child;
  };
  const start = async () => {
    server = begin();
    for (;;) {
      // Those that a killed one has left behind keep the next one out until they notice.
      if (server.exitCode !== null) {
        if (!/still in use|lock file/.test(output.slice(-1_000))) throw new Error(`No PostgreSQL: ${output}`);
        await sleep(100);
        server = begin();
      }
      const [there] = await admin`SELECT 1`.catch(() => []);
      if (there) return;
      await sleep(20);
    }
  };
  const stop = async (how: Ending) => {
    const child = server;
    server = null;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signals[how]);
    await ended;
  };
  await start();
  let databases = 0;
  return {
    port,
    admin,
    start,
    stop,
    end: async () => {
      await admin.end({ timeout: 1 });
      await stop('immediate');
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
    createDatabase: async () => {
      const name = `kith_${databases++}`;
      await admin.unsafe(`CREATE DATABASE ${name}`);
      return url(name);
    },
  };
}

/** The folder of PostgreSQL's programs. @throws with what to install where there is none. */
function programs(): string {
  const candidates: string[] = [];
  try {
    candidates.push(execFileSync('pg_config', ['--bindir'], { encoding: 'utf8', stdio: 'pipe' }).trim());
  } catch {
    // Debian has it in a package for developers.
  }
  const versions = '/usr/lib/postgresql';
  if (existsSync(versions)) {
    const byNumber = readdirSync(versions).toSorted((a, b) => Number(b) - Number(a));
    candidates.push(...byNumber.map((version) => join(versions, version, 'bin')));
  }
  const found = candidates.find((folder) => ['initdb', 'postgres'].every((p) => existsSync(join(folder, p))));
  if (!found) {
    throw new Error(
      `These tests start a PostgreSQL of their own, and there is no initdb in ${candidates.join(', ') || versions}: ` +
        'install it (on Debian, the package postgresql).',
    );
  }
  return found;
}

/** Whom it runs as: it refuses to be root's. */
function owner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres'])));
  return { uid: uid ?? 0, gid: gid ?? 0 };
}
