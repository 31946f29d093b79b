// Statements over several connections to PostgreSQL: which goes down which, and what becomes of those whose connection
// breaks or whose client leaves.
import type { Sql } from 'postgres';
import { type Asker, onLeave, presentAsker } from './asker.ts';
import { isBroken, isCancelled, isLost, LeftError, UnavailableError } from './failures.ts';
import { Lane, type SendOptions, type Sent, type Values } from './lane.ts';
import { asked, runWithin, type Send, type Transaction, type Unsafe } from './transaction.ts';

/** How old the oldest statement in flight on a connection may be for more to be sent behind it, in milliseconds. */
const stalledAfter = 10;
/** How often connections are looked at, in milliseconds. */
const lookInterval = 1_000;

export interface SessionsOptions {
  /** How many connections there may be. */
  size: number;
  /**
   * `pipelined`: statements go down one connection as long as it answers. Those of a tick are sent in one write, which
   * costs both sides half of what spreading them does; when its oldest statement takes long, the next connection is used,
   * so that a slow statement never holds up what comes after it. `spread`: each goes down one with nothing in flight, where
   * there is one. `alone`: each has a connection to itself, and waits for it.
   */
  share: 'pipelined' | 'spread' | 'alone';
  /** Whether it is only read: what may have run can be run again. */
  isReadOnly: boolean;
  /** Makes a client of one connection, which calls back when that is gone. */
  connect: (onclose: () => void) => Sql;
  /** How long a statement may run, in milliseconds: a server that is silent for longer is gone. */
  statementTimeout: number | undefined;
}

interface Statement {
  text: string;
  values: Values;
  options: SendOptions;
  inArrays: boolean;
  asker: Asker | undefined;
  isRepeated: boolean;
}

/** What Drizzle takes for a client of postgres.js. */
export class Sessions {
  readonly #settings: SessionsOptions;
  readonly #lanes: readonly [Lane, ...Lane[]];
  /** Those that wait for a connection: each is called with one, which is theirs until it is given back. */
  readonly #waiting: ((lane: Lane) => void)[] = [];
  readonly #unlisten: () => void;
  readonly #watch: NodeJS.Timeout | undefined;

  constructor(settings: SessionsOptions) {
    this.#settings = settings;
    const { size, connect, statementTimeout } = settings;
    this.#lanes = [new Lane(connect), ...Array.from({ length: size - 1 }, () => new Lane(connect))];
    this.#unlisten = onLeave((asker) => {
      for (const lane of this.#lanes)
        for (const sent of lane.sent) if (sent.asker === asker) this.#giveUp(lane, sent);
    });
    if (statementTimeout === undefined) return;
    // One look for the beginning, and one for what it takes to arrive.
    const looks = Math.ceil(statementTimeout / lookInterval) + 2;
    this.#watch = setInterval(() => {
      for (const lane of this.#lanes)
        if (lane.look() >= looks) lane.lose(lane.client, new UnavailableError('The database is silent.'));
    }, lookInterval).unref();
  }

  /** How values are read and written, as of every client. */
  get options(): Sql['options'] {
    return this.#lanes[0].client.options;
  }

  readonly unsafe: Unsafe = (text, values, options) =>
    asked((inArrays) =>
      this.#run({ text, values, options, inArrays, asker: presentAsker(), isRepeated: false }),
    );

  /** Runs a transaction, on a connection that it has to itself. Once that breaks, nothing more of it runs. */
  readonly begin = async <T>(run: (transaction: Transaction) => Promise<T>): Promise<T> => {
    const owner = {};
    const lane = await this.#own(owner);
    try {
      const client = await this.#beginOn(lane);
      return await this.#finish(lane, client, run);
    } finally {
      this.#giveBack(lane);
    }
  };

  /** How many connections there may be, and how many statements and transactions are sent or wait for one. */
  state(): { size: number; inFlight: number } {
    const sent = this.#lanes.map((lane) => Math.max(lane.sent.length, lane.owner === null ? 0 : 1));
    return { size: this.#lanes.length, inFlight: sent.reduce((sum, n) => sum + n, this.#waiting.length) };
  }

  async close(): Promise<void> {
    clearInterval(this.#watch);
    this.#unlisten();
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  /** @returns the client whose connection the transaction is on. */
  async #beginOn(lane: Lane, isRepeated = false): Promise<Sql> {
    const { client } = lane;
    const sent = lane.send('BEGIN', undefined, undefined, presentAsker(), performance.now());
    try {
      await this.#rows(lane, client, sent, false);
      return client;
    } catch (error) {
      if (isRepeated || (sent.unsent === null && !isBroken(error))) throw unavailableIfLost(error);
      return this.#beginOn(lane, true);
    }
  }

  /** Runs what is in a transaction, and its end. */
  async #finish<T>(lane: Lane, client: Sql, run: (transaction: Transaction) => Promise<T>): Promise<T> {
    const send: Send = async (text, values, options, inArrays = false) => {
      if (lane.client !== client) throw new UnavailableError('The connection of a transaction has ended.');
      const sent = lane.send(text, values, options, presentAsker(), performance.now());
      try {
        return await this.#rows(lane, client, sent, inArrays);
      } catch (error) {
        throw unavailableIfLost(error);
      }
    };
    try {
      const done = await runWithin(send, run);
      await send('COMMIT');
      return done;
    } catch (error) {
      await lane.cancelling;
      const lose = () => lane.lose(client, new UnavailableError('A transaction could not be ended.'));
      if (lane.client === client) await send('ROLLBACK').catch(lose);
      throw error;
    }
  }

  #run(statement: Statement): Promise<unknown> {
    const now = performance.now();
    const lane = this.#choose(now);
    if (!lane) return this.#runLater(statement);
    if (this.#settings.share === 'alone') lane.owner = statement;
    return this.#send(lane, statement, now);
  }

  async #runLater(statement: Statement): Promise<unknown> {
    const lane = await this.#wait(statement);
    if (this.#settings.share === 'alone') {
      if (!statement.asker?.left) return this.#send(lane, statement, performance.now());
      this.#giveBack(lane);
      throw new LeftError('The client has left.');
    }
    lane.owner = null;
    const rows = this.#send(lane, statement, performance.now());
    this.#giveBack(lane);
    return rows;
  }

  #send(lane: Lane, statement: Statement, now: number): Promise<unknown> {
    const { client } = lane;
    const { text, values, options, inArrays, asker } = statement;
    const sent = lane.send(text, values, options, asker, now);
    // One step, as every statement takes it.
    return (inArrays ? sent.query.values() : sent.query).then(
      (rows: unknown) => {
        this.#answered(lane, sent);
        return withoutHoles(rows);
      },
      (error: unknown) => this.#again(statement, sent, this.#failed(lane, client, sent, error)),
    );
  }

  /** Runs a statement once more, where it cannot have done anything or that does no harm. */
  #again(statement: Statement, sent: Sent, error: unknown): Promise<unknown> {
    const isHarmless =
      sent.unsent !== null ||
      (sent.exposed && isCancelled(error)) ||
      (this.#settings.isReadOnly && isBroken(error) && !statement.asker?.left);
    if (statement.isRepeated || !isHarmless) throw unavailableIfLost(error);
    return this.#run({ ...statement, isRepeated: true });
  }

  /** The answer to a statement of a transaction. */
  async #rows(lane: Lane, client: Sql, sent: Sent, inArrays: boolean): Promise<unknown> {
    try {
      const rows: unknown = await (inArrays ? sent.query.values() : sent.query);
      this.#answered(lane, sent);
      return withoutHoles(rows);
    } catch (error) {
      throw this.#failed(lane, client, sent, error);
    }
  }

  #answered(lane: Lane, sent: Sent): void {
    lane.answered(sent);
    const [next] = lane.sent;
    if (next?.asker?.left) this.#giveUp(lane, next);
    if (this.#settings.share === 'alone') this.#giveBack(lane);
  }

  /** @returns what to make of the error. */
  #failed(lane: Lane, client: Sql, sent: Sent, thrown: unknown): unknown {
    const error = sent.unsent ?? thrown;
    if (isLost(error) && error instanceof Error) lane.lose(client, error);
    this.#answered(lane, sent);
    return sent.asker?.left && isCancelled(error) ? new LeftError('The client has left.') : error;
  }

  #giveUp(lane: Lane, sent: Sent): void {
    lane.cancel(sent)?.then(() => {
      if (lane.owner === null) this.#giveBack(lane);
    });
  }

  #choose(now: number): Lane | null {
    const { share } = this.#settings;
    let least: Lane | null = null;
    for (const lane of this.#lanes) {
      if (!lane.isFree) continue;
      const [oldest] = lane.sent;
      if (!oldest || (share === 'pipelined' && now - oldest.at < stalledAfter)) return lane;
      if (!least || lane.sent.length < least.sent.length) least = lane;
    }
    return share === 'alone' ? null : least;
  }

  async #own(owner: object): Promise<Lane> {
    const lane = this.#choose(performance.now());
    if (!lane) return this.#wait(owner);
    lane.owner = owner;
    return lane;
  }

  #wait(owner: object): Promise<Lane> {
    return new Promise((resolve) => {
      this.#waiting.push((lane) => {
        lane.owner = owner;
        resolve(lane);
      });
    });
  }

  /** Lets the next one have a connection, once no request to cancel can meet what they send. */
  #giveBack(lane: Lane): void {
    if (lane.cancelling) {
      void lane.cancelling.then(() => this.#giveBack(lane));
      return;
    }
    lane.owner = null;
    this.#waiting.shift()?.(lane);
  }
}

/**
 * The rows of an answer. postgres.js sets its count of them back only where a command is complete: after an answer that
 * broke off with an error, the next one on the connection begins with as many holes as that had rows.
 */
function withoutHoles(rows: unknown): unknown {
  if (Array.isArray(rows) && rows.length > 0 && !(0 in rows))
    rows.splice(
      0,
      rows.findIndex((_, i) => i in rows),
    );
  return rows;
}

function unavailableIfLost(error: unknown): unknown {
  if (!isLost(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new UnavailableError(`The database cannot be reached: ${reason}`, { cause: error });
}
