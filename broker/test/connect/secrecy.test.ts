import { found, needle, type Needle } from '../system/needles';
import type { Browser, Seen } from './browser';
import { connect, depart, wayBack } from './journey';
import { must, setScene, type Invited, type Scene } from './scene';

const [API_KEY, PASSWORD, MISPLACED] = [
  'otbcanary-api-key-7f3a',
  'otbcanary-password-9c1d',
  'otbcanary-misplaced-5e2b',
];

/** Everything that was secret in a run through all the ways of Connect, and what the broker said meanwhile. */
interface Told {
  scene: Scene;
  secrets: Map<string, string>;
  pages: Seen[];
}
const told = {} as Told;
beforeAll(async () => {
  const scene = await setScene();
  Object.assign(told, { scene, secrets: new Map(), pages: [] });
  await walk(told);
}, 60_000);
afterAll(() => told.scene.close());

/** Also as the bytes that base64url stands for, which a database shows as hex. */
function needles(secrets: Map<string, string>): Needle[] {
  return [...secrets].flatMap(([name, secret]) => {
    const bytes = Buffer.from(secret, 'base64url').toString('hex');
    return [needle(name, secret), { name: `bytes of ${name}`, forms: [Buffer.from(bytes)] }];
  });
}

async function walk({ scene, secrets, pages }: Told): Promise<void> {
  const verifyUrl = scene.desk.checkUrl;
  for (const oauthType of ['api_key', 'basic'])
    await must(
      scene.ask('POST /v1/services', { body: { name: oauthType, displayName: 'Keyed', oauthType, verifyUrl } }),
    );
  scene.provider.clientSecrets.forEach((secret, index) => secrets.set(`client secret ${index}`, secret));
  const link = await scene.invite({ returnUrl: 'https://agency.example/' });
  const browser = scene.browser();
  await goWrong(link, browser);
  pages.push(await connect(scene, browser, link), await browser.go(link.path));
  await handIn();
  collect(link, browser);
  const { accessToken } = (await scene.ask(`GET /v1/credentials/${link.clientId}/crm`)).json;
  secrets.set('access token', String(accessToken));
}

/** Every refusal that a callback can meet, with the real state, code and cookie in the wrong place. */
async function goWrong(link: Invited, browser: Browser): Promise<void> {
  const { scene, secrets, pages } = told;
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

async function handIn(): Promise<void> {
  const { scene, secrets, pages } = told;
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

function collect(link: Invited, browser: Browser): void {
  const { scene, secrets } = told;
  secrets.set('link', link.token).set('MAC of the link', link.token.slice(22));
  [...browser.jar.values()].forEach((cookie, index) => secrets.set(`cookie ${index}`, cookie));
  scene.provider.calls.forEach(({ form }, index) => {
    for (const name of ['code', 'code_verifier']) secrets.set(`${name} ${index}`, form.get(name) ?? '');
  });
}

test('the walk met every secret that there is', () => {
  const kinds = new Set([...told.secrets.keys()].map((name) => name.replace(/ \d+$/, '')));
  expect([...kinds].sort()).toEqual([
    'API key',
    'MAC of the link',
    'access token',
    'client secret',
    'code',
    'code that failed',
    'code_verifier',
    'cookie',
    'link',
    'link for api_key',
    'link for basic',
    'misplaced',
    'password',
    'state',
  ]);
  for (const [name, secret] of told.secrets) expect([name, secret.length > 20]).toEqual([name, true]);
});

test('no log line holds a secret, at the level debug', () => {
  const logged = Buffer.from(told.scene.logged());
  expect(logged.toString()).toContain('page failed');
  expect(logged.toString()).toContain('/connect/:token');
  expect(found(needles(told.secrets), logged)).toEqual([]);
});

test('no row of any table, the audit among them, holds a secret', async () => {
  const { database } = told.scene;
  const { rows } = await database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const dumps = await Promise.all(
    rows.map(
      async ({ name }) => (await database.query<{ row: string }>(`select t::text as row from "${name}" t`)).rows,
    ),
  );
  const dump = Buffer.from(dumps.flatMap((table) => table.map(({ row }) => row)).join('\n'));
  expect(dump.toString()).toContain('https://agency.example/');
  expect(found(needles(told.secrets), dump)).toEqual([]);
});

test('no page repeats a secret but the link in its own form and buttons', () => {
  const links = new Set(['link', 'MAC of the link', 'link for api_key', 'link for basic']);
  const others = needles(new Map([...told.secrets].filter(([name]) => !links.has(name))));
  const shown = Buffer.from(told.pages.map(({ html }) => html).join('\n'));
  expect(shown.length).toBeGreaterThan(10_000);
  expect(found(others, shown)).toEqual([]);
  const ofLinks = needles(new Map([...told.secrets].filter(([name]) => links.has(name))));
  for (const { html } of told.pages) {
    const elsewhere = html.replace(/(action|href)="\/connect\/[\w-]+"/g, '');
    expect(found(ofLinks, Buffer.from(elsewhere))).toEqual([]);
  }
});

test('what a failing provider or database says is in no page', () => {
  const shown = told.pages.map(({ html }) => html).join('\n');
  for (const inner of ['account_label', 'does not exist', 'at Object.', 'node:internal', 'stack'])
    expect(shown).not.toContain(inner);
});
