// npm run import -- --from SYSTEM …: moves people in. Running it again changes nothing, and goes on where a run that was
// ended was.
import { parseArgs } from 'node:util';
import { readConfig, type SourceConfig } from '../config.ts';
import { openDatabase } from '../db/client.ts';
import { type Import, ImportError, type ImportOptions } from '../imports/import.ts';
import { Progress } from '../imports/progress.ts';
import { Report } from '../imports/report.ts';
import { openStorage } from '../media/storage.ts';
import { tellFailure } from './failure.ts';

/** Where people come from with a file. Each is loaded when it is asked for. */
const archives: Readonly<Record<string, () => Promise<{ run: Import }>>> = {
  'diaspora-archive': () => import('../imports/diaspora-archive/run.ts'),
  'kith-archive': () => import('../imports/kith-archive/run.ts'),
};

/** Where they come from over an API. */
const systems = ['selfcommunity', 'pronouns-cc', 'quran-foundation', 'diaspora'] as const;

const usage = `Usage: npm run import -- --from ARCHIVE FILE [--user USERNAME] [--photos FILE.zip] [--with-others]
       npm run import -- --from SYSTEM [--url URL] [--token TOKEN] [--user NAME …]
ARCHIVE is one of: ${Object.keys(archives).join(', ')}.
--user    the account here that it goes into, which is made where there is none; by default one of the name that the
          account has there, and then only a new one
--photos  the photos, where they are a file of their own
--with-others  of an archive of Kith's also what others did, such as who follows: where nobody can have changed it
SYSTEM is one of: ${systems.join(', ')}.
--url     where it is, such as https://pod.example; pronouns-cc and quran-foundation are where everybody knows them
--token   of the person who moves in, or of an operator there; better in KITH_IMPORT_TOKEN, where others do not see it
--user    who moves in, by their name or id there; may be given several times. By default the token's own person, and
          of selfcommunity everybody whom it lists`;

type Shared = Pick<ImportOptions, 'db' | 'config' | 'storage' | 'progress' | 'report' | 'now'>;

/** What is done once the database is open. */
type Job = (shared: Shared) => Promise<void>;

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        from: { type: 'string' },
        user: { type: 'string', multiple: true },
        photos: { type: 'string' },
        'with-others': { type: 'boolean' },
        url: { type: 'string' },
        token: { type: 'string' },
      },
    });
  } catch {
    // Its own message would repeat what was given, and that may be the token.
    throw new ImportError(usage);
  }
}

type Arguments = ReturnType<typeof readArguments>;

/** @throws ImportError for what is wrong whatever is in the database, which need not be opened for that. */
async function jobOf({ values, positionals }: Arguments): Promise<Job> {
  const { from = '', photos, 'with-others': withOthers } = values;
  const archive = Object.hasOwn(archives, from) ? archives[from] : undefined;
  if (archive) return fromArchive((await archive()).run, { values, positionals });
  const system = systems.find((known) => known === from);
  if (!system || positionals.length > 0 || photos !== undefined || withOthers) throw new ImportError(usage);
  return fromSource(system, values);
}

function fromArchive(run: Import, { values, positionals }: Arguments): Job {
  const { user: [user, ...users] = [], photos, 'with-others': withOthers = false, url, token } = values;
  const [file, ...files] = positionals;
  const isWrong = files.length > 0 || users.length > 0 || url !== undefined || token !== undefined;
  if (file === undefined || isWrong) throw new ImportError(usage);
  return (shared) => run({ ...shared, file, user, photos, withOthers });
}

async function fromSource(system: SourceConfig['system'], values: Arguments['values']): Promise<Job> {
  const token = values.token ?? (process.env.KITH_IMPORT_TOKEN || null);
  const url = values.url?.replace(/\/+$/, '') ?? null;
  if (url === null && (system === 'diaspora' || system === 'selfcommunity'))
    throw new ImportError(`${system} has many servers: say which with --url https://….`);
  if (url !== null && !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new ImportError('--url needs a URL such as https://pod.example.');
  const { moveIn } = await import('../imports/sources/run.ts');
  return async (shared) => {
    const ending = new AbortController();
    // Who asks twice does not wait for what is under way.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
    await moveIn({ ...shared, system, url, token, named: values.user ?? [], signal: ending.signal });
  };
}

try {
  const job = await jobOf(readArguments());
  const config = readConfig(process.env);
  const database = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir });
  const started = Date.now();
  const report = new Report();
  const tell = () => {
    for (const line of report.lines()) console.log(line);
    console.log(`In ${((Date.now() - started) / 1000).toFixed(1)} s (${database.description}).`);
  };
  try {
    await database.migrate();
    const storage = await openStorage(config.media);
    const progress = new Progress(process.stderr);
    await job({ db: database.db, config, storage, progress, report, now: new Date() });
    tell();
  } catch (error) {
    // What has come stays.
    if (!report.isEmpty) tell();
    throw error;
  } finally {
    await database.close();
  }
} catch (error) {
  tellFailure(error);
}
