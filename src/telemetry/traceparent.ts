/** Where a request comes from, as W3C Trace Context says it. */
export interface TraceParent {
  traceId: string;
  spanId: string;
  flags: number;
}

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** What a `traceparent` header says; null for none, or one that is not as https://www.w3.org/TR/trace-context/ has it. */
export function readTraceParent(header: string | null): TraceParent | null {
  if (header === null) return null;
  const [, version = '', traceId = '', spanId = '', flags = '', more] = form.exec(header) ?? [];
  // Later versions may have more to say, the first one has not.
  if (version === '' || version === 'ff' || (version === '00' && more !== undefined)) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) };
}
