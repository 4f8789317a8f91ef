import { startProvider, type Provider } from '../support/provider';
import { until } from '../support/until';
import { setScene, type Scene } from './scene';

let scene: Scene;
let provider: Provider;
beforeAll(async () => {
  [scene, provider] = await Promise.all([setScene(), startProvider()]);
  await scene.ask('POST /v1/services', { body: { name: 'crm', tokenUrl: provider.tokenUrl } });
  await scene.ask('POST /v1/services', { body: { name: 'keyed', oauthType: 'api_key' } });
  await scene.refresh();
});
afterAll(async () => {
  await scene.close();
  await provider.close();
});

const importing = (entries: object[], more: object = {}, key = scene.key) =>
  scene.ask('POST /v1/imports', {
    key,
    body: { entries: entries.map((entry) => ({ source: 'export', service: 'crm', ...entry })), ...more },
  });
const app = () => ({ clientId: provider.clientId, clientSecret: provider.clientSecrets[0] });
const count = async (table: string): Promise<number> => {
  const { rows } = await scene.database.query<{ n: number }>(`select count(*)::int as n from ${table}`);
  return rows[0]?.n ?? -1;
};

test('a grant comes with its OAuth client, is refreshed at once and served; again, it changes nothing', async () => {
  const { refreshToken } = provider.issue();
  const entry = { clientId: 'acme', refreshToken, app: app() };
  const whole = { createClients: true };
  const plan = await importing([entry], { ...whole, dryRun: true });
  expect(plan).toMatchObject({
    status: 200,
    json: { applied: false, createdClients: ['acme'], entries: [{ outcome: 'new', app: 'made for the organization' }] },
  });
  expect([await count('clients'), await count('apps'), await count('connections')]).toEqual([0, 0, 0]);

  const imported = await importing([entry], whole);
  expect(imported.json).toMatchObject({
    applied: true,
    entries: [{ outcome: 'new', clientId: 'acme', name: 'default' }],
  });
  const served = await until('the grant was refreshed', async () => {
    const answer = await scene.ask('GET /v1/credentials/acme/crm');
    return answer.status === 200 && answer;
  });
  expect(provider.accepts(String(served.json.accessToken))).toBe(true);
  expect(provider.callsWith(refreshToken)).toBe(1);

  // By now the broker holds the token's successor, which the old export must not replace.
  const again = await importing([entry], whole);
  expect(again.json).toMatchObject({ applied: true, createdClients: [], entries: [{ outcome: 'unchanged' }] });
  expect((await scene.ask('GET /v1/credentials/acme/crm')).json.generation).toBe(served.json.generation);
  const newer = await importing([{ ...entry, refreshToken: provider.issue().refreshToken }]);
  expect(newer.json).toMatchObject({ applied: true, entries: [{ outcome: 'replaced', app: 'present' }] });
});

test('one bad entry, and nothing is written; all that is wrong is told', async () => {
  const before = [await count('connections'), await count('clients'), await count('apps')];
  const bad = [
    { source: 'good', clientId: 'fresh', service: 'keyed', apiKey: 'CANARY-1' },
    { source: 'no service', clientId: 'fresh', service: 'nowhere', apiKey: 'CANARY-2' },
    { source: 'twice', clientId: 'fresh', service: 'keyed', apiKey: 'CANARY-3' },
    { source: 'no secret', clientId: 'fresh', service: 'keyed', name: 'empty' },
  ];
  const answer = await importing(bad, { createClients: true, dryRun: true });
  expect(answer).toMatchObject({ status: 200, json: { applied: false } });
  const entries = answer.json.entries as { source: string; outcome: string; connectionId: string | null }[];
  expect(entries.map(({ source, outcome }) => `${source}: ${outcome}`)).toEqual([
    'good: new',
    'no service: refused',
    'twice: refused',
    'no secret: refused',
  ]);
  expect(entries.every(({ connectionId }) => connectionId === null)).toBe(true);
  const refused = await importing(bad, { createClients: true });
  expect(refused).toMatchObject({ status: 404, json: { code: 'not_found' } });
  expect(refused.json.detail).toMatch(/^Nothing was imported\. no service: .* twice: .* no secret: /);
  expect(answer.text + refused.text).not.toContain('CANARY');
  const after = [await count('connections'), await count('clients'), await count('apps')];
  expect(after).toEqual(before);
});

test("a grant of another OAuth client gets the client's own app, and one that is in use is never changed", async () => {
  const tokens = { accessToken: 'a', refreshToken: 'r' };
  const other = { clientId: 'another', clientSecret: 's' };
  const first = await importing([{ clientId: 'beta', ...tokens, app: other }], { createClients: true });
  expect(first.json).toMatchObject({ applied: true, entries: [{ app: 'made for the client' }] });
  const second = await importing([{ clientId: 'beta', name: 'second', ...tokens, app: app() }]);
  expect(second).toMatchObject({ status: 409, json: { code: 'conflict' } });
  const shared = await importing([{ clientId: '-', ...tokens, app: other }]);
  expect(shared).toMatchObject({ status: 409, json: { code: 'conflict' } });
});

test('what an import makes beside connections needs the scopes for it', async () => {
  const { key } = await scene.mint({ scopes: ['connections:write'] });
  const entry = { clientId: 'acme', service: 'keyed', apiKey: 'k' };
  expect((await importing([entry], {}, key)).status).toBe(200);
  for (const more of [{ createClients: true }, { createServices: true }])
    expect(await importing([entry], more, key)).toMatchObject({ status: 403, json: { code: 'scope_missing' } });
  const withApp = { ...entry, service: 'crm', apiKey: undefined, refreshToken: 'r', app: app() };
  expect(await importing([withApp], {}, key)).toMatchObject({ status: 403, json: { code: 'scope_missing' } });
});

test('a service of a known provider is made where it is missing', async () => {
  const answer = await importing([{ clientId: '-', service: 'hubspot', kind: 'api_key', apiKey: 'k' }], {
    createServices: true,
  });
  expect(answer.json).toMatchObject({ applied: true, createdServices: ['hubspot'] });
  expect((await scene.ask('GET /v1/services/hubspot')).status).toBe(200);
});
