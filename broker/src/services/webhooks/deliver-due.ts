import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../../db/database';
import type { Logger } from '../../log/logger';
import {
  claimDeliveries,
  recordDelivered,
  recordFailed,
  recordWithheld,
  type ClaimedDelivery,
  type ClaimLimits,
  type UnderWay,
} from '../../repositories/webhook-claims';
import type { AuditLane } from '../audit/audit-lane';
import { ownEntry } from '../audit/own-entry';
import { connectUrlOf, type ConnectUrlParts } from './connect-url';
import { eventBody } from './event-body';
import { retryInSeconds } from './retries';
import { send, type SendParts, type Sent } from './send';

export interface DeliveryParts extends ConnectUrlParts, SendParts {
  database: Database;
  limits: ClaimLimits;
  audit: Pick<AuditLane, 'commit'>;
  random: () => number;
  log: Logger;
}

export const DELIVERY_LIMITS: ClaimLimits = { perWebhook: 10, perOrganization: 40, inAll: 200 };
const LOOK_EVERY_MS = 250;
/** Whatever ends within this time makes room for one claim together. */
const GATHER_MS = 10;

/**
 * Sends what is due until nothing is, as much at once as the limits allow: who is slow takes up his own share. Ends early when `stopping`,
 * after what is under way. Throws where the database fails; then too nothing is under way any more.
 */
export async function deliverDue(parts: DeliveryParts, stopping: AbortSignal): Promise<void> {
  const underWay = new Map<ClaimedDelivery, Promise<void>>();
  try {
    for (;;) {
      const { inAll } = parts.limits;
      const room = stopping.aborted ? 0 : inAll - underWay.size;
      const claims =
        room > 0 ? await claimDeliveries(parts.database, countsOf(underWay), { ...parts.limits, inAll: room }) : [];
      for (const claim of claims) {
        const sending = deliver(parts, claim).finally(() => underWay.delete(claim));
        underWay.set(claim, sending);
      }
      if (underWay.size === 0) return;
      await Promise.race([...underWay.values(), delay(LOOK_EVERY_MS)]);
      await delay(GATHER_MS);
    }
  } finally {
    await Promise.all(underWay.values());
  }
}

function countsOf(underWay: ReadonlyMap<ClaimedDelivery, unknown>): UnderWay {
  const webhooks = new Map<string, number>();
  const organizations = new Map<string, number>();
  for (const { webhookId, organizationId } of underWay.keys()) {
    webhooks.set(webhookId, (webhooks.get(webhookId) ?? 0) + 1);
    organizations.set(organizationId, (organizations.get(organizationId) ?? 0) + 1);
  }
  return { webhooks, organizations };
}

/** Never throws: what could not be recorded is claimed again once its lease is over, and comes twice rather than not at all. */
async function deliver(parts: DeliveryParts, claim: ClaimedDelivery): Promise<void> {
  const { webhookId, organizationId, type, attempts } = claim;
  try {
    await deliverOrThrow(parts, claim);
  } catch (error) {
    const about = { webhookId, organizationId, type, attempts };
    parts.log.warn('what became of a delivery is not recorded', { ...about, error: (error as Error).message });
  }
}

async function deliverOrThrow(parts: DeliveryParts, claim: ClaimedDelivery): Promise<void> {
  const { database, log } = parts;
  const { id, webhookId, organizationId } = claim;
  if (!claim.hears) {
    await recordWithheld(database, { id, code: 'out_of_reach' });
    return;
  }
  const body = eventBody(claim, await connectUrlOf(parts, claim));
  const sent = await send(parts, claim, body);
  if (sent === 'key_unavailable') {
    log.warn('a webhook cannot be signed: its key is not available', { webhookId, organizationId });
  } else if (sent === 'integrity') {
    log.error('the secret of a webhook does not open: its row was altered', { webhookId, organizationId });
    await recordWithheld(database, { id, code: sent });
  } else {
    await record(parts, claim, sent);
  }
}

async function record(
  { database, random, audit, log }: DeliveryParts,
  claim: ClaimedDelivery,
  sent: Sent,
): Promise<void> {
  const { id, webhookId, organizationId, attempts, isTest, isLast } = claim;
  const { outcome, httpStatus, code, durationMs, retryAfterMs } = sent;
  const end = { id, webhookId, attempts, httpStatus, code, durationMs, answer: isTest ? sent.answer : null };
  log.debug('an event was sent', { webhookId, organizationId, type: claim.type, attempts, outcome, httpStatus, code });
  if (outcome === 'delivered') return recordDelivered(database, end);
  const isRefused = outcome === 'refused';
  const nextInSeconds = isLast || isRefused ? null : retryInSeconds(attempts, retryAfterMs, random());
  const disabled = await recordFailed(database, { ...end, nextInSeconds, disable: isRefused ? 'gone' : null });
  if (disabled === null) return;
  log.warn('a webhook is disabled', { webhookId, organizationId, reason: disabled });
  const entry = {
    organizationId,
    action: 'webhook.disabled',
    code: disabled,
    actor: 'refresher',
    detail: { webhookId },
  };
  await audit.commit(ownEntry(entry)).catch((error: unknown) => {
    log.error('that a webhook was disabled is missing from the audit', { webhookId, error: (error as Error).message });
  });
}
