import { outcomeOf } from './browser';
import { connect, statusOf } from './journey';
import { must, setScene, type Scene } from './scene';
import { connectionOf, eventsOf, IN_THE_ANSWER, linkAgain, served, signInAs, tellAccount } from './signing-in';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
  await tellAccount(scene, IN_THE_ANSWER);
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.provider.reset();
});

/** A connection of Ann's, at which Bob has just signed in. */
async function heldForBob() {
  const link = await scene.invite();
  await signInAs(scene, 'ann', link);
  const { accessToken } = await served(scene, link);
  const again = await linkAgain(scene, link);
  const seen = await signInAs(scene, 'bob', again);
  const { id } = await connectionOf(scene, link);
  return { link, again, seen, id: String(id), annsToken: accessToken };
}
const decide = (id: string, how: 'accept' | 'reject', options = {}) =>
  scene.ask(`POST /v1/connections/${id}/held/${how}`, options);
const heldAt = async (id: string): Promise<string[]> => {
  const { rows } = await scene.database.query<{ account: string }>(
    `select account_id as account from token_sets where connection_id = $1 and kind = 'held'`,
    [id],
  );
  return rows.map(({ account }) => account);
};

test('another account is held: the page says so, the old tokens are served on, the link stays open', async () => {
  const { link, again, seen, id, annsToken } = await heldForBob();
  expect([seen.status, outcomeOf(seen)]).toEqual([200, 'held']);
  expect(seen.html).toContain('bob@acme.example');
  expect(await served(scene, link)).toMatchObject({ accessToken: annsToken, account: { id: 'ann' }, generation: 1 });
  expect([await heldAt(id), await statusOf(scene, again)]).toEqual([['bob'], 'open']);
  expect((await eventsOf(scene, id)).at(-1)).toEqual({
    type: 'connection.account_mismatch',
    data: { expected: 'ann@acme.example', connected: 'bob@acme.example' },
  });
});

test('who was held by mistake may sign in with the right account by the same link', async () => {
  const { link, again, seen, id } = await heldForBob();
  expect(seen.html).toContain(`href="${again.path}"`);
  expect(outcomeOf(await signInAs(scene, 'ann', again))).toBe('connected');
  expect(await served(scene, link)).toMatchObject({ connectionId: id, account: { id: 'ann' }, generation: 2 });
  expect([await heldAt(id), await statusOf(scene, again)]).toEqual([[], 'used']);
});

test('a second account that is held replaces the first', async () => {
  const { link, again, id } = await heldForBob();
  expect(outcomeOf(await signInAs(scene, 'carol', again))).toBe('held');
  expect(await heldAt(id)).toEqual(['carol']);
  await must(decide(id, 'accept'));
  expect(await served(scene, link)).toMatchObject({ account: { id: 'carol' } });
});

test('accepted, the other account is served under the same connection id, and pinned from then on', async () => {
  const { link, id, annsToken } = await heldForBob();
  expect((await decide(id, 'accept')).json).toMatchObject({ id, account: { id: 'bob' } });
  const now = await served(scene, link);
  expect(now).toMatchObject({ connectionId: id, account: { id: 'bob', label: 'bob@acme.example' } });
  expect(now.accessToken).not.toBe(annsToken);
  expect(scene.provider.accepts(String(now.accessToken))).toBe(true);
  expect(outcomeOf(await signInAs(scene, 'ann', await linkAgain(scene, link)))).toBe('held');
  const types = (await eventsOf(scene, id)).map(({ type }) => type);
  expect(types).toEqual([
    'connection.connected',
    'connection.account_mismatch',
    'connection.connected',
    'connection.account_mismatch',
  ]);
});

test('accepted, what was held is renewed like any other, until the known end of its own consent', async () => {
  const link = await scene.invite();
  await signInAs(scene, 'ann', link);
  scene.provider.behave({ extra: { account_id: 'bob', refresh_token_expires_in: 86_400 } });
  expect(outcomeOf(await connect(scene, scene.browser(), await linkAgain(scene, link)))).toBe('held');
  const { id } = await connectionOf(scene, link);
  const { refreshExpiresAt, nextRefreshAt, expiresAt } = await must(decide(String(id), 'accept'));
  expect(Date.parse(String(nextRefreshAt))).toBeLessThan(Date.parse(String(expiresAt)));
  expect(Math.abs(Date.parse(String(refreshExpiresAt)) - Date.now() - 86_400_000)).toBeLessThan(60_000);
});

test('rejected, the other account is forgotten and the first one served on', async () => {
  const { link, id, annsToken } = await heldForBob();
  expect((await decide(id, 'reject')).json).toMatchObject({ id, account: { id: 'ann' } });
  expect(await heldAt(id)).toEqual([]);
  expect(await served(scene, link)).toMatchObject({ accessToken: annsToken, generation: 1 });
  expect((await eventsOf(scene, id)).at(-1)).toMatchObject({ type: 'connection.rejected' });
});

test('of several decisions at the same moment one counts, and afterwards there is nothing to decide', async () => {
  const { id } = await heldForBob();
  const decisions = (['accept', 'reject', 'accept', 'reject'] as const).map((how) => decide(id, how));
  expect((await Promise.all(decisions)).map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
  expect(await decide(id, 'accept')).toMatchObject({ status: 409, json: { code: 'conflict' } });
});

test("another organization's operator, and keys that may not, decide nothing", async () => {
  const { id } = await heldForBob();
  const { key: reader } = await scene.mint({ scopes: ['connections:read'] });
  const { key: limited } = await scene.mint({ scopes: ['connections:write'], clientIds: ['client-1'] });
  for (const [key, status] of [[scene.otherKey, 404] as const, [reader, 403] as const, [limited, 403] as const])
    for (const how of ['accept', 'reject'] as const) expect((await decide(id, how, { key })).status).toBe(status);
  expect(await heldAt(id)).toEqual(['bob']);
});

test('an account that is not told this time is not taken for the pinned one: held, with the pin in place', async () => {
  const link = await scene.invite();
  await signInAs(scene, 'ann', link);
  const { accessToken } = await served(scene, link);
  expect(outcomeOf(await signInAs(scene, null, await linkAgain(scene, link)))).toBe('held');
  expect(await served(scene, link)).toMatchObject({ accessToken, account: { id: 'ann' } });
});
