import { connectDatabase } from '../../src/db/database';
import { claimRevocations } from '../../src/repositories/revocation-claims';
import { silent } from '../support/broker';
import { setScene } from './scene';

test('while refreshing is paused nothing is revoked: a copy must not end the consents of its original', async () => {
  const scene = await setScene();
  const database = connectDatabase({ url: scene.database.url, role: 'otobot_refresh', log: silent });
  const { id } = await scene.connect('one', { account: 'ann' });
  expect(await scene.remove(id)).toMatchObject({ revocation: 'queued' });
  const pause = (at: string, reason: string) =>
    scene.database.query(`update installation set refreshing_paused_at = ${at}, refreshing_paused_reason = ${reason}`);
  await pause('otobot_now()', `'a copy'`);
  expect(await claimRevocations(database, 10)).toEqual([]);
  await pause('null', 'null');
  expect(await claimRevocations(database, 10)).toMatchObject([{ connectionId: id, attempts: 1 }]);
  await database.close();
  await scene.close();
});
