// The node Otobot Trigger: published and unpublished, listening for a test, and what reaches it while something is down.
import { deliveries } from './trigger/deliveries.mjs';
import { lifecycle } from './trigger/lifecycle.mjs';
import { outages } from './trigger/outages.mjs';
import { consentEnded, reconnected } from './trigger/reconnecting.mjs';
import { refusals } from './trigger/refusals.mjs';
import { triggered } from './trigger/workflows.mjs';

export const name = 'trigger';

export async function prepare({ api, client, connect, credential, service }) {
  await service('trigger-oauth', { oauthType: 'oauth2' });
  // Its provider has ended every consent.
  await service('trigger-ended', { oauthType: 'oauth2', tokenUrl: `${api.url}/trigger-token` });
  api.answer('/trigger-token', (_request, response) => {
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: 'invalid_grant' }));
  });
  await connect('trigger-a', { service: 'trigger-oauth' });
  await client('trigger-b');
  return {
    // What is about the trigger is about no client: those of the credential are not its filters.
    credentials: [credential('trigger', { clientId: '={{ $json.clientId }}', service: 'elsewhere' })],
    workflows: [
      triggered('trigger-main', { events: ['connection.connected'], service: 'trigger-oauth' }),
      triggered('trigger-one-client', { events: ['*'], clientId: 'trigger-b', service: 'trigger-oauth' }),
      triggered('trigger-ended', { service: 'trigger-ended' }),
      triggered('trigger-listen', { events: ['connection.connected'], service: 'trigger-oauth' }),
    ],
  };
}

export const guarantees = [consentEnded, ...deliveries, ...refusals, ...lifecycle, reconnected, ...outages];
