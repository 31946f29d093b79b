/** What is told of a statement: neither its text, which is long, nor its values. */
export interface StatementSummary {
  /** `SELECT`, `INSERT`, …. */
  operation: string;
  /** The first table it names. */
  table: string | null;
  /** Both, as OpenTelemetry's `db.query.summary` has it. */
  summary: string;
}

/** Texts of statements are few: they are prepared, or written by what is. Those with lists of any length are more. */
const maxKept = 2_000;
const known = new Map<string, StatementSummary>();

/** A statement in a few words. */
export function summaryOf(text: string): StatementSummary {
  const kept = known.get(text);
  if (kept) return kept;
  const summary = summarize(text);
  if (known.size < maxKept) known.set(text, summary);
  return summary;
}

function summarize(text: string): StatementSummary {
  const operation = (/^\W*(\w+)/.exec(text)?.[1] ?? 'statement').toUpperCase();
  const table = /\b(?:from|into|update|join)\s+"?(\w+)"?/i.exec(text)?.[1] ?? null;
  return { operation, table, summary: table === null ? operation : `${operation} ${table}` };
}
