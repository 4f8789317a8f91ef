// The tour: six scenes, each a thing that happens at an agency, played with real requests. Whatever comes out otherwise is an error.
import assert from 'node:assert/strict';

import { TOKEN_SECONDS, until } from './play.mjs';
import { visitor } from './visitor.mjs';

const SERVICE = 'demo';
const CLIENTS = [
  { clientId: 'acme', name: 'Acme Ltd', account: 'alice' },
  { clientId: 'globex', name: 'Globex', account: 'bob' },
];
const REFRESHED_WITHIN_MS = 30_000;
/** A refusal is confirmed once more before somebody is bothered. */
const TOLD_WITHIN_MS = 90_000;

/** @param play `{broker, provider, tell}` */
export async function tour(play) {
  await furnish(play);
  for (const client of CLIENTS) await connect(play, client);
  await fetchEach(play);
  await refresh(play);
  await loseConsent(play);
  await lookBack(play);
}

async function furnish({ broker, provider, tell }) {
  tell.chapter('The agency names its clients, and the service that they use');
  for (const { clientId, name } of CLIENTS) {
    await broker.call('POST', '/v1/clients', { clientId, name });
    tell.done(`client ${tell.styled('bold', clientId)} (${name})`);
  }
  await broker.call('POST', '/v1/services', {
    ...{ name: SERVICE, displayName: 'Demo', oauthType: 'oauth2', rotation: 'strict' },
    ...{ authorizationUrl: `${provider.url}/auth`, tokenUrl: `${provider.url}/token` },
    ...{ scopes: 'openid email offline_access', accountFrom: 'id_token', allowedHosts: ['127.0.0.1'] },
  });
  const app = { clientId: 'otobot-demo', clientSecrets: ['a-secret-for-the-demo-on-loopback'] };
  await broker.call('PUT', `/v1/services/${SERVICE}/app`, app);
  tell.done(
    `service ${tell.styled('bold', SERVICE)}: tokens live ${TOKEN_SECONDS} s, a refresh token is good for one use`,
  );
}

async function connect({ broker, tell }, { clientId, account, name }) {
  if (clientId === CLIENTS[0].clientId)
    tell.chapter('Each client connects by himself, with a link; nobody sees a password');
  const { url } = await broker.call('POST', '/v1/connect-links', { clientId, service: SERVICE });
  tell.typed(`otobot connect-link create ${clientId} ${SERVICE}`);
  tell.fact(tell.styled('underline', url));
  const browser = visitor();
  await follow(browser, url, account);
  tell.done(`${name} has signed in as ${account}, and agreed`);
}

/** The person's part: the link, the provider's sign-in, the consent, and back. @returns the page on which it ends */
async function follow({ open, press }, url, account) {
  const asked = await open(url);
  const signIn = await press(asked);
  const consent = await press(signIn, account);
  const end = await press(consent, 'allow');
  assert.equal(end.status, 200, `connecting ended with "${end.heading}"`);
  return end;
}

async function fetchEach({ broker, provider, tell }) {
  tell.chapter('n8n asks for each item, and gets the token of the client it belongs to');
  for (const { clientId, account } of CLIENTS) {
    const { accessToken, expiresAt } = await read(broker, clientId);
    tell.typed(`curl -H "Authorization: Bearer $OTOBOT_KEY" ${broker.url}/v1/credentials/${clientId}/${SERVICE}`);
    const owner = await provider.me(accessToken);
    assert.equal(owner?.id, account, `the token of ${clientId} is not that of ${account}`);
    const lives = Math.round((Date.parse(expiresAt) - Date.now()) / 1_000);
    tell.done(
      `${masked(accessToken)} lives ${lives} s more; the provider's API says it is ${tell.styled('bold', owner.name)}`,
    );
  }
}

async function refresh({ broker, provider, tell }) {
  tell.chapter('Before a token dies there is a new one');
  const [{ clientId, account }] = CLIENTS;
  const before = await read(broker, clientId);
  const after = await tell.during('waiting for the refresher, which comes at half of its life', () =>
    until('the token was not refreshed', REFRESHED_WITHIN_MS, async () => {
      const now = await read(broker, clientId);
      return now.generation > before.generation && now;
    }),
  );
  assert.equal((await provider.me(after.accessToken))?.id, account);
  tell.done(
    `generation ${before.generation} → ${after.generation}: ${masked(before.accessToken)} → ${masked(after.accessToken)}, no workflow noticed`,
  );
}

async function loseConsent({ broker, provider, tell }) {
  tell.chapter('A client takes the consent back: no dead token is served, and there is a link to send');
  const [{ clientId, account, name }] = CLIENTS;
  const live = await read(broker, clientId);
  await provider.revoke(account);
  assert.equal(await provider.me(live.accessToken), null);
  tell.fact(`${account} removes the access in the settings of the provider`);
  // As our credential in n8n does when an API answers 401.
  await broker.ask('POST', '/v1/grants', { clientId, service: SERVICE, rejected: live.fingerprint });
  const refusal = await tell.during('the broker asks the provider, and once more to be sure', () =>
    until('nobody was told to connect again', TOLD_WITHIN_MS, async () => {
      const { status, body } = await broker.ask('GET', `/v1/credentials/${clientId}/${SERVICE}`);
      return status === 409 && body;
    }),
  );
  assert.equal(refusal.code, 'reauth_required');
  tell.refused(`409 ${refusal.code} (${refusal.reason}): ${name} must connect again, with this link:`);
  tell.fact(tell.styled('underline', refusal.connectUrl));
  const other = await read(broker, CLIENTS[1].clientId);
  assert.equal((await provider.me(other.accessToken))?.id, CLIENTS[1].account);
  tell.done(`${CLIENTS[1].name} works on as if nothing had happened`);
  await follow(visitor(), refusal.connectUrl, account);
  const again = await read(broker, clientId);
  assert.equal((await provider.me(again.accessToken))?.id, account);
  tell.done(`${name} has followed the link: the same connection goes on, generation ${again.generation}`);
}

async function lookBack({ broker, tell }) {
  tell.chapter('Who got what is on record, in a chain that shows any change');
  tell.typed('otobot audit list --action credential.read');
  const { items } = await broker.call('GET', '/v1/audit?action=credential.read&limit=5');
  assert.ok(items.some(({ code }) => code === 'released'));
  for (const { at, occurredAt, clientId, service, code } of items)
    tell.fact(`${(occurredAt ?? at).slice(11, 19)}  ${clientId}/${service}  ${code}`);
  tell.typed('otobot audit verify');
  const verified = await until('the audit was not sealed', 20_000, () =>
    broker.command('audit', 'verify').catch(() => null),
  );
  tell.done(verified.text.trim().split('\n')[0]);
}

async function read(broker, clientId) {
  return await broker.call('GET', `/v1/credentials/${clientId}/${SERVICE}`);
}

/** Enough to tell two apart. */
const masked = (token) => `…${token.slice(-6)}`;
