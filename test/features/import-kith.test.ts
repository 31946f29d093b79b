// Archives that anybody may have made: what harms is refused, what the API would not take is left, and it is said why.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { users } from '../../src/features/users/table.ts';
import { useTestApp } from '../helpers/app.ts';
import { importArchive, jsonByKind, takeExport } from '../helpers/archives.ts';
import { temporaryFolder } from '../helpers/process.ts';

const kith = useTestApp();
let made = 0;

type Content = string | Buffer | object;

/** A ZIP with these files besides those that every archive has. */
async function zipOf(given: Record<string, Content>): Promise<Buffer> {
  const zip = new ZipFile();
  const files = {
    'kith.json': { version: 1, username: `mover-${++made}` },
    'profile.json': {},
    'settings.json': {},
    ...given,
  };
  for (const [name, content] of Object.entries(files)) {
    const plain = typeof content === 'string' || Buffer.isBuffer(content);
    zip.addBuffer(Buffer.from(plain ? content : JSON.stringify(content)), name);
  }
  zip.end();
  return buffer(Readable.from(zip.outputStream));
}

function written(content: Buffer): string {
  const file = join(temporaryFolder(), 'archive.zip');
  writeFileSync(file, content);
  return file;
}

const importOf = async (files: Record<string, Content>, options: Parameters<typeof importArchive>[2] = {}) =>
  importArchive(kith, written(await zipOf(files)), options);

const id = (n: number) => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const createdAt = '2024-05-01T12:00:00.000Z';
const post = (n: number, more: object = {}) => ({
  ...{ id: id(n), type: 'STATUS', visibility: 'PUBLIC', room: null, aspects: [], root: null, title: null },
  ...{
    slug: `post-${n}`,
    body: `Number ${n}.`,
    isNsfw: false,
    categories: [],
    tags: [],
    media: [],
    poll: null,
  },
  ...{ location: null, provider: null, createdAt, updatedAt: createdAt },
  counts: { likes: 3, comments: 0, reshares: 0 },
  ...more,
});
const postsOf = async (username: string) => {
  const document = '{ viewer { user { posts(first: 50) { nodes { body html slug createdAt } } } } }';
  return (await kith.query(document, { as: username })).viewer.user.posts.nodes;
};

describe('an archive that is none', () => {
  const refused = async (content: Buffer, message: RegExp) => {
    const before = await kith.database.db.$count(users);
    await expect(importArchive(kith, written(content))).rejects.toThrow(message);
    expect(await kith.database.db.$count(users)).toBe(before);
  };

  it('no ZIP, half of one, or one without what an archive has', async () => {
    const whole = await zipOf({});
    await refused(Buffer.from('no zip at all, however long it may be'), /^The archive cannot be read/);
    await refused(whole.subarray(0, whole.length - 30), /^The archive cannot be read/);
    await refused(await zipOf({ 'kith.json': 'null' }), /another version, or none/);
    await refused(await zipOf({ 'kith.json': { version: 2, username: 'ada' } }), /another version, or none/);
    await refused(await zipOf({ 'profile.json': '{"bio":' }), /^profile.json is no JSON/);
    const empty = new ZipFile();
    empty.end();
    await refused(await buffer(Readable.from(empty.outputStream)), /has no kith.json/);
  });

  it('a file that would be written elsewhere', async () => {
    // The writer makes none such: the name is changed in both places that it is in.
    const zip = await zipOf({ 'xxxxxx.json': '[]' });
    await refused(
      Buffer.from(zip.toString('latin1').replaceAll('xxxxxx.json', '../xxx.json'), 'latin1'),
      /relative path/,
    );
  });

  it('a bomb: one that says how large it is, and one that does not', async () => {
    const bomb = Buffer.alloc(65 * 1024 * 1024, ' ');
    const zip = await zipOf({ 'kith.json': bomb });
    expect(zip.length).toBeLessThan(100_000);
    await refused(zip, /^kith.json has 68157440 bytes: more than/);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(bomb.length);
    const small = Buffer.from([16, 0, 0, 0]);
    const lying = zip.toString('latin1').replaceAll(size.toString('latin1'), small.toString('latin1'));
    await refused(Buffer.from(lying, 'latin1'), /^kith.json cannot be read: too many bytes/);
  });

  it.each([
    ['no list', '{}', /^posts.json is no list/],
    ['no JSON', '[{"a": nope}]', /^posts.json is no JSON/],
    ['a list of lists', '[[]]', /^posts.json is no list of objects/],
    ['an end that is none', '[{}', /^posts.json ends before/],
    ['something behind the end', '[{}] x', /^posts.json is no list/],
    ['a comma too many', '[{},]', /^posts.json is no list/],
    [
      'an entry without end',
      `[{"a":"${'x'.repeat(5 * 1024 * 1024)}"}]`,
      /^posts.json has an entry that is too long/,
    ],
  ])('a list that is %s', async (_name, content, message) => {
    await expect(importOf({ 'posts.json': content })).rejects.toThrow(message);
  });

  it('a username that cannot be had', async () => {
    for (const username of ['admin', 'a', 'no spaces', 'x'.repeat(41), '../../etc'])
      await refused(await zipOf({ 'kith.json': { version: 1, username } }), /--user/);
  });
});

describe('what an archive says', () => {
  it('is checked as the API checks it: what it would refuse is left, and it is said why', async () => {
    const lines = await importOf(
      {
        'posts.json': [
          post(1),
          post(2, { body: 'x'.repeat(65_536) }),
          post(3, { createdAt: '2999-01-01T00:00:00.000Z' }),
          post(4, { visibility: 'SECRET' }),
          post(5, { visibility: 'ROOM', room: { id: id(99) } }),
          post(6, { visibility: 'ASPECTS' }),
          post(7, { body: '' }),
          post(8, { type: 'POLL' }),
          post(9, { slug: '../up', body: 'Slug <script>alert(1)</script> ![x](https://x.example/y.png)' }),
          post(10, { id: "'; DROP TABLE users; --" }),
          { a: 1 },
        ],
        'profile.json': {
          bio: 'x'.repeat(1_001),
          tagline: 'Fine.',
          website: 'javascript:alert(1)',
          names: [{ value: 'A', preference: '0e8fd5a2-2f2b-4b1b-8f0a-3b7d7c1f9a10' }],
          avatar: '../../secret.webp',
          isAdmin: true,
          badges: ['ADMIN'],
        },
        'members.json': [{ id: id(1), name: 'a/b', avatar: null, flags: [], createdAt }],
        'aspects.json': [{ id: id(1), name: 'x'.repeat(21), createdAt }],
        'accounts.json': [{ provider: 'DIASPORA', instance: 'https://pod.example', externalId: 'someone' }],
      },
      { user: 'checked' },
    );
    expect(lines).toContain('  2 posts');
    expect(lines).toContain('  1 profile parts');
    expect(lines.join('\n')).toContain('1 posts: body: At most 65535 characters.');
    expect(lines.join('\n')).toContain('1 accounts elsewhere: to be linked again here');
    const posts = await postsOf('checked');
    expect(posts.map(({ slug }: { slug: string }) => slug).sort()).toEqual([
      'post-1',
      expect.stringMatching(/^slug-/),
    ]);
    expect(posts.map(({ html }: { html: string }) => html).join('')).not.toMatch(/<script|<img/);
    const { viewer } = await kith.query(
      '{ viewer { isAdmin user { tagline bio website names { value } avatar { url } badges } accounts { provider } } }',
      { as: 'checked' },
    );
    expect(viewer.user).toEqual({
      tagline: 'Fine.',
      bio: null,
      website: null,
      names: [],
      avatar: null,
      badges: [],
    });
    expect(viewer.accounts.map(({ provider }: { provider: string }) => provider)).toEqual(['OIDC']);
  });

  it('takes no picture that the API would not', async () => {
    const flags = [1, 2, 3].map((n) => ({
      ...{ id: id(n), name: `Flag ${n}`, description: null, image: `pictures/flags/${n}.webp`, createdAt },
    }));
    const lines = await importOf({
      'flags.json': flags,
      'pictures/flags/1.webp': 'no picture',
      'pictures/flags/2.webp': Buffer.alloc(9 * 1024 * 1024),
    });
    expect(lines).toContain('  3 flags: its picture cannot be had');
    expect(lines.some((line) => /1 pictures: This is no PNG/.test(line))).toBe(true);
    expect(lines).toContain('  1 pictures: cannot be read');
    expect(lines).toContain('  1 pictures: not in the archive');
  });

  it('makes nobody else do anything', async () => {
    const bob = await kith.idOf('bob');
    await kith.mutate('createPost', { visibility: 'CONNECTIONS', body: 'For mine.' }, 'bob');
    const user = { username: 'bob', account: null };
    const lines = await importOf(
      {
        'followers.json': [{ user, followedAt: createdAt }],
        'connections.json': [{ user, connectedAt: createdAt }],
        'requests.json': [{ user, direction: 'RECEIVED', requestedAt: createdAt }],
        'comments.json': [{ id: id(1), post: null, body: 'x', createdAt }],
      },
      { user: 'pusher' },
    );
    expect(lines).toContain('  1 followers: for others to bring along, or --with-others');
    const document =
      'query ($id: ID!) { user(by: { id: $id }) { relationship { connectionState followedBy } posts { totalCount } } }';
    const variables = { id: bob };
    expect((await kith.query(document, { as: 'pusher', variables })).user).toEqual({
      relationship: { connectionState: 'REQUESTED', followedBy: false },
      posts: { totalCount: 0 },
    });
  });
});

describe('an import that is run again', () => {
  it('goes on where it broke off, and brings nothing twice, nor what was deleted here since', async () => {
    const posts = [post(1), post(2)];
    const options = { user: 'again' };
    await expect(importOf({ 'posts.json': posts, 'comments.json': '[{' }, options)).rejects.toThrow(
      /comments/,
    );
    expect(await postsOf('again')).toHaveLength(2);
    const [first] = await kith
      .query('{ viewer { user { posts { nodes { id } } } } }', { as: 'again' })
      .then(({ viewer }) => viewer.user.posts.nodes);
    expect((await kith.mutate('deletePost', { postId: first.id }, 'again')).userErrors).toEqual([]);
    expect(await importOf({ 'posts.json': [...posts, post(3)] }, options)).toEqual(['Taken:', '  1 posts']);
    expect(await postsOf('again')).toHaveLength(2);
    // The same things are another's where another brings them.
    expect(await importOf({ 'posts.json': posts }, { user: 'someone-else' })).toContain('  2 posts');
  });

  it('leaves what is given here already as it is', async () => {
    await kith.mutate('updateProfile', { tagline: 'Of here.' }, 'settled');
    const files = { 'profile.json': { tagline: 'Of there.', gender: 'some' } };
    const lines = await importOf(files, { user: 'settled' });
    expect(lines).toEqual([
      'Taken:',
      '  1 profile parts',
      'Left:',
      '  1 profile: tagline: given here already',
    ]);
    expect(jsonByKind(await takeExport(kith, 'settled'))['profile.json']).toMatchObject({
      tagline: 'Of here.',
      gender: 'some',
    });
  });

  it('goes into nobody’s account because it says so: only into one that whoever takes it in names', async () => {
    await kith.idOf('named');
    const files = await takeExport(kith, 'named');
    await expect(importOf(Object.fromEntries(files), {})).rejects.toThrow(
      'There is an account named here already',
    );
  });

  it('into the Kith that it is of, everything is there', async () => {
    await kith.mutate('createPost', { visibility: 'PUBLIC', body: 'Home.' }, 'homer');
    const files = await takeExport(kith, 'homer');
    expect(await importOf(Object.fromEntries(files), { user: 'homer' })).toEqual(['Taken:', '  nothing']);
  });

  it('more posts of one millisecond than are read at once come in one order, each once', async () => {
    const posts = Array.from({ length: 120 }, (_, n) => post(n + 1));
    expect(await importOf({ 'posts.json': posts.toReversed() }, { user: 'many' })).toContain('  120 posts');
    const { 'posts.json': listed } = jsonByKind(await takeExport(kith, 'many'));
    expect(listed).toMatchObject(posts.map((one) => ({ id: one.id, body: one.body, slug: one.slug })));
  });

  it('keeps counters exact, and what others had done apart from them', async () => {
    await importOf({ 'posts.json': [post(1), post(2, { visibility: 'FOLLOWERS' })] }, { user: 'counted' });
    const [stats] = await kith.database.db
      .select({ posts: sql<number>`s.posts`, likes: sql<number>`s.likes_received` })
      .from(users)
      .innerJoin(sql`user_stats s`, sql`s.user_id = ${users.id}`)
      .where(sql`${users.usernameKey} = 'counted'`);
    expect(stats).toEqual({ posts: 1, likes: 0 });
    const { 'posts.json': posts } = jsonByKind(await takeExport(kith, 'counted'));
    expect(posts).toMatchObject([
      { id: id(1), counts: { likes: 3 } },
      { id: id(2), counts: { likes: 3 } },
    ]);
  });
});
