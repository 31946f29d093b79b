// What people write to run scripts in others' browsers, through the server and back, everywhere that text is taken: what
// is HTML comes out inert, what is text as it was written, and links lead nowhere but where links may lead.
import { getNamedType, isInterfaceType, isObjectType } from 'graphql';
import { SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { isStorable } from '../../src/db/text.ts';
import { schema } from '../../src/schema.ts';
import { testSecret, useTestApp } from '../helpers/app.ts';
import { batches, inGroups } from '../helpers/batches.ts';
import { plain } from '../helpers/pictures.ts';
import { expectInert, isLine, xssPlaces, xssTargets, xssTexts, xssVectors } from '../helpers/xss.ts';

const kith = useTestApp();
const { done, read } = batches(kith, 'ada');
const vectors = xssVectors.filter(isStorable);
/** What may stand on one line. */
const lines = xssTexts.filter(isLine);

/** The beginning of a text, which may be all of it. */
const cut = (text: string, max: number) => [...text].slice(0, max).join('').trim();

/** Texts with a space between them, as many in each as fit into `max` characters. */
function joined(all: readonly string[], max: number): string[] {
  const done: string[] = [];
  for (const text of all) {
    const longer = `${done.at(-1)} ${text}`;
    if (done.length > 0 && [...longer].length <= max) done[done.length - 1] = longer;
    else done.push(text);
  }
  return done;
}

const picture = async () => `image/png;base64,${(await plain(1, 1).png().toBuffer()).toString('base64')}`;

let bob = '';
let room = '';
let post = '';
beforeAll(async () => {
  await kith.idOf('ada');
  bob = await kith.idOf('bob');
  await kith.mutate('blockUser', { userId: await kith.idOf('carol') }, 'bob');
  const slug = 'a-room';
  room = (await done('createRoom', [{ kind: 'GROUP', name: 'A room', slug }], 'room { id }'))[0].room.id;
  post = (await done('createPost', [{ visibility: 'PUBLIC', body: 'Hello' }], 'post { id }'))[0].post.id;
});

it('HTML is what these fields are, and nothing else: whoever adds one tests it here', () => {
  const fields = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) || isInterfaceType(type)
      ? Object.values(type.getFields())
          .filter((field) => getNamedType(field.type).name === 'HTML' || /html/i.test(field.name))
          .map((field) => `${type.name}.${field.name}: ${field.type}`)
      : [],
  );
  expect(fields.toSorted()).toEqual([
    'Comment.html: HTML!',
    'Member.bioHtml: HTML',
    'Post.html: HTML!',
    'Profile.bioHtml: HTML',
    'User.bioHtml: HTML',
  ]);
});

describe('each attack comes out inert where it is HTML, and as it was written where it is text', () => {
  it('in posts', async () => {
    expect(vectors.length).toBeGreaterThanOrEqual(500);
    const bodies = [...vectors, vectors.join('\n\n'), vectors.toReversed().join('\n')];
    const inputs = bodies.map((body) => ({
      visibility: 'PUBLIC',
      body,
      location: { name: cut(body, 255) },
      ...(isLine(body.trim()) ? { type: 'DISCUSSION', title: body } : {}),
    }));
    const ids = (await done('createPost', inputs, 'post { id }')).map((payload) => payload.post.id);
    const found = await read(ids, '... on Post { type title body html location { name } }', null);
    for (const [n, { type, title, body, html, location }] of found.entries()) {
      expect({ body, location }).toEqual({ body: bodies[n]?.trim(), location: inputs[n]?.location });
      if (type === 'DISCUSSION') expect(title).toBe(body);
      expectInert(html);
    }
    expect(found.filter(({ type }) => type === 'DISCUSSION')).toHaveLength(
      vectors.filter((v) => isLine(v.trim())).length,
    );
    const changes = bodies.slice(-2).map((body) => ({ postId: ids[0], body: `@bob\n\n${body}` }));
    for (const { post: changed } of await done('updatePost', changes, 'post { html }')) {
      expect(changed.html).toContain(`data-user-id="${bob}"`);
      expectInert(changed.html);
    }
  });

  it('in comments: in each place, for whoever finds the person named and whoever does not', async () => {
    const bodies = inGroups(vectors, 8).map((group) =>
      xssPlaces.flatMap((place) => group.map(place)).join('\n\n'),
    );
    const comments = bodies.map((body) => ({ postId: post, body }));
    const ids = (await done('addComment', comments, 'comment { id }')).map(({ comment }) => comment.id);
    for (const as of [null, 'carol']) {
      const found = await read(ids, '... on Comment { body html }', as);
      expect(found.map(({ body }) => body)).toEqual(bodies);
      for (const { html } of found) {
        expect(html.includes(`data-user-id="${bob}"`), html).toBe(as === null);
        expectInert(html);
      }
    }
    const changes = bodies.map((_, n) => ({ commentId: ids[n], body: vectors.slice(n * 8).join('\n') }));
    for (const { comment } of await done('updateComment', changes, 'comment { html }'))
      expectInert(comment.html);
  });

  it('in polls and photos', async () => {
    const polls = joined(lines, 255).map((question, n) => ({
      question,
      choices: ['None of these', ...(inGroups(lines, 19)[n] ?? ['All of these'])],
    }));
    const asked = await done(
      'createPost',
      polls.map((poll) => ({ visibility: 'PUBLIC', poll })),
      'post { poll { question choices { text } } }',
    );
    expect(
      asked.map(({ post: { poll } }) => ({
        ...poll,
        choices: poll.choices.map(({ text }: { text: string }) => text),
      })),
    ).toEqual(polls);
    const titles = joined(lines, 255);
    const image = { base64: await picture() };
    const photos = joined(xssTexts, 1_000).map((description, n) => ({ title: titles[n], description }));
    const shown = await done(
      'createPost',
      inGroups(photos, 20).map((group) => ({
        visibility: 'PUBLIC',
        photos: group.map((photo) => ({ ...photo, image })),
      })),
      'post { photos { title description image { alt } } }',
    );
    expect(shown.flatMap((payload) => payload.post.photos)).toEqual(
      photos.map((photo) => ({ ...photo, image: { alt: photo.description } })),
    );
  });

  it('in profiles', async () => {
    const inputs = xssTexts.map((text) => ({
      bio: text,
      ...Object.fromEntries(['tagline', 'memberTitle', 'gender'].map((name) => [name, text])),
      location: { name: text },
      company: { name: text, role: text },
      ...(isLine(text) ? { displayName: cut(text, 100), realName: cut(text, 100) } : {}),
    }));
    const selection =
      'tagline memberTitle gender location { name } company { name role } displayName realName bio bioHtml';
    for (const [n, { user }] of (await done('updateProfile', inputs, `user { ${selection} }`)).entries()) {
      expect(user).toMatchObject(inputs[n] ?? {});
      expectInert(user.bioHtml);
    }
    const { user } = await kith.query(`{ user(by: { username: "ada" }) { ${selection} } }`);
    expect(user).toMatchObject(inputs.at(-1) ?? {});
  });

  it('in words, and of members', async () => {
    const wordsOf = <Preference>(words: readonly string[], preference: Preference) => ({
      names: words.map((value) => ({ value, preference })),
      pronouns: words.map((word) => ({ pronouns: word, displayText: word, preference })),
      fields: words.map((name) => ({ name, entries: [{ value: name, preference }] })),
    });
    const selection = `bio bioHtml names { value preference { key } } pronouns { pronouns displayText preference { key } }
      fields { name entries { value preference { key } } }`;
    const groups = inGroups(xssTexts, 25).map((group) => group.map((text) => cut(text, 100)));
    const members = groups.map((words, n) => ({
      name: `Member ${n}`,
      bio: cut(words.join('\n\n'), 1_000),
      ...wordsOf(words, 'okay'),
    }));
    const made = await done('createMember', members, 'member { id }');
    const ids = made.map(({ member }) => member.id);
    const found = await read(ids, `... on Profile { ${selection} }`, null);
    for (const [n, words] of groups.entries()) {
      const { bioHtml, ...rest } = found[n];
      expect(rest).toEqual({ bio: members[n]?.bio, ...wordsOf(words, { key: 'okay' }) });
      expectInert(bioHtml);
    }
    const preferences = groups.map((words) => ({
      customPreferences: words.map((tooltip) => ({ key: crypto.randomUUID(), icon: 'heart', tooltip })),
    }));
    const people = await done(
      'updateProfile',
      preferences,
      'user { customPreferences { key icon tooltip } }',
    );
    expect(people.map(({ user }) => user)).toEqual(preferences);
  });

  it('of rooms, aspects and flags', async () => {
    const rooms = xssTexts.map((description) => ({
      roomId: room,
      description,
      ...(isLine(description) ? { name: cut(description, 50) } : {}),
    }));
    for (const [n, payload] of (await done('updateRoom', rooms, 'room { name description }')).entries()) {
      const { roomId: _, ...given } = rooms[n] ?? {};
      expect(payload.room).toMatchObject(given);
    }
    const [{ aspect }] = await done('createAspect', [{ name: 'An aspect' }], 'aspect { id }');
    const names = [...new Set(lines.map((line) => cut(line, 20)))];
    const renamed = names.map((name) => ({ aspectId: aspect.id, name }));
    const aspects = await done('renameAspect', renamed, 'aspect { name }');
    expect(aspects.map((payload) => payload.aspect.name)).toEqual(names);
    const image = { base64: await picture() };
    const [{ flag }] = await done('createPrideFlag', [{ name: 'A flag', image }], 'flag { id }');
    const words = joined(
      xssTexts.map((text) => cut(text, 100)),
      100,
    ).map((name, n) => ({ name, description: xssTexts[n] }));
    const changes = words.map((given) => ({ flagId: flag.id, ...given }));
    const flags = await done('updatePrideFlag', changes, 'flag { name description }');
    expect(flags.map((payload) => payload.flag)).toEqual(words);
  });

  it('of links that begin as one', async () => {
    const good = [...new Set([...xssTargets, ...lines])].filter((target) => target.startsWith('https:/'));
    expect(good.length).toBeGreaterThan(5);
    const inputs = good.map((website) => ({ website, links: [website] }));
    const people = await done('updateProfile', inputs, 'user { website links }');
    expect(people.map(({ user }) => user)).toEqual(inputs);
    const posts = good.map((link) => ({ visibility: 'PUBLIC', body: 'Hello', links: [link] }));
    const made = await done('createPost', posts, 'post { media { ... on LinkMedia { url title } } }');
    expect(made.map((payload) => payload.post.media)).toEqual(good.map((url) => [{ url, title: null }]));
  });

  it('of tokens: who somebody is, and the application that they write with', async () => {
    for (const [n, name] of joined(
      lines.map((line) => cut(line, 90)),
      100,
    )
      .filter((_, n) => n % 10 === 0)
      .entries()) {
      const token = new SignJWT({ sub: `${name} ${n}`, preferred_username: name, name, client_name: name })
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime('1h')
        .sign(new TextEncoder().encode(testSecret));
      const { createPost } = await kith.query(
        `mutation { createPost(input: { visibility: PUBLIC, body: "Hello" }) { post { title provider author { username displayName } } } }`,
        { headers: { authorization: `Bearer ${await token}` } },
      );
      const { author, ...rest } = createPost.post;
      expect(author).toEqual({ username: expect.stringMatching(/^[\w.-]{2,40}$/), displayName: name });
      expect(rest).toEqual({ title: 'Hello', provider: name });
    }
  });
});
