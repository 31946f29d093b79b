// A database as one request has it: the same connections, and somebody who is told of each statement that goes there.
// (An AsyncLocalStorage would say the same, and cost every request more.)
import type { Database } from './client.ts';

/** Is told of every statement of a request before it is sent. */
export interface Watch {
  /** @returns what to call once it has been answered; undefined where nobody wants to know. */
  statement: (text: string) => ((error?: unknown) => void) | undefined;
}

const base = Symbol('base');
const watch = Symbol('watch');
type MaybeWatched = Database & { [base]?: Database; [watch]?: Watch };

/** Drizzle's, as far as statements that are not prepared go through it. */
interface Query {
  queryString: string;
  execute: (...args: unknown[]) => Promise<unknown>;
}
interface Session {
  prepareQuery: (...args: unknown[]) => Query;
}
type Transaction = Database['transaction'];

const prototypes = new WeakMap<Database, object>();

/** The database, or transaction, with somebody who is told of what is asked through it. */
export function watchedDatabase(db: Database, by: Watch): Database {
  let prototype = prototypes.get(db);
  if (!prototype) {
    prototype = prototypeFor(db);
    prototypes.set(db, prototype);
  }
  const watched: Database & { [watch]: Watch } = Object.create(prototype);
  watched[watch] = by;
  return watched;
}

/** The database itself, which is the same one for all requests. */
export function sharedDatabase(db: MaybeWatched): Database {
  return db[base] ?? db;
}

/** Who is told of what is asked through this database; undefined for nobody. */
export function watchOf(db: MaybeWatched): Watch | undefined {
  return db[watch];
}

/** Sends a statement, and tells of it. */
export function tell<Answer>(by: Watch, text: string, send: () => Promise<Answer>): Promise<Answer> {
  const answered = by.statement(text);
  const answer = send();
  if (answered) answer.then(() => answered(), answered);
  return answer;
}

function prototypeFor(db: Database): object {
  const { session } = db as unknown as { session: Session };
  const transaction = function (this: MaybeWatched, ...[run, config]: Parameters<Transaction>) {
    const by = this[watch];
    const inside: typeof run = (tx) =>
      run(by ? (watchedDatabase(tx as unknown as Database, by) as unknown as typeof tx) : tx);
    return db.transaction(inside, config);
  };
  return Object.create(db, {
    [base]: { value: db },
    transaction: { value: transaction },
    // Most requests send prepared statements only, and need none.
    session: {
      get(this: MaybeWatched) {
        const by = this[watch];
        return by ? watchedSession(session, by) : session;
      },
    },
  });
}

function watchedSession(session: Session, by: Watch): Session {
  return Object.create(session, {
    prepareQuery: {
      value: (...args: unknown[]) => {
        const query = session.prepareQuery(...args);
        const execute = query.execute.bind(query);
        query.execute = (...values) => tell(by, query.queryString, () => execute(...values));
        return query;
      },
    },
  });
}
