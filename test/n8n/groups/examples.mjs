// The ready workflows of examples/: each is imported as it is, with credentials and addresses of this test, and executed.
import assert from 'node:assert/strict';

import { example } from './examples/files.mjs';
import { mailbox } from './examples/mailbox.mjs';
import { publish, until } from './trigger/scene.mjs';
import { jsonOf } from '../reading.mjs';

export const name = 'examples';

const CLIENTS = ['examples-a', 'examples-b', 'examples-unconnected'];
const MAIL_TO = 'accounts@example.org';

export async function prepare(stage) {
  const { api, broker, client, connect, credential, root, secrets, service, onEnd } = stage;
  await service('examples-shop', { oauthType: 'oauth2', allowedHosts: ['127.0.0.1'], baseUrl: api.url });
  await service('examples-ended', { oauthType: 'oauth2', tokenUrl: `${api.url}/examples-token` });
  api.answer('/examples-token', (_request, response) => {
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: 'invalid_grant' }));
  });
  const orders = {};
  for (const clientId of CLIENTS.slice(0, 2)) {
    const { token } = await connect(clientId, { service: 'examples-shop' });
    orders[token] = clientId === 'examples-a' ? [{ id: 1 }, { id: 2 }] : [];
  }
  api.answer('/v1/orders', ({ token }, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ orders: orders[token] }));
  });
  await client('examples-unconnected');
  await client('examples-leaving');
  await connect('examples-leaving', { service: 'examples-shop' });
  await broker.call('PATCH', '/v1/clients/examples-a', { email: MAIL_TO });

  // Other groups have clients too: this key knows its own only.
  const limited = { preset: 'n8n', name: 'examples', clientIds: CLIENTS };
  const { key } = await broker.call('POST', '/v1/access-keys', limited);
  const operator = await broker.call('POST', '/v1/access-keys', { name: 'off-boarding', scopes: ['clients:write'] });
  for (const secret of [key, operator.key]) secrets.keptByN8n(secret);
  const mail = await mailbox();
  onEnd(mail.close);
  const own = { clientId: '={{ $json.clientId }}', service: 'examples-shop', internalToken: key };
  const offBoarding = {
    '"acme"': '"examples-leaving"',
    'http://127.0.0.1:3001': broker.url,
  };
  return {
    mail,
    credentials: [
      credential('examples-otobot', own),
      {
        ...{ id: 'examples-otobot-operator', name: 'examples-otobot-operator', type: 'httpHeaderAuth' },
        data: { name: 'Authorization', value: `Bearer ${operator.key}` },
      },
      {
        ...{ id: 'examples-smtp', name: 'examples-smtp', type: 'smtp' },
        data: { user: '', password: '', host: '127.0.0.1', port: mail.port, secure: false, disableStartTls: true },
      },
    ],
    workflows: [
      example(root, 'many-clients', { 'https://api.example.com': api.url }),
      example(root, 'client-report', { 'your-service': 'examples-shop' }),
      example(root, 'reconnect-reminder'),
      example(root, 'off-boarding', offBoarding),
      {
        ...example(root, 'off-boarding', { ...offBoarding, '"value": false': '"value": true' }),
        id: 'off-boarding-yes',
      },
    ],
  };
}

export const guarantees = [
  [
    'many-clients: each client is asked for with his own token, and who has not connected stops nobody else',
    async ({ n8n }) => {
      const run = await n8n.execute('many-clients');
      assert.equal(run.status, 'success', run.text);
      const [a, b, unconnected] = jsonOf(run, 'Call the API');
      assert.deepEqual([a.ok, b.ok], [true, true]);
      assert.match(JSON.stringify(unconnected), /examples-unconnected/);
    },
  ],
  [
    'client-report: a row for each client; one that cannot be asked says why, with the link',
    async ({ n8n }) => {
      const run = await n8n.execute('client-report');
      assert.equal(run.status, 'success', run.text);
      const rows = jsonOf(run, 'One row');
      assert.deepEqual(
        rows.map(({ client, orders }) => [client, String(orders)]),
        [
          ['examples-a', '2'],
          ['examples-b', '0'],
          ['examples-unconnected', ''],
        ],
      );
      assert.match(rows[2].problem, /has not connected|connect/i);
      assert.match(rows[2].connectAgain, /\/connect\//);
      assert.ok(run.text.includes('report.csv'));
    },
  ],
  [
    'reconnect-reminder: the client gets the link by e-mail, at the address that the broker has',
    async (stage) => {
      await publish(stage, 'reconnect-reminder');
      const expiresAt = new Date(Date.now() + 1_000).toISOString();
      await stage.connect('examples-a', { service: 'examples-ended', expiresAt });
      const [{ to, text }] = await until('the mail', () => (stage.mail.mails.length > 0 ? stage.mail.mails : null));
      assert.deepEqual(to, [MAIL_TO]);
      const [link] = /http\S+\/connect\/\S+/.exec(text) ?? assert.fail(text);
      assert.equal((await fetch(link)).status, 200);
    },
  ],
  [
    'off-boarding: tells which workflows stop and changes nothing until it is confirmed, then suspends and revokes',
    async ({ n8n, broker }) => {
      const named = { clientId: 'examples-leaving', service: 'examples-shop', name: 'default' };
      await broker.call('POST', '/v1/grants', { ...named, workflowId: 'a-workflow-of-theirs' });
      const client = () => broker.call('GET', '/v1/clients/examples-leaving');
      for (const [workflow, isConfirmed] of [
        ['off-boarding', false],
        ['off-boarding-yes', true],
      ]) {
        const run = await n8n.execute(workflow);
        assert.equal(run.status, 'success', run.text);
        assert.deepEqual(
          jsonOf(run, 'Workflows that stop').map(({ workflowId }) => workflowId),
          ['a-workflow-of-theirs'],
        );
        const { suspendedAt, revocationOrder } = await client();
        assert.deepEqual([suspendedAt !== null, revocationOrder !== null], [isConfirmed, isConfirmed]);
      }
    },
  ],
];
