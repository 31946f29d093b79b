// Values as systems outside write them: numbers for strings and the other way round, null for what is left out.
import { z } from 'zod';

/** An id, as text. Numbers beyond 2^53 are text already when they come here. */
export const id = z.union([z.string().min(1), z.int()]).transform(String);

export const text = z.union([z.string(), z.number()]).transform(String);

/** Text that may be missing; empty text says nothing either. */
export const maybeText = text.nullish().transform((value) => value || null);

export const number = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d{1,30}(\.\d{1,30})?$/)
    .transform(Number),
]);

export const count = number.pipe(z.int().nonnegative());

export const maybeNumber = z
  .union([number, z.literal('').transform(() => null)])
  .nullish()
  .transform((value) => value ?? null);

/** RFC 3339. */
export const time = z.iso.datetime({ offset: true }).transform((value) => new Date(value));

/** True or false; false where it is missing. */
export const maybeBoolean = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);
