// Asks a server what chance makes, and tells what is wrong with its answers.
import type { GraphQLSchema } from 'graphql';
import type { TestApp } from '../app.ts';
import { Generator, type Operation, pick, type Random, randomFrom } from '../operations.ts';
import { answerProblems, type Heard, operationProblems, type Params, validOperation } from './oracle.ts';
import { spoiled } from './spoil-document.ts';
import { got, posted, type Sent, spoiledRequest } from './spoil-request.ts';
import { type Kind, Tally } from './tally.ts';
import { Values } from './values.ts';
import type { Asker, World } from './world.ts';

/** What one operation is made from: the same gives the same. */
export interface Chance {
  kind: Kind;
  seed: number;
  /** How many choices chance makes; all further ones are the first that there is. */
  choices: number;
}

/** Something to ask. */
interface Question {
  sent: Sent;
  asker: Asker;
  /** What the operation is; null where the request is not of a form that says so. */
  params: Params | null;
}

/** How long an answer may take, in ticks of a second: a process that is stopped has none. */
const patience = 90;
const ordinaryAccepts = [
  '*/*',
  'application/json',
  'application/graphql-response+json',
  'application/graphql-response+json, application/json;q=0.9',
] as const;
/** What is added to some documents besides what is asked for. */
const another = 'query Another($x: Int = 1) { users(first: $x) { nodes { id } } }';

/** An answer that does not come. */
export class Hang extends Error {
  override readonly name = 'Hang';
}

export class Fuzzer {
  readonly tally = new Tally();
  readonly #kith: TestApp;
  readonly #schema: GraphQLSchema;
  readonly #world: () => Promise<World>;
  readonly #generation: number;
  #current: Promise<World> | null = null;
  #asked = 0;

  /** @param generation after how many operations there are new writers. */
  constructor(kith: TestApp, schema: GraphQLSchema, world: () => Promise<World>, generation: number) {
    this.#kith = kith;
    this.#schema = schema;
    this.#world = world;
    this.#generation = generation;
  }

  /** Asks these at once. @returns what is wrong, with what was asked. */
  async ask(chances: readonly Chance[]): Promise<string[]> {
    const world = await this.#present(chances.length);
    return (await Promise.all(chances.map((chance) => this.#askOne(chance, world)))).flat();
  }

  #present(count: number): Promise<World> {
    const due =
      Math.floor(this.#asked / this.#generation) < Math.floor((this.#asked + count) / this.#generation);
    this.#asked += count;
    if (due || !this.#current) this.#current = this.#world();
    return this.#current;
  }

  async #askOne(chance: Chance, world: World): Promise<string[]> {
    const random = limited(chance);
    const question = this.#question(chance.kind, random, world);
    const { params, sent, asker } = question;
    const valid = params && validOperation(this.#schema, params);
    const isStream = /subscription/.test(`${params?.query ?? ''}`);
    const told = async () => `${JSON.stringify({ asker, ...sent, params })}\nafter ${JSON.stringify(chance)}`;
    const heard = await within(patience, this.#hear(question, isStream), told);
    this.tally.heard(chance.kind, valid !== null, heard);
    // Of events nothing is read.
    const isHeard = params && heard.contentType !== 'text/event-stream';
    const problems = isHeard
      ? operationProblems(this.#schema, valid, heard, (...reached) => this.tally.reached(...reached))
      : answerProblems(heard);
    if (problems.length === 0) return [];
    const answered = `${heard.status} ${heard.contentType} ${heard.text.slice(0, 2_000)}`;
    return [`${problems.slice(0, 5).join('\n')}\nasked: ${await told()}\nanswered: ${answered}`];
  }

  #question(kind: Kind, random: Random, world: World): Question {
    const writes = kind === 'mutation' || (kind !== 'query' && random() < 0.3);
    const asker = pick(random, writes ? world.writers : world.readers);
    const named = random() < 0.15;
    const own = writes ? (world.owned.get(asker.as ?? '') ?? world.all) : null;
    const values = new Values(random, world, own);
    const operation = this.#operation(random, values, named, writes ? 'mutation' : 'query');
    if (kind === 'request') return { asker, sent: spoiledRequest(operation, random), params: null };
    if (kind === 'spoiled') {
      const params = spoiled(operation, random);
      return { asker, sent: posted(JSON.stringify(params)), params };
    }
    const { source: query, variables } = operation;
    const params = named
      ? { query: `${query}\n${another}`, variables, operationName: 'Asked' }
      : { query, variables };
    const accept = { accept: pick(random, ordinaryAccepts) };
    const text = { ...params, variables: JSON.stringify(variables) };
    // What is in an address is changed where it is not well-formed.
    const isShort = !writes && JSON.stringify(text).length < 2_000 && query.isWellFormed();
    const sent = isShort && random() < 0.1 ? got(text, accept) : posted(JSON.stringify(params), accept);
    return { asker, sent, params };
  }

  #operation(random: Random, values: Values, named: boolean, kind: 'query' | 'mutation'): Operation {
    const isLarge = random() > 0.93;
    const generator = new Generator({
      schema: this.#schema,
      random,
      ...values.options(),
      depth: isLarge ? 14 : 3 + Math.floor(random() * 6),
      fields: isLarge ? 20 : 8,
      ...(named ? { name: 'Asked' } : {}),
    });
    return generator[kind]();
  }

  async #hear({ sent, asker }: Question, isStream: boolean): Promise<Heard> {
    const { path, body, ...init } = sent;
    const token = asker.as
      ? { authorization: `Bearer ${await this.#kith.token(asker.as, asker.scope)}` }
      : {};
    const response = await this.#kith.fetch(path, {
      ...init,
      headers: { ...token, ...asker.headers, ...init.headers },
      ...(body === null ? {} : { body }),
    });
    // An answer to HEAD has the headers of one with a body.
    const ofBody = sent.method === 'HEAD' ? null : response.headers.get('content-type');
    const contentType = ofBody?.split(';')[0] ?? '';
    if (isStream && contentType === 'text/event-stream') {
      await response.body?.cancel();
      return { status: response.status, contentType, text: '' };
    }
    return { status: response.status, contentType, text: await response.text() };
  }
}

/** Numbers from 0 to 1, which are all 0 after so many. */
function limited({ seed, choices }: Chance): Random {
  const random = randomFrom(seed);
  let left = choices;
  return () => (left-- > 0 ? random() : 0);
}

/** @throws Hang when it takes more ticks. */
async function within<Value>(
  ticks: number,
  made: Promise<Value>,
  told: () => Promise<string>,
): Promise<Value> {
  const { promise: hung, reject } = Promise.withResolvers<never>();
  let left = ticks;
  const ticking = setInterval(async () => {
    if (--left === 0) reject(new Hang(`no answer in ${ticks} s\nasked: ${await told()}`));
  }, 1_000);
  try {
    return await Promise.race([made, hung]);
  } finally {
    clearInterval(ticking);
  }
}
