// `--peers`: other GraphQL servers beside Kith and the hand-written one. What each is: README.md.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { askPostGraphile, readPostGraphile } from './peers/postgraphile.ts';
import type { Question, Request } from './questions.ts';
import { answerTo, type Sent } from './sent.ts';
import type { Server } from './servers.ts';
import { median, medianRatio, table } from './table.ts';

type Ask = { query: string; variables: Record<string, unknown> };

export interface Peer {
  name: string;
  /** Below peers/: its packages and its server.mjs. */
  folder: string;
  port: number;
  environment: Record<string, string>;
  /** What a request is for this server; `post` sends it another one before. */
  ask: (question: Question, request: Request, post: Post) => Ask | Promise<Ask>;
  /** The data of its answer in the form of Kith's. */
  read: (question: Question, data: unknown) => unknown;
}
/** A peer that has started. */
export interface Other extends Server {
  peer: Peer;
}
type Post = (query: string, variables: Record<string, unknown>) => Promise<unknown>;

/** Kith's own documents, as the schema is a part of Kith's. */
const asKith = {
  environment: {},
  ask: ({ document }: Question, { variables }: Request) => ({ query: document, variables }),
  read: (_: Question, data: unknown) => data,
};

export const peers: readonly Peer[] = [
  {
    name: 'PostGraphile',
    folder: 'postgraphile',
    port: 4704,
    // What it plans for production is named apart from NODE_ENV.
    environment: { GRAPHILE_ENV: 'production' },
    ask: askPostGraphile,
    read: readPostGraphile,
  },
  { name: 'Mercurius', folder: 'mercurius', port: 4705, ...asKith },
  { name: 'Apollo Server', folder: 'apollo', port: 4706, ...asKith },
];

const folderOf = ({ folder }: Peer) => fileURLToPath(new URL(`./peers/${folder}/`, import.meta.url));

/**
 * Installs the packages of the peer as its package-lock.json names them, unless they are there.
 * @returns the path of its server, which takes DATABASE_URL and PORT from its environment.
 */
export function install(peer: Peer): string {
  const folder = folderOf(peer);
  const changed = (file: string) => statSync(folder + file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (changed('node_modules/.package-lock.json') < changed('package-lock.json')) {
    process.stderr.write(`installing ${peer.name}\n`);
    const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: ['ignore', process.stderr, process.stderr],
    });
    if (status !== 0) throw new Error(`The packages of ${peer.name} could not be installed.`);
  }
  return `${folder}server.mjs`;
}

/** The question as it is put to the peer. */
export async function requestsFor(peer: Peer, question: Question, url: string): Promise<Sent[]> {
  const post: Post = (query, variables) => answer(url, sent({ query, variables }, undefined));
  return Promise.all(
    question.requests.map(async (request) => sent(await peer.ask(question, request, post), request.viewer)),
  );
}

function sent(asked: Ask, viewer: string | undefined): Sent {
  return {
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json', ...(viewer ? { 'x-viewer': viewer } : {}) },
    body: JSON.stringify(asked),
  };
}

const answerShape = z.object({ data: z.unknown(), errors: z.never().optional() });

async function answer(url: string, request: Sent): Promise<unknown> {
  const json = await answerTo(url, request);
  const { success, data } = answerShape.safeParse(json);
  if (!success) throw new Error(`${url}: ${JSON.stringify(json)}`);
  return data.data;
}

/**
 * Asks the peer the first requests and compares its answers with Kith's, given in the same order.
 * @throws when one differs.
 */
export async function compareWith(
  peer: Peer,
  question: Question,
  url: string,
  requests: readonly Sent[],
  expected: readonly unknown[],
): Promise<void> {
  for (const [i, theirs] of expected.entries()) {
    const request = requests[i];
    const data = request && peer.read(question, await answer(url, request));
    if (!isDeepStrictEqual({ data }, theirs)) {
      throw new Error(
        `${question.name}: ${peer.name} answers differently: ${JSON.stringify({ data })} ${JSON.stringify(theirs)}`,
      );
    }
  }
}

interface Run {
  perSecond: number;
  cpu: number;
}
/** The rounds of one question; none of whom it is not asked. */
interface Rounds {
  name: string;
  hand: readonly Run[];
  kith: readonly Run[];
  others: readonly { name: string; runs: readonly Run[] }[];
}

/** Each server against the hand-written one and Kith against each, medians of same-round ratios; then processor time. */
export function peerTables(results: readonly Rounds[]): string {
  const names = results[0]?.others.map(({ name }) => name) ?? [];
  const against = (ones: readonly Run[], others: readonly Run[]) =>
    ones.length === 0 || others.length === 0
      ? '–'
      : medianRatio(
          ones.map(({ perSecond }) => perSecond),
          others.map(({ perSecond }) => perSecond),
        ).toFixed(2);
  const ratios = table(
    ['against hand-written', 'Kith', ...names, ...names.map((name) => `Kith against ${name}`)],
    results.map(({ name, hand, kith, others }) => [
      name,
      against(kith, hand),
      ...others.map(({ runs }) => against(runs, hand)),
      ...others.map(({ runs }) => against(kith, runs)),
    ]),
  );
  const cpu = table(
    ['CPU µs/req', 'hand', 'Kith', ...names],
    results.map(({ name, hand, kith, others }) => [
      name,
      ...[hand, kith, ...others.map(({ runs }) => runs)].map((runs) =>
        runs.length === 0 ? '–' : median(runs.map((run) => run.cpu)).toFixed(0),
      ),
    ]),
  );
  return `${ratios}\n\n${cpu}`;
}
