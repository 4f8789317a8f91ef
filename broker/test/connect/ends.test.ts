import { connect } from './journey';
import { must, setScene, type Scene } from './scene';
import { connectionOf, linkAgain } from './signing-in';

const DAY = 86_400;
let scene: Scene;
beforeAll(async () => {
  scene = await setScene({
    service: {
      consentIdleSeconds: 90 * DAY,
      consentSeconds: 365 * DAY,
      accountFrom: 'answer',
      accountIdPath: 'user_id',
    },
  });
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.provider.reset();
});

const daysTo = (moment: unknown): number | null =>
  typeof moment === 'string' ? Math.round((Date.parse(moment) - Date.now()) / DAY / 100) / 10 : null;
const endsOf = ({ refreshExpiresAt, idleExpiresAt, absoluteExpiresAt }: Record<string, unknown>) =>
  [refreshExpiresAt, idleExpiresAt, absoluteExpiresAt].map(daysTo);

test('a consent ends as is known of its provider', async () => {
  const link = await scene.invite();
  await connect(scene, scene.browser(), link);
  expect(endsOf(await connectionOf(scene, link))).toEqual([null, 90, 365]);
});

test('and as the provider states, where it does; anew with each consent', async () => {
  const link = await scene.invite();
  scene.provider.behave({ extra: { refresh_token_expires_in: 30 * DAY, x_refresh_token_hard_expires_in: 99 * DAY } });
  await connect(scene, scene.browser(), link);
  expect(endsOf(await connectionOf(scene, link))).toEqual([30, null, 99]);
  scene.provider.behave({ extra: {} });
  await connect(scene, scene.browser(), await linkAgain(scene, link));
  expect(endsOf(await connectionOf(scene, link))).toEqual([null, 90, 365]);
});

test('what is held of another account keeps its own ends until it is accepted', async () => {
  const link = await scene.invite();
  scene.provider.behave({ extra: { user_id: 'ann', x_refresh_token_hard_expires_in: 300 * DAY } });
  await connect(scene, scene.browser(), link);
  scene.provider.behave({ extra: { user_id: 'bob', x_refresh_token_hard_expires_in: 20 * DAY } });
  await connect(scene, scene.browser(), await linkAgain(scene, link));
  const before = await connectionOf(scene, link);
  expect(endsOf(before)).toEqual([null, 90, 300]);
  expect(endsOf(await must(scene.ask(`POST /v1/connections/${String(before.id)}/held/accept`)))).toEqual([
    null,
    90,
    20,
  ]);
});
