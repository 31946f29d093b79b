// The types of Relay lists: XConnection and XEdge, from what page.ts reads.
import type { ObjectRef } from '@pothos/core';
import { builder, type SchemaTypes } from './builder.ts';
import { countingCost, type Edge, type Page } from './page.ts';

/** Whatever `t` of an edge's fields is. */
type EdgeFields<Row> = Parameters<ReturnType<typeof builder.objectRef<Edge<Row>>>['implement']>[0]['fields'];

/**
 * Makes the types `<name>Connection` and `<name>Edge`.
 * @param name without the suffix, e.g. UserFollower.
 * @param node the nodes' type, and how a row leads to its node.
 * @param options what the list is, in a phrase that goes on after "A page of"; fields of the edge beside
 * `cursor` and `node`; whether the totalCount is counted for its viewer (it costs more then).
 */
export function connectionOf<Row, Node extends object>(
  name: string,
  node: { type: ObjectRef<SchemaTypes, Node>; of: (row: Row) => Node | Promise<Node> },
  options: { of: string; edgeFields?: EdgeFields<Row>; counted?: boolean },
): ObjectRef<SchemaTypes, Page<Row>> {
  const edge = builder.objectRef<Edge<Row>>(`${name}Edge`).implement({
    description: `One entry in ${options.of}.`,
    ...(options.edgeFields ? { fields: options.edgeFields } : {}),
  });
  builder.objectFields(edge, (t) => ({
    cursor: t.string({
      description: 'Where this entry stands in the list: for `after` and `before`.',
      resolve: ({ cursor }) => cursor(),
    }),
    node: t.field({
      type: node.type,
      description: 'What the entry is about.',
      resolve: ({ row }) => node.of(row) as never,
    }),
  }));
  return builder.objectRef<Page<Row>>(`${name}Connection`).implement({
    description: `A page of ${options.of}.`,
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        description: 'The entries, with what belongs to each entry’s place in the list.',
        resolve: async (list) => (await list.load()).edges,
      }),
      nodes: t.field({
        type: [node.type],
        description: 'The same without the edges, for who needs nothing of them.',
        resolve: async (list) => (await list.load()).edges.map(({ row }) => node.of(row)) as never,
      }),
      pageInfo: t.field({
        type: builder.pageInfoRef(),
        description: 'Whether there is more, and the cursors to go on with.',
        resolve: async (list) => {
          const { edges, hasNextPage, hasPreviousPage } = await list.load();
          return {
            hasNextPage,
            hasPreviousPage,
            startCursor: edges.at(0)?.cursor() ?? null,
            endCursor: edges.at(-1)?.cursor() ?? null,
          };
        },
      }),
      totalCount: t.int({
        description: `How many entries the whole list has for this viewer. Counted only when asked for${options.counted ? `; adds ${countingCost} to the document’s cost` : ''}.`,
        ...(options.counted ? { extensions: { cost: { fixed: countingCost } } } : {}),
        resolve: (list) => list.totalCount(),
      }),
    }),
  });
}
