// The only reader of the environment.
import { isIP } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';

const flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');
const originPattern = /^https?:\/\/[^/]+$/;

const environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(4000),
  HOST: z.string().default('127.0.0.1'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must be a postgres:// URL')
    .refine((url) => URL.canParse(url), 'must be a URL')
    .optional(),
  WORKERS: z.coerce.number().int().min(1).max(64).default(1),
  DATA_DIR: z.string().default('.data'),
  AUTH_SECRET: z
    .string()
    .refine((secret) => Buffer.byteLength(secret) >= 32, 'must have at least 32 bytes')
    .optional(),
  AUTH_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
  AUTH_ISSUER: z.string().optional(),
  AUTH_AUDIENCE: z.string().optional(),
  DEMO: flag.optional(),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/$/, ''))
    .optional(),
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((origin) => origin.trim())
        .filter((origin) => origin !== ''),
    )
    .pipe(
      z.array(
        z.string().regex(originPattern, 'must be origins such as https://app.example, separated by commas'),
      ),
    ),
  COMMUNITY_NAME: z.string().min(1).default('Kith'),
  COMMUNITY_MODE: z.enum(['follow', 'friendship', 'both']).default('both'),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'must be a redis:// URL')
    .optional(),
  REQUIRE_APPROVAL: flag.default(false),
  RATE_LIMIT_COST_PER_MINUTE: z.coerce.number().int().min(0).default(600_000),
  TRUST_PROXY: z.coerce.number().int().min(0).max(10).default(0),
  INTROSPECTION: z.enum(['on', 'off']).default('on'),
  PERSISTED_OPERATIONS: z.string().optional(),
  PERSISTED_OPERATIONS_ONLY: flag.default(false),
  S3_BUCKET: z.string().optional(),
  S3_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  S3_REGION: z.string().default('us-east-1'),
  METRICS_PORT: z.coerce.number().int().min(1).max(65535).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  OTEL_TRACES_SAMPLER: z
    .enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  OTEL_SDK_DISABLED: z.stringbool().default(false),
  LOG_LEVEL: z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  SOURCES: z.string().default(''),
  SOURCE_TTL: z.coerce
    .number()
    .int()
    .min(1)
    .max(30 * 24 * 3600)
    .default(900),
  SOURCE_SECRET: z
    .string()
    .refine((secret) => Buffer.byteLength(secret) >= 32, 'must have at least 32 bytes')
    .optional(),
  SOURCE_ALLOW_PRIVATE: z
    .string()
    .default('false')
    .transform((text) => text.split(',').map((entry) => entry.trim())),
  PRONOUNS_CC_TOKEN: z.string().optional(),
  PRONOUNS_CC_CDN: z.url({ protocol: /^https?$/ }).optional(),
  DIASPORA_TOKEN: z.string().optional(),
  SELFCOMMUNITY_TOKEN: z.string().optional(),
  QURAN_FOUNDATION_TOKEN: z.string().optional(),
  QURAN_FOUNDATION_CLIENT_ID: z.string().default(''),
  NODE_ENV: z.string().optional(),
});

/** Where tokens are checked: a provider's published keys, or a secret of one's own. */
export type AuthConfig =
  | { kind: 'jwks'; url: string; issuer: string; audience: string }
  | { kind: 'secret'; secret: string | null; issuer: string | null; audience: string | null };

/** The same, ready to check tokens with. */
export type ReadyAuth =
  | Extract<AuthConfig, { kind: 'jwks' }>
  | (Extract<AuthConfig, { kind: 'secret' }> & { secret: string });

/** Where uploaded pictures lie. */
export type MediaConfig =
  | { kind: 'disk'; folder: string }
  | { kind: 's3'; bucket: string; endpoint: string | undefined; region: string };

/** Which requests have spans, by OpenTelemetry's variables. */
export interface TracingConfig {
  sampler: {
    kind: 'always_on' | 'always_off' | 'traceidratio';
    /** Of requests, from 0 to 1; for `traceidratio`. */
    ratio: number;
    /** Whether what comes with a trace does as that does. */
    parentBased: boolean;
  };
}

/** One of the four systems at one of its servers. */
export interface SourceConfig {
  system: 'pronouns-cc' | 'diaspora' | 'selfcommunity' | 'quran-foundation';
  /** Where it is, when that is not where everybody knows it. */
  url: string | null;
  /** The operator's own, for what is asked on nobody's behalf. */
  token: string | null;
}

export interface SourcesConfig {
  /** Those that people are read from. */
  all: readonly SourceConfig[];
  /** How long what was read of somebody is taken as it is, in milliseconds. */
  ttl: number;
  /** What tokens for sources are sealed with; null where they are not kept. */
  secret: string | null;
  /** Addresses and networks that may be asked though they are not of the public internet; true for all of them. */
  allowPrivate: boolean | readonly string[];
  /** Of the application that the operator has registered with Quran Foundation. */
  clientId: string;
  /** Where pronouns.cc has its pictures, when that is not where everybody knows it. */
  cdn: string | undefined;
}

export interface Config {
  port: number;
  host: string;
  publicUrl: string;
  databaseUrl: string | undefined;
  /** How many processes share the port. */
  workers: number;
  dataDir: string;
  media: MediaConfig;
  /** A `secret` of null: make one under `dataDir`. */
  auth: AuthConfig;
  demo: boolean;
  corsOrigins: readonly string[];
  community: { name: string; mode: 'follow' | 'friendship' | 'both' };
  redisUrl: string | undefined;
  requireApproval: boolean;
  sources: SourcesConfig;
  rateLimit: {
    /** What a person with a token may ask for in a minute, in objects; 0 for as much as they like. */
    costPerMinute: number;
    /** How many proxies before this server add to `X-Forwarded-For`. */
    trustedProxies: number;
  };
  /** Whether clients are told what there is in the schema. */
  introspection: boolean;
  /** A manifest of operations that clients ask for by their hash, and whether they may send no others. */
  persistedOperations: { file: string; only: boolean } | null;
  /** Where Prometheus asks, on a port of its own; null for nowhere. */
  metricsPort: number | null;
  /** Null where spans are sent nowhere. Where else is OpenTelemetry's to read. */
  tracing: TracingConfig | null;
  logLevel: string;
}

/** A variable whose value cannot be used; the message names it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the configuration from environment variables; an empty one counts as absent.
 * @throws ConfigError naming every variable that cannot be used, and why.
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`).join('\n'),
    );
  }
  const e = parsed.data;
  const auth = readAuth(e);
  if (e.NODE_ENV === 'production' && auth.kind === 'secret' && auth.secret === null) {
    throw new ConfigError(
      'AUTH_SECRET or AUTH_JWKS_URL: one of them must be set when NODE_ENV is production; Kith makes up no secret there.',
    );
  }
  if (e.WORKERS > 1 && e.DATABASE_URL === undefined) {
    throw new ConfigError(
      'WORKERS: the embedded database serves one process; set DATABASE_URL to have several of them.',
    );
  }
  const tokensConfigured = auth.kind === 'jwks' || auth.secret !== null;
  const demo = e.DEMO ?? (e.DATABASE_URL === undefined && !tokensConfigured);
  return {
    port: e.PORT,
    host: e.HOST,
    publicUrl: e.PUBLIC_URL ?? `http://${e.HOST === '127.0.0.1' ? 'localhost' : e.HOST}:${e.PORT}`,
    databaseUrl: e.DATABASE_URL,
    workers: e.WORKERS,
    dataDir: e.DATA_DIR,
    media: readMedia(e),
    auth,
    demo,
    corsOrigins: e.CORS_ORIGINS,
    community: { name: e.COMMUNITY_NAME, mode: e.COMMUNITY_MODE },
    redisUrl: e.REDIS_URL,
    requireApproval: e.REQUIRE_APPROVAL,
    sources: readSources(e),
    rateLimit: { costPerMinute: e.RATE_LIMIT_COST_PER_MINUTE, trustedProxies: e.TRUST_PROXY },
    introspection: demo || e.INTROSPECTION === 'on',
    persistedOperations: readPersisted(e),
    metricsPort: e.METRICS_PORT ?? null,
    tracing: readTracing(e),
    logLevel: e.LOG_LEVEL,
  };
}

const systems = ['pronouns-cc', 'diaspora', 'selfcommunity', 'quran-foundation'] as const;

/** @throws ConfigError naming the entry of SOURCES that is none. */
function readSources(e: z.output<typeof environment>): SourcesConfig {
  const all = e.SOURCES.split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry): Omit<SourceConfig, 'token'> => {
      const [name = '', ...rest] = entry.split('=');
      const url = rest.length === 0 ? null : rest.join('=').replace(/\/+$/, '');
      const system = systems.find((known) => known === name);
      if (!system) {
        throw new ConfigError(`SOURCES: there is no source ${name}; there are ${systems.join(', ')}.`);
      }
      if (url !== null && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
        throw new ConfigError(`SOURCES: ${name} needs a URL such as https://pod.example.`);
      }
      if (url === null && (system === 'diaspora' || system === 'selfcommunity')) {
        throw new ConfigError(`SOURCES: ${name} has many servers: write ${name}=https://… for each.`);
      }
      return { system, url };
    });
  const tokens = {
    'pronouns-cc': e.PRONOUNS_CC_TOKEN,
    diaspora: e.DIASPORA_TOKEN,
    selfcommunity: e.SELFCOMMUNITY_TOKEN,
    'quran-foundation': e.QURAN_FOUNDATION_TOKEN,
  };
  return {
    all: all.map((source) => ({ ...source, token: tokenFor(source, tokens[source.system] ?? null) })),
    ttl: e.SOURCE_TTL * 1_000,
    secret: e.SOURCE_SECRET ?? null,
    allowPrivate: readAllowed(e.SOURCE_ALLOW_PRIVATE),
    clientId: e.QURAN_FOUNDATION_CLIENT_ID,
    cdn: e.PRONOUNS_CC_CDN?.replace(/\/+$/, ''),
  };
}

/** @throws ConfigError for what is neither yes nor no, nor a list of addresses and networks. */
function readAllowed(entries: readonly string[]): boolean | readonly string[] {
  const [first = ''] = entries;
  const said = flag.safeParse(first);
  if (entries.length === 1 && said.success) return said.data;
  const wrong = entries.find((entry) => {
    const [address = '', prefix] = entry.split('/');
    const bits = isIP(address) === 6 ? 128 : 32;
    return (
      isIP(address) === 0 || (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))
    );
  });
  if (wrong !== undefined) {
    throw new ConfigError(
      `SOURCE_ALLOW_PRIVATE: must be true, false, or addresses such as 10.1.2.3 and 10.1.0.0/16; ${wrong} is none.`,
    );
  }
  return entries;
}

/** The token for a server: the only one that is given, or of `host token host token` the host's. */
function tokenFor({ url }: Pick<SourceConfig, 'url'>, given: string | null): string | null {
  const words = given?.trim().split(/\s+/) ?? [];
  if (words.length < 2) return words[0] ?? null;
  const host = url === null ? '' : URL.parse(url)?.host;
  return words.find((_word, i) => i % 2 === 1 && words[i - 1] === host) ?? null;
}

function readTracing(e: z.output<typeof environment>): TracingConfig | null {
  if (e.OTEL_SDK_DISABLED) return null;
  if ((e.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? e.OTEL_EXPORTER_OTLP_ENDPOINT) === undefined) return null;
  const kinds = {
    always_on: 'always_on',
    always_off: 'always_off',
    traceidratio: 'traceidratio',
    parentbased_always_on: 'always_on',
    parentbased_always_off: 'always_off',
    parentbased_traceidratio: 'traceidratio',
  } as const;
  const { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: ratio } = e;
  return { sampler: { kind: kinds[name], ratio, parentBased: name.startsWith('parentbased_') } };
}

function readMedia(e: z.output<typeof environment>): MediaConfig {
  if (e.S3_BUCKET !== undefined) {
    return { kind: 's3', bucket: e.S3_BUCKET, endpoint: e.S3_ENDPOINT, region: e.S3_REGION };
  }
  if (e.S3_ENDPOINT !== undefined) {
    throw new ConfigError(
      'S3_BUCKET: must be set together with S3_ENDPOINT, or pictures would go to the disk.',
    );
  }
  return { kind: 'disk', folder: join(e.DATA_DIR, 'media') };
}

function readPersisted(e: z.output<typeof environment>): Config['persistedOperations'] {
  if (e.PERSISTED_OPERATIONS !== undefined) {
    return { file: e.PERSISTED_OPERATIONS, only: e.PERSISTED_OPERATIONS_ONLY };
  }
  if (e.PERSISTED_OPERATIONS_ONLY) {
    throw new ConfigError(
      'PERSISTED_OPERATIONS: must be set together with PERSISTED_OPERATIONS_ONLY, or nothing could be asked for.',
    );
  }
  return null;
}

function readAuth(e: z.output<typeof environment>): AuthConfig {
  if (e.AUTH_JWKS_URL === undefined) {
    return {
      kind: 'secret',
      secret: e.AUTH_SECRET ?? null,
      issuer: e.AUTH_ISSUER ?? null,
      audience: e.AUTH_AUDIENCE ?? null,
    };
  }
  if (e.AUTH_ISSUER === undefined || e.AUTH_AUDIENCE === undefined) {
    const missing = e.AUTH_ISSUER === undefined ? 'AUTH_ISSUER' : 'AUTH_AUDIENCE';
    throw new ConfigError(
      `${missing}: must be set together with AUTH_JWKS_URL, or anybody's token would do.`,
    );
  }
  return { kind: 'jwks', url: e.AUTH_JWKS_URL, issuer: e.AUTH_ISSUER, audience: e.AUTH_AUDIENCE };
}
