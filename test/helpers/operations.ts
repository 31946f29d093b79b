// Operations made from a schema by chance: the same numbers make the same operation.
import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  GraphQLNonNull,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  Kind,
  print,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
} from 'graphql';

/** A number from 0 to 1, the next of a series. */
export type Random = () => number;

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of several. */
export function pick<Value>(random: Random, values: readonly Value[]): Value {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}

/** An operation as it is sent. */
export interface Operation {
  source: string;
  variables: Record<string, unknown>;
}

export interface GeneratorOptions {
  schema: GraphQLSchema;
  random: Random;
  /** Levels of selections, forms of lists among them; 4 unless given. */
  depth?: number;
  /** Most fields of an operation that have selections of their own; no limit unless given. */
  fields?: number;
  /**
   * A value of a scalar type, for an argument or input field of this name under a field of that; undefined for one that
   * tells nothing.
   */
  scalar?: (type: string, name: string, field: string) => unknown;
  /** How often an argument or input field that may be left out is given, from 0 to 1; undefined for about half. */
  given?: (name: string) => number | undefined;
  /** How often a field of a query's root asks about the schema itself, from 0 to 1; never unless given. */
  introspection?: number;
  /** Aliases that a few fields get besides those that nothing else has. */
  aliases?: readonly string[];
  /** The operation's name; none unless given. */
  name?: string;
}

type Given = Pick<GraphQLArgument | GraphQLInputField, 'name' | 'type'>;

/** Levels of input objects within each other. */
const inputDepth = 2;

/**
 * Makes operations from a schema: aliases, fragments with names and without, on objects and interfaces, directives, and
 * values as literals, as variables and with variables inside, given, null, omitted and by default. Few of them are not
 * valid: fragments on different types may give one name to different things.
 */
export class Generator {
  readonly #options: GeneratorOptions;
  readonly #random: Random;
  readonly #declared: string[] = [];
  readonly #fragments: string[] = [];
  /** Names of finished fragments, by what they are on. */
  readonly #finished = new Map<string, string[]>();
  #fields: number;
  /** The field whose arguments are made. */
  #asked = '';
  readonly variables: Record<string, unknown> = {};

  constructor(options: GeneratorOptions) {
    this.#options = options;
    this.#random = options.random;
    this.#fields = options.fields ?? Number.POSITIVE_INFINITY;
  }

  query(): Operation {
    return this.#operation('query', this.#options.schema.getQueryType());
  }

  mutation(): Operation {
    return this.#operation('mutation', this.#options.schema.getMutationType());
  }

  #operation(kind: string, type: GraphQLOutputType | null | undefined): Operation {
    if (!type) throw new Error(`There is no ${kind}.`);
    const selection = this.#selection(type, this.#options.depth ?? 4);
    const declared = this.#declared.length > 0 ? `(${this.#declared.join(', ')})` : '';
    const head = [kind, this.#options.name, declared].filter(Boolean).join(' ');
    return { source: [`${head} ${selection}`, ...this.#fragments].join('\n'), variables: this.variables };
  }

  #pick<Value>(values: readonly Value[]): Value {
    return pick(this.#random, values);
  }

  #selection(type: GraphQLOutputType, depth: number): string {
    const parts: string[] = [];
    const count = 1 + Math.floor(this.#random() * 4);
    for (let i = 0; i < count; i++) parts.push(this.#part(type, depth));
    return `{ ${parts.join(' ')} }`;
  }

  #part(type: GraphQLOutputType, depth: number): string {
    const named = getNamedType(type);
    const chance = this.#random();
    if (chance < 0.1) return `__typename${this.#condition()}`;
    if (isAbstractType(named) && (chance < 0.4 || !('getFields' in named))) {
      const possible = this.#pick(this.#options.schema.getPossibleTypes(named));
      return this.#spread(possible, depth);
    }
    if (chance < 0.2 && depth > 1) {
      const on = this.#pick([named, ...(isObjectType(named) ? named.getInterfaces() : [])]);
      return this.#spread(on as GraphQLCompositeType, depth - 1);
    }
    if (!('getFields' in named) || !isCompositeType(named)) return '__typename';
    const { introspection = 0, schema } = this.#options;
    if (introspection > 0 && named === schema.getQueryType() && this.#random() < introspection) {
      return this.#field(this.#pick([SchemaMetaFieldDef, TypeMetaFieldDef]), depth);
    }
    const fields = Object.values(named.getFields()).filter(
      (f) => (depth > 1 && this.#fields > 0) || !isCompositeType(getNamedType(f.type)),
    );
    return fields.length > 0 ? this.#field(this.#pick(fields), depth) : '__typename';
  }

  #spread(type: GraphQLCompositeType, depth: number): string {
    const on = type.name;
    const finished = this.#finished.get(on) ?? [];
    // What is not finished may be what this is in.
    if (finished.length > 0 && this.#random() < 0.2) return `...${this.#pick(finished)}${this.#condition()}`;
    const selection = this.#selection(type, depth);
    if (this.#random() < 0.5) return `... on ${on}${this.#condition()} ${selection}`;
    const name = `F${this.#fragments.length}`;
    this.#fragments.push(`fragment ${name} on ${on} ${selection}`);
    this.#finished.set(on, [...finished, name]);
    return `...${name}${this.#condition()}`;
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    this.#asked = field.name;
    const args = field.args
      .filter((arg) => isRequiredArgument(arg) || this.#random() < (this.#options.given?.(arg.name) ?? 0.6))
      .map((arg) => `${arg.name}: ${this.#value(arg, inputDepth)}`);
    const alias = args.length > 0 || this.#random() < 0.2 ? `${this.#alias()}: ` : '';
    const condition = this.#condition();
    const named = getNamedType(field.type);
    if (isCompositeType(named)) this.#fields--;
    const below = isCompositeType(named) ? ` ${this.#selection(field.type, depth - 1)}` : '';
    return `${alias}${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${condition}${below}`;
  }

  #alias(): string {
    const { aliases = [] } = this.#options;
    if (aliases.length > 0 && this.#random() < 0.1) return this.#pick(aliases);
    return `a${Math.floor(this.#random() * 1e9)}`;
  }

  #condition(): string {
    if (this.#random() > 0.1) return '';
    const value =
      this.#random() < 0.5
        ? String(this.#random() < 0.5)
        : this.#variable({ name: 'if', type: 'Boolean!' }, () => this.#random() < 0.5);
    return ` @${this.#random() < 0.5 ? 'skip' : 'include'}(if: ${value})`;
  }

  #variable(of: { name: string; type: string }, value: () => unknown, standard?: () => string): string {
    const name = `v${this.#declared.length}`;
    const chance = this.#random();
    const required = of.type.endsWith('!');
    // Declared before its default is made, which may ask for names.
    const place = this.#declared.push('') - 1;
    const byDefault = !required && standard && this.#random() < 0.2 ? ` = ${standard()}` : '';
    this.#declared[place] = `$${name}: ${of.type}${byDefault}`;
    if (required || chance < 0.5) this.variables[name] = value();
    else if (chance < 0.75) this.variables[name] = null;
    return `$${name}`;
  }

  /**
   * A value as a literal, with variables inside, or a variable as a whole.
   * @param constant whether it may have none, as what variables are by default.
   */
  #value({ name, type }: Given, depth: number, constant = false): string {
    if (!constant && this.#random() < 0.3) {
      return this.#variable(
        { name, type: String(type) },
        () => this.#json({ name, type }, depth),
        () => this.#value({ name, type }, depth, true),
      );
    }
    if (isNonNullType(type)) return this.#literal({ name, type: type.ofType }, depth, constant);
    return this.#random() < 0.15 ? 'null' : this.#literal({ name, type }, depth, constant);
  }

  #literal({ name, type }: Given, depth: number, constant: boolean): string {
    if (isNonNullType(type)) return this.#literal({ name, type: type.ofType }, depth, constant);
    if (isListType(type)) {
      const of = { name, type: type.ofType as GraphQLInputType };
      // A list of one may be written without its brackets.
      if (this.#random() < 0.1) return this.#literal(of, depth, constant);
      return `[${this.#times(() => this.#value(of, depth, constant)).join(', ')}]`;
    }
    if (isInputObjectType(type)) {
      const given = this.#chosen(type, depth).map((f) => `${f.name}: ${this.#value(f, depth - 1, constant)}`);
      return `{ ${given.join(', ')} }`;
    }
    if (isEnumType(type)) return this.#pick(type.getValues()).name;
    const value = this.#some({ name, type }, depth);
    const block = typeof value === 'string' && this.#random() < 0.1;
    return block ? print({ kind: Kind.STRING, value, block }) : JSON.stringify(value);
  }

  #times<Value>(make: () => Value): Value[] {
    return Array.from({ length: Math.floor(this.#random() * 3) }, make);
  }

  /** What of an input object is given; of one that takes exactly one, that and never null. */
  #chosen(type: GraphQLInputType, depth: number): Given[] {
    if (!isInputObjectType(type)) return [];
    const fields = Object.values(type.getFields());
    if (type.isOneOf) {
      const { name, type: chosen } = this.#pick(fields.filter((f) => this.#options.given?.(f.name) !== 0));
      return [{ name, type: isNonNullType(chosen) ? chosen : new GraphQLNonNull(chosen) }];
    }
    return fields.filter(
      (f) =>
        isRequiredInputField(f) || (depth > 0 && this.#random() < (this.#options.given?.(f.name) ?? 0.5)),
    );
  }

  #json({ name, type }: Given, depth: number): unknown {
    if (isNonNullType(type)) return this.#some({ name, type: type.ofType }, depth);
    return this.#random() < 0.1 ? null : this.#some({ name, type }, depth);
  }

  #some({ name, type }: Given, depth: number): unknown {
    if (isListType(type)) {
      const of = { name, type: type.ofType as GraphQLInputType };
      return this.#random() < 0.1 ? this.#some(of, depth) : this.#times(() => this.#json(of, depth));
    }
    if (isNonNullType(type)) return this.#some({ name, type: type.ofType }, depth);
    if (isInputObjectType(type)) {
      return Object.fromEntries(this.#chosen(type, depth).map((f) => [f.name, this.#json(f, depth - 1)]));
    }
    if (isEnumType(type)) return this.#pick(type.getValues()).name;
    const told = this.#options.scalar?.(type.name, name, this.#asked);
    if (told !== undefined) return told;
    const number = Math.floor(this.#random() * 10);
    const values: Record<string, unknown> = {
      Int: number,
      Float: number / 2,
      Boolean: number > 4,
      ID: `id${number}`,
    };
    return values[type.name] ?? `text${number}`;
  }
}
