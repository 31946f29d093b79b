// Four systems full of people who move in.
import { fixture } from '../sources/fixture.ts';
import { json, raw } from '../sources/server.ts';
import { plain } from './pictures.ts';
import { fourSystems, type System, type SystemName } from './sources.ts';

/** What every system takes for its person's. */
export const token = 'the-token-of-whoever-moves-in';

type Json = Record<string, unknown>;
type Answer = Parameters<System['answers']['set']>[1];
/** Makes a picture be at a path; gives its whole address back. */
type PictureAt = (path: string) => string;

const own = (name: string) => fixture(name) as Json;
const all = (name: string) => fixture(name) as Json[];

/** Answers to whoever has the token, in whatever header. */
const guarded =
  (payload: unknown): Answer =>
  (request, response) => {
    const { authorization, 'x-auth-token': auth } = request.headers;
    if (authorization?.endsWith(token) || auth === token) json(response, payload);
    else response.writeHead(401, { 'content-type': 'application/json' }).end('{}');
  };

/** Starts the four systems, with people in them who have something of everything. */
export async function fullSystems(): Promise<Record<SystemName, System>> {
  const systems = await fourSystems();
  const picture = await plain(64, 64).png().toBuffer();
  const pictureAt =
    ({ answers, origin }: System): PictureAt =>
    (path) => {
      answers.set(path, (_request, response) => raw(response, picture, { 'content-type': 'image/png' }));
      return `${origin}${path}`;
    };
  const { diaspora, selfcommunity, 'quran-foundation': quran, 'pronouns-cc': pronouns } = systems;
  fillDiaspora(diaspora, pictureAt(diaspora));
  fillSelfCommunity(selfcommunity, pictureAt(selfcommunity));
  fillQuranFoundation(quran, pictureAt(quran));
  fillPronounsCc(pronouns, pictureAt(pronouns));
  return systems;
}

const bob = '5cebd150b82e0133e40c406c8f31e210';
const alice = 'f50ffc00b188013355e3705681972339';
const carol = '19103170b8cc0133e40d406c8f31e210';

/** Where bob's posts go on, and the photo of the first of them. */
export const pod = { bob, alice, secondPage: `/api/v1/users/${bob}/posts?before=2`, photo: '/photos/1.png' };

/** Bob, whose token it is, follows Alice in an aspect and blocks Carol; he reshares a post of Alice's. */
function fillDiaspora({ answers }: System, pictureAt: PictureAt): void {
  const avatar = { large: pictureAt('/avatars/bob.png') };
  const self = { ...own('diaspora/self'), avatar };
  answers.set('/api/v1/user', guarded(self));
  answers.set(`/api/v1/users/${bob}`, guarded(self));
  answers.set(`/api/v1/users/${alice}`, guarded({ ...own('diaspora/person'), avatar: null }));
  answers.set(`/api/v1/users/${carol}`, guarded({ ...own('diaspora/hidden-person'), avatar: null }));
  const short = (guid: string, name: string) => ({ guid, diaspora_id: `${name}@example.com`, name });
  answers.set(`/api/v1/users/${bob}/contacts`, guarded([short(alice, 'alice'), short(carol, 'carol')]));
  const [status = {}] = all('diaspora/posts');
  const author = short(bob, 'bob');
  const postOf = (guid: string, more: Json) => ({ ...status, guid: guid.padEnd(32, '0'), author, ...more });
  const photo = { sizes: { raw: pictureAt(pod.photo) }, dimensions: { width: 64, height: 64 } };
  const { poll } = own('diaspora/reshare');
  const pages = [
    [
      postOf('status', { body: 'With a photo #sea', photos: [photo] }),
      postOf('limited', { body: 'For some', public: false, created_at: '2016-02-19T00:00:00.000Z' }),
    ],
    [
      postOf('poll', { body: 'Where?', poll, created_at: '2016-02-18T00:00:00.000Z' }),
      { ...own('diaspora/reshare'), author },
    ],
  ];
  const path = `/api/v1/users/${bob}/posts`;
  const next = { link: `<http://pod.example${pod.secondPage}>; rel="next"` };
  answers.set(path, (_request, response) => json(response, pages[0], next));
  answers.set(pod.secondPage, (_request, response) => json(response, pages[1]));
  answers.set(`/api/v1/users/${alice}/posts`, guarded(all('diaspora/posts')));
  answers.set(`/api/v1/users/${bob}/photos`, guarded([{ guid: 'alone', sizes: photo.sizes }]));
  answers.set(`/api/v1/users/${alice}/photos`, guarded([]));
}

/** Ada, whose token it is, follows Charles, who is banned, and somebody who is not listed; a third has gone. */
function fillSelfCommunity({ answers }: System, pictureAt: PictureAt): void {
  const [avatar, cover] = [pictureAt('/ada.png'), pictureAt('/ada-cover.png')];
  const { connections_counter: _, ...me } = own('selfcommunity/me');
  const ada: Json = { ...me, avatar, cover };
  const person = (id: number, username: string, more: Json = {}) => ({
    ...{ id, username, date_joined: '2020-01-01T00:00:00Z', status: 'a', connection_status: null },
    ...more,
  });
  // Somebody of a name that nobody may have here.
  const charles = person(8, 'admin', { real_name: 'Charles Babbage', status: 'b' });
  const page = (...results: unknown[]) => guarded({ count: results.length, next: null, results });
  const users = '/api/v2/user/';
  answers.set(`${users}me/`, guarded(ada));
  answers.set(`${users}7/settings/`, guarded(own('selfcommunity/settings')));
  answers.set(users, page(ada, charles, person(9, 'gone', { status: 'd' })));
  answers.set(`${users}7/followings/`, page(charles, person(10, 'mary', { avatar })));
  answers.set(`${users}hidden_users/`, page(person(11, 'noise')));
  answers.set(`${users}8/connections/`, page(ada));
  answers.set(`${users}8/followers/`, page(ada, person(12, 'stranger')));
  const feed = own('selfcommunity/feed');
  const units = (feed.results as Json[]).map((unit) => {
    const type = String(unit.type);
    const { medias, ...contribution } = unit[type] as Json & { medias: Json[] };
    const local = medias.map((media) => (media.type === 'image' ? { ...media, image: avatar } : media));
    return {
      ...unit,
      [type]: { ...contribution, medias: local.filter(({ type: kind }) => kind !== 'eimage') },
    };
  });
  answers.set(`${users}7/feed/`, guarded({ ...feed, next: null, results: units }));
  answers.set(`${users}8/feed/`, guarded({ count: 0, next: null, results: [] }));
}

/** Amina, whose token it is, follows Bilal. */
function fillQuranFoundation({ answers }: System, pictureAt: PictureAt): void {
  const avatarUrls = { large: pictureAt('/amina.png') };
  const profile: Json = { ...own('quran-foundation/profile'), avatarUrls };
  const following = own('quran-foundation/following');
  const [, bilal] = following.data as Json[];
  const page = (...data: unknown[]) =>
    guarded({ total: data.length, currentPage: 1, limit: 20, pages: 1, data });
  const users = '/quran-reflect/v1/users/';
  answers.set(`${users}profile`, guarded(profile));
  answers.set(`${users}${profile.id}`, guarded(profile));
  answers.set(`${users}${bilal?.id}`, guarded({ ...bilal, avatarUrls: {} }));
  answers.set(`${users}${profile.id}/following`, page({ ...bilal, avatarUrls: {} }));
  answers.set(`${users}${profile.id}/followers`, page({ ...bilal, avatarUrls: {} }));
}

/** Ada, whose token it is, with a member who is unlisted, and a flag that she does not show. */
function fillPronounsCc({ answers }: System, pictureAt: PictureAt): void {
  const self = own('pronouns-cc/self');
  const [shown, library = {}] = all('pronouns-cc/flags');
  const ada: Json = { ...self, flags: [shown], fediverse: null };
  const [listed = {}, other = {}] = self.members as Json[];
  answers.set('/api/v1/users/@me', guarded(ada));
  answers.set(`/api/v1/users/${self.id}`, guarded(ada));
  answers.set('/api/v1/users/@me/members', guarded([listed, other]));
  answers.set('/api/v1/users/@me/flags', guarded([shown, library]));
  answers.set(`/api/v1/members/${listed.id}`, guarded(own('pronouns-cc/member')));
  answers.set(`/api/v1/members/${other.id}`, guarded({ ...other, user: null }));
  for (const path of [`users/${self.id}/${self.avatar}`, `members/${listed.id}/${listed.avatar}`])
    pictureAt(`/cdn/${path}.webp`);
  for (const { hash } of [shown ?? {}, library]) pictureAt(`/cdn/flags/${hash}.webp`);
}
