// Queries as plans. What an interpreter finds out for every object anew (which fields are asked for, their resolvers,
// their arguments, how their values are completed) is put together once for a document, and a request only walks it.
// Semantics are graphql-js': its own functions coerce variables, arguments and leaf values, and locate errors.
// Mutations, subscriptions and introspection stay with the interpreter.
import {
  type DocumentNode,
  defaultFieldResolver,
  defaultTypeResolver,
  type ExecutionArgs,
  type ExecutionResult,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  GraphQLIncludeDirective,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getVariableValues,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  locatedError,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';

type MaybePromise<Value> = Value | Promise<Value>;
type VariableValues = NonNullable<Parameters<typeof getArgumentValues>[2]>;

/** How a value of some type becomes a part of the answer. */
interface TypePlan {
  nonNull: boolean;
  leaf: GraphQLLeafType | null;
  item: TypePlan | null;
  /** The selection for values of this object type; for an abstract one, once its object type is known. */
  setOf: ((type: GraphQLObjectType) => SetPlan) | null;
  type: GraphQLOutputType;
}

interface FieldPlan {
  key: string;
  index: number;
  nodes: readonly FieldNode[];
  parent: GraphQLObjectType;
  resolve: (source: unknown, args: never, context: never, info: GraphQLResolveInfo) => unknown;
  /** The arguments of every request alike, where no variable is among them. */
  constant: { args: unknown } | null;
  argumentsOf: (variables: VariableValues) => unknown;
  type: TypePlan;
  info: GraphQLResolveInfo;
}

interface SetPlan {
  /** Fields in the order of the answer; a string is the value of `__typename`. */
  fields: readonly (FieldPlan | { key: string; typename: string })[];
}

/** A place in the answer whose value is an object or list, for errors to find their path and what they make null. */
interface Frame {
  parent: Frame | null;
  holder: Holder;
  key: string | number;
  nullable: boolean;
  dead: boolean;
}
type Holder = Record<string | number, unknown>;

interface Run {
  context: unknown;
  variables: VariableValues;
  args: unknown[];
  errors: GraphQLError[];
  /** Promises that have not settled; the answer is whole when there are none. */
  pending: number;
  finish: () => void;
}

/** Field plans of a document that is kept; a larger one is planned each time. */
const maxKept = 5_000;
/** Combinations of the variables in @skip and @include that are kept for a document. */
const maxVariants = 16;

/** The Yoga plugin that executes queries by plans. */
export function useCompiledQueries(): Plugin {
  return {
    onExecute({ args, setExecuteFn }) {
      const execute = planFor(args);
      if (execute) setExecuteFn(execute);
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
      compiled = new CompiledQuery(schema, document, operation, variables);
      if (variants.size < maxVariants) variants.set(key, compiled);
    }
    const result = compiled.run(rootValue, contextValue, variables);
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
  const operations = document.definitions.filter((d) => d.kind === Kind.OPERATION_DEFINITION);
  const operation = name
    ? operations.find((o) => o.name?.value === name)
    : operations.length === 1
      ? operations[0]
      : undefined;
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
  readonly #root: SetPlan;
  /** How many field plans there are by now: selections are planned when they are first needed. */
  size = 0;

  constructor(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    conditions: VariableValues,
  ) {
    this.#schema = schema;
    this.#operation = operation;
    this.#fragments = new Map(
      document.definitions.filter((d) => d.kind === Kind.FRAGMENT_DEFINITION).map((d) => [d.name.value, d]),
    );
    this.#fragmentMap = Object.fromEntries(this.#fragments);
    this.#conditions = conditions;
    const query = schema.getQueryType();
    if (!query) throw new Error('The schema has no queries.');
    this.#root = this.#planSet(query, [operation.selectionSet]);
  }

  run(rootValue: unknown, context: unknown, variables: VariableValues): MaybePromise<ExecutionResult> {
    const result: { data?: Record<string, unknown> | null } = {};
    const data = {};
    result.data = data;
    let resolve: ((result: ExecutionResult) => void) | null = null;
    const run: Run = {
      context,
      variables,
      args: [],
      errors: [],
      pending: 1,
      finish: () => resolve?.(answer()),
    };
    const answer = (): ExecutionResult =>
      run.errors.length > 0
        ? { errors: run.errors, data: result.data ?? null }
        : { data: result.data ?? null };
    executeSet(run, this.#root, rootValue, data, {
      parent: null,
      holder: result,
      key: 'data',
      nullable: true,
      dead: false,
    });
    if (--run.pending === 0) return answer();
    return new Promise((done) => {
      resolve = done;
    });
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

function executeSet(run: Run, set: SetPlan, source: unknown, target: Holder, frame: Frame): void {
  for (const field of set.fields) {
    const { key } = field;
    if ('typename' in field) {
      target[key] = field.typename;
      continue;
    }
    // Takes its place in the order of the answer, whenever its value comes.
    target[key] = undefined;
    let value: unknown;
    try {
      value = field.resolve(source, argumentsFor(run, field) as never, run.context as never, field.info);
    } catch (error) {
      fail(run, field, field.type, frame, target, key, error);
      if (frame.dead) return;
      continue;
    }
    completeMaybe(run, field, field.type, frame, target, key, value);
    if (frame.dead) return;
  }
}

/** A field's arguments: of the document, or coerced once for a request. @throws when they cannot be coerced. */
function argumentsFor(run: Run, field: FieldPlan): unknown {
  if (field.constant) return field.constant.args;
  const known = run.args[field.index] ?? field.argumentsOf(run.variables);
  run.args[field.index] = known;
  return known;
}

/** Completes a value, or a promise of one when it is there. */
function completeMaybe(
  run: Run,
  field: FieldPlan,
  type: TypePlan,
  frame: Frame,
  holder: Holder,
  key: string | number,
  value: unknown,
): void {
  if (!isThenable(value)) {
    complete(run, field, type, frame, holder, key, value);
    return;
  }
  run.pending++;
  value.then(
    (settled) => {
      complete(run, field, type, frame, holder, key, settled);
      if (--run.pending === 0) run.finish();
    },
    (error: unknown) => {
      fail(run, field, type, frame, holder, key, error);
      if (--run.pending === 0) run.finish();
    },
  );
}

function complete(
  run: Run,
  field: FieldPlan,
  type: TypePlan,
  frame: Frame,
  holder: Holder,
  key: string | number,
  value: unknown,
): void {
  try {
    if (value instanceof Error) throw value;
    if (value === null || value === undefined) {
      if (type.nonNull)
        throw new Error(`Cannot return null for non-nullable field ${field.parent}.${field.info.fieldName}.`);
      holder[key] = null;
    } else if (type.leaf) {
      holder[key] = leafValue(type.leaf, value);
    } else if (type.item) {
      completeList(run, field, type, type.item, frame, holder, key, value);
    } else {
      completeComposite(run, field, type, frame, holder, key, value);
    }
  } catch (error) {
    fail(run, field, type, frame, holder, key, error);
  }
}

function leafValue(type: GraphQLLeafType, value: unknown): unknown {
  const output = type.coerceOutputValue(value);
  if (output === null || output === undefined) throw new Error(`A value of ${type} could not be serialized.`);
  return output;
}

function completeList(
  run: Run,
  field: FieldPlan,
  type: TypePlan,
  item: TypePlan,
  parent: Frame,
  holder: Holder,
  key: string | number,
  value: unknown,
): void {
  if (typeof value !== 'object' || !(Symbol.iterator in Object(value))) {
    throw new GraphQLError(
      `Expected Iterable, but did not find one for field "${field.parent}.${field.info.fieldName}".`,
    );
  }
  const target: unknown[] = [];
  holder[key] = target;
  const frame: Frame = { parent, holder, key, nullable: !type.nonNull, dead: false };
  let index = 0;
  for (const entry of value as Iterable<unknown>) {
    if (frame.dead) {
      // The list is null already; what is still to come of it must not go unheard if it fails.
      if (isThenable(entry)) entry.then(undefined, () => {});
      continue;
    }
    target.push(undefined);
    completeMaybe(run, field, item, frame, target as unknown as Holder, index++, entry);
  }
}

function completeComposite(
  run: Run,
  field: FieldPlan,
  type: TypePlan,
  frame: Frame,
  holder: Holder,
  key: string | number,
  value: unknown,
): void {
  const named = type.type;
  if (isObjectType(named)) {
    completeObject(run, field, type, named, frame, holder, key, value);
    return;
  }
  if (!isAbstractType(named)) throw new Error(`${named} is no type of an object.`);
  const found = (named.resolveType ?? defaultTypeResolver)(value, run.context, field.info, named);
  if (!isThenable(found)) {
    completeObject(run, field, type, possibleType(field, type, found), frame, holder, key, value);
    return;
  }
  run.pending++;
  found
    .then((name) =>
      completeObject(run, field, type, possibleType(field, type, name), frame, holder, key, value),
    )
    .then(undefined, (error: unknown) => fail(run, field, type, frame, holder, key, error))
    .then(() => {
      if (--run.pending === 0) run.finish();
    });
}

function possibleType(field: FieldPlan, type: TypePlan, name: unknown): GraphQLObjectType {
  const { schema } = field.info;
  const found = typeof name === 'string' ? schema.getType(name) : undefined;
  if (!isObjectType(found) || !isAbstractType(type.type) || !schema.isSubType(type.type, found)) {
    throw new Error(
      `${type.type} cannot be resolved to ${String(name)} in ${field.parent}.${field.info.fieldName}.`,
    );
  }
  return found;
}

function completeObject(
  run: Run,
  field: FieldPlan,
  type: TypePlan,
  objectType: GraphQLObjectType,
  parent: Frame,
  holder: Holder,
  key: string | number,
  value: unknown,
): void {
  if (!type.setOf) throw new Error(`${objectType} has no selection.`);
  if (objectType.isTypeOf && !objectType.isTypeOf(value, run.context, field.info)) {
    throw new GraphQLError(`Expected value of type "${objectType}".`, { nodes: field.nodes });
  }
  const target: Holder = {};
  holder[key] = target;
  executeSet(run, type.setOf(objectType), value, target, {
    parent,
    holder,
    key,
    nullable: !type.nonNull,
    dead: false,
  });
}

/** An error at a place in the answer: the place, or the nearest one around it that may be, becomes null. */
function fail(
  run: Run,
  field: FieldPlan,
  type: TypePlan,
  frame: Frame,
  holder: Holder,
  key: string | number,
  error: unknown,
): void {
  const path: (string | number)[] = [key];
  for (let at: Frame | null = frame; at; at = at.parent) {
    // Below something that is null already there is nothing left to fail.
    if (at.dead) return;
    if (at.parent) path.push(at.key);
  }
  run.errors.push(locatedError(error, field.nodes, path.reverse()));
  if (!type.nonNull) {
    holder[key] = null;
    return;
  }
  for (let at: Frame | null = frame; at; at = at.parent) {
    at.dead = true;
    if (at.nullable) {
      at.holder[at.key] = null;
      return;
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
