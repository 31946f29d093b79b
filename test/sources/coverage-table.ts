// COVERAGE.md: of every field that the four systems document, where clients find it, or why they do not. Made of
// coverage/*.json: `npx vitest run test/sources/graphql-coverage.test.ts -u` writes it anew.
import { z } from 'zod';
import { readJson } from './coverage-checks.ts';

const rows = z.array(
  z.object({
    document: z.string(),
    field: z.string(),
    record: z.string().nullable(),
    reason: z.string().nullable(),
  }),
);

/** Of each place in the records: where it is in GraphQL, or why it is nowhere. */
export const places = z
  .record(z.string(), z.object({ graphql: z.string().nullable(), reason: z.string().nullable() }))
  .parse(readJson('coverage/graphql'));

/** The systems, by the names of their files. */
export const systemsOfTable = {
  selfcommunity: 'SelfCommunity',
  'pronouns-cc': 'pronouns.cc',
  'quran-foundation': 'Quran Foundation',
  diaspora: 'diaspora\\*',
} as const;

export const rowsOf = (system: keyof typeof systemsOfTable) => rows.parse(readJson(`coverage/${system}`));

const cell = (text: string) => text.replaceAll('|', '\\|');

/** The whole page. */
export function coverageTable(): string {
  const sections = Object.entries(systemsOfTable).map(([system, name]) => {
    const lines = rowsOf(system as keyof typeof systemsOfTable).map(({ document, field, record, reason }) => {
      const place = record === null ? { graphql: null, reason } : places[record];
      const where = place?.graphql
        ? `\`${place.graphql.replaceAll('.nodes', '').replace(/\.width$/, '')}\``
        : (place?.reason ?? reason ?? '');
      return `| ${cell(document)} | \`${cell(field)}\` | ${cell(where)} |`;
    });
    return [
      `## ${name}`,
      '',
      '| document | field | GraphQL path, or the reason it has none |',
      '|---|---|---|',
      ...lines,
    ].join('\n');
  });
  const note =
    'Each field that the four systems document, and where a client finds it here. Paths are those of a person who lives\n' +
    'there, read by their account; the tests beside this page put the documents’ own examples in and read every path back.';
  return `# What of the four systems is where\n\n${note}\n\n${sections.join('\n\n')}\n`;
}
