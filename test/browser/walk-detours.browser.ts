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
