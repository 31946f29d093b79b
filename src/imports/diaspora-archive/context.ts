import type { Database } from '../../db/client.ts';
import type { Entry } from '../json-entries.ts';
import type { Report } from '../report.ts';
import type { Survey } from './survey.ts';

/** What all parts of moving in know. */
export interface Moving {
  db: Database;
  survey: Survey;
  /** Who moves in. */
  owner: { id: string; username: string; isNew: boolean };
  report: Report;
  now: Date;
}

/** Values of a file in batches. */
export async function* batchesOf<Value>(all: AsyncIterable<Value>, size: number): AsyncGenerator<Value[]> {
  let batch: Value[] = [];
  for await (const value of all) {
    batch.push(value);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** The values that could be read; the others are left. */
export async function* readable(
  entries: AsyncIterable<Entry>,
  report: Report,
  kind: string,
): AsyncGenerator<{ path: string; value: unknown }> {
  for await (const entry of entries) {
    if (entry.problem === undefined) yield entry;
    else report.left(kind, entry.problem);
  }
}

/** The pod of a diaspora* ID. */
export function hostOf(handle: string): string {
  return handle.slice(handle.indexOf('@') + 1);
}

/** Of several with one guid, the first. */
export function firstOfEach<Thing extends { guid: string }>(all: readonly Thing[]): Thing[] {
  const guids = new Set<string>();
  return all.filter(({ guid }) => !guids.has(guid) && guids.add(guid));
}
