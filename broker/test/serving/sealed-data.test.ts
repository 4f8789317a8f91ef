import { randomBytes } from 'node:crypto';
import { connectSession, endSession } from '../../src/db/database';
import { mintAccessKey } from '../../src/secrets/access-key';
import { tokenContext } from '../../src/services/seal-contexts';
import { call } from '../support/broker';
import { until } from '../support/until';
import { one, read, setStage, storeConnection, storeKey, storeTokens, type Stage } from './stored';

// Whoever can write to the database, and has none of the keys. See tampering.test.ts for single bits and moved rows.
let stage: Stage;
let key: string;
let count = 0;

beforeAll(async () => {
  stage = await setStage();
  ({ key } = await storeKey(stage));
});
afterAll(() => stage.close());

/** A connection that has been read, and is therefore remembered, in both processes. */
async function known(): Promise<{ client: string; id: string }> {
  const client = `client${++count}`;
  const id = await storeConnection(stage, client, `secret-of-${client}`);
  for (const broker of stage.brokers) expect((await read(broker, key, client)).status).toBe(200);
  return { client, id };
}

const setSealed = (id: string, record: Buffer) =>
  stage.database.query(`update token_sets set access_sealed = $1 where connection_id = $2 and kind = 'current'`, [
    record,
    id,
  ]);
const sealedOf = (id: string) =>
  one<Buffer>(
    stage.database,
    `select access_sealed as value from token_sets where connection_id = $1 and kind = 'current' order by generation desc limit 1`,
    [id],
  );

/** 500 with nothing secret in it, an audit row that names the connection, and nobody is asked to connect again. */
async function expectIntegrity(client: string, id: string): Promise<void> {
  for (const broker of stage.brokers) {
    const { status, json, text } = await read(broker, key, client);
    expect([status, json.code]).toEqual([500, 'integrity']);
    expect(text).not.toContain('secret-of');
  }
  expect(await one(stage.database, 'select status as value from connections where id = $1', [id])).toBe('active');
  await until('it is in the audit', async () => {
    const { rowCount } = await stage.database.query(`select from audit where code = 'integrity' and client_id = $1`, [
      client,
    ]);
    return rowCount === 2;
  });
}

const ODD: readonly [what: string, make: (sealed: Buffer) => Buffer][] = [
  ...[4, 8, 12, 15].map((tag): (typeof ODD)[number] => [
    `with a tag of ${tag} bytes`,
    (sealed) => sealed.subarray(0, sealed.length - 16 + tag),
  ]),
  ['that is empty', () => Buffer.alloc(0)],
  ['of one byte', (sealed) => sealed.subarray(0, 1)],
  ['of 44 bytes', (sealed) => sealed.subarray(0, 44)],
  ['of 10 MB', (sealed) => Buffer.concat([sealed, Buffer.alloc(10 * 1024 * 1024)])],
  ['of another format', (sealed) => Buffer.concat([Buffer.from([0xff]), sealed.subarray(1)])],
];

test.each(ODD)('a record %s is an integrity error, and the process goes on', async (_what, make) => {
  const { client, id } = await known();
  await setSealed(id, make(await sealedOf(id)));
  await expectIntegrity(client, id);
  const { client: other } = await known();
  expect((await read(stage.brokers[0], key, other)).status).toBe(200);
});

test("a record of another tenant's connection does not open in one's own", async () => {
  const { id: rich } = await known();
  const rival = await one<string>(
    stage.database,
    `insert into organizations (name, display_name) values ('rival', 'Rival') returning id as value`,
  );
  const theirs = { ...stage, organizationId: rival };
  const { key: rivalKey } = await storeKey(theirs);
  const thief = await storeConnection(theirs, 'thief', 'secret-of-thief');
  expect((await read(stage.brokers[0], rivalKey, 'thief')).status).toBe(200);
  await setSealed(thief, await sealedOf(rich));
  for (const broker of stage.brokers) {
    const { status, json, text } = await read(broker, rivalKey, 'thief');
    expect([status, json.code, text.includes('secret-of')]).toEqual([500, 'integrity', false]);
  }
});

test('the access and the refresh token of one row, swapped, do not open', async () => {
  const { client, id } = await known();
  const { vault } = stage.brokers[0].broker;
  const owner = { id, organizationId: stage.organizationId, clientId: client, service: 'crm', tenant: null };
  const context = tokenContext(owner, 'refresh_token', 1, { tokenUrl: 'https://crm.example/token', refreshUrl: null });
  const { record, keyVersion } = vault.seal('refresh', context, 'secret-of-refresh');
  await stage.database.query(
    'update token_sets set refresh_sealed = $2, refresh_key_version = $3 where connection_id = $1',
    [id, record, keyVersion],
  );
  await stage.database.query(
    `update token_sets set access_sealed = refresh_sealed, access_key_version = refresh_key_version,
            refresh_sealed = access_sealed, refresh_key_version = access_key_version where connection_id = $1`,
    [id],
  );
  for (const broker of stage.brokers) {
    const { status, text } = await read(broker, key, client);
    // Its key is of another purpose, which no access token is opened with.
    expect([status >= 500, text.includes('secret-of')]).toEqual([true, false]);
  }
  expect(await one(stage.database, 'select status as value from connections where id = $1', [id])).toBe('active');
});

test('an older generation put back into the present one does not open', async () => {
  const { client, id } = await known();
  const older = await sealedOf(id);
  await storeTokens(stage, { id, clientId: client }, 'secret-of-the-second');
  expect((await read(stage.brokers[0], key, client)).json.accessToken).toBe('secret-of-the-second');
  await stage.database.query('update token_sets set access_sealed = $1 where connection_id = $2 and generation = 2', [
    older,
    id,
  ]);
  await expectIntegrity(client, id);
});

test('a record put right again is served again, without a restart', async () => {
  const { client, id } = await known();
  const sealed = await sealedOf(id);
  await setSealed(id, Buffer.alloc(60));
  await expectIntegrity(client, id);
  await setSealed(id, sealed);
  for (const broker of stage.brokers) expect((await read(broker, key, client)).status).toBe(200);
});

describe('the row of an access key says what it said when it was made, or nothing', () => {
  const widened: readonly [what: string, change: string][] = [
    ['its scopes widened', `scopes = array_append(scopes, 'clients:read')`],
    ['the limit to a client taken away', 'client_ids = null'],
    ['the limit to a service taken away', 'services = null'],
    ['its limits lifted', `limits = '{"ratePerMinute": 1000000}'`],
    ['its end put off', `expires_at = now() + interval '10 years'`],
    ['its organization rewritten', `organization_id = (select id from organizations where name = 'away')`],
    ['its environment rewritten', `environment = 'test'`],
    ['its secret replaced', `secret_hash = sha256('mine')`],
    ['its MAC cut short', 'row_mac = substring(row_mac from 1 for 8)'],
    ['no MAC', `row_mac = ''`],
    ["another row's MAC", `row_mac = (select row_mac from access_keys other where other.id <> k.id limit 1)`],
  ];

  test.each(widened)('a key with %s is refused in every process', async (_what, change) => {
    const { client } = await known();
    await stage.database.query(
      `insert into organizations (name, display_name) values ('away', 'Away') on conflict do nothing`,
    );
    const narrow = {
      scopes: ['credentials:read'] as const,
      clientIds: [client],
      services: ['crm'],
      expiresAt: new Date(Date.now() + 3_600_000),
    };
    const { id, key: narrowKey } = await storeKey(stage, narrow);
    for (const broker of stage.brokers) expect((await read(broker, narrowKey, client)).status).toBe(200);
    await stage.database.query(`update access_keys k set ${change} where id = $1`, [id]);
    for (const broker of stage.brokers) {
      const { status, json } = await read(broker, narrowKey, client);
      expect([status, json.code]).toEqual([401, 'key_invalid']);
    }
  });

  test('a revoked key that is un-revoked by SQL stays refused', async () => {
    const { id, key: admin } = await storeKey(stage);
    await call(`${stage.brokers[0].url}/v1/access-keys/${id}/revoke`, { method: 'POST', key: admin, body: {} });
    await stage.database.query('update access_keys set revoked_at = null where id = $1', [id]);
    for (const broker of stage.brokers)
      expect((await call(`${broker.url}/v1/whoami`, { key: admin })).status).toBe(401);
  });

  test('the row of before a revocation, put back with its MAC by whoever has the rights of serving, is refused', async () => {
    const { id, key: admin } = await storeKey(stage);
    const { rows } = await stage.database.query<{ mac: Buffer; organization: string }>(
      'select row_mac as mac, organization_id as organization from access_keys where id = $1',
      [id],
    );
    await call(`${stage.brokers[0].url}/v1/access-keys/${id}/revoke`, { method: 'POST', key: admin, body: {} });
    const session = await connectSession(stage.database.url, 'otobot_serve');
    await session.query(`set otobot.organization_id = '${rows[0]?.organization}'`);
    const back = session.query('update access_keys set revoked_at = null, row_mac = $2 where id = $1', [
      id,
      rows[0]?.mac,
    ]);
    await expect(back).rejects.toThrow(/stays so/);
    await endSession(session);
    for (const broker of stage.brokers)
      expect((await call(`${broker.url}/v1/whoami`, { key: admin })).status).toBe(401);
  });

  test('a row made up by somebody without the pepper is no key', async () => {
    const { id } = await storeKey(stage);
    const forged = mintAccessKey('live', randomBytes);
    await stage.database.query(
      `insert into access_keys
       select (jsonb_populate_record(k, jsonb_build_object('id', $2::text, 'secret_hash', $3::text))).* from access_keys k where id = $1`,
      [id, forged.id, `\\x${forged.secretHash.toString('hex')}`],
    );
    for (const broker of stage.brokers) {
      const { status, json } = await call(`${broker.url}/v1/whoami`, { key: forged.text });
      expect([status, json.code]).toEqual([401, 'key_invalid']);
    }
  });
});
