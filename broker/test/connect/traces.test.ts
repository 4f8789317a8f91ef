import { connectDatabase } from '../../src/db/database';
import { deleteOldFlows } from '../../src/repositories/flows';
import { silent } from '../support/broker';
import { until } from '../support/until';
import { outcomeOf } from './browser';
import { connect, connectionsOf, depart, statusOf, wayBack } from './journey';
import { must, setScene, type Invited, type Scene } from './scene';
import { connectionOf, eventsOf } from './signing-in';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
  const keyed = { name: 'keyed', displayName: 'Keyed', oauthType: 'api_key', verifyUrl: scene.desk.checkUrl };
  await must(scene.ask('POST /v1/services', { body: keyed }));
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.provider.reset();
  scene.desk.calls.length = 0;
});

interface Row {
  action: string;
  code: string;
  client: string | null;
  service: string | null;
  organization: string | null;
  address: string | null;
}
/** What the audit says about a link, in order. */
async function auditOf({ id }: Pick<Invited, 'id'>): Promise<Row[]> {
  const { rows } = await scene.database.query<Row>(
    `select a.action, a.code, a.client_id as client, a.service, o.name as organization, a.address
       from audit a left join organizations o on o.id = a.organization_id where a.actor = $1 order by a.occurred_at, a.sequence`,
    [`connect-link:${id}`],
  );
  return rows;
}
/** Refusals are written without keeping anybody waiting. */
const auditOnce = (link: Pick<Invited, 'id'>, count: number): Promise<Row[]> =>
  until(`${count} rows are in the audit`, async () => {
    const rows = await auditOf(link);
    return rows.length >= count && rows;
  });
const inShort = (rows: Row[]): string[] => rows.map(({ action, code }) => `${action} ${code}`);

test('start and callback are in the audit, with organization, client, service and address', async () => {
  const link = await scene.invite();
  await connect(scene, scene.browser(), link);
  const rows = await auditOf(link);
  expect(inShort(rows)).toEqual(['connect.start admitted', 'connect.callback admitted']);
  for (const row of rows)
    expect(row).toMatchObject({
      client: link.clientId,
      service: 'crm',
      organization: 'default',
      address: expect.stringMatching(/^198\.18\./) as string,
    });
  const { items } = (await scene.ask(`GET /v1/audit?clientId=${link.clientId}`)).json as { items: Row[] };
  expect(items.map(({ action }) => action)).toContain('connect.callback');
});

test('a hand-in is in the audit before the key is checked, and what was stored is an event', async () => {
  const link = await scene.invite({ service: 'keyed' });
  await scene.browser().submit(link.path, { apiKey: 'otbcanary-k' });
  expect(inShort(await auditOf(link))).toEqual(['connect.hand-in admitted']);
  const { id } = await connectionOf(scene, link);
  expect(await eventsOf(scene, id)).toEqual([
    { type: 'connection.connected', data: { generation: 1, kind: 'api_key' } },
  ]);
});

test('a failed exchange and a refusal are in the audit beside the callback itself', async () => {
  const link = await scene.invite();
  scene.provider.next({ status: 400, body: { error: 'invalid_grant' } });
  await connect(scene, scene.browser(), link);
  const browser = scene.browser();
  await browser.go(wayBack(scene, await depart(browser, link), { error: 'access_denied' }));
  expect(inShort(await auditOnce(link, 5)).sort()).toEqual([
    'connect.callback admitted',
    'connect.callback denied',
    'connect.callback exchange_failed',
    'connect.start admitted',
    'connect.start admitted',
  ]);
});

test('a callback in another browser or on another path is in the audit, under the link that it was for', async () => {
  const link = await scene.invite();
  const [browser, stranger] = [scene.browser(), scene.browser()];
  const back = wayBack(scene, await depart(browser, link));
  await stranger.go(back);
  await browser.go(back.replace('/callback/crm', '/callback/other'));
  await browser.go(back);
  expect(inShort(await auditOnce(link, 4)).sort()).toEqual([
    'connect.callback admitted',
    'connect.callback other_browser',
    'connect.callback state_unknown',
    'connect.start admitted',
  ]);
});

test('whoever opens or presses a link that ended is in the audit of its organization', async () => {
  const link = await scene.invite();
  await must(scene.ask(`DELETE /v1/connect-links/${link.id}`));
  await scene.browser().go(link.path);
  await scene.browser().submit(link.path);
  const rows = await auditOnce(link, 2);
  expect(new Set(inShort(rows))).toEqual(new Set(['connect.visit link_revoked']));
  expect(rows[0]?.organization).toBe('default');
});

test('links and states that nobody made are in the audit too', async () => {
  await scene.browser().go(`/connect/${'x'.repeat(54)}`);
  await scene.browser().go('/oauth/callback/crm?state=nobody&code=c');
  const noted = await until('both are in the audit', async () => {
    const { rows } = await scene.database.query<{ text: string }>(
      `select action || ' ' || code as text from audit where actor = 'unknown' and action like 'connect.%' order by 1`,
    );
    return rows.length >= 2 && rows.map(({ text }) => text);
  });
  expect(noted).toEqual(['connect.callback state_unknown', 'connect.visit link_unknown']);
});

test('opening a link that is good changes nothing and leaves no trace but the request', async () => {
  const link = await scene.invite();
  await scene.browser().go(link.path);
  expect(await auditOf(link)).toEqual([]);
});

test('while the audit cannot be written nothing starts, nothing is redeemed and nothing is handed in', async () => {
  const [starting, coming, handing] = [
    await scene.invite(),
    await scene.invite(),
    await scene.invite({ service: 'keyed' }),
  ];
  const browser = scene.browser();
  const back = wayBack(scene, await depart(browser, coming));
  await scene.database.query('revoke insert on audit from otobot_audit');
  const pages = await Promise.all([
    browser.submit(starting.path),
    browser.go(back),
    browser.submit(handing.path, { apiKey: 'otbcanary-k' }),
  ]);
  expect(pages.map((seen) => [seen.status, outcomeOf(seen), seen.leadsTo])).toEqual(
    Array(3).fill([503, 'internal', null]),
  );
  expect([scene.provider.calls, scene.desk.calls]).toEqual([[], []]);
  const { rowCount } = await scene.database.query('select from flows where link_id = $1', [starting.id]);
  expect(rowCount).toBe(0);
  await scene.database.query('grant insert on audit to otobot_audit');
  for (const link of [starting, coming, handing]) expect(await statusOf(scene, link)).toBe('open');
  expect(outcomeOf(await connect(scene, browser, coming))).toBe('connected');
  expect(await connectionsOf(scene, handing.clientId)).toEqual([]);
});

test('attempts are forgotten a day after their end and not before, under the role of the worker', async () => {
  const [young, old] = [await scene.invite(), await scene.invite()];
  for (const link of [young, old]) await depart(scene.browser(), link);
  const end = (link: Invited, ago: string) =>
    scene.database.query('update flows set expires_at = otobot_now() - $2::interval where link_id = $1', [
      link.id,
      ago,
    ]);
  await end(young, '23 hours');
  await end(old, '25 hours');
  const worker = connectDatabase({ url: scene.database.url, role: 'otobot_refresh', max: 1, log: silent });
  await deleteOldFlows(worker);
  await worker.close();
  const { rows } = await scene.database.query('select link_id as id from flows where link_id = any($1)', [
    [young.id, old.id],
  ]);
  expect(rows).toEqual([{ id: young.id }]);
});
