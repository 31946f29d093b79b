import type { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.ts';
import { type HeaderOf, RequestStats } from './request.ts';
import type { Tracing } from './tracing.ts';

type Errors = readonly Pick<GraphQLError, 'extensions'>[];

/** Characters of an operation's name that are logged. */
const maxName = 100;

/** What a request has come to. */
export interface Outcome {
  /** Of the HTTP answer. */
  status: number;
  /** In milliseconds, until the answer was handed over; a stream's until it was open. */
  duration: number;
  /** `query`, `mutation` or `subscription`; `unknown` for what never came to be one. */
  type: string;
  /** The operation's name as its client has it: anything up to 100 letters, `anonymous` for one without. */
  name: string;
  codes: readonly string[];
}

/** Tells what became of each GraphQL request: a line in the log, and metrics and spans where they are on. */
export class Telemetry {
  readonly #log: Logger;
  readonly #metrics: Metrics | null;
  readonly #tracing: Tracing | null;

  constructor(log: Logger, metrics: Metrics | null, tracing: Tracing | null) {
    this.#log = log;
    this.#metrics = metrics;
    this.#tracing = tracing;
  }

  /** Called when a request comes. */
  begin(method: string, headerOf: HeaderOf): RequestStats {
    const stats = new RequestStats(headerOf);
    if (this.#tracing) stats.span = this.#tracing.start(method, stats.parent, headerOf('tracestate'));
    return stats;
  }

  /** Called once when its answer is known. */
  finish(stats: RequestStats, status: number, errors: Errors): void {
    const { operation } = stats;
    const outcome: Outcome = {
      status,
      duration: performance.now() - stats.started,
      type: operation?.operation ?? 'unknown',
      name: operation ? (operation.name?.value.slice(0, maxName) ?? 'anonymous') : 'unknown',
      codes: errors.length === 0 ? noCodes : [...new Set(errors.map(codeOf))],
    };
    this.#metrics?.request(outcome, stats.statements);
    for (const error of errors) this.#metrics?.error(codeOf(error));
    stats.span?.end(outcome, stats.cost);
    if (this.#log.isLevelEnabled('info')) this.#log.info(line(stats, outcome, errors), 'request');
  }

  /** Called with the errors of an event, whose request has been answered long ago. */
  eventErrors(errors: Errors): void {
    for (const error of errors) this.#metrics?.error(codeOf(error));
  }
}

const noCodes: readonly string[] = [];

function codeOf({ extensions }: Errors[number]): string {
  return String(extensions?.code ?? 'INTERNAL_SERVER_ERROR');
}

/** Nothing a client wrote but the operation's name and an id like ours, and of people nothing but the viewer's id. */
function line(stats: RequestStats, { status, duration, type, name, codes }: Outcome, errors: Errors) {
  const ids = codes.length === 0 ? noCodes : errors.flatMap(({ extensions }) => extensions?.id ?? []);
  const traceId = stats.span?.traceId ?? stats.parent?.traceId;
  return {
    request_id: stats.id,
    // What is undefined is left out.
    trace_id: traceId,
    operation_type: type,
    operation_name: name,
    viewer: stats.viewer,
    cost: stats.cost,
    sql: stats.statements,
    status,
    duration_ms: Math.round(duration * 100) / 100,
    errors: codes.length === 0 ? undefined : codes,
    error_ids: ids.length === 0 ? undefined : ids,
  };
}
