import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { ClientCredentials } from 'simple-oauth2';
import { setScene, type Scene } from '../http/scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
  const { ask } = scene;
  await ask('POST /v1/clients', { body: { clientId: 'acme', name: 'Acme' } });
  await ask('POST /v1/services', { body: { name: 'crm', tokenUrl: 'https://crm.example/token' } });
  const credential = { clientId: 'acme', service: 'crm' };
  const scopes = ['read', 'write'];
  await ask('POST /v1/connections', {
    body: { ...credential, accessToken: 'live-token', expiresAt: inAnHour(), scopes },
  });
  await ask('POST /v1/connections', { body: { ...credential, name: 'second', accessToken: 'other-token' } });
  await ask('POST /v1/connections', { body: { ...credential, name: 'key', kind: 'api_key', apiKey: 'an-api-key' } });
});
afterAll(() => scene.close());

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();
const url = (): string => `${scene.broker.url}/oauth2/token`;
const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;

interface Answer {
  status: number;
  headers: Headers;
  json: Record<string, unknown>;
}

async function ask(form: Record<string, string> | string, headers: Record<string, string> = {}): Promise<Answer> {
  const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const response = await fetch(url(), { method: 'POST', headers: { ...type, ...headers }, body });
  return { status: response.status, headers: response.headers, json: (await response.json()) as Answer['json'] };
}
const grant = { grant_type: 'client_credentials' };
const byForm = (id = 'acme/crm', more: Record<string, string> = {}) =>
  ask({ ...grant, client_id: id, client_secret: scene.key, ...more });

test('a program that only speaks OAuth gets the live token, in the form and by Basic', async () => {
  for (const answer of [await byForm(), await ask(grant, { authorization: basic('acme/crm', scene.key) })]) {
    expect(answer).toMatchObject({
      status: 200,
      json: { access_token: 'live-token', token_type: 'Bearer', scope: 'read write' },
    });
    expect(Object.keys(answer.json).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    expect(answer.json.expires_in).toBeGreaterThan(3_500);
    expect(answer.json.expires_in).toBeLessThanOrEqual(3_600);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('pragma')).toBe('no-cache');
    expect(answer.headers.get('content-type')).toMatch('application/json');
  }
  // Of this one neither end nor scopes are known.
  expect((await byForm('acme/crm/second')).json).toEqual({
    access_token: 'other-token',
    token_type: 'Bearer',
  });
});

test.each(['header', 'body'] as const)(
  'simple-oauth2 is content, with the client in the %s',
  async (authorizationMethod) => {
    const client = new ClientCredentials({
      client: { id: 'acme/crm', secret: scene.key },
      auth: { tokenHost: scene.broker.url, tokenPath: '/oauth2/token' },
      options: { authorizationMethod },
    });
    const { token } = await client.getToken({});
    expect(token).toMatchObject({ access_token: 'live-token', token_type: 'Bearer', scope: 'read write' });
  },
);

test('and so is a client that takes the RFC at its word, also about what is refused', async () => {
  const strict = spawn(process.execPath, [path.join(__dirname, 'strict-client.mjs'), url(), scene.key]);
  const [told, complaints] = await Promise.all([text(strict.stdout), text(strict.stderr)]);
  expect(complaints).toBe('');
  expect(JSON.parse(told)).toEqual({
    basic: { access_token: 'live-token', token_type: 'bearer' },
    post: { access_token: 'live-token', token_type: 'bearer' },
    'wrong secret': { error: 'invalid_client', status: 401 },
    'another scope': { error: 'invalid_scope', status: 400 },
    'an API key': { error: 'unauthorized_client', status: 400 },
    'never connected': { error: 'invalid_grant', status: 400 },
  });
});

test('it is the same decision as everywhere, with the same audit', async () => {
  const { key, id } = await scene.mint({ scopes: ['credentials:read'], clientIds: ['globex'] });
  expect((await ask({ ...grant, client_id: 'acme/crm', client_secret: key })).json).toMatchObject({
    error: 'unauthorized_client',
    code: 'client_not_allowed',
  });
  const before = await released();
  await byForm();
  expect(await released()).toBe(before + 1);
  await byForm('acme/crm', { scope: 'admin' });
  expect(await released()).toBe(before + 1);
  const revoked = await scene.mint();
  await scene.ask(`POST /v1/access-keys/${revoked.id}/revoke`, { body: {} });
  expect((await ask({ ...grant, client_id: 'acme/crm', client_secret: revoked.key })).status).toBe(401);
  expect(id).not.toBe(revoked.id);
});

async function released(): Promise<number> {
  const { rows } = await scene.database.query<{ n: number }>(
    `select count(*)::int as n from audit where action = 'credential.read' and code = 'released'`,
  );
  return rows[0]?.n ?? 0;
}

test('scopes that the token has may be asked for', async () => {
  expect((await byForm('acme/crm', { scope: 'write read' })).status).toBe(200);
  expect((await byForm('acme/crm', { scope: '' })).status).toBe(200);
});

test('a client who has to connect again is told with the link to send', async () => {
  await scene.ask('PATCH /v1/services/crm', { body: { authorizationUrl: 'https://crm.example/authorize' } });
  await scene.ask('PUT /v1/services/crm/app', { body: { clientId: 'o', clientSecrets: ['s'] } });
  const { json } = await byForm('acme/crm/none');
  expect(json).toMatchObject({ error: 'invalid_grant', code: 'reauth_required', reason: 'never_connected' });
  expect(String(json.connectUrl)).toContain('/connect/');
});

const secretless = { ...grant, client_id: 'acme/crm' };
test.each<
  [what: string, form: Record<string, string> | string, headers: Record<string, string>, status: number, error: string]
>([
  ['no client', grant, {}, 401, 'invalid_client'],
  ['no secret', secretless, {}, 401, 'invalid_client'],
  ['a forged secret', { ...secretless, client_secret: 'otb_live_000000000000_forged' }, {}, 401, 'invalid_client'],
  ['a secret with a NUL', { ...secretless, client_secret: 'a\0b' }, {}, 401, 'invalid_client'],
  ['Basic that is none', grant, { authorization: 'Basic !!!' }, 401, 'invalid_client'],
  ['Basic without a colon', grant, { authorization: `Basic ${btoa('acme')}` }, 401, 'invalid_client'],
  ['Basic with a broken escape', grant, { authorization: `Basic ${btoa('acme%2:%zz')}` }, 401, 'invalid_client'],
  ['a bearer', grant, { authorization: 'Bearer KEY' }, 401, 'invalid_client'],
  ['JSON', '{"grant_type":"client_credentials"}', { 'content-type': 'application/json' }, 400, 'invalid_request'],
  ['a body that is too large', `grant_type=${'a'.repeat(9_000)}`, {}, 400, 'invalid_request'],
  ['both ways', { ...secretless, client_secret: 'KEY' }, { authorization: 'BASIC' }, 400, 'invalid_request'],
  ['two clients', { ...grant, client_id: 'globex/crm' }, { authorization: 'BASIC' }, 400, 'invalid_request'],
  ['no grant_type', '', { authorization: 'BASIC' }, 400, 'invalid_request'],
  [
    'a parameter twice',
    'grant_type=client_credentials&grant_type=x',
    { authorization: 'BASIC' },
    400,
    'invalid_request',
  ],
  ['another grant', { grant_type: 'password' }, { authorization: 'BASIC' }, 400, 'unsupported_grant_type'],
])('%s is refused as RFC 6749 has it', async (_what, form, headers, status, error) => {
  const filled = (value: string): string =>
    value === 'BASIC' ? basic('acme/crm', scene.key) : value.replace('KEY', scene.key);
  const body =
    typeof form === 'string' ? form : Object.fromEntries(Object.entries(form).map(([k, v]) => [k, filled(v)]));
  const answer = await ask(body, Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, filled(v)])));
  expect(answer).toMatchObject({ status, json: { error } });
  expect(answer.json.error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]{10,}$/);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('pragma')).toBe('no-cache');
  expect(answer.headers.get('www-authenticate') ?? '').toMatch(status === 401 ? /^Basic realm=/ : /^$/);
  expect(JSON.stringify(answer.json)).not.toContain(scene.key);
});

test.each(['acme', 'acme/', '/crm', 'acme/crm/x/y', 'acme/CRM', 'nobody/crm', 'acme/nothing', '../x', 'acme%2fcrm'])(
  '%s is no client, whoever asks',
  async (id) => {
    expect(await byForm(id)).toMatchObject({ status: 401, json: { error: 'invalid_client', code: 'not_found' } });
    expect(await ask({ ...grant, client_id: id, client_secret: 'wrong' })).toMatchObject({
      status: 401,
      json: {
        error: 'invalid_client',
        code: 'key_invalid',
        error_description: expect.stringContaining('client_secret must be a valid access key') as string,
      },
    });
  },
);

test('only POST is answered there', async () => {
  const refused = await fetch(url());
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([405, 'method_not_allowed']);
});
