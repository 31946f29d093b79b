// The sources that are configured, made when the first of them is asked: what speaks HTTP for them takes long to load.
import type { SourceConfig, SourcesConfig } from '../config.ts';
import type { RemoteProvider } from '../features/remotes/table.ts';
import { SourceError } from '../sources/errors.ts';
import type { SourceClient } from '../sources/http.ts';
import type { SourceLimits } from '../sources/limits.ts';
import type { Source } from '../sources/source.ts';

const providers: Record<SourceConfig['system'], RemoteProvider> = {
  'pronouns-cc': 'PRONOUNS_CC',
  diaspora: 'DIASPORA',
  selfcommunity: 'SELFCOMMUNITY',
  'quran-foundation': 'QURAN_FOUNDATION',
};

/** Where each system is, below the host that is given or that everybody knows it by. */
const places: Record<SourceConfig['system'], { origin: string | null; path: string }> = {
  'pronouns-cc': { origin: 'https://pronouns.cc', path: '/api/v1' },
  diaspora: { origin: null, path: '/api/v1' },
  selfcommunity: { origin: null, path: '' },
  'quran-foundation': { origin: 'https://apis.quran.foundation', path: '/quran-reflect' },
};

/** Which server of which provider. */
export interface SourceName {
  provider: RemoteProvider;
  instance: string;
}

/** The server that an entry of `SOURCES` means; "" for the one that everybody knows. */
export function nameOf({ system, url }: Pick<SourceConfig, 'system' | 'url'>): SourceName {
  const given = url === null ? null : URL.parse(url);
  const isKnown = given === null || given.origin === places[system].origin;
  return { provider: providers[system], instance: isKnown ? '' : given.host };
}

/** The system of a provider. */
export function systemOf(provider: RemoteProvider): SourceConfig['system'] {
  const [system = 'diaspora'] = Object.entries(providers)
    .filter(([, known]) => known === provider)
    .map(([name]) => name as SourceConfig['system']);
  return system;
}

/**
 * A source as it is asked.
 * @throws SourceError `REFUSED` for what is no http or https URL.
 */
export async function openSource(
  client: SourceClient,
  { system, url, token }: SourceConfig,
  { clientId, cdn }: Pick<SourcesConfig, 'clientId' | 'cdn'>,
): Promise<Source> {
  const { instance } = nameOf({ system, url });
  const { origin, path } = places[system];
  const given = url === null ? null : new URL(url);
  // A URL with a path is the whole of it.
  const base = given && given.pathname !== '/' ? given.href : `${given?.origin ?? origin}${path}`;
  switch (system) {
    case 'pronouns-cc': {
      const [{ bareToken }, { pronounsCcSource }] = await Promise.all([
        import('../sources/http.ts'),
        import('../sources/pronouns-cc/source.ts'),
      ]);
      return pronounsCcSource({ http: client.at(base, { authorize: bareToken }), instance, cdn });
    }
    case 'diaspora': {
      const { diasporaSource } = await import('../sources/diaspora/source.ts');
      return diasporaSource({ http: client.at(base), instance, credentials: { token } });
    }
    case 'selfcommunity': {
      const { selfCommunitySource } = await import('../sources/selfcommunity/source.ts');
      return selfCommunitySource({ http: client.at(base), instance, credentials: { token } });
    }
    case 'quran-foundation': {
      const { authorizeAtQuranFoundation, quranFoundationSource } = await import(
        '../sources/quran-foundation/source.ts'
      );
      const http = client.at(base, { authorize: authorizeAtQuranFoundation });
      return quranFoundationSource({ http, instance, credentials: { clientId, token } });
    }
  }
}

/** Opens sources, each once, with one client for all of them. */
export class Sources {
  readonly #config: SourcesConfig;
  readonly #limits: Partial<SourceLimits>;
  readonly #configured: ReadonlyMap<string, SourceConfig>;
  readonly #open = new Map<string, Promise<Source>>();
  #client: Promise<SourceClient> | null = null;

  /** @param limits of what a source may cost, where they are not those of all. */
  constructor(config: SourcesConfig, limits: Partial<SourceLimits> = {}) {
    this.#config = config;
    this.#limits = limits;
    this.#configured = new Map(config.all.map((source) => [keyOf(nameOf(source)), source]));
  }

  /** How long what was read of somebody is taken as it is, in milliseconds. */
  get ttl(): number {
    return this.#config.ttl;
  }

  /** The server that is meant where none is named: the only one of its provider that is configured. */
  instanceOf(provider: RemoteProvider, instance: string | null): string {
    if (instance !== null) return instance;
    const known = this.#config.all.map(nameOf).filter((name) => name.provider === provider);
    return known.length === 1 ? (known[0]?.instance ?? '') : '';
  }

  /**
   * The server that somebody means who brings a token for it: as its host is written everywhere.
   * @throws SourceError `REFUSED` for what is no host.
   */
  hostOf(provider: RemoteProvider, given: string | null): string {
    const instance = this.instanceOf(provider, given?.trim() ?? null);
    if (instance === '') return '';
    const host = /^[^\s/?#@\\]{1,255}$/.test(instance) ? URL.parse(`https://${instance}`)?.host : undefined;
    const plain = host?.replace(/\.(?=:|$)/, '') ?? '';
    if (plain === '') throw new SourceError('REFUSED', 'This is not a host.');
    if (this.#configured.has(keyOf({ provider, instance: plain }))) return plain;
    // One account has one name here, whether or not its server is named.
    const { origin } = places[systemOf(provider)];
    return origin !== null && URL.parse(origin)?.host === plain ? '' : plain;
  }

  /** @returns null for what is not configured. */
  get(name: SourceName): Promise<Source> | null {
    const key = keyOf(name);
    const configured = this.#configured.get(key);
    if (!configured) return null;
    let source = this.#open.get(key);
    if (!source) {
      source = this.client().then((client) => openSource(client, configured, this.#config));
      this.#open.set(key, source);
    }
    return source;
  }

  /**
   * A source that need not be configured: for whom brings a token of theirs.
   * @throws SourceError `REFUSED` for what is no host.
   */
  async at(name: SourceName): Promise<Source> {
    const configured = this.get(name);
    if (configured) return configured;
    const system = systemOf(name.provider);
    const url = name.instance === '' ? null : `https://${name.instance}`;
    return openSource(await this.client(), { system, url, token: null }, this.#config);
  }

  /** What asks them: it keeps to the limits of sources. */
  client(): Promise<SourceClient> {
    this.#client ??= Promise.all([import('../sources/http.ts'), import('../sources/addresses.ts')]).then(
      ([{ SourceClient: Client }, { privateAllowed }]) =>
        new Client({ allowPrivate: privateAllowed(this.#config.allowPrivate), limits: this.#limits }),
    );
    return this.#client;
  }

  /** Ends all that is under way. */
  async close(): Promise<void> {
    await (await this.#client)?.close();
  }
}

export const keyOf = ({ provider, instance }: SourceName) => `${provider} ${instance}`;
