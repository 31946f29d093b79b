// What comes along with people who live in other systems: posts, photos, members, flags and pictures.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { plain } from '../helpers/pictures.ts';
import { documented, personPath, useGateway } from '../helpers/sources.ts';
import { fixture } from '../sources/fixture.ts';
import { json, raw } from '../sources/server.ts';

const clock = { ahead: 0 };
const gateway = useGateway({ now: () => new Date(Date.now() + clock.ahead) });
const ttl = 900_000;

interface Pod {
  by: { provider: string; instance: string; externalId: string };
  posts: object[];
  asked: () => string[];
}

let count = 0;
/** Somebody of the pod, with so many posts that the pod gives in pages of this size, by Link headers. */
function person(postCount: number, pageSize = 10, post: (n: number) => object = () => ({})): Pod {
  const { diaspora } = gateway.systems;
  const guid = `person${String(++count).padStart(26, '0')}`;
  const author = { guid, diaspora_id: `p${count}@pod.example`, name: `P ${count}` };
  diaspora.answers.set(personPath.diaspora(guid), {
    ...(fixture('diaspora/person') as object),
    ...author,
    avatar: null,
  });
  const posts = Array.from({ length: postCount }, (_, n) => ({
    ...(fixture('diaspora/posts') as object[])[0],
    guid: `post${guid.slice(-8)}${String(n).padStart(20, '0')}`,
    created_at: new Date(Date.UTC(2020, 0, 1) - n * 60_000).toISOString(),
    body: `Post ${n}`,
    author,
    ...post(n),
  }));
  const path = `${personPath.diaspora(guid)}/posts`;
  diaspora.answers.set(path, (request, response) => {
    const url = new URL(request.url ?? '', diaspora.origin);
    const from = Number(url.searchParams.get('before') ?? 0);
    const to = from + pageSize;
    url.searchParams.set('before', String(to));
    json(response, posts.slice(from, to), to < posts.length ? { link: `<${url.href}>; rel="next"` } : {});
  });
  return {
    by: { provider: 'DIASPORA', instance: diaspora.host, externalId: guid },
    posts,
    asked: () => diaspora.asked().filter((url) => url.startsWith(path)),
  };
}

/** A documented post, without its author. */
function own(name: string): object {
  const { author: _, ...post } = fixture(name) as { author: unknown };
  return post;
}

const postsOf = (by: object, args: string, fields = 'body') =>
  gateway.kith
    .query(
      `query ($by: AccountBy!) { user(by: { account: $by }) { id posts${args} {
        totalCount nodes { ${fields} } pageInfo { hasNextPage endCursor } } } }`,
      { variables: { by } },
    )
    .then((data) => data.user.posts);

async function eventually<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const value = await read();
    if (holds(value) || tries === 100) return value;
    await sleep(50);
  }
}

describe('posts of somebody who lives elsewhere', () => {
  it('come along a page at a time, when they are asked for: joined they are the whole list', async () => {
    const { by, asked } = person(35);
    await gateway.kith.query('query ($by: AccountBy!) { user(by: { account: $by }) { id } }', {
      variables: { by },
    });
    expect(asked()).toHaveLength(0);
    const seen: string[] = [];
    let after: string | null = null;
    for (;;) {
      const page: { nodes: { body: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } =
        await postsOf(by, `(first: 7${after ? `, after: "${after}"` : ''})`);
      seen.push(...page.nodes.map(({ body }) => body));
      if (!page.pageInfo.hasNextPage) break;
      expect(page.nodes).toHaveLength(7);
      after = page.pageInfo.endCursor;
    }
    expect(seen).toEqual(Array.from({ length: 35 }, (_, n) => `Post ${n}`));
    expect(asked()).toHaveLength(4);
    // And are here from then on.
    expect((await postsOf(by, '(first: 100)')).nodes).toHaveLength(35);
    expect(asked()).toHaveLength(4);
  });

  it('are read anew when the time is up: what is new has come, what has changed is changed, the rest stays', async () => {
    const { by, posts, asked } = person(12);
    const before = await postsOf(by, '(first: 20)', 'id body');
    expect(before.nodes).toHaveLength(12);
    Object.assign(posts[1] ?? {}, { body: 'Changed' });
    posts.unshift({
      ...posts[0],
      guid: 'brandnewpost0000000000000000',
      body: 'New',
      created_at: '2020-01-02T00:00:00.000Z',
    });
    expect((await postsOf(by, '(first: 20)')).nodes).toHaveLength(12);
    clock.ahead += ttl + 1_000;
    const { nodes } = await postsOf(by, '(first: 20)', 'id body');
    expect(nodes.map(({ body }: { body: string }) => body).slice(0, 3)).toEqual(['New', 'Post 0', 'Changed']);
    expect(nodes.slice(1).map(({ id }: { id: string }) => id)).toEqual(
      before.nodes.map(({ id }: { id: string }) => id),
    );
    expect(asked()).toHaveLength(3);
  });

  it('are what the source says of them, and no more than it shows to everybody', async () => {
    const { by } = person(
      4,
      10,
      (n) =>
        [
          {},
          { public: false, body: 'for some' },
          { author: { guid: 'somebodyelse0000000000', diaspora_id: 'else@pod.example', name: 'E' } },
          { ...own('diaspora/full-post'), guid: 'fullpost000000000000000000', public: true, photos: [] },
        ][n] ?? {},
    );
    const { nodes } = await postsOf(
      by,
      '(first: 10)',
      `type body html visibility isNsfw provider location { name coordinates { latitude } } createdAt
       poll { question votersCount choices { text votesCount } } counters { likes }
       remote { provider externalId stats { likes comments reshares } }`,
    );
    expect(JSON.stringify(nodes)).not.toContain('for some');
    expect(nodes).toHaveLength(2);
    const full = nodes.find((post: { poll: object | null }) => post.poll);
    expect(full).toMatchObject({
      type: 'POLL',
      visibility: 'PUBLIC',
      counters: { likes: 0 },
      remote: { provider: 'DIASPORA', externalId: 'fullpost000000000000000000' },
    });
    expect(full.remote.stats.likes).toBeGreaterThan(0);
    expect(full.poll.choices.length).toBeGreaterThan(1);
  });

  it('raise no notification, and are in the feed of who follows them', async () => {
    const { kith } = gateway;
    const { by } = person(3);
    await kith.idOf('reader');
    const { user } = await kith.query(
      'query ($by: AccountBy!) { user(by: { account: $by }) { id posts { nodes { id } } } }',
      { variables: { by } },
    );
    await kith.mutate('followUser', { userId: user.id }, 'reader');
    const { viewer } = await kith.query('{ viewer { feed { nodes { id } } notifications { totalCount } } }', {
      as: 'reader',
    });
    expect(viewer.feed.nodes).toEqual(user.posts.nodes);
    expect(viewer.notifications.totalCount).toBe(0);
  });

  it('are shown as they were while the source is down', async () => {
    const { by } = person(2);
    expect((await postsOf(by, '')).nodes).toHaveLength(2);
    const path = `${personPath.diaspora(by.externalId)}/posts`;
    gateway.systems.diaspora.answers.set(path, (_request, response) => void response.writeHead(501).end());
    clock.ahead += ttl + 1_000;
    expect((await postsOf(by, '')).nodes).toHaveLength(2);
  });

  it('20 who ask at once make one call a page, and no post twice', async () => {
    const { by, asked } = person(15);
    const answers = await Promise.all(Array.from({ length: 20 }, () => postsOf(by, '(first: 15)')));
    for (const { nodes } of answers) expect(nodes).toHaveLength(15);
    expect(asked()).toHaveLength(2);
    expect((await postsOf(by, '(first: 0)')).totalCount).toBe(15);
  });

  it('photos come after the answer, through the same pipeline as uploads', async () => {
    const { diaspora } = gateway.systems;
    const png = await plain(900, 300).png().toBuffer();
    diaspora.answers.set('/photo.png', (_request, response) =>
      raw(response, png, { 'content-type': 'image/png' }),
    );
    diaspora.answers.set('/evil.png', (_request, response) =>
      raw(response, '<svg onload="alert(1)"/>', { 'content-type': 'image/png' }),
    );
    const sizes = (name: string) => ({
      sizes: { raw: `${diaspora.origin}${name}` },
      dimensions: { width: 9, height: 3 },
    });
    const { by } = person(1, 10, () => ({ photos: [sizes('/evil.png'), sizes('/photo.png')] }));
    const read = () =>
      gateway.kith.query(
        `query ($by: AccountBy!) { user(by: { account: $by }) { photos { nodes { position image { width url } } }
          posts { nodes { mediaType photos { position } } } stats { photos } } }`,
        { variables: { by } },
      );
    const { user } = await eventually(read, (data) => data.user.photos.nodes.length > 0);
    expect(user.photos.nodes).toEqual([
      { position: 1, image: { width: 900, url: expect.stringMatching(/\.webp$/) } },
    ]);
    expect(user.posts.nodes).toEqual([{ mediaType: 'IMAGES', photos: [{ position: 1 }] }]);
    expect(user.stats.photos).toBe(1);
  });
});

describe('pronouns.cc', () => {
  const by = { provider: 'PRONOUNS_CC', externalId: documented['pronouns-cc'].externalId };

  it('members come along, those of the first page in full; flags and avatars after the answer', async () => {
    const { answers } = gateway.systems['pronouns-cc'];
    const picture = await plain(60, 40).png().toBuffer();
    const user = fixture('pronouns-cc/user') as {
      id: string;
      avatar: string;
      flags: { hash: string }[];
      members: { id: string }[];
    };
    for (const path of [
      `users/${user.id}/${user.avatar}`,
      ...user.flags.map(({ hash }) => `flags/${hash}`),
    ]) {
      answers.set(`/cdn/${path}.webp`, (_request, response) =>
        raw(response, picture, { 'content-type': 'image/png' }),
      );
    }
    for (const { id } of user.members) {
      answers.set(`/api/v1/members/${id}`, {
        ...(fixture('pronouns-cc/member') as object),
        id,
        unlisted: false,
        name: `In full ${id}`,
      });
    }
    const read = () =>
      gateway.kith.query(
        `query ($by: AccountBy!) { user(by: { account: $by }) { avatar { width } flags { name image { height } }
          members { totalCount nodes { memberName fields { name } pronouns { pronouns } } } } }`,
        { variables: { by } },
      );
    const first = (await read()).user;
    expect(first.members.totalCount).toBe(2);
    expect(first.members.nodes.map(({ memberName }: { memberName: string }) => memberName)).toEqual([
      'Rook',
      'Wren',
    ]);
    expect(first.members.nodes[0].fields.length).toBeGreaterThan(0);
    const { user: later } = await eventually(
      read,
      (data) => data.user.flags.length === 2 && data.user.avatar !== null,
    );
    expect(later.avatar).toEqual({ width: 60 });
    expect(later.flags.map(({ image }: { image: object }) => image)).toEqual([
      { height: 40 },
      { height: 40 },
    ]);
  });
});
