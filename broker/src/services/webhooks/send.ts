import { Problem } from '../../errors/problem';
import type { OutboundAgents } from '../../outbound/outbound';
import { post } from '../../outbound/post';
import { retryAfterMs } from '../../providers/lifetime';
import { networkFailure } from '../../providers/network-failure';
import type { ClaimedDelivery } from '../../repositories/webhook-claims';
import { sealedSecretsOf } from '../../repositories/webhooks';
import { webhookHeaders } from '../../secrets/webhook-secret';
import type { Vault } from '../../vault/vault';
import { openWebhookSecrets } from './webhook-secrets';

export interface SendParts {
  vault: Vault;
  agents: Pick<OutboundAgents, 'http' | 'https'>;
  /** For all of it, to the end of the answer. */
  timeoutMs: number;
  now: () => Date;
}

/** `refused`: the endpoint wants nothing any more (410). */
export interface Sent {
  outcome: 'delivered' | 'failed' | 'refused';
  httpStatus: number | null;
  code: string | null;
  /** What the endpoint asked for; null: nothing. */
  retryAfterMs: number | null;
  /** Of what came back, so that people can read it. */
  answer: string | null;
  durationMs: number;
}

const GONE = 410;
const ANSWER_LENGTH = 200;

/** Why nothing could be sent: there is nothing to sign with. */
export type Unsigned = 'integrity' | 'key_unavailable';

/** Signs and sends a body; what cannot be signed is not sent. */
export async function send(parts: SendParts, claim: ClaimedDelivery, body: string): Promise<Sent | Unsigned> {
  const secrets = secretsOf(parts.vault, claim);
  if (typeof secrets === 'string') return secrets;
  const { agents, timeoutMs, now } = parts;
  const { url, eventId } = claim;
  const headers = {
    ...webhookHeaders(secrets, { id: eventId, sentAt: now(), body }),
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
  };
  const began = performance.now();
  const posted = await post({ url, headers, agents, timeoutMs }, body);
  const durationMs = Math.round(performance.now() - began);
  if ('failed' in posted) {
    const { code } = networkFailure(posted.failed);
    return { outcome: 'failed', httpStatus: null, code, retryAfterMs: null, answer: null, durationMs };
  }
  const { status: httpStatus, retryAfter } = posted;
  const answer = printableBeginning(posted.text);
  if (httpStatus >= 200 && httpStatus < 300)
    return { outcome: 'delivered', httpStatus, code: null, retryAfterMs: null, answer, durationMs };
  return {
    ...{
      outcome: httpStatus === GONE ? 'refused' : 'failed',
      httpStatus,
      code: `http_${httpStatus}`,
      answer,
      durationMs,
    },
    retryAfterMs: retryAfterMs(retryAfter, now().getTime()),
  };
}

/** Terminals and logs act on control characters. */
function printableBeginning(text: string): string {
  const printable = text.replace(/[\p{Cc}\p{Cs}\p{Co}\u2028\u2029]+/gu, ' ').trim();
  return Array.from(printable).slice(0, ANSWER_LENGTH).join('');
}

function secretsOf(vault: Vault, claim: ClaimedDelivery): Buffer[] | Unsigned {
  const { webhookId: id, organizationId, url } = claim;
  try {
    return openWebhookSecrets(vault, { id, organizationId, url, ...sealedSecretsOf(claim) });
  } catch (error) {
    if (error instanceof TypeError) return 'integrity'; // what was written into the row is no URL
    if (error instanceof Problem && (error.code === 'integrity' || error.code === 'key_unavailable')) return error.code;
    throw error;
  }
}
