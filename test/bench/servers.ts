import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** A process that answers at a URL. */
export interface Server {
  name: string;
  url: string;
  process: ChildProcess;
}

const started: Server[] = [];

/**
 * Starts a script on Node, and waits until it answers.
 * @param flags Node's own.
 * @throws when something else has the port, when it ends, or has not answered after 30 seconds.
 */
export async function start(
  name: string,
  script: string,
  port: number,
  environment: Record<string, string>,
  flags: readonly string[] = [],
): Promise<Server> {
  const url = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(`${url}/health`).then(
      () => true,
      () => false,
    );
  if (await answers()) throw new Error(`${name}: something else answers at ${url}.`);
  const child = spawn(process.execPath, [...flags, script], {
    env: { ...process.env, ...environment, PORT: String(port), NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const server = { name, url, process: child };
  started.push(server);
  for (let i = 0; i < 300 && child.exitCode === null; i++) {
    if (await answers()) return server;
    await wait(100);
  }
  throw new Error(`${name} did not start.`);
}

/** Ends all that were started. */
export function stopAll(): void {
  for (const { process: child } of started) child.kill();
}

/** Processor time of the server's process so far, in µs; NaN where the system does not tell. */
export function cpuOf({ process: { pid } }: Server): number {
  const fields = ofProcess(pid, 'stat').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** Resident memory of the server's process, in MiB; NaN where the system does not tell. */
export function memoryOf({ process: { pid } }: Server): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(ofProcess(pid, 'status'))?.[1]) / 1024;
}

function ofProcess(pid: number | undefined, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
