// Issue "The gateway proper": people who live in the four systems, read when they are asked for.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { documented, personPath, type SystemName, useGateway } from '../helpers/sources.ts';
import { fixture } from '../sources/fixture.ts';
import { json } from '../sources/server.ts';

const clock = { ahead: 0 };
const gateway = useGateway({ now: () => new Date(Date.now() + clock.ahead) });
const ttl = 900_000;

const names = Object.keys(documented) as SystemName[];

const card =
  'id username name bio bioHtml status remote { provider instance externalId fetchedAt stale url }';

const find = `query ($by: AccountBy!) { user(by: { account: $by }) { ${card} } }`;
const keyOf = (name: SystemName, externalId: string = documented[name].externalId) => ({
  provider: documented[name].provider,
  instance: gateway.systems[name].host,
  externalId,
});
const ask = (by: object, as: string | null = null) => gateway.kith.send(find, { as, variables: { by } });

/** A person of diaspora*, like the documented one. */
function pod(guid: string, more: object = {}) {
  const diaspora_id = `${guid.slice(0, 8)}@pod.example`;
  const person = { ...(fixture('diaspora/person') as object), guid, diaspora_id, ...more };
  gateway.systems.diaspora.answers.set(personPath.diaspora(guid), person);
  return { person, by: keyOf('diaspora', guid) };
}
const guidOf = (n: number | string) => String(n).padStart(32, 'a');
const askedOf = (name: SystemName, path: string) =>
  gateway.systems[name].asked().filter((url) => url.startsWith(path)).length;

describe('somebody who lives in another system', () => {
  it.each(names)('is found by their account there, and is marked as remote: %s', async (name) => {
    const { data, errors } = await ask(keyOf(name));
    expect(errors).toEqual([]);
    const { provider, externalId } = documented[name];
    expect(data.user.remote).toMatchObject({
      provider,
      externalId,
      instance: gateway.systems[name].host,
      stale: false,
    });
    expect(data.user.username).toContain('@');
    expect(data.user.status).toBe('ACTIVE');
    // As anybody is found.
    const by = `user(by: { username: "${data.user.username}" }) { id } node(id: "${data.user.id}") { id }`;
    const { id } = data.user;
    expect(await gateway.kith.query(`{ ${by} }`)).toEqual({ user: { id }, node: { id } });
  });

  it('needs no server named where only one of the provider is configured, and is found by name', async () => {
    const { systems } = gateway;
    systems['pronouns-cc'].answers.set('/api/v1/users/ada.l', fixture('pronouns-cc/user') as object);
    const { data, errors } = await ask({ provider: 'PRONOUNS_CC', accountName: 'ADA.L' });
    expect(errors).toEqual([]);
    expect(data.user.remote.externalId).toBe(documented['pronouns-cc'].externalId);
  });

  it('four of them, one of each system, are four calls and one answer', async () => {
    clock.ahead += ttl + 1_000;
    const before = names.map((name) => gateway.systems[name].requests.length);
    const aliases = names.map((name, i) => {
      const { provider, instance, externalId } = keyOf(name);
      return `p${i}: user(by: { account: { provider: ${provider}, instance: "${instance}", externalId: "${externalId}" } }) { remote { provider stale } }`;
    });
    const data = await gateway.kith.query(`{ ${aliases.join('\n')} }`);
    expect(Object.values(data)).toEqual(
      names.map((name) => ({ remote: { provider: documented[name].provider, stale: false } })),
    );
    expect(names.map((name, i) => gateway.systems[name].requests.length - (before[i] ?? 0))).toEqual([
      1, 1, 1, 1,
    ]);
  });

  it('is read once for 500 who ask at once, however they ask', async () => {
    const { by, person } = pod(guidOf('cafe'));
    const path = personPath.diaspora(by.externalId);
    gateway.systems.diaspora.answers.set(path, async (_request: unknown, response: never) => {
      await sleep(150);
      json(response, person);
    });
    const answers = await Promise.all(Array.from({ length: 500 }, () => ask(by)));
    expect(new Set(answers.map(({ data, errors }) => JSON.stringify([data.user.id, errors]))).size).toBe(1);
    expect(askedOf('diaspora', path)).toBe(1);
  });

  it('is not read again before the time is up, and is then: with what has changed', async () => {
    const { by, person } = pod(guidOf('beef'), { bio: 'before' });
    const path = personPath.diaspora(by.externalId);
    const { data: first } = await ask(by);
    gateway.systems.diaspora.answers.set(path, { ...person, bio: 'after **it**' });
    clock.ahead += ttl - 60_000;
    expect((await ask(by)).data.user).toEqual(first.user);
    expect(askedOf('diaspora', path)).toBe(1);
    clock.ahead += 120_000;
    const { data: second } = await ask(by);
    expect(second.user).toMatchObject({ id: first.user.id, bio: 'after **it**' });
    expect(second.user.bioHtml).toBe('<p>after <strong>it</strong></p>');
    expect(askedOf('diaspora', path)).toBe(2);
  });

  it('is answered from what is here, and said to be stale, while the source is down', async () => {
    const { by } = pod(guidOf('dead'), { bio: 'kept' });
    const path = personPath.diaspora(by.externalId);
    await ask(by);
    gateway.systems.diaspora.answers.set(
      path,
      (_request: unknown, response: { writeHead: (n: number) => { end: () => void } }) =>
        response.writeHead(501).end(),
    );
    clock.ahead += ttl + 1_000;
    const { data, errors } = await ask(by);
    expect(errors).toEqual([]);
    expect(data.user).toMatchObject({ bio: 'kept', remote: { stale: true } });
  });

  it('who is not here while the source fails is SOURCE_UNAVAILABLE, with a path; the rest of the answer is there', async () => {
    const bad = guidOf('bad');
    gateway.systems.diaspora.answers.set(personPath.diaspora(bad), {
      guid: bad,
      diaspora_id: 7,
      tags: 'none',
    });
    const { provider, instance } = keyOf('diaspora');
    const { data, errors, status } = await gateway.kith.send(
      `{ bad: user(by: { account: { provider: ${provider}, instance: "${instance}", externalId: "${bad}" } }) { id }
         good: user(by: { account: { provider: PRONOUNS_CC, externalId: "${documented['pronouns-cc'].externalId}" } }) { name } }`,
    );
    expect(status).toBe(200);
    expect(data).toEqual({ bad: null, good: { name: 'Ada' } });
    expect(errors).toEqual([
      expect.objectContaining({
        path: ['bad'],
        extensions: expect.objectContaining({
          code: 'SOURCE_UNAVAILABLE',
          provider: 'DIASPORA',
          instance,
          reason: 'INVALID',
        }),
      }),
    ]);
    // Nothing of it is stored.
    expect(
      (await gateway.kith.query(`{ searchUsers(query: "${bad}") { totalCount } }`)).searchUsers.totalCount,
    ).toBe(0);
  });

  it('who is nowhere is null, and the source is not asked each time', async () => {
    const by = keyOf('diaspora', guidOf('nobody0'));
    for (let n = 0; n < 3; n++) expect(await ask(by)).toMatchObject({ data: { user: null }, errors: [] });
    expect(askedOf('diaspora', personPath.diaspora(by.externalId))).toBe(1);
  });

  it('who is gone there is DELETED here, and comes back when they do', async () => {
    const { by, person } = pod(guidOf('feed'));
    const path = personPath.diaspora(by.externalId);
    const { data } = await ask(by);
    gateway.systems.diaspora.answers.delete(path);
    clock.ahead += ttl + 1_000;
    expect((await ask(by)).data.user).toMatchObject({ id: data.user.id, status: 'DELETED' });
    gateway.systems.diaspora.answers.set(path, person);
    clock.ahead += ttl + 1_000;
    expect((await ask(by)).data.user).toMatchObject({ id: data.user.id, status: 'ACTIVE' });
  });

  it('is in no list of everybody, and in search only once somebody here follows them', async () => {
    const { kith } = gateway;
    const { by } = pod(guidOf('sought'), { name: 'Sought Zebrafinch' });
    const { id } = (await ask(by)).data.user;
    await kith.idOf('seeker');
    const found = async () => {
      const { searchUsers, users } = await kith.query(
        '{ searchUsers(query: "zebrafinch") { totalCount nodes { id } } users(first: 100) { totalCount nodes { id } } }',
      );
      expect(users.nodes).toHaveLength(users.totalCount);
      expect(users.nodes).not.toContainEqual({ id });
      expect(searchUsers.nodes).toHaveLength(searchUsers.totalCount);
      return searchUsers.nodes;
    };
    expect(await found()).toEqual([]);
    expect((await kith.mutate('followUser', { userId: id }, 'seeker')).userErrors).toEqual([]);
    expect(await found()).toEqual([{ id }]);
    await kith.mutate('unfollowUser', { userId: id }, 'seeker');
    expect(await found()).toEqual([]);
  });

  it('can be followed, hidden and blocked as anybody; who has blocked them does not find them', async () => {
    const { kith } = gateway;
    const { by } = pod(guidOf('blocked'));
    const { id } = (await ask(by)).data.user;
    const relation = `user { relationship { follows hides } stats { followers } }`;
    expect((await kith.mutate('followUser', { userId: id }, 'cleo', relation)).user).toEqual({
      relationship: { follows: true, hides: false },
      stats: { followers: 1 },
    });
    expect((await kith.mutate('hideUser', { userId: id }, 'cleo', relation)).user.relationship.hides).toBe(
      true,
    );
    expect((await kith.mutate('blockUser', { userId: id }, 'cleo')).userErrors).toEqual([]);
    expect((await ask(by, 'cleo')).data.user).toBeNull();
    expect((await ask(by)).data.user.id).toBe(id);
  });

  it('is asked nothing that they could not answer: neither to connect nor into a room', async () => {
    const { kith } = gateway;
    const { by } = pod(guidOf('silent'));
    const { id } = (await ask(by)).data.user;
    expect((await kith.mutate('requestConnection', { userId: id }, 'dora')).userErrors).toEqual([
      { code: 'INVALID', message: expect.any(String), path: ['userId'] },
    ]);
    const { room } = await kith.mutate(
      'createRoom',
      { kind: 'GROUP', name: 'R', slug: 'remote-room' },
      'dora',
      'room { id }',
    );
    const userIds = [await kith.idOf('emil'), id];
    expect((await kith.mutate('inviteToRoom', { roomId: room.id, userIds }, 'dora')).userErrors).toEqual([
      { code: 'INVALID', message: expect.any(String), path: ['userIds', '1'] },
    ]);
  });
});
