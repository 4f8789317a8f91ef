import { startProvider, type Provider } from '../support/provider';
import { until } from '../support/until';
import { prepareService, setScene, type Scene } from './scene';

let scene: Scene;
let provider: Provider;
beforeAll(async () => {
  [scene, provider] = await Promise.all([setScene(), startProvider()]);
  await prepareService(scene, provider.tokenUrl, provider);
  await scene.refresh();
  await switchTo(`otobot_now(), refreshing_paused_reason = 'moving house'`);
});
afterAll(async () => {
  await scene.close();
  await provider.close();
});

const switchTo = (pause: string) => scene.database.query(`update installation set refreshing_paused_at = ${pause}`);

/** Imports tokens that end so many seconds from now; returns the access token. */
async function importing(name: string, endsInSeconds: number): Promise<string> {
  const { accessToken, refreshToken } = provider.issue();
  const expiresAt = new Date(Date.now() + endsInSeconds * 1_000).toISOString();
  await scene.ask('POST /v1/connections', {
    body: { clientId: 'acme', service: 'crm', name, accessToken, refreshToken, expiresAt },
  });
  return accessToken;
}

/** Less than the five seconds that a reader would wait for a refresh. */
async function atOnce<T>(work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await work();
  expect(performance.now() - begun).toBeLessThan(4_000);
  return result;
}

test('while refreshing is paused a token is served to its very end, without a wait', async () => {
  for (const [name, endsIn] of Object.entries({ 'lives-long': 3_600, 'about-to-end': 20 })) {
    const accessToken = await importing(name, endsIn);
    const answer = await atOnce(() => scene.ask(`GET /v1/credentials/acme/crm?name=${name}`));
    expect(answer).toMatchObject({ status: 200, json: { accessToken } });
  }
});

test('what cannot be promised is refused at once, and the answer says why and how to go on', async () => {
  await importing('dead', -10);
  for (const query of ['name=dead', 'name=about-to-end&minTtl=600']) {
    const answer = await atOnce(() => scene.ask(`GET /v1/credentials/acme/crm?${query}`));
    expect(answer).toMatchObject({ status: 503, json: { code: 'refresh_pending' } });
    expect(answer.json.detail).toMatch(/refreshing is paused .* otobot refresh --resume/);
    expect(answer.headers.get('retry-after')).toBe('60');
  }
});

test('/ready says so, and nothing of the reason, which is not for outsiders', async () => {
  const { status, json, text } = await scene.ask('GET /ready');
  expect(status).toBe(200);
  expect(json.warnings).toEqual([expect.stringContaining('refreshing is paused')]);
  expect(text).not.toContain('moving house');
});

test('resumed, the dead one comes back', async () => {
  expect(provider.calls).toEqual([]);
  await switchTo('null, refreshing_paused_reason = null');
  await until('it is served', async () => (await scene.ask('GET /v1/credentials/acme/crm?name=dead')).status === 200);
  await until('/ready says nothing of it', async () => {
    const { warnings } = (await scene.ask('GET /ready')).json;
    return (warnings as string[]).length === 0;
  });
});
