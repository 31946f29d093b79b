import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

type Info = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>;

const known = new WeakMap<readonly FieldNode[], Map<string, ReadonlySet<string>>>();

/**
 * The names of the fields that a query asks of a list's nodes, be it through `nodes` or `edges { node }`. Those that
 * @skip or @include may leave out are among them.
 * @param of a field of the nodes: then the names of those that are asked of what it gives.
 */
export function nodeFields({ fieldNodes, fragments }: Info, of = ''): ReadonlySet<string> {
  let byField = known.get(fieldNodes);
  if (!byField) {
    byField = new Map();
    known.set(fieldNodes, byField);
  }
  let names = byField.get(of);
  if (!names) {
    const lists = fieldNodes.map((node) => node.selectionSet);
    const edges = below(lists, 'edges', fragments);
    const nodes = [...below(lists, 'nodes', fragments), ...below(edges, 'node', fragments)];
    const asked = of === '' ? nodes : below(nodes, of, fragments);
    names = new Set(fieldsOf(asked, fragments).map((field) => field.name.value));
    byField.set(of, names);
  }
  return names;
}

/** The names of the fields that a query asks of what a field gives. */
export function ownFields({ fieldNodes, fragments }: Info): ReadonlySet<string> {
  const sets = fieldNodes.map((node) => node.selectionSet);
  return new Set(fieldsOf(sets, fragments).map((field) => field.name.value));
}

const leaves = new WeakMap<readonly FieldNode[], number>();

/** How many values a query asks of each entry of a list: fields that have nothing below them, fragments included. */
export function leavesBelow({ fieldNodes, fragments }: Info): number {
  let count = leaves.get(fieldNodes);
  if (count === undefined) {
    count = countLeaves(fieldNodes, fragments);
    leaves.set(fieldNodes, count);
  }
  return count;
}

function countLeaves(nodes: readonly FieldNode[], fragments: Info['fragments']): number {
  const below = fieldsOf(
    nodes.map((node) => node.selectionSet),
    fragments,
  );
  if (below.length === 0) return nodes.length;
  return below.reduce((sum, field) => sum + countLeaves([field], fragments), 0);
}

type Sets = readonly (SelectionSetNode | undefined)[];

function below(sets: Sets, name: string, fragments: Info['fragments']): Sets {
  return fieldsOf(sets, fragments)
    .filter((field) => field.name.value === name)
    .map((field) => field.selectionSet);
}

/** The fields of selections, those of fragments included, each fragment once. */
function fieldsOf(sets: Sets, fragments: Info['fragments']): FieldNode[] {
  const fields: FieldNode[] = [];
  const spread = new Set<string>();
  const collect = (set: SelectionSetNode | undefined): void => {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) {
        fields.push(selection);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        collect(selection.selectionSet);
      } else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value);
        collect(fragments[selection.name.value]?.selectionSet);
      }
    }
  };
  sets.forEach(collect);
  return fields;
}
