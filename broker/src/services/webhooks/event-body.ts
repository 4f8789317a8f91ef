import type { ClaimedDelivery } from '../../repositories/webhook-claims';

/** What only the broker itself can make use of. */
const INTERNAL: ReadonlySet<string> = new Set(['connectLinkId', 'linkId']);

type Told = Pick<
  ClaimedDelivery,
  'type' | 'clientId' | 'service' | 'connectionId' | 'name' | 'data' | 'createdAt' | 'onlyServices'
>;

/** An event as it is told outside, as JSON. `connectUrl` null: there is none, or the webhook may not have it. */
export function eventBody(event: Told, connectUrl: string | null): string {
  const { type, clientId, service, connectionId, name, createdAt } = event;
  // What is about a service is a client's or, without one, the organization's own.
  const about = service === null ? {} : { clientId: clientId ?? '-', service };
  const which = connectionId === null ? {} : { connectionId, ...(name === null ? {} : { name }) };
  const link = connectUrl === null ? {} : { connectUrl };
  return JSON.stringify({
    type,
    timestamp: createdAt.toISOString(),
    data: { ...about, ...which, ...factsOf(event), ...link },
  });
}

function factsOf({ data, onlyServices }: Told): Record<string, unknown> {
  const facts = Object.fromEntries(Object.entries(data).filter(([member]) => !INTERNAL.has(member)));
  const { services } = facts;
  // An outage concerns services that the webhook may not know of.
  if (onlyServices === null || !Array.isArray(services)) return facts;
  return { ...facts, services: services.filter((service) => onlyServices.includes(String(service))) };
}
