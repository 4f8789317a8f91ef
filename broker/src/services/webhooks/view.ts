import type { Webhook } from '../../repositories/webhooks';
import type { Delivery } from '../../repositories/webhook-deliveries';

/**
 * `failing`: the latest delivery was not taken. `paused`: the key that made it was revoked or has expired. `disabled`: by somebody, by its
 * endpoint (410), or after five days of nothing but failures.
 */
export type WebhookStatus = 'active' | 'failing' | 'paused' | 'disabled';

/** A webhook as it is shown, without its secret. */
export interface WebhookView extends Omit<Webhook, 'organizationId' | 'keyId' | 'keyEnded' | 'previousUntil'> {
  status: WebhookStatus;
  /** Until then what is sent is signed with the secret before, too; null: with one alone. */
  previousSecretUntil: Date | null;
}

export function webhookViewOf({
  organizationId: _o,
  keyId: _k,
  keyEnded,
  previousUntil,
  ...webhook
}: Webhook): WebhookView {
  return { ...webhook, status: statusOf({ ...webhook, keyEnded }), previousSecretUntil: previousUntil };
}

function statusOf({
  disabledAt,
  keyEnded,
  failures,
}: Pick<Webhook, 'disabledAt' | 'keyEnded' | 'failures'>): WebhookStatus {
  if (disabledAt !== null) return 'disabled';
  if (keyEnded) return 'paused';
  return failures > 0 ? 'failing' : 'active';
}

/** `-` stands for the organization itself where the event is about a service. */
export interface DeliveryView extends Omit<Delivery, 'answer'> {
  clientId: string | null;
}

export function deliveryViewOf({ answer: _answer, ...delivery }: Delivery): DeliveryView {
  const { clientId, service } = delivery;
  return { ...delivery, clientId: service === null ? clientId : (clientId ?? '-') };
}
