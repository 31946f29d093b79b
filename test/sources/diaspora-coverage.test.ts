import {
  photosPayload,
  postPayload,
  postsPayload,
  userPayload,
} from '../../src/sources/diaspora/payloads.ts';
import { toPerson, toTie } from '../../src/sources/diaspora/person.ts';
import { toPhotos, toPost } from '../../src/sources/diaspora/post.ts';
import { checkRows, type Example } from './coverage.ts';

const person: Example['records'] = (payload) => {
  const user = userPayload.safeParse(payload).data;
  return user ? { SourcePerson: toPerson(user), SourceTie: toTie(user) } : null;
};
const post: Example['records'] = (payload) => {
  const read = postPayload.safeParse(payload).data;
  return read ? { SourcePost: toPost(read) } : null;
};
const posts: Example['records'] = (payload) => {
  const read = postsPayload.safeParse(payload).data;
  return read ? { SourcePost: read.map(toPost) } : null;
};
const photos: Example['records'] = (payload) => {
  const read = photosPayload.safeParse(payload).data;
  return read ? { SourcePhoto: read.flatMap((photo) => toPhotos(photo)) } : null;
};
const examples = new Map<string, Example>([
  ['GET /user', { fixture: 'diaspora/self', records: person }],
  ['GET /users/:guid', { fixture: 'diaspora/person', records: person, like: 'GET /user' }],
  [
    'Users, as servers tell',
    { fixture: 'diaspora/hidden-person', records: person, like: 'GET /users/:guid' },
  ],
  ['GET /users/:guid/posts', { fixture: 'diaspora/posts', records: posts }],
  [
    'Posts, as servers tell',
    { fixture: 'diaspora/full-post', records: post, like: 'GET /users/:guid/posts' },
  ],
  [
    'A post with an oEmbed',
    { fixture: 'diaspora/oembed-post', records: post, like: 'Posts, as servers tell' },
  ],
  ['A reshare', { fixture: 'diaspora/reshare', records: post, like: 'Posts, as servers tell' }],
  ['GET /users/:guid/photos', { fixture: 'diaspora/photos', records: photos }],
]);

checkRows('diaspora*', 'diaspora', examples);
