// Walks a plan: see compiled.ts. What takes its time is given its place in the answer at once, and filled in when it comes.
import {
  defaultTypeResolver,
  type ExecutionResult,
  type FieldNode,
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type getArgumentValues,
  isAbstractType,
  isObjectType,
  locatedError,
} from 'graphql';

export type MaybePromise<Value> = Value | Promise<Value>;
export type VariableValues = NonNullable<Parameters<typeof getArgumentValues>[2]>;

/** How a value of some type becomes a part of the answer. */
export interface TypePlan {
  nonNull: boolean;
  leaf: GraphQLLeafType | null;
  item: TypePlan | null;
  /** The selection for values of this object type; for an abstract one, once its object type is known. */
  setOf: ((type: GraphQLObjectType) => SetPlan) | null;
  type: GraphQLOutputType;
}

export interface FieldPlan {
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

export interface SetPlan {
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

/** Executes a query by its plan. */
export function executePlan(
  root: SetPlan,
  rootValue: unknown,
  context: unknown,
  variables: VariableValues,
): MaybePromise<ExecutionResult> {
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
    run.errors.length > 0 ? { errors: run.errors, data: result.data ?? null } : { data: result.data ?? null };
  executeSet(run, root, rootValue, data, {
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
