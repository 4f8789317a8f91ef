// A certified OpenID provider in a process of its own (it is ESM only, which jest does not load). Sends { issuer } once it
// listens, and ends with its parent. Not called oidc.mjs: jest would take that for oidc.ts, which starts it with the client as
// JSON in the first argument.
import { createServer } from 'node:http';
import Provider, { errors } from 'oidc-provider';

const { clientId, clientSecret, redirectUri, accessTokenSeconds } = JSON.parse(process.argv[2]);

const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
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
  // Always anew, and once only: a second use ends the whole grant.
  rotateRefreshToken: () => true,
  scopes: ['openid', 'offline_access'],
  ttl: {
    AccessToken: accessTokenSeconds,
    ClientCredentials: accessTokenSeconds,
    Grant: 86_400,
    RefreshToken: 86_400,
    IdToken: 3600,
  },
});

/** What a person's consent in a browser would leave behind. */
async function consent(accountId) {
  const client = await provider.Client.find(clientId);
  if (client === undefined) throw new errors.InvalidClient('no client');
  const grant = new provider.Grant({ accountId, clientId });
  grant.addOIDCScope('openid offline_access');
  const grantId = await grant.save();
  const common = { accountId, client, grantId, gty: 'authorization_code', scope: 'openid offline_access' };
  const accessToken = await new provider.AccessToken(common).save();
  const refreshToken = await new provider.RefreshToken(common).save();
  return { grantId, accessToken, refreshToken };
}

/** The person takes it back in the account settings. */
async function revoke(grantId) {
  await Promise.all([provider.AccessToken.revokeByGrantId(grantId), provider.RefreshToken.revokeByGrantId(grantId)]);
  await (await provider.Grant.find(grantId))?.destroy();
}

const commands = { consent, revoke };
process.on('message', ({ id, command, argument }) => {
  commands[command](argument).then(
    (result) => process.send({ id, result }),
    (error) => process.send({ id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
server.on('request', provider.callback());
process.send({ issuer });
