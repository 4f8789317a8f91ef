import { must } from '../revocation/scene';
import { until } from '../support/until';
import { startFaultyN8n, type Kept } from './faulty-n8n';
import { setScene, type Scene } from './scene';

let scene: Scene;
beforeEach(async () => {
  scene = await setScene();
});
afterEach(() => scene.close());

const instanceOf = async (id = scene.instance): Promise<Record<string, unknown> | undefined> => {
  const { items } = await must(scene.ask('GET /v1/n8n-instances'));
  return (items as Record<string, unknown>[]).find((item) => item.id === id);
};
const eventsOfInstances = async (): Promise<string[]> => {
  const { rows } = await scene.database.query<{ type: string }>(
    `select type from outbox where type like 'n8n_instance.%' order by id`,
  );
  return rows.map(({ type }) => type);
};
/** As if its pause were over. */
const retryNow = (): Promise<unknown> =>
  scene.database
    .query('update n8n_instances set next_attempt_at = otobot_now()')
    .then(() =>
      scene.database.query('update n8n_credentials set next_attempt_at = otobot_now() where leased_until is null'),
    );

test('an n8n that hangs holds up neither what goes to another, nor what is taken away there', async () => {
  const other = await startFaultyN8n();
  const hanging = await scene.addInstance(other, 'hanging');
  other.fail('silent');
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await scene.keep(name, { instance: hanging });
  await scene.work();
  await until('it is asked', () => other.calls.length >= 4);
  const asked = other.calls.length;
  const { id } = await scene.keep('prompt');
  await scene.settledAs(id, 'synced');
  await must(scene.ask('POST /v1/clients/acme/suspend'));
  await scene.settledAs(id, 'stopped');
  expect(scene.there(id)).toEqual([]);
  // Not by waiting for its answers: none of them has come, nor been given up for another.
  expect(other.calls.length).toBe(asked);
});

test('an answer that was lost leaves no second credential', async () => {
  scene.n8n.fail('deaf', 'POST');
  const { id, accessToken } = await scene.keep('lost');
  await scene.work();
  await until('it was made, and nobody heard of it', () => scene.there(id).length === 1);
  const made = scene.there(id)[0] as Kept;
  // Others stand before it in the list.
  for (const name of ['x', 'y', 'z']) scene.n8n.kept.set(name, { ...made, id: name, name });
  scene.n8n.fail(null);
  await retryNow();
  expect(await scene.settledAs(id, 'synced')).toMatchObject({ remoteId: made.id });
  expect(scene.there(id)).toMatchObject([{ id: made.id, data: { oauthTokenData: { access_token: accessToken } } }]);
});

test('what may have been made there is looked for before it counts as gone', async () => {
  scene.n8n.fail('deaf', 'POST');
  const { id } = await scene.keep('unheard');
  await scene.work();
  await until('it was made, and nobody heard of it', () => scene.there(id).length === 1);
  await must(scene.ask(`DELETE /v1/n8n-instances/${scene.instance}/credentials/${id}`));
  expect(await scene.statusOf(id)).toMatchObject({ status: 'removing', remoteId: null });
  scene.n8n.fail(null);
  await retryNow();
  await until('it is forgotten', async () => (await scene.statusOf(id)) === undefined);
  expect(scene.there(id)).toEqual([]);
});

test('who is suspended while n8n is away is taken away there when it is back; the outage is told of once', async () => {
  const { id } = await scene.keep('away');
  await scene.work();
  await scene.settledAs(id, 'synced');
  scene.n8n.fail(503);
  await must(scene.ask('POST /v1/clients/acme/suspend'));
  for (const failures of [1, 2, 3, 4]) {
    const asked = scene.n8n.calls.length;
    await retryNow();
    await until(`failure ${failures} is noted`, async () => {
      const { rows } = await scene.database.query<{ count: number }>(
        'select failure_count as count from n8n_instances',
      );
      return scene.n8n.calls.length > asked && (rows[0]?.count ?? 0) >= failures;
    });
  }
  expect(await instanceOf()).toMatchObject({ status: 'failing', lastErrorCode: 'http_503' });
  expect(await eventsOfInstances()).toEqual(['n8n_instance.failing']);
  scene.n8n.fail(null);
  await retryNow();
  await scene.settledAs(id, 'stopped');
  expect(scene.there(id)).toEqual([]);
  await until('it is told', async () => (await eventsOfInstances()).length === 2);
  expect(await eventsOfInstances()).toEqual(['n8n_instance.failing', 'n8n_instance.recovered']);
  expect(await instanceOf()).toMatchObject({ status: 'ok', lastErrorCode: null });
});

test('a type that n8n does not know is the fault of that credential alone', async () => {
  const { id } = await scene.keep('unknown', { type: 'unknownApi' });
  await scene.work();
  expect(await scene.settledAs(id, 'failing')).toMatchObject({ lastErrorCode: 'unknown_type' });
  const { id: good } = await scene.keep('known');
  await scene.settledAs(good, 'synced');
  expect(await instanceOf()).toMatchObject({ status: 'ok' });
});

test.each([500, 403])('what n8n answers with %i for one credential alone stops no other there', async (status) => {
  const { id: good } = await scene.keep('good');
  await scene.work();
  await scene.settledAs(good, 'synced');
  scene.n8n.fail(status, 'POST');
  const { id } = await scene.keep('choking');
  expect(await scene.settledAs(id, 'failing')).toMatchObject({
    lastErrorCode: status === 500 ? 'http_500' : 'forbidden',
  });
  expect(await instanceOf()).toMatchObject({ status: 'ok' });
  await must(scene.ask('POST /v1/clients/acme/suspend'));
  await scene.settledAs(good, 'stopped');
  expect(scene.there(good)).toEqual([]);
});

test('a key that n8n refuses, and a place that is no n8n, are told at once', async () => {
  const { url } = scene.n8n;
  const add = (name: string, at: string) =>
    must(scene.ask('POST /v1/n8n-instances', { body: { name, url: at, apiKey: 'wrong' } }));
  expect(await add('wrong-key', url)).toMatchObject({ status: 'failing', lastErrorCode: 'unauthorized' });
  expect(await add('elsewhere', scene.provider.url)).toMatchObject({ status: 'failing', lastErrorCode: 'not_n8n' });
  expect(await add('nobody', 'http://127.0.0.1:9')).toMatchObject({ lastErrorCode: 'connection_refused' });
  const refused = await scene.ask('POST /v1/n8n-instances', {
    body: { name: 'far', url: 'http://n8n.example.com', apiKey: 'k' },
  });
  expect(refused).toMatchObject({ status: 422, json: { code: 'invalid_value' } });
});

test('what others do to a credential is found, put right and told of', async () => {
  const { id, accessToken } = await scene.keep('drifting');
  await scene.work();
  const { remoteId } = await scene.settledAs(id, 'synced');
  const kept = () => scene.n8n.kept.get(String(remoteId)) as NonNullable<ReturnType<typeof scene.n8n.kept.get>>;
  const { name, type } = kept();
  const doings: [string, () => unknown][] = [
    ['renamed', () => Object.assign(kept(), { name: 'mine' })],
    ['retyped', () => Object.assign(kept(), { type: 'otherApi' })],
    ['edited', () => Object.assign(kept(), { updatedAt: '2026-01-01T00:00:00.000Z', data: {} })],
    ['gone', () => scene.n8n.kept.clear()],
  ];
  for (const [drift, doing] of doings) {
    doing();
    await must(scene.ask(`POST /v1/n8n-instances/${scene.instance}/check`));
    await until(`it is found ${drift}`, async () => (await scene.statusOf(id))?.drift === drift);
    expect(scene.there(id)).toMatchObject([{ name, type, data: { oauthTokenData: { access_token: accessToken } } }]);
  }
  const { rows } = await scene.database.query<{ data: { drift: string } }>(
    `select data from outbox where type = 'n8n_credential.drifted' order by id`,
  );
  expect(rows.map(({ data }) => data.drift)).toEqual(doings.map(([drift]) => drift));
});

test('a worker that dies with a claim leaves it to the next, when its lease is over', async () => {
  scene.n8n.fail('silent', 'POST');
  const { id } = await scene.keep('orphan');
  await scene.work();
  await until('it is being made', () => scene.n8n.calls.includes('POST /credentials'));
  const resting = scene.rest();
  scene.n8n.fail(null);
  await scene.database.query(`update n8n_credentials set leased_until = otobot_now() - interval '1 second'`);
  await scene.work();
  await scene.settledAs(id, 'synced');
  await resting;
  expect(scene.there(id)).toHaveLength(1);
});
