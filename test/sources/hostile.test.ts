import type { LookupAddress } from 'node:dns';
import { createServer } from 'node:net';
import { constants, createGzip, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isPublicAddress } from '../../src/sources/addresses.ts';
import { faultOf, json, patient, raw, sourceClient, sourceServer } from './server.ts';

const anything = z.unknown();
const mebibyte = 2 ** 20;

const get = (origin: string, limits: Parameters<typeof sourceClient>[0] = {}) =>
  sourceClient(limits).at(origin).get('/', anything, { token: 't0k3n', signal: patient() });

describe('an answer', () => {
  it('that does not end is cut off', async () => {
    let sent = 0;
    let isCutOff = false;
    const server = await sourceServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.on('close', () => {
        isCutOff = true;
      });
      const piece = Buffer.alloc(2 ** 16, ' ');
      const more = () => {
        while (!response.destroyed && response.write(piece)) sent += piece.length;
      };
      response.on('drain', more);
      more();
    });
    expect(await faultOf(get(server.origin))).toMatchObject({ fault: 'INVALID', message: /too large/ });
    await expect.poll(() => isCutOff).toBe(true);
    // What is on its way has been sent, too.
    expect(sent).toBeLessThan(40 * mebibyte);
  });

  it('may have 10 MiB, and no byte more', async () => {
    let length = 10 * mebibyte;
    const server = await sourceServer((_, response) => raw(response, `"${'x'.repeat(length - 2)}"`));
    expect((await get(server.origin))?.payload).toHaveLength(length - 2);
    length++;
    expect((await faultOf(get(server.origin))).fault).toBe('INVALID');
  });

  it('that unpacks without end is cut off on the way', async () => {
    let isCutOff = false;
    const server = await sourceServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.on('close', () => {
        isCutOff = true;
      });
      const gzip = createGzip();
      gzip.pipe(response);
      const zeros = Buffer.alloc(mebibyte);
      const more = () => {
        while (!isCutOff && gzip.write(zeros));
      };
      gzip.on('drain', more);
      more();
    });
    expect(await faultOf(get(server.origin))).toMatchObject({ fault: 'INVALID', message: /too large/ });
    await expect.poll(() => isCutOff).toBe(true);
  });

  it('that unpacks to what unpacks to more than it may have is refused', async () => {
    const bomb = gzipSync(gzipSync(Buffer.alloc(32 * mebibyte, ' ')));
    expect(bomb.length).toBeLessThan(1_000);
    const server = await sourceServer((_, response) =>
      raw(response, bomb, { 'content-encoding': 'gzip, gzip' }),
    );
    expect(await faultOf(get(server.origin))).toMatchObject({ fault: 'INVALID', message: /too large/ });
  });

  it('that is packed as it says is read, else not', async () => {
    let body: Uint8Array = gzipSync('{"ok":true}', { level: constants.Z_BEST_SPEED });
    const server = await sourceServer((_, response) => raw(response, body, { 'content-encoding': 'gzip' }));
    expect((await get(server.origin))?.payload).toEqual({ ok: true });
    body = Buffer.from('{"ok":true}');
    expect((await faultOf(get(server.origin))).fault).toBe('INVALID');
    expect(server.requests).toHaveLength(2);
  });

  it('that drips is not waited for, be it the head or the body', async () => {
    let says: 'nothing' | 'drops' = 'nothing';
    let cutOff = 0;
    const server = await sourceServer((_, response) => {
      response.on('close', () => cutOff++);
      if (says === 'nothing') return;
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(drip));
    });
    for (says of ['nothing', 'drops'] as const) {
      const fault = await faultOf(get(server.origin, { limits: { milliseconds: 150 } }));
      expect(fault).toMatchObject({ fault: 'UNAVAILABLE', message: 'The source takes too long.' });
    }
    await expect.poll(() => cutOff).toBe(2);
    // Its time is up: it is not asked again.
    expect(server.requests).toHaveLength(2);
  });

  it('has its time with all of its redirects and retries together', async () => {
    let hops = 0;
    const server = await sourceServer((_, response) => {
      const answer = () =>
        hops++ % 2 === 0 ? response.writeHead(302, { location: '/' }).end() : response.writeHead(503).end();
      setTimeout(answer, 100);
    });
    const fault = await faultOf(get(server.origin, { limits: { milliseconds: 250, retries: 1_000 } }));
    expect(fault.fault).toBe('UNAVAILABLE');
    expect(server.requests.length).toBeLessThan(4);
  });

  it.each([
    ['HTML', 'text/html', '<html>secret</html>'],
    ['HTML that says it is JSON', 'application/json', '<html>secret</html>'],
    ['JSON that says it is HTML', 'text/html', '{}'],
    ['nothing', 'application/json', ''],
    ['half of it', 'application/json', '{"secret":'],
    ['what is no type', 'json', '{}'],
  ])('of %s is refused', async (_, type, body) => {
    const server = await sourceServer((_, response) => raw(response, body, { 'content-type': type }));
    const fault = await faultOf(get(server.origin));
    expect(fault.fault).toBe('INVALID');
    expect(`${fault.message} ${fault.cause}`).not.toContain('secret');
  });

  it('of no UTF-8 is refused', async () => {
    const server = await sourceServer((_, response) => raw(response, Buffer.from('22ff22', 'hex')));
    expect((await faultOf(get(server.origin))).fault).toBe('INVALID');
  });

  it('that is nested without end is refused', async () => {
    const server = await sourceServer((_, response) => raw(response, '{"a":['.repeat(mebibyte)));
    expect(await faultOf(get(server.origin))).toMatchObject({ fault: 'INVALID', message: /nested/ });
  });

  it('with script in every string is text, and nothing else', async () => {
    const script = '"><script>alert(1)</script>\u2028javascript:alert(1)';
    const payload = { [script]: script, list: [script] };
    const server = await sourceServer((_, response) => json(response, payload));
    expect((await get(server.origin))?.payload).toEqual(payload);
  });
});

describe('redirects', () => {
  it('are followed three times', async () => {
    let left = 3;
    const server = await sourceServer((_, response) => {
      if (left-- > 0) response.writeHead(302, { location: `/${left}` }).end();
      else json(response, { ok: true });
    });
    expect((await get(server.origin))?.payload).toEqual({ ok: true });
    left = 4;
    expect((await faultOf(get(server.origin))).fault).toBe('INVALID');
    expect(server.requests).toHaveLength(8);
  });

  it('carry the token within its origin, not elsewhere, and not back', async () => {
    const home = await sourceServer((request, response) => {
      if (request.url === '/') response.writeHead(307, { location: '/within' }).end();
      else if (request.url === '/within') response.writeHead(301, { location: `${away.origin}/away` }).end();
      else json(response, []);
    });
    const away = await sourceServer((_, response) =>
      response.writeHead(302, { location: `${home.origin}/back` }).end(),
    );
    await sourceClient()
      .at(home.origin, { headers: { 'x-client-id': 'me' } })
      .get('/', anything, { token: 't0k3n', headers: { 'x-more': '1' }, signal: patient() });
    const shown = [...home.requests.slice(0, 2), ...away.requests, ...home.requests.slice(2)].map(
      ({ url, headers }) => [url, headers.authorization, headers['x-client-id'], headers['x-more']],
    );
    expect(shown).toEqual([
      ['/', 'Bearer t0k3n', 'me', '1'],
      ['/within', 'Bearer t0k3n', 'me', '1'],
      ['/away', undefined, undefined, undefined],
      ['/back', undefined, undefined, undefined],
    ]);
  });
});

// A public source stands at 127.0.0.2 here; what is within, and must not be asked, at 127.0.0.1.
const standIn = '127.0.0.2';
const outside = { allowPrivate: (address: string) => address === standIn };

/** Somebody within, who tells of every connection, be there a request or not. */
async function within() {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens));
  afterAll(() => server.close());
  const bound = server.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
  return { port, connections: () => connections };
}

/** Looks up names as given, one list of addresses after another, the last for good. */
function naming(...answers: string[][]) {
  const asked: string[] = [];
  const lookup = async (name: string): Promise<LookupAddress[]> => {
    asked.push(name);
    const addresses = answers.length > 1 ? answers.shift() : answers[0];
    return (addresses ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  return { asked, lookup };
}

describe('what is within', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://127.0.0.1:PORT/',
    'http://localhost:PORT/',
    'http://0:PORT/',
    'http://0x7f.1:PORT/',
    'http://2130706433:PORT/',
    'http://[::1]:PORT/',
    'http://[::]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://[64:ff9b::7f00:1]:PORT/',
    'http://[2002:7f00:1::]:PORT/',
    '//127.0.0.1:PORT/',
    `http://me:pw@${standIn}:PORT/`,
    'file:///etc/passwd',
    'data:application/json,[]',
    'javascript:alert(1)',
  ])('is not asked where a source redirects to %s', async (location) => {
    const inside = await within();
    const to = location.replace('PORT', String(inside.port));
    const server = await sourceServer(
      (_, response) => response.writeHead(302, { location: to }).end(),
      standIn,
    );
    const fault = await faultOf(get(server.origin, outside));
    expect(fault.fault).toBe('REFUSED');
    expect(fault.message).not.toMatch(/\d/);
    expect(server.requests).toHaveLength(1);
    expect(inside.connections()).toBe(0);
  });

  it.each([
    [['127.0.0.1']],
    [['::ffff:127.0.0.1']],
    [[standIn, '127.0.0.1']],
    [['10.0.0.1', standIn]],
    [['fd00::1']],
  ])('is not asked by a name that resolves to %j', async (addresses) => {
    const inside = await within();
    const { lookup } = naming(addresses);
    const call = get(`http://source.example:${inside.port}`, { ...outside, lookup });
    expect((await faultOf(call)).fault).toBe('REFUSED');
    expect(inside.connections()).toBe(0);
  });

  it('is not asked by its own name, with the lookup of the machine', async () => {
    const inside = await within();
    const call = get(`http://localhost:${inside.port}`, { allowPrivate: false });
    expect((await faultOf(call)).fault).toBe('REFUSED');
    expect((await faultOf(get(`http://127.0.0.1:${inside.port}`, { allowPrivate: false }))).fault).toBe(
      'REFUSED',
    );
    expect(inside.connections()).toBe(0);
  });

  it('is not asked by a name that resolves to something else the next time', async () => {
    const server = await sourceServer((_, response) => json(response, [], { connection: 'close' }), standIn);
    const { asked, lookup } = naming([standIn], ['127.0.0.1']);
    const http = sourceClient({ ...outside, lookup }).at(`http://source.example:${server.port}`);
    expect(await http.get('/', anything, { signal: patient() })).not.toBeNull();
    // What was looked at is what was connected to: a second look could have been answered otherwise.
    expect(asked).toHaveLength(1);
    expect((await faultOf(http.get('/', anything, { signal: patient() }))).fault).toBe('REFUSED');
    expect(server.requests).toHaveLength(1);
  });

  it('is asked where that is allowed', async () => {
    const server = await sourceServer((_, response) => json(response, { ok: true }));
    const { lookup } = naming(['127.0.0.1']);
    const got = await get(`http://source.example:${server.port}`, { allowPrivate: true, lookup });
    expect(got?.payload).toEqual({ ok: true });
    expect(isPublicAddress('127.0.0.1')).toBe(false);
  });
});
