// npm run admin -- badge ada VERIFIED: what operators do to people, tags and categories. Prints what changed.
import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { type Database, openDatabase } from '../db/client.ts';
import { newId } from '../db/uuid.ts';
import { addCategory } from '../features/categories/operator-store.ts';
import { isCategorySlug, nameShape } from '../features/categories/rules.ts';
import { setCollapsed } from '../features/posts/operator-store.ts';
import { slugOf } from '../features/posts/text-rules.ts';
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
import { idOf } from '../graphql/node.ts';
import { tellFailure } from './failure.ts';

const usage = `Usage: npm run admin -- COMMAND

  badge USERNAME BADGE [--remove]   give or take ${badges.join(', ')}
  suspend USERNAME                  close an account: it is not found by others, and its token is refused
  restore USERNAME                  open it again
  approve USERNAME                  let a new account that waits for approval do what others do
  tag NAME [--color #rrggbb] [--description TEXT]
                                    describe a tag; "" takes the color or the description away
  collapse POST [--remove]          fold a post, by its id as clients know it; or unfold it
  category add NAME [--slug SLUG]   add a category that posts are sorted by; its slug is made of the name`;

/** What an operator got wrong; the message says what. */
class WrongUse extends Error {}

interface Options {
  remove?: boolean;
  color?: string;
  description?: string;
  slug?: string;
}

/** The options that a command takes. */
const taken: Record<string, readonly (keyof Options)[]> = {
  badge: ['remove'],
  collapse: ['remove'],
  tag: ['color', 'description'],
  category: ['slug'],
};

/** What a command does with the database; says what changed. */
type Job = (db: Database) => Promise<string>;

/** @throws WrongUse for what is wrong whatever is in the database, which need not be opened for that. */
function jobOf(args: readonly string[], options: Options): Job {
  const [command, name, more, ...rest] = args;
  if (
    command === undefined ||
    name === undefined ||
    rest.length > 0 ||
    (more !== undefined && command !== 'badge' && command !== 'category')
  )
    throw new WrongUse(usage);
  const known: readonly string[] = taken[command] ?? [];
  if (Object.keys(options).some((option) => !known.includes(option))) throw new WrongUse(usage);
  switch (command) {
    case 'badge':
      return giveBadge(name, more, !options.remove);
    case 'suspend':
      return stand(name, suspend);
    case 'restore':
      return stand(name, restore);
    case 'approve':
      return stand(name, approve);
    case 'collapse':
      return collapse(name, !options.remove);
    case 'tag':
      return tag(name, options);
    case 'category':
      if (name !== 'add' || more === undefined) throw new WrongUse(usage);
      return category(more, options);
    default:
      throw new WrongUse(usage);
  }
}

function giveBadge(username: string, named: string | undefined, given: boolean): Job {
  const badge = badges.find((known) => known === named?.toUpperCase());
  if (!badge) throw new WrongUse(`A badge is one of ${badges.join(', ')}.`);
  return async (db) => {
    await personNamed(db, username);
    const changed = await setBadge(db, username, badge, given);
    const now = await personNamed(db, username);
    const all = now.badges.join(', ') || 'no badges';
    return changed
      ? `${now.username}: ${badge} ${given ? 'given' : 'taken'}; now ${all}.`
      : `${now.username}: nothing changed; ${given ? 'has' : 'does not have'} ${badge} already.`;
  };
}

function stand(username: string, change: (db: Database, username: string) => Promise<boolean>): Job {
  return async (db) => {
    const before = await personNamed(db, username);
    const changed = await change(db, username);
    const { status } = await personNamed(db, username);
    return `${before.username}: ${changed ? `${before.status} → ${status}` : `nothing changed; is ${status}`}.`;
  };
}

async function personNamed(db: Database, username: string): Promise<Standing> {
  const person = await standingOf(db, username);
  if (!person) throw new WrongUse(`There is nobody called ${username}.`);
  return person;
}

function collapse(globalId: string, isCollapsed: boolean): Job {
  const id = idOf('Post', globalId);
  return async (db) => {
    const post = id === null ? null : await setCollapsed(db, id, isCollapsed);
    if (!post) throw new WrongUse('There is no post with this id.');
    const state = isCollapsed ? 'collapsed' : 'not collapsed';
    return `${post.username}/${post.slug}: ${post.changed ? `now ${state}` : `nothing changed; is ${state} already`}.`;
  };
}

function tag(named: string, { color, description }: Options): Job {
  const name = tagsShape.safeParse([named]).data?.[0];
  if (name === undefined) throw new WrongUse('A tag has 1–64 letters, digits, - and _.');
  if (color !== undefined && !/^(#[0-9a-f]{6})?$/i.test(color))
    throw new WrongUse('A color is written #rrggbb.');
  return async (db) => {
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
  };
}

function category(named: string, { slug: given }: Options): Job {
  const name = nameShape.safeParse(named).data;
  if (name === undefined) throw new WrongUse('A category is called 1–50 characters on one line.');
  // Nothing but signs and letters that are not Latin makes no slug.
  if (given === undefined && !/[a-z0-9]/i.test(name.normalize('NFKD')))
    throw new WrongUse('This name makes no slug: give one with --slug.');
  const slug = given ?? slugOf(name);
  if (!isCategorySlug(slug)) throw new WrongUse('A slug has 1–80 of a–z 0–9 -.');
  return async (db) => {
    const clashes = await addCategory(db, { id: newId(new Date()), name, slug });
    if (clashes.length === 0) return `${name}: added as ${slug}.`;
    const same = clashes.find((clash) => clash.hasName);
    if (same && (given === undefined || same.slug === slug))
      return `${same.name}: nothing changed; is there already.`;
    if (same) throw new WrongUse(`${same.name} is there already, as ${same.slug}.`);
    throw new WrongUse(`The slug ${slug} is that of ${clashes[0]?.name}: give another one with --slug.`);
  };
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      remove: { type: 'boolean' },
      color: { type: 'string' },
      description: { type: 'string' },
      slug: { type: 'string' },
    },
  });
  const job = jobOf(positionals, values);
  const config = readConfig(process.env);
  const database = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir });
  try {
    await database.migrate();
    console.log(await job(database.db));
  } finally {
    await database.close();
  }
} catch (error) {
  tellFailure(error);
}
