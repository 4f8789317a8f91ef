// An OAuth client that takes the RFCs at their word: asks the token endpoint in every way, and writes what it made of the answers.
import * as oauth from 'oauth4webapi';

const [url, secret] = process.argv.slice(2);
const server = { issuer: new URL(url).origin, token_endpoint: url };
const insecure = { [oauth.allowInsecureRequests]: true };

async function ask(client_id, authentication, parameters = {}) {
  const client = { client_id };
  const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, parameters, insecure);
  try {
    const { access_token, token_type } = await oauth.processClientCredentialsResponse(server, client, response);
    return { access_token, token_type };
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError) return { error: error.error, status: error.status };
    if (error instanceof oauth.WWWAuthenticateChallengeError)
      return { error: (await error.response.json()).error, status: error.status };
    throw error;
  }
}

process.stdout.write(
  JSON.stringify({
    basic: await ask('acme/crm', oauth.ClientSecretBasic(secret)),
    post: await ask('acme/crm', oauth.ClientSecretPost(secret)),
    'wrong secret': await ask('acme/crm', oauth.ClientSecretBasic('wrong')),
    'another scope': await ask('acme/crm', oauth.ClientSecretBasic(secret), { scope: 'admin' }),
    'an API key': await ask('acme/crm/key', oauth.ClientSecretPost(secret)),
    'never connected': await ask('acme/crm/none', oauth.ClientSecretPost(secret)),
  }),
);
