import { must } from '../../broker/test/system/operator';
import { until } from '../../broker/test/support/until';
import { PHONE } from './chromium';
import { ALICE, arrive, BOB, connect, goToProvider, seePage, signIn } from './person';
import { inviteClient, makeLink, setStage, type Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
}, 120_000);
afterAll(() => stage.close());
beforeEach(() => stage.provider.turn({ accessTokenSeconds: 3_600 }));

interface Served {
  accessToken: string;
  connectionId: string;
  generation: number;
  account: { id: string; label: string };
}

const read = async (clientId: string): Promise<Served> =>
  (await must(stage.operator('GET', `/v1/credentials/${clientId}/demo`))) as unknown as Served;

const whoami = async (accessToken: string): Promise<unknown> => {
  const response = await fetch(`${stage.provider.url}/api/me`, { headers: { authorization: `Bearer ${accessToken}` } });
  return response.status === 200 ? response.json() : response.status;
};

test('from a link to a token that renews itself; revoked, reconnected under the same id; another account is held', async () => {
  const { operator, provider, browser } = stage;
  // So short that this test sees a renewal, and that a dead consent is noticed while it watches.
  await provider.turn({ accessTokenSeconds: 6 });
  const { clientId, link } = await inviteClient(stage, { reason: 'To plan your campaigns around your calendar.' });

  const alice = await arrive(browser, PHONE);
  await alice.page.goto(link.url);
  await seePage(alice.page, /asks you to connect Demo/);
  for (const text of ['Acme Ltd', 'Read your calendar', 'To plan your campaigns around your calendar.'])
    expect(await alice.page.getByText(text).isVisible()).toBe(true);
  await goToProvider(alice.page);
  await signIn(alice.page, ALICE);
  await seePage(alice.page, 'You have connected Demo');
  expect(await alice.page.getByText('alice@example.com').isVisible()).toBe(true);

  const first = await read(clientId);
  expect(first.account).toEqual({ id: 'alice', label: 'alice@example.com' });
  const renewed = await until('the token is renewed', async () => {
    const served = await read(clientId);
    return served.generation > first.generation && served;
  });
  expect(await whoami(renewed.accessToken)).toMatchObject({ id: 'alice', email: 'alice@example.com' });

  await provider.revoke('alice');
  const refused = await until(
    'the dead consent is noticed',
    async () => {
      const answer = await operator('GET', `/v1/credentials/${clientId}/demo`);
      return answer.json.code === 'reauth_required' && answer;
    },
    45_000,
  );
  expect(refused).toMatchObject({ status: 409, json: { reason: 'revoked' } });
  const again = await operator('GET', `/v1/credentials/${clientId}/demo`);
  expect(again.json.connectUrl).toBe(refused.json.connectUrl);

  await provider.turn({ accessTokenSeconds: 3_600 });
  await alice.page.goto(String(refused.json.connectUrl));
  await seePage(alice.page, /asks you to connect Demo again/);
  expect(await alice.page.getByText('alice@example.com').isVisible()).toBe(true);
  await goToProvider(alice.page);
  await signIn(alice.page, ALICE);
  await seePage(alice.page, 'You have connected Demo');
  const reconnected = await read(clientId);
  expect(reconnected.connectionId).toBe(first.connectionId);
  expect(await whoami(reconnected.accessToken)).toMatchObject({ id: 'alice' });
  expect(alice.complaints).toEqual([]);
  await alice.leave();

  const bob = await arrive(browser);
  await connect(bob.page, (await makeLink(operator, clientId)).url, BOB);
  await seePage(bob.page, 'This is another account than before');
  expect(await bob.page.getByText('bob@example.com').isVisible()).toBe(true);
  expect(await read(clientId)).toMatchObject({ accessToken: reconnected.accessToken, account: { id: 'alice' } });
  expect(bob.complaints).toEqual([]);
  await bob.leave();

  await must(operator('POST', `/v1/connections/${first.connectionId}/held/accept`));
  const accepted = await read(clientId);
  expect(accepted).toMatchObject({ connectionId: first.connectionId, account: { id: 'bob' } });
  expect(await whoami(accepted.accessToken)).toMatchObject({ id: 'bob' });
}, 120_000);

test('a held account that the operator rejects changes nothing', async () => {
  const { clientId, link } = await inviteClient(stage);
  const { operator, browser } = stage;
  const person = await arrive(browser);
  await connect(person.page, link.url, ALICE);
  await seePage(person.page, 'You have connected Demo');
  const before = await read(clientId);
  await connect(person.page, (await makeLink(operator, clientId)).url, BOB);
  await seePage(person.page, 'This is another account than before');
  await must(operator('POST', `/v1/connections/${before.connectionId}/held/reject`));
  expect(await read(clientId)).toMatchObject({ accessToken: before.accessToken, account: { id: 'alice' } });
  expect((await operator('POST', `/v1/connections/${before.connectionId}/held/accept`)).status).toBeGreaterThanOrEqual(
    400,
  );
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test('whoever reads French is spoken to in French', async () => {
  const { link } = await inviteClient(stage);
  const person = await arrive(stage.browser, { ...PHONE, locale: 'fr-FR' });
  await person.page.goto(link.url);
  await seePage(person.page, /vous demande de connecter Demo/);
  expect(await person.page.getAttribute('html', 'lang')).toBe('fr');
  expect(await person.page.getByText('Lire votre agenda').isVisible()).toBe(true);
  await goToProvider(person.page);
  await signIn(person.page, ALICE);
  await seePage(person.page, /Demo/);
  expect(await person.page.getAttribute('html', 'lang')).toBe('fr');
  expect(person.complaints).toEqual([]);
  await person.leave();
});

test('the way back to the agency is offered where the link names one', async () => {
  const returnUrl = 'https://agency.example/thanks';
  const { link } = await inviteClient(stage, { returnUrl });
  const person = await arrive(stage.browser);
  await connect(person.page, link.url, ALICE);
  await seePage(person.page, 'You have connected Demo');
  expect(await person.page.getByRole('link', { name: 'Go back' }).getAttribute('href')).toBe(returnUrl);
  await person.leave();
});

test('an API key is asked for by a form, checked, and served', async () => {
  const { operator, provider, browser } = stage;
  const service = {
    name: 'keyed',
    displayName: 'Keyed',
    oauthType: 'api_key',
    verifyUrl: `${provider.url}/api/key-check`,
    allowedHosts: ['127.0.0.1'],
  };
  await must(operator('POST', '/v1/services', service));
  const { clientId, link } = await inviteClient(stage, { service: 'keyed' });
  const person = await arrive(browser, PHONE);
  await person.page.goto(link.url);
  await seePage(person.page, /asks you to connect Keyed/);
  const hand = async (key: string): Promise<void> => {
    await person.page.getByLabel('API key of Keyed').fill(key);
    await person.page.getByRole('button', { name: 'Connect Keyed' }).click();
  };
  await hand('a-wrong-key');
  await person.page.getByText('does not accept this key').waitFor();
  await seePage(person.page, /asks you to connect Keyed/);
  expect(await person.page.content()).not.toContain('a-wrong-key');
  await hand('demo-key-of-acme');
  await seePage(person.page, 'You have connected Keyed');
  expect(await must(operator('GET', `/v1/credentials/${clientId}/keyed`))).toMatchObject({
    kind: 'api_key',
    apiKey: 'demo-key-of-acme',
  });
  expect(person.complaints).toEqual([]);
  await person.leave();
});
