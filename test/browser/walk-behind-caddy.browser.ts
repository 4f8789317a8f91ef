import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { startCaddy, type Caddy } from './caddy';
import { DESKTOP, PHONE } from './chromium';
import { freePort } from './free-port';
import { ALICE, arrive, goToProvider, seePage, signIn } from './person';
import { inviteClient, setStage, type Stage } from './stage';

const HOST = 'connect.otobot.test';

let stage: Stage;
let caddy: Caddy;
let publicUrl: string;

beforeAll(async () => {
  publicUrl = `https://${HOST}:${await freePort()}`;
  stage = await setStage({
    env: { PUBLIC_URL: publicUrl },
    // The name is in no DNS.
    chromiumArgs: [`--host-resolver-rules=MAP ${HOST} 127.0.0.1`],
    providerArgs: ['--redirect-uri', `${publicUrl}/oauth/callback/demo`],
  });
  caddy = await startCaddy({ publicUrl, broker: stage.brokerUrl });
}, 120_000);
afterAll(async () => {
  await stage.close();
  await caddy.stop();
});

test.each([
  ['phone', PHONE],
  ['desktop', DESKTOP],
])('a link works on another host name with TLS, on a %s', async (_device, device) => {
  const { clientId, link } = await inviteClient(stage);
  expect(link.url.startsWith(`${publicUrl}/connect/`)).toBe(true);
  const person = await arrive(stage.browser, { ...device, ignoreHTTPSErrors: true });
  await person.page.goto(link.url);
  await seePage(person.page, /asks you to connect Demo/);
  await goToProvider(person.page);
  const cookies = await person.page.context().cookies(publicUrl);
  expect(cookies.length).toBeGreaterThan(0);
  for (const cookie of cookies) {
    expect(cookie.name).toMatch(/^__Host-/);
    expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax', path: '/', domain: HOST });
  }
  await signIn(person.page, ALICE);
  await seePage(person.page, 'You have connected Demo');
  expect((await stage.operator('GET', `/v1/credentials/${clientId}/demo`)).json).toMatchObject({
    account: { id: 'alice', label: 'alice@example.com' },
  });
  expect(person.complaints).toEqual([]);
  await person.leave();
});

const PRIVATE = [
  '/health',
  '/ready',
  '/v1/whoami',
  '/v1/connect-links',
  '/v1/credentials/acme/demo',
  '/metrics',
  '/',
  '/v1/nothing',
];

test('through the proxy nothing private can be told to exist', async () => {
  const { hostname, port } = new URL(publicUrl);
  // What Caddy answers itself comes without the broker's headers.
  for (const path of PRIVATE) {
    const answer = await ask({ servername: hostname, port, path, host: `${hostname}:${port}` });
    expect([path, answer]).toEqual([path, { status: 404, fromBroker: false }]);
  }
  const page = await ask({ servername: hostname, port, path: '/connect/none', host: `${hostname}:${port}` });
  expect(page).toEqual({ status: 404, fromBroker: true });
});

test('the broker itself keeps what is private from the public host, however it is spelt and whatever is forwarded', async () => {
  const { port, host: broker } = stage.brokerUrl;
  const { port: publicPort, host } = new URL(publicUrl);
  const spellings = [host, HOST, `${HOST.toUpperCase()}:${publicPort}`, `${HOST}.:${publicPort}`];
  for (const name of spellings)
    for (const path of PRIVATE)
      expect([name, path, await ask({ port, path, host: name })]).toEqual([
        name,
        path,
        { status: 404, fromBroker: true },
      ]);
  expect((await ask({ port, path: '/health', host: broker })).status).toBe(200);
  expect((await stage.operator('GET', '/v1/whoami')).status).toBe(200);
});

/** Asks a port here for a path of a host; with a server name by TLS. */
async function ask({
  port,
  path,
  host,
  servername,
}: {
  port: string;
  path: string;
  host: string;
  servername?: string;
}) {
  const options = { hostname: '127.0.0.1', port, path, headers: { host } };
  const request = servername ? https.get({ ...options, servername, rejectUnauthorized: false }) : http.get(options);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.resume();
  return { status: response.statusCode, fromBroker: 'x-request-id' in response.headers };
}
