import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bareToken, SourceClient } from '../../src/sources/http.ts';
import { faultOf, json, patient, quickClock, raw, sourceClient, sourceServer } from './server.ts';

const anything = z.unknown();

/** A source that answers each path with a number of times what stands for it, and 200 from then on. */
const answering = (script: Record<string, { status: number; headers?: Record<string, string> }[]>) =>
  sourceServer((request, response) => {
    const next = script[request.url ?? '']?.shift();
    if (next) response.writeHead(next.status, next.headers).end('secret body');
    else json(response, { ok: true });
  });

describe('a call', () => {
  it('asks below the base, and gives the payload and the headers', async () => {
    const server = await sourceServer((_, response) => json(response, { id: 1, more: [] }, { link: '<x>' }));
    const http = sourceClient().at(`${server.origin}/api/v1/`);
    const got = await http.get('/users/a%2Fb', z.looseObject({ id: z.number() }), {
      query: { limit: 20, search: 'ä&b', not: undefined },
      signal: patient(),
    });
    expect(got?.payload).toEqual({ id: 1, more: [] });
    expect(got?.headers.get('link')).toBe('<x>');
    expect(server.requests[0]?.url).toBe('/api/v1/users/a%2Fb?limit=20&search=%C3%A4%26b');
    expect(server.requests[0]?.headers).toMatchObject({ accept: 'application/json', 'user-agent': 'Kith' });
  });

  it('takes a whole URL of the same origin, and none of another', async () => {
    const server = await sourceServer((_, response) => json(response, []));
    const other = await sourceServer((_, response) => json(response, []));
    const http = sourceClient().at(`${server.origin}/api`);
    await http.get(`${server.origin}/api/users?page=2`, anything, { signal: patient() });
    expect(server.requests.map(({ url }) => url)).toEqual(['/api/users?page=2']);
    for (const path of [
      `${other.origin}/users`,
      'http://x@127.0.0.1/',
      '/users/../../admin',
      '/users/%2e%2E',
    ])
      expect((await faultOf(http.get(path, anything, { signal: patient() }))).fault, path).toBe('REFUSED');
    expect(server.requests).toHaveLength(1);
    expect(other.connections()).toBe(0);
  });

  it('never leaves its host, whatever the path', async () => {
    const server = await sourceServer((_, response) => json(response, []));
    const http = sourceClient().at(server.origin);
    for (const path of ['//example.com/x', '@example.com', '\\\\example.com', 'a?b#c', 'ftp://example.com'])
      await http.get(path, anything, { signal: patient() });
    expect(server.requests.map(({ url }) => url)).toEqual([
      '//example.com/x',
      '/@example.com',
      '///example.com',
      '/a%3Fb%23c',
      '/ftp://example.com',
    ]);
  });

  it.each([
    'ftp://a.example',
    'file:///etc/passwd',
    'http://me:pw@a.example',
    'https://me@a.example',
    'nothing',
  ])('has no base like %s', (base) => {
    expect(() => sourceClient().at(base)).toThrow(expect.objectContaining({ fault: 'REFUSED' }));
  });

  it('shows the token as the source wants it, and none where there is none', async () => {
    const server = await sourceServer((_, response) => json(response, []));
    const client = sourceClient();
    const get = (source: Parameters<typeof client.at>[1], token: string | null) =>
      client.at(server.origin, source).get('/', anything, { token, signal: patient() });
    await get({}, 'tok');
    await get({ authorize: bareToken }, 'tok');
    const authorize = (token: string) => ({ 'x-auth-token': token });
    await get({ headers: { 'x-client-id': 'me' }, authorize }, 'tok');
    await get({}, null);
    const shown = server.requests.map(({ headers }) => [
      headers.authorization,
      headers['x-auth-token'],
      headers['x-client-id'],
    ]);
    expect(shown).toEqual([
      ['Bearer tok', undefined, undefined],
      ['tok', undefined, undefined],
      [undefined, 'tok', 'me'],
      [undefined, undefined, undefined],
    ]);
  });

  it.each(['a\nb', 'a b', '', 'ä'])('takes no token that is no header: %j', async (token) => {
    const server = await sourceServer((_, response) => json(response, []));
    const fault = await faultOf(
      sourceClient().at(server.origin).get('/', anything, { token, signal: patient() }),
    );
    expect(fault).toMatchObject({ fault: 'UNAUTHORIZED', cause: undefined });
    expect(server.connections()).toBe(0);
  });

  it('keeps the digits of long integers', async () => {
    const body = '{"id":9007199254740993,"small":9007199254740991}';
    const server = await sourceServer((_, response) => raw(response, body));
    const got = await sourceClient().at(server.origin).get('/', anything, { signal: patient() });
    expect(got?.payload).toEqual({ id: '9007199254740993', small: 9007199254740991 });
  });

  it('says where a payload is not as documented, and nothing of it', async () => {
    const server = await sourceServer((_, response) =>
      json(response, { users: [{ id: 1 }, { id: 'secret' }] }),
    );
    const schema = z.looseObject({ users: z.array(z.looseObject({ id: z.number() })) });
    const fault = await faultOf(sourceClient().at(server.origin).get('/', schema, { signal: patient() }));
    expect(fault).toMatchObject({ fault: 'INVALID', path: ['users', 1, 'id'] });
    expect(fault.message).not.toContain('secret');
  });
});

describe('a status', () => {
  it.each([
    [401, 'UNAUTHORIZED', 1],
    [403, 'UNAUTHORIZED', 1],
    [400, 'INVALID', 1],
    [422, 'INVALID', 1],
    [304, 'INVALID', 1],
    [302, 'INVALID', 1],
    [204, 'INVALID', 1],
    [501, 'UNAVAILABLE', 1],
    [520, 'UNAVAILABLE', 1],
    [408, 'UNAVAILABLE', 4],
    [429, 'UNAVAILABLE', 4],
    [500, 'UNAVAILABLE', 4],
    [502, 'UNAVAILABLE', 4],
    [503, 'UNAVAILABLE', 4],
    [504, 'UNAVAILABLE', 4],
  ])('%i is %s, after asking %i times', async (status, fault, times) => {
    const server = await answering({ '/': Array.from({ length: 9 }, () => ({ status })) });
    const call = sourceClient().at(server.origin).get('/', anything, { token: 't0k3n', signal: patient() });
    const error = await faultOf(call);
    expect(error.fault).toBe(fault);
    expect(error.message).not.toMatch(/secret|t0k3n|127\.0|localhost/);
    expect(server.requests).toHaveLength(times);
  });

  it.each([404, 410])('%i is null', async (status) => {
    const server = await answering({ '/': [{ status }] });
    expect(await sourceClient().at(server.origin).get('/', anything, { signal: patient() })).toBeNull();
  });
});

describe('a retry', () => {
  it('comes later each time, by chance, and is answered', async () => {
    const clock = quickClock();
    const server = await answering({ '/': [{ status: 503 }, { status: 500 }, { status: 429 }] });
    const http = sourceClient({ clock }).at(server.origin);
    expect((await http.get('/', anything, { signal: patient() }))?.payload).toEqual({ ok: true });
    expect(clock.slept).toEqual([125, 250, 500]);
  });

  it('comes after what the source has asked for, in seconds or as a date', async () => {
    const clock = quickClock();
    const now = Date.UTC(2026, 0, 1);
    const server = await answering({
      '/': [
        { status: 429, headers: { 'retry-after': '7' } },
        { status: 503, headers: { 'retry-after': 'Thu, 01 Jan 2026 00:00:09 GMT' } },
      ],
    });
    await sourceClient({ clock: { ...clock, now: () => now } })
      .at(server.origin)
      .get('/', anything, { signal: patient() });
    expect(clock.slept).toEqual([7_125, 9_250]);
  });

  it('does not come where there is no time left for it', async () => {
    const clock = quickClock();
    const server = await answering({ '/': [{ status: 429, headers: { 'retry-after': '20' } }] });
    const call = sourceClient({ clock }).at(server.origin).get('/', anything, { signal: patient() });
    expect(await faultOf(call)).toMatchObject({ fault: 'UNAVAILABLE', retryAfter: 20_000 });
    expect(clock.slept).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  it('comes by the clock of the machine, too', async () => {
    const server = await answering({ '/': [{ status: 503 }] });
    const client = new SourceClient({ allowPrivate: true });
    const got = await client.at(server.origin).get('/', anything, { signal: patient() });
    expect(got?.payload).toEqual({ ok: true });
    await client.close();
  });

  it('comes where the connection breaks, before the answer or within', async () => {
    let times = 0;
    const server = await sourceServer((request, response) => {
      times++;
      if (times === 1) request.socket.destroy();
      else if (times === 2) {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
        response.write('{"a', () => request.socket.destroy());
      } else json(response, { ok: true });
    });
    const got = await sourceClient().at(server.origin).get('/', anything, { signal: patient() });
    expect(got?.payload).toEqual({ ok: true });
    expect(times).toBe(3);
  });
});

describe('a host', () => {
  it('is asked a few things at once, whoever asks, and others are meanwhile', async () => {
    const waiting: (() => void)[] = [];
    let most = 0;
    const busy = await sourceServer((_, response) => {
      waiting.push(() => json(response, []));
      most = Math.max(most, waiting.length);
    });
    const other = await sourceServer((_, response) => json(response, []));
    const client = sourceClient({ limits: { atOnce: 2 } });
    const calls = Array.from({ length: 6 }, () =>
      client.at(busy.origin).get('/', anything, { signal: patient() }),
    );
    await expect.poll(() => waiting.length).toBe(2);
    await client.at(other.origin).get('/', anything, { signal: patient() });
    expect(waiting).toHaveLength(2);
    for (let done = 0; done < 6; done++) {
      await expect.poll(() => waiting.length).toBeGreaterThan(0);
      waiting.shift()?.();
    }
    await Promise.all(calls);
    expect(most).toBe(2);
  });

  it('that fails again and again is left alone, then tried once', async () => {
    let now = 0;
    let isUp = false;
    const server = await sourceServer((_, response) => {
      if (isUp) json(response, []);
      else response.writeHead(501).end();
    });
    const client = sourceClient({
      clock: { ...quickClock(), now: () => now },
      limits: { failures: 3, rest: 1_000 },
    });
    const call = () => client.at(server.origin).get('/', anything, { signal: patient() });
    for (let n = 0; n < 5; n++) expect((await faultOf(call())).fault).toBe('UNAVAILABLE');
    expect(server.requests).toHaveLength(3);
    now = 1_000;
    await Promise.all([faultOf(call()), faultOf(call()), faultOf(call())]);
    expect(server.requests).toHaveLength(4);
    now = 1_999;
    await faultOf(call());
    expect(server.requests).toHaveLength(4);
    isUp = true;
    now = 2_000;
    await call();
    await Promise.all([call(), call()]);
    expect(server.requests).toHaveLength(7);
  });

  it('that is busy, or has nothing for us, has not failed', async () => {
    const statuses = [429, 401, 404, 400, 429, 302];
    const server = await answering({ '/': statuses.map((status) => ({ status })) });
    const client = sourceClient({ limits: { failures: 1, retries: 0 } });
    const call = () => client.at(server.origin).get('/', anything, { signal: patient() });
    for (const _ of statuses) await call().catch(() => undefined);
    expect((await call())?.payload).toEqual({ ok: true });
  });

  it('is not asked any more once the client is closed', async () => {
    const clock = quickClock();
    const server = await sourceServer(() => undefined);
    const client = sourceClient({ clock });
    const calls = [1, 2].map(() =>
      faultOf(client.at(server.origin).get('/', anything, { signal: patient() })),
    );
    await expect.poll(() => server.requests.length).toBe(2);
    await client.close();
    for (const fault of await Promise.all(calls)) expect(fault.fault).toBe('UNAVAILABLE');
    expect(clock.slept).toEqual([]);
  });

  it('that nobody listens at is unavailable', async () => {
    const server = await sourceServer(() => undefined);
    server.close();
    const fault = await faultOf(sourceClient().at(server.origin).get('/', anything, { signal: patient() }));
    expect(fault.fault).toBe('UNAVAILABLE');
    expect(fault.message).not.toContain('127.0.0.1');
  });
});

describe('who asks', () => {
  it('may give up, also while it is not their turn, and the host is not blamed', async () => {
    let isUp = false;
    const server = await sourceServer((_, response) => {
      if (isUp) json(response, []);
    });
    const client = sourceClient({ limits: { atOnce: 1, failures: 1 } });
    const controller = new AbortController();
    const call = () => client.at(server.origin).get('/', anything, { signal: controller.signal });
    const calls = [call(), call()].map(faultOf);
    await expect.poll(() => server.requests.length).toBe(1);
    controller.abort();
    for (const fault of await Promise.all(calls)) expect(fault.fault).toBe('UNAVAILABLE');
    expect((await faultOf(call())).fault).toBe('UNAVAILABLE');
    await sleep(0);
    isUp = true;
    await client.at(server.origin).get('/', anything, { signal: patient() });
    expect(server.requests).toHaveLength(2);
  });
});
