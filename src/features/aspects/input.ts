import type { InputFieldBuilder } from '@pothos/core';
import { brokenConstraint } from '../../db/errors.ts';
import type { SchemaTypes } from '../../graphql/builder.ts';
import { refuse } from '../../graphql/errors.ts';
import type { Payload } from '../../graphql/mutation.ts';
import { validate } from '../../graphql/validate.ts';
import { aspectLoader } from './loaders.ts';
import { aspectKey, aspectShape } from './rules.ts';
import { AspectRef } from './type.ts';

type Input = InputFieldBuilder<SchemaTypes, 'InputObject'>;

/** Which aspect a mutation is about. */
export function aspectIdInput(t: Input) {
  return {
    aspectId: t.id({ required: true, description: 'Which: the `id` of an aspect of the viewer’s.' }),
  };
}

/** Whom it is about as well. */
export function aspectUserInput(t: Input) {
  return { ...aspectIdInput(t), userId: t.id({ required: true, description: 'Whom: a user’s `id`.' }) };
}

/** The columns of an aspect's name. @throws Refusal for a name that is not one. */
export function nameColumns(name: string): { name: string; nameKey: string } {
  const checked = validate(aspectShape, { name }).name;
  return { name: checked, nameKey: aspectKey(checked) };
}

/** What a client is told when the name is another aspect's; other errors are what they are. */
export function nameRefusal(error: unknown): unknown {
  return brokenConstraint(error) === 'aspects_name_unique'
    ? refuse('ALREADY_EXISTS', 'Another aspect of yours has this name.', 'name')
    : error;
}

/** The payload field of what writes an aspect. */
export function aspectField(
  t: PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, Payload<{ aspectId: string }>>,
) {
  return t.field({
    type: AspectRef,
    nullable: true,
    description: 'The aspect as it is now; null when it was not done, and without the scope `contacts:read`.',
    resolve: ({ aspectId }, _args, ctx) =>
      aspectId === undefined ? null : ctx.loaders.load(ctx, aspectLoader, aspectId),
  });
}
