// What load balancers and orchestrators ask: whether the process serves, and whether requests should be sent to it.
import type { Plugin } from 'graphql-yoga';

/** How long a part may take to answer, in milliseconds. */
const patience = 1_000;

/** Whether all that requests need is there. */
export class Readiness {
  readonly #parts: ReadonlyMap<string, () => Promise<unknown>>;
  /** Questions that have not been answered: another one would not be answered sooner. */
  readonly #asked = new Map<string, Promise<boolean>>();
  #ending = false;

  /** @param parts by their names, what fails or does not settle where one is missing. */
  constructor(parts: ReadonlyMap<string, () => Promise<unknown>>) {
    this.#parts = parts;
  }

  /** From now on it is not ready. */
  end(): void {
    this.#ending = true;
  }

  /** Names of what is missing within a second. */
  async missing(): Promise<string[]> {
    const found = await Promise.all(
      [...this.#parts].map(async ([name, ask]) => ((await this.#answers(name, ask)) ? [] : [name])),
    );
    return [...(this.#ending ? ['shutting down'] : []), ...found.flat()];
  }

  #answers(name: string, ask: () => Promise<unknown>): Promise<boolean> {
    let asked = this.#asked.get(name);
    if (!asked) {
      asked = ask()
        .then(
          () => true,
          () => false,
        )
        .finally(() => this.#asked.delete(name));
      this.#asked.set(name, asked);
    }
    return within(patience, asked);
  }
}

function within(time: number, answer: Promise<boolean>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, time, false);
    void answer.then((found) => {
      clearTimeout(timer);
      resolve(found);
    });
  });
}

/** The Yoga plugin that answers `/health` and `/ready`. */
export function useProbes(readiness: Readiness): Plugin {
  return {
    async onRequest({ request, url, endResponse, fetchAPI }) {
      const { pathname } = url;
      if (pathname !== '/health' && pathname !== '/ready') return;
      const answer = (status: number, body: object | null) =>
        endResponse(
          new fetchAPI.Response(body && request.method !== 'HEAD' ? JSON.stringify(body) : null, {
            status,
            headers: {
              'cache-control': 'no-store',
              ...(body ? { 'content-type': 'application/json' } : { allow: 'GET, HEAD' }),
            },
          }),
        );
      if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, null);
      if (pathname === '/health') return answer(200, { status: 'ok' });
      const missing = await readiness.missing();
      answer(
        missing.length === 0 ? 200 : 503,
        missing.length === 0 ? { status: 'ready' } : { status: 'not ready', missing },
      );
    },
  };
}
