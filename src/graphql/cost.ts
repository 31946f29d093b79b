// The cost of a document: how many objects it could return.
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  type ValueNode,
} from 'graphql';
import { fragmentsOf } from './document.ts';
import { defaultPageSize, maxPageSize } from './page.ts';

/** What a field adds to the cost besides being an object itself: `extensions.cost`. */
interface FieldCost {
  /** A fixed number, for what is counted or computed. */
  fixed?: number;
  /** The argument whose length multiplies what is selected below. */
  times?: string;
  /** How long a list without pages may be, where it is not taken for a single object. */
  length?: number;
}

export type Variables = Readonly<Record<string, unknown>>;

/** One evaluation: a fragment's cost is worked out once in it, however often it is spread. */
interface Evaluation {
  variables: Variables;
  fragments: Map<Cost, number>;
}
export type Cost = (evaluation: Evaluation) => number;

/** How long lists of the introspection schema are taken to be; others hold one. */
const introspectionSizes: Record<string, number> = {
  types: 20,
  fields: 15,
  inputFields: 5,
  enumValues: 5,
  directives: 5,
  args: 2,
};

/** Which fields of a list count: those that are there once, those for each entry; of everything else, all. */
type Part = 'all' | 'once' | 'each';
const each = new Set(['edges', 'nodes']);

/**
 * The cost of an operation as a function of its variables: one for every object it could return, multiplied through the
 * sizes of nested lists, and what fields say of themselves in `extensions.cost`. Introspection counts alike, with sizes
 * as above.
 */
export function compileCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Cost {
  const fragments = fragmentsOf(document);
  const known = new Map<string, Cost>();
  const defaults = new Map(
    (operation.variableDefinitions ?? []).map((d) => [d.variable.name.value, d.defaultValue] as const),
  );

  type Parent = GraphQLOutputType | null | undefined;

  const costOfSet = (set: SelectionSetNode | undefined, parent: Parent, part: Part = 'all'): Cost => {
    const costs = (set?.selections ?? []).map((selection): Cost => {
      switch (selection.kind) {
        case Kind.FIELD:
          return part === 'all' || (part === 'each') === each.has(selection.name.value)
            ? costOfField(selection, parent)
            : free;
        case Kind.INLINE_FRAGMENT: {
          const on = selection.typeCondition
            ? outputType(schema, selection.typeCondition.name.value)
            : parent;
          return costOfSet(selection.selectionSet, on, part);
        }
        default:
          return costOfFragment(selection.name.value, part);
      }
    });
    return (evaluation) => costs.reduce((sum, cost) => sum + cost(evaluation), 0);
  };

  const costOfFragment = (name: string, part: Part): Cost => {
    const key = `${part} ${name}`;
    const compiled = known.get(key);
    if (compiled) return compiled;
    let inner = free;
    const cost: Cost = (evaluation) => {
      const worked = evaluation.fragments.get(cost);
      if (worked !== undefined) return worked;
      // A fragment that spreads itself is refused by validation; until then it counts once.
      evaluation.fragments.set(cost, 0);
      const value = inner(evaluation);
      evaluation.fragments.set(cost, value);
      return value;
    };
    known.set(key, cost);
    const fragment = fragments.get(name);
    inner = costOfSet(
      fragment?.selectionSet,
      outputType(schema, fragment?.typeCondition.name.value ?? ''),
      part,
    );
    return cost;
  };

  const costOfField = (node: FieldNode, parent: Parent): Cost => {
    const field = fieldOf(schema, parent, node.name.value);
    if (!field) return free;
    const type = getNamedType(field.type);
    const { fixed = 0, times, length: longest = 1 } = (field.extensions.cost ?? {}) as FieldCost;
    if (!isCompositeType(type)) return () => fixed;
    if (isPaged(field)) {
      const first = argument(node, 'first');
      const last = argument(node, 'last');
      const once = costOfSet(node.selectionSet, type, 'once');
      const entries = costOfSet(node.selectionSet, type, 'each');
      return (evaluation) =>
        fixed +
        once(evaluation) +
        pageSize(first(evaluation.variables) ?? last(evaluation.variables)) * entries(evaluation);
    }
    const below = costOfSet(node.selectionSet, type);
    // Edges and pageInfo are a list's form: its nodes are what it returns.
    if (field.name === 'edges' || field.name === 'pageInfo') return below;
    const length = times === undefined ? undefined : argument(node, times);
    const size = isIntrospectionType(type) ? (introspectionSizes[field.name] ?? 1) : longest;
    return (evaluation) => {
      const value = length?.(evaluation.variables);
      return fixed + (Array.isArray(value) ? value.length : size) * (1 + below(evaluation));
    };
  };

  /** The value of an argument once variables are known, as far as sizes go: numbers, and lists by their length. */
  const argument = (node: FieldNode, name: string): ((variables: Variables) => unknown) => {
    const value = node.arguments?.find((a) => a.name.value === name)?.value;
    return (variables) => evaluate(value, variables);
  };
  const evaluate = (value: ValueNode | undefined, variables: Variables): unknown => {
    switch (value?.kind) {
      case Kind.INT:
        return Number(value.value);
      case Kind.LIST:
        return value.values;
      case Kind.VARIABLE: {
        const name = value.name.value;
        return Object.hasOwn(variables, name) ? variables[name] : evaluate(defaults.get(name), variables);
      }
      default:
        return undefined;
    }
  };

  return costOfSet(operation.selectionSet, schema.getRootType(operation.operation));
}

const free: Cost = () => 0;

function fieldOf(schema: GraphQLSchema, parent: GraphQLOutputType | null | undefined, name: string) {
  if (parent === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}

function pageSize(asked: unknown): number {
  const size = typeof asked === 'number' ? asked : defaultPageSize;
  // Out of range is refused by the list itself, with a message of its own.
  return Math.min(Math.max(size, 0), maxPageSize);
}

function isPaged(field: GraphQLField<unknown, unknown>): boolean {
  return field.args.some((arg) => arg.name === 'first') && field.args.some((arg) => arg.name === 'last');
}

function outputType(schema: GraphQLSchema, name: string): GraphQLOutputType | undefined {
  const type = schema.getType(name);
  return isCompositeType(type) ? type : undefined;
}
