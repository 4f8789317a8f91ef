import { connectionOf, IN_THE_ANSWER, linkAgain, signInAs, tellAccount } from './signing-in';
import { must, setScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
  const { revocationUrl } = scene.provider;
  await tellAccount(scene, IN_THE_ANSWER);
  await must(scene.ask('PATCH /v1/services/crm', { body: { revocationUrl } }));
});
afterAll(() => scene.close());
beforeEach(async () => {
  scene.provider.reset();
  await scene.database.query('delete from revocations');
});

/** Ann's connection, with Bob's account held beside it. */
async function heldForBob() {
  const link = await scene.invite();
  await signInAs(scene, 'ann', link);
  const again = await linkAgain(scene, link);
  await signInAs(scene, 'bob', again);
  const { id } = await connectionOf(scene, link);
  return { again, decide: (how: string) => must(scene.ask(`POST /v1/connections/${String(id)}/held/${how}`)) };
}

/** Whose tokens wait to be revoked. */
const waiting = async (): Promise<string[]> => {
  const { rows } = await scene.database.query<{ account: string }>('select account_id as account from revocations');
  return rows.map(({ account }) => account);
};

test('a held account that is rejected is revoked', async () => {
  const { decide } = await heldForBob();
  expect(await decide('reject')).toMatchObject({ revocation: 'queued', account: { id: 'ann' } });
  expect(await waiting()).toEqual(['bob']);
});

test('one that the right account takes the place of is, too', async () => {
  const { again } = await heldForBob();
  await signInAs(scene, 'ann', again);
  expect(await waiting()).toEqual(['bob']);
});

test('and one that another held account takes the place of, but not for the same once more', async () => {
  const { again } = await heldForBob();
  await signInAs(scene, 'bob', again);
  expect(await waiting()).toEqual([]);
  await signInAs(scene, 'carol', again);
  expect(await waiting()).toEqual(['bob']);
});

test('of an accepted one nothing is revoked', async () => {
  const { decide } = await heldForBob();
  expect(await decide('accept')).toMatchObject({ account: { id: 'bob' } });
  expect(await waiting()).toEqual([]);
});
