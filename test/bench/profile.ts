// npm run bench -- --profile: where the time of Kith's process goes, question by question, by its own sampling profiler.
import type { Profiler } from 'node:inspector';
import type { Asked, Contestant } from './contestants.ts';
import { load, type Setting } from './measure.ts';
import { table } from './table.ts';

/** Where Kith's inspector listens: what to start it with. */
export const inspectorPort = 4709;
export const inspected = [`--inspect=127.0.0.1:${inspectorPort}`];

/** In µs. */
const samplingInterval = 200;

/** What the time went into, by the function's name and file; the first that fits. */
const groups: readonly [name: string, fits: (functionName: string, url: string) => boolean][] = [
  ['sockets', (name, url) => url === '' && /^write(Buffer|v|Utf8String|Latin1String)$/.test(name)],
  ['garbage', (name) => name === '(garbage collector)'],
  ['JSON', (name) => name === 'jsonStringifyResultWithoutInternals' || name === 'parseBody'],
  ['postgres.js', (name, url) => url.includes('/node_modules/postgres/') || name === 'utf8Slice'],
  ['Drizzle, rows', (_, url) => /\/node_modules\/drizzle-orm\/|\/src\/db\//.test(url)],
  ['Yoga', (_, url) => /\/node_modules\/(graphql-yoga|@envelop|@whatwg-node|lru-cache)\//.test(url)],
  ['execution', (_, url) => /\/node_modules\/graphql\/|\/src\/graphql\/(compiled|execute-plan)/.test(url)],
  ['resolvers', (_, url) => /\/src\/|\/node_modules\/(dataloader|@pothos)\//.test(url)],
  ['Node', (_, url) => url.startsWith('node:')],
];
const rest = 'native';

/**
 * Asks Kith everything, for so many seconds each, with its profiler on.
 * @returns a table of the shares of the time that it was busy, in percent.
 */
export async function profile(
  kith: Contestant,
  asked: readonly Asked[],
  { seconds, ...setting }: Setting & { seconds: number },
): Promise<string> {
  const inspector = await Inspector.connect();
  await inspector.send('Profiler.enable');
  await inspector.send('Profiler.setSamplingInterval', { interval: samplingInterval });
  const names = [...groups.map(([name]) => name), rest];
  const rows: string[][] = [];
  for (const question of asked) {
    await load(kith, question, 2, setting);
    await inspector.send('Profiler.start');
    const { trouble } = await load(kith, question, seconds, setting);
    if (trouble) throw new Error(`${question.name}: ${trouble}`);
    const { profile: taken } = (await inspector.send('Profiler.stop')) as Profiler.StopReturnType;
    const shares = sharesOf(taken);
    rows.push([question.name, ...names.map((name) => (shares.get(name) ?? 0).toFixed(0))]);
  }
  inspector.close();
  return table(['% of the time', ...names], rows);
}

function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Map<string, number> {
  const groupOf = new Map(
    nodes.map(({ id, callFrame: { functionName, url } }) => [
      id,
      functionName === '(idle)' ? null : (groups.find(([, fits]) => fits(functionName, url))?.[0] ?? rest),
    ]),
  );
  const times = new Map<string, number>();
  let busy = 0;
  for (const [i, sample] of samples.entries()) {
    const group = groupOf.get(sample);
    if (!group) continue;
    const time = timeDeltas[i] ?? 0;
    times.set(group, (times.get(group) ?? 0) + time);
    busy += time;
  }
  return new Map([...times].map(([group, time]) => [group, (100 * time) / busy]));
}

/** The other end of Node's inspector. */
class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (result: unknown) => void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const { id, result } = JSON.parse(String(data)) as { id?: number; result: unknown };
      if (id !== undefined) this.#waiting.get(id)?.(result);
    });
  }

  static async connect(): Promise<Inspector> {
    const response = await fetch(`http://127.0.0.1:${inspectorPort}/json`);
    const [target] = (await response.json()) as { webSocketDebuggerUrl: string }[];
    const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '');
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    return new Inspector(socket);
  }

  send(method: string, params: object = {}): Promise<unknown> {
    const id = this.#waiting.size + 1;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  close(): void {
    this.#socket.close();
  }
}
