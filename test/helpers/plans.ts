// How the database reads what a statement asks for.
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../src/db/client.ts';

/** A statement as the server sent it. */
export interface Sent {
  statement: string;
  parameters: readonly unknown[];
}

const planNode = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  Alias: z.string().optional(),
  'Index Name': z.string().optional(),
  'Actual Rows': z.number(),
  'Actual Loops': z.number(),
  'Rows Removed by Filter': z.number().default(0),
  'Rows Removed by Index Recheck': z.number().default(0),
  get Plans() {
    return z.array(planNode).default([]);
  },
});

/** A step of a plan, with what it took when it was run. */
export type PlanNode = z.infer<typeof planNode>;

const explained = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: planNode })]) })]);
// postgres.js answers with the rows, PGlite with an object that has them.
const answered = z.union([explained, z.object({ rows: explained }).transform(({ rows }) => rows)]);

/**
 * Runs a statement again and tells how it was read.
 * @param mode how it is planned: for all values, or for these.
 */
export function explain(
  db: Database,
  { statement, parameters }: Sent,
  mode: 'generic' | 'custom',
): Promise<PlanNode> {
  return db.transaction(async (tx) => {
    await tx.execute(sql.raw(`SET LOCAL plan_cache_mode = force_${mode}_plan`));
    await tx.execute(sql.raw(`PREPARE asked AS ${statement}`));
    const values = parameters.length === 0 ? '' : `(${parameters.map(literal).join(', ')})`;
    const [row] = answered.parse(
      await tx.execute(sql.raw(`EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE asked${values}`)),
    );
    await tx.execute(sql`DEALLOCATE asked`);
    return row['QUERY PLAN'][0].Plan;
  });
}

function literal(value: unknown): string {
  if (value === null) return 'NULL';
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}

/** A step and all below it. */
export function stepsOf(node: PlanNode): PlanNode[] {
  return [node, ...node.Plans.flatMap(stepsOf)];
}

/** How many rows a step gave, over all the times it was run. */
export function given(node: PlanNode): number {
  return node['Actual Rows'] * node['Actual Loops'];
}

/** How many rows a step looked at, over all the times it was run: those it gave, and those it left out. */
export function lookedAt(node: PlanNode): number {
  const left = node['Rows Removed by Filter'] + node['Rows Removed by Index Recheck'];
  return given(node) + left * node['Actual Loops'];
}

/** A plan in lines, for who has to find out why it is not as it should be. */
export function planText(node: PlanNode, depth = 0): string {
  const { 'Relation Name': table, Alias: alias, 'Index Name': index } = node;
  const what = [node['Node Type'], index && `by ${index}`, table && `of ${table} ${alias}`];
  const line = `${'  '.repeat(depth)}${what.filter(Boolean).join(' ')}: ${given(node)} of ${lookedAt(node)}`;
  return [line, ...node.Plans.map((below) => planText(below, depth + 1))].join('\n');
}
