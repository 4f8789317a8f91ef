import { tokenContext } from '../../src/services/seal-contexts';
import { startProvider, type Provider } from '../support/provider';
import { until } from '../support/until';
import { setScene, type Scene } from './scene';

let scene: Scene;
let here: { tokenUrl: string; revocationUrl: string };
beforeAll(async () => {
  scene = await setScene();
  here = { tokenUrl: scene.provider.tokenUrl, revocationUrl: scene.provider.revocationUrl };
});
afterAll(() => scene.close());
beforeEach(async () => {
  await scene.database.query('delete from connections');
  await scene.move(here);
  scene.provider.reset();
});
afterEach(() => scene.rest());

/** To which host the provider was called. */
const hosts = (): string[] => scene.provider.calls.map(({ headers }) => (headers.host ?? '').replace(/:\d+$/, ''));

test('a moved service is refreshed at its new place, for every organization that uses it', async () => {
  const ours = await scene.connect('ours');
  const theirs = await scene.connect('theirs', { key: scene.otherKey });
  const moved = await scene.move(scene.elsewhere);
  expect(moved).toMatchObject({ ...scene.elsewhere, looked: 4, resealed: 4, unopened: 0, total: 4, nextCursor: null });
  await scene.work();
  await scene.refreshed(ours.id);
  await scene.refreshed(theirs.id);
  expect(hosts()).toEqual(['localhost', 'localhost']);
  // Again: nothing is left to do.
  expect(await scene.move(scene.elsewhere)).toMatchObject({ resealed: 0, unopened: 0 });
});

test('every kind of token set is sealed anew, in its own generation', async () => {
  const { database, broker, provider } = scene;
  const { id } = await scene.connect('sets');
  const { rows } = await database.query<{ organization_id: string }>('select organization_id from connections');
  const organizationId = rows[0]?.organization_id ?? '';
  const owner = { id, organizationId, clientId: 'acme', service: 'crm', tenant: null };
  const { vault } = broker.broker;
  const old = { tokenUrl: provider.tokenUrl, refreshUrl: null };
  for (const [kind, generation] of [
    ['previous', 5],
    ['late', 6],
    ['held', 7],
  ] as const) {
    const { record, keyVersion } = vault.seal('refresh', tokenContext(owner, 'refresh_token', generation, old), kind);
    await database.query(
      `insert into token_sets (organization_id, connection_id, generation, kind, refresh_sealed, refresh_key_version)
       values ($1, $2, $3, $4, $5, $6)`,
      [organizationId, id, generation, kind, record, keyVersion],
    );
  }
  await scene.move(scene.elsewhere);
  const sets = await database.query<{ kind: string; generation: number; refresh_sealed: Buffer }>(
    'select * from token_sets',
  );
  expect(sets.rows).toHaveLength(4);
  for (const { generation, refresh_sealed: record, kind } of sets.rows) {
    const context = tokenContext(owner, 'refresh_token', generation, {
      tokenUrl: scene.elsewhere.tokenUrl,
      refreshUrl: null,
    });
    expect([kind, vault.open('refresh', context, record).toString().length > 0]).toEqual([kind, true]);
  }
});

test('killed before anything was sealed anew it works all the same, and the next run does the rest', async () => {
  const { id } = await scene.connect('killed');
  const putBack = await scene.sealed();
  await scene.move(scene.elsewhere);
  await putBack();
  await scene.work();
  await scene.refreshed(id);
  await scene.rest();
  await putBack().catch(() => undefined);
  expect(await scene.move(scene.elsewhere)).toMatchObject({ unopened: 0, nextCursor: null });
  await scene.work();
  await scene.refreshed(id);
  expect(new Set(hosts())).toEqual(new Set(['localhost']));
});

test('an answer that was under way during the move is not lost', async () => {
  const { id, issued } = await scene.connect('flying');
  scene.provider.next({ delayMs: 1_000, processed: true });
  await scene.database.query('update connections set next_refresh_at = otobot_now() where id = $1', [id]);
  await scene.work();
  await scene.provider.received(1);
  await scene.move(scene.elsewhere);
  const generation = async (): Promise<number> =>
    (await scene.database.query<{ generation: number }>('select generation from connections where id = $1', [id]))
      .rows[0]?.generation ?? 0;
  await until('the answer is stored', async () => (await generation()) === 2);
  expect(scene.provider.isLive(issued.refreshToken)).toBe(false);
  await scene.refreshed(id);
  expect(hosts()).toEqual(['127.0.0.1', 'localhost']);
});

test('tokens that wait to be revoked are revoked at the new place', async () => {
  const { id, issued } = await scene.connect('gone');
  expect(await scene.remove(id)).toMatchObject({ revocation: 'queued' });
  await scene.move(scene.elsewhere);
  await scene.work();
  await scene.settled();
  expect(scene.provider.isLive(issued.refreshToken)).toBe(false);
  expect(scene.provider.revocations[0]?.headers.host).toContain('localhost');
});

test('moved to and fro under a working refresher, no connection is lost', async () => {
  const connections = await Promise.all(Array.from({ length: 12 }, (_, index) => scene.connect(`busy-${index}`)));
  await scene.work();
  for (const place of [scene.elsewhere, here, scene.elsewhere, here, scene.elsewhere]) {
    await scene.database.query('update connections set next_refresh_at = otobot_now() where lease_until is null');
    expect(await scene.move(place)).toMatchObject({ unopened: 0, nextCursor: null });
  }
  await until('nothing is under way', async () => {
    const { rowCount } = await scene.database.query('select from connections where lease_until is not null');
    return rowCount === 0;
  });
  for (const { id } of connections) await scene.refreshed(id);
  const { rows } = await scene.database.query('select distinct status, status_reason from connections');
  expect(rows).toEqual([{ status: 'active', status_reason: null }]);
});

describe('what a move refuses', () => {
  const refusals: [string, object, string][] = [
    ['plain http', { tokenUrl: 'http://crm.example/token' }, 'tokenUrl'],
    ['a private address', { tokenUrl: 'https://10.0.0.1/token' }, 'tokenUrl'],
    ['metadata', { tokenUrl: 'https://169.254.169.254/token' }, 'tokenUrl'],
    ['credentials in the URL', { tokenUrl: 'https://a:b@crm.example/token' }, 'tokenUrl'],
    ['a revocation URL left behind', { tokenUrl: 'https://crm.example/token' }, 'revocationUrl'],
  ];
  test.each(refusals)('%s', async (_what, body, member) => {
    expect(await scene.ask('POST /v1/services/crm/move', { body })).toMatchObject({
      status: 422,
      json: { detail: expect.stringContaining(`${member}: `) as string },
    });
    expect((await scene.ask('GET /v1/services/crm')).json).toMatchObject(here);
  });

  test('the shared catalogue, to anybody but the operator', async () => {
    const refused = await scene.ask('POST /v1/services/crm/move', { key: scene.otherKey, body: scene.elsewhere });
    expect(refused).toMatchObject({ status: 403, json: { code: 'client_not_allowed' } });
  });

  test('and PATCH says that there is a move', async () => {
    const answer = await scene.ask('PATCH /v1/services/crm', { body: scene.elsewhere });
    expect(answer).toMatchObject({ status: 409 });
    expect(String(answer.json.detail)).toContain('POST /v1/services/crm/move');
  });
});

describe('somebody who writes to the database', () => {
  let thief: Provider;
  beforeAll(async () => {
    thief = await startProvider();
  });
  afterAll(() => thief.close());

  const attempted = async (id: string): Promise<void> => {
    await scene.database.query('update connections set next_refresh_at = otobot_now() where id = $1', [id]);
    await scene.work();
    await until('the attempt has ended', async () => {
      const { rows } = await scene.database.query<{ outcome: string }>(
        'select outcome from refresh_attempts where connection_id = $1 and finished_at is not null',
        [id],
      );
      return rows[0]?.outcome === 'unsent';
    });
    expect([thief.calls, scene.provider.calls]).toEqual([[], []]);
    expect((await scene.eventsOf(id)).map(({ type }) => type)).toEqual(['connection.integrity']);
  };
  const putRight = () =>
    scene.database.query(
      `update services set oauth_token_url = $1, moved_from_sealed = null, moved_from_key_version = null
        where name = 'crm' and organization_id is null`,
      [here.tokenUrl],
    );

  test('gets nothing by the note of a real move beside his URL', async () => {
    const { id } = await scene.connect('prey');
    await scene.move(scene.elsewhere);
    await scene.move(here);
    await scene.database.query(`update services set oauth_token_url = $1 where name = 'crm'`, [thief.tokenUrl]);
    await attempted(id).finally(putRight);
  });

  test("nor by the note of an organization's own service, which he has moved to himself", async () => {
    const { ask, database, otherKey: key } = scene;
    const { id } = await scene.connect('prey');
    const { status } = await ask('POST /v1/services', { key, body: { name: 'crm', tokenUrl: here.tokenUrl } });
    expect(status).toBe(201);
    try {
      await scene.move({ tokenUrl: thief.tokenUrl }, { key });
      await database.query(
        `update services s set oauth_token_url = own.oauth_token_url, moved_from_sealed = own.moved_from_sealed,
                               moved_from_key_version = own.moved_from_key_version
           from services own where own.name = 'crm' and own.organization_id is not null and s.name = 'crm' and s.organization_id is null`,
      );
      await attempted(id);
    } finally {
      await putRight();
      await scene.move(here, { key });
      await database.query(`delete from services where name = 'crm' and organization_id is not null`);
    }
  });
});

test('an organization that makes a service of its own after a move keeps what was sealed before it', async () => {
  const { ask, database, otherKey: key } = scene;
  const { id } = await scene.connect('theirs', { key });
  const putBack = await scene.sealed();
  await scene.move(scene.elsewhere);
  await putBack();
  const { status } = await ask('POST /v1/services', { key, body: { name: 'crm', ...scene.elsewhere } });
  expect(status).toBe(201);
  try {
    await scene.work();
    await scene.refreshed(id);
  } finally {
    await scene.rest();
    await scene.move(here, { key });
    await database.query(`delete from services where name = 'crm' and organization_id is not null`);
  }
});
