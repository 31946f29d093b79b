import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/db/client.ts';
import { loadDemo } from '../../src/db/demo/load.ts';
import { openStorage } from '../../src/media/storage.ts';

export interface Running {
  child: ChildProcess;
  /** All it has printed, on both streams. */
  output: () => string;
  /** Resolves with its exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals | null>;
}

/** Takes what ends something that was begun, and calls it when that is needed no more. */
export type Until = (end: () => void) => void;

/** Runs a script of the project as its own process, as npm's scripts do, without what the test's environment says of databases and tokens. */
export function run(
  script: string,
  args: readonly string[],
  env: Record<string, string> = {},
  until: Until = onTestFinished,
): Running {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['--import', './src/fast-start.ts', script, ...args], {
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  until(() => void child.kill('SIGKILL'));
  return {
    child,
    output: () => output,
    ended: new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal))),
  };
}

export interface Gateway extends Running {
  url: string;
  /** Sends a document with the token, and gives the whole answer back. */
  send: (
    query: string,
    token?: string,
    variables?: object,
  ) => Promise<{ data: Record<string, never>; errors?: unknown[] }>;
  /** The token that the start-up block has for a demo person. */
  tokenOf: (username: string) => string;
}

/** Starts the gateway and waits until it answers. It ends with the test unless told otherwise. */
export async function startGateway(
  env: Record<string, string>,
  until: Until = onTestFinished,
): Promise<Gateway> {
  const { port, running } = await startOnFreePort(env, until);
  const url = `http://127.0.0.1:${port}/graphql`;
  return {
    ...running,
    url,
    send: async (query, token, variables) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        body: JSON.stringify({ query, variables }),
      });
      return response.json() as never;
    },
    tokenOf: (username) => {
      const token = new RegExp(`^ +${username} +(\\S+)$`, 'm').exec(running.output())?.[1];
      if (!token) throw new Error(`No token for ${username} in: ${running.output()}`);
      return token;
    },
  };
}

/** Another test's process may take the port before this one does: then another port is tried. */
async function startOnFreePort(
  env: Record<string, string>,
  until: Until,
): Promise<{ port: number; running: Running }> {
  for (;;) {
    const port = await freePort();
    const running = run('src/main.ts', [], { PORT: String(port), ...env }, until);
    // Its own word for it: on this port somebody else's might answer.
    while (!running.output().includes('Kith is running') && running.child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    if (running.child.exitCode === null) return { port, running };
    if (!running.output().includes('EADDRINUSE')) throw new Error(`The gateway ended: ${running.output()}`);
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** A folder that is gone after the test, unless told otherwise. */
export function temporaryFolder(until: Until = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), 'kith-test-'));
  until(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The same, with an embedded database in it that is migrated: for what is not about starting from nothing. */
export function migratedFolder(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'db'), { mode: 0o700 });
  execFileSync('tar', ['-xf', inject('snapshot'), '-C', join(folder, 'db')], { stdio: 'pipe' });
  return folder;
}

/** The same, with the demo people in it. */
export async function demoFolder(): Promise<string> {
  const folder = migratedFolder();
  const { dataDir, media } = readConfig({ DATA_DIR: folder });
  const { db, close } = await openDatabase({ dataDir });
  await loadDemo(db, await openStorage(media), '');
  await close();
  return folder;
}
