import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import type { Context } from '../context.ts';
import type { PendingUpload } from './upload.ts';

export interface KithTypes {
  Context: Context;
  DefaultFieldNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    Date: { Input: string; Output: string };
    URL: { Input: string; Output: string };
    HTML: { Input: never; Output: string };
    Upload: { Input: PendingUpload; Output: never };
  };
}

/** The types of the schema, as Pothos' generics want them. */
export type SchemaTypes = PothosSchemaTypes.ExtendDefaultTypes<KithTypes>;

export const builder = new SchemaBuilder<KithTypes>({
  plugins: [RelayPlugin],
  defaultFieldNullability: false,
  relay: {
    // Kith answers `node` and `nodes` itself: see node.ts.
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    nodeTypeOptions: {
      description: 'Everything that has an id. Ids are opaque, unique across types, and stay the same.',
    },
    idFieldOptions: { description: 'Opaque, unique across types.' },
    cursorType: 'String',
    pageInfoTypeOptions: { description: 'Where a page of a list stands in the whole list.' },
    hasNextPageFieldOptions: { description: 'Whether there is more after the last edge of this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether there is more before the first edge of this page.' },
    startCursorFieldOptions: { description: 'The first edge’s cursor; null on an empty page.' },
    endCursorFieldOptions: {
      description: 'The last edge’s cursor: `after` for the next page; null on an empty page.',
    },
  },
});

builder.queryType({ description: 'What can be read. Without a token, what is public.' });
builder.mutationType({
  description:
    'What can be changed. Each takes one `input`, and answers expected failures in `userErrors` with nothing changed.',
});
builder.subscriptionType({
  description:
    'What the server tells by itself, as server-sent events on the same endpoint. A stream ends when its token does.',
});
