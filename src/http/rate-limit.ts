// How much somebody may ask for in a while: who comes with a token by themself, everybody else by their address.
import type { IncomingMessage } from 'node:http';
import type { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { Identity } from '../auth/token.ts';
import type { Acts } from '../graphql/acts.ts';
import { rateLimited } from '../graphql/errors.ts';
import { addressOf } from './address.ts';
import type { Buckets, Draw, Drawn } from './buckets.ts';
import type { Identities } from './requests.ts';

const minute = 60_000;
/** What `actBudgets` are for. */
const standardCost = 600_000;
/** Budgets of what is cheap to ask for and dear to have, beside its cost: how many each person may in ten minutes. */
const actBudgets = {
  createMember: 200,
  createPost: 60,
  requestConnection: 60,
  rerollSid: 10,
  /** Pictures, sent either way. */
  uploads: 120,
} as const;
type Act = keyof typeof actBudgets;
/** How many accounts may come about from one address in ten minutes. */
const accountBudget = 100;
/** What people without a token have of what those with one have. */
const anonymousShare = 0.1;
/** Characters of a document that is refused before it runs that cost as much as an object. */
const charactersAnObject = 100;
/** Who is known to have nothing left, at most. */
const maxSpent = 10_000;

export interface RateLimitOptions {
  /** What a person with a token may ask for in a minute, in objects; the other budgets are in proportion to it. */
  costPerMinute: number;
  /** How many proxies tell of the address before them. */
  trustedProxies: number;
  buckets: Buckets;
  now: () => Date;
}

/** A request on its way. */
interface Visit {
  /** Who is counted, in front of the names of their buckets. */
  who: string;
  from: IncomingMessage | undefined;
  /** What they may ask for in a minute. */
  capacity: number;
  charged: boolean;
  headers: Record<string, string>;
}

export class RateLimits {
  readonly #options: RateLimitOptions;
  readonly #scale: number;
  readonly #visits = new WeakMap<object, Visit>();
  /** Until when there is no use in asking the buckets, in milliseconds since 1970. */
  readonly #spent = new LRUCache<string, number>({ max: maxSpent });

  constructor(options: RateLimitOptions) {
    this.#options = options;
    this.#scale = options.costPerMinute / standardCost;
  }

  /**
   * Takes note of a request, before anything is read of its body.
   * @throws RATE_LIMITED when whoever it comes from is known to have nothing left.
   */
  enter(request: object, identity: Identity | null, from: IncomingMessage | undefined): void {
    const { costPerMinute } = this.#options;
    // The issuer's length tells where it ends.
    const who = identity
      ? `{user ${identity.issuer.length}:${identity.issuer}${identity.subject}}`
      : this.#address(from);
    const capacity = identity ? costPerMinute : Math.max(1, Math.floor(costPerMinute * anonymousShare));
    const visit = { who, from, capacity, charged: false, headers: {} };
    this.#visits.set(request, visit);
    const wait = (this.#spent.get(who) ?? 0) - this.#options.now().getTime();
    if (wait > 0) throw this.#refuse(visit, this.#costOf(visit, 1), 0, wait);
  }

  /**
   * Draws what an operation costs, before it runs.
   * @returns null when there was enough, else RATE_LIMITED.
   */
  charge(
    request: object,
    cost: number,
    acts: Acts,
    variables: Readonly<Record<string, unknown>>,
  ): GraphQLError | null | Promise<GraphQLError | null> {
    const visit = this.#visits.get(request);
    if (!visit) return null;
    visit.charged = true;
    const draws = [this.#costOf(visit, cost)];
    const add = (name: Act, count: number) => {
      if (count > 0) draws.push(this.#draw(visit.who, name, count, actBudgets[name]));
    };
    for (const [name, count] of acts.fields) if (isAct(name)) add(name, count);
    if (acts.fields.size > 0) add('uploads', acts.pictures(variables));
    const drawn = this.#options.buckets.draw(draws);
    return drawn instanceof Promise
      ? drawn.then((found) => this.#settle(visit, draws, found))
      : this.#settle(visit, draws, drawn);
  }

  /** Draws for a document that was refused before it could run, without waiting for it. */
  chargeRefused(request: object, characters: number): void {
    const visit = this.#visits.get(request);
    if (!visit || visit.charged) return;
    visit.charged = true;
    const draw = this.#costOf(visit, 1 + Math.floor(characters / charactersAnObject));
    void Promise.resolve(this.#options.buckets.draw([draw])).then(({ short, wait }) => {
      if (short !== null) this.#spent.set(visit.who, this.#options.now().getTime() + wait);
    });
  }

  /** Draws for an account that is about to be made. @throws RATE_LIMITED when its address has had many. */
  async chargeAccount(request: object): Promise<void> {
    const visit = this.#visits.get(request);
    if (!visit) return;
    const draw = this.#draw(this.#address(visit.from), 'accounts', 1, accountBudget);
    const { short, wait } = await this.#options.buckets.draw([draw]);
    if (short !== null) throw this.#refuse(visit, draw, 0, wait);
  }

  /** What the answer to a request tells of what is left. */
  headersOf(request: object): Record<string, string> {
    return this.#visits.get(request)?.headers ?? {};
  }

  #address(from: IncomingMessage | undefined): string {
    return `{address ${addressOf(from, this.#options.trustedProxies)}}`;
  }

  #costOf({ who, capacity }: Visit, cost: number): Draw {
    // What costs more than there ever is takes all of it.
    const amount = Math.min(Math.max(cost, 1), capacity);
    return { key: `${who} cost`, amount, capacity, window: minute };
  }

  #draw(who: string, name: string, count: number, budget: number): Draw {
    const capacity = Math.max(1, Math.floor(budget * this.#scale));
    return { key: `${who} ${name}`, amount: Math.min(count, capacity), capacity, window: 10 * minute };
  }

  #settle(visit: Visit, draws: readonly Draw[], { short, wait, left }: Drawn): GraphQLError | null {
    const [cost] = draws;
    if (!cost) return null;
    if (short === null) {
      visit.headers = headersFor(cost, left[0] ?? 0);
      return null;
    }
    if (left[0] === 0) this.#spent.set(visit.who, this.#options.now().getTime() + minute / visit.capacity);
    return this.#refuse(visit, draws[short] ?? cost, left[short] ?? 0, wait);
  }

  #refuse(visit: Visit, draw: Draw, left: number, wait: number): GraphQLError {
    visit.charged = true;
    visit.headers = headersFor(draw, left);
    return rateLimited(
      nameOf(draw),
      draw.capacity,
      draw.window / 1_000,
      Math.max(1, Math.ceil(wait / 1_000)),
    );
  }
}

/** The Yoga plugin for what becomes of requests that Yoga reads; the lane does the first and the last of it itself. */
export function useRateLimits(
  limits: RateLimits,
  identities: Identities,
): Plugin<object, { req?: IncomingMessage }> {
  return {
    onRequestParse({ request, serverContext }) {
      limits.enter(request, identities.of(request), serverContext.req);
    },
    onExecutionResult({ request, result, context }) {
      if (!result || !('errors' in result) || 'data' in result) return;
      limits.chargeRefused(request, String(context.params?.query ?? '').length);
    },
    onResponse({ request, response }) {
      for (const [name, value] of Object.entries(limits.headersOf(request)))
        response.headers.set(name, value);
    },
  };
}

function isAct(name: string): name is Act {
  return Object.hasOwn(actBudgets, name);
}

/** A draw's budget: `cost`, `accounts`, or an act. */
function nameOf({ key }: Draw): string {
  return key.slice(key.lastIndexOf(' ') + 1);
}

/**
 * The header fields of draft-ietf-httpapi-ratelimit-headers: the two of its eleventh version, and the three of its sixth,
 * which most clients read. A bucket is reset when it is full.
 */
function headersFor(draw: Draw, left: number): Record<string, string> {
  const name = nameOf(draw);
  const reset = Math.ceil(((draw.capacity - left) * draw.window) / draw.capacity / 1_000);
  return {
    'ratelimit-policy': `"${name}";q=${draw.capacity};w=${draw.window / 1_000}`,
    ratelimit: `"${name}";r=${left};t=${reset}`,
    'ratelimit-limit': `${draw.capacity}`,
    'ratelimit-remaining': `${left}`,
    'ratelimit-reset': `${reset}`,
  };
}
