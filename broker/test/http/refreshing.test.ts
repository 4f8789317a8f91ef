import { startProvider, type Provider } from '../support/provider';
import { until } from '../support/until';
import { prepareService, setScene, type Scene } from './scene';

let scene: Scene;
let provider: Provider;
beforeAll(async () => {
  [scene, provider] = await Promise.all([setScene(), startProvider()]);
  await prepareService(scene, provider.tokenUrl, provider);
  await scene.refresh();
});
afterAll(async () => {
  await scene.close();
  await provider.close();
});
beforeEach(() => provider.reset());

const importing = (body: object) =>
  scene.ask('POST /v1/connections', { body: { clientId: 'acme', service: 'crm', ...body } });
const tokens = (): { accessToken: string; refreshToken: string } => {
  const { accessToken, refreshToken } = provider.issue();
  return { accessToken, refreshToken };
};
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();

test('an imported connection about to end is refreshed by itself, and the new token is served', async () => {
  const first = tokens();
  const { json } = await importing({ name: 'walk', ...first, expiresAt: inSeconds(60) });
  const refreshed = await until('the connection is refreshed', async () => {
    const answer = await scene.ask(`GET /v1/connections/${String(json.id)}`);
    return answer.json.generation === 2 && answer;
  });
  expect(refreshed.json.history).toEqual([
    expect.objectContaining({ outcome: 'refreshed', generation: 1, httpStatus: 200 }),
  ]);
  const served = await scene.ask('GET /v1/credentials/acme/crm?name=walk');
  expect(served.json.accessToken).not.toBe(first.accessToken);
  expect(provider.accepts(String(served.json.accessToken))).toBe(true);
  expect(provider.callsWith(first.refreshToken)).toBe(1);
});

test('verify tells whether the refresh token works', async () => {
  const good = await importing({ name: 'good', ...tokens(), verify: true });
  expect(good).toMatchObject({ status: 201, json: { refreshOutcome: 'refreshed', generation: 2, status: 'active' } });
  const bad = await importing({ name: 'bad', refreshToken: 'never-issued', verify: true });
  expect(bad).toMatchObject({
    status: 201,
    json: { refreshOutcome: 'failed', generation: 1, lastErrorCode: 'invalid_grant' },
  });
});

test('a refresh is made on request, and answered when it is done', async () => {
  const { json } = await importing({ name: 'asked', ...tokens() });
  const answer = await scene.ask(`POST /v1/connections/${String(json.id)}/refresh`);
  expect(answer).toMatchObject({ status: 200, json: { id: json.id, refreshOutcome: 'refreshed', generation: 2 } });
});

test('what cannot be refreshed says why, and no call is made', async () => {
  const { json } = await importing({ name: 'fixed', accessToken: 'a' });
  expect(await scene.ask(`POST /v1/connections/${String(json.id)}/refresh`)).toMatchObject({
    status: 422,
    json: { code: 'invalid_value' },
  });
  const gone = await importing({ name: 'gone', ...tokens() });
  await scene.database.query(
    `update connections set status = 'reauth_required', status_reason = 'revoked' where id = $1`,
    [gone.json.id],
  );
  expect(await scene.ask(`POST /v1/connections/${String(gone.json.id)}/refresh`)).toMatchObject({
    status: 409,
    json: { code: 'reauth_required', reason: 'revoked' },
  });
  expect(provider.calls).toHaveLength(0);
});

test('client_credentials need no token to begin with', async () => {
  const { json } = await importing({ name: 'machine', kind: 'client_credentials', verify: true });
  expect(json).toMatchObject({ kind: 'client_credentials', refreshOutcome: 'refreshed', status: 'active' });
  const served = await scene.ask('GET /v1/credentials/acme/crm?name=machine');
  expect(provider.accepts(String(served.json.accessToken))).toBe(true);
});

test('an answer to a refresh sent before an import does not replace the imported tokens', async () => {
  const old = tokens();
  const { json } = await importing({ name: 'raced', ...old });
  provider.next({ delayMs: 700 });
  const refreshing = scene.ask(`POST /v1/connections/${String(json.id)}/refresh`);
  await provider.received(1);
  const imported = tokens();
  const second = await importing({ name: 'raced', ...imported });
  await refreshing;
  await until('the late answer is kept', async () => {
    const { rows } = await scene.database.query(`select from token_sets where connection_id = $1 and kind = 'late'`, [
      json.id,
    ]);
    return rows.length === 1;
  });
  expect((await scene.ask('GET /v1/credentials/acme/crm?name=raced')).json).toMatchObject({
    accessToken: imported.accessToken,
    generation: second.json.generation,
  });
});

describe('imported long-lived tokens', () => {
  const DAY = 86_400;
  const serve = async (name: string, more: object): Promise<void> => {
    const { tokenUrl, url, apiUrl, clientId, clientSecrets } = provider;
    const refreshUrl = `${url}/refresh_access_token`;
    const body = { name, oauthType: 'long_lived', tokenUrl, refreshUrl, verifyUrl: apiUrl, ...more };
    expect((await scene.ask('POST /v1/services', { body })).status).toBe(201);
    await scene.ask(`PUT /v1/services/${name}/app`, { body: { clientId, clientSecrets } });
  };
  const secondsUntil = (moment: unknown): number => (new Date(String(moment)).getTime() - Date.now()) / 1_000;

  test('with a known end are renewed in time; without one, as soon as that may be', async () => {
    await serve('gram', { renewal: 'ig_refresh_token', minAgeSeconds: DAY, defaultTtlSeconds: 60 * DAY });
    const known = { service: 'gram', name: 'known', accessToken: provider.issue().accessToken };
    const { json } = await importing({ ...known, expiresAt: inSeconds(50 * DAY) });
    expect(json).toMatchObject({ kind: 'long_lived', renewable: true });
    expect(secondsUntil(json.nextRefreshAt)).toBeGreaterThan(30 * DAY);
    expect(secondsUntil(json.nextRefreshAt)).toBeLessThan(50 * DAY);
    const guessed = await importing({ ...known, name: 'guessed' });
    expect(secondsUntil(guessed.json.nextRefreshAt)).toBeGreaterThan(DAY - 60);
    expect(secondsUntil(guessed.json.nextRefreshAt)).toBeLessThan(DAY + 1);
    expect(provider.calls).toEqual([]);
  });

  test('that are only asked after have an end that is told of in time, and that a check does not move', async () => {
    await serve('ending', { renewal: 'check' });
    const token = { service: 'ending', accessToken: provider.issue().accessToken, expiresAt: inSeconds(60 * DAY) };
    const { json } = await importing({ ...token, verify: true });
    expect(json).toMatchObject({ refreshOutcome: 'alive', consentEnd: 'absolute', consentEndsAt: token.expiresAt });
  });

  test('that are only asked after tell at once whether they work', async () => {
    await serve('system', { renewal: 'check' });
    const asked = { service: 'system', verify: true };
    expect(await importing({ ...asked, name: 'good', accessToken: provider.issue().accessToken })).toMatchObject({
      ...{ status: 201, json: { refreshOutcome: 'alive', generation: 1, status: 'active', expiresAt: null } },
    });
    expect(await importing({ ...asked, name: 'bad', accessToken: 'never-issued' })).toMatchObject({
      json: { refreshOutcome: 'failed', lastErrorCode: 'invalid_token' },
    });
  });
});
