import { randomUUID } from 'node:crypto';
import type { OperationDefinitionNode } from 'graphql';
import type { Watch } from '../db/watched.ts';
import { readTraceParent, type TraceParent } from './traceparent.ts';
import type { RequestSpan } from './tracing.ts';

/** The value of a request's header; null without it. */
export type HeaderOf = (name: string) => string | null;

/** What proxies make ids of: UUIDs and the like. Whatever else it may be has no place in a log. */
const requestId = /^[\w-]{1,64}$/;

/** What is noted of a request while it is answered: for its line in the log, the metrics and its span. */
export class RequestStats implements Watch {
  /** By `x-request-id` where that is one, else a new one. */
  readonly id: string;
  readonly parent: TraceParent | null;
  readonly started = performance.now();
  /** Null until it is known which it is, and that it could run. */
  operation: OperationDefinitionNode | null = null;
  /** The viewer's id. */
  viewer: string | null = null;
  cost: number | null = null;
  /** How many SQL statements it has sent. */
  statements = 0;
  span: RequestSpan | null = null;

  constructor(headerOf: HeaderOf) {
    const given = headerOf('x-request-id');
    this.id = given !== null && requestId.test(given) ? given : randomUUID();
    this.parent = readTraceParent(headerOf('traceparent'));
  }

  statement(text: string): ReturnType<Watch['statement']> {
    this.statements++;
    return this.span?.statement(text);
  }
}
