import type { Tx } from '../../db/database';
import { Problem } from '../../errors/problem';
import { findClient } from '../../repositories/clients';
import { findService } from '../../repositories/services';
import { countWebhooks, findWebhook, type Webhook, type WebhookReach } from '../../repositories/webhooks';
import type { Principal } from '../access/principal';
import { unknownClient } from '../found-client';
import { foundService } from '../service-catalogue/found-service';

/** Of one organization: each event that all of them hear is as many rows and requests. */
const MOST_WEBHOOKS = 100;

/** What a caller may see, which is what his webhooks may hear. */
export function webhookReachOf({ clientIds, services, scopes }: Principal): WebhookReach {
  return {
    clientIds: clientIds && [...clientIds],
    services: services && [...services],
    makesLinks: scopes.has('connect:write'),
  };
}

export const noWebhook = (): Problem =>
  new Problem(
    'not_found',
    'There is no such webhook that this access key could have made. GET /v1/webhooks lists them.',
  );

/** Throws Problem `not_found` for one that the caller could not have made himself. */
export async function foundWebhook(tx: Tx, who: Principal, id: string): Promise<Webhook> {
  const webhook = await findWebhook(tx, who.organizationId, id, webhookReachOf(who));
  if (webhook === null) throw noWebhook();
  return webhook;
}

/** A name with a slip in it would hear nothing, and nobody would know. */
export async function knownOrThrow(
  tx: Tx,
  organizationId: string,
  { clientId, service }: { clientId?: string | null | undefined; service?: string | null | undefined },
): Promise<void> {
  if (clientId != null && (await findClient(tx, organizationId, clientId)) === null) throw unknownClient(clientId);
  if (service != null) foundService(await findService(tx, organizationId, service), service);
}

export async function roomOrThrow(tx: Tx, organizationId: string): Promise<void> {
  if ((await countWebhooks(tx, organizationId)) < MOST_WEBHOOKS) return;
  throw new Problem('conflict', `An organization has at most ${MOST_WEBHOOKS} webhooks. Delete one that nobody uses.`);
}

export function allowedOrThrow(allowedUrl: (url: string) => boolean, url: string): void {
  if (allowedUrl(url) && new URL(url).hash === '') return;
  throw new Problem(
    'invalid_value',
    'url: must be an https URL of a public host, without user name, password or fragment. For a private host, such as an n8n beside the broker: list it in OTOBOT_PRIVATE_HOSTS.',
  );
}
