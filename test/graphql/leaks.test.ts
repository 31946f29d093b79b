// What strangers read: of every field that can be reached there is a line in public-fields.txt, and nothing that is private
// ever comes out, wherever it is asked for.
import { type GraphQLObjectType, getNamedType, isInterfaceType, isObjectType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeId } from '../../src/graphql/node.ts';
import { schema } from '../../src/schema.ts';
import { useTestApp } from '../helpers/app.ts';
import { Crawl, type RawAnswer } from '../helpers/crawl.ts';
import { fillEverything, idsIn, type Marked, secretValues, stranger, uuidOf } from '../helpers/marked.ts';
import { isForm } from '../helpers/schema-walk.ts';

const kith = useTestApp({ env: { SOURCE_SECRET: 'a secret of at least thirty-two bytes, for sources' } });

const header = `# Who is told something by each field that can be reached from Query: of somebody who shows all there is to show, and of
# what is theirs; and of somebody who shows as little as can be. No (false), none (null, 0) and nothing ("", []) tell
# nothing. "anybody" needs no token, "signed in" is a stranger with one, "themself" nobody but the owner, and "contacts"
# whom the owner follows and is connected with (of a member whoever has the id: the list is private, members are not).
# "nobody" where none of these are told anything.
#
# A field that is not here, or that tells somebody else now, fails test/graphql/leaks.test.ts. After having made sure that
# the line is what is meant: npx vitest run test/graphql/leaks.test.ts -u
`;

/** All object types that a query can come to, by name. */
function reachableTypes(): GraphQLObjectType[] {
  const found = new Set<GraphQLObjectType>();
  const add = (type: GraphQLObjectType | null | undefined): void => {
    if (!type || found.has(type)) return;
    found.add(type);
    for (const field of Object.values(type.getFields())) {
      const next = getNamedType(field.type);
      if (isObjectType(next)) add(next);
      if (isInterfaceType(next)) for (const possible of schema.getPossibleTypes(next)) add(possible);
    }
  };
  add(schema.getQueryType());
  return [...found].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The form of lists, which tells nothing by itself. */
const ofForm = new Set(['edges', 'nodes', 'pageInfo', 'cursor', 'node']);

/** The fields of all of them, less what is only the form of a list. */
const coordinates = reachableTypes()
  .filter((type) => type.name !== 'PageInfo')
  .flatMap((type) =>
    Object.keys(type.getFields())
      .filter((name) => !(isForm(type) && ofForm.has(name)))
      .map((name) => `${type.name}.${name}`),
  );

let people: Marked;
let nobody: Crawl;
let somebody: Crawl;
let contact: Crawl;
let owners: Crawl[];
/** What is the stranger's own, and the contact's. */
let theirs: Set<string>;

beforeAll(async () => {
  people = await fillEverything(kith);
  const { ada, zoe, bea, suspended, deleted } = people;
  nobody = new Crawl(kith, schema, null);
  somebody = new Crawl(kith, schema, stranger);
  contact = new Crawl(kith, schema, 'fay');
  // Members are found by whoever has their id, be they in no list: domain rule 3.5.
  const sought = [
    { ...zoe, member: null },
    { ...bea, member: null },
    suspended,
    deleted,
    { ...ada, room: null },
  ];
  for (const crawl of [nobody, somebody]) await crawl.everythingFrom(await crawl.doors(sought));
  await contact.read([...zoe.shown, ...zoe.secret, ...zoe.commons]);
  const own = '{ viewer { id user { id } accounts { id } notifications(first: 100) { nodes { id } } } }';
  theirs = new Set(
    (await Promise.all([stranger, 'fay'].map((as) => kith.query(own, { as })))).flatMap(idsIn),
  );
  owners = await Promise.all(
    [ada, zoe].map(async (of) => {
      const crawl = new Crawl(kith, schema, of.username);
      await crawl.doors([of]);
      await crawl.read([...of.shown, ...of.secret, ...of.commons]);
      return crawl;
    }),
  );
});

/** Who is told something by a field, of objects of which this holds. */
function levelOf(coordinate: string, holds: (id: string) => boolean): string {
  const tells = (crawl: Crawl, except = theirs) =>
    [...(crawl.told.get(coordinate) ?? [])].some((id) => holds(id) && !except.has(id));
  if (tells(nobody)) return 'anybody';
  if (tells(somebody)) return 'signed in';
  if (tells(contact)) return 'contacts';
  return owners.some((crawl) => tells(crawl, new Set())) ? 'themself' : 'nobody';
}

describe('what strangers are told', () => {
  it('is what public-fields.txt allows, field by field', async () => {
    const { zoe } = people;
    const isClosed = (id: string) => zoe.shown.has(id) || zoe.secret.has(id) || zoe.commons.has(id);
    const width = Math.max(...coordinates.map(({ length }) => length));
    const lines = coordinates.map((coordinate) => {
      const open = levelOf(coordinate, (id) => !isClosed(id));
      return `${coordinate.padEnd(width)}  ${open.padEnd(9)}  ${levelOf(coordinate, isClosed)}`;
    });
    await expect(`${header}\n${lines.join('\n')}\n`).toMatchFileSnapshot('./public-fields.txt');
  });

  it('is asked of everything: all fields tell somebody something here, save what is never set or zero', () => {
    const silent = coordinates.filter((coordinate) => levelOf(coordinate, () => true) === 'nobody');
    // Of who lives in another system all is told: see test/features/remotes.test.ts.
    expect(silent.filter((coordinate) => !/^Remote\w*\.|^(User|Post)\.remote$/.test(coordinate))).toEqual([
      // Links have no words of their own.
      'DocumentMedia.description',
      'DocumentMedia.title',
      'LinkMedia.description',
      'LinkMedia.title',
      // The only photo is the first one.
      'Photo.position',
      'Poll.isClosed',
      // The tests' tokens name no application.
      'Post.provider',
      'VideoMedia.description',
      'VideoMedia.title',
    ]);
  });
});

/** A text as it came, and all that is encoded in it: ids and cursors are base64url. */
function decoded(text: string): string {
  const inside = (text.match(/[\w-]{12,}/g) ?? []).map((word) => Buffer.from(word, 'base64url').toString());
  return [text, ...inside].join('\n');
}

/** Fails where one of these is in an answer, its headers or errors. */
function expectNowhere(answers: readonly RawAnswer[], secrets: readonly (string | RegExp)[]): void {
  expect(answers.length).toBeGreaterThan(50);
  for (const { document, headers, body } of answers) {
    const text = decoded(`${headers}\n${body}`);
    const found = secrets.filter((secret) =>
      typeof secret === 'string' ? text.includes(secret) : secret.test(text),
    );
    expect(found, `${document}\n${body}`).toEqual([]);
  }
}

describe('what is private', () => {
  /** Of everybody; and of whoever has blocked the stranger all there is. */
  const secretsFor = (as: string | null): (string | RegExp)[] => {
    const { zoe, ada, bea, suspended, deleted, left } = people;
    const ids = [ada, zoe, bea].flatMap(({ secret }) => [...secret]);
    const gone = [suspended, deleted]
      .flatMap((one) => [...one.shown, ...one.secret])
      .concat(...deleted.commons);
    const parted = as === stranger ? [...bea.shown] : [];
    const secret = [...ids, ...gone, ...left, ...parted];
    // A Viewer's id has the UUID of the user.
    const known = new Set([ada, zoe, bea].flatMap(({ shown }) => [...shown].map(uuidOf)));
    return [
      as === stranger ? /hush|shut/i : /hush/i,
      /private-[0-9a-f]{32}/,
      ...secretValues,
      ...secret,
      ...secret.map(uuidOf).filter((uuid) => !known.has(uuid)),
    ];
  };

  it('comes out nowhere for nobody in particular, in any answer, header or error', () => {
    expectNowhere(nobody.answers, secretsFor(null));
  });

  it('comes out nowhere for a stranger with a token, nor does anything of who has blocked them', () => {
    expectNowhere(somebody.answers, secretsFor(stranger));
  });

  it.each([
    ['nobody in particular', null],
    ['a stranger with a token', stranger],
  ])('is not found by its id for %s', async (_who, as) => {
    const { zoe, suspended, deleted, left, bea } = people;
    const crawl = new Crawl(kith, schema, as);
    const gone = [suspended, deleted, ...(as === stranger ? [bea] : [])];
    const hidden = [
      ...[...zoe.secret].filter((id) => decodeId(id)?.typename !== 'Member'),
      ...left,
      ...gone.flatMap((one) => [...one.shown, ...one.secret]),
    ];
    await crawl.read(hidden);
    const found = [...crawl.told.values()].flatMap((ids) => [...ids]);
    expect(hidden.filter((id) => found.includes(id))).toEqual([]);
  });

  it('comes out where its owner asks for it: what is looked for above is there', () => {
    const [, zoe] = owners;
    const text = decoded(zoe?.answers.map(({ body }) => body).join('\n') ?? '');
    const missing = [
      ...secretValues,
      'hush gender',
      'hush aspect',
      'hush@mail.example',
      'hush unlisted',
      'hush one',
    ];
    expect(missing.filter((value) => !text.includes(value))).toEqual([]);
    expect(text).toMatch(/private-[0-9a-f]{32}/);
  });
});
