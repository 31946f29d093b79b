// npm run import -- --from diaspora-archive: what an account has at its pod, and nothing that was not to be shown.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/db/client.ts';
import { ensurePeople } from '../../src/features/users/bulk-store.ts';
import { diskStorage } from '../../src/media/disk-storage.ts';
import { createTestApp, type TestApp } from '../helpers/app.ts';
import {
  type Archive,
  archiveOf,
  contactHandle,
  is,
  owner,
  photoNames,
  postGuid,
  postTime,
  secrets,
  writeArchive,
  zipOf,
} from '../helpers/archive.ts';
import { onOwnDatabase } from '../helpers/db.ts';
import { contentsOf, dumpOf, tablesWith } from '../helpers/dump.ts';
import { plain } from '../helpers/pictures.ts';
import { migratedFolder, run, temporaryFolder } from '../helpers/process.ts';

/** Where an archive is moved in to: a PostgreSQL database of the test's own, or a folder. */
async function place() {
  const url = await onOwnDatabase('migrated');
  const folder = url ? temporaryFolder() : migratedFolder();
  const env: Record<string, string> = { DATA_DIR: folder, ...(url ? { DATABASE_URL: url } : {}) };
  const start = (...args: string[]) => run('src/cli/import.ts', ['--from', 'diaspora-archive', ...args], env);
  const move = async (...args: string[]) => {
    const { ended, output } = start(...args);
    return { code: await ended, output: output() };
  };
  const within = async <T>(read: (db: Database) => Promise<T>): Promise<T> => {
    const database = await openDatabase(url ? { url } : { dataDir: folder });
    try {
      return await read(database.db);
    } finally {
      await database.close();
    }
  };
  /** Asks the real server on the same database and the same pictures. */
  const asked = async <T>(ask: (app: TestApp) => Promise<T>): Promise<T> => {
    const database = await openDatabase(url ? { url } : { dataDir: folder });
    const app = await createTestApp({
      database: { ...database, statements: [] },
      storage: diskStorage(join(folder, 'media')),
    });
    try {
      return await ask(app);
    } finally {
      await app.close();
    }
  };
  return { folder, env, start, move, within, asked };
}

const sizes = { seed: 7, contacts: 40, posts: 240, blocks: 6 };

interface SeenPost {
  slug: string;
  title: string;
  body: string;
  html: string;
  type: string;
  visibility: string;
  isNsfw: boolean;
  provider: string | null;
  mediaType: string | null;
  createdAt: string;
  updatedAt: string;
  location: { name: string | null; coordinates: { latitude: number; longitude: number } | null } | null;
  tags: { name: string }[];
  photos: { description: string | null; image: { url: string } }[];
  poll: {
    id: string;
    question: string;
    votersCount: number;
    choices: { id: string; text: string; votesCount: number | null }[];
  } | null;
  root: { slug: string } | null;
  counters: { comments: number; likes: number };
  comments: { nodes: { body: string; html: string; createdAt: string; author: { username: string } }[] };
}

interface Page {
  nodes: SeenPost[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

const postFields = `slug title body html type visibility isNsfw provider mediaType createdAt updatedAt
  location { name coordinates { latitude longitude } } tags { name } photos { description image { url } }
  poll { id question votersCount choices { id text votesCount } } root { slug } counters { comments likes }
  comments(first: 5) { nodes { body html createdAt author { username } } }`;

/** All posts of ada's that somebody sees, by when they were written. */
async function postsOf(app: TestApp, as: string | null): Promise<Map<string, SeenPost>> {
  const posts = new Map<string, SeenPost>();
  let after: string | null = null;
  for (;;) {
    const { user }: { user: { posts: Page } } = await app.query(
      `query ($after: String) { user(by: { username: "ada" }) { posts(first: 50, after: $after) { nodes { ${postFields} } pageInfo { hasNextPage endCursor } } } }`,
      { as, variables: { after } },
    );
    for (const post of user.posts.nodes) posts.set(post.createdAt, post);
    if (!user.posts.pageInfo.hasNextPage) return posts;
    after = user.posts.pageInfo.endCursor;
  }
}

/** Entries that no pod has written. */
function spoil({ user, others_data }: Archive): void {
  const post = (n: number, data: object) => ({
    entity_type: 'status_message',
    entity_data: { guid: postGuid(n), created_at: postTime(n), public: true, text: 'Text', ...data },
  });
  const posts = [
    ...[null, 5, [], 'post', {}, { entity_type: 'status_message' }],
    post(900, { guid: 'no guid' }),
    post(901, { created_at: 'yesterday' }),
    post(902, { created_at: '2500-01-01T00:00:00Z' }),
    post(903, { public: 'no' }),
    post(904, { author: 'eve@pod.example' }),
    post(905, { text: 'x'.repeat(2_000_001) }),
    post(906, { text: '', photos: 'none' }),
    JSON.parse(`{"__proto__": {"public": true}, "entity_data": ${'['.repeat(40)}${']'.repeat(40)}}`),
    post(907, {
      text: `${'long '.repeat(20_000)}`,
      poll: { entity_type: 'poll' },
      location: 'here',
      photos: [{}],
    }),
  ];
  user.posts = [...posts, ...(user.posts as unknown[]), post(0, { text: 'A second one of the same guid' })];
  user.contacts = [
    {},
    null,
    { account_id: 'nobody', receiving: true, sharing: true },
    ...(user.contacts as unknown[]),
  ];
  user.relayables = [7, { entity_type: 'like', entity_data: {} }, ...(user.relayables as unknown[])];
  others_data.relayables = [{ entity_type: 'dance' }, ...(others_data.relayables as unknown[])];
}

describe('npm run import -- --from diaspora-archive', () => {
  it('takes what there is a place for, in the second run the photos, and in the third nothing', async () => {
    const { folder, move, within, asked } = await place();
    const [file, zip] = [join(folder, 'archive.json.gz'), join(folder, 'photos.zip')];
    const archive = archiveOf(sizes);
    spoil(archive);
    await writeArchive(file, archive);
    const picture = await plain(8, 8).png().toBuffer();
    const numbers = Array.from({ length: sizes.posts }, (_, n) => n);
    const [first = '', second = ''] = photoNames(107);
    const files = numbers
      .filter(is.photos)
      .flatMap((n) => photoNames(n).map((name) => [name, picture] as const));
    writeFileSync(
      zip,
      await zipOf(new Map([...files, [second, Buffer.from('no picture')], ['avatar.jpg', picture]])),
    );
    expect(first).not.toBe(second);

    const taken = await move(file);
    expect(taken.output).toContain('ada@pod.example has moved in as ada.');
    expect(taken.code).toBe(0);
    const limited = numbers.filter((n) => is.limited(n) && !is.reshare(n));
    const lines = [
      '  228 posts',
      `  ${limited.length} of those for their author alone, as the file does not say whom they were for`,
      '  2 reshares',
      '  12 polls',
      '  3 aspects',
      '  6 blocks',
      '  10 contacts: they added you, you did not add them',
      '  16 photos: no --photos to take them from',
      '  1 posts: too large',
      '  1 posts: are of a time to come (post0000000000000000000000000902)',
      '  1 posts: somebody else wrote them (post0000000000000000000000000904)',
      '  1 texts of posts: what is beyond 65535 characters (post0000000000000000000000000907)',
      '  2 followed tags: nobody follows tags here (cats, trains)',
      '  3 contacts: cannot be read (nobody, …)',
    ];
    for (const line of lines) expect(taken.output).toContain(line);

    const withPhotos = await move(file, '--photos', zip);
    expect(withPhotos.output).toMatch(/Taken:\n {2}1 parts of the profile\n {2}3 posts\n {2}15 photos\n/);
    expect(withPhotos.output).toContain('1 photos: This is no PNG, JPEG, WebP or GIF image');
    const before = await within(dumpOf);
    const again = await move(file, '--photos', zip);
    expect(again.output).toContain('Taken:\n  nothing\nHere already:\n');
    expect(await within(dumpOf)).toEqual(before);

    for (const secret of Object.values(secrets)) {
      expect(await within((db) => tablesWith(db, secret))).toEqual([]);
      expect(taken.output + withPhotos.output).not.toContain(secret);
    }

    await asked(async (app) => {
      const { viewer } = await app.query(
        `{ viewer { email accounts { provider instance username externalId isVisible }
          settings { privacy { searchable profileVisibility nsfw } display { language } notifications { email } }
          aspects { name users { totalCount } } blockedUsers { totalCount nodes { username } }
          user { displayName bio birthday location { name } gender avatar { width } tags { name } stats { posts following } 
            following(first: 50) { nodes { username displayName } } } } }`,
        { as: 'ada' },
      );
      expect(viewer).toMatchObject({
        email: null,
        accounts: expect.arrayContaining([
          {
            ...{ provider: 'DIASPORA', instance: 'pod.example', username: owner },
            externalId: owner,
            isVisible: false,
          },
        ]),
        settings: {
          privacy: { searchable: false, profileVisibility: 'CONTACTS', nsfw: false },
          display: { language: 'pt-BR' },
          notifications: { email: 'NEVER' },
        },
        blockedUsers: { totalCount: 6 },
        user: {
          ...{ displayName: 'Ada Lovelace', bio: 'I *count*.', birthday: '1004-12-10', gender: null },
          ...{ location: { name: 'London' }, avatar: { width: 8 } },
          tags: ['math', 'engines', 'a', 'b', 'c'].map((name) => ({ name })),
        },
      });
      const followed = Array.from({ length: sizes.contacts }, (_, n) => n).filter(
        (n) => n % 3 !== 0 && n !== 2 && n !== 4,
      );
      const nodes: { username: string; displayName: string | null }[] = viewer.user.following.nodes;
      expect(nodes.map(({ username }) => username).toSorted()).toEqual(
        followed.map(contactHandle).toSorted(),
      );
      expect(viewer.user.stats.following).toBe(followed.length);
      expect(nodes.find(({ username }) => username === contactHandle(7))).toMatchObject({
        displayName: 'Person',
      });
      expect(viewer.aspects).toEqual([
        { name: 'Family', users: { totalCount: followed.filter((n) => n % 4 < 2).length } },
        { name: 'Work', users: { totalCount: followed.filter((n) => n % 4 === 1).length } },
        { name: 'Acquaintances of the', users: { totalCount: 0 } },
      ]);

      const own = await postsOf(app, 'ada');
      expect(own.size).toBe(233);
      const public_ = await postsOf(app, null);
      expect(public_.size).toBe(233 - limited.length);
      expect(viewer.user.stats.posts).toBe(public_.size);
      const at = (n: number) => own.get(postTime(n));
      for (const n of limited) {
        expect(at(n)).toMatchObject({ visibility: 'ASPECTS' });
        expect(public_.has(postTime(n))).toBe(false);
      }
      expect(at(5)).toMatchObject({
        ...{ type: 'POLL', provider: 'mobile', updatedAt: postTime(5) },
        poll: {
          ...{ question: 'What of 5?', votersCount: 6 },
          choices: [
            { text: 'yes', votesCount: 4 },
            { text: 'no', votesCount: 2 },
            { text: 'maybe', votesCount: 0 },
          ],
        },
      });
      const voted = await app.mutate(
        'votePoll',
        { pollId: at(5)?.poll?.id, choiceIds: [at(5)?.poll?.choices[1]?.id] },
        'bob',
        'poll { votersCount choices { votesCount voters { totalCount } } } userErrors { code }',
      );
      expect(voted).toMatchObject({
        poll: { votersCount: 7, choices: [{ votesCount: 4 }, { votesCount: 3 }, { votesCount: 0 }] },
        userErrors: [],
      });
      expect(at(8)).toMatchObject({
        location: { name: 'Street 8', coordinates: { latitude: 52.5, longitude: 13.4 } },
      });
      expect(at(7)).toMatchObject({
        type: 'STATUS',
        body: '',
        mediaType: 'IMAGES',
        title: 'A post from Ada Lovelace',
      });
      expect(at(7)?.photos).toHaveLength(2);
      expect(at(7)?.photos[0]?.description).toBe('What is on 7');
      expect(at(107)?.photos).toHaveLength(1);
      expect(at(7)?.photos[1]?.image.url).not.toContain('private-');
      expect(at(11)?.photos.map(({ image }) => image.url)).toEqual([
        expect.stringContaining('/private-'),
        expect.stringContaining('/private-'),
      ]);
      expect(at(28)).toMatchObject({ type: 'RESHARE', root: { slug: at(30)?.slug } });
      expect(at(9)?.html).not.toContain('<script');
      expect(at(9)?.html).not.toContain('javascript:alert(1)"');
      expect(at(49)?.body).toBe('NUL  and half a pair \ufffd in one text');
      expect(at(89)?.body).toBe('@grace@pod2.example and @old@pod.example and @x@y and @ada');
      expect(at(89)?.html).not.toContain('<a');
      expect(at(209)).toMatchObject({
        title: 'A heading that stands first',
        slug: 'a-heading-that-stands-first',
        isNsfw: true,
      });
      expect(at(209)?.tags).toEqual([{ name: 'nsfw' }, { name: 'ünïcode' }]);
      expect(at(0)?.body).not.toContain('second one');
      expect(at(12)?.comments.nodes.map(({ body, author }) => [body, author.username])).toEqual([
        ['Said under 12, @ada@pod.example', 'stranger12@far2.example'],
        ['My answer under 12', 'ada'],
      ]);
      expect(at(12)?.comments.nodes[0]?.createdAt).toBe('2020-01-01T00:00:24.000Z');
      // Whoever is blocked is not to be seen, but counted.
      expect(at(40)).toMatchObject({ counters: { comments: 1, likes: 1 }, comments: { nodes: [] } });
      expect(await app.query(`{ users { nodes { username } } }`)).toEqual({
        users: { nodes: [{ username: 'bob' }] },
      });
    });
  });

  // Of the embedded database only start.test.ts tries what is left of it: with that in each of them, ten processes take long.
  if (process.env.DATABASE_URL) {
    it('is the same, however often it is killed and begun again', async () => {
      const [whole, broken] = [await place(), await place()];
      const file = join(whole.folder, 'archive.json');
      await writeArchive(file, archiveOf({ ...sizes, posts: 300 }));
      const started = Date.now();
      expect(await whole.move(file)).toMatchObject({ code: 0 });
      const lasted = Date.now() - started;
      const ends: (number | string | null)[] = [];
      for (const share of [0.6, 0.8, 1]) {
        const { child, ended } = broken.start(file);
        setTimeout(() => child.kill('SIGKILL'), lasted * share * (0.3 + 0.7 * Math.random()));
        ends.push(await ended);
      }
      expect(ends).toContain('SIGKILL');
      expect(await broken.move(file)).toMatchObject({ code: 0 });
      expect(await broken.within(contentsOf)).toEqual(await whole.within(contentsOf));
      const counters = run('src/cli/repair.ts', ['--check'], broken.env);
      expect(await counters.ended, counters.output()).toBe(0);
    });
  }

  it('goes into nobody’s account who was not named, and shows nothing there that was hidden', async () => {
    const { folder, move, within, asked } = await place();
    const file = join(folder, 'archive.json');
    await writeArchive(file, archiveOf({ ...sizes, posts: 20 }));
    await within((db) => ensurePeople(db, '', [{ username: 'Ada', createdAt: new Date(), gender: 'here' }]));
    const before = await within(dumpOf);
    const unnamed = await move(file);
    expect(unnamed).toMatchObject({ code: 1, output: expect.stringContaining('say --user Ada') });
    expect(await move(file, '--user', 'admin')).toMatchObject({
      code: 1,
      output: expect.stringContaining('--user'),
    });
    expect(await within(dumpOf)).toEqual(before);
    const named = await move(file, '--user', 'ada');
    expect(named.output).toContain('ada@pod.example has moved in as Ada.');
    expect(named.output).toContain(
      '3 profile: was hidden there, and the profile here is public (bio, birthday, locationName)',
    );
    const elsewhere = await move(file, '--user', 'bob');
    expect(elsewhere).toMatchObject({
      code: 1,
      output: 'ada@pod.example has moved into the account of Ada, and cannot move into another.\n',
    });
    // Somebody whom ada follows, and who comes after her: who was known as living elsewhere lives here now.
    const friend = archiveOf({ seed: 3, contacts: 0, posts: 0, blocks: 0 });
    const profile = { entity_type: 'profile', entity_data: { author: contactHandle(1), public: true } };
    const comment = (author: string, guid: string) => ({
      entity_type: 'comment',
      entity_data: { author, guid, parent_guid: 'apostofthefriend00', text: `From ${author}` },
    });
    const status = { guid: 'apostofthefriend00', public: true, created_at: postTime(1), text: 'Mine' };
    Object.assign(friend.user, {
      ...{ profile, username: 'person1', disable_mail: false },
      posts: [{ entity_type: 'status_message', entity_data: status }],
    });
    friend.others_data.relayables = [
      comment(owner, 'acommentofadas0000'),
      comment('x@y.example', 'acommentofxs000000'),
    ];
    await writeArchive(file, friend);
    const moved = await move(file);
    expect(moved.output).toContain(`${contactHandle(1)} has moved in as person1.`);
    expect(moved.output).toContain(
      '1 comments: are of somebody who lives here: they come with their own archive',
    );
    await asked(async (app) => {
      const { user } = await app.query(
        `{ user(by: { username: "person1" }) { followers { nodes { username } } posts { nodes { comments { nodes { body } } } } } }`,
        { as: 'person1' },
      );
      expect(user).toEqual({
        followers: { nodes: [{ username: 'Ada' }] },
        posts: { nodes: [{ comments: { nodes: [{ body: 'From x@y.example' }] } }] },
      });
      const { viewer } = await app.query(
        '{ viewer { user { bio gender } settings { privacy { profileVisibility } } } }',
        {
          as: 'ada',
        },
      );
      expect(viewer).toEqual({
        user: { bio: null, gender: 'here' },
        settings: { privacy: { profileVisibility: 'PUBLIC' } },
      });
    });
  });

  it('says what is wrong with a file, and does nothing', async () => {
    const { folder, move, within } = await place();
    const before = await within(dumpOf);
    const file = join(folder, 'archive.json');
    const archive = archiveOf({ ...sizes, posts: 50 });
    const packed = gzipSync(JSON.stringify(archive));
    const { user } = archive;
    writeFileSync(file, JSON.stringify({ user, version: '1.0' }));
    const old = await move(file);
    expect(old).toMatchObject({ code: 1, output: expect.stringContaining('of version 2.0: it says "1.0"') });
    writeFileSync(file, packed.subarray(0, packed.length - 900));
    const cut = await move(file);
    expect(cut).toMatchObject({ code: 1, output: expect.stringContaining('broken or cut off') });
    expect(old.output + cut.output).not.toContain(secrets.key);
    expect(await move(join(folder, 'none.json'))).toMatchObject({
      code: 1,
      output: expect.stringContaining('none.json'),
    });
    writeFileSync(file, packed);
    const photos = join(folder, 'photos.zip');
    writeFileSync(photos, 'no zip');
    expect(await move(file, '--photos', photos)).toMatchObject({
      code: 1,
      output: expect.stringContaining('cannot be read as a ZIP file of photos'),
    });
    expect(await within(dumpOf)).toEqual(before);
  });
});
