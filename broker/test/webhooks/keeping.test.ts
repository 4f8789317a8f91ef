import { connectDatabase, type Database } from '../../src/db/database';
import { clearAwayEvents } from '../../src/services/webhooks/clear-away';
import { silent } from '../support/broker';
import { setScene, type Scene } from './scene';

let scene: Scene;
let worker: Database;
beforeAll(async () => {
  scene = await setScene();
  worker = connectDatabase({ url: scene.database.url, role: 'otobot_refresh', max: 1, log: silent });
});
afterAll(async () => {
  await worker.close();
  await scene.close();
});
beforeEach(() => scene.clear());

const types = async (): Promise<string[]> =>
  (await scene.database.query<{ type: string }>('select type from outbox order by id')).rows.map(({ type }) => type);
const happen = (type: string, ago = '0'): Promise<unknown> =>
  scene.database.query(
    `insert into outbox (organization_id, type, client_id, service, created_at)
     select id, $1, 'acme', 'mail', now() - $2::interval from organizations where name = 'default'`,
    [type, ago],
  );

test('of refreshes nothing is kept that nobody hears', async () => {
  await happen('connection.refreshed');
  await happen('connection.refresh_failed');
  await scene.deliver();
  expect(await types()).toEqual(['connection.refresh_failed']);
  await scene.listen({ events: ['connection.refreshed'] });
  await happen('connection.refreshed');
  await scene.deliver();
  expect(await types()).toEqual(['connection.refresh_failed', 'connection.refreshed']);
  expect(scene.receiver.received).toHaveLength(1);
});

test('events go after 30 days with what became of them, but for those that somebody is still to hear', async () => {
  const { id } = await scene.listen();
  await happen('connection.revoked', '29 days');
  await happen('connection.rejected', '31 days');
  await happen('connection.integrity', '31 days');
  await scene.database.query(`update webhooks set created_at = now() - interval '1 year'`);
  scene.receiver.answer(({ event }, response) =>
    response.writeHead(event.type === 'connection.integrity' ? 500 : 204).end(),
  );
  await scene.deliver();
  await happen('connection.connected', '31 days'); // not dispatched yet
  await clearAwayEvents(worker);
  expect(await types()).toEqual(['connection.revoked', 'connection.integrity', 'connection.connected']);
  const { items } = await scene.must(`GET /v1/webhooks/${id}/deliveries`);
  expect(items).toMatchObject([{ type: 'connection.integrity' }, { type: 'connection.revoked' }]);
});

test('what waits for a disabled webhook, or for three days for one that takes nothing, waits no more', async () => {
  const { id } = await scene.listen();
  const { id: failing } = await scene.listen();
  await happen('connection.revoked');
  scene.receiver.answer((_received, response) => response.writeHead(500).end());
  await scene.deliver();
  await scene.database.query('update webhooks set failures = 7, probe_at = now() + $2::interval where id = $1', [
    failing,
    '1 hour',
  ]);
  await clearAwayEvents(worker);
  await scene.delivery(id, { status: 'waiting' });
  await scene.delivery(failing, { status: 'waiting' });
  await scene.must(`PATCH /v1/webhooks/${id}`, { enabled: false });
  await scene.database.query(
    `update webhook_deliveries set queued_at = now() - interval '73 hours' where webhook_id = $1`,
    [failing],
  );
  await clearAwayEvents(worker);
  await scene.delivery(id, { status: 'failed' });
  await scene.delivery(failing, { status: 'failed' });
});

test('whoever was told to connect again is told that it works again, and of a successor of a key', async () => {
  const id = await scene.connect();
  await scene.database.query(
    `update connections set status = 'reauth_required', status_reason = 'revoked' where id = $1`,
    [id],
  );
  await scene.connect();
  expect(await types()).toEqual(['connection.connected', 'connection.connected', 'connection.recovered']);
  const { id: keyId } = await scene.mint();
  const { id: replacedBy } = await scene.must(`POST /v1/access-keys/${keyId}/reroll`, { graceSeconds: 60 });
  const { rows } = await scene.database.query(`select data from outbox where type = 'key.rotated'`);
  expect(rows).toEqual([
    { data: { key: 'access_key', keyId, replacedBy, endsAt: expect.stringMatching(/^\d{4}-/) as string } },
  ]);
});
