import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { PoolState } from '../db/client.ts';
import type { Outcome } from './telemetry.ts';

/** How many names of operations have durations of their own: the first ones, since clients may think of any number. */
const maxNames = 100;
const other = 'other';
/** How many requests are counted at once: one by one, each takes twice as long. */
const maxPending = 100;
/** Those that are no operation's. */
const reserved: readonly string[] = ['anonymous', 'unknown', other];

/** What Prometheus is told of a process. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = new Counter({
    name: 'kith_graphql_requests_total',
    help: 'GraphQL requests answered, by the type of their operation and the HTTP status.',
    labelNames: ['operation_type', 'status'],
    // The first that is asked, of those that requests are counted with.
    collect: () => this.#count(),
    registers: [this.#registry],
  });
  readonly #errors = new Counter({
    name: 'kith_graphql_errors_total',
    help: 'Errors in answers and events, by their code.',
    labelNames: ['code'],
    registers: [this.#registry],
  });
  readonly #durations = new Histogram({
    name: 'kith_graphql_request_duration_seconds',
    help: `How long requests took, streams until they were open; names after the first ${maxNames} are \`${other}\`.`,
    labelNames: ['operation_type', 'operation_name'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.#registry],
  });
  readonly #statements = new Histogram({
    name: 'kith_sql_statements_per_request',
    help: 'How many SQL statements requests sent.',
    buckets: [0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50],
    registers: [this.#registry],
  });
  readonly #batches = new Histogram({
    name: 'kith_loader_batch_size',
    help: 'How many keys loaders fetched at once.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000],
    registers: [this.#registry],
  });
  // A label's child is found once: to look for it takes as long as to count.
  readonly #requestsOf = new Map<string, Map<number, Counter.Internal>>();
  readonly #durationsOf = new Map<string, Map<string, Histogram.Internal<string>>>();
  readonly #errorsOf = new Map<string, Counter.Internal>();
  #names = 0;
  #pending: { type: string; name: string; status: number; duration: number; statements: number }[] = [];

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  request({ type, name, status, duration }: Outcome, statements: number): void {
    const observed = { type, name, status, duration, statements };
    if (this.#pending.push(observed) === maxPending) this.#count();
  }

  #count(): void {
    for (const { type, name, status, duration, statements } of this.#pending) {
      this.#requestsFor(type, status).inc();
      this.#durationsFor(type, name).observe(duration / 1_000);
      this.#statements.observe(statements);
    }
    this.#pending = [];
  }

  /** @param code one of ours: there are so many and no more. */
  error(code: string): void {
    let child = this.#errorsOf.get(code);
    if (!child) {
      child = this.#errors.labels(code);
      this.#errorsOf.set(code, child);
    }
    child.inc();
  }

  /** Takes note of how many keys a loader fetched at once. */
  readonly batch = (size: number): void => this.#batches.observe(size);

  /** Tells of open streams. */
  watchStreams(count: () => number): void {
    this.#gauge('kith_streams', 'Streams of events that are open.', [], (gauge) => gauge.set(count()));
  }

  /** Tells of connections to the database. */
  watchPools(read: () => readonly PoolState[]): void {
    const name = 'kith_db_pool';
    this.#gauge(`${name}_size`, 'Most connections of a pool.', ['pool'], (gauge) => {
      for (const { pool, size } of read()) gauge.set({ pool }, size);
    });
    const help = 'Statements and transactions of a pool that are sent or wait for a connection.';
    this.#gauge(`${name}_in_flight`, help, ['pool'], (gauge) => {
      for (const { pool, inFlight } of read()) gauge.set({ pool }, inFlight);
    });
  }

  /** In the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Lets the process that has started this worker ask for them. */
  share(): void {
    AggregatorRegistry.setRegistries([this.#registry]);
    new AggregatorRegistry();
  }

  #gauge(name: string, help: string, labelNames: string[], collect: (gauge: Gauge) => void): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        collect(this);
      },
    });
  }

  #requestsFor(type: string, status: number): Counter.Internal {
    let statuses = this.#requestsOf.get(type);
    if (!statuses) {
      statuses = new Map();
      this.#requestsOf.set(type, statuses);
    }
    let child = statuses.get(status);
    if (!child) {
      child = this.#requests.labels(type, String(status));
      statuses.set(status, child);
    }
    return child;
  }

  #durationsFor(type: string, name: string): Histogram.Internal<string> {
    let names = this.#durationsOf.get(type);
    if (!names) {
      names = new Map();
      this.#durationsOf.set(type, names);
    }
    const known = names.get(name);
    if (known) return known;
    if (!reserved.includes(name) && ++this.#names > maxNames) return this.#durationsFor(type, other);
    const child = this.#durations.labels(type, name);
    names.set(name, child);
    return child;
  }
}

/** The metrics of all workers together, for the process that has started them. */
export function workersMetrics(): () => Promise<string> {
  const registry = new AggregatorRegistry();
  return () => registry.clusterMetrics();
}
