import { z } from 'zod';

const wrapped = z.object({ rows: z.array(z.unknown()) });

/** The rows of a statement's answer, which PGlite wraps and postgres.js does not. @throws ZodError for rows of another shape. */
export function rowsOf<Row extends z.ZodType>(answer: unknown, row: Row): z.output<Row>[] {
  return z.array(row).parse(Array.isArray(answer) ? [...answer] : wrapped.parse(answer).rows);
}
