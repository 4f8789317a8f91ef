import { audienceOf, type SealContext } from '../../vault/record';
import type { SealedSecret, WebhookSecrets } from '../../repositories/webhooks';
import type { Vault } from '../../vault/vault';

/** What a signing secret is bound to. */
type Owner = Pick<WebhookSecrets, 'id' | 'organizationId' | 'url'>;

/** The origin of the URL is part of it: for a URL that somebody rewrote in the database nothing can be signed. */
function secretContext({ id, organizationId, url }: Owner, number: number): SealContext {
  const audience = audienceOf(url);
  return {
    organizationId,
    clientId: null,
    service: '',
    kind: 'webhook',
    rowId: id,
    field: 'secret',
    generation: number,
    audience,
  };
}

/** Seals a signing secret, the webhook's `number`-th, for where its URL leads. */
export function sealWebhookSecret(vault: Vault, owner: Owner, number: number, secret: Buffer): SealedSecret {
  return { ...vault.seal('refresh', secretContext(owner, number), secret), number };
}

function open(vault: Vault, owner: Owner, { record, keyVersion, number }: SealedSecret): Buffer {
  return vault.open('refresh', secretContext(owner, number), record, keyVersion);
}

/** The secrets that count, the present one first. Throws Problem `integrity` or `key_unavailable`; TypeError for what is no URL. */
export function openWebhookSecrets(vault: Vault, webhook: WebhookSecrets): Buffer[] {
  const { current, previous } = webhook;
  return [current, previous].flatMap((sealed) => (sealed === null ? [] : [open(vault, webhook, sealed)]));
}
