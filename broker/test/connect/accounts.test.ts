import { outcomeOf } from './browser';
import { connect } from './journey';
import { setScene, type Scene } from './scene';
import { connectionOf, IN_THE_ANSWER, linkAgain, served, signInAs, tellAccount } from './signing-in';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());
beforeEach(async () => {
  scene.provider.reset();
  scene.desk.calls.length = 0;
  await tell(IN_THE_ANSWER);
});
const tell = (fields: Record<string, unknown>) => tellAccount(scene, fields);

describe('the account is known', () => {
  const jwt = (claims: object): string =>
    ['{}', JSON.stringify(claims), 'signature'].map((part) => Buffer.from(part).toString('base64url')).join('.');

  test('by the id_token', async () => {
    await tell({ accountFrom: 'id_token' });
    scene.provider.behave({ extra: { id_token: jwt({ sub: 'a-1', email: 'ann@acme.example' }) } });
    const link = await scene.invite();
    const seen = await connect(scene, scene.browser(), link);
    expect(seen.html).toContain('ann@acme.example');
    expect(await served(scene, link)).toMatchObject({ account: { id: 'a-1', label: 'ann@acme.example' } });
  });

  test('by the answer', async () => {
    const link = await scene.invite();
    expect((await signInAs(scene, 'ann', link)).html).toContain('ann@acme.example');
    expect(await served(scene, link)).toMatchObject({ account: { id: 'ann', label: 'ann@acme.example' } });
  });

  test('by a look-up with the new token', async () => {
    await tell({
      accountFrom: 'url',
      accountUrl: scene.desk.accountUrl,
      accountIdPath: 'me.id',
      accountLabelPath: 'me.mail',
    });
    scene.desk.answer({ status: 200, body: { me: { id: 77, mail: 'ann@acme.example' } } });
    const link = await scene.invite();
    expect(outcomeOf(await connect(scene, scene.browser(), link))).toBe('connected');
    const { accessToken, account } = await served(scene, link);
    expect(account).toEqual({ id: '77', label: 'ann@acme.example' });
    expect(scene.desk.calls).toEqual([{ path: '/account', authorization: `Bearer ${String(accessToken)}` }]);
  });
});

test.each([
  ['answers 500', { status: 500 }],
  ['answers 401', { status: 401, body: { me: { id: 'x' } } }],
  ['names nobody', { status: 200, body: { me: {} } }],
  ['names somebody that PostgreSQL cannot keep', { status: 200, body: { me: { id: 'a\0b' } } }],
  ['answers no object', { status: 200, body: [null] }],
  ['tears the connection', 'reset' as const],
])(
  'a look-up that %s does not cost the consent: connected, the account not known, and the page says so',
  async (_what, reply) => {
    await tell({ accountFrom: 'url', accountUrl: scene.desk.accountUrl, accountIdPath: 'me.id' });
    scene.desk.answer(reply);
    const link = await scene.invite();
    const seen = await connect(scene, scene.browser(), link);
    expect(outcomeOf(seen)).toBe('connected');
    expect(seen.html).toContain('we do not know');
    expect(await served(scene, link)).toMatchObject({ account: null });
  },
);

test('reconnecting with the same account keeps the connection, its id and its pin', async () => {
  const link = await scene.invite();
  await signInAs(scene, 'ann', link);
  const before = await connectionOf(scene, link);
  const again = await linkAgain(scene, link);
  expect((await scene.browser().go(again.path)).html).toContain('ann@acme.example');
  expect(outcomeOf(await signInAs(scene, 'ann', again))).toBe('connected');
  const after = await connectionOf(scene, link);
  expect(after).toMatchObject({ id: before.id, account: before.account, generation: 2 });
});
