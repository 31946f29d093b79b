import { describe, expect, it } from 'vitest';
import { mapPerson, mapSelf, mapTie } from './mapping.ts';
import { pagePayload, settingsPayload, userPayload } from './payloads.ts';

const person = (payload: object) => mapPerson(userPayload.parse({ id: 7, ...payload }));
const tag = { id: 1, type: 'user', name: 'Maths', description: null, color: '#0af' };

describe('a person', () => {
  it('needs an id only', () => {
    expect(person({})).toMatchObject({ externalId: '7', accountName: null, status: 'ACTIVE', counters: {} });
    expect(person({ id: '90071992547409931' }).externalId).toBe('90071992547409931');
  });

  it('has the names of fields of all three generations', () => {
    const old = person({ birthday: '1815-12-10', avatar_url: 'https://a.example/old.jpg' });
    const now = person({ date_of_birth: '1815-12-10', avatar: 'https://a.example/old.jpg' });
    expect(old).toEqual(now);
    expect(now).toMatchObject({ birthday: '1815-12-10', avatarUrl: 'https://a.example/old.jpg' });
    const both = { birthday: '1815-12-11', avatar_url: 'https://a.example/older.jpg' };
    expect(person({ ...both, date_of_birth: '1815-12-10', avatar: 'https://a.example/old.jpg' })).toEqual(
      now,
    );
  });

  it('has no gender where it is unspecified', () => {
    expect(person({ gender: 'Unspecified' }).gender).toBeNull();
    expect(person({ gender: 'Female' }).gender).toBe('Female');
  });

  it('is where the text says, if that is on earth', () => {
    expect(person({ location: 'London', location_lat_lng: '51.5, -0.1' }).location).toEqual({
      name: 'London',
      latitude: 51.5,
      longitude: -0.1,
    });
    expect(person({ position_lat_lng: '51.5,-0.1' }).position).toMatchObject({ name: null, latitude: 51.5 });
    for (const nowhere of ['', ',', '51.5', '51.5,', '91,0', '0,181', 'a,b', '1,2,3', null]) {
      expect(person({ position_lat_lng: nowhere }).position, String(nowhere)).toBeNull();
      expect(person({ location: 'London', location_lat_lng: nowhere }).location).toMatchObject({
        latitude: null,
        longitude: null,
      });
    }
  });

  it('stands as the source says: deleted before blocked, blocked before waiting', () => {
    expect(person({ reg_approved: false }).status).toBe('PENDING');
    expect(person({ reg_approved: 'false' }).status).toBe('PENDING');
    expect(person({ reg_approved: false, status: 'b' }).status).toBe('SUSPENDED');
    expect(person({ status: 'a' }).status).toBe('ACTIVE');
    for (const gone of [{ deleted: true }, { deleted: 'true' }, { status: 'd' }, { status: 'u' }])
      expect(person({ reg_approved: false, ...gone }).status).toBe('DELETED');
    expect(person({ deleted: true, status: 'b' }).status).toBe('DELETED');
  });

  it('has the tags that others see', () => {
    const others = [{ visible: false }, { active: false }, { deleted: true }, { name: null }];
    const tags = [{ ...tag, name: '#Maths' }, 12, ...others.map((change) => ({ ...tag, ...change }))];
    expect(person({ tags }).tags).toEqual([{ name: 'maths', description: null, color: '#0af' }]);
  });

  it('has counters as numbers or text, and none that is not told', () => {
    expect(person({ followers_counter: '12', posts_counter: 3, polls_counter: null }).counters).toEqual({
      followers: 12,
      posts: 3,
    });
    expect(person({ reputation: -4 }).counters).toEqual({ reputation: -4 });
  });

  it('has the badges of the community and of their roles', () => {
    expect(person({ community_badge: 'true' }).badges).toEqual(['COMMUNITY']);
    expect(person({ role: 'admin' }).badges).toEqual(['ADMIN']);
    expect(person({ role: ['editor', 'publisher'], community_badge: 1 }).badges).toEqual([
      'STAFF',
      'COMMUNITY',
    ]);
    expect(person({ role: 'constructor' }).badges).toEqual([]);
  });

  it('keeps the e-mail of others out', () => {
    const user = userPayload.parse({ id: 7, email: 'ada@example.com', email_isvalid: 'true' });
    expect(JSON.stringify(mapPerson(user))).not.toContain('ada@');
    expect(mapSelf(user, null).settings).toEqual({ email: 'ada@example.com', emailVerified: true });
  });

  it.each([
    [-1, 'INSTANT'],
    ['0', 'NEVER'],
    [1, 'DAILY'],
    [5, undefined],
    [null, undefined],
  ])('with e-mails %j has them %s', (qa_frequency, emailFrequency) => {
    const settings = mapSelf(userPayload.parse({ id: 7 }), settingsPayload.parse({ qa_frequency })).settings;
    expect(settings).toEqual(emailFrequency ? { emailFrequency } : {});
  });
});

describe('a tie', () => {
  const none = { follows: false, isConnected: false, isBlocked: false, isHidden: false, aspects: [] };
  it.each([
    ['followings', null, { follows: true }],
    ['connections', null, { isConnected: true }],
    ['hidden', null, { isHidden: true }],
    ['hidden', 'followed', { isHidden: true, follows: true }],
    ['hidden', 'connected', { isHidden: true, isConnected: true }],
    ['hidden', 'sent_connection_request', { isHidden: true }],
  ] as const)('in %s with %s', (list, connection_status, expected) => {
    const { person: _, ...tie } = mapTie(list, userPayload.parse({ id: 8, connection_status }));
    expect(tie).toEqual({ ...none, ...expected });
  });
});

describe('a page', () => {
  const page = pagePayload(userPayload);
  it('is an envelope, a list, or one alone', () => {
    const ids = (payload: unknown) => page.parse(payload).results.map(({ id }) => id);
    expect(ids({ count: '1', next: null, previous: null, results: [{ id: 1 }, { id: 2 }] })).toEqual([
      '1',
      '2',
    ]);
    expect(ids([{ id: 1 }, { id: 2 }])).toEqual(['1', '2']);
    expect(ids({ id: 1 })).toEqual(['1']);
    expect(ids([])).toEqual([]);
  });

  it.each([
    [{ results: [{ id: 1 }, { id: {} }] }, ['results', 1, 'id']],
    [[{ id: 1, tags: [{ name: {} }] }], [0, 'tags', 0, 'name']],
    [{ detail: 'no' }, ['id']],
    ['<html>', []],
    [null, []],
  ])('that is garbage is refused: %j', (payload, path) => {
    expect(page.safeParse(payload).error?.issues[0]?.path).toEqual(path);
  });
});
