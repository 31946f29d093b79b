// npm run repair [-- --check]: counts again what counters are stored of, says which were wrong, and sets them right; with
// --check it only says so, with status 1 when there were any. On PostgreSQL it works beside running servers.
import { parseArgs } from 'node:util';
import { getTableName } from 'drizzle-orm';
import { readConfig } from '../config.ts';
import { type Database, openDatabase } from '../db/client.ts';
import { pendingMigrations } from '../db/migrate.ts';
import { recount, type Wrong } from '../db/recount.ts';
import { tellFailure } from './failure.ts';
import { tallies } from './tallies.ts';

/** @returns how many counters were wrong. */
async function repair(db: Database, mend: boolean): Promise<number> {
  let all = 0;
  for (const tally of tallies) {
    let [rows, wrong] = [0, 0];
    for await (const batch of recount(db, tally, { mend })) {
      rows += batch.rows;
      wrong += batch.wrong.length;
      for (const one of batch.wrong) console.log(lineOf(one));
    }
    console.log(`${getTableName(tally.table)}: ${rows} rows, ${wrong} wrong.`);
    all += wrong;
  }
  return all;
}

function lineOf({ table, id, column, was, is }: Wrong): string {
  return was === null ? `${table} ${id}: there was no row` : `${table} ${id} ${column}: was ${was}, is ${is}`;
}

try {
  const { check } = parseArgs({ options: { check: { type: 'boolean', default: false } } }).values;
  const config = readConfig(process.env);
  const database = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir });
  try {
    const pending = await pendingMigrations(database.db);
    if (pending.length > 0) {
      throw new Error(
        `The database lacks migrations of this version (${pending.join(', ')}): first run \`npm run migrate\`.`,
      );
    }
    const wrong = await repair(database.db, !check);
    if (wrong === 0) console.log('Every counter is what it counts.');
    else if (check) console.log(`${wrong} wrong; \`npm run repair\` sets them right.`);
    else console.log(`${wrong} set right.`);
    if (check && wrong > 0) process.exitCode = 1;
  } finally {
    await database.close();
  }
} catch (error) {
  tellFailure(error);
}
