import { BASE_URL_PATHS } from '../../providers/granted';
import type { TokenCall, TokenGrant } from '../../providers/token-endpoint';
import type { TokenFailure, TokenOutcome } from '../../providers/token-outcome';
import type { ClaimedConnection } from '../../repositories/refresh-claims';
import { endingWith, type AttemptClock, type Ending, type RefreshParts } from './attempt';
import { movingEndOf } from './consent-ends';
import type { OpenedSecrets } from './opened-secrets';
import { sealGranted } from './sealed-set';
import type { Outcome } from './state';

/** Asks for new tokens, with the next client secret each time the provider refuses the one before. */
export async function askProvider(
  parts: RefreshParts,
  claim: ClaimedConnection,
  clock: AttemptClock,
  secrets: OpenedSecrets,
): Promise<Ending> {
  let refused: Ending | null = null;
  for (const { position, secret } of secrets.clientSecrets) {
    // Frozen since the claim, or out of time: another worker may be about to take over, so nothing is sent any more.
    if (clock.leaseLeftMs() < parts.limits.minLeaseMs) {
      return endingWith({ class: 'unsent', code: 'lease_over', retryAfterMs: 0 });
    }
    const sentAt = clock.now();
    const answer = await parts.requestToken(tokenCall(parts, claim, secrets, secret));
    const read = endingOf(parts, claim, { answer, sentAt, usedRefreshToken: secrets.refreshToken, position });
    const ending = { ...read, askedHost: new URL(secrets.url).host };
    if (ending.outcome.class !== 'app') return ending;
    refused = ending;
  }
  return refused ?? endingWith({ class: 'unusable', code: 'no_client_secret' });
}

function tokenCall(parts: RefreshParts, claim: ClaimedConnection, secrets: OpenedSecrets, secret: string): TokenCall {
  const { app, provider } = claim;
  const scopes = (app.scopes ?? provider.scopes).split(/[\s,]+/).filter((scope) => scope !== '');
  const grant: TokenGrant =
    secrets.refreshToken === null
      ? { type: 'client_credentials', scopes }
      : { type: 'refresh_token', refreshToken: secrets.refreshToken };
  return {
    endpoint: { ...provider, tokenUrl: secrets.url },
    client: { id: app.oauthClientId, secret },
    grant,
    keep: BASE_URL_PATHS,
    agents: parts.agents,
    timeoutMs: parts.limits.requestTimeoutMs,
  };
}

interface Answered {
  answer: TokenOutcome;
  sentAt: Date;
  usedRefreshToken: string | null;
  position: number;
}

function endingOf({ vault }: RefreshParts, claim: ClaimedConnection, answered: Answered): Ending {
  const { answer, sentAt, usedRefreshToken, position } = answered;
  const { httpStatus, durationMs } = answer;
  if (answer.class === 'granted') {
    const set = sealGranted(vault, claim, { granted: answer, usedRefreshToken, sentAt });
    const { expiresAt, lifetimeSeconds } = set;
    const outcome = { class: 'granted', expiresAt, lifetimeSeconds, movingEndAt: movingEndOf(set, claim) } as const;
    return { ...endingWith(outcome), httpStatus, durationMs, set, secretPosition: position };
  }
  // Who refuses the refresh token has accepted the client.
  const secretPosition = answer.class === 'permanent' ? position : null;
  return { ...endingWith(outcomeOf(answer)), httpStatus, durationMs, secretPosition };
}

/**
 * A refusal is an answer, whoever passed it on; everything else that may have been processed is uncertain. Who asks for a pause asks the
 * app, or the address that all of its connections share.
 */
function outcomeOf({ class: failure, code, retryAfterMs, uncertain }: TokenFailure): Outcome {
  const isRefusal = failure === 'permanent' || failure === 'app' || failure === 'throttled';
  if (uncertain && !isRefusal) return { class: 'uncertain', code, retryAfterMs };
  return { class: failure === 'transient' && retryAfterMs !== null ? 'throttled' : failure, code, retryAfterMs };
}
