// npm run schema:changes [-- --against REF]: compares schema.graphql with earlier ones, and fails where something has
// changed that may break a client and no new line of CHANGELOG.md names it. Without REF it goes by what this clone knows:
// the last commit, the one before it, the last tag, and where the branch left its upstream.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

/** What git prints; null where it fails: here is no clone, or it is too shallow. */
function git(...args: string[]): string | null {
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8', maxBuffer: 64 * 2 ** 20 });
  return status === 0 ? stdout : null;
}

interface Base {
  /** How it was found. */
  name: string;
  commit: string;
  schema: string;
  changelog: string;
}

/** The commits to compare with, each once. */
function basesOf(given: string | undefined): Base[] {
  const named = given
    ? [given]
    : [
        'HEAD',
        'HEAD~',
        git('describe', '--tags', '--abbrev=0')?.trim(),
        git('merge-base', 'HEAD', '@{upstream}')?.trim(),
      ];
  const bases = new Map<string, Base>();
  for (const name of named) {
    const commit = name && git('rev-parse', '--verify', '--quiet', `${name}^{commit}`)?.trim();
    const schema = commit && git('show', `${commit}:schema.graphql`);
    if (!name || !commit || !schema) continue;
    const changelog = git('show', `${commit}:CHANGELOG.md`) ?? '';
    if (!bases.has(commit)) bases.set(commit, { name, commit, schema, changelog });
  }
  return [...bases.values()];
}

/** What may break a client and is named in no line of the changelog that is new since then. */
async function unsaid(base: Base, schema: string, changelog: string): Promise<Change[]> {
  const old = new Set(base.changelog.split('\n'));
  const said = changelog.split('\n').filter((line) => !old.has(line));
  const changes = await diff(buildSchema(base.schema), buildSchema(schema));
  return changes.filter(
    ({ criticality, path }) =>
      criticality.level !== CriticalityLevel.NonBreaking &&
      !said.some((line) => line.includes(`\`${path}\``)),
  );
}

const { against } = parseArgs({ options: { against: { type: 'string' } } }).values;
const [schema, changelog] = ['schema.graphql', 'CHANGELOG.md'].map((file) => readFileSync(file, 'utf8'));
const bases = basesOf(against);
if (against && bases.length === 0) {
  console.error(`There is no schema.graphql at ${against}.`);
  process.exitCode = 1;
}
for (const base of bases) {
  if (base.schema === schema) continue;
  const changes = await unsaid(base, schema ?? '', changelog ?? '');
  if (changes.length === 0) continue;
  process.exitCode = 1;
  console.error(`Since ${base.name} (${base.commit.slice(0, 10)}) schema.graphql has changed for clients:`);
  for (const { criticality, message, path } of changes) {
    console.error(`  ${criticality.level}: ${message}. Name it in a line of CHANGELOG.md, as \`${path}\`.`);
  }
}
