// What lists without pages may add to one answer.
import { describe, expect, it } from 'vitest';
import { members } from '../../src/features/members/table.ts';
import { decodeId } from '../../src/graphql/node.ts';
import { useTestApp } from '../helpers/app.ts';

const kith = useTestApp();

/** As much as one profile may have under headings of its own: domain rule 2. */
const fields = Array.from({ length: 25 }, (_, n) => ({
  name: `Heading ${n}`,
  entries: Array.from({ length: 100 }, () => ({ value: 'word', preference: 'okay' })),
}));
const perMember = 25 * 100 + 25;
/** The name of a heading, or the value and three of its preference. */
const valuesOfEach = 5;

async function largeSystem(username: string): Promise<void> {
  const ownerId = decodeId(await kith.idOf(username))?.id ?? '';
  await kith.database.db.insert(members).values(
    Array.from({ length: 40 }, (_, n) => ({
      id: crypto.randomUUID(),
      ownerId,
      sid: `${username}${String.fromCharCode(97 + Math.floor(n / 26), 97 + (n % 26))}`.slice(-6),
      name: `M${n}`,
      nameKey: `m${String(n).padStart(2, '0')}`,
      fields,
      createdAt: new Date(),
    })),
  );
}

const words = (size: number) =>
  `members(first: ${size}) { nodes { fields { name entries { value preference { key icon tooltip } } } } }`;

describe('the answer', () => {
  it('has 250,000 values of such lists and no more, however a document gets to them', async () => {
    await largeSystem('aaaa');
    const most = Math.floor(250_000 / (perMember * valuesOfEach));
    const ask = (selection: string) => kith.send(`{ user(by: { username: "aaaa" }) { ${selection} } }`);
    const whole = await ask(words(most));
    expect(whole.errors).toEqual([]);
    expect(whole.data.user.members.nodes).toHaveLength(most);

    for (const selection of [
      words(most + 1),
      // The same few entries with much of each.
      `members(first: 4) { nodes { fields { entries { ${Array.from({ length: 30 }, (_, n) => `p${n}: preference { icon }`).join(' ')} } } } }`,
      Array.from({ length: 20 }, (_, n) => `a${n}: ${words(n + 1)}`).join(' '),
    ]) {
      const { data, errors } = await ask(selection);
      expect(JSON.stringify(data).length).toBeLessThan(10_000_000);
      expect(errors[0]?.extensions).toMatchObject({
        code: 'LIMIT_EXCEEDED',
        limit: { name: 'maxListedValues', max: 250_000 },
      });
      expect(new Set(errors.map(({ extensions }) => extensions?.code))).toEqual(new Set(['LIMIT_EXCEEDED']));
    }
  });

  it('of a mutation has no more either', async () => {
    await kith.idOf('bbbb');
    await largeSystem('bbbb');
    const { data, errors } = await kith.send(
      `mutation { updateProfile(input: { tagline: "Many" }) { user { ${words(40)} } userErrors { code } } }`,
      { as: 'bbbb' },
    );
    expect(data).toEqual({ updateProfile: { user: null, userErrors: [] } });
    expect(errors[0]?.extensions?.code).toBe('LIMIT_EXCEEDED');
  });

  it('of one request takes nothing from the next', async () => {
    const small = '{ user(by: { username: "aaaa" }) { members(first: 15) { nodes { fields { name } } } } }';
    for (let n = 0; n < 3; n++) expect((await kith.send(small)).errors).toEqual([]);
  });
});
