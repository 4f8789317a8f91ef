// The node Otobot Trigger: published and unpublished, listening for a test, and what reaches it while something is down.
import { deliveries } from './trigger/deliveries.mjs';
import { lifecycle } from './trigger/lifecycle.mjs';
import { outages } from './trigger/outages.mjs';
import { refusals } from './trigger/refusals.mjs';
import { triggered } from './trigger/workflows.mjs';

export const name = 'trigger';

export async function prepare({ client, connect, credential, service }) {
  await service('trigger-oauth', { oauthType: 'oauth2' });
  await connect('trigger-a', { service: 'trigger-oauth' });
  await client('trigger-b');
  return {
    // What is about the trigger is about no client: those of the credential are not its filters.
    credentials: [credential('trigger', { clientId: '={{ $json.clientId }}', service: 'elsewhere' })],
    workflows: [
      triggered('trigger-main', { events: ['connection.connected'], service: 'trigger-oauth' }),
      triggered('trigger-one-client', { events: ['*'], clientId: 'trigger-b', service: 'trigger-oauth' }),
      triggered('trigger-listen', { events: ['connection.connected'], service: 'trigger-oauth' }),
    ],
  };
}

export const guarantees = [...deliveries, ...refusals, ...lifecycle, ...outages];
