import { using, workflow } from '../../workflows.mjs';

/** A workflow that an event starts. `events`, and the filters that the node is to have. */
export function triggered(id, { clientId = '', service = '', ...parameters }, options = {}) {
  const trigger = {
    name: 'Trigger',
    type: 'n8n-nodes-otobot.otobotTrigger',
    typeVersion: 1,
    webhookId: webhookIdOf(id),
    parameters: { clientId: locator(clientId), service: locator(service), options, ...parameters },
    credentials: using('trigger').credentials,
  };
  const seen = { name: 'Seen', type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} };
  return workflow(id, [[seen]], trigger);
}

/** n8n gives a node its own when it is added in the editor. */
export function webhookIdOf(id) {
  return `hook-of-${id}`;
}

function locator(value) {
  return { __rl: true, mode: 'list', value, cachedResultName: value };
}
