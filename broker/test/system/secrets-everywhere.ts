import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { CANARY, type Provider } from '../support/provider';
import { until } from '../support/until';
import type { Installation } from './installation';
import { addService, connectClient, importOf, must, operatorOf, type Operator } from './operator';
import { startReceiver, type Receiver } from '../webhooks/receiver';
import type { Program } from './program';
import { exchange, request } from './raw';

/** Kept on purpose where everybody may see it: what a search must find, or it would find nothing else either. */
export const CONTROL = `otbcontrol-${randomBytes(12).toString('hex')}`;
export const INTERNAL_TOKEN = `${CANARY}-internal-${randomBytes(24).toString('hex')}`;

/** A canary of its own for a field. */
const canary = (field: string): string => `${CANARY}-${field}-${randomBytes(12).toString('hex')}`;

/** What an installation was told, and what it answered. */
export interface Told {
  installation: Installation;
  program: Program;
  provider: Provider;
  operator: Operator;
  /** Answers that had no business to hold a secret. */
  answers: string[];
  /** Secrets that do not begin like a canary, by name. */
  secrets: Map<string, string>;
}

/** Hands over a canary in every secret field there is, refreshes, reads, and makes every kind of error. */
export async function tellEverything(told: Told): Promise<void> {
  const { installation, program, secrets } = told;
  const file = (name: string): string => fs.readFileSync(path.join(installation.dataDir, name), 'utf8').trim();
  secrets.set('master key', file('master.key'));
  secrets.set('database password', file('postgres.password'));
  secrets.set('access key', secretPart(program.accessKey ?? ''));
  const heard = await startReceiver();
  try {
    await hearEverything(told, heard);
    await storeSecrets(told);
    await refreshAndRead(told);
    await makeErrors(told);
    await until('events were told', () => heard.received.length > 5);
  } finally {
    await heard.close();
  }
  // With their headers: nothing but who listens has any business to be told in there.
  told.answers.push(...heard.received.map((received) => JSON.stringify(received)));
}

/** A webhook for all that happens, and another one whose secret was replaced. */
async function hearEverything({ operator, secrets }: Told, { url }: Receiver): Promise<void> {
  const { id, secret } = await must(operator('POST', '/v1/webhooks', { url }));
  const rotated = await must(operator('POST', `/v1/webhooks/${id as string}/rotate-secret`, { graceSeconds: 3_600 }));
  secrets.set('webhook secret', (secret as string).slice('whsec_'.length));
  secrets.set('rotated webhook secret', (rotated.secret as string).slice('whsec_'.length));
  await must(operator('POST', `/v1/webhooks/${id as string}/test`));
}

async function storeSecrets({ operator, provider, secrets }: Told): Promise<void> {
  await addService(operator, 'crm', provider);
  await must(operator('PATCH', '/v1/services/crm', { displayName: CONTROL }));
  await connectClient(operator, provider, { clientId: 'acme', service: 'crm' });
  await must(operator('PUT', '/v1/clients/acme/apps/crm', { clientId: 'own', clientSecrets: [canary('own-secret')] }));
  for (const oauthType of ['api_key', 'basic'])
    await must(operator('POST', '/v1/services', { name: oauthType, displayName: oauthType, oauthType }));
  await must(operator('POST', '/v1/connections', { clientId: 'acme', service: 'api_key', apiKey: canary('api-key') }));
  const basic = { clientId: '-', service: 'basic', username: canary('username'), password: canary('password') };
  await must(operator('POST', '/v1/connections', basic));
  const { id, key } = await must(operator('POST', '/v1/access-keys', { name: 'second', preset: 'n8n' }));
  secrets.set('second access key', secretPart(key as string));
  const rerolled = await must(operator('POST', `/v1/access-keys/${id as string}/reroll`, {}));
  secrets.set('rerolled access key', secretPart(rerolled.key as string));
}

async function refreshAndRead({ installation, operator, program, provider }: Told): Promise<void> {
  const { items } = (await must(operator('GET', '/v1/connections?service=crm'))) as { items: { id: string }[] };
  const id = items[0]?.id ?? '';
  const body = canary('provider-error');
  await must(
    operator('PUT', '/v1/clients/acme/apps/crm', {
      clientId: provider.clientId,
      clientSecrets: [...provider.clientSecrets],
    }),
  );
  await must(operator('POST', `/v1/connections/${id}/refresh`));
  for (const service of ['crm', 'api_key']) await must(operator('GET', `/v1/credentials/acme/${service}`));
  await must(operator('GET', '/v1/credentials/-/basic'));
  const internal = operatorOf(program.url, INTERNAL_TOKEN);
  await must(internal('POST', '/v1/grants', { clientId: 'acme', service: 'crm', workflowId: 'w1' }));
  provider.next({ status: 500, body });
  provider.next({ status: 400, body: { error: body, error_description: body } });
  provider.next({ status: 200, body: { access_token: { nested: body } } });
  provider.next({ status: 200, headers: { 'content-type': 'text/html' }, body: `<p>${body}</p>` });
  provider.next({ status: 302, headers: { location: `${provider.url}/${body}` } });
  provider.next('process-then-truncate');
  provider.next('reset');
  for (let round = 0; round < 7; round += 1) {
    await installation.query('update connections set next_refresh_at = now(), not_before_at = null where id = $1', [
      id,
    ]);
    await provider.received(provider.calls.length + 1);
    await until('the attempt has ended', async () => {
      const rows = await installation.query('select from connections where id = $1 and next_refresh_at is not null', [
        id,
      ]);
      return rows.length === 1;
    });
  }
}

async function makeErrors({ operator, program, provider, answers }: Told): Promise<void> {
  const wrong = canary('misplaced');
  const key = program.accessKey ?? '';
  const bodies: unknown[] = [
    { clientId: 'acme', service: 'crm', kind: 'oauth2', accessToken: [wrong] },
    { clientId: 'acme', service: 'crm', kind: 'oauth2', accessToken: `${wrong}\n`, refreshToken: wrong },
    { clientId: 'acme', service: 'crm', kind: wrong, accessToken: wrong },
    { clientId: 'acme', service: 'crm', kind: 'api_key', apiKey: wrong, password: wrong },
    { clientId: 'acme', service: 'crm', [wrong.slice(0, 60)]: wrong, apiKey: { wrong } },
    { ...importOf(provider.issue(), { clientId: 'nobody', service: 'crm', expiresInSeconds: 60 }) },
    wrong,
  ];
  for (const body of bodies) await operator('POST', '/v1/connections', body);
  await operator('PUT', '/v1/services/crm/app', { clientId: 'own', clientSecrets: wrong });
  await operator('PUT', '/v1/services/nothing/app', { clientId: 'own', clientSecrets: [wrong] });
  await operator('POST', '/v1/grants', { clientId: 'acme', service: 'crm', rejected: { token: wrong } });
  await operator('GET', `/v1/whoami?access_token=${wrong}`);
  await operator('GET', `/v1/credentials/acme/crm?token=${encodeURIComponent(`${wrong}/+`)}`);
  const half = request(
    'POST',
    '/v1/connections',
    [`Authorization: Bearer ${key}`, 'Content-Type: application/json'],
    `{"accessToken":"${wrong}`,
  );
  answers.push((await exchange(program.url, half)).body);
  for (const header of [
    `Bearer ${wrong}`,
    `Basic ${Buffer.from(`a:${wrong}`).toString('base64')}`,
    `Bearer ${key.slice(0, -1)}!`,
  ])
    answers.push((await exchange(program.url, request('GET', '/v1/whoami', [`Authorization: ${header}`]))).body);
}

/** What is secret in an access key: all after its id. */
const secretPart = (key: string): string => key.split('_').slice(3).join('_');
