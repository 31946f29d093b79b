// The schema as something that others build upon: in order, and changed with a word to them.
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isSpecifiedDirective, lexicographicSortSchema, printSchema } from 'graphql';
import { expect, it } from 'vitest';
import { schema } from '../../src/schema.ts';
import { temporaryFolder } from '../helpers/process.ts';

it('everything is in the order of its name', () => {
  expect(printSchema(schema)).toBe(printSchema(lexicographicSortSchema(schema)));
});

it('directives are described', () => {
  const own = schema.getDirectives().filter((directive) => !isSpecifiedDirective(directive));
  for (const { name, description, args } of own) {
    expect(description, name).toBeTruthy();
    for (const arg of args) expect(arg.description, `@${name}(${arg.name})`).toBeTruthy();
  }
});

it('what is deprecated says what to use instead and until when', () => {
  const lines = printSchema(schema).split('\n');
  for (const line of lines.filter((one) => one.includes('@deprecated'))) {
    expect(line).toMatch(/@deprecated\(reason: ".*`.+`.* until \d{4}-\d{2}/);
  }
});

const script = fileURLToPath(new URL('../../src/cli/schema-changes.ts', import.meta.url));

/** A project of nothing but a schema, and what the check says in it. */
function project() {
  const folder = temporaryFolder();
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
      cwd: folder,
      stdio: 'pipe',
    });
  const path = (file: string) => join(folder, file);
  writeFileSync(path('schema.graphql'), 'type Query {\n  a: Int!\n  b(c: Int): E\n}\n\nenum E {\n  X\n}\n');
  writeFileSync(path('CHANGELOG.md'), '# Changelog\n');
  git('init', '--quiet', '--initial-branch=main');
  const commit = () => {
    git('add', '.');
    git('commit', '--quiet', '--message', 'A change');
  };
  commit();
  return {
    folder,
    git,
    commit,
    change: (from: string, to: string) =>
      writeFileSync(path('schema.graphql'), readFileSync(path('schema.graphql'), 'utf8').replace(from, to)),
    say: (line: string) => appendFileSync(path('CHANGELOG.md'), `${line}\n`),
    check: (cwd = folder, ...args: string[]) => {
      const { status, stderr } = spawnSync(process.execPath, [script, ...args], { cwd, encoding: 'utf8' });
      return { status, stderr };
    },
  };
}
const fine = { status: 0, stderr: '' };

it('a change that may break a client needs a line in CHANGELOG.md, before it is committed and after', () => {
  const { change, say, check, commit } = project();
  change('a: Int!', 'a: Int!\n  more: Int');
  expect(check()).toEqual(fine);
  change('a: Int!', 'a: Int');
  change('X', 'X\n  Y');
  say('- `Query.a` may be null.');
  expect(check()).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^Since HEAD \(.*\n {2}DANGEROUS: .*`E\.Y`\.\n$/),
  });
  commit();
  expect(check()).toMatchObject({ status: 1, stderr: expect.stringMatching(/^Since HEAD~ .*`E\.Y`\.\n$/s) });
  say('- `E.Y` is new.');
  expect(check()).toEqual(fine);
});

it('an older line says nothing of a newer change; a tag and a given commit are compared with as well', () => {
  const { change, say, check, commit, git } = project();
  say('- `Query.b` has no longer got an argument.');
  commit();
  git('tag', 'v1');
  change('b(c: Int): E', 'b: E');
  commit();
  say('Something else');
  commit();
  const red = { status: 1, stderr: expect.stringMatching(/^Since v1 .*BREAKING.*`Query\.b\.c`\.\n$/s) };
  expect(check()).toMatchObject(red);
  say('- `Query.b.c` is gone.');
  expect(check()).toEqual(fine);
  expect(check(undefined, '--against', 'HEAD~')).toEqual(fine);
  expect(check(undefined, '--against', 'nowhere')).toMatchObject({ status: 1 });
});

it('a shallow clone and a folder without git have nothing to compare with', () => {
  const { folder, change, commit, check, git } = project();
  change('a: Int!', 'a: Int');
  commit();
  expect(check().status).toBe(1);
  const [shallow, plain] = [temporaryFolder(), temporaryFolder()];
  git('clone', '--quiet', '--depth=1', `file://${folder}`, shallow);
  expect(check(shallow)).toEqual(fine);
  for (const file of ['schema.graphql', 'CHANGELOG.md'])
    writeFileSync(join(plain, file), readFileSync(join(folder, file)));
  expect(check(plain)).toEqual(fine);
});
