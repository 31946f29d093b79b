// Requests that arrive together share statements where all of them are told the same; nobody gets another's answer.
import { describe, expect, it } from 'vitest';
import { useTestApp } from '../helpers/app.ts';
import { crowd, followAll, type Person } from '../helpers/crowd.ts';

const kith = useTestApp();

const profile = `query ($username: String!) {
  user(by: { username: $username }) {
    username bio stats { followers } tags { name }
    relationship { follows blocks }
    followers(first: 3) { totalCount nodes { username } }
  }
}`;

let made: Promise<Person[]> | undefined;

/** Each follows the next five; every third shows their details to those they follow alone, and blocks the next one. */
function community(): Promise<Person[]> {
  made ??= (async () => {
    const all = await crowd(kith, 'person', 24, (n) => ({ bio: `I am ${n}`, bioHtml: `<p>I am ${n}</p>` }));
    const next = (n: number, by: number) => all[(n + by) % all.length] as Person;
    await followAll(
      kith,
      all.flatMap((one, n) => [1, 2, 3, 4, 5].map((by) => [one, next(n, by)] as const)),
    );
    for (const [n, { username }] of all.entries()) {
      if (n % 3 > 0) continue;
      await kith.mutate('updateSettings', { privacy: { profileVisibility: 'CONTACTS' } }, username);
      await kith.mutate('blockUser', { userId: next(n, 1).id }, username);
    }
    return all;
  })();
  return made;
}

const ask = ({ as, username }: { as: string | null; username: string }) =>
  kith.send(profile, { as, variables: { username } });

describe('requests that arrive together', () => {
  it('without tokens share statements, and each has its own answer', async () => {
    const all = await community();
    const asked = [...all, ...all].map(({ username }) => ({ as: null, username }));
    const { statements } = kith.database;
    const alone: unknown[] = [];
    statements.length = 0;
    for (const one of asked) alone.push((await ask(one)).data);
    const many = statements.length;
    expect(many).toBeGreaterThanOrEqual(3 * asked.length);
    // Over a socket, on a machine with much else to do, they may not arrive together each time.
    for (let shared = false; !shared; shared = statements.length < many) {
      statements.length = 0;
      const together = (await Promise.all(asked.map(ask))).map(({ data }) => data);
      expect(together).toEqual(alone);
      expect(new Set(together.map((data) => JSON.stringify(data))).size).toBe(all.length);
    }
  });

  it('see what each alone may see, whoever else asks', async () => {
    const all = await community();
    const asked = all.flatMap(({ username }, n) =>
      [null, all[0], all[1], all[(n + 7) % all.length]].map((viewer) => ({
        as: viewer?.username ?? null,
        username,
      })),
    );
    const alone: unknown[] = [];
    for (const one of asked) alone.push((await ask(one)).data);
    const together = (await Promise.all(asked.map(ask))).map(({ data }) => data);
    expect(together).toEqual(alone);
    // They are told different things, or there would be nothing to mix up.
    const perPerson = Map.groupBy(asked.keys(), (i) => asked[i]?.username);
    const mixed = [...perPerson.values()].filter(
      (of) => new Set(of.map((i) => JSON.stringify(alone[i]))).size > 1,
    );
    expect(mixed.length).toBe(all.length);
  });

  it('are not kept from their answers by one that cannot be answered', async () => {
    const all = await community();
    const asked = [
      ...all.map(({ username }) => username),
      'nobody',
      'no such name',
      '\u{1F600}',
      '{"a"}',
      '',
    ];
    const answers = await Promise.all(asked.map((username) => ask({ as: null, username })));
    for (const [i, { data, errors }] of answers.entries()) {
      expect(errors).toEqual([]);
      expect(data.user?.username ?? null).toBe(all[i]?.username ?? null);
    }
  });
});
