// How much somebody may ask for in a while, whichever way the answer takes: the lane for ordinary requests, or Yoga.
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { beforeAll, describe, expect, it } from 'vitest';
import { redisBuckets } from '../../src/http/redis-buckets.ts';
import { useTestApp } from '../helpers/app.ts';
import { eventually, type Instance, startInstance } from '../helpers/live.ts';
import { formOf, plain } from '../helpers/pictures.ts';
import { startProxy } from '../helpers/proxy.ts';

const kith = useTestApp();
beforeAll(async () => {
  for (const name of ['ada', 'bob']) await kith.idOf(name);
});

/** Ten objects. */
const ten = '{ users(first: 10) { nodes { username } } }';

/** A clock that stands still unless it is told otherwise. */
function clock() {
  let time = Date.now();
  return { now: () => new Date(time), pass: (seconds: number) => (time += seconds * 1_000) };
}

interface Sent {
  as?: string;
  variables?: object;
  /** Whom a proxy has been asked by. */
  forwarded?: string;
  /** Whether it goes through Yoga rather than through the lane. */
  yoga?: boolean;
}

async function send(instance: Instance, query: string, { as, variables, forwarded, yoga }: Sent = {}) {
  const response = await instance.overSocket('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      // A way of saying it that the lane does not know.
      ...(yoga ? { accept: 'application/json;q=0.9' } : {}),
      ...(as ? { authorization: `Bearer ${await kith.token(as)}` } : {}),
      ...(forwarded ? { 'x-forwarded-for': forwarded } : {}),
    },
    body: JSON.stringify({ query, variables }),
  });
  const { data = null, errors = [] } = await response.json();
  return { status: response.status, headers: response.headers, data, errors, error: errors[0] };
}
type Answer = Awaited<ReturnType<typeof send>>;

function expectLimited({ status, headers, data, error }: Answer, budget: string): void {
  expect(data).toBeNull();
  expect(error?.extensions).toEqual({
    code: 'RATE_LIMITED',
    retryAfter: expect.any(Number),
    budget: { name: budget, max: expect.any(Number), seconds: expect.any(Number) },
  });
  expect(status).toBe(429);
  expect(error.extensions.retryAfter).toBeGreaterThanOrEqual(1);
  expect(headers.get('retry-after')).toBe(String(error.extensions.retryAfter));
  expect(headers.get('ratelimit-policy')).toMatch(new RegExp(`^"${budget}";q=\\d+;w=\\d+$`));
}

const passed = (answers: readonly Answer[]) => answers.filter(({ status }) => status === 200);

/** A server on which everybody has this much a minute, a tenth of it without a token. */
function limited(costPerMinute: number, now?: () => Date, env: Record<string, string> = {}) {
  return startInstance(kith, now ? { now } : {}, {
    RATE_LIMIT_COST_PER_MINUTE: String(costPerMinute),
    ...env,
  });
}

describe('what documents cost', () => {
  it('is drawn from one bucket whichever way they take, and exactly as much passes as there is', async () => {
    const time = clock();
    const instance = await limited(1_000, time.now);
    const all = await Promise.all(
      Array.from({ length: 60 }, (_, i) => send(instance, ten, { yoga: i % 2 === 1 })),
    );
    expect(passed(all)).toHaveLength(10);
    for (const answer of all.filter(({ status }) => status !== 200)) expectLimited(answer, 'cost');
    const left = passed(all).map(({ headers }) => Number(headers.get('ratelimit-remaining')));
    expect(left.toSorted((a, b) => b - a)).toEqual([90, 80, 70, 60, 50, 40, 30, 20, 10, 0]);
    expect(all.find(({ status }) => status === 429)?.error.extensions.budget).toEqual({
      name: 'cost',
      max: 100,
      seconds: 60,
    });

    // It comes back evenly: ten objects in six seconds.
    time.pass(5);
    expectLimited(await send(instance, ten), 'cost');
    time.pass(1);
    const after = await Promise.all([send(instance, ten), send(instance, ten, { yoga: true })]);
    expect(passed(after)).toHaveLength(1);
    time.pass(60);
    const full = await send(instance, ten);
    const { headers } = full;
    expect(headers.get('ratelimit-policy')).toBe('"cost";q=100;w=60');
    expect(headers.get('ratelimit')).toBe('"cost";r=90;t=6');
    expect(headers.get('ratelimit-limit')).toBe('100');
    expect(headers.get('ratelimit-reset')).toBe('6');
  });

  it('is each person’s own, and a person has ten times as much as an address', async () => {
    const instance = await limited(300, clock().now);
    const of = (as?: string) =>
      Promise.all(
        Array.from({ length: 40 }, (_, i) =>
          send(instance, ten, { ...(as ? { as } : {}), yoga: i % 2 === 1 }),
        ),
      );
    expect(passed(await of('ada'))).toHaveLength(30);
    expect(passed(await of('bob'))).toHaveLength(30);
    expect(passed(await of())).toHaveLength(3);
  });

  it('is all there is where it would be more, and at least one', async () => {
    const time = clock();
    const instance = await limited(1_000, time.now);
    const dear = '{ users(first: 100) { nodes { username followers(first: 5) { nodes { username } } } } }';
    const { headers, status } = await send(instance, dear);
    expect([status, headers.get('ratelimit-remaining')]).toEqual([200, '0']);
    expectLimited(await send(instance, '{ __typename }', { yoga: true }), 'cost');
    time.pass(1);
    expect((await send(instance, '{ __typename }')).headers.get('ratelimit-remaining')).toBe('0');
  });

  it('is drawn for documents that are refused before they run, by their length', async () => {
    const time = clock();
    const instance = await limited(1_000, time.now);
    const wrong = `{ ${'wrong '.repeat(400)} }`;
    for (let n = 0; n < 4; n++) {
      const { error } = await send(instance, wrong.replace('wrong', `w${n}`), { yoga: n % 2 === 1 });
      expect(error.extensions.code).toMatch(/^(LIMIT_EXCEEDED|GRAPHQL_VALIDATION_FAILED)$/);
    }
    const beyond = await send(instance, wrong);
    expect(beyond.error.extensions.code).not.toBe('RATE_LIMITED');
    for (const yoga of [false, true]) expectLimited(await send(instance, '{ __typename }', { yoga }), 'cost');
    time.pass(60);
    expect((await send(instance, '{ __typename }')).status).toBe(200);
  });

  it('is drawn for streams as they open, and for what comes by GET', async () => {
    const instance = await limited(10, clock().now);
    const get = () => instance.overSocket('/graphql?query={__typename}');
    expect((await get()).status).toBe(200);
    expect((await get()).status).toBe(429);
    await send(instance, ten, { as: 'ada' });
    const stream = await send(instance, 'subscription { notificationAdded { kind } }', { as: 'ada' });
    expectLimited(stream, 'cost');
  });

  it('is nobody’s concern with a limit of 0', async () => {
    const instance = await limited(0);
    const answers = await Promise.all(Array.from({ length: 30 }, () => send(instance, ten)));
    expect(passed(answers)).toHaveLength(30);
    expect([...(answers[0]?.headers.keys() ?? [])].filter((name) => name.startsWith('ratelimit'))).toEqual(
      [],
    );
  });
});

describe('an address', () => {
  const from = async (instance: Instance, forwarded: string) => {
    const { status, headers } = await send(instance, '{ __typename }', { forwarded });
    return status === 200 ? Number(headers.get('ratelimit-remaining')) : status;
  };

  it('is the socket’s, whatever is said of another', async () => {
    const instance = await limited(20, clock().now);
    expect([await from(instance, '192.0.2.1'), await from(instance, '192.0.2.2')]).toEqual([1, 0]);
    expect(await from(instance, '192.0.2.3')).toBe(429);
  });

  it('is what the outermost of the trusted proxies says, and nothing before that', async () => {
    const one = await limited(20, clock().now, { TRUST_PROXY: '1' });
    expect([await from(one, '192.0.2.1'), await from(one, '192.0.2.2')]).toEqual([1, 1]);
    expect(await from(one, '198.51.100.1, 192.0.2.1')).toBe(0);
    expect(await from(one, '198.51.100.2, 192.0.2.1')).toBe(429);
    const two = await limited(20, clock().now, { TRUST_PROXY: '2' });
    expect(await from(two, '203.0.113.7, 192.0.2.1, 10.0.0.1')).toBe(1);
    expect(await from(two, '203.0.113.8, 192.0.2.1, 10.0.0.2')).toBe(0);
    expect(await from(two, '203.0.113.8, 192.0.2.2, 10.0.0.2')).toBe(1);
  });

  it('is a network of IPv6, IPv4 within it is IPv4, and what is none is the proxy’s', async () => {
    const instance = await limited(20, clock().now, { TRUST_PROXY: '1' });
    expect(await from(instance, '2001:db8:1:2:aaaa::1')).toBe(1);
    expect(await from(instance, '2001:db8:1:2:bbbb::2')).toBe(0);
    expect(await from(instance, '2001:db8:1:3::1')).toBe(1);
    expect(await from(instance, '192.0.2.1')).toBe(1);
    expect(await from(instance, '::ffff:192.0.2.1')).toBe(0);
    expect(await from(instance, 'unknown')).toBe(1);
    expect(await from(instance, '<script>')).toBe(0);
  });
});

describe('what is cheap to ask for', () => {
  const standard = 600_000;

  it.each([
    ['createMember', 200, '(input: { name: "" })'],
    ['createPost', 60, '(input: { visibility: PUBLIC, body: "" })'],
    ['requestConnection', 60, '(input: { userId: "" })'],
    ['rerollSid', 10, '(input: {})'],
  ])('%s has %d in ten minutes, aliases and fragments counted', async (name, budget, input) => {
    // A tenth of the standard, to the last one.
    const instance = await limited(standard / 10, clock().now);
    const some = (count: number) =>
      `fragment More on Mutation { ${Array.from({ length: count - 1 }, (_, i) => `a${i}: ${name}${input} { userErrors { code } }`).join(' ')} }
       mutation { ${name}${input} { userErrors { code } } ...More ...More }`;
    const most = Math.floor(budget / 10);
    const document = most > 1 ? some(most) : `mutation { ${name}${input} { userErrors { code } } }`;
    const first = await send(instance, document, { as: 'ada' });
    expect(first.errors).toEqual([]);
    for (const yoga of [false, true]) {
      const again = await send(instance, `mutation { ${name}${input} { userErrors { code } } }`, {
        as: 'ada',
        yoga,
      });
      expectLimited(again, name);
      expect(again.error.extensions.budget).toEqual({ name, max: most, seconds: 600 });
    }
    expect((await send(instance, document, { as: 'bob' })).errors).toEqual([]);
    // Nothing else is kept from anybody.
    expect((await send(instance, ten, { as: 'ada' })).status).toBe(200);
  });

  it('pictures have 120 in ten minutes, however they are sent', async () => {
    const content = await plain(8, 8).png().toBuffer();
    const base64 = content.toString('base64');
    const instance = await limited(standard / 40, clock().now);
    const mutation =
      'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { userErrors { code } } }';
    const authorization = `Bearer ${await kith.token('bob')}`;
    const byForm = async () => {
      const variables = { input: { avatar: { upload: null } } };
      const body = formOf({ query: mutation, variables }, [
        { paths: ['variables.input.avatar.upload'], content },
      ]);
      return instance.overSocket('/graphql', { method: 'POST', headers: { authorization }, body });
    };
    const input = { avatar: { base64 }, cover: { base64 } };
    expect((await send(instance, mutation, { as: 'bob', variables: { input } })).errors).toEqual([]);
    expect((await byForm()).status).toBe(200);
    const literal = `mutation { updateProfile(input: { avatar: { base64: "${base64}" } }) { userErrors { code } } }`;
    expectLimited(await send(instance, literal, { as: 'bob' }), 'uploads');
    expect((await byForm()).status).toBe(429);
    const cleared = await send(instance, mutation, { as: 'bob', variables: { input: { avatar: null } } });
    expect(cleared.errors).toEqual([]);
  });

  it('accounts have a hundred in ten minutes from one address, and none is made beyond', async () => {
    const instance = await limited(standard / 50, clock().now, { TRUST_PROXY: '1' });
    const who = '{ viewer { user { username } } }';
    const as = (name: string, forwarded: string, yoga = false) =>
      send(instance, who, { as: name, forwarded, yoga });
    const people = Array.from({ length: 6 }, (_, i) => `newcomer-${i}`);
    const came = await Promise.all(people.map((name, i) => as(name, '192.0.2.1', i % 2 === 1)));
    expect(passed(came)).toHaveLength(2);
    const late = people[came.findIndex(({ status }) => status !== 200)] ?? '';
    for (const answer of came.filter(({ status }) => status !== 200)) expectLimited(answer, 'accounts');
    const found = await kith.query('query ($by: UserBy!) { user(by: $by) { id } }', {
      variables: { by: { username: late } },
    });
    expect(found.user).toBeNull();
    expect((await as('ada', '192.0.2.1')).status).toBe(200);
    expect((await as(late, '192.0.2.2')).status).toBe(200);
  });
});

const { REDIS_URL } = process.env;
if (REDIS_URL) {
  describe('through Redis', () => {
    const redis = new URL(REDIS_URL);
    const log = (lines: string[]) => pino({ level: 'info' }, { write: (line) => void lines.push(line) });
    const env = { RATE_LIMIT_COST_PER_MINUTE: '1000', TRUST_PROXY: '1' };
    /** An address that no other run of the tests has drawn for. */
    const somewhere = () => {
      const [a, b, c] = randomUUID().split('-');
      return `2001:db8:${a?.slice(0, 4)}:${b ?? c}::1`;
    };

    it('instances share what there is: exactly as much passes', async () => {
      const lines: string[] = [];
      const two = await Promise.all(
        [1, 2].map(async () =>
          startInstance(kith, { buckets: await redisBuckets(REDIS_URL, log(lines)) }, env),
        ),
      );
      const forwarded = somewhere();
      const all = await Promise.all(
        Array.from({ length: 40 }, (_, i) => two[i % 2]).map(
          (instance, i) => instance && send(instance, ten, { forwarded, yoga: i % 3 === 0 }),
        ),
      );
      const answers = all.flatMap((answer) => answer ?? []);
      expect(passed(answers)).toHaveLength(10);
      for (const answer of answers.filter(({ status }) => status !== 200)) expectLimited(answer, 'cost');
      expect(lines).toEqual([]);
    });

    it('each instance has its own while Redis is gone, which is logged once and is no error', async () => {
      const proxy = await startProxy({ host: redis.hostname, port: Number(redis.port || 6379) });
      const through = new URL(REDIS_URL);
      through.port = String(proxy.port);
      const lines: string[] = [];
      const [instance, other] = await Promise.all([
        startInstance(kith, { buckets: await redisBuckets(through.href, log(lines)) }, env),
        startInstance(kith, { buckets: await redisBuckets(REDIS_URL, log(lines)) }, env),
      ]);
      const drain = (from: Instance, forwarded: string) =>
        Promise.all(Array.from({ length: 20 }, () => send(from, ten, { forwarded })));
      expect(passed(await drain(instance, somewhere()))).toHaveLength(10);

      proxy.mute();
      const begun = performance.now();
      const alone = await drain(instance, somewhere());
      expect(performance.now() - begun).toBeLessThan(2_000);
      expect(passed(alone)).toHaveLength(10);
      expect(alone.filter(({ status }) => status === 429)).toHaveLength(10);
      await proxy.close();
      expect(passed(await drain(instance, somewhere()))).toHaveLength(10);
      const away = lines.filter((line) => line.includes('Redis cannot be reached'));
      expect(away).toHaveLength(1);

      await proxy.open();
      await eventually(async () => lines.some((line) => line.includes('reached again')), 'Redis again');
      await eventually(async () => {
        const shared = somewhere();
        await send(instance, ten, { forwarded: shared });
        const { headers } = await send(other, '{ __typename }', { forwarded: shared });
        return headers.get('ratelimit-remaining') === '89';
      }, 'what is drawn here to be missing there');
    });
  });
}
