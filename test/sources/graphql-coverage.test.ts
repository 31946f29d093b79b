// The documents' own example payloads go in through local servers, and every field that COVERAGE.md gives a path is read
// back through GraphQL.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openSource, Sources } from '../../src/remotes/sources.ts';
import type { SourcePage, SourcePost } from '../../src/sources/records.ts';
import { plain } from '../helpers/pictures.ts';
import { documented, personPath, type SystemName, useGateway } from '../helpers/sources.ts';
import { coverageTable, places, rowsOf, systemsOfTable } from './coverage-table.ts';
import { fixture } from './fixture.ts';
import { raw } from './server.ts';

const clock = { ahead: 0 };
const gateway = useGateway({ now: () => new Date(Date.now() + clock.ahead) });

it('COVERAGE.md says where each documented field is', async () => {
  await expect(coverageTable()).toMatchFileSnapshot('./COVERAGE.md');
  for (const system of Object.keys(systemsOfTable) as SystemName[]) {
    for (const { field, record, reason } of rowsOf(system)) {
      const place = record === null ? null : places[record];
      expect(place?.graphql ?? place?.reason ?? reason, `${system} ${field}`).toBeTruthy();
    }
  }
});

const profile = `displayName bio links names { value preference { key } } fields { name entries { value preference { key } } }
  pronouns { pronouns displayText preference { key } }`;
const author = 'remote { externalId } accounts { username }';
const everything = `query ($by: AccountBy!) { user(by: { account: $by }) {
  ${profile} username realName tagline gender birthday website createdAt badges status memberTitle utcOffset
  avatar { width } cover { width } company { name role } location { name } tags { name } accounts { username }
  customPreferences { icon tooltip size muted favourite } flags { name description image { width } }
  remote { externalId stats { followers following connections posts discussions statuses polls categories likesReceived reputation } }
  members { nodes { memberName ${profile} } }
  posts(first: 50) { pageInfo { hasNextPage } nodes { body type title visibility provider isNsfw isCollapsed createdAt updatedAt
    tags { name } author { ${author} } location { name coordinates { latitude longitude } }
    remote { externalId stats { comments likes reshares followers views } }
    media { title description ... on LinkMedia { url } ... on VideoMedia { url } ... on DocumentMedia { url } }
    photos { description image { width } }
    poll { question multipleChoice isHidden isClosed expiresAt choices { text votesCount } }
    root { remote { externalId } author { ${author} } } } } } }`;

/** What lies at a path, lists on the way flattened; nothing of what is null. */
function at(value: unknown, [key, ...rest]: readonly string[]): unknown[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((item) => at(item, key === undefined ? [] : [key, ...rest]));
  if (key === undefined) return [value];
  return typeof value === 'object' ? at((value as Record<string, unknown>)[key], rest) : [];
}

/** How what the records have is written in GraphQL, where it is not the same. */
const written: Record<string, (value: unknown) => unknown> = {
  'User.username': (name) =>
    expect.stringMatching(new RegExp(`^${String(name).replace(/[^\w.-]/g, '')}@`, 'i')),
  // Whoever waits for approval there waits for nothing here.
  'User.status': (status) => (status === 'PENDING' ? 'ACTIVE' : status),
  'User.utcOffset': () => expect.any(Number),
  'User.location.name': (place) => (typeof place === 'string' ? place : expect.any(String)),
  'User.tags.name': (tag) => (typeof tag === 'string' ? tag : expect.any(String)),
  // A reshare is as its root is.
  'User.posts.nodes.isNsfw': (isNsfw) => (isNsfw ? true : undefined),
  'User.posts.nodes.visibility': (isPublic) => (isPublic ? 'PUBLIC' : undefined),
  'User.posts.nodes.body': (body) => (typeof body === 'string' ? body.trim() : expect.any(String)),
  'User.posts.nodes.author.remote.externalId': () => expect.any(String),
  'User.posts.nodes.location.name': (place) => (typeof place === 'string' ? place : expect.any(String)),
  'User.posts.nodes.poll.question': (poll) => (typeof poll === 'string' ? poll : expect.any(String)),
  'User.posts.nodes.poll.choices.text': (choice) =>
    typeof choice === 'string' ? choice : expect.any(String),
  'User.posts.nodes.root.remote.externalId': (root) => (typeof root === 'string' ? root : expect.any(String)),
  'User.posts.nodes': () => expect.anything(),
};
const isPicture = (path: string) => path.endsWith('.width');
const same = (value: unknown) => (value instanceof Date ? value.toISOString() : value);

/** Payloads whose pictures are at the server that gives them. */
function ofServer(system: SystemName, name: string): object {
  const text = JSON.stringify(fixture(name));
  const { origin } = gateway.systems[system];
  return JSON.parse(text.replace(/"https?:\/\/[^"]+\.(?:jpe?g|png|webp|gif)"/g, `"${origin}/picture.png"`));
}

/** The payload as one page, with whatever makes its posts public ones of this author. */
function page(payload: unknown, change: (post: Record<string, unknown>) => object): object[] {
  return (payload as Record<string, unknown>[]).map((post) => ({ ...post, ...change(post) }));
}

/** What each example has that GraphQL has too: the paths that were read back. */
async function readBack(
  system: SystemName,
  externalId: string = documented[system].externalId,
): Promise<Set<string>> {
  const server = gateway.systems[system];
  const png = await plain(40, 30).png().toBuffer();
  server.answers.set('/picture.png', (_request, response) =>
    raw(response, png, { 'content-type': 'image/png' }),
  );
  const { provider } = documented[system];
  const records = await recordsOf(system, externalId);
  const by = { provider, instance: server.host, externalId };
  clock.ahead += 1_000_000;
  let missing: string[] = [];
  for (let tries = 0; tries < 60; tries++) {
    const { user } = await gateway.kith.query(everything, { variables: { by } });
    const seen = new Set<string>();
    missing = [];
    for (const [record, { graphql }] of Object.entries(places)) {
      if (graphql === null) continue;
      const values = at(records, record.replaceAll('[]', '').split('.'));
      const there = at({ User: user }, graphql.split('.')).map(same);
      const write = written[graphql] ?? same;
      for (const value of values) {
        const wanted = isPicture(graphql) ? expect.any(Number) : write(value);
        if (wanted === undefined) continue;
        seen.add(record);
        try {
          expect(there, `${record} at ${graphql}`).toContainEqual(wanted);
        } catch {
          missing.push(`${record} at ${graphql}: ${JSON.stringify(same(value))} of ${JSON.stringify(there)}`);
        }
      }
    }
    if (missing.length === 0) return seen;
    // Pictures come after the answer.
    await sleep(100);
  }
  expect(missing).toEqual([]);
  return new Set();
}

/** The records that the source makes of what its server answers. */
async function recordsOf(system: SystemName, externalId: string): Promise<object> {
  const server = gateway.systems[system];
  const config = {
    all: [],
    ttl: 0,
    secret: null,
    allowPrivate: true,
    clientId: '',
    cdn: `${server.origin}/cdn`,
  };
  const sources = new Sources(config);
  const source = await openSource(await sources.client(), { system, url: server.origin, token: 'x' }, config);
  const ask = { token: null, signal: AbortSignal.timeout(20_000) };
  const SourcePerson = await source.person({ externalId }, ask);
  const members = await source.members?.(externalId, null, ask);
  const posts: SourcePage<SourcePost> | undefined = await source.posts?.(externalId, null, ask);
  await sources.close();
  const listed = members?.items.filter(({ isUnlisted }) => !isUnlisted);
  return {
    // The members in full are those that are shown.
    SourcePerson: { ...SourcePerson, members: members ? [] : (SourcePerson?.members ?? []) },
    SourceMember: listed ?? [],
    SourcePost: posts?.items.filter((post) => post.author.externalId === externalId && post.isPublic) ?? [],
    SourcePage: posts ? { items: posts.items } : {},
  };
}

const covered = new Map<SystemName, Set<string>>();
const cover = async (system: SystemName, externalId?: string) => {
  const seen = await readBack(system, externalId);
  expect(seen.size).toBeGreaterThan(5);
  covered.set(system, new Set([...(covered.get(system) ?? []), ...seen]));
};

describe('every documented field is read back through GraphQL', () => {
  it('of pronouns.cc', async () => {
    const { answers } = gateway.systems['pronouns-cc'];
    const png = await plain(40, 30).png().toBuffer();
    const user = ofServer('pronouns-cc', 'pronouns-cc/user') as {
      id: string;
      avatar: string;
      flags: { hash: string }[];
      members: { id: string; name: string }[];
    };
    answers.set(personPath['pronouns-cc'](user.id), user);
    for (const path of [
      `users/${user.id}/${user.avatar}`,
      ...user.flags.map(({ hash }) => `flags/${hash}`),
    ]) {
      answers.set(`/cdn/${path}.webp`, (_request, response) =>
        raw(response, png, { 'content-type': 'image/png' }),
      );
    }
    const member = ofServer('pronouns-cc', 'pronouns-cc/member');
    for (const { id, name } of user.members)
      answers.set(`/api/v1/members/${id}`, { ...member, id, unlisted: false, name });
    await cover('pronouns-cc');
  });

  it('of Quran Foundation', async () => {
    const { answers } = gateway.systems['quran-foundation'];
    const user = ofServer('quran-foundation', 'quran-foundation/user') as { id: string };
    answers.set(personPath['quran-foundation'](user.id), user);
    await cover('quran-foundation');
  });

  it.each([
    ['101', 'user', 'feed'],
    ['102', 'user-2021', 'feed-2020'],
    ['103', 'user-2020', 'feed-2020'],
  ])('of SelfCommunity: %s, %s', async (id, person, feedName) => {
    const { answers } = gateway.systems.selfcommunity;
    // Who is blocked there is not found here.
    // Of a community of friends, the one; the other is told by servers of today.
    const counters = { connections_counter: 5, statuses_counter: 6 };
    const user = { ...ofServer('selfcommunity', `selfcommunity/${person}`), status: 'a', ...counters };
    const feed = ofServer('selfcommunity', `selfcommunity/${feedName}`) as { results: object[] };
    const serve = (own: string, units: object[], idOf: (post: string) => string) => {
      const author = { ...user, id: own, username: `ada-${own}` };
      answers.set(personPath.selfcommunity(own), author);
      const results = units.map((unit) => openTo(unit, author, idOf));
      answers.set(`/api/v2/user/${own}/feed/`, {
        count: results.length,
        next: null,
        previous: null,
        results,
      });
    };
    // Of somebody else, what one of them passes on.
    if (person === 'user') {
      serve(`${id}0`, feed.results.slice(0, 1), () => '30');
      await cover('selfcommunity', `${id}0`);
    }
    serve(id, feed.results, (post) => `${id}${post}`);
    await cover('selfcommunity', id);
  });

  it.each(['GET /users/:guid/posts', 'full-post', 'oembed-post'])('of diaspora*: %s', async (name) => {
    const { answers } = gateway.systems.diaspora;
    const guid = `guid-of-${name.replace(/\W/g, '')}-0000000000`;
    const user = {
      ...ofServer('diaspora', 'diaspora/person'),
      guid,
      diaspora_id: `alice${name.length}@example.com`,
    };
    answers.set(personPath.diaspora(guid), user);
    const payload = name.startsWith('GET')
      ? ofServer('diaspora', 'diaspora/posts')
      : [ofServer('diaspora', `diaspora/${name}`)];
    const own = { guid, diaspora_id: user.diaspora_id, name: 'Alice' };
    const posts = page(payload, (post) => ({
      author: own,
      public: true,
      guid: `${post.guid}${name.length}`,
    }));
    answers.set(`${personPath.diaspora(guid)}/posts`, posts);
    await cover('diaspora', guid);
  });

  it('of diaspora*: a reshare, once what it passes on is here', async () => {
    const { answers } = gateway.systems.diaspora;
    const reshare = ofServer('diaspora', 'diaspora/reshare') as {
      author: { guid: string };
      root: { guid: string; author: { guid: string; diaspora_id: string } };
    };
    const root = { ...ofServer('diaspora', 'diaspora/full-post'), ...reshare.root, public: true };
    const person = ofServer('diaspora', 'diaspora/person');
    for (const [author, post] of [
      [root.author, root],
      [reshare.author, reshare],
    ] as const) {
      answers.set(personPath.diaspora(author.guid), { ...person, ...author, avatar: null });
      answers.set(`${personPath.diaspora(author.guid)}/posts`, [post]);
      await cover('diaspora', author.guid);
    }
  });

  it('and nothing that has a path was in none of the examples', () => {
    for (const system of Object.keys(systemsOfTable) as SystemName[]) {
      const wanted = rowsOf(system).flatMap(({ record }) =>
        record !== null && places[record]?.graphql ? [record] : [],
      );
      // The members in short are the same as those in full, and a photo of a list is that of a post. When somebody
      // came to pronouns.cc, and their time zone, are told to themself only.
      const missing = [...new Set(wanted)].filter(
        (record) =>
          !covered.get(system)?.has(record) &&
          !/^Source(Photo|Page)\.|^SourcePerson\.members/.test(record) &&
          (system !== 'pronouns-cc' || !/^SourcePerson\.(createdAt|timezone)$/.test(record)),
      );
      expect(missing, system).toEqual([]);
    }
  });
});

const open = { addressing: [], recipients: [], group: null, event: null };

/** A unit of a feed as somebody's own, for everybody. */
function openTo(unit: object, author: object, idOf: (post: string) => string): object {
  const told = unit as Record<string, unknown>;
  const kind = String(told.type);
  const own = (post: object) => ({ ...post, ...open, author, id: idOf(String('id' in post && post.id)) });
  const contribution = told[kind];
  return typeof contribution === 'object' && contribution !== null
    ? { ...unit, [kind]: own(contribution) }
    : own(unit);
}
