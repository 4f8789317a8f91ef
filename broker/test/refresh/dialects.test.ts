import { until } from '../support/until';
import type { Mode } from '../support/provider';
import { addConnection, addReach, outcomesOf, setScene, stored, tokensOf, type Scene } from './scene';

// Providers that write token requests and answers in their own way, from the row of the service to the stored token.
let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());
afterEach(async () => {
  await scene.stopWorkers();
  await scene.db.query('update connections set next_refresh_at = null');
  scene.provider.reset();
});

const DIALECTS: [what: string, columns: Record<string, unknown>, mode: Mode][] = [
  ['JSON bodies', { body_format: 'json' }, 'json-body'],
  ['client_key', { param_names: '{"client_id": "client_key"}', auth_style: 'body' }, 'client-key'],
  ['type=refresh', { refresh_params: '{"type": "refresh"}', auth_style: 'body' }, 'type-refresh'],
  ['the secret in the body', { auth_style: 'body' }, 'client-in-body'],
  ['answers in a form', {}, 'form-encoded'],
  ['a URL of its own for renewals', { refresh_url: 'renewalUrl' }, 'separate-refresh-url'],
];

test.each(DIALECTS)('%s: a connection is refreshed', async (_what, { refresh_url, ...columns }, mode) => {
  scene.provider.behave(mode);
  const renewing = refresh_url === undefined ? {} : { refreshUrl: scene.provider.renewalUrl };
  const { id } = await addConnection(scene, await addReach(scene, { columns, ...renewing }));
  await scene.worker();
  await until('an attempt has ended', async () => (await outcomesOf(scene, id))[0] != null);
  expect(await outcomesOf(scene, id)).toEqual(['refreshed']);
  const tokens = await tokensOf(scene, id);
  expect(scene.provider.accepts(tokens?.accessToken ?? '')).toBe(true);
  expect(scene.provider.isLive(tokens?.refreshToken ?? '')).toBe(true);
});

test('the same provider refuses a service that is not described so', async () => {
  scene.provider.behave('json-body');
  const { id } = await addConnection(scene, await addReach(scene));
  await scene.worker();
  await until('an attempt has ended', async () => (await outcomesOf(scene, id))[0] != null);
  expect(await outcomesOf(scene, id)).toEqual(['unknown_code']);
});

test('tokens that stand in a member of the answer are the ones that are kept', async () => {
  const { id } = await addConnection(scene, await addReach(scene, { columns: { answer_path: 'authed_user' } }));
  const inner = { access_token: 'at-person', refresh_token: 'rt-person', expires_in: 43_200 };
  scene.provider.next({ status: 200, body: { ok: true, access_token: 'at-bot', authed_user: inner } });
  await scene.worker();
  await until('it is refreshed', async () => (await stored(scene, id)).generation === 2);
  expect(await tokensOf(scene, id)).toMatchObject({ accessToken: 'at-person', refreshToken: 'rt-person' });
});

test("an error code that the service's row names is a refusal of the connection", async () => {
  const columns = { permanent_errors: ['grant_vanished'] };
  const { id } = await addConnection(scene, await addReach(scene, { columns }));
  scene.provider.next({ status: 400, body: { error: 'GRANT_VANISHED' } });
  await scene.worker();
  await until('an attempt has ended', async () => (await outcomesOf(scene, id))[0] != null);
  expect(await stored(scene, id)).toMatchObject({ status: 'backoff', permanent_code: 'grant_vanished' });
});

test('nothing of an answer is stored but what was asked for, neither in clear nor in a log', async () => {
  const canary = 'xcanaryx';
  const { id } = await addConnection(scene, await addReach(scene));
  scene.provider.behave({
    extra: {
      id_token: `${canary}.a.b`,
      user: { email: canary },
      team: { id: canary },
      id: canary,
      api_domain: 'eu.example',
    },
  });
  await scene.worker();
  await until('it is refreshed', async () => (await stored(scene, id)).generation === 2);
  const tables = ['connections', 'token_sets', 'refresh_attempts', 'outbox'];
  const rows = await Promise.all(
    tables.map(async (table) => (await scene.db.query(`select t::text from ${table} t`)).rows),
  );
  const hex = Buffer.from(canary).toString('hex');
  expect(JSON.stringify([rows, scene.lines])).not.toMatch(new RegExp(`${canary}|${hex}`, 'i'));
  expect(
    (await scene.db.query('select base_url from token_sets where generation = 2 and connection_id = $1', [id])).rows,
  ).toEqual([{ base_url: 'https://eu.example' }]);
});
