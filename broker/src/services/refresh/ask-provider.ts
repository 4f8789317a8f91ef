import { BASE_URL_PATHS } from '../../providers/granted';
import { TENANT } from '../../providers/tenant';
import type { TokenCall, TokenGrant } from '../../providers/token-endpoint';
import type { TokenFailure, TokenOutcome } from '../../providers/token-outcome';
import type { ClaimedConnection } from '../../repositories/refresh-claims';
import { endingWith, type AttemptClock, type Ending, type RefreshParts } from './attempt';
import { movingEndOf } from './consent-ends';
import { tokenHeader } from '../request-header';
import { scopesOf } from '../service-catalogue/definition';
import type { OpenedSecrets } from './opened-secrets';
import { sealGranted } from './sealed-set';
import type { Outcome } from './state';
import { wayOf } from './way';

/** Asks for new tokens, with the next client secret each time the provider refuses the one before; or whether the one there still works. */
export async function askProvider(
  parts: RefreshParts,
  claim: ClaimedConnection,
  clock: AttemptClock,
  secrets: OpenedSecrets,
): Promise<Ending> {
  const { way, clientSecrets } = secrets;
  const mistimed = way.by === 'exchange' ? mistimedExchange(claim, clock.now()) : null;
  if (mistimed !== null) return endingWith(mistimed);
  let refused: Ending | null = null;
  for (const clientSecret of way.withClientSecret ? clientSecrets : [null]) {
    // Frozen since the claim, or out of time: another worker may be about to take over, so nothing is sent any more.
    if (clock.leaseLeftMs() < parts.limits.minLeaseMs) {
      return endingWith({ class: 'unsent', code: 'lease_over', retryAfterMs: 0 });
    }
    const read =
      way.by === 'check'
        ? await checked(parts, claim, secrets)
        : await asked(parts, claim, clock, secrets, clientSecret ?? NONE);
    const ending = { ...read, askedHost: new URL(secrets.url).host };
    if (ending.outcome.class !== 'app') return ending;
    refused = ending;
  }
  return refused === null ? endingWith({ class: 'unusable', code: 'no_client_secret' }) : refusedBy(claim, refused);
}

/**
 * Where each customer has an endpoint of his own, who refuses the OAuth client there speaks for himself: one shop that threw the app out,
 * or one data centre that does not know it, must not stop all the others.
 */
function refusedBy({ kind, provider }: ClaimedConnection, refused: Ending): Ending {
  const isCustomersOwn = provider.tenantFrom !== null && wayOf(kind, provider)?.url?.includes(TENANT) === true;
  const { outcome } = refused;
  return outcome.class === 'app' && isCustomersOwn
    ? { ...refused, outcome: { ...outcome, class: 'unknown' } }
    : refused;
}

const NONE = { position: null, secret: '' };

/** What the provider is known to refuse is not sent: a token too young to be exchanged, and one that has expired. */
function mistimedExchange({ provider, issuedAt, expiresAt }: ClaimedConnection, now: Date): Outcome | null {
  if (expiresAt !== null && expiresAt <= now) return { class: 'expired', code: 'token_expired' };
  if (provider.minAgeSeconds === null || issuedAt === null) return null;
  const until = new Date(issuedAt.getTime() + provider.minAgeSeconds * 1_000);
  return until > now ? { class: 'early', code: 'token_too_young', until } : null;
}

async function asked(
  parts: RefreshParts,
  claim: ClaimedConnection,
  clock: AttemptClock,
  secrets: OpenedSecrets,
  { position, secret }: { position: number | null; secret: string },
): Promise<Ending> {
  const sentAt = clock.now();
  const answer = await parts.requestToken(tokenCall(parts, claim, secrets, secret));
  return endingOf(parts, claim, { answer, sentAt, usedRefreshToken: secrets.refreshToken, position });
}

async function checked(parts: RefreshParts, claim: ClaimedConnection, secrets: OpenedSecrets): Promise<Ending> {
  const { agents, limits } = parts;
  const { permanentErrors } = claim.provider;
  const token = secrets.refreshToken ?? '';
  const header = tokenHeader(claim.provider, token);
  const call = { url: secrets.url, header, token, permanentErrors, agents, timeoutMs: limits.requestTimeoutMs };
  const answer = await parts.checkToken(call);
  const { httpStatus, durationMs } = answer;
  const outcome = answer.class === 'alive' ? ({ class: 'alive' } as const) : outcomeOf(answer, claim.provider);
  return { ...endingWith(outcome), httpStatus, durationMs };
}

function tokenCall(parts: RefreshParts, claim: ClaimedConnection, secrets: OpenedSecrets, secret: string): TokenCall {
  const { app, provider } = claim;
  return {
    endpoint: { ...provider, tokenUrl: secrets.url },
    client: { id: app.oauthClientId, secret },
    grant: grantOf(claim, secrets),
    keep: BASE_URL_PATHS,
    agents: parts.agents,
    timeoutMs: parts.limits.requestTimeoutMs,
  };
}

function grantOf({ app, provider }: ClaimedConnection, { way, refreshToken }: OpenedSecrets): TokenGrant {
  if (refreshToken === null) {
    return { type: 'client_credentials', scopes: scopesOf(app.scopes ?? provider.scopes) };
  }
  return way.by === 'exchange'
    ? { type: 'exchange', exchange: way.exchange, step: 'again', token: refreshToken }
    : { type: 'refresh_token', refreshToken };
}

interface Answered {
  answer: TokenOutcome;
  sentAt: Date;
  usedRefreshToken: string | null;
  /** Of the client secret; null: none was sent. */
  position: number | null;
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
  return { ...endingWith(outcomeOf(answer, claim.provider)), httpStatus, durationMs, secretPosition };
}

/**
 * A refusal is an answer, whoever passed it on; everything else that may have been processed is uncertain. Who asks for a pause asks the
 * app, or the address that all of its connections share; unless it is known to count each connection by itself.
 */
function outcomeOf(
  { class: failure, code, retryAfterMs, uncertain }: TokenFailure,
  { refreshIntervalSeconds }: ClaimedConnection['provider'],
): Outcome {
  const isRefusal = failure === 'permanent' || failure === 'app' || failure === 'throttled';
  if (uncertain && !isRefusal) return { class: 'uncertain', code, retryAfterMs };
  if (failure === 'throttled' && refreshIntervalSeconds !== null) return { class: 'transient', code, retryAfterMs };
  return { class: failure === 'transient' && retryAfterMs !== null ? 'throttled' : failure, code, retryAfterMs };
}
