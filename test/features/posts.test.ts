import { describe, expect, it } from 'vitest';
import { newId } from '../../src/db/uuid.ts';
import { addCategory } from '../../src/features/categories/operator-store.ts';
import { useTestApp } from '../helpers/app.ts';

const kith = useTestApp();
const fields = `id type title slug body html summary visibility isNsfw mediaType tags { name } mentions { username }
  media { __typename position ... on LinkMedia { url } } photos { id image { url width } } location { name }
  counters { comments likes reshares followers views score } author { username } root { id } aspects { name } room { slug }`;

it('a post comes back as it was written', async () => {
  const bob = await kith.idOf('bob');
  await kith.idOf('ada');
  const { post, userErrors } = await kith.mutate(
    'createPost',
    {
      visibility: 'PUBLIC',
      body: '# Hello\n\nDear @bob, #Trains are *fine*',
      links: ['https://a.example/b.pdf'],
    },
    'ada',
    `post { ${fields} }`,
  );
  expect(userErrors).toEqual([]);
  expect(post).toMatchObject({
    type: 'STATUS',
    title: 'Hello',
    slug: 'hello',
    html: `<h1>Hello</h1>\n<p>Dear <a class="mention" href="/@bob" data-user-id="${bob}">@bob</a>, #Trains are <em>fine</em></p>`,
    tags: [{ name: 'trains' }],
    mentions: [{ username: 'bob' }],
    mediaType: 'DOCUMENTS',
    author: { username: 'ada' },
  });
  const { user } = await kith.query(
    `{ user(by: { username: "ada" }) { stats { posts statuses } posts { totalCount nodes { ${fields} } } } }`,
  );
  expect(user).toEqual({ stats: { posts: 1, statuses: 1 }, posts: { totalCount: 1, nodes: [post] } });
  const found = await kith.query(`{ post(by: { slug: { username: "Ada", slug: "hello" } }) { ${fields} } }`);
  expect(found.post).toEqual(post);
  const reshared = await kith.mutate(
    'resharePost',
    { postId: post.id },
    'bob',
    `post { ${fields} } root { counters { reshares } }`,
  );
  expect(reshared).toMatchObject({
    userErrors: [],
    root: { counters: { reshares: 1 } },
    post: { type: 'RESHARE', title: 'A post from bob', root: { id: post.id } },
  });
  const changed = await kith.mutate(
    'updatePost',
    { postId: post.id, body: 'No more #nsfw' },
    'ada',
    `post { ${fields} }`,
  );
  expect(changed).toMatchObject({
    userErrors: [],
    post: { title: 'No more #nsfw', slug: 'hello', isNsfw: true, mentions: [] },
  });
  const deleted = await kith.mutate('deletePost', { postId: post.id }, 'ada', 'deletedPostId');
  expect(deleted).toEqual({ deletedPostId: post.id, userErrors: [] });
});

const post = (input: object, as: string, selection = `post { ${fields} }`) =>
  kith.mutate('createPost', { visibility: 'PUBLIC', ...input }, as, selection);
const png =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('what a post may not be', () => {
  it.each([
    ['nothing', {}, 'TOO_SHORT', ['body']],
    ['white space', { body: ' \n ' }, 'TOO_SHORT', ['body']],
    ['links alone', { links: ['https://a.example'] }, 'TOO_SHORT', ['body']],
    ['too long', { body: 'a'.repeat(65_536) }, 'TOO_LONG', ['body']],
    ['a discussion without a title', { type: 'DISCUSSION', body: 'a' }, 'TOO_SHORT', ['title']],
    ['a status with a title', { type: 'STATUS', title: 'a', body: 'a' }, 'INVALID', ['title']],
    ['a title that is too long', { title: 'a'.repeat(256), body: 'a' }, 'TOO_LONG', ['title']],
    ['a poll without one', { type: 'POLL', body: 'a' }, 'INVALID', ['poll']],
    ['a reshare', { type: 'RESHARE', body: 'a' }, 'INVALID', ['type']],
    ['for aspects, none named', { visibility: 'ASPECTS', body: 'a' }, 'TOO_SHORT', ['aspectIds']],
    [
      'for an aspect that there is none of',
      { visibility: 'ASPECTS', aspectIds: ['x'], body: 'a' },
      'NOT_FOUND',
      ['aspectIds', '0'],
    ],
    ['public, with aspects', { aspectIds: ['x'], body: 'a' }, 'INVALID', ['aspectIds']],
    ['for a room, none named', { visibility: 'ROOM', body: 'a' }, 'INVALID', ['roomId']],
    ['public, in a room', { roomId: 'x', body: 'a' }, 'INVALID', ['roomId']],
    [
      'in a room that there is none of',
      { visibility: 'ROOM', roomId: 'x', body: 'a' },
      'NOT_FOUND',
      ['roomId'],
    ],
    ['in an unknown category', { categories: ['nothing'], body: 'a' }, 'INVALID', ['categories', '0']],
    ['with a bad tag', { tags: ['good', 'not good'], body: 'a' }, 'INVALID', ['tags', '1']],
    ['with a bad link', { links: ['javascript:alert(1)'], body: 'a' }, 'INVALID', ['links', '0']],
    [
      'with a place that is none',
      { location: { coordinates: { latitude: 91, longitude: 0 } }, body: 'a' },
      'INVALID',
      ['location', 'coordinates', 'latitude'],
    ],
    [
      'with a poll of one choice',
      { poll: { question: 'a', choices: ['a'] } },
      'TOO_SHORT',
      ['poll', 'choices'],
    ],
    [
      'with what is no picture',
      { photos: [{ image: { base64: 'data:image/png;base64,AAAA' } }] },
      'UNSUPPORTED_IMAGE',
      ['photos', '0', 'image', 'base64'],
    ],
    ['with 21 photos', { photos: Array(21).fill({ image: { base64: png } }) }, 'TOO_MANY', ['photos']],
  ])('%s', async (_what, input, code, path) => {
    const { posts: before } = (
      await kith.query('{ user(by: { username: "erin" }) { posts { totalCount } } }', { as: 'erin' })
    ).user ?? { posts: { totalCount: 0 } };
    const { post: made, userErrors } = await post(input, 'erin');
    expect(made).toBe(null);
    expect(userErrors).toEqual([{ code, path, message: expect.any(String) }]);
    const { user } = await kith.query('{ user(by: { username: "erin" }) { posts { totalCount } } }', {
      as: 'erin',
    });
    expect(user.posts).toEqual(before);
  });
});

it('photos of a post that is not public have URLs that only work as they are', async () => {
  const photos = [{ image: { base64: png }, description: 'A dot' }];
  const selection =
    'post { mediaType title slug photos { id image { alt width url(size: LARGE) } post { id } author { username } } }';
  const shown = (await post({ photos }, 'fay', selection)).post;
  expect(shown).toMatchObject({
    mediaType: 'IMAGES',
    title: 'A post from fay',
    slug: 'post',
    photos: [{ image: { alt: 'A dot', width: 1 } }],
  });
  expect(shown.photos[0].image.url).not.toContain('?');
  const hidden = (await post({ photos, visibility: 'FOLLOWERS' }, 'fay', selection)).post;
  const url = new URL(hidden.photos[0].image.url);
  expect([...url.searchParams.keys()]).toEqual(['expires', 'signature']);
  expect((await kith.fetch(url.pathname + url.search)).status).toBe(200);
  expect((await kith.fetch(url.pathname)).status).toBe(403);
  const { user } = await kith.query(
    '{ user(by: { username: "fay" }) { stats { photos } photos { totalCount nodes { id } } } }',
  );
  expect(user).toEqual({
    stats: { photos: 1 },
    photos: { totalCount: 1, nodes: [{ id: shown.photos[0].id }] },
  });
});

it('who may post in a room: everybody in a group, who runs a page', async () => {
  const room = async (kind: string, slug: string) => {
    const { room: made } = await kith.mutate('createRoom', { kind, name: slug, slug }, 'gus', 'room { id }');
    await kith.mutate('joinRoom', { roomId: made.id }, 'hal');
    return made.id;
  };
  const codes = async (roomId: string, as: string) =>
    (await post({ visibility: 'ROOM', roomId, body: 'Hello' }, as)).userErrors.map(
      ({ code }: { code: string }) => code,
    );
  const [group, page] = [await room('GROUP', 'a-group'), await room('PAGE', 'a-page')];
  expect(await codes(group, 'gus')).toEqual([]);
  expect(await codes(group, 'hal')).toEqual([]);
  expect(await codes(group, 'ian')).toEqual(['FORBIDDEN']);
  expect(await codes(page, 'gus')).toEqual([]);
  expect(await codes(page, 'hal')).toEqual(['FORBIDDEN']);
});

it('what an edit changes, and what it leaves', async () => {
  await addCategory(kith.database.db, { id: newId(new Date()), name: 'Gardening', slug: 'gardening' });
  const { post: made } = await post(
    { title: 'Roses', body: 'First #one', tags: ['given'], categories: ['GARDENING'] },
    'jo',
    'post { id type slug tags { name } categories { slug } updatedAt createdAt }',
  );
  expect(made).toMatchObject({
    type: 'DISCUSSION',
    slug: 'roses',
    tags: [{ name: 'given' }, { name: 'one' }],
    categories: [{ slug: 'gardening' }],
  });
  const edit = (input: object, as = 'jo') =>
    kith.mutate(
      'updatePost',
      { postId: made.id, ...input },
      as,
      'post { title slug body tags { name } categories { slug } isNsfw }',
    );
  expect((await edit({ body: 'Second #two' })).post).toEqual({
    title: 'Roses',
    slug: 'roses',
    body: 'Second #two',
    tags: [{ name: 'given' }, { name: 'two' }],
    categories: [{ slug: 'gardening' }],
    isNsfw: false,
  });
  expect((await edit({ tags: [], categories: null, isNsfw: true })).post).toMatchObject({
    tags: [{ name: 'two' }],
    categories: [],
    isNsfw: true,
  });
  expect((await edit({ title: null })).userErrors).toMatchObject([{ code: 'TOO_SHORT', path: ['title'] }]);
  expect((await edit({ body: '' })).userErrors).toMatchObject([{ code: 'TOO_SHORT', path: ['body'] }]);
  expect((await edit({ body: 'mine' }, 'kim')).userErrors).toMatchObject([
    { code: 'FORBIDDEN', path: ['postId'] },
  ]);
  const deleted = await kith.mutate('deletePost', { postId: made.id }, 'kim', 'deletedPostId');
  expect(deleted.userErrors).toMatchObject([{ code: 'FORBIDDEN', path: ['postId'] }]);
});

it('a mention is one only for who may see the post, and only while they can be found', async () => {
  const lea = await kith.idOf('lea');
  const max = await kith.idOf('max');
  await kith.mutate('followUser', { userId: await kith.idOf('nia') }, 'lea');
  const { post: made } = await post(
    { visibility: 'FOLLOWERS', body: '@lea @max' },
    'nia',
    'post { id html mentions { username } }',
  );
  expect(made.mentions).toEqual([{ username: 'lea' }]);
  expect(made.html).toBe(`<p><a class="mention" href="/@lea" data-user-id="${lea}">@lea</a> @max</p>`);
  const told = async (as: string) =>
    (await kith.query('{ viewer { notifications { nodes { kind subject { id } } } } }', { as })).viewer
      .notifications.nodes;
  expect(await told('lea')).toEqual([{ kind: 'MENTIONED', subject: { id: made.id } }]);
  expect(await told('max')).toEqual([]);
  const open = (await post({ body: '@max' }, 'nia', 'post { id }')).post;
  await kith.mutate('blockUser', { userId: max }, 'lea');
  const seen = await kith.query(`{ post(by: { id: "${open.id}" }) { html mentions { username } } }`, {
    as: 'lea',
  });
  expect(seen.post).toEqual({ html: '<p>@max</p>', mentions: [] });
});

it('of an author with no name at all there is no post', async () => {
  const found = await kith.query('{ post(by: { slug: { username: "", slug: "hello" } }) { id } }');
  expect(found).toEqual({ post: null });
});
