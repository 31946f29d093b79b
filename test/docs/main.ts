// npm run docs: schema.graphql as one page that needs no network, .docs/index.html. What renders it takes graphql 16 only,
// so it has packages of its own: `npm ci` runs here when they are missing or not those of the lock file.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** @throws when it does not end well; what it printed is shown then. */
function run(what: string, cwd: string, command: string, ...args: string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${what} failed.\n${stdout}${stderr}`);
}

const changed = (file: string) => statSync(folder + file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
if (changed('node_modules/.package-lock.json') < changed('package-lock.json')) {
  process.stderr.write('installing SpectaQL\n');
  run('npm ci', folder, 'npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund');
}
const spectaql = `${folder}node_modules/spectaql/bin/spectaql.js`;
run('SpectaQL', root, process.execPath, spectaql, '--target-dir', '.docs', `${folder}spectaql.yml`);
process.stdout.write('.docs/index.html\n');
