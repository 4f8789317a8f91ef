// A certified OpenID provider (panva's oidc-provider) on loopback: for the walk in the README and for the tests.
import { createServer } from 'node:http';
import Provider, { errors } from 'oidc-provider';

const SCOPES = 'openid offline_access';

/**
 * Refresh tokens rotate and are good for one use: a second use ends the whole grant, as strict providers do.
 * `handle(request, response)` may answer paths of its own: true when it did.
 * Returns the issuer, `consent(accountId)` (what a person's consent in a browser would leave behind), `revoke(grantId)` and `close()`.
 */
export async function startOAuthServer({ clientId, clientSecret, redirectUri, accessTokenSeconds, port = 0, handle }) {
  const server = createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, settings({ clientId, clientSecret, redirectUri, accessTokenSeconds }));

  const consent = async (accountId) => {
    const client = await provider.Client.find(clientId);
    if (client === undefined) throw new errors.InvalidClient('no client');
    const grant = new provider.Grant({ accountId, clientId });
    grant.addOIDCScope(SCOPES);
    const grantId = await grant.save();
    const common = { accountId, client, grantId, gty: 'authorization_code', scope: SCOPES };
    const accessToken = await new provider.AccessToken(common).save();
    const refreshToken = await new provider.RefreshToken(common).save();
    return {
      grantId,
      accessToken,
      refreshToken,
      expiresAt: new Date(Date.now() + accessTokenSeconds * 1000).toISOString(),
    };
  };
  const revoke = async (grantId) => {
    await Promise.all([provider.AccessToken.revokeByGrantId(grantId), provider.RefreshToken.revokeByGrantId(grantId)]);
    await (await provider.Grant.find(grantId))?.destroy();
  };

  const answer = provider.callback();
  server.on('request', async (request, response) => {
    if (handle === undefined || !(await handle(request, response, { consent, revoke }))) answer(request, response);
  });
  return { issuer, consent, revoke, close: () => new Promise((resolve) => server.close(resolve)) };
}

function settings({ clientId, clientSecret, redirectUri, accessTokenSeconds }) {
  return {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        redirect_uris: [redirectUri],
      },
    ],
    features: { clientCredentials: { enabled: true }, revocation: { enabled: true } },
    findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    rotateRefreshToken: () => true,
    scopes: SCOPES.split(' '),
    ttl: {
      AccessToken: accessTokenSeconds,
      ClientCredentials: accessTokenSeconds,
      Grant: 86_400,
      RefreshToken: 86_400,
      IdToken: 3600,
    },
  };
}
