import { sql } from 'drizzle-orm';
import { isInterfaceType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { newId } from '../../src/db/uuid.ts';
import { categories } from '../../src/features/categories/table.ts';
import { schema } from '../../src/schema.ts';
import { useTestApp } from '../helpers/app.ts';
import { onePixel } from '../helpers/lists.ts';

const kith = useTestApp();

const encode = (text: string) => Buffer.from(text).toString('base64url');
const decode = (id: string) => Buffer.from(id, 'base64url').toString();
const nobody = encode('User:01900000-0000-7000-8000-00000000000a');

const viewerIdOf = async (username: string): Promise<string> =>
  (await kith.query('{ viewer { id } }', { as: username })).viewer.id;

/** What `node` and `nodes` both answer for this id. */
async function find(id: string, as?: string) {
  const query = 'query ($id: ID!) { node(id: $id) { __typename id } nodes(ids: [$id]) { __typename id } }';
  const { node, nodes } = await kith.query(query, { variables: { id }, as });
  expect(nodes).toEqual([node]);
  return node;
}

/** A post of this person's that has all that a post can have, with a comment of theirs: the ids of it all, by type. */
async function postWithAll(as: string, visibility: string): Promise<Record<string, string>> {
  const { post } = await kith.mutate(
    'createPost',
    {
      visibility,
      photos: [{ image: { base64: onePixel } }],
      links: ['https://here.example/page', 'https://here.example/film.mp4', 'https://here.example/book.pdf'],
      poll: { question: 'Which?', choices: ['One', 'Other'] },
    },
    as,
    'post { id media { __typename id } poll { id choices { id } } }',
  );
  const said = { postId: post.id, body: 'So' };
  const { comment } = await kith.mutate('addComment', said, as, 'comment { id }');
  return {
    Post: post.id,
    ...Object.fromEntries(
      post.media.map((medium: { __typename: string; id: string }) => [medium.__typename, medium.id]),
    ),
    Poll: post.poll.id,
    PollChoice: post.poll.choices[0].id,
    Comment: comment.id,
  };
}

const nodes = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';

describe('nodes', () => {
  it('keeps the order of the ids, with null in the place of each that is not found', async () => {
    const [ada, bob, carol] = await Promise.all(['ada', 'bob', 'carol'].map(kith.idOf));
    const ids = [carol, nobody, ada, '', bob, 'garbage', encode('UserStats:1')];
    const found = await kith.query(nodes, { variables: { ids } });
    expect(found.nodes).toEqual([{ id: carol }, null, { id: ada }, null, { id: bob }, null, null]);
  });

  it('answers an id as often as it is given', async () => {
    const ada = await kith.idOf('ada');
    const found = await kith.query(nodes, { variables: { ids: [ada, nobody, ada, ada, nobody] } });
    expect(found.nodes).toEqual([{ id: ada }, null, { id: ada }, { id: ada }, null]);
  });

  it('answers no ids with an empty list, and one that is no list as a list of it', async () => {
    expect(await kith.query('{ nodes(ids: []) { id } }')).toEqual({ nodes: [] });
    const ada = await kith.idOf('ada');
    expect(await kith.query(`{ nodes(ids: "${ada}") { id } }`)).toEqual({ nodes: [{ id: ada }] });
  });

  it('takes 100 ids; more are refused with a code and the limit', async () => {
    const ada = await kith.idOf('ada');
    const ids = (count: number) => Array.from({ length: count }, () => ada);
    const found = await kith.query(nodes, { variables: { ids: ids(100) } });
    expect(found.nodes).toEqual(ids(100).map((id) => ({ id })));
    const { data, errors } = await kith.send(nodes, { variables: { ids: ids(101) } });
    expect(data).toBeNull();
    expect(errors.map(({ extensions }) => extensions)).toEqual([
      { code: 'LIMIT_EXCEEDED', limit: { name: 'maxNodes', max: 100, value: 101 } },
    ]);
  });

  it('has its own limit for each time it is asked for', async () => {
    const { errors } = await kith.send(
      'query ($a: [ID!]!, $b: [ID!]!) { a: nodes(ids: $a) { id } b: nodes(ids: $b) { id } }',
      { variables: { a: ['x'], b: Array.from({ length: 101 }, () => 'x') } },
    );
    expect(errors.map(({ path }) => path)).toEqual([['b']]);
  });

  it('reads all people with one statement', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, (_, i) => kith.idOf(`many${i}`)));
    await kith.query(nodes, { variables: { ids } });
    kith.database.statements.length = 0;
    const found = await kith.query(nodes, { variables: { ids: [...ids, nobody] } });
    expect(found.nodes).toEqual([...ids.map((id) => ({ id })), null]);
    expect(kith.database.statements).toHaveLength(1);
  });

  it('does not ask the database for what cannot be an id', async () => {
    kith.database.statements.length = 0;
    await kith.query(nodes, { variables: { ids: ['', 'garbage', encode('Nothing:x'), encode('User:x')] } });
    expect(kith.database.statements).toEqual([]);
  });
});

describe('node', () => {
  it('finds every type that implements Node by its id', async () => {
    const node = schema.getType('Node');
    if (!isInterfaceType(node)) throw new Error('The schema has no interface Node.');
    const { member } = await kith.mutate('createMember', { name: 'Findable' }, 'ada', 'member { id }');
    const { flag } = await kith.mutate(
      'createPrideFlag',
      { name: 'Findable', image: { base64: onePixel } },
      'ada',
      'flag { id }',
    );
    const { user } = await kith.mutate(
      'updateProfile',
      { tags: ['findable'] },
      'ada',
      'user { tags { id } }',
    );
    const { viewer } = await kith.query('{ viewer { accounts { id } } }', { as: 'ada' });
    const { connection } = await kith.mutate(
      'requestConnection',
      { userId: await kith.idOf('bob') },
      'ada',
      'connection { id }',
    );
    const { aspect } = await kith.mutate('createAspect', { name: 'Findable' }, 'ada', 'aspect { id }');
    const { room } = await kith.mutate(
      'createRoom',
      { kind: 'GROUP', name: 'Findable', slug: 'findable' },
      'ada',
      'room { id }',
    );
    const categoryId = newId(new Date());
    const { db } = kith.database;
    await db.insert(categories).values({ id: categoryId, name: 'Findable', slug: 'findable' });
    await kith.mutate('followUser', { userId: await kith.idOf('ada') }, 'bob');
    const { viewer: told } = await kith.query('{ viewer { notifications { nodes { id } } } }', { as: 'ada' });
    const asked = await kith.mutate('exportAccount', {}, 'ada', 'export { id }');
    const ids: Record<string, string> = {
      ...(await postWithAll('ada', 'PUBLIC')),
      Aspect: aspect.id,
      User: await kith.idOf('ada'),
      Viewer: await viewerIdOf('ada'),
      Member: member.id,
      PrideFlag: flag.id,
      Tag: user.tags[0].id,
      Account: viewer.accounts[0].id,
      Connection: connection.id,
      Room: room.id,
      Category: encode(`Category:${categoryId}`),
      Notification: told.notifications.nodes[0].id,
      Export: asked.export.id,
    };
    // A new type has to bring an id along, to show that it is found.
    expect(
      schema
        .getPossibleTypes(node)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(Object.keys(ids).sort());
    for (const [__typename, id] of Object.entries(ids)) {
      expect(await find(id, 'ada')).toEqual({ __typename, id });
      expect(decode(id)).toMatch(new RegExp(`^${__typename}:[0-9a-f-]{36}$`));
    }
  });

  it('gives the fields of the type, and those of other types to nobody', async () => {
    const id = await kith.idOf('ada');
    const query = `query ($id: ID!) { node(id: $id) { id ... on User { username isViewer } ... on Viewer { scopes } } }`;
    expect(await kith.query(query, { variables: { id }, as: 'ada' })).toEqual({
      node: { id, username: 'ada', isViewer: true },
    });
    expect(await kith.query(query, { variables: { id } })).toEqual({
      node: { id, username: 'ada', isViewer: false },
    });
    const viewer = await viewerIdOf('ada');
    const found = await kith.query(query, { variables: { id: viewer }, as: 'ada' });
    expect(Object.keys(found.node)).toEqual(['id', 'scopes']);
  });

  it('takes ids in base64 as well as in base64url', async () => {
    const id = await kith.idOf('ada');
    const plain = Buffer.from(id, 'base64url').toString('base64');
    expect(await find(plain)).toEqual({ __typename: 'User', id });
  });

  it.each([
    ['no base64', '***'],
    ['a type that is not there', encode('Person:01900000-0000-7000-8000-00000000000a')],
    ['a type that is no node', encode('UserStats:01900000-0000-7000-8000-00000000000a')],
    ['an interface', encode('Node:01900000-0000-7000-8000-00000000000a')],
    ['a root type', encode('Query:01900000-0000-7000-8000-00000000000a')],
    ['nobody', nobody],
    ['a type in another case', encode('user:01900000-0000-7000-8000-00000000000a')],
  ])('is null for an id of %s', async (_name, id) => {
    expect(await find(id)).toBeNull();
    expect(await find(id, 'ada')).toBeNull();
  });

  it('of one type’s UUID under another type’s name is null', async () => {
    const uuid = decode(await kith.idOf('bob')).split(':')[1];
    expect(await find(encode(`Viewer:${uuid}`), 'ada')).toBeNull();
    expect(await find(encode(`UserStats:${uuid}`), 'ada')).toBeNull();
  });
});

describe('a Viewer', () => {
  it('is found by oneself and by nobody else', async () => {
    const id = await viewerIdOf('ada');
    expect(await find(id, 'ada')).toEqual({ __typename: 'Viewer', id });
    expect(await find(id, 'bob')).toBeNull();
    expect(await find(id)).toBeNull();
  });

  it('has an id of its own, which is not the user’s', async () => {
    expect(await viewerIdOf('ada')).not.toBe(await kith.idOf('ada'));
    // The user's UUID is no secret, so neither is this id: whoever makes it up gets nothing.
    const made = encode(decode(await kith.idOf('ada')).replace('User', 'Viewer'));
    expect(await find(made, 'bob')).toBeNull();
  });

  it('needs the same scopes as `viewer`', async () => {
    const { data, errors } = await kith.send(
      'query ($id: ID!) { node(id: $id) { ... on Viewer { email } } }',
      {
        variables: { id: await viewerIdOf('ada') },
        as: 'ada',
        scope: 'profile',
      },
    );
    expect(data).toEqual({ node: { email: null } });
    expect(errors.map(({ extensions }) => extensions)).toEqual([
      { code: 'FORBIDDEN', requiredScope: 'profile:read_private' },
    ]);
  });
});

describe('a post, and what is in it and under it', () => {
  it('is found by whom it is for, and null to everybody else', async () => {
    await kith.mutate('followUser', { userId: await kith.idOf('writer') }, 'reader');
    const ids = await postWithAll('writer', 'FOLLOWERS');
    const found = Object.entries(ids).map(([__typename, id]) => ({ __typename, id }));
    const none = found.map(() => null);
    const read = async (as: string | undefined, scope?: string) => {
      const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }';
      const variables = { ids: Object.values(ids) };
      const { data, errors } = await kith.send(query, { variables, as, ...(scope ? { scope } : {}) });
      expect(errors).toEqual([]);
      return data.nodes;
    };
    expect(await read('writer')).toEqual(found);
    expect(await read('reader')).toEqual(found);
    expect(await read('reader', 'private:read')).toEqual(found);
    expect(await read('reader', 'profile contacts:read private:modify interactions')).toEqual(none);
    expect(await read('bob')).toEqual(none);
    expect(await read(undefined)).toEqual(none);
    await kith.mutate('blockUser', { userId: await kith.idOf('reader') }, 'writer');
    expect(await read('reader')).toEqual(none);
  });

  it('is null to either side of a block and while its author is suspended, also where it is public', async () => {
    const ids = await postWithAll('publisher', 'PUBLIC');
    const publisher = await kith.idOf('publisher');
    const status = (to: string) =>
      kith.database.db.execute(sql`UPDATE users SET status = ${to} WHERE username_key = 'publisher'`);
    await kith.mutate('blockUser', { userId: await kith.idOf('blocked') }, 'publisher');
    await kith.mutate('blockUser', { userId: publisher }, 'blocker');
    for (const [__typename, id] of Object.entries(ids)) {
      expect(await find(id), __typename).toEqual({ __typename, id });
      expect(await find(id, 'bob'), __typename).toEqual({ __typename, id });
      expect(await find(id, 'blocked'), __typename).toBeNull();
      expect(await find(id, 'blocker'), __typename).toBeNull();
    }
    await status('SUSPENDED');
    for (const [__typename, id] of Object.entries(ids)) expect(await find(id, 'bob'), __typename).toBeNull();
    await status('ACTIVE');
    for (const [__typename, id] of Object.entries(ids)) {
      expect(await find(id, 'bob'), __typename).toEqual({ __typename, id });
    }
  });

  it('a comment is null to either side of a block with who wrote it, under anybody’s post', async () => {
    const { Post: postId } = await postWithAll('host', 'PUBLIC');
    const said = { postId, body: 'So' };
    const { comment } = await kith.mutate('addComment', said, 'guest', 'comment { id }');
    await kith.mutate('blockUser', { userId: await kith.idOf('guest') }, 'shy');
    const found = { __typename: 'Comment', id: comment.id };
    for (const as of ['host', 'guest', 'bob', undefined]) expect(await find(comment.id, as)).toEqual(found);
    expect(await find(comment.id, 'shy')).toBeNull();
    await kith.mutate('blockUser', { userId: await kith.idOf('bob') }, 'guest');
    expect(await find(comment.id, 'bob')).toBeNull();
  });
});

describe('a person', () => {
  it('is null to whom they have blocked and to who has blocked them, and to nobody else', async () => {
    const [carol, dan] = [await kith.idOf('carol'), await kith.idOf('dan')];
    await kith.mutate('blockUser', { userId: dan }, 'carol');
    expect(await find(dan, 'carol')).toBeNull();
    expect(await find(carol, 'dan')).toBeNull();
    expect(await find(carol, 'carol')).toEqual({ __typename: 'User', id: carol });
    expect(await find(carol, 'ada')).toEqual({ __typename: 'User', id: carol });
    expect(await find(dan)).toEqual({ __typename: 'User', id: dan });
    await kith.mutate('unblockUser', { userId: dan }, 'carol');
    expect(await find(carol, 'dan')).toEqual({ __typename: 'User', id: carol });
  });

  it('is null while suspended', async () => {
    const id = await kith.idOf('suspended');
    await kith.database.db.execute(
      sql`UPDATE users SET status = 'SUSPENDED' WHERE username_key = 'suspended'`,
    );
    expect(await find(id)).toBeNull();
    expect(await find(id, 'ada')).toBeNull();
    await kith.database.db.execute(sql`UPDATE users SET status = 'ACTIVE' WHERE username_key = 'suspended'`);
    expect(await find(id)).toEqual({ __typename: 'User', id });
  });

  it('is null once deleted', async () => {
    const id = await kith.idOf('leaver');
    await kith.mutate('deleteAccount', { username: 'leaver' }, 'leaver');
    expect(await find(id)).toBeNull();
  });

  it('who was only hidden, or does not let themself be searched for, is found', async () => {
    const id = await kith.idOf('eve');
    await kith.mutate('hideUser', { userId: id }, 'ada');
    await kith.mutate('updateSettings', { privacy: { searchable: false } }, 'eve');
    expect(await find(id, 'ada')).toEqual({ __typename: 'User', id });
    expect(await find(id)).toEqual({ __typename: 'User', id });
  });

  it('is null beside those who are not, in one request', async () => {
    const [ada, carol, dan] = await Promise.all(['ada', 'carol', 'dan'].map(kith.idOf));
    await kith.mutate('blockUser', { userId: dan }, 'carol');
    const found = await kith.query(nodes, { variables: { ids: [ada, dan, carol] }, as: 'carol' });
    expect(found.nodes).toEqual([{ id: ada }, null, { id: carol }]);
  });
});
