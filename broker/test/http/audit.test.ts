import { until } from '../support/until';
import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
  for (const clientId of ['acme', 'beta']) await scene.ask('POST /v1/clients', { body: { clientId, name: clientId } });
  await scene.ask('POST /v1/services', { body: { name: 'keyed', oauthType: 'api_key' } });
});
afterAll(() => scene.close());

interface Entry {
  action: string;
  code: string;
  actor: string;
  clientId: string | null;
  connectionId: string | null;
  occurredAt: string;
  detail: unknown;
}
const entries = async (query = '', key = scene.key): Promise<Entry[]> =>
  (await scene.ask(`GET /v1/audit?limit=500${query}`, { key })).json.items as Entry[];

test('every change names who did what to whose object', async () => {
  const { ask, mint } = scene;
  const { id, key } = await mint();
  const { json } = await ask('POST /v1/connections', {
    key,
    body: { clientId: 'acme', service: 'keyed', apiKey: 'k' },
  });
  await ask(`POST /v1/connections/${String(json.id)}/disable`, { key });
  const made = await ask('POST /v1/access-keys', { key, body: { name: 'next', preset: 'n8n' } });
  await ask(`POST /v1/access-keys/${id}/revoke`, { key, body: { reason: 'leaked' } });
  const done = await entries(`&keyId=${id}`);
  expect(done.map(({ action, clientId, connectionId, detail }) => [action, clientId, connectionId, detail])).toEqual([
    ['access-key.revoke', null, null, { accessKeyId: id, reason: 'leaked' }],
    ['access-key.create', null, null, { accessKeyId: made.json.id }],
    ['connection.disable', 'acme', json.id, null],
    ['connection.import', 'acme', null, null],
  ]);
  expect(done.every(({ actor, code }) => actor === `key:${id}` && code === 'admitted')).toBe(true);
});

test('refusals are there too', async () => {
  const { id, key } = await scene.mint({ scopes: ['clients:read'] });
  expect((await scene.ask('DELETE /v1/clients/acme', { key })).status).toBe(403);
  const refused = await until('the refusal is written', async () => (await entries(`&keyId=${id}`))[0]);
  expect(refused).toMatchObject({ action: 'client.delete', code: 'scope_missing', clientId: 'acme' });
});

test('filters and pages agree with the whole', async () => {
  const all = await entries();
  const only = async (query: string, keep: (entry: Entry) => boolean): Promise<void> => {
    const filtered = await entries(`&until=${all[0]?.occurredAt ?? ''}${query}`);
    expect(filtered.map(({ occurredAt }) => occurredAt)).toEqual(all.filter(keep).map(({ occurredAt }) => occurredAt));
  };
  await only('&clientId=beta', ({ clientId }) => clientId === 'beta');
  await only('&action=client.create', ({ action }) => action === 'client.create');
});

test('a limited key reads what concerns its clients', async () => {
  const { key } = await scene.mint({ clientIds: ['beta'] });
  const seen = await entries('', key);
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.every(({ clientId }) => clientId === 'beta')).toBe(true);
  expect((await scene.ask('GET /v1/audit?clientId=acme', { key })).status).toBe(403);
});
