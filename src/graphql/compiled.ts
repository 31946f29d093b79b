// Queries as plans. What an interpreter finds out for every object anew (which fields are asked for, their resolvers,
// their arguments, how their values are completed) is put together once for a document, and a request only walks it.
// Semantics are graphql-js': its own functions coerce variables, arguments and leaf values, and locate errors.
// Mutations, subscriptions and introspection stay with the interpreter.
import {
  type DocumentNode,
  defaultFieldResolver,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getOperationAST,
  getVariableValues,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  subscribe,
  visit,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { fragmentsOf } from './document.ts';
import {
  executePlan,
  type FieldPlan,
  type MaybePromise,
  type SetPlan,
  type TypePlan,
  type VariableValues,
} from './execute-plan.ts';

/** Field plans of a document that is kept; a larger one is planned each time. */
const maxKept = 2_000;
/** Combinations of the variables in @skip and @include that are kept for a document. */
const maxVariants = 4;

/**
 * The Yoga plugin that executes queries by plans, and all else by graphql-js: Yoga's own executor takes an object for a
 * promise that has a field by the alias `then`.
 */
export function useCompiledQueries(): Plugin {
  return {
    onExecute({ args, setExecuteFn }) {
      setExecuteFn(planFor(args) ?? execute);
    },
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn(subscribe);
    },
  };
}

type Execution = Pick<ExecutionArgs, 'rootValue' | 'contextValue' | 'variableValues'>;

const documents = new WeakMap<DocumentNode, Map<string, CompiledQuery>>();

/**
 * What executes the operation by a plan, which is kept for as long as its document is.
 * @returns null where it takes the interpreter: see `queryOf`.
 */
export function planFor({
  schema,
  document,
  operationName,
}: Pick<ExecutionArgs, 'schema' | 'document' | 'operationName'>) {
  const operation = queryOf(document, operationName);
  if (!operation) return null;
  return ({ rootValue, contextValue, variableValues }: Execution): MaybePromise<ExecutionResult> => {
    const { errors, variableValues: variables } = getVariableValues(
      schema,
      operation.variableDefinitions ?? [],
      variableValues ?? {},
      { maxErrors: 50 },
    );
    if (errors) return { errors };
    const variants = documents.get(document) ?? new Map<string, CompiledQuery>();
    documents.set(document, variants);
    const conditions = conditionsOf(document).map((name) => variables.coerced[name]);
    const key = `${operationName ?? ''} ${conditions.join()}`;
    let compiled = variants.get(key);
    if (!compiled) {
      // Only the variables of conditions: a plan must not hold on to what one request was about.
      const conditionValues = Object.fromEntries(
        conditionsOf(document).map((name) => [name, variables.coerced[name]]),
      );
      compiled = new CompiledQuery(schema, document, operation, conditionValues);
      if (variants.size < maxVariants) variants.set(key, compiled);
    }
    const result = executePlan(compiled.root, rootValue, contextValue, variables);
    if (compiled.size > maxKept) variants.delete(key);
    return result;
  };
}

const conditionVariables = new WeakMap<DocumentNode, readonly string[]>();

/** The variables that @skip and @include depend on, anywhere in the document. */
function conditionsOf(document: DocumentNode): readonly string[] {
  let names = conditionVariables.get(document);
  if (!names) {
    const found = new Set<string>();
    visit(document, {
      Directive: ({ name, arguments: args }) => {
        if (name.value !== 'skip' && name.value !== 'include') return;
        for (const { value } of args ?? []) if (value.kind === Kind.VARIABLE) found.add(value.name.value);
      },
    });
    names = [...found];
    conditionVariables.set(document, names);
  }
  return names;
}

const plannable = new WeakMap<OperationDefinitionNode, boolean>();

/** The operation, where it is a query that plans serve: not introspection, and no key that would not be one in an object. */
function queryOf(document: DocumentNode, name: string | null | undefined): OperationDefinitionNode | null {
  const operation = getOperationAST(document, name);
  if (operation?.operation !== 'query') return null;
  let serves = plannable.get(operation);
  if (serves === undefined) {
    serves = true;
    visit(document, {
      Field: ({ name: { value }, alias }) => {
        if (value === '__schema' || value === '__type' || alias?.value === '__proto__') serves = false;
      },
    });
    plannable.set(operation, serves);
  }
  return serves ? operation : null;
}

/** One query, for one combination of the variables that @skip and @include depend on. */
class CompiledQuery {
  readonly #schema: GraphQLSchema;
  readonly #operation: OperationDefinitionNode;
  readonly #fragments: Map<string, FragmentDefinitionNode>;
  readonly #fragmentMap: Record<string, FragmentDefinitionNode>;
  readonly #conditions: VariableValues;
  readonly root: SetPlan;
  /** How many field plans there are by now: selections are planned when they are first needed. */
  size = 0;

  constructor(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    conditions: Record<string, unknown>,
  ) {
    this.#schema = schema;
    this.#operation = operation;
    this.#fragments = fragmentsOf(document);
    this.#fragmentMap = Object.fromEntries(this.#fragments);
    this.#conditions = {
      coerced: conditions,
      sources: Object.fromEntries(Object.keys(conditions).map((name) => [name, {} as never])),
    };
    const query = schema.getQueryType();
    if (!query) throw new Error('The schema has no queries.');
    this.root = this.#planSet(query, [operation.selectionSet]);
  }

  #planSet(type: GraphQLObjectType, sets: readonly SelectionSetNode[]): SetPlan {
    const collected = new Map<string, FieldNode[]>();
    const visited = new Set<string>();
    for (const set of sets) this.#collect(type, set, collected, visited);
    return {
      fields: [...collected].flatMap(([key, nodes]): SetPlan['fields'] => {
        const name = nodes[0]?.name.value ?? '';
        if (name === '__typename') return [{ key, typename: type.name }];
        const plan = this.#planField(type, key, nodes, name);
        return plan ? [plan] : [];
      }),
    };
  }

  #collect(
    type: GraphQLObjectType,
    set: SelectionSetNode,
    into: Map<string, FieldNode[]>,
    visited: Set<string>,
  ): void {
    for (const selection of set.selections) {
      if (!this.#isIncluded(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const nodes = into.get(key);
        if (nodes) nodes.push(selection);
        else into.set(key, [selection]);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const on = selection.typeCondition?.name.value;
        if (on === undefined || this.#applies(on, type))
          this.#collect(type, selection.selectionSet, into, visited);
      } else {
        const name = selection.name.value;
        if (visited.has(name)) continue;
        visited.add(name);
        const fragment = this.#fragments.get(name);
        if (fragment && this.#applies(fragment.typeCondition.name.value, type)) {
          this.#collect(type, fragment.selectionSet, into, visited);
        }
      }
    }
  }

  #isIncluded(selection: SelectionNode): boolean {
    if (!selection.directives?.length) return true;
    if (getDirectiveValues(GraphQLSkipDirective, selection, this.#conditions)?.if === true) return false;
    return getDirectiveValues(GraphQLIncludeDirective, selection, this.#conditions)?.if !== false;
  }

  #applies(condition: string, type: GraphQLObjectType): boolean {
    if (condition === type.name) return true;
    const on = this.#schema.getType(condition);
    return isAbstractType(on) && this.#schema.isSubType(on, type);
  }

  #planField(
    parent: GraphQLObjectType,
    key: string,
    nodes: readonly FieldNode[],
    name: string,
  ): FieldPlan | null {
    const field = parent.getFields()[name];
    const [node] = nodes;
    if (!field || !node) return null;
    const argumentsOf = (variables: VariableValues) => getArgumentValues(field, node, variables);
    return {
      key,
      index: this.size++,
      nodes,
      parent,
      resolve: (field.resolve ?? defaultFieldResolver) as FieldPlan['resolve'],
      constant: constantArguments(node, argumentsOf),
      argumentsOf,
      type: this.#planType(field.type, nodes),
      // What is the same for every request: Kith's resolvers take no path and no variables from here.
      info: {
        fieldName: name,
        fieldNodes: nodes,
        returnType: field.type,
        parentType: parent,
        schema: this.#schema,
        operation: this.#operation,
        fragments: this.#fragmentMap,
      } as unknown as GraphQLResolveInfo,
    };
  }

  #planType(type: GraphQLOutputType, nodes: readonly FieldNode[]): TypePlan {
    if (isNonNullType(type)) return { ...this.#planType(type.ofType, nodes), nonNull: true };
    const plan: TypePlan = { nonNull: false, leaf: null, item: null, setOf: null, type };
    if (isListType(type)) return { ...plan, item: this.#planType(type.ofType, nodes) };
    if (isLeafType(type)) return { ...plan, leaf: type };
    const sets = nodes.flatMap((node) => node.selectionSet ?? []);
    const planned = new Map<GraphQLObjectType, SetPlan>();
    const setOf = (objectType: GraphQLObjectType) => {
      const set = planned.get(objectType) ?? this.#planSet(objectType, sets);
      planned.set(objectType, set);
      return set;
    };
    return { ...plan, setOf };
  }
}

const noVariables: VariableValues = { sources: Object.create(null), coerced: Object.create(null) };

function constantArguments(node: FieldNode, argumentsOf: FieldPlan['argumentsOf']): FieldPlan['constant'] {
  let varies = false;
  for (const argument of node.arguments ?? []) {
    visit(argument, {
      Variable: () => {
        varies = true;
      },
    });
  }
  if (varies) return null;
  try {
    return { args: argumentsOf(noVariables) };
  } catch {
    // An argument that cannot be coerced is an error of the field, each time.
    return null;
  }
}
