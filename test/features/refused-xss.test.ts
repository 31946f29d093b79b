// What people write to run scripts in others' browsers, where only names, links and lines are taken: it is refused, and
// what is refused is in no page. What comes out of the texts that are taken: stored-xss.test.ts.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isStorable } from '../../src/db/text.ts';
import { useTestApp } from '../helpers/app.ts';
import { batches, inGroups } from '../helpers/batches.ts';
import { refusals } from '../helpers/rooms.ts';
import { isLine, xssTargets, xssTexts, xssVectors } from '../helpers/xss.ts';

const kith = useTestApp();
const { each, refused } = batches(kith, 'ada');

describe('no attack is taken, and nothing is changed', () => {
  const held = () =>
    kith.query(
      `{ viewer { user { username displayName website links utcOffset tags { name } members { totalCount }
         rooms { nodes { name } } posts { totalCount } } } }`,
      { as: 'ada' },
    );
  const hello = { visibility: 'PUBLIC', body: 'Hello' };
  const before = { held: '' };
  beforeEach(async () => {
    before.held = JSON.stringify(await held());
  });
  afterEach(async () => {
    expect(JSON.stringify(await held())).toBe(before.held);
  });

  it('as a link: of no other kind, and of no form but its own', async () => {
    const bad = [...new Set([...xssTargets.filter(isStorable), ...xssTexts])].filter(
      (target) => !target.startsWith('https:/'),
    );
    expect(bad.length).toBeGreaterThan(500);
    const groups = inGroups(bad, 25);
    const websites = bad.map((website) => ({ website }));
    await refused('updateProfile', websites, /^INVALID website$/);
    for (const [name, input] of [
      ['updateProfile', {}],
      ['createMember', { name: 'Somebody' }],
      ['createPost', hello],
    ] as const) {
      const payloads = await each(
        name,
        groups.map((links) => ({ ...input, links })),
      );
      const reasons = groups.map((group) => group.map((_, n) => `INVALID links.${n}`));
      expect(payloads.map(refusals), name).toEqual(reasons);
    }
  });

  it('as a name that has a form of its own', async () => {
    const as = (path: string) => new RegExp(`^(INVALID|TOO_LONG) ${path}$`);
    const everyOne = <Input extends object>(input: (text: string) => Input) => xssTexts.map(input);
    const people = everyOne((username) => ({ username }));
    await refused('updateProfile', people, as('username'));
    const tagged = everyOne((text) => ({ tags: [text] }));
    await refused('updateProfile', tagged, as('tags.0'));
    const zones = everyOne((timezone) => ({ timezone }));
    await refused('updateProfile', zones, as('timezone'));
    const members = everyOne((name) => ({ name }));
    await refused('createMember', members, as('name'));
    const rooms = everyOne((slug) => ({ kind: 'GROUP', name: 'A room', slug }));
    await refused('createRoom', rooms, as('slug'));
    const posts = everyOne((text) => ({ ...hello, tags: [text] }));
    await refused('createPost', posts, as('tags.0'));
    const sorted = inGroups(xssTexts, 10).map((categories) => ({ ...hello, categories }));
    await refused('createPost', sorted, as('categories.0'));
  });

  it('on one line, with a control character in it', async () => {
    const others = xssTexts.filter((text) => !isLine(text));
    expect(others.length).toBeGreaterThan(100);
    const posts = others.map((title) => ({ ...hello, title }));
    await refused('createPost', posts, /^INVALID title$/);
    const polls = others.map((text) => ({ ...hello, poll: { question: 'What?', choices: ['This', text] } }));
    await refused('createPost', polls, /^INVALID poll\.choices\.1$/);
    const people = others.map((displayName) => ({ displayName }));
    await refused('updateProfile', people, /^INVALID displayName$/);
    const names = others
      .map((text) => [...text].slice(0, 50).join(''))
      .filter((name) => !isLine(name.trim()));
    const rooms = names.map((name) => ({ kind: 'GROUP', name, slug: 'a-room' }));
    await refused('createRoom', rooms, /^INVALID name$/);
  });

  it('with text that cannot be kept', async () => {
    const others = xssVectors.filter((vector) => !isStorable(vector));
    expect(others.length).toBeGreaterThan(5);
    for (const body of others) {
      const document = 'mutation ($input: CreatePostInput!) { createPost(input: $input) { post { id } } }';
      const { data, errors } = await kith.send(document, {
        as: 'ada',
        variables: { input: { ...hello, body } },
      });
      expect(data).toBeNull();
      expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT']);
    }
  });
});

describe('what is asked for', () => {
  const attack = '</script><script>alert(1)</script>';
  /** As a browser asks for what it shows, be it by a link or by a form. */
  const asked = (path: string, init: RequestInit = {}) =>
    kith.fetch(path, {
      ...init,
      headers: { accept: 'text/html,application/xml;q=0.9,*/*;q=0.8', ...init.headers },
    });

  it('is not in the page of GraphiQL, which is the same for everything', async () => {
    const page = await (await asked('/graphql')).text();
    expect(page).toMatch(/<html/i);
    for (const name of ['query', 'variables', 'headers', 'operationName', 'title', attack]) {
      const response = await asked(`/graphql?${new URLSearchParams({ [name]: attack })}`);
      expect(await response.text(), name).toBe(page);
    }
  });

  it('is in no answer that a browser would take for a page', async () => {
    const path = encodeURIComponent(attack);
    const post = (headers: Record<string, string>, body: unknown) =>
      asked('/graphql', {
        method: 'POST',
        headers,
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
    const json = { 'content-type': 'application/json' };
    const variables = { a: attack };
    const answers = await Promise.all([
      asked(`/${path}`),
      asked(`/graphql/${path}`),
      asked(`/media/${path}`),
      post({ 'content-type': attack.replace('/', '') }, attack),
      post({ 'content-type': 'text/plain' }, attack),
      post({ ...json, authorization: `Bearer ${attack}` }, { query: '{ viewer { id } }' }),
      post(json, attack),
      post(json, { query: attack }),
      post(json, { query: `{ viewer(a: "${attack}") { id } }` }),
      post(json, { query: 'query ($a: Int) { viewer { id(a: $a) } }', variables }),
      post(json, { query: 'query ($a: Int) { users(first: $a) { totalCount } }', variables }),
      post(json, { query: 'query ($a: ID!) { node(id: $a) { id } }', variables, operationName: attack }),
    ]);
    for (const answer of answers) {
      const text = await answer.text();
      const type = answer.headers.get('content-type') ?? '';
      if (text !== '') expect(type, text).toMatch(/^(text\/plain|application\/json);/);
    }
  });
});
