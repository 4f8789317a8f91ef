import { startProvider, type Provider } from '../support/provider';
import { until } from '../support/until';
import { createInstallation, type Installation } from './installation';
import { addService, connectClient, importOf, must, operatorOf, type Operator } from './operator';
import type { Program } from './program';

let provider: Provider;
let installation: Installation;
let first: Program;
let operator: Operator;

beforeAll(async () => {
  provider = await startProvider();
  installation = createInstallation();
  first = await installation.start('start');
  operator = operatorOf(first.url, first.accessKey ?? '');
}, 60_000);
afterAll(async () => {
  await installation.remove();
  await provider.close();
});

test('from an empty folder to a token that the worker has renewed, with nothing but the printed key', async () => {
  await addService(operator, 'demo', provider);
  provider.next({ delayMs: 1_000 }); // time to read the imported token before its successor is there
  const { id, issued } = await connectClient(operator, provider, {
    clientId: 'acme',
    service: 'demo',
    expiresInSeconds: 120,
  });
  const imported = await must(operator('GET', '/v1/credentials/acme/demo'));
  expect(imported).toMatchObject({ accessToken: issued.accessToken, generation: 1, connectionId: id });

  const renewed = await until('the worker has renewed the token', async () => {
    const answer = await must(operator('GET', '/v1/credentials/acme/demo'));
    return answer.generation === 2 && answer;
  });
  expect(renewed.accessToken).not.toBe(issued.accessToken);
  expect(provider.accepts(String(renewed.accessToken))).toBe(true);
  expect(renewed.headers).toEqual({ Authorization: `Bearer ${String(renewed.accessToken)}` });
  expect(provider.callsWith(issued.refreshToken)).toBe(1);
});

test('the documented SQL row is a service at once, with no restart', async () => {
  await installation.query(
    `INSERT INTO services (name, display_name, oauth_type, oauth_authorization_url, oauth_token_url, oauth_scopes)
     VALUES ('nouveau_service', 'Nouveau Service', 'oauth2', '${provider.url}/auth', '${provider.tokenUrl}', 'scope1 scope2')`,
  );
  const { clientId, clientSecrets } = provider;
  await must(operator('PUT', '/v1/services/nouveau_service/app', { clientId, clientSecrets }));
  const { id, issued } = await connectClient(operator, provider, { clientId: 'nouveau', service: 'nouveau_service' });
  expect(await must(operator('GET', '/v1/credentials/nouveau/nouveau_service'))).toMatchObject({
    accessToken: issued.accessToken,
  });
  expect(await must(operator('POST', `/v1/connections/${id}/refresh`))).toMatchObject({ generation: 2 });
  expect(await must(operator('GET', '/v1/services/nouveau_service'))).toMatchObject({
    rotation: 'strict',
    pkce: true,
    scopes: ['scope1', 'scope2'],
  });
});

test('a token that cannot be promised for that long is a clear no', async () => {
  const answer = await operator('GET', '/v1/credentials/acme/demo?minTtl=86400');
  expect(answer).toMatchObject({ status: 422, json: { code: 'invalid_value' } });
});

test('an account that was connected again goes on under the same id', async () => {
  const { items } = (await must(operator('GET', '/v1/connections?clientId=acme'))) as { items: { id: string }[] };
  const body = importOf(provider.issue(), { clientId: 'acme', service: 'demo', expiresInSeconds: 3_600 });
  const again = await must(operator('POST', '/v1/connections', body));
  expect(again.id).toBe(items[0]?.id);
  expect(await must(operator('GET', '/v1/credentials/acme/demo'))).toMatchObject({ accessToken: body.accessToken });
});

test('the second start takes seconds, prints no key, and the first one still works', async () => {
  expect(first.stdout().split(first.accessKey ?? '').length - 1).toBe(2); // shown, and in the example
  first.signal('SIGINT');
  expect((await first.ended).code).toBe(0);
  const second = await installation.start('start');
  expect(second.startedInMs).toBeLessThan(30_000); // on a machine that is busy otherwise; alone it takes two
  expect(second.stdout() + second.stderr()).not.toContain('otb_live_');
  operator = operatorOf(second.url, first.accessKey ?? '');
  expect(await must(operator('GET', '/v1/whoami'))).toMatchObject({ organization: 'default' });
  expect((await operator('GET', '/ready')).status).toBe(200);
  expect((await operator('GET', '/v1/credentials/acme/demo')).status).toBe(200);
});

test('of several that start at the same time on an empty folder, one prints a key', async () => {
  const fresh = createInstallation();
  try {
    const all = await Promise.all([1, 2, 3, 4].map(() => fresh.start('start')));
    expect(all.filter(({ accessKey }) => accessKey !== null)).toHaveLength(1);
  } finally {
    await fresh.remove();
  }
}, 60_000);
