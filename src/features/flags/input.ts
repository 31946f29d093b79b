import type { InputFieldBuilder } from '@pothos/core';
import type { SchemaTypes } from '../../graphql/builder.ts';

/** The words of a flag. @param required whether the name must be given. */
export function flagInput<Required extends boolean>(
  t: InputFieldBuilder<SchemaTypes, 'InputObject'>,
  required: Required,
) {
  return {
    name: t.string({ required, description: 'What it is called, 1–100 characters; cannot be null.' }),
    description: t.string({
      description: 'What it means, 1–500 characters; also its text for those who cannot see it.',
    }),
  };
}
