// npm run migrate: brings the database to this version, and says what it ran. Several may run at once.
import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { openDatabase } from '../db/client.ts';
import { tellFailure } from './failure.ts';

try {
  parseArgs({ options: {} });
  const config = readConfig(process.env);
  const database = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir });
  try {
    const ran = await database.migrate();
    for (const name of ran) console.log(`ran ${name}`);
    console.log(`${database.description}: ${ran.length === 0 ? 'nothing to run' : 'up to date'}.`);
  } finally {
    await database.close();
  }
} catch (error) {
  tellFailure(error);
}
