// The cost of a document: how many objects it could return.
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
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
}

export type Variables = Readonly<Record<string, unknown>>;
export type Cost = (variables: Variables) => number;

/**
 * The cost of an operation as a function of its variables: one for every object it could return, multiplied through
 * the sizes of nested lists, and what fields say of themselves in `extensions.cost`. Introspection is free.
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

  const costOfSet = (
    set: SelectionSetNode | undefined,
    parent: GraphQLOutputType | null | undefined,
  ): Cost => {
    const parts: Cost[] = [];
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) {
        parts.push(costOfField(selection, parent));
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const on = selection.typeCondition ? outputType(schema, selection.typeCondition.name.value) : parent;
        parts.push(costOfSet(selection.selectionSet, on));
      } else {
        const name = selection.name.value;
        let cost = known.get(name);
        if (!cost) {
          known.set(name, free);
          const fragment = fragments.get(name);
          cost = costOfSet(
            fragment?.selectionSet,
            outputType(schema, fragment?.typeCondition.name.value ?? ''),
          );
          known.set(name, cost);
        }
        parts.push(cost);
      }
    }
    return parts.length === 0 ? free : (variables) => parts.reduce((sum, part) => sum + part(variables), 0);
  };

  const costOfField = (node: FieldNode, parent: GraphQLOutputType | null | undefined): Cost => {
    const field =
      isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    if (!field) return free;
    const type = getNamedType(field.type);
    const { fixed = 0, times } = (field.extensions.cost ?? {}) as FieldCost;
    if (!isCompositeType(type)) return () => fixed;
    const below = costOfSet(node.selectionSet, type);
    if (isPaged(field)) {
      const first = argument(node, 'first');
      const last = argument(node, 'last');
      // The nodes are what a list returns: `edges`, `nodes` and `pageInfo` are only its form.
      return (variables) => fixed + pageSize(first(variables) ?? last(variables)) * below(variables);
    }
    if (parent && isForm(parent, field)) return below;
    const multiplier = times === undefined ? undefined : argument(node, times);
    return (variables) => {
      const value = multiplier?.(variables);
      return fixed + (Array.isArray(value) ? value.length : 1) * (1 + below(variables));
    };
  };

  /** The value of an argument once variables are known; lists may be given as literals, variables or a mixture. */
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

function pageSize(asked: unknown): number {
  const size = typeof asked === 'number' ? asked : defaultPageSize;
  // Out of range is refused by the list itself, with a message of its own.
  return Math.min(Math.max(size, 0), maxPageSize);
}

function isPaged(field: GraphQLField<unknown, unknown>): boolean {
  return field.args.some((arg) => arg.name === 'first') && field.args.some((arg) => arg.name === 'last');
}

/** Whether the field only gives a list its form: `edges` and `pageInfo` of a list (its `nodes` and an edge's `node` are objects). */
function isForm(parent: GraphQLOutputType, field: GraphQLField<unknown, unknown>): boolean {
  const list = isObjectType(parent) && 'pageInfo' in parent.getFields();
  return (
    list && (field.name === 'pageInfo' || (field.name === 'edges' && isListType(getNullableType(field.type))))
  );
}

function outputType(schema: GraphQLSchema, name: string): GraphQLOutputType | undefined {
  const type = schema.getType(name);
  return isCompositeType(type) ? type : undefined;
}
