// One connection to PostgreSQL at a time, by a client of postgres.js that serves for this one alone. With its next
// connection the driver would go on with what is left of a transaction, outside of any (porsager/postgres#1155), end the
// process by writing to the one that is gone (#1208), or never write again what it had not yet written.
import type { PendingQuery, Row, Sql } from 'postgres';
import type { Asker } from './asker.ts';

export type Values = Parameters<Sql['unsafe']>[1];
export type SendOptions = Parameters<Sql['unsafe']>[2];

/** A statement on its way. */
export interface Sent {
  query: Query;
  /** Since when, in milliseconds since any moment. */
  at: number;
  asker: Asker | undefined;
  /** Who had the connection when it was sent. */
  owner: object | null;
  /** Why it never left the driver, where it did not. */
  unsent: Error | null;
  /** A request to cancel another may have met it. */
  exposed: boolean;
}

/** What a query of postgres.js has inside. */
interface QueryInside {
  /** The connection it was sent on; null before. */
  state: unknown;
  /** Whether the server is at it. */
  active: boolean;
  reject: (error: unknown) => void;
  /** Asks the server to cancel it; resolves once the server has done what it will do of that. */
  canceller: ((query: Query) => Promise<void>) | null;
}
type Query = PendingQuery<Row[]> & QueryInside;

export class Lane {
  readonly #connect: (onclose: () => void) => Sql;
  client: Sql;
  /** In the order in which the server answers. */
  sent: Sent[] = [];
  /** The transaction, or the statement, that has it to itself. */
  owner: object | null = null;
  /** Settles once no request to cancel is under way any more; null when none is. */
  cancelling: Promise<void> | null = null;
  #closed = false;
  /** What was the first of `sent` when somebody last looked, and how often it has been in a row. */
  #watched: { first: Sent | undefined; looks: number } = { first: undefined, looks: 0 };

  /** @param connect makes a client of one connection, which calls back when that is gone. */
  constructor(connect: (onclose: () => void) => Sql) {
    this.#connect = connect;
    this.client = this.#fresh();
  }

  /** Whether anybody may send something. */
  get isFree(): boolean {
    return this.owner === null && this.cancelling === null;
  }

  send(text: string, values: Values, options: SendOptions, asker: Asker | undefined, at: number): Sent {
    const query = this.client.unsafe(text, values, options) as unknown as Query;
    const sent = { query, at, asker, owner: this.owner, unsent: null, exposed: false };
    this.sent.push(sent);
    return sent;
  }

  /** To be called once a statement is answered, whatever the answer. */
  answered(sent: Sent): void {
    if (this.sent[0] === sent) this.sent.shift();
    else this.sent = this.sent.filter((other) => other !== sent);
  }

  /** The connection of this client is of no use any more: what comes next has another. */
  lose(client: Sql, error: Error): void {
    if (this.client !== client) return;
    const { sent } = this;
    this.sent = [];
    if (!this.#closed) this.client = this.#fresh();
    for (const one of sent) {
      // What was sent the driver has rejected by itself, save where the connection broke between two of its events.
      if (one.query.state !== null) one.query.reject(error);
      else {
        one.unsent = error;
        one.query.cancel();
      }
    }
    client.end({ timeout: 0 }).catch(() => {});
  }

  /**
   * Asks the server to give up the statement that it is at. The request names the connection and not the statement: it may
   * meet the next one. So nothing more is sent until it has arrived, and what was sent is known to be exposed.
   * @returns when it has arrived; null where it cannot be asked, or not yet.
   */
  cancel(one: Sent): Promise<void> | null {
    const { query } = one;
    const isCurrent = this.sent[0] === one && query.active && one.owner === this.owner;
    if (!isCurrent || this.cancelling || !query.canceller) return null;
    for (const other of this.sent) other.exposed = other !== one;
    this.cancelling = query
      .canceller(query)
      .catch(() => {})
      .then(() => {
        this.cancelling = null;
      });
    return this.cancelling;
  }

  /** @returns for how many looks in a row the server has been silent about the same statement. */
  look(): number {
    const [first] = this.sent;
    const { first: before, looks } = this.#watched;
    this.#watched = { first, looks: first && first === before ? looks + 1 : 0 };
    return this.#watched.looks;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.client.end({ timeout: 5 });
  }

  #fresh(): Sql {
    const client = this.#connect(() => this.lose(client, brokenConnection()));
    return client;
  }
}

function brokenConnection(): Error {
  return Object.assign(new Error('The connection has ended.'), { code: 'CONNECTION_CLOSED' });
}
