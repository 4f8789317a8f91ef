import { moveService } from '../../src/services/service-catalogue/move';
import type { Principal } from '../../src/services/access/principal';
import { findService } from '../../src/repositories/services';
import { setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

test('what one request has no time for is done by the next ones, and nothing twice', async () => {
  for (const name of ['one', 'two', 'three']) await scene.connect(name);
  await scene.connect('theirs', { key: scene.otherKey });
  const { database, vault } = scene.broker.broker;
  const { rows } = await scene.database.query<{ id: string }>(`select id from organizations where name = 'default'`);
  const organizationId = rows[0]?.id ?? '';
  const step = (cursor?: string) =>
    moveService(
      { database, vault, allowedUrl: () => true },
      (_who, name, work) =>
        database.asTenant(organizationId, async (tx) => {
          const service = await findService(tx, organizationId, name);
          if (service === null) throw new Error('there is no service');
          return work(tx, service);
        }),
      { who: { organizationId } as Principal, name: 'crm', request: { ...scene.elsewhere, cursor }, budgetMs: 0 },
    );
  const looked: number[] = [];
  let progress = await step();
  for (; progress.nextCursor !== null; progress = await step(progress.nextCursor)) looked.push(progress.looked);
  // Two organizations, first its app and then its tokens, each a stretch.
  expect(looked).toHaveLength(3);
  expect(progress).toMatchObject({ looked: 6, resealed: 6, unopened: 0, total: 6 });
});

test('a cursor that is none is refused', async () => {
  const body = { ...scene.elsewhere, cursor: 'bm9uZQ' };
  expect((await scene.ask('POST /v1/services/crm/move', { body })).status).toBe(400);
});

test('a cursor that names another organization leads nowhere: neither are its secrets touched nor does anybody learn how many there are', async () => {
  const { ask, database, otherKey: key, elsewhere } = scene;
  const own = await ask('POST /v1/services', { key, body: { name: 'crm', ...elsewhere } });
  expect(own.status).toBe(201);
  const { rows } = await database.query<{ id: string }>(`select id from organizations where name = 'default'`);
  const counts = { looked: 0, resealed: 0, unopened: 0 };
  const position = { organizationId: rows[0]?.id, stage: 'tokens', after: null, ...counts };
  const cursor = Buffer.from(JSON.stringify(position)).toString('base64url');
  const answer = await ask('POST /v1/services/crm/move', { key, body: { ...elsewhere, cursor } });
  expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
  expect(JSON.stringify(answer.json)).not.toContain('looked');
});
