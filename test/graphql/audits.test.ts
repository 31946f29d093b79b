// GraphQL over HTTP, as the audits of graphql-http have it: https://graphql.github.io/graphql-over-http/draft/.
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createServerAdapter } from '@whatwg-node/server';
import { serverAudits } from 'graphql-http';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { diskStorage } from '../../src/media/disk-storage.ts';
import { testAuth, useTestApp } from '../helpers/app.ts';

const kith = useTestApp();
let app: ReturnType<typeof createApp>;

beforeAll(() => {
  app = createApp({
    db: kith.database.db,
    storage: diskStorage(kith.mediaFolder),
    config: { ...readConfig({}), auth: testAuth },
    log: pino({ level: 'silent' }),
  });
});
afterAll(() => app.dispose());

/** What an audit gives fetch. */
interface AuditInit {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** A request with these headers and no others: fetch would say what it accepts and sends where an audit leaves it open. */
function bareFetch(url: string, { method = 'GET', headers = {}, body }: AuditInit = {}): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (answer) => {
      const { statusCode, headers } = answer;
      buffer(answer).then(
        (bytes) =>
          resolve(
            new Response(Uint8Array.from(bytes), {
              ...(statusCode === undefined ? {} : { status: statusCode }),
              headers: { 'content-type': headers['content-type'] ?? '' },
            }),
          ),
        reject,
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

// Both ways to the same answers have to pass all of them: what the lane answers, and Yoga where nothing is before it.
describe.each([
  { way: 'through the lane', listener: () => app.listener },
  { way: 'through Yoga alone', listener: () => createServerAdapter(app.fetch) },
])('$way', ({ listener }) => {
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer(listener());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  for (const { id, name, fn } of serverAudits({ url: () => url, fetchFn: bareFetch })) {
    it(`${id}: ${name}`, async () => {
      const audited = await fn();
      const answered = 'response' in audited ? await audited.response.text() : '';
      expect(audited, answered).toEqual({ id, name, status: 'ok' });
    });
  }

  // What the audits mean to ask and do not: their field that is not there is no name, their variable is not used.
  it.each([
    ['a document that is not valid', { query: '{ nothingOfTheKind }' }],
    [
      'a variable that does not fit',
      {
        query: 'query ($by: UserBy!) { user(by: $by) { id } }',
        variables: { by: null },
      },
    ],
  ])('%s: 200 as application/json, else 400, and no data', async (_name, body) => {
    for (const [accept, status] of [
      ['application/json', 200],
      ['application/graphql-response+json', 400],
    ] as const) {
      const headers = { 'content-type': 'application/json', accept };
      const answer = await bareFetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
      expect(answer.status, accept).toBe(status);
      expect(await answer.json()).toEqual({ errors: [expect.anything()] });
    }
  });
});
