import { randomBytes } from 'node:crypto';
import { connectDatabase, type Database } from '../../src/db/database';
import { createRotatePepper, type RotatePepper } from '../../src/services/access-keys/rotate-pepper';
import { operatorCaller } from '../../src/services/access/operator';
import { ensureDataKeys } from '../../src/services/encryption-keys';
import { parseMasterKey, rootsOfMaster } from '../../src/vault/roots';
import { otobot } from '../cli/otobot';
import { call, silent, startBroker, type TestBroker } from '../support/broker';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { withClient } from '../support/postgres-statements';
import { until } from '../support/until';
import { beginProgram } from '../system/program';

jest.setTimeout(120_000);

const masterHex = randomBytes(32).toString('hex');
const roots = { current: rootsOfMaster(parseMasterKey('ENCRYPTION_MASTER_KEY', masterHex)), previous: null };
const operator = operatorCaller('default');
let db: TestDatabase;
let owner: Database;
let brokers: [TestBroker, TestBroker];
let rotate: RotatePepper;

beforeAll(async () => {
  db = await createTestDatabase();
  owner = connectDatabase({ url: db.url, role: null, max: 2, log: silent });
  await ensureDataKeys(owner, roots);
  brokers = [await startBroker(db, { roots }), await startBroker(db, { roots })];
  rotate = createRotatePepper({ owner, authorize: brokers[0].broker.authorize, roots });
});
afterAll(async () => {
  await Promise.all(brokers.map((broker) => broker.close()));
  await owner.close();
  await db.drop();
});

const mint = (name = 'made', by = brokers[0]) =>
  by.broker.accessKeys.create(operator, { name, preset: 'n8n' }).then(({ id, key }) => ({ id, key }));
const whoami = async (key: string, by: TestBroker = brokers[1]) => (await call(`${by.url}/v1/whoami`, { key })).status;
const peppers = async () =>
  (
    await db.query<{ version: number; status: string; gone: boolean }>(
      `select version, status, wrapped_key is null as gone from encryption_keys where purpose = 'pepper' order by version desc`,
    )
  ).rows;
const versionsInUse = async () =>
  (await db.query<{ version: number }>('select distinct pepper_version as version from access_keys')).rows.map(
    ({ version }) => version,
  );

test('under load in two processes no valid key is refused, and no edit is lost', async () => {
  const keys = await Promise.all(Array.from({ length: 12 }, () => mint()));
  const refused: number[] = [];
  let reads = 0;
  let ended = false;
  const reader = async (from: number): Promise<void> => {
    for (let turn = from; !ended; turn++) {
      const status = await whoami(keys[turn % keys.length]?.key ?? '', brokers[turn % 2 === 0 ? 0 : 1]);
      reads++;
      if (status !== 200) refused.push(status);
    }
  };
  const made: string[] = [];
  const writer = async (): Promise<void> => {
    for (let turn = 0; !ended; turn++) {
      const by = brokers[turn % 2 === 0 ? 0 : 1];
      const { key } = await mint('meanwhile', by);
      made.push(key);
      await by.broker.accessKeys.update(operator, keys[turn % keys.length]?.id ?? '', { name: `edit ${turn}` });
    }
  };
  const load = Promise.all([...Array.from({ length: 8 }, (_, at) => reader(at)), writer()]);
  for (let rotation = 1; rotation <= 4; rotation++) {
    const before = reads;
    const { version, resumed, forged } = await rotate(operator);
    expect({ resumed, forged }).toEqual({ resumed: false, forged: [] });
    expect(await versionsInUse()).toEqual([version]);
    await until('keys were read under the new pepper', () => reads > before + 50);
  }
  ended = true;
  await load;
  expect(refused).toEqual([]);
  for (const key of made) expect(await whoami(key)).toBe(200);
  expect((await peppers()).map(({ status, gone }) => [status, gone])).toEqual([
    ['primary', false],
    ...Array.from({ length: 4 }, () => ['destroyed', true]),
  ]);
});

test('a row that was made or altered outside the broker is reported and left alone, and can be revoked', async () => {
  const widened = await mint();
  const invented = await mint();
  await db.query(`update access_keys set scopes = scopes || '{access-keys:write}' where id = $1`, [widened.id]);
  await db.query('update access_keys set pepper_version = 4711 where id = $1', [invented.id]);
  const { forged } = await rotate(operator);
  expect(forged.sort()).toEqual([widened.id, invented.id].sort());
  expect((await peppers()).filter(({ status }) => status !== 'destroyed')).toHaveLength(1);
  for (const { key } of [widened, invented]) for (const by of brokers) expect(await whoami(key, by)).toBe(401);

  await brokers[0].broker.accessKeys.revoke(operator, widened.id, { reason: 'forged' });
  await db.query('update access_keys set revoked_at = null where id = $1', [widened.id]);
  expect(await whoami(widened.key)).toBe(401);
  await db.query('delete from access_keys where id = any ($1)', [[widened.id, invented.id]]);
});

test('what was signed under the former pepper lets nobody in any more', async () => {
  const { id, key } = await mint();
  const { rows } = await db.query<{ row_mac: Buffer; pepper_version: number }>(
    'select row_mac, pepper_version from access_keys where id = $1',
    [id],
  );
  await rotate(operator);
  expect(await whoami(key)).toBe(200);
  // Somebody who had seen the old pepper could sign a row of his own like this.
  await db.query('update access_keys set row_mac = $2, pepper_version = $3 where id = $1', [
    ...[id, rows[0]?.row_mac, rows[0]?.pepper_version],
  ]);
  for (const by of brokers) expect(await whoami(key, by)).toBe(401);
  await db.query('delete from access_keys where id = $1', [id]);
});

test('killed in the middle, every key works on, and running it again brings it to its end', async () => {
  const more = await Promise.all(Array.from({ length: 20 }, () => mint()));
  // Copies fill the first batch: to the broker they are forged.
  await db.query(
    `insert into access_keys (id, organization_id, name, environment, scopes, hint, secret_hash, row_mac, pepper_version)
     select '!' || lpad(n::text, 11, '0'), k.organization_id, 'copy', 'live', k.scopes, '', k.secret_hash, k.row_mac, k.pepper_version
       from access_keys k, generate_series(1, 500) n where k.id = $1`,
    [more[0]?.id],
  );
  const last = (await db.query<{ id: string }>('select id from access_keys order by id desc limit 1')).rows[0]?.id;
  const env = { DATABASE_URL: db.url, ENCRYPTION_MASTER_KEY: masterHex };
  await withClient(db.url, async (client) => {
    await client.query('begin');
    await client.query('select from access_keys where id = $1 for update', [last]);
    const rotating = beginProgram(['keys', 'rotate-pepper'], env);
    // Under the new pepper already, waiting for a row in the second batch.
    await until('the rotation stands in the middle', async () => {
      const { rows } = await db.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%for update%'`,
      );
      return rows.length > 0;
    });
    rotating.signal('SIGKILL');
    expect((await rotating.ended).signal).toBe('SIGKILL');
    await client.query('rollback');
  });
  expect((await peppers()).map(({ status }) => status).slice(0, 2)).toEqual(['primary', 'decrypt_only']);
  for (const { key } of more) for (const by of brokers) expect(await whoami(key, by)).toBe(200);

  const again = await otobot('/nonexistent', ['keys', 'rotate-pepper', '--json'], { env });
  expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 0, stderr: '' });
  expect(again.json()).toMatchObject({ resumed: true });
  expect(again.json().forged).toHaveLength(500);
  expect((await peppers()).filter(({ status }) => status !== 'destroyed')).toHaveLength(1);
  for (const { key } of more) for (const by of brokers) expect(await whoami(key, by)).toBe(200);
});

test('no access key may do it, whatever its scopes', async () => {
  const { key: token } = await brokers[0].broker.accessKeys.create(operator, { name: 'all', preset: 'operator' });
  await expect(rotate({ ...operator, presented: { kind: 'bearer', token } })).rejects.toMatchObject({
    code: 'scope_missing',
  });
});
