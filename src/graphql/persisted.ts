// Persisted operations: documents that an operator trusts, from a manifest that a client's build has written, which
// clients ask for by their hash.
import { readFileSync } from 'node:fs';
import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations';
import type { Plugin } from 'graphql-yoga';
import { z } from 'zod';
import { ConfigError } from '../config.ts';

/** As graphql-codegen and Relay write it, and as Apollo does. */
const manifest = z.union([
  z.object({
    format: z.literal('apollo-persisted-query-manifest'),
    operations: z.array(z.object({ id: z.string(), body: z.string() })),
  }),
  z.record(z.string(), z.string()),
]);

/** Documents by what clients ask for them with. */
export type Operations = ReadonlyMap<string, string>;

/**
 * Reads the documents of a manifest.
 * @throws ConfigError for a file that cannot be read, or is no manifest.
 */
export function readOperations(file: string): Operations {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`PERSISTED_OPERATIONS: ${file} cannot be read (${reason}).`);
  }
  const parsed = manifest.safeParse(content);
  if (!parsed.success) {
    throw new ConfigError(
      `PERSISTED_OPERATIONS: ${file} is neither an object of documents by their hash nor Apollo's manifest.`,
    );
  }
  const { data } = parsed;
  return new Map(
    Array.isArray(data.operations) ? data.operations.map(({ id, body }) => [id, body]) : Object.entries(data),
  );
}

/** The document that a request asks for without sending it; null when it sends one, or none is known by that name. */
export function persistedDocument(
  operations: Operations | null,
  params: Readonly<Record<string, unknown>>,
): string | null {
  if (!operations || params.query) return null;
  const id = idOf(params);
  return id === null ? null : documentOf(operations, id);
}

const how = '`extensions.persistedQuery.sha256Hash` or `documentId`';

/**
 * The Yoga plugin that puts the document in place of its hash.
 * @param only whether documents that clients send themselves are refused.
 */
export function usePersisted(operations: Operations, only: boolean): Plugin {
  const idRequired = (message: string) => refusal('PERSISTED_QUERY_ID_REQUIRED', message);
  const plugin: Plugin = usePersistedOperations({
    allowArbitraryOperations: !only,
    extractPersistedOperationId: (params, { method, url }) =>
      idOf({ ...params, ...(method === 'GET' ? { documentId: documentIdIn(url) } : {}) }),
    getPersistedOperation: (id) => documentOf(operations, id),
    customErrors: {
      notFound: refusal('PERSISTED_QUERY_NOT_IN_LIST', 'No operation is known by this id.'),
      keyNotFound: idRequired(only ? `Send ${how}.` : `Send \`query\`, ${how}.`),
      persistedQueryOnly: idRequired(
        `Only persisted operations are taken here: instead of \`query\` send ${how}.`,
      ),
    },
  });
  return plugin;
}

function refusal(code: string, message: string) {
  return { message, extensions: { code, http: { status: 400, spec: true } } };
}

/** What a request names its document by: Apollo's way, or that of the GraphQL over HTTP specification's appendix. */
function idOf({ extensions, documentId }: Readonly<Record<string, unknown>>): string | null {
  const { data } = apollo.safeParse(extensions);
  if (data) return data.persistedQuery.sha256Hash;
  return typeof documentId === 'string' ? documentId : null;
}

const apollo = z.object({ persistedQuery: z.object({ sha256Hash: z.string() }) });

function documentIdIn(url: string): string | null {
  return new URL(url, 'http://localhost').searchParams.get('documentId');
}

/** Ids may say what they are a hash by, `sha256:…`, where the manifest does not. */
function documentOf(operations: Operations, id: string): string | null {
  return operations.get(id) ?? operations.get(id.replace(/^[a-z0-9]+:/, '')) ?? null;
}
