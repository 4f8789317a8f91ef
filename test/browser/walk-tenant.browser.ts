import { must } from '../../broker/test/system/operator';
import { PHONE } from './chromium';
import { ALICE, arrive, seePage, signIn } from './person';
import { inviteClient, setStage, type Stage } from './stage';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
}, 120_000);
afterAll(() => stage.close());

test('who mistypes his address is told on the page, and then signs in at his own host', async () => {
  const { operator, provider, browser } = stage;
  const own = provider.url.replace('127.0.0.1', '127.0.0.{tenant}');
  expect(own).toContain('{tenant}');
  const urls = { authorizationUrl: `${own}/auth`, tokenUrl: `${own}/token`, baseUrl: `${own}/api` };
  const tenant = { tenantFrom: 'link', tenantExample: '1', issuer: provider.url };
  const scopes = 'openid email offline_access';
  await must(operator('POST', '/v1/services', { name: 'shop', displayName: 'Demo', scopes, ...urls, ...tenant }));
  const { clientId: oauthClientId, clientSecret } = provider;
  const app = { clientId: oauthClientId, clientSecrets: [clientSecret] };
  await must(operator('PUT', '/v1/services/shop/app', app));
  const { clientId, link } = await inviteClient(stage, { service: 'shop' });

  const { page, complaints, leave } = await arrive(browser, PHONE);
  await page.goto(link.url);
  await seePage(page, /asks you to connect Demo/);
  const field = page.getByLabel('Your address at Demo');
  // Nothing typed: the browser itself stays.
  await page.getByRole('button', { name: /Demo$/ }).click();
  expect(await field.evaluate((input: { validity: { valueMissing: boolean } }) => input.validity.valueMissing)).toBe(
    true,
  );
  await field.fill('evil.com/');
  await page.getByRole('button', { name: /Demo$/ }).click();
  await page.getByText('That cannot be an address at Demo.').waitFor();
  expect(await page.title()).toMatch(/^Error: /);
  expect(await field.inputValue()).toBe('evil.com/');
  expect(await field.evaluate('document.activeElement.id')).toBe('tenant');

  await field.fill('127.0.0.1');
  await page.getByRole('button', { name: /Demo$/ }).click();
  await seePage(page, 'Sign in');
  await signIn(page, ALICE);
  await seePage(page, 'You have connected Demo');
  expect(await must(operator('GET', `/v1/credentials/${clientId}/shop`))).toMatchObject({
    baseUrl: `${provider.url}/api`,
  });
  expect(complaints.filter((complaint) => !complaint.includes('Failed to load resource'))).toEqual([]);
  await leave();
});
