// What payloads are made of, read the way the four systems really write it: numbers as text and text as numbers, blanks
// for nothing, dates with and without a zone. What cannot be read is refused where it stands.
import { z } from 'zod';

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const blank = z
  .string()
  .regex(/^\s*$/)
  .transform(() => null);

const orNull = <Value>(value: Value | null | undefined): Value | null => value ?? null;

/** An id is text, also where it comes as a number. */
export const id = z.union([z.string().regex(/\S/), z.int()]).transform(String);

/** Text as it is; null for none and for nothing but blanks. */
export const text = z
  .union([blank, z.string(), z.number().transform(String)])
  .nullish()
  .transform(orNull);

/** Yes or no, in the words that forms have for it. */
export const flag = z
  .union([z.boolean(), z.literal([0, 1]).transform((digit) => digit === 1), blank, z.stringbool()])
  .nullish()
  .transform(orNull);

const whole = z.union([
  z.int(),
  z
    .string()
    .regex(/^\s*[+-]?\d{1,15}\s*$/)
    .transform(Number),
]);

/** A whole number, which may be below zero. */
export const integer = z.union([blank, whole]).nullish().transform(orNull);

/** How many there are, where it has to be said. */
export const toldCount = whole.pipe(z.int().min(0));

/** How many there are. */
export const count = z.union([blank, toldCount]).nullish().transform(orNull);

/** A number with a fraction, such as a degree. */
export const decimal = z
  .union([z.number(), blank, z.string().transform(Number).pipe(z.number())])
  .nullish()
  .transform(orNull);

const unreadable = z.string().transform(() => null);

/** A count or a flag that a document has as text without saying which: what cannot be read is not known. */
export const looseCount = z.union([count, unreadable]);
export const looseFlag = z.union([flag, unreadable]);

/** A moment. Where no zone is given, it is taken as UTC. */
export const moment = z
  .string()
  .transform((written) => written.trim().replace(' ', 'T'))
  .pipe(z.iso.datetime({ offset: true, local: true }))
  .transform((written) => new Date(/(?:Z|[+-]\d{2}:\d{2})$/.test(written) ? written : `${written}Z`))
  .pipe(z.date());

/** A moment; null for none. */
export const maybeMoment = z.union([blank, moment]).nullish().transform(orNull);

/** A day as YYYY-MM-DD, also out of a moment; null for none, and for what no calendar has. */
export const day = text.transform((written) => {
  const [start] = written?.trim().split(/[T ]/) ?? [];
  return z.iso.date().safeParse(start).data ?? null;
});

/**
 * One of several shapes, told apart before any is read: a fault then has its own path, where a union only says that
 * nothing fits.
 */
export function told<Shape extends z.ZodType>(by: (value: unknown) => Shape) {
  return z.unknown().transform((value, context): z.output<Shape> => {
    const read = by(value).safeParse(value);
    if (read.success) return read.data;
    for (const { message, path } of read.error.issues)
      context.addIssue({ code: 'custom', message, path: [...path] });
    return z.NEVER;
  });
}

/** A thing, or only the id of it: then nothing else of it is known. */
export const referred = <Thing extends z.ZodType>(thing: Thing) =>
  z.preprocess((value) => (isRecord(value) ? value : { id: value }), thing);

/** A list; none is an empty one. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
