import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

// Arrows go one way: main → app → schema → features → kits. What each place may import, by path below src/.
const mayImport: [from: RegExp, to: RegExp][] = [
  [/^main\.ts$|^cli\/|^imports\/|^db\/demo\//, /./],
  [/^app\.ts$/, /^(?!main|cli\/)/],
  [/^schema\.ts$/, /^(graphql|features)\//],
  [
    /^(context|config)(\.test)?\.ts$/,
    /^(config\.ts|auth\/|db\/client\.ts|graphql\/|live\/|media\/|remotes\/(links|remotes)\.ts|telemetry\/request\.ts)/,
  ],
  [/^graphiql\//, /^graphiql\//],
  [/^live\//, /^live\//],
  [/^telemetry\//, /^telemetry\/|^db\/(client|watched)\.ts$|^config\.ts$/],
  [/^http\//, /^(http|auth|db(?!\/demo)|graphql|media|telemetry)\/|^context\.ts$/],
  [
    /^exports\//,
    /^(exports|db(?!\/demo)|media)\/|^features\/[^/]+\/(table|pictures|(.+-)?rules|(.+-)?store)\.ts$/,
  ],
  [/^media\//, /^media\/|^config\.ts$/],
  [/^sources\//, /^sources\/|^features\/[^/]+\/((.+-)?rules|table)\.ts$/],
  [
    /^imports\//,
    /^(imports|sources|remotes|db(?!\/demo)|media)\/|^(config|graphql\/validate)\.ts$|^features\/[^/]+\/(input|pictures|markdown|table|(.+-)?rules|(.+-)?store)\.ts$/,
  ],
  // What keeps people of the sources here: over the data, and below whatever asks for them.
  [
    /^remotes\//,
    /^(remotes|sources|media)\/|^db\/(?!demo\/)|^(context|config)\.ts$|^graphql\/(validate|scalars)\.ts$|^features\/[^/]+\/(table|pictures|markdown|input|(.+-)?rules|(.+-)?store)\.ts$/,
  ],
  [
    /^imports\//,
    /^(imports|remotes|sources|db(?!\/demo)|media)\/|^(config|graphql\/validate)\.ts$|^features\/[^/]+\/(input|pictures|markdown|table|(.+-)?rules|(.+-)?store)\.ts$/,
  ],
  [/^(graphql|auth)\//, /^(graphql|auth|db(?!\/demo)|live)\/|^(context|config)\.ts$/],
  [/^db\//, /^db\/(?!demo\/)/],
  [/^features\/[^/]+\/table\.ts$/, /^db\/(?!demo\/)|^features\/[^/]+\/table\.ts$/],
  // SQL and the pure rooms know nothing of GraphQL, save what checks and writes values alike.
  [
    /^features\/[^/]+\/(visible|card|(.+-)?store)\.ts$/,
    /^db\/(?!demo\/)|^auth\/viewer\.ts$|^features\/[^/]+\/(table|visible|card|(.+-)?rules|(.+-)?store)\.ts$/,
  ],
  [
    /^features\/[^/]+\/(.+-)?rules\.ts$/,
    /^features\/[^/]+\/((.+-)?rules|table)\.ts$|^graphql\/(validate|scalars)\.ts$|^auth\/scopes\.ts$|^media\/image\.ts$/,
  ],
  [
    /^features\/[^/]+\/loaders\.ts$/,
    /^(graphql\/|context\.ts)|^features\/[^/]+\/(loaders|card|(.+-)?rules|(.+-)?store)\.ts$/,
  ],
  // Whatever else a feature has: nobody's mutations, nobody's queries or fields.
  [
    /^features\//,
    /^(graphql|auth|db(?!\/demo)|media|remotes)\/|^(context|config)\.ts$|^features\/[^/]+\/(act|input|loaders|payload|pictures|refusal|target|require-mode|markdown|(.+-)?type)\.ts$|^features\/[^/]+\/(table|visible|card|(.+-)?rules|(.+-)?store)\.ts$/,
  ],
];

const src = fileURLToPath(new URL('../src', import.meta.url));

async function imports(): Promise<{ from: string; to: string }[]> {
  const found: { from: string; to: string }[] = [];
  for await (const file of glob('**/*.ts', { cwd: src })) {
    const text = readFileSync(join(src, file), 'utf8');
    for (const [, specifier = ''] of text.matchAll(/(?:from|import)[\s(]*['"](\.[^'"]+)['"]/g)) {
      found.push({ from: file, to: relative(src, join(src, dirname(file), specifier)) });
    }
  }
  return found;
}

it('no import points up', async () => {
  const all = await imports();
  expect(all.length).toBeGreaterThan(200);
  const wrong = all.filter(({ from, to }) => !mayImport.find(([place]) => place.test(from))?.[1].test(to));
  expect(wrong.filter(({ to }) => to !== '../package.json')).toEqual([]);
});

it('the environment is read where processes start, and in config.ts', async () => {
  for await (const file of glob('**/*.ts', { cwd: src })) {
    if (/^(main\.ts|cli\/)/.test(file)) continue;
    expect(readFileSync(join(src, file), 'utf8'), file).not.toMatch(/process\W+env\b|['"]node:process['"]/);
  }
});
