import type { Database } from '../../db/database';
import type { Logger } from '../../log/logger';
import type { OutboundAgents } from '../../outbound/outbound';
import { request } from '../../outbound/request';
import { retryAfterMs } from '../../providers/lifetime';
import { networkFailure } from '../../providers/network-failure';
import { atTenant } from '../../providers/tenant';
import {
  revocationRequest,
  revocationVerdict,
  type RevocationCall,
  type RevocationVerdict,
} from '../../providers/revocation';
import {
  claimRevocations,
  endRevocation,
  postponeRevocation,
  type ClaimedRevocation,
} from '../../repositories/revocation-claims';
import type { Vault } from '../../vault/vault';
import { openForRevocation } from './open-for-revocation';

export interface RevocationParts {
  database: Database;
  vault: Vault;
  agents: Pick<OutboundAgents, 'http' | 'https'>;
  timeoutMs: number;
  log: Logger;
}

/** `later`: in so many seconds, null: by the backoff. */
type Ended =
  | { end: 'revoked' | 'shared' | 'unsupported' | 'integrity'; code: string }
  | { end: 'later'; code: string; seconds: number | null };

const AT_ONCE = 10;
const RECONNECT_SECONDS = 15;
/** Whatever the provider says, no hammering. */
const LEAST_PAUSE_SECONDS = 60;

/** Revokes what is due, a few at once, until nothing is. Returns how many attempts that were. */
export async function revokeDue(parts: RevocationParts): Promise<number> {
  let attempts = 0;
  for (;;) {
    const claims = await claimRevocations(parts.database, AT_ONCE);
    await Promise.all(claims.map((claim) => revokeOne(parts, claim)));
    attempts += claims.length;
    if (claims.length < AT_ONCE) return attempts;
  }
}

async function revokeOne(parts: RevocationParts, claim: ClaimedRevocation): Promise<void> {
  const ended = await attempt(parts, claim);
  const { id, organizationId, service, connectionId, isLast } = claim;
  parts.log.debug('an attempt to revoke has ended', { organizationId, service, connectionId, ...ended });
  if (ended.end === 'later' && !isLast) {
    await postponeRevocation(parts.database, { id, code: ended.code, seconds: ended.seconds });
    return;
  }
  const outcome = ended.end === 'later' ? 'given_up' : ended.end;
  if (outcome === 'given_up' || outcome === 'integrity')
    parts.log.error('tokens could not be revoked', {
      organizationId,
      service,
      connectionId,
      outcome,
      code: ended.code,
    });
  const data = { outcome, ...(ended.code === '' ? {} : { code: ended.code }) };
  await endRevocation(parts.database, { id, event: { type: EVENTS[outcome], data }, revoked: outcome === 'revoked' });
}

const EVENTS = {
  revoked: 'connection.revoked',
  shared: 'connection.revocation_left',
  unsupported: 'connection.revocation_left',
  given_up: 'connection.revocation_failed',
  integrity: 'connection.integrity',
} as const;

async function attempt(parts: RevocationParts, claim: ClaimedRevocation): Promise<Ended> {
  // Looked at again, and in all organizations: somebody may have connected the account since.
  if (claim.isShared) return { end: 'shared', code: '' };
  if (claim.isReconnecting) return { end: 'later', code: 'reconnecting', seconds: RECONNECT_SECONDS };
  const { authStyle, oauthClientId, revocationFormat: format } = claim;
  const { revocationUrl: url } = atTenant(claim, claim.tenant);
  if (url === null || authStyle === null || format === null) return { end: 'unsupported', code: '' };
  const opened = openForRevocation(parts.vault, claim);
  if ('failed' in opened) {
    if (opened.failed === 'key_unavailable') return { end: 'later', code: opened.failed, seconds: null };
    return { end: 'integrity', code: opened.failed };
  }
  let ended: Ended = { end: 'later', code: 'no_client_secret', seconds: null };
  for (const { secret } of opened.clientSecrets) {
    const { verdict, seconds } = await send(parts, {
      ...{ url, authStyle, format, client: { id: oauthClientId, secret } },
      ...{ token: opened.token, tokenType: opened.tokenType },
    });
    const { code } = verdict;
    if (verdict.class === 'revoked' || verdict.class === 'unsupported') return { end: verdict.class, code };
    ended = { end: 'later', code, seconds };
    if (verdict.class !== 'client') break;
  }
  return ended;
}

interface Answered {
  verdict: RevocationVerdict;
  /** After which the provider wants to be asked again; null: it did not say. */
  seconds: number | null;
}

async function send({ agents, timeoutMs }: RevocationParts, call: RevocationCall): Promise<Answered> {
  const { body, ...target } = revocationRequest(call);
  const answer = await request('POST', { agents, timeoutMs, ...target }, body);
  if ('failed' in answer)
    return { verdict: { class: 'failed', code: networkFailure(answer.failed).code }, seconds: null };
  const waitMs = retryAfterMs(answer.retryAfter, Date.now());
  const seconds = waitMs === null ? null : Math.max(waitMs / 1_000, LEAST_PAUSE_SECONDS);
  return { verdict: revocationVerdict(call, answer.status, answer.body), seconds };
}
