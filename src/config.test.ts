import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

describe('readConfig', () => {
  it('needs nothing: the embedded database with demo people, here and for nobody else', () => {
    expect(readConfig({})).toEqual({
      port: 4000,
      host: '127.0.0.1',
      publicUrl: 'http://localhost:4000',
      databaseUrl: undefined,
      workers: 1,
      dataDir: '.data',
      media: { kind: 'disk', folder: '.data/media' },
      auth: { kind: 'secret', secret: null, issuer: null, audience: null },
      demo: true,
      corsOrigins: [],
      community: { name: 'Kith', mode: 'both' },
      redisUrl: undefined,
      requireApproval: false,
      sources: { all: [], allowPrivate: false, cdn: undefined, clientId: '', secret: null, ttl: 900_000 },
      rateLimit: { costPerMinute: 600_000, trustedProxies: 0 },
      introspection: true,
      persistedOperations: null,
      metricsPort: null,
      tracing: null,
      logLevel: 'info',
    });
  });

  it('takes an empty variable for an absent one', () => {
    expect(readConfig({ DATABASE_URL: '', PORT: '' })).toEqual(readConfig({}));
  });

  it.each([
    { DATABASE_URL: 'postgres://localhost/kith' },
    { AUTH_SECRET: 'x'.repeat(32) },
    { AUTH_JWKS_URL: 'https://id.example/jwks', AUTH_ISSUER: 'https://id.example', AUTH_AUDIENCE: 'kith' },
  ])('has no demo once something real is configured, unless it is asked for: %o', (env) => {
    expect(readConfig(env).demo).toBe(false);
    expect(readConfig({ ...env, DEMO: 'true' }).demo).toBe(true);
  });

  it('has spans once there is somewhere to send them, as OpenTelemetry’s variables say', () => {
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' };
    const sampler = (env: Record<string, string>) => readConfig({ ...endpoint, ...env }).tracing?.sampler;
    expect(sampler({})).toEqual({ kind: 'always_on', ratio: 1, parentBased: true });
    expect(sampler({ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' })).toEqual({
      kind: 'traceidratio',
      ratio: 0.25,
      parentBased: false,
    });
    expect(sampler({ OTEL_TRACES_SAMPLER: 'parentbased_always_off' })).toEqual({
      kind: 'always_off',
      ratio: 1,
      parentBased: true,
    });
    expect(
      readConfig({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://localhost/v1/traces' }).tracing,
    ).not.toBeNull();
    expect(readConfig({ ...endpoint, OTEL_SDK_DISABLED: 'true' }).tracing).toBeNull();
  });

  it('hides the schema where it is told to, and never in demo mode', () => {
    expect(readConfig({ INTROSPECTION: 'off', DEMO: 'false' }).introspection).toBe(false);
    expect(readConfig({ INTROSPECTION: 'off', DEMO: 'true' }).introspection).toBe(true);
  });

  it('puts pictures into a bucket once there is one', () => {
    expect(readConfig({ DATA_DIR: '/srv/kith' }).media).toEqual({ kind: 'disk', folder: '/srv/kith/media' });
    expect(
      readConfig({ S3_BUCKET: 'kith', S3_ENDPOINT: 'http://localhost:9000', S3_REGION: 'eu-central-1' })
        .media,
    ).toEqual({
      kind: 's3',
      bucket: 'kith',
      endpoint: 'http://localhost:9000',
      region: 'eu-central-1',
    });
    expect(readConfig({ S3_BUCKET: 'kith' }).media).toEqual({
      kind: 's3',
      bucket: 'kith',
      endpoint: undefined,
      region: 'us-east-1',
    });
    expect(() => readConfig({ S3_ENDPOINT: 'http://localhost:9000' })).toThrow(/S3_BUCKET/);
  });

  it('lets a provider win over a secret', () => {
    const provider = {
      AUTH_JWKS_URL: 'https://id.example/jwks',
      AUTH_ISSUER: 'https://id.example',
      AUTH_AUDIENCE: 'kith',
    };
    expect(readConfig({ ...provider, AUTH_SECRET: 'x'.repeat(32) }).auth).toEqual({
      kind: 'jwks',
      url: 'https://id.example/jwks',
      issuer: 'https://id.example',
      audience: 'kith',
    });
  });

  it('has several workers where they share a database, and says what to set where they do not', () => {
    const postgres = { DATABASE_URL: 'postgres://localhost/kith' };
    expect(readConfig({ ...postgres, WORKERS: '64' }).workers).toBe(64);
    expect(readConfig({ WORKERS: '1' }).workers).toBe(1);
    expect(() => readConfig({ WORKERS: '2' })).toThrow(
      new ConfigError(
        'WORKERS: the embedded database serves one process; set DATABASE_URL to have several of them.',
      ),
    );
  });

  it('reads lists of origins', () => {
    expect(readConfig({ CORS_ORIGINS: 'https://a.example, http://localhost:3000' }).corsOrigins).toEqual([
      'https://a.example',
      'http://localhost:3000',
    ]);
  });

  it.each([
    ['PORT', { PORT: 'eighty' }],
    ['PORT', { PORT: '70000' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://localhost/kith' }],
    ['WORKERS', { DATABASE_URL: 'postgres://localhost/kith', WORKERS: '0' }],
    ['WORKERS', { DATABASE_URL: 'postgres://localhost/kith', WORKERS: '65' }],
    ['WORKERS', { DATABASE_URL: 'postgres://localhost/kith', WORKERS: '1.5' }],
    ['WORKERS', { DATABASE_URL: 'postgres://localhost/kith', WORKERS: 'all' }],
    ['AUTH_SECRET', { AUTH_SECRET: 'x'.repeat(31) }],
    ['AUTH_JWKS_URL', { AUTH_JWKS_URL: 'id.example' }],
    ['AUTH_ISSUER', { AUTH_JWKS_URL: 'https://id.example/jwks' }],
    ['AUTH_AUDIENCE', { AUTH_JWKS_URL: 'https://id.example/jwks', AUTH_ISSUER: 'https://id.example' }],
    ['DEMO', { DEMO: 'perhaps' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'kith' }],
    ['CORS_ORIGINS', { CORS_ORIGINS: 'https://app.example/path' }],
    ['COMMUNITY_MODE', { COMMUNITY_MODE: 'enemies' }],
    ['REDIS_URL', { REDIS_URL: 'http://localhost' }],
    ['REQUIRE_APPROVAL', { REQUIRE_APPROVAL: 'sometimes' }],
    ['RATE_LIMIT_COST_PER_MINUTE', { RATE_LIMIT_COST_PER_MINUTE: '-1' }],
    ['TRUST_PROXY', { TRUST_PROXY: 'true' }],
    ['INTROSPECTION', { INTROSPECTION: 'sometimes' }],
    ['PERSISTED_OPERATIONS', { PERSISTED_OPERATIONS_ONLY: 'true' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
    ['AUTH_SECRET', { NODE_ENV: 'production' }],
  ])('names the variable that cannot be used: %s', (name, env) => {
    expect(() => readConfig(env)).toThrow(ConfigError);
    expect(() => readConfig(env)).toThrow(name);
  });

  it('reads the sources, each with its own token, and names the one that is none', () => {
    const { sources } = readConfig({
      SOURCES: 'pronouns-cc, diaspora=https://pod.example/,diaspora=https://b.example,quran-foundation',
      SOURCE_TTL: '60',
      DIASPORA_TOKEN: 'pod.example one== b.example two',
      QURAN_FOUNDATION_TOKEN: 'three=',
      QURAN_FOUNDATION_CLIENT_ID: 'kith',
    });
    expect(sources).toEqual({
      all: [
        { system: 'pronouns-cc', url: null, token: null },
        { system: 'diaspora', url: 'https://pod.example', token: 'one==' },
        { system: 'diaspora', url: 'https://b.example', token: 'two' },
        { system: 'quran-foundation', url: null, token: 'three=' },
      ],
      allowPrivate: false,
      cdn: undefined,
      clientId: 'kith',
      secret: null,
      ttl: 60_000,
    });
    expect(() => readConfig({ SOURCES: 'friendica=https://a.example' })).toThrow(/^SOURCES: .*friendica/);
    expect(() => readConfig({ SOURCES: 'diaspora' })).toThrow(/^SOURCES: diaspora has many servers/);
    expect(() => readConfig({ SOURCES: 'diaspora=ftp://a.example' })).toThrow(
      /^SOURCES: diaspora needs a URL/,
    );
    expect(readConfig({ SOURCE_ALLOW_PRIVATE: 'true' }).sources.allowPrivate).toBe(true);
    expect(readConfig({ SOURCE_ALLOW_PRIVATE: '10.1.2.3, fd00::/8' }).sources.allowPrivate).toEqual([
      '10.1.2.3',
      'fd00::/8',
    ]);
    for (const wrong of ['pod.example', '10.1.0.0/33', 'true,false', '10.1.0.0/x']) {
      expect(() => readConfig({ SOURCE_ALLOW_PRIVATE: wrong })).toThrow(/^SOURCE_ALLOW_PRIVATE/);
    }
    expect(() => readConfig({ SOURCE_SECRET: 'short' })).toThrow(/^SOURCE_SECRET/);
  });
});
