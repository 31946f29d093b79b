import { expect, test } from 'vitest';
import {
  photosPayload,
  postPayload,
  postsPayload,
  userPayload,
} from '../../src/sources/diaspora/payloads.ts';
import { toPerson, toTie } from '../../src/sources/diaspora/person.ts';
import { toPhotos, toPost } from '../../src/sources/diaspora/post.ts';
import { expectReadOrRefused, expectSound, textsOf } from './garbage.ts';

test.each(['self', 'person', 'hidden-person'])(
  'A broken payload of a user (%s) is read, or refused where it is broken',
  (name) => {
    const counts = expectReadOrRefused(
      `diaspora/${name}`,
      userPayload,
      (user) => [toPerson(user), toTie(user)],
      (records) => {
        expectSound(records);
        for (const [key, text] of textsOf(records)) {
          if (key === 'url') expect(URL.parse(text)?.protocol).toBe('https:');
          if (key === 'birthday') expect(text).toMatch(/^\d{4}-\d\d-\d\d$/);
        }
      },
    );
    expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(10);
  },
);

test.each(['full-post', 'oembed-post', 'reshare', 'reshare-without-root'])(
  'A broken payload of a post (%s) is read, or refused where it is broken',
  (name) => {
    const counts = expectReadOrRefused(`diaspora/${name}`, postPayload, toPost, expectSound);
    expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(10);
  },
);

test('A broken list of posts or photos is read, or refused where it is broken', () => {
  const posts = expectReadOrRefused('diaspora/posts', postsPayload, (all) => all.map(toPost), expectSound);
  const photos = expectReadOrRefused(
    'diaspora/photos',
    photosPayload,
    (all) => all.flatMap((photo) => toPhotos(photo)),
    expectSound,
  );
  expect(Math.min(posts.taken, posts.refused, photos.taken, photos.refused)).toBeGreaterThan(10);
});
