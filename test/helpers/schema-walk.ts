// Walks the schema from Query to everywhere a person comes out, so that a rule about who is found can be tested on
// every path there is, and on those that will be there next year.
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { expect } from 'vitest';
import type { TestApp } from './app.ts';

/** Whom the walk looks for, and what it gives to arguments to find them. */
export interface Sought {
  id: string;
  username: string;
  sid: string;
  /** A member of theirs, where there is one. */
  member: { id: string; sid: string; memberName: string } | null;
  /** A room they own, and are found in, where there is one. */
  room: { id: string; slug: string } | null;
  /** A post of theirs, with what is in it and under it, and its category, where there is one. */
  post: {
    id: string;
    slug: string;
    within: readonly string[];
    category: { id: string; slug: string };
  } | null;
}

/** An id or a username that came out of a door: a field, with its arguments, and the way through its connection. */
export interface Found {
  door: string;
  value: string;
}

/** How many people one after another a path goes through. With every further one there are ten times as many paths, of the same doors. */
const peopleOnPath = 2;
const pageSize = 6;
/** Where so many are too much for one document, they go in several. */
const doorsPerDocument = 24;

/** One step of a path: a field and its arguments, and the type of what comes out, which may be one of several. */
interface Step {
  field: string;
  args: string;
  type: GraphQLObjectType;
  isAbstract: boolean;
}

/** A way from a type to the next type that is not the form of a list: `followers` and through it `edges.node`. */
interface Door {
  /** Its coordinate, its arguments, and the fields through the connection. */
  name: string;
  steps: Step[];
  type: GraphQLObjectType;
}

/**
 * The values to try for a field's arguments, each a text such as `first: 6`.
 * @throws for a required argument that nobody has taught it.
 */
export function argumentsOf(
  coordinate: string,
  field: GraphQLField<unknown, unknown>,
  sought: Sought,
): string[] {
  const paged = field.args.some(({ name }) => name === 'first');
  let variants = paged ? [`first: ${pageSize}`, `last: ${pageSize}`] : [''];
  for (const arg of field.args) {
    const values = valuesOf(arg, sought);
    if (values === null) {
      if (isRequiredArgument(arg)) {
        throw new Error(`Teach me this argument: ${coordinate}(${arg.name}: ${arg.type}). See valuesOf.`);
      }
      continue;
    }
    variants = variants.flatMap((before) =>
      values.map((value) => `${before} ${arg.name}: ${value}`.trimStart()),
    );
  }
  return variants;
}

/** The values that lead to whom is sought; null for an argument that is unknown here. */
function valuesOf({ name, type }: GraphQLArgument, sought: Sought): string[] | null {
  const { id, username, sid, member, room, post } = sought;
  const named = getNamedType(type);
  const q = JSON.stringify;
  switch (`${name}: ${getNullableType(type)}`) {
    case 'by: UserBy':
      return [
        `{ id: ${q(id)} }`,
        `{ username: ${q(username)} }`,
        `{ sid: ${q(sid)} }`,
        // The subject of a test's token is the username.
        `{ account: { provider: OIDC, externalId: ${q(username)} } }`,
      ];
    case 'by: MemberBy':
      return member
        ? [
            `{ id: ${q(member.id)} }`,
            `{ sid: ${q(member.sid)} }`,
            `{ name: { username: ${q(username)}, member: ${q(member.memberName)} } }`,
          ]
        : ['{ sid: "nobody" }'];
    case 'by: RoomBy':
      return room ? [`{ id: ${q(room.id)} }`, `{ slug: ${q(room.slug)} }`] : ['{ slug: "nowhere" }'];
    case 'by: PostBy':
      return post
        ? [`{ id: ${q(post.id)} }`, `{ slug: { username: ${q(username)}, slug: ${q(post.slug)} } }`]
        : ['{ slug: { username: "nobody", slug: "nothing" } }'];
    case 'by: CategoryBy':
      return post
        ? [`{ id: ${q(post.category.id)} }`, `{ slug: ${q(post.category.slug)} }`]
        : ['{ slug: "nothing" }'];
    case 'types: [PostType!]':
      return ['null', '[RESHARE]'];
    case 'roomId: ID':
      return room ? [q(room.id)] : null;
    // Inviting needs a room.
    case 'context: SearchContext':
      return enumValues(named).filter((value) => value !== 'ROOM_INVITE' || room);
    case 'id: ID':
      return [q(id)];
    case 'ids: [ID!]':
      return [
        `[${[id, ...[member, room, post, post?.category].flatMap((one) => one?.id ?? []), ...(post?.within ?? [])].map((one) => q(one)).join(', ')}]`,
      ];
    case 'query: String':
      return [q(username)];
    default:
      return isEnumType(named) && getNullableType(type) === named ? enumValues(named) : null;
  }
}

function enumValues(type: GraphQLNamedType): string[] {
  return isEnumType(type) ? type.getValues().map((value) => value.name) : [];
}

/** Whether the type is only the form of a list: a connection or an edge. */
export function isForm(type: GraphQLObjectType): boolean {
  const fields = type.getFields();
  return 'pageInfo' in fields || ('cursor' in fields && 'node' in fields);
}

/** All object types that a field of this type may give. */
function objectTypes(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLObjectType[] {
  if (isObjectType(type)) return [type];
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [];
}

/** The object types from which people can be reached, people themselves among them. */
function leadingToPeople(schema: GraphQLSchema, person: GraphQLObjectType): Set<GraphQLObjectType> {
  const leading = new Set([person]);
  const all = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type));
  for (let size = 0; size !== leading.size; ) {
    size = leading.size;
    for (const type of all) {
      const leads = Object.values(type.getFields()).some((field) =>
        objectTypes(schema, getNamedType(field.type)).some((next) => leading.has(next)),
      );
      if (leads) leading.add(type);
    }
  }
  return leading;
}

/** A way in, and the doors at its end that one document tries. */
interface WalkDocument {
  path: Step[];
  doors: Door[];
}

/** All documents of the walk. */
function walkDocuments(schema: GraphQLSchema, sought: Sought): WalkDocument[] {
  const person = schema.getType('User');
  const query = schema.getQueryType();
  if (!isObjectType(person) || !query) throw new Error('The schema has no User, or no Query.');
  const leading = leadingToPeople(schema, person);

  const stepsFrom = (type: GraphQLObjectType): { step: Step; coordinate: string }[] =>
    Object.values(type.getFields()).flatMap((field) => {
      const named = getNamedType(field.type);
      const isAbstract = isAbstractType(named);
      const next = objectTypes(schema, named).filter((t) => leading.has(t));
      if (next.length === 0) return [];
      const coordinate = `${type.name}.${field.name}`;
      return argumentsOf(coordinate, field, sought).flatMap((args) =>
        next.map((t) => ({ coordinate, step: { field: field.name, args, type: t, isAbstract } })),
      );
    });
  const through = (name: string, steps: Step[], type: GraphQLObjectType): Door[] =>
    isForm(type)
      ? stepsFrom(type).flatMap(({ step }) => through(`${name} ${step.field}`, [...steps, step], step.type))
      : [{ name, steps, type }];
  const doorsOf = (type: GraphQLObjectType): Door[] =>
    stepsFrom(type).flatMap(({ coordinate, step }) =>
      through(`${coordinate}(${step.args})`, [step], step.type),
    );

  const documents: WalkDocument[] = [];
  // Breadth first, so that a door is gone through where it is nearest, and once for each number of people before it:
  // behind it are the same doors, whichever way led there.
  const queue: { path: Step[]; type: GraphQLObjectType; people: number }[] = [
    { path: [], type: query, people: 0 },
  ];
  const gone = new Set<string>();
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { path, type, people } = next;
    const doors = doorsOf(type);
    for (let start = 0; start < doors.length; start += doorsPerDocument) {
      documents.push({ path, doors: doors.slice(start, start + doorsPerDocument) });
    }
    // Inwards, one door for each field and type is enough, and what may be any object is none, save `node` itself for
    // types without a field of their own: others give the same people.
    const isNode = (door: Door) => door.steps.some((step) => step.isAbstract);
    const own = new Set(doors.filter((door) => !isNode(door)).map((door) => door.type));
    const inward = new Map(
      doors
        .filter((door) => !isNode(door) || (path.length === 0 && !own.has(door.type)))
        .toReversed()
        .map((door) => [`${door.steps[0]?.field} ${door.type.name}`, door]),
    );
    for (const door of inward.values()) {
      const before = door.type === person ? people + 1 : people;
      const way = `${before} ${type.name}.${door.steps[0]?.field} ${door.type.name}`;
      if (before >= peopleOnPath || gone.has(way)) continue;
      gone.add(way);
      queue.push({ path: [...path, ...door.steps], type: door.type, people: before });
    }
  }
  return documents;
}

function selectionOf(steps: readonly Step[], innermost: string, alias = ''): string {
  const [step, ...rest] = steps;
  if (!step) return innermost;
  const args = step.args === '' ? '' : `(${step.args})`;
  return `${alias}${step.field}${args} { __typename ... on ${step.type.name} { ${selectionOf(rest, innermost)} } }`;
}

/** What tells who came out: all ids, and the username. */
function leavesOf(type: GraphQLObjectType): string {
  const names = Object.values(type.getFields())
    .filter(({ name, type: t, args }) => {
      const named = getNamedType(t);
      return args.length === 0 && isLeafType(named) && (named.name === 'ID' || name === 'username');
    })
    .map(({ name }) => name);
  return ['__typename', ...names].join(' ');
}

/**
 * All that comes out of any door for this viewer.
 * @param options `only`: the doors to try; all of them without it.
 */
export async function walkSchema(
  kith: TestApp,
  schema: GraphQLSchema,
  options: { as: string | null; sought: Sought; only?: readonly string[] | undefined },
): Promise<Found[]> {
  const { as, sought, only } = options;
  const found: Found[] = [];
  const collect = (value: unknown, door: Door | undefined, doors: Map<string, Door>): void => {
    if (typeof value === 'string' && door) found.push({ door: door.name, value });
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) collect(inner, doors.get(name) ?? door, doors);
  };
  const tryDoors = async (path: readonly Step[], doors: readonly Door[]): Promise<void> => {
    const byAlias = new Map(doors.map((door, n) => [`door${n}`, door]));
    const selections = [...byAlias].map(([alias, { steps, type }]) =>
      selectionOf(steps, leavesOf(type), `${alias}: `),
    );
    const document = `{ ${selectionOf(path, selections.join(' '))} }`;
    const { data, errors } = await kith.send<unknown>(document, { as });
    const half = Math.ceil(doors.length / 2);
    if (half < doors.length && errors.some(({ extensions }) => extensions?.code === 'LIMIT_EXCEEDED')) {
      await tryDoors(path, doors.slice(0, half));
      await tryDoors(path, doors.slice(half));
      return;
    }
    expect(errors, document).toEqual([]);
    collect(data, undefined, byAlias);
  };
  for (const { path, doors } of walkDocuments(schema, sought)) {
    const tried = only ? doors.filter(({ name }) => only.includes(name)) : doors;
    if (tried.length > 0) await tryDoors(path, tried);
  }
  return found;
}

/** All doors that people come out of. */
export function doorsToPeople(schema: GraphQLSchema, sought: Sought): string[] {
  const doors = walkDocuments(schema, sought).flatMap((walk) => walk.doors);
  return [...new Set(doors.filter(({ type }) => type.name === 'User').map(({ name }) => name))].toSorted();
}
