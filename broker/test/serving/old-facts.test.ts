import { auditEntry } from '../audit/entry';
import { call } from '../support/broker';
import { read, released, setStage, storeConnection, storeKey, storeTokens, type Stage } from './stored';

let stage: Stage;
let key: string;

beforeAll(async () => {
  stage = await setStage();
  ({ key } = await storeKey(stage));
  await storeConnection(stage, 'acme', 'first-token');
});
afterAll(() => stage.close());

/** Both brokers have read it, so both remember the key and the credential. */
async function warm(clientId = 'acme', withKey = key): Promise<void> {
  for (const broker of stage.brokers) expect((await read(broker, withKey, clientId)).status).toBe(200);
}

const inBoth = async (clientId: string, withKey = key) =>
  Promise.all(stage.brokers.map((broker) => read(broker, withKey, clientId)));

test('a key revoked by SQL releases nothing more in any process', async () => {
  const revoked = await storeKey(stage);
  await warm('acme', revoked.key);
  await stage.database.query('update access_keys set revoked_at = otobot_now() where id = $1', [revoked.id]);
  const before = await released(stage);
  for (const { status, json } of await inBoth('acme', revoked.key))
    expect([status, json.code]).toEqual([401, 'key_invalid']);
  expect(await released(stage)).toBe(before);
});

test('a key deleted by SQL releases nothing more', async () => {
  const deleted = await storeKey(stage);
  await warm('acme', deleted.key);
  await stage.database.query('delete from access_keys where id = $1', [deleted.id]);
  for (const { status } of await inBoth('acme', deleted.key)) expect(status).toBe(401);
});

test('a key widened or un-revoked by SQL is refused', async () => {
  const narrow = await storeKey(stage, { clientIds: ['globex'] });
  expect((await read(stage.brokers[0], narrow.key, 'acme')).json.code).toBe('client_not_allowed');
  await stage.database.query('update access_keys set client_ids = null where id = $1', [narrow.id]);
  for (const { status } of await inBoth('acme', narrow.key)) expect(status).toBe(401);
});

test('a suspended client gets nothing, and is served again when resumed', async () => {
  await storeConnection(stage, 'paused', 'paused-token');
  await warm('paused');
  await stage.database.query(`update clients set suspended_at = otobot_now() where client_id = 'paused'`);
  for (const { status, json } of await inBoth('paused')) expect([status, json.code]).toEqual([403, 'client_suspended']);
  await stage.database.query(`update clients set suspended_at = null where client_id = 'paused'`);
  await warm('paused');
});

test('a key that was looked at anew does not open what was remembered before', async () => {
  await storeConnection(stage, 'thrown', 'thrown-token');
  await warm('thrown');
  await stage.database.query(`update clients set suspended_at = otobot_now() where client_id = 'thrown'`);
  // Learns what the key may now, and nothing of the credential.
  for (const { url } of stage.brokers) expect((await call(`${url}/v1/whoami`, { key })).status).toBe(200);
  for (const { status, json } of await inBoth('thrown')) expect([status, json.code]).toEqual([403, 'client_suspended']);
});

test('a credential that was never looked at does not open to what a key was before', async () => {
  const revoked = await storeKey(stage);
  await warm('acme', revoked.key);
  await storeConnection(stage, 'unseen', 'unseen-token');
  await stage.database.query('update access_keys set revoked_at = otobot_now() where id = $1', [revoked.id]);
  for (const { status } of await inBoth('unseen', revoked.key)) expect(status).toBe(401);
});

test('a new token is served at once in every process', async () => {
  const id = await storeConnection(stage, 'fresh', 'old-token');
  await warm('fresh');
  await storeTokens(stage, { id, clientId: 'fresh' }, 'new-token');
  for (const { json } of await inBoth('fresh')) expect([json.accessToken, json.generation]).toEqual(['new-token', 2]);
});

test('a service changed by SQL is in force at once', async () => {
  await warm();
  await stage.database.query(`update services set allowed_hosts = '{crm.example}' where name = 'crm'`);
  for (const { json } of await inBoth('acme')) expect(json.allowedHosts).toEqual(['crm.example']);
});

test('a disabled and a deleted connection serve nothing', async () => {
  const id = await storeConnection(stage, 'leaving', 'leaving-token');
  await warm('leaving');
  await stage.database.query(`update connections set status = 'disabled' where id = $1`, [id]);
  for (const { json } of await inBoth('leaving'))
    expect([json.code, json.reason]).toEqual(['reauth_required', 'disabled']);
  await stage.database.query('delete from connections where id = $1', [id]);
  for (const { json } of await inBoth('leaving')) expect(json.reason).toBe('never_connected');
});

test('a token is not released after its end, by the clock of the database', async () => {
  const id = await storeConnection(stage, 'dying', 'dying-token');
  await warm('dying');
  await stage.database.query(
    `update token_sets set expires_at = otobot_now() - interval '1 second' where connection_id = $1`,
    [id],
  );
  for (const { status, json } of await inBoth('dying')) expect([status, json.reason]).toEqual([409, 'expired']);
});

test('what the database takes for ended is not released, whatever this process takes the time for', async () => {
  const { organizationId } = stage;
  const entry = auditEntry({ organizationId, action: 'credential.read', code: 'released' });
  const { audit } = stage.brokers[0].broker;
  const before = await released(stage);
  const untilIn = (ms: number) => ({
    ...{ policyVersion: null, connectionVersion: null },
    usableUntil: new Date(Date.now() + ms),
  });
  expect(await audit.commit(entry, untilIn(-1))).toBe('stale');
  expect(await released(stage)).toBe(before);
  expect(await audit.commit(entry, untilIn(3_600_000))).toBe('committed');
  expect(await released(stage)).toBe(before + 1);
});

test('while keys are revoked under load, nothing is released once a revocation is visible', async () => {
  const doomed = await storeKey(stage);
  await warm('acme', doomed.key);
  let revokedAt = Infinity;
  let late = 0;
  let served = 0;
  const reader = async (index: number): Promise<void> => {
    for (;;) {
      const startedAt = performance.now();
      const { status } = await read(stage.brokers[index % 2 === 0 ? 0 : 1], doomed.key, 'acme');
      if (status !== 200) return;
      served++;
      if (startedAt > revokedAt) late++;
    }
  };
  const readers = Array.from({ length: 16 }, (_, index) => reader(index));
  while (served < 300) await new Promise((resolve) => setImmediate(resolve));
  await stage.database.query('update access_keys set revoked_at = otobot_now() where id = $1', [doomed.id]);
  revokedAt = performance.now();
  await Promise.all(readers);
  expect(late).toBe(0);
});

test('an organization that is suspended gets nothing', async () => {
  await warm();
  await stage.database.query(`update organizations set suspended_at = otobot_now() where name = 'default'`);
  for (const { status } of await inBoth('acme')) expect(status).toBe(401);
  await stage.database.query(`update organizations set suspended_at = null where name = 'default'`);
  await warm();
});

test('whoami tells the key, its organization and what it may', async () => {
  const narrow = await storeKey(stage, { scopes: ['credentials:read'], clientIds: ['acme'] });
  expect((await call(`${stage.brokers[0].url}/v1/whoami`, { key: narrow.key })).json).toEqual({
    keyId: narrow.id,
    actor: `key:${narrow.id}`,
    organization: 'default',
    scopes: ['credentials:read'],
    clientIds: ['acme'],
    services: null,
  });
});
