// What a mutation does, before it is done: how often each of its fields is asked for, and with how many pictures.
import { type DocumentNode, Kind, type OperationDefinitionNode, type SelectionSetNode, visit } from 'graphql';
import { fragmentsOf } from './document.ts';

/** The input fields that carry a picture. */
const pictureFields: ReadonlySet<string> = new Set(['upload', 'base64']);

/** What an operation does that has a budget of its own. */
export interface Acts {
  /** The names of a mutation's root fields and how often each is asked for, aliases counted; empty for queries. */
  fields: ReadonlyMap<string, number>;
  /** At most how many pictures come with it. */
  pictures: (variables: Readonly<Record<string, unknown>>) => number;
}

const none: Acts = { fields: new Map(), pictures: () => 0 };

/** What a validated operation does, whatever `@skip` and `@include` say. */
export function actsOf(document: DocumentNode, operation: OperationDefinitionNode): Acts {
  if (operation.operation !== 'mutation') return none;
  const names = new Map<string, string>();
  const fragments = fragmentsOf(document);
  const visited = new Set<string>();
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        names.set(selection.alias?.value ?? selection.name.value, selection.name.value);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
      else if (!visited.has(selection.name.value)) {
        visited.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment) collect(fragment.selectionSet);
      }
    }
  };
  collect(operation.selectionSet);
  const fields = new Map<string, number>();
  for (const name of names.values()) fields.set(name, (fields.get(name) ?? 0) + 1);
  let written = 0;
  visit(document, {
    ObjectField: ({ name, value }) => {
      if (pictureFields.has(name.value) && value.kind !== Kind.NULL) written++;
    },
  });
  // A variable with pictures may stand in each of the fields.
  return { fields, pictures: (variables) => (written + picturesIn(variables)) * names.size };
}

/** How many pictures there are within the variables' lists and objects, whose depth has been checked. */
function picturesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  for (const [key, inner] of Object.entries(value)) {
    if (pictureFields.has(key) && inner !== null) count++;
    else if (typeof inner === 'object') count += picturesIn(inner);
  }
  return count;
}
