// Archives of diaspora* accounts as pods write them, made up: the same each time for the same seed and sizes.
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { en, Faker } from '@faker-js/faker';
import { ZipFile } from 'yazl';

export interface ArchiveSizes {
  seed: number;
  contacts: number;
  posts: number;
  blocks: number;
}

/** What must never be found anywhere. */
export const secrets = {
  email: 'secret-address@mail.example',
  key: 'THE-KEY-THAT-NOBODY-MAY-KEEP',
};

/** Whose archive it is, unless somebody else's is asked for. */
export const owner = 'ada@pod.example';

const hostile = [
  '<script>alert(1)</script> [click](javascript:alert(1)) <img src=x onerror=alert(1)>',
  'NUL \u0000 and half a pair \ud800 in one text',
  '@{Grace Hopper; grace@pod2.example} and @{old@pod.example} and @{evil"><b>;x@y} and @ada',
  `${'#'.repeat(2_000)} ${'*'.repeat(2_000)} ${'['.repeat(2_000)}`,
  '\u202eright to left, and a\ttab',
  '# A heading that stands first\n\nand what comes under it, #NSFW #Ünïcode',
];

/** An archive's parts, in the order that they have in the file. */
export interface Archive {
  version: string;
  user: Record<string, unknown>;
  others_data: Record<string, unknown>;
}

const id = (kind: string, n: number) => kind + String(n).padStart(32 - kind.length, '0');
export const postGuid = (n: number) => id('post', n);
export const contactHandle = (n: number) => `person${n}@pod${n % 7}.example${n % 7 === 3 ? ':3000' : ''}`;
const stranger = (n: number) => `stranger${n}@far${n % 5}.example`;

/** Which posts are what: by their number. */
export const is = {
  reshare: (n: number) => n % 25 === 3,
  ownReshare: (n: number) => n % 100 === 28,
  limited: (n: number) => n % 10 === 1,
  poll: (n: number) => n % 20 === 5,
  photos: (n: number) => n % 50 === 7 || n % 100 === 11,
  place: (n: number) => n % 30 === 8,
  hostile: (n: number) => n % 40 === 9,
};

/** When post n was written: some within the same second, none in order of the file. */
export const postTime = (n: number) =>
  new Date(Date.UTC(2013, 0, 1) + ((n * 7_919) % 100_003) * 600_123).toISOString();

export const photoNames = (n: number) => [`${id('file', n)}a.jpg`, `${id('file', n)}b.png`];

function person(random: Faker, n: number) {
  const name = [null, '', 'Person', `Person ${n}`, `Dr. ${'Very '.repeat(30)}Long ${n}`][n % 5];
  return {
    sharing: n % 4 !== 0,
    receiving: n % 3 !== 0,
    following: n % 4 !== 0,
    followed: n % 3 !== 0,
    account_id: contactHandle(n),
    contact_groups_membership: [['Family'], ['Family', 'Work'], [], ['Nowhere']][n % 4],
    ...(n % 6 === 5 ? {} : { person_guid: n % 6 === 4 ? null : id('guid', n) }),
    ...(n % 9 === 8 ? {} : { person_name: name }),
    public_key: `-----BEGIN PUBLIC KEY-----\n${random.string.alphanumeric(700)}\n-----END PUBLIC KEY-----`,
  };
}

function photo(n: number, name: string, isPublic: boolean) {
  return {
    entity_type: 'photo',
    entity_data: {
      ...{
        guid: `${id('photo', n)}${name.slice(-5, -4)}`,
        author: owner,
        public: isPublic,
        created_at: postTime(n),
      },
      ...{ remote_photo_path: 'https://pod.example/uploads/images/', remote_photo_name: name },
      ...{
        text: n % 2 === 0 ? null : `What is on ${n}`,
        status_message_guid: postGuid(n),
        width: 8,
        height: 8,
      },
    },
  };
}

function status(random: Faker, n: number) {
  const isPublic = !is.limited(n);
  const text = is.hostile(n)
    ? hostile[Math.floor(n / 40) % hostile.length]
    : `${random.lorem.sentences({ min: 1, max: 5 })} #${random.lorem.word()}`;
  return {
    entity_type: 'status_message',
    entity_data: {
      ...{ author: owner, guid: postGuid(n), created_at: postTime(n), public: isPublic },
      text: is.photos(n) && n % 100 === 7 ? '' : text,
      provider_display_name: n % 5 === 0 ? 'mobile' : null,
      photos: is.photos(n) ? photoNames(n).map((name) => photo(n, name, isPublic)) : [],
      location: is.place(n)
        ? { entity_type: 'location', entity_data: { address: `Street ${n}`, lat: '52.5', lng: '13.4' } }
        : null,
      poll: is.poll(n)
        ? {
            entity_type: 'poll',
            entity_data: {
              ...{ guid: id('poll', n), question: `What of ${n}?` },
              poll_answers: ['yes', 'no', 'maybe'].map((answer, i) => ({
                entity_type: 'poll_answer',
                entity_data: { guid: id(`answer${i}x`, n), answer },
              })),
            },
          }
        : null,
    },
    ...(isPublic
      ? { subscribed_pods_uris: ['https://pod2.example/'] }
      : { subscribed_users_ids: [contactHandle(1)] }),
  };
}

function reshare(n: number) {
  const own = is.ownReshare(n);
  return {
    entity_type: 'reshare',
    entity_data: {
      ...{ author: owner, guid: postGuid(n), created_at: postTime(n) },
      ...(n % 75 === 3
        ? {}
        : { root_author: own ? owner : stranger(n), root_guid: own ? postGuid(n + 2) : id('root', n) }),
    },
    subscribed_pods_uris: [],
  };
}

const signed = {
  author_signature: 'c2lnbmF0dXJl',
  property_order: ['author', 'guid', 'parent_guid', 'text'],
};

function comment(author: string, n: number, parent: string, text: string) {
  const { author_signature, property_order } = signed;
  return {
    entity_type: 'comment',
    entity_data: {
      ...{ author, guid: id('comment', n), parent_guid: parent, text, author_signature },
      ...(n % 11 === 10 ? {} : { created_at: new Date(Date.UTC(2020, 0, 1) + n * 1_000).toISOString() }),
    },
    property_order,
  };
}

function like(author: string, n: number, parent: string, type = 'Post') {
  return {
    entity_type: 'like',
    entity_data: { author, guid: id('like', n), parent_guid: parent, parent_type: type, positive: true },
  };
}

function vote(author: string, n: number, choice: number) {
  return {
    entity_type: 'poll_participation',
    entity_data: {
      ...{ author, guid: `${id('vote', n)}${author}`.slice(0, 60).replace(/[^a-z0-9]$/, '0') },
      ...{ parent_guid: id('poll', n), poll_answer_guid: id(`answer${choice}x`, n) },
    },
  };
}

/** Whoever says something under post n: a contact, somebody blocked, or a stranger. */
const speaker = (n: number, contacts: number) =>
  n % 3 === 0 || contacts === 0 ? stranger(n % 50) : contactHandle(n % contacts);

function* relayables(posts: number, contacts: number): Generator<{ own: boolean; value: unknown }> {
  for (let n = 0; n < posts; n++) {
    const parent = postGuid(n);
    if (n % 2 === 0) {
      yield {
        own: false,
        value: comment(speaker(n, contacts), 2 * n, parent, `Said under ${n}, @{Ada; ${owner}}`),
      };
      yield { own: false, value: like(speaker(n + 1, contacts), n, parent) };
    }
    if (n % 6 === 0) yield { own: true, value: comment(owner, 2 * n + 1, parent, `My answer under ${n}`) };
    if (n % 9 === 0)
      yield { own: true, value: comment(owner, 2 * n + 1_000_001, id('root', n), 'Elsewhere') };
    if (n % 12 === 0) yield { own: true, value: like(owner, n + 1_000_000, id('root', n)) };
    if (n % 30 === 0)
      yield { own: false, value: like(stranger(n), n + 2_000_000, id('comment', 2 * n), 'Comment') };
    if (is.poll(n)) {
      yield { own: true, value: vote(owner, n, 0) };
      for (let i = 0; i < 5; i++) yield { own: false, value: vote(stranger(i), n, i % 2) };
      // A second one of the same person, which counts no more than the first.
      yield { own: false, value: vote(stranger(0), n, 2) };
    }
  }
}

export function archiveOf({ seed, contacts, posts, blocks }: ArchiveSizes): Archive {
  const random = new Faker({ locale: en, seed });
  const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
  const hanging = [...relayables(posts, contacts)];
  const hangingOf = (own: boolean) => hanging.filter((one) => one.own === own).map(({ value }) => value);
  return {
    version: '2.0',
    user: {
      // Before what they are of: no order is promised.
      posts: numbers(posts).map((n) => (is.reshare(n) ? reshare(n) : status(random, n))),
      username: 'ada',
      email: secrets.email,
      private_key: `-----BEGIN RSA PRIVATE KEY-----\n${secrets.key}\n${random.string.alphanumeric(3_000)}\n-----END RSA PRIVATE KEY-----`,
      language: 'pt-BR',
      disable_mail: true,
      show_community_spotlight_in_stream: true,
      auto_follow_back: false,
      auto_follow_back_aspect: null,
      profile: {
        entity_type: 'profile',
        entity_data: {
          ...{
            author: owner,
            edited_at: null,
            first_name: 'Ada',
            last_name: null,
            full_name: 'Ada Lovelace',
          },
          image_url: 'https://pod.example/uploads/images/thumb_large_avatar.jpg',
          image_url_medium: 'https://pod.example/uploads/images/thumb_medium_avatar.jpg',
          image_url_small: 'https://pod.example/uploads/images/thumb_small_avatar.jpg',
          ...{ bio: 'I *count*.', birthday: '1000-12-10', gender: '', location: 'London', searchable: false },
          ...{ public: false, nsfw: false, tag_string: '#Math #engines #math #a #b #c #d' },
        },
      },
      contact_groups: [
        { name: 'Family' },
        { name: 'family' },
        { name: 'Work' },
        { name: 'Acquaintances of the pod and others' },
      ],
      contacts: numbers(contacts).map((n) => person(random, n)),
      blocks: numbers(blocks).map((n) => (n % 2 === 0 ? contactHandle(n) : stranger(1_000 + n))),
      relayables: hangingOf(true),
      followed_tags: ['cats', 'trains'],
      post_subscriptions: [postGuid(0), id('root', 1)],
    },
    others_data: { relayables: hangingOf(false) },
  };
}

/** Writes an archive, packed or not by the name of the file. */
export async function writeArchive(file: string, archive: object): Promise<void> {
  const text = JSON.stringify(archive);
  const packing = file.endsWith('.gz') ? [createGzip()] : [];
  await pipeline([Readable.from([text]), ...packing, createWriteStream(file)]);
}

/** Files in a ZIP file, as photos come. */
export async function zipOf(files: ReadonlyMap<string, Uint8Array>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of files) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  return buffer(zip.outputStream);
}

/** As many bytes of white space as that, in a few. */
export function bombOf(bytes: number): Buffer {
  return gzipSync(Buffer.alloc(bytes, ' '));
}
