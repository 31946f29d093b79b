import { describe, expect, it } from 'vitest';
import { unitPayload } from './feed-payloads.ts';
import { mapPost } from './post-mapping.ts';

const bare = { id: 41, author: { id: 7 }, added_at: '2024-05-06T07:08:09Z' };
const post = (change: object, kind?: string) => {
  const contribution = { ...bare, ...change };
  return mapPost(unitPayload.parse(kind ? { type: kind, [kind]: contribution } : contribution));
};
const poll = (change: object) =>
  post({ poll: { id: 5, title: 'Which?', choices: [{ id: 51, choice: 'A', order: 1 }], ...change } })?.poll;

describe('a post', () => {
  it('needs its id, author and time only', () => {
    expect(post({})).toMatchObject({
      externalId: 'discussion:41',
      type: 'STATUS',
      author: { externalId: '7', accountName: null, displayName: null, avatarUrl: null },
      isPublic: true,
      body: { html: '' },
      counters: { comments: 0, likes: 0, reshares: 0, followers: 0, views: 0 },
    });
  });

  it('is one of its unit, or bare as in 2020', () => {
    expect(post({ title: 'T' }, 'discussion')).toMatchObject({
      externalId: 'discussion:41',
      type: 'DISCUSSION',
    });
    expect(post({}, 'post')).toMatchObject({ externalId: 'post:41', type: 'STATUS' });
    expect(post({}, 'status')).toMatchObject({ externalId: 'status:41', type: 'STATUS' });
    expect(post({ title: 'T' })).toMatchObject({ externalId: 'discussion:41', type: 'DISCUSSION' });
    expect(post({ type: 'post' })).toMatchObject({ externalId: 'post:41' });
    expect(post({ type: '__proto__' })).toMatchObject({ externalId: 'discussion:41' });
  });

  it('is a poll with a poll, whatever it is called', () => {
    const asks = { title: 'T', poll: { id: 5, title: 'Which?', choices: [] } };
    for (const kind of ['discussion', 'post']) expect(post(asks, kind)?.type).toBe('POLL');
  });

  it('is left out when deleted, and while it is a draft', () => {
    for (const change of [{ deleted: true }, { deleted: 'true' }, { draft: true }])
      expect(post(change)).toBeNull();
  });

  it('is public to none but all: not addressed, in no group and no event that does not say it is open', () => {
    const open = { id: 6, privacy: 'public' };
    for (const change of [{ addressing: [] }, { addressing: null }, { group: open }, { event: open }])
      expect(post(change)?.isPublic, JSON.stringify(change)).toBe(true);
    for (const change of [
      { addressing: [2] },
      { addressing: [{ id: 2, name: 'staff' }] },
      { recipients: [{ id: 9 }] },
      { group: 6 },
      { group: { id: 6 } },
      { group: { id: 6, privacy: 'private' } },
      { event: '6' },
      { group: open, event: 8 },
    ])
      expect(post(change)?.isPublic, JSON.stringify(change)).toBe(false);
  });

  it('names whom its text mentions, once each, and keeps the text as it is', () => {
    const html =
      '<p><b><mention id="8" extid="x">@charles</mention></b> <mention extid="9" id=\'8\'>@charles</mention>' +
      '<mention extid="9">@no</mention><mention>@no</mention><mentions id="11">@no</mentions>' +
      '<MENTION ID=10></MENTION><script>alert(1)</script>';
    expect(post({ html })).toMatchObject({
      body: { html },
      mentions: [
        { externalId: '8', accountName: 'charles' },
        { externalId: '10', accountName: null },
      ],
    });
  });

  it('has categories by name or id, and tags by name', () => {
    expect(post({ categories: [3, { id: 4, name: 'Machines' }, { id: 5 }] })?.categories).toEqual([
      '3',
      'Machines',
      '5',
    ]);
    expect(post({ tags: [1, { id: 2, name: '#Engines' }] })?.tags).toEqual(['engines']);
  });

  it('shows pictures in order, links to the rest, and leaves out what is only an id', () => {
    const medias = [
      9,
      { id: 2, type: 'image', order: 2, image: 'https://a.example/2', title: 'Two', image_width: '80' },
      { id: 1, type: 'eimage', order: 1, url: 'https://a.example/1' },
      { id: 3, type: 'image', order: 3 },
      { id: 4, type: 'url', order: 4, url: 'https://b.example/', title: 'B', image: 'https://b.example/i' },
      { id: 5, type: 'embed', order: 5, embed: { embed_type: 'vimeo', url: 'https://c.example/' } },
      { id: 6, type: 'doc', order: 6, url: 'https://d.example/d.pdf' },
      { id: 7, type: 'hologram', order: 7, url: 'https://e.example/' },
    ];
    const shown = post({ medias });
    expect(
      shown?.photos.map(({ externalId, postId, url, description, width }) => [
        externalId,
        postId,
        url,
        description,
        width,
      ]),
    ).toEqual([
      ['1', 'discussion:41', 'https://a.example/1', null, null],
      ['2', 'discussion:41', 'https://a.example/2', 'Two', 80],
    ]);
    expect(shown?.links.map(({ url, imageUrl }) => [url, imageUrl])).toEqual([
      ['https://b.example/', 'https://b.example/i'],
      ['https://c.example/', null],
      ['https://d.example/d.pdf', null],
    ]);
  });

  it('passes on what its share names; what it does not name is gone', () => {
    const share = (metadata: unknown) =>
      post({ medias: [{ id: 1, type: 'share', embed: { embed_type: 'sc_shared_object', metadata } }] });
    expect(share({ type: 'Discussion', id: 30 })).toMatchObject({
      type: 'RESHARE',
      root: { externalId: 'discussion:30', author: null },
    });
    for (const nothing of [null, undefined, {}, { id: 30 }, 'x', [30]])
      expect(share(nothing), JSON.stringify(nothing)).toMatchObject({ type: 'RESHARE', root: null });
    expect(
      post({ medias: [{ id: 1, type: 'share', embed: { embed_type: 'sc_shared_event' } }] }),
    ).toMatchObject({ type: 'STATUS', root: null });
  });

  it('has a place with a name or a point', () => {
    const place = (location: unknown) => post({ location })?.location;
    expect(place({ location: 'Turin', lat: '45.07', lng: 7.69 })).toEqual({
      name: 'Turin',
      latitude: 45.07,
      longitude: 7.69,
    });
    expect(place({ location: null, lat: 45, lng: 7 })).toEqual({ name: null, latitude: 45, longitude: 7 });
    expect(place({ location: 'Turin', lat: null, lng: null })).toMatchObject({
      name: 'Turin',
      latitude: null,
    });
    expect(place({ location: null, lat: null, lng: 7 })).toBeNull();
    expect(place(null)).toBeNull();
  });

  it('has followers by either name, as number or text', () => {
    for (const change of [{ follower_count: '6' }, { follower_count: 6 }, { followers: '6' }])
      expect(post(change)?.counters.followers).toBe(6);
    expect(post({ followers: 'string' })?.counters.followers).toBe(0);
  });
});

describe('a poll', () => {
  it('counts votes by any of their names', () => {
    for (const votes of [
      { vote_count: 3 },
      { count_votes: '3' },
      { votes: 3 },
      { votes: '3' },
      { votes: [{}, {}, {}] },
    ])
      expect(poll({ choices: [{ id: 51, choice: 'A', ...votes }] })?.choices).toEqual([
        { externalId: '51', text: 'A', votes: 3 },
      ]);
  });

  it('counts the votes themselves where there is no number', () => {
    const choices = [
      { id: 51, choice: 'A', count_votes: 'string' },
      { id: 52, choice: 'B' },
    ];
    const votes = [{ choice: 'A' }, { choice: 51 }, { choice: 'B' }, { choice: 'C' }, { choice: null }];
    expect(poll({ choices, votes })?.choices.map((choice) => choice.votes)).toEqual([2, 1]);
  });

  it('has its choices in order, without those that are deleted', () => {
    const choices = [
      { id: 3, choice: 'C', order: 3, deleted: 'true' },
      { id: 2, choice: 'B', order: 2, deleted: 'string' },
      { id: 1, choice: 'A', order: '1', deleted: false },
    ];
    expect(poll({ choices })?.choices.map(({ text }) => text)).toEqual(['A', 'B']);
  });

  it('is hidden, closed or of many answers when it says so', () => {
    expect(poll({})).toMatchObject({
      isHidden: false,
      isClosed: false,
      multipleChoice: false,
      expiresAt: null,
    });
    expect(
      poll({ hidden: 'true', closed: '1', multiple_choices: 'true', expiration_at: '2030-05-06T07:08:09Z' }),
    ).toMatchObject({
      isHidden: true,
      isClosed: true,
      multipleChoice: true,
      expiresAt: new Date('2030-05-06T07:08:09Z'),
    });
  });
});

it.each([
  [{ ...bare, added_at: 'string' }, ['added_at']],
  [{ ...bare, author: null }, ['author']],
  [{ type: 'post', post: { ...bare, medias: [{ id: 1, order: 'first' }] } }, ['post', 'medias', 0, 'order']],
  [{ ...bare, poll: { id: 5, choices: [{ id: 1, votes: {} }] } }, ['poll', 'choices', 0, 'votes']],
  [{ ...bare, location: 'Turin' }, ['location']],
])('garbage is refused where it stands: %j', (payload, path) => {
  expect(unitPayload.safeParse(payload).error?.issues[0]?.path).toEqual(path);
});
