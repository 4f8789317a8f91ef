import { must } from '../revocation/scene';
import { until } from '../support/until';
import { setScene, type Scene } from './scene';

let scene: Scene;
beforeEach(async () => {
  scene = await setScene();
});
afterEach(() => scene.close());

const markIn = (id: string): string => `(otobot:${id.replaceAll('-', '').slice(0, 16)})`;
const place = (id: string): string => `/v1/n8n-instances/${scene.instance}/credentials/${id}`;
const order = (more: Record<string, unknown>): Promise<Record<string, unknown>> => {
  const body = { clientId: 'acme', service: 'crm', type: 'crmOAuth2Api', ...more };
  return must(scene.ask(`POST /v1/n8n-instances/${scene.instance}/credentials`, { body }));
};
const nextLook = async (id: string): Promise<string | undefined> => {
  const { rows } = await scene.database.query<{ next: string }>(
    'select next_attempt_at::text as next from n8n_credentials where id = $1 and leased_until is null',
    [id],
  );
  return rows[0]?.next;
};

test("a title that holds another credential's mark gets neither its token nor its end", async () => {
  const { id: victim } = await scene.keep('victim');
  await scene.connect('thief', { clientId: 'acme' });
  const { id } = await order({ name: 'thief', title: `x ${markIn(victim)}` });
  await scene.work();
  const [mine, other] = [await scene.settledAs(String(id), 'synced'), await scene.settledAs(victim, 'synced')];
  expect(mine.remoteId).not.toBe(other.remoteId);
  await must(scene.ask(`DELETE ${place(victim)}`));
  await until('it is forgotten', async () => (await scene.statusOf(victim)) === undefined);
  expect([...scene.n8n.kept.keys()]).toEqual([mine.remoteId]);
});

test('what a proxy says of a credential is not taken for its end', async () => {
  const { id } = await scene.keep('kept');
  await scene.work();
  await scene.settledAs(id, 'synced');
  for (const kept of scene.n8n.kept.values()) kept.name = 'renamed by somebody';
  scene.n8n.fail('proxy', 'DELETE');
  await must(scene.ask(`DELETE ${place(id)}`));
  await until('n8n is blamed', async () => (await scene.statusOf(id))?.lastErrorCode === 'not_n8n');
  scene.n8n.fail(null);
  await until('it is forgotten', async () => (await scene.statusOf(id)) === undefined);
  expect(scene.n8n.kept.size).toBe(0);
});

test('what n8n lists and does not find is not gone', async () => {
  const { id } = await scene.keep('kept');
  await scene.work();
  await scene.settledAs(id, 'synced');
  scene.n8n.fail(404, 'DELETE');
  await must(scene.ask(`DELETE ${place(id)}`));
  await until('it failed', async () => (await scene.statusOf(id))?.lastErrorCode === 'forbidden');
  expect(scene.there(id)).toHaveLength(1);
});

test('what is ordered while it is being put there is obeyed at once afterwards', async () => {
  const { id } = await scene.keep('busy');
  await scene.work();
  await scene.settledAs(id, 'synced');
  const whileItIsPut = async (ordered: () => Promise<unknown>): Promise<void> => {
    const asked = scene.n8n.calls.length;
    scene.n8n.fail('held', 'PATCH');
    await must(scene.ask(`POST ${place(id)}/push`));
    await until('it is being put', () => scene.n8n.calls.slice(asked).includes('PATCH /credentials/:id'));
    await ordered();
    scene.n8n.fail(null);
  };
  await whileItIsPut(() => order({ name: 'busy', fields: { subdomain: 'new' } }));
  await until('the new field is there', () => scene.there(id)[0]?.data.subdomain === 'new');
  await scene.settledAs(id, 'synced');
  await whileItIsPut(() => must(scene.ask(`DELETE ${place(id)}`)));
  await until('it is forgotten', async () => (await scene.statusOf(id)) === undefined);
  expect(scene.n8n.kept.size).toBe(0);
});

test('a token that has ended is not put there, and not tried again and again', async () => {
  const { id, connectionId } = await scene.keep('ended');
  await scene.database.query(`update token_sets set expires_at = now() - interval '1 hour' where connection_id = $1`, [
    connectionId,
  ]);
  // Nobody renews it.
  await scene.database.query('update connections set next_refresh_at = null where id = $1', [connectionId]);
  await scene.work();
  await until('it waits for a change', async () => (await nextLook(id)) === 'infinity');
  expect(scene.n8n.kept.size).toBe(0);
});
