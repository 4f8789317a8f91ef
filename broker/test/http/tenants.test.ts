import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

const SHOP = {
  authorizationUrl: 'https://{tenant}.shop.example/authorize',
  tokenUrl: 'https://{tenant}.shop.example/token',
  baseUrl: 'https://{tenant}.shop.example',
  allowedHosts: ['{tenant}.shop.example'],
  tenantFrom: 'link',
  tenantExample: 'acme',
};
let made = 0;
const make = (changes: Record<string, unknown>) =>
  scene.ask('POST /v1/services', { body: { name: `s${(made += 1)}`, displayName: 'S', ...SHOP, ...changes } });

test('a service has {tenant} in its URLs, and tells who says what it is', async () => {
  const { status, json } = await make({});
  expect([status, json]).toMatchObject([201, SHOP]);
  expect((await scene.ask(`GET /v1/services/${String(json.name)}`)).json).toMatchObject(SHOP);
});

const FIXED = { authorizationUrl: 'https://shop.example/authorize' };
test.each<[string, Record<string, unknown>, RegExp]>([
  ['beside a label', { tokenUrl: 'https://x{tenant}.shop.example/token' }, /^tokenUrl: \{tenant\} may be one label/],
  ['as the whole host', { tokenUrl: 'https://{tenant}/token' }, /^tokenUrl: \{tenant\} may be one label/],
  ['in the query', { baseUrl: 'https://shop.example/?t={tenant}' }, /^baseUrl:/],
  ['under another name', { tokenUrl: 'https://{shop}.shop.example/token' }, /^tokenUrl:/],
  ['beside its list of hosts', { tenantHosts: ['a.example'], tenantExample: null }, /: \{tenant\} must be the host/],
  ['without anybody to tell it', { tenantFrom: null, tenantExample: null }, /^authorizationUrl: .*tell tenantFrom/],
  [
    'before the redirect tells it',
    { tenantFrom: 'redirect', tenantParam: 'shop' },
    /^authorizationUrl: is asked before/,
  ],
  ['before the answer tells it', { ...FIXED, tenantFrom: 'answer', tenantParam: 'shop' }, /^tokenUrl: is asked before/],
  ['with no parameter named', { ...FIXED, tenantFrom: 'redirect' }, /^tenantParam: tenantFrom "redirect" needs it/],
  ['with no place to look', { ...FIXED, tenantFrom: 'lookup', tenantParam: 'dc' }, /^accountUrl: tenantFrom "lookup"/],
  [
    'of an API key from elsewhere',
    { oauthType: 'api_key', ...FIXED, tenantFrom: 'redirect', tenantParam: 'a' },
    /only the link/,
  ],
  ['with an example that is none', { tenantExample: 'evil.com/' }, /^tenantExample: is no tenant/],
  [
    'in an allowed host that nobody tells',
    { ...FIXED, tokenUrl: 'https://shop.example/t', baseUrl: null, tenantFrom: null, tenantExample: null },
    /^allowedHosts:/,
  ],
])('a service with {tenant} %s is refused', async (_where, changes, detail) => {
  const { status, json } = await make(changes);
  expect([status, json.detail]).toEqual([422, expect.stringMatching(detail)]);
});

test('other hosts than those that secrets are sealed for are refused while any depend on it', async () => {
  const hosts = { ...FIXED, baseUrl: null, allowedHosts: null, tenantExample: null, tenantFrom: 'redirect' };
  const { json } = await make({
    ...hosts,
    tenantParam: 'a',
    tenantHosts: ['a.example', 'b.example'],
    tokenUrl: 'https://{tenant}/t',
  });
  const name = String(json.name);
  await scene.ask(`PUT /v1/services/${name}/app`, { body: { clientId: 'a', clientSecrets: ['b'] } });
  const change = (tenantHosts: string[]) => scene.ask(`PATCH /v1/services/${name}`, { body: { tenantHosts } });
  expect(await change(['a.example', 'b.example', 'evil.example'])).toMatchObject({
    status: 409,
    json: { code: 'conflict' },
  });
  expect((await change(['b.example', 'a.example'])).status).toBe(200);
});
