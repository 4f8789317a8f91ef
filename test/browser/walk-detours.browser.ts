import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { must } from '../../broker/test/system/operator';
import { ALICE, arrive, BOB, connect, goToProvider, seePage, signIn, type Person } from './person';
import { inviteClient, setStage, type Stage } from './stage';

let stage: Stage;
let person: Person;
beforeAll(async () => {
  stage = await setStage();
}, 120_000);
afterAll(() => stage.close());
beforeEach(async () => {
  person = await arrive(stage.browser);
});
afterEach(async () => {
  expect(person.complaints).toEqual([]);
  await person.leave();
});

const CONNECTED = 'You have connected Demo';
const MARKUP = `<img src=x onerror="alert(1)"><script>alert(2)</script>`;
const exchanges = async (): Promise<number> =>
  (await stage.provider.state()).tokenCalls.filter(({ grantType }) => grantType === 'authorization_code').length;
const accountOf = async (clientId: string): Promise<unknown> =>
  (await stage.operator('GET', `/v1/credentials/${clientId}/demo`)).json.account;

test('a mail scanner that opens the link first starts nothing and uses nothing up', async () => {
  const { link } = await inviteClient(stage);
  for (const method of ['GET', 'HEAD', 'GET']) expect((await fetch(link.url, { method })).status).toBe(200);
  const flows = await stage.installation.query('select from flows');
  expect(flows).toHaveLength(0);
  await connect(person.page, link.url, ALICE);
  await seePage(person.page, CONNECTED);
});

test('a double click on the button ends well', async () => {
  const { clientId, link } = await inviteClient(stage);
  await person.page.goto(link.url);
  await person.page.getByRole('button', { name: /Demo$/ }).dblclick();
  await seePage(person.page, 'Sign in');
  await signIn(person.page, ALICE);
  await seePage(person.page, CONNECTED);
  expect(await accountOf(clientId)).toMatchObject({ id: 'alice' });
});

test('of two tabs the first to finish connects; the other is told, and redeems nothing', async () => {
  const { clientId, link } = await inviteClient(stage);
  const other = await person.openTab();
  for (const page of [person.page, other]) {
    await page.goto(link.url);
    await goToProvider(page);
  }
  await signIn(other, ALICE);
  await seePage(other, CONNECTED);
  const before = await exchanges();
  await signIn(person.page, BOB);
  await seePage(person.page, 'This link has already been used');
  expect(await exchanges()).toBe(before);
  expect(await accountOf(clientId)).toMatchObject({ id: 'alice' });
});

test('the back button before the sign-in: the way forward is open again', async () => {
  const { link } = await inviteClient(stage);
  await person.page.goto(link.url);
  await goToProvider(person.page);
  await person.page.goBack();
  await seePage(person.page, /asks you to connect Demo/);
  await goToProvider(person.page);
  await signIn(person.page, ALICE);
  await seePage(person.page, CONNECTED);
});

test('reloading, going back and forward after it is done: the same story, and no second token call', async () => {
  const { link } = await inviteClient(stage);
  await connect(person.page, link.url, ALICE);
  await seePage(person.page, CONNECTED);
  const before = await exchanges();
  await person.page.reload();
  await seePage(person.page, CONNECTED);
  await person.page.goto(link.url);
  await seePage(person.page, 'This link has already been used');
  await person.page.goBack();
  await seePage(person.page, CONNECTED);
  expect(await exchanges()).toBe(before);
});

test('a sign-in that comes back in another browser gets nothing, and the right one still ends well', async () => {
  const { clientId, link } = await inviteClient(stage);
  await person.page.goto(link.url);
  await goToProvider(person.page);
  const back = await wayBack(person);
  const stranger = await arrive(stage.browser);
  const before = await exchanges();
  await stranger.page.goto(back);
  await seePage(stranger.page, 'You started in another browser');
  expect(await exchanges()).toBe(before);
  expect(await accountOf(clientId)).toBeUndefined();
  await stranger.leave();
  await person.page.goto(back);
  await seePage(person.page, CONNECTED);
});

test('a provider that first goes on to another of its hosts is reached all the same', async () => {
  const { operator, provider } = stage;
  // As a shop's or a region's sign-in: the page's policy cannot name where this leads.
  const hop = createServer((request, response) => {
    response.writeHead(302, { location: provider.url + (request.url ?? '') }).end();
  }).listen(0, '127.0.0.1');
  await once(hop, 'listening');
  const { port } = hop.address() as AddressInfo;
  const change = (authorizationUrl: string) => operator('PATCH', '/v1/services/demo', { authorizationUrl });
  await must(change(`http://localhost:${port}/auth`));
  try {
    const { link } = await inviteClient(stage);
    await connect(person.page, link.url, ALICE);
    await seePage(person.page, CONNECTED);
  } finally {
    await must(change(`${provider.url}/auth`));
    hop.close();
  }
});

test('who says no has connected nothing, and may think again', async () => {
  const { clientId, link } = await inviteClient(stage);
  await person.page.goto(link.url);
  await goToProvider(person.page);
  await signIn(person.page, ALICE, 'Deny');
  await seePage(person.page, 'Nothing was connected');
  expect(await accountOf(clientId)).toBeUndefined();
  await person.page.getByRole('link', { name: 'Try again' }).click();
  await seePage(person.page, /asks you to connect Demo/);
  await goToProvider(person.page);
  await signIn(person.page, ALICE);
  await seePage(person.page, CONNECTED);
});

test.each([
  ['is down', '503', 'We cannot reach Demo at the moment'],
  ['refuses the code', 'invalid_grant', 'The last step failed at Demo'],
])('when the provider %s, the page says so and the link still works', async (_what, fail, heading) => {
  const { link } = await inviteClient(stage);
  await person.page.goto(link.url);
  await goToProvider(person.page);
  const before = await exchanges();
  await stage.provider.turn({ fail, times: 1 });
  await signIn(person.page, ALICE);
  await seePage(person.page, heading);
  await stage.provider.turn({ times: 0 });
  expect(await exchanges()).toBe(before);
  await person.page.getByRole('link', { name: 'Try again' }).click();
  await goToProvider(person.page);
  await signIn(person.page, ALICE);
  await seePage(person.page, CONNECTED);
});

test('a sign-in of more than ten minutes ago is over; the link is not', async () => {
  const { link } = await inviteClient(stage);
  await person.page.goto(link.url);
  await goToProvider(person.page);
  const back = await wayBack(person);
  await stage.installation.query(`update flows set expires_at = expires_at - interval '11 minutes'`);
  const before = await exchanges();
  await person.page.goto(back);
  await seePage(person.page, 'The sign-in took too long');
  expect(await exchanges()).toBe(before);
  await connect(person.page, link.url, ALICE);
  await seePage(person.page, CONNECTED);
});

test('what the provider says is shown as text, whatever it is', async () => {
  const { link } = await inviteClient(stage);
  await person.page.goto(link.url);
  await goToProvider(person.page);
  const back = new URL(await wayBack(person));
  back.searchParams.delete('code');
  back.searchParams.set('error', 'server_error');
  back.searchParams.set('error_description', MARKUP);
  const before = await exchanges();
  await person.page.goto(back.href);
  await seePage(person.page, 'The sign-in at Demo failed');
  expect(await person.page.getByText(MARKUP).isVisible()).toBe(true);
  expect(await person.page.locator('img[src=x]').count()).toBe(0);
  expect(await exchanges()).toBe(before);
});

test('a form on a foreign page starts nothing', async () => {
  const { link } = await inviteClient(stage);
  await person.page.goto(stage.provider.url);
  await person.page.setContent(`<form method="post" action="${link.url}"><button>Win a prize</button></form>`);
  await person.page.getByRole('button').click();
  await person.page.waitForURL(link.url);
  await seePage(person.page, 'This request came from another website');
  expect(await stage.installation.query('select from flows where link_id = $1', [link.id])).toHaveLength(0);
});

test('a link that is too old says whom to ask', async () => {
  const { link } = await inviteClient(stage);
  await stage.installation.query(`update connect_links set expires_at = now() - interval '1 minute' where id = $1`, [
    link.id,
  ]);
  await person.page.goto(link.url);
  await seePage(person.page, 'This link has expired');
});

test('a withdrawn link, a link of a suspended client and a link that never was each say what to do', async () => {
  const { link } = await inviteClient(stage);
  await must(stage.operator('DELETE', `/v1/connect-links/${link.id}`));
  await person.page.goto(link.url);
  await seePage(person.page, 'This link was withdrawn');
  const suspended = await inviteClient(stage);
  await must(stage.operator('POST', `/v1/clients/${suspended.clientId}/suspend`));
  await person.page.goto(suspended.link.url);
  await seePage(person.page, 'Connecting is paused');
  await person.page.goto(link.url.replace(/.{6}$/, 'AAAAAA'));
  await seePage(person.page, 'This link leads nowhere');
});

/** Agrees at the provider without following the redirect: the address to which the browser would be sent back. */
async function wayBack({ page }: Person): Promise<string> {
  const answer = await page.request.post(`${page.url()}/answer`, {
    form: { account: 'alice', answer: 'allow' },
    maxRedirects: 0,
  });
  const resumed = await page.request.get(answer.headers().location ?? '', { maxRedirects: 0 });
  return resumed.headers().location ?? '';
}
