import type { Browser, Seen } from './browser';
import { connect, depart, wayBack } from './journey';
import { must, type Invited, type Scene } from './scene';

const [API_KEY, PASSWORD, MISPLACED] = [
  'otbcanary-api-key-7f3a',
  'otbcanary-password-9c1d',
  'otbcanary-misplaced-5e2b',
];

/** Everything that was secret in a run through all the ways of Connect, and what the broker said meanwhile. */
export interface Told {
  scene: Scene;
  secrets: Map<string, string>;
  pages: Seen[];
}
/** Takes every way through Connect, the good ones and those that end in a refusal or a failure. */
export async function takeAllTheWays(told: Told): Promise<void> {
  const { scene, secrets, pages } = told;
  const verifyUrl = scene.desk.checkUrl;
  for (const oauthType of ['api_key', 'basic'])
    await must(
      scene.ask('POST /v1/services', { body: { name: oauthType, displayName: 'Keyed', oauthType, verifyUrl } }),
    );
  scene.provider.clientSecrets.forEach((secret, index) => secrets.set(`client secret ${index}`, secret));
  const link = await scene.invite({ returnUrl: 'https://agency.example/' });
  const browser = scene.browser();
  await goWrong(told, link, browser);
  pages.push(await connect(scene, browser, link), await browser.go(link.path));
  await handIn(told);
  collect(told, link, browser);
  const { accessToken } = (await scene.ask(`GET /v1/credentials/${link.clientId}/crm`)).json;
  secrets.set('access token', String(accessToken));
}

/** Every refusal that a callback can meet, with the real state, code and cookie in the wrong place. */
async function goWrong({ scene, secrets, pages }: Told, link: Invited, browser: Browser): Promise<void> {
  const departure = await depart(browser, link);
  secrets.set('state', departure.state);
  const back = wayBack(scene, departure);
  const code = new URLSearchParams(back.split('?')[1]).get('code') ?? '';
  secrets.set('code that failed', code);
  scene.provider.next({ status: 400, body: { error: 'invalid_grant', error_description: code } });
  pages.push(
    await scene.browser().go(back),
    await browser.go(back, { method: 'HEAD' }),
    await browser.go(back.replace('/crm', '/other')),
    await browser.go(`${back}&state=${departure.state}`),
    await browser.go(back, { headers: { 'user-agent': 'a', referer: `http://127.0.0.1${link.path}` } }),
  );
  for (const path of [`${link.path}/extra`, `/v1${link.path}`, `/v1/whoami?link=${link.token}`, `/x?code=${code}`])
    pages.push(await browser.go(path));
  pages.push(await browser.go(link.path, { method: 'PUT' }), await browser.go(back, { method: 'POST' }));
  // A provider that repeats what it was sent, and one whose answer is cut.
  for (const fault of [
    { status: 400, body: { error: MISPLACED, error_description: MISPLACED } },
    'process-then-truncate',
  ] as const) {
    scene.provider.next(fault);
    pages.push(await connect(scene, browser, link));
  }
  const broken = wayBack(scene, await depart(browser, link));
  await scene.database.query('alter table connections rename column account_label to gone');
  pages.push(await browser.go(broken), await browser.go(broken));
  await scene.database.query('alter table connections rename column gone to account_label');
}

async function handIn({ scene, secrets, pages }: Told): Promise<void> {
  secrets.set('API key', API_KEY).set('password', PASSWORD).set('misplaced', MISPLACED);
  for (const [service, fields] of [
    ['api_key', { apiKey: API_KEY }],
    ['basic', { username: 'ann', password: PASSWORD }],
  ] as const) {
    const link = await scene.invite({ service });
    secrets.set(`link for ${service}`, link.token);
    const hand = (given: Record<string, string>) => scene.browser().submit(link.path, given);
    for (const status of [401, 500, 200]) {
      scene.desk.answer({ status, body: { error: MISPLACED } });
      pages.push(
        await hand({ apiKey: `${MISPLACED} \0`, username: MISPLACED, password: '' }),
        await hand({ ...fields }),
      );
    }
    pages.push(await hand({ ...fields }));
  }
}

function collect({ scene, secrets }: Told, link: Invited, browser: Browser): void {
  secrets.set('link', link.token).set('MAC of the link', link.token.slice(22));
  [...browser.jar.values()].forEach((cookie, index) => secrets.set(`cookie ${index}`, cookie));
  scene.provider.calls.forEach(({ form }, index) => {
    for (const name of ['code', 'code_verifier']) secrets.set(`${name} ${index}`, form.get(name) ?? '');
  });
}
