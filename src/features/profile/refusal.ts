import type { UserError } from '../../graphql/errors.ts';
import { Refusal } from '../../graphql/errors.ts';
import { idOf } from '../../graphql/node.ts';
import { UnknownReferences } from './preference-rules.ts';

const said = {
  preference: ['INVALID', 'There is no preference with this key: neither built in nor the user’s own.'],
  'used preference': [
    'INVALID',
    'A member has words with a preference that would be gone: change them first.',
  ],
  flag: ['NOT_FOUND', 'There is no PrideFlag with this id in the library.'],
} as const;

/** What a client is told of a write that names preferences or flags that are not there; other errors are what they are. */
export function refusalOf(error: unknown): unknown {
  if (!(error instanceof UnknownReferences)) return error;
  return new Refusal(
    error.references.map(({ kind, path }): UserError => {
      const [code, message] = said[kind];
      return { code, message, path };
    }),
  );
}

/** The UUIDs inside `flagIds`. @throws Refusal NOT_FOUND with the path of each that is malformed or of another type. */
export function decodeFlagIds(flagIds: readonly string[] | undefined): string[] | undefined {
  const ids = flagIds?.map((id) => idOf('PrideFlag', id));
  const wrong = ids?.flatMap((id, i) => (id === null ? [['flagIds', String(i)]] : [])) ?? [];
  if (wrong.length > 0) throw refusalOf(new UnknownReferences(wrong.map((path) => ({ kind: 'flag', path }))));
  return ids?.filter((id) => id !== null);
}
