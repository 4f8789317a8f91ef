import type { IHookFunctions } from 'n8n-workflow';

import { BrokerError } from '../shared/broker-error';
import { isBlank, textOf } from '../shared/connection';
import { isExpression, locatedValue } from '../shared/connection-fields';
import { chosenEvents } from './events';

/** A webhook of the broker, as far as the node is concerned with it. */
export interface Webhook extends Wanted {
  id: string;
  status: string;
}

export interface Wanted {
  url: string;
  /** null: all. */
  events: string[] | null;
  clientId: string | null;
  service: string | null;
}

/** What the node as it is set now wants of the broker. Throws BrokerError for what would start the workflow for everybody. */
export function wanted(this: IHookFunctions): Wanted {
  const url = this.getNodeWebhookUrl('default');
  if (url === undefined) throw invalid('n8n has no URL for this node');
  const chosen = this.getNodeParameter('events', []) as string[];
  if (!Array.isArray(chosen) || chosen.length === 0) throw invalid('"Events" is empty. Choose one at least');
  return {
    ...{ url, events: chosenEvents(chosen) },
    clientId: filterOf.call(this, 'Client', 'clientId'),
    service: filterOf.call(this, 'Service', 'service'),
  };
}

/** @returns null for all; an expression that finds nothing is an error, since it would start the workflow for everybody */
function filterOf(this: IHookFunctions, label: string, name: 'clientId' | 'service'): string | null {
  const value = locatedValue(this.getNodeParameter(name, ''));
  if (isBlank(value) && !isExpression(this.getNode().parameters[name])) return null;
  return textOf(label, value);
}

/** `failing` is in service: n8n may just have been down. */
export function isAsWanted(webhook: Webhook, want: Wanted): boolean {
  const isInService = webhook.status === 'active' || webhook.status === 'failing';
  const isSame = (['url', 'clientId', 'service'] as const).every((name) => webhook[name] === want[name]);
  return isInService && isSame && namesOf(webhook.events) === namesOf(want.events);
}

function namesOf(events: string[] | null): string | null {
  return events && [...events].sort().join(' ');
}

function invalid(message: string): BrokerError {
  return new BrokerError(message, { reasonCode: 'invalid_input' });
}
