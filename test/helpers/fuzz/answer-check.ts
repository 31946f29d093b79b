// Whether an answer is what the specification lets a server answer to an operation: data in the form of the selections and
// the types of the schema, and errors with codes that lead to what is missing.
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  type getVariableValues,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { fragmentsOf } from '../../../src/graphql/document.ts';
import { leafProblem } from './leaf-check.ts';

type VariableValues = NonNullable<ReturnType<typeof getVariableValues>['variableValues']>;
type Path = readonly (string | number)[];
type Json = Readonly<Record<string, unknown>>;

/** An operation that has been validated, with variables that fit. */
export interface Valid {
  document: DocumentNode;
  operation: OperationDefinitionNode;
  variables: VariableValues;
}

/** Is told of every field of an object that is not null. */
export type Reached = (type: GraphQLObjectType, field: string) => void;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Compares the data of one answer with what was asked for. */
export class DataCheck {
  readonly #schema: GraphQLSchema;
  readonly #valid: Valid;
  readonly #fragments: Map<string, FragmentDefinitionNode>;

  constructor(schema: GraphQLSchema, valid: Valid) {
    this.#schema = schema;
    this.#valid = valid;
    this.#fragments = fragmentsOf(valid.document);
  }

  /** @returns what is wrong, each with its path; empty where nothing is. */
  problems(data: unknown): string[] {
    const { operation } = this.#valid;
    const root = this.#schema.getRootType(operation.operation);
    if (!root) return ['there is no such operation'];
    return data === null ? [] : this.#object(root, data, [operation.selectionSet], []);
  }

  /** Goes through data in which nothing is wrong. */
  reach(data: unknown, reached: Reached): void {
    const { operation } = this.#valid;
    const root = this.#schema.getRootType(operation.operation);
    if (root) this.#reachObject(root, data, [operation.selectionSet], reached);
  }

  #value(type: GraphQLOutputType, value: unknown, nodes: readonly FieldNode[], path: Path): string[] {
    if (isNonNullType(type)) {
      return value === null
        ? [wrong(path, `null for ${type}`)]
        : this.#value(type.ofType, value, nodes, path);
    }
    if (value === null) return [];
    if (isListType(type)) {
      const { ofType } = type;
      if (!Array.isArray(value)) return [wrong(path, `no list for ${type}`)];
      return value.flatMap((entry, i) => this.#value(ofType, entry, nodes, [...path, i]));
    }
    if (isLeafType(type)) {
      const problem = leafProblem(type, value);
      return problem === null ? [] : [wrong(path, problem)];
    }
    const sets = setsOf(nodes);
    if (isObjectType(type)) return this.#object(type, value, sets, path);
    const tried = this.#candidates(type, value, sets).map((one) => this.#object(one, value, sets, path));
    const [first = [wrong(path, `no type that ${type} may be: ${JSON.stringify(value)}`)]] = tried;
    return tried.some((problems) => problems.length === 0) ? [] : first;
  }

  #object(type: GraphQLObjectType, value: unknown, sets: readonly SelectionSetNode[], path: Path): string[] {
    if (!isObject(value)) return [wrong(path, `no object for ${type}`)];
    const asked = this.#collect(type, sets);
    const [keys, expected] = [Object.keys(value), [...asked.keys()]];
    if (JSON.stringify(keys) !== JSON.stringify(expected))
      return [wrong(path, `${type} has ${keys.join()} where ${expected.join()} was asked for`)];
    return [...asked].flatMap(([key, nodes]) => {
      const inner = value[key];
      if (nodes[0]?.name.value === '__typename')
        return inner === type.name ? [] : [wrong([...path, key], `${inner} for ${type}`)];
      const field = this.#fieldType(type, nodes);
      return field
        ? this.#value(field, inner, nodes, [...path, key])
        : [wrong(path, `${type} has no ${key}`)];
    });
  }

  /** The types that an object of an abstract type may be of, by the fields that it has. */
  #candidates(
    type: GraphQLOutputType,
    value: unknown,
    sets: readonly SelectionSetNode[],
  ): GraphQLObjectType[] {
    if (!isAbstractType(type) || !isObject(value)) return [];
    const keys = JSON.stringify(Object.keys(value));
    return this.#schema.getPossibleTypes(type).filter((possible) => {
      const asked = this.#collect(possible, sets);
      const isNamed = [...asked].every(
        ([key, [node]]) => node?.name.value !== '__typename' || value[key] === possible.name,
      );
      return isNamed && JSON.stringify([...asked.keys()]) === keys;
    });
  }

  #fieldType(type: GraphQLObjectType, [node]: readonly FieldNode[]): GraphQLOutputType | undefined {
    const name = node?.name.value ?? '';
    const meta = [SchemaMetaFieldDef, TypeMetaFieldDef, TypeNameMetaFieldDef].find(
      (def) => def.name === name,
    );
    return (meta ?? type.getFields()[name])?.type;
  }

  /** The fields that are asked of an object, by the keys they have in the answer, in their order. */
  #collect(type: GraphQLObjectType, sets: readonly SelectionSetNode[]): Map<string, FieldNode[]> {
    const asked = new Map<string, FieldNode[]>();
    const visited = new Set<string>();
    const collect = ({ selections }: SelectionSetNode): void => {
      for (const selection of selections) {
        if (!this.#isIncluded(selection)) continue;
        if (selection.kind === Kind.FIELD) {
          const key = (selection.alias ?? selection.name).value;
          asked.set(key, [...(asked.get(key) ?? []), selection]);
          continue;
        }
        const fragment =
          selection.kind === Kind.INLINE_FRAGMENT ? selection : this.#fragments.get(selection.name.value);
        if (selection.kind === Kind.FRAGMENT_SPREAD) {
          if (visited.has(selection.name.value)) continue;
          visited.add(selection.name.value);
        }
        if (fragment && this.#applies(type, fragment.typeCondition?.name.value))
          collect(fragment.selectionSet);
      }
    };
    for (const set of sets) collect(set);
    return asked;
  }

  #isIncluded(node: SelectionSetNode['selections'][number]): boolean {
    const { variables } = this.#valid;
    return (
      getDirectiveValues(GraphQLSkipDirective, node, variables)?.if !== true &&
      getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if !== false
    );
  }

  #applies(type: GraphQLObjectType, condition: string | undefined): boolean {
    if (condition === undefined || condition === type.name) return true;
    const on = this.#schema.getType(condition);
    return isAbstractType(on) && this.#schema.isSubType(on, type);
  }

  #reachObject(
    type: GraphQLObjectType,
    value: unknown,
    sets: readonly SelectionSetNode[],
    reached: Reached,
  ): void {
    if (!isObject(value)) return;
    for (const [key, nodes] of this.#collect(type, sets)) {
      const inner = value[key];
      const field = this.#fieldType(type, nodes);
      if (inner === null || !field) continue;
      reached(type, nodes[0]?.name.value ?? '');
      this.#reachValue(field, inner, setsOf(nodes), reached);
    }
  }

  #reachValue(
    type: GraphQLOutputType,
    value: unknown,
    sets: readonly SelectionSetNode[],
    reached: Reached,
  ): void {
    if (isNonNullType(type)) this.#reachValue(type.ofType, value, sets, reached);
    else if (isListType(type)) {
      for (const entry of Array.isArray(value) ? value : [])
        this.#reachValue(type.ofType, entry, sets, reached);
    } else if (isObjectType(type)) this.#reachObject(type, value, sets, reached);
    else {
      // Where the fields leave several, nothing is known of which it was.
      const [only, ...more] = this.#candidates(type, value, sets);
      if (only && more.length === 0) this.#reachObject(only, value, sets, reached);
    }
  }
}

function setsOf(nodes: readonly FieldNode[]): SelectionSetNode[] {
  return nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
}

function wrong(path: Path, what: string): string {
  return `at ${path.join('.')}: ${what}`;
}
