// Values for arguments and input fields: what leads somewhere, what looks as if it did, and what nobody expects.
import { randomUUID } from 'node:crypto';
import { encodeCursor } from '../../../src/graphql/cursor.ts';
import { encodeId } from '../../../src/graphql/node.ts';
import { onePixel } from '../lists.ts';
import { type GeneratorOptions, pick, type Random } from '../operations.ts';
import type { Pool, World } from './world.ts';

/** Text that has broken a program before. */
const oddTexts = [
  '',
  ' ',
  '%_\\\'"',
  "'; DROP TABLE users; --",
  '<script>alert(1)</script>',
  '\u202eright to left\u202c',
  'עברית عربى',
  '\u200b\u200d\ufeff',
  'e\u0301\u0302\u0303'.repeat(30),
  '👩‍👩‍👧‍👦'.repeat(5),
  '𝒳'.repeat(120),
  'İıſßﬀﷺ',
  '\r\n\t\u2028\u2029\u0085',
  '\u0001\u001f\u007f',
  '__proto__',
  'constructor',
  'null',
  '-1',
  '1e400',
  '../../etc/passwd',
  '%00%ff',
  '{{x}} #{x} $1 \\1',
  '@ada @zoe, @nobody #tag #1 [a](javascript:x) ![i](https://x.example/i.png)',
  'x'.repeat(101),
] as const;

const longTexts = [
  '[['.repeat(200),
  '*_`'.repeat(150),
  '> - '.repeat(60),
  'wort '.repeat(1_500),
  '@a #b '.repeat(500),
] as const;

/** Text that the server takes nowhere: NUL, and halves of surrogate pairs. */
const unstorable = ['a\u0000b', '\ud800', 'x\udc00y'] as const;

const ints = [0, 1, 2, 3, -1, 100, 101, 2 ** 31 - 1, -(2 ** 31)] as const;
const oddInts = [2 ** 31, 2 ** 53, -(2 ** 53) - 1, 1.5, 1e21] as const;
const floats = [
  0,
  -0,
  1.5,
  -90,
  90.000001,
  180,
  5e-324,
  1.7976931348623157e308,
  -1e308,
  2 ** 53 + 1,
] as const;
const pageSizes = [0, 1, 1, 2, 2, 3, 3, 5, 5, 7, 100] as const;

/** Values by the names that take them, beside those that any may have. */
const byName: Record<string, readonly unknown[]> = {
  DateTime: [
    '2026-01-01T00:00:00Z',
    '2999-12-31T23:59:59.999+14:00',
    '0001-01-01T00:00:00Z',
    '2016-12-31T23:59:60Z',
    '9999-12-31T23:59:59-12:00',
  ],
  Date: ['1990-02-28', '1004-02-29', '0001-01-01', '9999-12-31', '2023-02-29'],
  timezone: ['Europe/Berlin', 'Pacific/Chatham', 'UTC', 'Mars/Base'],
  website: ['https://a.example/x', 'mailto:a@b.example', 'javascript:alert(1)', 'https://'],
  links: ['https://a.example/film.mp4', 'https://a.example/book.pdf', 'http://[::1]', 'gemini://x.example'],
  preference: [
    'favourite',
    'okay',
    'jokingly',
    'friends_only',
    'avoid',
    '0190a000-0000-4000-8000-000000000001',
  ],
  key: ['0190a000-0000-4000-8000-000000000001', '0190A000-0000-4000-8000-00000000000A'],
  icon: ['heart', 'star', 'no-such-icon'],
  pronouns: ['she/her/her/hers/herself', 'they/them', '/'],
  base64: [onePixel, onePixel, 'data:image/png;base64,AAAA', 'not base64', ''],
  language: ['en', 'de-x-hush', 'zz'],
  contentLanguages: ['en', 'de-CH', 'not a language'],
  categories: ['all', 'All', 'none'],
  tags: ['tag', '#Tag', 'tág', 'two words'],
  query: ['a', 'ada', 'adda', 'zoe', 'common', 'display'],
  body: ['words', '**bold** @ada #tag', '# Title\n\n- one\n- two\n\n```\ncode\n```', '@writer-0-0'],
  __type: ['User', 'Node', 'Query', '__Type', 'UserBy', 'Nothing'],
};

/** The types whose ids arguments of these names take. */
const idTypes: Record<string, string> = {
  userId: 'User',
  userIds: 'User',
  postId: 'Post',
  postIds: 'Post',
  memberId: 'Member',
  roomId: 'Room',
  aspectId: 'Aspect',
  aspectIds: 'Aspect',
  commentId: 'Comment',
  pollId: 'Poll',
  choiceIds: 'PollChoice',
  flagId: 'PrideFlag',
  flagIds: 'PrideFlag',
  categoryId: 'Category',
  accountId: 'Account',
  notificationIds: 'Notification',
  user: 'User',
  member: 'Member',
  room: 'Room',
  post: 'Post',
  category: 'Category',
};

/** How often arguments are given of which too many would be refused: by name. */
const chances: Record<string, number> = {
  first: 0.8,
  last: 0.04,
  after: 0.15,
  before: 0.04,
  // Files go by forms.
  upload: 0,
  username: 0.1,
  // Parts of a post that only go with some others.
  roomId: 0.1,
  aspectIds: 0.1,
  poll: 0.15,
  photos: 0.15,
  type: 0.1,
};

/** Makes values for one operation. */
export class Values {
  readonly #random: Random;
  readonly #world: World;
  readonly #own: Pool | null;

  /** @param own what a mutation had better be about; null for a query. */
  constructor(random: Random, world: World, own: Pool | null) {
    this.#random = random;
    this.#world = world;
    this.#own = own;
  }

  options(): Pick<GeneratorOptions, 'scalar' | 'given' | 'aliases' | 'introspection'> {
    return {
      scalar: (type, name, field) => this.scalar(type, name, field),
      // What has a lot in it is refused for some of it.
      given: (name) => chances[name] ?? (this.#own ? 0.3 : undefined),
      aliases: ['__proto__', 'constructor', 'then', 'toJSON', 'data', 'errors', '_', 'x'.repeat(300)],
      introspection: 0.05,
    };
  }

  scalar(type: string, name: string, field: string): unknown {
    switch (type) {
      case 'ID':
        return this.#id(name, field);
      case 'Int':
        return this.#int(name);
      case 'Float':
        return pick(this.#random, floats);
      case 'Boolean':
        return this.#random() < 0.5;
      case 'Upload':
        return 'a file';
      default:
        return this.#text(type, name, field);
    }
  }

  #int(name: string): number {
    const chance = this.#random();
    if ((name === 'first' || name === 'last') && chance < 0.97) return pick(this.#random, pageSizes);
    return pick(this.#random, chance < 0.99 ? ints : oddInts);
  }

  #id(name: string, field: string): unknown {
    if (name === 'key') return this.#text('ID', name, field);
    const { all } = this.#world;
    const type = idTypes[name] ?? idTypes[field] ?? pick(this.#random, [...all.ids.keys()]);
    const chance = this.#random();
    if (chance < 0.85) {
      const ids = this.#pool().ids.get(type) ?? all.ids.get(type) ?? [];
      return ids.length > 0 ? pick(this.#random, ids) : encodeId(type, randomUUID());
    }
    if (chance < 0.9) return pick(this.#random, all.ids.get(pick(this.#random, [...all.ids.keys()])) ?? ['']);
    if (chance < 0.95) return encodeId(type, '0190a000-0000-7000-8000-000000000000');
    return pick(this.#random, [
      ...oddTexts,
      7,
      encodeId(type, 'x'),
      encodeId('Nothing', 'x'),
      encodeId(type, ''),
    ]);
  }

  #pool(): Pool {
    return this.#own && this.#random() < 0.7 ? this.#own : this.#world.all;
  }

  #text(type: string, name: string, field: string): string {
    const chance = this.#random();
    if (chance < 0.004) return pick(this.#random, unstorable);
    if (name === 'after' || name === 'before') return this.#cursor(field);
    if (chance < 0.02) return pick(this.#random, longTexts);
    if (chance < (this.#own ? 0.1 : 0.2) && !(type in byName)) return pick(this.#random, oddTexts);
    const known = byName[field === '__type' ? field : name] ?? byName[type];
    if (known) return String(pick(this.#random, known));
    // Who has no account any more does nothing else.
    const { usernames, words } =
      field === 'deleteAccount' && this.#random() < 0.85 ? this.#world.all : this.#pool();
    if (name === 'username' || name === 'externalId') return pick(this.#random, usernames);
    if (chance < 0.6) return pick(this.#random, words);
    return `text${Math.floor(this.#random() * 1_000)}`;
  }

  #cursor(field: string): string {
    const own = this.#world.cursors.get(field) ?? [];
    const chance = this.#random();
    if (chance < 0.8 && own.length > 0) return pick(this.#random, own);
    if (chance < 0.9) return pick(this.#random, [...this.#world.cursors.values()].flat());
    const [ordering = ''] = JSON.parse(Buffer.from(own[0] ?? 'W10', 'base64url').toString());
    const values = ['9999-12-31T23:59:59.999Z', '', 2 ** 31, 'x', '0190a000-0000-7000-8000-000000000000'];
    const made = Array.from({ length: 3 }, () => pick(this.#random, values));
    return pick(this.#random, [
      encodeCursor(ordering, made),
      encodeCursor(ordering, made.slice(1)),
      '',
      '?',
      'bnVsbA',
    ]);
  }
}
