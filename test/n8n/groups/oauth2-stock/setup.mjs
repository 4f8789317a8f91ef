// The credentials and workflows of the group `oauth2-stock`.
import { http, items, workflow } from '../../workflows.mjs';

const TYPE = 'oAuth2Api';
const EXPRESSION = '={{ $json.clientId }}/loopback';

/** @returns n8n's OAuth2 credentials, named after their client; each has an access key that reaches that client alone */
export async function stockCredentials({ broker, secrets }) {
  const stock = async (clientId, more) => credentialOf(broker, clientId, await keyFor(broker, secrets, clientId), more);
  const wrongKey = secrets.make('wrong');
  secrets.keptByN8n(wrongKey);
  return [
    await stock('stock-acme'),
    // n8n's other way of sending it.
    await stock('stock-globex', { authentication: 'body' }),
    await stock('stock-hooli'),
    await stock('stock-umbrella'),
    await stock('stock-initech'),
    { ...credentialOf(broker, 'stock-acme', wrongKey), id: 'stock-wrong', name: 'stock-wrong' },
    // What the documentation warns of.
    credentialOf(broker, 'stock-expression', await keyFor(broker, secrets, null), { clientId: EXPRESSION }),
  ];
}

/** One workflow for each credential, named like it, which stops at an error; and `stock-both`. */
export function stockWorkflows({ api }) {
  const url = (name) => `${api.url}/stock/${name}`;
  const alone = (name, before = []) => [...before, { ...request(name, url(name)), onError: 'stopWorkflow' }];
  const singles = ['stock-hooli', 'stock-umbrella', 'stock-initech', 'stock-wrong', 'stock-globex'];
  const perItem = items([{ clientId: 'stock-acme' }, { clientId: 'stock-globex' }]);
  return [
    workflow('stock-both', [[request('stock-acme', url('both'))], [request('stock-globex', url('both'))]]),
    ...singles.map((name) => workflow(name, [alone(name)])),
    workflow('stock-expression', [alone('stock-expression', perItem)]),
  ];
}

function request(credential, url) {
  const own = { authentication: 'genericCredentialType', genericAuthType: TYPE, nodeCredentialType: undefined };
  return http(credential, credential, url, { credentialType: TYPE, ...own });
}

/** An access key that reaches this client alone; null: every client. */
async function keyFor(broker, secrets, clientId) {
  const clientIds = clientId === null ? null : [clientId];
  const { key } = await broker.call('POST', '/v1/access-keys', { name: 'n8n', preset: 'n8n', clientIds });
  secrets.keptByN8n(key);
  return key;
}

function credentialOf(broker, clientId, clientSecret, more = {}) {
  const data = {
    grantType: 'clientCredentials',
    accessTokenUrl: `${broker.url}/oauth2/token`,
    clientId: `${clientId}/loopback`,
    clientSecret,
    scope: '',
    authentication: 'header',
    ...more,
  };
  return { id: clientId, name: clientId, type: TYPE, data };
}
