import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

test('a service is made of what is known of its provider', async () => {
  const made = await scene.ask('POST /v1/services', { body: { name: 'google', from: 'google' } });
  expect(made).toMatchObject({
    status: 201,
    json: {
      name: 'google',
      displayName: 'Google',
      authorizationUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
      tokenUrl: 'https://oauth2.googleapis.com/token',
      authorizationParams: { access_type: 'offline', prompt: 'consent' },
      scopes: ['openid', 'email'],
      scopeTexts: { email: { en: 'See your Google e-mail address', fr: 'Voir votre adresse e-mail Google' } },
      rotation: 'none',
      accountFrom: 'id_token',
      allowedHosts: ['googleapis.com'],
    },
  });
  expect((await scene.ask('GET /v1/services/google')).json).toEqual({ ...made.json, app: null });
});

test('what is given counts more than what is known', async () => {
  const body = { name: 'mail', from: 'google', displayName: 'Mail', scopes: 'openid', accountFrom: null };
  expect((await scene.ask('POST /v1/services', { body })).json).toMatchObject({
    displayName: 'Mail',
    scopes: ['openid'],
    accountFrom: null,
    tokenUrl: 'https://oauth2.googleapis.com/token',
  });
});

test('one service serves every shop: which one it is belongs to the connection', async () => {
  expect((await scene.ask('POST /v1/services', { body: { name: 'shopify', from: 'shopify' } })).json).toMatchObject({
    tokenUrl: 'https://{tenant}.myshopify.com/admin/oauth/access_token',
    allowedHosts: ['{tenant}.myshopify.com'],
    tenantFrom: 'link',
    tenantParam: 'shop',
    tenantHosts: null,
    redirectHmacParam: 'hmac',
    requestHeader: 'X-Shopify-Access-Token',
    requestScheme: '',
  });
});

test('an unknown provider is refused with the known ones, and nothing is made', async () => {
  expect(await scene.ask('POST /v1/services', { body: { name: 'gogle', from: 'gogle' } })).toMatchObject({
    status: 422,
    json: { detail: expect.stringMatching(/github.*google.*hubspot/) as string },
  });
  expect((await scene.ask('GET /v1/services/gogle')).status).toBe(404);
});

test('a service that is there builds on no provider', async () => {
  expect((await scene.ask('PATCH /v1/services/google', { body: { from: 'slack' } })).status).toBe(400);
});
