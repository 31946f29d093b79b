// What a process tells those who operate it: metrics, spans, and whether it is ready.
import { once } from 'node:events';
import { connect } from 'node:net';
import postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import { signToken } from '../../src/auth/token.ts';
import { testAuth, testSecret } from '../helpers/app.ts';
import { onOwnDatabase } from '../helpers/db.ts';
import { eventually, subscribe } from '../helpers/live.ts';
import { startCollector } from '../helpers/otlp.ts';
import {
  freePort,
  type Gateway,
  migratedFolder,
  run,
  startGateway,
  temporaryFolder,
} from '../helpers/process.ts';

const tokenOf = (username: string) => signToken(testAuth, username, { expires: '1h' });

/** Variables for a process on a migrated database of its own. */
async function migrated(): Promise<Record<string, string>> {
  const DATABASE_URL = await onOwnDatabase('migrated');
  return {
    NODE_ENV: 'test',
    AUTH_SECRET: testSecret,
    DEMO: 'false',
    ...(DATABASE_URL === null
      ? { DATA_DIR: migratedFolder() }
      : { DATABASE_URL, DATA_DIR: temporaryFolder() }),
  };
}

/** A process whose metrics are read at the URL. */
async function startWithMetrics(env: Record<string, string> = {}): Promise<Gateway & { metrics: string }> {
  const port = await freePort();
  const gateway = await startGateway({ ...(await migrated()), METRICS_PORT: String(port), ...env });
  return { ...gateway, metrics: `http://127.0.0.1:${port}/metrics` };
}

/** What Prometheus gets: values by name and labels. */
async function scrape(url: string): Promise<Map<string, number>> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

const community = 'query Community { community { name } }';
const mine = 'query Mine { viewer { user { username } } users(first: 5) { nodes { id } } }';

describe('metrics', () => {
  it('tell of requests, errors, statements, loaders, streams and connections', async () => {
    const gateway = await startWithMetrics();
    const token = await tokenOf('ada');
    await gateway.send(mine, token);
    await gateway.send(mine, token);
    await gateway.send('{ community { name } }');
    await gateway.send('{ nothing }');
    await gateway.send(community, 'nonsense');
    await fetch(`${gateway.url}?${new URLSearchParams({ query: community })}`);
    const overSocket = (path: string, init?: RequestInit) => fetch(new URL(path, gateway.url), init);
    const stream = await subscribe(overSocket, 'notificationAdded { kind }', token);

    const count = 'kith_graphql_request_duration_seconds_count';
    const requests = 'kith_graphql_requests_total';
    const told = await scrape(gateway.metrics);
    expect(Object.fromEntries(told)).toMatchObject({
      [`${requests}{operation_type="query",status="200"}`]: 4,
      [`${requests}{operation_type="unknown",status="200"}`]: 1,
      [`${requests}{operation_type="unknown",status="401"}`]: 1,
      [`${requests}{operation_type="subscription",status="200"}`]: 1,
      [`${count}{operation_type="query",operation_name="Mine"}`]: 2,
      [`${count}{operation_type="query",operation_name="anonymous"}`]: 1,
      [`${count}{operation_type="query",operation_name="Community"}`]: 1,
      [`${count}{operation_type="unknown",operation_name="unknown"}`]: 2,
      'kith_graphql_errors_total{code="GRAPHQL_VALIDATION_FAILED"}': 1,
      'kith_graphql_errors_total{code="UNAUTHENTICATED"}': 1,
      kith_sql_statements_per_request_count: 7,
      'kith_sql_statements_per_request_bucket{le="0"}': 4,
      kith_streams: 1,
      [`kith_db_pool_size{pool="${process.env.DATABASE_URL ? 'write' : 'embedded'}"}`]: process.env
        .DATABASE_URL
        ? 8
        : 1,
    });
    expect(told.get('kith_sql_statements_per_request_sum')).toBeGreaterThanOrEqual(5);
    expect(told.get('kith_loader_batch_size_count')).toBeGreaterThan(0);
    expect(told.get('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);

    stream.leave();
    await eventually(
      async () => (await scrape(gateway.metrics)).get('kith_streams') === 0,
      'the stream to end',
    );
    // On their own port there is nothing else, and on the other they are not.
    expect((await fetch(new URL('/graphql', gateway.metrics))).status).toBe(404);
    expect((await fetch(new URL('/metrics', gateway.url))).status).toBe(404);
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toBe(0);
  });

  it('have a bounded number of names, whatever clients send', async () => {
    const gateway = await startWithMetrics();
    for (let start = 0; start < 300; start += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, n) => gateway.send(`query Name${start + n} { __typename }`)),
      );
    }
    await gateway.send('{ __typename }');
    const counts = [...(await scrape(gateway.metrics))].filter(([name]) =>
      name.startsWith('kith_graphql_request_duration_seconds_count'),
    );
    const named = (name: string) => counts.find(([key]) => key.includes(`operation_name="${name}"`))?.[1];
    expect(counts).toHaveLength(102);
    expect(named('other')).toBe(200);
    expect(named('anonymous')).toBe(1);
  });

  it('METRICS_PORT has to be a port that can be had', async () => {
    const gateway = await startWithMetrics();
    const { ended, output } = run('src/main.ts', [], {
      ...(await migrated()),
      PORT: String(await freePort()),
      METRICS_PORT: new URL(gateway.metrics).port,
    });
    expect(await ended).toBe(1);
    expect(output()).toContain('EADDRINUSE');
  });

  if (process.env.DATABASE_URL) {
    it('tell what waits for the database', async () => {
      const env = await migrated();
      const gateway = await startWithMetrics(env);
      const inFlight = async (pool: string) =>
        (await scrape(gateway.metrics)).get(`kith_db_pool_in_flight{pool="${pool}"}`);
      const token = await tokenOf('ada');
      await gateway.send(mine, token);
      expect(await Promise.all(['read', 'write', 'slow'].map(inFlight))).toEqual([0, 0, 0]);
      const sql = postgres(env.DATABASE_URL ?? '', { max: 1 });
      const update =
        'mutation { updateProfile(input: { displayName: "Ada" }) { user { displayName } userErrors { code } } }';
      const answers = await sql.begin(async (tx) => {
        await tx`LOCK TABLE users IN SHARE MODE`;
        const answer = gateway.send(update, token);
        await eventually(async () => (await inFlight('write')) === 1, 'the write to wait');
        return { answer };
      });
      expect((await answers.answer).errors).toBeUndefined();
      await eventually(async () => (await inFlight('write')) === 0, 'nothing to wait');
      await sql.end();
    });

    it('are those of all workers together', async () => {
      const gateway = await startWithMetrics({ WORKERS: '2' });
      const total = async () =>
        (await scrape(gateway.metrics)).get(
          'kith_graphql_requests_total{operation_type="query",status="200"}',
        );
      for (let n = 1; n <= 6; n++) {
        // Each on a connection of its own: workers take turns at these.
        await fetch(`${gateway.url}?${new URLSearchParams({ query: community })}`, {
          headers: { connection: 'close' },
        });
        expect(await total()).toBe(n);
      }
      expect((await scrape(gateway.metrics)).get('kith_db_pool_size{pool="write"}')).toBe(16);
      gateway.child.kill('SIGTERM');
      expect(await gateway.ended).toBe(0);
    });
  }
});

describe('spans', () => {
  const trace = '0af7651916cd43dd8448eb211c80319c';
  const parent = 'b7ad6b7169203331';

  it('are those of a request, its steps and its statements, below what it comes from', async () => {
    const collector = await startCollector();
    const gateway = await startGateway({
      ...(await migrated()),
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-collector=known',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    });
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await tokenOf('geheim-subject')}`,
        traceparent: `00-${trace}-${parent}-01`,
        tracestate: 'vendor=value',
      },
      body: JSON.stringify({
        query: 'query Mine($name: String!) { viewer { user { id } } user(by: { username: $name }) { id } }',
        variables: { name: 'geheim' },
      }),
    });
    expect(response.status).toBe(200);
    await gateway.send('{ nothing }');
    gateway.child.kill('SIGTERM');
    // What is left is sent before it ends.
    expect(await gateway.ended).toBe(0);

    const spans = collector.spans.filter((span) => span.traceId === trace);
    const [server, ...noMore] = spans.filter((span) => span.parentSpanId === parent);
    expect(noMore).toEqual([]);
    expect(server).toMatchObject({
      name: 'POST /graphql',
      kind: 2,
      traceState: 'vendor=value',
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/graphql',
        'http.response.status_code': 200,
        'graphql.operation.type': 'query',
        'graphql.operation.name': 'Mine',
      },
      resource: { 'service.name': 'kith', 'deployment.environment.name': 'test' },
    });
    const steps = spans.filter((span) => span.parentSpanId === server?.spanId && span.kind === 1);
    expect(steps.map(({ name }) => name)).toEqual(['graphql.parse', 'graphql.validate', 'query']);
    const execution = steps.find(({ name }) => name === 'query');
    expect(execution?.attributes).toEqual({
      'graphql.operation.type': 'query',
      'graphql.operation.name': 'Mine',
    });
    const statements = spans.filter(({ kind }) => kind === 3);
    // Whose token it is is found out before the operation runs.
    const parents = new Set(statements.map(({ parentSpanId }) => parentSpanId));
    expect(parents).toEqual(new Set([server?.spanId, execution?.spanId]));
    expect(statements.length).toBeGreaterThan(2);
    for (const { name, attributes } of statements) {
      expect(attributes).toMatchObject({ 'db.system.name': 'postgresql', 'db.query.summary': name });
      expect(Object.keys(attributes)).not.toContain('db.query.text');
    }
    expect(statements.map(({ name }) => name)).toContain('SELECT users');
    expect(spans).toHaveLength(1 + steps.length + statements.length);

    const refused = collector.spans.find(({ attributes }) => attributes['error.type'] !== undefined);
    expect(refused).toMatchObject({
      parentSpanId: '',
      attributes: { 'error.type': 'GRAPHQL_VALIDATION_FAILED' },
      status: { code: 0 },
    });
    expect(refused?.traceId).not.toBe(trace);
    expect(collector.raw()).not.toMatch(/geheim|eyJ/);
    expect(collector.headers).toContainEqual(expect.objectContaining({ 'x-collector': 'known' }));
    // The log names the traces.
    expect(gateway.output()).toContain(`"trace_id":"${trace}"`);
    expect(gateway.output()).toContain(`"trace_id":"${refused?.traceId}"`);
  });

  it('are sampled as OpenTelemetry’s variables say', async () => {
    const collector = await startCollector();
    const gateway = await startGateway({
      ...(await migrated()),
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0',
    });
    const ask = (traceparent?: string) =>
      fetch(`${gateway.url}?${new URLSearchParams({ query: community })}`, {
        headers: { ...(traceparent === undefined ? {} : { traceparent }) },
      });
    await ask();
    await ask(`00-${'1'.repeat(32)}-${parent}-00`);
    await ask(`00-${'2'.repeat(32)}-${parent}-01`);
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toBe(0);
    expect(new Set(collector.spans.map(({ traceId }) => traceId))).toEqual(new Set(['2'.repeat(32)]));
    expect(collector.spans.find(({ kind }) => kind === 2)?.name).toBe('GET /graphql');
  });

  it('that nobody takes keep nothing from being answered, nor from ending', async () => {
    const gateway = await startGateway({
      ...(await migrated()),
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}`,
    });
    expect(await gateway.send(community)).toEqual({ data: { community: { name: 'Kith' } } });
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended).toBe(0);
  });
});

it('is not ready once it was asked to end, while what is in flight is answered', async () => {
  const gateway = await startGateway(await migrated());
  const body = JSON.stringify({ query: community });
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  let answers = '';
  socket.on('data', (chunk: Buffer) => (answers += chunk.toString()));
  const head = `POST /graphql HTTP/1.1\r\nhost: kith\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  socket.write(`GET /ready HTTP/1.1\r\nhost: kith\r\n\r\n${head}${body.slice(0, 10)}`);
  await eventually(() => answers.includes('{"status":"ready"}'), 'the first answer');
  gateway.child.kill('SIGTERM');
  await eventually(() => gateway.output().includes('finishing the requests in flight'), 'the signal');
  socket.write(`${body.slice(10)}GET /ready HTTP/1.1\r\nhost: kith\r\n\r\n`);
  await once(socket, 'close');
  expect(answers).toContain('"data":{"community"');
  expect(answers).toContain('503 Service Unavailable');
  expect(answers).toContain('{"status":"not ready","missing":["shutting down"]}');
  expect(await gateway.ended).toBe(0);
});

it('logs no requests at the level of warnings', async () => {
  const gateway = await startGateway({ ...(await migrated()), LOG_LEVEL: 'warn' });
  await gateway.send(community);
  const info = await startGateway({ ...(await migrated()) });
  await info.send(community);
  for (const { child, ended } of [gateway, info]) {
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  }
  expect(info.output()).toContain('"operation_name":"Community"');
  expect(gateway.output()).not.toContain('Community');
});
