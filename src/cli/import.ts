// npm run import -- --from SYSTEM FILE …: moves somebody in. Running it again changes nothing, and goes on where a run
// that was ended was.
import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { openDatabase } from '../db/client.ts';
import { type Import, ImportError } from '../imports/import.ts';
import { Progress } from '../imports/progress.ts';
import { openStorage } from '../media/storage.ts';
import { tellFailure } from './failure.ts';

/** Where people come from. Each is loaded when it is asked for. */
const systems: Readonly<Record<string, () => Promise<{ run: Import }>>> = {
  'diaspora-archive': () => import('../imports/diaspora-archive/run.ts'),
  'kith-archive': () => import('../imports/kith-archive/run.ts'),
};

const usage = `Usage: npm run import -- --from SYSTEM FILE [--photos FILE.zip] [--user USERNAME] [--with-others]
SYSTEM is one of: ${Object.keys(systems).join(', ')}.
--photos  the photos, where they are a file of their own
--user    the account here that it goes into, which is made where there is none; by default one of the name that the
          account has there, and then only a new one
--with-others  of an archive of Kith's also what others did, such as who follows: where nobody can have changed it`;

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      photos: { type: 'string' },
      user: { type: 'string' },
      'with-others': { type: 'boolean', default: false },
    },
  });
  const [file, ...rest] = positionals;
  const { from = '', photos, user, 'with-others': withOthers } = values;
  const system = Object.hasOwn(systems, from) ? systems[from] : undefined;
  if (!system || !file || rest.length > 0) throw new ImportError(usage);
  const { run } = await system();
  const config = readConfig(process.env);
  const database = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir });
  const started = Date.now();
  try {
    await database.migrate();
    const progress = new Progress(process.stderr);
    const given = {
      ...{ db: database.db, config, storage: await openStorage(config.media), now: new Date() },
      ...{ file, photos, user, withOthers, progress },
    };
    const report = await run(given);
    for (const line of report.lines()) console.log(line);
    console.log(`In ${((Date.now() - started) / 1000).toFixed(1)} s (${database.description}).`);
  } finally {
    await database.close();
  }
} catch (error) {
  tellFailure(error);
}
