'use strict';
// The scriptable provider as a program of its own: any process tells it what to do over HTTP. Depends on nothing but Node.
const { parseArgs } = require('node:util');
const { MODES, startScriptedProvider } = require('./scripted/provider.cjs');

const USAGE = `node provider/scripted.cjs [--port 4020] [--mode NAME]… [--seed 1]
    [--client-id provider-app] [--client-secret provider-secret]…

An OAuth provider on 127.0.0.1 that misbehaves on request and writes down what it did. It is told what to do by
POST /control/<command> with JSON; GET is enough where nothing has to be said:

  issue            {"account": "alice", "mode": "rotate-with-grace"}   a consent with its first tokens
  code             {"challenge": "…"}            an authorization code; GET /authorize gives one too, by redirect
  app              {"clientId": "b", "clientSecrets": ["s"], "mode": []}
  behave           {"mode": ["form-encoded", {"expiresIn": 60}]}       for all, or with "clientId" or "consent"
  next             {"fault": "cut-after-headers", "times": 2}          hang, reset, {"status": 503}, {"delayMs": 500} …
  always           {"fault": {"status": 429, "headers": {"retry-after": "30"}}, "share": 0.5}; null ends it
  latency          {"ms": [10, 60]}
  revoke           {"consent": "…"}
  clock            {"advanceMs": 86400000}
  judge            {"accessToken": "…", "refreshToken": "…"}           what stored tokens are worth
  state · journal · expire-access-tokens · reset

A list of arguments gives a list of results. Modes:
${listed(Object.keys(MODES))}

Tokens: POST /token, /renew (mode separate-refresh-url); GET /oauth/access_token (fb_exchange_token), /access_token
(ig_ and th_exchange_token), /refresh_access_token (ig_ and th_refresh_token). Also /authorize, /introspect, /revoke, /api/me.`;

const options = {
  port: { type: 'string', default: '4020' },
  seed: { type: 'string', default: '1' },
  mode: { type: 'string', multiple: true, default: [] },
  'client-id': { type: 'string', default: 'provider-app' },
  'client-secret': { type: 'string', multiple: true, default: ['provider-secret'] },
  help: { type: 'boolean', short: 'h', default: false },
};

/** Names in lines that a terminal has room for. */
function listed(names) {
  return names
    .join(', ')
    .replace(/(.{1,96},)(?: |$)/g, '  $1\n')
    .replace(/^(?! {2})/gm, '  ');
}

main().catch((error) => {
  const used = error.code === 'EADDRINUSE';
  console.error(
    `error: ${used ? 'the port is in use' : error.message}\nhint: node provider/scripted.cjs ${used ? '--port 0' : '--help'}`,
  );
  process.exit(used ? 1 : 2);
});

async function main() {
  const { values } = parseArgs({ options });
  if (values.help) return console.log(USAGE);
  const [port, seed] = ['port', 'seed'].map((name) => {
    if (/^\d{1,10}$/.test(values[name])) return Number(values[name]);
    throw new Error(`--${name} must be a whole number`);
  });
  const provider = await startScriptedProvider({
    ...{ port, seed, clientId: values['client-id'], clientSecrets: values['client-secret'] },
  });
  provider.commands.behave({ mode: values.mode });
  // Started by another program: ends with it, also when that is killed.
  if (process.connected) process.once('disconnect', () => process.exit());
  process.send?.(provider.commands.state());
  console.log(`A provider that does as it is told.

  Token URL   ${provider.tokenUrl}
  Control     ${provider.url}/control/state
  Client id   ${provider.clientId}

  Ctrl-C stops it.`);
}
