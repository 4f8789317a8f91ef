import { read, setStage, storeConnection, storeKey, one, type Stage } from './stored';

let stage: Stage;
let key: string;

beforeAll(async () => {
  stage = await setStage();
  ({ key } = await storeKey(stage));
});
afterAll(() => stage.close());

/** Whoever can write to the database does `statement`; the reader must get no token, and nobody must be asked to reconnect. */
async function expectIntegrity(clientId: string): Promise<void> {
  for (const broker of stage.brokers) {
    const { status, json, text } = await read(broker, key, clientId);
    expect([status, json.code]).toEqual([500, 'integrity']);
    expect(text).not.toContain('secret-of');
  }
  const status = await one(stage.database, 'select status as value from connections where client_id = $1', [clientId]);
  expect(status).toBe('active');
}

const sealedOf = (clientId: string) =>
  one<Buffer>(
    stage.database,
    `select t.access_sealed as value from token_sets t join connections c on c.id = t.connection_id where c.client_id = $1`,
    [clientId],
  );

test.each([0, 1, 4, 5, 20, 28, 29, 40, -1, -16])('one flipped bit at byte %i is noticed', async (at) => {
  const client = `flip${at}`.replace('-', 'end');
  const id = await storeConnection(stage, client, `secret-of-${client}`);
  const sealed = await sealedOf(client);
  const index = at < 0 ? sealed.length + at : at;
  sealed[index] = (sealed[index] ?? 0) ^ 1;
  await stage.database.query('update token_sets set access_sealed = $1 where connection_id = $2', [sealed, id]);
  await expectIntegrity(client);
});

test('a record copied to another client does not open there', async () => {
  await storeConnection(stage, 'rich', 'secret-of-rich');
  const thief = await storeConnection(stage, 'thief', 'secret-of-thief');
  await stage.database.query('update token_sets set access_sealed = $1 where connection_id = $2', [
    await sealedOf('rich'),
    thief,
  ]);
  await expectIntegrity('thief');
});

test('a connection moved to another client does not open there', async () => {
  const id = await storeConnection(stage, 'victim', 'secret-of-victim');
  await stage.database.query(`insert into clients (organization_id, client_id, name) values ($1, 'robber', 'robber')`, [
    stage.organizationId,
  ]);
  await stage.database.query(`update connections set client_id = 'robber' where id = $1`, [id]);
  await expectIntegrity('robber');
});

test('a connection moved to another organization does not open there', async () => {
  const id = await storeConnection(stage, 'moved', 'secret-of-moved');
  const other = await one<string>(
    stage.database,
    `insert into organizations (name, display_name) values ('rival', 'Rival') returning id as value`,
  );
  await stage.database.query(`insert into clients (organization_id, client_id, name) values ($1, 'moved', 'moved')`, [
    other,
  ]);
  await stage.database.query('update connections set organization_id = $1 where id = $2', [other, id]);
  await stage.database.query('update token_sets set organization_id = $1 where connection_id = $2', [other, id]);
  const rival = await storeKey({ ...stage, organizationId: other });
  expect((await read(stage.brokers[0], rival.key, 'moved')).json.code).toBe('integrity');
});

test('a token passed off as one of another generation does not open', async () => {
  const id = await storeConnection(stage, 'older', 'secret-of-older');
  await stage.database.query('update token_sets set generation = 2 where connection_id = $1', [id]);
  await stage.database.query('update connections set generation = 2 where id = $1', [id]);
  await expectIntegrity('older');
});

test('a record whose key is not there is told apart, and asks nobody to reconnect', async () => {
  const id = await storeConnection(stage, 'keyless', 'secret-of-keyless');
  const sealed = await sealedOf('keyless');
  sealed.writeUInt32BE(9_999, 1);
  await stage.database.query(
    'update token_sets set access_sealed = $1, access_key_version = 9999 where connection_id = $2',
    [sealed, id],
  );
  expect(await read(stage.brokers[0], key, 'keyless')).toMatchObject({
    status: 503,
    json: { code: 'key_unavailable' },
  });
});

test('a broken record is in the audit', async () => {
  expect(
    await one<number>(stage.database, `select count(*)::int as value from audit where code = 'integrity'`),
  ).toBeGreaterThan(0);
});
