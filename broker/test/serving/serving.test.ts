import { call } from '../support/broker';
import { read, released, setStage, storeConnection, storeKey, type Stage } from './stored';

let stage: Stage;
let key: string;

beforeAll(async () => {
  stage = await setStage();
  ({ key } = await storeKey(stage));
  await storeConnection(stage, 'acme', 'token-of-acme');
  await storeConnection(stage, 'globex', 'token-of-globex');
});
afterAll(() => stage.close());

test('each client gets its own token, with ready-made headers', async () => {
  const acme = await read(stage.brokers[0], key, 'acme');
  expect(acme).toMatchObject({
    status: 200,
    json: {
      accessToken: 'token-of-acme',
      headers: { Authorization: 'Bearer token-of-acme' },
      generation: 1,
      tokenType: 'Bearer',
    },
  });
  expect(acme.headers.get('cache-control')).toBe('no-store');
  expect((await read(stage.brokers[1], key, 'globex')).json.accessToken).toBe('token-of-globex');
});

test('n8n gets the same answer by POST, and its execution is in the audit', async () => {
  const body = { clientId: 'acme', service: 'crm', workflowId: 'w1', executionId: 'e1' };
  const grant = await call(`${stage.brokers[0].url}/v1/grants`, { method: 'POST', key, body });
  expect(grant.json).toEqual((await read(stage.brokers[0], key, 'acme')).json);
  const { rows } = await stage.database.query(
    `select client_id, service, code from audit where workflow_id = 'w1' and execution_id = 'e1'`,
  );
  expect(rows).toEqual([{ client_id: 'acme', service: 'crm', code: 'released' }]);
});

test('every answer has its row in the audit', async () => {
  const before = await released(stage);
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, i) => read(stage.brokers[i % 2 === 0 ? 0 : 1], key, 'acme')),
  );
  expect(answers.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
  expect(await released(stage)).toBe(before + 200);
});

test.each([
  ['an unknown client', '/v1/credentials/nobody/crm', 404, 'not_found'],
  ['an unknown service', '/v1/credentials/acme/nothing', 404, 'not_found'],
  ['a connection that was never made', '/v1/credentials/acme/crm?name=second', 409, 'reauth_required'],
  ['a parameter that does not exist', '/v1/credentials/acme/crm?colour=red', 400, 'invalid_request'],
  ['a parameter given twice', '/v1/credentials/acme/crm?name=a&name=b', 400, 'invalid_request'],
  ['a malformed client', '/v1/credentials/a%20b/crm', 400, 'invalid_request'],
  ['a malformed escape', '/v1/credentials/%zz/crm', 400, 'invalid_request'],
  ['a lifetime that is no number', '/v1/credentials/acme/crm?minTtl=1e9', 400, 'invalid_request'],
  ['a lifetime that no token has', '/v1/credentials/acme/crm?minTtl=7200', 422, 'invalid_value'],
  ['another path', '/v1/nothing', 404, 'not_found'],
  ['another case', '/V1/credentials/acme/crm', 404, 'not_found'],
])('%s is refused with a problem that says what to do', async (_what, path, status, code) => {
  const answer = await call(`${stage.brokers[0].url}${path}`, { key });
  expect(answer).toMatchObject({ status, json: { status, code } });
  expect(answer.headers.get('content-type')).toMatch('application/problem+json');
  expect(answer.json.requestId).toBe(answer.headers.get('x-request-id'));
  expect(String(answer.json.detail)).toMatch(/.{20}/);
});

test('a method that a path does not have is 405', async () => {
  expect(await call(`${stage.brokers[0].url}/v1/credentials/acme/crm`, { method: 'DELETE', key })).toMatchObject({
    status: 405,
    json: { code: 'method_not_allowed' },
  });
});

test('the promise of minTtl is kept, or there is no answer', async () => {
  await storeConnection(stage, 'short', 'token-of-short', 100);
  expect((await read(stage.brokers[0], key, 'short', '?minTtl=50')).json.accessToken).toBe('token-of-short');
  // Nothing can renew it: it will never live 99.99 s again.
  expect((await read(stage.brokers[0], key, 'short', '?minTtl=99')).json.accessToken).toBe('token-of-short');
  await stage.database.query(
    `update token_sets set expires_at = otobot_now() + interval '30 seconds' where access_sealed is not null and lifetime_seconds = 100`,
  );
  expect(await read(stage.brokers[0], key, 'short', '?minTtl=50')).toMatchObject({
    status: 409,
    json: { reason: 'expired' },
  });
  // Nothing was promised here, and it is still valid.
  expect((await read(stage.brokers[0], key, 'short')).json.accessToken).toBe('token-of-short');
});
