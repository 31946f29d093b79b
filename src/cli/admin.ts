// npm run admin -- badge ada VERIFIED: what operators do to people and tags. Prints what changed.
import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { type Database, openDatabase } from '../db/client.ts';
import { withoutStatement } from '../db/errors.ts';
import { tagsShape } from '../features/profile/rules.ts';
import { describeTag } from '../features/tags/store.ts';
import {
  approve,
  restore,
  type Standing,
  setBadge,
  standingOf,
  suspend,
} from '../features/users/operator-store.ts';
import { badges } from '../features/users/table.ts';

const usage = `Usage: npm run admin -- COMMAND

  badge USERNAME BADGE [--remove]   give or take ${badges.join(', ')}
  suspend USERNAME                  close an account: it is not found by others, and its token is refused
  restore USERNAME                  open it again
  approve USERNAME                  let a new account that waits for approval do what others do
  tag NAME [--color #rrggbb] [--description TEXT]
                                    describe a tag; "" takes the color or the description away`;

/** What an operator got wrong; the message says what. */
class WrongUse extends Error {}

interface Options {
  remove?: boolean;
  color?: string;
  description?: string;
}

async function run(db: Database, args: readonly string[], options: Options): Promise<string> {
  const [command, name, badge, ...rest] = args;
  if (
    command === undefined ||
    name === undefined ||
    rest.length > 0 ||
    (badge !== undefined && command !== 'badge')
  )
    throw new WrongUse(usage);
  const taken = command === 'badge' ? ['remove'] : command === 'tag' ? ['color', 'description'] : [];
  if (Object.keys(options).some((option) => !taken.includes(option))) throw new WrongUse(usage);
  switch (command) {
    case 'badge':
      return giveBadge(db, name, badge, !options.remove);
    case 'suspend':
      return stand(db, name, suspend);
    case 'restore':
      return stand(db, name, restore);
    case 'approve':
      return stand(db, name, approve);
    case 'tag':
      return tag(db, name, options);
    default:
      throw new WrongUse(usage);
  }
}

async function giveBadge(
  db: Database,
  username: string,
  named: string | undefined,
  given: boolean,
): Promise<string> {
  const badge = badges.find((known) => known === named?.toUpperCase());
  if (!badge) throw new WrongUse(`A badge is one of ${badges.join(', ')}.`);
  await personNamed(db, username);
  const changed = await setBadge(db, username, badge, given);
  const now = await personNamed(db, username);
  const all = now.badges.join(', ') || 'no badges';
  return changed
    ? `${now.username}: ${badge} ${given ? 'given' : 'taken'}; now ${all}.`
    : `${now.username}: nothing changed; ${given ? 'has' : 'does not have'} ${badge} already.`;
}

async function stand(
  db: Database,
  username: string,
  change: (db: Database, username: string) => Promise<boolean>,
): Promise<string> {
  const before = await personNamed(db, username);
  const changed = await change(db, username);
  const { status } = await personNamed(db, username);
  return `${before.username}: ${changed ? `${before.status} → ${status}` : `nothing changed; is ${status}`}.`;
}

async function personNamed(db: Database, username: string): Promise<Standing> {
  const person = await standingOf(db, username);
  if (!person) throw new WrongUse(`There is nobody called ${username}.`);
  return person;
}

async function tag(db: Database, named: string, { color, description }: Options): Promise<string> {
  const name = tagsShape.safeParse([named]).data?.[0];
  if (name === undefined) throw new WrongUse('A tag has 1–64 letters, digits, - and _.');
  if (color !== undefined && !/^(#[0-9a-f]{6})?$/i.test(color))
    throw new WrongUse('A color is written #rrggbb.');
  const tag = await describeTag(
    db,
    name,
    {
      ...(color === undefined ? {} : { color: color.toLowerCase() || null }),
      ...(description === undefined ? {} : { description: description.trim() || null }),
    },
    new Date(),
  );
  return `#${tag.name}: ${tag.color ?? 'no color'}, ${tag.description ?? 'no description'}.`;
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      remove: { type: 'boolean' },
      color: { type: 'string' },
      description: { type: 'string' },
    },
  });
  const config = readConfig(process.env);
  const database = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir });
  try {
    await database.migrate();
    console.log(await run(database.db, positionals, values));
  } finally {
    await database.close();
  }
} catch (error) {
  const shown = withoutStatement(error);
  console.error(shown instanceof Error ? shown.message : shown);
  process.exitCode = 1;
}
