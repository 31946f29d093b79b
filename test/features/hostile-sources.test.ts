// A source that means harm, seen from a client of ours: what it does is refused or inert, and the rest of the answer is
// there. What the client for sources refuses by itself, address by address and byte by byte: test/sources/hostile.test.ts.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { parseFragment } from 'parse5';
import { describe, expect, it } from 'vitest';
import { documented, personPath, type SystemName, useGateway } from '../helpers/sources.ts';
import { fixture } from '../sources/fixture.ts';
import { raw, sourceServer } from '../sources/server.ts';

const timeOut = 3_000;
const clock = { ahead: 0 };
const gateway = useGateway({
  now: () => new Date(Date.now() + clock.ahead),
  // The servers of the tests, and no other address of this machine.
  env: { SOURCE_ALLOW_PRIVATE: '127.0.0.2' },
  sourceLimits: { milliseconds: timeOut, retries: 0, failures: 1_000 },
  address: '127.0.0.2',
});
const guid = (n: number) => `hostile${String(n).padStart(25, '0')}`;

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;
const redirect =
  (location: string): Answer =>
  (_request, response) =>
    response.writeHead(302, { location }).end();

/** Asks for a person whom the pod answers like this, with three others beside; their part of the answer is whole. */
async function besideOthers(n: number, answer: Answer) {
  const { kith, systems } = gateway;
  systems.diaspora.answers.set(
    personPath.diaspora(guid(n)),
    (request, response) => void answer(request, response),
  );
  const others = (Object.keys(documented) as SystemName[]).filter((name) => name !== 'diaspora');
  const aliases = others.map((name, i) => {
    const { provider, externalId } = documented[name];
    return `p${i}: user(by: { account: { provider: ${provider}, externalId: "${externalId}" } }) { remote { provider } }`;
  });
  const { data, errors, status } = await kith.send(
    `{ bad: user(by: { account: { provider: DIASPORA, externalId: "${guid(n)}" } }) { id } ${aliases.join('\n')} }`,
  );
  expect(status).toBe(200);
  for (const [i, name] of others.entries())
    expect(data[`p${i}`]).toEqual({ remote: { provider: documented[name].provider } });
  return { bad: data.bad, errors };
}

const refused = (reason: string) => [
  expect.objectContaining({
    path: ['bad'],
    extensions: expect.objectContaining({ code: 'SOURCE_UNAVAILABLE', reason }),
  }),
];

describe('one of four sources', () => {
  it('that hangs is one coded error within its time-out, and three people', async () => {
    const begun = Date.now();
    const { bad, errors } = await besideOthers(1, () => {});
    expect(bad).toBeNull();
    expect(errors).toEqual(refused('UNAVAILABLE'));
    // Not a measurement: it was given up, where it would have hung for ever.
    expect(Date.now() - begun).toBeLessThan(timeOut * 10);
  });

  const long = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  const laughs = `{${Array.from({ length: 60_000 }, (_, i) => `"lol${i}":["lol","lol","lol","lol","lol"]`).join(',')}}`;
  it.each<[string, Answer, string]>([
    ['redirects to the machine’s metadata', redirect('http://169.254.169.254/latest/meta-data/'), 'REFUSED'],
    ['redirects to this machine', redirect('http://127.0.0.1:4000/graphql'), 'REFUSED'],
    ['redirects to a name of this machine', redirect('http://localhost:4000/'), 'REFUSED'],
    ['redirects to this machine in other words', redirect('http://[::ffff:127.0.0.1]:4000/'), 'REFUSED'],
    ['redirects to a file', redirect('file:///etc/passwd'), 'REFUSED'],
    ['redirects without end', redirect('?again'), 'INVALID'],
    [
      'answers with HTML',
      (_, response) => raw(response, '<html></html>', { 'content-type': 'text/html' }),
      'INVALID',
    ],
    ['answers with nests', (_, response) => raw(response, long(100_000)), 'INVALID'],
    ['answers with a billion laughs', (_, response) => raw(response, laughs), 'INVALID'],
    [
      'answers with a bomb',
      (_, response) =>
        raw(response, gzipSync(Buffer.alloc(12 * 2 ** 20, ' ')), { 'content-encoding': 'gzip' }),
      'INVALID',
    ],
    [
      'answers without end',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const more = () => {
          while (!response.destroyed && response.write('          '.repeat(1_000)));
        };
        response.on('drain', more);
        more();
      },
      'INVALID',
    ],
    [
      'drips',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const drip = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(drip));
      },
      'UNAVAILABLE',
    ],
    ['is somebody else', (_, response) => raw(response, '{"guid":{"$ne":1},"diaspora_id":[]}'), 'INVALID'],
  ])('that %s is refused, and the others answer', async (_name, answer, reason) => {
    const { bad, errors } = await besideOthers(100 + Math.trunc(Math.random() * 1e9), answer);
    expect(bad).toBeNull();
    expect(errors).toEqual(refused(reason));
    const text = JSON.stringify(errors);
    expect(text).not.toMatch(/127\.0\.0\.2:\d+\/|ECONN|undici|at .*\.ts|<html>/);
  });
});

describe('pictures', () => {
  it('are not fetched from addresses that are not to be asked', async () => {
    const { kith, systems } = gateway;
    const inside = await sourceServer((_request, response) => raw(response, '{}'));
    const person = {
      ...(fixture('diaspora/person') as object),
      guid: guid(7),
      avatar: { large: `${inside.origin}/a.png` },
    };
    systems.diaspora.answers.set(personPath.diaspora(guid(7)), person);
    await kith.query(`{ user(by: { account: { provider: DIASPORA, externalId: "${guid(7)}" } }) { id } }`);
    await expect
      .poll(() => kith.logged.some((line) => line.includes('a picture did not come along')))
      .toBe(true);
    expect(inside.requests).toEqual([]);
  });
});

const script = '<script>alert(1)</script><img src=x onerror=alert(1)>[x](javascript:alert(1))';

/** Every string of a payload with a script in it, save those that say who and when it is. */
function poisoned(payload: unknown, key = ''): unknown {
  if (Array.isArray(payload)) return payload.map((item) => poisoned(item, key));
  if (typeof payload === 'object' && payload !== null)
    return Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, poisoned(value, name)]));
  const keeps =
    /^(id|guid|diaspora_id|.*_at|createdAt|date.*|birthday|status|post_type|type|preference|size|.*latlng|.*lat_lng|level)$/i;
  if (typeof payload !== 'string' || keeps.test(key) || !Number.isNaN(Number(payload))) return payload;
  return /^https?:/.test(payload) ? 'javascript:alert(document.domain)' : `${payload} ${script}`;
}

/** What a page would do with the HTML. */
function dangers(html: string): string[] {
  const found: string[] = [];
  const walk = (node: {
    nodeName: string;
    attrs?: { name: string; value: string }[];
    childNodes?: unknown[];
  }) => {
    if (/^(script|img|iframe|object|svg|style|link)$/.test(node.nodeName)) found.push(node.nodeName);
    for (const { name, value } of node.attrs ?? [])
      if (/^on/.test(name) || /^\s*javascript:/i.test(value)) found.push(`${name}=${value}`);
    for (const child of node.childNodes ?? []) walk(child as never);
  };
  walk(parseFragment(html) as never);
  return found;
}

describe('script in every string', () => {
  it.each(Object.keys(documented) as SystemName[])('of %s is inert', async (name) => {
    const { kith, systems } = gateway;
    const { externalId, provider, fixture: payload } = documented[name];
    const { answers } = systems[name];
    answers.set(personPath[name](externalId), poisoned(fixture(payload)) as object);
    if (name === 'diaspora') {
      const author = { guid: externalId, diaspora_id: 'a@pod.example', name: script };
      answers.set(`${personPath.diaspora(externalId)}/posts`, [
        { ...(poisoned(fixture('diaspora/full-post')) as object), author, public: true },
      ]);
    }
    if (name === 'selfcommunity') {
      const feed = poisoned(fixture('selfcommunity/feed')) as object;
      answers.set(`/api/v2/user/${externalId}/feed/`, { ...feed, next: null });
    }
    // Tests before have read some of them.
    clock.ahead += 1_000_000;
    const { data, errors } = await kith.send(
      `{ user(by: { account: { provider: ${provider}, externalId: "${externalId}" } }) {
        username displayName bio bioHtml website links remote { url } tags { name } accounts { url }
        posts { nodes { title body html summary slug media { ... on LinkMedia { url } } tags { name } } }
        members { nodes { memberName bioHtml links } } } }`,
    );
    expect(errors).toEqual([]);
    const { user } = data;
    const html = [
      user.bioHtml,
      ...user.posts.nodes.map((post: { html: string }) => post.html),
      ...user.members.nodes.map((member: { bioHtml: string }) => member.bioHtml),
    ];
    expect(html.join()).toMatch(/alert|javascript/);
    expect(html.flatMap((text) => (text === null ? [] : dangers(text)))).toEqual([]);
    expect(user.username).toMatch(/^[\w.-]+@[\w.:-]+$/);
    const urls = JSON.stringify([
      user.website,
      user.links,
      user.remote.url,
      user.accounts,
      user.posts.nodes.map(({ media }: { media: object }) => media),
      user.members.nodes.map(({ links }: { links: object }) => links),
    ]);
    expect(urls).not.toMatch(/javascript:/i);
  });
});
