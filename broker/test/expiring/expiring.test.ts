import { randomUUID } from 'node:crypto';
import { connectDatabase, type Database } from '../../src/db/database';
import { hashOf, linkUrl } from '../../src/services/connect/link-token';
import { tellExpiring } from '../../src/services/expiring/tell-expiring';
import { addConnection, addReach, setScene, type Reach, type Scene } from '../refresh/scene';
import { until } from '../support/until';

let scene: Scene;
let reach: Reach;
const open: Database[] = [];
/** A worker's connection to the database: one made before the clock is moved does not see it move. */
const asWorker = (): Database => {
  const database = connectDatabase({ url: scene.db.url, role: 'otobot_refresh', log: scene.log, max: 2 });
  open.push(database);
  return database;
};
beforeEach(async () => {
  scene = await setScene();
  reach = await addReach(scene, { rotation: 'none' });
  await scene.db.query(`update services set oauth_authorization_url = 'https://crm.example/authorize'`);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.close()));
  await scene.close();
});

const moveClock = async (offset: string): Promise<void> => {
  const name = new URL(scene.db.url).pathname.slice(1);
  await scene.db.query(`alter database ${name} set otobot.clock_offset = '${offset}'`);
};
const tell = (): Promise<number> => tellExpiring(asWorker(), scene.vault);
const endingIn = async (days: number, column = 'absolute_expires_at'): Promise<string> => {
  const { id } = await addConnection(scene, reach, { due: 'null' });
  await scene.db.query(
    `update connections set ${column} = now() + make_interval(secs => $2::float8 * 86400) where id = $1`,
    [id, days],
  );
  return id;
};

interface Told {
  days: number;
  end: string;
  endsAt: string;
  generation: number;
  connectLinkId?: string;
}
const told = async (id?: string): Promise<Told[]> => {
  const { rows } = await scene.db.query<{ data: Told }>(
    `select data from outbox where type = 'connection.expiring' and ($1::uuid is null or connection_id = $1) order by id`,
    [id ?? null],
  );
  return rows.map(({ data }) => data);
};
const stepsOf = async (id?: string): Promise<number[]> => (await told(id)).map(({ days }) => days);

test('the end of a consent is told 14, 7 and 1 days ahead, each once, however often the worker looks', async () => {
  const id = await endingIn(20);
  const steps: number[][] = [];
  for (const offset of [
    '0',
    '6 days 1 minute',
    '10 days',
    '13 days 1 minute',
    '18 days',
    '19 days 1 minute',
    '21 days',
  ]) {
    await moveClock(offset);
    await tell();
    await tell();
    steps.push(await stepsOf(id));
  }
  expect(steps).toEqual([[], [14], [14], [14, 7], [14, 7], [14, 7, 1], [14, 7, 1]]);
  expect((await told(id))[0]).toMatchObject({ end: 'absolute', generation: 1 });
});

test('after ten days without a worker only the step that is true today is told', async () => {
  const id = await endingIn(20);
  await moveClock('14 days');
  await tell();
  expect(await stepsOf(id)).toEqual([7]);
});

test('with it goes a link that lives until the end and longer than a week; no secret stands in the event', async () => {
  const id = await endingIn(14);
  await tell();
  const [{ connectLinkId = '' } = {}] = await told(id);
  const { rows } = await scene.db.query<{ token_hash: Buffer; automatic: boolean; days: number }>(
    `select token_hash, automatic, extract(epoch from expires_at - now())::float8 / 86400 as days from connect_links where id = $1`,
    [connectLinkId],
  );
  expect(rows[0]).toMatchObject({ automatic: true });
  expect(rows[0]?.days).toBeGreaterThan(14);
  const url = linkUrl(scene.vault, 'https://otobot.example', scene.organizationId, connectLinkId);
  const token = url.split('/').at(-1) ?? '';
  expect(rows[0]?.token_hash).toEqual(hashOf(token));
  const { rows: events } = await scene.db.query(`select o::text as text from outbox o`);
  expect(JSON.stringify(events)).not.toContain(token);
});

test('as long as the connection stands at its generation the same link goes with each step', async () => {
  const id = await endingIn(14);
  await tell();
  await moveClock('7 days 1 minute');
  await tell();
  const links = (await told(id)).map(({ connectLinkId }) => connectLinkId);
  expect(links).toHaveLength(2);
  expect(new Set(links).size).toBe(1);
});

test('several workers tell of each end once', async () => {
  for (let n = 0; n < 60; n += 1) await endingIn(6);
  const database = [asWorker(), asWorker(), asWorker()];
  await Promise.all(database.map((one) => tellExpiring(one, scene.vault)));
  await tell();
  expect(await stepsOf()).toEqual(Array(60).fill(7));
});

test('another end starts afresh; the same one stated again does not', async () => {
  const id = await endingIn(6);
  await tell();
  await scene.db.query('update connections set absolute_expires_at = absolute_expires_at where id = $1', [id]);
  await tell();
  expect(await stepsOf(id)).toEqual([7]);
  await scene.db.query(`update connections set absolute_expires_at = now() + '365 days' where id = $1`, [id]);
  await tell();
  await moveClock('352 days');
  await tell();
  expect(await stepsOf(id)).toEqual([7, 14]);
});

test('nobody is told of what an operator stopped, until it goes on; nor who was asked to connect again already', async () => {
  const [disabled, suspended, asked] = [await endingIn(6), await endingIn(6), await endingIn(6)];
  await scene.db.query(`update connections set status = 'disabled' where id = $1`, [disabled]);
  await scene.db.query(`update connections set status = 'reauth_required' where id = $1`, [asked]);
  await scene.db.query(
    `update clients set suspended_at = now() where client_id = (select client_id from connections where id = $1)`,
    [suspended],
  );
  await tell();
  expect(await told()).toEqual([]);
  await scene.db.query(`update clients set suspended_at = null; update connections set status = 'active'`);
  await moveClock('1 day 1 minute');
  await tell();
  expect([await stepsOf(disabled), await stepsOf(suspended), await stepsOf(asked)]).toEqual([[7], [7], [7]]);
});

test('a token that nothing renews is told of as one', async () => {
  const id = await endingIn(1, 'token_ends_at');
  await tell();
  expect(await told(id)).toEqual([
    expect.objectContaining({ days: 1, end: 'token', connectLinkId: expect.any(String) as string }),
  ]);
});

test('where no link can be made the event comes without one', async () => {
  await scene.db.query('update services set oauth_authorization_url = null');
  const unconnectable = await endingIn(6);
  const own = randomUUID();
  await scene.db.query(
    `insert into connections (id, organization_id, service, kind, token_ends_at) values ($1, $2, $3, 'api_key', now() + '6 days')`,
    [own, scene.organizationId, reach.service],
  );
  await tell();
  for (const id of [unconnectable, own]) {
    const [event] = await told(id);
    expect(event).toMatchObject({ days: 7 });
    expect(event).not.toHaveProperty('connectLinkId');
  }
});

test('an end that each refresh moves is told of only while refreshing fails, when half of what was left has passed', async () => {
  const id = await endingIn(6, 'idle_expires_at');
  await tell();
  await scene.db.query(`update connections set failing_since = now(), status = 'backoff' where id = $1`, [id]);
  await tell();
  expect(await told()).toEqual([]);
  await moveClock('3 days 1 minute');
  await tell();
  expect(await told(id)).toEqual([expect.objectContaining({ days: 7, end: 'idle' })]);
  await scene.db.query(
    `update connections set failing_since = null, status = 'active', idle_expires_at = now() + '3 days 2 minutes' where id = $1`,
    [id],
  );
  await moveClock('5 days 1 minute');
  await tell();
  expect(await stepsOf(id)).toEqual([7]);
});

test('a running worker tells by itself', async () => {
  const id = await endingIn(6);
  await scene.worker();
  await until('it is told', async () => (await stepsOf(id)).length === 1);
});
