import { z } from 'zod';
import { type ErrorCode, Refusal, type UserError } from './errors.ts';

/** A zod check that fails with a code of ours. */
function problem(code: ErrorCode, message: string) {
  return { params: { code }, error: message, abort: true };
}

/** How many Unicode code points a text has: what all limits on lengths count. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Text of 1 to `max` code points after trimming; TOO_SHORT or TOO_LONG otherwise. */
export function text(max: number) {
  return z
    .string()
    .trim()
    .refine((value) => value !== '', problem('TOO_SHORT', 'This must not be empty; null clears it.'))
    .refine((value) => codePoints(value) <= max, problem('TOO_LONG', `At most ${max} characters.`));
}

/** Text on one line: as `text`, and INVALID with a control character in it. */
export function line(max: number) {
  return text(max).refine(
    (value) => !/\p{Cc}/u.test(value),
    problem('INVALID', 'Control characters such as line breaks are not allowed here.'),
  );
}

/** A value with a rule of its own; INVALID with this message otherwise. */
export function rule<Schema extends z.ZodType>(
  schema: Schema,
  holds: (value: z.output<Schema>) => boolean,
  message: string,
) {
  return schema.refine(holds, problem('INVALID', message));
}

/** A number from `min` to `max`, both included. */
export function range(min: number, max: number) {
  return rule(z.number(), (value) => value >= min && value <= max, `Must be between ${min} and ${max}.`);
}

/** A list of at most `max`; TOO_MANY otherwise, and then its entries are not looked at. */
export function list<Schema extends z.ZodType>(entry: Schema, max: number) {
  return z
    .array(z.unknown())
    .refine((entries) => entries.length <= max, problem('TOO_MANY', `At most ${max} entries.`))
    .pipe(z.array(entry));
}

/** What an update takes: omitted stays as it is, null clears. */
export function clearable<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullable().optional();
}

/** The same for a list, which null empties. */
export function emptied<Entry, Schema extends z.ZodType<Entry[]>>(schema: Schema) {
  return schema.nullish().transform((entries) => (entries === null ? [] : entries));
}

/** A failure with a code of ours, for what compares several values; `path` goes on from there. */
export function issue(code: ErrorCode, message: string, ...path: (string | number)[]) {
  return { code: 'custom' as const, params: { code }, message, path };
}

/**
 * Checks a mutation's input against its rules.
 * @param at where in the input it lies; at its top without it.
 * @returns the input as the rules leave it (trimmed, for instance).
 * @throws Refusal with every failure, each with its code and its path into the input.
 */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  ...at: string[]
): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new Refusal(
    result.error.issues.map((issue) => {
      const error = userError(issue, input);
      return { ...error, path: [...at, ...error.path] };
    }),
  );
}

function userError(issue: z.core.$ZodIssue, input: unknown): UserError {
  const path = issue.path.map(String);
  if (issue.code === 'custom' && issue.params)
    return { code: issue.params.code, message: issue.message, path };
  let value = input;
  for (const key of issue.path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return {
    code: 'INVALID',
    message: value === null ? 'This cannot be null.' : 'The value is not valid here.',
    path,
  };
}
