// npm run token -- ada [--scope "profile contacts:read"] [--expires 1h]
import { parseArgs } from 'node:util';
import { signToken, withSecret } from '../auth/token.ts';
import { readConfig } from '../config.ts';

const usage = 'Usage: npm run token -- USERNAME [--scope "SCOPE …"] [--expires 1h]';

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { scope: { type: 'string' }, expires: { type: 'string', default: '1h' } },
  });
  const [username, ...rest] = positionals;
  if (!username || rest.length > 0) throw new Error(usage);
  const config = readConfig(process.env);
  const auth = withSecret(config.auth, config.dataDir);
  if (auth.kind === 'jwks') {
    throw new Error('AUTH_JWKS_URL: tokens come from that provider; Kith can sign only with AUTH_SECRET.');
  }
  console.log(await signToken(auth, username, values));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
