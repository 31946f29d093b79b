// Spans by OpenTelemetry's conventions, sent by OTLP. Nobody loads this file where they are sent nowhere.
import {
  type Attributes,
  type Context,
  createTraceState,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { TracingConfig } from '../config.ts';
import { summaryOf } from './statement.ts';
import type { Outcome } from './telemetry.ts';
import type { TraceParent } from './traceparent.ts';

/** How long the last spans may take to get away when the process ends, in milliseconds. */
const lastFlush = 2_000;

/** Begins the spans of requests. */
export class Tracing {
  readonly #provider: TracerProvider;
  readonly #tracer: Tracer;

  /** Where to send is the exporter's to read, from `OTEL_EXPORTER_OTLP_…`. */
  constructor({ sampler }: TracingConfig) {
    this.#provider = new TracerProvider({
      resource: defaultResource()
        .merge(resourceFromAttributes({ 'service.name': 'kith' }))
        .merge(detectResources({ detectors: [envDetector] })),
      sampler: samplerOf(sampler),
      spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
    });
    this.#tracer = this.#provider.getTracer('kith');
  }

  /** Begins a request's span, as a child of whatever it comes from. */
  start(method: string, parent: TraceParent | null, traceState: string | null): RequestSpan {
    const attributes = { 'http.request.method': method, 'http.route': '/graphql', 'url.path': '/graphql' };
    const from = parent === null ? ROOT_CONTEXT : remote(parent, traceState);
    const span = this.#tracer.startSpan(`${method} /graphql`, { kind: SpanKind.SERVER, attributes }, from);
    return new RequestSpan(this.#tracer, span, from);
  }

  /** Sends what is left, as long as that takes no longer than 2 s. */
  async close(): Promise<void> {
    const gone = this.#provider.shutdown().catch(() => {});
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, lastFlush))]);
  }
}

/** The span of a request, and those within it. */
export class RequestSpan {
  readonly #tracer: Tracer;
  readonly #span: Span;
  #inside: Context;

  constructor(tracer: Tracer, span: Span, from: Context) {
    this.#tracer = tracer;
    this.#span = span;
    this.#inside = trace.setSpan(from, span);
  }

  get traceId(): string {
    return this.#span.spanContext().traceId;
  }

  /** Begins a step of the request. @returns what ends it. */
  step(name: string): () => void {
    const span = this.#tracer.startSpan(name, {}, this.#inside);
    return () => span.end();
  }

  /** Begins the step that statements are sent in. @returns what ends it. */
  execution(type: string, name: string | undefined): () => void {
    const outside = this.#inside;
    const span = this.#tracer.startSpan(type, { attributes: operationAttributes(type, name) }, outside);
    this.#inside = trace.setSpan(outside, span);
    return () => {
      span.end();
      this.#inside = outside;
    };
  }

  /** Begins a statement: what it does to which table, and nothing of its values. @returns what ends it. */
  statement(text: string): (error?: unknown) => void {
    const { operation, table, summary } = summaryOf(text);
    const attributes = {
      'db.system.name': 'postgresql',
      'db.operation.name': operation,
      'db.query.summary': summary,
      ...(table === null ? {} : { 'db.collection.name': table }),
    };
    const span = this.#tracer.startSpan(summary, { kind: SpanKind.CLIENT, attributes }, this.#inside);
    return (error) => {
      if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    };
  }

  end({ status, type, name, codes }: Outcome, cost: number | null): void {
    this.#span.setAttributes({
      'http.response.status_code': status,
      ...(type === 'unknown' ? {} : operationAttributes(type, name === 'anonymous' ? undefined : name)),
      ...(cost === null ? {} : { 'kith.cost': cost }),
      ...(codes.length === 0 ? {} : { 'kith.error_codes': [...codes], 'error.type': codes[0] }),
    });
    // What a client did wrong is no error of the server's.
    if (codes.includes('INTERNAL_SERVER_ERROR')) this.#span.setStatus({ code: SpanStatusCode.ERROR });
    this.#span.end();
  }
}

function operationAttributes(type: string, name: string | undefined): Attributes {
  return {
    'graphql.operation.type': type,
    ...(name === undefined ? {} : { 'graphql.operation.name': name }),
  };
}

function remote({ traceId, spanId, flags }: TraceParent, traceState: string | null): Context {
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: flags,
    isRemote: true,
    ...(traceState === null ? {} : { traceState: createTraceState(traceState) }),
  });
}

function samplerOf({ kind, ratio, parentBased }: TracingConfig['sampler']): Sampler {
  const root = {
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: () => new TraceIdRatioBasedSampler(ratio),
  }[kind]();
  return parentBased ? new ParentBasedSampler({ root }) : root;
}
