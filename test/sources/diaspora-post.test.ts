import { describe, expect, test } from 'vitest';
import { photosPayload, postPayload, postsPayload } from '../../src/sources/diaspora/payloads.ts';
import { toPhotos, toPost } from '../../src/sources/diaspora/post.ts';
import { fixture } from './fixture.ts';

const read = (name: string, changes: object = {}) =>
  toPost(postPayload.parse(Object.assign({}, fixture(`diaspora/${name}`), changes)));
const alice = {
  externalId: 'f50ffc00b188013355e3705681972339',
  accountName: 'alice@example.com',
  displayName: 'Alice Testing',
  avatarUrl: 'http://example.com/uploads/images/thumb_medium_83abe5319ef830c2bd84.jpg',
};
const nothingMore = {
  title: null,
  slug: null,
  summary: null,
  isCollapsed: false,
  tags: [],
  categories: [],
  updatedAt: null,
};

describe('A post of diaspora*', () => {
  test('of the documents, whose keys are few and one of them misspelt', () => {
    const [first, second] = postsPayload.parse(fixture('diaspora/posts')).map(toPost);
    expect(first).toEqual({
      ...nothingMore,
      externalId: '83d406e0b9b20133e40c406c8f31e210',
      type: 'STATUS',
      author: alice,
      isPublic: true,
      body: {
        markdown:
          'Lorem ipsum dolor sit amet, consectetur adipiscing elit. Donec a diam lectus. Sed sit amet ipsum mauris. Maecenas congue ligula ac quam viverra nec consectetur ante hendrerit. Donec et mollis dolor.',
      },
      isNsfw: false,
      provider: 'ExampleApp',
      location: null,
      photos: [],
      links: [],
      poll: null,
      mentions: [],
      root: null,
      counters: { comments: 14, likes: 42, reshares: 9, followers: 0, views: 0 },
      own: { liked: false, reshared: false, followed: false },
      createdAt: new Date('2016-02-20T03:46:57.955Z'),
    });
    expect(second).toMatchObject({ provider: null, counters: { comments: 3, likes: 1, reshares: 0 } });
  });

  test('with all that servers tell, for its author’s aspects', () => {
    expect(read('full-post')).toEqual({
      ...nothingMore,
      externalId: 'b50abae085ff0134029244b301d53d2d',
      type: 'POLL',
      author: alice,
      isPublic: false,
      body: {
        markdown:
          '# Where shall we meet?\n\n@{bob@example.com} and @{Carol; carol@example.org:3000}, #nsfw <script>alert(1)</script>',
      },
      isNsfw: true,
      provider: 'mobile',
      location: { name: 'Berlin', latitude: 52.5200066, longitude: 13.404954 },
      photos: [
        {
          externalId: null,
          postId: 'b50abae085ff0134029244b301d53d2d',
          url: 'http://example.com/uploads/images/f6ce0597695a878c4663.jpg',
          description: null,
          width: 1600,
          height: 1200,
          createdAt: null,
        },
      ],
      links: [
        {
          url: 'https://example.org/parks',
          title: 'Parks',
          description: 'All of them',
          imageUrl: 'https://example.org/parks.jpg',
        },
      ],
      poll: {
        externalId: '0f3a2b60b9db0133e40e406c8f31e210',
        question: 'Park or café?',
        multipleChoice: false,
        isHidden: false,
        isClosed: false,
        expiresAt: null,
        choices: [
          { externalId: '7', text: 'Park', votes: 3 },
          { externalId: '8', text: 'Café', votes: 1 },
        ],
      },
      mentions: [
        { externalId: '5cebd150b82e0133e40c406c8f31e210', accountName: 'bob@example.com' },
        { externalId: '19103170b8cc0133e40d406c8f31e210', accountName: 'carol@example.org:3000' },
      ],
      root: null,
      counters: { comments: 2, likes: 3, reshares: 0, followers: 0, views: 0 },
      own: { liked: true, reshared: true, followed: true },
      createdAt: new Date('2016-11-06T03:43:03.382Z'),
    });
  });

  test.each([
    [{ reshared: true }, true],
    [{ reshated: true }, true],
    [{ reshared: false, reshated: true }, true],
    [{ reshared: false, reshated: false }, false],
    [{}, false],
  ])('with %j is reshared by the token’s person: %s', (own_interaction_state, reshared) => {
    expect(read('full-post', { own_interaction_state }).own).toEqual({
      liked: false,
      reshared,
      followed: false,
    });
  });

  test('without a word on the token’s person says nothing of them', () => {
    expect(read('full-post', { own_interaction_state: undefined })).not.toHaveProperty('own');
  });

  test.each([
    [{ address: 'Berlin', lat: '52.5200066', lng: '-13.404954' }, ['Berlin', 52.5200066, -13.404954]],
    [{ address: 'Berlin', lat: 52, lng: 0 }, ['Berlin', 52, 0]],
    [{ address: 'Berlin', lat: '', lng: null }, ['Berlin', null, null]],
    [{ address: 'Berlin' }, ['Berlin', null, null]],
  ])('at %j has numbers for where it is', (location, [name, latitude, longitude]) => {
    expect(read('full-post', { location }).location).toEqual({ name, latitude, longitude });
  });

  test('of who has no name has none but their diaspora* ID', () => {
    const author = { guid: alice.externalId, diaspora_id: alice.accountName, name: alice.accountName };
    expect(read('full-post', { author }).author).toEqual({ ...alice, displayName: null, avatarUrl: null });
    const avatar = { small: 's', medium: 'm' };
    expect(read('full-post', { author: { ...author, avatar } }).author.avatarUrl).toBe('m');
  });

  test('has counts that come as text', () => {
    const interaction_counters = { comments: '12', likes: 0, reshares: '3' };
    expect(read('full-post', { interaction_counters }).counters).toEqual({
      comments: 12,
      likes: 0,
      reshares: 3,
      followers: 0,
      views: 0,
    });
  });

  test('has the link of an oEmbed; nothing of its HTML', () => {
    const oembed = {
      url: 'https://v.example/1',
      title: 'Film',
      thumbnail_url: 'https://v.example/1.jpg',
      html: '<x>',
    };
    expect(read('full-post', { oembed, open_graph_object: undefined }).links).toEqual([
      { url: 'https://v.example/1', title: 'Film', description: null, imageUrl: 'https://v.example/1.jpg' },
    ]);
    expect(read('full-post', { oembed: { title: 'No URL' }, open_graph_object: undefined }).links).toEqual(
      [],
    );
  });

  test.each([
    ['no word on who may see it', { public: undefined }, ['public']],
    ['a text on who may see it', { public: 'true' }, ['public']],
    ['another type', { post_type: 'Comment' }, ['post_type']],
    ['no time', { created_at: 'yesterday' }, ['created_at']],
    [
      'less than no comments',
      { interaction_counters: { comments: -1, likes: 0, reshares: 0 } },
      ['interaction_counters', 'comments'],
    ],
    ['a mention of nobody', { mentioned_people: [{ guid: 'x' }] }, ['mentioned_people', 0, 'diaspora_id']],
  ])('with %s is refused, and the path says where', (_what, changes, path) => {
    const result = postPayload.safeParse(Object.assign({}, fixture('diaspora/full-post'), changes));
    expect(result.error?.issues.map((issue) => issue.path)).toEqual([path]);
  });
});

describe('A reshare of diaspora*', () => {
  test('has the root, and none of the words that it repeats of it', () => {
    expect(read('reshare')).toEqual({
      ...nothingMore,
      externalId: 'c32c73a085ff0134029244b301d53d2d',
      type: 'RESHARE',
      author: {
        externalId: '5cebd150b82e0133e40c406c8f31e210',
        accountName: 'bob@example.com',
        displayName: 'Bob Testing',
        avatarUrl: 'http://example.com/uploads/images/thumb_medium_0fc4bbc68f744c27ed80.jpg',
      },
      isPublic: true,
      body: { markdown: '' },
      isNsfw: false,
      provider: 'mobile',
      location: null,
      photos: [],
      links: [],
      poll: null,
      mentions: [],
      root: {
        externalId: '83d406e0b9b20133e40c406c8f31e210',
        author: { externalId: alice.externalId, accountName: alice.accountName },
      },
      counters: { comments: 1, likes: 0, reshares: 0, followers: 0, views: 0 },
      own: { liked: false, reshared: false, followed: false },
      createdAt: new Date('2017-01-02T10:00:00.000Z'),
    });
  });

  test('of what is gone has no root', () => {
    expect(read('reshare-without-root')).toMatchObject({
      type: 'RESHARE',
      root: null,
      isNsfw: false,
      body: { markdown: '' },
    });
  });
});

describe('A photo of diaspora*', () => {
  test('of the documents has its post, its size and the original', () => {
    expect(photosPayload.parse(fixture('diaspora/photos')).flatMap((photo) => toPhotos(photo))).toEqual([
      {
        externalId: '0a992a10b9db0133e40e406c8f31e210',
        postId: 'b50abae085ff0134029244b301d53d2d',
        url: 'http://example.com/uploads/images/f6ce0597695a878c4663.jpg',
        description: null,
        width: 1600,
        height: 1200,
        createdAt: new Date('2016-11-06T03:43:03.382Z'),
      },
      {
        externalId: '114999c0b9db0133e40e406c8f31e210',
        postId: 'c32c73a085ff0134029244b301d53d2d',
        url: 'http://example.com/uploads/images/c384f99eda7f19dfe78c.jpg',
        description: null,
        width: 1600,
        height: 1200,
        createdAt: new Date('2016-11-06T03:42:27.807Z'),
      },
    ]);
  });

  test('may be of no post and of no known size, but not without a picture', () => {
    const loose = { guid: 'x', created_at: '2016-11-06T03:42:27.807Z', sizes: { small: 's' } };
    const unsized = { ...loose, dimensions: { height: null, width: null } };
    const photos = photosPayload.parse([loose, unsized, { ...loose, sizes: {} }]);
    expect(photos.flatMap((photo) => toPhotos(photo))).toEqual(
      Array.from({ length: 2 }, () => ({
        externalId: 'x',
        postId: null,
        url: 's',
        description: null,
        width: null,
        height: null,
        createdAt: new Date('2016-11-06T03:42:27.807Z'),
      })),
    );
  });
});
