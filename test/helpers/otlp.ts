import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import protobuf from 'protobufjs';
import { onTestFinished } from 'vitest';
import { z } from 'zod';

// As much of https://github.com/open-telemetry/opentelemetry-proto as spans need.
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Export { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated Attribute attributes = 1; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1;
    bytes span_id = 2;
    string trace_state = 3;
    bytes parent_span_id = 4;
    string name = 5;
    int32 kind = 6;
    repeated Attribute attributes = 9;
    Status status = 15;
  }
  message Status { int32 code = 3; }
  message Attribute { string key = 1; Value value = 2; }
  message Value {
    oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; Values array_value = 5; }
  }
  message Values { repeated Value values = 1; }
`);
const exported = root.lookupType('Export');

const value = z
  .object({
    stringValue: z.string(),
    boolValue: z.boolean(),
    intValue: z.number(),
    doubleValue: z.number(),
    arrayValue: z.object({ values: z.array(z.object({ stringValue: z.string() })) }),
  })
  .partial();
const attributes = z
  .array(z.object({ key: z.string(), value }))
  .default([])
  .transform((all) =>
    Object.fromEntries(
      all.map(({ key, value: { arrayValue, ...one } }) => [
        key,
        arrayValue ? arrayValue.values.map(({ stringValue }) => stringValue) : Object.values(one)[0],
      ]),
    ),
  );
const id = z.string().transform((base64) => Buffer.from(base64, 'base64').toString('hex'));
const spans = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: id,
              spanId: id,
              parentSpanId: id.default(''),
              traceState: z.string().default(''),
              name: z.string(),
              kind: z.number(),
              attributes,
              status: z.object({ code: z.number().default(0) }).default({ code: 0 }),
            }),
          ),
        }),
      ),
    }),
  ),
});

type Parsed = z.output<typeof spans>['resourceSpans'][number];
export type ReceivedSpan = Parsed['scopeSpans'][number]['spans'][number] & {
  resource: Parsed['resource']['attributes'];
};

export interface Collector {
  /** What `OTEL_EXPORTER_OTLP_ENDPOINT` is for it. */
  url: string;
  /** All that has come. */
  spans: ReceivedSpan[];
  /** The bytes that came, as text. */
  raw: () => string;
  /** Headers of the requests that came. */
  headers: Record<string, unknown>[];
}

/** Receives spans by OTLP over HTTP, until the test is over. */
export async function startCollector(): Promise<Collector> {
  const received: ReceivedSpan[] = [];
  const headers: Record<string, unknown>[] = [];
  let raw = '';
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    response.writeHead(request.url === '/v1/traces' ? 200 : 404).end();
    if (request.url !== '/v1/traces') return;
    headers.push(request.headers);
    raw += body.toString('latin1');
    const message = exported.toObject(exported.decode(body), { bytes: String, longs: Number });
    for (const { resource, scopeSpans } of spans.parse(message).resourceSpans) {
      for (const scope of scopeSpans) {
        received.push(...scope.spans.map((span) => ({ ...span, resource: resource.attributes })));
      }
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, spans: received, raw: () => raw, headers };
}
