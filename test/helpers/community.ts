// People who read and write without pause, and remember what they were told was done.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { signToken } from '../../src/auth/token.ts';
import { testAuth, testSecret } from './app.ts';
import { type Gateway, run, startGateway, temporaryFolder } from './process.ts';

/** How long an answer may take before it counts as none, in milliseconds. */
const patience = 20_000;
/** How soon all has to be well again once the cause has ended, in milliseconds. */
export const recovery = 5_000;

export const processEnv = { NODE_ENV: 'test', AUTH_SECRET: testSecret, DEMO: 'false', LOG_LEVEL: 'error' };

/** Starts the real server with tests' settings. */
export function startKith(env: Record<string, string>): Promise<Gateway> {
  return startGateway({
    ...processEnv,
    DATA_DIR: temporaryFolder(),
    RATE_LIMIT_COST_PER_MINUTE: '60000000000',
    ...env,
  });
}

// biome-ignore lint/suspicious/noExplicitAny: what a test asks for, it knows the shape of
type Json = any;

/** An answer: what it was for, and its codes; none where it was good. */
export interface Heard {
  what: 'read' | 'write';
  begun: number;
  took: number;
  /** Of its errors; `silence` where none came in time, `broken off` where the connection ended. */
  codes: string[];
}

interface Person {
  name: string;
  token: string;
  id: string;
  /** Whom they follow, and which posts they like, by the last that they were told; null where they cannot know. */
  follows: Map<string, boolean | null>;
  likes: boolean | null;
  /** What they have written, by whether they were told that it is there. */
  posts: Map<string, boolean>;
  comments: Map<string, boolean>;
}

export interface Community {
  people: readonly Person[];
  heard: Heard[];
  /** Whom it is that they ask; a test may put another in its place. */
  gateway: Gateway;
  /** Makes them act, each by themself, until they are to stop. */
  begin: () => void;
  end: () => Promise<void>;
  /** Codes of the answers to what was asked from a moment on. */
  codesSince: (begun: number) => string[];
  /** Waits until a read and a write asked after this moment are answered well. @returns how long that took. */
  wellAgain: () => Promise<number>;
  /** Sees that all they were told of is there, nothing twice, and every counter exact. */
  check: (database: Record<string, string>) => Promise<void>;
}

/** Makes people at a server that is up. */
export async function community(gateway: Gateway, size = 12): Promise<Community> {
  const people: Person[] = [];
  for (let n = 0; n < size; n++) {
    const name = `person-${n}`;
    const token = await signToken(testAuth, name, { expires: '1h' });
    const { data } = await gateway.send('{ viewer { user { id } } }', token);
    const { id } = (data as Json).viewer.user;
    people.push({
      name,
      token,
      id,
      follows: new Map(),
      likes: false,
      posts: new Map(),
      comments: new Map(),
    });
  }
  const first = people[0];
  if (!first) throw new Error('There is nobody.');
  const wall = await gateway.send(
    'mutation { createPost(input: { visibility: PUBLIC, body: "The wall" }) { post { id } } }',
    first.token,
  );
  const wallId: string = (wall.data as Json).createPost.post.id;

  let acting = false;
  let loops: Promise<void>[] = [];
  onTestFinished(() => {
    acting = false;
  });

  const self: Community = {
    people,
    heard: [],
    gateway,
    begin: () => {
      acting = true;
      loops = people.map(async (person) => {
        while (acting) {
          await act(person);
          await sleep(5);
        }
      });
    },
    end: async () => {
      acting = false;
      await Promise.all(loops);
    },
    codesSince: (begun) => self.heard.filter((h) => h.begun >= begun).flatMap(({ codes }) => codes),
    wellAgain: async () => {
      const since = performance.now();
      const well = (what: Heard['what']) =>
        self.heard.some((h) => h.what === what && h.begun >= since && h.codes.length === 0);
      while (!(well('read') && well('write'))) {
        if (performance.now() - since > patience)
          throw new Error(
            `They are not well again: ${JSON.stringify(self.heard.slice(-20))}\n${self.gateway.output().slice(-3_000)}`,
          );
        await sleep(5);
      }
      return performance.now() - since;
    },
    check: async (database) => {
      for (const person of people) await checkPerson(person);
      await checkWall();
      // The embedded database serves one process.
      if (database.DATABASE_URL === undefined) {
        self.gateway.child.kill('SIGTERM');
        await self.gateway.ended;
      }
      const repair = run('src/cli/repair.ts', ['--check'], { ...processEnv, ...database });
      expect(await repair.ended, repair.output()).toBe(0);
      expect(repair.output()).toContain('Every counter is what it counts.');
    },
  };

  /** Asks for something. @returns the data where it is good, else null: it may have been done or not. */
  async function ask(what: Heard['what'], person: Person, query: string, variables = {}): Promise<Json> {
    const begun = performance.now();
    const hear = (codes: string[]) =>
      self.heard.push({ what, begun, took: performance.now() - begun, codes });
    try {
      const response = await fetch(self.gateway.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${person.token}` },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(patience),
      });
      const { data, errors = [] } = (await response.json()) as Json;
      hear(errors.map((error: Json) => error.extensions?.code ?? error.message));
      return errors.length > 0 ? null : data;
    } catch (error) {
      hear([error instanceof DOMException && error.name === 'TimeoutError' ? 'silence' : 'broken off']);
      return null;
    }
  }

  async function act(person: Person): Promise<void> {
    const deeds = [follow, follow, write, comment, like, read, read];
    await deeds[Math.floor(Math.random() * deeds.length)]?.(person);
  }
  const read = (person: Person) =>
    ask('read', person, '{ viewer { user { stats { followers } } feed(first: 5) { nodes { body } } } }');

  async function follow(person: Person): Promise<void> {
    const other = people[Math.floor(Math.random() * people.length)];
    if (!other || other === person) return;
    const name = Math.random() < 0.6 ? 'followUser' : 'unfollowUser';
    const query = `mutation ($id: ID!) { done: ${name}(input: { userId: $id }) { userErrors { code } } }`;
    person.follows.set(other.name, null);
    const data = await ask('write', person, query, { id: other.id });
    if (data) person.follows.set(other.name, name === 'followUser');
  }

  async function write(person: Person): Promise<void> {
    const body = randomUUID();
    person.posts.set(body, false);
    const query =
      'mutation ($body: String!) { createPost(input: { visibility: PUBLIC, body: $body }) { post { body } } }';
    const data = await ask('write', person, query, { body });
    if (data?.createPost.post) person.posts.set(body, true);
  }

  async function comment(person: Person): Promise<void> {
    const body = randomUUID();
    person.comments.set(body, false);
    const query =
      'mutation ($id: ID!, $body: String!) { addComment(input: { postId: $id, body: $body }) { comment { body } } }';
    const data = await ask('write', person, query, { id: wallId, body });
    if (data?.addComment.comment) person.comments.set(body, true);
  }

  async function like(person: Person): Promise<void> {
    const name = Math.random() < 0.6 ? 'likePost' : 'unlikePost';
    const query = `mutation ($id: ID!) { done: ${name}(input: { postId: $id }) { userErrors { code } } }`;
    person.likes = null;
    const data = await ask('write', person, query, { id: wallId });
    if (data) person.likes = name === 'likePost';
  }

  async function checkPerson(person: Person): Promise<void> {
    const { data, errors } = await self.gateway.send(
      '{ viewer { user { following(first: 100) { nodes { username } } } } }',
      person.token,
    );
    expect(errors).toBeUndefined();
    const followed = (data as Json).viewer.user.following.nodes.map((node: Json) => node.username);
    for (const [other, follows] of person.follows)
      if (follows !== null) expect(followed.includes(other), `${person.name} follows ${other}`).toBe(follows);
    checkWritten(
      person.posts,
      await all(
        person,
        '{ viewer { user { list: posts(first: 100, after: $after) { nodes { body } pageInfo { hasNextPage endCursor } } } } }',
        (d) => d.viewer.user.list,
      ),
    );
  }

  async function checkWall(): Promise<void> {
    const post = (list: string) =>
      `{ post(by: { id: "${wallId}" }) { list: ${list} { nodes { body: ${list.startsWith('likes') ? 'username' : 'body'} } pageInfo { hasNextPage endCursor } } } }`;
    const pick = (d: Json) => d.post.list;
    const comments = await all(first, post('comments(first: 100, after: $after)'), pick);
    for (const { comments: written } of people) checkWritten(written, comments);
    const likers = await all(first, post('likes(first: 100, after: $after)'), pick);
    for (const { name, likes } of people)
      if (likes !== null) expect(likers.includes(name), `${name} likes it`).toBe(likes);
  }

  /** The bodies of all that a list has. */
  async function all(person: Person | undefined, selection: string, pick: (data: Json) => Json) {
    const bodies: string[] = [];
    for (let after: string | null = null; ; ) {
      const { data, errors } = await self.gateway.send(`query ($after: String) ${selection}`, person?.token, {
        after,
      });
      expect(errors).toBeUndefined();
      const { nodes, pageInfo } = pick(data);
      bodies.push(...nodes.map((node: Json) => node.body));
      if (!pageInfo.hasNextPage) return bodies;
      after = pageInfo.endCursor;
    }
  }
  return self;
}

/** What somebody was told of is there once; of what they were not, no more. */
function checkWritten(written: Map<string, boolean>, found: readonly string[]): void {
  for (const [body, told] of written) {
    const times = found.filter((other) => other === body).length;
    expect(told ? times : Math.max(times, 1), body).toBe(1);
  }
}
