// A certified OpenID provider (panva's oidc-provider) on loopback: for the walk in the README and for the tests.
import { createServer } from 'node:http';
import Provider, { errors } from 'oidc-provider';

import { createGrantBook } from './grants.mjs';
import { settings, SCOPES_WITHOUT_BROWSER } from './settings.mjs';
import { asksEveryTime, interactions } from './sign-in.mjs';
import { createTokenCalls } from './token-calls.mjs';

/**
 * Refresh tokens rotate and are good for one use: a second use ends the whole grant, as strict providers do.
 * `redirectUris` are accepted beside every loopback address that ends in /oauth/callback/<service>. `pages(server)` answers paths of its
 * own with a function (request, response, url) that resolves to true when it did.
 * Returns the issuer, `consent(accountId)` (what a person's consent in a browser would leave behind), `revoke(grantId)` and `close()`.
 */
export async function startOAuthServer({
  clientId,
  clientSecret,
  redirectUri = 'http://127.0.0.1/callback',
  redirectUris = [redirectUri],
  accessTokenSeconds,
  port = 0,
  pages = () => async () => false,
}) {
  const server = createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const knobs = { accessTokenSeconds };
  const provider = new Provider(issuer, settings({ clientId, clientSecret, redirectUris, knobs }));
  acceptLoopbackCallbacks(provider);
  const grants = createGrantBook(provider);
  const tokenCalls = createTokenCalls();
  provider.use(asksEveryTime);
  provider.use(tokenCalls.middleware);

  const oauth = { issuer, clientId, provider, knobs, grants, tokenCalls, revoke: grants.revoke };
  oauth.consent = (accountId) => consentWithoutBrowser(oauth, accountId);
  const answers = [interactions(oauth), pages(oauth)];
  const answer = provider.callback();
  server.on('request', async (request, response) => {
    const url = new URL(request.url, issuer);
    for (const answerOwn of answers) if (await answerOwn(request, response, url)) return;
    answer(request, response);
  });
  return {
    issuer,
    consent: oauth.consent,
    revoke: oauth.revoke,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

async function consentWithoutBrowser({ provider, clientId, grants, knobs }, accountId) {
  const client = await provider.Client.find(clientId);
  if (client === undefined) throw new errors.InvalidClient('no client');
  const scope = SCOPES_WITHOUT_BROWSER;
  const grantId = await grants.add({ accountId, clientId, scope });
  const common = { accountId, client, grantId, gty: 'authorization_code', scope };
  const accessToken = await new provider.AccessToken(common).save();
  const refreshToken = await new provider.RefreshToken(common).save();
  const expiresAt = new Date(Date.now() + knobs.accessTokenSeconds * 1000).toISOString();
  return { grantId, accessToken, refreshToken, expiresAt };
}

/** A broker may listen on any port here and give its services any name: nobody should have to register that for a trial. */
function acceptLoopbackCallbacks(provider) {
  const registered = provider.Client.prototype.redirectUriAllowed;
  provider.Client.prototype.redirectUriAllowed = function (uri) {
    return isLoopbackCallback(uri) || registered.call(this, uri);
  };
}

function isLoopbackCallback(uri) {
  if (!URL.canParse(uri)) return false;
  const { protocol, hostname, pathname, search, hash, username } = new URL(uri);
  const isLoopback = protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  return isLoopback && /^\/oauth\/callback\/[\w.-]+$/.test(pathname) && search + hash + username === '';
}
