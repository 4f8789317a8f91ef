// `npm run provider`: the loopback OAuth server of the README's walk, in the foreground.
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '4010' }, seconds: { type: 'string', default: '60' } },
});
const client = { clientId: 'otobot-demo', clientSecret: 'a-secret-for-the-demo-on-loopback' };

/** POST /consent?account=NAME: a person's consent without a browser, so that curl is enough. */
async function handle(request, response, { consent }) {
  const url = new URL(request.url, 'http://127.0.0.1');
  if (url.pathname !== '/consent') return false;
  if (request.method !== 'POST') response.writeHead(405, { allow: 'POST' }).end();
  else {
    const tokens = await consent(url.searchParams.get('account') || 'alice');
    response.writeHead(200, { 'content-type': 'application/json' }).end(`${JSON.stringify(tokens, null, 2)}\n`);
  }
  return true;
}

// Its warnings (runtime, development keys; the first as it is loaded) say nothing that matters on loopback.
console.warn = () => undefined;
const { startOAuthServer } = await import('./oauth-server.mjs');
const accessTokenSeconds = Number(values.seconds);
const { issuer } = await startOAuthServer({
  ...client,
  redirectUri: 'http://127.0.0.1/callback',
  accessTokenSeconds,
  port: Number(values.port),
  handle,
}).catch((error) => {
  console.error(`error: ${error.code === 'EADDRINUSE' ? `port ${values.port} is in use` : error.message}`);
  console.error('hint: npm run provider -- --port 4011');
  process.exit(1);
});

console.log(`An OAuth server for trying things out. Access tokens live ${accessTokenSeconds} s; refresh tokens are good for one use.

  Token URL       ${issuer}/token
  Client id       ${client.clientId}
  Client secret   ${client.clientSecret}

  A consent, as if a person had signed in:  curl -X POST '${issuer}/consent?account=alice'

  Ctrl-C stops it.`);
