// A Redis of the test's own, to be killed and started again.
import { type ChildProcess, spawn } from 'node:child_process';
import { freePort } from './process.ts';

export interface RedisServer {
  url: string;
  kill: () => Promise<void>;
  /** Starts it again on the same port, empty; resolves once it takes connections. */
  start: () => Promise<void>;
}

/** Starts one, to be killed at the end. */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort();
  let server: ChildProcess | null = null;
  const start = () =>
    new Promise<void>((resolve, reject) => {
      const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
      const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'pipe'] });
      server = child;
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('Ready to accept connections')) resolve();
      });
      child.once('error', (cause) =>
        reject(
          new Error('These tests start a Redis of their own: install it (on Debian, redis-server).', {
            cause,
          }),
        ),
      );
      child.once('exit', () => reject(new Error(`No Redis: ${output}`)));
    });
  const kill = async () => {
    const child = server;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  return { url: `redis://127.0.0.1:${port}`, kill, start };
}
