import { withoutStatement } from '../db/errors.ts';

/** Says on standard error why a command has failed, without SQL, values or stack, and has the process exit with 1. */
export function tellFailure(error: unknown): void {
  const shown = withoutStatement(error);
  console.error(shown instanceof Error ? shown.message : shown);
  process.exitCode = 1;
}
