// What the clients generate from the schema, except Relay's compiler, which is a program of its own.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import { minifyIntrospectionQuery } from '@urql/introspection';
import { buildASTSchema, introspectionFromSchema, parse } from 'graphql';

const schema = parse(readFileSync('../../schema.graphql', 'utf8'));
const schemaAst = buildASTSchema(schema);

const location = 'typed-fetch/operations.graphql';
const rawSDL = readFileSync(location, 'utf8');
const baseOutputDir = 'typed-fetch/__generated__/';
const sections = await preset.buildGeneratesSection({
  baseOutputDir,
  schema,
  schemaAst,
  documents: [{ location, rawSDL, document: parse(rawSDL) }],
  config: {
    documentMode: 'string',
    useTypeImports: true,
    strictScalars: true,
    scalars: { Date: 'string', DateTime: 'string', HTML: 'string', URL: 'string', Upload: 'File' },
  },
  presetConfig: {},
  plugins: [],
  pluginMap: {},
});
mkdirSync(baseOutputDir, { recursive: true });
for (const section of sections) writeFileSync(section.filename, await codegen(section));

mkdirSync('urql/__generated__', { recursive: true });
const introspection = minifyIntrospectionQuery(introspectionFromSchema(schemaAst));
writeFileSync('urql/__generated__/introspection.json', JSON.stringify(introspection));
