// Publishing and unpublishing, against a real broker.
import type { IDataObject } from 'n8n-workflow';

import { EVENT_OPTIONS } from '../../nodes/OtobotTrigger/events';
import { setRealBroker, type Provider, type Scene } from './real-broker';
import { lifecycle, type Published } from './run-trigger';
import { credentialFields } from './support';

const LOCATOR = { __rl: true, mode: 'id' };

let scene: Scene;
let provider: Provider;
let key: string;
beforeAll(async () => {
  ({ scene, provider } = await setRealBroker());
  ({ key } = await scene.mint({ preset: 'n8n' }));
});
afterAll(async () => {
  await scene.close();
  await provider.close();
});

let node: Published;
let nodes = 0;
beforeEach(() => {
  nodes += 1;
  node = {
    url: `https://n8n.example.com/webhook/${nodes}/otobot`,
    remembered: {},
    parameters: { events: ['connection.reauth_required'] },
    credentials: credentialFields(scene.broker.url, { internalToken: key }),
    log: [],
  };
});

const down = () => credentialFields('http://127.0.0.1:9', { internalToken: key });
/** As n8n does it. */
async function publish() {
  if (!(await lifecycle(node, 'checkExists'))) await lifecycle(node, 'create');
}
async function webhooks(): Promise<IDataObject[]> {
  const { json } = await scene.ask('GET /v1/webhooks?limit=100');
  return (json.items as IDataObject[]).filter(({ url }) => url === node.url);
}

test('the events to choose from are those that the broker tells', () => {
  const { TOLD_TYPES } = jest.requireActual<{ TOLD_TYPES: string[] }>('../../broker/src/services/webhooks/event-types');
  const offered = EVENT_OPTIONS.map(({ value }) => value);
  expect(offered.filter((value) => value !== '*').sort()).toEqual([...TOLD_TYPES].sort());
});

test('publishing makes one webhook that hears what was chosen, of all clients, and remembers its secret', async () => {
  await publish();
  expect(await webhooks()).toEqual([
    expect.objectContaining({
      events: ['connection.reauth_required'],
      clientId: null,
      service: null,
      status: 'active',
    }),
  ]);
  expect(node.remembered.secret).toMatch(/^whsec_/);
  await publish();
  expect(await webhooks()).toHaveLength(1);
});

test('the client and the service of the node are its filters, and "All Events" is all', async () => {
  node.parameters = {
    events: ['*', 'connection.connected'],
    clientId: { ...LOCATOR, value: 'acme' },
    service: { ...LOCATOR, value: 'crm' },
  };
  await publish();
  expect(await webhooks()).toEqual([expect.objectContaining({ events: null, clientId: 'acme', service: 'crm' })]);
});

test('an expression that finds nothing is an error, and never everybody', async () => {
  node.parameters = { events: ['*'], clientId: { ...LOCATOR, value: undefined } };
  node.written = { clientId: { ...LOCATOR, value: '={{ $vars.client }}' } };
  await expect(lifecycle(node, 'create')).rejects.toThrow('"Client" is empty');
  expect(await webhooks()).toEqual([]);
});

test('no event chosen is an error', async () => {
  node.parameters = { events: [] };
  await expect(lifecycle(node, 'create')).rejects.toThrow('Choose one at least');
});

test.each<[string, () => Promise<unknown> | void]>([
  ['other events', () => void (node.parameters = { events: ['connection.expiring'] })],
  ['another URL', () => void (node.url = `${node.url}-moved`)],
  ['another client', () => void (node.parameters = { ...node.parameters, clientId: { ...LOCATOR, value: 'acme' } })],
  [
    'a webhook that was switched off at the broker',
    () => scene.ask(`PATCH /v1/webhooks/${node.remembered.webhookId}`, { body: { enabled: false } }),
  ],
])('%s: the next publishing puts it right, and what waits for the webhook is not lost', async (_what, change) => {
  await publish();
  const { webhookId, secret } = node.remembered;
  await change();
  expect(await lifecycle(node, 'checkExists')).toBe(false);
  await publish();
  expect(node.remembered).toMatchObject({ webhookId, secret });
  expect(await webhooks()).toHaveLength(1);
  expect(await lifecycle(node, 'checkExists')).toBe(true);
});

test('a webhook deleted at the broker is made again, with a new secret', async () => {
  await publish();
  const { webhookId, secret } = node.remembered;
  await scene.ask(`DELETE /v1/webhooks/${webhookId}`);
  await publish();
  expect(await webhooks()).toHaveLength(1);
  expect(node.remembered.secret).not.toBe(secret);
});

test('a webhook of this URL whose secret nobody has any more makes room', async () => {
  await publish();
  node.remembered = {};
  await publish();
  expect((await webhooks()).map(({ id }) => id)).toEqual([node.remembered.webhookId]);
});

test('unpublishing deletes the webhook, and one that is not there is as good', async () => {
  await publish();
  const { webhookId, secret } = node.remembered;
  expect(await lifecycle(node, 'delete')).toBe(true);
  expect(await webhooks()).toEqual([]);
  expect(node.remembered).not.toHaveProperty('secret');
  node.remembered = { webhookId, secret };
  expect(await lifecycle(node, 'delete')).toBe(true);
  expect(node.log).toEqual([]);
});

test('a broker that is down does not keep a workflow published; what is left is told, and taken up again', async () => {
  await publish();
  const { webhookId, secret } = node.remembered;
  const up = node.credentials;
  node.credentials = down();
  expect(await lifecycle(node, 'delete')).toBe(true);
  expect(node.log.join()).toContain(`otobot webhook delete ${webhookId}`);
  node.credentials = up;
  await publish();
  expect(node.remembered).toMatchObject({ webhookId, secret });
});

test('n8n that starts while the broker is down keeps the webhook it has; whoever publishes is told', async () => {
  await publish();
  node.credentials = down();
  expect(await lifecycle({ ...node, activation: 'init' }, 'checkExists')).toBe(true);
  await expect(lifecycle({ ...node, activation: 'activate' }, 'checkExists')).rejects.toThrow('cannot be reached');
});

test.each(['https://10.0.0.7', 'http://n8n:5678'])(
  'where n8n says that it is at %s, which setting to change is told',
  async (origin) => {
    node.url = `${origin}/webhook/1/otobot`;
    await expect(lifecycle(node, 'create')).rejects.toThrow(
      `does not send to ${origin}, where this n8n says that it is. Set WEBHOOK_URL of n8n`,
    );
  },
);

test('a key without the scope is told which one is missing', async () => {
  const { key: narrow } = await scene.mint({ scopes: ['connections:read'] });
  node.credentials = credentialFields(scene.broker.url, { internalToken: narrow });
  await expect(lifecycle(node, 'create')).rejects.toThrow('lacks the scope webhooks:write');
});

test('a webhook ID that somebody has written into the workflow leads nowhere else at the broker', async () => {
  const { key: wide } = await scene.mint({ scopes: ['clients:write', 'clients:read', 'webhooks:write'] });
  await scene.ask('POST /v1/clients', { key: wide, body: { clientId: 'kept', name: 'Kept' } });
  node.credentials = credentialFields(scene.broker.url, { internalToken: wide });
  node.remembered = { webhookId: '../clients/kept', secret: 'whsec_eA==' };
  await lifecycle(node, 'delete');
  expect(await scene.ask('GET /v1/clients/kept', { key: wide })).toMatchObject({ status: 200 });
  expect(await lifecycle(node, 'checkExists')).toBe(false);
});
