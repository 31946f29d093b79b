// Operations made by chance, and requests with something wrong in them: whatever is asked, the server answers, with what
// the schema says or with an error that has a code.
//
// The name of the tests has a run's seed, which is printed as well: FUZZ_SEED repeats it (what is asked, less the ids of
// the day), and FUZZ_RUNS asks for another number of operations than 5,000.
import fc from 'fast-check';
import { isObjectType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../src/schema.ts';
import { useTestApp } from '../helpers/app.ts';
import { type Chance, Fuzzer, Hang } from '../helpers/fuzz/fuzzer.ts';
import { makeWorld } from '../helpers/fuzz/world.ts';

const kith = useTestApp();

const seed = Number(process.env.FUZZ_SEED ?? Math.trunc(Math.random() * 2 ** 31));
const runs = Number(process.env.FUZZ_RUNS ?? 5_000);
const atOnce = 8;
/** Operations until there are new people who write: those before have lost most of what they had. */
const generation = 400;

const chance: fc.Arbitrary<Chance> = fc.record({
  kind: fc.oneof(
    { arbitrary: fc.constant('query' as const), weight: 9 },
    { arbitrary: fc.constant('mutation' as const), weight: 5 },
    { arbitrary: fc.constant('spoiled' as const), weight: 4 },
    { arbitrary: fc.constant('request' as const), weight: 2 },
  ),
  seed: fc.noShrink(fc.noBias(fc.integer())),
  choices: fc.noBias(fc.nat(4_000)),
});

let fuzzer: Fuzzer;
beforeAll(async () => {
  process.stdout.write(`FUZZ_SEED=${seed} FUZZ_RUNS=${runs}\n`);
  fuzzer = new Fuzzer(kith, schema, await makeWorld(kith, schema), generation);
});

/** The last of what the server logged of errors. */
const failures = () => kith.logged.filter((line) => JSON.parse(line).level >= 50).slice(-5);

describe(`${runs} operations made by chance, FUZZ_SEED=${seed}`, () => {
  it('are each answered as the schema says, or refused with a code', {
    timeout: 120_000 + runs * 400,
  }, async () => {
    let hung = false;
    await fc.assert(
      fc.asyncProperty(fc.array(chance, { minLength: atOnce, maxLength: atOnce }), async (chances) => {
        // What hangs once would hang with everything that it is shrunk to.
        if (hung) return;
        try {
          const problems = await fuzzer.ask(chances);
          expect(problems.join('\n\n'), failures().join('')).toBe('');
        } catch (error) {
          hung = error instanceof Hang;
          throw error;
        }
      }),
      { seed, numRuns: Math.ceil(runs / atOnce) },
    );
    expect(failures()).toEqual([]);
  });

  // Or a server that refuses everything would pass.
  it('are mostly valid where they should be, mostly answered, and mostly without errors', () => {
    const { query, mutation, spoiled, request } = fuzzer.tally.counts;
    const told = `${fuzzer.tally}`;
    expect(query.asked + mutation.asked + spoiled.asked + request.asked, told).toBeGreaterThanOrEqual(runs);
    for (const { asked, valid, answered, withoutErrors } of [query, mutation]) {
      expect(valid / asked, told).toBeGreaterThan(0.9);
      expect(answered / asked, told).toBeGreaterThan(0.5);
      expect(withoutErrors / asked, told).toBeGreaterThan(0.45);
    }
    expect(spoiled.valid / spoiled.asked, told).toBeLessThan(0.4);
    expect(request.answered / request.asked, told).toBeLessThan(0.4);
    const codes = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT', 'BAD_REQUEST'];
    for (const code of [...codes, 'LIMIT_EXCEEDED', 'UNAUTHENTICATED', 'FORBIDDEN']) {
      expect([...fuzzer.tally.codes.keys()], told).toContain(code);
    }
  });

  it('reach what there is in the schema', () => {
    const { types, fields, done } = fuzzer.tally;
    const objects = Object.values(schema.getTypeMap()).filter(
      (type) => isObjectType(type) && !type.name.startsWith('__') && type !== schema.getSubscriptionType(),
    );
    const payloads = objects.filter(({ name }) => name.endsWith('Payload'));
    const all = objects.flatMap((type) =>
      isObjectType(type) ? Object.keys(type.getFields()).map((name) => `${type.name}.${name}`) : [],
    );
    const doors = Object.keys(schema.getQueryType()?.getFields() ?? {}).map((name) => `Query.${name}`);
    const missed = <One>(some: readonly One[], has: (one: One) => boolean) => some.filter((one) => !has(one));
    expect(missed(doors, (one) => fields.has(one))).toEqual([]);
    // Fewer operations do not get everywhere.
    const most = Math.max(1, 5_000 / runs);
    const nothing = {
      types: missed(objects, ({ name }) => types.has(name)).map(String),
      fields: missed(all, (one) => fields.has(one)),
      payloads: missed(payloads, ({ name }) => done.has(name)).map(String),
    };
    expect(nothing.types.length / objects.length, nothing.types.join()).toBeLessThan(0.15 * most);
    expect(nothing.fields.length / all.length, nothing.fields.join()).toBeLessThan(0.25 * most);
    expect(nothing.payloads.length / payloads.length, nothing.payloads.join()).toBeLessThan(0.4 * most);
  });
});
