// Short ids: domain rule 2, "sid".
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { brokenConstraint } from '../../src/db/errors.ts';
import { newId } from '../../src/db/uuid.ts';
import { members } from '../../src/features/members/table.ts';
import { claims, users } from '../../src/features/users/table.ts';
import { decodeId, encodeId } from '../../src/graphql/node.ts';
import { useTestApp } from '../helpers/app.ts';

const hour = 3_600_000;
let clock = Date.parse('2026-03-01T12:00:00.000Z');
const kith = useTestApp({ now: () => new Date(clock) });

interface Owner {
  username: string;
  id: string;
}
interface Payload {
  profile: ({ __typename: string; id: string; sid: string } & Record<string, unknown>) | null;
  userErrors: { code: string; message: string; path: string[] }[];
}

let made = 0;
/** Somebody nobody else in this file knows, with so many members. */
async function somebody(count = 0): Promise<{ ada: Owner; memberIds: string[] }> {
  const username = `owner-${++made}`;
  const ada = { username, id: await kith.idOf(username) };
  const memberIds = [];
  for (let n = 0; n < count; n++) {
    const payload = await kith.mutate('createMember', { name: `m ${n}` }, username, 'member { id }');
    memberIds.push(String(payload.member.id));
  }
  return { ada, memberIds };
}

const profile =
  'profile { __typename id sid ... on User { username } ... on Member { memberName user { id } } }';
const reroll = (owner: Owner, input: object = {}): Promise<Payload> =>
  kith.mutate('rerollSid', input, owner.username, profile);
const codes = ({ userErrors }: Pick<Payload, 'userErrors'>) => userErrors.map(({ code }) => code).join();

async function sidsOf(...ids: string[]): Promise<string[]> {
  const { nodes } = await kith.query<{ nodes: { sid: string }[] }>(
    'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Profile { sid } } }',
    { variables: { ids } },
  );
  return nodes.map(({ sid }) => sid);
}
const sidOf = async (id: string) => (await sidsOf(id))[0] ?? '';
/** The ids of those whom a sid leads to. */
async function led(sid: string): Promise<string[]> {
  const { user, member } = await kith.query(
    'query ($sid: String!) { user(by: { sid: $sid }) { id } member(by: { sid: $sid }) { id } }',
    { variables: { sid } },
  );
  return [user, member].flatMap((found) => (found ? [found.id] : []));
}
const timesOf = async ({ username }: Owner) =>
  (await kith.query('{ viewer { lastSidRerollAt canRerollSidAt user { createdAt } } }', { as: username }))
    .viewer;

const letters = (length: number) => new RegExp(`^[a-z]{${length}}$`);

describe('rerollSid', () => {
  it('gives a user a new sid of five letters; the old one leads nowhere', async () => {
    const { ada } = await somebody();
    const before = await sidOf(ada.id);
    expect(before).toMatch(letters(5));
    expect(await led(before)).toEqual([ada.id]);
    const { profile: after, userErrors } = await reroll(ada);
    expect(userErrors).toEqual([]);
    expect(after).toEqual({
      __typename: 'User',
      id: ada.id,
      sid: expect.stringMatching(letters(5)),
      username: ada.username,
    });
    expect(after?.sid).not.toBe(before);
    expect(await sidOf(ada.id)).toBe(after?.sid);
    expect(await led(before)).toEqual([]);
    expect(await led(after?.sid ?? '')).toEqual([ada.id]);
  });

  it('gives a member a new sid of six letters; the old one leads nowhere, and the user’s stays', async () => {
    const { ada, memberIds } = await somebody(2);
    const [memberId = '', other = ''] = memberIds;
    const [own, before, others] = await sidsOf(ada.id, memberId, other);
    const { profile: after, userErrors } = await reroll(ada, { memberId });
    expect(userErrors).toEqual([]);
    const sid = expect.stringMatching(letters(6));
    expect(after).toEqual({
      __typename: 'Member',
      id: memberId,
      sid,
      memberName: 'm 0',
      user: { id: ada.id },
    });
    expect(after?.sid).not.toBe(before);
    expect(await sidsOf(ada.id, memberId, other)).toEqual([own, after?.sid, others]);
    expect(await led(before ?? '')).toEqual([]);
    expect(await led(after?.sid ?? '')).toEqual([memberId]);
  });

  it('without or with a null memberId is for the user', async () => {
    for (const input of [{}, { memberId: null }]) {
      const { ada } = await somebody();
      expect((await reroll(ada, input)).profile?.id).toBe(ada.id);
    }
  });

  it('needs a token with the scope profile:modify, its times one with profile', async () => {
    const { ada } = await somebody();
    const document = 'mutation { rerollSid(input: {}) { profile { sid } userErrors { code } } }';
    const nobody = await kith.send(document);
    expect(nobody.errors.map(({ extensions }) => extensions?.code)).toEqual(['UNAUTHENTICATED']);
    const few = await kith.send(document, { as: ada.username, scope: 'profile profile:read_private' });
    expect(few.errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', requiredScope: 'profile:modify' });
    for (const field of ['lastSidRerollAt', 'canRerollSidAt']) {
      const { errors } = await kith.send(`{ viewer { ${field} } }`, {
        as: ada.username,
        scope: 'profile:modify',
      });
      expect(errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', requiredScope: 'profile' });
    }
    expect((await timesOf(ada)).lastSidRerollAt).toBeNull();
  });
});

describe('the hour between rerolls', () => {
  it.each(['the user', 'a member'])(
    'after one of %s is for the user and all members: COOLDOWN, with the time in the message',
    async (who) => {
      const { ada, memberIds } = await somebody(2);
      const { user, ...never } = await timesOf(ada);
      expect(never).toEqual({ lastSidRerollAt: null, canRerollSidAt: user.createdAt });
      clock += 1_234;
      const [at, until] = [new Date(clock).toISOString(), new Date(clock + hour).toISOString()];
      expect(codes(await reroll(ada, who === 'the user' ? {} : { memberId: memberIds[0] }))).toBe('');
      const times = { lastSidRerollAt: at, canRerollSidAt: until };
      expect(await timesOf(ada)).toMatchObject(times);

      const sids = await sidsOf(ada.id, ...memberIds);
      for (const passed of [0, 1, hour - 1]) {
        clock = Date.parse(at) + passed;
        for (const memberId of [null, ...memberIds]) {
          const payload = await reroll(ada, { memberId });
          const error = { code: 'COOLDOWN', message: expect.stringContaining(until), path: [] };
          expect(payload).toEqual({ profile: null, userErrors: [error] });
        }
        // What is refused does not make the wait longer.
        expect(await timesOf(ada)).toMatchObject(times);
      }
      expect(await sidsOf(ada.id, ...memberIds)).toEqual(sids);

      clock = Date.parse(until);
      expect(codes(await reroll(ada, { memberId: memberIds[1] }))).toBe('');
      const next = new Date(clock + hour).toISOString();
      expect(await timesOf(ada)).toMatchObject({ lastSidRerollAt: until, canRerollSidAt: next });
      expect(codes(await reroll(ada))).toBe('COOLDOWN');
    },
  );

  it('is everybody’s own', async () => {
    const [one, other] = [await somebody(), await somebody()];
    expect(codes(await reroll(one.ada))).toBe('');
    expect(codes(await reroll(other.ada))).toBe('');
  });

  it('does not begin with a reroll of what is not the viewer’s: NOT_FOUND', async () => {
    const { ada } = await somebody();
    const other = await somebody(1);
    const theirs = other.memberIds[0] ?? '';
    const [sid, before] = await sidsOf(ada.id, theirs);
    const strange = [
      theirs,
      encodeId('Member', crypto.randomUUID()),
      ada.id,
      encodeId('Member', 'x'),
      'x',
      '',
    ];
    for (const memberId of strange) {
      const error = { code: 'NOT_FOUND', message: expect.any(String), path: ['memberId'] };
      expect(await reroll(ada, { memberId })).toEqual({ profile: null, userErrors: [error] });
    }
    expect((await timesOf(ada)).lastSidRerollAt).toBeNull();
    expect((await timesOf(other.ada)).lastSidRerollAt).toBeNull();
    expect(await sidsOf(ada.id, theirs)).toEqual([sid, before]);
    expect(codes(await reroll(ada))).toBe('');
  });

  it('is seen by the second of two in one document', async () => {
    const { ada, memberIds } = await somebody(1);
    const data = await kith.query(
      `mutation { a: rerollSid(input: { memberId: "${memberIds[0]}" }) { ${profile} userErrors { code } }
        b: rerollSid(input: {}) { profile { id } userErrors { code } } }`,
      { as: ada.username },
    );
    expect(data.a).toMatchObject({
      profile: { id: memberIds[0], sid: await sidOf(memberIds[0] ?? '') },
      userErrors: [],
    });
    expect(data.b).toEqual({ profile: null, userErrors: [{ code: 'COOLDOWN' }] });
  });

  it.each([2, 10])('lets exactly one of %i at once through, of user and members', async (count) => {
    const { ada, memberIds } = await somebody(2);
    const everybody = [ada.id, ...memberIds];
    for (let round = 0; round < 6; round++) {
      clock += hour;
      const before = await sidsOf(...everybody);
      const wanted = Array.from({ length: count }, (_, n) => memberIds[((n + round) % 3) - 1] ?? null);
      const payloads = await Promise.all(wanted.map((memberId) => reroll(ada, { memberId })));
      expect(payloads.map(codes).toSorted()).toEqual(['', ...Array(count - 1).fill('COOLDOWN')]);
      const winner = payloads.findIndex((payload) => payload.profile !== null);
      const after = await sidsOf(...everybody);
      const changed = everybody.filter((_, n) => before[n] !== after[n]);
      expect(changed).toEqual([wanted[winner] ?? ada.id]);
      expect(after).toContain(payloads[winner]?.profile?.sid);
    }
  });

  it('ends for those that come while the account is deleted: no error but expected ones', async () => {
    for (let round = 0; round < 5; round++) {
      const { ada, memberIds } = await somebody(1);
      const send = (memberId: string | null) =>
        kith.send(
          'mutation ($input: RerollSidInput!) { rerollSid(input: $input) { profile { id } userErrors { code } } }',
          {
            as: ada.username,
            variables: { input: { memberId } },
          },
        );
      const rerolls = [null, memberIds[0] ?? null, null].map(send);
      const deletion = kith.mutate('deleteAccount', { username: ada.username }, ada.username);
      for (const { status, errors } of await Promise.all(rerolls)) {
        expect(status).toBeLessThan(500);
        const unexpected = errors.filter(({ extensions }) => extensions?.code !== 'UNAUTHENTICATED');
        expect(unexpected).toEqual([]);
      }
      expect((await deletion).userErrors).toEqual([]);
    }
  });
});

/**
 * Makes the database give these sids instead of the next random ones, be the transaction rolled back or not: a collision
 * that would otherwise be waited for a long time. Gives back how many were tried.
 */
async function forcing<T>(table: 'users' | 'members', sid: string, times: number, run: () => Promise<T>) {
  const { db } = kith.database;
  await db.execute(sql`CREATE SEQUENCE forced`);
  await db.execute(
    sql.raw(`CREATE FUNCTION force_sid() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF nextval('forced') <= ${times} THEN NEW.sid := '${sid}'; END IF;
        RETURN NEW;
      END $$`),
  );
  await db.execute(
    sql.raw(
      `CREATE TRIGGER force_sid BEFORE INSERT OR UPDATE OF sid ON ${table} FOR EACH ROW EXECUTE FUNCTION force_sid()`,
    ),
  );
  try {
    const result = await run();
    const [row] = await db.select({ tried: sql<number>`last_value::int` }).from(sql`forced`);
    expect(row?.tried, 'it was tried with the forced sid, and once more').toBeGreaterThan(times);
    return result;
  } finally {
    await db.execute(sql.raw(`DROP TRIGGER force_sid ON ${table}`));
    await db.execute(sql`DROP FUNCTION force_sid`);
    await db.execute(sql`DROP SEQUENCE forced`);
  }
}

/** The constraint that a write breaks; null when it was done. */
const broken = (write: PromiseLike<unknown>): Promise<string | null> =>
  Promise.resolve(write).then(() => null, brokenConstraint);

describe('a sid is somebody’s alone', () => {
  it('of many that are given at once, to members, new accounts and by rerolls', async () => {
    const owners = await Promise.all(Array.from({ length: 8 }, () => somebody(1)));
    clock += hour;
    const create = owners.flatMap(({ ada }) =>
      [1, 2, 3].map((n) => kith.mutate('createMember', { name: `more ${n}` }, ada.username, 'member { id }')),
    );
    const rerolls = owners.map(({ ada, memberIds }, n) =>
      reroll(ada, { memberId: n % 2 ? memberIds[0] : null }),
    );
    const newcomers = Array.from({ length: 8 }, () => somebody());
    for (const { userErrors } of await Promise.all([...create, ...rerolls])) expect(userErrors).toEqual([]);
    await Promise.all(newcomers);
    const { db } = kith.database;
    for (const [table, length] of [
      [users, 5],
      [members, 6],
    ] as const) {
      const sids = (await db.select({ sid: table.sid }).from(table)).map(({ sid }) => sid);
      expect(sids.length).toBeGreaterThan(20);
      expect(new Set(sids).size).toBe(sids.length);
      expect(sids.filter((sid) => !letters(length).test(sid))).toEqual([]);
    }
  });

  it('whichever way it is written: the database refuses a second one', async () => {
    const { ada, memberIds } = await somebody(2);
    const [uuid = '', one = '', other = ''] = [ada.id, ...memberIds].map((id) => decodeId(id)?.id);
    const { db } = kith.database;
    const sids = await sidsOf(ada.id, ...memberIds);
    const { ada: bob } = await somebody();
    const bobs = await sidOf(bob.id);
    const createdAt = new Date();
    const row = { id: newId(createdAt), ownerId: uuid, name: 'x', nameKey: 'x', createdAt };
    expect(await broken(db.update(members).set({ sid: sids[1] }).where(eq(members.id, other)))).toBe(
      'members_sid_unique',
    );
    expect(await broken(db.insert(members).values({ ...row, sid: sids[1] ?? '' }))).toBe(
      'members_sid_unique',
    );
    expect(await broken(db.update(users).set({ sid: bobs }).where(eq(users.id, uuid)))).toBe(
      'users_sid_unique',
    );
    expect(await sidsOf(ada.id, ...memberIds)).toEqual(sids);
    expect(await led(sids[1] ?? '')).toEqual([encodeId('Member', one)]);
  });

  it('a new member gets another one when the random one is taken', async () => {
    const { ada, memberIds } = await somebody(1);
    const taken = await sidOf(memberIds[0] ?? '');
    const { member, userErrors } = await forcing('members', taken, 3, () =>
      kith.mutate('createMember', { name: 'new' }, ada.username, 'member { id sid }'),
    );
    expect(userErrors).toEqual([]);
    expect(member.sid).toMatch(letters(6));
    expect(await led(member.sid)).toEqual([member.id]);
    expect(await led(taken)).toEqual(memberIds);
  });

  it('so does a reroll, of a member and of a user; it starts the hour once', async () => {
    const { ada, memberIds } = await somebody(2);
    const [memberId = '', other = ''] = memberIds;
    const { ada: bob } = await somebody();
    const rerolls = [
      { table: 'members', taken: await sidOf(other), input: { memberId }, length: 6 },
      { table: 'users', taken: await sidOf(bob.id), input: {}, length: 5 },
    ] as const;
    for (const { table, taken, input, length } of rerolls) {
      clock += hour;
      const holder = await led(taken);
      const payload = await forcing(table, taken, 3, () => reroll(ada, input));
      expect(payload.userErrors).toEqual([]);
      expect(payload.profile?.sid).toMatch(letters(length));
      expect(await led(payload.profile?.sid ?? '')).toEqual([payload.profile?.id]);
      expect(await led(taken)).toEqual(holder);
      expect((await timesOf(ada)).lastSidRerollAt).toBe(new Date(clock).toISOString());
      expect(codes(await reroll(ada, input))).toBe('COOLDOWN');
    }
  });

  it('rule 3.7: and stays a deleted user’s: never given again, to a new account or by a reroll', async () => {
    const { ada: gone } = await somebody();
    const { ada: bob } = await somebody();
    const sid = await sidOf(gone.id);
    const { db } = kith.database;
    expect(
      (await kith.mutate('deleteAccount', { username: gone.username }, gone.username)).userErrors,
    ).toEqual([]);
    expect(await led(sid)).toEqual([]);
    const bobs = eq(users.id, decodeId(bob.id)?.id ?? '');
    expect(await broken(db.update(users).set({ sid }).where(bobs))).toBe('claims_pkey');
    const reserved = sql`${claims.kind} = 'sid' AND ${claims.userId} IS NULL AND ${claims.hash} = claim_hash('sid', ${sid})`;
    expect(await db.$count(claims, reserved)).toBe(1);

    const payload = await forcing('users', sid, 3, () => reroll(bob));
    expect(payload.userErrors).toEqual([]);
    expect(await led(payload.profile?.sid ?? '')).toEqual([bob.id]);
    // All usernames that a new account may come to are tried with one sid, before the next sid is.
    const username = `newcomer-${++made}`;
    const { viewer } = await forcing('users', sid, 51, () =>
      kith.query('{ viewer { user { id sid username } } }', { as: username }),
    );
    expect(viewer.user.username).toBe(username);
    expect(await led(viewer.user.sid)).toEqual([viewer.user.id]);
    expect(await led(sid)).toEqual([]);
    expect(await db.$count(claims, reserved)).toBe(1);
  });
});
