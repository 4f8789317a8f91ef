import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { until } from '../support/until';
import { verdictOn } from './books';
import { addConnection, addReach, setScene, stored, type Added, type Scene } from './scene';

// The checker is believed wherever it finds nothing, so here it is shown what it must find.
let scene: Scene;
let added: Added[];
beforeEach(async () => {
  scene = await setScene();
  added = [];
  for (const rotation of ['none', 'grace', 'strict'] as const) {
    scene.provider.behave(rotation === 'none' ? 'no-rotation' : 'rotate-single-use');
    const one = await addConnection(scene, await addReach(scene, { rotation, graceSeconds: 60 }), { due: 'null' });
    scene.provider.commands.behave({
      mode: rotation === 'none' ? 'no-rotation' : 'rotate-single-use',
      consent: one.issued.consent,
    });
    added.push(one);
  }
  await scene.db.query('update connections set next_refresh_at = otobot_now()');
  await scene.worker();
  for (const { id } of added) await until('it is refreshed', async () => (await stored(scene, id)).generation === 2);
  await scene.stopWorkers();
});
afterEach(() => scene.close());

const sql = (text: string, id?: string) => scene.db.query(text, id === undefined ? [] : [id]);
const strict = (): Added => added[2] as Added;

test('it finds nothing where nothing is wrong', async () => {
  expect(await verdictOn(scene, added)).toMatchObject({ violations: [], calls: 3, attempts: 3, twice: {}, losses: {} });
});

/** By an attempt on record, as a worker would that did not see what another one had stored. */
async function askAgain(): Promise<void> {
  const [none] = added;
  await sql(
    `insert into refresh_attempts (id, started_at, organization_id, connection_id, app_id, generation, worker_number)
     select gen_random_uuid(), clock_timestamp(), organization_id, id, app_id, 1, 1 from connections where id = $1`,
    none?.id,
  );
  const body = new URLSearchParams({
    ...{ client_id: scene.provider.clientId, client_secret: scene.provider.clientSecrets[0] ?? '' },
    ...{ grant_type: 'refresh_token', refresh_token: none?.issued.refreshToken ?? '' },
  });
  await fetch(scene.provider.tokenUrl, { method: 'POST', body });
}

const WRONGS: [string, string, () => unknown][] = [
  [
    'a token that the provider has ended',
    'a token is lost without a crash',
    () => scene.provider.revoke(strict().issued.consent),
  ],
  [
    'an event that was never told',
    'events and generations differ',
    () => sql(`delete from outbox where connection_id = $1`, strict().id),
  ],
  [
    'an attempt without an end',
    'an attempt was never ended',
    () => sql('update refresh_attempts set outcome = null where connection_id = $1', strict().id),
  ],
  [
    'an attempt that nobody committed',
    'a call without a committed intent',
    () => sql('delete from refresh_attempts where connection_id = $1', strict().id),
  ],
  [
    'a connection left uncertain',
    'did not come to rest',
    () => sql(`update connections set status = 'uncertain' where id = $1`, strict().id),
  ],
  [
    'people asked to connect again for nothing',
    'asked to connect again for nothing',
    () =>
      sql(
        `insert into outbox (organization_id, type, connection_id) select organization_id, 'connection.reauth_required', id from connections where id = $1`,
        strict().id,
      ),
  ],
  [
    'a connection without its tokens',
    'not exactly one current token set',
    () => sql(`delete from token_sets where connection_id = $1 and kind = 'current'`, strict().id),
  ],
  ['a second call for what was granted', 'asked twice', askAgain],
  [
    'an answer in a spool',
    'answers lie in a spool',
    () => fs.writeFileSync(path.join(scene.dataDir, 'spool', `${randomUUID()}.spool`), 'x'),
  ],
  [
    'a release of a generation that is not there',
    'a generation was released that is not',
    () =>
      sql(
        `insert into audit (occurred_at, process_id, sequence, organization_id, action, code, actor, connection_id, generation)
         select now(), gen_random_uuid(), 1, organization_id, 'credential.read', 'ok', 'key', id, 9 from connections where id = $1`,
        strict().id,
      ),
  ],
];

test.each(WRONGS)('it finds %s', async (_what, violation, doWrong) => {
  await doWrong();
  const { violations } = await verdictOn(scene, added);
  expect(violations.map(({ what }) => what)).toContain(violation);
});
