// Domain rules 3.1 to 3.9: what is hidden from somebody answers them as what never was, whatever it is asked with: status,
// codes, messages, paths, data and headers.
import { randomBytes, randomUUID } from 'node:crypto';
import {
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredInputField,
} from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { filesOf } from '../../src/features/media/rules.ts';
import { decodeId, encodeId } from '../../src/graphql/node.ts';
import { schema } from '../../src/schema.ts';
import { useTestApp } from '../helpers/app.ts';
import { onePixel } from '../helpers/lists.ts';
import { done, type Filled, fillEverything, idsIn, type Marked, stranger } from '../helpers/marked.ts';
import { argumentsOf, isForm, type Sought } from '../helpers/schema-walk.ts';

const kith = useTestApp();

/** Of the connection, or of the moment. */
const incidental = new Set([
  'date',
  'connection',
  'keep-alive',
  'x-request-id',
  'ratelimit',
  'ratelimit-remaining',
  'ratelimit-reset',
]);

/** All of an answer that a client can tell from another one. */
async function answerTo(path: string, init: RequestInit = {}) {
  const response = await kith.fetch(path, init);
  const headers = [...response.headers].filter(([name]) => !incidental.has(name));
  return { status: response.status, headers: Object.fromEntries(headers), body: await response.text() };
}

const ask = async (as: string | null, query: string, variables: object = {}) =>
  answerTo('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(as === null ? {} : { authorization: `Bearer ${await kith.token(as)}` }),
    },
    body: JSON.stringify({ query, variables }),
  });

/** Why an object is not found by the stranger, and the ids of such objects. */
let hidden: Record<'private' | 'suspended' | 'deleted' | 'blocked' | 'left', readonly string[]>;
let people: Marked;
/** What the stranger has, for the other ids that a mutation asks for: by type. */
let mine: Record<string, string>;

const all = ({ shown, secret }: Filled) => [...shown, ...secret];
/** Found by their ids, be they in no list: rule 3.5. */
const isMember = (id: string) => decodeId(id)?.typename === 'Member';

beforeAll(async () => {
  people = await fillEverything(kith);
  const { zoe, bea, suspended, deleted, left } = people;
  hidden = {
    private: [...zoe.secret].filter((id) => !isMember(id)),
    suspended: all(suspended),
    deleted: [...all(deleted), ...deleted.commons],
    blocked: all(bea),
    left,
  };
  const make = (name: string, input: object, selection: string) =>
    done(kith, name, input, stranger, selection);
  const posted = await make(
    'createPost',
    { visibility: 'PUBLIC', poll: { question: 'Which?', choices: ['One', 'Other'] } },
    'post { id poll { id choices { id } } }',
  );
  const { viewer } = await kith.query('{ viewer { accounts { id } } }', { as: stranger });
  const image = { base64: onePixel };
  const own = [
    await kith.idOf('guest'),
    ...idsIn([
      posted,
      viewer,
      await make('addComment', { postId: posted.post.id, body: 'So' }, 'comment { id }'),
      await make('createMember', { name: 'Mine' }, 'member { id }'),
      await make('createPrideFlag', { name: 'Mine', image }, 'flag { id }'),
      await make('createAspect', { name: 'Mine' }, 'aspect { id }'),
      await make('createRoom', { kind: 'GROUP', name: 'Mine', slug: 'mine' }, 'room { id }'),
      await kith.query('{ category(by: { slug: "all" }) { id } }'),
    ]),
  ];
  mine = Object.fromEntries(own.map((id) => [decodeId(id)?.typename, id]));
});

/** An id like this one that nothing has. */
const never = (id: string) => encodeId(decodeId(id)?.typename ?? '', randomUUID());

/** The types whose ids mutations take, by the names of their input fields. */
const typeOfField: Record<string, string> = {
  userId: 'User',
  userIds: 'User',
  postId: 'Post',
  postIds: 'Post',
  pollId: 'Poll',
  choiceIds: 'PollChoice',
  categoryId: 'Category',
  roomId: 'Room',
  aspectId: 'Aspect',
  aspectIds: 'Aspect',
  memberId: 'Member',
  flagId: 'PrideFlag',
  flagIds: 'PrideFlag',
  commentId: 'Comment',
  accountId: 'Account',
  notificationIds: 'Notification',
};

/** What else a mutation has to be told to come as far as looking for the id. */
const besides: Record<string, object> = {
  createPost: { body: 'Hello', visibility: 'PUBLIC' },
  'createPost.aspectIds': { visibility: 'ASPECTS' },
  'createPost.roomId': { visibility: 'ROOM' },
  createMember: { name: 'Another' },
  updatePost: { body: 'Hello' },
  updateComment: { body: 'Hello' },
  addComment: { body: 'Hello' },
  renameAspect: { name: 'Other' },
  setRoomRole: { role: 'MEMBER' },
  updateAccount: { isVisible: true },
};

/** The id as an input field of this type takes it. */
const asInput = (type: GraphQLInputType, id: string) =>
  isListType(isNonNullType(type) ? type.ofType : type) ? [id] : id;

/** Each input field of a mutation that takes ids, and an input with an id in it. */
const inputs = Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap(
  ({ name: mutation, args }) => {
    const type = args[0] && getNamedType(args[0].type);
    if (!isInputObjectType(type)) throw new Error(`${mutation} takes no input.`);
    const fields = Object.values(type.getFields()).filter((field) => getNamedType(field.type).name === 'ID');
    return fields.map((field) => ({
      mutation,
      type: type.name,
      field: field.name,
      input: (id: string): object => ({
        ...Object.fromEntries(
          fields
            .filter(isRequiredInputField)
            .map((other) => [other.name, asInput(other.type, mine[typeOfField[other.name] ?? ''] ?? '')]),
        ),
        ...besides[mutation],
        ...besides[`${mutation}.${field.name}`],
        [field.name]: asInput(field.type, id),
      }),
    }));
  },
);

describe('a mutation', () => {
  it('takes no ids that these tests do not know of', () => {
    expect(inputs.filter(({ field }) => !typeOfField[field])).toEqual([]);
    // Ids deeper within inputs would be passed by: of these, clients choose the keys themselves.
    const own = new Set(inputs.map(({ type }) => type));
    const nested = Object.values(schema.getTypeMap())
      .filter((type) => isInputObjectType(type))
      .filter(({ name }) => !own.has(name))
      .flatMap((type) =>
        Object.values(type.getFields())
          .filter((field) => getNamedType(field.type).name === 'ID')
          .map((field) => `${type.name}.${field.name}`),
      );
    expect(nested.toSorted()).toEqual([
      'CategoryBy.id',
      'MemberBy.id',
      'PostBy.id',
      'PreferenceInput.key',
      'RoomBy.id',
      'UserBy.id',
    ]);
  });

  it.each(inputs.map((one) => [`${one.mutation}(${one.field})`, one] as const))(
    '%s answers for what is hidden as for what never was',
    async (_name, { mutation, type, field, input }) => {
      const document = `mutation ($input: ${type}!) { ${mutation}(input: $input) { __typename userErrors { code message path } } }`;
      const wanted = typeOfField[field] ?? '';
      const ids = Object.entries(hidden).flatMap(([why, of]) => {
        const [first] = of.filter((id) => decodeId(id)?.typename === wanted);
        return first === undefined ? [] : [[why, first] as const];
      });
      // Categories are nobody's, and everybody sees them.
      expect(ids.length, wanted).toBeGreaterThanOrEqual(wanted === 'Category' ? 0 : 3);
      for (const as of [stranger, null]) {
        const wasNever = await ask(as, document, { input: input(never(encodeId(wanted, randomUUID()))) });
        expect(wasNever.body).toMatch(/NOT_FOUND|UNAUTHENTICATED/);
        for (const [why, id] of ids) {
          expect(await ask(as, document, { input: input(id) }), `${why}, ${as}`).toEqual(wasNever);
        }
      }
    },
  );
});

describe('a query', () => {
  it.each([
    ['a stranger with a token', stranger],
    ['nobody in particular', null],
  ])('by ids answers %s for what is hidden as for what never was', async (_who, as) => {
    const documents = [
      'query ($id: ID!) { node(id: $id) { __typename id } }',
      'query ($id: ID!) { nodes(ids: [$id]) { __typename id } }',
      'query ($id: ID!) { user(by: { id: $id }) { id } member(by: { id: $id }) { id } room(by: { id: $id }) { id } post(by: { id: $id }) { id } }',
      'query ($id: ID!) { searchUsers(query: "ada", roomId: $id) { totalCount nodes { id } } }',
      'query ($id: ID!) { searchUsers(query: "ada", context: ROOM_INVITE, roomId: $id) { totalCount nodes { id } } }',
    ];
    for (const [why, ids] of Object.entries(hidden)) {
      if (as === null && why === 'blocked') continue;
      for (const [typename, [id = '']] of Map.groupBy(ids, (one) => decodeId(one)?.typename)) {
        // Nobody in particular is told that there is something to sign in for, whosever it is.
        for (const document of documents) {
          const answer = await ask(as, document, { id });
          expect(answer, `${why} ${typename}: ${document}`).toEqual(
            await ask(as, document, { id: never(id) }),
          );
        }
      }
    }
  });

  /** Somebody with names as long as theirs whom there never was. */
  const neverThere = (of: Sought): Sought => {
    const like = (text: string) => randomBytes(text.length).toString('hex').slice(0, text.length);
    const letters = (text: string) => text.replace(/./g, () => String.fromCharCode(97 + Math.random() * 26));
    const { member, room, post } = of;
    return {
      id: never(of.id),
      username: like(of.username),
      sid: letters(of.sid),
      member: member && {
        id: never(member.id),
        sid: letters(member.sid),
        memberName: like(member.memberName),
      },
      room: room && { id: never(room.id), slug: like(room.slug) },
      post: post && { ...post, id: never(post.id), slug: like(post.slug), within: post.within.map(never) },
    };
  };

  /** What people, members, rooms and posts are found by. */
  const lookUps = ['user', 'member', 'room', 'post', 'searchUsers', 'node', 'nodes'];
  const documentsFor = (sought: Sought): string[] =>
    lookUps.flatMap((name) => {
      const field = schema.getQueryType()?.getFields()[name];
      if (!field) throw new Error(`There is no ${name}.`);
      const type = getNamedType(field.type);
      const below = isObjectType(type) && isForm(type) ? 'totalCount nodes { __typename }' : '__typename';
      return argumentsOf(`Query.${name}`, field, sought).map((args) => `{ ${name}(${args}) { ${below} } }`);
    });

  it.each([
    ['suspended', () => people.suspended, [stranger, null]],
    ['deleted', () => people.deleted, [stranger, null]],
    ['the blocker', () => people.bea, [stranger]],
  ] as const)('by any name answers for whoever is %s as for whoever never was', async (_why, of, viewers) => {
    const there = of();
    const hiddenDocuments = documentsFor(there);
    const neverDocuments = documentsFor(neverThere(there));
    for (const as of viewers) {
      for (const [i, document] of hiddenDocuments.entries()) {
        expect(await ask(as, document), document).toEqual(await ask(as, neverDocuments[i] ?? ''));
      }
    }
  });

  it('by names answers for what somebody keeps private as for what never was', async () => {
    const { zoe } = people;
    const { viewer } = await kith.query(
      '{ viewer { user { posts(first: 20) { nodes { slug visibility } } } members { nodes { memberName } } accounts { externalId username provider instance } } }',
      { as: 'zoe' },
    );
    const slugs = viewer.user.posts.nodes.filter((p: { visibility: string }) => p.visibility !== 'PUBLIC');
    const pairs: [string, object, object][] = [
      ...slugs.map(({ slug }: { slug: string }): [string, object, object] => [
        'post(by: $by) { id }',
        { slug: { username: 'zoe', slug } },
        { slug: { username: 'zoe', slug: slug.replace(/./g, 'q') } },
      ]),
      ...viewer.members.nodes.map(
        ({ memberName: member }: { memberName: string }): [string, object, object] => [
          'member(by: $by) { id }',
          { name: { username: 'zoe', member } },
          { name: { username: 'zoe', member: member.replace(/./g, 'q') } },
        ],
      ),
      ...viewer.accounts
        .filter(({ externalId }: { externalId: string }) => !externalId.startsWith('zoe-'))
        .flatMap(
          (account: { externalId: string; username: string | null; provider: string; instance: string }) => {
            const { provider, instance, externalId, username } = account;
            const by = (key: object): object => ({ account: { provider, instance, ...key } });
            const q = (text: string) => text.replace(/./g, 'q');
            return [
              ['user(by: $by) { id }', by({ externalId }), by({ externalId: q(externalId) })],
              [
                'user(by: $by) { id }',
                by({ accountName: username ?? '' }),
                by({ accountName: q(username ?? '') }),
              ],
            ];
          },
        ),
      ['room(by: $by) { id }', { slug: zoe.room?.slug }, { slug: zoe.room?.slug.replace(/./g, 'q') }],
      ['room(by: $by) { id }', { slug: 'hush-left' }, { slug: 'hush-lost' }],
    ];
    expect(pairs.length).toBeGreaterThan(9);
    for (const [field, there, nowhere] of pairs) {
      const name = field.charAt(0).toUpperCase() + field.slice(1, field.indexOf('('));
      const document = `query ($by: ${name}By!) { ${field} }`;
      for (const as of [stranger, null]) {
        const answer = await ask(as, document, { by: there });
        expect(JSON.parse(answer.body).data, JSON.stringify(there)).toEqual({ [name.toLowerCase()]: null });
        expect(answer).toEqual(await ask(as, document, { by: nowhere }));
      }
    }
  });
});

describe('what TAKEN admits', () => {
  it('is a username and a room’s slug, and the answer is the same for those that are there to see', async () => {
    const rename = (username: string) =>
      kith
        .mutate('updateProfile', { username }, stranger, 'user { id }')
        .then(({ userErrors }) => userErrors);
    const create = (slug: string) =>
      kith
        .mutate('createRoom', { kind: 'GROUP', name: 'Room', slug }, stranger, 'room { id }')
        .then(({ userErrors }) => userErrors);
    const taken = await rename('ada');
    expect(taken).toMatchObject([{ code: 'TAKEN', path: ['username'] }]);
    for (const username of ['hush-sam', 'hush-gone', 'shut-bea'])
      expect(await rename(username)).toEqual(taken);
    const slug = await create('mine');
    expect(slug).toMatchObject([{ code: 'TAKEN', path: ['slug'] }]);
    for (const other of ['hush-left', people.zoe.room?.slug ?? '']) expect(await create(other)).toEqual(slug);
  });
});

describe('a picture', () => {
  const hour = 3_600;
  const nameless = () => randomBytes(16).toString('hex');
  /** The files of the picture that a URL of Kith's is of. */
  const filesBehind = (url: string) => {
    const name = /\/media\/(.+)-[a-z]+\.webp/.exec(url)?.[1] ?? '';
    expect(name).not.toBe('');
    return filesOf(name);
  };

  it('of a private post is refused without its signature as one that never was', async () => {
    const { viewer } = await kith.query(
      '{ viewer { user { photos(first: 20) { nodes { post { visibility } image { url } } } } } }',
      { as: 'zoe' },
    );
    const photos = viewer.user.photos.nodes.filter(
      ({ post }: { post: { visibility: string } }) => post.visibility !== 'PUBLIC',
    );
    expect(photos.length).toBeGreaterThan(2);
    const later = Math.floor(Date.now() / 1000) + hour;
    for (const query of ['', `?expires=${later}&signature=${'A'.repeat(43)}`, '?expires=1&signature=x']) {
      for (const method of ['GET', 'HEAD']) {
        const nowhere = await answerTo(`/media/private-${nameless()}-medium.webp${query}`, { method });
        expect(nowhere.status).toBe(403);
        for (const file of filesBehind(photos[0].image.url)) {
          expect(await answerTo(`/media/${file}${query}`, { method })).toEqual(nowhere);
        }
      }
    }
  });

  it('of what has been deleted is gone like one that never was', async () => {
    const photos = [{ image: { base64: onePixel } }];
    const { post } = await done(
      kith,
      'createPost',
      { visibility: 'PUBLIC', photos },
      'zoe',
      'post { id photos { image { url } } }',
    );
    const files = filesBehind(post.photos[0].image.url);
    expect((await answerTo(`/media/${files[0]}`)).status).toBe(200);
    await done(kith, 'deletePost', { postId: post.id }, 'zoe');
    const nowhere = await answerTo(`/media/${nameless()}-medium.webp`);
    expect(nowhere.status).toBe(404);
    for (const file of files) {
      await expect.poll(() => answerTo(`/media/${file}`)).toEqual(nowhere);
    }
  });
});
