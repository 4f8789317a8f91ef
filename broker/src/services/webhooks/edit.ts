import type { Tx } from '../../db/database';
import {
  lockWebhookSecrets,
  storeWebhookSecrets,
  updateWebhook,
  type SealedSecret,
  type Webhook,
} from '../../repositories/webhooks';
import type { Vault } from '../../vault/vault';
import type { Principal } from '../access/principal';
import { withChanges } from '../changes';
import type { EventType } from './event-types';
import { openWebhookSecrets, sealWebhookSecret } from './webhook-secrets';

/** What is left out stays. */
export interface WebhookChanges {
  url?: string | undefined;
  /** null: all types. */
  events?: readonly EventType[] | null | undefined;
  /** null: all that its key may see. */
  clientId?: string | null | undefined;
  service?: string | null | undefined;
  description?: string | null | undefined;
  /** true also takes over a webhook whose key has ended. */
  enabled?: boolean | undefined;
}

interface Edit {
  who: Principal;
  webhook: Webhook;
  changes: WebhookChanges;
}

/** Writes the changes. A new URL gets the secret sealed anew: it stays the same. Throws Problem `integrity` where that does not open. */
export async function editWebhook(tx: Tx, vault: Vault, { who, webhook, changes }: Edit): Promise<void> {
  const { enabled, events, ...given } = changes;
  const url = given.url ?? webhook.url;
  if (url !== webhook.url) await sealFor(tx, vault, webhook, url);
  const disabledReason = enabled === undefined ? webhook.disabledReason : enabled ? null : 'switched_off';
  // Whoever switches it on again answers for it from now on, if nobody else does.
  const keyId = enabled === true && webhook.keyEnded ? who.keyId : webhook.keyId;
  const edited = withChanges(webhook, { ...given, events: events && [...events] });
  const afresh = url !== webhook.url || enabled === true;
  await updateWebhook(tx, { ...edited, keyId, disabledReason }, { afresh });
}

async function sealFor(tx: Tx, vault: Vault, { organizationId, id }: Webhook, url: string): Promise<void> {
  const sealed = await lockWebhookSecrets(tx, organizationId, id);
  if (sealed === null) return; // deleted meanwhile, and so is what would be updated
  const [current, previous] = openWebhookSecrets(vault, sealed);
  const anew = (secret: Buffer | undefined, { number }: SealedSecret): SealedSecret | null =>
    secret === undefined ? null : sealWebhookSecret(vault, { id, organizationId, url }, number, secret);
  await storeWebhookSecrets(
    tx,
    {
      ...{ id, organizationId },
      current: anew(current, sealed.current) ?? sealed.current,
      previous: sealed.previous && anew(previous, sealed.previous),
    },
    null,
  );
}
