import type { SchemaTypes } from '../../graphql/builder.ts';
import { refuse } from '../../graphql/errors.ts';
import type { Payload } from '../../graphql/mutation.ts';
import { notFound, requireId } from '../../graphql/node.ts';

/** Most things that are marked at once, by id. */
export const maxMarked = 100;

/**
 * The UUIDs of what is to be marked; null for all there is.
 * @param path the input field.
 * @param find what the viewer finds by a UUID.
 * @throws Refusal TOO_MANY, or NOT_FOUND with the place of the first that is not found: then nothing is marked.
 */
export async function requireMarked(
  typename: string,
  ids: readonly string[] | null | undefined,
  path: string,
  find: (id: string) => Promise<object | null>,
): Promise<string[] | null> {
  if (!ids) return null;
  if (ids.length > maxMarked) throw refuse('TOO_MANY', `At most ${maxMarked} ids.`, path);
  const decoded = ids.map((id, i) => requireId(typename, id, path, String(i)));
  const unknown = (await Promise.all(decoded.map(find))).indexOf(null);
  if (unknown !== -1) throw notFound(typename, path, String(unknown));
  return decoded;
}

/** The payload of what marks something seen. */
export function seenPayload(
  t: PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, Payload<{ seenCount: number }>>,
) {
  return {
    seenCount: t.int({
      nullable: true,
      description: 'How many had not been seen until now; null when it was not done.',
      resolve: ({ seenCount }) => seenCount ?? null,
    }),
  };
}
