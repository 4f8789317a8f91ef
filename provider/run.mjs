// `npm run provider`: the loopback OAuth server of the README's walk, in the foreground.
import { parseArgs } from 'node:util';

const USAGE = `npm run provider -- [--port 4010] [--seconds 60] [--redirect-uri URL]…

  --port          where it listens on 127.0.0.1; 0 takes a free one
  --seconds       how long an access token lives
  --redirect-uri  accepted beside http://localhost:*/oauth/callback/*; may be repeated`;

const options = {
  port: { type: 'string', default: '4010' },
  seconds: { type: 'string', default: '60' },
  'redirect-uri': { type: 'string', multiple: true, default: [] },
  help: { type: 'boolean', short: 'h', default: false },
};

function fail(message, hint, status) {
  console.error(`error: ${message}\nhint: ${hint}`);
  process.exit(status);
}

function readOptions() {
  try {
    const { values } = parseArgs({ options });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    for (const name of ['port', 'seconds'])
      if (!/^\d{1,5}$/.test(values[name])) throw new Error(`--${name} must be a whole number`);
    return values;
  } catch (error) {
    return fail(error.message.split('\n')[0], 'npm run provider -- --help', 2);
  }
}

const values = readOptions();
const client = { clientId: 'otobot-demo', clientSecret: 'a-secret-for-the-demo-on-loopback' };
const accessTokenSeconds = Number(values.seconds);

// oidc-provider's warnings (runtime, development keys; the first as it is loaded) say nothing that matters on loopback.
console.warn = () => undefined;
const { startOAuthServer } = await import('./oauth-server.mjs');
const { knobs } = await import('./knobs.mjs');
const { api } = await import('./api.mjs');
const { issuer } = await startOAuthServer({
  ...client,
  redirectUris: ['http://127.0.0.1/callback', ...values['redirect-uri']],
  accessTokenSeconds,
  port: Number(values.port),
  pages: (oauth) => {
    const answers = [knobs(oauth), api(oauth)];
    return async (...request) => {
      for (const answer of answers) if (await answer(...request)) return true;
      return false;
    };
  },
}).catch((error) =>
  fail(
    error.code === 'EADDRINUSE' ? `port ${values.port} is in use` : error.message,
    'npm run provider -- --port 4011',
    1,
  ),
);

// Started by a test: ends with it, also when that is killed.
if (process.connected) process.once('disconnect', () => process.exit());

console.log(`An OAuth server for trying things out. Access tokens live ${accessTokenSeconds} s; refresh tokens are good for one use.

  Knobs              ${issuer}/        (make tokens die, calls fail, consents end)
  Authorization URL  ${issuer}/auth    (sign in as alice or bob)
  Token URL          ${issuer}/token
  Revocation URL     ${issuer}/token/revocation
  Userinfo URL       ${issuer}/me
  Client id          ${client.clientId}
  Client secret      ${client.clientSecret}

  An API for its tokens:   curl -H "Authorization: Bearer $TOKEN" ${issuer}/api/me
  An API for a key:        curl -H 'Authorization: Bearer demo-key-1' ${issuer}/api/key-check
  A consent, as if a person had signed in:  curl -X POST '${issuer}/consent?account=alice'

  Ctrl-C stops it.`);
