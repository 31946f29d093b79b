import { brandWithType } from '@pothos/core';
import type { Context } from '../context.ts';
import { builder, type SchemaTypes } from './builder.ts';
import { isUuid } from './cursor.ts';
import { limitExceeded, refuse } from './errors.ts';

export const Node = builder.nodeInterfaceRef();

/** Most ids that one `nodes` takes. */
export const maxNodes = 100;

type NodeTypeName = Parameters<typeof brandWithType<SchemaTypes>>[1];
interface NodeType {
  type: NodeTypeName;
  load: (ctx: Context, id: string) => Promise<object | null>;
}
const nodeTypes = new Map<string, NodeType>();

/**
 * Lets `node` and `nodes` find a type's objects.
 * @param name the name inside the ids, which is the type's.
 * @param load must batch, and answer null for what the viewer may not see: `node` has no check of its own.
 */
export function findableNode(name: string, type: NodeTypeName, load: NodeType['load']): void {
  nodeTypes.set(name, { type, load });
}

/** The Relay id of an object: base64url of `Type:uuid`. */
export function encodeId(typename: string, id: string): string {
  return Buffer.from(`${typename}:${id}`).toString('base64url');
}

/** Type and UUID inside a Relay id; null when it is none. Ids written in base64 are taken as well. */
export function decodeId(globalId: string): { typename: string; id: string } | null {
  const [typename, id, ...rest] = Buffer.from(globalId, 'base64url').toString().split(':');
  return typename && id && rest.length === 0 && isUuid(id) ? { typename, id } : null;
}

/** The UUID inside a Relay id of this type; null when it is malformed or of another type. */
export function idOf(typename: string, globalId: string): string | null {
  const decoded = decodeId(globalId);
  return decoded?.typename === typename ? decoded.id : null;
}

/**
 * The UUID inside an id that a mutation was given.
 * @throws Refusal NOT_FOUND with the path, when it is malformed or of another type.
 */
export function requireId(typename: string, globalId: string, ...path: string[]): string {
  const id = idOf(typename, globalId);
  if (!id) throw notFound(typename, ...path);
  return id;
}

/** What every mutation answers for an id that leads to nothing the viewer may see. */
export function notFound(typename: string, ...path: string[]) {
  return refuse('NOT_FOUND', `There is no ${typename} with this id.`, ...path);
}

/** An object with its type written on it, for fields whose type is an interface. */
export function branded<Value extends object>(type: NodeTypeName, object: Value | null): Value | null {
  if (object) brandWithType(object, type);
  return object;
}

/** The object of this type with this UUID, as `node` finds it; null when the viewer may not see it. */
export async function findNode(ctx: Context, typename: string, id: string): Promise<object | null> {
  const nodeType = nodeTypes.get(typename);
  return nodeType ? branded(nodeType.type, await nodeType.load(ctx, id)) : null;
}

async function loadNode(ctx: Context, globalId: string): Promise<object | null> {
  const decoded = decodeId(globalId);
  return decoded && findNode(ctx, decoded.typename, decoded.id);
}

builder.queryFields((t) => ({
  node: t.field({
    type: Node,
    nullable: true,
    description: 'The object with this id; null when there is none, or the viewer may not see it.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of any object.' }) },
    resolve: (_root, { id }, ctx) => loadNode(ctx, id),
  }),
  nodes: t.field({
    type: [Node],
    nullable: { list: false, items: true },
    description: `The objects with these ids, in their order; null in the place of each that is not found. At most ${maxNodes} ids.`,
    args: {
      ids: t.arg.idList({ required: true, description: `The \`id\`s of any objects, at most ${maxNodes}.` }),
    },
    extensions: { cost: { times: 'ids' } },
    resolve: (_root, { ids }, ctx) => {
      if (ids.length > maxNodes) throw limitExceeded('maxNodes', 'Too many ids', maxNodes, ids.length);
      return ids.map((id) => loadNode(ctx, id));
    },
  }),
}));
